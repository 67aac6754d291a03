//! The SQL of the recorders' jobs.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::job::{End, Renewal};
use super::recording::Reason;
use crate::events::{Event, RecordedClass, emit};

/// A job that was taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) live: Uuid,
    pub(super) run: i32,
    pub(super) started_at: OffsetDateTime,
    pub(super) go_on: bool,
}

/// A job as its holder knows it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) live: Uuid,
    pub(super) run: i32,
    pub(super) go_on: bool,
}

/// A class is to be recorded.
pub(super) async fn insert(connection: &mut PgConnection, live: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO recordings (id, live_id, course_id, started_at)
         SELECT $1, id, course_id, started_at FROM live_sessions WHERE id = $2 AND started_at IS NOT NULL ON CONFLICT DO NOTHING",
        Uuid::now_v7(),
        live
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Takes the oldest that nobody has, or nobody has any more. Each passes over what another takes.
pub(super) async fn take(
    executor: impl PgExecutor<'_>,
    node: &str,
    lease_s: f64,
) -> Result<Option<Taken>, sqlx::Error> {
    sqlx::query_as!(
        Taken,
        r#"UPDATE recordings r
           SET state = 'recording', run = run + 1, node = $1, lease_until = now() + make_interval(secs => $2)
           FROM live_sessions s
           WHERE s.id = r.live_id AND r.id = (
               SELECT id FROM recordings WHERE ended_at IS NULL AND lease_until <= now()
               ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING r.id, r.live_id AS live, r.run, r.started_at, s.state = 'live' AS "go_on!""#,
        node,
        lease_s
    )
    .fetch_optional(executor)
    .await
}

/// Holds a job until the transaction ends.
pub(super) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        r#"SELECT r.live_id AS live, r.run, s.state = 'live' AND r.ended_at IS NULL AS "go_on!"
           FROM recordings r JOIN live_sessions s ON s.id = r.live_id WHERE r.id = $1 FOR NO KEY UPDATE OF r"#,
        id
    )
    .fetch_optional(connection)
    .await
}

/// The holder has it for so long again. What was said before is not taken back: another recorder does not know it at once.
pub(super) async fn renew(
    connection: &mut PgConnection,
    id: Uuid,
    renewal: &Renewal,
    lease_s: f64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE recordings SET lease_until = now() + make_interval(secs => $2), duration_ms = greatest(duration_ms, $3),
                bytes = greatest(bytes, $4), is_playable = is_playable OR $5
         WHERE id = $1 AND ended_at IS NULL",
        id,
        lease_s,
        renewal.duration_ms,
        renewal.bytes,
        renewal.is_playable
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Another may take it at once.
pub(super) async fn release(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    let free = sqlx::query!("UPDATE recordings SET lease_until = now() WHERE id = $1 AND lease_until > now()", id);
    free.execute(connection).await.map(drop)
}

/// It has ended so, unless it had. One that was given up may still come to a better end.
pub(super) async fn end(connection: &mut PgConnection, id: Uuid, end: &End) -> Result<(), sqlx::Error> {
    let failure = end.failure();
    let done = sqlx::query!(
        "UPDATE recordings
         SET state = CASE WHEN $2::text IS NULL THEN 'ready' ELSE 'failed' END, reason = $2, detail = $3, ended_at = now(),
             lease_until = now(), duration_ms = greatest(duration_ms, $4), bytes = greatest(bytes, $5),
             is_playable = $2::text IS NULL, manifest = $6
         WHERE id = $1 AND (ended_at IS NULL OR reason = 'abandoned')",
        id,
        failure as Option<Reason>,
        end.detail,
        end.duration_ms,
        end.bytes,
        end.manifest.as_ref().map(Json) as _
    );
    let is_new = done.execute(&mut *connection).await?.rows_affected() == 1;
    if is_new && failure.is_none() { tell_ready(connection, id).await } else { Ok(()) }
}

/// One that is ready: its course learns of it, and its lesson plays as long as it.
async fn tell_ready(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    let recorded = sqlx::query_as!(
        RecordedClass,
        "SELECT r.course_id AS course, r.live_id AS live, r.id AS recording, s.lesson_id AS lesson, s.title
         FROM recordings r JOIN live_sessions s ON s.id = r.live_id WHERE r.id = $1",
        id
    );
    let recorded = recorded.fetch_one(&mut *connection).await?;
    if let Some(lesson) = recorded.lesson {
        fit_lesson(&mut *connection, lesson).await?;
    }
    emit(connection, Event::RecordingReady(recorded)).await
}

/// A lesson plays as long as its video; without one, as its newest recording; without that, it does not.
pub(crate) async fn fit_lesson(connection: &mut PgConnection, lesson: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE lessons l SET updated_at = now(), video_s = coalesce(
             (SELECT video_s FROM materials WHERE lesson_id = l.id AND is_video AND confirmed_at IS NOT NULL),
             (SELECT greatest(1, least(86400, (r.duration_ms + 999) / 1000))::integer
              FROM recordings r JOIN live_sessions s ON s.id = r.live_id
              WHERE s.lesson_id = l.id AND r.state = 'ready' ORDER BY r.id DESC LIMIT 1))
         WHERE id = $1",
        lesson
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Ends those whose class has been over for so long and that nobody has: what can be played is ready, else there is nothing;
/// how many. Each passes over what another ends.
pub(super) async fn give_up(connection: &mut PgConnection, after_s: f64, rows: i64) -> Result<usize, sqlx::Error> {
    let given_up = sqlx::query!(
        "UPDATE recordings SET state = CASE WHEN is_playable THEN 'ready' ELSE 'failed' END, ended_at = now(),
                reason = CASE WHEN is_playable THEN NULL ELSE 'abandoned' END
         WHERE id IN (SELECT r.id FROM recordings r JOIN live_sessions s ON s.id = r.live_id
                      WHERE r.ended_at IS NULL AND r.lease_until <= now() AND s.ended_at < now() - make_interval(secs => $1)
                      ORDER BY r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED)
         RETURNING id, is_playable",
        after_s,
        rows
    );
    let given_up = given_up.fetch_all(&mut *connection).await?;
    for recording in given_up.iter().filter(|recording| recording.is_playable) {
        tell_ready(connection, recording.id).await?;
    }
    Ok(given_up.len())
}
