//! One run: from a video's claim until it has ended, or is another's.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey};
use lectern_recording::package::{Packager, Step};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::client::{Outcome, Video, end, release, renew};
use crate::backoff::Backoff;
use crate::job::{JobsError, RENEW_EVERY, Shared, until};
use crate::store::StoredVideo;

/// Between two attempts to read from the store, or to tell the school how it ended.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The school knows what has become of the video.
    Told(Outcome),
    /// It is another's, or nobody wants it any more.
    LeaseLost,
    /// Another may have it.
    GivenUp,
}

impl Ended {
    /// `ready`, `lease_lost`, `given_up`, or why there is nothing.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Told(Outcome::Ready { .. }) => "ready",
            Self::Told(Outcome::Refused { code, .. } | Outcome::Failed { code, .. }) => code,
            Self::LeaseLost => "lease_lost",
            Self::GivenUp => "given_up",
        }
    }
}

/// Packages a video, and returns when it is not this node's any more. All that is under way is dropped then.
pub(crate) async fn work(video: Video, shared: Arc<Shared>) -> Ended {
    let _running = shared.metrics.package();
    let (read, known_read) = watch::channel(0);
    let whole = async {
        let outcome = match timeout(shared.finish_max, package(&video, &shared, &read)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::failed("internal", error.to_string()),
            Err(_) => Outcome::failed("store_unreachable", "it could not be read or stored in time"),
        };
        tell(&video, &shared, outcome).await
    };
    tokio::select! {
        ended = whole => ended,
        () = keep(&video, &shared, known_read) => Ended::LeaseLost,
        () = until(&shared.leaving, |leaving| *leaving) => {
            if let Err(error) = release(&shared.client, &video).await {
                tracing::info!(%error, video = %video.id, "packaging: the lease ends by itself");
            }
            Ended::GivenUp
        }
    }
}

/// Renews the lease; returns when it is lost.
async fn keep(video: &Video, shared: &Shared, read: watch::Receiver<u64>) {
    let mut ticks = interval(RENEW_EVERY.min(Duration::from_secs(video.lease_s.max(1)) / 3));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let bytes_read = *read.borrow();
        match renew(&shared.client, video, bytes_read).await {
            Ok(()) => {}
            Err(JobsError::LeaseLost) => return,
            Err(error) => tracing::warn!(%error, video = %video.id, "packaging: the lease was not renewed; going on"),
        }
    }
}

async fn package(video: &Video, shared: &Shared, read: &watch::Sender<u64>) -> Result<Outcome, BlobError> {
    let source = key(&video.source)?;
    let (blobs, metrics) = (Arc::clone(&shared.blobs), shared.metrics.clone());
    let mut stored = StoredVideo::new(blobs, key(&video.folder)?, video.run, video.uploaded_at, metrics);
    let mut packager = Packager::new(video.source_bytes, video.run, video.uploaded_at);
    loop {
        let step;
        (packager, step) = next(packager).await;
        match step {
            Step::Read(range) => {
                let Some(bytes) = read_source(shared, &source, range.clone()).await else {
                    return Ok(Outcome::failed("source_missing", "what was uploaded is not in the store"));
                };
                shared.metrics.read(bytes.len());
                // What is asked for twice counts once.
                read.send_modify(|read| *read = (*read + bytes.len() as u64).min(video.source_bytes));
                packager.provide(range, bytes);
            }
            Step::Init { track, name, bytes } => stored.add_init(track, name, bytes).await?,
            Step::Segment(segment) => stored.add_segment(segment).await?,
            Step::Playlist { name, text } => stored.add_playlist(&name, &text).await?,
            Step::Done(_) => {
                let (progress, manifest) = stored.finish(&shared.ffmpeg).await?;
                return Ok(Outcome::ready(progress, manifest));
            }
            Step::Refused(refusal) => return Ok(Outcome::refused(refusal.code(), refusal.to_string())),
        }
    }
}

/// What is to be done next; it is looked for where nothing else waits.
async fn next(mut packager: Packager) -> (Packager, Step) {
    let polled = tokio::task::spawn_blocking(move || {
        let step = packager.poll();
        (packager, step)
    });
    // It is cancelled only when the process ends; its panics are this run's.
    polled.await.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

/// Tried for as long as it takes; `None` if it is not there.
async fn read_source(shared: &Shared, source: &BlobKey, range: std::ops::Range<u64>) -> Option<Bytes> {
    let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
    loop {
        match shared.blobs.read(source, range.clone()).await {
            Ok(bytes) => return bytes,
            Err(error) => {
                shared.metrics.store_failed();
                tracing::warn!(%error, %source, "packaging: what was uploaded cannot be read; tried again");
            }
        }
        backoff.wait().await;
    }
}

/// However long that takes.
async fn tell(video: &Video, shared: &Shared, outcome: Outcome) -> Ended {
    let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
    while let Err(error) = end(&shared.client, video, &outcome).await {
        if matches!(error, JobsError::LeaseLost) {
            return Ended::LeaseLost;
        }
        tracing::warn!(%error, video = %video.id, "packaging: the school was not told how it ended");
        backoff.wait().await;
    }
    Ended::Told(outcome)
}

fn key(name: &str) -> Result<BlobKey, BlobError> {
    name.parse().map_err(|error| BlobError::Refused(format!("{name}: {error}")))
}
