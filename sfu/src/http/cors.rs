//! Cross-Origin Resource Sharing (WHATWG Fetch section 3.2), and `OPTIONS` (RFC 9725 section 4.2).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::control::Control;
use super::request::{SDP, SDP_FRAGMENT};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE, OPTIONS");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, accept, if-match, last-event-id, cache-control");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("location, etag, link, retry-after, accept-patch, accept-post, www-authenticate, allow");
/// How long a browser may remember the answer to a preflight: the longest that Firefox honours.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("86400");

/// Answers every `OPTIONS` itself (no token is needed, and nothing is told) and opens other responses to the
/// configured origins.
pub(super) async fn apply(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    let origin = allowed_origin(&control.config.cors_origins, request.headers());
    let mut response =
        if request.method() == Method::OPTIONS { options(request.uri().path()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

fn options(path: &str) -> Response {
    let accepts = if path.starts_with("/v1/sessions/") {
        (HeaderName::from_static("accept-patch"), HeaderValue::from_static(SDP_FRAGMENT))
    } else {
        (HeaderName::from_static("accept-post"), HeaderValue::from_static(SDP))
    };
    let headers = [
        accepts,
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S),
    ];
    (StatusCode::OK, headers).into_response()
}

/// `*` if any origin may call, else the request's origin if it is one of those configured.
fn allowed_origin(origins: &[String], headers: &HeaderMap) -> Option<HeaderValue> {
    if origins.iter().any(|origin| origin == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let origin = headers.get(header::ORIGIN)?;
    origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_configured_origins_are_allowed() {
        let from = |origin: &'static str| HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))]);
        let school = ["https://school.example".to_owned()];
        assert_eq!(allowed_origin(&["*".to_owned()], &HeaderMap::new()).unwrap(), "*");
        assert_eq!(allowed_origin(&school, &from("https://school.example")).unwrap(), "https://school.example");
        assert_eq!(allowed_origin(&school, &from("https://school.example.evil")), None);
        assert_eq!(allowed_origin(&school, &HeaderMap::new()), None);
    }
}
