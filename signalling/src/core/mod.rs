//! The room: what may be done in it, and what that changes.
//!
//! [`RoomState`] is a fold over the room's log. [`RoomState::decide`] turns a request into entries, on the state as it is;
//! [`RoomState::apply`] takes an entry of the log in, and says who is told what. Time comes with the call, and nothing here
//! is random: every node that applies the same log has the same room.

mod actor;
mod applied;
mod chat;
mod decision;
mod emoji;
mod entry;
mod hands;
mod limits;
mod member;
mod moderation;
mod pace;
pub mod permission;
mod person_map;
mod poll;
mod report;
mod shared;
mod stage;
pub mod text;
mod view;

#[cfg(test)]
mod classroom;

use std::sync::Arc;

use lectern_room_protocol::{Code, Role, Settings};
use serde::{Deserialize, Serialize};

pub use actor::{Actor, role_of_token};
pub use applied::{Applied, Audience, Effect};
pub use decision::{Decision, Refusal, ReplyKind};
pub use emoji::is_emoji;
pub use entry::{DecodeError, Entry, EntryKind, decode, encode};
pub use limits::RoomLimits;
pub use person_map::Str;

use applied::Change;
use chat::{Chat, Message};
use hands::Hands;
use member::Member;
use moderation::Moderation;
use person_map::PersonMap;
use poll::{ClosedPoll, Leaderboard, OpenPoll, PastPolls};
use shared::Shared;
use stage::Stage;

/// The version of a saved room's form. A node reads all versions up to its own.
const VERSION: u8 = 1;

/// A room at one number of its log. Cheap to clone: what is large is shared until it is changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomState {
    #[serde(skip)]
    limits: Arc<RoomLimits>,
    version: u8,
    /// The number of the last entry.
    seq: u64,
    /// The number of the last entry that everybody was told.
    told_seq: u64,
    settings: Settings,
    members: Shared<PersonMap<Member>>,
    moderation: Shared<Moderation>,
    chat: Shared<Chat>,
    hands: Shared<Hands>,
    stage: Shared<Stage>,
    poll: Option<Shared<OpenPoll>>,
    outcome: Option<Shared<ClosedPoll>>,
    #[serde(default)]
    past_polls: Shared<PastPolls>,
    leaderboard: Shared<Leaderboard>,
    ended: bool,
    /// Whether it has for good.
    #[serde(default)]
    for_good: bool,
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

/// Why a saved room cannot be used. The log is read from its beginning, or the room begins anew.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A later release saved it. This node cannot go on with the room; a newer one can.
    #[error("a room of version {0}, which is newer than {VERSION}")]
    Newer(u8),
    /// Not a saved room.
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

#[derive(Deserialize)]
struct SavedVersion {
    version: u8,
}

impl RoomState {
    /// An empty room.
    #[must_use]
    pub fn new(limits: RoomLimits) -> Self {
        Self {
            limits: Arc::new(limits),
            version: VERSION,
            seq: 0,
            told_seq: 0,
            settings: Settings::default(),
            members: Shared::default(),
            moderation: Shared::default(),
            chat: Shared::default(),
            hands: Shared::default(),
            stage: Shared::default(),
            poll: None,
            outcome: None,
            past_polls: Shared::default(),
            leaderboard: Shared::default(),
            ended: false,
            for_good: false,
        }
    }

