//! The way to a web app: a reverse proxy to one Next.js server on this machine.
//!
//! Bodies stream both ways. The app may not be up yet, or not any more: a browser then gets a page that tries again by
//! itself, a program a problem document.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lectern_platform::problem::Problem;

/// An app on this machine accepts at once or is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an app may work on a page before its first byte.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest request body that is passed on. Pages send forms, not files.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How soon to try again while an app starts.
const RETRY: Duration = Duration::from_secs(2);

/// Headers about one connection, not about the message (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Shown while an app does not answer.
const STARTING_PAGE: &str = include_str!("starting.html");

/// One web app.
#[derive(Clone)]
pub(crate) struct WebApp {
    name: &'static str,
    authority: Authority,
    client: Client<HttpConnector, Limited<Body>>,
}

impl WebApp {
    /// The app that is called `name` towards people, served at `origin`: `http://HOST:PORT`, without a path.
    pub(crate) fn new(name: &'static str, origin: &str) -> Result<Self, String> {
        let explain = || format!("`{origin}`: the {name} app's address is http://HOST:PORT");
        let uri: Uri = origin.parse().map_err(|_| explain())?;
        let (Some("http"), Some(authority), "/" | "", None) =
            (uri.scheme_str(), uri.authority(), uri.path(), uri.query())
        else {
            return Err(explain());
        };
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { name, authority: authority.clone(), client })
    }

    /// Passes a request on and the answer back.
    pub(crate) async fn forward(&self, request: Request) -> Response {
        let wants_page = wants_page(request.headers());
        let Some(request) = self.outgoing(request) else { return Problem::not_found().into_response() };
        match tokio::time::timeout(ANSWER_TIMEOUT, self.client.request(request)).await {
            Ok(Ok(mut response)) => {
                remove_hop_by_hop(response.headers_mut());
                response.map(Body::new)
            }
            Ok(Err(error)) if error.is_connect() => self.starting(wants_page),
            Ok(Err(error)) => {
                tracing::warn!(%error, app = self.name, "a web app did not answer");
                Problem::new(StatusCode::BAD_GATEWAY, "web_failed", "The web app did not answer").into_response()
            }
            Err(_) => {
                Problem::new(StatusCode::GATEWAY_TIMEOUT, "web_slow", "The web app took too long").into_response()
            }
        }
    }

    /// The same request, addressed to the app. `None` if its target is no path (`*`).
    fn outgoing(&self, request: Request) -> Option<axum::http::Request<Limited<Body>>> {
        let (mut parts, body) = request.into_parts();
        let mut uri = std::mem::take(&mut parts.uri).into_parts();
        uri.path_and_query.as_ref().filter(|path| path.as_str().starts_with('/'))?;
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.authority.clone());
        parts.uri = Uri::from_parts(uri).ok()?;
        parts.version = Version::HTTP_11;
        // Access tokens are for the API; an app server never needs them.
        parts.headers.remove(header::AUTHORIZATION);
        remove_hop_by_hop(&mut parts.headers);
        // The app builds absolute addresses from what the browser sees.
        if let Some(host) = parts.headers.get(header::HOST).cloned() {
            parts.headers.insert(HeaderName::from_static("x-forwarded-host"), host);
        }
        parts.headers.insert(HeaderName::from_static("x-forwarded-proto"), HeaderValue::from_static("http"));
        parts.extensions.clear();
        Some(axum::http::Request::from_parts(parts, Limited::new(body, BODY_BYTES_MAX)))
    }

    fn starting(&self, wants_page: bool) -> Response {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "web_starting", "The web app is starting")
            .detail(format!("the {} app at {} does not answer yet", self.name, self.authority))
            .retry_after(RETRY);
        let mut response = problem.into_response();
        if wants_page {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            *response.body_mut() = Body::from(STARTING_PAGE);
        }
        response
    }
}

/// Whether a person looks at the answer.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Also removes what `Connection` names.
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_at_an_origin() {
        for good in ["http://127.0.0.1:3001", "http://localhost:3001/", "http://[::1]:3001"] {
            assert!(WebApp::new("student", good).is_ok(), "{good}");
        }
        for bad in ["", "127.0.0.1:3001", "https://a:1", "http://a:1/tutor", "http://a:1/?q", "ftp://a"] {
            assert!(WebApp::new("student", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_belongs_to_one_connection_is_not_passed_on_and_no_token_is() {
        let app = WebApp::new("student", "http://127.0.0.1:3001").unwrap();
        let request = Request::builder()
            .uri("/a?b=c")
            .header("host", "class.example:8080")
            .header("connection", "close, x-secret")
            .header("x-secret", "1")
            .header("upgrade", "websocket")
            .header("authorization", "Bearer t")
            .header("accept", "text/html")
            .body(Body::empty())
            .unwrap();
        let outgoing = app.outgoing(request).unwrap();
        assert_eq!(outgoing.uri(), "http://127.0.0.1:3001/a?b=c");
        let mut names: Vec<_> = outgoing.headers().keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "host", "x-forwarded-host", "x-forwarded-proto"]);
        assert_eq!(outgoing.headers()["x-forwarded-host"], "class.example:8080");
    }

    #[test]
    fn a_target_that_is_no_path_is_not_passed_on() {
        let app = WebApp::new("student", "http://127.0.0.1:3001").unwrap();
        let request = Request::builder().method("OPTIONS").uri("*").body(Body::empty()).unwrap();
        assert!(app.outgoing(request).is_none());
    }
}
