//! What a player reports every few seconds, and what comes of it.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::courses::Completion;

/// The longest video, seconds.
const VIDEO_S_MAX: i32 = 86_400;
/// The highest counter: what a double of JavaScript counts to exactly.
const COUNTER_MAX: i64 = 1 << 53;

/// Where the player is, and what was watched since its last report.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Heartbeat {
    /// Where the player is, seconds from the beginning.
    #[garde(range(min = 0, max = VIDEO_S_MAX))]
    #[schema(minimum = 0, maximum = 86_400)]
    pub(super) position_s: i32,
    /// What was watched, if anything. What is beyond the video's end is left out.
    #[garde(dive)]
    pub(super) watched: Option<Interval>,
    /// Counts the client's reports up, over its reloads too. Of the highest there is, the position holds.
    #[garde(range(min = 0, max = COUNTER_MAX))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_992_i64)]
    pub(super) counter: i64,
}

/// From a second on, to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct Interval {
    /// The first second of it.
    #[garde(range(min = 0, max = VIDEO_S_MAX))]
    #[schema(minimum = 0, maximum = 86_400)]
    pub(super) from_s: i32,
    /// The second after its last; not before `from_s`.
    #[garde(range(min = self.from_s.max(0), max = VIDEO_S_MAX))]
    #[schema(minimum = 0, maximum = 86_400)]
    pub(super) to_s: i32,
}

/// How far a student is in a lesson.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// Where they stopped, seconds.
    pub(crate) position_s: i32,
    /// How much of the video they watched, seconds.
    pub(crate) watched_s: i32,
    /// How long the video is, seconds.
    pub(crate) video_s: Option<i32>,
    /// When they completed the lesson.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) completed_at: Option<OffsetDateTime>,
    /// By what.
    pub(crate) completed_by: Option<Completion>,
}

/// How many tenths of a video were watched; the last one is for who completes the lesson.
pub(super) fn tenths(watched_s: i32, video_s: i32) -> i16 {
    let tenths = i64::from(watched_s) * 10 / i64::from(video_s.max(1));
    i16::try_from(tenths.clamp(0, 9)).unwrap_or(9)
}

/// Whose progress, and in which lesson. Rows are locked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) person: Uuid,
    pub(super) lesson: Uuid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_rounded_down_and_the_last_is_not_watched() {
        let pairs = [(0, 600), (59, 600), (60, 600), (539, 600), (540, 600), (600, 600), (86_400, 1), (1, 86_400)];
        assert_eq!(pairs.map(|(watched_s, video_s)| tenths(watched_s, video_s)), [0, 0, 1, 8, 9, 9, 9, 0]);
    }
}
