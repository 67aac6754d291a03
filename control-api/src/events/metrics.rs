//! What the metrics say about events.

use lectern_platform::metrics::register;
use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// Of the streams of this node.
#[derive(Clone, Debug)]
pub(crate) struct StreamMetrics {
    pub(super) open: IntGauge,
    ended: IntCounterVec,
}

/// Of the outbox, as this node sees it.
#[derive(Clone, Debug)]
pub(crate) struct OutboxMetrics {
    pub(super) unsent: IntGauge,
    pub(super) oldest_s: IntGauge,
    pub(super) sent: IntCounter,
    pub(super) failed: IntCounter,
}

fn opts(subsystem: &str, name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("lectern").subsystem(subsystem)
}

impl StreamMetrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let open = IntGauge::with_opts(opts("event_streams", "open", "Event streams that are open"))?;
        let ended = opts("event_streams", "ended_total", "Event streams that the server ended early, by reason");
        let ended = IntCounterVec::new(ended, &["reason"])?;
        Ok(Self { open: register(registry, open)?, ended: register(registry, ended)? })
    }

    pub(super) fn ended(&self, reason: &str) {
        self.ended.with_label_values(&[reason]).inc();
    }
}

impl OutboxMetrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let unsent = IntGauge::with_opts(opts("outbox", "unsent", "Events that were not handed on yet"))?;
        let oldest_s = IntGauge::with_opts(opts("outbox", "oldest_unsent_seconds", "Age of the oldest of them"))?;
        let sent = IntCounter::with_opts(opts("outbox", "sent_total", "Events that this process handed on"))?;
        let failed = IntCounter::with_opts(opts("outbox", "failures_total", "Attempts to hand events on that failed"))?;
        Ok(Self {
            unsent: register(registry, unsent)?,
            oldest_s: register(registry, oldest_s)?,
            sent: register(registry, sent)?,
            failed: register(registry, failed)?,
        })
    }
}
