//! Polls: the one that is open, and the one that was closed last.

mod asked;
mod past;
mod quiz;
#[cfg(test)]
mod tests;

use lectern_room_protocol::{
    Event, Leader, Poll, PollOpen, PollOutcome, PollResults, PollState, Tally, Voter, VoterPage,
};
use serde::{Deserialize, Serialize};

use super::RoomState;
use super::applied::{Audience, Change, Effect};
use super::person_map::{PersonMap, Str};
use super::shared::Shared;
pub(super) use past::PastPolls;
pub(super) use quiz::Leaderboard;

/// The options that somebody chose; bit `n` is option `n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Choice(u16);

impl Choice {
    /// The choice of these options of a poll; `None` if there is none, or one that the poll does not have.
    fn of(options: &[u8], available: usize) -> Option<Self> {
        let mut bits = 0;
        for &option in options {
            if usize::from(option) >= available.min(16) {
                return None;
            }
            bits |= 1 << option;
        }
        (bits != 0).then_some(Self(bits))
    }

    fn options(self) -> Vec<u8> {
        (0..16).filter(|option| self.0 & (1 << option) != 0).collect()
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// What somebody chose, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Vote {
    #[serde(rename = "c")]
    choice: Choice,
    #[serde(rename = "t")]
    at_ms: u64,
}

/// The poll that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenPoll {
    poll: Poll,
    /// The right answer of a question of the quiz.
    correct: Option<Choice>,
    /// One for each person; members, all of them.
    votes: PersonMap<Vote>,
    /// How many chose what, kept with every vote.
    counts: Vec<u32>,
}

impl OpenPoll {
    fn new(id: u64, open: &PollOpen, at_ms: u64) -> Self {
        let quiz = open.quiz.as_ref();
        // What a quiz is right about shows once nobody can answer any more.
        let results = if quiz.is_some() { PollResults::Closed } else { open.results };
        Self {
            poll: Poll {
                id,
                question: open.question.clone(),
                options: open.options.clone(),
                multiple: open.multiple,
                anonymous: open.anonymous,
                results,
                quiz: quiz.is_some(),
                opened_at_ms: at_ms,
                closes_at_ms: open.seconds.map(|seconds| at_ms.saturating_add(u64::from(seconds) * 1_000)),
            },
            correct: quiz.and_then(|quiz| Choice::of(&quiz.correct, open.options.len())),
            votes: PersonMap::default(),
            counts: vec![0; open.options.len()],
        }
    }

    /// Counts a vote, in place of the one before.
    fn vote(&mut self, person: &Str, vote: Vote) {
        if let Some(before) = self.votes.insert(person.clone(), vote) {
            self.count(before.choice, |count| count.saturating_sub(1));
        }
        self.count(vote.choice, |count| count + 1);
    }

    fn count(&mut self, choice: Choice, change: impl Fn(u32) -> u32) {
        for option in choice.options() {
            if let Some(count) = self.counts.get_mut(usize::from(option)) {
                *count = change(*count);
            }
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.poll.id
    }

    pub(super) fn tally(&self) -> Tally {
        Tally { votes: self.counts.clone(), voters: u32::try_from(self.votes.len()).unwrap_or(u32::MAX) }
    }

    /// Who sees the tally while it is open.
    fn audience(&self) -> Audience {
        if self.poll.results == PollResults::Live { Audience::Everyone } else { Audience::Moderators }
    }

    /// The poll for one reader.
    pub(super) fn state_for(&self, reader: &str, moderator: bool) -> PollState {
        PollState {
            poll: self.poll.clone(),
            mine: self.votes.get(reader).map(|vote| vote.choice.options()),
            tally: self.audience().includes(reader, moderator).then(|| self.tally()),
        }
    }

    fn is_over(&self, now_ms: u64) -> bool {
        self.poll.closes_at_ms.is_some_and(|closes_at_ms| closes_at_ms <= now_ms)
    }
}

/// The poll that was closed last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClosedPoll {
    poll: Poll,
    closed_at_ms: u64,
    tally: Tally,
    correct: Option<Choice>,
    /// Who chose what; nobody, if it was anonymous.
    votes: PersonMap<Vote>,
    /// The best of the quiz then.
    leaders: Vec<Leader>,
}

