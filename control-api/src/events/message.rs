//! What nodes tell each other on [`Topic::School`](lectern_platform::bus::Topic::School), and what of it stands in a stream.
//!
//! A message is a JSON array of [`Sent`] events, or the bytes of [`Moved`] progress, which are many and small: each kind has a
//! first byte of its own. What a newer node says and this one does not understand is passed over.

use std::fmt::Write as _;

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::event::Audience;

/// The first byte of [`Moved`] progress.
const MOVED: u8 = b'p';
/// Bytes of one [`Moved`].
const MOVED_BYTES: usize = 3 * 16 + 3 * 4;

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sent {
    /// The row's number. Numbers are given before the commit, so a smaller one may come later.
    pub(super) id: i64,
    /// Whom it is about.
    pub(super) person: Option<Uuid>,
    /// In which course it happened.
    pub(super) course: Option<Uuid>,
    /// Who learns of it.
    pub(super) audience: Audience,
    /// What happened.
    pub(super) kind: String,
    /// The whole event.
    pub(super) event: Value,
}

/// Somebody's progress in a lesson, of which another whole percent was watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Who.
    pub(crate) person: Uuid,
    /// In which course.
    pub(crate) course: Uuid,
    /// In which lesson.
    pub(crate) lesson: Uuid,
    /// Where they are, seconds.
    pub(crate) position_s: u32,
    /// How much they watched, seconds.
    pub(crate) watched_s: u32,
    /// How long the video is, seconds.
    pub(crate) video_s: u32,
}

/// What came over the bus.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// In the order of their ids.
    Events(Vec<Sent>),
    /// Of many people.
    Moved(Vec<Moved>),
}

impl Message {
    /// As it came over the bus; `None` for what this node does not understand.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first() {
            Some((&MOVED, entries)) => Some(Self::Moved(entries.chunks_exact(MOVED_BYTES).map(Moved::read).collect())),
            _ => serde_json::from_slice(bytes).ok().map(Self::Events),
        }
    }
}

/// Events for the bus.
pub(super) fn write_events(events: &[Sent]) -> Bytes {
    // Numbers, texts and JSON: they serialise.
    serde_json::to_vec(events).unwrap_or_default().into()
}

/// Progress for the bus.
pub(super) fn write_moved(moved: &[Moved]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(1 + moved.len() * MOVED_BYTES);
    bytes.put_u8(MOVED);
    for one in moved {
        for id in [one.person, one.course, one.lesson] {
            bytes.put_slice(id.as_bytes());
        }
        for seconds in [one.position_s, one.watched_s, one.video_s] {
            bytes.put_u32(seconds);
        }
    }
    bytes.freeze()
}

impl Moved {
    fn read(entry: &[u8]) -> Self {
        let id = |at: usize| Uuid::from_slice(&entry[at..at + 16]).unwrap_or_default();
        let number = |at: usize| entry[at..at + 4].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        Self {
            person: id(0),
            course: id(16),
            lesson: id(32),
            position_s: number(48),
            watched_s: number(52),
            video_s: number(56),
        }
    }

    /// As it stands in a stream: without an id, for it cannot be had again.
    pub(super) fn write_frame(&self, frame: &mut String) {
        let Self { person, course, lesson, position_s, watched_s, video_s } = self;
        let data = json!({ "kind": "progress.moved", "person": person, "course": course, "lesson": lesson,
                           "position_s": position_s, "watched_s": watched_s, "video_s": video_s });
        // Writing to a text does not fail.
        let _ = write!(frame, "event: progress.moved\ndata: {data}\n\n");
    }
}

impl Sent {
    /// As it stands in a stream. JSON has no line breaks outside of its texts, where they are escaped.
    pub(super) fn frame(&self) -> Bytes {
        format!("id: {}\nevent: {}\ndata: {}\n\n", self.id, self.kind, self.event).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let moved = |n: u32| Moved {
            person: Uuid::now_v7(),
            course: Uuid::now_v7(),
            lesson: Uuid::now_v7(),
            position_s: n,
            watched_s: 86_400,
            video_s: u32::MAX,
        };
        let all: Vec<_> = (0..3).map(moved).collect();
        assert_eq!(Message::read(&write_moved(&all)), Some(Message::Moved(all)));
        let sent = Sent {
            id: 7,
            person: None,
            course: Some(Uuid::now_v7()),
            audience: Audience::Course,
            kind: "course.changed".to_owned(),
            event: json!({ "kind": "course.changed", "text": "two\nlines" }),
        };
        let frame = String::from_utf8(sent.frame().to_vec()).unwrap();
        assert_eq!(frame.lines().count(), 4, "{frame}");
        assert_eq!(Message::read(&write_events(std::slice::from_ref(&sent))), Some(Message::Events(vec![sent])));
    }

    #[test]
    fn what_another_version_says_is_passed_over() {
        for bytes in [&b""[..], b"?", b"{}", b"[{\"id\": 1}]"] {
            assert_eq!(Message::read(bytes), None, "{bytes:?}");
        }
        assert_eq!(Message::read(b"pcut off"), Some(Message::Moved(Vec::new())));
    }
}
