//! What the bus on Redis counts.

use std::time::Duration;

use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, exponential_buckets,
};

use crate::metrics::register;

/// Shared by all connections.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    calls: IntCounterVec,
    seconds: HistogramVec,
    pub(super) connects: IntCounterVec,
    pub(super) gaps: IntCounter,
    pub(super) available: IntGauge,
}

impl Metrics {
    pub(super) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("bus");
        let buckets = exponential_buckets(0.000_25, 2.0, 14)?;
        let seconds = HistogramOpts::new("call_seconds", "How long calls took, by kind");
        Ok(Self {
            calls: register(
                registry,
                IntCounterVec::new(opts("calls_total", "Calls by kind and outcome"), &["call", "outcome"])?,
            )?,
            seconds: register(
                registry,
                HistogramVec::new(seconds.namespace("lectern").subsystem("bus").buckets(buckets), &["call"])?,
            )?,
            connects: register(
                registry,
                IntCounterVec::new(opts("connects_total", "Attempts to connect, by outcome"), &["outcome"])?,
            )?,
            gaps: register(
                registry,
                IntCounter::with_opts(opts("gaps_total", "Times a topic was heard again after a loss"))?,
            )?,
            available: register(
                registry,
                IntGauge::with_opts(opts("available", "Whether all of the bus answers: 0 or 1"))?,
            )?,
        })
    }

    pub(super) fn count(&self, call: &str, outcome: &str, took: Duration) {
        self.calls.with_label_values(&[call, outcome]).inc();
        self.seconds.with_label_values(&[call]).observe(took.as_secs_f64());
    }
}
