//! Blobs in Azure, through `object_store`. The container is made when something is first done with it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Method, Request};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::FutureExt as _;
use object_store::azure::{AzureAuthorizer, MicrosoftAzure};
use object_store::client::{HttpRequest, HttpRequestBody};
use object_store::path::Path;
use object_store::signer::Signer as _;
use object_store::{
    Attribute, Attributes, GetOptions, ObjectStore, ObjectStoreExt as _, PutMultipartOptions, PutOptions,
    WriteMultipart,
};
use prometheus::Registry;
use tokio::sync::OnceCell;

use super::disposition::disposition;
use super::sas::SasSigner;
use super::{
    BlobError, BlobFuture, BlobInfo, BlobKey, BlobKind, BlobWriter, Blobs, LIFETIME_MAX, LIST_MAX, ListedBlob,
    READ_BYTES_MAX, SavedAs, SignedUpload, Upload,
};
use crate::answer::why;
use crate::azure::{AzureAccount, http_client};
use crate::breaker::Breaker;

/// A part of a long blob. Azure takes 50,000 of them: 400 GB.
const PART_BYTES: usize = 8 << 20;
/// Parts of one blob that are under way: what a writer holds in memory.
const PARTS_MAX: usize = 4;
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// See the [module](self) and [`Blobs`].
pub struct AzureBlobs {
    store: Arc<MicrosoftAzure>,
    http: reqwest::Client,
    account: String,
    container: String,
    sas: SasSigner,
    breaker: Breaker,
    is_ready: OnceCell<()>,
}

impl fmt::Debug for AzureBlobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureBlobs").field("container", &self.container).finish_non_exhaustive()
    }
}

impl AzureBlobs {
    /// A container of an account, and what stands before the account for those who fetch, if anything does. Nothing is asked of
    /// it yet.
    ///
    /// # Errors
    /// When the credentials cannot be used or the registry already holds the metrics of a store.
    pub fn new(
        azure: &AzureAccount,
        container: &str,
        cdn: &str,
        answer: Duration,
        registry: &Registry,
    ) -> Result<Self, String> {
        let store = azure.blobs(container, answer).build().map_err(|error| error.to_string())?;
        let http = http_client(answer)?;
        let place = (&*azure.account, azure.service("blob"), container);
        let sas = SasSigner::new(place, cdn, &azure.key, Arc::clone(store.credentials()), http.clone())?;
        Ok(Self {
            store: Arc::new(store),
            http,
            sas,
            account: azure.account.clone(),
            container: format!("{}/{container}", azure.service("blob")),
            breaker: Breaker::new("azure_blobs", registry)?,
            is_ready: OnceCell::new(),
        })
    }

    /// Within the circuit, and once the container is there.
    async fn guarded<T>(&self, work: impl Future<Output = object_store::Result<T>> + Send) -> Result<T, BlobError> {
        let ready_then_work = async {
            self.is_ready.get_or_try_init(|| self.make_container()).await?;
            work.await.map_err(judge)
        };
        let is_failure = |error: &BlobError| matches!(error, BlobError::Unavailable(_));
        let refused = |refused: crate::breaker::Refused| BlobError::Unavailable(refused.to_string());
        self.breaker.call(ready_then_work, is_failure, refused).await
    }

    /// `Create Container`: 201, or 409 if it is there. Who may not make one (403) may still use one.
    async fn make_container(&self) -> Result<(), BlobError> {
        let unavailable = |error: String| BlobError::Unavailable(error);
        let credential = self.store.credentials().get_credential().await.map_err(judge)?;
        let mut request: HttpRequest = Request::new(HttpRequestBody::empty());
        *request.method_mut() = Method::PUT;
        let address = format!("{}?restype=container", self.container);
        *request.uri_mut() = address.parse().map_err(|_| BlobError::Refused("an address that is none".to_owned()))?;
        request.headers_mut().insert("content-length", HeaderValue::from_static("0"));
        AzureAuthorizer::new(&credential, &self.account).try_authorize(&mut request).map_err(judge)?;
        let sending = self.http.put(request.uri().to_string()).headers(request.headers().clone()).body("");
        let response = sending.send().await.map_err(|error| unavailable(why(error)))?;
        match response.status().as_u16() {
            201 | 409 => Ok(()),
            403 => {
                tracing::warn!("blobs: the container cannot be made with these credentials; it has to be there");
                Ok(())
            }
            status => Err(unavailable(format!("the container cannot be made: {status}"))),
        }
    }

    async fn head_of(&self, key: &BlobKey) -> Result<Option<BlobInfo>, BlobError> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        let Some(got) = self.guarded(found_too(self.store.get_opts(&path(key), options))).await? else {
            return Ok(None);
        };
        let text = |attribute| got.attributes.get(&attribute).map(|value| value.to_string());
        let content_type = text(Attribute::ContentType).unwrap_or_else(|| UNKNOWN_TYPE.to_owned());
        let cache_control = text(Attribute::CacheControl).unwrap_or_default();
        Ok(Some(BlobInfo { bytes: got.meta.size, kind: BlobKind { content_type, cache_control } }))
    }
}

fn path(key: &BlobKey) -> Path {
    Path::from(key.as_str())
}

fn attributes(kind: &BlobKind) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, kind.content_type.clone().into());
    if !kind.cache_control.is_empty() {
        attributes.insert(Attribute::CacheControl, kind.cache_control.clone().into());
    }
    attributes
}

