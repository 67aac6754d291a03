//! Who is muted, sent away, banned, a co-tutor, or admitted; the settings, and the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lectern_room_protocol::{Code, Event, Person, Role, Settings, SettingsChange, limits};
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::applied::{Audience, Change, Effect};
use super::decision::{Asked, Outcome, Refusal, done, one};
use super::entry::EntryKind;
use super::permission::moderates;
use super::person_map::Str;
use super::{RoomLimits, RoomState};

/// The longest id of a person, in bytes, as tokens have it.
const PERSON_BYTES_MAX: usize = 64;

/// Somebody was sent away, and may come back with a newer token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Removal {
    /// Tokens issued until then are good no more, in seconds since 1970.
    until_s: u64,
    /// What the one who did it was.
    by: Role,
}

/// Somebody may not come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ban {
    name: String,
    role: Role,
    /// What the one who did it was.
    by: Role,
}

/// What moderators have done to people. Each list has its limit in [`RoomLimits`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moderation {
    muted: BTreeSet<Str>,
    removed: BTreeMap<Str, Removal>,
    banned: BTreeMap<Str, Ban>,
    co_tutors: BTreeSet<Str>,
    /// Admitted, and not in yet, oldest first.
    admitted: VecDeque<Str>,
}

impl Moderation {
    /// Why somebody may not be here. Who was not theirs to send away, may.
    pub(super) fn shuts_out(&self, actor: &Actor) -> Option<Code> {
        if self.banned.get(actor.id.as_str()).is_some_and(|ban| moderates(ban.by, actor.role)) {
            return Some(Code::Banned);
        }
        let removal = self.removed.get(actor.id.as_str())?;
        (actor.issued_at_s <= removal.until_s && moderates(removal.by, actor.role)).then_some(Code::Removed)
    }

    pub(super) fn is_muted(&self, person: &str) -> bool {
        self.muted.contains(person)
    }

    pub(super) fn muted(&self) -> Vec<String> {
        self.muted.iter().map(|person| person.to_string()).collect()
    }

    pub(super) fn is_co_tutor(&self, person: &str) -> bool {
        self.co_tutors.contains(person)
    }

    pub(super) fn co_tutors(&self) -> Vec<String> {
        self.co_tutors.iter().map(|person| person.to_string()).collect()
    }

    pub(super) fn is_admitted(&self, person: &str) -> bool {
        self.admitted.iter().any(|admitted| **admitted == *person)
    }

    /// Whose tokens are good no more, if issued until when; [`u64::MAX`] is for good.
    pub(super) fn removed(&self) -> BTreeMap<String, u64> {
        let removed = self.removed.iter().map(|(person, removal)| (person.to_string(), removal.until_s));
        removed.chain(self.banned.keys().map(|person| (person.to_string(), u64::MAX))).collect()
    }

    pub(super) fn banned(&self) -> Vec<Person> {
        let person = |(id, ban): (&Str, &Ban)| Person { id: id.to_string(), name: ban.name.clone(), role: ban.role };
        self.banned.iter().map(person).collect()
    }

    /// Somebody who was admitted is in.
    pub(super) fn came_in(&mut self, person: &str) {
        self.admitted.retain(|admitted| **admitted != *person);
    }

    /// Takes back what was done to somebody by whom it `fits`; whether there was anything.
    pub(super) fn forgive(&mut self, person: &str, fits: impl Fn(Role) -> bool) -> bool {
        let ban = self.banned.get(person).is_some_and(|ban| fits(ban.by));
        let removal = self.removed.get(person).is_some_and(|removal| fits(removal.by));
        (ban && self.banned.remove(person).is_some()) | (removal && self.removed.remove(person).is_some())
    }
}

