//! The room: what may be done in it, and what that changes.
//!
//! [`RoomState`] is a fold over the room's log. [`RoomState::decide`] turns a request into entries, on the state as it is;
//! [`RoomState::apply`] takes an entry of the log in, and says who is told what. Time comes with the call, and nothing here
//! is random: every node that applies the same log has the same room.

mod actor;
mod applied;
mod decision;
mod entry;
mod limits;
pub mod permission;
mod person_map;
pub mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use lectern_platform::media_bus::MediaPolicy;
use lectern_room_protocol::{Action, Code, Notice, Person, Role, Settings, Snapshot, Tally, You};
use serde::{Deserialize, Serialize};

pub use actor::Actor;
pub use applied::{Applied, Audience, Effect};
pub use decision::{Decision, Refusal, ReplyKind};
pub use entry::{DecodeError, Entry, EntryKind, decode, encode};
pub use limits::RoomLimits;
pub use person_map::Str;

/// A room at one number of its log. Cheap to clone: what is large is shared until it is changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomState {
    #[serde(skip)]
    limits: Arc<RoomLimits>,
    /// The number of the last entry.
    seq: u64,
    settings: Settings,
}

/// Whether somebody may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    In {
        /// What they are here.
        role: Role,
    },
    /// Yes, once the entry is committed.
    New {
        /// What they are here.
        role: Role,
        /// That they are here.
        entry: Entry,
    },
    /// Not before a moderator admits them.
    Wait,
    /// No.
    Refused(Code),
}

/// Why a saved state cannot be used. The log is read from its beginning, or the room begins anew.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Not a saved room, or one of a later release.
    #[error("not a saved room: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Saved at another number than the one it is kept under.
    #[error("saved at {found}, kept as {expected}")]
    Number {
        /// What it says.
        found: u64,
        /// What it should say.
        expected: u64,
    },
}

impl RoomState {
    /// An empty room.
    #[must_use]
    pub fn new(limits: RoomLimits) -> Self {
        Self { limits: Arc::new(limits), seq: 0, settings: Settings::default() }
    }

    /// A saved room. The limits are not saved.
    ///
    /// # Errors
    ///
    /// As [`RestoreError`] says.
    pub fn restore(limits: RoomLimits, saved: &[u8], seq: u64) -> Result<Self, RestoreError> {
        let mut state: Self = serde_json::from_slice(saved)?;
        if state.seq != seq {
            return Err(RestoreError::Number { found: state.seq, expected: seq });
        }
        state.limits = Arc::new(limits);
        Ok(state)
    }

    /// The room, to be [restored](Self::restore): the same bytes wherever the same log was applied.
    ///
    /// # Panics
    ///
    /// Never: the room has a form in JSON.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the room has a form in JSON")
    }

    /// The number of the last entry that was applied.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether somebody may come in, and what has to be appended for it.
    #[must_use]
    pub fn admission(&self, actor: &Actor, now_ms: u64) -> Admission {
        let _ = now_ms;
        Admission::In { role: actor.role }
    }

    /// As [`admission`](Self::admission), for somebody whom a moderator lets in: neither the lock nor the waiting room holds.
    #[must_use]
    pub fn admit(&self, actor: &Actor, now_ms: u64) -> Admission {
        self.admission(actor, now_ms)
    }

    /// What somebody is here.
    #[must_use]
    pub fn role_of(&self, actor: &Actor) -> Role {
        actor.role
    }

    /// What a request comes to. The entries hold for this state only: append them right after its last entry, or decide again.
    ///
    /// # Errors
    ///
    /// Why it is not done.
    pub fn decide(&self, _actor: &Actor, _action: &Action, _now_ms: u64) -> Result<Decision, Refusal> {
        Err(Code::NotAllowed.into())
    }

    /// Takes the next entry of the log in. An entry that makes no sense any more takes its number, and nothing else happens.
    pub fn apply(&mut self, entry: &Entry) -> Applied {
        self.seq += 1;
        Applied { seq: self.seq, prev: 0, at_ms: entry.at_ms, told: Vec::new(), effects: Vec::new() }
    }

    /// What time alone brings about: the end of a timed poll. Any node may append it.
    #[must_use]
    pub fn due(&self, _now_ms: u64) -> Vec<Entry> {
        Vec::new()
    }

    /// When there will be something [due](Self::due).
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        None
    }

    /// What to append about people who are not here (any more): their hands, invitations and places on stage.
    #[must_use]
    pub fn absent(&self, _present: &dyn Fn(&str) -> bool, _now_ms: u64) -> Vec<Entry> {
        Vec::new()
    }

    /// The room for one reader.
    #[must_use]
    pub fn snapshot_for(&self, _actor: &Actor, notices: Vec<Notice>) -> Snapshot {
        Snapshot {
            settings: self.settings.clone(),
            stage: Vec::new(),
            stage_places: self.limits.stage_places,
            muted: Vec::new(),
            co_tutors: Vec::new(),
            poll: None,
            outcome: None,
            pinned: Vec::new(),
            chat: Vec::new(),
            chat_more: false,
            hand: false,
            invited: false,
            hands: Vec::new(),
            invitations: Vec::new(),
            notices,
        }
    }

    /// What the reader is here.
    #[must_use]
    pub fn you(&self, actor: &Actor) -> You {
        let role = self.role_of(actor);
        let person = Person { id: actor.id.clone(), name: actor.name.clone(), role };
        You { person, rights: permission::rights(role) }
    }

    /// The open poll, its tally, and who may see it.
    #[must_use]
    pub fn tally(&self) -> Option<(u64, Tally, Audience)> {
        None
    }

    /// How many reacted to a message that everybody may see, by emoji.
    #[must_use]
    pub fn chat_reactions(&self, _message: u64) -> BTreeMap<String, u32> {
        BTreeMap::new()
    }

    /// What somebody is told after a question of the quiz was closed; nothing, if that was none, or not the last poll.
    #[must_use]
    pub fn quiz_score(&self, _person: &str, _poll: u64) -> Option<Notice> {
        None
    }

    /// What the media servers may let happen.
    #[must_use]
    pub fn media_policy(&self, epoch: &str) -> MediaPolicy {
        MediaPolicy { epoch: epoch.to_owned(), seq: self.seq, ..MediaPolicy::default() }
    }

    /// Whether the class is over.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        false
    }

    /// How things are set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether somebody's hand is up.
    #[must_use]
    pub fn hand_of(&self, _person: &str) -> bool {
        false
    }

    /// Somebody's place on stage.
    #[must_use]
    pub fn place_of(&self, _person: &str) -> Option<u8> {
        None
    }

    /// Whether somebody is muted.
    #[must_use]
    pub fn is_muted(&self, _person: &str) -> bool {
        false
    }

    /// Who is banned, in the order of their ids.
    #[must_use]
    pub fn banned(&self) -> Vec<Person> {
        Vec::new()
    }
}
