//! Prometheus metrics of the rooms' server.

use std::sync::Arc;

use lectern_platform::metrics::register;
use lectern_room_protocol::{ActionName, Code};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, exponential_buckets};

/// The metric families. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics(Arc<Families>);

/// See each one's help text.
#[derive(Debug)]
pub(crate) struct Families {
    pub(crate) sockets: IntGauge,
    pub(crate) rooms: IntGauge,
    pub(crate) deliveries: IntCounter,
    pub(crate) bytes: IntCounter,
    pub(crate) too_slow: IntCounter,
    pub(crate) conflicts: IntCounter,
    pub(crate) room_panics: IntCounter,
    pub(crate) bus_failures: IntCounter,
    pub(crate) rooms_cut_off: IntGauge,
    pub(crate) batch_entries: Histogram,
    pub(crate) commit: Histogram,
    requests: IntCounterVec,
    closed: IntCounterVec,
    turned_away: IntCounterVec,
}

impl std::ops::Deref for Metrics {
    type Target = Families;

    fn deref(&self) -> &Families {
        &self.0
    }
}

impl Metrics {
    /// Creates the families and registers them.
    ///
    /// # Errors
    /// When the registry already holds them: two servers cannot share one registry.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let gauge = |name: &str, help: &str| register(registry, IntGauge::with_opts(opts(name, help))?);
        let counter = |name: &str, help: &str| register(registry, IntCounter::with_opts(opts(name, help))?);
        let counters =
            |name: &str, help: &str, labels: &[&str]| register(registry, IntCounterVec::new(opts(name, help), labels)?);
        let histogram = |name: &str, help: &str, buckets: Vec<f64>| {
            let opts = HistogramOpts::new(name, help).namespace("lectern").subsystem("signalling").buckets(buckets);
            register(registry, Histogram::with_opts(opts)?)
        };
        Ok(Self(Arc::new(Families {
            sockets: gauge("sockets", "Sockets that are open, joined or not")?,
            rooms: gauge("rooms", "Rooms in memory")?,
            deliveries: counter("deliveries_total", "Messages to one socket each, of those that go to many")?,
            bytes: counter("delivered_bytes_total", "Their bytes, WebSocket headers included")?,
            too_slow: counter("too_slow_total", "Sockets closed because they did not read what was sent")?,
            conflicts: counter("commit_conflicts_total", "Commits decided again because another node was first")?,
            room_panics: counter("room_panics_total", "Rooms lost to a panic; each is a bug")?,
            bus_failures: counter("bus_failures_total", "Calls of the bus that failed")?,
            rooms_cut_off: gauge("rooms_cut_off", "Rooms whose log cannot be reached at the moment")?,
            batch_entries: histogram("commit_entries", "Entries of one commit", exponential_buckets(1.0, 2.0, 10)?)?,
            commit: histogram(
                "commit_seconds",
                "From a decision to its commit",
                exponential_buckets(0.000_1, 2.5, 12)?,
            )?,
            requests: counters("requests_total", "Requests by action and outcome", &["action", "outcome"])?,
            closed: counters("goodbyes_total", "Sockets closed by the server, by code", &["code"])?,
            turned_away: counters("turned_away_total", "Connections refused before a WebSocket, by cause", &["cause"])?,
        })))
    }

    /// Families that nobody reads.
    #[cfg(test)]
    pub(crate) fn unregistered() -> Self {
        Self::new(&Registry::new()).expect("a fresh registry takes them")
    }

    /// A request was answered: `None` is "done".
    pub(crate) fn request(&self, action: ActionName, refused: Option<Code>) {
        let outcome = refused.map_or_else(|| "ok".to_owned(), name);
        self.requests.with_label_values(&[name(action).as_str(), outcome.as_str()]).inc();
    }

    /// What could not be read as a request was refused.
    pub(crate) fn unreadable(&self, code: Code) {
        self.requests.with_label_values(&["unreadable", name(code).as_str()]).inc();
    }

    /// A socket was told goodbye.
    pub(crate) fn closed(&self, code: Code) {
        self.closed.with_label_values(&[name(code)]).inc();
    }

    /// A connection was refused over HTTP.
    pub(crate) fn turned_away(&self, cause: &str) {
        self.turned_away.with_label_values(&[cause]).inc();
    }
}

/// The name on the wire of a variant without fields.
fn name<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("lectern").subsystem("signalling")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_names_on_the_wire() {
        let registry = Registry::new();
        let metrics = Metrics::new(&registry).unwrap();
        metrics.request(ActionName::ChatSend, None);
        metrics.request(ActionName::ChatSend, Some(Code::SlowMode));
        metrics.closed(Code::TooSlow);
        let text = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text.contains(r#"requests_total{action="chat_send",outcome="ok"} 1"#), "{text}");
        assert!(text.contains(r#"requests_total{action="chat_send",outcome="slow_mode"} 1"#), "{text}");
        assert!(text.contains(r#"goodbyes_total{code="too_slow"} 1"#), "{text}");
    }
}
