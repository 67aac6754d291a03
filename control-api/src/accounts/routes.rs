//! Signing up, and oneself.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use garde::Validate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::person::{self, Person};
use super::session::{Client, Delivery, SignedIn};
use super::{session_routes, store};
use crate::gateway::{Caller, Input};
use crate::problem::{ApiError, not_found};
use crate::server::Api;
use crate::trail;

/// Somebody new.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignUp {
    /// Where mail reaches them.
    #[garde(custom(person::email))]
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// How others see them.
    #[garde(custom(person::name))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// 8 to 128 characters.
    #[garde(custom(person::password))]
    #[schema(format = "password", min_length = 8, max_length = 128)]
    password: String,
    /// Whether the tokens come as cookies, for a browser, or in the body.
    #[garde(skip)]
    #[serde(default)]
    cookies: bool,
}

/// Sign up as a student, which signs in too.
#[utoipa::path(post, path = "/v1/people", tag = "accounts", request_body = SignUp,
    responses((status = 201, body = SignedIn), (status = 409, description = "`email_taken`")))]
pub(super) async fn sign_up(
    State(api): State<Arc<Api>>,
    client: Client,
    Input(new): Input<SignUp>,
) -> Result<Response, ApiError> {
    let hash = api.passwords.hash(&new.password).await?;
    let account = store::insert_person(api.database.primary(), &new.email, &new.name, Some(&hash)).await?;
    let id = Some(account.person.id);
    api.trail.note(trail::event("account.created", id, id, client.address)).await;
    session_routes::start(&api, StatusCode::CREATED, account, &client, Delivery::wanted(new.cookies)).await
}

/// Oneself.
#[utoipa::path(get, path = "/v1/me", tag = "accounts", responses((status = 200, body = Person)))]
pub(super) async fn me(State(api): State<Arc<Api>>, caller: Caller) -> Result<Json<Person>, ApiError> {
    let account = store::person_by_id(api.database.primary(), caller.person).await?.ok_or_else(not_found)?;
    Ok(Json(account.person))
}

/// What somebody changes about themselves.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeChange {
    /// How others see them.
    #[garde(custom(person::name))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
}

/// Change one's name.
#[utoipa::path(patch, path = "/v1/me", tag = "accounts", request_body = MeChange,
    responses((status = 200, body = Person)))]
pub(super) async fn change_me(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Input(change): Input<MeChange>,
) -> Result<Json<Person>, ApiError> {
    let account = store::rename(api.database.primary(), caller.person, &change.name).await?.ok_or_else(not_found)?;
    Ok(Json(account.person))
}
