//! From the outbox to everybody: the bus, the stream for other systems, and webhooks.
//!
//! Every node is woken by Postgres' `NOTIFY`, or looks once a second; one at a time takes the oldest events, publishes them,
//! and marks them as sent in the same transaction. What is killed in between is done again by another: events leave at least
//! once, in the order of their ids, and who takes them passes over ids that they know.
//!
//! While the bus or the stream is away nothing is marked, and each node hands what Postgres has to its own people. So it does
//! too after it did not hear the bus for a while.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lectern_platform::bus::{Bus, BusError, BusEvent, Topic};
use lectern_platform::cache::{Cache, CacheError};
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::message::{Message, Sent, write_events};
use super::metrics::OutboxMetrics;
use super::outbox_store as store;
use super::streams::Streams;
use crate::database::Database;
use crate::server::Stores;
use crate::webhooks;

/// How often it is looked without being woken.
const PERIOD: Duration = Duration::from_secs(1);
/// Events of one transaction.
const BATCH_MAX: i64 = 100;
/// The Redis Stream that a bridge to another system reads, and what it keeps at least.
const STREAM: &str = "school.events";
const STREAM_ENTRIES_MAX: u32 = 100_000;
/// Events that a node hands to its people from Postgres; beyond it they load everything anew.
const CATCH_UP_MAX: i64 = 1_000;
/// What was written this long before may be committed only now.
const OVERLAP: Duration = Duration::from_secs(15);
/// How long a connection to the bus may be dead before that is noticed, with a margin.
const DEAF_MAX: Duration = Duration::from_secs(60);
/// After so long without a notice Postgres is asked whether it is still there.
const SILENT_MAX: Duration = Duration::from_secs(5);
/// How often the backlog is counted and old events are deleted.
const UPKEEP_EVERY: Duration = Duration::from_secs(10);
/// Old events that are deleted in one statement.
const SWEEP_MAX: i64 = 5_000;

/// Why events were not handed on.
#[derive(Debug, thiserror::Error)]
enum DispatchError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// See the [module](self).
pub(crate) struct Dispatcher {
    database: Database,
    bus: Arc<dyn Bus>,
    cache: Arc<dyn Cache>,
    streams: Arc<Streams>,
    metrics: OutboxMetrics,
    /// Something may be in the outbox.
    woken: Notify,
    /// Something may not have been heard.
    is_deaf: AtomicBool,
}

impl Dispatcher {
    pub(crate) fn new(database: Database, stores: &Stores, streams: Arc<Streams>, metrics: OutboxMetrics) -> Self {
        let (bus, cache) = (Arc::clone(&stores.bus), Arc::clone(&stores.cache));
        Self { database, bus, cache, streams, metrics, woken: Notify::new(), is_deaf: AtomicBool::new(false) }
    }

    /// Works for ever: to be spawned.
    pub(crate) async fn run(self) {
        tokio::join!(self.listen(), self.hear(), self.hand_on());
    }

    /// Is woken by Postgres.
    async fn listen(&self) {
        loop {
            let Err(error) = self.listen_at_one().await;
            tracing::debug!(%error, "not woken by Postgres for now");
            sleep(PERIOD).await;
        }
    }

