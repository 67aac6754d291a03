//! What a run found: one JSON object for machines, a table for people, a progress bar for the impatient.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde::Serialize;

/// The figures of one run. What was not measured is `null`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// `fanout` or `storm`.
    pub bench: &'static str,
    /// Viewers that were to join.
    pub viewers: usize,
    /// Viewers that had a whole keyframe.
    pub joined: usize,
    /// Length of the steady window.
    pub seconds: f64,

    /// CPU seconds of the server's process per million packets that viewers received, in the steady window.
    pub cpu_s_per_mpkt: Option<f64>,
    /// The same of the bare loop (`floor`), measured in the same run.
    pub floor_cpu_s_per_mpkt: Option<f64>,
    /// Share of the packets due to viewers in the steady window that they did not get, 0 to 1.
    pub loss: Option<f64>,
    /// What the server's resident memory grew by, for each viewer, kB.
    pub kb_per_viewer: Option<f64>,
    /// The same by proportional set size.
    pub pss_kb_per_viewer: Option<f64>,
    /// From the publisher's send to a sampled viewer's read, ms.
    pub delay_ms_p50: Option<f64>,
    /// See `delay_ms_p50`.
    pub delay_ms_p99: Option<f64>,
    /// See `delay_ms_p50`.
    pub delay_ms_max: Option<f64>,
    /// From the first POST until every viewer had its first whole keyframe, s.
    pub storm_s: Option<f64>,
    /// Keyframe requests at the publisher from the first viewer's POST on: the most within any second.
    pub keyframe_requests_per_s: f64,
    /// The same, mean over the joining.
    pub keyframe_requests_per_s_mean: f64,
    /// From POST to the first whole keyframe, ms.
    pub join_ms_p50: Option<f64>,
    /// See `join_ms_p50`.
    pub join_ms_p99: Option<f64>,
    /// From POST to a connection that media can use, ms.
    pub connect_ms_p50: Option<f64>,
    /// See `connect_ms_p50`.
    pub connect_ms_p99: Option<f64>,

    /// What the server did in the window.
    pub server: Server,
    /// What viewers got.
    pub received: Received,
    /// What the load generator has to confess.
    pub generator: Generator,
    /// Why viewers did not join, and how many.
    pub failures: BTreeMap<String, usize>,
}

/// The server's side.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Server {
    /// CPU seconds in the window.
    pub cpu_s: Option<f64>,
    /// The kernel's share of them, mostly sending.
    pub system_cpu_s: Option<f64>,
    /// Resident memory with the publisher alone, kB.
    pub rss_before_kb: Option<u64>,
    /// Resident memory with all viewers, kB.
    pub rss_after_kb: Option<u64>,
    /// Packets out in the window, as its metrics say.
    pub packets_out: Option<f64>,
    /// `503` answers.
    pub refused: u32,
}

/// The viewers' side.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Received {
    /// RTP packets in the window.
    pub packets: u64,
    /// Packets that the publisher sent to each in the window.
    pub published: u64,
    /// Media packets that never came, by sequence numbers.
    pub lost: u64,
    /// Media packets that came again.
    pub duplicates: u64,
    /// Viewers that got less than 99% of what was published.
    pub short_viewers: usize,
    /// Viewers that lost their connection.
    pub disconnected: usize,
    /// Packets that sampled viewers decrypted and compared.
    pub verified: u64,
    /// Those that could not be decrypted.
    pub undecryptable: u64,
    /// Those that were not as sent.
    pub damaged: u64,
    /// Missing by the publisher's own numbering.
    pub skipped: u64,
    /// Fed twice by the publisher's own numbering.
    pub repeated: u64,
    /// Pictures that did not begin with a keyframe.
    pub black_starts: u64,
    /// Packets asked for again.
    pub nacked: u64,
    /// Missing packets that came as retransmissions.
    pub recovered: u64,
}

/// The load generator's own failings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Generator {
    /// CPU seconds of this process in the window.
    pub cpu_s: f64,
    /// CPU seconds of all processors in soft interrupts in the window; part of the senders' own time where the kernel does
    /// not keep it apart.
    pub softirq_cpu_s: f64,
    /// Datagrams that our sockets had no room for, in the window. They are counted as lost, too.
    pub own_receive_drops: u64,
    /// Datagrams of viewers that the kernel did not take.
    pub viewers_unsent: u64,
    /// Datagrams that did not fit a buffer.
    pub truncated: u64,
    /// Packets of the publisher that the kernel did not take.
    pub publisher_unsent: u64,
    /// How late the publisher sent its frames, ms.
    pub publisher_late_ms_p99: Option<f64>,
    /// See `publisher_late_ms_p99`.
    pub publisher_late_ms_max: f64,
    /// Frames and keyframes that the publisher sent.
    pub frames: u64,
    /// See `frames`.
    pub keyframes: u64,
    /// Packets that the server asked the publisher for again.
    pub publisher_nacked: u64,
    /// Sessions that could not be ended.
    pub undeleted: usize,
    /// How long datagrams wait in the socket of a viewer that is not sampled, ms.
    pub poll_interval_ms: f64,
}

