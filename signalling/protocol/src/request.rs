//! What a client says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chat::{ChatPage, Recipient};
use crate::people::{RosterFilter, RosterPage};
use crate::poll::{Leader, PollOpen, VoterPage};

/// The first message on every connection. It is answered by `welcome`, `resumed`, `waiting` or `goodbye`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename = "join")]
pub struct Join {
    /// A room token, the one that WHIP and WHEP take.
    pub token: String,
    /// Set to get what was missed, instead of a snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// Where a client was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resume {
    /// `epoch` of the `welcome`.
    pub epoch: String,
    /// The highest number seen.
    pub seq: u64,
}

/// Every message of a client after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// Chosen by the client, unlike all that are not answered yet; the answer carries it.
    pub id: u32,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
}

/// Everything that can be asked for, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Action {
    /// Answered at once; for noticing a dead connection.
    Ping,
    /// Writes a message.
    ChatSend {
        /// What to write.
        text: String,
        /// For whom.
        #[serde(default)]
        to: Recipient,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u64>,
        /// The ids of those whom it mentions.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<String>,
        /// Chosen by the client, so that the same message sent again after a lost connection is posted once.
        key: String,
    },
    /// Changes one's own message.
    ChatEdit {
        /// Which.
        message: u64,
        /// The new text.
        text: String,
    },
    /// Deletes one's own message, or as a moderator anybody's.
    ChatDelete {
        /// Which.
        message: u64,
    },
    /// Reacts to a message, or takes it back.
    ChatReact {
        /// Which.
        message: u64,
        /// With what.
        emoji: String,
        /// Whether to react or to take it back.
        on: bool,
    },
    /// Pins a message, or unpins it.
    ChatPin {
        /// Which.
        message: u64,
        /// Whether to pin.
        on: bool,
    },
    /// Asks for older messages: [`Reply::Chat`].
    ChatHistory {
        /// Older than this one; the newest when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u64>,
        /// How many, up to 100.
        limit: u32,
    },
    /// Changes the room's settings; what is left out stays.
    SettingsChange(SettingsChange),
    /// Opens a poll or a question of the quiz. One at a time.
    PollOpen(PollOpen),
    /// Votes, or changes one's vote. An answer to the quiz cannot be changed.
    PollVote {
        /// Which poll.
        poll: u64,
        /// The options, from 0.
        options: Vec<u8>,
    },
    /// Closes it.
    PollClose {
        /// Which poll.
        poll: u64,
    },
    /// Asks who voted what in the poll that is open or was closed last: [`Reply::Voters`]. Not for anonymous ones.
    PollVoters {
        /// Which poll.
        poll: u64,
        /// The `next` of the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// How many, up to 100.
        limit: u32,
    },
    /// Asks for the quiz's leaders: [`Reply::Leaders`].
    Leaderboard {
        /// How many, up to 100.
        limit: u32,
    },
    /// Begins a new quiz: all points are gone.
    QuizReset,
    /// Raises one's hand.
    HandRaise,
    /// Lowers one's hand.
    HandLower,
    /// Lowers another's hand, or everybody's.
    HandDismiss {
        /// Whose; everybody's when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<String>,
    },
    /// Calls somebody on stage.
    StageInvite {
        /// Whom.
        person: String,
    },
    /// Accepts, after which `stage/{place}` may be published.
    StageAccept,
    /// Declines.
    StageDecline,
    /// Leaves the stage.
    StageLeave,
    /// Sends somebody off the stage, or takes an invitation back.
    StageRemove {
        /// Whom.
        person: String,
    },
    /// Has the media server drop somebody's voice, or forward it again.
    Mute {
        /// Whose.
        person: String,
        /// Whether to drop it.
        on: bool,
    },
    /// Sends somebody away. The token at hand is good no more; a newer one lets them in again.
    Remove {
        /// Whom.
        person: String,
    },
    /// Sends somebody away for as long as the room lives, whatever token they have.
    Ban {
        /// Whom.
        person: String,
    },
    /// Takes a ban back.
    Unban {
        /// Whose.
        person: String,
    },
    /// Makes a student a helper with a moderator's rights, or takes that back.
    CoTutor {
        /// Whom.
        person: String,
        /// Whether they are one from now on.
        on: bool,
    },
    /// Lets somebody in out of the waiting room.
    Admit {
        /// Whom.
        person: String,
    },
    /// Lets everybody in who waits now.
    AdmitAll,
    /// Ends the class for all.
    End,
    /// Sends a reaction over the screen.
    React {
        /// With what.
        emoji: String,
    },
    /// Asks who is here: [`Reply::Roster`].
    Roster {
        /// Part of a name, whatever its case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        /// Whom to list.
        #[serde(default)]
        filter: RosterFilter,
        /// The `next` of the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// How many, up to 100.
        limit: u32,
    },
}

