//! The SQL of the outbox.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::event::Event;

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
