//! Group commit: the reports of all students go through one queue to one writer, which commits what has gathered in one
//! statement. A report is acknowledged when it is committed, and not before.
//!
//! The queue is bounded. When it is full, reports are refused with `503` and `Retry-After`: a player reports again what it
//! watched, and nothing is lost by it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use lectern_platform::cache::Cache;
use lectern_platform::problem::Problem;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::heartbeat::{Heartbeat, Key, Progress};
use super::store::{self, Written};
use crate::database::Database;
use crate::events::ProgressTeller;
use crate::portfolio;
use crate::problem::ApiError;
use crate::server::Stores;

/// Reports that wait. At 5,000 a second it is most of a second; more would wait longer than a player wants to.
const WAITING_MAX: usize = 4_096;
/// Reports of one commit: few milliseconds of Postgres' time.
const BATCH_MAX: usize = 512;
/// Commits begin so far apart at least: who reports in between waits so long, and is one of many.
const COMMITS_APART: Duration = Duration::from_millis(20);
/// Attempts to write a batch. A deadlock, or a lesson that was deleted in that moment, is gone at the next.
const ATTEMPTS_MAX: u32 = 3;
/// The pause between them.
const ATTEMPT_PAUSE: Duration = Duration::from_millis(50);
/// When to report again after the queue was full or the database away.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What became of a report: nothing, for who may not report on that lesson.
type Answer = Result<Option<Progress>, Problem>;

struct Job {
    key: Key,
    report: Heartbeat,
    answer: oneshot::Sender<Answer>,
}

/// The way to the writer, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the writer. To be called in a Tokio runtime.
    pub(crate) fn start(database: Database, stores: &Stores) -> Self {
        let (queue, jobs) = mpsc::channel(WAITING_MAX);
        let teller = ProgressTeller::start(Arc::clone(&stores.bus));
        tokio::spawn(write_all(database, Arc::clone(&stores.cache), teller, jobs));
        Self { queue }
    }

    /// Has a report written; returns when it is committed.
    pub(super) async fn write(&self, key: Key, report: Heartbeat) -> Result<Option<Progress>, ApiError> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Job { key, report, answer }).map_err(|_| busy())?;
        answered.await.map_err(|_| ApiError::Internal("the writer of progress ended".to_owned()))?.map_err(Into::into)
    }
}

fn busy() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "progress_busy", "Too many students report at once")
        .detail("nothing of this report was kept")
        .retry_after(RETRY_AFTER)
}

async fn write_all(
    database: Database,
    cache: Arc<dyn Cache>,
    mut teller: ProgressTeller,
    mut jobs: mpsc::Receiver<Job>,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut pace = interval(COMMITS_APART);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // While one batch is committed the next one gathers: the busier it is, the larger they are.
    while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        pace.tick().await;
        while batch.len() < BATCH_MAX
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
        // Who does not wait any more is not told anything; what they reported may be kept or not.
        batch.retain(|job| !job.answer.is_closed());
        let reports: Vec<_> = batch.iter().map(|job| (job.key, job.report)).collect();
        match commit(&database, &reports).await {
            Ok(written) => {
                teller.tell(&written.watched);
                // Beside the next batch's commit, which need not wait for the cache.
                tokio::spawn(acknowledge(Arc::clone(&cache), std::mem::take(&mut batch), written));
            }
            Err(error) => {
                let problem = ApiError::from(error).into_problem();
                tracing::warn!(reports = batch.len(), "progress was not written");
                for job in batch.drain(..) {
                    let _ = job.answer.send(Err(problem.clone()));
                }
            }
        }
    }
}

/// Tells everybody what was committed, when no portfolio shows less any more.
async fn acknowledge(cache: Arc<dyn Cache>, batch: Vec<Job>, written: Written) {
    portfolio::changed(&*cache, written.moved).await;
    for job in batch {
        let _ = job.answer.send(Ok(written.progress.get(&job.key).cloned()));
    }
}

async fn commit(database: &Database, reports: &[(Key, Heartbeat)]) -> Result<Written, sqlx::Error> {
    let mut attempt = 1;
    loop {
        let written = async {
            let mut transaction = database.begin().await?;
            let written = store::write(&mut transaction, reports).await?;
            transaction.commit().await?;
            Ok(written)
        };
        match database.bounded(written).await {
            Ok(written) => return Ok(written),
            // Writing twice what was perhaps written once changes nothing.
            Err(sqlx::Error::Database(error)) if attempt < ATTEMPTS_MAX => {
                tracing::debug!(%error, attempt, "progress is written again");
                attempt += 1;
                tokio::time::sleep(ATTEMPT_PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn when_the_queue_is_full_a_report_is_refused_for_now() {
        let (queue, mut jobs) = mpsc::channel(1);
        let writer = Writer { queue };
        let key = Key { person: Uuid::nil(), lesson: Uuid::nil() };
        let report = Heartbeat { position_s: 0, watched: None, counter: 0 };
        let refuse = async {
            let refused = writer.write(key, report).await.unwrap_err().into_problem();
            assert_eq!(refused, busy());
            jobs.recv().await.unwrap().answer.send(Ok(None)).unwrap();
        };
        let (first, ()) = tokio::join!(writer.write(key, report), refuse);
        assert!(first.unwrap().is_none(), "what was in the queue is answered");
    }
}
