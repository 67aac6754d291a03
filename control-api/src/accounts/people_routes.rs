//! People, as admins see and change them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use lectern_platform::token::Role;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::person::{self, Person};
use super::session::Client;
use super::session_store::{self as sessions, EndReason};
use super::store::{self, PeopleFilter};
use crate::access::RoleSchema;
use crate::gateway::{Caller, Input, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::server::Api;
use crate::trail;

/// Which people, and which page of them.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PeopleParams {
    /// Those with this role alone.
    #[garde(skip)]
    #[param(value_type = Option<RoleSchema>)]
    role: Option<Role>,
    /// Those whose name or address has this in it, in any case.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    q: Option<String>,
    /// Those who are suspended, or those who are not.
    #[garde(skip)]
    suspended: Option<bool>,
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Everybody, the oldest first.
#[utoipa::path(get, path = "/v1/people", tag = "accounts", params(PeopleParams),
    responses((status = 200, body = Page<Person>)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    Params(params): Params<PeopleParams>,
) -> Result<Json<Page<Person>>, ApiError> {
    let paging = Paging { after: params.after, limit: params.limit };
    let after: Option<Uuid> = paging.after()?;
    let filter = PeopleFilter { role: params.role, text: params.q, suspended: params.suspended };
    // An admin looks at what they have just changed: no replica.
    let people = store::people(api.database.primary(), &filter, after, paging.rows()).await?;
    Ok(Json(paging.page(people, |person| person.id)))
}

/// Somebody.
#[utoipa::path(
    get, path = "/v1/people/{id}", tag = "accounts", params(("id" = Uuid, Path,)), responses((status = 200, body = Person))
)]
pub(super) async fn one(State(api): State<Arc<Api>>, PathId(id): PathId) -> Result<Json<Person>, ApiError> {
    let account = store::person_by_id(api.database.primary(), id).await?.ok_or_else(not_found)?;
    Ok(Json(account.person))
}

/// What an admin changes about somebody; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonChange {
    /// What they are to the school. Their access tokens are void then: the next ones say so.
    #[garde(skip)]
    #[schema(value_type = Option<RoleSchema>)]
    role: Option<Role>,
    /// Whether they are shut out, which ends all their sessions.
    #[garde(skip)]
    suspended: Option<bool>,
    /// How others see them.
    #[garde(inner(custom(person::name)))]
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
}

/// Change somebody's role or name, shut them out or let them in again. The last admin stays one.
#[utoipa::path(
    patch, path = "/v1/people/{id}", tag = "accounts", request_body = PersonChange, params(("id" = Uuid, Path,)),
    responses((status = 200, body = Person), (status = 409, description = "`last_admin`"))
)]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
    Input(change): Input<PersonChange>,
) -> Result<Json<Person>, ApiError> {
    let mut transaction = api.database.begin().await?;
    // Held in one order: of two admins who demote each other at once, one is told that they would be the last.
    let admins = store::hold_admins(&mut *transaction).await?;
    let before = store::hold_person(&mut *transaction, id).await?.ok_or_else(not_found)?.person;
    let role = change.role.unwrap_or(before.role);
    let suspended = change.suspended.unwrap_or(before.suspended_at.is_some());
    if admins == [id] && (role != Role::Admin || suspended) {
        return Err(last_admin().into());
    }
    let name = change.name.unwrap_or_else(|| before.name.clone());
    let after = store::change_person(&mut *transaction, id, role, suspended, &name).await?;
    let is_shut_out = suspended && before.suspended_at.is_none();
    let ended = match is_shut_out {
        true => sessions::end_all(&mut *transaction, id, None, EndReason::Suspension).await?,
        false => Vec::new(),
    };
    let mut event = trail::event("admin.person_changed", Some(caller.person), Some(id), client.address);
    if role != before.role {
        event = trail::with(trail::with(event, "role", role.to_string()), "role_before", before.role.to_string());
    }
    if suspended != before.suspended_at.is_some() {
        event = trail::with(event, "suspended", suspended);
    }
    if name != before.name {
        event = trail::with(trail::with(event, "name", &*name), "name_before", before.name);
    }
    if !event.detail.is_empty() {
        api.trail.require(event).await?;
    }
    transaction.commit().await?;
    api.revocations.end_sessions(ended).await;
    api.revocations.raise_version(id, after.token_version).await;
    Ok(Json(after.person))
}

fn last_admin() -> Problem {
    Problem::new(StatusCode::CONFLICT, "last_admin", "Somebody has to run the school")
        .detail("make somebody else an admin first")
}
