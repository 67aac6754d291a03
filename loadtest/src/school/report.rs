//! What a run against a school found: one JSON object for machines.

use std::collections::BTreeMap;

use serde::Serialize;

/// The figures of one run. What was not measured is `null`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SchoolReport {
    /// `school`.
    pub bench: &'static str,
    /// `lectern` or `fastify`.
    pub peer: &'static str,
    /// Students who take part.
    pub students: usize,

    /// Reports of players that were due each second.
    pub heartbeats_offered_per_s: f64,
    /// Those that were acknowledged.
    pub heartbeats_per_s: f64,
    /// From when a report was due until its acknowledgement was read, ms.
    pub heartbeat_ms_p50: Option<f64>,
    /// See `heartbeat_ms_p50`.
    pub heartbeat_ms_p99: Option<f64>,
    /// CPU seconds of the server's process per 100,000 acknowledged reports.
    pub cpu_s_per_100k_heartbeats: Option<f64>,
    /// The same of Postgres, all its processes.
    pub database_cpu_s_per_100k_heartbeats: Option<f64>,

    /// Portfolios read each second.
    pub portfolio_per_s: f64,
    /// From when a read was due until its answer was read, ms.
    pub portfolio_ms_p50: Option<f64>,
    /// See `portfolio_ms_p50`.
    pub portfolio_ms_p99: Option<f64>,
    /// CPU seconds of the server's process per 100,000 reads.
    pub cpu_s_per_100k_portfolios: Option<f64>,

    /// Quiz answers kept each second.
    pub answers_per_s: f64,
    /// From when an answer was due to be written until its acknowledgement was read, ms.
    pub answer_ms_p99: Option<f64>,

    /// Open event streams.
    pub streams: usize,
    /// What the resident memory of the server that has them grew by for each, kB.
    pub kb_per_stream: Option<f64>,
    /// From the request that made something true, at one server, until the open page of another has read it, ms.
    pub event_ms_p50: Option<f64>,
    /// See `event_ms_p50`.
    pub event_ms_p99: Option<f64>,
    /// Events that did not come.
    pub events_lost: usize,

    /// Reports that were acknowledged before or while the server was killed.
    pub acknowledged: u64,
    /// Those of them that Postgres does not have.
    pub lost_acknowledged: Option<u64>,

    /// Answers that were no success, by phase and status.
    pub refused: BTreeMap<&'static str, BTreeMap<u16, u64>>,
}

impl SchoolReport {
    /// One line on standard output.
    pub fn print(&self) {
        match serde_json::to_string(self) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("the report cannot be written: {error}"),
        }
    }

    /// Acknowledged reports for each CPU second of the server and its database together.
    #[must_use]
    pub fn heartbeats_per_cpu_s(&self) -> Option<f64> {
        Some(100_000.0 / (self.cpu_s_per_100k_heartbeats? + self.database_cpu_s_per_100k_heartbeats?))
    }
}