/// What is decided.
impl Asked<'_> {
    pub(super) fn settings_change(&self, change: &SettingsChange) -> Outcome {
        if change.slow_mode_s.is_some_and(|seconds| seconds > limits::SLOW_MODE_S_MAX) {
            return Err(Refusal::because(Code::TooLong, "Slow mode waits for at most 600 seconds."));
        }
        let now = &self.room.settings;
        let settings = Settings {
            slow_mode_s: change.slow_mode_s.unwrap_or(now.slow_mode_s),
            chat_locked: change.chat_locked.unwrap_or(now.chat_locked),
            locked: change.locked.unwrap_or(now.locked),
            waiting_room: change.waiting_room.unwrap_or(now.waiting_room),
        };
        if settings == *now { done() } else { one(EntryKind::SettingsChanged { settings, by: self.id() }) }
    }

    pub(super) fn mute(&self, person: &str, on: bool) -> Outcome {
        let muted = &self.room.moderation.muted;
        if on && !self.room.members.contains(person) {
            return Err(Code::PersonUnknown.into());
        }
        self.moderates(person)?;
        if muted.contains(person) == on {
            return done();
        }
        if on && muted.len() >= self.room.limits.muted_max {
            return Err(Code::LimitReached.into());
        }
        one(EntryKind::Muted { person: person.to_owned(), on })
    }

    pub(super) fn remove(&self, person: &str) -> Outcome {
        let moderation = &self.room.moderation;
        let mut entries = self.send_away(person, moderation.removed.len(), moderation.removed.contains_key(person))?;
        // Where the issuer's clock is ahead of ours, the token at hand is from the future.
        let issued_at_s = self.room.members.get(person).map_or(0, |member| member.issued_at_s);
        let until_s = issued_at_s.max(self.now_ms / 1_000);
        entries.push(EntryKind::Removed { person: self.room.person_or_id(person), by: self.role, until_s });
        Ok((entries, super::ReplyKind::Done))
    }

    pub(super) fn ban(&self, person: &str) -> Outcome {
        let moderation = &self.room.moderation;
        if moderation.banned.contains_key(person) {
            return done();
        }
        let mut entries = self.send_away(person, moderation.banned.len(), false)?;
        entries.push(EntryKind::Banned { person: self.room.person_or_id(person), by: self.role });
        Ok((entries, super::ReplyKind::Done))
    }

    /// What goes before somebody does. It may be somebody who only waits, and whom the room does not know.
    fn send_away(&self, person: &str, kept: usize, again: bool) -> Result<Vec<EntryKind>, Refusal> {
        if !is_id(person) {
            return Err(Code::PersonUnknown.into());
        }
        if person == self.actor.id {
            return Err(Code::PersonProtected.into());
        }
        self.moderates(person)?;
        if !again && kept >= self.room.limits.removed_max {
            return Err(Code::LimitReached.into());
        }
        let mut entries = self.room.withdraw(person);
        if self.room.moderation.is_co_tutor(person) {
            entries.push(EntryKind::CoTutorChanged { person: person.to_owned(), on: false });
        }
        Ok(entries)
    }

    pub(super) fn unban(&self, person: &str) -> Outcome {
        match self.room.moderation.banned.get(person) {
            None => done(),
            // A co-tutor does not undo what a tutor did.
            Some(ban) if ban.by > self.role => Err(Code::PersonProtected.into()),
            Some(_) => one(EntryKind::Unbanned { person: person.to_owned() }),
        }
    }

    pub(super) fn co_tutor(&self, person: &str, on: bool) -> Outcome {
        let Some(member) = self.room.members.get(person) else { return Err(Code::PersonUnknown.into()) };
        if member.role != Role::Student {
            return Err(Code::PersonProtected.into());
        }
        let co_tutors = &self.room.moderation.co_tutors;
        if co_tutors.contains(person) == on {
            return done();
        }
        if on && co_tutors.len() >= self.room.limits.co_tutors_max {
            return Err(Code::LimitReached.into());
        }
        one(EntryKind::CoTutorChanged { person: person.to_owned(), on })
    }

    pub(super) fn admit(&self, person: &str) -> Outcome {
        let moderation = &self.room.moderation;
        if !is_id(person) || moderation.banned.contains_key(person) {
            return Err(Code::PersonUnknown.into());
        }
        let passes = self.room.members.get(person).is_some_and(|member| member.passes);
        if passes || moderation.is_admitted(person) {
            return done();
        }
        one(EntryKind::Admitted { person: person.to_owned() })
    }

    /// Whether the person is one whom the asking role may moderate.
    pub(super) fn moderates(&self, person: &str) -> Result<(), Refusal> {
        let role = self.room.person(person).map_or(Role::Student, |person| person.role);
        if moderates(self.role, role) { Ok(()) } else { Err(Code::PersonProtected.into()) }
    }
}

