//! Scheduling classes, and holding them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use lectern_platform::problem::Problem;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::attendance::Attendee;
use super::class::{Class, ClassChange, NewClass, UPCOMING_MAX, check_times};
use super::ticket::{self, Guest, Ticket};
use super::{attendance_store, class_store as store, guest_store};
use crate::courses;
use crate::events::{Event, emit};
use crate::gateway::{Caller, Input, Params, PathId};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, not_found};
use crate::recordings;
use crate::server::Api;

/// Which classes of a course.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = LiveWhen)]
pub(super) enum When {
    /// Those that are still to be, or are, or were to be and are cancelled; the next one first.
    #[default]
    Upcoming,
    /// All others, the last one first.
    Past,
}

/// Which classes, and which page of them.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ClassParams {
    /// Default `upcoming`.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    when: When,
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// The live classes of a course, for those who are in it.
#[utoipa::path(get, path = "/v1/courses/{id}/live", tag = "live", params(("id" = Uuid, Path), ClassParams),
    responses((status = 200, body = Page<Class>), (status = 403, description = "`enrolment_needed`")))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Params(params): Params<ClassParams>,
) -> Result<Json<Page<Class>>, ApiError> {
    let may_change = courses::check_member(&api, caller, course).await?;
    let paging = Paging { after: params.after, limit: params.limit };
    let (after, rows, primary) = (paging.after()?, paging.rows(), api.database.primary());
    let classes = match params.when {
        When::Upcoming => store::upcoming(primary, course, may_change, after, rows).await?,
        When::Past => store::past(primary, course, may_change, after, rows).await?,
    };
    Ok(Json(paging.page(classes, store::key)))
}

/// Schedule a live class.
#[utoipa::path(post, path = "/v1/courses/{id}/live", tag = "live", params(("id" = Uuid, Path)), request_body = NewClass,
    responses((status = 201, body = Class), (status = 409, description = "`course_archived`, `too_many_classes`")))]
pub(super) async fn schedule(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(course): PathId,
    Input(new): Input<NewClass>,
) -> Result<(StatusCode, Json<Class>), ApiError> {
    check_times(new.starts_at, new.ends_at, OffsetDateTime::now_utc())?;
    let mut transaction = api.database.begin().await?;
    if courses::hold(&mut transaction, caller, course).await? == courses::CourseState::Archived {
        let title = "There are no classes any more in a course that is archived";
        return Err(Problem::new(StatusCode::CONFLICT, "course_archived", title).into());
    }
    if store::count_upcoming(&mut transaction, course).await? >= UPCOMING_MAX {
        let title = "This course has as many classes before it as it may";
        let problem = Problem::new(StatusCode::CONFLICT, "too_many_classes", title);
        return Err(problem.detail(format!("{UPCOMING_MAX} classes are the most")).into());
    }
    let id = store::insert(&mut transaction, course, &new).await?;
    let class = store::one(&mut *transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    emit(&mut transaction, Event::LiveScheduled(class.told())).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(class)))
}

/// A live class, for those who are in its course.
#[utoipa::path(get, path = "/v1/live/{id}", tag = "live", params(("id" = Uuid, Path)),
    responses((status = 200, body = Class)))]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Class>, ApiError> {
    store::one(api.database.primary(), caller.into(), id).await?.map(Json).ok_or_else(not_found)
}

/// Change a class that is not over: its title, what it is about, its time.
#[utoipa::path(patch, path = "/v1/live/{id}", tag = "live", params(("id" = Uuid, Path)), request_body = ClassChange,
    responses((status = 200, body = Class), (status = 409, description = "`class_over`, `class_is_live`")))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Input(change): Input<ClassChange>,
) -> Result<Json<Class>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let held = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    held.check_change(&change, OffsetDateTime::now_utc())?;
    store::update(&mut transaction, id, &change).await?;
    let class = store::one(&mut *transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    emit(&mut transaction, Event::LiveScheduled(class.told())).await?;
    transaction.commit().await?;
    Ok(Json(class))
}

/// Cancel a class that has not begun. It stays in the list, and in calendars as cancelled.
#[utoipa::path(delete, path = "/v1/live/{id}", tag = "live", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`class_over`, `class_is_live`")))]
pub(super) async fn cancel(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let mut transaction = api.database.begin().await?;
    let class = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    if class.check_cancel()? {
        store::cancel(&mut transaction, id).await?;
        emit(&mut transaction, Event::LiveCancelled(class.told())).await?;
        transaction.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Start a class: from now on everybody may come in. Of one that is live already nothing changes.
#[utoipa::path(post, path = "/v1/live/{id}/start", tag = "live", params(("id" = Uuid, Path)),
    responses((status = 200, body = Class), (status = 409, description = "`class_over`")))]
pub(super) async fn start(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Class>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let class = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    if !class.check_start()? {
        return Ok(Json(class));
    }
    store::start(&mut transaction, id).await?;
    recordings::class_started(&api.config.recordings, &mut transaction, id).await?;
    emit(&mut transaction, Event::LiveStarted(class.told())).await?;
    let class = store::one(&mut *transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    transaction.commit().await?;
    Ok(Json(class))
}

/// End a class, and its room: nobody gets a token for it any more, and who is in it is told and sent away. Of one that has ended
/// nothing changes.
#[utoipa::path(post, path = "/v1/live/{id}/end", tag = "live", params(("id" = Uuid, Path)),
    responses((status = 200, body = Class), (status = 409, description = "`class_over`, `class_not_live`")))]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Class>, ApiError> {
    let mut transaction = api.database.begin().await?;
    let class = store::hold(&mut transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    if !class.check_end()? {
        return Ok(Json(class));
    }
    store::end(&mut transaction, id).await?;
    emit(&mut transaction, Event::LiveEnded(class.told())).await?;
    let class = store::one(&mut *transaction, caller.into(), id).await?.ok_or_else(not_found)?;
    transaction.commit().await?;
    api.rooms.wake();
    Ok(Json(class))
}

/// Come into a class that is live: what it takes.
#[utoipa::path(post, path = "/v1/live/{id}/join", tag = "live", params(("id" = Uuid, Path)),
    responses((status = 200, body = Ticket), (status = 409, description = "`class_over`, `class_not_live`")))]
pub(super) async fn join(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<Ticket>, ApiError> {
    let primary = api.database.primary();
    let class = store::one(primary, caller.into(), id).await?.ok_or_else(not_found)?;
    class.check_join()?;
    let guest: Guest = guest_store::guest(primary, caller, &class).await?.ok_or_else(not_found)?;
    ticket::write(&api, &class, &guest, OffsetDateTime::now_utc()).map(Json)
}

/// The students who came to a class, in the order in which they came.
#[utoipa::path(get, path = "/v1/live/{id}/attendance", tag = "live", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Page<Attendee>)))]
pub(super) async fn attendance(
    State(api): State<Arc<Api>>,
    caller: Caller,
    PathId(id): PathId,
    Params(paging): Params<Paging>,
) -> Result<Json<Page<Attendee>>, ApiError> {
    let class = store::one(api.database.primary(), caller.into(), id).await?.filter(|class| class.may_change);
    class.ok_or_else(not_found)?;
    let (after, rows) = (paging.after()?, paging.rows());
    let attendees =
        api.database.read(|pool| async move { attendance_store::attendees(&pool, id, after, rows).await }).await?;
    Ok(Json(paging.page(attendees, Attendee::key)))
}