/// The name of an [`Action`], and the key of the table of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the action of the same name")]
pub enum ActionName {
    Ping,
    ChatSend,
    ChatEdit,
    ChatDelete,
    ChatReact,
    ChatPin,
    ChatHistory,
    SettingsChange,
    PollOpen,
    PollVote,
    PollClose,
    PollVoters,
    Leaderboard,
    QuizReset,
    HandRaise,
    HandLower,
    HandDismiss,
    StageInvite,
    StageAccept,
    StageDecline,
    StageLeave,
    StageRemove,
    Mute,
    Remove,
    Ban,
    Unban,
    CoTutor,
    Admit,
    AdmitAll,
    End,
    React,
    Roster,
}

impl Action {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> ActionName {
        match self {
            Self::Ping => ActionName::Ping,
            Self::ChatSend { .. } => ActionName::ChatSend,
            Self::ChatEdit { .. } => ActionName::ChatEdit,
            Self::ChatDelete { .. } => ActionName::ChatDelete,
            Self::ChatReact { .. } => ActionName::ChatReact,
            Self::ChatPin { .. } => ActionName::ChatPin,
            Self::ChatHistory { .. } => ActionName::ChatHistory,
            Self::SettingsChange(_) => ActionName::SettingsChange,
            Self::PollOpen(_) => ActionName::PollOpen,
            Self::PollVote { .. } => ActionName::PollVote,
            Self::PollClose { .. } => ActionName::PollClose,
            Self::PollVoters { .. } => ActionName::PollVoters,
            Self::Leaderboard { .. } => ActionName::Leaderboard,
            Self::QuizReset => ActionName::QuizReset,
            Self::HandRaise => ActionName::HandRaise,
            Self::HandLower => ActionName::HandLower,
            Self::HandDismiss { .. } => ActionName::HandDismiss,
            Self::StageInvite { .. } => ActionName::StageInvite,
            Self::StageAccept => ActionName::StageAccept,
            Self::StageDecline => ActionName::StageDecline,
            Self::StageLeave => ActionName::StageLeave,
            Self::StageRemove { .. } => ActionName::StageRemove,
            Self::Mute { .. } => ActionName::Mute,
            Self::Remove { .. } => ActionName::Remove,
            Self::Ban { .. } => ActionName::Ban,
            Self::Unban { .. } => ActionName::Unban,
            Self::CoTutor { .. } => ActionName::CoTutor,
            Self::Admit { .. } => ActionName::Admit,
            Self::AdmitAll => ActionName::AdmitAll,
            Self::End => ActionName::End,
            Self::React { .. } => ActionName::React,
            Self::Roster { .. } => ActionName::Roster,
        }
    }
}

impl ActionName {
    /// All of them.
    pub const ALL: [Self; 32] = [
        Self::Ping,
        Self::ChatSend,
        Self::ChatEdit,
        Self::ChatDelete,
        Self::ChatReact,
        Self::ChatPin,
        Self::ChatHistory,
        Self::SettingsChange,
        Self::PollOpen,
        Self::PollVote,
        Self::PollClose,
        Self::PollVoters,
        Self::Leaderboard,
        Self::QuizReset,
        Self::HandRaise,
        Self::HandLower,
        Self::HandDismiss,
        Self::StageInvite,
        Self::StageAccept,
        Self::StageDecline,
        Self::StageLeave,
        Self::StageRemove,
        Self::Mute,
        Self::Remove,
        Self::Ban,
        Self::Unban,
        Self::CoTutor,
        Self::Admit,
        Self::AdmitAll,
        Self::End,
        Self::React,
        Self::Roster,
    ];
}

/// What to change of a room's settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SettingsChange {
    /// Seconds that a student waits between two messages; 0 ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_mode_s: Option<u32>,
    /// Whether moderators alone may write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_locked: Option<bool>,
    /// Whether students who have not been here are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Whether students who have not been here wait until a moderator admits them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_room: Option<bool>,
}

/// What a request is answered with beyond "done", told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// To `chat_history`.
    Chat(ChatPage),
    /// To `roster`.
    Roster(RosterPage),
    /// To `poll_voters`.
    Voters(VoterPage),
    /// To `leaderboard`.
    Leaders {
        /// Best first.
        leaders: Vec<Leader>,
        /// One's own line, if one has points.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mine: Option<Leader>,
    },
    /// To `chat_send`, `poll_open` and whatever else makes something: its number.
    Made {
        /// The number of the event, which is the id of what it made.
        seq: u64,
    },
}
