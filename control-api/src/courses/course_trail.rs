//! What the audit trail is told of courses: their states, their end, and who teaches them.

use lectern_platform::token::Role;
use uuid::Uuid;

use crate::accounts::Client;
use crate::gateway::Caller;
use crate::problem::ApiError;
use crate::server::Api;
use crate::trail;

/// Keeps what is about to happen to a course, and to whom. What an admin does is kept or not done; what its own tutor does goes
/// on without the trail.
///
/// # Errors
/// `503 audit_unavailable`, for an admin.
pub(super) async fn record(
    api: &Api,
    kind: &'static str,
    caller: Caller,
    client: &Client,
    course: Uuid,
    subject: Option<Uuid>,
) -> Result<(), ApiError> {
    let mut event = trail::event(kind, Some(caller.person), subject, client.address);
    event.course = Some(course.to_string());
    if caller.role == Role::Admin {
        return api.trail.require(event).await;
    }
    api.trail.note(event).await;
    Ok(())
}
