//! Raised hands, in the order in which they were raised.

use lectern_room_protocol::{Code, Event, Hand, Person};
use serde::{Deserialize, Serialize};

use super::RoomState;
use super::applied::{Audience, Change};
use super::decision::{Asked, Outcome, ReplyKind, done, one};
use super::entry::EntryKind;

/// The raised hands; at most [`hands_max`](super::RoomLimits::hands_max), few enough to go through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hands(Vec<Hand>);

impl Hands {
    pub(super) fn in_order(&self) -> &[Hand] {
        &self.0
    }

    pub(super) fn is_up(&self, person: &str) -> bool {
        self.0.iter().any(|hand| hand.person.id == person)
    }
}

/// What is decided.
impl Asked<'_> {
    pub(super) fn hand_raise(&self) -> Outcome {
        let hands = &self.room.hands;
        if hands.is_up(&self.actor.id) {
            return done();
        }
        if hands.0.len() >= self.room.limits.hands_max {
            return Err(Code::HandsFull.into());
        }
        one(EntryKind::HandRaised { person: self.person() })
    }

    pub(super) fn hand_lower(&self) -> Outcome {
        self.lower(&self.actor.id)
    }

    pub(super) fn hand_dismiss(&self, person: Option<&str>) -> Outcome {
        let Some(person) = person else {
            let lowered = |hand: &Hand| EntryKind::HandLowered { person: hand.person.id.clone() };
            return Ok((self.room.hands.0.iter().map(lowered).collect(), ReplyKind::Done));
        };
        self.lower(person)
    }

    fn lower(&self, person: &str) -> Outcome {
        if !self.room.hands.is_up(person) {
            return done();
        }
        one(EntryKind::HandLowered { person: person.to_owned() })
    }
}

/// What is applied.
impl RoomState {
    pub(super) fn apply_hand_raised(&mut self, person: &Person, at_ms: u64) -> Change {
        if self.hands.is_up(&person.id) {
            return Change::default();
        }
        let hand = Hand { person: person.clone(), at_ms };
        self.hands.change().0.push(hand.clone());
        Change::told(Audience::ModeratorsAnd(person.id.clone()), Event::HandRaised { hand })
    }

    pub(super) fn apply_hand_lowered(&mut self, person: &str) -> Change {
        if !self.hands.is_up(person) {
            return Change::default();
        }
        self.hands.change().0.retain(|hand| hand.person.id != person);
        let event = Event::HandLowered { person: person.to_owned() };
        Change::told(Audience::ModeratorsAnd(person.to_owned()), event)
    }
}
