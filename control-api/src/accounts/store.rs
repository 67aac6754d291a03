//! The SQL of people.

use lectern_platform::token::Role;
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::person::Person;
use super::session::Account;

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

/// A new student; without a password if they sign in elsewhere.
pub(super) async fn insert_person(
    executor: impl PgExecutor<'_>,
    email: &str,
    name: &str,
    password_hash: Option<&str>,
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

/// Which people.
pub(super) struct PeopleFilter {
    pub(super) role: Option<Role>,
    /// In name or address.
    pub(super) text: Option<String>,
    pub(super) suspended: Option<bool>,
}

/// By id after `after`, so by age.
pub(super) async fn people(
    executor: impl PgExecutor<'_>,
    filter: &PeopleFilter,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Person>, sqlx::Error> {
    let found = sqlx::query_as!(
        Row,
        "SELECT id, email, name, role, suspended_at, created_at, token_version, password_hash
         FROM people
         WHERE id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid)
           AND ($2::text IS NULL OR role = $2)
           AND ($3::boolean IS NULL OR (suspended_at IS NOT NULL) = $3)
           AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR strpos(lower(email), lower($4)) > 0)
         ORDER BY id LIMIT $5",
        after,
        filter.role.map(|role| role.to_string()),
        filter.suspended,
        filter.text,
        rows
    );
    let found = found.fetch_all(executor).await?;
    Ok(found.into_iter().map(|row| Account::from(row).person).collect())
}

/// Those who run the school and are not shut out, held until the transaction ends.
pub(super) async fn hold_admins(executor: impl PgExecutor<'_>) -> Result<Vec<Uuid>, sqlx::Error> {
    let held = sqlx::query_scalar!(
        "SELECT id FROM people WHERE role = 'admin' AND suspended_at IS NULL ORDER BY id FOR UPDATE"
    );
    held.fetch_all(executor).await
}

/// Somebody, held until the transaction ends.
pub(super) async fn hold_person(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, email, name, role, suspended_at, created_at, token_version, password_hash
         FROM people WHERE id = $1 FOR UPDATE",
        id
    );
    Ok(row.fetch_optional(executor).await?.map(Into::into))
}

/// Another role, name, or in or out. Tokens that say what is not so any more are void.
pub(super) async fn change_person(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    role: Role,
    suspended: bool,
    name: &str,
) -> Result<Account, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE people SET role = $2, name = $4,
             suspended_at = CASE WHEN $3 THEN coalesce(suspended_at, now()) END,
             token_version = token_version + (role <> $2 OR (suspended_at IS NOT NULL) <> $3)::integer,
             token_version_at = CASE WHEN role <> $2 OR (suspended_at IS NOT NULL) <> $3 THEN now()
                 ELSE token_version_at END
         WHERE id = $1
         RETURNING id, email, name, role, suspended_at, created_at, token_version, password_hash",
        id,
        role.to_string(),
        suspended,
        name
    );
    row.fetch_one(executor).await.map(Into::into)
}

/// Another name for somebody.
pub(super) async fn rename(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    name: &str,
) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "UPDATE people SET name = $2 WHERE id = $1
         RETURNING id, email, name, role, suspended_at, created_at, token_version, password_hash",
        id,
        name
    );
    Ok(row.fetch_optional(executor).await?.map(Into::into))
}

/// Another password, unless the one that was is not this any more; whether it was changed.
pub(super) async fn replace_password(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    old_hash: &str,
    new_hash: &str,
) -> Result<bool, sqlx::Error> {
    let update = sqlx::query!(
        "UPDATE people SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
        id,
        old_hash,
        new_hash
    );
    Ok(update.execute(executor).await?.rows_affected() == 1)
}

/// Another password, whatever it was.
pub(super) async fn set_password(executor: impl PgExecutor<'_>, id: Uuid, hash: &str) -> Result<(), sqlx::Error> {
    let update = sqlx::query!("UPDATE people SET password_hash = $2 WHERE id = $1", id, hash);
    update.execute(executor).await.map(drop)
}

/// Whether somebody runs the school who may come in.
pub(super) async fn has_admin(executor: impl PgExecutor<'_>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM people WHERE role = 'admin' AND suspended_at IS NULL) AS "exists!""#
    )
    .fetch_one(executor)
    .await
}

/// Somebody who runs the school: a new person, or whoever has the address, who keeps their name and password.
pub(super) async fn upsert_admin(
    executor: impl PgExecutor<'_>,
    email: &str,
    name: &str,
    password_hash: &str,
) -> Result<Uuid, sqlx::Error> {
    let id = sqlx::query_scalar!(
        "INSERT INTO people (id, email, name, role, password_hash) VALUES ($1, $2, $3, 'admin', $4)
         ON CONFLICT (lower(email)) DO UPDATE SET role = 'admin', suspended_at = NULL,
             token_version = people.token_version + (people.role <> 'admin')::integer,
             token_version_at = CASE WHEN people.role <> 'admin' THEN now() ELSE people.token_version_at END
         RETURNING id",
        Uuid::now_v7(),
        email,
        name,
        password_hash
    );
    id.fetch_one(executor).await
}
