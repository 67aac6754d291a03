//! The school's API for recorders, as `docs/recorder.md` has it, for one recording; and what tests know of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use lectern_platform::token::TokenSigner;
use lectern_testing::proxy::Proxy;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use tokio::time::Instant;
use uuid::Uuid;

/// Short, so that nobody waits long for a takeover; in seconds.
pub(crate) const LEASE_S: u64 = 2;
/// When what is left of a recording that has ended may be put into it.
const LATE_AFTER: Duration = Duration::from_secs(1);

/// One class, and its recording.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) id: Uuid,
    pub(crate) started_at: OffsetDateTime,
    pub(crate) is_over: bool,
    pub(crate) run: u32,
    pub(crate) lease_s: u64,
    pub(crate) lease_until: Option<Instant>,
    pub(crate) holder: String,
    /// The holder's spool, and its process.
    pub(crate) holds: Option<(Uuid, Uuid)>,
    /// The processes that ever asked.
    pub(crate) askers: HashSet<Uuid>,
    /// All runs so far.
    pub(crate) runs: Vec<Run>,
    /// Where it is watched, and by which token.
    room: String,
    token: String,
    pub(crate) renewals: Vec<Value>,
    pub(crate) releases: u32,
    pub(crate) end: Option<Value>,
    /// When it ended first.
    ended_at: Option<Instant>,
}

/// Who had the job, since when and until when at least; since the class began.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "for those who kill recorders")]
pub(crate) struct Run {
    pub(crate) node: String,
    pub(crate) claimed: Duration,
    pub(crate) heard_of: Duration,
}

impl Class {
    fn now(&self) -> Duration {
        Duration::try_from(OffsetDateTime::now_utc() - self.started_at).unwrap()
    }
}

/// See the [module](self).
pub(crate) struct School {
    pub(crate) class: Arc<Mutex<Class>>,
    pub(crate) signer: Arc<TokenSigner>,
    /// In front of it.
    pub(crate) proxy: Proxy,
}

struct Api {
    class: Arc<Mutex<Class>>,
    signer: Arc<TokenSigner>,
}

impl School {
    /// Of a room that nobody is in.
    pub(crate) async fn start() -> Self {
        Self::of_room("room", "token".to_owned(), TokenSigner::generate(), LEASE_S).await
    }

    /// Of a media server's room, which `token` lets somebody watch.
    pub(crate) async fn of_room(room: &str, token: String, signer: TokenSigner, lease_s: u64) -> Self {
        let class = Arc::new(Mutex::new(Class {
            id: Uuid::now_v7(),
            started_at: OffsetDateTime::now_utc(),
            is_over: false,
            run: 0,
            lease_s,
            lease_until: None,
            holder: String::new(),
            holds: None,
            askers: HashSet::new(),
            runs: Vec::new(),
            room: room.to_owned(),
            token,
            renewals: Vec::new(),
            releases: 0,
            end: None,
            ended_at: None,
        }));
        let signer = Arc::new(signer);
        let api = Arc::new(Api { class: Arc::clone(&class), signer: Arc::clone(&signer) });
        let router = Router::new()
            .route("/v1/recorder/jobs", post(claim))
            .route("/v1/recorder/jobs/{id}", put(renew))
            .route("/v1/recorder/jobs/{id}/end", post(end))
            .route("/v1/recorder/jobs/{id}/release", post(release))
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::start(listener.local_addr().unwrap()).await;
        tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
        Self { class, signer, proxy }
    }

    pub(crate) fn look<T>(&self, at: impl FnOnce(&mut Class) -> T) -> T {
        at(&mut self.class.lock().unwrap())
    }
}

fn problem(status: StatusCode, code: &str) -> Response {
    (status, Json(json!({ "code": code }))).into_response()
}

impl Api {
    /// Only nodes may.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let token = headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        self.signer.verifier().verify_node(token).is_ok()
    }
}

async fn claim(State(api): State<Arc<Api>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    assert!(api.admits(&headers));
    let mut class = api.class.lock().unwrap();
    let id = |name: &str| body[name].as_str().unwrap().parse::<Uuid>().unwrap();
    let (spool, process) = (id("spool"), id("process"));
    class.askers.insert(process);
    let is_gone = class.holds.is_some_and(|holds| holds.0 == spool && holds.1 != process);
    let is_held = class.lease_until.is_some_and(|until| until > Instant::now());
    let knows_more = body["left"].as_array().unwrap().contains(&json!(class.id));
    let is_free = match class.ended_at {
        None => !is_held || is_gone,
        Some(at) => !is_held && knows_more && at.elapsed() > LATE_AFTER,
    };
    if !is_free {
        return StatusCode::NO_CONTENT.into_response();
    }
    class.run += 1;
    class.lease_until = Some(Instant::now() + Duration::from_secs(class.lease_s));
    class.holds = Some((spool, process));
    body["node"].as_str().unwrap().clone_into(&mut class.holder);
    let run = Run { node: class.holder.clone(), claimed: class.now(), heard_of: class.now() };
    class.runs.push(run);
    let job = json!({
        "id": class.id,
        "run": class.run,
        "room": "../../etc/passwd <b>Ünit</b>",
        "folder": format!("recordings/{}", class.id),
        "started_at": class.started_at.format(&Rfc3339).unwrap(),
        "lease_s": class.lease_s,
        "whep": format!("/v1/rooms/{}/whep", class.room),
        "token": class.token,
        "go_on": !class.is_over && class.ended_at.is_none(),
    });
    Json(job).into_response()
}

async fn renew(
    State(api): State<Arc<Api>>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    assert!(api.admits(&headers));
    let mut class = api.class.lock().unwrap();
    if class.id != id || body["run"] != class.run {
        return problem(StatusCode::CONFLICT, "lease_lost");
    }
    class.lease_until = Some(Instant::now() + Duration::from_secs(class.lease_s));
    class.renewals.push(body);
    let now = class.now();
    class.runs.last_mut().unwrap().heard_of = now;
    Json(json!({ "go_on": !class.is_over && class.ended_at.is_none(), "token": class.token })).into_response()
}

async fn end(
    State(api): State<Arc<Api>>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    assert!(api.admits(&headers));
    let mut class = api.class.lock().unwrap();
    if class.id != id || body["run"] != class.run {
        return problem(StatusCode::CONFLICT, "lease_lost");
    }
    class.end = Some(body);
    class.ended_at.get_or_insert(Instant::now());
    class.lease_until = None;
    StatusCode::NO_CONTENT.into_response()
}

async fn release(State(api): State<Arc<Api>>, Path(id): Path<Uuid>, Json(body): Json<Value>) -> Response {
    let mut class = api.class.lock().unwrap();
    if class.id != id || body["run"] != class.run {
        return problem(StatusCode::CONFLICT, "lease_lost");
    }
    class.releases += 1;
    class.lease_until = None;
    StatusCode::NO_CONTENT.into_response()
}

/// How many files of recordings are below a spool's folder. What is listed meanwhile goes meanwhile.
pub(crate) fn files_below(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |path: std::path::PathBuf| match path.extension() {
        _ if path.is_dir() => files_below(&path),
        Some(extension) if extension == "item" => 1,
        _ => 0,
    };
    entries.map_while(Result::ok).map(|entry| count(entry.path())).sum()
}
