//! Every way in which a request is refused, and how the client is told.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lectern_platform::problem::Problem;
use rand::RngExt as _;

use crate::sdp::SdpError;
use crate::session::CloseReason;

use super::config::Admission;
use super::registry::Full;

/// Why a request was refused. Codes are stable and listed in `docs/protocol.md`.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The offer or the fragment.
    Sdp(SdpError),
    /// The token: `401`, made by the platform.
    Token(Problem),
    /// The token is for another room.
    RoomForbidden,
    /// The token does not allow this source.
    SourceForbidden,
    /// A moderator sent the person away after this token was issued.
    Removed,
    /// The class is over.
    RoomEnded,
    /// No such room name, source, session or stream.
    NotFound,
    /// This session is over, and not by its client's wish.
    Ended(CloseReason),
    /// The body's type is not the one that this resource takes.
    ContentType { expected: &'static str },
    /// The client does not accept the type that this resource answers with.
    NotAcceptable { offered: &'static str },
    /// More bytes than may be.
    BodyTooLarge { max: usize },
    /// The body did not arrive in time.
    BodySlow,
    /// JSON that cannot be read.
    Json(serde_json::Error),
    /// `PATCH` without `If-Match`.
    PreconditionRequired,
    /// `If-Match` names another ICE session than the current one.
    PreconditionFailed,
    /// There is no such media section in this session, or it is not a video slot.
    NoSuchSlot,
    /// What the slot is fed from has no such layer now.
    NoSuchLayer,
    /// A limit of admission.
    Full { which: Full, retry_after: Duration },
    /// This node is going away.
    Draining { retry_after: Duration },
}

impl Admission {
    /// A random time within the configured range, so that those who were refused together do not come back together.
    pub(super) fn retry_after(&self) -> Duration {
        let range = self.retry_after_s_min..=self.retry_after_s_max.max(self.retry_after_s_min);
        Duration::from_secs(rand::rng().random_range(range))
    }
}

impl From<SdpError> for Refusal {
    fn from(error: SdpError) -> Self {
        Self::Sdp(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Sdp(error) => {
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
                Self::new(status, error.code(), "The session description was refused").detail(error.to_string())
            }
            Refusal::Token(problem) => problem,
            Refusal::RoomForbidden => {
                Self::new(StatusCode::FORBIDDEN, "room_forbidden", "The token is for another room")
            }
            Refusal::SourceForbidden => {
                Self::new(StatusCode::FORBIDDEN, "source_forbidden", "The token does not allow to publish this source")
            }
            Refusal::Removed => Self::new(StatusCode::FORBIDDEN, "removed", "This person was sent away"),
            Refusal::RoomEnded => Self::new(StatusCode::FORBIDDEN, "room_ended", "The class is over"),
            Refusal::NotFound => Self::not_found(),
            Refusal::Ended(reason) => Self::new(StatusCode::GONE, reason.as_str(), "This session is over"),
            Refusal::ContentType { expected } => {
                Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", "The body has another type than is taken")
                    .detail(format!("send Content-Type: {expected}"))
                    .header(accepts(expected), HeaderValue::from_static(expected))
            }
            Refusal::NotAcceptable { offered } => {
                Self::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "There is no answer of an accepted type")
                    .detail(format!("the answer is {offered}"))
            }
            Refusal::BodyTooLarge { max } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
                    .detail(format!("at most {max} bytes are taken"))
            }
            Refusal::BodySlow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", "The body did not arrive in time")
            }
            Refusal::Json(error) => Self::new(StatusCode::BAD_REQUEST, "json_malformed", "The JSON cannot be read")
                .detail(error.to_string()),
            Refusal::PreconditionRequired => {
                Self::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", "A PATCH needs If-Match")
                    .detail("send the ETag of the ICE session, or * to restart ICE")
            }
            Refusal::PreconditionFailed => {
                Self::new(StatusCode::PRECONDITION_FAILED, "if_match_outdated", "The ICE session is another one by now")
            }
            Refusal::NoSuchSlot => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "slot_unknown", "There is no such video slot")
            }
            Refusal::NoSuchLayer => Self::new(StatusCode::CONFLICT, "layer_unknown", "There is no such layer now")
                .detail("the layers event names those there are"),
            Refusal::Full { which, retry_after } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, which.code(), "There is no place left")
                    .detail(which.to_string())
                    .retry_after(retry_after)
            }
            Refusal::Draining { retry_after } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "draining", "This node is shutting down")
                    .retry_after(retry_after)
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem::from(self);
        tracing::debug!(code = problem.code(), status = problem.status().as_u16(), "refused a request");
        problem.into_response()
    }
}

/// `Accept-Patch` (RFC 5789) for what is patched, `Accept-Post` (W3C LDP section 7.1) for the rest.
fn accepts(media_type: &str) -> header::HeaderName {
    header::HeaderName::from_static(if media_type == super::request::SDP_FRAGMENT {
        "accept-patch"
    } else {
        "accept-post"
    })
}

/// For a path that is not ours.
pub(super) async fn not_found() -> Problem {
    Problem::not_found()
}

/// For a method that a resource does not have; axum adds `Allow`.
pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This resource does not have this method")
}
