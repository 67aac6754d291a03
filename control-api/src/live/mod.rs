//! Live classes: when they are, how one comes in, who was there.
//!
//! A class is scheduled, started, and ended by the tutors of its course ([`class`]). While it is live, whoever is in the course
//! gets a room's token and the addresses to go to with it ([`ticket`]); the room and the media server judge by the token alone
//! and need nobody here. Who is in the room is read off the bus ([`watcher`]), so that attendance says who was there and not
//! who meant to be. What is written in it is kept ([`archive`]), and rooms and classes end together ([`rooms`], [`reports`]).
//! Calendar programs read classes at a secret address ([`icalendar`]).

mod archive;
mod archive_routes;
mod archive_store;
mod attendance;
mod attendance_store;
mod calendar_routes;
mod calendar_store;
mod class;
mod class_routes;
mod class_store;
mod config;
mod ending;
mod guest_store;
mod icalendar;
mod presence;
pub(crate) mod reports;
mod room_end_store;
pub(crate) mod rooms;
mod ticket;
mod turn;
pub(crate) mod watcher;

use std::sync::Arc;

use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Constraint;
use crate::server::Api;

pub use config::LiveConfig;

/// What the database refuses here.
pub(crate) const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "live_sessions_lesson",
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "invalid",
    title: "The request is not valid",
    field: "/lesson",
    allowed: "a lesson of the course",
}];

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(class_routes::list, class_routes::schedule))
        .routes(routes!(class_routes::one, class_routes::change, class_routes::cancel))
        .routes(routes!(class_routes::start))
        .routes(routes!(class_routes::join))
        .routes(routes!(class_routes::end))
        .routes(routes!(class_routes::attendance))
        .routes(routes!(archive_routes::chat))
        .routes(routes!(archive_routes::polls))
        .routes(routes!(calendar_routes::mine))
        .routes(routes!(calendar_routes::renew_address))
        .routes(routes!(calendar_routes::feed))
}
