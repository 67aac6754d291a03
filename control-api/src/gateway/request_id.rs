//! A name for each request: in the log, in the answer's `x-request-id`, and in every problem that a client may report.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use lectern_platform::problem::Problem;
use tracing::Span;
use uuid::Uuid;

/// Taken from a caller that has a name already, such as a proxy.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name that is taken over, in bytes.
const LENGTH_MAX: usize = 64;

/// Names a request, and gives what is logged while it is served.
pub(super) fn name(request: &mut Request) -> (String, Span) {
    let id = given(request.headers().get(HEADER)).unwrap_or_else(|| Uuid::now_v7().to_string());
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    // The path as it is routed: what stands for its variables may be a secret.
    let span = tracing::info_span!("request", id, method = %request.method(), path);
    (id, span)
}

/// Puts the name into an answer.
pub(super) fn put(id: String, response: &mut Response) {
    let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("-"));
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let headers = std::mem::take(response.headers_mut());
        *response = problem.request_id(id).into_response();
        // What else was added to the answer stays.
        for (name, value) in &headers {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    response.headers_mut().insert(HEADER, value);
}

/// A name that can stand in a log line and a header.
fn given(header: Option<&HeaderValue>) -> Option<String> {
    let text = header?.to_str().ok()?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ((1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(good)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tame_name_is_taken_over() {
        let take = |text: &str| given(Some(&HeaderValue::from_str(text).unwrap()));
        assert_eq!(take("a-1_b.C").as_deref(), Some("a-1_b.C"));
        assert_eq!(take(&"a".repeat(64)).map(|id| id.len()), Some(64));
        for text in ["", "a b", "{}", "ü", &"a".repeat(65)] {
            assert_eq!(take(text), None, "{text:?}");
        }
    }
}
