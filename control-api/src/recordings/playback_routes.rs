//! Playing recordings: a ticket, and what it opens.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use lectern_platform::blobs::{BlobKey, READ_BYTES_MAX};
use uuid::Uuid;

use super::captions::CaptionsOffer;
use super::cues::{self, Manifest, Mark};
use super::playback::{self, Pictures, Playback, Storyboard, VTT};
use super::playback_store::{self as store, Played};
use super::playlist::{self, Playlist, SETTLED};
use super::shelf::{Text, What};
use super::{audit_event, captions_store, recording_store};
use crate::accounts::Client;
use crate::courses;
use crate::gateway::{Caller, PathId, PathWord, PathWords};
use crate::materials::store_failed;
use crate::packaging;
use crate::problem::{ApiError, not_found};
use crate::server::Api;

const M3U8: &str = "application/vnd.apple.mpegurl";
/// How long what was said in a class that goes on is good.
const TALKING: Duration = Duration::from_secs(5);

/// Play a recording: for those who are in its course; if it is about a lesson, for those who may read that.
#[utoipa::path(post, path = "/v1/recordings/{id}/playback", tag = "recordings", params(("id" = Uuid, Path)),
    responses(
        (status = 201, body = Playback),
        (status = 403, description = "`enrolment_needed`"),
        (status = 409, description = "`recording_not_ready`, `lesson_locked`")
    ))]
pub(super) async fn begin(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
) -> Result<(StatusCode, Json<Playback>), ApiError> {
    let recording = recording_store::one(api.database.primary(), caller.into(), id).await?.ok_or_else(not_found)?;
    if let Some(lesson) = recording.lesson {
        courses::check_reader(&api, caller, lesson).await?;
    }
    let playback = play(&api, caller, id, recording.lesson, recording.may_change).await?;
    api.trail.note(audit_event("recording.watched", caller, &client, &recording)).await;
    Ok((StatusCode::CREATED, Json(playback)))
}

/// Lets somebody play a recording or a packaged video, which they may: see there. It goes on where they stopped in its lesson.
///
/// # Errors
/// `409 recording_not_ready`, `503` while the store is away.
pub(crate) async fn play(
    api: &Api,
    caller: Caller,
    id: Uuid,
    lesson: Option<Uuid>,
    tutor: bool,
) -> Result<Playback, ApiError> {
    let primary = api.database.primary();
    let position_s = match lesson {
        Some(lesson) => store::position_s(primary, caller.person, lesson).await?.unwrap_or_default(),
        None => 0,
    };
    let played = store::played(primary, id).await?.ok_or_else(playback::not_ready)?;
    let tracks = playlist_of(api, id, Playlist::Recording).await.map_err(|error| match error.into_problem() {
        problem if problem.status() == StatusCode::NOT_FOUND => playback::not_ready(),
        problem => problem.into(),
    })?;
    let tracks = String::from_utf8_lossy(&tracks);
    let (ticket, expires_at) = playback::ticket(api, caller, id, tutor)?;
    let address = |file: &str| format!("/v1/playback/{ticket}/{file}");
    let track = |playlist: Playlist| tracks.contains(playlist.file()).then(|| address(playlist.file()));
    let (poster, storyboard) = pictures(api, id, &played).await?;
    let captions = captions_store::of_recording(primary, id).await?.into_iter();
    let offer =
        |language: String, label| CaptionsOffer { url: address(&format!("captions/{language}")), language, label };
    let captions = captions.map(|captions| offer(captions.language, captions.label)).collect();
    Ok(Playback {
        expires_at,
        is_live: !played.is_over,
        started_at: played.started_at,
        duration_s: played.duration_ms as f64 / 1_000.0,
        is_cut_short: played.is_cut_short,
        playlist: address(Playlist::Recording.file()),
        camera: track(Playlist::Camera),
        screen: track(Playlist::Screen),
        sound: track(Playlist::Sound),
        chat: address("chat.vtt"),
        chapters: address("chapters.vtt"),
        poster,
        storyboard,
        captions,
        position_s,
        ticket: ticket.clone(),
    })
}

/// A playlist of a recording, with addresses of its files that are good by themselves: `recording.m3u8`, and `camera.m3u8`,
/// `screen.m3u8`, `sound.m3u8` as far as there are such tracks.
#[utoipa::path(get, path = "/v1/playback/{ticket}/{playlist}", tag = "recordings",
    params(("ticket" = String, Path), ("playlist" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "application/vnd.apple.mpegurl"),
        (status = 403, description = "`ticket_invalid`, `ticket_expired`, `enrolment_needed`")
    ))]
pub(super) async fn playlist(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathWords(ticket, file): PathWords,
) -> Result<impl IntoResponse, ApiError> {
    let (id, _) = playback::admitted(&api, caller, &ticket).await?;
    let playlist = Playlist::of(&file).ok_or_else(not_found)?;
    Ok(([(header::CONTENT_TYPE, M3U8)], playlist_of(&api, id, playlist).await?))
}

