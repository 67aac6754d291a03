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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::RoomLimits;
    use super::super::classroom::{Classroom, events};
    use super::*;

    fn order(class: &Classroom) -> Vec<String> {
        class.snapshot("t").hands.into_iter().map(|hand| hand.person.id).collect()
    }

    #[test]
    fn hands_are_in_the_order_in_which_they_were_raised() {
        let mut class = Classroom::of(&["t", "s1", "s2", "s3"]);
        for person in ["s2", "s3", "s1"] {
            let applied = class.must(person, json!({"type": "hand_raise"}));
            // The tutor and whose it is are told, and nobody else.
            assert_eq!(events(&applied, "t", true).len(), 1);
            assert_eq!(events(&applied, person, false).len(), 1);
            assert!(events(&applied, "s4", false).is_empty());
            class.now_ms += 1;
        }
        assert_eq!(class.must("s2", json!({"type": "hand_raise"})), []);
        assert_eq!(order(&class), ["s2", "s3", "s1"]);
        class.must("s2", json!({"type": "hand_lower"}));
        assert_eq!(class.must("s2", json!({"type": "hand_lower"})), []);
        class.must("s2", json!({"type": "hand_raise"}));
        assert_eq!(order(&class), ["s3", "s1", "s2"]);
        class.must("t", json!({"type": "hand_dismiss", "person": "s1"}));
        assert_eq!(order(&class), ["s3", "s2"]);
        let (own, others) = (class.snapshot("s3"), class.snapshot("s1"));
        assert_eq!((own.hand, own.hands.len()), (true, 0));
        assert_eq!((others.hand, others.hands.len()), (false, 0));
        assert_eq!(class.must("t", json!({"type": "hand_dismiss"})).len(), 2);
        assert_eq!(order(&class), [""; 0]);
    }

    #[test]
    fn as_many_hands_go_up_as_the_limit_says() {
        let limits = RoomLimits { hands_max: 2, ..RoomLimits::default() };
        let mut class = Classroom::within(limits, &["t", "s1", "s2", "s3"]);
        class.must("s1", json!({"type": "hand_raise"}));
        class.must("s2", json!({"type": "hand_raise"}));
        assert_eq!(class.ask("s3", json!({"type": "hand_raise"})), Err(Code::HandsFull));
        class.must("s1", json!({"type": "hand_lower"}));
        assert!(class.ask("s3", json!({"type": "hand_raise"})).is_ok());
    }
}