impl ClosedPoll {
    /// How it ended, for moderators or for others.
    pub(super) fn outcome(&self, moderator: bool) -> PollOutcome {
        PollOutcome {
            poll: self.poll.clone(),
            closed_at_ms: self.closed_at_ms,
            tally: (moderator || self.poll.results != PollResults::Moderators).then(|| self.tally.clone()),
            correct: self.correct.map(Choice::options),
            leaders: self.leaders.clone(),
        }
    }
}

impl RoomState {
    /// The open poll, its tally, and who may see it.
    #[must_use]
    pub fn tally(&self) -> Option<(u64, Tally, Audience)> {
        self.poll.as_ref().map(|open| (open.poll.id, open.tally(), open.audience()))
    }

    /// When there will be something [due](Self::due), in milliseconds since 1970.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        if self.ended { None } else { self.poll.as_ref().and_then(|open| open.poll.closes_at_ms) }
    }

    /// A page of who voted what: of the first `limit` ids after `after`.
    fn voters(&self, votes: &PersonMap<Vote>, after: Option<&str>, limit: usize) -> VoterPage {
        let mut page: Vec<(&Str, &Vote)> =
            votes.iter().filter(|(person, _)| after.is_none_or(|after| ***person > *after)).collect();
        let more = page.len() > limit;
        if more {
            page.select_nth_unstable_by(limit, |one, other| one.0.cmp(other.0));
            page.truncate(limit);
        }
        page.sort_unstable_by(|one, other| one.0.cmp(other.0));
        let next = page.last().filter(|_| more).map(|(person, _)| person.to_string());
        let voter = |(person, vote): (&Str, &Vote)| Voter {
            person: self.person_or_id(person),
            options: vote.choice.options(),
            at_ms: vote.at_ms,
        };
        VoterPage { voters: page.into_iter().map(voter).collect(), next }
    }

    pub(super) fn apply_poll_opened(&mut self, id: u64, open: &PollOpen, at_ms: u64) -> Change {
        if self.poll.is_some() {
            return Change::default();
        }
        let open = OpenPoll::new(id, open, at_ms);
        let poll = open.poll.clone();
        self.poll = Some(Shared::new(open));
        Change::told(Audience::Everyone, Event::PollOpened { poll })
    }

    pub(super) fn apply_voted(&mut self, poll: u64, person: &Str, choice: u16, at_ms: u64) -> Change {
        match &mut self.poll {
            Some(open) if open.poll.id == poll => {
                open.change().vote(person, Vote { choice: Choice(choice), at_ms });
                Change::effect(Effect::TallyChanged)
            }
            _ => Change::default(),
        }
    }

    pub(super) fn apply_poll_closed(&mut self, poll: u64, at_ms: u64) -> Change {
        let Some(open) = self.poll.take_if(|open| open.poll.id == poll).map(Shared::into_inner) else {
            return Change::default();
        };
        let mut leaders = Vec::new();
        if open.correct.is_some() {
            self.leaderboard.change().score(&open);
            leaders = self.leaders(self.limits.leaders_told);
        }
        let closed_at_ms = open.poll.closes_at_ms.map_or(at_ms, |closes_at_ms| closes_at_ms.min(at_ms));
        self.past_polls.change().note(&open, closed_at_ms, self.seq);
        let tally = open.tally();
        // Who chose what in an anonymous poll was needed to count everybody once, and is not any more.
        let votes = if open.poll.anonymous { PersonMap::default() } else { open.votes };
        let closed = ClosedPoll { poll: open.poll, closed_at_ms, tally, correct: open.correct, votes, leaders };
        let [moderators, others] = [true, false].map(|moderator| closed.outcome(moderator));
        self.outcome = Some(Shared::new(closed));
        let change = if moderators == others {
            Change::told(Audience::Everyone, Event::PollClosed { outcome: others })
        } else {
            Change::told(Audience::Moderators, Event::PollClosed { outcome: moderators })
                .and_told(Audience::Everyone, Event::PollClosed { outcome: others })
        };
        change.and(Effect::PollClosed { poll })
    }

    pub(super) fn apply_quiz_reset(&mut self) -> Change {
        self.leaderboard = Shared::default();
        if let Some(outcome) = &mut self.outcome
            && !outcome.leaders.is_empty()
        {
            outcome.change().leaders = Vec::new();
        }
        Change::told(Audience::Everyone, Event::QuizReset)
    }
}
