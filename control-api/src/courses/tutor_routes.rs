//! Who teaches a course together.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::course_trail::record;
use super::{course_store, tutor_store as store};
use crate::accounts::Client;
use crate::gateway::{Caller, Input, PathId, PathIds};
use crate::problem::{ApiError, invalid_field, not_found};
use crate::server::Api;

/// Tutors of one course. All of them come in one answer.
const TUTORS_MAX: usize = 20;

/// A tutor of a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tutor {
    /// Who.
    pub(super) id: Uuid,
    /// How others see them.
    pub(super) name: String,
    /// Where mail reaches them.
    pub(super) email: String,
}

/// Everybody who teaches a course.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tutors {
    /// In the order in which they came.
    items: Vec<Tutor>,
}

/// Who is to teach too.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTutor {
    /// The address of a tutor.
    #[garde(length(max = 254))]
    #[schema(max_length = 254)]
    email: String,
}

/// Everybody who teaches a course.
#[utoipa::path(get, path = "/v1/courses/{id}/tutors", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 200, body = Tutors)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
) -> Result<Json<Tutors>, ApiError> {
    let primary = api.database.primary();
    course_store::check_may_change(primary, caller.into(), course).await?;
    Ok(Json(Tutors { items: store::tutors(primary, course).await? }))
}

/// Let another tutor teach a course too, with all rights.
#[utoipa::path(post, path = "/v1/courses/{id}/tutors", tag = "courses", params(("id" = Uuid, Path)), request_body = NewTutor,
    responses((status = 200, body = Tutors), (status = 409, description = "`too_many_tutors`")))]
pub(super) async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(course): PathId,
    Input(new): Input<NewTutor>,
) -> Result<Json<Tutors>, ApiError> {
    let mut transaction = api.database.begin().await?;
    course_store::hold(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    let Some(tutor) = store::insert(&mut transaction, course, &new.email).await? else {
        return Err(invalid_field("/email", "the address of somebody who is a tutor"));
    };
    let items = store::tutors(&mut *transaction, course).await?;
    if items.len() > TUTORS_MAX {
        let problem = Problem::new(StatusCode::CONFLICT, "too_many_tutors", "This course has as many tutors as it may");
        return Err(problem.detail(format!("{TUTORS_MAX} tutors are the most")).into());
    }
    record(&api, "course.tutor_added", caller, &client, course, Some(tutor)).await?;
    transaction.commit().await?;
    Ok(Json(Tutors { items }))
}

/// Let a tutor, or oneself, no longer teach a course. One stays.
#[utoipa::path(delete, path = "/v1/courses/{id}/tutors/{person}", tag = "courses",
    params(("id" = Uuid, Path), ("person" = Uuid, Path)), responses((status = 204), (status = 409, description = "`last_tutor`")))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathIds(course, person): PathIds,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    course_store::hold(&mut transaction, caller.into(), course).await?.ok_or_else(not_found)?;
    if !store::delete(&mut transaction, course, person).await? {
        return Err(not_found());
    }
    if store::tutors(&mut *transaction, course).await?.is_empty() {
        return Err(Problem::new(StatusCode::CONFLICT, "last_tutor", "A course has at least one tutor").into());
    }
    record(&api, "course.tutor_removed", caller, &client, course, Some(person)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
