//! Webhooks: other systems are told what happened, signed, at least once, and never into the network that this runs in.

mod address;
mod courier;
mod metrics;
mod routes;
mod signature;
mod store;
mod webhook;

use std::sync::Arc;

use sqlx::{PgConnection, PgExecutor};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::address::Policy;
use self::courier::Courier;
use crate::config::WebhooksConfig;
use crate::database::Database;
use crate::server::Api;

pub(crate) use store::Waiting;

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(routes::list, routes::create))
        .routes(routes!(routes::one, routes::change, routes::delete))
        .routes(routes!(routes::deliveries))
        .routes(routes!(routes::test))
}

/// Who carries deliveries.
///
/// # Errors
/// When the HTTP client cannot be made.
pub(crate) fn courier(
    config: &WebhooksConfig,
    database: Database,
    registry: prometheus::Registry,
) -> Result<Courier, String> {
    Courier::new(database, policy(config), registry)
}

/// Writes down who is to be told of some events of the outbox, in the transaction that marks them as sent.
pub(crate) async fn note(connection: &mut PgConnection, events: &[i64]) -> Result<(), sqlx::Error> {
    store::insert_deliveries(connection, events).await
}

/// What other systems have still to be told, and which are told nothing.
pub(crate) async fn waiting(executor: impl PgExecutor<'_>) -> Result<Waiting, sqlx::Error> {
    store::waiting(executor).await
}

fn policy(config: &WebhooksConfig) -> Policy {
    Policy { allow_http: config.allow_http, allow_private: config.allow_private }
}
