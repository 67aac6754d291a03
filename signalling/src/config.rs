//! The configuration of the rooms' server, one struct per concern. Every key has a default; unknown keys are refused.

use std::time::Duration;

use lectern_platform::config::ConfigError;
use serde::Deserialize;

use crate::core::RoomLimits;
use crate::pace::Rate;

/// Everything that `lectern-signalling --config FILE` reads beside what any service has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignallingConfig {
    /// Who may connect from where.
    pub http: HttpConfig,
    /// Each socket.
    pub socket: SocketConfig,
    /// How many may come in.
    pub admission: AdmissionConfig,
    /// How this node runs its rooms.
    pub node: NodeConfig,
    /// How much of everything one room holds.
    pub room: RoomLimits,
}

/// The keys of `[http]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// How many proxies that append to `X-Forwarded-For` stand in front. 0 (the default): the header is ignored, the
    /// connection's address counts. Anybody can send this header, so set it to the true number.
    pub forwarded_hops: u8,
    /// Origins that browsers may connect from. Default none named: any, since a token is needed and cookies play no part.
    pub origins: Vec<String>,
}

/// The keys of `[socket]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SocketConfig {
    /// How long a client may take to join, milliseconds. Default 5,000.
    pub join_ms: u64,
    /// Between two pings of the server, milliseconds. Default 20,000: below the 30 to 60 seconds after which proxies cut
    /// an idle connection.
    pub ping_ms: u64,
    /// A client that has sent nothing for so long is gone, milliseconds. Default 45,000: two pings and some.
    pub silence_ms: u64,
    /// Requests each second in the long run. Default 10.
    pub requests_per_s: u32,
    /// Requests at once. Default 40.
    pub requests_burst: u32,
    /// What waits for a client that does not read, in bytes; more closes it as `too_slow`. Default 256 KiB.
    pub outbox_bytes_max: usize,
}

impl Default for SocketConfig {
    fn default() -> Self {
        Self {
            join_ms: 5_000,
            ping_ms: 20_000,
            silence_ms: 45_000,
            requests_per_s: 10,
            requests_burst: 40,
            outbox_bytes_max: 256 * 1024,
        }
    }
}

impl SocketConfig {
    pub(crate) fn join_timeout(&self) -> Duration {
        Duration::from_millis(self.join_ms)
    }

    pub(crate) fn ping_interval(&self) -> Duration {
        Duration::from_millis(self.ping_ms)
    }

    pub(crate) fn silence_max(&self) -> Duration {
        Duration::from_millis(self.silence_ms)
    }

    pub(crate) fn request_rate(&self) -> Rate {
        Rate::per_second(self.requests_per_s, self.requests_burst)
    }
}

/// The keys of `[admission]`. One connection more than the first three is refused with `503` before it is a WebSocket, one
/// more than the others with a `goodbye`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdmissionConfig {
    /// Sockets in all. Default 20,000.
    pub sockets_max: usize,
    /// Sockets from one address (IPv6: one /64). Default 6,000: a school behind one address.
    pub sockets_per_address_max: usize,
    /// Sockets that have not joined. Default 8,192: everybody of a large room coming back at once.
    pub joining_max: usize,
    /// Rooms with somebody in them. Default 1,000.
    pub rooms_max: usize,
    /// Sockets of one room at this node, in the waiting room too. Default 10,000.
    pub sockets_per_room_max: usize,
    /// Sockets of one person in one room at this node; one more closes the oldest as `replaced`. Default 5.
    pub sockets_per_person_max: usize,
}

impl Default for AdmissionConfig {
    fn default() -> Self {
        Self {
            sockets_max: 20_000,
            sockets_per_address_max: 6_000,
            joining_max: 8_192,
            rooms_max: 1_000,
            sockets_per_room_max: 10_000,
            sockets_per_person_max: 5,
        }
    }
}

/// The keys of `[node]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeConfig {
    /// How long a room without anybody is kept in memory, milliseconds. Default 60,000.
    pub idle_ms: u64,
    /// How long what was asked for waits for the bus before it is refused as `unavailable`, milliseconds. Default 2,000.
    pub commit_ms: u64,
    /// Events of a room kept for those who come back with `resume`. Default 2,000.
    pub resume_events_max: usize,
    /// Their frames' bytes. Default 2 MiB.
    pub resume_bytes_max: usize,
    /// Time over which people are spread when this node drains, milliseconds. Default 5,000.
    pub drain_spread_ms: u64,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            idle_ms: 60_000,
            commit_ms: 2_000,
            resume_events_max: 2_000,
            resume_bytes_max: 2 << 20,
            drain_spread_ms: 5_000,
        }
    }
}

impl SignallingConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let at_least_one = [
            ("socket.join_ms", self.socket.join_ms),
            ("socket.ping_ms", self.socket.ping_ms),
            ("socket.requests_per_s", u64::from(self.socket.requests_per_s)),
            ("socket.requests_burst", u64::from(self.socket.requests_burst)),
            ("admission.sockets_per_person_max", self.admission.sockets_per_person_max as u64),
            ("node.commit_ms", self.node.commit_ms),
        ];
        if let Some((key, _)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::rejected(key, "at least 1"));
        }
        if self.socket.silence_ms <= self.socket.ping_ms {
            return Err(ConfigError::rejected(
                "socket.silence_ms",
                "longer than socket.ping_ms, or everybody would be dropped",
            ));
        }
        // A snapshot of a busy room has to fit.
        if self.socket.outbox_bytes_max < 64 * 1024 {
            return Err(ConfigError::rejected("socket.outbox_bytes_max", "at least 65536"));
        }
        self.room.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(config: &SignallingConfig) -> &'static str {
        match config.validate() {
            Err(ConfigError::Rejected { key, .. }) => key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_defaults_are_valid_and_contradictions_are_not() {
        SignallingConfig::default().validate().unwrap();
        let mut config = SignallingConfig::default();
        config.socket.silence_ms = config.socket.ping_ms;
        assert_eq!(key(&config), "socket.silence_ms");
        let mut config = SignallingConfig::default();
        config.socket.requests_per_s = 0;
        assert_eq!(key(&config), "socket.requests_per_s");
    }
}