    /// Listens at one connection, until that is of no use any more.
    async fn listen_at_one(&self) -> Result<Infallible, sqlx::Error> {
        let pool = self.database.listening();
        let listen = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen("outbox").await.map(|()| listener)
        };
        let mut listener = self.database.bounded(listen).await?;
        loop {
            // Before this connection, and while it was lost, something may have been missed: look.
            self.woken.notify_one();
            match timeout(SILENT_MAX, listener.try_recv()).await {
                Ok(heard) => {
                    heard?;
                }
                // Nothing happened, or a Postgres that vanished without a word says nothing any more.
                Err(_) => {
                    self.database.bounded(sqlx::query("SELECT 1").execute(&mut listener)).await?;
                }
            }
        }
    }

    /// Hands what comes over the bus to the people at this node.
    async fn hear(&self) {
        loop {
            if let Ok(mut subscription) = self.bus.subscribe(&Topic::School).await {
                while let Some(event) = subscription.next().await {
                    match event {
                        BusEvent::Message(bytes) => self.hand_over(&bytes),
                        BusEvent::Gap => {
                            self.is_deaf.store(true, Ordering::Relaxed);
                            self.woken.notify_one();
                        }
                        BusEvent::Commit(_) => {}
                    }
                }
            }
            self.is_deaf.store(true, Ordering::Relaxed);
            sleep(PERIOD).await;
        }
    }

    fn hand_over(&self, bytes: &[u8]) {
        match Message::read(bytes) {
            Some(Message::Events(events)) => self.streams.deliver(&events),
            Some(Message::Moved(moved)) => self.streams.moved(&moved),
            None => tracing::debug!("another version said something on the bus"),
        }
    }

    async fn hand_on(&self) {
        let (mut whole_until, mut kept_up) = (Instant::now(), None::<Instant>);
        loop {
            let _ = timeout(PERIOD, self.woken.notified()).await;
            let began = Instant::now();
            let handed_on = self.hand_on_all().await;
            if let Err(error) = &handed_on {
                self.metrics.failed.inc();
                tracing::warn!(%error, "events wait in the outbox");
            }
            let was_deaf = self.is_deaf.swap(false, Ordering::Relaxed);
            if was_deaf || handed_on.is_err() || !self.bus.is_available() {
                let back = if was_deaf { whole_until.elapsed().max(DEAF_MAX) } else { whole_until.elapsed() };
                if let Err(error) = self.database.bounded(self.catch_up(back + OVERLAP)).await {
                    tracing::debug!(%error, "nobody learns anything for now");
                    // To be made up for from the same time on.
                    self.is_deaf.fetch_or(was_deaf, Ordering::Relaxed);
                    continue;
                }
            }
            whole_until = began;
            if kept_up.is_none_or(|at| at.elapsed() > UPKEEP_EVERY) {
                kept_up = Some(began);
                if let Err(error) = self.database.bounded(self.keep_up()).await {
                    tracing::debug!(%error, "the outbox is not swept for now");
                }
            }
        }
    }

    async fn hand_on_all(&self) -> Result<(), DispatchError> {
        while self.database.bounded(self.hand_on_some()).await? == BATCH_MAX as usize {}
        Ok(())
    }

    /// Hands the oldest events on, unless another node does so; how many.
    async fn hand_on_some(&self) -> Result<usize, DispatchError> {
        let mut transaction = self.database.begin().await?;
        if !store::take_turn(&mut transaction).await? {
            return Ok(0);
        }
        let events = store::unsent(&mut transaction, BATCH_MAX).await?;
        if events.is_empty() {
            return Ok(0);
        }
        self.bus.publish(&Topic::School, write_events(&events)).await?;
        for event in &events {
            self.append(event).await?;
        }
        let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
        webhooks::note(&mut transaction, &ids).await?;
        store::mark_sent(&mut transaction, &ids).await?;
        transaction.commit().await?;
        self.metrics.sent.inc_by(ids.len() as u64);
        Ok(ids.len())
    }

    async fn append(&self, event: &Sent) -> Result<(), CacheError> {
        let (id, body) = (event.id.to_string(), event.event.to_string());
        let fields = [("id", id.as_bytes()), ("kind", event.kind.as_bytes()), ("event", body.as_bytes())];
        self.cache.append(STREAM, &fields, STREAM_ENTRIES_MAX).await.map(drop)
    }

    /// Hands what was written in the last `back` to the people at this node, but for what they know.
    async fn catch_up(&self, back: Duration) -> Result<(), sqlx::Error> {
        let events = store::recent(self.database.primary(), back.as_secs_f64(), CATCH_UP_MAX).await?;
        if events.len() == CATCH_UP_MAX as usize {
            self.streams.resync();
        } else {
            self.streams.deliver(&events);
        }
        Ok(())
    }

    async fn keep_up(&self) -> Result<(), sqlx::Error> {
        let (unsent, oldest_s) = store::backlog(self.database.primary()).await?;
        self.metrics.unsent.set(unsent);
        self.metrics.oldest_s.set(oldest_s);
        while store::sweep(self.database.primary(), SWEEP_MAX).await? == SWEEP_MAX as u64 {}
        Ok(())
    }
}
