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

/// How far a server of Postgres is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    /// Whether it follows another one.
    pub(crate) is_replica: bool,
    /// Of the log: what it has applied, or has on its own disk.
    pub(crate) bytes: i64,
}

pub(crate) async fn position(executor: impl PgExecutor<'_>) -> Result<Position, sqlx::Error> {
    sqlx::query_as!(
        Position,
        r#"SELECT pg_is_in_recovery() AS "is_replica!",
                  pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0')
                                       ELSE pg_current_wal_flush_lsn() END, '0/0')::bigint AS "bytes!""#
    )
    .fetch_one(executor)
    .await
}
