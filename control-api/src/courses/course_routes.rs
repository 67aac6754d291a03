//! The catalogue, a tutor's courses, and changing one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::course::{self, Course, CourseChange, CourseSummary, NewCourse, State as CourseState, TaughtCourse};
use super::course_store as store;
use super::course_trail::record;
use super::viewer::Viewer;
use crate::accounts::Client;
use crate::gateway::{Caller, Input, Params, PathId};
use crate::page::{Page, Paging};
use crate::portfolio;
use crate::problem::{ApiError, not_found};
use crate::server::Api;

/// Which courses, and which page of them.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CatalogueParams {
    /// Words of the title; the beginning of a word is enough.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    q: Option<String>,
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Which of the courses that the caller may change, and which page of them.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TaughtParams {
    /// Words of the title; the beginning of a word is enough.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    q: Option<String>,
    /// In this state alone.
    #[garde(skip)]
    state: Option<CourseState>,
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// The catalogue: published courses, the newest first.
#[utoipa::path(get, path = "/v1/courses", tag = "courses", params(CatalogueParams),
    responses((status = 200, body = Page<CourseSummary>)))]
pub(super) async fn catalogue(
    State(api): State<Arc<Api>>,
    Params(params): Params<CatalogueParams>,
) -> Result<Json<Page<CourseSummary>>, ApiError> {
    let paging = Paging { after: params.after, limit: params.limit };
    let (after, rows) = (paging.after()?, paging.rows());
    let words = params.q.as_deref().filter(|typed| !typed.trim().is_empty()).map(course::words);
    let words = words.as_deref();
    let found = api.database.read(|pool| async move {
        match words {
            Some(words) => store::search(&pool, words, after, rows).await,
            None => store::catalogue(&pool, after, rows).await,
        }
    });
    let found = found.await?;
    Ok(Json(paging.page(found, |course| -> store::CatalogueKey {
        let nanos = course.published_at.map_or(0, time::OffsetDateTime::unix_timestamp_nanos);
        (i64::try_from(nanos / 1_000).unwrap_or_default(), course.id)
    })))
}

/// The courses that the caller may change: a tutor's own, for an admin all. The newest first.
#[utoipa::path(get, path = "/v1/me/teaching", tag = "courses", params(TaughtParams),
    responses((status = 200, body = Page<TaughtCourse>)))]
pub(super) async fn taught(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Params(params): Params<TaughtParams>,
) -> Result<Json<Page<TaughtCourse>>, ApiError> {
    let paging = Paging { after: params.after, limit: params.limit };
    let (after, primary): (Option<Uuid>, _) = (paging.after()?, api.database.primary());
    let words = params.q.as_deref().filter(|typed| !typed.trim().is_empty()).map(course::words);
    let found = store::taught(primary, caller.into(), words.as_deref(), params.state, after, paging.rows()).await?;
    Ok(Json(paging.page(found, |course| course.id)))
}

/// Make a course. It is a draft, and the caller its first tutor.
#[utoipa::path(post, path = "/v1/courses", tag = "courses", request_body = NewCourse,
    responses((status = 201, body = Course)))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Input(new): Input<NewCourse>,
) -> Result<(StatusCode, Json<Course>), ApiError> {
    let mut transaction = api.database.begin().await?;
    let id = store::insert(&mut transaction, caller.person, &new, &course::code()).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, one_of(&api, caller.into(), id).await?))
}

/// A course.
#[utoipa::path(get, path = "/v1/courses/{id}", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 200, body = Course)))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Option<Caller>,
    PathId(id): PathId,
) -> Result<Json<Course>, ApiError> {
    one_of(&api, caller.into(), id).await
}

/// Change a course, publish or archive it.
#[utoipa::path(patch, path = "/v1/courses/{id}", tag = "courses", params(("id" = Uuid, Path)), request_body = CourseChange,
    responses(
        (status = 200, body = Course),
        (status = 409, description = "`course_was_published`, `course_is_draft`")
    ))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
    Input(change): Input<CourseChange>,
) -> Result<Json<Course>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let state = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    if let Some(next) = change.state {
        state.check_becoming(next)?;
    }
    store::update(&mut transaction, id, &change, &course::code()).await?;
    if let Some(next) = change.state.filter(|next| *next != state) {
        let kind = if next == CourseState::Archived { "course.archived" } else { "course.published" };
        record(&api, kind, caller, &client, id, None).await?;
    }
    transaction.commit().await?;
    portfolio::course_changed(&api, id).await?;
    one_of(&api, caller.into(), id).await
}

/// Delete a course that nobody ever took part in.
#[utoipa::path(delete, path = "/v1/courses/{id}", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`course_has_students`")))]
pub(super) async fn delete(
    State(api): State<Arc<Api>>,
    caller: Caller,
    client: Client,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    if !store::delete(&mut *transaction, caller.into(), id).await? {
        return Err(not_found());
    }
    record(&api, "course.deleted", caller, &client, id, None).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace a course's code: the old one lets nobody in any more.
#[utoipa::path(post, path = "/v1/courses/{id}/code", tag = "courses", params(("id" = Uuid, Path)),
    responses((status = 200, body = Course)))]
pub(super) async fn renew_code(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Course>, ApiError> {
    let done = store::renew_code(api.database.primary(), caller.into(), id, &course::code()).await?;
    if done { one_of(&api, caller.into(), id).await } else { Err(not_found()) }
}

async fn one_of(api: &Api, viewer: Viewer, id: Uuid) -> Result<Json<Course>, ApiError> {
    store::course(api.database.primary(), viewer, id).await?.map(Json).ok_or_else(not_found)
}
