//! What the school writes into the audit trail, and what holds when the trail is away.
//!
//! What people do about their own accounts goes on without the trail: nobody is locked out by a full disk. It is counted and
//! logged, for whoever runs the school to see. What an *admin* does to somebody is refused with `503 audit_unavailable`
//! until it can be recorded: power over others leaves a trace or is not used.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use lectern_platform::audit::{Audit, AuditError, AuditEvent};
use lectern_platform::metrics::register;
use lectern_platform::problem::Problem;
use prometheus::{IntCounter, Registry};
use serde_json::Value;
use uuid::Uuid;

use crate::problem::ApiError;

/// When to try again while the trail is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The trail, as the school uses it.
pub(crate) struct Trail {
    audit: Arc<dyn Audit>,
    lost: IntCounter,
}

impl Trail {
    pub(crate) fn new(audit: Arc<dyn Audit>, registry: &Registry) -> Result<Self, prometheus::Error> {
        let help = "Events that could not be recorded, while what they are about went on";
        let lost = IntCounter::new("lectern_school_audit_lost_total", help)?;
        Ok(Self { audit, lost: register(registry, lost)? })
    }

    /// Keeps an event. What it is about has happened; that it could not be kept is counted.
    pub(crate) async fn note(&self, event: AuditEvent) {
        let kind = event.kind.clone();
        if let Err(error) = self.audit.record(event).await {
            self.lost.inc();
            tracing::error!(%error, kind, "an event is missing in the audit trail");
        }
    }

    /// How many events could not be kept since this process started.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.get()
    }

    /// Keeps an event before what it is about happens.
    ///
    /// # Errors
    /// `503 audit_unavailable`: it must not happen.
    pub(crate) async fn require(&self, event: AuditEvent) -> Result<(), ApiError> {
        self.audit.record(event).await.map_err(|error| unavailable(&error))
    }
}

/// `503 audit_unavailable`.
pub(crate) fn unavailable(error: &AuditError) -> ApiError {
    tracing::error!(%error, "refused an admin: the audit trail is away");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "audit_unavailable", "The audit trail does not answer right now")
        .detail("what admins do is recorded, or not done")
        .retry_after(RETRY_AFTER)
        .into()
}

/// An event of a person, by themselves or by somebody else.
pub(crate) fn event(kind: &'static str, actor: Option<Uuid>, subject: Option<Uuid>, address: IpAddr) -> AuditEvent {
    let mut event = AuditEvent::now(kind);
    event.actor = actor.map(|id| id.to_string());
    event.subject = subject.map(|id| id.to_string());
    event.address = Some(address);
    event
}

/// The event with one thing more to say.
pub(crate) fn with(mut event: AuditEvent, name: &str, value: impl Into<Value>) -> AuditEvent {
    event.detail.insert(name.to_owned(), value.into());
    event
}
