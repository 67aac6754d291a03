//! WebVTT (<https://www.w3.org/TR/webvtt1/>): what was said and asked in a class, and its chapters, by the recording's clock.
//!
//! What people wrote can end no cue and begin none: it stands in JSON on one line, in which `<`, `>` and `&` are written as
//! escapes, or as text of a cue with its own.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The longest text, in bytes; what is after it is left out.
const BYTES_MAX: usize = 8 << 20;
/// No cues.
pub(super) const NONE: &str = "WEBVTT\n";
/// How long a message is a cue of its own.
const MESSAGE_MS: i64 = 5_000;

/// What everybody could read.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) number: i64,
    pub(super) at: OffsetDateTime,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) text: String,
}

/// What was asked, and how it ended.
#[derive(Debug)]
pub(super) struct Poll {
    pub(super) opened_at: OffsetDateTime,
    pub(super) closed_at: OffsetDateTime,
    pub(super) question: String,
    pub(super) options: Vec<String>,
    pub(super) votes: Vec<i32>,
    pub(super) is_quiz: bool,
    pub(super) correct: Option<Vec<i16>>,
}

/// What the recorder has noted, of what we know.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Manifest {
    #[serde(default)]
    pub(super) marks: Vec<Mark>,
}

/// A moment of the recording.
#[derive(Debug, Deserialize)]
pub(super) struct Mark {
    at_ms: i64,
    kind: String,
}

/// A line of JSON.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Payload<'a> {
    Chat { id: i64, name: &'a str, role: &'a str, text: &'a str },
    Poll { question: &'a str, options: &'a [String], votes: &'a [i32], is_quiz: bool, correct: Option<&'a [i16]> },
}

/// Messages and polls as cues of metadata, in order of time.
pub(super) fn chat(messages: &[Message], polls: &[Poll], started_at: OffsetDateTime) -> String {
    let said = messages.iter().map(|message| {
        let Message { number, at, name, role, text } = message;
        let from_ms = offset_ms(*at, started_at);
        (from_ms, from_ms + MESSAGE_MS, Payload::Chat { id: *number, name, role, text })
    });
    let asked = polls.iter().map(|poll| {
        let from_ms = offset_ms(poll.opened_at, started_at);
        let until_ms = offset_ms(poll.closed_at, started_at).max(from_ms + 1);
        let Poll { question, options, votes, is_quiz, correct, .. } = poll;
        let correct = correct.as_deref();
        (from_ms, until_ms, Payload::Poll { question, options, votes, is_quiz: *is_quiz, correct })
    });
    let mut cues: Vec<_> = said.chain(asked).collect();
    cues.sort_by_key(|(from_ms, _, _)| *from_ms);
    let mut out = NONE.to_owned();
    for (from_ms, until_ms, payload) in cues {
        // Text and numbers serialise.
        let json = serde_json::to_string(&payload).unwrap_or_default();
        let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
        if !cue(&mut out, from_ms, until_ms, &json) {
            break;
        }
    }
    out
}

/// The parts of a class: its beginning, where screens are shown and stages are taken, and not any more, polls.
pub(super) fn chapters(marks: &[Mark], polls: &[Poll], started_at: OffsetDateTime, duration_ms: i64) -> String {
    let marked = marks.iter().filter_map(|mark| {
        let title = match mark.kind.as_str() {
            "screen_begins" => "Screen shared",
            "screen_ends" => "Screen no longer shared",
            "stage_begins" => "Somebody on stage",
            "stage_ends" => "Stage empty again",
            _ => return None,
        };
        Some((mark.at_ms.max(0), title.to_owned()))
    });
    let asked =
        polls.iter().map(|poll| (offset_ms(poll.opened_at, started_at), format!("Poll: {}", one_line(&poll.question))));
    let mut parts: Vec<_> = std::iter::once((0, "The class begins".to_owned())).chain(marked).chain(asked).collect();
    parts.sort_by_key(|(at_ms, _)| *at_ms);
    // Of those that begin at once the last one counts.
    parts.reverse();
    parts.dedup_by_key(|(at_ms, _)| *at_ms);
    parts.reverse();
    let ends: Vec<i64> = parts.iter().skip(1).map(|part| part.0).chain([duration_ms]).collect();
    let mut out = NONE.to_owned();
    for ((from_ms, title), until_ms) in parts.into_iter().zip(ends) {
        let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        if !cue(&mut out, from_ms, until_ms.max(from_ms + 1), &title) {
            break;
        }
    }
    out
}

