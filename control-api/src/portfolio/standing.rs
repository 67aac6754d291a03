//! What a student sees of all that they learn.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::courses::CourseState;
use crate::quizzes::points::Points;

/// Everything that somebody learns, and how far they are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Portfolio {
    /// The courses that they are in, but drafts; where they did something last comes first. 200 at most.
    pub(super) courses: Vec<CourseStanding>,
    /// Days on which they learnt, without a gap.
    pub(super) streak: Streak,
    /// How many lessons they ever completed, in courses that they left too.
    pub(super) lessons_completed: i64,
}

/// How far somebody is in a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CourseStanding {
    /// Which.
    pub(super) id: Uuid,
    /// One line.
    pub(super) title: String,
    /// What it is about, in a sentence or two.
    pub(super) summary: String,
    /// Published or archived.
    pub(super) state: CourseState,
    /// How many lessons it has.
    pub(super) lessons: i64,
    /// How many of these are complete.
    pub(super) completed: i64,
    /// How much of it is done, 0 to 100: the mean of its lessons. A complete one counts in full, another by the whole tenths
    /// of its video that were watched, nine at most.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) percent: i32,
    /// The scores that count of all quizzes taken; none before the first.
    pub(super) score: Option<Points>,
    /// What they could have been.
    pub(super) score_max: Option<Points>,
    /// The first lesson in order that is open to them and not complete.
    pub(super) next_lesson: Option<NextLesson>,
    /// When they came in, or last began or completed a lesson, watched another tenth of one, or ended a quiz.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) last_activity_at: OffsetDateTime,
}

/// A lesson to go on with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NextLesson {
    /// Which.
    pub(super) id: Uuid,
    /// One line.
    pub(super) title: String,
}

/// Days, in UTC, on which somebody learnt, without a gap between them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Streak {
    /// How many up to today; up to yesterday while today's is still to come.
    pub(super) days: i64,
    /// The most there ever were.
    pub(super) best: i64,
    /// Whether today is one.
    pub(super) today: bool,
}
