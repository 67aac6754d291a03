//! The HTTP edge: WHIP (RFC 9725) to publish, WHEP (draft-ietf-wish-whep-03) with both of its extensions to watch.
//!
//! `docs/protocol.md` is the profile. In short: a bearer token is checked before anything else is looked at, then the
//! offer is read within its limits, a place is taken in the [registry](Stats), the offer is answered
//! ([`crate::sdp`]) and the outcome is handed to a worker ([`crate::command`]). What workers report comes back through
//! [`follow`]. No handler waits for a worker: a full queue is a `503`.
//!
//! A session's URL contains a secret of 128 random bits; whoever knows it may change or end the session.

mod admission;
mod config;
mod control;
mod cors;
mod event_stream;
mod events;
mod layer;
mod policy;
mod problem;
mod registry;
mod request;
mod room_link;
mod room_state;
mod session;
mod whep;
mod whip;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

pub use self::config::{Admission, Config, ConfigError, IceServer};
pub use self::control::{Control, WorkerHandle};
pub use self::events::follow;
pub use self::registry::Stats;
pub use self::room_link::link;

/// All routes. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that the limit per address works.
pub fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/v1/rooms/{room}/whip/{source}", post(whip::publish).get(no_content))
        .route("/v1/rooms/{room}/whip/stage/{place}", post(whip::publish_stage).get(no_content))
        .route("/v1/rooms/{room}/whep", post(whep::watch).get(no_content))
        .route("/v1/sessions/{session}", get(no_content).patch(session::patch).delete(session::delete))
        .route("/v1/sessions/{session}/layer", post(layer::select))
        .route("/v1/sessions/{session}/events", get(event_stream::open_all).post(event_stream::create))
        .route("/v1/sessions/{session}/events/{stream}", get(event_stream::open).delete(event_stream::delete))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .fallback(problem::not_found)
        .layer(from_fn_with_state(control.clone(), cors::apply))
        .with_state(control)
}

/// Refuses newcomers from now on (`503`) and asks viewers to move: each event stream gets a `reconnect` whose
/// `retryAfterMs` spreads the herd. Sessions go on until their workers end them.
pub fn drain(control: &Control) {
    control.drain();
}

/// RFC 9725 section 4.1: "WHIP endpoints and WHIP sessions MUST return a 2XX successful response with no content when a
/// GET request is received"; it tells nothing, not even whether the session exists.
async fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}
