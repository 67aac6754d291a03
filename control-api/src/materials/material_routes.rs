//! The files of a lesson beside its video.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::material::{AwaitedMaterial, Material, MaterialAddress, MaterialChange, Materials, NewMaterial};
use super::material_store as store;
use super::sending::{self, Announcement};
use crate::courses;
use crate::gateway::{Caller, Input, PathId};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// The files of a lesson, the oldest first; its tutors see those that are still awaited, too.
#[utoipa::path(get, path = "/v1/lessons/{id}/materials", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Materials),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`lesson_locked`")
    ))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<Materials>, ApiError> {
    let may_change = courses::check_reader(&api, caller, lesson).await?;
    let files = store::of_lesson(api.database.primary(), lesson, may_change).await?;
    Ok(Json(Materials { items: files.into_iter().map(Material::from).collect() }))
}

/// Announce a file; the answer says where to send it.
#[utoipa::path(post, path = "/v1/lessons/{id}/materials", tag = "materials", params(("id" = Uuid, Path)), request_body = NewMaterial,
    responses(
        (status = 201, body = AwaitedMaterial),
        (status = 409, description = "`too_many_materials`, `course_full`")
    ))]
pub(super) async fn announce(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
    Input(new): Input<NewMaterial>,
) -> Result<(StatusCode, Json<AwaitedMaterial>), ApiError> {
    let NewMaterial { name, content_type, bytes } = &new;
    let announcement = Announcement { name, content_type, bytes: *bytes, video_s: None };
    let (id, upload) = sending::announce(&api, caller, lesson, announcement).await?;
    let material = store::one(api.database.primary(), id).await?.ok_or_else(not_found)?.into();
    Ok((StatusCode::CREATED, Json(AwaitedMaterial { material, upload })))
}

/// Say that a file was sent. From then on students see it.
#[utoipa::path(post, path = "/v1/materials/{id}/confirm", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Material),
        (status = 409, description = "`upload_missing`"),
        (status = 422, description = "`upload_mismatch`")
    ))]
pub(super) async fn confirm(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Material>, ApiError> {
    let primary = api.database.primary();
    let file = store::own(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    if !file.is_ready {
        sending::look(&api, &file).await?;
        store::confirm(primary, id).await?;
    }
    store::one(primary, id).await?.map(|file| Json(file.into())).ok_or_else(not_found)
}

/// Where a file can be fetched, for a short time.
#[utoipa::path(get, path = "/v1/materials/{id}/address", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = MaterialAddress),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`lesson_locked`")
    ))]
pub(super) async fn address(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<MaterialAddress>, ApiError> {
    let file = store::one(api.database.primary(), id).await?.filter(|file| file.is_ready).ok_or_else(not_found)?;
    courses::check_reader(&api, caller, file.lesson_id).await?;
    sending::address(&api, file, api.config.materials.address_s).await.map(Json)
}

/// Rename a file.
#[utoipa::path(patch, path = "/v1/materials/{id}", tag = "materials", params(("id" = Uuid, Path)), request_body = MaterialChange,
    responses((status = 200, body = Material)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Input(change): Input<MaterialChange>,
) -> Result<Json<Material>, ApiError> {
    let primary = api.database.primary();
    store::own(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    store::rename(primary, id, &change.name).await?;
    store::one(primary, id).await?.map(|file| Json(file.into())).ok_or_else(not_found)
}

/// Delete a file.
#[utoipa::path(delete, path = "/v1/materials/{id}", tag = "materials", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let primary = api.database.primary();
    store::own(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    store::delete(primary, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
