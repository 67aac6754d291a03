//! The SQL of attempts. Whatever changes an attempt holds its row first, and judges the time after that, by Postgres' clock.

use std::collections::HashMap;

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::answer::Answer;
use super::attempt::{AnsweredQuestion, Attempt, EndedBy, NewAnswers};
use super::attempt_rules::{AttemptRules, KeysShown, Standing, is_due};
use super::grading::grade;
use super::points::Points;
use super::question::{Key, Task};
use super::quiz_store::{keyed_questions, question};
use super::result_store;
use crate::courses::viewer::Viewer;

/// An attempt that nobody else changes until the transaction ends.
pub(super) struct Held {
    pub(super) id: Uuid,
    pub(super) quiz: Uuid,
    pub(super) person: Uuid,
    pub(super) due_at: Option<OffsetDateTime>,
    pub(super) ended_at: Option<OffsetDateTime>,
    /// Read after the row was held: what waited for another change is judged by when it came to pass.
    pub(super) now: OffsetDateTime,
}

impl Held {
    /// Whether its time is over and it has not been ended yet.
    pub(super) fn is_overdue(&self) -> bool {
        self.ended_at.is_none() && is_due(self.due_at, self.now)
    }
}

/// A quiz that somebody may take. Until the transaction ends nobody changes it, and that person starts nothing else.
pub(super) struct Door {
    pub(super) rules: AttemptRules,
    pub(super) extra: Duration,
    /// Attempts that the person has started before.
    pub(super) taken: i32,
    /// The one in progress.
    pub(super) in_progress: Option<Uuid>,
    pub(super) now: OffsetDateTime,
}

pub(super) async fn door(connection: &mut PgConnection, person: Uuid, quiz: Uuid) -> Result<Option<Door>, sqlx::Error> {
    let held = sqlx::query!(
        "SELECT q.opens_at, q.closes_at, q.time_limit_s, q.attempts_max
         FROM quizzes q JOIN lessons l ON l.id = q.lesson_id JOIN enrolments e ON e.course_id = l.course_id
         WHERE q.id = $1 AND e.person_id = $2 AND EXISTS (SELECT FROM quiz_takers t WHERE t.quiz_id = $1 AND t.person_id = $2)
         FOR SHARE OF q FOR NO KEY UPDATE OF e",
        quiz,
        person
    );
    let Some(held) = held.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let state = sqlx::query!(
        r#"SELECT coalesce((SELECT extra_s FROM quiz_extra_time WHERE quiz_id = $1 AND person_id = $2), 0) AS "extra_s!",
                  (SELECT coalesce(max(number), 0) FROM quiz_attempts WHERE quiz_id = $1 AND person_id = $2) AS "taken!",
                  (SELECT id FROM quiz_attempts WHERE quiz_id = $1 AND person_id = $2 AND ended_at IS NULL) AS in_progress,
                  clock_timestamp() AS "now!""#,
        quiz,
        person
    );
    let state = state.fetch_one(connection).await?;
    let rules = AttemptRules {
        opens_at: held.opens_at,
        closes_at: held.closes_at,
        time_limit: held.time_limit_s.map(|limit_s| Duration::seconds(limit_s.into())),
        attempts_max: held.attempts_max,
    };
    let extra = Duration::seconds(state.extra_s.into());
    Ok(Some(Door { rules, extra, taken: state.taken, in_progress: state.in_progress, now: state.now }))
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    person: Uuid,
    quiz: Uuid,
    door: &Door,
    due_at: Option<OffsetDateTime>,
) -> Result<Uuid, sqlx::Error> {
    let id = Uuid::now_v7();
    let insert = sqlx::query!(
        "INSERT INTO quiz_attempts (id, quiz_id, person_id, number, started_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        quiz,
        person,
        door.taken + 1,
        door.now,
        due_at
    );
    insert.execute(connection).await.map(|_| id)
}

/// Holds somebody's own attempt.
pub(super) async fn hold(
    connection: &mut PgConnection,
    person: Uuid,
    attempt: Uuid,
) -> Result<Option<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        r#"WITH held AS MATERIALIZED (
               SELECT id, quiz_id, person_id, due_at, ended_at FROM quiz_attempts WHERE id = $1 AND person_id = $2 FOR UPDATE)
           SELECT id, quiz_id AS quiz, person_id AS person, due_at, ended_at, clock_timestamp() AS "now!" FROM held"#,
        attempt,
        person
    )
    .fetch_optional(connection)
    .await
}

