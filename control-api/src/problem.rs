//! What can go wrong with a request, and what the client learns of it.
//!
//! Every handler returns `Result<_, ApiError>`. A refusal of the domain is a [`Problem`] (`?` turns it into an error); what
//! Postgres refuses becomes a client's error if the constraint is listed ([`Constraint`]), `503` if Postgres is away, and
//! else our own `500`, which is logged here and told to nobody.

use std::borrow::Cow;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lectern_platform::problem::{FieldError, FieldPlace, Problem};
use utoipa::ToSchema;

use crate::database::is_away;
use crate::{accounts, courses, live, progress, quizzes};

/// When to try again after Postgres was away.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// An error on its way to a client.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// What the client should know.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// Of the database, not looked at yet.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A bug of ours, or a broken machine. Logged, and answered with `500 internal`.
    #[error("{0}")]
    Internal(String),
}

/// What a named constraint of the schema means to the client whose request ran into it.
#[derive(Debug)]
pub struct Constraint {
    /// Its name in the schema.
    pub name: &'static str,
    /// `409` for a conflict with what is there, `422` for what was sent.
    pub status: StatusCode,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub title: &'static str,
    /// The field at fault as a JSON pointer, if one is.
    pub field: &'static str,
    /// What is allowed there.
    pub allowed: &'static str,
}

/// Every area's. A constraint that input never reaches, because it is validated before, need not be listed.
const CONSTRAINTS: &[&[Constraint]] =
    &[accounts::CONSTRAINTS, courses::CONSTRAINTS, live::CONSTRAINTS, progress::CONSTRAINTS, quizzes::CONSTRAINTS];

/// `404`: it does not exist, or is none of the caller's business.
#[must_use]
pub fn not_found() -> ApiError {
    Problem::not_found().into()
}

/// `422 invalid`, with every field at fault.
#[must_use]
pub fn invalid(errors: Vec<FieldError>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid")
        .detail("`errors` names each field at fault and what is allowed there")
        .errors(errors)
}

/// `422 invalid` for one field of the body; `field` is a JSON pointer.
#[must_use]
pub fn invalid_field(field: impl Into<String>, allowed: impl Into<Cow<'static, str>>) -> ApiError {
    invalid(vec![FieldError { r#in: FieldPlace::Body, field: field.into(), message: allowed.into() }]).into()
}

/// `503 database_unavailable`.
pub(crate) fn unavailable() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "database_unavailable", "The database does not answer right now")
        .retry_after(RETRY_AFTER)
}

impl ApiError {
    /// As the client sees it. What it does not see is logged here.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Refused(problem) => problem,
            Self::Database(error) => database_problem(&error),
            Self::Internal(message) => {
                tracing::error!(message, "internal error");
                Problem::internal()
            }
        }
    }
}

fn database_problem(error: &sqlx::Error) -> Problem {
    match error {
        sqlx::Error::RowNotFound => Problem::not_found(),
        error if is_away(error) => {
            tracing::warn!(%error, "the database is away");
            unavailable()
        }
        sqlx::Error::Database(refusal) => refusal_problem(&**refusal),
        _ => {
            tracing::error!(%error, "database error");
            Problem::internal()
        }
    }
}

/// By Postgres' own codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn refusal_problem(refusal: &dyn sqlx::error::DatabaseError) -> Problem {
    if let Some(known) = refusal.constraint().and_then(constraint) {
        let problem = Problem::new(known.status, known.code, known.title);
        let field = FieldError { r#in: FieldPlace::Body, field: known.field.to_owned(), message: known.allowed.into() };
        return if known.allowed.is_empty() { problem } else { problem.errors(vec![field]) };
    }
    let code = refusal.code().unwrap_or_default();
    match &*code {
        // A number or time that is out of reach, in a cursor that was made up: what is validated is within.
        "22003" | "22008" => invalid(vec![FieldError {
            r#in: FieldPlace::Query,
            field: "/after".to_owned(),
            message: "`next` of a page of this list, as it came".into(),
        }]),
        // Text with U+0000, which JSON can say and Postgres cannot keep.
        "22021" | "22P05" => invalid(vec![FieldError {
            r#in: FieldPlace::Body,
            field: String::new(),
            message: "text without the character U+0000".into(),
        }]),
        // Became a replica, statement timeout, deadlock, serialization failure.
        "25006" | "57014" | "40P01" | "40001" => {
            tracing::warn!(%code, message = refusal.message(), "the database refused for now");
            unavailable()
        }
        _ => {
            tracing::error!(%code, message = refusal.message(), constraint = refusal.constraint(), "database error");
            Problem::internal()
        }
    }
}

fn constraint(name: &str) -> Option<&'static Constraint> {
    CONSTRAINTS.iter().flat_map(|area| area.iter()).find(|constraint| constraint.name == name)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.into_problem().into_response()
    }
}

/// How [`Problem`] looks, for the OpenAPI document (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "read by the macro alone")]
pub(crate) struct ProblemSchema {
    /// `urn:lectern:problem:` and the code.
    r#type: String,
    /// The same for every occurrence.
    title: String,
    /// The response's status.
    status: u16,
    /// Stable; what programs match on.
    code: String,
    /// What is wrong this time.
    detail: Option<String>,
    /// Every field at fault.
    errors: Option<Vec<FieldErrorSchema>>,
    /// The name under which the logs know the request.
    request_id: Option<String>,
    /// Of `class_not_live`: when the class is to begin.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
}

/// A field at fault.
#[derive(ToSchema)]
#[schema(as = FieldError)]
#[allow(dead_code, reason = "read by the macro alone")]
pub(crate) struct FieldErrorSchema {
    /// `body` or `query`.
    r#in: String,
    /// A JSON pointer (RFC 6901).
    field: String,
    /// What is allowed.
    message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constraint_is_listed_once_and_is_in_the_schema() {
        let schema: String =
            crate::database::MIGRATIONS.iter().map(|migration| migration.sql.as_str().to_owned()).collect();
        let mut seen = std::collections::HashSet::new();
        for constraint in CONSTRAINTS.iter().flat_map(|area| area.iter()) {
            assert!(seen.insert(constraint.name), "{} twice", constraint.name);
            assert!(schema.contains(constraint.name), "{} is not in migrations/", constraint.name);
            assert!(constraint.field.is_empty() || constraint.field.starts_with('/'), "{}", constraint.name);
        }
    }
}
