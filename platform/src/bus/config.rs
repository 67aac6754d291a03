//! Which bus a service is on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus::Registry;
use redis::IntoConnectionInfo as _;
use serde::Deserialize;

use super::{Bus, InProcess, RedisBus};
use crate::log::Redacted;

/// The section `[bus]` of a service's configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusConfig {
    /// Redis, for more than one process. Without it the bus is in this process.
    pub redis: Option<RedisConfig>,
}

/// The section `[bus.redis]`.
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
    /// milliseconds. Longer than it takes to connect again, else what the last of them knows is lost.
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

impl BusConfig {
    /// What is wrong with it: the key, below `bus`, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        self.redis.as_ref().map_or(Ok(()), RedisConfig::validate)
    }

    /// The bus that the configuration names, with its metrics in `registry`. One on Redis is connected, or tried to be for
    /// as long as it may take to connect; it goes on trying.
    ///
    /// # Errors
    /// When the configuration is not [valid](Self::validate) or the registry already holds the metrics of a bus.
    pub async fn start(&self, registry: &Registry) -> Result<Arc<dyn Bus>, String> {
        match &self.redis {
            None => Ok(Arc::new(InProcess::new())),
            Some(redis) => Ok(Arc::new(RedisBus::start(redis, registry).await?)),
        }
    }
}

impl RedisConfig {
    /// A single server.
    #[must_use]
    pub fn single(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], ..Self::default() }
    }

    /// As [`BusConfig::validate`].
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        if self.urls.is_empty() {
            return Err(("bus.redis.urls", "one address at least".to_owned()));
        }
        for url in &self.urls {
            // The address may hold a password: it is not repeated.
            let info = url.as_str().into_connection_info();
            let info =
                info.map_err(|_| ("bus.redis.urls", "each redis://[user:password@]host[:port][/database]".to_owned()))?;
            if !matches!(info.addr(), redis::ConnectionAddr::Tcp(..)) {
                return Err(("bus.redis.urls", "redis:// only: neither TLS nor Unix sockets are built in".to_owned()));
            }
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
        if self.key_prefix.is_empty() || self.key_prefix.len() > 64 || !self.key_prefix.chars().all(is_plain) {
            return Err(("bus.redis.key_prefix", "1 to 64 of A-Z a-z 0-9 _ - . :".to_owned()));
        }
        if self.mode == RedisMode::Sentinel && self.master.is_empty() {
            return Err(("bus.redis.master", "the name under which the sentinels know the server".to_owned()));
        }
        let limits = [
            ("bus.redis.connect_timeout_ms", self.connect_timeout_ms, 50),
            ("bus.redis.response_timeout_ms", self.response_timeout_ms, 50),
            ("bus.redis.rebuild_ms", self.rebuild_ms, 0),
        ];
        for (key, value, min) in limits {
            if !(min..=30_000).contains(&value) {
                return Err((key, format!("{min} to 30000")));
            }
        }
        Ok(())
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(super) fn response_timeout(&self) -> Duration {
        Duration::from_millis(self.response_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl FnOnce(&mut RedisConfig)) -> &'static str {
        let mut config = RedisConfig::default();
        change(&mut config);
        config.validate().map_or_else(|(key, _)| key, |()| "")
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
        let config: BusConfig = crate::config::load_from("x", None, environment).unwrap();
        assert_eq!(config.redis.as_ref().unwrap().mode, RedisMode::Cluster);
        assert!(!format!("{config:?}").contains("secret"));
    }
}
