//! The SQL of the recorders' jobs.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::job::{End, NewClaim, Renewal};
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
    pub(super) origin: Origin,
}

/// Whose a job was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(super) enum Origin {
    /// Nobody's.
    New,
    /// Somebody's who gave it back.
    Released,
    /// An earlier process' on the same spool.
    Restarted,
    /// Somebody's of whom nothing is heard any more.
    LeaseLost,
    /// Nobody's any more: it has ended, and something of it came late.
    Ended,
}

impl Origin {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Released => "released",
            Self::Restarted => "restarted",
            Self::LeaseLost => "lease_lost",
            Self::Ended => "ended",
        }
    }
}

/// A job as its holder knows it.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) live: Uuid,
    pub(super) run: i32,
    pub(super) go_on: bool,
    pub(super) has_ended: bool,
    /// Whether it has ended, and can be played.
    pub(super) is_ready: bool,
}

/// How one ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) id: Uuid,
    pub(super) is_playable: bool,
    pub(super) reason: Option<Reason>,
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

/// Takes the oldest that nobody has, or nobody has any more; before those, what another process had on the caller's disk, which
/// is gone. Each passes over what another takes.
pub(super) async fn take(
    executor: impl PgExecutor<'_>,
    claim: &NewClaim,
    lease_s: f64,
) -> Result<Option<Taken>, sqlx::Error> {
    sqlx::query_as!(
        Taken,
        r#"UPDATE recordings r
           SET state = 'recording', run = r.run + 1, node = $1, lease_until = now() + make_interval(secs => $2),
               spool = $3, process = $4
           FROM live_sessions s, (
               SELECT id, run, spool, process FROM recordings
               WHERE ended_at IS NULL AND (lease_until <= now() OR (spool = $3 AND process <> $4))
               ORDER BY coalesce(spool = $3, false) DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED) before
           WHERE r.id = before.id AND s.id = r.live_id
           RETURNING r.id, r.live_id AS live, r.run, r.started_at, s.state = 'live' AS "go_on!",
                     CASE WHEN before.run = 0 THEN 'new' WHEN before.process IS NULL THEN 'released'
                          WHEN before.spool = $3 THEN 'restarted' ELSE 'lease_lost' END AS "origin!: Origin""#,
        claim.node,
        lease_s,
        claim.spool,
        claim.process
    )
    .fetch_optional(executor)
    .await
}

/// Takes one that has ended and of which the caller has something left, to be ended once more with it. A minute has to be over,
/// so that players have the end of the one that they watched live before anything is put in between.
pub(super) async fn take_ended(
    executor: impl PgExecutor<'_>,
    claim: &NewClaim,
    lease_s: f64,
) -> Result<Option<Taken>, sqlx::Error> {
    sqlx::query_as!(
        Taken,
        r#"UPDATE recordings r
           SET run = r.run + 1, node = $1, lease_until = now() + make_interval(secs => $2), spool = $3, process = $4
           FROM (SELECT id FROM recordings
                 WHERE id = ANY($5) AND ended_at <= now() - interval '1 min' AND lease_until <= now()
                 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) ended
           WHERE r.id = ended.id
           RETURNING r.id, r.live_id AS live, r.run, r.started_at, false AS "go_on!", 'ended' AS "origin!: Origin""#,
        claim.node,
        lease_s,
        claim.spool,
        claim.process,
        &claim.left
    )
    .fetch_optional(executor)
    .await
}

/// Holds a job until the transaction ends.
pub(super) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        r#"SELECT r.live_id AS live, r.run, s.state = 'live' AND r.ended_at IS NULL AS "go_on!",
                  r.ended_at IS NOT NULL AS "has_ended!", r.state = 'ready' AS "is_ready!"
           FROM recordings r JOIN live_sessions s ON s.id = r.live_id WHERE r.id = $1 FOR NO KEY UPDATE OF r"#,
        id
    )
    .fetch_optional(connection)
    .await
}

/// The holder has it for so long again. What was said before is not taken back: another recorder does not know it at once. Of one
/// that has ended only its [end](end) tells more.
pub(super) async fn renew(
    connection: &mut PgConnection,
    id: Uuid,
    renewal: &Renewal,
    lease_s: f64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE recordings SET lease_until = now() + make_interval(secs => $2),
                duration_ms = CASE WHEN ended_at IS NULL THEN greatest(duration_ms, $3) ELSE duration_ms END,
                bytes = CASE WHEN ended_at IS NULL THEN greatest(bytes, $4) ELSE bytes END,
                is_playable = is_playable OR (ended_at IS NULL AND $5)
         WHERE id = $1",
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
    let free = sqlx::query!(
        "UPDATE recordings SET lease_until = now(), process = NULL WHERE id = $1 AND lease_until > now()",
        id
    );
    free.execute(connection).await.map(drop)
}

