//! The SQL of webhooks.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::webhook::{Delivery, WEBHOOKS_MAX, Webhook, WebhookChange};

/// For how long a delivery is one process' own, seconds: longer than an attempt takes. Who is killed in the middle has it tried
/// again after that.
const LEASE_S: f64 = 60.0;
/// For how long a delivery is tried, seconds.
const TRIED_S: f64 = 86_400.0;
/// After so long without a single success a webhook is disabled, seconds.
const FAILING_S: f64 = 3.0 * 86_400.0;

/// A delivery to be tried now.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) webhook: Uuid,
    pub(super) body: String,
    pub(super) attempts: i32,
    pub(super) url: String,
    pub(super) secret: Vec<u8>,
    pub(super) secret_before: Option<Vec<u8>>,
}

/// Pending deliveries of a webhook that are counted.
const WAITING_MAX: i64 = 10_000;

/// What waits, of all webhooks.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Webhooks that are told something.
    pub(crate) enabled: i64,
    /// Those of them where nothing arrives.
    pub(crate) failing: i64,
    /// Webhooks that were disabled because nothing arrived, or because they are gone.
    pub(crate) given_up: i64,
    /// Deliveries that wait, ten thousand of each webhook at most.
    pub(crate) waiting: i64,
    /// By how much the latest of them is late, seconds.
    pub(crate) overdue_s: i64,
}

/// Writes down what is to be delivered of some events. In the transaction that marks them as sent.
pub(super) async fn insert_deliveries(connection: &mut PgConnection, events: &[i64]) -> Result<(), sqlx::Error> {
    let wanted = sqlx::query!(
        r#"SELECT w.id AS webhook, o.id AS event FROM outbox o
           JOIN webhooks w ON w.disabled_at IS NULL AND w.created_at <= o.at AND (w.kinds = '{}' OR o.kind = ANY(w.kinds))
           WHERE o.id = ANY($1) ORDER BY o.id"#,
        events
    );
    let wanted = wanted.fetch_all(&mut *connection).await?;
    if wanted.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = wanted.iter().map(|_| Uuid::now_v7()).collect();
    let (webhooks, events): (Vec<Uuid>, Vec<i64>) = wanted.iter().map(|row| (row.webhook, row.event)).unzip();
    sqlx::query!(
        r#"INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, body)
           SELECT wanted.id, wanted.webhook, o.id, o.kind, jsonb_build_object('type', o.kind, 'timestamp',
                  to_char(o.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'data', o.event)::text
           FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS wanted (id, webhook, event) JOIN outbox o ON o.id = wanted.event
           ON CONFLICT DO NOTHING"#,
        &ids,
        &webhooks,
        &events
    )
    .execute(connection)
    .await
    .map(drop)
}

/// A delivery of no event.
pub(super) async fn insert_test(executor: impl PgExecutor<'_>, webhook: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO webhook_deliveries (id, webhook_id, kind, body)
           SELECT $1, id, 'webhook.test', jsonb_build_object('type', 'webhook.test', 'timestamp',
                  to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'data', '{}'::jsonb)::text
           FROM webhooks WHERE id = $2 AND disabled_at IS NULL RETURNING id"#,
        Uuid::now_v7(),
        webhook
    )
    .fetch_optional(executor)
    .await
}

/// Takes deliveries whose time has come, a few of each webhook but for the busy ones. They are this process' own for a minute.
pub(super) async fn take_due(
    executor: impl PgExecutor<'_>,
    busy: &[Uuid],
    of_each: i64,
    most: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"WITH due AS (
               SELECT d.id FROM webhooks w, LATERAL (
                   SELECT id FROM webhook_deliveries WHERE webhook_id = w.id AND state = 'pending' AND next_at <= now()
                   ORDER BY next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) d
               WHERE w.disabled_at IS NULL AND w.id <> ALL($1) LIMIT $3)
           UPDATE webhook_deliveries d SET attempts = attempts + 1, next_at = now() + make_interval(secs => $4)
           FROM due, webhooks w WHERE d.id = due.id AND w.id = d.webhook_id
           RETURNING d.id, d.webhook_id AS webhook, d.body, d.attempts, w.url, w.secret,
                     CASE WHEN w.secret_before_until > now() THEN w.secret_before END AS secret_before"#,
        busy,
        of_each,
        most,
        LEASE_S
    )
    .fetch_all(executor)
    .await
}

