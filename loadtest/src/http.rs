//! As much HTTP as WHIP and WHEP need of a client: one POST and one DELETE, each on a connection of its own.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Largest answer read.
const BODY_LEN_MAX: usize = 256 << 10;
/// Redirects followed.
const REDIRECTS_MAX: usize = 3;
/// An answer that takes longer is none.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Waited after a `503` without `Retry-After`.
const RETRY_DEFAULT: Duration = Duration::from_secs(1);

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Not `http://HOST…`.
    #[error("{0}: only http://HOST:PORT/… can be asked")]
    Url(String),
    /// The connection failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// What came back is not HTTP.
    #[error("{0}")]
    Protocol(#[from] hyper::Error),
    /// Another status than the one hoped for; the body's beginning.
    #[error("{0}: {1}")]
    Status(StatusCode, String),
    /// No answer in time, or an answer too long.
    #[error("no usable answer")]
    NoAnswer,
}

/// A session that the server made.
#[derive(Clone, Debug)]
pub struct Created {
    /// Its SDP answer.
    pub answer: String,
    /// Where it is ended.
    pub resource: Option<Uri>,
    /// How often the server said `503` before.
    pub refused: u32,
}

/// Offer media. A `503` is repeated as the server wishes, until `deadline`; a redirect is followed.
///
/// # Errors
/// See [`HttpError`].
pub async fn offer(url: &Uri, token: Option<&str>, sdp: String, deadline: Instant) -> Result<Created, HttpError> {
    let body = Bytes::from(sdp);
    let (mut url, mut redirects, mut refused) = (url.clone(), 0, 0);
    loop {
        let response = send(Method::POST, &url, token, body.clone()).await?;
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        match response.status() {
            StatusCode::CREATED => {
                let resource = header(LOCATION).and_then(|location| resolve(&url, location));
                let answer = text(response).await?;
                return Ok(Created { answer, resource, refused });
            }
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT if redirects < REDIRECTS_MAX => {
                let target = header(LOCATION).and_then(|location| resolve(&url, location));
                url = target.ok_or_else(|| HttpError::Url("a redirect to nowhere".into()))?;
                redirects += 1;
            }
            StatusCode::SERVICE_UNAVAILABLE if Instant::now() < deadline => {
                refused += 1;
                let wait =
                    header(RETRY_AFTER).and_then(|value| value.parse().ok()).map_or(RETRY_DEFAULT, Duration::from_secs);
                // Jitter, so that those who were refused together do not come back together.
                tokio::time::sleep(wait.mul_f64(0.5 + rand::random::<f64>())).await;
            }
            status => return Err(HttpError::Status(status, text(response).await.unwrap_or_default())),
        }
    }
}

/// End a session.
///
/// # Errors
/// See [`HttpError`].
pub async fn end(resource: &Uri, token: Option<&str>) -> Result<(), HttpError> {
    let response = send(Method::DELETE, resource, token, Bytes::new()).await?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(HttpError::Status(status, text(response).await.unwrap_or_default())),
    }
}

/// Read a page, such as a server's metrics.
///
/// # Errors
/// See [`HttpError`].
pub async fn page(url: &Uri) -> Result<String, HttpError> {
    let response = send(Method::GET, url, None, Bytes::new()).await?;
    match response.status() {
        StatusCode::OK => text(response).await,
        status => Err(HttpError::Status(status, String::new())),
    }
}

async fn send(
    method: Method,
    url: &Uri,
    token: Option<&str>,
    body: Bytes,
) -> Result<Response<hyper::body::Incoming>, HttpError> {
    let bad_url = || HttpError::Url(url.to_string());
    let host = url.host().filter(|_| url.scheme_str() == Some("http")).ok_or_else(bad_url)?;
    let authority = url.authority().map(ToString::to_string).ok_or_else(bad_url)?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::builder().method(method).uri(path).header(HOST, authority).header(CONNECTION, "close");
    if !body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/sdp");
    }
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Full::new(body)).map_err(|_| bad_url())?;
    let exchange = async {
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), url.port_u16().unwrap_or(80))).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the response; its errors are the response's.
        tokio::spawn(connection);
        Ok(sender.send_request(request).await?)
    };
    tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| HttpError::NoAnswer)?
}

async fn text(response: Response<hyper::body::Incoming>) -> Result<String, HttpError> {
    let body = Limited::new(response.into_body(), BODY_LEN_MAX).collect();
    let body = tokio::time::timeout(TIMEOUT, body).await.map_err(|_| HttpError::NoAnswer)?;
    let body = body.map_err(|_| HttpError::NoAnswer)?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// `Location` may be a whole URL, or a path on the same host.
fn resolve(base: &Uri, location: &str) -> Option<Uri> {
    let location: Uri = location.parse().ok()?;
    if location.scheme().is_some() {
        return Some(location);
    }
    let mut parts = base.clone().into_parts();
    let path = location.path_and_query()?.as_str();
    let absolute = if path.starts_with('/') {
        path.to_owned()
    } else {
        let parent = base.path().rsplit_once('/').map_or("", |(parent, _)| parent);
        format!("{parent}/{path}")
    };
    parts.path_and_query = Some(absolute.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_resolved_against_the_url_that_was_asked() {
        let base = "http://host:8080/v1/rooms/a/whep".parse().unwrap();
        let resolved = |location: &str| resolve(&base, location).unwrap().to_string();
        assert_eq!(resolved("/v1/sessions/7"), "http://host:8080/v1/sessions/7");
        assert_eq!(resolved("http://other/x?y"), "http://other/x?y");
    }
}
