//! People and how they sign in.
//!
//! A login starts a *session*: a family of refresh tokens, of which the newest alone is good ([`refresh_token`]). With it
//! comes an access token of a few minutes, which every other route takes. A password is one way to sign in, a provider of
//! OpenID Connect ([`oidc`]) another.

pub(crate) mod cookies;
mod first_admin;
pub(crate) mod oidc;
mod own_session_routes;
pub mod password;
mod password_routes;
mod people_routes;
pub mod person;
pub mod refresh_token;
pub(crate) mod reset;
mod reset_store;
pub(crate) mod revocation;
mod rotation;
mod routes;
mod session;
mod session_routes;
mod session_store;
mod store;
pub(crate) mod sweeper;

pub use first_admin::{ensure_admin, has_admin, reset_admin};
pub use oidc::{OidcConfig, ProviderConfig};
pub(crate) use session::Client;

use std::sync::Arc;

use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Constraint;
use crate::server::Api;

/// What the database refuses here.
pub(crate) const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "people_email_key",
    status: StatusCode::CONFLICT,
    code: "email_taken",
    title: "Somebody has this address already",
    field: "/email",
    allowed: "an address that nobody else signed up with",
}];

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(routes::sign_up, people_routes::list))
        .routes(routes!(people_routes::one, people_routes::change))
        .routes(routes!(routes::me, routes::change_me))
        .routes(routes!(session_routes::log_in, session_routes::log_out))
        .routes(routes!(session_routes::refresh))
        .routes(routes!(own_session_routes::list, own_session_routes::end_all))
        .routes(routes!(own_session_routes::end))
        .routes(routes!(password_routes::change))
        .routes(routes!(password_routes::ask_reset))
        .routes(routes!(password_routes::redeem))
        .merge(oidc::routes())
}
