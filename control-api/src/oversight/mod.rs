//! What those who run the school see of it: who did what, and how its parts are.

mod audit_routes;
mod checks;
mod part;
mod system_routes;
mod system_store;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Api;

pub(crate) use system_store::{Position, position};

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(audit_routes::search)).routes(routes!(system_routes::system))
}
