//! Files of any size: recordings, materials, pictures.
//!
//! There are two implementations, run by the same tests: [`FileBlobs`] keeps them in a folder, [`AzureBlobs`] in Azure Blob Storage.
//! Clients send and fetch them by signed addresses that expire; with files [`FileBlobs::router`] answers there. Those to fetch are
//! the same for all who ask within a step of at most an hour, so that a CDN can keep what is behind them.
//!
//! Names are made here ([`BlobKey::generate`]), never from titles. What a client has sent counts when [`confirm`] has looked at
//! it: Azure holds nobody to the size and type that were agreed on.

mod azure;
mod config;
mod disposition;
mod files;
mod key;
mod routes;
mod sas;
mod signature;
mod window;

pub use crate::azure::AzureAccount;
pub use azure::AzureBlobs;
pub use config::BlobsConfig;
pub use files::FileBlobs;
pub use key::BlobKey;

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

/// What one [`Blobs::read`] gives at most: it is held in memory.
pub const READ_BYTES_MAX: u64 = 16 << 20;
/// What one [`Blobs::list`] gives at most.
pub const LIST_MAX: usize = 1_000;
/// How long a signed address can be good for. Longer is not signed, it is public.
pub const LIFETIME_MAX: Duration = Duration::from_hours(24);

/// The store did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It cannot be reached, did not answer in time, or its disk failed. Try again later.
    #[error("the blob store is not available: {0}")]
    Unavailable(String),
    /// It refuses, or cannot do this at all.
    #[error("the blob store refuses: {0}")]
    Refused(String),
}

/// What a future of the store gives.
pub type BlobFuture<'a, T> = BoxFuture<'a, Result<T, BlobError>>;

/// What a blob is to those who fetch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobKind {
    /// The media type.
    pub content_type: String,
    /// The header of that name; empty for none.
    pub cache_control: String,
}

/// What a client may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// As what it is kept and served.
    pub kind: BlobKind,
    /// How many bytes at most.
    pub bytes_max: u64,
}

/// What a browser is told that fetches a blob to save it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedAs<'a> {
    /// The file's name, as people gave it: what is not fit for a file is taken out.
    pub name: &'a str,
    /// The blob's media type: pictures, sound and videos are shown, everything else is saved.
    pub content_type: &'a str,
}

/// Where a client sends a blob to: one `PUT`, with these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUpload {
    /// The address; relative to Lectern's own if it begins with a slash.
    pub url: String,
    /// Name and value.
    pub headers: Vec<(String, String)>,
}

/// A blob that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Its length.
    pub bytes: u64,
    /// What it is.
    pub kind: BlobKind,
}

/// See [`Blobs::list`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBlob {
    /// Its name.
    pub key: BlobKey,
    /// Its length.
    pub bytes: u64,
}

/// A blob that is being written. It is there when it is finished, and never if this is dropped before.
pub trait BlobWriter: Send {
    /// Takes what comes next. Waits while too much of it is under way.
    fn write(&mut self, bytes: Bytes) -> BlobFuture<'_, ()>;

    /// All of it is there when this returns.
    fn finish(self: Box<Self>) -> BlobFuture<'static, ()>;
}

/// See the [module](self). Every future ends in bounded time.
pub trait Blobs: fmt::Debug + Send + Sync + 'static {
    /// What it is, for those who run it: `files`, or `Azure Blob Storage`.
    fn kind(&self) -> &'static str;

    /// Whether it could take a blob now. Nothing remains of the question.
    fn check(&self) -> BlobFuture<'_, ()>;

    /// Keeps a blob, in place of what has its name.
    fn put<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind, bytes: Bytes) -> BlobFuture<'a, ()>;

    /// As [`Self::put`], of any length.
    fn begin<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind) -> BlobFuture<'a, Box<dyn BlobWriter>>;

    /// What is known of a blob; `None` if it is not there.
    fn head<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, Option<BlobInfo>>;

    /// A part of a blob: less if the blob ends before, and [`READ_BYTES_MAX`] at most; `None` if it is not there.
    fn read<'a>(&'a self, key: &'a BlobKey, range: Range<u64>) -> BlobFuture<'a, Option<Bytes>>;

    /// Deletes a blob, if it is there.
    fn delete<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, ()>;

    /// The blobs below a name (`recordings/0192…`), in order of their names, beginning behind `after`; [`LIST_MAX`] at most.
    fn list<'a>(&'a self, below: &'a BlobKey, after: Option<&'a BlobKey>) -> BlobFuture<'a, Vec<ListedBlob>>;

    /// Where anybody who has the address can fetch a blob, under which name if one is given: for at least so long
    /// ([`LIFETIME_MAX`] at most), and at most twice as long, or an hour longer.
    fn download_url<'a>(
        &'a self,
        key: &'a BlobKey,
        saved_as: Option<SavedAs<'a>>,
        lifetime: Duration,
    ) -> BlobFuture<'a, String>;

    /// Where anybody who has the address can send a blob, for so long ([`LIFETIME_MAX`] at most).
    fn upload_url<'a>(
        &'a self,
        key: &'a BlobKey,
        upload: &'a Upload,
        lifetime: Duration,
    ) -> BlobFuture<'a, SignedUpload>;
}

/// Whether a client has sent what was agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// It is there.
    Good(BlobInfo),
    /// Nothing is there yet.
    Missing,
    /// It was too long, or something else, and is deleted.
    Wrong(BlobInfo),
}

/// Looks at what a client has sent, and deletes what breaks the agreement.
///
/// # Errors
/// Those of the store.
pub async fn confirm(blobs: &dyn Blobs, key: &BlobKey, upload: &Upload) -> Result<Confirmed, BlobError> {
    let Some(info) = blobs.head(key).await? else { return Ok(Confirmed::Missing) };
    let is_same_type = info.kind.content_type.eq_ignore_ascii_case(&upload.kind.content_type);
    if info.bytes <= upload.bytes_max && is_same_type {
        return Ok(Confirmed::Good(info));
    }
    blobs.delete(key).await?;
    Ok(Confirmed::Wrong(info))
}
