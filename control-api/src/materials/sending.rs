//! How a file gets into the store: announced, sent by the client, looked at.

use std::time::Duration;

use axum::http::StatusCode;
use lectern_platform::blobs::{BlobKey, Confirmed, SavedAs, confirm};
use lectern_platform::problem::Problem;
use time::OffsetDateTime;
use uuid::Uuid;

use super::material::{MaterialAddress, UploadTarget, check, mismatch, missing, store_failed, upload};
use super::material_store::{self as store, Announced, StoredFile};
use crate::courses;
use crate::gateway::Caller;
use crate::problem::ApiError;
use crate::server::Api;

/// How much longer than we say the store may take an upload: its clock is another, and it signed a moment later.
const CLOCKS_APART: time::Duration = time::Duration::minutes(1);

/// What is announced.
#[derive(Debug)]
pub(super) struct Announcement<'a> {
    pub(super) name: &'a str,
    pub(super) content_type: &'a str,
    pub(super) bytes: i64,
    /// Of a video.
    pub(super) video_s: Option<i32>,
}

/// Awaits a file of a lesson that is the caller's to change; which, and where it is to be sent. A video that was awaited is
/// not any more.
///
/// # Errors
/// `404`, `422` for a file that may not be, `409 too_many_materials`, `409 course_full`, `503` while the store is away.
pub(super) async fn announce(
    api: &Api,
    caller: Caller,
    lesson: Uuid,
    new: Announcement<'_>,
) -> Result<(Uuid, UploadTarget), ApiError> {
    let config = &api.config.materials;
    let extension = check(config, new.content_type, new.bytes, new.video_s.is_some())?;
    // Whether it is theirs, before the store is asked; that happens outside of a transaction, for it may take its time.
    courses::hold_by_lesson(&mut *api.database.begin().await?, caller, lesson).await?;
    let blob = BlobKey::generate("materials", extension);
    let lifetime = Duration::from_secs(config.upload_s.into());
    let expires_at = OffsetDateTime::now_utc() + lifetime;
    let upload = upload(new.content_type, new.bytes);
    let signed = api.stores.blobs.upload_url(&blob, &upload, lifetime).await.map_err(store_failed)?;
    let upload_until = expires_at + CLOCKS_APART;
    let mut transaction = api.database.begin().await?;
    let course = courses::hold_by_lesson(&mut transaction, caller, lesson).await?;
    if new.video_s.is_some() {
        store::delete_videos(&mut transaction, lesson, Some(false)).await?;
    }
    let (files, bytes) = store::usage(&mut transaction, course, lesson).await?;
    if new.video_s.is_none() && files >= i64::from(config.per_lesson_max) {
        let title = "This lesson has as many files as it may";
        let problem = Problem::new(StatusCode::CONFLICT, "too_many_materials", title);
        return Err(problem.detail(format!("{} files are the most", config.per_lesson_max)).into());
    }
    if bytes.unsigned_abs().saturating_add(new.bytes.unsigned_abs()) > config.course_bytes_max {
        let problem = Problem::new(StatusCode::CONFLICT, "course_full", "The files of this course take too much place");
        return Err(problem.detail(format!("{} bytes are the most", config.course_bytes_max)).into());
    }
    let Announcement { name, content_type, bytes, video_s } = new;
    let announced = Announced { course, lesson, name, content_type, bytes, video_s, blob: blob.as_str(), upload_until };
    let id = store::insert(&mut transaction, &announced).await?;
    transaction.commit().await?;
    Ok((id, UploadTarget::new(signed, expires_at)))
}

/// Looks at what was sent. What is not what was announced is let go of, with its blob.
///
/// # Errors
/// `409 upload_missing`, `422 upload_mismatch`, `503` while the store is away.
pub(super) async fn look(api: &Api, file: &StoredFile) -> Result<(), ApiError> {
    let looking = confirm(&*api.stores.blobs, &key(file)?, &upload(&file.content_type, file.bytes)).await;
    match looking.map_err(store_failed)? {
        Confirmed::Good(info) if info.bytes == file.bytes.unsigned_abs() => Ok(()),
        Confirmed::Missing => Err(missing()),
        Confirmed::Good(_) | Confirmed::Wrong(_) => {
            store::delete(api.database.primary(), file.id).await?;
            Err(mismatch())
        }
    }
}

/// Where a file can be fetched, for so long.
///
/// # Errors
/// `503` while the store is away.
pub(super) async fn address(api: &Api, file: StoredFile, seconds: u32) -> Result<MaterialAddress, ApiError> {
    let lifetime = Duration::from_secs(seconds.into());
    let expires_at = OffsetDateTime::now_utc() + lifetime;
    let saved_as = SavedAs { name: &file.name, content_type: &file.content_type };
    let url = api.stores.blobs.download_url(&key(&file)?, Some(saved_as), lifetime).await.map_err(store_failed)?;
    Ok(MaterialAddress { url, content_type: file.content_type, expires_at })
}

fn key(file: &StoredFile) -> Result<BlobKey, ApiError> {
    file.blob.parse().map_err(|error| ApiError::Internal(format!("{}: {error}", file.blob)))
}
