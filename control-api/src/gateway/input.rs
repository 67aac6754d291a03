//! What a client sends, as typed arguments of a handler: a JSON body ([`Input`]), the query ([`Params`]), identifiers in the path
//! ([`PathId`], [`PathIds`]). Unknown fields are refused by the types (`#[serde(deny_unknown_fields)]`), what a type cannot
//! express by their `garde` rules, all errors at once.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use garde::Validate;
use lectern_platform::problem::{FieldError, FieldPlace, Problem};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::problem::{ApiError, invalid, not_found};

/// How deep arrays and objects of a body may stand in each other. The deepest that is meant, a quiz, has 6.
const DEPTH_MAX: usize = 32;
/// Errors told at once.
const ERRORS_MAX: usize = 50;

/// A valid JSON body.
#[derive(Clone, Copy, Debug)]
pub struct Input<T>(pub T);

/// A valid query.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

/// `{id}` of the path. What is no UUID names nothing: `404`.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Uuid);

/// What a path says in words. What is no text names nothing: `404`.
#[derive(Clone, Debug)]
pub struct PathWord(pub String);

/// The two words of a path, in their order. As [`PathWord`].
#[derive(Clone, Debug)]
pub struct PathWords(pub String, pub String);

/// An identifier and a word of a path, in this order. As [`PathId`].
#[derive(Clone, Debug)]
pub struct PathIdWord(pub Uuid, pub String);

/// The two identifiers of a path, in their order. As [`PathId`].
#[derive(Clone, Copy, Debug)]
pub struct PathIds(pub Uuid, pub Uuid);

impl<S, T> FromRequest<S> for Input<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json_wanted", "The body must be JSON");
            return Err(problem.detail("send it as `content-type: application/json`").into());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
            }
            _ => Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", "The body did not arrive"),
        })?;
        parse(&body).map(Self)
    }
}

/// `None` for a request without a body, which says so by having no content type.
impl<S, T> OptionalFromRequest<S> for Input<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

fn parse<T: DeserializeOwned + Validate<Context = ()>>(body: &[u8]) -> Result<T, ApiError> {
    let not_json =
        |detail: String| Problem::new(StatusCode::BAD_REQUEST, "not_json", "The body is not JSON").detail(detail);
    if depth(body) > DEPTH_MAX {
        return Err(not_json(format!("nested deeper than {DEPTH_MAX}")).into());
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        if inner.is_data() {
            let message = inner.to_string();
            // Its position in the text is of no use beside the field's name.
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            field_error(FieldPlace::Body, pointer(error.path()), message)
        } else {
            not_json(inner.to_string())
        }
    })?;
    json.end().map_err(|error| not_json(error.to_string()))?;
    check(&value, FieldPlace::Body)?;
    Ok(value)
}

/// The deepest nesting of a text that may be JSON, without parsing it.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let value: T = axum::extract::Query::try_from_uri(&parts.uri)
            .map_err(|rejection| {
                let message = rejection.body_text();
                let message = message.rsplit("string: ").next().unwrap_or_default();
                // "limit: invalid digit found in string": serde names the field first, if it knows it.
                match message.split_once(": ") {
                    Some((name, what)) => field_error(FieldPlace::Query, format!("/{name}"), what.to_owned()),
                    None => field_error(FieldPlace::Query, String::new(), message.to_owned()),
                }
            })?
            .0;
        check(&value, FieldPlace::Query)?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<Uuid>::from_request_parts(parts, state).await;
        id.map(|Path(id)| Self(id)).map_err(|_| not_found())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathWord {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let word = Path::<String>::from_request_parts(parts, state).await;
        word.map(|Path(word)| Self(word)).map_err(|_| not_found())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathWords {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let words = Path::<(String, String)>::from_request_parts(parts, state).await;
        words.map(|Path((first, second))| Self(first, second)).map_err(|_| not_found())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathIdWord {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let both = Path::<(Uuid, String)>::from_request_parts(parts, state).await;
        both.map(|Path((id, word))| Self(id, word)).map_err(|_| not_found())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathIds {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ids = Path::<(Uuid, Uuid)>::from_request_parts(parts, state).await;
        ids.map(|Path((first, second))| Self(first, second)).map_err(|_| not_found())
    }
}

fn check<T: Validate<Context = ()>>(value: &T, place: FieldPlace) -> Result<(), Problem> {
    let Err(report) = value.validate() else { return Ok(()) };
    let error = |(path, error): &(garde::Path, garde::Error)| FieldError {
        r#in: place,
        field: garde_pointer(path),
        message: error.message().to_owned().into(),
    };
    let mut errors: Vec<_> = report.iter().take(ERRORS_MAX).map(error).collect();
    errors.sort_by(|a, b| a.field.cmp(&b.field));
    Err(invalid(errors))
}

fn field_error(place: FieldPlace, field: String, message: String) -> Problem {
    invalid(vec![FieldError { r#in: place, field, message: message.into() }])
}

/// `questions[0].title` as `/questions/0/title`. The names are those of Rust's fields: no brackets or dots in them.
fn garde_pointer(path: &garde::Path) -> String {
    let text = path.to_string();
    if text.is_empty() { text } else { format!("/{}", text.replace(['.', '['], "/").replace(']', "")) }
}

/// RFC 6901 section 3.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            // Of an enum, whose variant is no part of the document; or unknown.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
        pointer
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Quiz {
        #[garde(length(chars, min = 1, max = 5))]
        title: String,
        #[garde(dive, length(max = 3))]
        questions: Vec<Question>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Question {
        #[garde(range(min = 1, max = 10))]
        points: i32,
    }

    async fn refusal(body: &str) -> serde_json::Value {
        use axum::response::IntoResponse as _;
        let response = parse::<Quiz>(body.as_bytes()).unwrap_err().into_response();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 65_536).await.unwrap();
        let mut body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        body["status"] = status.into();
        body
    }

    fn fields(problem: &serde_json::Value) -> Vec<&str> {
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn every_field_at_fault_is_named_at_once() {
        let problem = refusal(r#"{"title": "", "questions": [{"points": 1}, {"points": 0}, {"points": 11}]}"#).await;
        assert_eq!(problem["code"], "invalid");
        assert_eq!(fields(&problem), ["/questions/1/points", "/questions/2/points", "/title"]);
    }

    #[tokio::test]
    async fn a_wrong_type_and_an_unknown_field_are_named_with_what_is_allowed() {
        let problem = refusal(r#"{"title": "a", "questions": [{"points": "1"}]}"#).await;
        assert_eq!(fields(&problem), ["/questions/0/points"]);
        let problem = refusal(r#"{"title": "a", "questions": [{"points": 1, "key": 2}]}"#).await;
        assert_eq!(fields(&problem), ["/questions/0/key"]);
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains("expected `points`"));
    }

    #[tokio::test]
    async fn what_is_no_json_is_400() {
        for body in ["", "{", "nonsense", r#"{"title": "a", "questions": []} x"#] {
            let problem = refusal(body).await;
            assert_eq!(problem["code"], "not_json", "{body:?}: {problem}");
        }
    }

    #[tokio::test]
    async fn a_deep_body_is_refused_before_it_is_parsed() {
        assert_eq!(refusal(&"[".repeat(100_000)).await["code"], "not_json");
        assert_eq!(depth(br#"{"a": ["[[[[\"[[[", {"b": []}]}"#), 4);
    }
}
