//! Polls that are over, as the school keeps them: how many chose what, and never who.

use std::collections::VecDeque;

use lectern_platform::class_bus::ClassPoll;
use lectern_room_protocol::PollResults;
use serde::{Deserialize, Serialize};

use super::super::RoomState;
use super::{Choice, OpenPoll};

/// Polls that are kept for the school to fetch; it does so every few seconds. The oldest goes.
const KEPT_MAX: usize = 100;

/// See the [module](self).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct PastPolls(VecDeque<PastPoll>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PastPoll {
    /// The number of the entry that closed it.
    changed: u64,
    poll: ClassPoll,
}

impl PastPolls {
    /// Keeps how a poll ended with entry `changed`, in place of how the same one ended before.
    pub(super) fn note(&mut self, open: &OpenPoll, closed_at_ms: u64, changed: u64) {
        self.0.retain(|past| past.poll.number != open.poll.id);
        self.0.push_back(PastPoll { changed, poll: open.past(closed_at_ms) });
        while self.0.len() > KEPT_MAX {
            self.0.pop_front();
        }
    }

    /// Those that ended after an entry, and with which.
    pub(in super::super) fn after(&self, after: u64) -> impl Iterator<Item = (u64, &ClassPoll)> {
        self.0.iter().filter(move |past| past.changed > after).map(|past| (past.changed, &past.poll))
    }
}

impl OpenPoll {
    fn past(&self, closed_at_ms: u64) -> ClassPoll {
        let (poll, tally) = (&self.poll, self.tally());
        ClassPoll {
            number: poll.id,
            question: poll.question.clone(),
            options: poll.options.clone(),
            multiple: poll.multiple,
            anonymous: poll.anonymous,
            quiz: poll.quiz,
            for_moderators: poll.results == PollResults::Moderators,
            opened_at_ms: poll.opened_at_ms,
            closed_at_ms,
            votes: tally.votes,
            voters: tally.voters,
            correct: self.correct.map(Choice::options),
        }
    }
}

impl RoomState {
    /// The class ends: so does the poll that is open, as far as anybody who looks back is concerned.
    pub(in super::super) fn note_open_poll(&mut self, at_ms: u64) {
        if let Some(open) = &self.poll {
            let closed_at_ms = open.poll.closes_at_ms.map_or(at_ms, |closes_at_ms| closes_at_ms.min(at_ms));
            self.past_polls.change().note(open, closed_at_ms, self.seq);
        }
    }
}
