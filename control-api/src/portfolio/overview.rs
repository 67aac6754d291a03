//! What tutors see of a course and its students.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::courses::Completion;
use crate::quizzes::points::Points;

/// How a course goes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Overview {
    /// How many are in it.
    pub(super) students: i64,
    /// All lessons, in their order.
    pub(super) lessons: Vec<LessonOverview>,
    /// All quizzes, by lesson.
    pub(super) quizzes: Vec<QuizOverview>,
}

/// How a lesson goes, among those who are in the course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LessonOverview {
    /// Which.
    pub(super) id: Uuid,
    /// One line.
    pub(super) title: String,
    /// How many began it.
    pub(super) started: i64,
    /// How many completed it.
    pub(super) completed: i64,
    /// How much of its video those who began it watched; none without a video, or before the first.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) watched_percent_mean: Option<f64>,
}

/// How a quiz goes, among those who are in the course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuizOverview {
    /// Which.
    pub(super) id: Uuid,
    /// One line.
    pub(super) title: String,
    /// How many ended an attempt.
    pub(super) taken: i64,
    /// How many of these passed.
    pub(super) passed: i64,
    /// The mean of the scores that count; none before the first.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) score_percent_mean: Option<f64>,
}

/// How far a student is in a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudentStanding {
    /// Who.
    pub(super) person: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// How many lessons the course has.
    pub(super) lessons: i64,
    /// How many of these are complete.
    pub(super) completed: i64,
    /// As in a portfolio.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) percent: i32,
    /// Of all quizzes taken; none before the first.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) score_percent: Option<f64>,
    /// As in a portfolio.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) last_activity_at: OffsetDateTime,
}

/// All that a student did in a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StudentDetail {
    /// Who.
    pub(super) person: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// When they came in.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) enrolled_at: OffsetDateTime,
    /// When they left, if they did.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) left_at: Option<OffsetDateTime>,
    /// All lessons that students see, in their order, and others that they began.
    pub(super) lessons: Vec<LessonDetail>,
    /// All quizzes that students see, and others that they took, by lesson.
    pub(super) quizzes: Vec<QuizDetail>,
}

/// How far a student is in a lesson.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LessonDetail {
    /// Which.
    pub(super) id: Uuid,
    /// One line.
    pub(super) title: String,
    /// 100 if it is complete; else the whole tenths of its video that they watched, 90 at most.
    #[schema(minimum = 0, maximum = 100)]
    pub(super) percent: i32,
    /// How much of the video they watched, seconds.
    pub(super) watched_s: i32,
    /// How long the video is, seconds.
    pub(super) video_s: Option<i32>,
    /// Where they stopped, seconds.
    pub(super) position_s: i32,
    /// When they began it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) started_at: Option<OffsetDateTime>,
    /// When they completed it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) completed_at: Option<OffsetDateTime>,
    /// By what.
    pub(super) completed_by: Option<Completion>,
}

/// What a student got in a quiz.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuizDetail {
    /// Which.
    pub(super) id: Uuid,
    /// Of which lesson.
    pub(super) lesson: Uuid,
    /// One line.
    pub(super) title: String,
    /// The score that counts; none before the first attempt has ended.
    pub(super) score: Option<Points>,
    /// What it could have been.
    pub(super) score_max: Option<Points>,
    /// Whether it is enough.
    pub(super) passed: bool,
    /// Attempts that have ended.
    pub(super) attempts: i32,
    /// When the last of these did.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) ended_at: Option<OffsetDateTime>,
}
