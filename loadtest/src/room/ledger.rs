//! What all participants together have done, heard and suffered.

use std::collections::BTreeMap;

use crate::histogram::Histogram;
use crate::room::note::Notes;

/// The account of a classroom.
#[derive(Debug, Default)]
pub struct Ledger {
    /// From sending a note to reading it at a participant, while [`Self::is_timed`].
    pub delivery: Histogram,
    /// From dialling to being in.
    pub join: Histogram,
    /// Whether notes that arrive now count for [`Self::delivery`].
    pub is_timed: bool,
    /// Notes that participants read, each at each.
    pub deliveries: u64,
    /// Bytes of all frames, with their headers, that were read.
    pub bytes: u64,
    /// Frames that were read.
    pub frames: u64,
    /// Notes that participants read once more.
    pub repeated_notes: u64,
    /// Notes that the server has acknowledged: everybody is owed them.
    pub acknowledged: Notes,
    /// Notes that were sent.
    pub notes_sent: usize,
    /// The poll that was opened last.
    pub poll: Option<u64>,
    /// Acknowledged votes by option; who votes again counts for the new option alone.
    pub votes: Vec<u32>,
    /// How many have voted.
    pub voters: u32,
    /// Votes that were acknowledged, changed ones each time.
    pub votes_done: usize,
    /// When the last vote was acknowledged.
    pub last_vote_us: u64,
    /// Whether the poll was acknowledged to be closed.
    pub poll_closed: bool,
    /// Requests that were refused, by code.
    pub refused: BTreeMap<String, usize>,
    /// Connections that did not come about or were lost, by cause.
    pub failures: BTreeMap<String, usize>,
    /// Those among [`Self::failures`] that were in the room.
    pub disconnects: usize,
    /// Requests that a lost connection left without an answer.
    pub unanswered: usize,
    /// Those who came back and got a snapshot instead of what they had missed.
    pub snapshots_on_return: usize,
    /// Writes that the kernel did not take at once.
    pub writes_delayed: u64,
    /// How late notes were sent.
    pub lateness: Histogram,
    /// The longest time between two looks at the sockets, in microseconds.
    pub blind_us_max: u64,
}

impl Ledger {
    /// One more of this cause.
    pub(crate) fn count(causes: &mut BTreeMap<String, usize>, cause: String) {
        *causes.entry(cause).or_default() += 1;
    }

    /// A vote is in; `before` is what the same person voted before.
    pub(crate) fn vote(&mut self, option: u8, before: Option<u8>, now_us: u64) {
        self.votes.resize(self.votes.len().max(usize::from(option) + 1), 0);
        self.votes[usize::from(option)] += 1;
        match before {
            Some(before) => self.votes[usize::from(before)] -= 1,
            None => self.voters += 1,
        }
        self.votes_done += 1;
        self.last_vote_us = now_us;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_vote_counts_once() {
        let mut ledger = Ledger::default();
        ledger.vote(3, None, 5);
        ledger.vote(1, None, 6);
        ledger.vote(0, Some(3), 7);
        assert_eq!((ledger.votes, ledger.voters, ledger.votes_done, ledger.last_vote_us), (vec![1, 1, 0, 0], 2, 3, 7));
    }
}
