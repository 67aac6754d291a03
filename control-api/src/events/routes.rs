//! `GET /v1/events`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use garde::Validate;
use lectern_platform::http::Connection;
use lectern_platform::problem::Problem;
use lectern_platform::token::Role;
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::IntoParams;
use uuid::Uuid;

use super::event::Event;
use super::stream::EventStream;
use super::stream_store as store;
use super::streams::{Full, Part, RESYNC};
use crate::gateway::{Caller, Params};
use crate::problem::ApiError;
use crate::server::Api;

/// Ids are given before the commit: what is written this long before the last that a client has may have come after it. The
/// longest that a transaction takes, with a margin.
const OVERLAP: Duration = Duration::from_secs(15);
/// Events that are sent again to who was away. Who missed more loads everything anew.
const MISSED_MAX: usize = 500;
/// Courses of one person that are listened to, the newest.
const COURSES_MAX: i64 = 1_000;
/// When a client comes back after its stream ended, milliseconds: not all at once.
const RETRY_MS: std::ops::Range<u32> = 1_000..4_000;
/// When to try again where there is no room.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// An id that no event has.
const UNKNOWN: i64 = -1;

/// Where a stream begins.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Begin {
    /// The last id that was seen, for clients that cannot send the header `Last-Event-ID`, which goes before it.
    #[garde(range(min = 0))]
    #[param(minimum = 0)]
    last_event_id: Option<i64>,
}

/// What happens, as it happens: server-sent events to the caller.
///
/// Each has an `id`, its kind as `event`, and as `data` the event. `progress.moved` has no id. `resync` says that more was
/// missed than can be told: load everything anew. Events may come twice. The stream ends with the access token.
#[utoipa::path(get, path = "/v1/events", tag = "events",
    params(Begin, ("Last-Event-ID" = Option<i64>, Header, description = "The last id that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = Event)))]
pub(super) async fn events(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Params(begin): Params<Begin>,
    connection: Option<Extension<Connection>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = last_event_id(&headers).or(begin.last_event_id);
    let connection = connection.map(|Extension(connection)| connection);
    let (queue, place) = api.streams.enter(caller, connection).map_err(full)?;
    let parts = load_parts(&api, caller).await?;
    let first = first_frames(&api, caller.person, &parts, last).await?;
    let stream = EventStream::new(first, queue, Instant::now() + caller.remaining(), place);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would gather what is to be seen at once.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::new(stream)).into_response())
}

fn full(full: Full) -> Problem {
    let title = match full {
        Full::Node => "There are as many event streams as there may be",
        Full::Closed => "This server goes away",
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", title).retry_after(RETRY_AFTER)
}

/// What the header says; nothing, if it is empty. What is no id of ours is one that is not kept.
fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    let value = headers.get("last-event-id").filter(|value| !value.is_empty())?;
    Some(value.to_str().ok().and_then(|text| text.parse().ok()).unwrap_or(UNKNOWN))
}

/// Reads the caller's courses, and has them listened to.
async fn load_parts(api: &Api, caller: Caller) -> Result<Vec<(Uuid, Part)>, ApiError> {
    let teaches = caller.role != Role::Student;
    loop {
        let changes = api.streams.changes(caller.person);
        let parts = store::parts(api.database.primary(), caller.person, teaches, COURSES_MAX).await?;
        // Somebody who enrols in this very moment is read again.
        if api.streams.set_parts(caller.person, parts.clone(), changes) {
            return Ok(parts);
        }
    }
}

/// When to come back, the id to begin with, and what was missed since the last one.
async fn first_frames(
    api: &Api,
    person: Uuid,
    parts: &[(Uuid, Part)],
    last: Option<i64>,
) -> Result<VecDeque<Bytes>, ApiError> {
    let primary = api.database.primary();
    let retry = rand::random_range(RETRY_MS);
    let begin = |id: i64| Bytes::from(format!("retry: {retry}\nid: {id}\n\n"));
    let Some(last) = last else { return Ok([begin(store::newest(primary).await?)].into()) };
    if let Some(at) = store::written_at(primary, last).await? {
        let of = |is: fn(&Part) -> bool| -> Vec<Uuid> {
            parts.iter().filter(|(_, part)| is(part)).map(|(course, _)| *course).collect()
        };
        let (member_of, teaching) = (of(|_| true), of(|part| part.tutor));
        let rows = i64::try_from(MISSED_MAX).unwrap_or(i64::MAX) + 1;
        let missed = store::missed(primary, person, &member_of, &teaching, at - OVERLAP, rows).await?;
        if missed.len() <= MISSED_MAX {
            let again = missed.iter().filter(|event| event.id != last).map(super::message::Sent::frame);
            return Ok([begin(last)].into_iter().chain(again).collect());
        }
    }
    Ok([begin(store::newest(primary).await?), Bytes::from_static(RESYNC.as_bytes())].into())
}
