//! One's own sessions: which there are, and ending them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::session::{Client, Session};
use super::session_routes::signed_out;
use super::session_store::{self as sessions, EndReason};
use crate::gateway::{Caller, PathId};
use crate::page::Page;
use crate::problem::{ApiError, not_found};
use crate::server::Api;
use crate::trail;

/// One's own sessions, the one used last first. All of them: there are few (`sessions.per_person_max`).
#[utoipa::path(get, path = "/v1/me/sessions", tag = "accounts", responses((status = 200, body = Page<Session>)))]
pub(super) async fn list(State(api): State<Arc<Api>>, caller: Caller) -> Result<Json<Page<Session>>, ApiError> {
    let items = sessions::sessions(api.database.primary(), caller.person, caller.session).await?;
    Ok(Json(Page { items, next: None }))
}

/// Sign out everywhere, here too.
#[utoipa::path(
    delete, path = "/v1/me/sessions", tag = "accounts",
    responses((status = 204, description = "Signed out everywhere"))
)]
pub(super) async fn end_all(State(api): State<Arc<Api>>, caller: Caller, client: Client) -> Result<Response, ApiError> {
    let ended = sessions::end_all(api.database.primary(), caller.person, None, EndReason::Logout).await?;
    api.revocations.end_sessions(ended).await;
    let person = Some(caller.person);
    api.trail.note(trail::event("account.logout_everywhere", person, person, client.address)).await;
    Ok(signed_out(&api))
}

/// End one of one's own sessions.
#[utoipa::path(
    delete, path = "/v1/me/sessions/{id}", tag = "accounts", params(("id" = uuid::Uuid, Path,)),
    responses((status = 204, description = "Ended"))
)]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(session): PathId,
) -> Result<StatusCode, ApiError> {
    if !sessions::end(api.database.primary(), caller.person, session, EndReason::Logout).await? {
        return Err(not_found());
    }
    api.revocations.end_sessions(vec![session]).await;
    let event = trail::event("account.logout", Some(caller.person), Some(caller.person), client.address);
    api.trail.note(trail::with(event, "session", session.to_string())).await;
    Ok(StatusCode::NO_CONTENT)
}
