//! How a course goes, for its tutors.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use lectern_platform::cache::value_or_else;
use uuid::Uuid;

use super::overview::{Overview, StudentDetail, StudentStanding};
use super::overview_store as store;
use crate::courses;
use crate::gateway::{Caller, Params, PathId, PathIds};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// How old an overview may be. In a course of 10,000 students it takes Postgres the better part of a second, and tutors leave
/// the page open.
const OVERVIEW_TTL: Duration = Duration::from_secs(5);

/// How a course goes, lesson by lesson and quiz by quiz, among those who are in it now. A few seconds old at most.
#[utoipa::path(get, path = "/v1/courses/{id}/overview", tag = "portfolio", params(("id" = Uuid, Path)),
    responses((status = 200, body = Overview)))]
pub(super) async fn overview(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
) -> Result<Response, ApiError> {
    courses::check_tutor(&api, caller, course).await?;
    let source = async {
        let overview = api.database.read(|pool| async move { store::overview(&pool, course).await }).await?;
        serde_json::to_vec(&overview).map(Bytes::from).map_err(|error| ApiError::Internal(error.to_string()))
    };
    let json = value_or_else(&*api.stores.cache, &format!("overview:{course}"), OVERVIEW_TTL, source).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// How far the students of a course are, in the order in which they signed up.
#[utoipa::path(get, path = "/v1/courses/{id}/progress", tag = "portfolio", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<StudentStanding>)))]
pub(super) async fn standings(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<StudentStanding>>, ApiError> {
    let (after, rows): (Option<Uuid>, _) = (paging.after()?, paging.rows());
    courses::check_tutor(&api, caller, course).await?;
    let found = api.database.read(|pool| async move { store::standings(&pool, course, after, rows).await }).await?;
    Ok(Json(paging.page(found, |student| student.person)))
}

/// All that a student did in a course, lesson by lesson and quiz by quiz; of one who left, too.
#[utoipa::path(get, path = "/v1/courses/{id}/students/{person}", tag = "portfolio",
    params(("id" = Uuid, Path), ("person" = Uuid, Path)), responses((status = 200, body = StudentDetail)))]
pub(super) async fn student(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathIds(course, person): PathIds,
) -> Result<Json<StudentDetail>, ApiError> {
    courses::check_tutor(&api, caller, course).await?;
    let found = api.database.read(|pool| async move { store::student(&pool, course, person).await }).await?;
    found.map(Json).ok_or_else(not_found)
}
