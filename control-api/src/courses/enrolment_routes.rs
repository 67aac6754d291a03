//! Coming into a course, and leaving it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::course::Enrolment;
use super::course_store;
use super::enrolment::{Admission, ClassList, Listed, Place, Student};
use super::enrolment_store as store;
use crate::gateway::{Caller, Input, Params, PathId, PathIds};
use crate::page::{Page, Paging};
use crate::portfolio;
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// Come into a course. Who is in it already stays.
#[utoipa::path(post, path = "/v1/courses/{id}/enrolment", tag = "courses", params(("id" = Uuid, Path)), request_body = Admission,
    responses((status = 200, body = Place), (status = 409, description = "`course_closed`, `enrolment_by_list`")))]
pub(super) async fn enrol(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Input(admission): Input<Admission>,
) -> Result<Json<Place>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let door = store::door(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    if let Some(place) = store::place(&mut *transaction, course, caller.person).await? {
        return Ok(Json(place));
    }
    door.check(&admission)?;
    store::enrol(&mut transaction, course, &[caller.person], door.enrolment).await?;
    transaction.commit().await?;
    portfolio::members_changed(&api, course, &[caller.person]).await?;
    store::place(api.database.primary(), course, caller.person).await?.map(Json).ok_or_else(not_found)
}

/// Leave a course. What was done in it stays, for a return.
#[utoipa::path(delete, path = "/v1/courses/{id}/enrolment", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn leave(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
) -> Result<StatusCode, ApiError> {
    let left = store::leave(&api.database, course, caller.person).await?;
    portfolio::members_changed(&api, course, &[caller.person]).await?;
    if left { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}

/// Those in a course.
#[utoipa::path(get, path = "/v1/courses/{id}/enrolments", tag = "courses", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Student>)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Student>>, ApiError> {
    let primary = api.database.primary();
    course_store::check_may_change(primary, caller.into(), course).await?;
    let students = store::students(primary, course, paging.after()?, paging.rows()).await?;
    Ok(Json(paging.page(students, |student| student.id)))
}

/// Take those with these addresses into a course.
#[utoipa::path(post, path = "/v1/courses/{id}/enrolments", tag = "courses", params(("id" = Uuid, Path)), request_body = ClassList,
    responses((status = 200, body = Listed)))]
pub(super) async fn enrol_listed(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Input(list): Input<ClassList>,
) -> Result<Json<Listed>, ApiError> {
    let mut transaction = api.database.begin().await?;
    course_store::hold(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    let known: HashMap<_, _> = store::people_by_email(&mut transaction, &list.emails).await?.into_iter().collect();
    let people: Vec<Uuid> = known.values().copied().collect();
    let enrolled = store::enrol(&mut transaction, course, &people, Enrolment::List).await?;
    transaction.commit().await?;
    portfolio::members_changed(&api, course, &enrolled).await?;
    let unknown = list.emails.into_iter().filter(|email| !known.contains_key(&email.to_lowercase())).collect();
    Ok(Json(Listed { enrolled: people.len(), unknown }))
}

/// Take somebody out of a course.
#[utoipa::path(delete, path = "/v1/courses/{id}/enrolments/{person}", tag = "courses",
    params(("id" = Uuid, Path), ("person" = Uuid, Path)), responses((status = 204)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathIds(course, person): PathIds,
) -> Result<StatusCode, ApiError> {
    course_store::check_may_change(api.database.primary(), caller.into(), course).await?;
    let left = store::leave(&api.database, course, person).await?;
    portfolio::members_changed(&api, course, &[person]).await?;
    if left { Ok(StatusCode::NO_CONTENT) } else { Err(not_found()) }
}
