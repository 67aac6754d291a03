//! The SQL of people and their sessions.

use lectern_platform::token::Role;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::person::Person;
use super::refresh_token::TokenHash;
use super::session::{Account, Client};

/// A row of `people`.
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    suspended_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
    token_version: i32,
    password_hash: Option<String>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let Row { id, email, name, role, suspended_at, created_at, token_version, password_hash } = row;
        // A check of the table lets no other text in; if one came nevertheless, it would allow the least.
        let role = role.parse().unwrap_or(Role::Student);
        Self { person: Person { id, name, email, role, suspended_at, created_at }, token_version, password_hash }
    }
}

pub(super) async fn insert_person(
    executor: impl PgExecutor<'_>,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<Account, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "INSERT INTO people (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'student', $4)
         RETURNING id, email, name, role, suspended_at, created_at, token_version, password_hash",
        Uuid::now_v7(),
        email,
        name,
        password_hash
    );
    row.fetch_one(executor).await.map(Into::into)
}

pub(super) async fn person_by_id(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, name, role, suspended_at, created_at, token_version, password_hash
         FROM people WHERE id = $1",
        id
    );
    Ok(row.fetch_optional(executor).await?.map(Into::into))
}

pub(super) async fn person_by_email(
    executor: impl PgExecutor<'_>,
    email: &str,
) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, name, role, suspended_at, created_at, token_version, password_hash
         FROM people WHERE lower(email) = lower($1)",
        email
    );
    Ok(row.fetch_optional(executor).await?.map(Into::into))
}

/// By id after `after`, so by age.
pub(super) async fn people(
    executor: impl PgExecutor<'_>,
    role: Option<Role>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Person>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT id, email, name, role, suspended_at, created_at, token_version, password_hash
         FROM people
         WHERE id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid) AND ($2::text IS NULL OR role = $2)
         ORDER BY id LIMIT $3",
        after,
        role.map(|role| role.to_string()),
        rows
    );
    let found = found.fetch_all(executor).await?;
    Ok(found.into_iter().map(|row| Account::from(row).person).collect())
}

/// Starts a session; beyond `most` the person's oldest ends.
pub(super) async fn insert_session(
    connection: &mut PgConnection,
    person: Uuid,
    client: &Client,
    idle_s: f64,
    most: i64,
) -> Result<Uuid, sqlx::Error> {
    let session = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO sessions (id, person_id, user_agent, address, expires_at)
         VALUES ($1, $2, $3, $4::text::inet, now() + make_interval(secs => $5))",
        session,
        person,
        client.user_agent,
        client.address.to_string(),
        idle_s
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE sessions SET ended_at = now(), end_reason = 'too_many'
         WHERE id IN (SELECT id FROM sessions WHERE person_id = $1 AND ended_at IS NULL ORDER BY id DESC OFFSET $2)",
        person,
        most
    )
    .execute(connection)
    .await?;
    Ok(session)
}

pub(super) async fn insert_refresh_token(
    executor: impl PgExecutor<'_>,
    session: Uuid,
    hash: &TokenHash,
) -> Result<(), sqlx::Error> {
    let insert =
        sqlx::query!("INSERT INTO refresh_tokens (hash, session_id) VALUES ($1, $2)", hash.as_slice(), session);
    insert.execute(executor).await.map(drop)
}