/// Adds a cue, if there is place for it.
fn cue(out: &mut String, from_ms: i64, until_ms: i64, line: &str) -> bool {
    if out.len() + line.len() + 64 > BYTES_MAX {
        return false;
    }
    // Writing into a string does not fail.
    let _ = write!(out, "\n{} --> {}\n{line}\n", Stamp(from_ms), Stamp(until_ms));
    true
}

/// `HH:MM:SS.mmm`.
struct Stamp(i64);

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (s, ms) = (self.0 / 1_000, self.0 % 1_000);
        write!(f, "{:02}:{:02}:{:02}.{ms:03}", s / 3_600, s / 60 % 60, s % 60)
    }
}

/// From the beginning of the class; what clocks say was before it, was at its beginning.
fn offset_ms(at: OffsetDateTime, started_at: OffsetDateTime) -> i64 {
    i64::try_from((at - started_at).whole_milliseconds()).unwrap_or_default().max(0)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started_at() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
    }

    fn message(number: i64, after_ms: i64, text: &str) -> Message {
        let at = started_at() + time::Duration::milliseconds(after_ms);
        Message { number, at, name: "A & <b>".into(), role: "student".into(), text: text.into() }
    }

    fn poll(after_s: i64, question: &str) -> Poll {
        let opened_at = started_at() + time::Duration::seconds(after_s);
        let (options, votes) = (vec!["a".into(), "b".into()], vec![2, 1]);
        Poll {
            opened_at,
            closed_at: opened_at,
            question: question.into(),
            options,
            votes,
            is_quiz: false,
            correct: None,
        }
    }

    #[test]
    fn what_people_write_ends_no_cue_and_begins_none() {
        let hostile = "x\n\n00:00:00.000 --> 00:00:09.000\r\n<v Root>&amp; -->\u{2028}\n";
        let text =
            chat(&[message(2, 3_723_004, hostile), message(1, -50, "first")], &[poll(7, "Q\n-->?")], started_at());
        let blocks: Vec<&str> = text.trim_end().split("\n\n").collect();
        assert_eq!(blocks.len(), 4, "{text}");
        assert_eq!(blocks[0], "WEBVTT");
        for block in &blocks[1..] {
            let (times, json) = block.split_once('\n').unwrap();
            assert_eq!((times.matches("-->").count(), json.matches("-->").count()), (1, 0));
            assert!(!json.contains(['\n', '\r', '<', '>', '&']), "{json}");
        }
        assert!(blocks[1].starts_with("00:00:00.000 --> 00:00:05.000\n"), "{text}");
        let (times, json) = blocks[3].split_once('\n').unwrap();
        assert_eq!(times, "01:02:03.004 --> 01:02:08.004");
        let read: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!((&read["kind"], &read["text"], &read["name"]), (&"chat".into(), &hostile.into(), &"A & <b>".into()));
        let read: serde_json::Value = serde_json::from_str(blocks[2].split_once('\n').unwrap().1).unwrap();
        assert_eq!((&read["kind"], &read["votes"]), (&"poll".into(), &serde_json::json!([2, 1])));
    }

    #[test]
    fn chapters_follow_each_other_to_the_end() {
        let marks: Manifest = serde_json::from_str(
            r#"{"version": 1, "marks": [{"at_ms": 4000, "kind": "screen_begins"}, {"at_ms": 9000, "kind": "screen_ends"},
                {"at_ms": 5000, "kind": "camera_begins"}, {"at_ms": 12000, "kind": "stage_begins"},
                {"at_ms": 13000, "kind": "stage_ends"}, {"at_ms": 14000, "kind": "what_comes_later"}]}"#,
        )
        .unwrap();
        let text = chapters(&marks.marks, &[poll(4, "Why\n<b>?"), poll(20, "Last")], started_at(), 15_000);
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "WEBVTT",
                "00:00:00.000 --> 00:00:04.000",
                "The class begins",
                "00:00:04.000 --> 00:00:09.000",
                "Poll: Why &lt;b&gt;?",
                "00:00:09.000 --> 00:00:12.000",
                "Screen no longer shared",
                "00:00:12.000 --> 00:00:13.000",
                "Somebody on stage",
                "00:00:13.000 --> 00:00:20.000",
                "Stage empty again",
                "00:00:20.000 --> 00:00:20.001",
                "Poll: Last",
            ]
        );
    }

    #[test]
    fn a_text_has_a_bound() {
        let many: Vec<Message> = (0..6_000).map(|number| message(number, number, &"&".repeat(2_000))).collect();
        let text = chat(&many, &[], started_at());
        assert!(text.len() <= BYTES_MAX && text.ends_with("}\n"));
    }
}