impl Report {
    /// One line of JSON on stdout, a table on stderr.
    pub fn print(&self) {
        match serde_json::to_string(self) {
            Ok(json) => println!("{json}"),
            Err(error) => eprintln!("lectern-loadtest: {error}"),
        }
        eprint!("{}", self.table());
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let Self { server, received, generator, .. } = self;
        let mut rows = vec![
            ("viewers joined", format!("{} of {}", self.joined, self.viewers)),
            ("CPU s per million packets", text(self.cpu_s_per_mpkt, 2)),
            ("  the bare loop", text(self.floor_cpu_s_per_mpkt, 2)),
            ("loss", self.loss.map_or_else(dash, |loss| format!("{:.4} %", loss * 100.0))),
            ("memory per viewer, kB", text(self.kb_per_viewer, 1)),
            ("delay p50 / p99 / max, ms", triple(self.delay_ms_p50, self.delay_ms_p99, self.delay_ms_max)),
            ("join p50 / p99, ms", pair(self.join_ms_p50, self.join_ms_p99)),
            ("connect p50 / p99, ms", pair(self.connect_ms_p50, self.connect_ms_p99)),
            ("all joined after, s", text(self.storm_s, 2)),
            (
                "keyframe requests per s",
                format!("{:.0} at most, {:.2} mean", self.keyframe_requests_per_s, self.keyframe_requests_per_s_mean),
            ),
            (
                "packets received",
                format!("{} ({} lost, {} twice)", received.packets, received.lost, received.duplicates),
            ),
            (
                "verified in the sample",
                format!(
                    "{} ({} damaged, {} undecryptable, {} skipped, {} repeated)",
                    received.verified, received.damaged, received.undecryptable, received.skipped, received.repeated
                ),
            ),
            ("server CPU / system, s", pair(server.cpu_s, server.system_cpu_s)),
            ("generator CPU, s", format!("{:.1} in {:.1} s", generator.cpu_s, self.seconds)),
            (
                "own receive drops / unsent",
                format!("{} / {}", generator.own_receive_drops, generator.viewers_unsent + generator.publisher_unsent),
            ),
            (
                "publisher late p99 / max, ms",
                pair(generator.publisher_late_ms_p99, Some(generator.publisher_late_ms_max)),
            ),
        ];
        rows.extend(self.failures.iter().map(|(why, count)| ("did not join", format!("{count}: {why}"))));
        let mut table = format!("{} with {} viewers\n", self.bench, self.viewers);
        for (name, value) in rows {
            table += &format!("  {name:<30}{value}\n");
        }
        table
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn text(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(dash, |value| format!("{value:.digits$}"))
}

fn pair(a: Option<f64>, b: Option<f64>) -> String {
    format!("{} / {}", text(a, 1), text(b, 1))
}

fn triple(a: Option<f64>, b: Option<f64>, c: Option<f64>) -> String {
    format!("{} / {}", pair(a, b), text(c, 1))
}

/// A bar on stderr, where somebody may be watching.
#[derive(Debug)]
pub struct Progress {
    label: &'static str,
    next: Instant,
    is_terminal: bool,
}

impl Progress {
    const WIDTH: usize = 40;
    const INTERVAL: Duration = Duration::from_millis(100);

    /// A bar with this name.
    #[must_use]
    pub fn new(label: &'static str) -> Self {
        Self { label, next: Instant::now(), is_terminal: std::io::stderr().is_terminal() }
    }

    /// So much of it is done.
    pub fn show(&mut self, done: usize, total: usize) {
        let now = Instant::now();
        if !self.is_terminal || (now < self.next && done < total) {
            return;
        }
        self.next = now + Self::INTERVAL;
        let filled = (done * Self::WIDTH).checked_div(total).unwrap_or(0).min(Self::WIDTH);
        let bar = "#".repeat(filled) + &".".repeat(Self::WIDTH - filled);
        let _ = write!(std::io::stderr(), "\r{:<10} [{bar}] {done}/{total}", self.label);
    }

    /// Leave the line to what comes next.
    pub fn finish(self) {
        if self.is_terminal {
            let _ = write!(std::io::stderr(), "\r{:72}\r", "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_have_their_agreed_names_and_unknown_ones_are_null() {
        let json = serde_json::to_value(Report::default()).unwrap();
        for name in [
            "cpu_s_per_mpkt",
            "floor_cpu_s_per_mpkt",
            "loss",
            "kb_per_viewer",
            "delay_ms_p50",
            "delay_ms_p99",
            "storm_s",
        ] {
            assert!(json[name].is_null() && json.get(name).is_some(), "{name}");
        }
        assert_eq!(json["keyframe_requests_per_s"], 0.0);
    }

    #[test]
    fn the_table_shows_what_is_unknown_as_a_dash() {
        let report = Report { bench: "storm", viewers: 3, cpu_s_per_mpkt: Some(2.5), ..Report::default() };
        let table = report.table();
        assert!(table.starts_with("storm with 3 viewers\n"));
        assert!(table.contains("2.50\n") && table.contains("–"));
    }
}