    /// A saved room. The limits are not saved.
    ///
    /// # Errors
    ///
    /// As [`RestoreError`] says.
    pub fn restore(limits: RoomLimits, saved: &[u8], seq: u64) -> Result<Self, RestoreError> {
        let mut room: Self = serde_json::from_slice(saved).map_err(|error| match serde_json::from_slice(saved) {
            Ok(SavedVersion { version }) if version > VERSION => RestoreError::Newer(version),
            _ => error.into(),
        })?;
        if room.version > VERSION {
            return Err(RestoreError::Newer(room.version));
        }
        if room.seq != seq {
            return Err(RestoreError::Number { found: room.seq, expected: seq });
        }
        room.limits = Arc::new(limits);
        room.leaderboard.change().rank();
        Ok(room)
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

    /// Takes the next entry of the log in. An entry that makes no sense any more takes its number, and nothing else happens.
    pub fn apply(&mut self, entry: &Entry) -> Applied {
        self.seq += 1;
        let prev = self.told_seq;
        let is_void = self.ended && !matches!(entry.kind, EntryKind::Reopened { .. } | EntryKind::Ended { .. });
        let Change { told, effects } = if is_void { Change::default() } else { self.change(entry) };
        if told.iter().any(|(audience, _)| *audience == Audience::Everyone) {
            self.told_seq = self.seq;
        }
        Applied { seq: self.seq, prev, at_ms: entry.at_ms, told, effects }
    }

    fn change(&mut self, entry: &Entry) -> Change {
        let (seq, at_ms) = (self.seq, entry.at_ms);
        match &entry.kind {
            EntryKind::Joined { person, issued_at_s } => self.apply_joined(person, *issued_at_s),
            EntryKind::ChatPosted { from, to, text, reply_to, mentions, key } => {
                let mut message = Message::new(seq, at_ms, from.clone(), to.clone(), text.clone(), key.clone());
                message.reply_to = *reply_to;
                message.mentions.clone_from(mentions);
                self.apply_posted(message)
            }
            EntryKind::ChatEdited { message, text } => self.apply_edited(*message, text, at_ms),
            EntryKind::ChatDeleted { message, by } => self.apply_deleted(*message, by),
            EntryKind::ChatReacted { message, person, emoji, on } => self.apply_reacted(*message, person, emoji, *on),
            EntryKind::ChatPinned { message, on } => self.apply_pinned(*message, *on),
            EntryKind::SettingsChanged { settings, by } => self.apply_settings(settings, by),
            EntryKind::PollOpened { open } => self.apply_poll_opened(seq, open, at_ms),
            EntryKind::Voted { poll, person, choice } => self.apply_voted(*poll, person, *choice, at_ms),
            EntryKind::PollClosed { poll } => self.apply_poll_closed(*poll, at_ms),
            EntryKind::QuizReset => self.apply_quiz_reset(),
            EntryKind::HandRaised { person } => self.apply_hand_raised(person, at_ms),
            EntryKind::HandLowered { person } => self.apply_hand_lowered(person),
            EntryKind::StageInvited { person } => self.apply_invited(person),
            EntryKind::StageDeclined { person } => self.apply_declined(person),
            EntryKind::StageJoined { person, place } => self.apply_stage_joined(person, *place),
            EntryKind::StageLeft { person } => self.apply_stage_left(person),
            EntryKind::Muted { person, on } => self.apply_muted(person, *on),
            EntryKind::Removed { person, by, until_s } => self.apply_removed(person, *by, *until_s),
            EntryKind::Banned { person, by } => self.apply_banned(person, *by),
            EntryKind::Unbanned { person } => self.apply_unbanned(person),
            EntryKind::CoTutorChanged { person, on } => self.apply_co_tutor(person, *on),
            EntryKind::Admitted { person } => self.apply_admitted(person),
            EntryKind::AllAdmitted => Change::effect(Effect::AdmittedAll),
            EntryKind::Ended { by, for_good } => self.apply_ended(by, *for_good, at_ms),
            EntryKind::Reopened { by } => self.apply_reopened(by),
        }
    }

    /// What time alone brings about: the end of a timed poll. Any node may append it.
    #[must_use]
    pub fn due(&self, now_ms: u64) -> Vec<Entry> {
        match (&self.poll, self.next_due_ms()) {
            (Some(open), Some(due_ms)) if due_ms <= now_ms => {
                vec![Entry { at_ms: now_ms, kind: EntryKind::PollClosed { poll: open.id() } }]
            }
            _ => Vec::new(),
        }
    }

    /// What to append about people who are not here (any more): their hands, invitations and places on stage.
    #[must_use]
    pub fn absent(&self, present: &dyn Fn(&str) -> bool, now_ms: u64) -> Vec<Entry> {
        if self.ended {
            return Vec::new();
        }
        let hands = self.hands.in_order().iter().map(|hand| hand.person.id.as_str());
        let concerned = hands.chain(self.stage.people()).filter(|person| !present(person));
        let gone: std::collections::BTreeSet<&str> = concerned.collect();
        let kinds = gone.into_iter().flat_map(|person| self.withdraw(person));
        kinds.map(|kind| Entry { at_ms: now_ms, kind }).collect()
    }
}
