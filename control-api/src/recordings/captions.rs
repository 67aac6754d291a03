//! Captions of a recording: what a tutor sends, and what is wrong with it.
//!
//! They are WebVTT (<https://www.w3.org/TR/webvtt1/>), kept as they came. Players are lenient and show what they understand; a
//! tutor is told which line it is that they would not.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::courses::title_line;

/// Languages of one recording.
pub(super) const LANGUAGES_MAX: i64 = 20;
/// Of one file.
const BYTES_MAX: usize = 2 << 20;
/// A body may have an escape for each of the file's bytes.
pub(super) const BODY_BYTES_MAX: usize = 2 * BYTES_MAX + 4096;
/// Of one file; an hour of talk has about a thousand.
const CUES_MAX: usize = 20_000;

/// Captions in one language.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCaptions {
    /// What people call the language, 1 to 120 characters.
    #[garde(custom(title_line))]
    pub(super) label: String,
    /// WebVTT, at most 2 MiB, with its cues in order of time.
    #[garde(custom(web_vtt))]
    pub(super) text: String,
}

/// What there is of captions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Captions {
    /// As BCP 47 writes it: `en`, `pt-BR`.
    pub(super) language: String,
    /// What people call it.
    pub(super) label: String,
    /// Length of the file.
    pub(super) bytes: i32,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) changed_at: OffsetDateTime,
}

/// Those of a recording, by language.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaptionsList {
    pub(super) items: Vec<Captions>,
}

/// Captions that a player can show.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaptionsOffer {
    /// As BCP 47 writes it.
    pub(super) language: String,
    /// What people call it.
    pub(super) label: String,
    /// WebVTT.
    pub(super) url: String,
}

/// Whether it names a language, as far as it can be told without a list of all: `en`, `pt-BR`, `zh-Hant-TW` (BCP 47).
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let is_primary = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    is_primary
        && text.len() <= 24
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn web_vtt(text: &str, (): &()) -> garde::Result {
    check(text).map_err(garde::Error::new)
}

/// What is wrong first.
fn check(text: &str) -> Result<(), String> {
    if text.len() > BYTES_MAX {
        return Err(format!("at most {BYTES_MAX} bytes"));
    }
    if text.contains('\0') {
        return Err("text without NUL characters".to_owned());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.split(['\r', '\n']).next().unwrap_or_default();
    if head.strip_prefix("WEBVTT").is_none_or(|rest| !(rest.is_empty() || rest.starts_with([' ', '\t']))) {
        return Err("WebVTT: its first line begins with `WEBVTT`".to_owned());
    }
    let (mut cues, mut before_ms) = (0, 0);
    for (index, line) in text.replace("\r\n", "\n").replace('\r', "\n").lines().enumerate() {
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let number = index + 1;
        let until = rest.split_whitespace().next().unwrap_or_default();
        let (Some(from_ms), Some(until_ms)) = (stamp_ms(from.trim()), stamp_ms(until)) else {
            return Err(format!("WebVTT: line {number} needs times as 00:01:02.345 --> 00:01:04.000"));
        };
        if until_ms <= from_ms {
            return Err(format!("WebVTT: line {number} needs an end after its beginning"));
        }
        if from_ms < before_ms {
            return Err(format!("WebVTT: line {number} needs a beginning that is not before the one above it"));
        }
        (cues, before_ms) = (cues + 1, from_ms);
        if cues > CUES_MAX {
            return Err(format!("at most {CUES_MAX} texts"));
        }
    }
    if cues == 0 { Err("WebVTT with at least one text and its times".to_owned()) } else { Ok(()) }
}

/// `HH:MM:SS.mmm`, with hours or without (section 4.3).
fn stamp_ms(text: &str) -> Option<u64> {
    let (rest, ms) = text.rsplit_once('.')?;
    let mut parts = rest.rsplit(':');
    let (seconds, minutes, hours) = (parts.next()?, parts.next()?, parts.next());
    let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        let good = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        good.then(|| text.parse::<u64>().ok()).flatten()
    };
    let below_60 = |text| digits(text, 2..=2).filter(|number| *number < 60);
    let hours = hours.map_or(Some(0), |hours| digits(hours, 2..=4))?;
    let whole = (hours * 60 + below_60(minutes)?) * 60 + below_60(seconds)?;
    parts.next().is_none().then_some(whole * 1_000 + digits(ms, 3..=3)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_players_understand_is_taken() {
        for good in [
            "WEBVTT\n\n00:01.000 --> 00:02.000\nHello",
            "\u{feff}WEBVTT - English\r\n\r\nNOTE made by hand\r\n\r\nintro\r\n00:00:01.000 --> 00:00:02.000 line:0\r\nHello\r\n",
            "WEBVTT\n\n00:01.000 --> 00:05.000\nA\n\n00:01.000 --> 00:02.000\nB, at once",
            "WEBVTT\n\n100:00:00.000 --> 100:00:00.001\nlong after",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_they_would_not_is_named_by_its_line() {
        let cue = |times: &str| format!("WEBVTT\n\n{times}\nHello\n");
        for (wrong, what) in [
            (String::new(), "WEBVTT"),
            ("1\n00:00:01,000 --> 00:00:02,000\nSubRip".to_owned(), "WEBVTT"),
            ("WEBVTTT\n\n00:01.000 --> 00:02.000\nx".to_owned(), "WEBVTT"),
            ("WEBVTT\n\nno times".to_owned(), "at least one"),
            (cue("00:00:01,000 --> 00:00:02,000"), "line 3 needs times"),
            (cue("00:61.000 --> 01:02.000"), "line 3 needs times"),
            (cue("1:00.000 --> 1:02.000"), "line 3 needs times"),
            (cue("00:01.000 -->"), "line 3 needs times"),
            (cue("00:02.000 --> 00:02.000"), "line 3 needs an end"),
            (cue("00:02.000 --> 00:03.000\nA\n\n00:01.000 --> 00:03.000"), "line 6 needs a beginning"),
            (format!("WEBVTT\n{}", "\n00:01.000 --> 00:02.000\nx\n".repeat(CUES_MAX + 1)), "at most 20000"),
            (format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "x".repeat(BYTES_MAX)), "bytes"),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n\0".to_owned(), "NUL"),
        ] {
            let error = check(&wrong).unwrap_err();
            assert!(error.contains(what), "{error} is not about {what}");
        }
    }

    #[test]
    fn languages() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "gsw", "de-1996"] {
            assert!(is_language(good), "{good}");
        }
        for wrong in
            ["", "e", "EN", "english", "en-", "en-x", "en_GB", "en-GB/..", "de-123456789", "zh-Hant-TW-aaaaaaaa-bbbbb"]
        {
            assert!(!is_language(wrong), "{wrong}");
        }
    }
}
