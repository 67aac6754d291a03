//! How far a video's packaging is: what people are told of it.

use serde::Serialize;
use sqlx::PgExecutor;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a packaging is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = PackagingState)]
pub(crate) enum State {
    /// No recorder has taken it yet.
    Waiting,
    /// A recorder is at it.
    Running,
    /// The video can be streamed.
    Ready,
    /// What was uploaded cannot be packaged: it is played as it is.
    Refused,
    /// The recorders could not: it is played as it is.
    Failed,
}

/// How far a video's packaging for streaming is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Packaging {
    /// Where it is in its life.
    pub(crate) state: State,
    /// How much of the video is read, 0 to 100; 100 when it is ready.
    pub(crate) percent: i32,
    /// Why it was refused or failed, for programs.
    pub(crate) code: Option<String>,
    /// Why it was refused, and what to do.
    pub(crate) reason: Option<String>,
}

/// Of a video, if it is to be packaged.
pub(crate) async fn of_video(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Packaging>, sqlx::Error> {
    sqlx::query_as!(
        Packaging,
        r#"SELECT p.state AS "state: State",
                  CASE p.state WHEN 'ready' THEN 100 WHEN 'running' THEN least(99, p.bytes_read * 100 / m.bytes) ELSE 0 END::integer AS "percent!",
                  p.code, CASE p.state WHEN 'refused' THEN p.reason END AS reason
           FROM packagings p JOIN materials m ON m.id = p.id WHERE p.id = $1"#,
        id
    )
    .fetch_optional(executor)
    .await
}
