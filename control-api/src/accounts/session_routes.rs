//! Signing in and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use garde::Validate;
use lectern_platform::client_address::client_address;
use lectern_platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refresh_token::RefreshToken;
use super::session::{Account, Client, Delivery, SignedIn, answer};
use super::store;
use crate::gateway::Input;
use crate::problem::ApiError;
use crate::server::Api;

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
#[utoipa::path(post, path = "/v1/session", tag = "accounts", request_body = Login, responses((status = 200, body = SignedIn)))]
pub(super) async fn log_in(
    State(api): State<Arc<Api>>,
    extensions: Extensions,
    headers: HeaderMap,
    Input(login): Input<Login>,
) -> Result<Response, ApiError> {
    let account = store::person_by_email(api.database.primary(), &login.email).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    // The same answer after the same time, whether it is the address or the password that is wrong.
    let matches = api.passwords.verify(&login.password, hash).await?;
    let account = account.filter(|_| matches).ok_or_else(login_refused)?;
    if account.person.suspended_at.is_some() {
        return Err(suspended().into());
    }
    let address = client_address(api.config.http.forwarded_hops, &extensions, &headers);
    let client = Client::new(&headers, address);
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
    let config = &api.config.sessions;
    let refresh = RefreshToken::random();
    let mut transaction = api.database.begin().await?;
    let most = i64::from(config.per_person_max);
    let session =
        store::insert_session(&mut transaction, account.person.id, client, config.idle_s as f64, most).await?;
    store::insert_refresh_token(&mut *transaction, session, &refresh.hash()).await?;
    transaction.commit().await?;
    answer(api, status, account, session, &refresh, delivery)
}

fn login_refused() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "login_refused", "Address or password are wrong")
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn suspended() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "suspended", "This account is suspended")
        .detail("ask the people who run the school")
}
