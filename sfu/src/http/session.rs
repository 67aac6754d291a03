//! `PATCH` and `DELETE` of a session (RFC 9725 sections 4.2 and 4.3, the same in WHEP).
//!
//! The secret in the URL is what authorises: a token may have expired long before a class ends.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::command::Command;
use crate::sdp::{IceFragment, write_fragment};
use crate::session::{CloseReason, IceCredentials};
use crate::transport::ice;

use super::control::{Control, fresh_etag};
use super::problem::Refusal;
use super::registry::Secret;
use super::request::{self, SDP_FRAGMENT};

/// `PATCH`: trickled candidates (`204`) or, with new credentials, an ICE restart (`200`).
pub(super) async fn patch(
    State(control): State<Arc<Control>>,
    Path(secret): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    check_etag(&control, secret, &headers)?;
    request::content_type(&headers, SDP_FRAGMENT)?;
    let text = request::text(&control.config, &headers, body, control.limits.bytes_max).await?;
    let fragment = IceFragment::parse(&text, &control.limits)?;
    // A lite agent has no use for the client's candidates: it answers where checks come from.
    tracing::trace!(candidates = fragment.candidates, "a client trickled");
    match fragment.credentials {
        Some(remote) => restart(&control, secret, &headers, remote),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// `DELETE`: ends the session. `If-Match` is ignored, as RFC 9725 section 4.3.1 asks.
pub(super) async fn delete(
    State(control): State<Arc<Control>>,
    Path(secret): Path<String>,
) -> Result<StatusCode, Refusal> {
    let secret = secret.parse::<Secret>().map_err(|()| Refusal::NotFound)?;
    let mut registry = control.registry();
    let session = registry.by_secret(secret).ok_or(Refusal::NotFound)?;
    let id = session.id;
    control.send(session.worker, Command::Close { session: id, reason: CloseReason::Deleted })?;
    registry.remove(id);
    Ok(StatusCode::OK)
}

/// Restarts ICE if the credentials are new; the current ones merely accompany candidates.
fn restart(
    control: &Control,
    secret: Secret,
    headers: &HeaderMap,
    remote: IceCredentials,
) -> Result<Response, Refusal> {
    let mut registry = control.registry();
    let session = registry.by_secret(secret).ok_or(Refusal::NotFound)?;
    let (id, worker) = (session.id, session.worker);
    let resource = session.resource.as_mut().ok_or(Refusal::NotFound)?;
    if resource.remote == remote {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // Another restart may have overtaken this one while the body came in.
    matches(headers, &resource.etag)?;
    let local = ice::credentials(worker, &mut rand::rng());
    let body = write_fragment(&resource.fragment_head, &local, control.candidates(worker));
    control.send(worker, Command::RestartIce { session: id, local, remote: remote.clone() })?;
    resource.remote = remote;
    resource.etag = fresh_etag();
    let mut response = (StatusCode::OK, body).into_response();
    let etag = HeaderValue::try_from(&resource.etag).ok().map(|value| (header::ETAG, value));
    response.headers_mut().extend(etag);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(SDP_FRAGMENT));
    Ok(response)
}

fn check_etag(control: &Control, secret: Secret, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut registry = control.registry();
    let ended = registry.end_of(secret).map_or(Refusal::NotFound, Refusal::Ended);
    let session = registry.by_secret(secret).ok_or(ended)?;
    matches(headers, &session.resource.as_ref().ok_or(Refusal::NotFound)?.etag)
}

/// RFC 9110 section 13.1.1: `*` or a list in which the current tag stands; weak tags never match.
fn matches(headers: &HeaderMap, etag: &str) -> Result<(), Refusal> {
    if !headers.contains_key(header::IF_MATCH) {
        return Err(Refusal::PreconditionRequired);
    }
    let values = headers.get_all(header::IF_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    if tags.any(|tag| tag == "*" || tag == etag) { Ok(()) } else { Err(Refusal::PreconditionFailed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_match_as_rfc_9110_says() {
        let with = |value: &'static str| HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static(value))]);
        for good in ["*", "\"a\"", "\"b\", \"a\"", " \"a\" "] {
            assert!(matches(&with(good), "\"a\"").is_ok(), "{good}");
        }
        for bad in ["\"b\"", "W/\"a\"", "a", ""] {
            assert!(matches!(matches(&with(bad), "\"a\""), Err(Refusal::PreconditionFailed)), "{bad}");
        }
        assert!(matches!(matches(&HeaderMap::new(), "\"a\""), Err(Refusal::PreconditionRequired)));
    }
}
