//! The SQL of password resets.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::refresh_token::TokenHash;

/// Tokens of one person that are good at a time: somebody who asks twice may use either mail.
const TOKENS_MAX: i64 = 3;

/// Keeps a token's hash for so long; beyond [`TOKENS_MAX`] the person's oldest are void.
pub(super) async fn insert(
    connection: &mut PgConnection,
    person: Uuid,
    hash: &TokenHash,
    life_s: f64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO password_resets (hash, person_id, expires_at)
         VALUES ($1, $2, now() + make_interval(secs => $3))",
        hash.as_slice(),
        person,
        life_s
    )
    .execute(&mut *connection)
    .await?;
    let delete = sqlx::query!(
        "DELETE FROM password_resets WHERE hash IN
             (SELECT hash FROM password_resets WHERE person_id = $1 ORDER BY created_at DESC OFFSET $2)",
        person,
        TOKENS_MAX
    );
    delete.execute(connection).await.map(drop)
}

/// Whether a token could be taken.
pub(super) async fn is_good(executor: impl PgExecutor<'_>, hash: &TokenHash) -> Result<bool, sqlx::Error> {
    let good = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM password_resets WHERE hash = $1 AND expires_at > now()) AS "good!""#,
        hash.as_slice()
    );
    good.fetch_one(executor).await
}

/// Takes a token, once: whose it was.
pub(super) async fn take(executor: impl PgExecutor<'_>, hash: &TokenHash) -> Result<Option<Uuid>, sqlx::Error> {
    let taken = sqlx::query_scalar!(
        "DELETE FROM password_resets WHERE hash = $1 AND expires_at > now() RETURNING person_id",
        hash.as_slice()
    );
    taken.fetch_optional(executor).await
}

/// Makes all tokens of a person void.
pub(super) async fn delete_all(executor: impl PgExecutor<'_>, person: Uuid) -> Result<(), sqlx::Error> {
    let delete = sqlx::query!("DELETE FROM password_resets WHERE person_id = $1", person);
    delete.execute(executor).await.map(drop)
}
