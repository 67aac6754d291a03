//! Prometheus metrics of captures, by process: rooms are no labels.

use lectern_platform::metrics::register;
use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// The families; clones count together.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) connections: IntGauge,
    pub(crate) lost: IntCounterVec,
    pub(crate) packets: IntCounter,
    pub(crate) repeated: IntCounter,
    pub(crate) asked: IntCounter,
    pub(crate) keyframes_asked: IntCounter,
    pub(crate) dropped: IntCounterVec,
    pub(crate) segments_dropped: IntCounter,
}

impl Metrics {
    /// Creates the families and registers them.
    ///
    /// # Errors
    /// When the registry already holds them.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("recorder");
        let counter = |name: &str, help: &str| register(registry, IntCounter::with_opts(opts(name, help))?);
        let counters = |name: &str, help: &str| register(registry, IntCounterVec::new(opts(name, help), &["reason"])?);
        Ok(Self {
            connections: register(
                registry,
                IntGauge::with_opts(opts("connections", "Rooms whose media server is connected"))?,
            )?,
            lost: counters("connections_lost_total", "Attempts to join that failed and connections that ended")?,
            packets: counter("rtp_packets_total", "RTP packets received, retransmissions included")?,
            repeated: counter("rtp_retransmissions_total", "Retransmissions received (RFC 4588)")?,
            asked: counter("nacked_packets_total", "Packets asked for again, each time")?,
            keyframes_asked: counter("keyframe_requests_total", "Keyframes asked for")?,
            dropped: counters("dropped_packets_total", "Datagrams that were of no use")?,
            segments_dropped: counter("segments_dropped_total", "Closed segments that nobody took in time")?,
        })
    }

    /// Packets asked for again, and retransmissions that came.
    #[must_use]
    pub fn repairs(&self) -> (u64, u64) {
        (self.asked.get(), self.repeated.get())
    }
}
