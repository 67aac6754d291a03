//! What handlers take from a request, in the order in which it may be trusted: token, address, headers, body.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use lectern_platform::bearer::bearer;
use lectern_platform::client_address::client_address;
use lectern_platform::token::{Claims, Role};

use super::config::Config;
use super::control::Control;
use super::problem::Refusal;
use super::registry::Person;

/// The media type of offers and answers.
pub(super) const SDP: &str = "application/sdp";
/// The media type of ICE fragments.
pub(super) const SDP_FRAGMENT: &str = "application/trickle-ice-sdpfrag";
/// The media type of the extensions' bodies.
pub(super) const JSON: &str = "application/json";

/// Somebody with a good token, and where they come from.
pub(super) struct Caller {
    pub(super) claims: Claims,
    pub(super) address: IpAddr,
}

impl Caller {
    pub(super) fn person(&self) -> Person {
        let claims = &self.claims;
        let audience = claims.role == Role::Student;
        Person { id: claims.sub.as_str().into(), token_issued_s: claims.iat, audience }
    }
}

impl FromRequestParts<Arc<Control>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, control: &Arc<Control>) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers).map_err(Refusal::Token)?;
        let claims = control.verifier.verify(token).map_err(|error| {
            tracing::debug!(reason = %error, "refused a token");
            Refusal::Token(error.into())
        })?;
        let address = client_address(control.config.forwarded_hops, &parts.extensions, &parts.headers);
        Ok(Self { claims, address })
    }
}

/// Checks that the body is of the type `expected`, whatever its parameters.
pub(super) fn content_type(headers: &HeaderMap, expected: &'static str) -> Result<(), Refusal> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(Refusal::ContentType { expected }) }
}

/// Checks that the client takes `offered`; without `Accept` it takes everything.
pub(super) fn accept(headers: &HeaderMap, offered: &'static str) -> Result<(), Refusal> {
    let mut ranges =
        headers.get_all(header::ACCEPT).iter().flat_map(|value| value.to_str().unwrap_or("*/*").split(','));
    let taken = |range: &str| {
        let media_type = range.split(';').next().unwrap_or_default().trim();
        media_type == "*/*"
            || media_type.eq_ignore_ascii_case("application/*")
            || media_type.eq_ignore_ascii_case(offered)
    };
    if !headers.contains_key(header::ACCEPT) || ranges.any(taken) {
        Ok(())
    } else {
        Err(Refusal::NotAcceptable { offered })
    }
}

/// Reads a body of at most `max` bytes.
pub(super) async fn text(config: &Config, headers: &HeaderMap, body: Body, max: usize) -> Result<String, Refusal> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(Refusal::BodyTooLarge { max });
    }
    // The other cause of an error is a connection that broke: nobody is there to read which.
    let reading = axum::body::to_bytes(body, max);
    let bytes = tokio::time::timeout(config.body_timeout(), reading).await.map_err(|_| Refusal::BodySlow)?;
    let bytes = bytes.map_err(|_| Refusal::BodyTooLarge { max })?;
    // What is not UTF-8 is neither SDP (RFC 8866 section 5) nor JSON; the parsers say so with a line number.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_without_case_and_parameters() {
        let with = |name: header::HeaderName, value: &str| HeaderMap::from_iter([(name, value.parse().unwrap())]);
        assert!(content_type(&with(header::CONTENT_TYPE, "Application/SDP; charset=utf-8"), SDP).is_ok());
        assert!(content_type(&with(header::CONTENT_TYPE, "text/plain"), SDP).is_err());
        assert!(content_type(&HeaderMap::new(), SDP).is_err());
        for good in ["*/*", "text/html, application/*;q=0.5", "application/sdp"] {
            assert!(accept(&with(header::ACCEPT, good), SDP).is_ok(), "{good}");
        }
        assert!(accept(&with(header::ACCEPT, "text/html"), SDP).is_err());
        assert!(accept(&HeaderMap::new(), SDP).is_ok());
    }
}
