//! The school's API for those who package videos: claim, renew, end, release.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::job::{JobsClient, JobsError};
use crate::store::{Manifest, Progress};

const JOBS: &str = "v1/recorder/packagings";
/// What the school takes of a sentence, in bytes.
const REASON_LENGTH_MAX: usize = 500;

/// A video that is to be packaged, as the school tells it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Video {
    /// The video's.
    pub(crate) id: Uuid,
    /// Counts up with each claim; part of all names.
    pub(crate) run: u32,
    /// What was uploaded, in the blob store.
    pub(crate) source: String,
    /// Its length.
    pub(crate) source_bytes: u64,
    /// Where this run puts what it makes of it.
    pub(crate) folder: String,
    /// The date of its first picture.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) uploaded_at: OffsetDateTime,
    /// How long the claim holds without a renewal, seconds.
    pub(crate) lease_s: u64,
}

/// What has become of a video.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    Ready {
        duration_ms: u64,
        bytes: u64,
        manifest: Box<Manifest>,
    },
    /// It is none that can be packaged.
    Refused {
        code: &'static str,
        /// For the tutor.
        reason: String,
    },
    /// Nothing is known against the video.
    Failed {
        code: &'static str,
        /// For operators.
        reason: String,
    },
}

impl Outcome {
    /// All of it is stored.
    pub(crate) fn ready(progress: Progress, manifest: &Manifest) -> Self {
        let Progress { duration_ms, bytes, .. } = progress;
        Self::Ready { duration_ms, bytes, manifest: Box::new(manifest.summary()) }
    }

    pub(crate) fn refused(code: &'static str, reason: String) -> Self {
        Self::Refused { code, reason: cut(reason) }
    }

    pub(crate) fn failed(code: &'static str, reason: impl Into<String>) -> Self {
        Self::Failed { code, reason: cut(reason.into()) }
    }
}

fn cut(mut reason: String) -> String {
    reason.truncate(reason.floor_char_boundary(REASON_LENGTH_MAX));
    reason
}

#[derive(Serialize)]
struct Report<'a> {
    run: u32,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

/// What is to be packaged and nobody packages, if there is anything.
pub(crate) async fn claim(client: &JobsClient) -> Result<Option<Video>, JobsError> {
    client.claim_at(JOBS).await
}

/// Says that this node is still at it.
pub(super) async fn renew(client: &JobsClient, video: &Video, bytes_read: u64) -> Result<(), JobsError> {
    let body = serde_json::json!({ "run": video.run, "bytes_read": bytes_read });
    client.send(Method::PUT, &format!("{JOBS}/{}", video.id), &body).await.map(drop)
}

/// Says what has become of it.
pub(super) async fn end(client: &JobsClient, video: &Video, outcome: &Outcome) -> Result<(), JobsError> {
    let report = Report { run: video.run, outcome };
    client.send(Method::POST, &format!("{JOBS}/{}/end", video.id), &report).await.map(drop)
}

/// Lets another have it at once.
pub(super) async fn release(client: &JobsClient, video: &Video) -> Result<(), JobsError> {
    let body = serde_json::json!({ "run": video.run });
    client.send(Method::POST, &format!("{JOBS}/{}/release", video.id), &body).await.map(drop)
}
