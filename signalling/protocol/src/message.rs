//! What the server says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chat::ChatMessage;
use crate::people::{Hand, Person};
use crate::poll::{Leader, Poll, PollOutcome, PollState, Tally};
use crate::refusal::Code;
use crate::request::{ActionName, Reply};

/// Every message of the server, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to a join: everything there is to know at `seq`.
    Welcome {
        /// Which life of the room's log `seq` belongs to, for `resume`.
        epoch: String,
        /// The number of the last event that the snapshot contains.
        seq: u64,
        /// Who the reader is here.
        you: You,
        /// The room.
        room: Box<Snapshot>,
        /// The server's clock.
        now_ms: u64,
    },
    /// The answer to a join with `resume`: the events that were missed follow, then those to come.
    Resumed {
        /// The number of the last event there is.
        seq: u64,
        /// Who the reader is here.
        you: You,
        /// What is not numbered, as it is now.
        notices: Vec<Notice>,
        /// The server's clock.
        now_ms: u64,
    },
    /// The answer to a join: a moderator has to let the reader in; `welcome` follows then.
    Waiting {
        /// Since when the reader waits.
        since_ms: u64,
    },
    /// The request was done, and is committed.
    Ok {
        /// The request.
        id: u32,
        /// What it asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Reply>,
    },
    /// The request was not done.
    Refused {
        /// The request; absent if it could not be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        /// Why, for programs.
        code: Code,
        /// Why, for people.
        message: String,
        /// How long to wait before the same can succeed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    /// Something happened. Who has seen an event of a number at least `prev` has missed nothing before this one;
    /// otherwise there is a gap, to be healed by joining again with `resume`.
    Event {
        /// The number, higher than that of every event before.
        seq: u64,
        /// The number of the last event before this one that everybody gets.
        prev: u64,
        /// When.
        at_ms: u64,
        /// What.
        event: Event,
    },
    /// How something is now; it is not numbered and not sent again.
    Notice {
        /// What.
        notice: Notice,
    },
    /// The last message before the server closes.
    Goodbye {
        /// Why, for programs.
        code: Code,
        /// Why, for people.
        message: String,
        /// How long to wait before coming back; never, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
}

/// The reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct You {
    /// Who.
    pub person: Person,
    /// What may be asked for, as the role has it.
    pub rights: Vec<ActionName>,
}

/// A room at one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// The settings.
    pub settings: Settings,
    /// Who is on stage, by place.
    pub stage: Vec<StagePlace>,
    /// How many places there are.
    pub stage_places: u8,
    /// The ids of those whom a moderator muted.
    pub muted: Vec<String>,
    /// The ids of students who have a moderator's rights.
    pub co_tutors: Vec<String>,
    /// The poll that is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<PollState>,
    /// The poll that was closed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<PollOutcome>,
    /// The pinned messages, oldest first.
    pub pinned: Vec<ChatMessage>,
    /// The last messages that the reader may see, oldest first.
    pub chat: Vec<ChatMessage>,
    /// Whether there are older ones.
    pub chat_more: bool,
    /// Whether the reader's hand is up.
    pub hand: bool,
    /// Whether the reader is invited on stage.
    pub invited: bool,
    /// The raised hands in their order; for moderators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hands: Vec<Hand>,
    /// Those who are invited on stage; for moderators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invitations: Vec<Person>,
    /// What is not numbered, as it is now.
    pub notices: Vec<Notice>,
}

/// What a moderator may set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// Seconds that a student waits between two messages; 0 is none.
    pub slow_mode_s: u32,
    /// Whether moderators alone may write.
    pub chat_locked: bool,
    /// Whether students who have not been here are refused.
    pub locked: bool,
    /// Whether students who have not been here wait until they are admitted.
    pub waiting_room: bool,
}

/// Somebody on stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StagePlace {
    /// The `n` of `stage/n`, from 1.
    pub place: u8,
    /// Who.
    pub person: Person,
}

