//! Configuration of the HTTP edge.

use std::time::Duration;

use axum::http::HeaderValue;
use serde::Deserialize;

/// The keys of `[http]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How many proxies that append to `X-Forwarded-For` stand in front. 0 (the default): the header is ignored, the
    /// connection's address counts. Anybody can send this header, so set it to the true number.
    pub forwarded_hops: u8,
    /// Origins that browsers may call from. Default `["*"]`: any, since a token is needed and cookies play no part.
    pub cors_origins: Vec<String>,
    /// STUN and TURN servers handed to clients in `Link` headers. Default none.
    pub ice_servers: Vec<IceServer>,
    /// Places on stage, each the source `stage/1` and so on. Default 8.
    pub stage_places_max: u8,
    /// How long a request's body may take, in seconds. Default 10.
    pub body_timeout_s: u64,
    /// Silence on an event stream before a comment keeps it open, in seconds. Default 15.
    pub keep_alive_s: u64,
    /// Events that may wait for a listener; one that falls further behind is closed and gets the state anew when it
    /// comes back. Default 64.
    pub event_buffer_max: usize,
    /// Event streams of one session; one more closes the oldest. Default 4.
    pub event_streams_max: usize,
    /// Time over which viewers are spread when they are asked to move, in milliseconds. Default 10,000.
    pub drain_spread_ms: u32,
    /// The limits of admission.
    pub admission: Admission,
}

/// The keys of `[http.admission]`: one more than any of these is refused with `503` and `Retry-After`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admission {
    /// Rooms with at least one session. Default 1,000.
    pub rooms_max: usize,
    /// Publishers and viewers of one room. Default 5,000.
    pub peers_per_room_max: usize,
    /// Publishers of one room, those that are just being replaced included. Default 32.
    pub publishers_per_room_max: usize,
    /// Sessions from one address (IPv6: one /64). Default 3,000: a school behind one address.
    pub peers_per_address_max: usize,
    /// Sessions in all. Default 10,000.
    pub peers_max: usize,
    /// Sessions that have not finished ICE and DTLS. Default 2,048.
    pub handshakes_pending_max: usize,
    /// `Retry-After` is a random whole number from here, in seconds. Default 1.
    pub retry_after_s_min: u64,
    /// … to here. Default 5.
    pub retry_after_s_max: u64,
}

/// A STUN or TURN server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceServer {
    /// `stun:…`, `turn:…` or `turns:…` (RFC 7064, RFC 7065).
    pub url: String,
    /// For TURN.
    #[serde(default)]
    pub username: Option<String>,
    /// For TURN.
    #[serde(default)]
    pub credential: Option<String>,
}

/// A value that cannot be used; names its key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a STUN or TURN URL, or a character that cannot stand in a header.
    #[error("http.ice_servers: {0} is not a usable stun:, turn: or turns: URL with printable credentials")]
    IceServer(String),
    /// Not an origin.
    #[error("http.cors_origins: {0} is neither * nor an origin such as https://school.example")]
    CorsOrigin(String),
    /// Zero, or a range upside down.
    #[error("{0} is out of range")]
    Range(&'static str),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            forwarded_hops: 0,
            cors_origins: vec!["*".to_owned()],
            ice_servers: Vec::new(),
            stage_places_max: 8,
            body_timeout_s: 10,
            keep_alive_s: 15,
            event_buffer_max: 64,
            event_streams_max: 4,
            drain_spread_ms: 10_000,
            admission: Admission::default(),
        }
    }
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            rooms_max: 1_000,
            peers_per_room_max: 5_000,
            publishers_per_room_max: 32,
            peers_per_address_max: 3_000,
            peers_max: 10_000,
            handshakes_pending_max: 2_048,
            retry_after_s_min: 1,
            retry_after_s_max: 5,
        }
    }
}

impl Config {
    /// Checks what types cannot: call it before any socket is bound.
    ///
    /// # Errors
    /// Names the first key with a value that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.ice_server_links()?;
        for origin in &self.cors_origins {
            if origin != "*" && (!origin.contains("://") || HeaderValue::from_str(origin).is_err()) {
                return Err(ConfigError::CorsOrigin(origin.clone()));
            }
        }
        let admission = &self.admission;
        for (wrong, key) in [
            (self.body_timeout_s == 0, "http.body_timeout_s"),
            (self.keep_alive_s == 0, "http.keep_alive_s"),
            // A new listener gets up to six events at once.
            (self.event_buffer_max < 8, "http.event_buffer_max"),
            (self.event_streams_max == 0, "http.event_streams_max"),
            (admission.retry_after_s_min == 0, "http.admission.retry_after_s_min"),
            (admission.retry_after_s_max < admission.retry_after_s_min, "http.admission.retry_after_s_max"),
        ] {
            if wrong {
                return Err(ConfigError::Range(key));
            }
        }
        Ok(())
    }

    /// The `Link` header of each ICE server (RFC 9725 section 4.6).
    pub(super) fn ice_server_links(&self) -> Result<Vec<HeaderValue>, ConfigError> {
        self.ice_servers.iter().map(|server| server.link().ok_or(ConfigError::IceServer(server.url.clone()))).collect()
    }

    pub(super) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_s)
    }

    pub(super) fn keep_alive(&self) -> Duration {
        Duration::from_secs(self.keep_alive_s)
    }
}

impl IceServer {
    fn link(&self) -> Option<HeaderValue> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b'<' | b'>'));
        let scheme = self.url.split(':').next()?;
        if !matches!(scheme, "stun" | "stuns" | "turn" | "turns") || !plain(&self.url) {
            return None;
        }
        let mut link = format!("<{}>; rel=\"ice-server\"", self.url);
        let credentials = [("username", &self.username), ("credential", &self.credential)];
        for (name, value) in credentials.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            if !plain(value) {
                return None;
            }
            link.push_str(&format!("; {name}=\"{value}\""));
        }
        if self.credential.is_some() {
            link.push_str("; credential-type=\"password\"");
        }
        HeaderValue::try_from(link).ok()
    }
}

/// The credential stays out of logs.
impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("url", &self.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(url: &str, username: &str) -> Config {
        let server = IceServer { url: url.into(), username: Some(username.into()), credential: Some("secret".into()) };
        Config { ice_servers: vec![server], ..Config::default() }
    }

    #[test]
    fn ice_servers_become_links() {
        let links = turn("turn:turn.example.net?transport=udp", "user").ice_server_links().unwrap();
        let expected = "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"user\"; \
                        credential=\"secret\"; credential-type=\"password\"";
        assert_eq!(links, [expected]);
    }

    #[test]
    fn what_cannot_be_used_is_refused_at_the_start() {
        assert_eq!(Config::default().check(), Ok(()));
        for bad in [turn("https://x", "user"), turn("turn:x>", "user"), turn("turn:x", "us\"er")] {
            assert!(matches!(bad.check(), Err(ConfigError::IceServer(_))), "{bad:?}");
        }
        let bad = Config { cors_origins: vec!["school.example".into()], ..Config::default() };
        assert!(matches!(bad.check(), Err(ConfigError::CorsOrigin(_))));
        let admission = Admission { retry_after_s_min: 6, ..Admission::default() };
        let bad = Config { admission, ..Config::default() };
        assert_eq!(bad.check(), Err(ConfigError::Range("http.admission.retry_after_s_max")));
    }
}
