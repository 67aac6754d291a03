//! The SQL of calendars' secret addresses.

use lectern_platform::token::Role;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::accounts::refresh_token::TokenHash;
use crate::courses::viewer::Viewer;

/// Gives somebody an address in place of the one they had.
pub(super) async fn replace(executor: impl PgExecutor<'_>, person: Uuid, hash: TokenHash) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO calendar_addresses (person_id, hash) VALUES ($1, $2)
         ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, created_at = now()",
        person,
        &hash[..]
    )
    .execute(executor)
    .await
    .map(drop)
}

/// Whose an address is, unless they are shut out.
pub(super) async fn owner(executor: impl PgExecutor<'_>, hash: TokenHash) -> Result<Option<Viewer>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT p.id, p.role FROM calendar_addresses a JOIN people p ON p.id = a.person_id
         WHERE a.hash = $1 AND p.suspended_at IS NULL",
        &hash[..]
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| {
        let role = row.role.parse().unwrap_or(Role::Student);
        Viewer { person: Some(row.id), tutor: (role != Role::Student).then_some(row.id), admin: role == Role::Admin }
    }))
}
