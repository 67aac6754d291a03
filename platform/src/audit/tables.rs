//! The trail of a cluster: Azure Tables, behind a spool on this process's disk.
//!
//! An event is acknowledged when the spool has it. Every so often the spool's segment is closed and its rows are sent, batched by
//! partition; it is deleted when the table has acknowledged each of them, and sent again, whole, if anything went wrong. A
//! row that is sent again replaces itself, so nothing is doubled; a process that is killed goes on where its spool is.
//! When the spool is full nothing more is recorded ([`AuditError::Full`]), and nothing that was acknowledged is given up. A row
//! that the table refuses for good goes to `refused.jsonl` beside the spool, with an error in the log.

mod client;
mod rows;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use prometheus::Registry;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use self::client::{TableError, Tables};
use self::rows::{Range, Row};
use super::event::AuditEvent;
use super::journal::{Journal, Limits, WhenFull};
use super::metrics::Metrics;
use super::{Audit, AuditConfig, AuditError, AuditFuture, AuditPage, AuditQuery, FOREIGN_CURSOR, Scope, Spool};
use crate::azure::AzureAccount;
use crate::breaker::Breaker;

/// A segment, which is read into memory to be sent: some 3,000 events.
const SEGMENT_BYTES_MAX: u64 = 1 << 20;
/// Rows that one batch may have: <https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions>.
const BATCH_ROWS_MAX: usize = 100;
/// Batches that are under way at once.
const BATCHES_MAX: usize = 16;
/// The wait after a failure, which doubles.
const BACKOFF_MIN: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(30);
/// Requests that one query may cost, before it answers with what it has.
const QUERY_REQUESTS_MAX: u32 = 32;

/// See the [module](self) and [`Audit`].
#[derive(Debug)]
pub struct TablesAudit {
    shared: Arc<Shared>,
    shipping: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    journal: Journal,
    tables: Tables,
    breaker: Breaker,
    metrics: Metrics,
    gather: Duration,
    bytes_max: u64,
}

impl TablesAudit {
    /// Goes on with the spool in the configuration's folder. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// As [`AuditConfig::start`].
    pub fn start(config: &AuditConfig, azure: &AzureAccount, registry: &Registry) -> Result<Self, String> {
        let metrics = Metrics::new(registry)?;
        let breaker = Breaker::new("azure_tables", registry)?;
        let tables = Tables::new(azure, &config.table, config.answer())?;
        let (bytes_max, when_full) = (config.bytes_max, WhenFull::Refuse);
        let limits = Limits { segment_bytes_max: SEGMENT_BYTES_MAX, bytes_max, when_full };
        let journal = Journal::open(&config.folder, limits, metrics.clone())?;
        let shared = Arc::new(Shared { journal, tables, breaker, metrics, gather: config.gather(), bytes_max });
        let shipping = tokio::spawn(Arc::clone(&shared).ship());
        Ok(Self { shared, shipping })
    }
}

impl Drop for TablesAudit {
    fn drop(&mut self) {
        self.shipping.abort();
    }
}

impl Audit for TablesAudit {
    fn record(&self, event: AuditEvent) -> AuditFuture<'_, ()> {
        async move { self.shared.journal.write(event.to_line()?).await }.boxed()
    }

    fn query<'a>(&'a self, query: &'a AuditQuery) -> AuditFuture<'a, AuditPage> {
        self.shared.query(query).boxed()
    }

    fn spool(&self) -> AuditFuture<'_, Option<Spool>> {
        async move {
            let folder = Arc::clone(self.shared.journal.folder());
            let unavailable = |error: String| AuditError::Unavailable(error);
            let oldest = tokio::task::spawn_blocking(move || folder.oldest()).await;
            let oldest = oldest.map_err(|error| unavailable(error.to_string()))?;
            let oldest = oldest.map_err(|error| unavailable(error.to_string()))?.map(OffsetDateTime::from);
            let bytes = self.shared.journal.folder().bytes();
            Ok(Some(Spool { bytes, bytes_max: self.shared.bytes_max, oldest }))
        }
        .boxed()
    }
}

impl Shared {
    async fn ship(self: Arc<Self>) {
        let mut backoff = BACKOFF_MIN;
        loop {
            match self.ship_once().await {
                Ok(()) => {
                    backoff = BACKOFF_MIN;
                    sleep(self.gather).await;
                }
                Err(reason) => {
                    tracing::warn!(reason, "audit: the spool waits");
                    sleep(backoff.mul_f64(rand::random_range(0.5..1.0))).await;
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                }
            }
        }
    }

    /// Everything that the spool has now.
    async fn ship_once(&self) -> Result<(), String> {
        let text = |error: io::Error| error.to_string();
        for number in self.journal.close_segment().await.map_err(text)? {
            let path = self.journal.folder().segment(number);
            let bytes = tokio::fs::read(&path).await.map_err(text)?;
            let partitions = rows::by_partition(bytes.split_inclusive(|byte| *byte == b'\n'));
            let batches = partitions.iter().flat_map(|rows| rows.chunks(BATCH_ROWS_MAX));
            // Boxed, or the compiler loses itself in the lifetimes of the borrowed rows.
            let sending = batches.map(|rows| self.send(rows)).collect::<Vec<_>>();
            stream::iter(sending).buffer_unordered(BATCHES_MAX).try_collect::<()>().await?;
            self.journal.folder().remove(number).map_err(text)?;
        }
        Ok(())
    }

