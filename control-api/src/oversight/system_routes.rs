//! How the parts are that the school stands on, as this node sees them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::checks;
use super::part::Part;
use crate::server::Api;

/// The parts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct System {
    parts: Vec<Part>,
}

/// How the school's parts are, asked now, all at once and each for two seconds at most.
#[utoipa::path(get, path = "/v1/system", tag = "oversight", responses((status = 200, body = System)))]
pub(super) async fn system(State(api): State<Arc<Api>>) -> Json<System> {
    let (postgres, replica, blobs, audit, mail, outbox, webhooks, recordings) = tokio::join!(
        checks::postgres(&api),
        checks::replica(&api),
        checks::blobs(&api),
        checks::audit(&api),
        checks::mail(&api),
        checks::outbox(&api),
        checks::webhooks(&api),
        checks::recordings(&api),
    );
    let (bus, cache, streams) = (checks::bus(&api), checks::cache(&api), checks::streams(&api));
    let mut parts = vec![postgres, replica, bus, cache, blobs, audit, mail, outbox, webhooks, recordings, streams];
    parts.extend(checks::breakers(&api.registry));
    Json(System { parts })
}
