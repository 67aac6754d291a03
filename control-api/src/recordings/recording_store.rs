//! The SQL of recordings as people see them. Whether one is the caller's to see or to change is part of each query.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::recording::{Reason, Recording, State};
use crate::courses::viewer::Viewer;

/// Those of a course, the newest first; what cannot be played is for its tutors alone.
pub(super) async fn of_course(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    may_change: bool,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Recording>, sqlx::Error> {
    sqlx::query_as!(
        Recording,
        r#"SELECT r.id, r.live_id AS live, r.course_id AS course, s.lesson_id AS lesson, s.title, r.state AS "state: State",
                  r.reason AS "reason: Reason", r.started_at, r.duration_ms / 1000.0::float8 AS "duration_s!", r.bytes, r.is_playable,
                  $2::boolean AS "may_change!"
           FROM recordings r JOIN live_sessions s ON s.id = r.live_id
           WHERE r.course_id = $1 AND ($2 OR r.is_playable) AND r.id < coalesce($3, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
           ORDER BY r.id DESC LIMIT $4"#,
        course,
        may_change,
        after,
        rows
    )
    .fetch_all(executor)
    .await
}

/// One of a course that the caller takes part in.
pub(super) async fn one(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<Recording>, sqlx::Error> {
    sqlx::query_as!(
        Recording,
        r#"SELECT r.id, r.live_id AS live, r.course_id AS course, s.lesson_id AS lesson, s.title, r.state AS "state: State",
                  r.reason AS "reason: Reason", r.started_at, r.duration_ms / 1000.0::float8 AS "duration_s!", r.bytes, r.is_playable,
                  v.may_change AS "may_change!"
           FROM recordings r JOIN live_sessions s ON s.id = r.live_id,
                LATERAL (SELECT $3 OR EXISTS (SELECT FROM course_tutors t
                                              WHERE t.course_id = r.course_id AND t.person_id = $4) AS may_change) v
           WHERE r.id = $1 AND (v.may_change OR (r.is_playable AND EXISTS (
               SELECT FROM enrolments e WHERE e.course_id = r.course_id AND e.person_id = $2 AND e.left_at IS NULL)))"#,
        id,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// Lets go of a recording; its files are deleted afterwards.
pub(super) async fn delete(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM recordings WHERE id = $1", id).execute(connection).await.map(drop)
}
