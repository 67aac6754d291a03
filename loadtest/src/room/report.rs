//! What a run in a room found: one JSON object for machines, a table for people.

use std::collections::BTreeMap;

use serde::Serialize;

/// The figures of one run. What was not measured is `null`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RoomReport {
    /// `room`.
    pub bench: &'static str,
    /// `lectern` or `socketio`.
    pub peer: &'static str,
    /// Servers that the participants were spread over.
    pub nodes: usize,
    /// Participants that were to join: the tutor and the students.
    pub sockets: usize,
    /// Those that did.
    pub joined: usize,
    /// From the first connection until everybody had been welcomed, s.
    pub join_s: Option<f64>,
    /// From a participant's connection to its welcome, ms.
    pub join_ms_p50: Option<f64>,
    /// See `join_ms_p50`.
    pub join_ms_p99: Option<f64>,

    /// Length of the chat window, s.
    pub seconds: f64,
    /// Chat messages a second in it.
    pub messages_per_s: f64,
    /// CPU seconds of the servers' processes per million messages delivered, in the chat window.
    pub cpu_s_per_mdelivery: Option<f64>,
    /// The same of the bare loop of `send`, measured in the same run.
    pub floor_cpu_s_per_mdelivery: Option<f64>,
    /// The same of Redis, where there is one.
    pub redis_cpu_s_per_mdelivery: Option<f64>,
    /// From the writer's send to a participant's read, ms.
    pub delivery_ms_p50: Option<f64>,
    /// See `delivery_ms_p50`.
    pub delivery_ms_p99: Option<f64>,
    /// See `delivery_ms_p50`.
    pub delivery_ms_max: Option<f64>,
    /// What the servers' resident memory grew by from before the joining to after the chat window, for each participant, kB.
    pub kb_per_socket: Option<f64>,
    /// Messages that participants should have had and did not, in the whole run.
    pub lost: u64,
    /// Messages that participants had more than once.
    pub repeated: u64,
    /// Participants whose final tally was not exactly the acknowledged votes.
    pub wrong_tallies: usize,
    /// From the loss of all students' connections until the last was back in the room, s.
    pub reconnect_s: Option<f64>,
    /// Presence notices a second while guests come and go, at the participant that got most.
    pub presence_per_s_max: f64,

    /// The chat window in detail.
    pub chat: Chat,
    /// The poll.
    pub poll: Poll,
    /// The guests.
    pub churn: Churn,
    /// The loss of all connections.
    pub reconnect: Reconnect,
    /// The servers.
    pub server: Server,
    /// What the load generator has to confess.
    pub generator: Generator,
    /// Requests that were refused, by code.
    pub refused: BTreeMap<String, usize>,
    /// Connections that did not come about or were lost against the plan, by cause.
    pub failures: BTreeMap<String, usize>,
}

/// The chat window.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Chat {
    /// Messages sent.
    pub sent: usize,
    /// Messages acknowledged.
    pub acknowledged: u64,
    /// Messages read, each at each participant.
    pub deliveries: u64,
    /// Bytes of the frame that brings one, as it is taken for the bare loop.
    pub frame_bytes: usize,
    /// Messages lost until the end of the window.
    pub lost: u64,
}

/// The poll.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Poll {
    /// Votes sent, changes of mind among them.
    pub votes_sent: usize,
    /// Votes acknowledged.
    pub votes_done: usize,
    /// From the first vote sent to the last acknowledged, s.
    pub vote_s: Option<f64>,
    /// Tallies a second while the votes came in, at the participant that got most.
    pub tallies_per_s_max: f64,
}

/// The guests.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Churn {
    /// How long they came and went, s.
    pub seconds: f64,
    /// Guests that came.
    pub joins: usize,
    /// Guests that went.
    pub leaves: usize,
    /// Presence notices, at the participant that got most.
    pub presence_notices_max: u64,
    /// And at the one that got fewest.
    pub presence_notices_min: u64,
}

/// The loss of all connections.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reconnect {
    /// How many were lost.
    pub dropped: usize,
    /// How many came back.
    pub back: usize,
    /// Messages written meanwhile.
    pub written_meanwhile: usize,
    /// Until everybody had everything, s.
    pub caught_up_s: Option<f64>,
    /// Those who got a snapshot instead of what they had missed.
    pub snapshots: usize,
    /// Messages lost over it.
    pub lost: u64,
}

/// The servers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Server {
    /// CPU seconds in the chat window.
    pub cpu_s: Option<f64>,
    /// The kernel's share of them, mostly sending.
    pub system_cpu_s: Option<f64>,
    /// CPU seconds while everybody joined.
    pub join_cpu_s: Option<f64>,
    /// Resident memory before the joining, kB.
    pub rss_before_kb: Option<u64>,
    /// Resident memory when everybody had joined, kB.
    pub rss_joined_kb: Option<u64>,
    /// Resident memory after the chat window, kB.
    pub rss_after_kb: Option<u64>,
}

