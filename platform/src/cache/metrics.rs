//! What a cache counts.

use std::time::Duration;

use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, exponential_buckets,
};

use crate::metrics::register;

/// Of either implementation; what one has nothing to say about stays at 0.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    calls: IntCounterVec,
    seconds: HistogramVec,
    pub(super) connects: IntCounterVec,
    pub(super) available: IntGauge,
    pub(super) evicted: IntCounter,
    pub(super) bytes: IntGauge,
    pub(super) late: IntGauge,
}

impl Metrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, String> {
        Self::registered(registry).map_err(|error| error.to_string())
    }

    fn registered(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("cache");
        let counters = |name, help, labels: &[&str]| register(registry, IntCounterVec::new(opts(name, help), labels)?);
        let gauge = |name, help| register(registry, IntGauge::with_opts(opts(name, help))?);
        let seconds = HistogramOpts::new("call_seconds", "How long calls took, by kind").namespace("lectern");
        let seconds = seconds.subsystem("cache").buckets(exponential_buckets(0.000_01, 2.0, 16)?);
        Ok(Self {
            calls: counters("calls_total", "Calls by kind and outcome", &["call", "outcome"])?,
            seconds: register(registry, HistogramVec::new(seconds, &["call"])?)?,
            connects: counters("connects_total", "Attempts to connect, by outcome", &["outcome"])?,
            available: gauge("available", "Whether all of the cache answers: 0 or 1")?,
            evicted: register(
                registry,
                IntCounter::with_opts(opts("evicted_total", "Values that made room for others"))?,
            )?,
            bytes: gauge("bytes", "What values take in this process")?,
            late: gauge("late_deletes", "Deletes that Redis has still to get")?,
        })
    }

    pub(super) fn count(&self, call: &str, outcome: &str, took: Duration) {
        self.calls.with_label_values(&[call, outcome]).inc();
        self.seconds.with_label_values(&[call]).observe(took.as_secs_f64());
    }
}
