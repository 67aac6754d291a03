//! Prometheus metrics of the media server.
//!
//! [`Metrics`] holds the shared families; every worker counts in its own [`WorkerMetrics`], plain cells that the worker
//! publishes ten times a second, so that a packet costs no atomic operation.

use lectern_platform::metrics::register;
use prometheus::local::{LocalHistogram, LocalIntCounter};
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    exponential_buckets,
};

use crate::drop_reason::DropReason;
use crate::session::{CloseReason, WorkerId};

/// The metric families, shared by all workers.
#[derive(Clone)]
pub struct Metrics {
    viewers: IntGaugeVec,
    publications: IntGaugeVec,
    handshaking: IntGaugeVec,
    rooms: IntGaugeVec,
    busy: GaugeVec,
    packets: IntCounterVec,
    bytes: IntCounterVec,
    dropped: IntCounterVec,
    keyframe_requests: IntCounterVec,
    nacks: IntCounterVec,
    retransmissions: IntCounter,
    send_errors: IntCounter,
    closed: IntCounterVec,
    panics: IntCounter,
    flush_packets: Histogram,
    gso_segments: Histogram,
    forwarding_delay: Histogram,
    handshake: Histogram,
    join: Histogram,
}

impl Metrics {
    /// Creates the families and registers them.
    ///
    /// # Errors
    /// When the registry already holds them: two media servers cannot share one registry.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let gauges = |name: &str, help: &str| register(registry, IntGaugeVec::new(opts(name, help), &["worker"])?);
        let counters =
            |name: &str, help: &str, label: &str| register(registry, IntCounterVec::new(opts(name, help), &[label])?);
        let counter = |name: &str, help: &str| register(registry, IntCounter::with_opts(opts(name, help))?);
        let histogram = |name: &str, help: &str, buckets: Vec<f64>| {
            let opts = HistogramOpts::new(name, help).namespace("lectern").subsystem("sfu").buckets(buckets);
            register(registry, Histogram::with_opts(opts)?)
        };
        Ok(Self {
            viewers: gauges("viewers", "Viewers whose transport is connected")?,
            publications: gauges("publications", "Publishers whose transport is connected")?,
            handshaking: gauges("handshaking", "Sessions whose ICE or DTLS is not done")?,
            rooms: gauges("rooms", "Rooms with a part on this worker")?,
            busy: register(
                registry,
                GaugeVec::new(opts("worker_busy_ratio", "Share of time spent working, 0 to 1"), &["worker"])?,
            )?,
            packets: counters("rtp_packets_total", "RTP packets by direction", "direction")?,
            bytes: counters("rtp_bytes_total", "Bytes of RTP packets by direction, UDP payload", "direction")?,
            dropped: counters("dropped_packets_total", "Packets not forwarded, by reason", "reason")?,
            keyframe_requests: counters(
                "keyframe_requests_total",
                "PLI and FIR by direction: in from viewers, out to publishers",
                "direction",
            )?,
            nacks: counters(
                "nacked_packets_total",
                "Packets asked for again: in by viewers, out from publishers",
                "direction",
            )?,
            retransmissions: counter("retransmitted_packets_total", "Packets sent again to viewers")?,
            send_errors: counter("send_errors_total", "Datagrams that the kernel refused to send")?,
            closed: counters("sessions_closed_total", "Sessions that ended, by reason", "reason")?,
            panics: counter("room_panics_total", "Rooms lost to a panic; each is a bug")?,
            flush_packets: histogram(
                "fanout_batch_packets",
                "Packets that one fan-out carries to each viewer",
                vec![1., 2., 4., 8., 16., 32., 64.],
            )?,
            gso_segments: histogram(
                "gso_run_segments",
                "Packets in one GSO train",
                vec![1., 2., 3., 4., 6., 8., 16., 32., 64.],
            )?,
            forwarding_delay: histogram(
                "forwarding_delay_seconds",
                "From a packet's arrival to the end of its fan-out",
                exponential_buckets(0.000_25, 2.0, 12)?,
            )?,
            handshake: histogram(
                "handshake_seconds",
                "From the answer to a connected transport",
                exponential_buckets(0.005, 2.0, 12)?,
            )?,
            join: histogram(
                "join_seconds",
                "From a viewer's answer to its first media packet",
                exponential_buckets(0.005, 2.0, 12)?,
            )?,
        })
    }

    /// One worker's own cells.
    #[must_use]
    pub fn worker(&self, worker: WorkerId) -> WorkerMetrics {
        let label = worker.0.to_string();
        let gauge = |family: &IntGaugeVec| family.with_label_values(&[&label]);
        let direction = |family: &IntCounterVec, direction: &str| family.with_label_values(&[direction]).local();
        WorkerMetrics {
            packets_in: direction(&self.packets, "in"),
            packets_out: direction(&self.packets, "out"),
            bytes_in: direction(&self.bytes, "in"),
            bytes_out: direction(&self.bytes, "out"),
            keyframe_requests_in: direction(&self.keyframe_requests, "in"),
            keyframe_requests_out: direction(&self.keyframe_requests, "out"),
            nacks_in: direction(&self.nacks, "in"),
            nacks_out: direction(&self.nacks, "out"),
            retransmissions: self.retransmissions.local(),
            send_errors: self.send_errors.local(),
            flush_packets: self.flush_packets.local(),
            gso_segments: self.gso_segments.local(),
            forwarding_delay: self.forwarding_delay.local(),
            handshake: self.handshake.local(),
            join: self.join.local(),
            dropped: DropReason::ALL.iter().map(|reason| direction(&self.dropped, reason.as_str())).collect(),
            viewers: gauge(&self.viewers),
            publications: gauge(&self.publications),
            handshaking: gauge(&self.handshaking),
            rooms: gauge(&self.rooms),
            busy: self.busy.with_label_values(&[&label]),
            sessions_closed: self.closed.clone(),
            panics: self.panics.clone(),
        }
    }
}

