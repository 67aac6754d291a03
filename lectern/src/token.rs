//! `lectern token`: a token for one person and one room.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use lectern_platform::config::ConfigError;
use lectern_platform::token::{Claims, Role, TokenSigner};

/// The longest that a token may be good for: a term. Whoever needs more makes a new one.
const LIFETIME_MAX: Duration = Duration::from_secs(366 * 24 * 3600);

/// What `lectern token` takes.
#[derive(Args)]
pub(crate) struct TokenArguments {
    /// The data folder of `lectern dev`, with its key.
    #[arg(long, value_name = "DIR", default_value = ".lectern")]
    data: PathBuf,
    /// The room: 1 to 64 letters, digits, hyphens and underscores.
    #[arg(long)]
    room: String,
    /// student, tutor or admin.
    #[arg(long)]
    role: Role,
    /// The person's name, as others see it.
    #[arg(long)]
    name: String,
    /// The person's id; made up when absent.
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// The sources that may be published, of camera, screen, stage/1 to stage/99, or nothing. By default a tutor's
    /// are camera and screen, and others have none.
    #[arg(long, value_name = "SOURCE,…", value_delimiter = ',')]
    publish: Option<Vec<String>>,
    /// How long it is good: a number with s, m, h or d; 366d at most.
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = parse_lifetime)]
    expires: Duration,
}

/// Where a data folder keeps its keys.
pub(crate) fn key_folder(data: &Path) -> PathBuf {
    data.join("keys")
}

pub(crate) fn run(arguments: &TokenArguments) -> ExitCode {
    match issue(arguments) {
        Ok(token) => {
            println!("{token}");
            ExitCode::SUCCESS
        }
        Err(error) => error.exit(),
    }
}

fn issue(arguments: &TokenArguments) -> Result<String, ConfigError> {
    let signer = TokenSigner::open(&key_folder(&arguments.data)).map_err(|error| {
        ConfigError::rejected("--data", format!("{error}; `lectern dev --data DIR` makes a key when it first starts"))
    })?;
    let person = arguments.person.clone().unwrap_or_else(|| format!("{:016x}", rand::random::<u64>()));
    let mut claims = Claims::issue(&arguments.room, &person, &arguments.name, arguments.role, arguments.expires);
    if let Some(sources) = &arguments.publish {
        claims = claims.with_publish(sources.iter().filter(|source| !source.is_empty()).cloned());
    }
    signer.sign(&claims).map_err(|error| ConfigError::rejected("token", error.to_string()))
}

fn parse_lifetime(text: &str) -> Result<Duration, String> {
    let explain = || "a number with s, m, h or d, up to 366d: 90m, 12h".to_owned();
    let unit_at = text.len().saturating_sub(1);
    let (number, unit) = text.split_at_checked(unit_at).ok_or_else(explain)?;
    let seconds_per_unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return Err(explain()),
    };
    let number: u64 = number.parse().map_err(|_| explain())?;
    let lifetime = number.checked_mul(seconds_per_unit).map(Duration::from_secs).ok_or_else(explain)?;
    if lifetime.is_zero() || lifetime > LIFETIME_MAX { Err(explain()) } else { Ok(lifetime) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_a_number_with_a_unit_within_a_year() {
        for (text, seconds) in [("1s", 1), ("90m", 5400), ("12h", 43_200), ("366d", 31_622_400)] {
            assert_eq!(parse_lifetime(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "s", "0s", "12", "12w", "-1h", "1.5h", "367d", "99999999999999999999d", "9999999999999999999d", "5ü"]
        {
            assert!(parse_lifetime(text).is_err(), "{text}");
        }
    }
}