/// What happens in a room, numbered, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A message was written.
    ChatPosted {
        /// It.
        message: ChatMessage,
    },
    /// A message was changed.
    ChatEdited {
        /// Which.
        message: u64,
        /// The new text.
        text: String,
    },
    /// A message was deleted.
    ChatDeleted {
        /// Which.
        message: u64,
        /// The id of who did it.
        by: String,
    },
    /// A message was pinned or unpinned.
    ChatPinned {
        /// It, as it is now: the reader may not have it.
        message: ChatMessage,
    },
    /// The settings are new.
    SettingsChanged {
        /// All of them.
        settings: Settings,
        /// The id of who did it.
        by: String,
    },
    /// A poll is open.
    PollOpened {
        /// It.
        poll: Poll,
    },
    /// The poll is closed.
    PollClosed {
        /// How it ended.
        outcome: PollOutcome,
    },
    /// The quiz begins anew.
    QuizReset,
    /// A hand was raised. For moderators, and for whose it is.
    HandRaised {
        /// It.
        hand: Hand,
    },
    /// A hand was lowered. For moderators, and for whose it was.
    HandLowered {
        /// The id of whose.
        person: String,
    },
    /// Somebody was called on stage. For moderators, and for who was.
    StageInvited {
        /// Who.
        person: Person,
    },
    /// An invitation was declined or taken back. For moderators, and for who was called.
    StageDeclined {
        /// The id of who.
        person: String,
    },
    /// Somebody is on stage.
    StageJoined {
        /// Who, and where.
        place: StagePlace,
    },
    /// Somebody left the stage.
    StageLeft {
        /// Who, and where from.
        place: StagePlace,
    },
    /// A voice was muted, or is heard again.
    Muted {
        /// The id of whose.
        person: String,
        /// Whether it is dropped.
        on: bool,
    },
    /// Somebody was sent away. For moderators.
    Removed {
        /// Who.
        person: Person,
        /// Whether for good.
        ban: bool,
    },
    /// A ban was taken back. For moderators.
    Unbanned {
        /// The id of whose.
        person: String,
    },
    /// A student got a moderator's rights, or lost them. Who it is gets `welcome` anew.
    CoTutorChanged {
        /// Who.
        person: Person,
        /// Whether they have them now.
        on: bool,
    },
    /// The class is over.
    Ended {
        /// The id of who ended it; empty when the school did. Then it has ended for good: a tutor who comes does not open it again.
        by: String,
    },
    /// The class that was over goes on: a tutor came in anew. Nobody is on stage or called there, no hand is up.
    Reopened {
        /// The id of whose coming it was.
        by: String,
    },
}

/// How something is now, told apart by `type`. Each replaces the one before of the same type and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// How many people are here. At most once a second.
    Presence {
        /// In the room.
        present: u32,
        /// In the waiting room; moderators alone are told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<u32>,
    },
    /// The tally of the open poll. At most twice a second.
    PollTally {
        /// Which.
        poll: u64,
        /// The tally.
        tally: Tally,
    },
    /// Reactions to messages, those that changed. At most twice a second.
    ChatReactions {
        /// All counts of a message, by emoji; by the message's id.
        messages: BTreeMap<u64, BTreeMap<String, u32>>,
    },
    /// Reactions over the screen since the last such notice. At most twice a second.
    Reactions {
        /// How many, by emoji.
        counts: BTreeMap<String, u32>,
    },
    /// One's own points, after a quiz question was closed.
    QuizScore {
        /// Which question.
        poll: u64,
        /// Whether the answer was right; absent if there was none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correct: Option<bool>,
        /// Points for this question.
        points: u32,
        /// One's line of the leaderboard; absent without any points.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Leader>,
    },
    /// What is being published.
    Media(MediaState),
    /// Who speaks.
    Speaker {
        /// The source, such as `camera` or `stage/1`; nobody if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Whether requests that change something can be done now.
    Service {
        /// Not while the room's store is away; what is asked for meanwhile is refused as `unavailable`.
        available: bool,
    },
}

/// What the media server has of a room.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct MediaState {
    /// What is published.
    pub sources: Vec<PublishedSource>,
    /// How many watch.
    pub viewers: u32,
}

/// Something that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedSource {
    /// `camera`, `screen` or `stage/{n}`.
    pub source: String,
    /// The id of who publishes it.
    pub person: String,
    /// Whether it has sound.
    pub audio: bool,
    /// Whether it has a picture.
    pub video: bool,
}
