//! Reading what was written and asked in a class, during the class and afterwards.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::archive::{ArchivedMessage, ArchivedPoll};
use super::archive_store as store;
use super::class_store;
use crate::gateway::{Caller, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// What was written in a class, the oldest first. Tutors get private questions and their answers too. What was deleted is not
/// there. While the class is live it is some seconds behind.
#[utoipa::path(get, path = "/v1/live/{id}/chat", tag = "live", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<ArchivedMessage>)))]
pub(super) async fn chat(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ArchivedMessage>>, ApiError> {
    let (after, primary) = (paging.after()?, api.database.primary());
    let class = class_store::one(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    let began = class.started_at.unwrap_or(class.starts_at);
    let rows = store::messages(primary, id, class.may_change, after, paging.rows()).await?;
    Ok(Json(paging.page(rows.into_iter().map(|row| row.shown(began)).collect(), ArchivedMessage::key)))
}

/// The polls of a class that are over, and how they ended, the oldest first. While the class is live it is some seconds behind.
#[utoipa::path(get, path = "/v1/live/{id}/polls", tag = "live", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<ArchivedPoll>)))]
pub(super) async fn polls(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<ArchivedPoll>>, ApiError> {
    let (after, primary) = (paging.after()?, api.database.primary());
    let class = class_store::one(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    let began = class.started_at.unwrap_or(class.starts_at);
    let rows = store::polls(primary, id, after, paging.rows()).await?;
    let shown = rows.into_iter().map(|row| row.shown(began, class.may_change)).collect();
    Ok(Json(paging.page(shown, ArchivedPoll::key)))
}
