//! A recording: what is said of it.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a recording is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = RecordingState)]
pub(super) enum State {
    /// No recorder has taken it yet.
    Waiting,
    /// The class is being recorded, or what was recorded is being stored.
    Recording,
    /// It is over and can be played. With a `reason` its end is missing.
    Ready,
    /// There is nothing to play.
    Failed,
}

/// Why a recording failed, or lacks its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = RecordingFailure)]
pub(super) enum Reason {
    /// The recorder had no place.
    DiskFull,
    /// Nobody sent anything.
    NothingRecorded,
    /// The recorder did not get into the room.
    RoomUnreachable,
    /// What was recorded could not be stored.
    StoreUnreachable,
    /// The recorder broke.
    Internal,
    /// No recorder came, or none came back to finish it.
    Abandoned,
}

impl Reason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::NothingRecorded => "nothing_recorded",
            Self::RoomUnreachable => "room_unreachable",
            Self::StoreUnreachable => "store_unreachable",
            Self::Internal => "internal",
            Self::Abandoned => "abandoned",
        }
    }
}

/// The recording of a class.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Recording {
    /// Which.
    pub(super) id: Uuid,
    /// Of which class.
    pub(super) live: Uuid,
    /// Of which course.
    pub(super) course: Uuid,
    /// What the class is about, if it is about one lesson.
    pub(super) lesson: Option<Uuid>,
    /// The class' title.
    pub(super) title: String,
    /// Where it is in its life.
    pub(super) state: State,
    /// Why it failed; of one that is ready, why its end is missing.
    pub(super) reason: Option<Reason>,
    /// When the class began.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) started_at: OffsetDateTime,
    /// How long it is, so far, seconds.
    pub(super) duration_s: f64,
    /// How much of it is stored.
    pub(super) bytes: i64,
    /// Whether there is something to play.
    pub(super) is_playable: bool,
    /// Whether the caller may delete it.
    pub(super) may_change: bool,
}
