//! The entries of a room's log. Whoever applies the same entries in the same order has the same room.

use bytes::Bytes;
use lectern_room_protocol::{Person, PollOpen, Recipient, Settings};
use serde::{Deserialize, Serialize};

use super::person_map::Str;

/// The version of the entries' form. A node reads all versions up to its own.
const VERSION: u8 = 1;

/// One entry. Its number is its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was made, in milliseconds since 1970, by the clock of the node that made it.
    #[serde(rename = "t")]
    pub at_ms: u64,
    /// What happened.
    #[serde(rename = "k")]
    pub kind: EntryKind,
}

/// What happened. The names in the log are short: thousands of votes come in a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the event or request of the same name")]
pub enum EntryKind {
    /// Somebody is here for the first time, or with another name or role than before.
    #[serde(rename = "join")]
    Joined { person: Person, issued_at_s: u64 },
    #[serde(rename = "chat")]
    ChatPosted {
        from: Person,
        to: Recipient,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<String>,
        key: String,
    },
    #[serde(rename = "edit")]
    ChatEdited { message: u64, text: String },
    #[serde(rename = "delete")]
    ChatDeleted { message: u64, by: String },
    #[serde(rename = "react")]
    ChatReacted { message: u64, person: Str, emoji: String, on: bool },
    #[serde(rename = "pin")]
    ChatPinned { message: u64, on: bool },
    #[serde(rename = "settings")]
    SettingsChanged { settings: Settings, by: String },
    #[serde(rename = "poll")]
    PollOpened { open: PollOpen },
    /// A vote; bit `n` of `o` is option `n`.
    #[serde(rename = "v")]
    Voted {
        #[serde(rename = "p")]
        poll: u64,
        #[serde(rename = "w")]
        person: Str,
        #[serde(rename = "o")]
        choice: u16,
    },
    #[serde(rename = "close")]
    PollClosed { poll: u64 },
    #[serde(rename = "quiz_reset")]
    QuizReset,
    #[serde(rename = "hand")]
    HandRaised { person: Person },
    #[serde(rename = "hand_down")]
    HandLowered { person: String },
    #[serde(rename = "invite")]
    StageInvited { person: Person },
    #[serde(rename = "decline")]
    StageDeclined { person: String },
    #[serde(rename = "stage")]
    StageJoined { person: Person, place: u8 },
    #[serde(rename = "stage_left")]
    StageLeft { person: String },
    #[serde(rename = "mute")]
    Muted { person: String, on: bool },
    /// Somebody was sent away: tokens issued until then are good no more.
    #[serde(rename = "remove")]
    Removed { person: Person, by: lectern_room_protocol::Role, until_s: u64 },
    /// Somebody was sent away for good.
    #[serde(rename = "ban")]
    Banned { person: Person, by: lectern_room_protocol::Role },
    #[serde(rename = "unban")]
    Unbanned { person: String },
    #[serde(rename = "co_tutor")]
    CoTutorChanged { person: String, on: bool },
    #[serde(rename = "admit")]
    Admitted { person: String },
    #[serde(rename = "admit_all")]
    AllAdmitted,
    /// Nobody lets a class that ended for good go on.
    #[serde(rename = "end")]
    Ended {
        by: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        for_good: bool,
    },
    #[serde(rename = "reopen")]
    Reopened { by: String },
}

/// Why the entries of a commit cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A later release wrote them. This node cannot go on with the room; a newer one can.
    #[error("entries of version {0}, which is newer than {VERSION}")]
    Newer(u8),
    /// Not entries.
    #[error("not entries of a room: {0}")]
    Malformed(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Written<'a> {
    v: u8,
    e: &'a [Entry],
}

#[derive(Deserialize)]
struct Version {
    v: u8,
}

#[derive(Deserialize)]
struct Read {
    v: u8,
    e: Vec<Entry>,
}

/// The payload of a commit.
///
/// # Panics
///
/// Never: entries have a form in JSON.
#[must_use]
pub fn encode(entries: &[Entry]) -> Bytes {
    serde_json::to_vec(&Written { v: VERSION, e: entries }).expect("entries have a form in JSON").into()
}

/// The entries of a commit's payload.
///
/// # Errors
///
/// As [`DecodeError`] says.
pub fn decode(payload: &[u8]) -> Result<Vec<Entry>, DecodeError> {
    match serde_json::from_slice::<Read>(payload) {
        Ok(read) if read.v > VERSION => Err(DecodeError::Newer(read.v)),
        Ok(read) => Ok(read.e),
        // Whether it is the version, or nonsense.
        Err(error) => match serde_json::from_slice::<Version>(payload) {
            Ok(Version { v }) if v > VERSION => Err(DecodeError::Newer(v)),
            _ => Err(error.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_were_written() {
        let entries = [
            Entry { at_ms: 5, kind: EntryKind::Voted { poll: 7, person: "p".into(), choice: 3 } },
            Entry { at_ms: 6, kind: EntryKind::QuizReset },
        ];
        let payload = encode(&entries);
        assert_eq!(decode(&payload).unwrap(), entries);
        // The form that the log of the last release has.
        assert_eq!(&payload[..], br#"{"v":1,"e":[{"t":5,"k":{"v":{"p":7,"w":"p","o":3}}},{"t":6,"k":"quiz_reset"}]}"#);
    }

    #[test]
    fn a_later_release_is_told_from_nonsense() {
        let later = br#"{"v":2,"e":[{"t":5,"k":{"hologram":{}}}]}"#;
        assert!(matches!(decode(later), Err(DecodeError::Newer(2))));
        // Even where it looks alike.
        assert!(matches!(decode(br#"{"v":2,"e":[]}"#), Err(DecodeError::Newer(2))));
        for nonsense in [&b""[..], b"{}", b"[]", br#"{"v":1,"e":[{"t":5,"k":"hologram"}]}"#, b"\xff"] {
            assert!(matches!(decode(nonsense), Err(DecodeError::Malformed(_))), "{nonsense:?}");
        }
    }
}
