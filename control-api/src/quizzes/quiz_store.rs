//! The SQL of quizzes and their questions.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::attempt_rules::KeysShown;
use super::kept_score::ScoreKept;
use super::points::Points;
use super::question::{Key, KeyedQuestion, NewQuestion, Question, Task};
use super::quiz::{AttemptSummary, ExtraTime, MyStanding, QUIZZES_MAX, Quiz, QuizSettings, QuizSummary};
use crate::courses::viewer::Viewer;
use crate::events::{self, Event};

/// A row of `quizzes`, and whether the viewer is one of its takers.
struct Row {
    id: Uuid,
    lesson_id: Uuid,
    title: String,
    opens_at: Option<OffsetDateTime>,
    closes_at: Option<OffsetDateTime>,
    time_limit_s: Option<i32>,
    attempts_max: i32,
    score_kept: ScoreKept,
    pass_percent: i32,
    keys_shown: KeysShown,
    published: bool,
    questions: i64,
    points: i64,
    now: OffsetDateTime,
    takes: bool,
}

/// The lesson, if it is the viewer's to change; it stays until the transaction ends.
pub(super) async fn hold_lesson(
    connection: &mut PgConnection,
    viewer: Viewer,
    lesson: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM lessons l
         WHERE id = $1 AND ($3 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = l.course_id AND t.person_id = $2))
         FOR NO KEY UPDATE",
        lesson,
        viewer.tutor,
        viewer.admin
    )
    .fetch_optional(connection)
    .await
}

/// Adds a quiz to a lesson, unless it has [`QUIZZES_MAX`].
pub(super) async fn insert(
    connection: &mut PgConnection,
    lesson: Uuid,
    settings: &QuizSettings,
) -> Result<Option<Uuid>, sqlx::Error> {
    let quiz = sqlx::query_scalar!(
        "INSERT INTO quizzes (id, lesson_id, title, opens_at, closes_at, time_limit_s, attempts_max, score_kept, pass_percent,
                              keys_shown)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         WHERE (SELECT count(*) FROM quizzes WHERE lesson_id = $2) < $11
         RETURNING id",
        Uuid::now_v7(),
        lesson,
        settings.title,
        settings.opens_at,
        settings.closes_at,
        settings.time_limit_s,
        settings.attempts_max,
        settings.score_kept as ScoreKept,
        settings.pass_percent,
        settings.keys_shown as KeysShown,
        QUIZZES_MAX
    )
    .fetch_optional(&mut *connection)
    .await?;
    if quiz.is_some() {
        tell_course(connection, lesson).await?;
    }
    Ok(quiz)
}

/// Says that something in the course of a lesson has changed.
async fn tell_course(connection: &mut PgConnection, lesson: Uuid) -> Result<(), sqlx::Error> {
    let course = sqlx::query_scalar!("SELECT course_id FROM lessons WHERE id = $1", lesson);
    let course = course.fetch_one(&mut *connection).await?;
    events::emit(connection, Event::CourseChanged { course }).await
}

/// The settings of a quiz that is the viewer's to change. Until the transaction ends nobody else changes it or starts an
/// attempt.
pub(super) async fn hold(
    connection: &mut PgConnection,
    viewer: Viewer,
    quiz: Uuid,
) -> Result<Option<QuizSettings>, sqlx::Error> {
    sqlx::query_as!(
        QuizSettings,
        r#"SELECT title, opens_at, closes_at, time_limit_s, attempts_max, score_kept AS "score_kept: ScoreKept",
                  pass_percent, keys_shown AS "keys_shown: KeysShown", published_at IS NOT NULL AS "published!"
           FROM quizzes
           WHERE id = $1 AND ($3 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = $1 AND t.person_id = $2))
           FOR NO KEY UPDATE"#,
        quiz,
        viewer.tutor,
        viewer.admin
    )
    .fetch_optional(connection)
    .await
}

/// Whether the quiz is the viewer's to change.
pub(super) async fn is_tutor(executor: impl PgExecutor<'_>, viewer: Viewer, quiz: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM quizzes WHERE id = $1
                          AND ($3 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = $1 AND t.person_id = $2))) AS "is!""#,
        quiz,
        viewer.tutor,
        viewer.admin
    )
    .fetch_one(executor)
    .await
}

/// Whether somebody has started an attempt, and how many questions there are.
pub(super) async fn usage(connection: &mut PgConnection, quiz: Uuid) -> Result<(bool, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM quiz_attempts WHERE quiz_id = $1) AS "started!",
                  (SELECT count(*) FROM quiz_questions WHERE quiz_id = $1) AS "questions!""#,
        quiz
    );
    row.fetch_one(connection).await.map(|row| (row.started, row.questions))
}