/// It arrived.
pub(super) async fn delivered(connection: &mut PgConnection, due: &Due, status: i32) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE webhook_deliveries SET state = 'delivered', status = $2, error = NULL, ended_at = now()
         WHERE id = $1 AND state = 'pending'",
        due.id,
        status
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL", due.webhook)
        .execute(connection)
        .await
        .map(drop)
}

/// It did not arrive: it is tried again, or not any more (whether that is so), and a webhook that has failed for long is disabled.
pub(super) async fn not_delivered(
    connection: &mut PgConnection,
    due: &Due,
    status: Option<i32>,
    error: &str,
    again_s: f64,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query_scalar!(
        r#"UPDATE webhook_deliveries SET status = $2, error = $3, next_at = now() + make_interval(secs => $4),
                state = CASE WHEN over THEN 'failed' ELSE 'pending' END, ended_at = CASE WHEN over THEN now() END
         FROM (SELECT now() + make_interval(secs => $4) > created_at + make_interval(secs => $5) AS over
               FROM webhook_deliveries WHERE id = $1) AS time
         WHERE id = $1 AND state = 'pending' RETURNING state = 'failed' AS "is_over!""#,
        due.id,
        status,
        error,
        again_s,
        TRIED_S
    );
    let is_over = noted.fetch_optional(&mut *connection).await?;
    sqlx::query!(
        "UPDATE webhooks SET failing_since = coalesce(failing_since, now()),
                disabled_at = CASE WHEN failing_since < now() - make_interval(secs => $2) THEN now() END,
                disabled_reason = CASE WHEN failing_since < now() - make_interval(secs => $2) THEN 'failing' END
         WHERE id = $1 AND disabled_at IS NULL",
        due.webhook,
        FAILING_S
    )
    .execute(connection)
    .await?;
    Ok(is_over.unwrap_or_default())
}

/// It was not tried: the other side failed lately. That is no attempt.
pub(super) async fn put_off(executor: impl PgExecutor<'_>, due: &Due, again_s: f64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE webhook_deliveries SET attempts = attempts - 1, next_at = now() + make_interval(secs => $2)
         WHERE id = $1 AND state = 'pending'",
        due.id,
        again_s
    )
    .execute(executor)
    .await
    .map(drop)
}

/// The other side says that there is no webhook any more.
pub(super) async fn gone(executor: impl PgExecutor<'_>, webhook: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE webhooks SET disabled_at = now(), disabled_reason = 'gone' WHERE id = $1 AND disabled_at IS NULL",
        webhook
    )
    .execute(executor)
    .await
    .map(drop)
}

/// Forgets deliveries that ended a week ago, some of them; ends those whose webhook has been disabled for a day.
pub(super) async fn sweep(executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH old AS (DELETE FROM webhook_deliveries WHERE id IN (
                 SELECT id FROM webhook_deliveries WHERE ended_at < now() - interval '7 days' LIMIT 5000))
         UPDATE webhook_deliveries SET state = 'failed', error = 'the webhook is disabled', ended_at = now()
         WHERE state = 'pending' AND webhook_id IN (SELECT id FROM webhooks WHERE disabled_at < now() - interval '1 day')"
    )
    .execute(executor)
    .await
    .map(drop)
}

