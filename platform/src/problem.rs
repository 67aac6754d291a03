//! The shape of every error that leaves over HTTP: `application/problem+json` (RFC 9457).
//!
//! A problem has a stable `code` that programs match on, a status, a title that is the same for every occurrence and a
//! detail that helps the caller. It never carries what only the operator should see: log that where it happened.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// The media type of RFC 9457 section 6.1.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error on its way to a client.
///
/// ```
/// use lectern_platform::problem::Problem;
/// # use axum::http::StatusCode;
/// # use std::time::Duration;
/// let full = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "room_full", "The room is full")
///     .detail("1000 viewers are the most that this room takes")
///     .retry_after(Duration::from_secs(2));
/// assert_eq!(full.code(), "room_full");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    extras: Option<Box<Extras>>,
    request_id: Option<Box<str>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What few problems have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Extras {
    errors: Vec<FieldError>,
    members: Map<String, Value>,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where the field is.
    pub r#in: FieldPlace,
    /// The field, as a JSON pointer (RFC 6901): `/questions/0/title`; empty for the whole.
    pub field: String,
    /// What is allowed there, for people.
    pub message: Cow<'static, str>,
}

/// The part of a request that a field stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldPlace {
    /// The JSON document.
    Body,
    /// Behind the question mark.
    Query,
}

/// The members of RFC 9457 section 3.1, and as extensions (section 3.2) `code`, `errors`, `request_id` and the problem's own.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(flatten)]
    members: Option<&'a Map<String, Value>>,
}

impl Problem {
    /// A problem with a stable `code` (`snake_case`) and a title that does not vary from one occurrence to the next.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, extras: None, request_id: None, headers: Vec::new() }
    }

    /// `500 internal`. The cause belongs into the log, not to the client.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
    }

    /// `404 not_found` for a path or resource that does not exist.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here")
    }

    /// What is wrong this time, for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What is wrong with each field, all of them at once.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.extras().errors = errors;
        self
    }

    /// What programs learn beside the code: an extension member (RFC 9457 section 3.2), whose name is none of the others'.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.extras().members.insert(name.to_owned(), value.into());
        self
    }

    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// The name under which the logs know the request. A middleware that knows it finds the problem in the extensions of
    /// its response, and makes a new response with the name in it.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<Box<str>>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// When to try again (RFC 9110 section 10.2.3), rounded up to whole seconds, at least one.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// A further response header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What programs match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The response's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.code, self.title)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            r#type: format!("urn:lectern:problem:{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail.as_deref(),
            errors: self.extras.as_ref().map_or(&[], |extras| &extras.errors[..]),
            request_id: self.request_id.as_deref(),
            members: self.extras.as_ref().map(|extras| &extras.members),
        };
        // Strings and a number always serialise.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn json(problem: Problem) -> (Response<()>, serde_json::Value) {
        let (parts, body) = problem.into_response().into_parts();
        let bytes = axum::body::to_bytes(body, 4096).await.unwrap();
        (Response::from_parts(parts, ()), serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_problem_is_a_document_of_rfc_9457() {
        let problem =
            Problem::new(StatusCode::CONFLICT, "source_taken", "Somebody else publishes this").detail("camera \"1\"");
        let (response, body) = json(problem).await;
        assert_eq!(response.status(), 409);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(
            body,
            serde_json::json!({
                "type": "urn:lectern:problem:source_taken",
                "title": "Somebody else publishes this",
                "status": 409,
                "code": "source_taken",
                "detail": "camera \"1\"",
            })
        );
    }

    #[tokio::test]
    async fn retry_after_is_whole_seconds_and_never_zero() {
        for (delay_ms, header) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (30_000, "30")] {
            let (response, _) = json(Problem::internal().retry_after(Duration::from_millis(delay_ms))).await;
            assert_eq!(response.headers()["retry-after"], header, "{delay_ms} ms");
        }
    }

    #[tokio::test]
    async fn what_is_absent_is_absent() {
        let (_, body) = json(Problem::not_found()).await;
        for member in ["detail", "errors", "request_id"] {
            assert!(body.get(member).is_none(), "{member}");
        }
    }

    #[tokio::test]
    async fn a_problem_has_members_of_its_own() {
        let response =
            Problem::not_found().member("starts_at", "2027-01-01T10:00:00Z").member("places", 3).into_response();
        let problem = response.extensions().get::<Problem>().unwrap().clone();
        let (_, body) = json(problem.request_id("r1")).await;
        assert_eq!((&body["starts_at"], &body["places"]), (&"2027-01-01T10:00:00Z".into(), &3.into()));
        assert_eq!((&body["code"], &body["request_id"]), (&"not_found".into(), &"r1".into()));
    }

    #[tokio::test]
    async fn fields_at_fault_and_the_name_of_the_request_are_members() {
        let field = FieldError { r#in: FieldPlace::Query, field: "/limit".into(), message: "1 to 100".into() };
        let response = Problem::not_found().errors(vec![field]).into_response();
        let problem = response.extensions().get::<Problem>().unwrap().clone();
        let (_, body) = json(problem.request_id("r1")).await;
        assert_eq!(body["errors"], serde_json::json!([{ "in": "query", "field": "/limit", "message": "1 to 100" }]));
        assert_eq!(body["request_id"], "r1");
    }
}