fn is_id(person: &str) -> bool {
    (1..=PERSON_BYTES_MAX).contains(&person.len()) && !person.chars().any(char::is_control)
}

/// What is applied.
impl RoomState {
    pub(super) fn apply_settings(&mut self, settings: &Settings, by: &str) -> Change {
        // Nobody waits any more where there is no waiting room.
        let opened = self.settings.waiting_room && !settings.waiting_room && !settings.locked;
        self.settings = settings.clone();
        let change =
            Change::told(Audience::Everyone, Event::SettingsChanged { settings: settings.clone(), by: by.to_owned() });
        if opened { change.and(Effect::AdmittedAll) } else { change }
    }

    pub(super) fn apply_muted(&mut self, person: &str, on: bool) -> Change {
        let muted = &mut self.moderation.change().muted;
        if !(if on { muted.insert(person.into()) } else { muted.remove(person) }) {
            return Change::default();
        }
        Change::told(Audience::Everyone, Event::Muted { person: person.to_owned(), on }).and(Effect::PolicyChanged)
    }

    pub(super) fn apply_removed(&mut self, person: &Person, by: Role, until_s: u64) -> Change {
        self.moderation.change().removed.insert(person.id.as_str().into(), Removal { until_s, by });
        self.sent_away(person, Code::Removed)
    }

    pub(super) fn apply_banned(&mut self, person: &Person, by: Role) -> Change {
        let ban = Ban { name: person.name.clone(), role: person.role, by };
        self.moderation.change().banned.insert(person.id.as_str().into(), ban);
        self.sent_away(person, Code::Banned)
    }

    fn sent_away(&mut self, person: &Person, code: Code) -> Change {
        if let Some(member) = self.members.change().get_mut(&person.id) {
            member.passes = false;
        }
        self.moderation.change().came_in(&person.id);
        Change::told(Audience::Moderators, Event::Removed { person: person.clone(), ban: code == Code::Banned })
            .and(Effect::Disconnect { person: person.id.clone(), code })
            .and(Effect::PolicyChanged)
    }

    pub(super) fn apply_unbanned(&mut self, person: &str) -> Change {
        if self.moderation.change().banned.remove(person).is_none() {
            return Change::default();
        }
        Change::told(Audience::Moderators, Event::Unbanned { person: person.to_owned() }).and(Effect::PolicyChanged)
    }

    pub(super) fn apply_co_tutor(&mut self, person: &str, on: bool) -> Change {
        let co_tutors = &mut self.moderation.change().co_tutors;
        if !(if on { co_tutors.insert(person.into()) } else { co_tutors.remove(person) }) {
            return Change::default();
        }
        let event = Event::CoTutorChanged { person: self.person_or_id(person), on };
        Change::told(Audience::Everyone, event).and(Effect::RightsChanged { person: person.to_owned() })
    }

    pub(super) fn apply_admitted(&mut self, person: &str) -> Change {
        let RoomLimits { admitted_max, .. } = *self.limits;
        let admitted = &mut self.moderation.change().admitted;
        admitted.push_back(person.into());
        while admitted.len() > admitted_max {
            admitted.pop_front();
        }
        Change::effect(Effect::Admitted { person: person.to_owned() })
    }

    pub(super) fn apply_ended(&mut self, by: &str, for_good: bool, at_ms: u64) -> Change {
        self.for_good |= for_good;
        if std::mem::replace(&mut self.ended, true) {
            return Change::default();
        }
        self.note_open_poll(at_ms);
        Change::told(Audience::Everyone, Event::Ended { by: by.to_owned() })
            .and(Effect::PolicyChanged)
            .and(Effect::Ended)
    }

    pub(super) fn apply_reopened(&mut self, by: &str) -> Change {
        if self.for_good || !std::mem::replace(&mut self.ended, false) {
            return Change::default();
        }
        (self.hands, self.stage) = Default::default();
        Change::told(Audience::Everyone, Event::Reopened { by: by.to_owned() }).and(Effect::PolicyChanged)
    }
}

#[cfg(test)]
mod tests;
