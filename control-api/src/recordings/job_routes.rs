//! What recorders call. The class's row is the truth: who holds a job, holds it here.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use lectern_platform::token::{Claims, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::job::{End, Job, NewClaim, Release, Renewal, Renewed, lease_lost};
use super::job_store::{self as store, Held};
use crate::gateway::{Input, Node, PathId};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// What the recorder is called in the room.
const NAME: &str = "recorder";

/// Take the oldest class that is to be recorded and that no recorder has, or has any more. First come those that an earlier process
/// had on the same spool; last, recordings that have ended and of which the recorder has something left.
#[utoipa::path(post, path = "/v1/recorder/jobs", tag = "recorder", request_body = NewClaim,
    responses((status = 200, body = Job), (status = 204, description = "There is nothing to do")))]
pub(super) async fn claim(
    State(api): State<Arc<Api>>,
    node: Node,
    Input(claim): Input<NewClaim>,
) -> Result<Response, ApiError> {
    claim.check(&node)?;
    let lease_s = api.config.recordings.lease_s;
    let primary = api.database.primary();
    store::note_recorder(primary, &node.name).await?;
    let taken = match store::take(primary, &claim, lease_s.into()).await? {
        None if !claim.left.is_empty() => store::take_ended(primary, &claim, lease_s.into()).await?,
        taken => taken,
    };
    let Some(taken) = taken else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    api.recording_metrics.claimed(taken.origin);
    let from = taken.origin.as_str();
    tracing::info!(recording = %taken.id, room = %taken.live, node = node.name, run = taken.run, from, "a recorder took a class");
    let room = taken.live.to_string();
    let job = Job {
        id: taken.id,
        run: taken.run,
        folder: super::folder(taken.id),
        started_at: taken.started_at,
        lease_s,
        whep: format!("{}/v1/rooms/{room}/whep", api.config.live.media_url),
        token: token(&api, &room)?,
        room,
        go_on: taken.go_on,
    };
    Ok(Json(job).into_response())
}

/// Keep a job, and say how far it is.
#[utoipa::path(put, path = "/v1/recorder/jobs/{id}", tag = "recorder", params(("id" = Uuid, Path)), request_body = Renewal,
    responses((status = 200, body = Renewed), (status = 409, description = "`lease_lost`")))]
pub(super) async fn renew(
    State(api): State<Arc<Api>>,
    _: Node,
    PathId(id): PathId,
    Input(renewal): Input<Renewal>,
) -> Result<Json<Renewed>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let held = hold(&mut transaction, id, renewal.run).await?;
    store::renew(&mut transaction, id, &renewal, api.config.recordings.lease_s.into()).await?;
    transaction.commit().await?;
    Ok(Json(Renewed { go_on: held.go_on, token: token(&api, &held.live.to_string())? }))
}

/// Give a job back, for another to take it at once.
#[utoipa::path(post, path = "/v1/recorder/jobs/{id}/release", tag = "recorder", params(("id" = Uuid, Path)),
    request_body = Release, responses((status = 204), (status = 409, description = "`lease_lost`")))]
pub(super) async fn release(
    State(api): State<Arc<Api>>,
    _: Node,
    PathId(id): PathId,
    Input(release): Input<Release>,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    hold(&mut transaction, id, release.run).await?;
    store::release(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say how a recording ended. To say so twice does no harm.
#[utoipa::path(post, path = "/v1/recorder/jobs/{id}/end", tag = "recorder", params(("id" = Uuid, Path)), request_body = End,
    responses((status = 204), (status = 409, description = "`lease_lost`")))]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    node: Node,
    PathId(id): PathId,
    Input(end): Input<End>,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    let held = hold(&mut transaction, id, end.run).await?;
    let ended = store::end(&mut transaction, &held, id, &end).await?;
    transaction.commit().await?;
    ended.into_iter().filter(|_| !held.has_ended).for_each(|ended| api.recording_metrics.ended(ended));
    tracing::info!(recording = %id, node = node.name, run = end.run, outcome = ?end.outcome, "a recording has ended");
    Ok(StatusCode::NO_CONTENT)
}

/// Holds a job for its newest run.
async fn hold(connection: &mut PgConnection, id: Uuid, run: i32) -> Result<Held, ApiError> {
    let held = store::hold(connection, id).await?.ok_or_else(not_found)?;
    if held.run == run { Ok(held) } else { Err(lease_lost()) }
}

/// Lets a recorder watch a room, and nothing else.
fn token(api: &Api, room: &str) -> Result<String, ApiError> {
    let lifetime = Duration::from_secs(api.config.live.token_s_max);
    let claims = Claims::issue(room, NAME, NAME, Role::Student, lifetime).with_publish(Vec::<String>::new());
    api.keys.signer.sign(&claims).map_err(|error| ApiError::Internal(format!("a recorder's token: {error}")))
}
