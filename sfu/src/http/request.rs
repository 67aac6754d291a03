//! What handlers take from a request, in the order in which it may be trusted: token, address, headers, body.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use lectern_platform::bearer::bearer;
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
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        Ok(Self { claims, address: client_address(&control.config, connection, &parts.headers) })
    }
}

/// The client's address for the limit per address. With `n` proxies in front it is the `n`-th entry of
/// `X-Forwarded-For` from the right: those further left are whatever the client wrote.
fn client_address(config: &Config, connection: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let connection = connection.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let forwarded = config.forwarded_hops.checked_sub(1).and_then(|hop| {
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let mut entries = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
        entries.nth(usize::from(hop))?.trim().parse::<IpAddr>().ok()
    });
    prefix(forwarded.unwrap_or(connection))
}

/// One household or school has one IPv4 address, but a whole /64 of IPv6.
fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
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

    fn address(hops: u8, connection: &str, forwarded: &[&str]) -> String {
        let config = Config { forwarded_hops: hops, ..Config::default() };
        let values = forwarded.iter().map(|v| (header::HeaderName::from_static("x-forwarded-for"), v.parse().unwrap()));
        client_address(&config, Some(connection.parse().unwrap()), &values.collect()).to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_as_far_as_proxies_are_trusted() {
        assert_eq!(address(0, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(address(1, "192.0.2.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(address(2, "192.0.2.1", &["10.0.0.1, 203.0.113.9", "198.51.100.7"]), "203.0.113.9");
        assert_eq!(address(1, "192.0.2.1", &["garbage"]), "192.0.2.1");
        assert_eq!(address(3, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn ipv6_counts_by_64_bits_and_mapped_ipv4_as_ipv4() {
        assert_eq!(address(0, "2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(address(0, "::ffff:192.0.2.1", &[]), "192.0.2.1");
    }

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
