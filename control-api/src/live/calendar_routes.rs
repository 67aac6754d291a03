//! The classes of all of one's courses: as a list, and for calendar programs at a secret address.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use lectern_platform::problem::{FieldError, FieldPlace};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::class::Class;
use super::{calendar_store, class_store, icalendar};
use crate::accounts::refresh_token::RefreshToken;
use crate::gateway::{Caller, Params, PathWord};
use crate::page::{Page, Paging};
use crate::problem::{ApiError, invalid, not_found};
use crate::server::Api;

/// What is shown if nobody says how much.
const SPAN_DEFAULT: Duration = Duration::days(90);
/// The most that is shown at once.
const SPAN_MAX: Duration = Duration::days(400);
/// How far back a calendar program sees.
const FEED_BACK: Duration = Duration::days(60);
/// Classes of one feed: those that come next, if there are more.
const FEED_MAX: i64 = 1_000;

/// Which time, and which page of it.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarParams {
    /// Classes that end after it. Default: now.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<OffsetDateTime>,
    /// Classes that begin before it: 400 days later at most. Default: 90 days later.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<OffsetDateTime>,
    /// Whether only classes that are live are wanted. Default: no.
    #[garde(skip)]
    #[serde(default)]
    #[param(required = false)]
    live: bool,
    /// `next` of the page before; the first page without it.
    #[garde(skip)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Where a calendar program finds somebody's classes.
#[derive(Serialize, ToSchema)]
pub(super) struct CalendarAddress {
    /// Whoever knows it sees the classes. It is not shown again.
    url: String,
}

/// The live classes of all courses that the caller is in or teaches; the first one first. What is live has not ended, however
/// late it is.
#[utoipa::path(get, path = "/v1/me/calendar", tag = "live", params(CalendarParams),
    responses((status = 200, body = Page<Class>)))]
pub(super) async fn mine(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Params(params): Params<CalendarParams>,
) -> Result<Json<Page<Class>>, ApiError> {
    let span = span(&params, OffsetDateTime::now_utc())?;
    let paging = Paging { after: params.after, limit: params.limit };
    let primary = api.database.primary();
    let classes =
        class_store::of_person(primary, caller.into(), span, params.live, paging.after()?, paging.rows()).await?;
    Ok(Json(paging.page(classes, class_store::key)))
}

/// Get a secret address for a calendar program. The one before, if any, is void.
#[utoipa::path(post, path = "/v1/me/calendar_address", tag = "live", responses((status = 201, body = CalendarAddress)))]
pub(super) async fn renew_address(
    State(api): State<Arc<Api>>,
    caller: Caller,
) -> Result<(StatusCode, Json<CalendarAddress>), ApiError> {
    let secret = RefreshToken::random();
    calendar_store::replace(api.database.primary(), caller.person, secret.hash()).await?;
    let url = format!("{}/v1/calendar/{}", api.config.http.public_url, secret.encode());
    Ok((StatusCode::CREATED, Json(CalendarAddress { url })))
}

/// The classes of whoever the address is of, as iCalendar.
#[utoipa::path(get, path = "/v1/calendar/{secret}", tag = "live", params(("secret" = String, Path)),
    responses((status = 200, body = String, content_type = "text/calendar")))]
pub(super) async fn feed(State(api): State<Arc<Api>>, PathWord(secret): PathWord) -> Result<Response, ApiError> {
    let secret = RefreshToken::decode(secret.strip_suffix(".ics").unwrap_or(&secret)).ok_or_else(not_found)?;
    // Not of the replica: one that was made a moment ago is to work, and one that is void not to.
    let viewer = calendar_store::owner(api.database.primary(), secret.hash()).await?.ok_or_else(not_found)?;
    let from = OffsetDateTime::now_utc() - FEED_BACK;
    let span = (from, from + SPAN_MAX);
    let classes = api
        .database
        .read(|pool| async move { class_store::of_person(&pool, viewer, span, false, None, FEED_MAX).await })
        .await?;
    let calendar = icalendar::write(&classes, &api.config.http.public_url);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, calendar).into_response())
}

/// From when to when.
fn span(params: &CalendarParams, now: OffsetDateTime) -> Result<(OffsetDateTime, OffsetDateTime), ApiError> {
    let from = params.from.unwrap_or(now);
    let refused = || {
        let message = "after `from`, 400 days at most".into();
        invalid(vec![FieldError { r#in: FieldPlace::Query, field: "/until".to_owned(), message }]).into()
    };
    let until = params.until.or_else(|| from.checked_add(SPAN_DEFAULT)).ok_or_else(refused)?;
    if until > from && until - from <= SPAN_MAX { Ok((from, until)) } else { Err(refused()) }
}
