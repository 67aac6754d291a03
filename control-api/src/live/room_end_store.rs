//! The SQL of rooms that are to end. A trigger of `live_sessions` puts them there.

use sqlx::PgExecutor;
use uuid::Uuid;

use super::rooms::Archived;

/// The longest pause between two inquiries, seconds.
const PAUSE_S_MAX: f64 = 60.0;
/// How long it is asked, hours. The log is kept no longer by itself.
const HOURS_MAX: i32 = 24;

/// Takes the turn of rooms that are to end; what the archive has of each. A second later it is asked again, then after two, four…
pub(super) async fn take_turns(executor: impl PgExecutor<'_>, rows: i64) -> Result<Vec<Archived>, sqlx::Error> {
    sqlx::query_as!(
        Archived,
        r#"UPDATE room_ends r SET asked = asked + 1,
                  ask_at = now() + make_interval(secs => least(power(2, least(asked, 10)), $2::double precision))
           WHERE room IN (SELECT room FROM room_ends WHERE ask_at <= now() ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED)
           RETURNING room, coalesce((SELECT archive_epoch FROM live_sessions s WHERE s.id = r.room), '') AS "epoch!",
                     coalesce((SELECT archive_seq FROM live_sessions s WHERE s.id = r.room), 0) AS "seq!""#,
        rows,
        PAUSE_S_MAX
    )
    .fetch_all(executor)
    .await
}

/// One has ended, and the archive has everything.
pub(super) async fn settle(executor: impl PgExecutor<'_>, room: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM room_ends WHERE room = $1", room).execute(executor).await.map(drop)
}

/// Lets go of those that no room's service has answered for; how many.
pub(super) async fn give_up(executor: impl PgExecutor<'_>) -> Result<u64, sqlx::Error> {
    let given_up = sqlx::query!("DELETE FROM room_ends WHERE since < now() - make_interval(hours => $1)", HOURS_MAX);
    given_up.execute(executor).await.map(|done| done.rows_affected())
}
