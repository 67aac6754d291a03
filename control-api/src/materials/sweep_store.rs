//! The SQL of what becomes of files by themselves.

use sqlx::PgExecutor;
use uuid::Uuid;

/// A file whose upload address became void since it was looked at.
#[derive(Debug)]
pub(super) struct Unsettled {
    pub(super) id: Uuid,
    pub(super) content_type: String,
    pub(super) bytes: i64,
    pub(super) blob: String,
}

/// What is to be deleted from the store.
#[derive(Debug)]
pub(super) struct Doomed {
    pub(super) blob: String,
    /// Whether everything below that name is meant.
    pub(super) is_folder: bool,
}

/// Lets go of files that were announced a day ago and never confirmed; how many.
pub(super) async fn delete_forgotten(executor: impl PgExecutor<'_>, rows: i64) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query!(
        "DELETE FROM materials WHERE id IN (
             SELECT id FROM materials
             WHERE settled_at IS NULL AND confirmed_at IS NULL AND upload_until < now() AND created_at < now() - interval '1 day'
             ORDER BY upload_until LIMIT $1 FOR UPDATE SKIP LOCKED)",
        rows
    );
    Ok(gone.execute(executor).await?.rows_affected())
}

/// Files that are to be looked at once more.
pub(super) async fn unsettled(executor: impl PgExecutor<'_>, rows: i64) -> Result<Vec<Unsettled>, sqlx::Error> {
    sqlx::query_as!(
        Unsettled,
        "SELECT id, content_type, bytes, blob FROM materials
         WHERE settled_at IS NULL AND confirmed_at IS NOT NULL AND upload_until < now() ORDER BY upload_until LIMIT $1",
        rows
    )
    .fetch_all(executor)
    .await
}

/// Nothing about it will change any more.
pub(super) async fn settle(executor: impl PgExecutor<'_>, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE materials SET settled_at = now() WHERE id = $1", id).execute(executor).await.map(drop)
}

/// Takes blobs that are due; of whoever does not get it done, others take them after a while: a minute, twice as long after
/// each attempt, an hour at most.
pub(super) async fn take_doomed(executor: impl PgExecutor<'_>, rows: i64) -> Result<Vec<Doomed>, sqlx::Error> {
    sqlx::query_as!(
        Doomed,
        "UPDATE doomed_blobs
         SET due_at = now() + least(interval '1 h', interval '1 min' * power(2, least(attempts, 10))), attempts = attempts + 1
         WHERE blob IN (SELECT blob FROM doomed_blobs WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         RETURNING blob, is_folder",
        rows
    )
    .fetch_all(executor)
    .await
}

/// Some of a folder is deleted; more of it at once.
pub(super) async fn go_on(executor: impl PgExecutor<'_>, blob: &str) -> Result<(), sqlx::Error> {
    let due = sqlx::query!("UPDATE doomed_blobs SET due_at = now(), attempts = 0 WHERE blob = $1", blob);
    due.execute(executor).await.map(drop)
}

/// It is deleted; once more when nobody can send it again.
pub(super) async fn deleted(executor: impl PgExecutor<'_>, blob: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH again AS (UPDATE doomed_blobs SET due_at = upload_until + interval '1 min', attempts = 0
                        WHERE blob = $1 AND upload_until > now() RETURNING blob)
         DELETE FROM doomed_blobs WHERE blob = $1 AND NOT EXISTS (SELECT FROM again)",
        blob
    )
    .execute(executor)
    .await
    .map(drop)
}
