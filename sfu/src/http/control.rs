//! The state behind all handlers, and the one way in: admission, negotiation, hand-over to a worker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lectern_platform::audit::Recorder;
use lectern_platform::media_bus::MediaPolicy;
use lectern_platform::token::TokenVerifier;
use lectern_wire::dtls::Fingerprint;
use rand::RngExt as _;
use serde_json::json;
use tokio::sync::Notify;

use crate::command::Command;
use crate::sdp::{Candidate, Limits, Local, Negotiated, SdpError};
use crate::session::{RoomId, SessionId, Source, WorkerId};
use crate::transport::ice;
use crate::worker::Inbox;

use super::config::{Config, ConfigError};
use super::event_stream::{EventKind, EventStreams, frame};
use super::problem::Refusal;
use super::registry::{Admitted, Full, Purpose, Registry, Resource, Secret, Stats};
use super::request::{Caller, SDP, SDP_FRAGMENT};
use super::room_state::ViewerSlot;

/// How long somebody who publishes on stage is waited for; the policy comes within moments of the invitation's acceptance.
const POLICY_WAIT: Duration = Duration::from_secs(1);

/// The way to one worker.
#[derive(Debug)]
pub struct WorkerHandle {
    /// Its queue.
    pub inbox: Arc<Inbox>,
    /// All addresses at which it can be reached, best first.
    pub candidates: Vec<Candidate>,
}

/// What the HTTP edge knows and holds. One per process, shared by all handlers.
#[derive(Debug)]
pub struct Control {
    pub(super) config: Config,
    pub(super) limits: Limits,
    pub(super) verifier: Arc<TokenVerifier>,
    fingerprint: Fingerprint,
    workers: Vec<WorkerHandle>,
    ice_server_links: Vec<HeaderValue>,
    draining: AtomicBool,
    /// Whether policies come from anywhere.
    linked: bool,
    policy_changed: Notify,
    /// Held for moments only, never across an `await`.
    registry: Mutex<Registry>,
}

/// A newcomer that was negotiated.
pub(super) struct Joined {
    pub(super) command: Command,
    pub(super) slots: Vec<ViewerSlot>,
}

impl Control {
    /// `fingerprint` is that of the workers' DTLS certificate; `linked` says that [`super::link`] will run.
    ///
    /// # Errors
    /// As [`Config::check`], and [`ConfigError::Range`] for no worker or more than [`ice::WORKERS_MAX`].
    pub fn new(
        config: Config,
        limits: Limits,
        verifier: Arc<TokenVerifier>,
        fingerprint: Fingerprint,
        workers: Vec<WorkerHandle>,
        linked: bool,
    ) -> Result<Arc<Self>, ConfigError> {
        config.check()?;
        if workers.is_empty() || workers.len() > usize::from(ice::WORKERS_MAX) {
            return Err(ConfigError::Range("workers"));
        }
        let ice_server_links = config.ice_server_links()?;
        let registry = Mutex::new(Registry::new(workers.len()));
        let draining = AtomicBool::new(false);
        let policy_changed = Notify::new();
        Ok(Arc::new(Self {
            config,
            limits,
            verifier,
            fingerprint,
            workers,
            ice_server_links,
            draining,
            linked,
            policy_changed,
            registry,
        }))
    }

    /// Tells `audit` from now on who watched, and for how long.
    pub fn record_on(&self, audit: Option<Recorder>) {
        self.registry().audit = audit;
    }

    /// Forgets all sessions: their workers have ended.
    pub fn end_sessions(&self) {
        let mut registry = self.registry();
        let ids: Vec<SessionId> = registry.sessions.keys().copied().collect();
        for id in ids {
            registry.remove(id);
        }
    }

    /// How full this node is.
    pub fn stats(&self) -> Stats {
        self.registry().stats()
    }

