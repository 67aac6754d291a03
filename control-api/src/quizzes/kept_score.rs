//! The score that counts, of a person with several attempts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::points::Points;

/// Which score of several attempts is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ScoreKept {
    /// The highest.
    Best,
    /// That of the attempt that was started last.
    Last,
    /// The mean, rounded down to a hundredth of a point.
    Average,
}

impl ScoreKept {
    /// Of the scores of the attempts that have ended, in the order of their start. None without an attempt.
    #[must_use]
    pub fn of(self, scores: &[Points]) -> Option<Points> {
        match self {
            Self::Best => scores.iter().copied().max(),
            Self::Last => scores.last().copied(),
            Self::Average => {
                let attempts = u32::try_from(scores.len()).unwrap_or(u32::MAX);
                (attempts > 0).then(|| scores.iter().copied().sum::<Points>().share(1, attempts))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(hundredths: &[i32]) -> Vec<Points> {
        hundredths.iter().copied().map(Points::from_hundredths).collect()
    }

    fn kept(hundredths: &[i32]) -> [Option<i32>; 3] {
        [ScoreKept::Best, ScoreKept::Last, ScoreKept::Average]
            .map(|policy| policy.of(&points(hundredths)).map(Points::hundredths))
    }

    #[test]
    fn the_policy_chooses() {
        assert_eq!(kept(&[]), [None; 3]);
        assert_eq!(kept(&[500]), [Some(500); 3]);
        assert_eq!(kept(&[300, 1000, 700]), [Some(1000), Some(700), Some(666)]);
    }

    proptest! {
        #[test]
        fn the_kept_score_is_between_the_lowest_and_the_best(scores in proptest::collection::vec(0..1_000_000, 1..20)) {
            let (lowest, highest) = (*scores.iter().min().unwrap(), *scores.iter().max().unwrap());
            for kept in kept(&scores) {
                prop_assert!((lowest..=highest).contains(&kept.unwrap()));
            }
        }
    }
}