fn judge(error: object_store::Error) -> BlobError {
    use object_store::Error;
    match error {
        Error::InvalidPath { .. } | Error::NotSupported { .. } | Error::NotImplemented { .. } => {
            BlobError::Refused(error.to_string())
        }
        other => BlobError::Unavailable(other.to_string()),
    }
}

/// What is not there is an answer like any other.
async fn found_too<T>(work: impl Future<Output = object_store::Result<T>> + Send) -> object_store::Result<Option<T>> {
    match work.await {
        Ok(value) => Ok(Some(value)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

struct AzureWriter(WriteMultipart);

impl BlobWriter for AzureWriter {
    fn write(&mut self, bytes: Bytes) -> BlobFuture<'_, ()> {
        async move {
            self.0.wait_for_capacity(PARTS_MAX).await.map_err(judge)?;
            self.0.put(bytes);
            Ok(())
        }
        .boxed()
    }

    fn finish(self: Box<Self>) -> BlobFuture<'static, ()> {
        async move { self.0.finish().await.map(|_| ()).map_err(judge) }.boxed()
    }
}

impl Blobs for AzureBlobs {
    fn kind(&self) -> &'static str {
        "Azure Blob Storage"
    }

    fn check(&self) -> BlobFuture<'_, ()> {
        // A list, unlike a head, tells a container that is gone from a blob that is not there.
        async move { self.list(&BlobKey::generate("checks", "none"), None).await.map(|_| ()) }.boxed()
    }

    fn put<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind, bytes: Bytes) -> BlobFuture<'a, ()> {
        async move {
            let options = PutOptions { attributes: attributes(kind), ..PutOptions::default() };
            let path = path(key);
            self.guarded(self.store.put_opts(&path, bytes.into(), options)).await.map(|_| ())
        }
        .boxed()
    }

    fn begin<'a>(&'a self, key: &'a BlobKey, kind: &'a BlobKind) -> BlobFuture<'a, Box<dyn BlobWriter>> {
        async move {
            let options = PutMultipartOptions { attributes: attributes(kind), ..PutMultipartOptions::default() };
            let path = path(key);
            let upload = self.guarded(self.store.put_multipart_opts(&path, options)).await?;
            let writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
            Ok(Box::new(AzureWriter(writer)) as Box<dyn BlobWriter>)
        }
        .boxed()
    }

    fn head<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, Option<BlobInfo>> {
        self.head_of(key).boxed()
    }

    fn read<'a>(&'a self, key: &'a BlobKey, range: Range<u64>) -> BlobFuture<'a, Option<Bytes>> {
        async move {
            // Azure refuses a range that begins behind the end, or is empty.
            let Some(info) = self.head_of(key).await? else { return Ok(None) };
            let end = range.end.min(info.bytes).min(range.start.saturating_add(READ_BYTES_MAX));
            if range.start >= end {
                return Ok(Some(Bytes::new()));
            }
            let path = path(key);
            self.guarded(found_too(self.store.get_range(&path, range.start..end))).await
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a BlobKey) -> BlobFuture<'a, ()> {
        async move {
            let path = path(key);
            self.guarded(found_too(self.store.delete(&path))).await.map(|_| ())
        }
        .boxed()
    }

    fn list<'a>(&'a self, below: &'a BlobKey, after: Option<&'a BlobKey>) -> BlobFuture<'a, Vec<ListedBlob>> {
        async move {
            let below = path(below);
            let listing = match after {
                Some(after) => self.store.list_with_offset(Some(&below), &path(after)),
                None => self.store.list(Some(&below)),
            };
            let listing = async {
                let mut listed = Vec::new();
                let mut listing = listing.take(LIST_MAX);
                while let Some(meta) = listing.next().await {
                    let meta = meta?;
                    if let Ok(key) = meta.location.as_ref().parse() {
                        listed.push(ListedBlob { key, bytes: meta.size });
                    }
                }
                Ok(listed)
            };
            self.guarded(listing).await
        }
        .boxed()
    }

    fn download_url<'a>(
        &'a self,
        key: &'a BlobKey,
        saved_as: Option<SavedAs<'a>>,
        lifetime: Duration,
    ) -> BlobFuture<'a, String> {
        async move {
            let disposition = saved_as.map(|SavedAs { name, content_type }| disposition(content_type, Some(name)));
            self.sas.download(key, lifetime, disposition.as_deref()).await
        }
        .boxed()
    }

    fn upload_url<'a>(
        &'a self,
        key: &'a BlobKey,
        upload: &'a Upload,
        lifetime: Duration,
    ) -> BlobFuture<'a, SignedUpload> {
        async move {
            let (path, lifetime) = (path(key), lifetime.min(LIFETIME_MAX));
            let url = self.guarded(self.store.signed_url(Method::PUT, &path, lifetime)).await?;
            let mut headers = vec![
                ("content-type".to_owned(), upload.kind.content_type.clone()),
                ("x-ms-blob-type".to_owned(), "BlockBlob".to_owned()),
            ];
            if !upload.kind.cache_control.is_empty() {
                headers.push(("x-ms-blob-cache-control".to_owned(), upload.kind.cache_control.clone()));
            }
            Ok(SignedUpload { url: url.to_string(), headers })
        }
        .boxed()
    }
}
