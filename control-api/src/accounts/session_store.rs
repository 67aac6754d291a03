//! The SQL of sessions and their refresh tokens.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::refresh_token::TokenHash;
use super::session::{Client, Session};

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndReason {
    /// Its person said so.
    Logout,
    /// A refresh token was used twice.
    Reuse,
    /// The password is another.
    Password,
    /// An admin shut the person out.
    Suspension,
}

impl EndReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Reuse => "reuse",
            Self::Password => "password",
            Self::Suspension => "suspension",
        }
    }
}

/// Starts a session; beyond `most` the person's oldest end. Its id, and theirs.
pub(super) async fn insert_session(
    connection: &mut PgConnection,
    person: Uuid,
    client: &Client,
    idle_s: f64,
    most: i64,
) -> Result<(Uuid, Vec<Uuid>), sqlx::Error> {
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
    let ended = sqlx::query_scalar!(
        "UPDATE sessions SET ended_at = now(), end_reason = 'too_many'
         WHERE id IN (SELECT id FROM sessions WHERE person_id = $1 AND ended_at IS NULL ORDER BY id DESC OFFSET $2)
           AND ended_at IS NULL
         RETURNING id",
        person,
        most
    );
    Ok((session, ended.fetch_all(connection).await?))
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

/// A refresh token that somebody came with.
pub(super) struct Presented {
    pub(super) session: Uuid,
    pub(super) person: Uuid,
    /// Whether the session goes on.
    pub(super) is_alive: bool,
    /// Of the next token, if this one was used.
    pub(super) successor_salt: Option<Vec<u8>>,
    /// Whether it was used so short a time ago that it may be again.
    pub(super) is_in_grace: bool,
}

/// Finds a token, and holds it and its session until the transaction ends: of two who come with it, one waits.
pub(super) async fn present(
    connection: &mut PgConnection,
    hash: &TokenHash,
    grace_s: f64,
) -> Result<Option<Presented>, sqlx::Error> {
    let found = sqlx::query_as!(
        Presented,
        r#"SELECT t.session_id AS session, s.person_id AS person, t.successor_salt,
                  (s.ended_at IS NULL AND s.expires_at > now()) AS "is_alive!",
                  coalesce(t.used_at > now() - make_interval(secs => $2), false) AS "is_in_grace!"
           FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
           WHERE t.hash = $1
           FOR UPDATE OF t, s"#,
        hash.as_slice(),
        grace_s
    );
    found.fetch_optional(connection).await
}

/// Marks a token as used, and keeps what the next one is made with.
pub(super) async fn use_token(
    executor: impl PgExecutor<'_>,
    hash: &TokenHash,
    successor_salt: &[u8],
) -> Result<(), sqlx::Error> {
    let update = sqlx::query!(
        "UPDATE refresh_tokens SET used_at = now(), successor_salt = $2 WHERE hash = $1",
        hash.as_slice(),
        successor_salt
    );
    update.execute(executor).await.map(drop)
}

/// Whether a token is there that nobody has used.
pub(super) async fn is_unused(executor: impl PgExecutor<'_>, hash: &TokenHash) -> Result<bool, sqlx::Error> {
    let unused = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM refresh_tokens WHERE hash = $1 AND used_at IS NULL) AS "unused!""#,
        hash.as_slice()
    );
    unused.fetch_one(executor).await
}

/// The session goes on for `idle_s` from now, wherever it is used.
pub(super) async fn prolong(
    executor: impl PgExecutor<'_>,
    session: Uuid,
    client: &Client,
    idle_s: f64,
) -> Result<(), sqlx::Error> {
    let update = sqlx::query!(
        "UPDATE sessions SET last_used_at = now(), user_agent = $2, address = $3::text::inet,
             expires_at = now() + make_interval(secs => $4)
         WHERE id = $1",
        session,
        client.user_agent,
        client.address.to_string(),
        idle_s
    );
    update.execute(executor).await.map(drop)
}

