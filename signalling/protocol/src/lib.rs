//! `lectern.v1`: what a participant and the room's server say to each other, one JSON object in each WebSocket text frame.
//!
//! A client opens `GET /v1/rooms/{room}/ws` with the subprotocol [`SUBPROTOCOL`] and says [`Join`] first. From then on it
//! sends [`Request`]s, each of which is answered once, by [`ServerMessage::Ok`] or [`ServerMessage::Refused`], and
//! gets the room's [`Event`]s, numbered, and [`Notice`]s, which are not: a later notice of a kind replaces an earlier one.
//! `docs/signalling.md` tells the whole story; `lectern.v1.schema.json` beside this crate is made from these types.
//!
//! Unknown members of an object are ignored, so that either side may be the newer one. Times are milliseconds since
//! 1970 by the server's clock. Text is text: whoever shows it must not read markup in it.

#![forbid(unsafe_code)]

mod chat;
mod message;
mod people;
mod poll;
mod refusal;
mod request;

pub use chat::{ChatMessage, ChatPage, Recipient};
pub use message::{Event, MediaState, Notice, PublishedSource, ServerMessage, Settings, Snapshot, StagePlace, You};
pub use people::{Hand, Person, Role, RosterEntry, RosterFilter, RosterPage};
pub use poll::{Leader, Poll, PollOpen, PollOutcome, PollResults, PollState, Quiz, Tally, Voter, VoterPage};
pub use refusal::Code;
pub use request::{Action, ActionName, Join, Reply, Request, Resume, SettingsChange};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The WebSocket subprotocol (RFC 6455 section 1.9).
pub const SUBPROTOCOL: &str = "lectern.v1";

/// Limits of single fields, in Unicode scalar values unless named otherwise. Both sides hold to them.
pub mod limits {
    /// The longest frame that a client may send, in bytes.
    pub const FRAME_BYTES_MAX: usize = 16 * 1024;
    /// The longest chat message.
    pub const CHAT_TEXT_MAX: usize = 2_000;
    /// The longest question of a poll.
    pub const QUESTION_MAX: usize = 500;
    /// The longest option of a poll.
    pub const OPTION_MAX: usize = 200;
    /// The fewest options of a poll.
    pub const OPTIONS_MIN: usize = 2;
    /// The most options of a poll.
    pub const OPTIONS_MAX: usize = 10;
    /// The longest a timed poll runs, in seconds.
    pub const POLL_SECONDS_MAX: u32 = 3_600;
    /// The longest slow mode, in seconds.
    pub const SLOW_MODE_S_MAX: u32 = 600;
    /// The most people that one message mentions.
    pub const MENTIONS_MAX: usize = 10;
    /// The longest emoji, in bytes: a family with skin tones.
    pub const EMOJI_BYTES_MAX: usize = 40;
    /// The longest key of a chat message, in bytes.
    pub const KEY_BYTES_MAX: usize = 36;
    /// The most entries of one page, of chat, roster or voters.
    pub const PAGE_MAX: u32 = 100;
    /// The longest search for a name.
    pub const SEARCH_MAX: usize = 100;
}

/// Everything that crosses the wire, so that one schema document names it all.
#[derive(JsonSchema, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Wire {
    /// The first message of a client.
    Join(Join),
    /// Every further message of a client.
    Request(Request),
    /// Every message of the server.
    Server(ServerMessage),
    /// What [`ServerMessage::Ok`] may carry.
    Reply(Reply),
}

/// The JSON Schema (draft 2020-12) of [`Wire`].
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Wire).to_value()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_schema_beside_this_crate_is_that_of_these_types() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lectern.v1.schema.json");
        let mut now = serde_json::to_string_pretty(&super::schema()).unwrap();
        now.push('\n');
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == now,
            "run: UPDATE_SCHEMA=1 cargo test --release -p lectern-room-protocol, then npm run protocol in web/packages/client"
        );
    }
}
