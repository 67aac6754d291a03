//! How somebody plays a recording: what they are given, and what it is good for.

use std::time::Duration;

use axum::http::StatusCode;
use lectern_platform::problem::Problem;
use lectern_platform::token::{PlaybackClaims, TokenError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::captions::CaptionsOffer;
use crate::gateway::Caller;
use crate::problem::ApiError;
use crate::server::Api;

/// Of texts by time.
pub(super) const VTT: &str = "text/vtt; charset=utf-8";

/// A right to play a recording. Addresses of ours are good together with a session of whoever asked; others by themselves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Playback {
    /// Part of the addresses.
    pub(super) ticket: String,
    /// Until when it is good.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) expires_at: OffsetDateTime,
    /// Whether the class goes on: playlists grow.
    pub(super) is_live: bool,
    /// When the class began: zero of the recording's time line.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) started_at: OffsetDateTime,
    /// How long it is, so far, seconds.
    pub(super) duration_s: f64,
    /// Whether it is over and its end is missing: the recorder could not go on.
    pub(super) is_cut_short: bool,
    /// The playlist of all tracks.
    pub(super) playlist: String,
    /// Each track's own, if there is one.
    pub(super) camera: Option<String>,
    /// As `camera`.
    pub(super) screen: Option<String>,
    /// As `camera`.
    pub(super) sound: Option<String>,
    /// What was said and asked: WebVTT, each cue a line of JSON.
    pub(super) chat: String,
    /// WebVTT.
    pub(super) chapters: String,
    /// A picture of it.
    pub(super) poster: Option<String>,
    /// Many small pictures of it.
    pub(super) storyboard: Option<Storyboard>,
    /// Captions, a language each.
    pub(super) captions: Vec<CaptionsOffer>,
    /// Where the caller stopped, seconds; 0 if nowhere.
    pub(super) position_s: i32,
}

/// One picture with many in it, row by row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Storyboard {
    /// Its address.
    pub(super) url: String,
    /// Of each, in pixels.
    pub(super) tile_width: u32,
    /// Of each, in pixels.
    pub(super) tile_height: u32,
    /// In a row.
    pub(super) columns: u32,
    /// Which moments they show, milliseconds.
    pub(super) times_ms: Vec<u64>,
}

/// What the recorder's manifest says of pictures.
#[derive(Debug, Deserialize)]
pub(super) struct Pictures {
    pub(super) poster: Option<String>,
    pub(super) storyboard: Option<String>,
    #[serde(default)]
    pub(super) tile_width: u32,
    #[serde(default)]
    pub(super) tile_height: u32,
    #[serde(default)]
    pub(super) columns: u32,
    #[serde(default)]
    pub(super) times_ms: Vec<u64>,
}

/// A ticket, and until when it is good.
pub(super) fn ticket(
    api: &Api,
    caller: Caller,
    recording: Uuid,
    tutor: bool,
) -> Result<(String, OffsetDateTime), ApiError> {
    let lifetime = Duration::from_secs(api.config.recordings.ticket_s.into());
    let claims = PlaybackClaims::issue(&caller.person.to_string(), &recording.to_string(), tutor, lifetime);
    let failed = |error: String| ApiError::Internal(format!("a ticket: {error}"));
    let expires_at =
        OffsetDateTime::from_unix_timestamp(claims.exp.cast_signed()).map_err(|e| failed(e.to_string()))?;
    Ok((api.keys.signer.sign_playback(&claims).map_err(|error| failed(error.to_string()))?, expires_at))
}

/// Which recording a ticket is for, and whether its holder sees what is for tutors.
///
/// # Errors
/// `403 ticket_expired`, `403 ticket_invalid` also for a good one of somebody else, and those of
/// [`Admissions::check`](super::Admissions::check).
pub(super) async fn admitted(api: &Api, caller: Caller, ticket: &str) -> Result<(Uuid, bool), ApiError> {
    let invalid = || {
        let title = "This ticket is none, or none of yours";
        ApiError::from(Problem::new(StatusCode::FORBIDDEN, "ticket_invalid", title))
    };
    let claims = api.keys.verifier.verify_playback(ticket).map_err(|error| match error {
        TokenError::Expired => {
            let problem = Problem::new(StatusCode::FORBIDDEN, "ticket_expired", "This ticket is not good any more");
            problem.detail("ask for another one").into()
        }
        _ => invalid(),
    })?;
    let recording = claims.rec.parse().map_err(|_| invalid())?;
    if claims.sub.parse() != Ok(caller.person) {
        return Err(invalid());
    }
    api.admissions.check(api, caller, recording).await?;
    Ok((recording, claims.tutor))
}

/// `409 recording_not_ready`: there is nothing to play yet, or never will be.
pub(super) fn not_ready() -> ApiError {
    Problem::new(StatusCode::CONFLICT, "recording_not_ready", "There is nothing to play of this recording").into()
}
