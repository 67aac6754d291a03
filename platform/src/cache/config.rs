//! Which cache a service has.

use std::sync::Arc;
use std::time::Duration;

use prometheus::Registry;
use serde::Deserialize;

use super::{Cache, InProcess, RedisCache};
use crate::redis_servers::{RedisConfig, RedisKeys, redis_keys};

/// What messages call the keys of [`CacheConfig::redis`].
pub(super) const CACHE_KEYS: RedisKeys = redis_keys!("cache.redis");

/// The section `[cache]` of a service's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// Redis, for more than one process. Without it the cache is in this process.
    pub redis: Option<RedisConfig>,
    /// What values may take in this process, in bytes. Without Redis.
    pub memory_bytes_max: usize,
    /// How long Redis may take for an answer, in milliseconds, if that is less than `redis.response_timeout_ms`: whoever
    /// needs something from a cache can get it elsewhere.
    pub answer_ms: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { redis: None, memory_bytes_max: 64 << 20, answer_ms: 250 }
    }
}

impl CacheConfig {
    /// What is wrong with it: the key, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        if !(1 << 20..=1 << 40).contains(&self.memory_bytes_max) {
            return Err(("cache.memory_bytes_max", format!("{} to {}", 1 << 20, 1_u64 << 40)));
        }
        if !(10..=30_000).contains(&self.answer_ms) {
            return Err(("cache.answer_ms", "10 to 30000".to_owned()));
        }
        self.redis.as_ref().map_or(Ok(()), |redis| redis.validate_in(&CACHE_KEYS))
    }

    /// The cache that the configuration names, with its metrics in `registry`. One on Redis is connected, or tried to be for
    /// as long as it may take to connect; it goes on trying.
    ///
    /// # Errors
    /// When the configuration is not [valid](Self::validate) or the registry already holds the metrics of a cache.
    pub async fn start(&self, registry: &Registry) -> Result<Arc<dyn Cache>, String> {
        self.validate().map_err(|(key, message)| format!("{key}: {message}"))?;
        let answer = Duration::from_millis(self.answer_ms);
        match &self.redis {
            None => Ok(Arc::new(InProcess::new(self.memory_bytes_max, registry)?)),
            Some(redis) => Ok(Arc::new(RedisCache::start(redis, answer, registry).await?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_checked_at_its_limits() {
        let wrong = |change: fn(&mut CacheConfig)| {
            let mut config = CacheConfig::default();
            change(&mut config);
            config.validate().map_or_else(|(key, _)| key, |()| "")
        };
        assert_eq!(wrong(|_| {}), "");
        assert_eq!(wrong(|c| c.memory_bytes_max = 1 << 20), "");
        assert_eq!(wrong(|c| c.memory_bytes_max = (1 << 20) - 1), "cache.memory_bytes_max");
        assert_eq!(wrong(|c| c.answer_ms = 9), "cache.answer_ms");
        assert_eq!(wrong(|c| c.redis = Some(RedisConfig::single("localhost"))), "cache.redis.urls");
    }
}
