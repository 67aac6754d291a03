//! Where Redis is.

use std::fmt;
use std::time::Duration;

use redis::IntoConnectionInfo as _;
use serde::Deserialize;

use crate::log::Redacted;

/// The sections `[bus.redis]` and `[cache.redis]`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisConfig {
    /// What the addresses are those of.
    pub mode: RedisMode,
    /// `redis://[user:password@]host[:port][/database]`: the server, or the sentinels, or some nodes of the cluster.
    pub urls: Vec<String>,
    /// The name under which sentinels know the server.
    pub master: String,
    /// The user on the servers; empty for the first address's own, with sentinels for none.
    pub username: String,
    /// The password on the servers; empty as above.
    pub password: String,
    /// What all keys and channels begin with, so that several installations can share a server.
    pub key_prefix: String,
    /// How long it may take to connect, in milliseconds.
    pub connect_timeout_ms: u64,
    /// How long an answer may take, in milliseconds. A connection that takes longer is given up.
    pub response_timeout_ms: u64,
    /// How long nodes are waited for that know more of a room, after the server that holds it was restarted or replaced, in
    /// milliseconds. Longer than it takes to connect again, else what the last of them knows is lost. Of the bus alone.
    pub rebuild_ms: u64,
}

/// What a [`RedisConfig`] is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RedisMode {
    /// One server.
    #[default]
    Single,
    /// A server and its replicas, watched by sentinels, who are asked which one it is.
    Sentinel,
    /// A Redis Cluster.
    Cluster,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            mode: RedisMode::Single,
            urls: vec!["redis://127.0.0.1:6379".to_owned()],
            master: "lectern".to_owned(),
            username: String::new(),
            password: String::new(),
            key_prefix: "lectern".to_owned(),
            connect_timeout_ms: 2_000,
            response_timeout_ms: 2_000,
            rebuild_ms: 2_000,
        }
    }
}

/// Without the passwords.
impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisConfig")
            .field("mode", &self.mode)
            .field("urls", &Redacted(()))
            .field("master", &self.master)
            .field("key_prefix", &self.key_prefix)
            .field("connect_timeout_ms", &self.connect_timeout_ms)
            .field("response_timeout_ms", &self.response_timeout_ms)
            .field("rebuild_ms", &self.rebuild_ms)
            .finish_non_exhaustive()
    }
}

/// The full names of the keys of a [`RedisConfig`], for messages.
pub(crate) struct RedisKeys {
    pub(crate) urls: &'static str,
    pub(crate) master: &'static str,
    pub(crate) key_prefix: &'static str,
    pub(crate) connect_timeout_ms: &'static str,
    pub(crate) response_timeout_ms: &'static str,
    pub(crate) rebuild_ms: &'static str,
}

/// The [`RedisKeys`] of a section.
macro_rules! redis_keys {
    ($section:literal) => {
        $crate::redis_servers::RedisKeys {
            urls: concat!($section, ".urls"),
            master: concat!($section, ".master"),
            key_prefix: concat!($section, ".key_prefix"),
            connect_timeout_ms: concat!($section, ".connect_timeout_ms"),
            response_timeout_ms: concat!($section, ".response_timeout_ms"),
            rebuild_ms: concat!($section, ".rebuild_ms"),
        }
    };
}

pub(crate) use redis_keys;

impl RedisConfig {
    /// A single server.
    #[must_use]
    pub fn single(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], ..Self::default() }
    }

    /// What is wrong with it: the key, by its full name, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub(crate) fn validate_in(&self, keys: &RedisKeys) -> Result<(), (&'static str, String)> {
        if self.urls.is_empty() {
            return Err((keys.urls, "one address at least".to_owned()));
        }
        for url in &self.urls {
            // The address may hold a password: it is not repeated.
            let info = url.as_str().into_connection_info();
            let info =
                info.map_err(|_| (keys.urls, "each redis://[user:password@]host[:port][/database]".to_owned()))?;
            if !matches!(info.addr(), redis::ConnectionAddr::Tcp(..)) {
                return Err((keys.urls, "redis:// only: neither TLS nor Unix sockets are built in".to_owned()));
            }
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        if self.key_prefix.is_empty() || self.key_prefix.len() > 64 || !self.key_prefix.chars().all(is_plain) {
            return Err((keys.key_prefix, "1 to 64 of A-Z a-z 0-9 _ - . :".to_owned()));
        }
        if self.mode == RedisMode::Sentinel && self.master.is_empty() {
            return Err((keys.master, "the name under which the sentinels know the server".to_owned()));
        }
        let limits = [
            (keys.connect_timeout_ms, self.connect_timeout_ms, 50),
            (keys.response_timeout_ms, self.response_timeout_ms, 50),
            (keys.rebuild_ms, self.rebuild_ms, 0),
        ];
        for (key, value, min) in limits {
            if !(min..=30_000).contains(&value) {
                return Err((key, format!("{min} to 30000")));
            }
        }
        Ok(())
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(crate) fn response_timeout(&self) -> Duration {
        Duration::from_millis(self.response_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl FnOnce(&mut RedisConfig)) -> &'static str {
        let mut config = RedisConfig::default();
        change(&mut config);
        config.validate_in(&redis_keys!("bus.redis")).map_or_else(|(key, _)| key, |()| "")
    }

    #[test]
    fn each_key_is_checked_at_its_limits() {
        assert_eq!(wrong(|_| {}), "");
        assert_eq!(wrong(|c| c.urls.clear()), "bus.redis.urls");
        assert_eq!(wrong(|c| c.urls.push("localhost:6379".into())), "bus.redis.urls");
        assert_eq!(wrong(|c| c.urls.push("rediss://localhost".into())), "bus.redis.urls");
        assert_eq!(wrong(|c| c.urls.push("redis://u:p@[::1]:7000/3".into())), "");
        assert_eq!(wrong(|c| c.key_prefix = "a{b}".into()), "bus.redis.key_prefix");
        assert_eq!(wrong(|c| c.key_prefix = "a".repeat(64)), "");
        assert_eq!(wrong(|c| c.key_prefix = "a".repeat(65)), "bus.redis.key_prefix");
        assert_eq!(wrong(|c| (c.mode, c.master) = (RedisMode::Sentinel, String::new())), "bus.redis.master");
        assert_eq!(wrong(|c| c.response_timeout_ms = 49), "bus.redis.response_timeout_ms");
        assert_eq!(wrong(|c| c.connect_timeout_ms = 30_001), "bus.redis.connect_timeout_ms");
    }

    #[test]
    fn a_configuration_is_read_and_keeps_its_passwords() {
        let environment = [
            ("LECTERN_X__REDIS__MODE", "cluster"),
            ("LECTERN_X__REDIS__URLS", "['redis://u:secret@a:1']"),
            ("LECTERN_X__REDIS__PASSWORD", "secret"),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let config: crate::bus::BusConfig = crate::config::load_from("x", None, environment).unwrap();
        assert_eq!(config.redis.as_ref().unwrap().mode, RedisMode::Cluster);
        assert!(!format!("{config:?}").contains("secret"));
    }
}