    /// Until the table has answered for each row.
    fn send<'a>(&'a self, rows: &'a [Row]) -> BoxFuture<'a, Result<(), String>> {
        async move {
            match self.write_batch(rows).await {
                Ok(()) => {
                    self.metrics.batches.with_label_values(&["ok"]).inc();
                    self.metrics.rows.with_label_values(&["ok"]).inc_by(rows.len() as u64);
                    Ok(())
                }
                Err(TableError::Refused(reason)) => match rows {
                    [row] => self.give_up(row, &reason),
                    _ => {
                        self.metrics.batches.with_label_values(&["refused"]).inc();
                        // One of them spoils it for all: find it.
                        let (first, second) = rows.split_at(rows.len() / 2);
                        self.send(first).await?;
                        self.send(second).await
                    }
                },
                Err(error) => {
                    self.metrics.batches.with_label_values(&["failed"]).inc();
                    Err(error.to_string())
                }
            }
        }
        .boxed()
    }

    async fn write_batch(&self, rows: &[Row]) -> Result<(), TableError> {
        let result = self.guarded(self.tables.write(rows)).await;
        if !matches!(result, Err(TableError::NoTable)) {
            return result;
        }
        self.guarded(self.tables.create()).await?;
        self.guarded(self.tables.write(rows)).await
    }

    fn give_up(&self, row: &Row, reason: &str) -> Result<(), String> {
        tracing::error!(reason, row = row.key(), "audit: the table refuses a row for good");
        let path = self.journal.folder().path().join("refused.jsonl");
        let keep = || {
            let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
            file.write_all(row.json().as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_data()
        };
        keep().map_err(|error: io::Error| format!("{}: {error}", path.display()))?;
        self.metrics.rows.with_label_values(&["refused"]).inc();
        Ok(())
    }

    async fn guarded<T>(&self, work: impl Future<Output = Result<T, TableError>>) -> Result<T, TableError> {
        let is_failure = |error: &TableError| matches!(error, TableError::Unavailable(_));
        self.breaker.call(work, is_failure, |refused| TableError::Unavailable(refused.to_string())).await
    }

    async fn query(&self, query: &AuditQuery) -> Result<AuditPage, AuditError> {
        query.validate()?;
        let mut range = Range::of(query.from, query.until);
        if let Some(after) = &query.after {
            let before = u128::from_str_radix(after, 16).ok().filter(|_| after.len() == 32).ok_or(FOREIGN_CURSOR)?;
            range.before = range.before.min(before);
        }
        let mut search = Search { shared: self, query, requests: 0, page: AuditPage::default() };
        match &query.scope {
            Scope::Person(person) => search.partition(&rows::person_partition(person), range).await?,
            Scope::Course(course) => search.partition(&rows::course_partition(course), range).await?,
            Scope::All => search.days(range).await?,
        }
        Ok(search.page)
    }
}

/// One query, which ends when its page is full or has cost enough.
struct Search<'a> {
    shared: &'a Shared,
    query: &'a AuditQuery,
    requests: u32,
    page: AuditPage,
}

impl Search<'_> {
    /// Day by day, the last one first.
    async fn days(&mut self, range: Range) -> Result<(), AuditError> {
        // What never was has no partition.
        let mut before = range.before.min(super::event::first_id(OffsetDateTime::now_utc() + time::Duration::DAY));
        while before > range.from && self.page.next.is_none() {
            let (day, begin) = rows::day_before(before);
            self.partition(&day, Range { from: range.from.max(begin), before }).await?;
            before = begin;
            if self.requests >= QUERY_REQUESTS_MAX && self.page.next.is_none() && before > range.from {
                self.page.next = Some(format!("{before:032x}"));
            }
        }
        Ok(())
    }

    async fn partition(&mut self, partition: &str, mut range: Range) -> Result<(), AuditError> {
        while range.from < range.before {
            if self.requests >= QUERY_REQUESTS_MAX {
                self.page.next = Some(format!("{:032x}", range.before));
                return Ok(());
            }
            self.requests += 1;
            let filter = rows::filter(partition, range, self.query.kind.as_deref());
            let wanted = self.query.limit as usize - self.page.events.len();
            // One more tells whether there is more.
            let read = self.shared.guarded(self.shared.tables.read(&filter, wanted + 1)).await;
            let answer = match read {
                Err(TableError::NoTable) => return Ok(()),
                other => other.map_err(|error| AuditError::Unavailable(error.to_string()))?,
            };
            for row in &answer.rows {
                let event = rows::event(row).ok_or_else(|| AuditError::Unavailable("a row that is none".to_owned()))?;
                if self.page.events.len() == self.query.limit as usize {
                    let last = self.page.events.last().map_or(range.before, |event| event.id().as_u128());
                    self.page.next = Some(format!("{last:032x}"));
                    return Ok(());
                }
                self.page.events.push(event);
            }
            match answer.next_row.as_deref().and_then(rows::id_of_key) {
                // It goes on with this one.
                Some(next) => range.before = range.before.min(next.saturating_add(1)),
                None => return Ok(()),
            }
        }
        Ok(())
    }
}
