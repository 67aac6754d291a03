//! The live quiz: points for right answers, more for quick ones, and who leads.

use lectern_room_protocol::{Leader, Notice};
use serde::{Deserialize, Serialize};

use super::super::RoomState;
use super::super::person_map::{PersonMap, Str};
use super::{Choice, OpenPoll, Vote};

/// Points of a right answer at the last moment.
const POINTS_MIN: u64 = 500;
/// Points of a right answer at once.
const POINTS_MAX: u64 = 1_000;

/// Everybody's points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Leaderboard {
    /// Who has any; members, all of them.
    points: PersonMap<u32>,
    /// The same, best first, then by id: made from it after every question, so that a rank is looked up.
    #[serde(skip)]
    order: Vec<(u32, Str)>,
}

impl Leaderboard {
    /// Adds the points of a question that is closed.
    pub(super) fn score(&mut self, open: &OpenPoll) {
        for (person, vote) in open.votes.iter() {
            let points = points(open.correct, vote, open.poll.opened_at_ms, open.poll.closes_at_ms);
            if points > 0 {
                let before = self.points.get(person).copied().unwrap_or_default();
                self.points.insert(person.clone(), before.saturating_add(points));
            }
        }
        self.rank();
    }

    /// Puts everybody in order.
    pub(in super::super) fn rank(&mut self) {
        self.order = self.points.iter().map(|(person, &points)| (points, person.clone())).collect();
        self.order.sort_unstable_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    }

    /// Equal points share a rank; the next one is as many lower as they are.
    fn rank_of(&self, points: u32) -> u32 {
        let better = self.order.partition_point(|&(others, _)| others > points);
        u32::try_from(better + 1).unwrap_or(u32::MAX)
    }
}

/// What a vote earns.
fn points(correct: Option<Choice>, vote: &Vote, opened_at_ms: u64, closes_at_ms: Option<u64>) -> u32 {
    if correct != Some(vote.choice) {
        return 0;
    }
    let whole_ms = closes_at_ms.unwrap_or(opened_at_ms).saturating_sub(opened_at_ms).max(1);
    let left_ms = whole_ms.saturating_sub(vote.at_ms.saturating_sub(opened_at_ms));
    u32::try_from(POINTS_MIN + (POINTS_MAX - POINTS_MIN) * left_ms / whole_ms).unwrap_or(u32::MAX)
}

impl RoomState {
    /// The best of the quiz.
    pub(super) fn leaders(&self, limit: usize) -> Vec<Leader> {
        let leaders = self.leaderboard.order.iter().take(limit);
        leaders.map(|(points, person)| self.leader(person, *points)).collect()
    }

    /// Somebody's line of the leaderboard.
    pub(super) fn leader_of(&self, person: &str) -> Option<Leader> {
        self.leaderboard.points.get(person).map(|&points| self.leader(person, points))
    }

    fn leader(&self, person: &str, points: u32) -> Leader {
        Leader { rank: self.leaderboard.rank_of(points), person: self.person_or_id(person), points }
    }

    /// What somebody is told after a question of the quiz was closed; nothing, if that was none, or not the last poll.
    #[must_use]
    pub fn quiz_score(&self, person: &str, poll: u64) -> Option<Notice> {
        let closed = self.outcome.as_ref().filter(|closed| closed.poll.id == poll && closed.correct.is_some())?;
        let vote = closed.votes.get(person);
        let points =
            vote.map_or(0, |vote| points(closed.correct, vote, closed.poll.opened_at_ms, closed.poll.closes_at_ms));
        Some(Notice::QuizScore {
            poll,
            correct: vote.map(|vote| Some(vote.choice) == closed.correct),
            points,
            total: self.leader_of(person),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_answer_earns_more_the_sooner_it_comes() {
        let earned =
            |choice, at_ms| points(Some(Choice(0b10)), &Vote { choice: Choice(choice), at_ms }, 1_000, Some(11_000));
        assert_eq!([1_000, 6_000, 11_000].map(|at_ms| earned(0b10, at_ms)), [1_000, 750, 500]);
        // Nodes' clocks differ a little.
        assert_eq!([0, 11_200].map(|at_ms| earned(0b10, at_ms)), [1_000, 500]);
        assert_eq!([0b01, 0b11].map(|choice| earned(choice, 1_000)), [0, 0]);
    }
}
