//! A packaging as the recorders' work: what they are told, and what they tell.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::recordings::DURATION_MS_MAX;

/// A video that is to be packaged, by whoever got this answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PackagingJob)]
pub(super) struct Job {
    /// The video's.
    pub(super) id: Uuid,
    /// Which attempt this is, from 1: to be said with everything about it.
    pub(super) run: i32,
    /// What was uploaded, in the store of blobs.
    pub(super) source: String,
    /// How long that is.
    pub(super) source_bytes: i64,
    /// Where this run's files go in the store of blobs.
    pub(super) folder: String,
    /// When it was uploaded: the date of its first picture in the playlists.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) uploaded_at: OffsetDateTime,
    /// How long nothing may be heard before another gets it, seconds.
    pub(super) lease_s: u32,
}

/// How far a packaging is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PackagingRenewal)]
pub(super) struct Renewal {
    /// That of the job.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) run: i32,
    /// How much of what was uploaded is read.
    #[garde(range(min = 0))]
    #[schema(minimum = 0)]
    pub(super) bytes_read: i64,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = PackagingOutcome)]
pub(super) enum Outcome {
    /// All of it is stored.
    Ready,
    /// What was uploaded cannot be packaged.
    Refused,
    /// The recorder could not.
    Failed,
}

/// The end of a packaging.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PackagingEnd)]
pub(super) struct End {
    /// That of the job.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) run: i32,
    /// How.
    #[garde(skip)]
    pub(super) outcome: Outcome,
    /// Why it was refused or failed: lower case letters and `_`. `internal` if nothing is said; nothing of one that is ready.
    #[garde(inner(custom(plain_code)))]
    #[schema(max_length = 40, pattern = "^[a-z_]+$")]
    pub(super) code: Option<String>,
    /// The same in a sentence: for the tutor if it was refused, else for operators.
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    pub(super) reason: Option<String>,
    /// How long it plays, milliseconds.
    #[serde(default)]
    #[garde(range(min = 0, max = DURATION_MS_MAX))]
    #[schema(minimum = 0, maximum = 604_800_000)]
    pub(super) duration_ms: i64,
    /// How much is stored.
    #[serde(default)]
    #[garde(range(min = 0))]
    #[schema(minimum = 0)]
    pub(super) bytes: i64,
    /// What else is to be known of it, without its files: its `pictures`.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    pub(super) manifest: Option<serde_json::Map<String, serde_json::Value>>,
}

impl End {
    /// Why there is nothing, if there is nothing.
    pub(super) fn failure(&self) -> Option<&str> {
        (self.outcome != Outcome::Ready).then(|| self.code.as_deref().unwrap_or("internal"))
    }
}

fn plain_code(code: &str, (): &()) -> garde::Result {
    let is_code = (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_code { Ok(()) } else { Err(garde::Error::new("lower case letters and `_`, 40 at most")) }
}
