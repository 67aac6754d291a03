//! A file of a lesson: what is said of it, and how it is sent and fetched.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::blobs::{BlobError, BlobKind, SignedUpload, Upload};
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::config::MaterialsConfig;
use super::file_type;
use crate::courses::title_line;
use crate::packaging::Packaging;
use crate::problem::{ApiError, invalid_field};

/// How long a browser may keep what it fetched: no longer than the address is good in the first place.
const CACHE_CONTROL: &str = "private, max-age=300";
/// When to ask the store again.
const RETRY_AFTER: std::time::Duration = std::time::Duration::from_secs(5);

/// Whether a file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MaterialState)]
pub(super) enum State {
    /// Announced. Only tutors see it.
    Pending,
    /// Sent, and found to be what was announced.
    Ready,
}

/// A file of a lesson.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Material {
    /// Which.
    pub(super) id: Uuid,
    /// Of which lesson.
    pub(super) lesson_id: Uuid,
    /// For people.
    pub(super) name: String,
    /// Its media type.
    pub(super) content_type: String,
    /// How long it is.
    pub(super) bytes: i64,
    /// Whether it is there.
    pub(super) state: State,
    /// When it was announced.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) created_at: OffsetDateTime,
}

/// All files of a lesson.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Materials {
    /// The oldest first.
    pub(super) items: Vec<Material>,
}

/// A file that is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMaterial {
    /// For people: the store knows the file by another name.
    #[garde(custom(title_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(super) name: String,
    /// Its media type, without parameters.
    #[garde(length(max = 127))]
    #[schema(max_length = 127)]
    pub(super) content_type: String,
    /// Exactly how long it is.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) bytes: i64,
}

/// A video that is to be.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewVideo {
    /// `video/mp4`, `video/quicktime` or `video/webm`.
    #[garde(length(max = 127))]
    #[schema(max_length = 127)]
    pub(super) content_type: String,
    /// Exactly how long it is.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub(super) bytes: i64,
    /// How long it plays, seconds.
    #[garde(range(min = 1, max = 86_400))]
    #[schema(minimum = 1, maximum = 86_400)]
    pub(super) video_s: i32,
}

/// What is to be different about a file.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MaterialChange {
    /// For people.
    #[garde(custom(title_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(super) name: String,
}

/// A file that is awaited, and where to send it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AwaitedMaterial {
    /// The file.
    #[serde(flatten)]
    pub(super) material: Material,
    /// Where to send it.
    pub(super) upload: UploadTarget,
}

/// Where to send a file: one `PUT`, with these headers and the file as the body. Then confirm it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadTarget {
    /// The address; relative to where the page comes from if it begins with a slash.
    url: String,
    /// Name and value.
    headers: BTreeMap<String, String>,
    /// Until when the address is good.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Where to fetch a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MaterialAddress {
    /// The address; relative to where the page comes from if it begins with a slash.
    pub(super) url: String,
    /// Its media type.
    pub(super) content_type: String,
    /// Until when the address is good.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) expires_at: OffsetDateTime,
}

/// Where to fetch a lesson's video as it was uploaded, and how far it is on its way to be streamed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VideoAddress {
    /// Of what was uploaded.
    #[serde(flatten)]
    pub(super) address: MaterialAddress,
    /// When it is ready, play it by `POST …/video/playback` instead. `null` if videos are not packaged.
    pub(super) packaging: Option<Packaging>,
}

impl UploadTarget {
    pub(super) fn new(signed: SignedUpload, expires_at: OffsetDateTime) -> Self {
        Self { url: signed.url, headers: signed.headers.into_iter().collect(), expires_at }
    }
}

/// What a client may send.
pub(super) fn upload(content_type: &str, bytes: i64) -> Upload {
    let kind = BlobKind { content_type: content_type.to_owned(), cache_control: CACHE_CONTROL.to_owned() };
    Upload { kind, bytes_max: bytes.unsigned_abs() }
}

/// Whether there may be such a file; what its name in the store ends with.
///
/// # Errors
/// `422`, with the field at fault.
pub(super) fn check(
    config: &MaterialsConfig,
    content_type: &str,
    bytes: i64,
    is_video: bool,
) -> Result<&'static str, ApiError> {
    let most = if is_video { config.video_bytes_max } else { config.file_bytes_max };
    if bytes.unsigned_abs() > most {
        return Err(invalid_field("/bytes", format!("{most} at most")));
    }
    file_type::extension(content_type, is_video)
        .ok_or_else(|| invalid_field("/content_type", file_type::allowed(is_video)))
}

/// `503 blobs_unavailable`, or a bug of ours.
pub(crate) fn store_failed(error: BlobError) -> ApiError {
    match error {
        BlobError::Unavailable(reason) => {
            tracing::warn!(reason, "the blob store is away");
            let title = "The store of files does not answer right now";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "blobs_unavailable", title).retry_after(RETRY_AFTER).into()
        }
        BlobError::Refused(reason) => ApiError::Internal(format!("the blob store refuses: {reason}")),
    }
}

/// `409 upload_missing`: nothing was sent yet.
pub(super) fn missing() -> ApiError {
    Problem::new(StatusCode::CONFLICT, "upload_missing", "The file was not sent yet")
        .detail("send it to the address first; while that is good, confirm again")
        .into()
}

/// `422 upload_mismatch`: something else was sent, and is gone.
pub(super) fn mismatch() -> ApiError {
    let title = "What was sent is not what was announced";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "upload_mismatch", title)
        .detail("its length or its type differs; it is deleted: announce the file anew")
        .into()
}
