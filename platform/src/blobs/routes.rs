//! What answers at the signed addresses of files: `GET` and `HEAD` with ranges (RFC 9110, section 14; one range), and `PUT`.

use std::io::SeekFrom;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::disposition::disposition;
use super::files::{FileBlobs, ROUTE, absent, now};
use super::signature::Grant;
use super::{BlobInfo, BlobKey};
use crate::problem::Problem;

/// What is read from a file at once.
const CHUNK_BYTES: u64 = 64 << 10;

impl FileBlobs {
    /// The routes below `/v1/blobs`. Limits of time and size around them would cut long files off.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route(&format!("{ROUTE}/{{*key}}"), get(download).put(upload)).with_state(Arc::clone(self))
    }
}

type Address = (Path<String>, Result<Query<Grant>, axum::extract::rejection::QueryRejection>);

/// The same whatever is wrong with an address: who has none learns nothing.
fn refused() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "address_not_good", "The address is not good, or not any more")
}

fn failed(error: std::io::Error) -> Problem {
    tracing::error!(%error, "blobs: a file cannot be used");
    Problem::internal()
}

async fn download(
    State(blobs): State<Arc<FileBlobs>>,
    method: Method,
    (Path(key), grant): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key: BlobKey = key.parse().map_err(|_| refused())?;
    let Query(grant) = grant.map_err(|_| refused())?;
    if !blobs.signer.allows_download(&key, &grant, now()) {
        return Err(refused());
    }
    let opened = absent(File::open(blobs.folder.data(&key)).await).map_err(failed)?;
    let info = blobs.folder.head(&key).await.map_err(failed)?;
    let (Some(mut file), Some(info)) = (opened, info) else { return Err(Problem::not_found()) };
    let about = file.metadata().await.map_err(failed)?;
    let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let (length, tag) = (about.len(), format!("\"{:x}-{:x}\"", changed.as_nanos(), about.len()));
    let mut answer = describe(&info, grant.name.as_deref(), &tag);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen == tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, answer).into_response());
    }
    let is_same = headers.get(header::IF_RANGE).is_none_or(|seen| seen == tag.as_str());
    let asked = headers.get(header::RANGE).filter(|_| is_same).and_then(|range| range.to_str().ok());
    let (status, first, count) = match asked.map_or(Part::All, |range| part(range, length)) {
        Part::All => (StatusCode::OK, 0, length),
        Part::Some { first, last } => {
            answer.insert(header::CONTENT_RANGE, value(&format!("bytes {first}-{last}/{length}")));
            (StatusCode::PARTIAL_CONTENT, first, last - first + 1)
        }
        Part::Nothing => {
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", "It ends before");
            return Err(problem.header(header::CONTENT_RANGE, value(&format!("bytes */{length}"))));
        }
    };
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(count));
    if method == Method::HEAD {
        return Ok((status, answer).into_response());
    }
    file.seek(SeekFrom::Start(first)).await.map_err(failed)?;
    Ok((status, answer, Body::from_stream(chunks(file, count))).into_response())
}

/// What people have sent is served from our own origin: nothing of it may run there.
fn describe(info: &BlobInfo, name: Option<&str>, tag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, value(&info.kind.content_type));
    headers.insert(header::ETAG, value(tag));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // The address is what lets somebody in, and by a CDN it is another origin's.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition(&info.kind.content_type, name)));
    if !info.kind.cache_control.is_empty() {
        headers.insert(header::CACHE_CONTROL, value(&info.kind.cache_control));
    }
    headers
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    All,
    Some { first: u64, last: u64 },
    Nothing,
}

/// What a `Range` header asks for. One that is not understood, or asks for several, is as none.
fn part(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::All;
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let (first, last) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.min(length.saturating_sub(1))),
        (Some(first), None) if last.is_empty() => (first, length.saturating_sub(1)),
        (None, Some(count)) if first.is_empty() => match count {
            0 => return Part::Nothing,
            _ => (length.saturating_sub(count), length.saturating_sub(1)),
        },
        _ => return Part::All,
    };
    if first < length { Part::Some { first, last } } else { Part::Nothing }
}

fn chunks(file: File, count: u64) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    stream::unfold((file, count), |(mut file, left)| async move {
        if left == 0 {
            return None;
        }
        let mut bytes = Vec::with_capacity(left.min(CHUNK_BYTES) as usize);
        match (&mut file).take(left.min(CHUNK_BYTES)).read_to_end(&mut bytes).await {
            // It was cut short in the meantime: the client is to notice.
            Ok(0) => Some((Err(std::io::ErrorKind::UnexpectedEof.into()), (file, 0))),
            Ok(read) => Some((Ok(bytes.into()), (file, left - read as u64))),
            Err(error) => Some((Err(error), (file, 0))),
        }
    })
}

async fn upload(
    State(blobs): State<Arc<FileBlobs>>,
    (Path(key), grant): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let key: BlobKey = key.parse().map_err(|_| refused())?;
    let Query(grant) = grant.map_err(|_| refused())?;
    let upload = blobs.signer.allows_upload(&key, &grant, now()).ok_or_else(refused)?;
    let too_large = || {
        let title = "The file is larger than was agreed on";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", title)
            .detail(format!("at most {} bytes", upload.bytes_max))
    };
    let sent = headers.get(header::CONTENT_TYPE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    if !sent.eq_ignore_ascii_case(&upload.kind.content_type) {
        let title = "The file is of another type than was agreed on";
        let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_type", title);
        return Err(problem.detail(format!("content-type: {}", upload.kind.content_type)));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > upload.bytes_max) {
        return Err(too_large());
    }
    let mut writer = blobs.folder.begin(&key, &upload.kind).await.map_err(failed)?;
    let mut received = 0;
    let mut body = body.into_data_stream();
    while let Some(chunk) = body.next().await {
        let title = "The file did not arrive in full";
        let chunk = chunk.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "file_incomplete", title))?;
        received += chunk.len() as u64;
        if received > upload.bytes_max {
            return Err(too_large());
        }
        writer.add(&chunk).await.map_err(failed)?;
    }
    writer.complete().await.map_err(failed)?;
    Ok(StatusCode::CREATED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_specification() {
        let some = |first, last| Part::Some { first, last };
        for (range, expected) in [
            ("bytes=0-0", some(0, 0)),
            ("bytes=0-99", some(0, 9)),
            ("bytes=3-", some(3, 9)),
            ("bytes=-3", some(7, 9)),
            ("bytes=-99", some(0, 9)),
            ("bytes=10-", Part::Nothing),
            ("bytes=-0", Part::Nothing),
            ("bytes=5-4", Part::All),
            ("bytes=0-1,3-4", Part::All),
            ("bytes=+1-2", Part::All),
            ("bytes=a-b", Part::All),
            ("bytes=-", Part::All),
            ("lines=0-1", Part::All),
            ("bytes=0-99999999999999999999999", Part::All),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Nothing);
        assert_eq!(part("bytes=-1", 0), Part::Nothing);
    }
}
