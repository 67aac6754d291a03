//! Webhooks, for admins.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::problem::Problem;
use uuid::Uuid;

use super::webhook::{Delivery, NewWebhook, WEBHOOKS_MAX, Webhook, WebhookChange, Webhooks};
use super::{policy, signature, store};
use crate::gateway::{Input, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;

/// All webhooks.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", responses((status = 200, body = Webhooks)))]
pub(super) async fn list(State(api): State<Arc<Api>>) -> Result<Json<Webhooks>, ApiError> {
    Ok(Json(Webhooks { items: store::all(api.database.primary(), None).await? }))
}

/// Make a webhook. What it is signed with is shown here and never again.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = NewWebhook, responses((status = 201, body = Webhook)))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    Input(new): Input<NewWebhook>,
) -> Result<(StatusCode, Json<Webhook>), ApiError> {
    check_url(&api, &new.url)?;
    let secret = new_secret()?;
    let Some(id) = store::insert(api.database.primary(), &new.url, &new.kinds, &secret).await? else {
        let problem =
            Problem::new(StatusCode::CONFLICT, "too_many_webhooks", "There are as many webhooks as there may be");
        return Err(problem.detail(format!("{WEBHOOKS_MAX} webhooks are the most")).into());
    };
    Ok((StatusCode::CREATED, Json(one_of(&api, id, Some(&secret)).await?)))
}

/// A webhook.
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 200, body = Webhook)))]
pub(super) async fn one(State(api): State<Arc<Api>>, PathId(id): PathId) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(one_of(&api, id, None).await?))
}

/// Change a webhook, enable or disable it, or make a new secret, which is shown here and never again.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)), request_body = WebhookChange,
    responses((status = 200, body = Webhook)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    PathId(id): PathId,
    Input(change): Input<WebhookChange>,
) -> Result<Json<Webhook>, ApiError> {
    change.url.iter().try_for_each(|url| check_url(&api, url))?;
    let secret = if change.new_secret { Some(new_secret()?) } else { None };
    if !store::update(api.database.primary(), id, &change, secret.as_deref()).await? {
        return Err(not_found());
    }
    Ok(Json(one_of(&api, id, secret.as_deref()).await?))
}

/// Delete a webhook and what was not delivered yet.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn delete(State(api): State<Arc<Api>>, PathId(id): PathId) -> Result<StatusCode, ApiError> {
    let gone = store::delete(api.database.primary(), id).await?;
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
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
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", tag = "webhooks", params(("id" = Uuid, Path)), responses((status = 202)))]
pub(super) async fn test(State(api): State<Arc<Api>>, PathId(id): PathId) -> Result<StatusCode, ApiError> {
    if !one_of(&api, id, None).await?.enabled {
        return Err(Problem::new(StatusCode::CONFLICT, "webhook_disabled", "This webhook is disabled").into());
    }
    store::insert_test(api.database.primary(), id).await?.ok_or_else(not_found)?;
    Ok(StatusCode::ACCEPTED)
}

fn check_url(api: &Api, url: &str) -> Result<(), ApiError> {
    policy(&api.config.webhooks).check(url).map(drop).map_err(|wanted| invalid_field("/url", wanted))
}

fn new_secret() -> Result<Vec<u8>, ApiError> {
    signature::new_secret().ok_or_else(|| ApiError::Internal("the system gives no randomness".to_owned()))
}

async fn one_of(api: &Api, id: Uuid, secret: Option<&[u8]>) -> Result<Webhook, ApiError> {
    let mut webhook = store::all(api.database.primary(), Some(id)).await?.pop().ok_or_else(not_found)?;
    webhook.secret = secret.map(signature::show);
    Ok(webhook)
}
