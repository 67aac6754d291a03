//! Encoding what happened, once for each kind of reader.

use std::collections::{BTreeSet, HashMap};

use bytes::{Bytes, BytesMut};
use lectern_room_protocol::{Notice, ServerMessage};

use super::fanout::{Batch, Frames};
use crate::core::{Applied, Audience};
use crate::frame;

/// One message as each kind of reader sees it, if at all.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    students: Option<Bytes>,
    moderators: Option<Bytes>,
    /// Those who see something else than their kind.
    persons: Vec<(String, Bytes)>,
}

impl Told {
    /// An entry's event; `is_moderator` says what somebody is now.
    pub(super) fn event(applied: &Applied, is_moderator: impl Fn(&str) -> bool) -> Self {
        let Applied { seq, prev, at_ms, told, .. } = applied;
        let encode = |event: &lectern_room_protocol::Event| {
            frame::text(&ServerMessage::Event { seq: *seq, prev: *prev, at_ms: *at_ms, event: event.clone() })
        };
        // Nobody has an empty id.
        let (student, moderator) = (applied.event_for("", false), applied.event_for("", true));
        let students = student.map(encode);
        let same = match (student, moderator) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let moderators = if same { students.clone() } else { moderator.map(encode) };
        let named = told.iter().filter_map(|(audience, _)| match audience {
            Audience::Person(person) | Audience::ModeratorsAnd(person) => Some(person),
            Audience::Everyone | Audience::Moderators => None,
        });
        let persons = named.filter_map(|person| {
            let event = applied.event_for(person, is_moderator(person))?;
            Some((person.clone(), encode(event)))
        });
        let persons = persons.collect();
        Self { students, moderators, persons }
    }

    /// The same for everybody.
    pub(super) fn everyone(notice: Notice) -> Self {
        let frame = notice_frame(notice);
        Self { students: Some(frame.clone()), moderators: Some(frame), persons: Vec::new() }
    }

    /// One thing for students, another for moderators.
    pub(super) fn by_kind(students: Option<Notice>, moderators: Option<Notice>) -> Self {
        Self { students: students.map(notice_frame), moderators: moderators.map(notice_frame), persons: Vec::new() }
    }

    /// For some people alone.
    pub(super) fn persons(persons: Vec<(String, Bytes)>) -> Self {
        Self { persons, ..Self::default() }
    }

    /// For an audience alone.
    pub(super) fn audience(audience: &Audience, notice: Notice) -> Self {
        match audience {
            Audience::Everyone => Self::everyone(notice),
            Audience::Moderators => Self::by_kind(None, Some(notice)),
            Audience::Person(person) => Self::persons(vec![(person.clone(), notice_frame(notice))]),
            Audience::ModeratorsAnd(person) => {
                let frame = notice_frame(notice);
                let persons = vec![(person.clone(), frame.clone())];
                Self { students: None, moderators: Some(frame), persons }
            }
        }
    }

    /// What one reader sees.
    pub(super) fn of(&self, person: &str, is_moderator: bool) -> Option<&Bytes> {
        let own = self.persons.iter().find(|(named, _)| named == person).map(|(_, frame)| frame);
        own.or(if is_moderator { self.moderators.as_ref() } else { self.students.as_ref() })
    }

    /// Whether nobody sees anything.
    pub(super) fn is_empty(&self) -> bool {
        self.students.is_none() && self.moderators.is_none() && self.persons.is_empty()
    }

    /// The bytes that it holds, those that are shared counted once.
    pub(super) fn bytes(&self) -> usize {
        let shared = match (&self.students, &self.moderators) {
            (Some(one), Some(other)) if one.as_ptr() == other.as_ptr() => one.len(),
            (one, other) => one.as_ref().map_or(0, Bytes::len) + other.as_ref().map_or(0, Bytes::len),
        };
        shared + self.persons.iter().map(|(_, frame)| frame.len()).sum::<usize>()
    }
}

/// A notice as it is sent.
pub(super) fn notice_frame(notice: Notice) -> Bytes {
    frame::text(&ServerMessage::Notice { notice })
}

