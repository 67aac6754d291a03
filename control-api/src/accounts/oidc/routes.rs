//! The way to a provider and back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use garde::Validate;
use lectern_platform::problem::{FieldError, FieldPlace};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::attempt::{self, Attempt};
use super::provider::Provider;
use super::refusal::Refusal;
use super::{identity, return_path};
use crate::accounts::session::{Client, session_cookies};
use crate::accounts::session_routes;
use crate::gateway::{Params, PathWord};
use crate::problem::{ApiError, invalid, not_found};
use crate::server::Api;
use crate::trail;

/// Somewhere else to sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OidcProvider {
    /// The name that stands in its addresses.
    id: String,
    /// What its button says.
    title: String,
}

/// The providers with which one can sign in, for the login page.
#[utoipa::path(get, path = "/v1/oidc", tag = "accounts", responses((status = 200, body = Vec<OidcProvider>)))]
pub(super) async fn list(State(api): State<Arc<Api>>) -> Json<Vec<OidcProvider>> {
    let all = api.oidc.iter().map(|(id, provider)| (id.clone(), provider.config.title.clone()));
    Json(all.map(|(id, title)| OidcProvider { id, title }).collect())
}

/// Where to go afterwards.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StartParams {
    /// A path of the school. Default `/me`.
    #[garde(skip)]
    #[param(max_length = 2000)]
    return_to: Option<String>,
}

/// Leave for a provider, to sign in there. For browsers, which go there by a link.
#[utoipa::path(
    get, path = "/v1/oidc/{provider}/start", tag = "accounts", params(("provider" = String, Path,), StartParams),
    responses((
        status = 302, description = "To the provider; to `/login?error=CODE` if it does not answer",
        headers(("location" = String, description = "Where to go"))
    ))
)]
pub(super) async fn start(
    State(api): State<Arc<Api>>,
    PathWord(name): PathWord,
    Params(params): Params<StartParams>,
) -> Result<Response, ApiError> {
    let provider = named(&api, &name)?;
    let return_to = return_path::own_path(params.return_to.as_deref().unwrap_or(return_path::HOME));
    let attempt = Attempt::new(&name, return_to.ok_or_else(not_our_path)?);
    match provider.authorization_url(&attempt).await {
        Ok(url) => go(url.as_str(), vec![attempt.cookie(api.config.http.is_https())]),
        Err(refusal) => go(&login_page(refusal, Some(&attempt)), Vec::new()),
    }
}

/// What a provider sends a browser back with. Providers add what they like.
#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallbackParams {
    /// To be exchanged for who they are.
    #[garde(length(bytes, max = 4096))]
    #[param(max_length = 4096)]
    code: Option<String>,
    /// As it was at the start.
    #[garde(length(bytes, max = 128))]
    #[param(max_length = 128)]
    state: Option<String>,
    /// Why there is no code.
    #[garde(length(bytes, max = 128))]
    #[param(max_length = 128)]
    error: Option<String>,
    /// Who sends them back (RFC 9207).
    #[garde(length(bytes, max = 2048))]
    #[param(max_length = 2048)]
    iss: Option<String>,
}

/// Come back from a provider. For browsers, which are sent here.
#[utoipa::path(
    get, path = "/v1/oidc/{provider}/callback", tag = "accounts", params(("provider" = String, Path,), CallbackParams),
    responses((
        status = 302, description = "Signed in, to where one wanted to go; else to `/login?error=CODE`",
        headers(("location" = String, description = "Where to go"))
    ))
)]
pub(super) async fn callback(
    State(api): State<Arc<Api>>,
    client: Client,
    PathWord(name): PathWord,
    headers: HeaderMap,
    Params(back): Params<CallbackParams>,
) -> Result<Response, ApiError> {
    let provider = named(&api, &name)?;
    let attempt = Attempt::read(&headers, &name);
    // It is over, whatever comes of it.
    let mut cookies = vec![attempt::over(&name, api.config.http.is_https())];
    match sign_in(&api, provider, attempt.as_ref(), &back, &client).await {
        Ok((return_to, session)) => {
            cookies.extend(session);
            go(return_to, cookies)
        }
        Err(refusal) => {
            if let Some(reason) = refusal.reason() {
                let event = trail::event("account.login_failed", None, None, client.address);
                let event = trail::with(event, "issuer", &*provider.config.issuer);
                api.trail.note(trail::with(event, "reason", reason)).await;
            }
            go(&login_page(refusal, attempt.as_ref()), cookies)
        }
    }
}

/// Where to go, and the cookies of the session.
async fn sign_in<'a>(
    api: &Api,
    provider: &Provider,
    attempt: Option<&'a Attempt>,
    back: &CallbackParams,
    client: &Client,
) -> Result<(&'a str, [HeaderValue; 2]), Refusal> {
    let state = back.state.as_deref().unwrap_or_default();
    let attempt = attempt.filter(|attempt| attempt.is_state(state)).ok_or(Refusal::Expired)?;
    let code = match (&back.error, &back.code) {
        (None, Some(code)) => code,
        (Some(error), _) if error == "access_denied" => return Err(Refusal::Denied),
        (error, _) => {
            tracing::warn!(issuer = provider.config.issuer, error, "a provider sent somebody back without a code");
            return Err(Refusal::Failed);
        }
    };
    let visitor = provider.visitor(attempt, code, back.iss.as_deref()).await?;
    let account = identity::account(api, provider, &visitor, client).await?;
    let person = account.person.id;
    if account.person.suspended_at.is_some() {
        api.trail.note(trail::event("account.login_suspended", Some(person), Some(person), client.address)).await;
        return Err(Refusal::Suspended);
    }
    let (session, refresh) = session_routes::open(api, person, client).await?;
    Ok((&attempt.return_to, session_cookies(api, &account, session, &refresh)?))
}

fn named<'a>(api: &'a Api, name: &str) -> Result<&'a Provider, ApiError> {
    api.oidc.get(name).ok_or_else(not_found)
}

fn login_page(refusal: Refusal, attempt: Option<&Attempt>) -> String {
    const PAGE: &str = "/login?";
    let mut query = form_urlencoded::Serializer::for_suffix(PAGE.to_owned(), PAGE.len());
    query.append_pair("error", refusal.code());
    query.extend_pairs(attempt.map(|attempt| ("return_to", &attempt.return_to)));
    query.finish()
}

fn go(place: &str, cookies: Vec<HeaderValue>) -> Result<Response, ApiError> {
    // Both a URL and one of our own paths are ASCII.
    let location = HeaderValue::from_str(place).map_err(|error| ApiError::Internal(error.to_string()))?;
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    let headers: Vec<(HeaderName, HeaderValue)> = cookies.chain([(header::LOCATION, location)]).collect();
    Ok((StatusCode::FOUND, AppendHeaders(headers)).into_response())
}

fn not_our_path() -> ApiError {
    let message = "a path of this school, such as /courses, of 2000 bytes at most".into();
    invalid(vec![FieldError { r#in: FieldPlace::Query, field: "/return_to".to_owned(), message }]).into()
}
