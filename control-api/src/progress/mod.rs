//! How far students are in lessons.
//!
//! Players report where they are and what was watched ([`heartbeat`]); reports of all students go through one queue and are
//! committed many at once ([`writer`]). What a lesson's row says only grows: intervals are united, the position follows the
//! highest counter, and completion stays. So a report may come late, twice or in any order.

pub(crate) mod completion;
mod heartbeat;
mod routes;
mod store;
pub(crate) mod writer;

use std::sync::Arc;

use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Constraint;
use crate::server::Api;

/// What the database refuses here.
pub(crate) const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "lesson_progress_lesson",
    status: StatusCode::CONFLICT,
    code: "lesson_has_progress",
    title: "Somebody made progress in this lesson: take it back instead, with `published` as false",
    field: "",
    allowed: "",
}];

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(routes::read, routes::report)).routes(routes!(routes::mark_done))
}
