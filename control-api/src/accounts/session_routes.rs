//! Signing in and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::refresh_token::RefreshToken;
use super::rotation::{self, Rotated};
use super::session::{Account, Client, Delivery, SignedIn, answer, set_cookies};
use super::session_store::{self as sessions, EndReason};
use super::{cookies, store};
use crate::gateway::{Caller, Input, rates};
use crate::problem::ApiError;
use crate::server::Api;
use crate::trail;

/// Who somebody says they are.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The address that they signed up with.
    #[garde(length(bytes, max = 254))]
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// Their password.
    #[garde(length(chars, max = 128))]
    #[schema(format = "password", max_length = 128)]
    password: String,
    /// Whether the tokens come as cookies, for a browser, or in the body.
    #[garde(skip)]
    #[serde(default)]
    cookies: bool,
}

/// Sign in.
#[utoipa::path(post, path = "/v1/session", tag = "accounts", request_body = Login,
    responses(
        (status = 200, body = SignedIn),
        (status = 401, description = "`login_refused`"),
        (status = 403, description = "`suspended`")
    ))]
pub(super) async fn log_in(
    State(api): State<Arc<Api>>,
    client: Client,
    Input(login): Input<Login>,
) -> Result<Response, ApiError> {
    rates::spend_at_account(&api, "login", &login.email).await?;
    let account = store::person_by_email(api.database.primary(), &login.email).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    // The same answer after the same time, whether it is the address or the password that is wrong.
    let matches = api.passwords.verify(&login.password, hash).await?;
    let subject = account.as_ref().map(|account| account.person.id);
    let Some(account) = account.filter(|_| matches) else {
        api.trail.note(trail::event("account.login_failed", None, subject, client.address)).await;
        return Err(login_refused().into());
    };
    if account.person.suspended_at.is_some() {
        api.trail.note(trail::event("account.login_suspended", subject, subject, client.address)).await;
        return Err(suspended().into());
    }
    start(&api, StatusCode::OK, account, &client, Delivery::wanted(login.cookies)).await
}

/// Starts a session and answers with its tokens.
pub(super) async fn start(
    api: &Api,
    status: StatusCode,
    account: Account,
    client: &Client,
    delivery: Delivery,
) -> Result<Response, ApiError> {
    let (session, refresh) = open(api, account.person.id, client).await?;
    answer(api, status, account, session, &refresh, delivery)
}

/// Starts a session, with a token by which it goes on.
pub(super) async fn open(api: &Api, person: Uuid, client: &Client) -> Result<(Uuid, RefreshToken), ApiError> {
    let config = &api.config.sessions;
    let refresh = RefreshToken::random();
    let mut transaction = api.database.begin().await?;
    let most = i64::from(config.per_person_max);
    let (session, ended) =
        sessions::insert_session(&mut transaction, person, client, config.idle_s as f64, most).await?;
    sessions::insert_refresh_token(&mut *transaction, session, &refresh.hash()).await?;
    transaction.commit().await?;
    api.revocations.end_sessions(ended).await;
    let event = trail::event("account.login", Some(person), Some(person), client.address);
    api.trail.note(trail::with(event, "session", session.to_string())).await;
    Ok((session, refresh))
}

/// What goes on with a session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refresh {
    /// The one that came last.
    #[garde(length(bytes, max = 64))]
    #[schema(max_length = 64)]
    refresh_token: String,
}

/// New tokens for a session. A browser sends its cookie and no body, and gets cookies.
#[utoipa::path(
    post, path = "/v1/session/refresh", tag = "accounts", request_body = Option<Refresh>,
    responses((status = 200, body = SignedIn), (status = 401, description = "`refresh_refused`, `refresh_reused`"))
)]
pub(super) async fn refresh(
    State(api): State<Arc<Api>>,
    client: Client,
    headers: HeaderMap,
    body: Option<Input<Refresh>>,
) -> Result<Response, ApiError> {
    let (token, delivery) = match &body {
        Some(Input(body)) => (Some(&*body.refresh_token), Delivery::Body),
        None => (cookies::read(&headers, cookies::REFRESH), Delivery::Cookies),
    };
    let Some(token) = token.and_then(RefreshToken::decode) else { return Err(rotation::refused().into()) };
    let Rotated { account, session, next } = rotation::rotate(&api, &token, &client).await?;
    answer(&api, StatusCode::OK, account, session, &next, delivery)
}

/// Sign out. Harmless for who is not signed in.
#[utoipa::path(delete, path = "/v1/session", tag = "accounts", responses((status = 204, description = "Signed out")))]
pub(super) async fn log_out(
    State(api): State<Arc<Api>>,
    client: Client,
    caller: Option<Caller>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = match caller {
        Some(caller) => Some((caller.person, caller.session)),
        // The access token may have expired long before somebody signs out.
        None => match cookies::read(&headers, cookies::REFRESH).and_then(RefreshToken::decode) {
            Some(token) => sessions::session_of(api.database.primary(), &token.hash()).await?,
            None => None,
        },
    };
    if let Some((person, session)) = known
        && sessions::end(api.database.primary(), person, session, EndReason::Logout).await?
    {
        api.revocations.end_sessions(vec![session]).await;
        let event = trail::event("account.logout", Some(person), Some(person), client.address);
        api.trail.note(trail::with(event, "session", session.to_string())).await;
    }
    Ok(signed_out(&api))
}

/// `204`, and the browser forgets its cookies.
pub(super) fn signed_out(api: &Api) -> Response {
    let cookies = cookies::set(("", 0), ("", 0), api.config.http.is_https());
    (StatusCode::NO_CONTENT, set_cookies(cookies)).into_response()
}

fn login_refused() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "login_refused", "Address or password are wrong")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

pub(super) fn suspended() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "suspended", "This account is suspended")
        .detail("ask the people who run the school")
}
