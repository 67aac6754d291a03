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
