//! How far students are, put together: everybody's own portfolio, what tutors see of a course, and leaderboards.
//!
//! A portfolio is kept in the cache as the bytes that answer for it ([`kept`]). Whoever commits something that portfolios show
//! calls [`changed`] or [`course_changed`] before answering, so that nobody reads one that is older than what they did.

mod kept;
mod portfolio;
mod portfolio_routes;
mod portfolio_store;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Api;

pub(crate) use kept::{changed, course_changed, scored};

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(portfolio_routes::one))
}
