//! A part of what the school stands on, as it is shown to admins.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

/// How long a part may take to say that it is well.
pub(super) const ANSWER_MAX: Duration = Duration::from_secs(2);

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Part {
    /// `postgres`, `replica`, `bus`, `cache`, `blobs`, `audit`, `mail`, `outbox`, `webhooks`, `recordings`, `streams`, or `breaker`
    /// and what it is around.
    name: String,
    /// How it is.
    state: PartState,
    /// What there is to say about that.
    detail: String,
    /// What was measured, by name; the end of a name is its unit: `_ms`, `_s`, `_bytes`.
    figures: BTreeMap<&'static str, u64>,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum PartState {
    /// Well.
    Ok,
    /// It may come back at any moment, or is done without.
    Degraded,
    /// Away.
    Down,
    /// Not configured.
    Off,
}

impl Part {
    pub(super) fn new(name: impl Into<String>, state: PartState, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state, detail: detail.into(), figures: BTreeMap::new() }
    }

    pub(super) fn figure(mut self, name: &'static str, value: u64) -> Self {
        self.figures.insert(name, value);
        self
    }

    /// What a check finds out, if it does not take longer than [`ANSWER_MAX`].
    pub(super) async fn within(name: &str, check: impl Future<Output = Result<Self, String>>) -> Self {
        match tokio::time::timeout(ANSWER_MAX, check).await {
            Ok(Ok(part)) => part,
            Ok(Err(error)) => {
                // What it said may hold addresses; the log has it.
                tracing::warn!(name, error, "a part is not well");
                Self::new(name, PartState::Down, "answers with an error; the log says which")
            }
            Err(_) => Self::new(name, PartState::Down, format!("no answer within {} s", ANSWER_MAX.as_secs())),
        }
    }
}

/// Milliseconds, for a figure.
pub(super) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
