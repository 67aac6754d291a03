//! Playing a lesson's video as it was packaged.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::problem::Problem;

use super::video_state::{self, State as Progress};
use crate::courses;
use crate::gateway::{Caller, PathId};
use crate::materials;
use crate::problem::{ApiError, not_found};
use crate::recordings::{self, Playback};
use crate::server::Api;

/// Play a lesson's video as a recording is played: for those who may read the lesson. Only when it is packaged; before, and if it
/// cannot be, `GET` gives the address of what was uploaded.
#[utoipa::path(post, path = "/v1/lessons/{id}/video/playback", tag = "materials", params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = Playback),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`video_not_packaged`, `lesson_locked`")
    ))]
pub(super) async fn begin(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(lesson): PathId,
) -> Result<(StatusCode, Json<Playback>), ApiError> {
    let may_change = courses::check_reader(&api, caller, lesson).await?;
    let primary = api.database.primary();
    let video = materials::video_of(primary, lesson).await?.ok_or_else(not_found)?;
    let packaging = video_state::of_video(primary, video).await?;
    if packaging.is_none_or(|packaging| packaging.state != Progress::Ready) {
        let title = "This video is not packaged for streaming";
        return Err(Problem::new(StatusCode::CONFLICT, "video_not_packaged", title).into());
    }
    let playback = recordings::play(&api, caller, video, Some(lesson), may_change).await?;
    Ok((StatusCode::CREATED, Json(playback)))
}
