//! What Postgres says about itself and its replica.

use sqlx::PgExecutor;

/// How far the primary's log is on its disk: a replica is sent no more than that.
pub(super) async fn written(executor: impl PgExecutor<'_>) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT pg_current_wal_flush_lsn()::text AS "written!""#).fetch_one(executor).await
}

/// How many bytes of the log up to there a replica has still to apply; below 0 if it is farther. Nothing of a server that is no
/// replica.
pub(super) async fn behind(executor: impl PgExecutor<'_>, written: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT pg_wal_lsn_diff($1::text::pg_lsn, CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END)::bigint",
        written
    )
    .fetch_one(executor)
    .await
}
