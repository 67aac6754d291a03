//! Where a service keeps its audit trail.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use prometheus::Registry;
use serde::Deserialize;

use super::{Audit, FileAudit, TablesAudit};
use crate::azure::AzureAccount;

/// The section `[audit]` of a service's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// The folder of the trail, or of the spool. Each process has one of its own.
    pub folder: PathBuf,
    /// What the folder may hold, in bytes. Of a trail the oldest goes then; with a spool nothing more is recorded.
    pub bytes_max: u64,
    /// Azure Tables, for more than one process. Without it the trail is in the folder.
    pub azure: Option<AzureAccount>,
    /// The table, which is made if it is not there.
    pub table: String,
    /// How long events are gathered before they are sent to the table, in milliseconds.
    pub gather_ms: u64,
    /// How long the table may take for an answer, in milliseconds.
    pub answer_ms: u64,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self {
            folder: PathBuf::from(".lectern/audit"),
            bytes_max: 4 << 30,
            azure: None,
            table: "audit".to_owned(),
            gather_ms: 2_000,
            answer_ms: 10_000,
        }
    }
}

impl AuditConfig {
    /// What is wrong with it: the key, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        if self.folder.as_os_str().is_empty() {
            return Err(("audit.folder", "a folder".to_owned()));
        }
        if !(1 << 20..=1 << 50).contains(&self.bytes_max) {
            return Err(("audit.bytes_max", format!("{} to {}", 1 << 20, 1_u64 << 50)));
        }
        let is_plain = self.table.chars().all(|c| c.is_ascii_alphanumeric());
        let starts_well = self.table.starts_with(|c: char| c.is_ascii_alphabetic());
        if !(3..=63).contains(&self.table.len()) || !is_plain || !starts_well {
            return Err(("audit.table", "3 to 63 letters and digits, a letter first".to_owned()));
        }
        if !(10..=60_000).contains(&self.gather_ms) {
            return Err(("audit.gather_ms", "10 to 60000".to_owned()));
        }
        if !(100..=60_000).contains(&self.answer_ms) {
            return Err(("audit.answer_ms", "100 to 60000".to_owned()));
        }
        self.azure.as_ref().map_or(Ok(()), |azure| azure.validate().map_err(|message| ("audit.azure", message)))
    }

    /// The trail that the configuration names, with its metrics in `registry`. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the configuration is not [valid](Self::validate), the folder cannot be used or another process has it, or the
    /// registry already holds the metrics of a trail.
    pub fn start(&self, registry: &Registry) -> Result<Arc<dyn Audit>, String> {
        self.validate().map_err(|(key, message)| format!("{key}: {message}"))?;
        Ok(match &self.azure {
            None => Arc::new(FileAudit::start(&self.folder, self.bytes_max, registry)?),
            Some(azure) => Arc::new(TablesAudit::start(self, azure, registry)?),
        })
    }

    pub(super) fn gather(&self) -> Duration {
        Duration::from_millis(self.gather_ms)
    }

    pub(super) fn answer(&self) -> Duration {
        Duration::from_millis(self.answer_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_checked_at_its_limits() {
        let wrong = |change: fn(&mut AuditConfig)| {
            let mut config = AuditConfig::default();
            change(&mut config);
            config.validate().map_or_else(|(key, _)| key, |()| "")
        };
        assert_eq!(wrong(|_| {}), "");
        assert_eq!(wrong(|c| c.folder = PathBuf::new()), "audit.folder");
        assert_eq!(wrong(|c| c.bytes_max = (1 << 20) - 1), "audit.bytes_max");
        assert_eq!(wrong(|c| c.table = "1st".into()), "audit.table");
        assert_eq!(wrong(|c| c.table = "a-b".into()), "audit.table");
        assert_eq!(wrong(|c| c.gather_ms = 9), "audit.gather_ms");
        assert_eq!(wrong(|c| c.answer_ms = 60_001), "audit.answer_ms");
        assert_eq!(wrong(|c| c.azure = Some(AzureAccount::default())), "audit.azure");
    }
}
