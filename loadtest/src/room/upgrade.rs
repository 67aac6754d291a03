//! The HTTP exchange that opens a WebSocket (RFC 6455 section 4).

/// The nonce of the specification's own example (section 1.3), for every connection: it protects against caches between
/// client and server, and there are none here.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// What the specification says the server has to make of it.
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
/// The longest answer that is waited for.
const ANSWER_MAX: usize = 8 << 10;

/// Why there is no WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// Another status than 101.
    #[error("the server answered {0}")]
    Status(String),
    /// Not HTTP, or without the proof that the server means it.
    #[error("the server's answer is not that of a WebSocket")]
    NotWebSocket,
    /// Another subprotocol than the one asked for.
    #[error("the server does not speak the subprotocol")]
    Subprotocol,
}

/// The request.
#[must_use]
pub fn request(host: &str, path: &str, subprotocol: Option<&str>) -> String {
    let subprotocol = subprotocol.map_or_else(String::new, |name| format!("Sec-WebSocket-Protocol: {name}\r\n"));
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{subprotocol}\r\n"
    )
}

/// What follows the answer in `bytes`; `None` while the answer is not complete.
///
/// # Errors
/// See [`UpgradeError`].
pub fn answered<'a>(bytes: &'a [u8], subprotocol: Option<&str>) -> Result<Option<&'a [u8]>, UpgradeError> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > ANSWER_MAX { Err(UpgradeError::NotWebSocket) } else { Ok(None) };
    };
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| UpgradeError::NotWebSocket)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")).ok_or(UpgradeError::NotWebSocket)?;
    if !status.starts_with("101") {
        return Err(UpgradeError::Status(status.to_owned()));
    }
    let (mut accepted, mut spoken) = (false, None);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("sec-websocket-accept") {
            accepted = value.trim() == ACCEPT;
        } else if name.eq_ignore_ascii_case("sec-websocket-protocol") {
            spoken = Some(value.trim());
        }
    }
    match (accepted, spoken == subprotocol) {
        (false, _) => Err(UpgradeError::NotWebSocket),
        (true, false) => Err(UpgradeError::Subprotocol),
        (true, true) => Ok(Some(&bytes[end + 4..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
        sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nsec-websocket-protocol: lectern.v1\r\n\r\n";

    #[test]
    fn frames_that_come_with_the_answer_are_kept() {
        let bytes = format!("{GOOD}\u{1}rest");
        assert_eq!(answered(bytes.as_bytes(), Some("lectern.v1")), Ok(Some(&b"\x01rest"[..])));
        assert_eq!(answered(&GOOD.as_bytes()[..GOOD.len() - 1], Some("lectern.v1")), Ok(None));
    }

    #[test]
    fn other_answers_are_refused() {
        let full = b"HTTP/1.1 503 Service Unavailable\r\n\r\n";
        assert_eq!(answered(full, None), Err(UpgradeError::Status("503 Service Unavailable".into())));
        assert_eq!(answered(GOOD.as_bytes(), None), Err(UpgradeError::Subprotocol));
        assert_eq!(answered(GOOD.replace("s3pP", "xxxx").as_bytes(), None), Err(UpgradeError::NotWebSocket));
        assert_eq!(answered(b"SSH-2.0\r\n\r\n", None), Err(UpgradeError::NotWebSocket));
        assert_eq!(answered(&[b'x'; ANSWER_MAX + 1], None), Err(UpgradeError::NotWebSocket));
    }

    #[test]
    fn the_request_names_the_subprotocol_if_there_is_one() {
        assert!(request("h", "/p", Some("lectern.v1")).ends_with("Sec-WebSocket-Protocol: lectern.v1\r\n\r\n"));
        assert!(!request("h", "/p", None).contains("Protocol"));
    }
}
