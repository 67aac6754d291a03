//! The stage: its places, and who is invited to one.

use std::collections::BTreeMap;

use lectern_room_protocol::{Code, Event, Person, StagePlace};
use serde::{Deserialize, Serialize};

use super::RoomState;
use super::applied::{Audience, Change, Effect};
use super::decision::{Asked, Outcome, ReplyKind, done, one};
use super::entry::EntryKind;

/// Who is on stage and who is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stage {
    /// By place, from 1.
    places: BTreeMap<u8, Person>,
    /// In the order in which they were called.
    invited: Vec<Person>,
}

impl Stage {
    pub(super) fn places(&self) -> Vec<StagePlace> {
        self.places.iter().map(|(&place, person)| StagePlace { place, person: person.clone() }).collect()
    }

    pub(super) fn place_of(&self, person: &str) -> Option<u8> {
        self.places.iter().find(|(_, on_stage)| on_stage.id == person).map(|(&place, _)| place)
    }

    pub(super) fn invited(&self) -> &[Person] {
        &self.invited
    }

    pub(super) fn is_invited(&self, person: &str) -> bool {
        self.invited.iter().any(|invited| invited.id == person)
    }

    /// The ids of all on stage and all who are called.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        self.places.values().chain(&self.invited).map(|person| person.id.as_str())
    }

    /// Who may publish `stage/{n}`, by `n`.
    pub(super) fn publishers(&self) -> BTreeMap<u8, String> {
        self.places.iter().map(|(&place, person)| (place, person.id.clone())).collect()
    }

    /// The lowest place that is free.
    fn free(&self, places: u8) -> Option<u8> {
        (1..=places).find(|place| !self.places.contains_key(place))
    }
}

/// What is decided.
impl Asked<'_> {
    pub(super) fn stage_invite(&self, person: &str) -> Outcome {
        let Some(invited) = self.room.person(person) else { return Err(Code::PersonUnknown.into()) };
        let stage = &self.room.stage;
        if stage.place_of(person).is_some() {
            return Err(Code::OnStageAlready.into());
        }
        if stage.is_invited(person) {
            return done();
        }
        if stage.free(self.room.limits.stage_places).is_none() {
            return Err(Code::StageFull.into());
        }
        if stage.invited.len() >= self.room.limits.invitations_max {
            return Err(Code::LimitReached.into());
        }
        one(EntryKind::StageInvited { person: invited })
    }

    pub(super) fn stage_accept(&self) -> Outcome {
        let stage = &self.room.stage;
        if stage.place_of(&self.actor.id).is_some() {
            return done();
        }
        if !stage.is_invited(&self.actor.id) {
            return Err(Code::NotInvited.into());
        }
        let Some(place) = stage.free(self.room.limits.stage_places) else { return Err(Code::StageFull.into()) };
        let mut entries = Vec::new();
        // Who speaks need not ask to any more.
        if self.room.hands.is_up(&self.actor.id) {
            entries.push(EntryKind::HandLowered { person: self.id() });
        }
        entries.push(EntryKind::StageJoined { person: self.person(), place });
        Ok((entries, ReplyKind::Done))
    }

    pub(super) fn stage_decline(&self) -> Outcome {
        if !self.room.stage.is_invited(&self.actor.id) {
            return Err(Code::NotInvited.into());
        }
        one(EntryKind::StageDeclined { person: self.id() })
    }

    pub(super) fn stage_leave(&self) -> Outcome {
        if self.room.stage.place_of(&self.actor.id).is_none() {
            return Err(Code::NotOnStage.into());
        }
        one(EntryKind::StageLeft { person: self.id() })
    }

    pub(super) fn stage_remove(&self, person: &str) -> Outcome {
        let stage = &self.room.stage;
        let on_stage = stage.place_of(person).is_some();
        if !on_stage && !stage.is_invited(person) {
            return Err(Code::NotOnStage.into());
        }
        if person != self.actor.id {
            self.moderates(person)?;
        }
        let person = person.to_owned();
        one(if on_stage { EntryKind::StageLeft { person } } else { EntryKind::StageDeclined { person } })
    }
}

