//! The SQL of playing recordings.

use sqlx::PgExecutor;
use sqlx::types::JsonValue;
use time::OffsetDateTime;
use uuid::Uuid;

use super::cues::{Message, Poll};
use crate::courses::viewer::Viewer;

/// Messages of a class that are played, of which the first are.
const MESSAGES_MAX: i64 = 20_000;
/// Polls, likewise.
const POLLS_MAX: i64 = 1_000;

/// A recording, or a packaged video, that is being played.
#[derive(Debug)]
pub(super) struct Played {
    /// Of a recording.
    pub(super) live: Option<Uuid>,
    /// Of a video.
    pub(super) packaged_run: Option<i32>,
    pub(super) started_at: OffsetDateTime,
    pub(super) duration_ms: i64,
    /// Whether it does not grow any more.
    pub(super) is_over: bool,
    /// Whether its end is missing.
    pub(super) is_cut_short: bool,
    /// Of its manifest.
    pub(super) marks: Option<JsonValue>,
    /// Of its manifest.
    pub(super) pictures: Option<JsonValue>,
}

pub(super) async fn played(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Played>, sqlx::Error> {
    sqlx::query_as!(
        Played,
        r#"SELECT live_id AS "live?", NULL::integer AS packaged_run, started_at AS "started_at!", duration_ms AS "duration_ms!",
                  ended_at IS NOT NULL AS "is_over!", reason IS NOT NULL AS "is_cut_short!",
                  manifest -> 'marks' AS "marks?", manifest -> 'pictures' AS "pictures?"
           FROM recordings WHERE id = $1 AND is_playable
           UNION ALL
           SELECT NULL, p.run, m.confirmed_at, p.duration_ms, true, false, NULL, p.manifest -> 'pictures'
           FROM packagings p JOIN materials m ON m.id = p.id WHERE p.id = $1 AND p.state = 'ready'"#,
        id
    )
    .fetch_optional(executor)
    .await
}

/// Whether somebody takes part in the course of a recording or a video; nothing if there is no such one.
pub(super) async fn may_play(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT ($3 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = r.course_id AND t.person_id = $4)
                      OR EXISTS (SELECT FROM enrolments e
                                 WHERE e.course_id = r.course_id AND e.person_id = $2 AND e.left_at IS NULL)) AS "may!"
           FROM (SELECT course_id FROM recordings WHERE id = $1
                 UNION ALL SELECT course_id FROM materials WHERE id = $1 AND is_video) r"#,
        id,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// Where somebody stopped in a lesson.
pub(super) async fn position_s(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    lesson: Uuid,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT position_s FROM lesson_progress WHERE person_id = $1 AND lesson_id = $2",
        person,
        lesson
    )
    .fetch_optional(executor)
    .await
}

/// What everybody could read in a class.
pub(super) async fn messages(executor: impl PgExecutor<'_>, live: Uuid) -> Result<Vec<Message>, sqlx::Error> {
    sqlx::query_as!(
        Message,
        "SELECT number, at, name, role, text FROM chat_messages WHERE live_id = $1 AND audience = 'everyone'
         ORDER BY at, number LIMIT $2",
        live,
        MESSAGES_MAX
    )
    .fetch_all(executor)
    .await
}

/// What was asked in a class; for its tutors also that of which the result is for them alone.
pub(super) async fn polls(executor: impl PgExecutor<'_>, live: Uuid, tutor: bool) -> Result<Vec<Poll>, sqlx::Error> {
    sqlx::query_as!(
        Poll,
        "SELECT opened_at, closed_at, question, options, votes, is_quiz, correct FROM class_polls
         WHERE live_id = $1 AND ($2 OR NOT is_for_tutors) ORDER BY opened_at, number LIMIT $3",
        live,
        tutor,
        POLLS_MAX
    )
    .fetch_all(executor)
    .await
}
