//! A course: what is said of it, and the states that it goes through.

use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// The characters of codes: none that is taken for another.
const CODE_ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// How long a code is: 31^8 are too many to guess one through the rate limit, and few enough to be read from a blackboard.
pub(crate) const CODE_LENGTH: usize = 8;

/// Who sees a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = CourseState)]
pub(crate) enum State {
    /// Its tutors alone.
    Draft,
    /// Everybody.
    Published,
    /// Those who are in it. Nobody comes in any more.
    Archived,
}

/// How students get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub(crate) enum Enrolment {
    /// Whoever wants to.
    Open,
    /// Whoever knows the code.
    Code,
    /// Whom a tutor lists.
    List,
}

/// A course in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CourseSummary {
    /// Which.
    pub(crate) id: Uuid,
    /// One line.
    pub(crate) title: String,
    /// What it is about, in a sentence or two.
    pub(crate) summary: String,
    /// Who sees it.
    pub(crate) state: State,
    /// How students get in.
    pub(crate) enrolment: Enrolment,
    /// How many lessons students see.
    pub(crate) lessons: i64,
    /// When it was published first.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) published_at: Option<OffsetDateTime>,
}

/// A course in the list of those who may change it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaughtCourse {
    /// Which.
    pub(crate) id: Uuid,
    /// One line.
    pub(crate) title: String,
    /// What it is about, in a sentence or two.
    pub(crate) summary: String,
    /// Who sees it.
    pub(crate) state: State,
    /// How students get in.
    pub(crate) enrolment: Enrolment,
    /// How many lessons students see.
    pub(crate) lessons: i64,
    /// When it was published first.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) published_at: Option<OffsetDateTime>,
    /// Its tutors' names, in the order in which they came.
    pub(crate) tutors: Vec<String>,
    /// How many students are in it.
    pub(crate) students: i64,
}

/// A course.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Course {
    /// Which.
    pub(crate) id: Uuid,
    /// One line.
    pub(crate) title: String,
    /// What it is about, in a sentence or two.
    pub(crate) summary: String,
    /// All about it.
    pub(crate) description: String,
    /// Who sees it.
    pub(crate) state: State,
    /// How students get in.
    pub(crate) enrolment: Enrolment,
    /// What students need to get in; shown to its tutors alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// Its tutors' names.
    pub(crate) tutors: Vec<String>,
    /// Whether the caller may change it.
    pub(crate) may_change: bool,
    /// Whether the caller is in it.
    pub(crate) enrolled: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) updated_at: OffsetDateTime,
    /// When it was published first.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) published_at: Option<OffsetDateTime>,
}

/// A new course, a draft.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCourse {
    /// One line.
    #[garde(custom(title_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) title: String,
    /// What it is about, in a sentence or two.
    #[garde(length(chars, max = 300))]
    #[serde(default)]
    #[schema(max_length = 300)]
    pub(crate) summary: String,
    /// All about it.
    #[garde(length(chars, max = 20_000))]
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub(crate) description: String,
    /// How students get in; `open` if nothing is said.
    #[garde(skip)]
    pub(crate) enrolment: Option<Enrolment>,
}

/// What is to be different about a course.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CourseChange {
    /// One line.
    #[garde(inner(custom(title_line)))]
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) title: Option<String>,
    /// What it is about, in a sentence or two.
    #[garde(length(chars, max = 300))]
    #[schema(max_length = 300)]
    pub(crate) summary: Option<String>,
    /// All about it.
    #[garde(length(chars, max = 20_000))]
    #[schema(max_length = 20_000)]
    pub(crate) description: Option<String>,
    /// How students get in. With `code` it gets one, if it has none.
    #[garde(skip)]
    pub(crate) enrolment: Option<Enrolment>,
    /// Who sees it. A course that was published is no draft again.
    #[garde(skip)]
    pub(crate) state: Option<State>,
}

impl State {
    /// Whether a course may go from here to there.
    pub(super) fn check_becoming(self, next: Self) -> Result<(), Problem> {
        match (self, next) {
            (Self::Draft, Self::Archived) => Err(Problem::new(
                StatusCode::CONFLICT,
                "course_is_draft",
                "Nobody has seen this course yet: delete it instead",
            )),
            (Self::Published | Self::Archived, Self::Draft) => Err(Problem::new(
                StatusCode::CONFLICT,
                "course_was_published",
                "A course that was published is no draft again: archive it instead",
            )),
            (Self::Draft, Self::Draft | Self::Published)
            | (Self::Published | Self::Archived, Self::Published | Self::Archived) => Ok(()),
        }
    }
}

/// For `garde`: a title is a line of 1 to 120 characters.
pub(crate) fn title_line(text: &str, (): &()) -> garde::Result {
    let good = (1..=120).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    if good { Ok(()) } else { Err(garde::Error::new("1 to 120 characters on one line, without spaces around them")) }
}

/// A new code.
pub(super) fn code() -> String {
    // A byte's remainder by 31 prefers eight of the characters by an eighth: nothing that helps to guess.
    rand::random::<[u8; CODE_LENGTH]>()
        .iter()
        .map(|byte| char::from(CODE_ALPHABET[usize::from(*byte) % CODE_ALPHABET.len()]))
        .collect()
}

/// What somebody typed as Postgres' `to_tsquery` wants it: every word, the last of them perhaps not yet complete.
pub(super) fn words(typed: &str) -> String {
    let words = typed.split_whitespace().map(|word| word.replace(['\'', '\\', '\0'], " "));
    let quoted: Vec<_> = words.filter(|word| !word.trim().is_empty()).map(|word| format!("'{word}':*")).collect();
    quoted.join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_published_once_and_archived_and_back() {
        use State::{Archived, Draft, Published};
        let allowed = [(Draft, Draft), (Draft, Published), (Published, Archived), (Archived, Published)];
        for (from, to) in allowed {
            assert!(from.check_becoming(to).is_ok(), "{from:?} {to:?}");
        }
        for (from, to) in [(Draft, Archived), (Published, Draft), (Archived, Draft)] {
            assert!(from.check_becoming(to).is_err(), "{from:?} {to:?}");
        }
    }

    #[test]
    fn codes_are_readable_and_differ() {
        let (one, two) = (code(), code());
        assert_ne!(one, two);
        assert!(one.len() == CODE_LENGTH && one.bytes().all(|byte| CODE_ALPHABET.contains(&byte)));
    }

    #[test]
    fn whatever_is_typed_is_words() {
        assert_eq!(words("linear  alg"), "'linear':* & 'alg':*");
        assert_eq!(words("it's | ! a\\"), "'it s':* & '|':* & '!':* & 'a ':*");
        assert_eq!(words(" ' "), "");
    }
}
