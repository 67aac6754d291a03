//! Blobs in a folder: `data/{key}`, and what they are in `about/{key}.json`. A blob is there when it is in `data`, where it gets by
//! a rename; what is not finished is in `uploads`.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::future::FutureExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use uuid::Uuid;

use super::signature::{Grant, Signer};
use super::window::Window;
use super::{
    BlobError, BlobFuture, BlobInfo, BlobKey, BlobKind, BlobWriter, Blobs, LIFETIME_MAX, LIST_MAX, ListedBlob,
    READ_BYTES_MAX, SavedAs, SignedUpload, Upload,
};

/// Where [`FileBlobs::router`] answers.
pub(super) const ROUTE: &str = "/v1/blobs";
/// An upload that was not touched for so long is nobody's any more.
const UPLOAD_KEPT: Duration = Duration::from_hours(24);
const SECRET_BYTES: usize = 32;

/// See the [module](self) and [`Blobs`].
pub struct FileBlobs {
    pub(super) folder: Folder,
    pub(super) signer: Signer,
    cdn: String,
}

impl std::fmt::Debug for FileBlobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileBlobs").field("folder", &self.folder.0).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

#[derive(Serialize, Deserialize)]
struct About {
    content_type: String,
    cache_control: String,
}

impl FileBlobs {
    /// Blobs in a folder, with the secret that signs addresses, both made if they are not there; what stands before
    /// [`Self::router`] for those who fetch, if anything does.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(path: &Path, cdn: &str) -> Result<Self, String> {
        let text = |error: io::Error| format!("{}: {error}", path.display());
        let folder = Folder(path.to_owned());
        for name in ["data", "about", "uploads"] {
            fs::create_dir_all(path.join(name)).map_err(text)?;
        }
        folder.remove_old_uploads().map_err(text)?;
        let signer = Signer::new(&secret(&path.join("secret")).map_err(text)?);
        Ok(Self { folder, signer, cdn: cdn.to_owned() })
    }

    /// For an address with this grant.
    fn url(key: &BlobKey, grant: &Grant) -> Result<String, BlobError> {
        // An address of no server, for its query alone.
        let fields = serde_json::to_value(grant).map_err(|error| BlobError::Refused(error.to_string()))?;
        let mut url = reqwest::Url::parse("http://files").map_err(|error| BlobError::Refused(error.to_string()))?;
        for (name, value) in fields.as_object().into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url.query_pairs_mut().append_pair(name, &value);
        }
        Ok(format!("{ROUTE}/{key}?{}", url.query().unwrap_or_default()))
    }
}

