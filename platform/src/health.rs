//! Health and metrics, on a port of their own that is never the public one.
//!
//! | path | answers | 503 means |
//! |---|---|---|
//! | `/livez` | whether this process still does its work, from its own [`Heartbeat`]s alone | restart it |
//! | `/readyz` | whether it should get new work, from its [`Condition`]s | send people elsewhere |
//! | `/metrics` | the metrics of the registry given, in Prometheus' text format | |
//!
//! Liveness looks at no database, no Redis and no other service: a dependency that is away must not have every node
//! restarted.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus::{Encoder as _, Registry, TextEncoder};

use crate::problem::Problem;

/// What a process knows about its own health. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Health {
    shared: Arc<Shared>,
}

struct Shared {
    started: Instant,
    registry: Registry,
    /// As many as there are loops and conditions in the code, named by it.
    heartbeats: Mutex<Vec<(String, Heartbeat)>>,
    conditions: Mutex<Vec<(String, Condition)>>,
}

/// Touched by a loop that must not stand still.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    started: Instant,
    silence_ms_max: u64,
    /// Milliseconds from `started` to the last beat.
    last_ms: Arc<AtomicU64>,
}

impl Heartbeat {
    /// The loop is alive at `now`. Costs one relaxed store.
    pub fn beat(&self, now: Instant) {
        self.last_ms.store(self.since_start_ms(now), Ordering::Relaxed);
    }

    fn is_alive(&self, now: Instant) -> bool {
        self.since_start_ms(now).saturating_sub(self.last_ms.load(Ordering::Relaxed)) <= self.silence_ms_max
    }

    fn since_start_ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }
}

/// Something that must hold for new work to be welcome; it does not hold until [`Self::set`].
#[derive(Clone, Debug, Default)]
pub struct Condition(Arc<AtomicBool>);

impl Condition {
    /// Whether it holds from now on.
    pub fn set(&self, holds: bool) {
        self.0.store(holds, Ordering::Relaxed);
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Health {
    /// A process that started `now`, with the registry that its metrics are in.
    #[must_use]
    pub fn new(registry: Registry, now: Instant) -> Self {
        let (heartbeats, conditions) = (Mutex::default(), Mutex::default());
        Self { shared: Arc::new(Shared { started: now, registry, heartbeats, conditions }) }
    }

    /// The registry that `/metrics` shows.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// A heartbeat that makes the process dead when it has not been touched for longer than `silence_max`. It counts as
    /// touched `now`.
    pub fn heartbeat(&self, name: impl Into<String>, silence_max: Duration, now: Instant) -> Heartbeat {
        let silence_ms_max = u64::try_from(silence_max.as_millis()).unwrap_or(u64::MAX);
        let heartbeat = Heartbeat { started: self.shared.started, silence_ms_max, last_ms: Arc::default() };
        heartbeat.beat(now);
        lock(&self.shared.heartbeats).push((name.into(), heartbeat.clone()));
        heartbeat
    }

    /// A condition without which the process is not ready.
    pub fn condition(&self, name: impl Into<String>) -> Condition {
        let condition = Condition::default();
        lock(&self.shared.conditions).push((name.into(), condition.clone()));
        condition
    }

    /// `/livez`, `/readyz` and `/metrics`, and nothing else.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/livez", get(livez))
            .route("/readyz", get(readyz))
            .route("/metrics", get(metrics))
            .fallback(|| async { Problem::not_found().detail("there are /livez, /readyz and /metrics") })
            .with_state(self.clone())
    }

    fn report_liveness(&self, now: Instant) -> Report {
        Report::of(&lock(&self.shared.heartbeats), |heartbeat| heartbeat.is_alive(now))
    }

    fn report_readiness(&self) -> Report {
        Report::of(&lock(&self.shared.conditions), Condition::holds)
    }
}

/// One line for each part, as `curl` shows it to a person.
struct Report {
    good: bool,
    text: String,
}

impl Report {
    fn of<T>(parts: &[(String, T)], is_good: impl Fn(&T) -> bool) -> Self {
        let mut report = Self { good: true, text: String::new() };
        for (name, part) in parts {
            let good = is_good(part);
            report.good &= good;
            let _ = writeln!(report.text, "{name}: {}", if good { "ok" } else { "failed" });
        }
        report
    }
}

impl IntoResponse for Report {
    fn into_response(self) -> Response {
        let status = if self.good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, [(header::CACHE_CONTROL, "no-store")], self.text).into_response()
    }
}

async fn livez(State(health): State<Health>) -> Report {
    health.report_liveness(Instant::now())
}

async fn readyz(State(health): State<Health>) -> Report {
    health.report_readiness()
}

async fn metrics(State(health): State<Health>) -> Response {
    let mut text = Vec::with_capacity(16 * 1024);
    let encoder = TextEncoder::new();
    match encoder.encode(&health.shared.registry.gather(), &mut text) {
        Ok(()) => ([(header::CONTENT_TYPE, encoder.format_type().to_owned())], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "could not write the metrics");
            Problem::internal().into_response()
        }
    }
}

/// The lists stay whole whatever happens to a thread that holds the lock: it only pushes and reads.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt as _;

    async fn fetch(health: &Health, path: &str) -> (u16, String) {
        let response = health.router().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn a_loop_is_dead_after_its_silence_and_alive_again_after_a_beat() {
        let start = Instant::now();
        let health = Health::new(Registry::new(), start);
        let second = Duration::from_secs(1);
        let worker = health.heartbeat("worker-0", 5 * second, start);
        let _steady = health.heartbeat("control", 100 * second, start);
        assert!(health.report_liveness(start + 5 * second).good);
        let dead = health.report_liveness(start + 5 * second + Duration::from_millis(1));
        assert!(!dead.good);
        assert_eq!(dead.text, "worker-0: failed\ncontrol: ok\n");
        worker.beat(start + 6 * second);
        assert!(health.report_liveness(start + 11 * second).good);
        assert!(health.report_liveness(start).good, "a clock read earlier than the beat is no silence");
    }

    #[tokio::test]
    async fn readiness_follows_its_conditions_and_liveness_does_not() {
        let health = Health::new(Registry::new(), Instant::now());
        let (media, redis) = (health.condition("media"), health.condition("redis"));
        assert_eq!(fetch(&health, "/readyz").await.0, 503);
        media.set(true);
        assert_eq!(fetch(&health, "/readyz").await, (503, "media: ok\nredis: failed\n".into()));
        redis.set(true);
        assert_eq!(fetch(&health, "/readyz").await.0, 200);
        redis.set(false);
        assert_eq!(fetch(&health, "/livez").await.0, 200);
    }

    #[tokio::test]
    async fn metrics_are_those_of_the_registry() {
        let registry = Registry::new();
        let counter = prometheus::IntCounter::new("lectern_test_total", "Tests").unwrap();
        registry.register(Box::new(counter.clone())).unwrap();
        counter.inc_by(3);
        let (status, text) = fetch(&Health::new(registry, Instant::now()), "/metrics").await;
        assert_eq!(status, 200);
        assert!(text.contains("# TYPE lectern_test_total counter\nlectern_test_total 3\n"), "{text}");
    }

    #[tokio::test]
    async fn there_is_nothing_else_on_this_port() {
        let health = Health::new(Registry::new(), Instant::now());
        for path in ["/", "/v1/rooms/a/whep", "/debug/pprof", "/livez/"] {
            assert_eq!(fetch(&health, path).await.0, 404, "{path}");
        }
    }
}
