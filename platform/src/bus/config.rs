//! Which bus a service is on.

use std::sync::Arc;

use prometheus::Registry;
use serde::Deserialize;

use super::{Bus, InProcess, RedisBus};
use crate::redis_servers::{RedisConfig, RedisKeys, redis_keys};

/// What messages call the keys of [`BusConfig::redis`].
pub(super) const BUS_KEYS: RedisKeys = redis_keys!("bus.redis");

/// The section `[bus]` of a service's configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusConfig {
    /// Redis, for more than one process. Without it the bus is in this process.
    pub redis: Option<RedisConfig>,
}

impl BusConfig {
    /// What is wrong with it: the key, below `bus`, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        self.redis.as_ref().map_or(Ok(()), |redis| redis.validate_in(&BUS_KEYS))
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
