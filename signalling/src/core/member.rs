//! Who was ever let in, and who may come in now.

use lectern_room_protocol::{Code, Person, Role};
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::applied::{Change, Effect};
use super::entry::{Entry, EntryKind};
use super::permission::moderates;
use super::person_map::Str;
use super::{Admission, RoomState};

/// How many tutors and admins are let in beyond [`members_max`](super::RoomLimits::members_max): a full class keeps no
/// tutor out.
const TUTORS_RESERVE: usize = 100;

/// Somebody who was let in at least once. Nobody is ever forgotten: votes and points name people by their id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    #[serde(rename = "n")]
    pub(super) name: Str,
    /// As the token says it.
    #[serde(rename = "r")]
    pub(super) role: Role,
    /// When the token was issued that they came in with.
    #[serde(rename = "i")]
    pub(super) issued_at_s: u64,
    /// Whether they come in again past the lock and the waiting room. Not after they were sent away.
    #[serde(rename = "p")]
    pub(super) passes: bool,
}

impl RoomState {
    /// Whether somebody may come in, and what has to be appended for it.
    #[must_use]
    pub fn admission(&self, actor: &Actor, now_ms: u64) -> Admission {
        self.enter(actor, self.moderation.is_admitted(&actor.id), now_ms)
    }

    /// As [`admission`](Self::admission), for somebody whom a moderator lets in: neither the lock nor the waiting room holds.
    #[must_use]
    pub fn admit(&self, actor: &Actor, now_ms: u64) -> Admission {
        self.enter(actor, true, now_ms)
    }

    fn enter(&self, actor: &Actor, admitted: bool, now_ms: u64) -> Admission {
        if let Some(code) = self.shut_out(actor) {
            return Admission::Refused(code);
        }
        let role = self.role_of(actor);
        let known = self.members.get(&actor.id);
        let teaches = actor.role >= Role::Tutor;
        if !teaches && !admitted && !known.is_some_and(|member| member.passes) {
            if self.settings.locked {
                return Admission::Refused(Code::RoomLocked);
            }
            if self.settings.waiting_room {
                return Admission::Wait;
            }
        }
        let room = self.limits.members_max + if teaches { TUTORS_RESERVE } else { 0 };
        match known {
            None if self.members.len() >= room => Admission::Refused(Code::RoomFull),
            Some(member) if member.passes && *member.name == *actor.name && member.role == actor.role => {
                Admission::In { role }
            }
            _ => {
                let person = Person { id: actor.id.clone(), name: actor.name.clone(), role: actor.role };
                let kind = EntryKind::Joined { person, issued_at_s: actor.issued_at_s };
                Admission::New { role, entry: Entry { at_ms: now_ms, kind } }
            }
        }
    }

    /// What lets a class go on that is over: a tutor who comes in anew. Not one whose connection was away while it ended,
    /// so this is for who brings nothing to resume.
    #[must_use]
    pub fn reopening(&self, actor: &Actor, now_ms: u64) -> Option<Entry> {
        let may =
            self.ended && !self.for_good && actor.role >= Role::Tutor && self.moderation.shuts_out(actor).is_none();
        may.then(|| Entry { at_ms: now_ms, kind: EntryKind::Reopened { by: actor.id.clone() } })
    }

    /// What ends the class for good, unless it has.
    #[must_use]
    pub fn closing(&self, now_ms: u64) -> Option<Entry> {
        let kind = EntryKind::Ended { by: String::new(), for_good: true };
        (!self.for_good).then_some(Entry { at_ms: now_ms, kind })
    }

    /// Why somebody may not be here at all.
    pub(super) fn shut_out(&self, actor: &Actor) -> Option<Code> {
        if self.ended { Some(Code::RoomEnded) } else { self.moderation.shuts_out(actor) }
    }

    /// What somebody is here.
    #[must_use]
    pub fn role_of(&self, actor: &Actor) -> Role {
        self.role_here(&actor.id, actor.role)
    }

