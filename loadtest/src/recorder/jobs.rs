//! The classes that are to be recorded, and who records them: the side of the school that a recorder talks to
//! (docs/recorder.md).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// As the school has it.
const LEASE: Duration = Duration::from_secs(15);

/// A class and its recording.
#[derive(Debug)]
struct Class {
    id: Uuid,
    room: String,
    token: String,
    started_at: OffsetDateTime,
    run: u32,
    lease_until: Option<Instant>,
    /// The holder's spool, and its process.
    holder: Option<(Uuid, Uuid)>,
    /// How it ended, as its recorder says.
    outcome: Option<Value>,
}

/// What the jobs are.
#[derive(Debug, Default)]
struct Classes {
    classes: Vec<Class>,
    are_over: bool,
}

/// All classes.
#[derive(Clone, Debug, Default)]
pub(super) struct Jobs(Arc<Mutex<Classes>>);

/// Where a recording is, and where its time begins.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) folder: String,
    pub(super) started_at: OffsetDateTime,
}

#[derive(Deserialize)]
struct Held {
    run: u32,
}

/// Another run has it.
#[derive(Debug)]
struct LeaseLost;

impl IntoResponse for LeaseLost {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, Json(json!({ "code": "lease_lost" }))).into_response()
    }
}

impl Jobs {
    /// A class begins.
    pub(super) fn begin(&self, room: String, token: String) -> Recorded {
        let (id, started_at) = (Uuid::now_v7(), OffsetDateTime::now_utc());
        let class = Class { id, room, token, started_at, run: 0, lease_until: None, holder: None, outcome: None };
        self.lock().classes.push(class);
        Recorded { folder: folder(id), started_at }
    }

    /// All classes are over.
    pub(super) fn end(&self) {
        self.lock().are_over = true;
    }

    /// The outcomes of all classes, once all have one.
    pub(super) fn outcomes(&self) -> Option<Vec<String>> {
        let jobs = self.lock();
        let outcome = |class: &Class| Some(class.outcome.as_ref()?["outcome"].as_str()?.to_owned());
        jobs.classes.iter().map(outcome).collect()
    }

    /// What a recorder asks for. Whoever reaches it may: it is on loopback, and there is nothing to be had.
    pub(super) fn router(&self) -> Router {
        Router::new()
            .route("/v1/recorder/jobs", post(claim))
            .route("/v1/recorder/jobs/{id}", put(renew))
            .route("/v1/recorder/jobs/{id}/end", post(end))
            .route("/v1/recorder/jobs/{id}/release", post(release))
            .with_state(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Classes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a class, if this run holds it still.
    fn held(&self, id: Uuid, run: u32, work: impl FnOnce(&mut Class)) -> Result<(), LeaseLost> {
        let mut jobs = self.lock();
        match jobs.classes.iter_mut().find(|class| class.id == id && class.run == run) {
            Some(class) => {
                work(class);
                Ok(())
            }
            None => Err(LeaseLost),
        }
    }
}

fn folder(id: Uuid) -> String {
    format!("recordings/{id}")
}

/// Who asks.
#[derive(Deserialize)]
struct Claim {
    spool: Uuid,
    process: Uuid,
}

async fn claim(State(jobs): State<Jobs>, Json(Claim { spool, process }): Json<Claim>) -> Response {
    let mut jobs = jobs.lock();
    let (now, go_on) = (Instant::now(), !jobs.are_over);
    let is_free = |class: &&mut Class| {
        let is_gone = class.holder.is_some_and(|holder| holder.0 == spool && holder.1 != process);
        class.outcome.is_none() && (is_gone || class.lease_until.is_none_or(|until| until < now))
    };
    let Some(class) = jobs.classes.iter_mut().find(is_free) else { return StatusCode::NO_CONTENT.into_response() };
    class.run += 1;
    (class.lease_until, class.holder) = (Some(now + LEASE), Some((spool, process)));
    let started_at = class.started_at.format(&Rfc3339).unwrap_or_default();
    Json(json!({
        "id": class.id,
        "run": class.run,
        "room": class.room,
        "folder": folder(class.id),
        "started_at": started_at,
        "lease_s": LEASE.as_secs(),
        "whep": format!("/v1/rooms/{}/whep", class.room),
        "token": class.token,
        "go_on": go_on,
    }))
    .into_response()
}

async fn renew(
    State(jobs): State<Jobs>,
    Path(id): Path<Uuid>,
    Json(Held { run }): Json<Held>,
) -> Result<Json<Value>, LeaseLost> {
    jobs.held(id, run, |class| class.lease_until = Some(Instant::now() + LEASE))?;
    Ok(Json(json!({ "go_on": !jobs.lock().are_over })))
}

async fn end(State(jobs): State<Jobs>, Path(id): Path<Uuid>, Json(body): Json<Value>) -> Result<StatusCode, LeaseLost> {
    let run = body["run"].as_u64().and_then(|run| u32::try_from(run).ok()).unwrap_or_default();
    jobs.held(id, run, |class| class.outcome = Some(body))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn release(
    State(jobs): State<Jobs>,
    Path(id): Path<Uuid>,
    Json(Held { run }): Json<Held>,
) -> Result<StatusCode, LeaseLost> {
    jobs.held(id, run, |class| class.lease_until = None)?;
    Ok(StatusCode::NO_CONTENT)
}
