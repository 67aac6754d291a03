//! What the metrics say about deliveries: never to whom, for webhooks come and go and their addresses are nobody's business.

use std::time::Duration;

use lectern_platform::metrics::register;
use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use super::courier::Outcome;
use super::store::Waiting;

/// Bounds of the times, seconds. The last is the longest that an attempt may take.
const SECONDS: [f64; 8] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// See the [module](self).
pub(super) struct Metrics {
    attempts: IntCounterVec,
    seconds: HistogramVec,
    put_off: IntCounter,
    ended: IntCounterVec,
    waiting: IntGauge,
    overdue_s: IntGauge,
    failing: IntGauge,
}

impl Metrics {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("webhooks");
        let attempts = opts("attempts_total", "Attempts to deliver that this process made, by outcome");
        let seconds = HistogramOpts::new("attempt_seconds", "How long they took, by outcome");
        let seconds = seconds.namespace("lectern").subsystem("webhooks").buckets(SECONDS.to_vec());
        let put_off = opts("put_off_total", "Deliveries that it put off, because the host failed lately");
        let ended = opts("deliveries_total", "Deliveries that came to an end here, by outcome");
        let waiting = opts("waiting", "Deliveries that wait, of the whole school");
        let overdue_s = opts("overdue_seconds", "By how much the latest of them is late");
        let failing = opts("failing", "Webhooks at which nothing arrives");
        Ok(Self {
            attempts: register(registry, IntCounterVec::new(attempts, &["outcome"])?)?,
            seconds: register(registry, HistogramVec::new(seconds, &["outcome"])?)?,
            put_off: register(registry, IntCounter::with_opts(put_off)?)?,
            ended: register(registry, IntCounterVec::new(ended, &["outcome"])?)?,
            waiting: register(registry, IntGauge::with_opts(waiting)?)?,
            overdue_s: register(registry, IntGauge::with_opts(overdue_s)?)?,
            failing: register(registry, IntGauge::with_opts(failing)?)?,
        })
    }

    /// An attempt that took so long.
    pub(super) fn attempted(&self, outcome: &Outcome, took: Duration) {
        let outcome = match outcome {
            Outcome::NotTried(_) => return self.put_off.inc(),
            Outcome::Delivered(_) => "delivered",
            Outcome::Failed(Some(status), _) if status.is_server_error() => "5xx",
            Outcome::Failed(Some(status), _) if status.is_client_error() => "4xx",
            Outcome::Failed(Some(_), _) => "other_status",
            Outcome::Failed(None, _) => "no_answer",
        };
        self.attempts.with_label_values(&[outcome]).inc();
        self.seconds.with_label_values(&[outcome]).observe(took.as_secs_f64());
    }

    /// A delivery that is over: it arrived, or is not tried any more.
    pub(super) fn ended(&self, has_arrived: bool) {
        self.ended.with_label_values(&[if has_arrived { "delivered" } else { "failed" }]).inc();
    }

    pub(super) fn show(&self, waiting: &Waiting) {
        self.waiting.set(waiting.waiting);
        self.overdue_s.set(waiting.overdue_s);
        self.failing.set(waiting.failing);
    }
}
