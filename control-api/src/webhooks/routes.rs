//! Webhooks, for admins. What they change is on record before it holds: a webhook carries what happens in the school away.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::audit::AuditEvent;
use lectern_platform::problem::Problem;
use reqwest::Url;
use uuid::Uuid;

use super::webhook::{Delivery, NewWebhook, WEBHOOKS_MAX, Webhook, WebhookChange, Webhooks};
use super::{policy, signature, store};
use crate::accounts::Client;
use crate::gateway::{Caller, Input, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;
use crate::trail;

/// All webhooks.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses((status = 200, body = Webhooks)))]
pub(super) async fn list(State(api): State<Arc<Api>>) -> Result<Json<Webhooks>, ApiError> {
    Ok(Json(Webhooks { items: store::all(api.database.primary(), None).await? }))
}

/// Make a webhook. What it is signed with is shown here and never again.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, body = Webhook), (status = 409, description = "`too_many_webhooks`")))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    Input(new): Input<NewWebhook>,
) -> Result<(StatusCode, Json<Webhook>), ApiError> {
    check_url(&api, &new.url)?;
    let secret = new_secret()?;
    let mut transaction = api.database.begin().await?;
    let Some(id) = store::insert(&mut *transaction, &new.url, &new.kinds, &secret).await? else {
        let problem =
            Problem::new(StatusCode::CONFLICT, "too_many_webhooks", "There are as many webhooks as there may be");
        return Err(problem.detail(format!("{WEBHOOKS_MAX} webhooks are the most")).into());
    };
    let event = event("admin.webhook_created", caller, &client, id);
    api.trail.require(trail::with(event, "host", host(&new.url))).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(one_of(&api, id, Some(&secret)).await?)))
}

/// A webhook.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 200, body = Webhook)))]
pub(super) async fn one(State(api): State<Arc<Api>>, PathId(id): PathId) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(one_of(&api, id, None).await?))
}

/// Change a webhook, enable or disable it, or make a new secret, which is shown here and never again.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)), request_body = WebhookChange,
    responses((status = 200, body = Webhook)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
    Input(change): Input<WebhookChange>,
) -> Result<Json<Webhook>, ApiError> {
    change.url.iter().try_for_each(|url| check_url(&api, url))?;
    let secret = if change.new_secret { Some(new_secret()?) } else { None };
    let mut transaction = api.database.begin().await?;
    if !store::update(&mut *transaction, id, &change, secret.as_deref()).await? {
        return Err(not_found());
    }
    let mut event = event("admin.webhook_changed", caller, &client, id);
    if let Some(url) = &change.url {
        event = trail::with(event, "host", host(url));
    }
    if let Some(kinds) = change.kinds {
        event = trail::with(event, "kinds", kinds);
    }
    if let Some(enabled) = change.enabled {
        event = trail::with(event, "enabled", enabled);
    }
    if change.new_secret {
        event = trail::with(event, "new_secret", true);
    }
    api.trail.require(event).await?;
    transaction.commit().await?;
    Ok(Json(one_of(&api, id, secret.as_deref()).await?))
}

/// Delete a webhook and what was not delivered yet.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    if !store::delete(&mut *transaction, id).await? {
        return Err(not_found());
    }
    api.trail.require(event("admin.webhook_deleted", caller, &client, id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of the events of the last week, the newest first.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Delivery>)))]
pub(super) async fn deliveries(
    State(api): State<Arc<Api>>,
    PathId(id): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Delivery>>, ApiError> {
    one_of(&api, id, None).await?;
    let before: Option<Uuid> = paging.after()?;
    let found = store::deliveries(api.database.primary(), id, before, paging.rows()).await?;
    Ok(Json(paging.page(found, |delivery| delivery.id)))
}

/// Send a delivery of the kind `webhook.test`. What becomes of it is among the deliveries.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks", params(("id" = Uuid, Path)),
    responses((status = 202), (status = 409, description = "`webhook_disabled`")))]
pub(super) async fn test(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    if !one_of(&api, id, None).await?.enabled {
        return Err(Problem::new(StatusCode::CONFLICT, "webhook_disabled", "This webhook is disabled").into());
    }
    let mut transaction = api.database.begin().await?;
    store::insert_test(&mut *transaction, id).await?.ok_or_else(not_found)?;
    api.trail.require(event("admin.webhook_tested", caller, &client, id)).await?;
    transaction.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

fn check_url(api: &Api, url: &str) -> Result<(), ApiError> {
    policy(&api.config.webhooks).check(url).map(drop).map_err(|wanted| invalid_field("/url", wanted))
}

fn event(kind: &'static str, caller: Caller, client: &Client, webhook: Uuid) -> AuditEvent {
    trail::with(trail::event(kind, Some(caller.person), None, client.address), "webhook", webhook.to_string())
}

/// Of a URL that was checked. Its path and query may be a secret of the other system's.
fn host(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn new_secret() -> Result<Vec<u8>, ApiError> {
    signature::new_secret().ok_or_else(|| ApiError::Internal("the system gives no randomness".to_owned()))
}

async fn one_of(api: &Api, id: Uuid, secret: Option<&[u8]>) -> Result<Webhook, ApiError> {
    let mut webhook = store::all(api.database.primary(), Some(id)).await?.pop().ok_or_else(not_found)?;
    webhook.secret = secret.map(signature::show);
    Ok(webhook)
}
