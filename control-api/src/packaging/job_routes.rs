//! What recorders call that package videos. The video's row is the truth: who holds a job, holds it here.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use sqlx::PgConnection;
use uuid::Uuid;

use super::job::{End, Job, Renewal};
use super::job_store as store;
use crate::gateway::{Input, Node, PathId};
use crate::problem::{ApiError, not_found};
use crate::recordings::{NewClaim, Release, lease_lost};
use crate::server::Api;

/// Take the oldest video that is to be packaged and that no recorder has, or has any more.
#[utoipa::path(post, path = "/v1/recorder/packagings", tag = "recorder", request_body = NewClaim,
    responses((status = 200, body = Job), (status = 204, description = "There is nothing to do")))]
pub(super) async fn claim(
    State(api): State<Arc<Api>>,
    node: Node,
    Input(claim): Input<NewClaim>,
) -> Result<Response, ApiError> {
    claim.check(&node)?;
    let lease_s = api.config.recordings.lease_s;
    let taken = store::take(api.database.primary(), &node.name, lease_s.into()).await?;
    let Some(taken) = taken else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    tracing::info!(video = %taken.id, node = node.name, run = taken.run, "a recorder took a video to package");
    let job = Job {
        id: taken.id,
        run: taken.run,
        source: taken.source,
        source_bytes: taken.source_bytes,
        folder: super::folder(taken.id, taken.run),
        uploaded_at: taken.uploaded_at,
        lease_s,
    };
    Ok(Json(job).into_response())
}

/// Keep a video, and say how far it is.
#[utoipa::path(put, path = "/v1/recorder/packagings/{id}", tag = "recorder", params(("id" = Uuid, Path)), request_body = Renewal,
    responses(
        (status = 204),
        (status = 404, description = "The video is let go of: nothing is to be made of it any more"),
        (status = 409, description = "`lease_lost`")
    ))]
pub(super) async fn renew(
    State(api): State<Arc<Api>>,
    _: Node,
    PathId(id): PathId,
    Input(renewal): Input<Renewal>,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    hold(&mut transaction, id, renewal.run).await?;
    store::renew(&mut transaction, id, renewal.bytes_read, api.config.recordings.lease_s.into()).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a video back, for another to take it at once.
#[utoipa::path(post, path = "/v1/recorder/packagings/{id}/release", tag = "recorder", params(("id" = Uuid, Path)),
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

/// Say how a packaging ended. To say so twice does no harm.
#[utoipa::path(post, path = "/v1/recorder/packagings/{id}/end", tag = "recorder", params(("id" = Uuid, Path)), request_body = End,
    responses(
        (status = 204),
        (status = 404, description = "The video is let go of, and so is what was made of it"),
        (status = 409, description = "`lease_lost`")
    ))]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    node: Node,
    PathId(id): PathId,
    Input(end): Input<End>,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    hold(&mut transaction, id, end.run).await?;
    store::end(&mut transaction, id, &end).await?;
    transaction.commit().await?;
    tracing::info!(video = %id, node = node.name, run = end.run, outcome = ?end.outcome, code = end.failure(), "a packaging has ended");
    Ok(StatusCode::NO_CONTENT)
}

/// Holds a job for its newest run.
async fn hold(connection: &mut PgConnection, id: Uuid, run: i32) -> Result<(), ApiError> {
    let newest = store::hold(connection, id).await?.ok_or_else(not_found)?;
    if newest == run { Ok(()) } else { Err(lease_lost()) }
}
