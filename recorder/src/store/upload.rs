//! One file into the store: put, then looked at.

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey, BlobKind, Blobs};
use lectern_recording::hls::Track;

use crate::spool::Spooled;

/// Nothing is ever written under a name again (RFC 8246).
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Why a file is not stored yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum UploadError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] BlobError),
    /// What the store has is not what it was given.
    #[error("{0}: the store has {1:?} bytes of it instead of {2}")]
    Unverified(BlobKey, Option<u64>, u64),
    /// The spool's disk failed, or somebody deletes in it.
    #[error("the spool: {0}")]
    Spool(#[from] std::io::Error),
}

/// Stores a file and verifies that it is there.
pub(super) async fn upload(
    blobs: &dyn Blobs,
    key: &BlobKey,
    track: Track,
    spooled: &Spooled,
) -> Result<(), UploadError> {
    put(blobs, key, track, spooled.read().await?).await
}

/// As [`upload`], of bytes that are in memory.
pub(super) async fn put(blobs: &dyn Blobs, key: &BlobKey, track: Track, bytes: Bytes) -> Result<(), UploadError> {
    let len = bytes.len() as u64;
    blobs.put(key, &kind(track), bytes).await?;
    match blobs.head(key).await? {
        Some(info) if info.bytes == len => Ok(()),
        info => Err(UploadError::Unverified(key.clone(), info.map(|info| info.bytes), len)),
    }
}

fn kind(track: Track) -> BlobKind {
    let content_type = if track == Track::Sound { "audio/mp4" } else { "video/mp4" };
    BlobKind { content_type: content_type.to_owned(), cache_control: IMMUTABLE.to_owned() }
}
