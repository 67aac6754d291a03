//! A live class: what is said of it, and what may become of it.

use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::{Deserialize, Deserializer, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::courses::title_line;
use crate::events::LiveClass;
use crate::problem::{ApiError, invalid_field};

/// Classes of a course that are still to be.
pub(super) const UPCOMING_MAX: i64 = 200;
/// The shortest.
const DURATION_MIN: Duration = Duration::minutes(1);
/// The longest.
const DURATION_MAX: Duration = Duration::hours(12);
/// How far ahead one is scheduled: the next school year.
const AHEAD_MAX: Duration = Duration::days(730);
/// How long ago one may have begun that is scheduled now: whoever comes late is not to invent a time.
const LATE_MAX: Duration = Duration::hours(1);

/// Where a class is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = LiveState)]
pub(crate) enum State {
    /// It is to be.
    Scheduled,
    /// It is.
    Live,
    /// It was.
    Ended,
    /// It will not be, or nobody started it.
    Cancelled,
}

/// A live class.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LiveSession)]
pub(crate) struct Class {
    /// Which.
    pub(crate) id: Uuid,
    /// Of which course.
    pub(crate) course_id: Uuid,
    /// The course's title.
    pub(crate) course_title: String,
    /// What it is about, if it is about one lesson.
    pub(crate) lesson_id: Option<Uuid>,
    /// One line.
    pub(crate) title: String,
    /// Where it is in its life.
    pub(crate) state: State,
    /// When it is to begin.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) starts_at: OffsetDateTime,
    /// When it is to end.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) ends_at: OffsetDateTime,
    /// When it did begin.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) started_at: Option<OffsetDateTime>,
    /// When it did end.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) ended_at: Option<OffsetDateTime>,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    /// How often a calendar had to learn of a change.
    #[serde(skip)]
    pub(crate) revision: i32,
    /// Its recording, if there is one to play; for its tutors, if there is one at all.
    pub(crate) recording: Option<Uuid>,
    /// Whether the caller may start, change and end it.
    pub(crate) may_change: bool,
}

/// A new class.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLiveSession)]
pub(super) struct NewClass {
    /// One line.
    #[garde(custom(title_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(super) title: String,
    /// What it is about, if it is about one lesson of the course.
    #[garde(skip)]
    pub(super) lesson: Option<Uuid>,
    /// When it is to begin: an hour ago at the earliest, in two years at the latest.
    #[garde(skip)]
    #[serde(with = "crate::moment")]
    pub(super) starts_at: OffsetDateTime,
    /// When it is to end: a minute to twelve hours later.
    #[garde(skip)]
    #[serde(with = "crate::moment")]
    pub(super) ends_at: OffsetDateTime,
}

/// What is to be different about a class.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LiveSessionChange)]
pub(super) struct ClassChange {
    /// One line.
    #[garde(inner(custom(title_line)))]
    #[schema(min_length = 1, max_length = 120)]
    pub(super) title: Option<String>,
    /// What it is about; `null`: no lesson.
    #[garde(skip)]
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Uuid>)]
    pub(super) lesson: Option<Option<Uuid>>,
    /// When it is to begin. Not of one that did.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    pub(super) starts_at: Option<OffsetDateTime>,
    /// When it is to end.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    pub(super) ends_at: Option<OffsetDateTime>,
}

/// A field that was sent, be it as `null`.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Whether a class can be at that time, of which it is `now`.
pub(super) fn check_times(
    starts_at: OffsetDateTime,
    ends_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    if starts_at < now - LATE_MAX || starts_at > now + AHEAD_MAX {
        return Err(invalid_field("/starts_at", "an hour ago at the earliest, in two years at the latest"));
    }
    check_duration(starts_at, ends_at)
}

fn check_duration(starts_at: OffsetDateTime, ends_at: OffsetDateTime) -> Result<(), ApiError> {
    if (DURATION_MIN..=DURATION_MAX).contains(&(ends_at - starts_at)) {
        return Ok(());
    }
    Err(invalid_field("/ends_at", "a minute to twelve hours after `starts_at`"))
}

/// `409 class_over`: nothing becomes of it any more.
fn over(state: State) -> ApiError {
    let detail = if state == State::Cancelled { "it was cancelled" } else { "it has ended" };
    Problem::new(StatusCode::CONFLICT, "class_over", "This class is over").detail(detail).into()
}

