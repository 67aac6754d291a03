//! A session that starts or goes on: its tokens, and how they reach the client.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use lectern_platform::client_address::client_address;
use lectern_platform::token::SessionClaims;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cookies;
use super::person::Person;
use super::refresh_token::RefreshToken;
use crate::problem::ApiError;
use crate::server::Api;

/// The most that is kept of what a client calls itself, in bytes.
const USER_AGENT_LENGTH_MAX: usize = 256;

/// What somebody signs in with, and from where.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(super) user_agent: String,
    pub(crate) address: IpAddr,
}

/// An argument of handlers.
impl FromRequestParts<Arc<Api>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let name = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let address = client_address(api.config.http.forwarded_hops, &parts.extensions, headers);
        Ok(Self { user_agent: name.chars().take(USER_AGENT_LENGTH_MAX).collect(), address })
    }
}

/// A browser or program that somebody is signed in with.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    /// The session's id.
    pub(super) id: Uuid,
    /// What the client calls itself.
    pub(super) user_agent: String,
    /// Where it last called from: an IPv4 address, or the first 64 bits of an IPv6 address.
    pub(super) address: String,
    /// When it signed in.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created_at: OffsetDateTime,
    /// When it last signed in or refreshed its tokens.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) last_used_at: OffsetDateTime,
    /// Whether it is the one that asks.
    pub(super) current: bool,
}

/// How tokens reach the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// In the answer's body, for programs.
    Body,
    /// In cookies, for browsers.
    Cookies,
}

impl Delivery {
    /// As a request says it.
    pub(super) fn wanted(cookies: bool) -> Self {
        if cookies { Self::Cookies } else { Self::Body }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// Who.
    pub(super) person: Person,
    /// The session's id.
    pub(super) session: Uuid,
    /// To be sent as `Authorization: Bearer …`; absent if it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access_token: Option<String>,
    /// How long the access token is good, seconds.
    pub(super) expires_in: u64,
    /// Good for one `POST /v1/session/refresh`; absent if it came as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
}

/// A person together with what their tokens need.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) person: Person,
    pub(super) token_version: i32,
    pub(super) password_hash: Option<String>,
}

/// The answer to whoever has just signed in, or refreshed.
pub(super) fn answer(
    api: &Api,
    status: StatusCode,
    account: Account,
    session: Uuid,
    refresh: &RefreshToken,
    delivery: Delivery,
) -> Result<Response, ApiError> {
    let access = access_token(api, &account, session)?;
    let mut body = SignedIn {
        person: account.person,
        session,
        access_token: None,
        expires_in: api.config.sessions.access_s,
        refresh_token: None,
    };
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if delivery == Delivery::Body {
        body.access_token = Some(access);
        body.refresh_token = Some(refresh.encode());
        return Ok((status, [no_store], Json(body)).into_response());
    }
    Ok((status, [no_store], set_cookies(cookies(api, &access, refresh)), Json(body)).into_response())
}

/// The tokens of a session that starts, as cookies.
pub(super) fn session_cookies(
    api: &Api,
    account: &Account,
    session: Uuid,
    refresh: &RefreshToken,
) -> Result<[HeaderValue; 2], ApiError> {
    Ok(cookies(api, &access_token(api, account, session)?, refresh))
}

fn access_token(api: &Api, account: &Account, session: Uuid) -> Result<String, ApiError> {
    let (id, role) = (account.person.id.to_string(), account.person.role);
    let lifetime = Duration::from_secs(api.config.sessions.access_s);
    let claims = SessionClaims::issue(&id, &session.to_string(), role, account.token_version, lifetime);
    api.keys.signer.sign_session(&claims).map_err(|error| ApiError::Internal(error.to_string()))
}

fn cookies(api: &Api, access: &str, refresh: &RefreshToken) -> [HeaderValue; 2] {
    let config = &api.config.sessions;
    cookies::set((access, config.access_s), (&refresh.encode(), config.idle_s), api.config.http.is_https())
}

/// Cookies as headers.
pub(super) fn set_cookies(cookies: [HeaderValue; 2]) -> AppendHeaders<[(HeaderName, HeaderValue); 2]> {
    AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)))
}
