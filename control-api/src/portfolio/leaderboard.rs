//! Leaderboards: the points of all quizzes of a course, or of one quiz.
//!
//! They are boards of the cache, filled from the database when they are absent and moved by every result after its commit.
//! When the cache is away the database answers. Names and who may be seen are asked of the database each time.

use std::collections::HashMap;
use std::time::Duration;

use garde::Validate;
use lectern_platform::cache::{self, Found, Keep, Score};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::leaderboard_store as store;
use crate::problem::ApiError;
use crate::quizzes::points::Points;
use crate::server::Api;

/// How long what the cache did not get, though it should have, may be seen.
const TTL: Duration = Duration::from_secs(300);
/// Places of an answer if the client does not say.
const LIMIT_DEFAULT: u16 = 20;

/// Which leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Board {
    /// All quizzes of a course.
    Course(Uuid),
    /// One quiz, and its course.
    Quiz { quiz: Uuid, course: Uuid },
}

/// Which places.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Places {
    /// How many to leave out, from the best on; 0 if nothing is said.
    #[garde(range(max = cache::BOARD_MEMBERS_MAX as u32))]
    #[param(minimum = 0, maximum = 50_000)]
    skip: Option<u32>,
    /// Places wanted at most, 1 to 100. Default 20.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Part of a leaderboard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Leaderboard {
    /// How many are on it: everybody in the course with a result, the best 50,000.
    members: u64,
    /// Those asked for, the best first.
    places: Vec<Place>,
    /// Where the caller is, if they are on it.
    me: Option<Standing>,
}

/// Somebody's place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeaderboardPlace)]
pub(super) struct Place {
    /// One more than there are people with a better score.
    rank: u64,
    /// Who.
    person: Uuid,
    /// How others see them.
    name: String,
    /// Their points.
    score: Points,
}

/// The caller's own place.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Standing {
    /// As in [`Place`].
    rank: u64,
    /// Their points.
    score: Points,
}

/// What a board says, without names.
#[derive(Debug, PartialEq)]
struct Part {
    members: u64,
    places: Vec<(Uuid, Standing)>,
    me: Option<Standing>,
}

impl Board {
    fn name(self) -> String {
        match self {
            Self::Course(course) => format!("course:{course}"),
            Self::Quiz { quiz, .. } => format!("quiz:{quiz}"),
        }
    }

    fn course(self) -> Uuid {
        match self {
            Self::Course(course) | Self::Quiz { course, .. } => course,
        }
    }
}

/// Part of a leaderboard, as `me` sees it. Whether they may is asked before.
pub(super) async fn leaderboard(api: &Api, board: Board, me: Uuid, wanted: &Places) -> Result<Leaderboard, ApiError> {
    let (name, cache) = (board.name(), &*api.stores.cache);
    let (skip, limit) = (wanted.skip.unwrap_or(0), u32::from(wanted.limit.unwrap_or(LIMIT_DEFAULT)));
    let lease = match cache.top(&name, skip, limit).await {
        Ok(Found::Here(page)) => {
            if let Ok(Found::Here(mine)) = cache.around(&name, &me.to_string(), 0).await
                && let Some(part) = Part::of(page, mine)
                && let (shown, true) = with_names(api, board, part).await?
            {
                return Ok(shown);
            }
            // It shows somebody who has left or is suspended since, or less than it did a moment ago. Made anew.
            let _ = cache.forget(&name).await;
            None
        }
        Ok(Found::Absent(lease)) => Some(lease),
        Err(_) => None,
    };
    let scores = store::scores(api.database.primary(), board).await?;
    if let Some(lease) = lease {
        let members: Vec<_> = scores.iter().map(|(person, score)| (person.to_string(), points(*score))).collect();
        // Whether it is kept makes no difference to this answer.
        let _ = cache.fill(&name, &lease, &members, TTL).await;
    }
    Ok(with_names(api, board, Part::among(&scores, me, skip, limit)).await?.0)
}

/// Hundredths as a board has them: far fewer than a double counts exactly.
fn points(hundredths: i64) -> Score {
    Score::new(hundredths as f64)
}