/// Holds anybody's attempt that is still in progress, unless another holds it.
pub(super) async fn hold_if_free(connection: &mut PgConnection, attempt: Uuid) -> Result<Option<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        r#"WITH held AS MATERIALIZED (
               SELECT id, quiz_id, person_id, due_at, ended_at FROM quiz_attempts
               WHERE id = $1 AND ended_at IS NULL FOR UPDATE SKIP LOCKED)
           SELECT id, quiz_id AS quiz, person_id AS person, due_at, ended_at, clock_timestamp() AS "now!" FROM held"#,
        attempt
    )
    .fetch_optional(connection)
    .await
}

/// Attempts whose time is over and that have not been ended, the longest overdue first. The clock is read once: read anew for
/// each attempt, no index could say which are.
pub(super) async fn overdue(executor: impl PgExecutor<'_>, most: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM quiz_attempts WHERE ended_at IS NULL AND due_at <= (SELECT clock_timestamp())
         ORDER BY due_at LIMIT $1",
        most
    )
    .fetch_all(executor)
    .await
}

/// The tasks of a quiz, by question.
pub(super) async fn tasks(executor: impl PgExecutor<'_>, quiz: Uuid) -> Result<HashMap<Uuid, Task>, sqlx::Error> {
    let rows = sqlx::query!(r#"SELECT id, task AS "task: Json<Task>" FROM quiz_questions WHERE quiz_id = $1"#, quiz);
    Ok(rows.fetch_all(executor).await?.into_iter().map(|row| (row.id, row.task.0)).collect())
}

/// Keeps answers. One that was written with the same or a larger counter stays, so order and repetition do not matter.
pub(super) async fn keep(connection: &mut PgConnection, held: &Held, new: &NewAnswers) -> Result<(), sqlx::Error> {
    let questions: Vec<Uuid> = new.answers.iter().map(|answer| answer.question).collect();
    let answers: Vec<Option<Json<&Answer>>> = new.answers.iter().map(|new| new.answer.as_ref().map(Json)).collect();
    sqlx::query!(
        "INSERT INTO quiz_answers AS kept (attempt_id, question_id, counter, answer, saved_at)
         SELECT $1, question, $2, answer, $3 FROM unnest($4::uuid[], $5::jsonb[]) AS new (question, answer)
         ON CONFLICT (attempt_id, question_id)
         DO UPDATE SET counter = EXCLUDED.counter, answer = EXCLUDED.answer, saved_at = EXCLUDED.saved_at
         WHERE kept.counter < EXCLUDED.counter",
        held.id,
        new.counter,
        held.now,
        &questions,
        &answers as &[Option<Json<&Answer>>]
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Ends an attempt in progress: grades it, and writes down what counts from now on.
pub(super) async fn end(connection: &mut PgConnection, held: &Held, by: EndedBy) -> Result<(), sqlx::Error> {
    let questions = keyed_questions(&mut *connection, held.quiz).await?;
    let rows = sqlx::query!(
        r#"SELECT question_id, answer AS "answer: Json<Answer>" FROM quiz_answers WHERE attempt_id = $1"#,
        held.id
    );
    let rows = rows.fetch_all(&mut *connection).await?;
    let answers: HashMap<Uuid, Option<Answer>> =
        rows.into_iter().map(|row| (row.question_id, row.answer.map(|answer| answer.0))).collect();
    let earned: Vec<Points> =
        questions.iter().map(|keyed| grade(keyed, answers.get(&keyed.question.id).and_then(Option::as_ref))).collect();
    let ids: Vec<Uuid> = questions.iter().map(|keyed| keyed.question.id).collect();
    let hundredths: Vec<i32> = earned.iter().map(|points| points.hundredths()).collect();
    sqlx::query!(
        "UPDATE quiz_answers SET points = graded.points FROM unnest($2::uuid[], $3::integer[]) AS graded (question, points)
         WHERE attempt_id = $1 AND question_id = graded.question",
        held.id,
        &ids,
        &hundredths
    )
    .execute(&mut *connection)
    .await?;
    let score: Points = earned.into_iter().sum();
    let score_max: Points = questions.iter().map(|keyed| Points::whole(keyed.question.points)).sum();
    // As if it had been noticed when it was due.
    let ended_at = held.due_at.filter(|_| by == EndedBy::Deadline).unwrap_or(held.now);
    sqlx::query!(
        "UPDATE quiz_attempts SET ended_at = $2, ended_by = $3, score = $4, score_max = $5 WHERE id = $1",
        held.id,
        ended_at,
        by as EndedBy,
        score.hundredths(),
        score_max.hundredths()
    )
    .execute(&mut *connection)
    .await?;
    result_store::keep(connection, held.quiz, held.person, score_max).await
}

/// An attempt that is the viewer's own or made at a quiz of theirs, with the keys if they may see them. A key that may not be
/// seen does not leave the database.
pub(super) async fn one(
    connection: &mut PgConnection,
    viewer: Viewer,
    attempt: Uuid,
) -> Result<Option<Attempt>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT a.id, a.quiz_id, a.person_id, number, started_at, due_at, ended_at, ended_by AS "ended_by: EndedBy", score,
                  score_max, clock_timestamp() AS "now!", teaches AS "teaches!"
           FROM quiz_attempts a,
                LATERAL (SELECT $4 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = a.quiz_id AND t.person_id = $3)
                         AS teaches) AS may
           WHERE a.id = $1 AND (a.person_id = $2 OR teaches)"#,
        attempt,
        viewer.person,
        viewer.tutor,
        viewer.admin
    );
    let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let keys = row.teaches || keys_may_be_seen(connection, row.quiz_id, row.person_id, row.now).await?;
    let questions = questions(connection, row.id, row.quiz_id, keys, row.ended_at.is_some()).await?;
    Ok(Some(Attempt {
        id: row.id,
        quiz: row.quiz_id,
        person: row.person_id,
        number: row.number,
        started_at: row.started_at,
        due_at: row.due_at,
        ended_at: row.ended_at,
        ended_by: row.ended_by,
        score: row.score.map(Points::from_hundredths),
        score_max: row.score_max.map(Points::from_hundredths),
        now: row.now,
        questions,
    }))
}