/// 32 random bytes, for the owner alone.
fn secret(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = [0; SECRET_BYTES];
    rand::fill(&mut bytes);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(&bytes)?;
            file.sync_all()?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    // Two that start at once may both be here; what one of them has begun to write is there in a moment.
    for _ in 0..50 {
        let mut secret = Vec::new();
        fs::File::open(path)?.read_to_end(&mut secret)?;
        if secret.len() >= SECRET_BYTES {
            return Ok(secret);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err(io::Error::other(format!("{} is no secret", path.display())))
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Folder {
    pub(super) fn data(&self, key: &BlobKey) -> PathBuf {
        self.0.join("data").join(key.as_str())
    }

    fn about(&self, key: &BlobKey) -> PathBuf {
        self.0.join("about").join(format!("{key}.json"))
    }

    fn remove_old_uploads(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.0.join("uploads"))? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > UPLOAD_KEPT {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Whether something can be written here.
    async fn check(&self) -> io::Result<()> {
        tokio::fs::metadata(self.0.join("data")).await?;
        let path = self.0.join("uploads").join(Uuid::now_v7().simple().to_string());
        tokio::fs::write(&path, "check").await?;
        tokio::fs::remove_file(&path).await
    }

    pub(super) async fn begin(&self, key: &BlobKey, kind: &BlobKind) -> io::Result<FileWriter> {
        let path = self.0.join("uploads").join(Uuid::now_v7().simple().to_string());
        let file = tokio::fs::File::create_new(&path).await?;
        Ok(FileWriter { folder: self.clone(), key: key.clone(), kind: kind.clone(), file, path: Some(path) })
    }

    pub(super) async fn head(&self, key: &BlobKey) -> io::Result<Option<BlobInfo>> {
        let Some(about) = absent(tokio::fs::metadata(self.data(key)).await)?.filter(fs::Metadata::is_file) else {
            return Ok(None);
        };
        let Some(text) = absent(tokio::fs::read(self.about(key)).await)? else { return Ok(None) };
        let About { content_type, cache_control } = serde_json::from_slice(&text)?;
        Ok(Some(BlobInfo { bytes: about.len(), kind: BlobKind { content_type, cache_control } }))
    }

    /// All files below, in order.
    fn list(&self, below: &BlobKey, after: Option<&BlobKey>) -> io::Result<Vec<ListedBlob>> {
        let mut listed = Vec::new();
        let mut folders = vec![below.clone()];
        while let Some(folder) = folders.pop() {
            let Some(entries) = absent(fs::read_dir(self.data(&folder)))? else { continue };
            for entry in entries {
                let entry = entry?;
                let Some(key) = entry.file_name().to_str().and_then(|name| folder.join(name).ok()) else { continue };
                let about = entry.metadata()?;
                if about.is_dir() {
                    folders.push(key);
                } else if after.is_none_or(|after| key > *after) {
                    listed.push(ListedBlob { key, bytes: about.len() });
                }
            }
        }
        listed.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        listed.truncate(LIST_MAX);
        Ok(listed)
    }
}

/// `None` for what is not there.
pub(super) fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes its file unless it was finished.
pub(super) struct FileWriter {
    folder: Folder,
    key: BlobKey,
    kind: BlobKind,
    file: tokio::fs::File,
    path: Option<PathBuf>,
}

impl FileWriter {
    pub(super) async fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await
    }

    pub(super) async fn complete(mut self) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let (data, about) = (self.folder.data(&self.key), self.folder.about(&self.key));
        let kind =
            About { content_type: self.kind.content_type.clone(), cache_control: self.kind.cache_control.clone() };
        let Some(path) = self.path.clone() else { return Ok(()) };
        let text = serde_json::to_vec(&kind)?;
        let renamed = tokio::task::spawn_blocking(move || {
            for file in [&data, &about] {
                file.parent().map_or(Ok(()), fs::create_dir_all)?;
            }
            let beside = path.with_extension("about");
            fs::write(&beside, text)?;
            fs::rename(beside, about)?;
            fs::rename(path, &data)?;
            data.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
        });
        renamed.await.map_err(io::Error::other)??;
        self.path = None;
        Ok(())
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl BlobWriter for FileWriter {
    fn write(&mut self, bytes: Bytes) -> BlobFuture<'_, ()> {
        async move { Ok(self.add(&bytes).await?) }.boxed()
    }

    fn finish(self: Box<Self>) -> BlobFuture<'static, ()> {
        async move { Ok(self.complete().await?) }.boxed()
    }
}

impl Blobs for FileBlobs {
    fn kind(&self) -> &'static str {
        "files"
    }

    fn check(&self) -> BlobFuture<'_, ()> {
        async move { Ok(self.folder.check().await?) }.boxed()
    }

    fn put<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind, bytes: Bytes) -> BlobFuture<'a, ()> {
        async move {
            let mut writer = self.folder.begin(key, kind).await?;
            writer.add(&bytes).await?;
            Ok(writer.complete().await?)
        }
        .boxed()
    }

    fn begin<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind) -> BlobFuture<'a, Box<dyn BlobWriter>> {
        async move { Ok(Box::new(self.folder.begin(key, kind).await?) as Box<dyn BlobWriter>) }.boxed()
    }

    fn head<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, Option<BlobInfo>> {
        async move { Ok(self.folder.head(key).await?) }.boxed()
    }

    fn read<'a>(&'a self, key: &'a BlobKey, range: Range<u64>) -> BlobFuture<'a, Option<Bytes>> {
        async move {
            let Some(mut file) = absent(tokio::fs::File::open(self.folder.data(key)).await)? else { return Ok(None) };
            let length = range.end.saturating_sub(range.start).min(READ_BYTES_MAX);
            file.seek(io::SeekFrom::Start(range.start)).await?;
            let mut bytes = Vec::new();
            file.take(length).read_to_end(&mut bytes).await?;
            Ok(Some(bytes.into()))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, ()> {
        async move {
            absent(tokio::fs::remove_file(self.folder.data(key)).await)?;
            absent(tokio::fs::remove_file(self.folder.about(key)).await)?;
            Ok(())
        }
        .boxed()
    }

    fn list<'a>(&'a self, below: &'a BlobKey, after: Option<&'a BlobKey>) -> BlobFuture<'a, Vec<ListedBlob>> {
        let (folder, below, after) = (self.folder.clone(), below.clone(), after.cloned());
        async move {
            let listed = tokio::task::spawn_blocking(move || folder.list(&below, after.as_ref())).await;
            Ok(listed.map_err(io::Error::other)??)
        }
        .boxed()
    }

    fn download_url<'a>(
        &'a self,
        key: &'a BlobKey,
        saved_as: Option<SavedAs<'a>>,
        lifetime: Duration,
    ) -> BlobFuture<'a, String> {
        let name = saved_as.map(|saved_as| saved_as.name);
        let grant = self.signer.download(key, name, Window::at(now(), lifetime).until);
        std::future::ready(Self::url(key, &grant).map(|url| format!("{}{url}", self.cdn))).boxed()
    }

    fn upload_url<'a>(
        &'a self,
        key: &'a BlobKey,
        upload: &'a Upload,
        lifetime: Duration,
    ) -> BlobFuture<'a, SignedUpload> {
        let grant = self.signer.upload(key, upload, now() + lifetime.min(LIFETIME_MAX).as_secs());
        let headers = vec![("content-type".to_owned(), upload.kind.content_type.clone())];
        std::future::ready(Self::url(key, &grant).map(|url| SignedUpload { url, headers })).boxed()
    }
}