/// What one worker counts. [`WorkerMetrics::publish`] makes it visible.
pub struct WorkerMetrics {
    /// RTP packets received and authenticated.
    pub packets_in: LocalIntCounter,
    /// RTP packets sent to viewers.
    pub packets_out: LocalIntCounter,
    /// Their bytes.
    pub bytes_in: LocalIntCounter,
    /// Their bytes.
    pub bytes_out: LocalIntCounter,
    /// PLI and FIR from viewers.
    pub keyframe_requests_in: LocalIntCounter,
    /// PLI to publishers.
    pub keyframe_requests_out: LocalIntCounter,
    /// Packets that viewers asked for again.
    pub nacks_in: LocalIntCounter,
    /// Packets that publishers were asked for again.
    pub nacks_out: LocalIntCounter,
    /// Packets sent again to viewers.
    pub retransmissions: LocalIntCounter,
    /// Datagrams that the kernel refused.
    pub send_errors: LocalIntCounter,
    /// Packets per fan-out.
    pub flush_packets: LocalHistogram,
    /// Packets per GSO train.
    pub gso_segments: LocalHistogram,
    /// Arrival to the end of the fan-out, seconds.
    pub forwarding_delay: LocalHistogram,
    /// Answer to connected, seconds.
    pub handshake: LocalHistogram,
    /// Answer to the first media packet, seconds.
    pub join: LocalHistogram,
    /// By reason, in the order of [`DropReason::ALL`].
    dropped: Box<[LocalIntCounter]>,
    viewers: IntGauge,
    publications: IntGauge,
    handshaking: IntGauge,
    rooms: IntGauge,
    busy: Gauge,
    sessions_closed: IntCounterVec,
    panics: IntCounter,
}

/// How many of each a worker has now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Population {
    /// Connected viewers.
    pub viewers: i64,
    /// Connected publishers.
    pub publications: i64,
    /// Sessions before their handshake is done.
    pub handshaking: i64,
    /// Rooms.
    pub rooms: i64,
    /// Share of time spent working since the last publication.
    pub busy: f64,
}

impl WorkerMetrics {
    /// Counts `n` packets that were not forwarded.
    pub fn drop(&self, reason: DropReason, n: u64) {
        self.dropped[reason as usize].inc_by(n);
    }

    /// Counts a session's end.
    pub fn closed(&self, reason: CloseReason) {
        self.sessions_closed.with_label_values(&[reason.as_str()]).inc();
    }

    /// Counts a room lost to a panic.
    pub fn panicked(&self) {
        self.panics.inc();
    }

    /// Makes everything counted so far visible to the scraper.
    pub fn publish(&mut self, population: Population) {
        self.viewers.set(population.viewers);
        self.publications.set(population.publications);
        self.handshaking.set(population.handshaking);
        self.rooms.set(population.rooms);
        self.busy.set(population.busy);
        for counter in [
            &self.packets_in,
            &self.packets_out,
            &self.bytes_in,
            &self.bytes_out,
            &self.keyframe_requests_in,
            &self.keyframe_requests_out,
            &self.nacks_in,
            &self.nacks_out,
            &self.retransmissions,
            &self.send_errors,
        ] {
            counter.flush();
        }
        self.dropped.iter().for_each(LocalIntCounter::flush);
        for histogram in [&self.flush_packets, &self.gso_segments, &self.forwarding_delay, &self.handshake, &self.join]
        {
            histogram.flush();
        }
    }
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace("lectern").subsystem("sfu")
}