    /// Whether newcomers are refused because this node goes away.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        let mut registry = self.registry();
        let spread_ms = self.config.drain_spread_ms;
        registry.drain_spread_ms = Some(spread_ms);
        let first_id = registry.event_id();
        for session in registry.sessions.values_mut() {
            if let Some((_, streams)) = session.viewer().filter(|(_, streams)| streams.wants(EventKind::Reconnect)) {
                streams.send(EventKind::Reconnect, &frame(EventKind::Reconnect, first_id, &spread(spread_ms)));
            }
        }
    }

    /// The tables. A handler that panicked while it held them left them whole: every change is a single step.
    pub(super) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a command to a worker.
    pub(super) fn send(&self, worker: WorkerId, command: Command) -> Result<(), Refusal> {
        self.workers[usize::from(worker.0)].inbox.send(command).map_err(|_| self.full(Full::Worker))
    }

    pub(super) fn candidates(&self, worker: WorkerId) -> &[Candidate] {
        &self.workers[usize::from(worker.0)].candidates
    }

    pub(super) fn worker_ids(&self) -> impl Iterator<Item = WorkerId> + use<> {
        // As many as were checked to fit in `new`.
        (0..u16::try_from(self.workers.len()).unwrap_or(u16::MAX)).map(WorkerId)
    }

    pub(super) fn full(&self, which: Full) -> Refusal {
        Refusal::Full { which, retry_after: self.config.admission.retry_after() }
    }

    /// What can be refused before the body is read: a token for another room, a node that goes away, wrong types.
    pub(super) fn check(&self, caller: &Caller, room: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        if caller.claims.room != room {
            return Err(Refusal::RoomForbidden);
        }
        self.registry().check_person(caller)?;
        if self.is_draining() {
            return Err(Refusal::Draining { retry_after: self.config.admission.retry_after() });
        }
        super::request::accept(headers, SDP)?;
        super::request::content_type(headers, SDP)
    }

    /// Takes a room's policy and makes it so at once.
    pub(super) fn obey(&self, room: &RoomId, policy: MediaPolicy) {
        self.registry().set_policy(room, policy);
        self.enforce(room);
        self.policy_changed.notify_waiters();
    }

    pub(super) fn enforce_all(&self) {
        let rooms: Vec<RoomId> = self.registry().rooms.keys().cloned().collect();
        for room in &rooms {
            self.enforce(room);
        }
    }

    fn enforce(&self, room: &RoomId) {
        let commands = self.registry().enforce(room);
        for (worker, command) in commands {
            // A full queue: sessions to end are found again soon; sound and voices are set anew with the next policy.
            let _ = self.send(worker, command);
        }
    }

    /// Waits a moment for the room to let somebody publish: whoever was called on stage is told so before we are.
    pub(super) async fn allow(&self, caller: &Caller, source: Source) -> Result<(), Refusal> {
        let deadline = tokio::time::Instant::now() + POLICY_WAIT;
        loop {
            let changed = self.policy_changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.registry().may_publish(caller, source) {
                return Ok(());
            }
            let hopeless = !self.linked || !matches!(source, Source::Stage(_));
            if hopeless || tokio::time::timeout_at(deadline, changed).await.is_err() {
                return Err(Refusal::SourceForbidden);
            }
        }
    }

    /// Takes a place, negotiates, hands over to the worker and answers `201`. Whatever fails gives the place back.
    pub(super) fn join<S>(
        &self,
        caller: &Caller,
        purpose: Purpose,
        negotiate: impl FnOnce(&Local<'_>) -> Result<Negotiated<S>, SdpError>,
        command: impl FnOnce(RoomId, Admitted, Negotiated<S>) -> Joined,
    ) -> Result<Response, Refusal> {
        let room = RoomId(caller.claims.room.as_str().into());
        let watches = matches!(purpose, Purpose::Watch { .. });
        let admitted = self.registry().admit(&room, caller.person(), purpose, caller.address, &self.config.admission);
        let admitted = admitted.map_err(|which| self.full(which))?;
        let mut place = Place { control: self, session: Some(admitted.session) };
        let credentials = ice::credentials(admitted.worker, &mut rand::rng());
        let local = Local {
            credentials: &credentials,
            fingerprint: &self.fingerprint,
            candidates: self.candidates(admitted.worker),
            origin: rand::rng().random_range(0..1 << 62),
        };
        let mut negotiated = negotiate(&local)?;
        let answer = std::mem::take(&mut negotiated.answer);
        let resource = Resource {
            secret: Secret(rand::rng().random()),
            etag: fresh_etag(),
            remote: negotiated.transport.remote.clone(),
            fragment_head: std::mem::take(&mut negotiated.fragment_head),
        };
        let response = self.created(&resource, watches, answer);
        let Joined { command, slots } = command(room.clone(), admitted, negotiated);
        // First the tables, then the worker: its events must find the session.
        self.registry().establish(admitted.session, resource, slots);
        self.send(admitted.worker, command)?;
        place.session = None;
        tracing::debug!(room = %room, session = admitted.session.0, worker = admitted.worker.0, watches, "joined");
        Ok(response)
    }

    fn created(&self, resource: &Resource, watches: bool, answer: String) -> Response {
        let url = format!("/v1/sessions/{}", resource.secret);
        let mut response = (StatusCode::CREATED, answer).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(SDP));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("accept-patch", HeaderValue::from_static(SDP_FRAGMENT));
        let mut links = self.ice_server_links.clone();
        if watches {
            let names: Vec<&str> = EventKind::ALL.into_iter().map(EventKind::name).collect();
            let extension = |name: &str, path: &str, rest: &str| {
                format!("<{url}/{path}>; rel=\"urn:ietf:params:whep:ext:core:{name}\"{rest}")
            };
            let events = format!("; events=\"{}\"", names.join(","));
            links.extend(HeaderValue::try_from(extension("server-sent-events", "events", &events)));
            links.extend(HeaderValue::try_from(extension("layer", "layer", "")));
        }
        for link in links {
            headers.append(header::LINK, link);
        }
        for (name, value) in [(header::LOCATION, &url), (header::ETAG, &resource.etag)] {
            // Hexadecimal digits, slashes and quotes: always a valid header.
            headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
        }
        response
    }
}

/// A viewer that has not been negotiated yet.
pub(super) fn new_viewer() -> Purpose {
    Purpose::Watch { slots: Vec::new(), streams: EventStreams::default(), left_out: None }
}

/// The data of a `reconnect` that spreads clients over `spread_ms`.
pub(super) fn spread(spread_ms: u32) -> serde_json::Value {
    json!({ "reason": "draining", "retryAfterMs": rand::rng().random_range(0..=spread_ms) })
}

/// A strong entity tag, unlike all others.
pub(super) fn fresh_etag() -> String {
    format!("\"{:016x}\"", rand::rng().random::<u64>())
}

/// A place that is given back unless the newcomer has arrived.
struct Place<'a> {
    control: &'a Control,
    session: Option<SessionId>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session {
            self.control.registry().remove(session);
        }
    }
}
