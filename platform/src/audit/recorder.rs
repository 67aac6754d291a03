//! Recording for whoever must not wait: sockets, media.
//!
//! Events go through a bounded queue to the trail. What is in the queue is recorded, however long the trail fails; only when
//! the queue is full, because the trail was away for long, is the newest dropped, and counted.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use prometheus::{IntCounter, Opts, Registry};
use tokio::sync::{mpsc, oneshot};

use super::{Audit, AuditError, AuditEvent};
use crate::metrics::register;

/// Events that wait: the joins of some full classes at once.
const QUEUE_MAX: usize = 16_384;
/// Events that the trail has at once; they share what it costs to bring them to disk.
const RECORDED_AT_ONCE_MAX: usize = 512;
/// The pause before a trail that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// See the [module](self). Cheap to clone; clones share the queue.
#[derive(Debug, Clone)]
pub struct Recorder {
    queue: mpsc::Sender<Queued>,
    dropped: IntCounter,
}

#[derive(Debug)]
enum Queued {
    Event(Box<AuditEvent>),
    /// Answered when everything before is recorded.
    Flush(oneshot::Sender<()>),
}

impl Recorder {
    /// Begins to record on `audit`. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the registry has its metric already: one process has one.
    pub fn start(audit: Arc<dyn Audit>, registry: &Registry) -> Result<Self, String> {
        let opts = Opts::new(
            "dropped_total",
            "Events that nobody recorded: the trail was away for too long, or they broke a rule",
        );
        let counter = IntCounter::with_opts(opts.namespace("lectern").subsystem("audit"));
        let dropped = counter.and_then(|counter| register(registry, counter)).map_err(|error| error.to_string())?;
        let (queue, queued) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(audit, queued, dropped.clone()));
        Ok(Self { queue, dropped })
    }

    /// Takes an event in, at once.
    pub fn record(&self, event: AuditEvent) {
        if self.queue.try_send(Queued::Event(Box::new(event))).is_err() {
            self.dropped.inc();
        }
    }

    /// Returns when everything that was taken in before is recorded.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Queued::Flush(done)).await.is_ok() {
            let _ = flushed.await;
        }
    }
}

/// Ends with the last recorder, when what it took in is recorded.
async fn run(audit: Arc<dyn Audit>, mut queue: mpsc::Receiver<Queued>, dropped: IntCounter) {
    let mut recording = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = recording.next() => {}
            queued = queue.recv(), if recording.len() < RECORDED_AT_ONCE_MAX => match queued {
                Some(Queued::Event(event)) => recording.push(keep(&*audit, *event, &dropped)),
                Some(Queued::Flush(done)) => {
                    while recording.next().await.is_some() {}
                    let _ = done.send(());
                }
                None => break,
            },
        }
    }
    while recording.next().await.is_some() {}
}

/// Tries until the trail has it. Under one id: what may be recorded already is not recorded twice.
async fn keep(audit: &dyn Audit, event: AuditEvent, dropped: &IntCounter) {
    loop {
        match audit.record(event.clone()).await {
            Ok(()) => return,
            Err(error @ AuditError::Invalid { .. }) => {
                tracing::error!(%error, kind = event.kind, "an audit event breaks a rule");
                return dropped.inc();
            }
            Err(error) => tracing::warn!(%error, again_in = ?PAUSE, "the audit trail does not take an event"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{AuditFuture, AuditPage, AuditQuery};
    use futures_util::FutureExt as _;
    use std::sync::Mutex;

    /// Fails as often as it is told to, then keeps.
    #[derive(Debug, Default)]
    struct Flaky {
        failures: Mutex<usize>,
        kept: Mutex<Vec<String>>,
    }

    impl Audit for Flaky {
        fn record(&self, event: AuditEvent) -> AuditFuture<'_, ()> {
            async move {
                if event.kind.is_empty() {
                    return Err(AuditError::Invalid { field: "kind", allowed: "some" });
                }
                let mut failures = self.failures.lock().unwrap();
                if *failures > 0 {
                    *failures -= 1;
                    return Err(AuditError::Unavailable("away".to_owned()));
                }
                self.kept.lock().unwrap().push(event.kind);
                Ok(())
            }
            .boxed()
        }

        fn query<'a>(&'a self, _: &'a AuditQuery) -> AuditFuture<'a, AuditPage> {
            async { Ok(AuditPage::default()) }.boxed()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_trail_that_fails_for_a_while_loses_nothing_and_a_full_queue_counts() {
        let audit = Arc::new(Flaky { failures: Mutex::new(RECORDED_AT_ONCE_MAX + 100), ..Flaky::default() });
        let recorder = Recorder::start(Arc::clone(&audit) as Arc<dyn Audit>, &Registry::new()).unwrap();
        recorder.record(AuditEvent::now(""));
        for number in 1..QUEUE_MAX + 10 {
            recorder.record(AuditEvent::now(format!("k{number}")));
        }
        recorder.flush().await;
        let kept = audit.kept.lock().unwrap().len();
        assert_eq!(kept, QUEUE_MAX - 1, "the queue but for the one that broke a rule");
        assert_eq!(recorder.dropped.get(), 1 + 10);
    }
}
