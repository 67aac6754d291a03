//! Taking part in a course: who gets in, and how.

use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::course::{Enrolment, State};
use crate::problem::{ApiError, invalid_field};

/// Addresses of one list. A larger class comes in several.
const LISTED_MAX: usize = 200;

/// How somebody wants to get in.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Admission {
    /// Where the course wants one.
    #[garde(length(chars, max = 16))]
    #[schema(max_length = 16)]
    pub(super) code: Option<String>,
}

/// Whom a tutor takes in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassList {
    /// The addresses that they signed up with.
    #[garde(length(min = 1, max = LISTED_MAX), inner(length(max = 254)))]
    #[schema(min_items = 1, max_items = 200)]
    pub(super) emails: Vec<String>,
}

/// What became of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed {
    /// How many of them are in the course now.
    pub(super) enrolled: usize,
    /// Addresses that nobody signed up with.
    pub(super) unknown: Vec<String>,
}

/// Somebody's place in a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Place {
    /// In which.
    pub(super) course_id: Uuid,
    /// How they got in.
    pub(super) source: Enrolment,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) enrolled_at: OffsetDateTime,
}

/// A student of a course, as its tutors see them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Student {
    /// Who.
    pub(super) id: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// Where mail reaches them.
    pub(super) email: String,
    /// How they got in.
    pub(super) source: Enrolment,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) enrolled_at: OffsetDateTime,
}

/// What a course lets in.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) state: State,
    pub(super) enrolment: Enrolment,
    pub(super) code: Option<String>,
}

impl Door {
    /// Whether somebody gets in by themselves.
    pub(super) fn check(&self, admission: &Admission) -> Result<(), ApiError> {
        if self.state != State::Published {
            return Err(
                Problem::new(StatusCode::CONFLICT, "course_closed", "Nobody comes into this course any more").into()
            );
        }
        match self.enrolment {
            Enrolment::Open => Ok(()),
            Enrolment::List => {
                let title = "Only its tutors take somebody into this course";
                Err(Problem::new(StatusCode::CONFLICT, "enrolment_by_list", title).into())
            }
            // As people read it from a blackboard.
            Enrolment::Code => match (&admission.code, &self.code) {
                (Some(said), Some(code)) if said.trim().eq_ignore_ascii_case(code) => Ok(()),
                _ => Err(invalid_field("/code", "the code of this course, which its tutors know")),
            },
        }
    }
}

/// `403`: for those who are in the course.
pub(crate) fn needed() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "enrolment_needed", "This is for those who are in the course")
}

/// `403`: for those who are in this course, which they see.
pub(crate) fn needed_in(course: Uuid) -> Problem {
    needed().member("course", course.to_string())
}

/// `409`: other lessons of the course first.
pub(crate) fn locked(course: Uuid) -> Problem {
    Problem::new(StatusCode::CONFLICT, "lesson_locked", "Other lessons must be complete before this one")
        .detail("`requires` of the lesson, among the lessons of `course`, names them")
        .member("course", course.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enters(state: State, enrolment: Enrolment, code: Option<&str>) -> bool {
        let door = Door { state, enrolment, code: Some("ABCD2345".to_owned()) };
        door.check(&Admission { code: code.map(str::to_owned) }).is_ok()
    }

    #[test]
    fn a_door_opens_as_the_course_says() {
        let published = State::Published;
        assert!(enters(published, Enrolment::Open, None));
        assert!(enters(published, Enrolment::Open, Some("whatever")));
        assert!(enters(published, Enrolment::Code, Some(" abcd2345 ")));
        for code in [None, Some(""), Some("ABCD2346"), Some("ABCD234")] {
            assert!(!enters(published, Enrolment::Code, code), "{code:?}");
        }
        assert!(!enters(published, Enrolment::List, Some("ABCD2345")));
        assert!(!enters(State::Archived, Enrolment::Open, None));
        assert!(!enters(State::Draft, Enrolment::Open, None));
    }
}