/// What was said to everybody in a class, and asked: WebVTT, each cue a line of JSON.
#[utoipa::path(get, path = "/v1/playback/{ticket}/chat.vtt", tag = "recordings", params(("ticket" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "text/vtt"),
        (status = 403, description = "`ticket_invalid`, `ticket_expired`, `enrolment_needed`")
    ))]
pub(super) async fn chat(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathWord(ticket): PathWord,
) -> Result<impl IntoResponse, ApiError> {
    let (id, tutor) = playback::admitted(&api, caller, &ticket).await?;
    let make = async {
        let primary = api.database.primary();
        let played = store::played(primary, id).await?.ok_or_else(not_found)?;
        // In a video nobody spoke.
        let Some(live) = played.live else { return Ok(settled(&played, cues::NONE.to_owned())) };
        let messages = store::messages(primary, live).await?;
        let polls = store::polls(primary, live, tutor).await?;
        Ok(settled(&played, cues::chat(&messages, &polls, played.started_at)))
    };
    Ok(([(header::CONTENT_TYPE, VTT)], api.shelf.text(id, What::Chat { tutor }, make).await?))
}

/// The parts of a recording: WebVTT.
#[utoipa::path(get, path = "/v1/playback/{ticket}/chapters.vtt", tag = "recordings", params(("ticket" = String, Path)),
    responses(
        (status = 200, body = String, content_type = "text/vtt"),
        (status = 403, description = "`ticket_invalid`, `ticket_expired`, `enrolment_needed`")
    ))]
pub(super) async fn chapters(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathWord(ticket): PathWord,
) -> Result<impl IntoResponse, ApiError> {
    let (id, tutor) = playback::admitted(&api, caller, &ticket).await?;
    let make = async {
        let primary = api.database.primary();
        let played = store::played(primary, id).await?.ok_or_else(not_found)?;
        let Some(live) = played.live else { return Ok(settled(&played, cues::NONE.to_owned())) };
        let polls = store::polls(primary, live, tutor).await?;
        let marks = marks(&api, id, &played).await?;
        Ok(settled(&played, cues::chapters(&marks, &polls, played.started_at, played.duration_ms)))
    };
    Ok(([(header::CONTENT_TYPE, VTT)], api.shelf.text(id, What::Chapters { tutor }, make).await?))
}

async fn playlist_of(api: &Api, id: Uuid, playlist: Playlist) -> Result<Bytes, ApiError> {
    let make = async {
        let played = store::played(api.database.primary(), id).await?.ok_or_else(not_found)?;
        let seconds = api.config.recordings.ticket_s;
        playlist::read(&*api.stores.blobs, &folder(id, &played)?, playlist, played.is_over, seconds).await
    };
    api.shelf.text(id, What::Playlist(playlist), make).await
}

/// What the recorder noted; while it records, from its manifest in the store.
async fn marks(api: &Api, id: Uuid, played: &Played) -> Result<Vec<Mark>, ApiError> {
    if let Some(marks) = &played.marks {
        return Ok(serde_json::from_value(marks.clone()).unwrap_or_default());
    }
    let key = file(id, played, "manifest.json")?;
    let stored = api.stores.blobs.read(&key, 0..READ_BYTES_MAX).await.map_err(store_failed)?;
    let manifest: Option<Manifest> = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(manifest.unwrap_or_default().marks)
}

/// Addresses of the pictures, if there are any.
async fn pictures(api: &Api, id: Uuid, played: &Played) -> Result<(Option<String>, Option<Storyboard>), ApiError> {
    let pictures: Option<Pictures> = played.pictures.clone().and_then(|json| serde_json::from_value(json).ok());
    let Some(pictures) = pictures else { return Ok((None, None)) };
    let poster = address(api, id, played, pictures.poster.as_deref()).await?;
    let Pictures { tile_width, tile_height, columns, times_ms, .. } = pictures;
    let storyboard = address(api, id, played, pictures.storyboard.as_deref()).await?;
    Ok((poster, storyboard.map(|url| Storyboard { url, tile_width, tile_height, columns, times_ms })))
}

async fn address(api: &Api, id: Uuid, played: &Played, name: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(name) = name else { return Ok(None) };
    let lifetime = playlist::lifetime(api.config.recordings.ticket_s);
    let key = file(id, played, name)?;
    api.stores.blobs.download_url(&key, None, lifetime).await.map(Some).map_err(store_failed)
}

fn settled(played: &Played, text: String) -> Text {
    Text { bytes: text.into(), good_for: if played.is_over { SETTLED } else { TALKING } }
}

fn folder(id: Uuid, played: &Played) -> Result<BlobKey, ApiError> {
    let folder = match played.packaged_run {
        Some(run) => packaging::folder(id, run),
        None => super::folder(id),
    };
    folder.parse().map_err(|error| ApiError::Internal(format!("{id}: {error}")))
}

fn file(id: Uuid, played: &Played, name: &str) -> Result<BlobKey, ApiError> {
    folder(id, played)?.join(name).map_err(|error| ApiError::Internal(format!("{id}: {name}: {error}")))
}