/// Puts messages one behind the other, for each reader those that they see.
pub(super) fn batch(told: &[Told], is_moderator: impl Fn(&str) -> bool) -> Option<Batch> {
    if told.iter().all(Told::is_empty) {
        return None;
    }
    let kind = |is_moderator: bool| {
        join(
            told.iter().filter_map(|told| if is_moderator { told.moderators.as_ref() } else { told.students.as_ref() }),
        )
    };
    let students = kind(false);
    let same = told.iter().all(|told| match (&told.students, &told.moderators) {
        (Some(one), Some(other)) => one.as_ptr() == other.as_ptr(),
        (one, other) => one.is_none() && other.is_none(),
    });
    let moderators = if same { students.clone() } else { kind(true) };
    let named: BTreeSet<&str> =
        told.iter().flat_map(|told| told.persons.iter().map(|(person, _)| person.as_str())).collect();
    let persons: HashMap<String, Frames> = named
        .into_iter()
        .map(|person| {
            let is_moderator = is_moderator(person);
            (person.to_owned(), join(told.iter().filter_map(|told| told.of(person, is_moderator))))
        })
        .collect();
    Some(Batch { students, moderators, persons })
}

/// One message is passed on as it is; several are copied together, so that they leave in one call.
fn join<'a>(frames: impl Iterator<Item = &'a Bytes> + Clone) -> Frames {
    let count = u32::try_from(frames.clone().count()).unwrap_or(u32::MAX);
    let bytes = if count == 1 {
        frames.clone().next().cloned().unwrap_or_default()
    } else {
        let mut together = BytesMut::with_capacity(frames.clone().map(Bytes::len).sum());
        frames.for_each(|frame| together.extend_from_slice(frame));
        together.freeze()
    };
    Frames { bytes, count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_room_protocol::Event;

    fn applied(told: Vec<(Audience, Event)>) -> Applied {
        Applied { seq: 7, prev: 5, at_ms: 1, told, effects: Vec::new() }
    }

    fn lowered(person: &str) -> Event {
        Event::HandLowered { person: person.to_owned() }
    }

    fn text(frame: Option<&Bytes>) -> String {
        frame.map(|frame| String::from_utf8_lossy(&frame[2..]).into_owned()).unwrap_or_default()
    }

    #[test]
    fn each_reader_gets_the_first_that_is_theirs_and_no_other() {
        let told = vec![
            (Audience::ModeratorsAnd("eva".into()), lowered("eva")),
            (Audience::Person("tom".into()), lowered("tom")),
        ];
        let told = Told::event(&applied(told), |person| person == "tom");
        assert_eq!(text(told.of("ann", false)), "");
        for (person, is_moderator) in [("eva", false), ("ann", true), ("tom", true)] {
            assert!(text(told.of(person, is_moderator)).contains(r#""person":"eva""#), "{person}");
        }
        assert!(text(told.of("ann", true)).starts_with(r#"{"type":"event","seq":7,"prev":5,"#));
    }

    #[test]
    fn a_batch_is_in_order_for_everybody_and_encoded_once() {
        let everyone = Told::event(&applied(vec![(Audience::Everyone, Event::QuizReset)]), |_| false);
        let private = Told::event(&applied(vec![(Audience::Person("eva".into()), lowered("eva"))]), |_| false);
        let batch = batch(&[everyone.clone(), private, everyone.clone()], |_| false).unwrap();
        assert_eq!((batch.students.count, batch.moderators.count, batch.persons["eva"].count), (2, 2, 3));
        assert_eq!(batch.students.bytes.as_ptr(), batch.moderators.bytes.as_ptr());
        let one = everyone.of("", false).unwrap();
        assert_eq!(batch.students.bytes, [&one[..], &one[..]].concat());
        assert!(super::batch(&[Told::default()], |_| false).is_none());
    }

    #[test]
    fn a_single_message_is_not_copied() {
        let everyone = Told::everyone(Notice::Service { available: true });
        let batch = batch(std::slice::from_ref(&everyone), |_| false).unwrap();
        assert_eq!(batch.students.bytes.as_ptr(), everyone.of("", false).unwrap().as_ptr());
        assert_eq!(everyone.bytes(), batch.students.bytes.len());
    }
}
