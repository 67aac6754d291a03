//! A lesson's video.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::material::{AwaitedMaterial, Material, NewVideo, VideoAddress};
use super::material_store as store;
use super::sending::{self, Announcement};
use crate::courses;
use crate::gateway::{Caller, Input, PathId};
use crate::packaging;
use crate::problem::{ApiError, not_found};
use crate::recordings;
use crate::server::Api;

/// What people read where a video has no name of its own.
const NAME: &str = "video";

/// Announce a lesson's video; the answer says where to send it. The one that is there stays until the new one is confirmed.
#[utoipa::path(post, path = "/v1/lessons/{id}/video", tag = "materials", params(("id" = Uuid, Path)), request_body = NewVideo,
    responses((status = 201, body = AwaitedMaterial), (status = 409, description = "`course_full`")))]
pub(super) async fn announce(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
    Input(new): Input<NewVideo>,
) -> Result<(StatusCode, Json<AwaitedMaterial>), ApiError> {
    let NewVideo { content_type, bytes, video_s } = &new;
    let announcement = Announcement { name: NAME, content_type, bytes: *bytes, video_s: Some(*video_s) };
    let (_, upload) = sending::announce(&api, caller, lesson, announcement).await?;
    let material = store::video(api.database.primary(), lesson, false).await?.ok_or_else(not_found)?.into();
    Ok((StatusCode::CREATED, Json(AwaitedMaterial { material, upload })))
}

/// Say that a lesson's video was sent. It takes the place of the one before, and the lesson is as long as it. It is
/// packaged for streaming afterwards.
#[utoipa::path(post, path = "/v1/lessons/{id}/video/confirm", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Material),
        (status = 409, description = "`upload_missing`"),
        (status = 422, description = "`upload_mismatch`")
    ))]
pub(super) async fn confirm(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<Material>, ApiError> {
    let primary = api.database.primary();
    courses::hold_by_lesson(&mut *api.database.begin().await?, caller, lesson).await?;
    if let Some(file) = store::video(primary, lesson, false).await? {
        sending::look(&api, &file).await?;
        let mut transaction = api.database.begin().await?;
        courses::hold_by_lesson(&mut transaction, caller, lesson).await?;
        store::delete_videos(&mut transaction, lesson, Some(true)).await?;
        // Unless another was announced in its place, or another request has confirmed it.
        if !store::confirm(&mut *transaction, file.id).await? {
            return Err(not_found());
        }
        if api.config.materials.package_videos {
            packaging::begin(&mut transaction, file.id).await?;
        }
        recordings::fit_lesson(&mut transaction, lesson).await?;
        transaction.commit().await?;
    }
    store::video(primary, lesson, true).await?.map(|file| Json(file.into())).ok_or_else(not_found)
}

/// Where a lesson's video can be fetched as it was uploaded, for as long as it takes to see it, and how far its packaging for
/// streaming is.
#[utoipa::path(get, path = "/v1/lessons/{id}/video", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = VideoAddress),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`lesson_locked`")
    ))]
pub(super) async fn address(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<Json<VideoAddress>, ApiError> {
    courses::check_reader(&api, caller, lesson).await?;
    let file = store::video(api.database.primary(), lesson, true).await?.ok_or_else(not_found)?;
    let packaging = packaging::of_video(api.database.primary(), file.id).await?;
    let address = sending::address(&api, file, api.config.materials.video_address_s).await?;
    Ok(Json(VideoAddress { address, packaging }))
}

/// Delete a lesson's video, and one that is awaited. Not while watching it completes the lesson.
#[utoipa::path(delete, path = "/v1/lessons/{id}/video", tag = "materials", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 422, description = "`video_needed`")))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    courses::hold_by_lesson(&mut transaction, caller, lesson).await?;
    if store::delete_videos(&mut transaction, lesson, None).await? == 0 {
        return Err(not_found());
    }
    recordings::fit_lesson(&mut transaction, lesson).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
