//! Reading one's portfolio.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::kept::{self, Answer};
use super::standing::Portfolio;
use crate::gateway::Caller;
use crate::problem::ApiError;
use crate::server::Api;

/// Everything that the caller learns, and how far they are. What they did before is in it. With `If-None-Match` it is not sent
/// again to who has it (`304`).
#[utoipa::path(get, path = "/v1/me/portfolio", tag = "portfolio",
    responses((status = 200, body = Portfolio), (status = 304, description = "It is as it was")))]
pub(super) async fn one(State(api): State<Arc<Api>>, caller: Caller, headers: HeaderMap) -> Result<Response, ApiError> {
    let Answer { tag, body } = kept::portfolio(&api, caller.person).await?;
    let is_known = knows(&headers, &tag);
    let tag = HeaderValue::from_maybe_shared(tag).map_err(|error| ApiError::Internal(error.to_string()))?;
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Whether the client has it (RFC 9110 section 13.1.2). A proxy that compresses makes a tag weak.
fn knows(headers: &HeaderMap, tag: &[u8]) -> bool {
    let listed = headers.get_all(header::IF_NONE_MATCH).iter().flat_map(|value| value.as_bytes().split(|b| *b == b','));
    listed.map(<[u8]>::trim_ascii).any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_if_it_is_listed() {
        for (sent, is_known) in
            [("\"a\"", true), ("\"b\", W/\"a\"", true), ("*", true), ("\"b\"", false), ("a", false), ("", false)]
        {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(sent).unwrap())]);
            assert_eq!(knows(&headers, b"\"a\""), is_known, "{sent}");
        }
        assert!(!knows(&HeaderMap::new(), b"\"a\""));
    }
}
