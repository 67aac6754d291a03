//! `POST` to a WHIP endpoint: a publisher of one source (RFC 9725 section 4.2).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::command::Command;
use crate::sdp::{Description, answer_publisher};
use crate::session::Source;

use super::control::{Control, Joined};
use super::problem::Refusal;
use super::registry::Purpose;
use super::request::{self, Caller};

/// `POST /v1/rooms/{room}/whip/{source}` for `camera` and `screen`.
pub(super) async fn publish(
    State(control): State<Arc<Control>>,
    caller: Caller,
    Path((room, source)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let source = match source.as_str() {
        "camera" => Source::Camera,
        "screen" => Source::Screen,
        _ => return Err(Refusal::NotFound),
    };
    publish_source(&control, &caller, &room, source, &headers, body).await
}

/// `POST /v1/rooms/{room}/whip/stage/{place}`, places counted from 1.
pub(super) async fn publish_stage(
    State(control): State<Arc<Control>>,
    caller: Caller,
    Path((room, place)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    // Compared with its own spelling: "01" must not be a second name of place 1.
    let number = place.parse::<u8>().ok().filter(|n| n.to_string() == place);
    let number = number.filter(|n| (1..=control.config.stage_places_max).contains(n)).ok_or(Refusal::NotFound)?;
    let source = Source::Stage(number);
    publish_source(&control, &caller, &room, source, &headers, body).await
}

async fn publish_source(
    control: &Control,
    caller: &Caller,
    room: &str,
    source: Source,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    control.check(caller, room, headers)?;
    control.allow(caller, source).await?;
    let offer = request::text(&control.config, headers, body, control.limits.bytes_max).await?;
    let offer = Description::parse(&offer, &control.limits)?;
    // Of the stage a recording has the voices alone.
    let recorded = caller.claims.recorded && !matches!(source, Source::Stage(_));
    control.join(
        caller,
        Purpose::Publish { source, muted: false },
        |local| answer_publisher(&offer, source, recorded, local, &control.limits),
        |room, admitted, negotiated| Joined {
            command: Command::OpenPublisher {
                room,
                session: admitted.session,
                transport: negotiated.transport,
                publisher: negotiated.spec,
            },
            slots: Vec::new(),
        },
    )
}
