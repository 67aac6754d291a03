//! A packaged video in the blob store: its files, playlists, pictures and `manifest.json`, in the folder of one run.
//!
//! Everything is tried until the store has it; to give up, drop this.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey, Blobs};
use lectern_recording::hls::{MediaPlaylist, Track};
use lectern_recording::recording::Stored;
use time::OffsetDateTime;

use super::manifest::{File, MANIFEST_NAME, Manifest};
use super::pictures::draw;
use super::recording::{FRESH_ENDED, PLAYLIST, Progress, key, put_text};
use super::upload::put;
use crate::backoff::Backoff;
use crate::metrics::Metrics;
use crate::spool::{Item, Listing};

/// The first pause after the store failed, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));
/// How often the store is asked to take pictures; then there are none.
const PICTURES_TRIES: usize = 5;

/// See the [module](self).
pub(crate) struct StoredVideo {
    blobs: Arc<dyn Blobs>,
    folder: BlobKey,
    run: u32,
    uploaded_at: OffsetDateTime,
    manifest: Manifest,
    /// For the pictures.
    playlists: BTreeMap<Track, MediaPlaylist>,
    metrics: Metrics,
}

impl StoredVideo {
    /// Of which nothing is stored.
    pub(crate) fn new(
        blobs: Arc<dyn Blobs>,
        folder: BlobKey,
        run: u32,
        uploaded_at: OffsetDateTime,
        metrics: Metrics,
    ) -> Self {
        let (manifest, playlists) = (Manifest::new(uploaded_at), BTreeMap::new());
        Self { blobs, folder, run, uploaded_at, manifest, playlists, metrics }
    }

    /// Stores and verifies an init segment.
    ///
    /// # Errors
    /// A name that is none, as for everything here.
    pub(crate) async fn add_init(&mut self, track: Track, name: String, bytes: Bytes) -> Result<(), BlobError> {
        self.add(Item::new(name, track, self.run, &bytes, None), bytes).await
    }

    /// Stores and verifies a segment.
    pub(crate) async fn add_segment(&mut self, segment: Stored) -> Result<(), BlobError> {
        let Stored { track, entry, format, bytes, .. } = segment;
        let size = format.size();
        let (init, codecs) = (entry.init_uri.clone(), format.codecs);
        let listing = Listing { init, start: entry.start, end: entry.end, codecs, size };
        self.add(Item::new(entry.uri.clone(), track, self.run, &bytes, Some(listing)), bytes).await?;
        self.playlists.entry(track).or_insert_with(|| MediaPlaylist::new(self.uploaded_at)).push(entry);
        Ok(())
    }

    /// Stores a playlist, of which all segments are stored.
    pub(crate) async fn add_playlist(&mut self, name: &str, text: &str) -> Result<(), BlobError> {
        self.add_text(name, PLAYLIST, text).await
    }

    /// All is stored: draws it, and tells how much there is and what it is made of.
    pub(crate) async fn finish(&mut self, ffmpeg: &Path) -> Result<(Progress, &Manifest), BlobError> {
        self.manifest.follow(&self.playlists);
        self.manifest.is_complete = true;
        if !ffmpeg.as_os_str().is_empty() {
            self.illustrate(ffmpeg).await;
        }
        let text = serde_json::to_string(&self.manifest).map_err(|error| BlobError::Refused(error.to_string()))?;
        self.add_text(MANIFEST_NAME, "application/json", &text).await?;
        let Manifest { duration_ms, bytes, .. } = self.manifest;
        Ok((Progress { duration_ms, bytes, is_playable: true }, &self.manifest))
    }

    async fn illustrate(&mut self, ffmpeg: &Path) {
        let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
        for _ in 0..PICTURES_TRIES {
            match draw(&*self.blobs, &self.folder, &self.playlists, &mut self.manifest, ffmpeg).await {
                Ok(_) => return,
                Err(error) => self.store_failed(&error),
            }
            backoff.wait().await;
        }
    }

    async fn add(&mut self, item: Item, bytes: Bytes) -> Result<(), BlobError> {
        let key = key(&self.folder, &item.name)?;
        let (mut backoff, start) = (Backoff::new(PAUSE.0, PAUSE.1), Instant::now());
        while let Err(error) = put(&*self.blobs, &key, item.track, bytes.clone()).await {
            self.store_failed(&error);
            backoff.wait().await;
        }
        self.metrics.stored(&item, start.elapsed());
        self.manifest.add_file(item.name.clone(), File { bytes: item.bytes, sha256: item.sha256.clone() });
        if let Some(listing) = &item.listing {
            self.manifest.add_segment(&item, listing);
        }
        Ok(())
    }

    async fn add_text(&self, name: &str, content_type: &str, text: &str) -> Result<(), BlobError> {
        key(&self.folder, name)?;
        let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
        let put = || put_text(&*self.blobs, &self.folder, name, content_type, FRESH_ENDED, text.to_owned());
        while let Err(error) = put().await {
            self.store_failed(&error);
            backoff.wait().await;
        }
        Ok(())
    }

    fn store_failed(&self, error: &dyn std::fmt::Display) {
        self.metrics.store_failed();
        tracing::warn!(%error, folder = %self.folder, "packaging: the store does not take it; tried again");
    }
}
