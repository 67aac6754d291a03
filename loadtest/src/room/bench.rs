//! The project's own benchmark of the room: one node, two nodes over Redis, Socket.IO beside them, and the bars.

use std::path::PathBuf;
use std::time::Duration;

use crate::room::report::RoomReport;
use crate::room::run::{RoomPlan, run};
use crate::room::site::Site;
use crate::run::RunError;
use crate::verdict::Verdict;

/// The room of the benchmark.
const ROOM: &str = "bench";
/// Chat messages a second.
const MESSAGES_PER_S: f64 = 10.0;
/// Who writes them; the limits of the room allow one message of a person in 1.25 s.
const WRITERS: usize = 50;
/// How long guests come and go.
const CHURN: Duration = Duration::from_secs(15);
/// Guests that come, and that go, in a minute.
const CHURN_PER_MINUTE: f64 = 1_000.0;
/// Connections under way at once. Real clients spread themselves; this is a herd.
pub const AT_ONCE: usize = 1_000;
/// How long everybody may take to join or to come back.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two runs, so that sockets and timers of the last one are gone.
const PAUSE: Duration = Duration::from_secs(2);

/// The bars that the project has set itself.
mod bar {
    pub(super) const CPU_S_PER_MDELIVERY: f64 = 12.0;
    pub(super) const DELIVERY_MS_P99: f64 = 150.0;
    pub(super) const KB_PER_SOCKET: f64 = 25.0;
    pub(super) const RECONNECT_S: f64 = 15.0;
    /// One, and what delays add over the time that is measured.
    pub(super) const PRESENCE_PER_S: f64 = 1.02;
    /// Socket.IO's cost of a delivery, times ours.
    pub(super) const TIMES_CHEAPER: f64 = 3.0;
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    /// `lectern dev`.
    OneNode,
    /// Two `lectern-signalling` over Redis.
    TwoNodes,
    /// Two processes of Socket.IO over Redis.
    SocketIo,
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct RoomBenchPlan {
    /// The folder with the programs `lectern` and `lectern-signalling`.
    pub programs: PathBuf,
    /// The folder with the peers.
    pub peers: PathBuf,
    /// Who, in this order.
    pub contenders: Vec<Contender>,
    /// Participants: a tutor and students.
    pub sockets: usize,
    /// How long the chat is measured.
    pub window: Duration,
}

/// Measure everybody, each with servers of their own. The figures, in order.
///
/// # Errors
/// A server does not start, or something of our own fails.
pub async fn bench(plan: &RoomBenchPlan) -> Result<Vec<RoomReport>, RunError> {
    let mut reports = Vec::new();
    for contender in &plan.contenders {
        let report = measure(plan, *contender).await?;
        report.print();
        reports.push(report);
    }
    eprint!("{}", verdict(&reports).text());
    Ok(reports)
}

async fn measure(plan: &RoomBenchPlan, contender: Contender) -> Result<RoomReport, RunError> {
    eprintln!("measuring {contender:?} with {} sockets …", plan.sockets);
    let site = match contender {
        Contender::OneNode => Site::lectern(&plan.programs).await?,
        Contender::TwoNodes => Site::lectern_cluster(&plan.programs).await?,
        Contender::SocketIo => Site::socketio(&plan.peers).await?,
    };
    let run_plan = RoomPlan {
        dialect: site.dialect,
        servers: site.servers.clone(),
        room: ROOM.to_owned(),
        keys: site.keys.clone(),
        students: plan.sockets.saturating_sub(1).max(1),
        messages_per_s: MESSAGES_PER_S,
        writers: WRITERS,
        window: plan.window,
        churn: CHURN,
        churn_per_minute: CHURN_PER_MINUTE,
        at_once: AT_ONCE,
        patience: PATIENCE,
        pids: site.pids.clone(),
        redis_pid: site.redis_pid,
        floor: true,
    };
    let report = tokio::task::spawn_blocking(move || run(&run_plan)).await?;
    site.end()?;
    tokio::time::sleep(PAUSE).await;
    report
}

/// How the figures stand against the bars. They are Lectern's; Socket.IO's figures are shown.
#[must_use]
pub fn verdict(reports: &[RoomReport]) -> Verdict {
    let mut verdict = Verdict::default();
    for report in reports.iter().filter(|report| report.peer == "lectern") {
        judge(&mut verdict, report);
    }
    for peer in reports.iter().filter(|report| report.peer != "lectern") {
        verdict.say(&format!("\n{} on {} nodes, {} sockets", peer.peer, peer.nodes, peer.sockets));
        verdict.show("CPU s per million deliveries", known(peer.cpu_s_per_mdelivery));
        verdict.show("delivery p99, ms", known(peer.delivery_ms_p99));
        verdict.show("kB per socket", known(peer.kb_per_socket));
        for ours in reports.iter().filter(|report| report.peer == "lectern") {
            let ratio = known(peer.cpu_s_per_mdelivery) / known(ours.cpu_s_per_mdelivery);
            let name = format!("its cost of a delivery, times ours on {} node(s)", ours.nodes);
            verdict.at_least(&name, ratio, bar::TIMES_CHEAPER);
        }
    }
    verdict
}

fn judge(verdict: &mut Verdict, report: &RoomReport) {
    verdict.say(&format!("\n{} on {} node(s), {} sockets", report.peer, report.nodes, report.sockets));
    if let Some(floor) = report.floor_cpu_s_per_mdelivery {
        verdict.show("the bare loop, CPU s per million deliveries", floor);
        verdict.show("times the bare loop", known(report.cpu_s_per_mdelivery) / floor);
    }
    verdict.at_most("CPU s per million deliveries", known(report.cpu_s_per_mdelivery), bar::CPU_S_PER_MDELIVERY);
    verdict.at_most("delivery p99, ms", known(report.delivery_ms_p99), bar::DELIVERY_MS_P99);
    verdict.at_most("kB per socket", known(report.kb_per_socket), bar::KB_PER_SOCKET);
    verdict.at_least("joined", report.joined as f64, report.sockets as f64);
    verdict.at_most("lost", report.lost as f64, 0.0);
    verdict.at_most("repeated", report.repeated as f64, 0.0);
    verdict.at_least("votes acknowledged", report.poll.votes_done as f64, report.poll.votes_sent as f64);
    verdict.at_most("wrong tallies", report.wrong_tallies as f64, 0.0);
    // Over two seconds, so delays show; two a second are meant.
    verdict.show("tallies a second", report.poll.tallies_per_s_max);
    verdict.at_least("presence notices while guests come and go", report.churn.presence_notices_min as f64, 1.0);
    verdict.at_most("presence notices a second", report.presence_per_s_max, bar::PRESENCE_PER_S);
    verdict.at_most("back after the loss, s", known(report.reconnect_s), bar::RECONNECT_S);
}

/// What was not measured meets no bar.
fn known(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::report::Churn;

    fn good() -> RoomReport {
        RoomReport {
            peer: "lectern",
            nodes: 1,
            sockets: 5000,
            joined: 5000,
            cpu_s_per_mdelivery: Some(8.0),
            floor_cpu_s_per_mdelivery: Some(7.5),
            delivery_ms_p99: Some(60.0),
            kb_per_socket: Some(12.0),
            reconnect_s: Some(3.0),
            churn: Churn { presence_notices_min: 15, ..Churn::default() },
            ..RoomReport::default()
        }
    }

    #[test]
    fn a_good_run_misses_no_bar_and_each_flaw_does() {
        assert_eq!(verdict(&[good()]).missed(), 0, "{}", verdict(&[good()]).text());
        let flaws: [fn(&mut RoomReport); 10] = [
            |report| report.cpu_s_per_mdelivery = Some(12.1),
            |report| report.delivery_ms_p99 = None,
            |report| report.kb_per_socket = Some(26.0),
            |report| report.joined = 4999,
            |report| report.lost = 1,
            |report| report.repeated = 1,
            |report| report.wrong_tallies = 1,
            |report| report.presence_per_s_max = 2.0,
            |report| report.churn.presence_notices_min = 0,
            |report| report.reconnect_s = None,
        ];
        for flaw in flaws {
            let mut report = good();
            flaw(&mut report);
            assert_eq!(verdict(&[report]).missed(), 1);
        }
    }

    #[test]
    fn the_peer_has_to_be_three_times_dearer() {
        let peer = |cost| RoomReport { peer: "socketio", nodes: 2, cpu_s_per_mdelivery: Some(cost), ..good() };
        assert_eq!(verdict(&[good(), peer(24.0)]).missed(), 0);
        assert_eq!(verdict(&[good(), peer(23.9)]).missed(), 1);
    }
}
