//! The SQL of scores that count, and of what tutors see of a whole quiz.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::Answer;
use super::item_analysis::{Item, ItemAnalysis};
use super::kept_score::ScoreKept;
use super::points::Points;
use super::quiz_store::keyed_questions;
use crate::events::{self, Event};
use crate::progress::completion;

/// What somebody got in a quiz.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuizResult {
    /// Who.
    pub(super) person: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// The score that counts.
    pub(super) score: Points,
    /// What it could have been.
    pub(super) score_max: Points,
    /// Whether it is enough.
    pub(super) passed: bool,
    /// Attempts that have ended.
    pub(super) attempts: i32,
    /// The last of these.
    pub(super) last_attempt: Uuid,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) updated_at: OffsetDateTime,
}

/// Writes down the score that counts, out of all attempts that have ended, and what follows from it.
pub(super) async fn keep(
    connection: &mut PgConnection,
    quiz: Uuid,
    person: Uuid,
    score_max: Points,
) -> Result<(), sqlx::Error> {
    let policy = sqlx::query!(
        r#"SELECT score_kept AS "score_kept: ScoreKept", pass_percent, lesson_id, course_id
           FROM quizzes q JOIN lessons l ON l.id = q.lesson_id WHERE q.id = $1"#,
        quiz
    );
    let policy = policy.fetch_one(&mut *connection).await?;
    let scores = sqlx::query_scalar!(
        r#"SELECT score AS "score!" FROM quiz_attempts
           WHERE quiz_id = $1 AND person_id = $2 AND ended_at IS NOT NULL ORDER BY number"#,
        quiz,
        person
    );
    let scores: Vec<Points> =
        scores.fetch_all(&mut *connection).await?.into_iter().map(Points::from_hundredths).collect();
    let Some(score) = policy.score_kept.of(&scores) else { return Ok(()) };
    let passed = score.reaches(policy.pass_percent, score_max);
    sqlx::query!(
        "INSERT INTO quiz_results (quiz_id, person_id, score, score_max, attempts, passed, updated_at, course_id)
         VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7)
         ON CONFLICT (quiz_id, person_id) DO UPDATE SET score = EXCLUDED.score, score_max = EXCLUDED.score_max,
            attempts = EXCLUDED.attempts, passed = EXCLUDED.passed, updated_at = EXCLUDED.updated_at",
        quiz,
        person,
        score.hundredths(),
        score_max.hundredths(),
        i32::try_from(scores.len()).unwrap_or(i32::MAX),
        passed,
        policy.course_id
    )
    .execute(&mut *connection)
    .await?;
    let scored = Event::QuizScored {
        person,
        course: policy.course_id,
        lesson: policy.lesson_id,
        quiz,
        score: score.hundredths(),
        score_max: score_max.hundredths(),
        passed,
    };
    events::emit(connection, scored).await?;
    if passed {
        completion::quiz_passed(connection, person, policy.lesson_id).await?;
    }
    Ok(())
}

/// Results by person after `after`, in the order in which people signed up.
pub(super) async fn results(
    pool: &PgPool,
    quiz: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<QuizResult>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT r.person_id, p.name, r.score, r.score_max, r.passed, r.attempts, r.updated_at, a.id AS last_attempt
         FROM quiz_results r JOIN people p ON p.id = r.person_id
             JOIN quiz_attempts a ON a.quiz_id = r.quiz_id AND a.person_id = r.person_id AND a.number = r.attempts
         WHERE r.quiz_id = $1 AND r.person_id > coalesce($2, '00000000-0000-0000-0000-000000000000'::uuid)
         ORDER BY r.person_id LIMIT $3",
        quiz,
        after,
        rows
    );
    let results = rows.fetch_all(pool).await?.into_iter().map(|row| QuizResult {
        person: row.person_id,
        name: row.name,
        score: Points::from_hundredths(row.score),
        score_max: Points::from_hundredths(row.score_max),
        passed: row.passed,
        attempts: row.attempts,
        last_attempt: row.last_attempt,
        updated_at: row.updated_at,
    });
    Ok(results.collect())
}

/// What somebody answered, if they did, and what it earned.
type Graded = (Option<Answer>, Points);

/// How the questions did in everybody's first attempt, row by row.
pub(super) async fn analysis(pool: &PgPool, quiz: Uuid) -> Result<Vec<Item>, sqlx::Error> {
    let questions: Vec<_> = keyed_questions(pool, quiz).await?.into_iter().map(|keyed| keyed.question).collect();
    let places: HashMap<Uuid, usize> = questions.iter().map(|question| question.id).zip(0..).collect();
    let nothing = vec![(None, Points::ZERO); questions.len()];
    let mut analysis = ItemAnalysis::new(questions);
    let mut rows = sqlx::query!(
        r#"SELECT a.id, w.question_id AS "question?", w.answer AS "answer: Json<Answer>", w.points
           FROM quiz_attempts a LEFT JOIN quiz_answers w ON w.attempt_id = a.id
           WHERE a.quiz_id = $1 AND a.number = 1 AND a.ended_at IS NOT NULL ORDER BY a.id"#,
        quiz
    )
    .fetch(pool);
    let mut current: Option<(Uuid, Vec<Graded>)> = None;
    while let Some(row) = rows.try_next().await? {
        if current.as_ref().is_none_or(|(attempt, _)| *attempt != row.id)
            && let Some((_, answers)) = current.replace((row.id, nothing.clone()))
        {
            analysis.add(&answers);
        }
        let place = row.question.and_then(|question| places.get(&question));
        if let (Some((_, answers)), Some(place)) = (&mut current, place) {
            let points = row.points.map_or(Points::ZERO, Points::from_hundredths);
            answers[*place] = (row.answer.map(|answer| answer.0), points);
        }
    }
    if let Some((_, answers)) = current {
        analysis.add(&answers);
    }
    Ok(analysis.items())
}
