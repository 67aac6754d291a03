//! Logs: one line per event on standard error, as text for people or JSON for machines.
//!
//! A line reads alone, and its identifiers are fields. Tokens, network addresses and people's names are wrapped in
//! [`Redacted`] wherever they are logged.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::str::FromStr;

use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// How lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

impl FromStr for Format {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("the format of logs is text or json"),
        }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` or `json`.
    pub format: Format,
    /// Directives of tracing's `EnvFilter`: `info`, `warn,lectern_sfu=debug`. The variable `RUST_LOG` goes before it.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: Format::Text, filter: "info".to_owned() }
    }
}

/// Starts to log. Called once, by `main`; a second call changes nothing.
///
/// # Errors
///
/// When the filter cannot be read; the text says why.
pub fn init(config: &LogConfig) -> Result<(), String> {
    let directives = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_else(|_| config.filter.clone());
    let filter = EnvFilter::try_new(&directives).map_err(|error| format!("log filter `{directives}`: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // An error here means that there is a subscriber already, as in tests.
    let _ = match config.format {
        Format::Text => builder.with_ansi(io::stderr().is_terminal()).try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Something that must not be in a log: it prints as `[redacted]`.
///
/// ```
/// use lectern_platform::log::Redacted;
/// let address = Redacted("203.0.113.7:4000");
/// assert_eq!(format!("{address} {address:?}"), "[redacted] [redacted]");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Redacted<T>(pub T);

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_filter_is_refused() {
        let config = LogConfig { filter: "lectern=shout".into(), ..LogConfig::default() };
        assert!(init(&config).unwrap_err().contains("lectern=shout"));
    }

    #[test]
    fn formats_are_text_and_json() {
        assert_eq!("text".parse(), Ok(Format::Text));
        assert_eq!("json".parse(), Ok(Format::Json));
        assert!("xml".parse::<Format>().is_err());
    }
}