    /// Somebody who was ever let in, as others see them.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<Person> {
        let member = self.members.get(id)?;
        Some(Person { id: id.to_owned(), name: member.name.to_string(), role: self.role_here(id, member.role) })
    }

    /// As [`person`](Self::person), for whom there has to be a line anyway.
    pub(super) fn person_or_id(&self, id: &str) -> Person {
        self.person(id).unwrap_or_else(|| Person { id: id.to_owned(), name: id.to_owned(), role: Role::Student })
    }

    fn role_here(&self, id: &str, token: Role) -> Role {
        if token == Role::Student && self.moderation.is_co_tutor(id) { Role::CoTutor } else { token }
    }

    pub(super) fn apply_joined(&mut self, person: &Person, issued_at_s: u64) -> Change {
        let id = Str::from(person.id.as_str());
        let member = Member { name: person.name.as_str().into(), role: person.role, issued_at_s, passes: true };
        self.members.change().insert(id, member);
        let moderation = self.moderation.change();
        moderation.came_in(&person.id);
        // A co-tutor sent somebody away whom nobody knew yet, and who turns out to be a tutor.
        if moderation.forgive(&person.id, |by| !moderates(by, person.role)) {
            return Change::effect(Effect::PolicyChanged);
        }
        Change::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::RoomLimits;
    use super::super::classroom::{Classroom, actor, effects};
    use super::*;

    fn set(what: &str, on: bool) -> Value {
        json!({"type": "settings_change", what: on})
    }

    #[test]
    fn a_lock_keeps_out_who_was_not_here_and_no_tutor() {
        let mut class = Classroom::of(&["t", "s1"]);
        class.must("t", set("locked", true));
        let come = ["s1", "t2", "a", "s2"].map(|person| class.come(person));
        assert_eq!(come, [Ok(()), Ok(()), Ok(()), Err(Some(Code::RoomLocked))]);
        class.must("t", json!({"type": "admit", "person": "s2"}));
        assert_eq!(class.come("s2"), Ok(()));
    }

    #[test]
    fn who_waits_comes_in_when_admitted() {
        let mut class = Classroom::of(&["t", "s1"]);
        class.must("t", set("waiting_room", true));
        assert_eq!(["s1", "t2"].map(|person| class.come(person)), [Ok(()), Ok(())]);
        assert_eq!(["s2", "s3", "s4"].map(|person| class.come(person)), [Err(None); 3]);
        // Nobody acts from there.
        assert_eq!(class.ask("s2", json!({"type": "hand_raise"})), Err(Code::NotAllowed));
        let applied = class.must("t", json!({"type": "admit", "person": "s2"}));
        assert_eq!(effects(&applied), [Effect::Admitted { person: "s2".into() }]);
        assert_eq!(class.must("t", json!({"type": "admit", "person": "s2"})), []);
        assert_eq!((class.come("s2"), class.come("s3")), (Ok(()), Err(None)));
        assert_eq!(class.must("t", json!({"type": "admit", "person": "s2"})), []);
        assert_eq!(effects(&class.must("t", json!({"type": "admit_all"}))), [Effect::AdmittedAll]);
        assert!(matches!(class.room.admit(&actor("s3"), 0), Admission::New { role: Role::Student, .. }));
        let opened = class.must("t", set("waiting_room", false));
        assert_eq!(effects(&opened), [Effect::AdmittedAll]);
        assert_eq!(class.come("s4"), Ok(()));
    }

    #[test]
    fn a_lock_goes_before_the_waiting_room() {
        let mut class = Classroom::of(&["t"]);
        class.must("t", set("waiting_room", true));
        class.must("t", set("locked", true));
        assert_eq!(class.come("s1"), Err(Some(Code::RoomLocked)));
        assert_eq!(effects(&class.must("t", set("waiting_room", false))), []);
    }

    #[test]
    fn a_full_class_takes_a_tutor_yet() {
        let limits = RoomLimits { members_max: 100, ..RoomLimits::default() };
        let mut class = Classroom::within(limits, &[]);
        for number in 0..100 {
            assert_eq!(class.come(&format!("s{number}")), Ok(()));
        }
        assert_eq!(class.come("s100"), Err(Some(Code::RoomFull)));
        assert_eq!(class.come("s99"), Ok(()));
        for number in 0..TUTORS_RESERVE {
            assert_eq!(class.come(&format!("t{number}")), Ok(()));
        }
        assert_eq!(class.come("t"), Err(Some(Code::RoomFull)));
    }

    #[test]
    fn a_new_name_or_role_is_taken_over() {
        let mut class = Classroom::of(&["s1"]);
        assert_eq!(class.come_as(&Actor { name: "Ada".into(), ..actor("s1") }), Ok(()));
        assert_eq!(class.room.person("s1").unwrap().name, "Ada");
        assert_eq!(class.come_as(&Actor { role: Role::Tutor, ..actor("s1") }), Ok(()));
        assert_eq!(class.room.person("s1").unwrap().role, Role::Tutor);
    }
}
