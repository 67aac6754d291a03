//! The SQL of the outbox.

use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::event::{Audience, Event};
use super::message::Sent;

/// Names the advisory lock of who hands events on: "outbox" in ASCII.
const TURN: i64 = 0x6f75_7462_6f78;

/// Writes an event down, in the transaction that makes it true.
pub(crate) async fn emit(connection: &mut PgConnection, event: Event) -> Result<(), sqlx::Error> {
    emit_all(connection, &[event]).await
}

/// Writes events down in one statement; none, and nothing happens.
pub(crate) async fn emit_all(connection: &mut PgConnection, events: &[Event]) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let people: Vec<Option<Uuid>> = events.iter().map(Event::person).collect();
    let courses: Vec<Option<Uuid>> = events.iter().map(Event::course).collect();
    let audiences: Vec<String> = events.iter().map(|event| event.audience().as_str().to_owned()).collect();
    let kinds: Vec<String> = events.iter().map(|event| event.kind().to_owned()).collect();
    let bodies: Vec<Value> = events
        .iter()
        .map(|event| serde_json::to_value(event).map_err(|error| sqlx::Error::Encode(error.into())))
        .collect::<Result<_, _>>()?;
    sqlx::query!(
        "INSERT INTO outbox (person_id, course_id, audience, kind, event)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[])",
        &people as &[Option<Uuid>],
        &courses as &[Option<Uuid>],
        &audiences,
        &kinds,
        &bodies
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Takes the right to hand events on until the transaction ends, if no other node has it. One at a time, so that they leave in
/// their order.
pub(super) async fn take_turn(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "taken!""#, TURN).fetch_one(connection).await
}

/// The oldest that were not handed on.
pub(super) async fn unsent(connection: &mut PgConnection, rows: i64) -> Result<Vec<Sent>, sqlx::Error> {
    sqlx::query_as!(
        Sent,
        r#"SELECT id, person_id AS person, course_id AS course, audience AS "audience: Audience", kind, event
           FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT $1"#,
        rows
    )
    .fetch_all(connection)
    .await
}

/// Marks events as handed on.
pub(super) async fn mark_sent(connection: &mut PgConnection, ids: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE outbox SET sent_at = now() WHERE id = ANY($1)", ids).execute(connection).await.map(drop)
}

/// What was written within the last seconds, handed on or not.
pub(super) async fn recent(executor: impl PgExecutor<'_>, seconds: f64, rows: i64) -> Result<Vec<Sent>, sqlx::Error> {
    sqlx::query_as!(
        Sent,
        r#"SELECT id, person_id AS person, course_id AS course, audience AS "audience: Audience", kind, event
           FROM outbox WHERE at > now() - make_interval(secs => $1) ORDER BY id LIMIT $2"#,
        seconds,
        rows
    )
    .fetch_all(executor)
    .await
}

/// How many were not handed on, and how old the oldest of them is, seconds.
pub(crate) async fn backlog(executor: impl PgExecutor<'_>) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "unsent!", coalesce(extract(epoch FROM now() - min(at))::bigint, 0) AS "oldest_s!"
           FROM outbox WHERE sent_at IS NULL"#
    );
    row.fetch_one(executor).await.map(|row| (row.unsent, row.oldest_s))
}

/// Deletes some of what was handed on and is older than a day; how many. The newest stays: its id is where streams begin.
pub(super) async fn sweep(executor: impl PgExecutor<'_>, rows: i64) -> Result<u64, sqlx::Error> {
    let swept = sqlx::query!(
        "DELETE FROM outbox WHERE id IN (
             SELECT id FROM outbox WHERE at < now() - interval '1 day' AND sent_at IS NOT NULL
                AND id < (SELECT max(id) FROM outbox) ORDER BY at LIMIT $1)",
        rows
    );
    swept.execute(executor).await.map(|done| done.rows_affected())
}
