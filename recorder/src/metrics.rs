//! Prometheus metrics of the recorder's jobs.

use std::time::Duration;

use lectern_platform::metrics::register;
use lectern_recording::gap::Cause;
use lectern_recording::hls::Track;
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, exponential_buckets,
};

use crate::job::{Ended, Outcome};
use crate::packaging;
use crate::spool::Item;

/// What a run does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// Media is taken from the room.
    Recording,
    /// The class is over, and the rest is being stored.
    Finishing,
}

/// The families.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    recordings: IntGaugeVec,
    ended: IntCounterVec,
    segments: IntCounterVec,
    bytes: IntCounter,
    upload: Histogram,
    store_failures: IntCounter,
    leases_lost: IntCounter,
    panics: IntCounter,
    gaps: IntCounterVec,
    packagings: IntGauge,
    packagings_ended: IntCounterVec,
    packaging_read: IntCounter,
    pub(crate) spool_bytes: IntGauge,
}

/// Counts one for as long as it lives.
pub(crate) struct Within(IntGauge);

impl Drop for Within {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Creates the families and registers them.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("recorder");
        let counter = |name: &str, help: &str| register(registry, IntCounter::with_opts(opts(name, help))?);
        let counters =
            |name: &str, help: &str, labels: &[&str]| register(registry, IntCounterVec::new(opts(name, help), labels)?);
        let upload = HistogramOpts::new("upload_seconds", "From the spool until a file is verified in the store")
            .namespace("lectern")
            .subsystem("recorder")
            .buckets(exponential_buckets(0.01, 2.5, 12)?);
        Ok(Self {
            recordings: register(
                registry,
                IntGaugeVec::new(opts("recordings", "Recordings of this node by state"), &["state"])?,
            )?,
            ended: counters("runs_ended_total", "Runs by how they ended", &["how"])?,
            segments: counters("segments_stored_total", "Segments verified in the store", &["track"])?,
            bytes: counter("stored_bytes_total", "Bytes verified in the store")?,
            upload: register(registry, Histogram::with_opts(upload)?)?,
            store_failures: counter("store_failures_total", "Attempts that the store did not take")?,
            leases_lost: counter("leases_lost_total", "Jobs that another node took")?,
            panics: counter("panics_total", "Runs that ended by a bug")?,
            packagings: register(
                registry,
                IntGauge::with_opts(opts("packagings", "Uploaded videos that are being packaged"))?,
            )?,
            packagings_ended: counters("packagings_ended_total", "Packagings by how they ended", &["how"])?,
            packaging_read: counter("packaging_read_bytes_total", "Bytes of uploaded videos that were read")?,
            gaps: counters("gaps_total", "What recordings lack, by track and cause", &["track", "cause"])?,
            spool_bytes: register(
                registry,
                IntGauge::with_opts(opts("spool_bytes", "Bytes on this machine's disk that are not stored yet"))?,
            )?,
        })
    }

    pub(crate) fn enter(&self, state: State) -> Within {
        let label = match state {
            State::Recording => "recording",
            State::Finishing => "finishing",
        };
        let gauge = self.recordings.with_label_values(&[label]);
        gauge.inc();
        Within(gauge)
    }

    pub(crate) fn ended(&self, ended: &Ended) {
        let how = match ended {
            Ended::Told(Outcome::Ready) => "ready",
            Ended::Told(Outcome::Failed { reason, .. }) => reason,
            Ended::LeaseLost => "lease_lost",
            Ended::GivenUp => "given_up",
        };
        self.ended.with_label_values(&[how]).inc();
        if *ended == Ended::LeaseLost {
            self.leases_lost.inc();
        }
    }

    /// A video is being packaged for as long as this lives.
    pub(crate) fn package(&self) -> Within {
        self.packagings.inc();
        Within(self.packagings.clone())
    }

    pub(crate) fn packaged(&self, ended: &packaging::Ended) {
        self.packagings_ended.with_label_values(&[ended.name()]).inc();
    }

    pub(crate) fn read(&self, bytes: usize) {
        self.packaging_read.inc_by(bytes as u64);
    }

    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    pub(crate) fn stored(&self, item: &Item, took: Duration) {
        if item.listing.is_some() {
            self.segments.with_label_values(&[item.track.name()]).inc();
        }
        self.bytes.inc_by(item.bytes);
        self.upload.observe(took.as_secs_f64());
    }

    pub(crate) fn store_failed(&self) {
        self.store_failures.inc();
    }

    pub(crate) fn gap(&self, track: Track, cause: Cause) {
        let cause = match cause {
            Cause::Loss => "loss",
            Cause::NoKeyframe => "no_keyframe",
            Cause::Restart => "restart",
            Cause::TooLarge => "too_large",
            Cause::NotStored => "not_stored",
        };
        self.gaps.with_label_values(&[track.name(), cause]).inc();
    }
}
