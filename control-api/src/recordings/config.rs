//! Whether classes are recorded, and how long is waited for whom.

use lectern_platform::config::ConfigError;
use serde::Deserialize;

/// The keys of `[recordings]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingsConfig {
    /// Whether classes are recorded. Default: not, since nobody does without a recorder; `lectern` has one.
    pub enabled: Option<bool>,
    /// How long nothing has to be heard of a recorder before another takes its place, seconds, 5 to 300. Default 15.
    pub lease_s: u32,
    /// How long after its class a recording ends that no recorder has finished, seconds, 60 to 86400. Default 3,600.
    pub abandoned_s: u32,
    /// How long somebody may play a recording before they have to ask again, seconds, 60 to 43200. Default 14,400.
    pub ticket_s: u32,
    /// Memory for playlists and chats that are being watched, bytes, 1 MiB to 4 GiB. Default 64 MiB.
    pub cache_bytes_max: usize,
}

impl Default for RecordingsConfig {
    fn default() -> Self {
        Self { enabled: None, lease_s: 15, abandoned_s: 3_600, ticket_s: 14_400, cache_bytes_max: 64 << 20 }
    }
}

impl RecordingsConfig {
    /// Whether classes are recorded.
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled.unwrap_or(false)
    }

    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        for (key, value, least, most) in [
            ("recordings.lease_s", self.lease_s as usize, 5, 300),
            ("recordings.abandoned_s", self.abandoned_s as usize, 60, 86_400),
            ("recordings.ticket_s", self.ticket_s as usize, 60, 43_200),
            ("recordings.cache_bytes_max", self.cache_bytes_max, 1 << 20, 4 << 30),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ConfigError::rejected(key, format!("{least} to {most}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_limits() {
        RecordingsConfig::default().validate().unwrap();
        for wrong in [
            RecordingsConfig { lease_s: 4, ..RecordingsConfig::default() },
            RecordingsConfig { abandoned_s: 86_401, ..RecordingsConfig::default() },
            RecordingsConfig { ticket_s: 59, ..RecordingsConfig::default() },
            RecordingsConfig { cache_bytes_max: 1_000, ..RecordingsConfig::default() },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
    }
}