/// The load generator's own figures and failings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Generator {
    /// CPU seconds of this process in the chat window.
    pub cpu_s: f64,
    /// CPU seconds of all processors in soft interrupts in the chat window; part of the senders' own time where the kernel
    /// does not keep it apart.
    pub softirq_cpu_s: f64,
    /// How late messages were sent, ms.
    pub late_ms_p99: Option<f64>,
    /// See `late_ms_p99`.
    pub late_ms_max: f64,
    /// The longest time between two looks at the sockets, ms. It is in the delays.
    pub blind_ms_max: f64,
    /// How long the sockets are left alone after each look, ms. It is in the delays.
    pub poll_interval_ms: f64,
    /// Writes that the kernel did not take at once.
    pub writes_delayed: u64,
    /// Connections lost against the plan, after the welcome.
    pub disconnects: usize,
    /// Requests that a lost connection left without an answer.
    pub unanswered: usize,
    /// Frames read.
    pub frames: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Messages that were parsed; the others were the same, byte by byte, as one that had been.
    pub parsed: u64,
    /// Events that came although one before them had not, by the server's numbers.
    pub gaps: u64,
    /// Events that came again, by the server's numbers.
    pub repeats: u64,
}

impl RoomReport {
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
        let Self { chat, poll, churn, reconnect, server, generator, .. } = self;
        let mut rows = vec![
            ("joined", format!("{} of {} after {} s", self.joined, self.sockets, text(self.join_s, 2))),
            ("join p50 / p99, ms", format!("{} / {}", text(self.join_ms_p50, 1), text(self.join_ms_p99, 1))),
            ("CPU s per million deliveries", text(self.cpu_s_per_mdelivery, 2)),
            ("  the bare loop", text(self.floor_cpu_s_per_mdelivery, 2)),
            ("  Redis beside it", text(self.redis_cpu_s_per_mdelivery, 2)),
            (
                "delivery p50 / p99 / max, ms",
                format!(
                    "{} / {} / {}",
                    text(self.delivery_ms_p50, 1),
                    text(self.delivery_ms_p99, 1),
                    text(self.delivery_ms_max, 1)
                ),
            ),
            ("memory per socket, kB", text(self.kb_per_socket, 1)),
            ("lost / repeated", format!("{} / {}", self.lost, self.repeated)),
            ("deliveries", format!("{} of {} messages in {:.1} s", chat.deliveries, chat.acknowledged, self.seconds)),
            ("votes", format!("{} of {} in {} s", poll.votes_done, poll.votes_sent, text(poll.vote_s, 2))),
            ("wrong tallies", self.wrong_tallies.to_string()),
            ("guests", format!("{} came, {} went in {:.0} s", churn.joins, churn.leaves, churn.seconds)),
            ("presence notices a second", format!("{:.2} at most", self.presence_per_s_max)),
            (
                "back after the loss",
                format!("{} of {} after {} s", reconnect.back, reconnect.dropped, text(self.reconnect_s, 2)),
            ),
            ("server CPU / system, s", format!("{} / {}", text(server.cpu_s, 1), text(server.system_cpu_s, 1))),
            ("generator CPU, s", format!("{:.1} in {:.1} s", generator.cpu_s, self.seconds)),
            ("late p99 / blind max, ms", format!("{} / {:.1}", text(generator.late_ms_p99, 1), generator.blind_ms_max)),
            ("disconnects / unanswered", format!("{} / {}", generator.disconnects, generator.unanswered)),
        ];
        rows.extend(self.refused.iter().map(|(code, count)| ("refused", format!("{count}: {code}"))));
        rows.extend(self.failures.iter().map(|(cause, count)| ("failed", format!("{count}: {cause}"))));
        let nodes = if self.nodes == 1 { "one node".to_owned() } else { format!("{} nodes", self.nodes) };
        let mut table = format!("room with {} sockets, {}, {nodes}\n", self.sockets, self.peer);
        for (name, value) in rows {
            table += &format!("  {name:<30}{value}\n");
        }
        table
    }
}

fn text(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_have_their_agreed_names() {
        let json = serde_json::to_value(RoomReport::default()).unwrap();
        for name in [
            "cpu_s_per_mdelivery",
            "floor_cpu_s_per_mdelivery",
            "delivery_ms_p50",
            "delivery_ms_p99",
            "kb_per_socket",
            "reconnect_s",
        ] {
            assert!(json.get(name).is_some_and(serde_json::Value::is_null), "{name}");
        }
        for name in ["lost", "repeated", "wrong_tallies"] {
            assert_eq!(json[name], 0, "{name}");
        }
    }

    #[test]
    fn the_table_tells_what_went_wrong() {
        let mut report = RoomReport { peer: "lectern", nodes: 2, sockets: 9, lost: 3, ..RoomReport::default() };
        report.refused.insert("slow_mode".into(), 4);
        let table = report.table();
        assert!(table.starts_with("room with 9 sockets, lectern, 2 nodes\n"), "{table}");
        assert!(table.contains("3 / 0\n") && table.contains("4: slow_mode"), "{table}");
    }
}
