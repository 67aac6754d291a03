//! Why something was refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident => $sentence:literal,)+) => {
        /// A stable code of a refusal or a goodbye.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// What a person is told, and what they can do.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

codes! {
    /// Not JSON, not a known request, or a member is missing or of another type. The message says which.
    BadRequest => "The request was not understood.",
    /// A member is longer, or has more elements, than it may. The message says which.
    TooLong => "This is longer than it may be.",
    /// The frame is larger than a frame may be; the connection is closed.
    FrameTooLarge => "The message is larger than it may be.",
    /// A binary frame; the connection is closed.
    BinaryFrame => "Messages are text.",
    /// No join within the time for it; the connection is closed.
    JoinTimeout => "Nobody joined in time.",
    /// A second join.
    AlreadyJoined => "This connection has joined already.",
    /// The token is missing, malformed, expired or not signed by us.
    TokenInvalid => "The ticket is not valid, or not any more. Ask for a new one.",
    /// The token is for another room.
    RoomForbidden => "The ticket is for another class.",
    /// The person is banned.
    Banned => "You were excluded from this class.",
    /// The person was sent away after the token was issued.
    Removed => "You were removed from this class. A new ticket lets you in again.",
    /// The room takes nobody new.
    RoomLocked => "The tutor has locked the class.",
    /// The room or this server has as many people as it takes.
    RoomFull => "The class is full at this moment. Try again soon.",
    /// The class is over.
    RoomEnded => "The class is over.",
    /// The same person has too many connections; the oldest is closed.
    Replaced => "The class was opened in another window.",
    /// The role has no right to this.
    NotAllowed => "You may not do this here.",
    /// Moderators alone write at the moment.
    ChatLocked => "The tutor has closed the chat.",
    /// Too soon after the last message.
    SlowMode => "The chat is slowed down. Wait a moment before your next message.",
    /// Too many requests of this connection, or too much of one kind in the room.
    RateLimited => "That was too fast. Wait a moment.",
    /// There is no such message, or not any more.
    MessageUnknown => "This message is not there any more.",
    /// There is no such person here.
    PersonUnknown => "This person is not here.",
    /// As many messages are pinned as can be.
    PinsFull => "No more messages can be pinned. Unpin one first.",
    /// There is an open poll already.
    PollOpenAlready => "Another poll is open. Close it first.",
    /// The poll is closed, or there never was one of this id.
    PollClosed => "This poll is closed.",
    /// An option that the poll does not have, none, or too many.
    ChoiceInvalid => "This answer is not one of those to choose from.",
    /// An answer to the quiz counts once.
    AnsweredAlready => "Your answer is in already.",
    /// The poll is anonymous.
    PollAnonymous => "This poll is anonymous.",
    /// All hands that are kept are up.
    HandsFull => "Too many hands are up at this moment.",
    /// All places on stage are taken.
    StageFull => "The stage is full.",
    /// Nobody has invited the person.
    NotInvited => "The invitation is not open any more.",
    /// The person is on stage already.
    OnStageAlready => "This person is on stage already.",
    /// The person is not on stage, and not invited.
    NotOnStage => "This person is not on stage.",
    /// The person is somebody whom the asking role may not moderate.
    PersonProtected => "You may not do this to somebody with these rights.",
    /// The room keeps as many of these as it can: bans, mutes, co-tutors or another list that has no code of its own.
    LimitReached => "The class has as many of these as it can have. Take one back first.",
    /// The room's store does not answer. Nothing has changed; the connection stays.
    Unavailable => "The class cannot be changed at this moment. Try again in a few seconds.",
    /// The connection did not take what was sent to it; join again with `resume`.
    TooSlow => "Your connection fell behind.",
    /// The server is about to stop; join again, elsewhere.
    Draining => "The server is being replaced.",
    /// Our fault.
    Internal => "Something went wrong on our side.",
}