/// Changes the settings. Attempts in progress that had no end get one if the quiz closes now.
pub(super) async fn update(
    connection: &mut PgConnection,
    quiz: Uuid,
    settings: &QuizSettings,
) -> Result<(), sqlx::Error> {
    let lesson = sqlx::query_scalar!(
        "UPDATE quizzes SET title = $2, opens_at = $3, closes_at = $4, time_limit_s = $5, attempts_max = $6, score_kept = $7,
                pass_percent = $8, keys_shown = $9, updated_at = now(),
                published_at = CASE WHEN $10 THEN coalesce(published_at, now()) END
         WHERE id = $1 RETURNING lesson_id",
        quiz,
        settings.title,
        settings.opens_at,
        settings.closes_at,
        settings.time_limit_s,
        settings.attempts_max,
        settings.score_kept as ScoreKept,
        settings.pass_percent,
        settings.keys_shown as KeysShown,
        settings.published
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE quiz_attempts a SET due_at = q.closes_at + make_interval(secs => coalesce(
                (SELECT extra_s FROM quiz_extra_time x WHERE x.quiz_id = q.id AND x.person_id = a.person_id), 0))
         FROM quizzes q
         WHERE q.id = $1 AND a.quiz_id = q.id AND a.ended_at IS NULL AND a.due_at IS NULL AND q.closes_at IS NOT NULL",
        quiz
    )
    .execute(&mut *connection)
    .await?;
    tell_course(connection, lesson).await
}

/// Deletes it; whether it was there and the viewer's. Fails on `quiz_attempts_quiz` if somebody took it.
pub(super) async fn delete(connection: &mut PgConnection, viewer: Viewer, quiz: Uuid) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query_scalar!(
        "DELETE FROM quizzes
         WHERE id = $1 AND ($3 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = $1 AND t.person_id = $2))
         RETURNING lesson_id",
        quiz,
        viewer.tutor,
        viewer.admin
    );
    let Some(lesson) = gone.fetch_optional(&mut *connection).await? else { return Ok(false) };
    tell_course(connection, lesson).await.map(|()| true)
}

/// Those of a lesson that the viewer may know of.
pub(super) async fn of_lesson(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    lesson: Uuid,
) -> Result<Vec<QuizSummary>, sqlx::Error> {
    sqlx::query_as!(
        QuizSummary,
        r#"SELECT id, title, published_at IS NOT NULL AS "published!", opens_at, closes_at FROM quizzes q
           WHERE lesson_id = $1 AND ($4 OR EXISTS (SELECT FROM quiz_takers t WHERE t.quiz_id = q.id AND t.person_id = $2)
                 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = q.id AND t.person_id = $3))
           ORDER BY id"#,
        lesson,
        viewer.person,
        viewer.tutor,
        viewer.admin
    )
    .fetch_all(executor)
    .await
}

/// A quiz that the viewer may know of.
pub(super) async fn one(
    connection: &mut PgConnection,
    viewer: Viewer,
    quiz: Uuid,
) -> Result<Option<Quiz>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT q.id, lesson_id, title, opens_at, closes_at, time_limit_s, attempts_max,
                  score_kept AS "score_kept: ScoreKept", pass_percent, keys_shown AS "keys_shown: KeysShown",
                  published_at IS NOT NULL AS "published!", clock_timestamp() AS "now!", takes AS "takes!",
                  (SELECT count(*) FROM quiz_questions WHERE quiz_id = q.id) AS "questions!",
                  (SELECT coalesce(sum(points), 0) FROM quiz_questions WHERE quiz_id = q.id) AS "points!"
           FROM quizzes q,
                LATERAL (SELECT EXISTS (SELECT FROM quiz_takers t WHERE t.quiz_id = $1 AND t.person_id = $2) AS takes) AS may
           WHERE q.id = $1
             AND (takes OR $4 OR EXISTS (SELECT FROM quiz_tutors t WHERE t.quiz_id = $1 AND t.person_id = $3))"#,
        quiz,
        viewer.person,
        viewer.tutor,
        viewer.admin
    );
    let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let standing = match viewer.person.filter(|_| row.takes) {
        Some(person) => Some(standing(connection, person, quiz).await?),
        None => None,
    };
    Ok(Some(row.into_quiz(standing)))
}

impl Row {
    fn into_quiz(self, standing: Option<MyStanding>) -> Quiz {
        let settings = QuizSettings {
            title: self.title,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            time_limit_s: self.time_limit_s,
            attempts_max: self.attempts_max,
            score_kept: self.score_kept,
            pass_percent: self.pass_percent,
            keys_shown: self.keys_shown,
            published: self.published,
        };
        let Self { id, lesson_id: lesson, questions, points, now, .. } = self;
        Quiz { id, lesson, settings, questions, points, standing, now }
    }
}

