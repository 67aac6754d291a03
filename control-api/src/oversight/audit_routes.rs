//! The audit trail, searched.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use garde::Validate;
use lectern_platform::audit::{AuditError, AuditEvent, AuditQuery, Scope};
use lectern_platform::problem::{FieldError, FieldPlace};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::gateway::Params;
use crate::page::{LIMIT_DEFAULT, Page};
use crate::problem::{ApiError, invalid};
use crate::server::Api;
use crate::trail;

/// Which events.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditParams {
    /// Those in which this person acted, or was acted upon. Not together with `course`.
    #[garde(skip)]
    person: Option<Uuid>,
    /// Those of this course.
    #[garde(skip)]
    course: Option<Uuid>,
    /// Of this kind alone: `account.login`.
    #[garde(skip)]
    kind: Option<String>,
    /// Not before. Default: a month before `until`.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    from: Option<OffsetDateTime>,
    /// Before. Default: now.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    until: Option<OffsetDateTime>,
    /// `next` of the page before; the first page without it.
    #[garde(length(bytes, max = 512))]
    #[param(max_length = 512)]
    after: Option<String>,
    /// Items wanted at most, 1 to 100. Default 50.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Something that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AuditRecord {
    /// Unlike any other's.
    id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// What: `account.login`.
    kind: String,
    /// Who did it; nobody if it happened by itself.
    actor: Option<String>,
    /// To whom.
    subject: Option<String>,
    /// In which course.
    course: Option<String>,
    /// In which room.
    room: Option<String>,
    /// From where.
    address: Option<String>,
    /// What else there is to say.
    detail: Map<String, Value>,
}

impl From<AuditEvent> for AuditRecord {
    fn from(event: AuditEvent) -> Self {
        let (id, at) = (event.id(), event.at());
        let AuditEvent { kind, actor, subject, course, room, address, detail, .. } = event;
        Self { id, at, kind, actor, subject, course, room, address: address.map(|a| a.to_string()), detail }
    }
}

/// Search the audit trail, the newest first. A page may be short, or empty, with more behind it: `next` tells.
#[utoipa::path(get, path = "/v1/audit", tag = "oversight", params(AuditParams),
    responses((status = 200, body = Page<AuditRecord>)))]
pub(super) async fn search(
    State(api): State<Arc<Api>>,
    Params(params): Params<AuditParams>,
) -> Result<Json<Page<AuditRecord>>, ApiError> {
    let scope = match (params.person, params.course) {
        (Some(_), Some(_)) => return Err(wrong("course", "not together with `person`")),
        (Some(person), None) => Scope::Person(person.to_string()),
        (None, Some(course)) => Scope::Course(course.to_string()),
        (None, None) => Scope::All,
    };
    let until = params.until.unwrap_or_else(OffsetDateTime::now_utc);
    let from =
        params.from.or_else(|| until.checked_sub(time::Duration::days(30))).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let limit = u32::from(params.limit.unwrap_or(LIMIT_DEFAULT));
    let query = AuditQuery { scope, kind: params.kind, from, until, limit, after: params.after };
    let page = api.stores.audit.query(&query).await.map_err(|error| match error {
        AuditError::Invalid { field, allowed } => wrong(field, allowed),
        error => trail::unavailable(&error),
    })?;
    Ok(Json(Page { items: page.events.into_iter().map(Into::into).collect(), next: page.next }))
}

fn wrong(field: &str, allowed: &'static str) -> ApiError {
    invalid(vec![FieldError { r#in: FieldPlace::Query, field: format!("/{field}"), message: allowed.into() }]).into()
}
