//! Courses, their lessons in order, and who takes part.
//!
//! A tutor makes a course, alone or with others, and publishes it; then everybody sees it in the catalogue, and students come
//! in as its enrolment says. Every query carries who asks ([`viewer::Viewer`]): what is a stranger's is not found.

mod course;
mod course_routes;
mod course_store;
mod course_trail;
mod enrolment;
mod enrolment_routes;
mod enrolment_store;
mod lesson;
mod lesson_routes;
mod lesson_store;
mod tutor_routes;
mod tutor_store;
pub(crate) mod viewer;

use std::sync::Arc;

use axum::http::StatusCode;
use sqlx::{PgConnection, PgExecutor};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::gateway::Caller;
use crate::problem::{ApiError, Constraint, not_found};
use crate::server::Api;

pub(crate) use course::{Enrolment, State as CourseState, title_line};
pub(crate) use lesson::Completion;

/// What the database refuses here.
pub(crate) const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "lessons_watched_needs_video",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: "video_needed",
        title: "A lesson without a video cannot be complete by watching it",
        field: "/completion",
        allowed: "`quiz` or `marked`, or `watched` together with `video_s`",
    },
    Constraint {
        name: "lesson_prerequisites_requires",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: "invalid",
        title: "The request is not valid",
        field: "/requires",
        allowed: "lessons of the same course",
    },
    Constraint {
        name: "enrolments_course",
        status: StatusCode::CONFLICT,
        code: "course_has_students",
        title: "Somebody took part in this course: archive it instead",
        field: "",
        allowed: "",
    },
];

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(course_routes::catalogue, course_routes::create))
        .routes(routes!(course_routes::one, course_routes::change, course_routes::delete))
        .routes(routes!(course_routes::renew_code))
        .routes(routes!(course_routes::taught))
        .routes(routes!(tutor_routes::list, tutor_routes::add))
        .routes(routes!(tutor_routes::remove))
        .routes(routes!(lesson_routes::outline, lesson_routes::create))
        .routes(routes!(lesson_routes::reorder))
        .routes(routes!(lesson_routes::one, lesson_routes::change, lesson_routes::delete))
        .routes(routes!(enrolment_routes::enrol, enrolment_routes::leave))
        .routes(routes!(enrolment_routes::list, enrolment_routes::enrol_listed))
        .routes(routes!(enrolment_routes::remove))
}

/// Lets somebody into a lesson as a student: in its course, with what it requires complete.
///
/// # Errors
/// `404`, `403 enrolment_needed` or `409 lesson_locked`.
pub(crate) async fn check_student(api: &Api, caller: Caller, lesson: Uuid) -> Result<(), ApiError> {
    admit(&gate_of(api, caller, lesson).await?)
}

async fn gate_of(api: &Api, caller: Caller, lesson: Uuid) -> Result<lesson_store::Gate, ApiError> {
    lesson_store::gate(api.database.primary(), caller.into(), lesson).await?.ok_or_else(not_found)
}

fn admit(gate: &lesson_store::Gate) -> Result<(), ApiError> {
    match gate {
        lesson_store::Gate { course, enrolled: false, .. } => Err(enrolment::needed_in(*course).into()),
        lesson_store::Gate { published: false, .. } => Err(not_found()),
        lesson_store::Gate { course, locked: true, .. } => Err(enrolment::locked(*course).into()),
        lesson_store::Gate { .. } => Ok(()),
    }
}

/// Lets somebody read a lesson: as a student ([`check_student`]), or because it is theirs to change. Whether it is.
///
/// # Errors
/// As [`check_student`].
pub(crate) async fn check_reader(api: &Api, caller: Caller, lesson: Uuid) -> Result<bool, ApiError> {
    let gate = gate_of(api, caller, lesson).await?;
    if gate.may_change { Ok(true) } else { admit(&gate).map(|()| false) }
}

/// `403 enrolment_needed`: who is not in a course does not see what is.
pub(crate) fn enrolment_needed() -> ApiError {
    enrolment::needed().into()
}

/// Lets those in who take part in a course. Whether it is theirs to change.
///
/// # Errors
/// `404`, or `403 enrolment_needed` for who sees it from outside.
pub(crate) async fn check_member(api: &Api, caller: Caller, course: Uuid) -> Result<bool, ApiError> {
    let seen = course_store::course(api.database.primary(), caller.into(), course).await?.ok_or_else(not_found)?;
    if seen.may_change || seen.enrolled { Ok(seen.may_change) } else { Err(enrolment_needed()) }
}

/// Holds a course that is the caller's to change until the transaction ends; its state.
///
/// # Errors
/// `404` for everybody else.
pub(crate) async fn hold(connection: &mut PgConnection, caller: Caller, course: Uuid) -> Result<CourseState, ApiError> {
    course_store::hold(connection, caller.into(), course).await?.ok_or_else(not_found)
}

/// Holds the course of a lesson as [`hold`]; which it is.
///
/// # Errors
/// `404` for everybody else.
pub(crate) async fn hold_by_lesson(
    connection: &mut PgConnection,
    caller: Caller,
    lesson: Uuid,
) -> Result<Uuid, ApiError> {
    lesson_store::hold(connection, caller.into(), lesson).await?.ok_or_else(not_found)
}

/// Lets somebody look at a course as one of its tutors.
///
/// # Errors
/// `404`.
pub(crate) async fn check_tutor(api: &Api, caller: Caller, course: Uuid) -> Result<(), ApiError> {
    course_store::check_may_change(api.database.primary(), caller.into(), course).await
}

/// What completes a lesson, if there is one.
pub(crate) async fn completion_of(
    executor: impl PgExecutor<'_>,
    lesson: Uuid,
) -> Result<Option<Completion>, sqlx::Error> {
    lesson_store::completion(executor, lesson).await
}