impl Class {
    /// As events tell of it.
    pub(super) fn told(&self) -> LiveClass {
        LiveClass { course: self.course_id, live: self.id, title: self.title.clone(), starts_at: self.starts_at }
    }

    /// Whether it may be started; `false` if it is live already.
    ///
    /// # Errors
    /// `409 class_over`.
    pub(super) fn check_start(&self) -> Result<bool, ApiError> {
        match self.state {
            State::Scheduled => Ok(true),
            State::Live => Ok(false),
            State::Ended | State::Cancelled => Err(over(self.state)),
        }
    }

    /// Whether it may be ended; `false` if it has.
    ///
    /// # Errors
    /// `409 class_not_live`, `409 class_over` for one that was cancelled.
    pub(super) fn check_end(&self) -> Result<bool, ApiError> {
        match self.state {
            State::Live => Ok(true),
            State::Ended => Ok(false),
            State::Scheduled => Err(self.not_live()),
            State::Cancelled => Err(over(self.state)),
        }
    }

    /// Whether it may be cancelled; `false` if it was.
    ///
    /// # Errors
    /// `409 class_is_live`, `409 class_over` for one that was held.
    pub(super) fn check_cancel(&self) -> Result<bool, ApiError> {
        match self.state {
            State::Scheduled => Ok(true),
            State::Cancelled => Ok(false),
            State::Live => Err(is_live("end it instead")),
            State::Ended => Err(over(self.state)),
        }
    }

    /// Whether somebody may come in.
    ///
    /// # Errors
    /// `409 class_not_live` before it is, `409 class_over` afterwards.
    pub(super) fn check_join(&self) -> Result<(), ApiError> {
        match self.state {
            State::Live => Ok(()),
            State::Scheduled => Err(self.not_live()),
            State::Ended | State::Cancelled => Err(over(self.state)),
        }
    }

    /// Whether it may be changed so, of which it is `now`.
    ///
    /// # Errors
    /// `409 class_over`, `409 class_is_live` for the beginning of one that did begin, `422` for times that cannot be.
    pub(super) fn check_change(&self, change: &ClassChange, now: OffsetDateTime) -> Result<(), ApiError> {
        let (starts_at, ends_at) = (change.starts_at.unwrap_or(self.starts_at), change.ends_at.unwrap_or(self.ends_at));
        match self.state {
            State::Ended | State::Cancelled => Err(over(self.state)),
            State::Live if starts_at != self.starts_at => Err(is_live("it began; `starts_at` stays")),
            // Who changes the title of what should have begun long ago does not have to move it.
            State::Live | State::Scheduled if starts_at == self.starts_at => check_duration(starts_at, ends_at),
            State::Live | State::Scheduled => check_times(starts_at, ends_at, now),
        }
    }

    /// `409 class_not_live`, with when it is to begin.
    fn not_live(&self) -> ApiError {
        let starts_at = self.starts_at.format(&Rfc3339).unwrap_or_default();
        Problem::new(StatusCode::CONFLICT, "class_not_live", "This class has not begun yet")
            .detail("`starts_at` is when it is to begin; the event `live.started` tells when it has")
            .member("starts_at", starts_at)
            .into()
    }
}

fn is_live(detail: &'static str) -> ApiError {
    Problem::new(StatusCode::CONFLICT, "class_is_live", "This class is live").detail(detail).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_neither_long_ago_nor_far_away_nor_endless() {
        let now = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let fits =
            |starts_in: Duration, lasts: Duration| check_times(now + starts_in, now + starts_in + lasts, now).is_ok();
        let (hour, second) = (Duration::hours(1), Duration::seconds(1));
        for (starts_in, lasts, good) in [
            (-LATE_MAX, hour, true),
            (-LATE_MAX - second, hour, false),
            (AHEAD_MAX, hour, true),
            (AHEAD_MAX + second, hour, false),
            (hour, DURATION_MIN, true),
            (hour, DURATION_MIN - second, false),
            (hour, DURATION_MAX, true),
            (hour, DURATION_MAX + second, false),
            (hour, -hour, false),
        ] {
            assert_eq!(fits(starts_in, lasts), good, "in {starts_in} for {lasts}");
        }
    }
}