async fn keys_may_be_seen(
    connection: &mut PgConnection,
    quiz: Uuid,
    person: Uuid,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT opens_at, closes_at, attempts_max, keys_shown AS "keys_shown: KeysShown",
                  (SELECT count(*)::integer FROM quiz_attempts a
                   WHERE a.quiz_id = q.id AND person_id = $2 AND ended_at IS NOT NULL) AS "ended!",
                  EXISTS (SELECT FROM quiz_attempts a
                          WHERE a.quiz_id = q.id AND person_id = $2 AND ended_at IS NULL) AS "in_progress!",
                  EXISTS (SELECT FROM quiz_attempts a WHERE a.quiz_id = q.id AND ended_at IS NULL) AS "anybody_in_progress!",
                  coalesce((SELECT extra_s FROM quiz_extra_time x WHERE x.quiz_id = q.id AND person_id = $2), 0) AS "extra_s!",
                  coalesce((SELECT max(extra_s) FROM quiz_extra_time x WHERE x.quiz_id = q.id), 0) AS "extra_max_s!"
           FROM quizzes q WHERE id = $1"#,
        quiz,
        person
    );
    let row = row.fetch_one(connection).await?;
    let rules = AttemptRules {
        opens_at: row.opens_at,
        closes_at: row.closes_at,
        time_limit: None,
        attempts_max: row.attempts_max,
    };
    let standing = Standing {
        ended: row.ended,
        in_progress: row.in_progress,
        anybody_in_progress: row.anybody_in_progress,
        extra: Duration::seconds(row.extra_s.into()),
        extra_max: Duration::seconds(row.extra_max_s.into()),
    };
    Ok(rules.keys_may_be_seen(row.keys_shown, &standing, now))
}

async fn questions(
    connection: &mut PgConnection,
    attempt: Uuid,
    quiz: Uuid,
    keys: bool,
    ended: bool,
) -> Result<Vec<AnsweredQuestion>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT q.id, prompt, q.points, task AS "task: Json<Task>", CASE WHEN $3 THEN key END AS "key: Json<Key>",
                  CASE WHEN $3 THEN w.points END AS earned, w.answer AS "answer: Json<Answer>", w.counter AS "counter?"
           FROM quiz_questions q LEFT JOIN quiz_answers w ON w.question_id = q.id AND w.attempt_id = $1
           WHERE quiz_id = $2 ORDER BY position"#,
        attempt,
        quiz,
        keys
    );
    let answered = rows.fetch_all(connection).await?.into_iter().map(|row| AnsweredQuestion {
        question: question(row.id, row.prompt, row.points, row.task),
        answer: row.answer.map(|answer| answer.0),
        counter: row.counter,
        earned: (keys && ended).then(|| row.earned.map_or(Points::ZERO, Points::from_hundredths)),
        key: row.key.map(|key| key.0),
    });
    Ok(answered.collect())
}
