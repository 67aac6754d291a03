//! What happened lately, for those who come back: within bounds, or they get the whole room instead.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

use super::told::Told;
use crate::core::{Applied, Effect};

/// Something that a reader may have missed.
#[derive(Debug)]
struct Moment {
    seq: u64,
    told: Told,
    /// A message whose reactions changed.
    reactions: Option<u64>,
    /// A poll that was closed.
    poll: Option<u64>,
    /// Somebody whose rights changed.
    rights: Option<String>,
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Past {
    moments: VecDeque<Moment>,
    bytes: usize,
    /// All that came after this number is here.
    after: u64,
    events_max: usize,
    bytes_max: usize,
}

/// What somebody missed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Missed {
    /// The events that they see, in order.
    pub(super) events: Vec<Bytes>,
    /// The messages whose reactions changed.
    pub(super) reactions: BTreeSet<u64>,
    /// The last poll that was closed.
    pub(super) poll: Option<u64>,
}

impl Past {
    /// Begins behind an entry.
    pub(super) fn new(after: u64, events_max: usize, bytes_max: usize) -> Self {
        Self { moments: VecDeque::new(), bytes: 0, after, events_max, bytes_max }
    }

    /// Forgets everything up to an entry.
    pub(super) fn restart(&mut self, after: u64) {
        *self = Self::new(after, self.events_max, self.bytes_max);
    }

    /// Takes the next entry in.
    pub(super) fn push(&mut self, applied: &Applied, told: Told) {
        let mut moment = Moment { seq: applied.seq, told, reactions: None, poll: None, rights: None };
        for effect in &applied.effects {
            match effect {
                Effect::ReactionsChanged { message } => moment.reactions = Some(*message),
                Effect::PollClosed { poll } => moment.poll = Some(*poll),
                Effect::RightsChanged { person } => moment.rights = Some(person.clone()),
                _ => {}
            }
        }
        let is_nothing =
            moment.told.is_empty() && moment.reactions.is_none() && moment.poll.is_none() && moment.rights.is_none();
        if is_nothing {
            return;
        }
        self.bytes += moment.told.bytes();
        self.moments.push_back(moment);
        while self.moments.len() > self.events_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.moments.pop_front() else { break };
            self.bytes -= oldest.told.bytes();
            self.after = oldest.seq;
        }
    }

    /// What somebody missed who has seen everything up to `seq`; `None` if that cannot be told any more, or means less than
    /// the room as it is now.
    pub(super) fn since(&self, seq: u64, person: &str, is_moderator: bool) -> Option<Missed> {
        if seq < self.after {
            return None;
        }
        let first = self.moments.partition_point(|moment| moment.seq <= seq);
        let mut missed = Missed::default();
        for moment in self.moments.range(first..) {
            if moment.rights.as_deref() == Some(person) {
                return None;
            }
            missed.events.extend(moment.told.of(person, is_moderator).cloned());
            missed.reactions.extend(moment.reactions);
            missed.poll = moment.poll.or(missed.poll);
        }
        Some(missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Audience;
    use lectern_room_protocol::Event;

    fn push(past: &mut Past, seq: u64, audience: Option<Audience>, effects: Vec<Effect>) {
        let told = audience.map(|audience| (audience, Event::QuizReset)).into_iter().collect();
        let applied = Applied { seq, prev: 0, at_ms: 0, told, effects };
        past.push(&applied, Told::event(&applied, |_| false));
    }

    fn events(past: &Past, seq: u64, person: &str) -> Option<usize> {
        past.since(seq, person, false).map(|missed| missed.events.len())
    }

    #[test]
    fn the_oldest_goes_and_who_missed_it_is_told_so() {
        let mut past = Past::new(10, 3, usize::MAX);
        for seq in 11..=14 {
            push(&mut past, seq, Some(Audience::Everyone), Vec::new());
        }
        assert_eq!(events(&past, 10, "eva"), None);
        assert_eq!(events(&past, 11, "eva"), Some(3));
        assert_eq!(events(&past, 13, "eva"), Some(1));
        assert_eq!(events(&past, 14, "eva"), Some(0));
        past.restart(20);
        assert_eq!((events(&past, 19, "eva"), events(&past, 20, "eva")), (None, Some(0)));
    }

    #[test]
    fn the_bytes_are_bounded_too() {
        let mut past = Past::new(0, 1_000, 1_000);
        for seq in 1..=100 {
            push(&mut past, seq, Some(Audience::Everyone), Vec::new());
        }
        assert!(past.bytes <= 1_000 && past.moments.len() > 5, "{} {}", past.bytes, past.moments.len());
        assert_eq!(events(&past, 100 - past.moments.len() as u64, "eva"), Some(past.moments.len()));
    }

    #[test]
    fn votes_take_no_room_and_private_events_are_private() {
        let mut past = Past::new(0, 2, usize::MAX);
        push(&mut past, 1, Some(Audience::Person("eva".into())), Vec::new());
        for seq in 2..5_000 {
            push(&mut past, seq, None, vec![Effect::TallyChanged]);
        }
        assert_eq!((events(&past, 0, "eva"), events(&past, 0, "tom")), (Some(1), Some(0)));
    }

    #[test]
    fn what_is_not_an_event_is_remembered_and_new_rights_need_the_whole_room() {
        let mut past = Past::new(0, 10, usize::MAX);
        push(&mut past, 1, None, vec![Effect::ReactionsChanged { message: 9 }]);
        push(&mut past, 2, None, vec![Effect::PollClosed { poll: 5 }]);
        push(&mut past, 3, None, vec![Effect::RightsChanged { person: "eva".into() }]);
        let missed = past.since(0, "tom", false).unwrap();
        assert_eq!((missed.reactions, missed.poll), (BTreeSet::from([9]), Some(5)));
        assert_eq!(past.since(2, "eva", false), None);
        assert!(past.since(3, "eva", false).is_some());
    }
}
