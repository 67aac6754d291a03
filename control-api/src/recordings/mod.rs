//! Recordings of live classes: the recorders' work, and playing what they recorded.
//!
//! A class that is started is to be recorded: its recording is made by the same transaction and waits until a recorder takes it
//! over HTTP ([`job_routes`]). Who has taken it has it for a lease, which each sign of life prolongs; who is not heard of loses
//! it to the next, which is told apart by the number of its run. The row is the truth and needs neither Redis nor the bus.
//! What nobody finishes, the school ends by itself ([`sweeper`]).
//!
//! Whoever may see a recording gets a ticket ([`playback`]), which opens playlists whose files have signed addresses of their own
//! ([`playlist`]), and what was said and asked in the class by the recording's clock ([`cues`]). Each of these texts is made once
//! for all who watch ([`shelf`]), and given to who still takes part ([`admissions`]). Tutors attach captions ([`captions`]), which
//! are read with the same ticket.

mod admissions;
mod captions;
mod captions_routes;
mod captions_store;
mod config;
mod cues;
mod job;
mod job_routes;
mod job_store;
mod metrics;
mod playback;
mod playback_routes;
mod playback_store;
mod playlist;
mod recording;
mod recording_routes;
mod recording_store;
mod shelf;
pub(crate) mod sweeper;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use lectern_platform::audit::AuditEvent;
use lectern_platform::token::Role;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::accounts::Client;
use crate::gateway::Caller;
use crate::problem::ApiError;
use crate::server::Api;
use crate::trail;

pub(crate) use admissions::Admissions;
pub use config::RecordingsConfig;
pub(crate) use job::{DURATION_MS_MAX, NewClaim, Release, lease_lost};
pub(crate) use job_store::{Backlog, backlog, fit_lesson};
pub(crate) use metrics::Metrics;
pub(crate) use playback::Playback;
pub(crate) use playback_routes::play;
pub(crate) use shelf::Shelf;

/// What a recorder says at the end has the manifest in it.
const END_BYTES_MAX: usize = 256 << 10;

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    let end = OpenApiRouter::new().routes(routes!(job_routes::end)).layer(DefaultBodyLimit::max(END_BYTES_MAX));
    let put = OpenApiRouter::new()
        .routes(routes!(captions_routes::put, captions_routes::delete))
        .layer(DefaultBodyLimit::max(captions::BODY_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(job_routes::claim))
        .routes(routes!(job_routes::renew))
        .routes(routes!(job_routes::release))
        .merge(end)
        .merge(put)
        .routes(routes!(captions_routes::list))
        .routes(routes!(captions_routes::read))
        .routes(routes!(recording_routes::list))
        .routes(routes!(recording_routes::one, recording_routes::delete))
        .routes(routes!(playback_routes::begin))
        .routes(routes!(playback_routes::chat))
        .routes(routes!(playback_routes::chapters))
        .routes(routes!(playback_routes::playlist))
}

/// A class begins: it is to be recorded, if classes are.
pub(crate) async fn class_started(
    config: &RecordingsConfig,
    connection: &mut PgConnection,
    live: Uuid,
) -> Result<(), sqlx::Error> {
    if config.is_enabled() { job_store::insert(connection, live).await } else { Ok(()) }
}

/// Where the files of a recording are in the store of blobs.
fn folder(id: Uuid) -> String {
    format!("recordings/{id}")
}

/// Something that somebody does with a recording, for the audit trail.
fn audit_event(kind: &'static str, caller: Caller, client: &Client, recording: &recording::Recording) -> AuditEvent {
    let mut event = trail::event(kind, Some(caller.person), None, client.address);
    event.course = Some(recording.course.to_string());
    trail::with(event, "recording", recording.id.to_string())
}

/// Keeps in the audit trail what somebody does with a recording. What an admin does is kept or not done.
async fn record(
    api: &Api,
    kind: &'static str,
    caller: Caller,
    client: &Client,
    recording: &recording::Recording,
) -> Result<(), ApiError> {
    let event = audit_event(kind, caller, client, recording);
    if caller.role == Role::Admin {
        return api.trail.require(event).await;
    }
    api.trail.note(event).await;
    Ok(())
}
