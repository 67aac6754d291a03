//! What an entry of the log did: who is told what, and what is left to do for the node that applied it.

use lectern_room_protocol::{Code, Event};

/// Who is told something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody in the room.
    Everyone,
    /// Co-tutors, tutors and admins.
    Moderators,
    /// One person.
    Person(String),
    /// The moderators, and one person more.
    ModeratorsAnd(String),
}

impl Audience {
    /// Whether a person is told.
    #[must_use]
    pub fn includes(&self, person: &str, moderator: bool) -> bool {
        match self {
            Self::Everyone => true,
            Self::Moderators => moderator,
            Self::Person(one) => one == person,
            Self::ModeratorsAnd(one) => moderator || one == person,
        }
    }
}

/// What a node has to do after an entry, beyond telling it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Close all connections of a person.
    Disconnect {
        /// Whose.
        person: String,
        /// Why.
        code: Code,
    },
    /// A person's rights are new: they get a `welcome`.
    RightsChanged {
        /// Whose.
        person: String,
    },
    /// A person may come in out of the waiting room: ask for [`admission`](super::RoomState::admission) again.
    Admitted {
        /// Who.
        person: String,
    },
    /// All who wait may come in: [`admit`](super::RoomState::admit) each of them.
    AdmittedAll,
    /// The tally of the open poll is new.
    TallyChanged,
    /// The reactions to a message that everybody may see are new.
    ReactionsChanged {
        /// Which.
        message: u64,
    },
    /// The media servers have to know the [policy](super::RoomState::media_policy).
    PolicyChanged,
    /// A poll was closed: everybody gets their [score](super::RoomState::quiz_score), if it was a question of the quiz.
    PollClosed {
        /// Which.
        poll: u64,
    },
    /// The class is over: all connections are closed.
    Ended,
}

/// An entry that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The number of the entry.
    pub seq: u64,
    /// The number of the last entry before it that everybody was told.
    pub prev: u64,
    /// When it was made, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who is told what. A reader gets the *first* whose audience includes them, and no other: one number is one event.
    pub told: Vec<(Audience, Event)>,
    /// What else is to be done.
    pub effects: Vec<Effect>,
}

impl Applied {
    /// What a reader is told, if anything.
    #[must_use]
    pub fn event_for(&self, person: &str, moderator: bool) -> Option<&Event> {
        self.told.iter().find(|(audience, _)| audience.includes(person, moderator)).map(|(_, event)| event)
    }
}

/// What an entry did, before it has its numbers.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) told: Vec<(Audience, Event)>,
    pub(super) effects: Vec<Effect>,
}

impl Change {
    /// Somebody is told something.
    pub(super) fn told(audience: Audience, event: Event) -> Self {
        Self { told: vec![(audience, event)], effects: Vec::new() }
    }

    /// Nobody is told anything, but something is to be done.
    pub(super) fn effect(effect: Effect) -> Self {
        Self { told: Vec::new(), effects: vec![effect] }
    }

    /// Something else is to be done.
    pub(super) fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Others are told something else.
    pub(super) fn and_told(mut self, audience: Audience, event: Event) -> Self {
        self.told.push((audience, event));
        self
    }
}
