//! Signing in with an OpenID Connect provider: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).
//!
//! A browser leaves for the provider with the fingerprints of a secret that its cookie keeps ([`attempt`]), and comes back
//! with a code. That is exchanged for an ID token ([`provider`]), which is believed only if everything about it is right
//! ([`id_token`]), and becomes a person ([`identity`]) with a session like any other.
//!
//! Refused: implicit and hybrid flows, ID tokens signed with the client's secret or not at all, encrypted ones, and providers
//! that are not reached over HTTPS (this machine's own aside).

mod attempt;
mod config;
mod endpoint;
mod id_token;
mod identity;
mod identity_store;
mod keys;
mod metadata;
mod profile;
mod provider;
mod refusal;
mod return_path;
mod routes;

pub use config::{OidcConfig, ProviderConfig};
pub(crate) use provider::Providers;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Api;

pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(routes::list)).routes(routes!(routes::start)).routes(routes!(routes::callback))
}
