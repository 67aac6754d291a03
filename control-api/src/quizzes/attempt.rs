//! An attempt, as the person sees it who makes it, and their tutor.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::Answer;
use super::points::Points;
use super::question::{Key, QUESTIONS_MAX, Question};

/// The largest counter: what a double holds exactly, because browsers count in doubles.
const COUNTER_MAX: i64 = 1 << 53;

/// What ended an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(super) enum EndedBy {
    /// Whoever made it.
    Person,
    /// Its due time.
    Deadline,
}

/// An attempt with its questions and what was answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Attempt {
    /// Which.
    pub(super) id: Uuid,
    /// At which quiz.
    pub(super) quiz: Uuid,
    /// Whose.
    pub(super) person: Uuid,
    /// The how manieth of that person.
    pub(super) number: i32,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) started_at: OffsetDateTime,
    /// When it ends by itself, if it does.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) due_at: Option<OffsetDateTime>,
    /// When it ended, if it has.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) ended_at: Option<OffsetDateTime>,
    /// What ended it.
    pub(super) ended_by: Option<EndedBy>,
    /// What it was worth.
    pub(super) score: Option<Points>,
    /// What it could have been worth.
    pub(super) score_max: Option<Points>,
    /// The clock that counts: until `due_at` there is so much time as lies between the two, whatever the client's clock says.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) now: OffsetDateTime,
    /// The questions, in their order.
    pub(super) questions: Vec<AnsweredQuestion>,
}

/// A question of an attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnsweredQuestion {
    /// What is asked.
    #[serde(flatten)]
    pub(super) question: Question,
    /// What was answered last.
    pub(super) answer: Option<Answer>,
    /// The counter of that write.
    pub(super) counter: Option<i64>,
    /// What the answer was worth; there only when the keys may be seen and the attempt has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) earned: Option<Points>,
    /// What is right; there only when it may be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Key>,
}

/// Answers to be kept.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswers {
    /// Counts up with each write of the client, 0 to 2^53. An answer that was written with the same or a larger one stays.
    #[garde(range(min = 0, max = COUNTER_MAX))]
    #[schema(minimum = 0)]
    pub(super) counter: i64,
    /// 1 to 100, each of another question.
    #[garde(length(min = 1, max = QUESTIONS_MAX), custom(different_questions))]
    #[schema(min_items = 1, max_items = 100)]
    pub(super) answers: Vec<NewAnswer>,
}

/// An answer to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnswer {
    /// To which question.
    pub(super) question: Uuid,
    /// Which; `null` takes an answer back.
    pub(super) answer: Option<Answer>,
}

/// Answers are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Kept {
    /// When the attempt ends by itself, if it does.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) due_at: Option<OffsetDateTime>,
    /// The clock that counts.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) now: OffsetDateTime,
}

fn different_questions(answers: &[NewAnswer], (): &()) -> garde::Result {
    let mut questions: Vec<Uuid> = answers.iter().map(|answer| answer.question).collect();
    questions.sort_unstable();
    if questions.windows(2).any(|two| two[0] == two[1]) {
        return Err(garde::Error::new("one answer for each question"));
    }
    Ok(())
}