/// What is applied.
impl RoomState {
    /// Whatever takes somebody's hand down, their invitation back, and them off the stage.
    pub(super) fn withdraw(&self, person: &str) -> Vec<EntryKind> {
        let mut entries = Vec::new();
        if self.hands.is_up(person) {
            entries.push(EntryKind::HandLowered { person: person.to_owned() });
        }
        if self.stage.is_invited(person) {
            entries.push(EntryKind::StageDeclined { person: person.to_owned() });
        }
        if self.stage.place_of(person).is_some() {
            entries.push(EntryKind::StageLeft { person: person.to_owned() });
        }
        entries
    }

    pub(super) fn apply_invited(&mut self, person: &Person) -> Change {
        if self.stage.is_invited(&person.id) || self.stage.place_of(&person.id).is_some() {
            return Change::default();
        }
        self.stage.change().invited.push(person.clone());
        Change::told(Audience::ModeratorsAnd(person.id.clone()), Event::StageInvited { person: person.clone() })
    }

    pub(super) fn apply_declined(&mut self, person: &str) -> Change {
        if !self.stage.is_invited(person) {
            return Change::default();
        }
        self.stage.change().invited.retain(|invited| invited.id != person);
        let event = Event::StageDeclined { person: person.to_owned() };
        Change::told(Audience::ModeratorsAnd(person.to_owned()), event)
    }

    pub(super) fn apply_stage_joined(&mut self, person: &Person, place: u8) -> Change {
        if self.stage.places.contains_key(&place) || self.stage.place_of(&person.id).is_some() {
            return Change::default();
        }
        let stage = self.stage.change();
        stage.invited.retain(|invited| invited.id != person.id);
        stage.places.insert(place, person.clone());
        let place = StagePlace { place, person: person.clone() };
        Change::told(Audience::Everyone, Event::StageJoined { place }).and(Effect::PolicyChanged)
    }