pub(super) async fn all(executor: impl PgExecutor<'_>, one: Option<Uuid>) -> Result<Vec<Webhook>, sqlx::Error> {
    sqlx::query_as!(
        Webhook,
        r#"SELECT id, url, kinds, disabled_at IS NULL AS "enabled!", disabled_reason, failing_since, created_at,
                  NULL::text AS secret
           FROM webhooks WHERE $1::uuid IS NULL OR id = $1 ORDER BY id"#,
        one
    )
    .fetch_all(executor)
    .await
}

/// How many wait for what, of those that are told anything.
pub(super) async fn waiting(executor: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    sqlx::query_as!(
        Waiting,
        r#"SELECT count(*) FILTER (WHERE disabled_at IS NULL) AS "enabled!",
                  count(*) FILTER (WHERE disabled_at IS NULL AND failing_since IS NOT NULL) AS "failing!",
                  count(*) FILTER (WHERE disabled_reason IN ('failing', 'gone')) AS "given_up!",
                  coalesce(sum(d.waiting) FILTER (WHERE disabled_at IS NULL), 0)::bigint AS "waiting!",
                  greatest(coalesce(max(d.overdue_s) FILTER (WHERE disabled_at IS NULL), 0), 0)::bigint AS "overdue_s!"
           FROM webhooks w, LATERAL (
               SELECT count(*) AS waiting, extract(epoch FROM now() - min(next_at)) AS overdue_s FROM (
                   SELECT next_at FROM webhook_deliveries WHERE webhook_id = w.id AND state = 'pending'
                   ORDER BY next_at LIMIT $1) AS next) AS d"#,
        WAITING_MAX
    )
    .fetch_one(executor)
    .await
}

/// Makes a webhook, unless there are as many as there may be.
pub(super) async fn insert(
    executor: impl PgExecutor<'_>,
    url: &str,
    kinds: &[String],
    secret: &[u8],
) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO webhooks (id, url, kinds, secret) SELECT $1, $2, $3, $4
         WHERE (SELECT count(*) FROM webhooks) < $5 RETURNING id",
        Uuid::now_v7(),
        url,
        kinds,
        secret,
        WEBHOOKS_MAX
    )
    .fetch_optional(executor)
    .await
}

/// Changes a webhook; whether there is one.
pub(super) async fn update(
    executor: impl PgExecutor<'_>,
    id: Uuid,
    change: &WebhookChange,
    secret: Option<&[u8]>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE webhooks SET url = coalesce($2, url), kinds = coalesce($3, kinds),
                secret = coalesce($4, secret),
                secret_before = CASE WHEN $4 IS NULL THEN secret_before ELSE secret END,
                secret_before_until = CASE WHEN $4 IS NULL THEN secret_before_until ELSE now() + interval '1 day' END,
                failing_since = CASE WHEN $5 THEN NULL ELSE failing_since END,
                disabled_at = CASE WHEN $5 THEN NULL WHEN NOT $5 THEN coalesce(disabled_at, now()) ELSE disabled_at END,
                disabled_reason = CASE WHEN $5 THEN NULL WHEN NOT $5 THEN coalesce(disabled_reason, 'admin') ELSE disabled_reason END
         WHERE id = $1",
        id,
        change.url,
        change.kinds.as_deref(),
        secret,
        change.enabled
    );
    Ok(done.execute(executor).await?.rows_affected() == 1)
}

pub(super) async fn delete(executor: impl PgExecutor<'_>, id: Uuid) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM webhooks WHERE id = $1", id);
    Ok(gone.execute(executor).await?.rows_affected() == 1)
}

/// A webhook's deliveries, the newest first.
pub(super) async fn deliveries(
    executor: impl PgExecutor<'_>,
    webhook: Uuid,
    before: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    sqlx::query_as!(
        Delivery,
        "SELECT id, kind, state, attempts, status, error, created_at, CASE WHEN state = 'pending' THEN next_at END AS next_at
         FROM webhook_deliveries WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        webhook,
        before.unwrap_or(Uuid::max()),
        rows
    )
    .fetch_all(executor)
    .await
}
