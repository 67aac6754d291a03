//! The SQL of packagings.

use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::job::{End, Outcome};

/// How often a video is taken that no recorder finishes: it may be what breaks them.
const ATTEMPTS_MAX: i32 = 3;

/// A job that was taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) run: i32,
    pub(super) source: String,
    pub(super) source_bytes: i64,
    pub(super) uploaded_at: OffsetDateTime,
}

/// A video is to be packaged.
pub(crate) async fn insert(connection: &mut PgConnection, video: Uuid) -> Result<(), sqlx::Error> {
    let new = sqlx::query!("INSERT INTO packagings (id) VALUES ($1) ON CONFLICT DO NOTHING", video);
    new.execute(connection).await.map(drop)
}

/// Takes the oldest that nobody has, or nobody has any more. Each passes over what another takes. What the run before has made is
/// doomed, again an hour later: it may still be at it.
pub(super) async fn take(
    executor: impl PgExecutor<'_>,
    node: &str,
    lease_s: f64,
) -> Result<Option<Taken>, sqlx::Error> {
    sqlx::query_as!(
        Taken,
        r#"WITH taken AS (
               UPDATE packagings p
               SET state = 'running', run = run + 1, attempts = attempts + 1, bytes_read = 0, node = $1,
                   lease_until = now() + make_interval(secs => $2)
               FROM materials m
               WHERE m.id = p.id AND p.id = (
                   SELECT id FROM packagings WHERE ended_at IS NULL AND lease_until <= now() AND attempts < $3
                   ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING p.id, p.run, m.blob, m.bytes, m.confirmed_at),
           doomed AS (
               INSERT INTO doomed_blobs (blob, is_folder, upload_until)
               SELECT 'videos/' || id || '/' || (run - 1), true, now() + interval '1 h' FROM taken WHERE run > 1
               ON CONFLICT DO NOTHING)
           SELECT id AS "id!", run AS "run!", blob AS "source!", bytes AS "source_bytes!", confirmed_at AS "uploaded_at!" FROM taken"#,
        node,
        lease_s,
        ATTEMPTS_MAX
    )
    .fetch_optional(executor)
    .await
}

/// Holds a job until the transaction ends; its run.
pub(super) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<i32>, sqlx::Error> {
    let held = sqlx::query_scalar!("SELECT run FROM packagings WHERE id = $1 FOR NO KEY UPDATE", id);
    held.fetch_optional(connection).await
}

/// The holder has it for so long again.
pub(super) async fn renew(
    connection: &mut PgConnection,
    id: Uuid,
    bytes_read: i64,
    lease_s: f64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE packagings SET lease_until = now() + make_interval(secs => $2), bytes_read = greatest(bytes_read, $3)
         WHERE id = $1 AND state = 'running'",
        id,
        lease_s,
        bytes_read
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Another may take it at once. It was no attempt.
pub(super) async fn release(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE packagings SET state = 'waiting', attempts = attempts - 1, lease_until = now()
         WHERE id = $1 AND state = 'running'",
        id
    )
    .execute(connection)
    .await
    .map(drop)
}

/// It has ended so, unless it had. What is not to be played is doomed.
pub(super) async fn end(connection: &mut PgConnection, id: Uuid, end: &End) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH ended AS (
             UPDATE packagings
             SET state = $2, code = $3, reason = $4, ended_at = now(), lease_until = now(), duration_ms = $5, bytes = $6, manifest = $7
             WHERE id = $1 AND ended_at IS NULL RETURNING run, state)
         INSERT INTO doomed_blobs (blob, is_folder, upload_until)
         SELECT 'videos/' || $1::uuid || '/' || run, true, now() FROM ended WHERE state <> 'ready'
         ON CONFLICT DO NOTHING",
        id,
        end.outcome as Outcome,
        end.failure(),
        end.reason,
        end.duration_ms,
        end.bytes,
        end.manifest.as_ref().map(Json) as _
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Ends those that were taken as often as they may and that nobody has any more; how many. Each passes over what another ends.
/// Who comes back with one learns that it is not theirs.
pub(super) async fn give_up(executor: impl PgExecutor<'_>, rows: i64) -> Result<u64, sqlx::Error> {
    let given_up = sqlx::query!(
        "WITH given_up AS (
             UPDATE packagings SET state = 'failed', code = 'internal', reason = 'no recorder has finished it', ended_at = now(), run = run + 1
             WHERE id IN (SELECT id FROM packagings WHERE ended_at IS NULL AND lease_until <= now() AND attempts >= $1
                          ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
             RETURNING id, run)
         INSERT INTO doomed_blobs (blob, is_folder, upload_until)
         SELECT 'videos/' || id || '/' || (run - 1), true, now() + interval '1 h' FROM given_up
         ON CONFLICT DO NOTHING",
        ATTEMPTS_MAX,
        rows
    );
    Ok(given_up.execute(executor).await?.rows_affected())
}