/// It has ended so. What can be played is ready, whatever went wrong. One that had ended before may only come to a better end:
/// the reason why its end is missing stays, unless that was that nobody finished or stored it. Nothing if it had ended, was not
/// given up, and this is a failure: it stays what it was.
pub(super) async fn end(
    connection: &mut PgConnection,
    held: &Held,
    id: Uuid,
    end: &End,
) -> Result<Option<Ended>, sqlx::Error> {
    let failure = end.failure();
    let ended = sqlx::query_as!(
        Ended,
        r#"UPDATE recordings
         SET state = CASE WHEN is_playable OR $7 THEN 'ready' ELSE 'failed' END,
             reason = CASE WHEN reason IN ('disk_full', 'room_unreachable', 'internal') THEN reason ELSE $2 END,
             detail = CASE WHEN reason IN ('disk_full', 'room_unreachable', 'internal') THEN detail ELSE $3 END,
             ended_at = coalesce(ended_at, now()), lease_until = now(), duration_ms = greatest(duration_ms, $4),
             bytes = greatest(bytes, $5), is_playable = is_playable OR $7, manifest = coalesce($6, manifest)
         WHERE id = $1 AND (ended_at IS NULL OR reason = 'abandoned' OR $2::text IS NULL)
         RETURNING id, is_playable, reason AS "reason: Reason""#,
        id,
        failure as Option<Reason>,
        end.detail,
        end.duration_ms,
        end.bytes,
        end.manifest.as_ref().map(Json) as _,
        end.is_playable || failure.is_none()
    );
    let ended = ended.fetch_optional(&mut *connection).await?;
    if ended.is_some_and(|ended| ended.is_playable) {
        finished(connection, id, held.is_ready).await?;
    }
    Ok(ended)
}

/// One can be played to its end: its lesson plays as long as it, and its course learns of it, unless it `was_told`.
async fn finished(connection: &mut PgConnection, id: Uuid, was_told: bool) -> Result<(), sqlx::Error> {
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
    if was_told { Ok(()) } else { emit(connection, Event::RecordingReady(recorded)).await }
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

/// Ends those whose class has been over for so long and that nobody has: what can be played is ready, as far as it goes. Each
/// passes over what another ends.
pub(super) async fn give_up(connection: &mut PgConnection, after_s: f64, rows: i64) -> Result<Vec<Ended>, sqlx::Error> {
    let given_up = sqlx::query_as!(
        Ended,
        r#"UPDATE recordings SET state = CASE WHEN is_playable THEN 'ready' ELSE 'failed' END, ended_at = now(),
                reason = 'abandoned'
         WHERE id IN (SELECT r.id FROM recordings r JOIN live_sessions s ON s.id = r.live_id
                      WHERE r.ended_at IS NULL AND r.lease_until <= now() AND s.ended_at < now() - make_interval(secs => $1)
                      ORDER BY r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED)
         RETURNING id, is_playable, reason AS "reason: Reason""#,
        after_s,
        rows
    );
    let given_up = given_up.fetch_all(&mut *connection).await?;
    for recording in given_up.iter().filter(|recording| recording.is_playable) {
        finished(connection, recording.id, false).await?;
    }
    Ok(given_up)
}

/// A recorder asks for work. It is written down every few seconds.
pub(super) async fn note_recorder(executor: impl PgExecutor<'_>, node: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO recorders (node) VALUES ($1)
         ON CONFLICT (node) DO UPDATE SET asked_at = now() WHERE recorders.asked_at < now() - interval '5 s'",
        node
    )
    .execute(executor)
    .await
    .map(drop)
}

/// Forgets those who have not asked for a week.
pub(super) async fn forget_recorders(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM recorders WHERE asked_at < now() - interval '7 days'").execute(connection).await.map(drop)
}

/// What there is to do, and who does it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backlog {
    /// Recordings that are not finished and that nobody has.
    pub(crate) waiting: i64,
    /// How long the first of them has, seconds.
    pub(crate) oldest_s: i64,
    /// Those that somebody has.
    pub(crate) held: i64,
    /// Who asked within the last minute. Who has as many as they can does not ask.
    pub(crate) recorders: i64,
}

/// What there is to do now.
pub(crate) async fn backlog(executor: impl PgExecutor<'_>) -> Result<Backlog, sqlx::Error> {
    sqlx::query_as!(
        Backlog,
        r#"SELECT count(*) FILTER (WHERE lease_until <= now()) AS "waiting!",
                  coalesce(extract(epoch FROM now() - min(lease_until) FILTER (WHERE lease_until <= now())), 0)::bigint AS "oldest_s!",
                  count(*) FILTER (WHERE lease_until > now()) AS "held!",
                  (SELECT count(*) FROM recorders WHERE asked_at > now() - interval '1 min') AS "recorders!"
           FROM recordings WHERE ended_at IS NULL"#
    )
    .fetch_one(executor)
    .await
}
