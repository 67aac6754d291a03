//! The configuration of the recorder, one struct per concern. Every key has a default; unknown keys are refused.

use std::path::PathBuf;
use std::time::Duration;

use lectern_platform::config::ConfigError;
use reqwest::Url;
use serde::Deserialize;

/// A lease has to be renewed by far more requests than this, and rooms need cores.
const ROOMS_MAX: usize = 1_000;
/// Each takes up to 190 MiB of memory, and most of a core.
const PACKAGINGS_MAX: usize = 16;
/// Below it not one segment of each track fits.
const SPOOL_BYTES_MIN: u64 = 32 << 20;
/// The longest name of a node, in bytes.
const NAME_LENGTH_MAX: usize = 64;

/// Everything that `lectern-recorder --config FILE` reads beside what any service has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecorderConfig {
    /// Where jobs come from.
    pub jobs: JobsConfig,
    /// This node.
    pub node: NodeConfig,
    /// What is not stored yet.
    pub spool: SpoolConfig,
}

/// The keys of `[jobs]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobsConfig {
    /// The school's address, without a path. Default `http://127.0.0.1:8082`.
    pub url: String,
    /// The media server's, for jobs that name none. Default empty: the school's.
    pub media_url: String,
    /// How often a node with room asks for a job, milliseconds. Default 2,000.
    pub claim_ms: u64,
}

impl Default for JobsConfig {
    fn default() -> Self {
        Self { url: "http://127.0.0.1:8082".to_owned(), media_url: String::new(), claim_ms: 2_000 }
    }
}

/// The keys of `[node]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeConfig {
    /// What it is called in the school's records. Default empty: `recorder-` and the machine's name.
    pub name: String,
    /// Classes at once. Default 20.
    pub rooms_max: usize,
    /// Uploaded videos that are packaged at once, while there is room for one more class. Default 1; 0: none is.
    pub packagings_max: usize,
    /// How long after a class the store may be away before its recording has failed, and how long the packaging of a video
    /// may take, seconds. Default 21,600: six hours.
    pub finish_s: u64,
    /// The program that draws posters and storyboards of keyframes. Default `ffmpeg`; empty: nothing is drawn.
    pub ffmpeg: PathBuf,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            rooms_max: 20,
            packagings_max: 1,
            finish_s: 6 * 3600,
            ffmpeg: PathBuf::from("ffmpeg"),
        }
    }
}

/// The keys of `[spool]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpoolConfig {
    /// The folder; each process has one of its own.
    pub folder: PathBuf,
    /// What all recordings together may keep there, bytes. Default 32 GiB: 20 rooms of 3 Mbit/s for an hour, and some.
    pub bytes_max: u64,
}

impl Default for SpoolConfig {
    fn default() -> Self {
        Self { folder: PathBuf::from(".lectern/spool"), bytes_max: 32 << 30 }
    }
}

impl RecorderConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The key, and what it may be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.jobs.url()?;
        self.jobs.media_url()?;
        let in_limits = [
            ("jobs.claim_ms", (100..=60_000).contains(&self.jobs.claim_ms), "100 to 60000"),
            ("node.rooms_max", (1..=ROOMS_MAX).contains(&self.node.rooms_max), "1 to 1000"),
            ("node.packagings_max", self.node.packagings_max <= PACKAGINGS_MAX, "0 to 16"),
            ("node.finish_s", (60..=86_400).contains(&self.node.finish_s), "60 to 86400"),
            ("node.name", self.node.name.len() <= NAME_LENGTH_MAX, "64 bytes at most"),
            ("spool.folder", !self.spool.folder.as_os_str().is_empty(), "a folder"),
            ("spool.bytes_max", self.spool.bytes_max >= SPOOL_BYTES_MIN, "at least 33554432"),
        ];
        match in_limits.into_iter().find(|(_, is_good, _)| !is_good) {
            Some((key, _, message)) => Err(ConfigError::rejected(key, message)),
            None => Ok(()),
        }
    }
}

impl JobsConfig {
    pub(crate) fn url(&self) -> Result<Url, ConfigError> {
        origin("jobs.url", &self.url)
    }

    pub(crate) fn media_url(&self) -> Result<Url, ConfigError> {
        if self.media_url.is_empty() { self.url() } else { origin("jobs.media_url", &self.media_url) }
    }

    pub(crate) fn claim_every(&self) -> Duration {
        Duration::from_millis(self.claim_ms)
    }
}

impl NodeConfig {
    pub(crate) fn name(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let mut name = format!("recorder-{}", host.trim());
        name.truncate(name.floor_char_boundary(NAME_LENGTH_MAX));
        name
    }
}

fn origin(key: &'static str, text: &str) -> Result<Url, ConfigError> {
    let explain = || ConfigError::rejected(key, "http://HOST:PORT or https://HOST, without a path");
    let url: Url = text.parse().map_err(|_| explain())?;
    let is_origin = url.has_host() && url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if ["http", "https"].contains(&url.scheme()) && is_origin { Ok(url) } else { Err(explain()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_checked_at_its_limits() {
        let wrong = |change: fn(&mut RecorderConfig)| {
            let mut config = RecorderConfig::default();
            change(&mut config);
            match config.validate() {
                Err(ConfigError::Rejected { key, .. }) => key,
                other => panic!("{other:?}"),
            }
        };
        RecorderConfig::default().validate().unwrap();
        assert_eq!(wrong(|c| c.jobs.url = "ftp://school".into()), "jobs.url");
        assert_eq!(wrong(|c| c.jobs.url = "http://school/v1".into()), "jobs.url");
        assert_eq!(wrong(|c| c.jobs.media_url = "media".into()), "jobs.media_url");
        assert_eq!(wrong(|c| c.jobs.claim_ms = 99), "jobs.claim_ms");
        assert_eq!(wrong(|c| c.node.rooms_max = 0), "node.rooms_max");
        assert_eq!(wrong(|c| c.node.packagings_max = 17), "node.packagings_max");
        assert_eq!(wrong(|c| c.node.finish_s = 59), "node.finish_s");
        assert_eq!(wrong(|c| c.node.name = "n".repeat(65)), "node.name");
        assert_eq!(wrong(|c| c.spool.folder = PathBuf::new()), "spool.folder");
        assert_eq!(wrong(|c| c.spool.bytes_max = SPOOL_BYTES_MIN - 1), "spool.bytes_max");
        let name = RecorderConfig::default().node.name();
        assert!(name.starts_with("recorder-") && name.len() <= NAME_LENGTH_MAX, "{name}");
    }

    #[test]
    fn an_outage_of_the_store_of_an_hour_fits_into_the_spool() {
        // Camera, screen and sound, and a tenth for what frames and files add.
        let bps = (2_000_000 + 1_000_000 + 48_000) * 11 / 10;
        let config = RecorderConfig::default();
        assert!(config.spool.bytes_max >= bps / 8 * 3600 * config.node.rooms_max as u64);
    }
}
