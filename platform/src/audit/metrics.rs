//! What an audit trail counts.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::metrics::register;

/// Of either implementation; what one has nothing to say about stays at 0.
#[derive(Clone, Debug)]
pub(super) struct Metrics {
    pub(super) events: IntCounterVec,
    pub(super) syncs: IntCounter,
    pub(super) bytes: IntGauge,
    pub(super) dropped_bytes: IntCounter,
    pub(super) rows: IntCounterVec,
    pub(super) batches: IntCounterVec,
}

impl Metrics {
    pub(super) fn new(registry: &Registry) -> Result<Self, String> {
        Self::registered(registry).map_err(|error| error.to_string())
    }

    fn registered(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("audit");
        let counter = |name, help| register(registry, IntCounter::with_opts(opts(name, help))?);
        let counters = |name, help| register(registry, IntCounterVec::new(opts(name, help), &["outcome"])?);
        Ok(Self {
            events: counters("events_total", "Events by outcome")?,
            syncs: counter("syncs_total", "Times that events were brought to disk")?,
            bytes: register(
                registry,
                IntGauge::with_opts(opts("bytes", "What is in the folder: the trail, or the spool"))?,
            )?,
            dropped_bytes: counter("dropped_bytes_total", "The oldest of the trail, which made room")?,
            rows: counters("rows_total", "Rows that the table answered for, by outcome")?,
            batches: counters("batches_total", "Batches sent to the table, by outcome")?,
        })
    }
}
