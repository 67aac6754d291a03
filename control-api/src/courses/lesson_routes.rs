//! A course's outline, and its lessons.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use lectern_platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::lesson::{LESSONS_MAX, Lesson, LessonChange, LessonOrder, NewLesson, Outline, makes_cycle};
use super::lesson_store as store;
use super::viewer::Viewer;
use super::{course_store, enrolment};
use crate::gateway::{Caller, Input, PathId};
use crate::portfolio;
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;

/// A course's lessons in order. Its tutors see those that are not published too.
#[utoipa::path(get, path = "/v1/courses/{id}/lessons", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 200, body = Outline)))]
pub(super) async fn outline(
    State(api): State<Arc<Api>>,
    caller: Option<Caller>,
    PathId(course): PathId,
) -> Result<Json<Outline>, ApiError> {
    outline_of(&api, caller.into(), course).await
}

/// Add a lesson at the end of a course.
#[utoipa::path(post, path = "/v1/courses/{id}/lessons", tag = "courses", params(("id" = Uuid, Path)), request_body = NewLesson,
    responses((status = 201, body = Lesson), (status = 409, description = "`too_many_lessons`")))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Input(new): Input<NewLesson>,
) -> Result<(StatusCode, Json<Lesson>), ApiError> {
    let mut transaction = api.database.begin().await?;
    course_store::hold(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    if store::count(&mut transaction, course).await? >= LESSONS_MAX {
        let problem =
            Problem::new(StatusCode::CONFLICT, "too_many_lessons", "This course has as many lessons as it may");
        return Err(problem.detail(format!("{LESSONS_MAX} lessons are the most")).into());
    }
    let id = store::insert(&mut transaction, course, &new).await?;
    require(&mut transaction, course, id, &new.requires).await?;
    transaction.commit().await?;
    portfolio::course_changed(&api, course).await?;
    Ok((StatusCode::CREATED, one_of(&api, id).await?))
}

/// Put a course's lessons in another order, all of them in one request.
#[utoipa::path(put, path = "/v1/courses/{id}/lessons/order", tag = "courses", params(("id" = Uuid, Path)), request_body = LessonOrder,
    responses((status = 200, body = Outline), (status = 409, description = "`lessons_changed`")))]
pub(super) async fn reorder(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Input(order): Input<LessonOrder>,
) -> Result<Json<Outline>, ApiError> {
    let mut transaction = api.database.begin().await?;
    course_store::hold(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    if !store::reorder(&mut transaction, course, &order.lessons).await? {
        let title = "These are not the lessons that the course has now";
        return Err(Problem::new(StatusCode::CONFLICT, "lessons_changed", title).into());
    }
    transaction.commit().await?;
    portfolio::course_changed(&api, course).await?;
    outline_of(&api, caller.into(), course).await
}

/// A lesson, for those who are in its course.
#[utoipa::path(get, path = "/v1/lessons/{id}", tag = "courses", params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Lesson),
        (status = 403, description = "`enrolment_needed`; `course` says in which"),
        (status = 409, description = "`lesson_locked`; the lessons of `course` say what has to be done first")
    ))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Option<Caller>,
    PathId(id): PathId,
) -> Result<Json<Lesson>, ApiError> {
    let gate = store::gate(api.database.primary(), caller.into(), id).await?.ok_or_else(not_found)?;
    match gate {
        store::Gate { may_change: true, .. } | store::Gate { enrolled: true, locked: false, .. } => {
            one_of(&api, id).await
        }
        store::Gate { course, enrolled: true, .. } => Err(enrolment::locked(course).into()),
        store::Gate { course, .. } => Err(enrolment::needed_in(course).into()),
    }
}

/// Change a lesson, publish it or take it back.
#[utoipa::path(patch, path = "/v1/lessons/{id}", tag = "courses", params(("id" = Uuid, Path)), request_body = LessonChange,
    responses((status = 200, body = Lesson)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Input(change): Input<LessonChange>,
) -> Result<Json<Lesson>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let course = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    store::update(&mut transaction, course, id, &change).await?;
    if let Some(requires) = &change.requires {
        require(&mut transaction, course, id, requires).await?;
    }
    transaction.commit().await?;
    portfolio::course_changed(&api, course).await?;
    one_of(&api, id).await
}

/// Delete a lesson in which nobody made progress.
#[utoipa::path(delete, path = "/v1/lessons/{id}", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`lesson_has_progress`")))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    let course = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    store::delete(&mut transaction, course, id).await?;
    transaction.commit().await?;
    portfolio::course_changed(&api, course).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn require(connection: &mut PgConnection, course: Uuid, lesson: Uuid, requires: &[Uuid]) -> Result<(), ApiError> {
    let others = store::prerequisites_without(connection, course, lesson).await?;
    if makes_cycle(lesson, requires, &others) {
        return Err(invalid_field("/requires", "lessons that do not require this one themselves, be it over others"));
    }
    Ok(store::replace_prerequisites(connection, course, lesson, requires).await?)
}

async fn outline_of(api: &Api, viewer: Viewer, course: Uuid) -> Result<Json<Outline>, ApiError> {
    let primary = api.database.primary();
    let seen = course_store::course(primary, viewer, course).await?.ok_or_else(not_found)?;
    Ok(Json(Outline { items: store::outline(primary, viewer, course, seen.may_change).await? }))
}

async fn one_of(api: &Api, id: Uuid) -> Result<Json<Lesson>, ApiError> {
    store::lesson(api.database.primary(), id).await?.map(Json).ok_or_else(not_found)
}
