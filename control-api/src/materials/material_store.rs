//! The SQL of files.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::material::{Material, State};
use crate::courses::viewer::Viewer;

/// A file as the store needs to know it.
#[derive(Debug)]
pub(super) struct StoredFile {
    pub(super) id: Uuid,
    pub(super) lesson_id: Uuid,
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) bytes: i64,
    pub(super) blob: String,
    pub(super) created_at: OffsetDateTime,
    pub(super) is_ready: bool,
}

impl From<StoredFile> for Material {
    fn from(file: StoredFile) -> Self {
        let state = if file.is_ready { State::Ready } else { State::Pending };
        let StoredFile { id, lesson_id, name, content_type, bytes, created_at, .. } = file;
        Self { id, lesson_id, name, content_type, bytes, state, created_at }
    }
}

/// A file that is announced.
#[derive(Debug)]
pub(super) struct Announced<'a> {
    pub(super) course: Uuid,
    pub(super) lesson: Uuid,
    pub(super) name: &'a str,
    pub(super) content_type: &'a str,
    pub(super) bytes: i64,
    /// Of a video.
    pub(super) video_s: Option<i32>,
    pub(super) blob: &'a str,
    pub(super) upload_until: OffsetDateTime,
}

pub(super) async fn insert(connection: &mut PgConnection, new: &Announced<'_>) -> Result<Uuid, sqlx::Error> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO materials (id, course_id, lesson_id, is_video, name, content_type, bytes, video_s, blob, upload_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        new.course,
        new.lesson,
        new.video_s.is_some(),
        new.name,
        new.content_type,
        new.bytes,
        new.video_s,
        new.blob,
        new.upload_until
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// How many files a lesson has beside its video, and how many bytes all files of its course.
pub(super) async fn usage(
    connection: &mut PgConnection,
    course: Uuid,
    lesson: Uuid,
) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE lesson_id = $2 AND NOT is_video) AS "files!",
                  coalesce(sum(bytes), 0)::bigint AS "bytes!"
           FROM materials WHERE course_id = $1"#,
        course,
        lesson
    )
    .fetch_one(connection)
    .await?;
    Ok((row.files, row.bytes))
}

/// A lesson's files beside its video, the oldest first: all, or those that are there.
pub(super) async fn of_lesson(
    executor: impl PgExecutor<'_>,
    lesson: Uuid,
    all: bool,
) -> Result<Vec<StoredFile>, sqlx::Error> {
    sqlx::query_as!(
        StoredFile,
        r#"SELECT id, lesson_id, name, content_type, bytes, blob, created_at, confirmed_at IS NOT NULL AS "is_ready!"
           FROM materials WHERE lesson_id = $1 AND NOT is_video AND ($2 OR confirmed_at IS NOT NULL) ORDER BY id"#,
        lesson,
        all
    )
    .fetch_all(executor)
    .await
}

/// A file beside a video. Whether the caller may read its lesson is asked apart.
pub(super) async fn one(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<StoredFile>, sqlx::Error> {
    sqlx::query_as!(
        StoredFile,
        r#"SELECT id, lesson_id, name, content_type, bytes, blob, created_at, confirmed_at IS NOT NULL AS "is_ready!"
           FROM materials WHERE id = $1 AND NOT is_video"#,
        id
    )
    .fetch_optional(executor)
    .await
}

/// A file beside a video that is the caller's to change.
pub(super) async fn own(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<StoredFile>, sqlx::Error> {
    sqlx::query_as!(
        StoredFile,
        r#"SELECT id, lesson_id, name, content_type, bytes, blob, created_at, confirmed_at IS NOT NULL AS "is_ready!"
           FROM materials m
           WHERE id = $1 AND NOT is_video
             AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = m.course_id AND t.person_id = $3))"#,
        id,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// A lesson's video: the one that is there, or the one that is to be.
pub(super) async fn video(
    executor: impl PgExecutor<'_>,
    lesson: Uuid,
    ready: bool,
) -> Result<Option<StoredFile>, sqlx::Error> {
    sqlx::query_as!(
        StoredFile,
        r#"SELECT id, lesson_id, name, content_type, bytes, blob, created_at, confirmed_at IS NOT NULL AS "is_ready!"
           FROM materials WHERE lesson_id = $1 AND is_video AND (confirmed_at IS NOT NULL) = $2"#,
        lesson,
        ready
    )
    .fetch_optional(executor)
    .await
}

/// The lesson's video that is there: which.
pub(crate) async fn video_of(executor: impl PgExecutor<'_>, lesson: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    let video = sqlx::query_scalar!(
        "SELECT id FROM materials WHERE lesson_id = $1 AND is_video AND confirmed_at IS NOT NULL",
        lesson
    );
    video.fetch_optional(executor).await
}

/// It is there; whether it is still known.
pub(super) async fn confirm(executor: impl PgExecutor<'_>, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("UPDATE materials SET confirmed_at = coalesce(confirmed_at, now()) WHERE id = $1", id);
    Ok(done.execute(executor).await?.rows_affected() == 1)
}

pub(super) async fn rename(executor: impl PgExecutor<'_>, id: Uuid, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE materials SET name = $2 WHERE id = $1", id, name).execute(executor).await.map(drop)
}

/// Lets go of a file. Its blob is deleted afterwards.
pub(super) async fn delete(executor: impl PgExecutor<'_>, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM materials WHERE id = $1", id).execute(executor).await.map(drop)
}

/// Lets go of a lesson's videos: those that are there, those that are to be; how many there were.
pub(super) async fn delete_videos(
    connection: &mut PgConnection,
    lesson: Uuid,
    ready: Option<bool>,
) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query!(
        "DELETE FROM materials WHERE lesson_id = $1 AND is_video AND ($2::boolean IS NULL OR (confirmed_at IS NOT NULL) = $2)",
        lesson,
        ready
    );
    Ok(gone.execute(connection).await?.rows_affected())
}
