//! Who was in a class, and for how long.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::class_store::TimeKey;

/// A student who came to a class.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Attendee {
    /// Who.
    pub(super) person: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// When they came first.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) joined_at: OffsetDateTime,
    /// When they left last; `null`: they are there, as far as is known.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) left_at: Option<OffsetDateTime>,
    /// How long they were there in all.
    pub(super) seconds: i64,
}

impl Attendee {
    /// Their place in the list.
    pub(super) fn key(&self) -> TimeKey {
        (i64::try_from(self.joined_at.unix_timestamp_nanos() / 1_000).unwrap_or_default(), self.person)
    }
}