async fn standing(connection: &mut PgConnection, person: Uuid, quiz: Uuid) -> Result<MyStanding, sqlx::Error> {
    let attempts = sqlx::query!(
        "SELECT id, number, ended_at, score FROM quiz_attempts WHERE quiz_id = $1 AND person_id = $2 ORDER BY number",
        quiz,
        person
    );
    let attempts = attempts.fetch_all(&mut *connection).await?.into_iter().map(|row| AttemptSummary {
        id: row.id,
        number: row.number,
        ended_at: row.ended_at,
        score: row.score.map(Points::from_hundredths),
    });
    let kept = sqlx::query!(
        r#"SELECT coalesce((SELECT extra_s FROM quiz_extra_time WHERE quiz_id = $1 AND person_id = $2), 0) AS "extra_s!",
                  (SELECT score FROM quiz_results WHERE quiz_id = $1 AND person_id = $2) AS score,
                  coalesce((SELECT passed FROM quiz_results WHERE quiz_id = $1 AND person_id = $2), false) AS "passed!""#,
        quiz,
        person
    );
    let kept = kept.fetch_one(connection).await?;
    let score = kept.score.map(Points::from_hundredths);
    Ok(MyStanding { attempts: attempts.collect(), extra_s: kept.extra_s, score, passed: kept.passed })
}

/// Puts these questions in the place of all that there are.
pub(super) async fn replace_questions(
    connection: &mut PgConnection,
    quiz: Uuid,
    questions: Vec<NewQuestion>,
) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM quiz_questions WHERE quiz_id = $1", quiz).execute(&mut *connection).await?;
    for (position, new) in (0..).zip(questions) {
        sqlx::query!(
            "INSERT INTO quiz_questions (id, quiz_id, position, prompt, points, task, key) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            Uuid::now_v7(),
            quiz,
            position,
            new.prompt,
            i32::from(new.points),
            Json(new.task) as Json<Task>,
            Json(new.key) as Json<Key>
        )
        .execute(&mut *connection)
        .await?;
    }
    let lesson = sqlx::query_scalar!("UPDATE quizzes SET updated_at = now() WHERE id = $1 RETURNING lesson_id", quiz);
    let lesson = lesson.fetch_one(&mut *connection).await?;
    tell_course(connection, lesson).await
}

/// The questions with their keys, in their order: for grading, and for those whose quiz it is.
pub(super) async fn keyed_questions(
    executor: impl PgExecutor<'_>,
    quiz: Uuid,
) -> Result<Vec<KeyedQuestion>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, prompt, points, task AS "task: Json<Task>", key AS "key: Json<Key>"
           FROM quiz_questions WHERE quiz_id = $1 ORDER BY position"#,
        quiz
    );
    let keyed = rows
        .fetch_all(executor)
        .await?
        .into_iter()
        .map(|row| KeyedQuestion { question: question(row.id, row.prompt, row.points, row.task), key: row.key.0 });
    Ok(keyed.collect())
}

/// A question out of its columns.
pub(super) fn question(id: Uuid, prompt: String, points: i32, task: Json<Task>) -> Question {
    // 1 to 100, by a check of the table.
    Question { id, prompt, points: u16::try_from(points).unwrap_or(1), task: task.0 }
}

/// Gives somebody who may take the quiz more time, or takes it away with 0. Whether they may.
pub(super) async fn set_extra_time(
    connection: &mut PgConnection,
    quiz: Uuid,
    extra: &ExtraTime,
) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM quiz_extra_time WHERE quiz_id = $1 AND person_id = $2", quiz, extra.person);
    gone.execute(&mut *connection).await?;
    if extra.extra_s == 0 {
        return Ok(true);
    }
    let given = sqlx::query!(
        "INSERT INTO quiz_extra_time (quiz_id, person_id, extra_s)
         SELECT $1, e.person_id, $3 FROM enrolments e JOIN lessons l ON l.course_id = e.course_id
             JOIN quizzes q ON q.lesson_id = l.id
         WHERE q.id = $1 AND e.person_id = $2 AND e.left_at IS NULL",
        quiz,
        extra.person,
        extra.extra_s
    );
    Ok(given.execute(connection).await?.rows_affected() == 1)
}

/// How many have more time.
pub(super) async fn extra_times(executor: impl PgExecutor<'_>, quiz: Uuid) -> Result<Vec<ExtraTime>, sqlx::Error> {
    let rows = sqlx::query_as!(
        ExtraTime,
        "SELECT person_id AS person, extra_s FROM quiz_extra_time WHERE quiz_id = $1 ORDER BY person_id",
        quiz
    );
    rows.fetch_all(executor).await
}
