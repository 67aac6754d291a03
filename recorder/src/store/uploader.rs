//! Carries what is in the spool into the store, in order, for as long as it takes.
//!
//! A batch is uploaded, four files at once; then all of it is listed, and then deleted here, but for what
//! [waits](StoredRecording::awaits_end) for the end. The store may be away for as long as the spool has room. Uploading goes on
//! while it is not sure that the lease is held, since no two runs write the same file, but nothing is listed then: the
//! playlists may be another's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use lectern_platform::blobs::{BlobKey, Blobs};
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};

use super::recording::{OpenError, Progress, StoredRecording, key};
use super::upload::upload;
use crate::backoff::Backoff;
use crate::job::LeaseState;
use crate::metrics::Metrics;
use crate::spool::{Item, Spooled};

/// Files of one recording that are under way at once: what is in memory, 15 MiB each at most.
const AT_ONCE: usize = 4;
/// Files that are listed together when there is much to catch up with.
const BATCH_MAX: usize = 64;
/// The first pause after the store failed, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

/// See the [module](self).
pub(crate) struct Uploader {
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) folder: BlobKey,
    pub(crate) started_at: OffsetDateTime,
    pub(crate) lease: watch::Receiver<LeaseState>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) metrics: Metrics,
}

impl Uploader {
    /// Works until nothing comes any more and all of it is listed. The queue is bounded by the spool's quota: all that is in it
    /// are places on the disk.
    ///
    /// # Errors
    /// What is in the store is damaged. Everything else is tried again; to give up, drop this.
    pub(crate) async fn run(self, mut spooled: mpsc::UnboundedReceiver<Spooled>) -> Result<StoredRecording, String> {
        let mut stored = self.open().await?;
        self.progress.send_replace(stored.progress());
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while spooled.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let files = batch.iter().filter_map(|spooled: &Spooled| Some((spooled, spooled.kept.file()?)));
            stream::iter(files).for_each_concurrent(AT_ONCE, |(spooled, item)| self.persist(spooled, item)).await;
            batch.iter().for_each(|spooled| stored.add(&spooled.kept));
            self.list(&mut stored).await;
            for spooled in batch.drain(..).filter(|spooled| !stored.awaits_end(&spooled.kept)) {
                if let Err(error) = spooled.remove().await {
                    tracing::warn!(%error, folder = %self.folder, "spool: what is stored cannot be deleted");
                }
            }
            self.progress.send_replace(stored.progress());
        }
        Ok(stored)
    }

    async fn open(&self) -> Result<StoredRecording, String> {
        let mut backoff = self.backoff();
        loop {
            match StoredRecording::open(Arc::clone(&self.blobs), self.folder.clone(), self.started_at).await {
                Ok(stored) => return Ok(stored),
                Err(OpenError::Damaged(what)) => return Err(what),
                Err(OpenError::Store(error)) => self.store_failed(&error),
            }
            backoff.wait().await;
        }
    }

    async fn persist(&self, spooled: &Spooled, item: &Item) {
        let mut backoff = self.backoff();
        let start = Instant::now();
        loop {
            let uploaded = match key(&self.folder, &item.name) {
                Ok(key) => upload(&*self.blobs, &key, item.track, spooled).await,
                Err(error) => Err(error.into()),
            };
            match uploaded {
                Ok(()) => break,
                Err(error) => self.store_failed(&error),
            }
            backoff.wait().await;
        }
        self.metrics.stored(item, start.elapsed());
    }

    async fn list(&self, stored: &mut StoredRecording) {
        let mut backoff = self.backoff();
        loop {
            LeaseState::surely_held(&self.lease).await;
            match stored.put().await {
                Ok(()) => return,
                Err(error) => self.store_failed(&error),
            }
            backoff.wait().await;
        }
    }

    /// Ends what was listed, however long that takes: see [`StoredRecording::end`].
    pub(crate) async fn end(lease: &watch::Receiver<LeaseState>, stored: &mut StoredRecording) -> bool {
        let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
        loop {
            LeaseState::surely_held(lease).await;
            match stored.end().await {
                Ok(is_something) => return is_something,
                Err(error) => tracing::warn!(%error, "recorder: the store does not take the last playlists"),
            }
            backoff.wait().await;
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(PAUSE.0, PAUSE.1)
    }

    fn store_failed(&self, error: &dyn std::fmt::Display) {
        self.metrics.store_failed();
        tracing::warn!(%error, folder = %self.folder, "recorder: the store does not take what is recorded; it stays in the spool");
    }
}
