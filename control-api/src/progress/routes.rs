//! Reporting progress, and reading one's own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::heartbeat::{Heartbeat, Key, Progress};
use super::{completion, store};
use crate::courses;
use crate::gateway::{Caller, Input, PathId};
use crate::portfolio;
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// Report where a lesson's player is and what was watched. Answered when it is kept.
#[utoipa::path(post, path = "/v1/lessons/{id}/progress", tag = "progress", params(("id" = Uuid, Path)), request_body = Heartbeat,
    responses((status = 200, body = Progress), (status = 409, description = "`lesson_locked`")))]
pub(super) async fn report(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
    Input(report): Input<Heartbeat>,
) -> Result<Json<Progress>, ApiError> {
    let key = Key { person: caller.person, lesson };
    if let Some(progress) = api.progress.write(key, report).await? {
        return Ok(Json(progress));
    }
    // The rare case is looked into when it happens.
    courses::check_student(&api, caller, lesson).await?;
    Err(not_found())
}

/// How far the caller is in a lesson.
#[utoipa::path(get, path = "/v1/lessons/{id}/progress", tag = "progress", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Progress),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`lesson_locked`")
    ))]
pub(super) async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<Progress>, ApiError> {
    courses::check_student(&api, caller, lesson).await?;
    let key = Key { person: caller.person, lesson };
    Ok(Json(store::progress(api.database.primary(), key).await?.unwrap_or_default()))
}

/// Say that one is done with a lesson that is complete by saying so.
#[utoipa::path(post, path = "/v1/lessons/{id}/done", tag = "progress", params(("id" = Uuid, Path)),
    responses((status = 200, body = Progress), (status = 409, description = "`lesson_locked`, `not_to_be_marked`")))]
pub(super) async fn mark_done(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<Progress>, ApiError> {
    courses::check_student(&api, caller, lesson).await?;
    let mut transaction = api.database.begin().await?;
    let by = courses::completion_of(&mut *transaction, lesson).await?.ok_or_else(not_found)?;
    completion::check_markable(by)?;
    let key = Key { person: caller.person, lesson };
    store::complete(&mut transaction, key, by).await?;
    transaction.commit().await?;
    portfolio::changed(&*api.stores.cache, [caller.person]).await;
    store::progress(api.database.primary(), key).await?.map(Json).ok_or_else(not_found)
}
