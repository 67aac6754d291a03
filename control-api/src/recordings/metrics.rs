//! What the metrics say about recordings.

use lectern_platform::metrics::register;
use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

use super::job_store::{Backlog, Ended, Origin};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    waiting: IntGauge,
    waiting_oldest_s: IntGauge,
    held: IntGauge,
    recorders: IntGauge,
    claims: IntCounterVec,
    ended: IntCounterVec,
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("recordings");
        let gauge = |name, help| register(registry, IntGauge::with_opts(opts(name, help))?);
        let counter = |name, help, labels: &[&str]| {
            let metric = register(registry, IntCounterVec::new(opts(name, help), labels)?)?;
            prometheus::Result::Ok(metric)
        };
        Ok(Self {
            waiting: gauge("waiting", "Recordings that are not finished and that no recorder has")?,
            waiting_oldest_s: gauge("waiting_oldest_seconds", "How long the first of them has waited")?,
            held: gauge("held", "Recordings that a recorder has")?,
            recorders: gauge("recorders", "Recorders that asked for work within the last minute")?,
            claims: counter("claims_total", "Recordings that recorders took from this node", &["from"])?,
            ended: counter("ended_total", "Recordings whose end this node wrote down", &["outcome", "reason"])?,
        })
    }

    /// What the school has now, which is the same for all nodes.
    pub(super) fn show(&self, backlog: &Backlog) {
        self.waiting.set(backlog.waiting);
        self.waiting_oldest_s.set(backlog.oldest_s);
        self.held.set(backlog.held);
        self.recorders.set(backlog.recorders);
    }

    pub(super) fn claimed(&self, origin: Origin) {
        self.claims.with_label_values(&[origin.as_str()]).inc();
    }

    pub(super) fn ended(&self, ended: Ended) {
        let outcome = match ended {
            Ended { is_playable: false, .. } => "failed",
            Ended { reason: Some(_), .. } => "cut_short",
            Ended { reason: None, .. } => "ready",
        };
        self.ended.with_label_values(&[outcome, ended.reason.map_or("", super::recording::Reason::as_str)]).inc();
    }
}
