//! The SQL of captions.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::captions::Captions;

/// Those of a recording, without their texts.
pub(super) async fn of_recording(executor: impl PgExecutor<'_>, recording: Uuid) -> Result<Vec<Captions>, sqlx::Error> {
    sqlx::query_as!(
        Captions,
        r#"SELECT language, label, octet_length(body) AS "bytes!", changed_at
           FROM recording_captions WHERE recording_id = $1 ORDER BY language"#,
        recording
    )
    .fetch_all(executor)
    .await
}

/// The text in one language.
pub(super) async fn body(
    executor: impl PgExecutor<'_>,
    recording: Uuid,
    language: &str,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT body FROM recording_captions WHERE recording_id = $1 AND language = $2",
        recording,
        language
    )
    .fetch_optional(executor)
    .await
}

/// Holds a recording until the transaction ends; how many other languages it has.
pub(super) async fn hold(connection: &mut PgConnection, recording: Uuid, language: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM recordings WHERE id = $1 FOR UPDATE", recording)
        .fetch_optional(&mut *connection)
        .await?;
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "others!" FROM recording_captions WHERE recording_id = $1 AND language <> $2"#,
        recording,
        language
    )
    .fetch_one(connection)
    .await
}

/// Keeps them in the place of those that there were in this language.
pub(super) async fn put(
    connection: &mut PgConnection,
    recording: Uuid,
    language: &str,
    label: &str,
    body: &str,
) -> Result<Captions, sqlx::Error> {
    sqlx::query_as!(
        Captions,
        r#"INSERT INTO recording_captions (recording_id, language, label, body) VALUES ($1, $2, $3, $4)
           ON CONFLICT ON CONSTRAINT recording_captions_pkey
           DO UPDATE SET label = excluded.label, body = excluded.body, changed_at = now()
           RETURNING language, label, octet_length(body) AS "bytes!", changed_at"#,
        recording,
        language,
        label,
        body
    )
    .fetch_one(connection)
    .await
}

/// Whether there were any.
pub(super) async fn delete(
    executor: impl PgExecutor<'_>,
    recording: Uuid,
    language: &str,
) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query!("DELETE FROM recording_captions WHERE recording_id = $1 AND language = $2", recording, language);
    done.execute(executor).await.map(|done| done.rows_affected() > 0)
}
