//! `GET /v1/rooms/{room}/ws`: the opening handshake (RFC 6455 section 4.2), and what is refused before there is a WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::OnUpgrade;
use lectern_platform::client_address::client_address;
use lectern_platform::http::upgraded;
use lectern_platform::problem::Problem;
use lectern_room_protocol::SUBPROTOCOL;
use tungstenite::handshake::derive_accept_key;

use crate::admission::{Full, Place};
use crate::node::Node;
use crate::session;

/// The only version of the protocol (RFC 6455 section 4.1).
const VERSION: &str = "13";
/// `Retry-After` of a refusal is random from 1 to this, in seconds, so that those refused together do not come back so.
const RETRY_S_MAX: u64 = 5;

/// Answers with `101` and lets the socket talk, or refuses.
pub(crate) async fn upgrade(
    State(node): State<Arc<Node>>,
    Path(room): Path<String>,
    mut request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    check_origin(&node.config.http.origins, headers)?;
    let accept = derive_accept_key(handshake(headers)?.as_bytes());
    let address = client_address(node.config.http.forwarded_hops, request.extensions(), headers);
    let place = enter(&node, address)?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(talk(node, room, place, upgrade));
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL)),
        (header::SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&accept).map_err(|_| Problem::internal())?),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

async fn talk(node: Arc<Node>, room: String, place: Place, upgrade: OnUpgrade) {
    // A client that does not read the answer holds its place for no longer than one that does not join.
    let connection = tokio::time::timeout(node.config.socket.join_timeout(), upgraded(upgrade)).await;
    if let Ok(Some((stream, early))) = connection {
        // Apart, so that what the upgrade needed is not kept for as long as the socket lives.
        tokio::spawn(session::run(node, room, place, stream, early));
    }
}

fn enter(node: &Arc<Node>, address: std::net::IpAddr) -> Result<Place, Problem> {
    let retry_after = Duration::from_secs(rand::random_range(1..=RETRY_S_MAX));
    if node.is_draining() {
        node.metrics.turned_away("draining");
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "draining", "This server is being replaced");
        return Err(problem.retry_after(retry_after));
    }
    node.places.enter(address).map_err(|full| {
        node.metrics.turned_away(full.label());
        let detail = match full {
            Full::Node => "this server has as many connections as it takes",
            Full::Address => "your network has as many connections as one may have",
            Full::Joining => "too many are just coming in",
        };
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "full", "The server takes nobody more at this moment")
            .detail(detail)
            .retry_after(retry_after)
    })
}

/// The key of a request that opens a WebSocket as we speak it.
fn handshake(headers: &HeaderMap) -> Result<&HeaderValue, Problem> {
    let has = |name: header::HeaderName, token: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|value| value.trim().eq_ignore_ascii_case(token))
    };
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        return Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "This is a WebSocket")
            .header(header::UPGRADE, HeaderValue::from_static("websocket")));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "version_unknown", "Version 13 is spoken here")
            .header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION)));
    }
    if !has(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "subprotocol_required", "The subprotocol is missing")
            .detail("send `Sec-WebSocket-Protocol: lectern.v1`"));
    }
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "key_missing", "Sec-WebSocket-Key is missing"))
}

/// A browser always says where its page comes from, and a page cannot change that.
fn check_origin(origins: &[String], headers: &HeaderMap) -> Result<(), Problem> {
    let is_known = |origin: &HeaderValue| origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    match headers.get(header::ORIGIN) {
        Some(origin) if !origins.is_empty() && !is_known(origin) => {
            Err(Problem::new(StatusCode::FORBIDDEN, "origin_forbidden", "Pages from there may not connect"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(changes: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-protocol", "other, lectern.v1"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        .iter()
        .chain(changes)
        {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_handshake_needs_all_its_parts() {
        assert_eq!(handshake(&headers(&[])).unwrap(), "dGhlIHNhbXBsZSBub25jZQ==");
        for (name, value, code) in [
            ("connection", "close", "upgrade_required"),
            ("upgrade", "h2c", "upgrade_required"),
            ("sec-websocket-version", "8", "version_unknown"),
            ("sec-websocket-protocol", "lectern.v0", "subprotocol_required"),
        ] {
            assert_eq!(handshake(&headers(&[(name, value)])).unwrap_err().code(), code, "{name}: {value}");
        }
        let mut without_key = headers(&[]);
        without_key.remove("sec-websocket-key");
        assert_eq!(handshake(&without_key).unwrap_err().code(), "key_missing");
    }

    #[test]
    fn origins_count_only_where_some_are_named() {
        let school = headers(&[("origin", "https://school.example")]);
        let other = headers(&[("origin", "https://evil.example")]);
        let named = ["https://school.example".to_owned()];
        assert!(check_origin(&[], &other).is_ok());
        assert!(check_origin(&named, &school).is_ok());
        assert!(check_origin(&named, &headers(&[])).is_ok(), "no browser, no origin");
        assert_eq!(check_origin(&named, &other).unwrap_err().code(), "origin_forbidden");
    }
}
