//! The SQL of identities: who somebody is at a provider.

use sqlx::PgExecutor;
use uuid::Uuid;

/// Logins of one identity wait for each other until the transaction ends, so that two make no two people.
pub(super) async fn hold(executor: impl PgExecutor<'_>, issuer: &str, subject: &str) -> Result<(), sqlx::Error> {
    let hold = sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", issuer, subject);
    hold.execute(executor).await.map(drop)
}

/// Whose it is.
pub(super) async fn person(
    executor: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    let found =
        sqlx::query_scalar!("SELECT person_id FROM identities WHERE issuer = $1 AND subject = $2", issuer, subject);
    found.fetch_optional(executor).await
}

/// It is this person's from now on. `proves_email`: the provider had seen that the person's address is theirs.
pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
    person: Uuid,
    proves_email: bool,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query!(
        "INSERT INTO identities (issuer, subject, person_id, proves_email) VALUES ($1, $2, $3, $4)",
        issuer,
        subject,
        person,
        proves_email
    );
    insert.execute(executor).await.map(drop)
}

/// Whether somebody showed that the person's address is theirs.
pub(super) async fn is_email_proved(executor: impl PgExecutor<'_>, person: Uuid) -> Result<bool, sqlx::Error> {
    let proved = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM identities WHERE person_id = $1 AND proves_email) AS "proved!""#,
        person
    );
    proved.fetch_one(executor).await
}

/// Takes away every way into an account: its password and its identities.
pub(super) async fn clear(connection: &mut sqlx::PgConnection, person: Uuid) -> Result<(), sqlx::Error> {
    let password = sqlx::query!("UPDATE people SET password_hash = NULL WHERE id = $1", person);
    password.execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM identities WHERE person_id = $1", person).execute(connection).await.map(drop)
}
