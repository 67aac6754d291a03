//! `POST` to a WHEP endpoint: a viewer (draft-ietf-wish-whep-03 section 4.2).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::command::Command;
use crate::sdp::{Description, answer_viewer};

use super::control::{Control, Joined, new_viewer};
use super::problem::Refusal;
use super::request::{self, Caller};
use super::room_state::ViewerSlot;

/// `POST /v1/rooms/{room}/whep`. A room without a publisher is no error (the draft would allow `409`): slots fill later.
pub(super) async fn watch(
    State(control): State<Arc<Control>>,
    caller: Caller,
    Path(room): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    control.check(&caller, &room, &headers)?;
    let offer = request::text(&control.config, &headers, body, control.limits.bytes_max).await?;
    let offer = Description::parse(&offer, &control.limits)?;
    control.join(
        &caller,
        new_viewer(),
        |local| answer_viewer(&offer, local, &control.limits, &mut rand::rng()),
        |room, admitted, negotiated| {
            let slots = negotiated.spec.slots.iter().zip(&negotiated.media_lines);
            let slots = slots.map(|(slot, &line)| ViewerSlot { mid: slot.mid, line, role: slot.role, layer: None });
            Joined {
                slots: slots.collect(),
                command: Command::OpenViewer {
                    room,
                    session: admitted.session,
                    home: admitted.home,
                    transport: negotiated.transport,
                    viewer: negotiated.spec,
                },
            }
        },
    )
}