/// Ends one session of a person; whether it was there to be ended.
pub(super) async fn end(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    session: Uuid,
    reason: EndReason,
) -> Result<bool, sqlx::Error> {
    let update = sqlx::query!(
        "UPDATE sessions SET ended_at = now(), end_reason = $3
         WHERE id = $2 AND person_id = $1 AND ended_at IS NULL AND expires_at > now()",
        person,
        session,
        reason.as_str()
    );
    Ok(update.execute(executor).await?.rows_affected() == 1)
}

/// Ends all sessions of a person but one, if one is named. Those that it ended.
pub(super) async fn end_all(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    but: Option<Uuid>,
    reason: EndReason,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let update = sqlx::query_scalar!(
        "UPDATE sessions SET ended_at = now(), end_reason = $3
         WHERE person_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2
         RETURNING id",
        person,
        but,
        reason.as_str()
    );
    update.fetch_all(executor).await
}

/// Whose session a refresh token belongs to, used or not.
pub(super) async fn session_of(
    executor: impl PgExecutor<'_>,
    hash: &TokenHash,
) -> Result<Option<(Uuid, Uuid)>, sqlx::Error> {
    let found = sqlx::query!(
        "SELECT s.person_id, s.id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = $1",
        hash.as_slice()
    );
    Ok(found.fetch_optional(executor).await?.map(|row| (row.person_id, row.id)))
}

/// A person's sessions that go on, the one used last first; `current` is the one that asks.
pub(super) async fn sessions(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    current: Uuid,
) -> Result<Vec<Session>, sqlx::Error> {
    let found = sqlx::query_as!(
        Session,
        r#"SELECT id, user_agent, host(address) AS "address!", created_at, last_used_at, id = $2 AS "current!"
           FROM sessions WHERE person_id = $1 AND ended_at IS NULL AND expires_at > now()
           ORDER BY last_used_at DESC, id DESC"#,
        person,
        current
    );
    found.fetch_all(executor).await
}

/// Those that ended within the last `seconds`.
pub(super) async fn ended_within(executor: impl PgExecutor<'_>, seconds: f64) -> Result<Vec<Uuid>, sqlx::Error> {
    let found =
        sqlx::query_scalar!("SELECT id FROM sessions WHERE ended_at > now() - make_interval(secs => $1)", seconds);
    found.fetch_all(executor).await
}

/// People whose tokens got a new number within the last `seconds`, and the number.
pub(super) async fn raised_within(
    executor: impl PgExecutor<'_>,
    seconds: f64,
) -> Result<Vec<(Uuid, i32)>, sqlx::Error> {
    let found = sqlx::query!(
        "SELECT id, token_version FROM people
         WHERE token_version > 1 AND token_version_at > now() - make_interval(secs => $1)",
        seconds
    );
    Ok(found.fetch_all(executor).await?.into_iter().map(|row| (row.id, row.token_version)).collect())
}

/// Deletes up to `rows` of each kind of what nobody needs any more. How many it deleted.
///
/// A refresh token that was used is needed for as long as its session might live without it (`idle_s`): its owner may come
/// back with it so late, and find that a thief went on.
pub(super) async fn delete_old(connection: &mut PgConnection, idle_s: f64, rows: i64) -> Result<u64, sqlx::Error> {
    let sessions = sqlx::query!(
        "DELETE FROM sessions WHERE id IN
             (SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
        rows
    );
    let tokens = sqlx::query!(
        "DELETE FROM refresh_tokens WHERE hash = ANY(ARRAY(
             SELECT hash FROM refresh_tokens WHERE used_at < now() - make_interval(secs => $1)
             ORDER BY used_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
        idle_s,
        rows
    );
    let resets = sqlx::query!(
        "DELETE FROM password_resets WHERE hash IN
             (SELECT hash FROM password_resets WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)",
        rows
    );
    let sessions = sessions.execute(&mut *connection).await?.rows_affected();
    let tokens = tokens.execute(&mut *connection).await?.rows_affected();
    Ok(sessions + tokens + resets.execute(connection).await?.rows_affected())
}