    pub(super) fn apply_stage_left(&mut self, person: &str) -> Change {
        let Some(place) = self.stage.place_of(person) else { return Change::default() };
        let Some(person) = self.stage.change().places.remove(&place) else { return Change::default() };
        let place = StagePlace { place, person };
        Change::told(Audience::Everyone, Event::StageLeft { place }).and(Effect::PolicyChanged)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::RoomLimits;
    use super::super::classroom::{Classroom, effects, events};
    use super::*;

    fn invite(person: &str) -> Value {
        json!({"type": "stage_invite", "person": person})
    }

    fn accept() -> Value {
        json!({"type": "stage_accept"})
    }

    fn publishers(class: &Classroom) -> Vec<(u8, String)> {
        class.room.media_policy("e").stage.into_iter().collect()
    }

    #[test]
    fn who_is_invited_comes_on_the_lowest_place_and_may_publish_there() {
        let mut class = Classroom::of(&["t", "s1", "s2", "s3"]);
        class.must("s1", json!({"type": "hand_raise"}));
        assert_eq!(class.ask("s1", accept()), Err(Code::NotInvited));
        let applied = class.must("t", invite("s1"));
        assert_eq!(events(&applied, "s1", false).len(), 1);
        assert!(events(&applied, "s2", false).is_empty());
        assert!(class.snapshot("s1").invited && !class.snapshot("s2").invited);
        assert_eq!(class.must("t", invite("s1")), []);
        let applied = class.must("s1", accept());
        assert_eq!(effects(&applied), [Effect::PolicyChanged]);
        assert!(matches!(events(&applied, "s2", false)[..], [Event::StageJoined { place }] if place.place == 1));
        // The hand goes down, and the invitation is used.
        let snapshot = class.snapshot("t");
        assert!(snapshot.hands.is_empty() && snapshot.invitations.is_empty());
        assert_eq!(class.must("s1", accept()), []);
        assert_eq!(class.ask("t", invite("s1")), Err(Code::OnStageAlready));
        for person in ["s2", "s3"] {
            class.must("t", invite(person));
            class.must(person, accept());
        }
        class.must("s1", json!({"type": "stage_leave"}));
        assert_eq!(class.ask("s1", json!({"type": "stage_leave"})), Err(Code::NotOnStage));
        assert_eq!(publishers(&class), [(2, "s2".into()), (3, "s3".into())]);
        // A tutor comes on stage in the same way.
        class.must("t", invite("t"));
        class.must("t", accept());
        assert_eq!(publishers(&class)[0], (1, "t".into()));
    }

    #[test]
    fn an_invitation_is_declined_or_taken_back() {
        let mut class = Classroom::of(&["t", "s1", "s2"]);
        class.must("t", invite("s1"));
        assert_eq!(events(&class.must("s1", json!({"type": "stage_decline"})), "t", true).len(), 1);
        assert_eq!(class.ask("s1", json!({"type": "stage_decline"})), Err(Code::NotInvited));
        let remove = json!({"type": "stage_remove", "person": "s2"});
        assert_eq!(class.ask("t", remove.clone()), Err(Code::NotOnStage));
        class.must("t", invite("s2"));
        assert_eq!(events(&class.must("t", remove.clone()), "s2", false).len(), 1);
        assert_eq!(class.ask("s2", accept()), Err(Code::NotInvited));
        class.must("t", invite("s2"));
        class.must("s2", accept());
        assert_eq!(effects(&class.must("t", remove)), [Effect::PolicyChanged]);
        assert_eq!(publishers(&class), []);
        assert_eq!(class.ask("t", invite("nobody")), Err(Code::PersonUnknown));
    }

    #[test]
    fn places_and_invitations_have_limits() {
        for places in [0_u8, 2, 16] {
            let students: Vec<String> = (0..=places).map(|n| format!("s{n}")).collect();
            let mut people: Vec<&str> = students.iter().map(String::as_str).collect();
            people.push("t");
            let mut class = Classroom::within(RoomLimits { stage_places: places, ..RoomLimits::default() }, &people);
            let (last, others) = students.split_last().unwrap();
            for student in others {
                class.must("t", invite(student));
            }
            if places > 0 {
                // More are called than can come.
                class.must("t", invite(last));
            }
            for student in others {
                class.must(student, accept());
            }
            let refused = if places > 0 { class.ask(last, accept()) } else { class.ask("t", invite(last)) };
            assert_eq!(refused, Err(Code::StageFull));
            assert_eq!(class.snapshot(last).stage.len(), usize::from(places));
        }
        let limits = RoomLimits { invitations_max: 2, ..RoomLimits::default() };
        let mut class = Classroom::within(limits, &["t", "s1", "s2", "s3"]);
        class.must("t", invite("s1"));
        class.must("t", invite("s2"));
        assert_eq!(class.ask("t", invite("s3")), Err(Code::LimitReached));
    }

    #[test]
    fn who_is_gone_leaves_neither_hand_nor_place_behind() {
        let mut class = Classroom::of(&["t", "s1", "s2", "s3"]);
        for person in ["s1", "s2", "s3"] {
            class.must(person, json!({"type": "hand_raise"}));
            class.must("t", invite(person));
        }
        class.must("s1", accept());
        class.must("s3", accept());
        assert_eq!(class.room.absent(&|_| true, 9), []);
        let entries = class.room.absent(&|person| person == "s3", 9);
        let applied = class.append(&entries);
        assert_eq!(events(&applied, "t", true).len(), 3);
        let snapshot = class.snapshot("t");
        assert_eq!(publishers(&class), [(2, "s3".into())]);
        assert!(snapshot.hands.is_empty() && snapshot.invitations.is_empty());
        // Another node found the same.
        assert!(class.append(&entries).iter().all(|one| one.told.is_empty() && one.effects.is_empty()));
    }
}
