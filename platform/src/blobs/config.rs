//! Where a service keeps its blobs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use prometheus::Registry;
use serde::Deserialize;

use super::{AzureBlobs, Blobs, FileBlobs};
use crate::azure::AzureAccount;

/// The section `[blobs]` of a service's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlobsConfig {
    /// The folder, if they are not in Azure. Services on one machine may share it.
    pub folder: PathBuf,
    /// Azure Blob Storage, for more than one machine.
    pub azure: Option<AzureAccount>,
    /// The container there, which is made if it is not there.
    pub container: String,
    /// How long Azure may take for an answer, in milliseconds.
    pub answer_ms: u64,
    /// What stands before the store, without a slash at the end: addresses to fetch begin with it. Empty: nothing does.
    pub cdn: String,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        let (folder, container) = (PathBuf::from(".lectern/blobs"), "lectern".to_owned());
        Self { folder, azure: None, container, answer_ms: 30_000, cdn: String::new() }
    }
}

impl BlobsConfig {
    /// What is wrong with it: the key, and what would be right.
    ///
    /// # Errors
    /// The first key that is out of its limits.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        if self.folder.as_os_str().is_empty() {
            return Err(("blobs.folder", "a folder".to_owned()));
        }
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let has_good_ends = !self.container.starts_with('-') && !self.container.ends_with('-');
        let is_good = self.container.chars().all(is_plain) && has_good_ends && !self.container.contains("--");
        if !(3..=63).contains(&self.container.len()) || !is_good {
            return Err(("blobs.container", "3 to 63 of a-z 0-9 and single hyphens within".to_owned()));
        }
        if !(100..=120_000).contains(&self.answer_ms) {
            return Err(("blobs.answer_ms", "100 to 120000".to_owned()));
        }
        let is_address = |text: &str| {
            let is_web = |url: reqwest::Url| matches!(url.scheme(), "http" | "https") && url.query().is_none();
            !text.ends_with('/') && reqwest::Url::parse(text).is_ok_and(is_web)
        };
        if !self.cdn.is_empty() && !is_address(&self.cdn) {
            return Err((
                "blobs.cdn",
                "an address such as https://cdn.school.example, without a slash at the end".to_owned(),
            ));
        }
        let Some(azure) = &self.azure else { return Ok(()) };
        azure.validate().map_err(|message| ("blobs.azure", message))?;
        if azure.key.is_empty() && !azure.sas.is_empty() {
            return Err((
                "blobs.azure",
                "sas: cannot sign addresses for clients; give a key, or an identity".to_owned(),
            ));
        }
        Ok(())
    }

    /// The store that the configuration names, with its metrics in `registry`, and what answers at its addresses: the routes
    /// below `/v1/blobs` for files, nothing for Azure. The routes have limits of their own: take care that none for bodies or
    /// time is around them.
    ///
    /// # Errors
    /// When the configuration is not [valid](Self::validate), the folder cannot be used, or the registry already holds the
    /// metrics of a store.
    pub fn start(&self, registry: &Registry) -> Result<(Arc<dyn Blobs>, Router), String> {
        self.validate().map_err(|(key, message)| format!("{key}: {message}"))?;
        match &self.azure {
            None => {
                let blobs = Arc::new(FileBlobs::open(&self.folder, &self.cdn)?);
                let router = blobs.router();
                Ok((blobs, router))
            }
            Some(azure) => {
                let answer = Duration::from_millis(self.answer_ms);
                let blobs = AzureBlobs::new(azure, &self.container, &self.cdn, answer, registry)?;
                Ok((Arc::new(blobs), Router::new()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_checked_at_its_limits() {
        let wrong = |change: fn(&mut BlobsConfig)| {
            let mut config = BlobsConfig::default();
            change(&mut config);
            config.validate().map_or_else(|(key, _)| key, |()| "")
        };
        let azure = || AzureAccount { account: "abc".into(), ..AzureAccount::default() };
        assert_eq!(wrong(|_| {}), "");
        assert_eq!(wrong(|c| c.folder = PathBuf::new()), "blobs.folder");
        for container in ["ab", "Upper", "a--b", "-ab", "ab-"] {
            let config = BlobsConfig { container: container.into(), ..BlobsConfig::default() };
            assert_eq!(config.validate().unwrap_err().0, "blobs.container", "{container}");
        }
        assert_eq!(wrong(|c| c.answer_ms = 99), "blobs.answer_ms");
        for (cdn, expected) in [
            ("https://cdn.school.example", ""),
            ("http://127.0.0.1:10000/devstoreaccount1", ""),
            ("https://cdn.school.example/", "blobs.cdn"),
            ("cdn.school.example", "blobs.cdn"),
            ("https://cdn.school.example?a=b", "blobs.cdn"),
            ("ftp://cdn.school.example", "blobs.cdn"),
        ] {
            let config = BlobsConfig { cdn: cdn.into(), ..BlobsConfig::default() };
            assert_eq!(config.validate().map_or_else(|(key, _)| key, |()| ""), expected, "{cdn}");
        }
        let config = BlobsConfig { azure: Some(azure()), ..BlobsConfig::default() };
        assert_eq!(config.validate(), Ok(()));
        let config = BlobsConfig { azure: Some(AzureAccount { sas: "sv=1".into(), ..azure() }), ..config };
        assert_eq!(config.validate().unwrap_err().0, "blobs.azure");
    }
}