impl Part {
    /// As the cache has it.
    fn of(page: cache::Page, mine: cache::Page) -> Option<Self> {
        let read = |place: cache::Place| -> Option<(Uuid, Standing)> {
            // Whole hundredths, as they were put there.
            let score = Points::from_sum(place.score.points() as i64);
            Some((place.member.parse().ok()?, Standing { rank: place.rank, score }))
        };
        let me = mine.places.into_iter().next().and_then(read).map(|(_, standing)| standing);
        let places = page.places.into_iter().map(read).collect::<Option<_>>()?;
        Some(Self { members: page.members, places, me })
    }

    /// Out of everybody's scores in hundredths, the best first.
    fn among(scores: &[(Uuid, i64)], me: Uuid, skip: u32, limit: u32) -> Self {
        let standing = |score: i64| {
            let better = scores.partition_point(|(_, other)| *other > score);
            Standing { rank: better as u64 + 1, score: Points::from_sum(score) }
        };
        let wanted = scores.iter().skip(skip as usize).take(limit as usize);
        let places = wanted.map(|(person, score)| (*person, standing(*score))).collect();
        let me = scores.iter().find(|(person, _)| *person == me).map(|(_, score)| standing(*score));
        Self { members: scores.len() as u64, places, me }
    }
}

/// With the names of those who are to be seen; whether all are.
async fn with_names(api: &Api, board: Board, part: Part) -> Result<(Leaderboard, bool), sqlx::Error> {
    let people: Vec<Uuid> = part.places.iter().map(|(person, _)| *person).collect();
    let mut names: HashMap<Uuid, String> = store::names(api.database.primary(), board.course(), &people).await?;
    let are_all = names.len() == people.len();
    let place =
        |(person, Standing { rank, score })| names.remove(&person).map(|name| Place { rank, person, name, score });
    let places = part.places.into_iter().filter_map(place).collect();
    Ok((Leaderboard { members: part.members, places, me: part.me }, are_all))
}

/// Puts somebody's new score on the boards, after it was committed.
pub(super) async fn scored(api: &Api, quiz: Uuid, person: Uuid) -> Result<(), sqlx::Error> {
    let (cache, member) = (&*api.stores.cache, person.to_string());
    let mut put = None;
    loop {
        let is = store::score(api.database.primary(), quiz, person).await?;
        // Two results of one person may come here in any order: the one that put its score last looks once more, and sees
        // what the other one committed.
        if is == put {
            return Ok(());
        }
        if let Some(store::Scores { course, of_quiz, of_course }) = is {
            for (board, score) in [(Board::Quiz { quiz, course }, of_quiz), (Board::Course(course), of_course)] {
                // What the cache does not get now it forgets later, and is not read before; see there.
                let _ = cache.score(&board.name(), &member, points(score), Keep::Latest).await;
            }
        }
        put = is;
    }
}

/// Forgets the boards that people who came into a course, or left it, are on with what they did before.
pub(super) async fn members_changed(api: &Api, course: Uuid, people: &[Uuid]) -> Result<(), sqlx::Error> {
    let quizzes = store::quizzes_taken(api.database.primary(), course, people).await?;
    let boards = quizzes.iter().map(|quiz| Board::Quiz { quiz: *quiz, course });
    for board in boards.chain((!quizzes.is_empty()).then_some(Board::Course(course))) {
        let _ = api.stores.cache.forget(&board.name()).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_share_a_rank_wherever_the_page_begins() {
        let people: [Uuid; 5] = std::array::from_fn(|_| Uuid::now_v7());
        let scores: Vec<_> = people.into_iter().zip([900, 700, 700, 700, 100]).collect();
        let ranks = |part: &Part| part.places.iter().map(|(_, standing)| standing.rank).collect::<Vec<_>>();
        let all = Part::among(&scores, people[4], 0, 10);
        assert_eq!((all.members, ranks(&all)), (5, vec![1, 2, 2, 2, 5]));
        assert_eq!(all.me, Some(Standing { rank: 5, score: Points::from_hundredths(100) }));
        let part = Part::among(&scores, Uuid::nil(), 2, 2);
        assert_eq!((part.members, ranks(&part), part.me), (5, vec![2, 2], None));
        assert!(Part::among(&scores, Uuid::nil(), 5, 2).places.is_empty());
    }
}
