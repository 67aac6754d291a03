//! A recording as the recorders' work: what they are told, and what they tell.

use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::recording::Reason;
use crate::gateway::Node;
use crate::problem::{ApiError, invalid_field};

/// The longest recording, in milliseconds: a week, of which no class has more than a part.
pub(crate) const DURATION_MS_MAX: i64 = 7 * 24 * 3_600_000;

/// Who asks for work.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClaim {
    /// The recorder's name, which is that of its token.
    #[garde(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub(super) node: String,
    /// The disk on which it keeps what is not stored yet, of which it makes sure that no other process has it: what another process
    /// held with it is free.
    #[garde(skip)]
    #[serde(default)]
    pub(super) spool: Option<Uuid>,
    /// The process that asks, another one after each start.
    #[garde(skip)]
    #[serde(default)]
    pub(super) process: Option<Uuid>,
    /// Recordings of which it has files that are not stored: of those that have ended it gets one, if there is nothing else to do.
    #[garde(length(max = 64))]
    #[schema(max_items = 64)]
    #[serde(default)]
    pub(super) left: Vec<Uuid>,
}

impl NewClaim {
    /// Nobody asks in another's name.
    ///
    /// # Errors
    /// `422`, with the field at fault.
    pub(crate) fn check(&self, node: &Node) -> Result<(), ApiError> {
        if self.node == node.name { Ok(()) } else { Err(invalid_field("/node", "the name in the token")) }
    }
}

/// A class that is to be recorded, by whoever got this answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecorderJob)]
pub(super) struct Job {
    /// The recording's.
    pub(super) id: Uuid,
    /// Which attempt this is, from 1: to be said with everything about it, and part of the names of files.
    pub(super) run: i32,
    /// The room's name.
    pub(super) room: String,
    /// Where its files go in the store of blobs.
    pub(super) folder: String,
    /// When the class began: zero of the recording's time line.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) started_at: OffsetDateTime,
    /// How long nothing may be heard before another gets it, seconds.
    pub(super) lease_s: u32,
    /// Where to watch; relative to the media server if it begins with a slash.
    pub(super) whep: String,
    /// The room's token.
    pub(super) token: String,
    /// Whether the class goes on; if not, there is only something to finish.
    pub(super) go_on: bool,
}

/// How far a recording is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecorderRenewal)]
pub(super) struct Renewal {
    /// That of the job.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) run: i32,
    /// How long it is, milliseconds.
    #[garde(range(min = 0, max = DURATION_MS_MAX))]
    #[schema(minimum = 0, maximum = 604_800_000)]
    pub(super) duration_ms: i64,
    /// How much of it is stored.
    #[garde(range(min = 0))]
    #[schema(minimum = 0)]
    pub(super) bytes: i64,
    /// Whether there is a playlist.
    #[garde(skip)]
    pub(super) is_playable: bool,
}

/// What becomes of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecorderRenewed)]
pub(super) struct Renewed {
    /// Whether the class goes on; if not, finish.
    pub(super) go_on: bool,
    /// The room's token anew.
    pub(super) token: String,
}

/// Who gives a job back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecorderRelease)]
pub(crate) struct Release {
    /// That of the job.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(crate) run: i32,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RecorderOutcome)]
pub(super) enum Outcome {
    /// All that there was is stored.
    Ready,
    /// Something is missing, or all of it.
    Failed,
}

/// The end of a recording.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecorderEnd)]
pub(super) struct End {
    /// That of the job.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) run: i32,
    /// How.
    #[garde(skip)]
    pub(super) outcome: Outcome,
    /// Why it failed. `internal` if nothing is said; nothing of one that did not.
    #[garde(skip)]
    pub(super) reason: Option<Reason>,
    /// The same, for operators.
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub(super) detail: Option<String>,
    /// How long it is, milliseconds.
    #[garde(range(min = 0, max = DURATION_MS_MAX))]
    #[schema(minimum = 0, maximum = 604_800_000)]
    pub(super) duration_ms: i64,
    /// How much of it is stored.
    #[garde(range(min = 0))]
    #[schema(minimum = 0)]
    pub(super) bytes: i64,
    /// Whether there is a playlist, of one that failed too. One that is ready has one.
    #[garde(skip)]
    #[serde(default)]
    pub(super) is_playable: bool,
    /// What else is to be known of it, without its files: chapters come from its `marks`.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub(super) manifest: Option<serde_json::Map<String, serde_json::Value>>,
}

impl End {
    /// Why it failed, if it did.
    pub(super) fn failure(&self) -> Option<Reason> {
        (self.outcome == Outcome::Failed).then(|| self.reason.unwrap_or(Reason::Internal))
    }
}

/// `409 lease_lost`: another has it since.
pub(crate) fn lease_lost() -> ApiError {
    Problem::new(StatusCode::CONFLICT, "lease_lost", "Another recorder has this job by now").into()
}
