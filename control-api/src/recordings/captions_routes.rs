//! Captions of recordings: attached by tutors, read by whoever plays.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use lectern_platform::problem::Problem;
use uuid::Uuid;

use super::captions::{Captions, CaptionsList, LANGUAGES_MAX, NewCaptions, is_language};
use super::recording::Recording;
use super::{captions_store as store, playback, recording_store};
use crate::accounts::Client;
use crate::gateway::{Caller, Input, PathId, PathIdWord, PathWords};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;

/// The captions that a recording has, for its tutors.
#[utoipa::path(get, path = "/v1/recordings/{id}/captions", tag = "recordings", params(("id" = Uuid, Path)),
    responses((status = 200, body = CaptionsList)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<CaptionsList>, ApiError> {
    changeable(&api, caller, id).await?;
    Ok(Json(CaptionsList { items: store::of_recording(api.database.primary(), id).await? }))
}

/// Attach captions in a language (BCP 47: `en`, `pt-BR`), in the place of those that there are.
#[utoipa::path(put, path = "/v1/recordings/{id}/captions/{language}", tag = "recordings",
    params(("id" = Uuid, Path), ("language" = String, Path)), request_body = NewCaptions,
    responses((status = 200, body = Captions), (status = 409, description = "`too_many_captions`")))]
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathIdWord(id, language): PathIdWord,
    Input(NewCaptions { label, text }): Input<NewCaptions>,
) -> Result<Json<Captions>, ApiError> {
    let recording = changeable(&api, caller, id).await?;
    if !is_language(&language) {
        return Err(invalid_field("/language", "a language as BCP 47 writes it: `en`, `pt-BR`"));
    }
    let mut transaction = api.database.begin().await?;
    if store::hold(&mut transaction, id, &language).await? >= LANGUAGES_MAX {
        let title = "A recording has captions in at most 20 languages";
        return Err(Problem::new(StatusCode::CONFLICT, "too_many_captions", title).into());
    }
    let captions = store::put(&mut transaction, id, &language, &label, &text).await?;
    super::record(&api, "recording.captioned", caller, &client, &recording).await?;
    transaction.commit().await?;
    Ok(Json(captions))
}

/// Take captions away.
#[utoipa::path(delete, path = "/v1/recordings/{id}/captions/{language}", tag = "recordings",
    params(("id" = Uuid, Path), ("language" = String, Path)), responses((status = 204)))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathIdWord(id, language): PathIdWord,
) -> Result<StatusCode, ApiError> {
    let recording = changeable(&api, caller, id).await?;
    let mut transaction = api.database.begin().await?;
    if !store::delete(&mut *transaction, id, &language).await? {
        return Err(not_found());
    }
    super::record(&api, "recording.captioned", caller, &client, &recording).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The captions of a recording in one language: WebVTT.
#[utoipa::path(get, path = "/v1/playback/{ticket}/captions/{language}", tag = "recordings",
    params(("ticket" = String, Path), ("language" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "text/vtt"),
        (status = 403, description = "`ticket_invalid`, `ticket_expired`, `enrolment_needed`")
    ))]
pub(super) async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathWords(ticket, language): PathWords,
) -> Result<impl IntoResponse, ApiError> {
    let (id, _) = playback::admitted(&api, caller, &ticket).await?;
    let body = store::body(api.database.primary(), id, &language).await?.ok_or_else(not_found)?;
    Ok(([(header::CONTENT_TYPE, playback::VTT)], body))
}

/// `404` for whoever may not change it.
async fn changeable(api: &Api, caller: Caller, id: Uuid) -> Result<Recording, ApiError> {
    let recording = recording_store::one(api.database.primary(), caller.into(), id).await?;
    recording.filter(|recording| recording.may_change).ok_or_else(not_found)
}
