//! The lease of a job, kept for as long as it is worked on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::client::{Job, JobsClient, JobsError};
use crate::store::Progress;

/// How often it is renewed, and how soon after that failed.
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(5);
/// The part of a lease in which it is not sure any more: what is under way then has to be over before another begins.
const MARGIN_PART: u32 = 5;

/// What is known of a lease.
#[derive(Clone, Debug)]
pub(crate) struct LeaseState {
    /// Until then nobody else has the job, whatever happens to the API.
    sure_until: Instant,
    /// The class is over: to be finished.
    pub(super) is_over: bool,
}

impl LeaseState {
    /// Of a job that was asked for at `asked`.
    pub(crate) fn new(job: &Job, asked: Instant) -> Self {
        Self { sure_until: asked + held_for(job), is_over: !job.go_on }
    }

    /// Returns when the lease is held and will be for a while.
    pub(crate) async fn surely_held(lease: &watch::Receiver<Self>) {
        until(lease, |state| state.sure_until > Instant::now()).await;
    }

    /// Returns when the class is over.
    pub(crate) async fn over(lease: &watch::Receiver<Self>) {
        until(lease, |state| state.is_over).await;
    }
}

/// The leases of this process that may have ended, since the school is away. Before it is told of them no job is asked for: it
/// would give one's own, anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubts(Arc<()>);

impl Doubts {
    /// Whether there are any: each is a clone that is kept.
    pub(crate) fn any(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

/// Returns when something holds of what is watched, and never if that comes no more: what waits is dropped then.
pub(crate) async fn until<T: Clone>(watched: &watch::Receiver<T>, holds: impl FnMut(&T) -> bool) {
    let mut watched = watched.clone();
    let never = watched.wait_for(holds).await.is_err();
    if never {
        std::future::pending().await
    }
}

fn held_for(job: &Job) -> Duration {
    let lease = Duration::from_secs(job.lease_s);
    lease - lease / MARGIN_PART
}

/// Renews the lease; returns when it is lost.
pub(crate) async fn keep(
    client: &JobsClient,
    job: &Job,
    progress: watch::Receiver<Progress>,
    state: watch::Sender<LeaseState>,
    token: watch::Sender<String>,
    doubts: &Doubts,
) {
    let mut doubt = None;
    let mut ticks = interval(RENEW_EVERY.min(Duration::from_secs(job.lease_s.max(1)) / 3));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let asked = Instant::now();
        let progress = *progress.borrow();
        match client.renew(job.id, job.run, progress).await {
            Ok(renewed) => {
                drop(doubt.take());
                state.send_modify(|state| {
                    state.sure_until = asked + held_for(job);
                    state.is_over |= !renewed.go_on;
                });
                if let Some(fresh) = renewed.token {
                    token.send_replace(fresh);
                }
            }
            Err(JobsError::LeaseLost) => return,
            Err(error) => {
                doubt = matches!(error, JobsError::Away(_)).then(|| doubts.clone());
                tracing::warn!(%error, recording = %job.id, "recorder: the lease was not renewed; recording on");
            }
        }
    }
}
