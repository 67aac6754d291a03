//! What there is of recordings, for people.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::recording::Recording;
use super::recording::State::Ready;
use super::{job_store, recording_store as store};
use crate::accounts::Client;
use crate::courses;
use crate::gateway::{Caller, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// The recordings of a course, the newest first; its tutors see those that cannot be played, too.
#[utoipa::path(get, path = "/v1/courses/{id}/recordings", tag = "recordings", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Recording>), (status = 403, description = "`enrolment_needed`")))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Recording>>, ApiError> {
    let may_change = courses::check_member(&api, caller, course).await?;
    let found = store::of_course(api.database.primary(), course, may_change, paging.after()?, paging.rows()).await?;
    Ok(Json(paging.page(found, |recording| recording.id)))
}

/// A recording, for those who are in its course; one that cannot be played, for its tutors.
#[utoipa::path(get, path = "/v1/recordings/{id}", tag = "recordings", params(("id" = Uuid, Path)),
    responses((status = 200, body = Recording)))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Recording>, ApiError> {
    store::one(api.database.primary(), caller.into(), id).await?.map(Json).ok_or_else(not_found)
}

/// Delete a recording and its files. A class that is live is not recorded any more. Not while watching it completes a lesson.
#[utoipa::path(delete, path = "/v1/recordings/{id}", tag = "recordings", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 422, description = "`video_needed`")))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    let recording = store::one(&mut *transaction, caller.into(), id).await?.filter(|recording| recording.may_change);
    let recording = recording.ok_or_else(not_found)?;
    store::delete(&mut transaction, id).await?;
    if let (Ready, Some(lesson)) = (recording.state, recording.lesson) {
        job_store::fit_lesson(&mut transaction, lesson).await?;
    }
    super::record(&api, "recording.deleted", caller, &client, &recording).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
