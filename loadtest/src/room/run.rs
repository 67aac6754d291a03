//! One run: everybody joins, chats, votes, sees guests come and go, and is cut off at once.

use std::io;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::time::Duration;

use hyper::Uri;
use lectern_platform::token::{Claims, Role, TokenSigner};
use lectern_room_protocol::Tally;

use crate::clock::now_us;
use crate::measure::{ProcessCost, softirq_time};
use crate::receivers::TICK;
use crate::report::Progress;
use crate::room::classroom::{Classroom, Rhythm};
use crate::room::dialect::{Ask, Dialect, POLL_OPTIONS};
use crate::room::floor;
use crate::room::member::Door;
use crate::room::report::{Chat, Churn, Generator, Poll, Reconnect, RoomReport, Server};
use crate::run::RunError;

/// After everybody joined, so that handshakes are forgotten and the count of those present has come to rest.
const SETTLE: Duration = Duration::from_secs(3);
/// How long what is under way may take when a phase ends, if everybody's joining may take as long.
const GRACE_MAX: Duration = Duration::from_secs(10);
/// Everybody votes within this time.
const VOTING: Duration = Duration::from_secs(1);
/// One in so many votes twice, and the second vote counts.
const FICKLE: usize = 10;
/// Places for guests; half of them are taken at any time.
const GUEST_PLACES: usize = 200;
/// Messages a second while everybody reconnects; one person writes them all, and may not write many more.
const MEANWHILE_PER_S: f64 = 1.0;
/// How long each measurement of the bare loop lasts.
const FLOOR_TIME: Duration = Duration::from_secs(4);
/// How long tokens are good for: longer than any run.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// A run.
#[derive(Clone, Debug)]
pub struct RoomPlan {
    /// How the servers are spoken to.
    pub dialect: Dialect,
    /// The servers, `http://HOST:PORT`; participants are spread over them in turn.
    pub servers: Vec<Uri>,
    /// The room.
    pub room: String,
    /// The folder of keys that tokens are signed with; nobody has a token without it.
    pub keys: Option<PathBuf>,
    /// How many students there are, beside the tutor.
    pub students: usize,
    /// Chat messages a second.
    pub messages_per_s: f64,
    /// Students who write them, in turn.
    pub writers: usize,
    /// How long the chat is measured.
    pub window: Duration,
    /// How long guests come and go.
    pub churn: Duration,
    /// How many come, and how many go, a minute.
    pub churn_per_minute: f64,
    /// Connections under way at once, when everybody joins or reconnects.
    pub at_once: usize,
    /// How long everybody may take to join or to come back.
    pub patience: Duration,
    /// The servers' processes, to measure CPU time and memory.
    pub pids: Vec<u32>,
    /// Redis' process.
    pub redis_pid: Option<u32>,
    /// Whether to measure the bare loop before and after.
    pub floor: bool,
}

/// Run the plan.
///
/// # Errors
/// Something of our own fails: no keys, no such address, too many open files. What the server does wrong is in the report.
pub fn run(plan: &RoomPlan) -> Result<RoomReport, RunError> {
    let mut floors = Vec::new();
    let mut floor = |when: &str| -> Result<(), RunError> {
        if plan.floor {
            eprintln!("measuring the bare loop {when} …");
            let frame_len = plan.dialect.note_frame_len();
            floors.push(floor::measure(plan.students + 1, frame_len, plan.messages_per_s, FLOOR_TIME)?);
        }
        Ok(())
    };
    floor("before")?;
    let mut session = Session::open(plan)?;
    session.join()?;
    session.chat()?;
    session.poll()?;
    session.churn()?;
    session.reconnect()?;
    let mut report = session.close();
    floor("after")?;
    if !floors.is_empty() {
        report.floor_cpu_s_per_mdelivery = Some(floors.iter().sum::<f64>() / floors.len() as f64);
    }
    Ok(report)
}

/// A run under way.
struct Session<'a> {
    plan: &'a RoomPlan,
    class: Classroom,
    report: RoomReport,
}

impl<'a> Session<'a> {
    fn open(plan: &'a RoomPlan) -> Result<Self, RunError> {
        let doors = plan.servers.iter().map(|server| door(plan, server)).collect::<Result<Vec<_>, _>>()?;
        let class = Classroom::new(plan.dialect, doors, plan.students, tokens(plan)?)?;
        let report = RoomReport {
            bench: "room",
            peer: match plan.dialect {
                Dialect::Lectern => "lectern",
                Dialect::SocketIo => "socketio",
            },
            nodes: plan.servers.len(),
            sockets: plan.students + 1,
            messages_per_s: plan.messages_per_s,
            ..RoomReport::default()
        };
        Ok(Self { plan, class, report })
    }

    fn grace(&self) -> Duration {
        self.plan.patience.min(GRACE_MAX)
    }

    /// What all servers together have used.
    fn cost(&self) -> io::Result<Option<ProcessCost>> {
        let costs = self.plan.pids.iter().map(|pid| ProcessCost::read(*pid)).collect::<io::Result<Vec<_>>>()?;
        Ok(costs.into_iter().reduce(|a, b| ProcessCost {
            cpu: a.cpu + b.cpu,
            system: a.system + b.system,
            rss_kb: a.rss_kb + b.rss_kb,
            pss_kb: a.pss_kb + b.pss_kb,
        }))
    }

    /// Bring all residents in; how long that took, if all are in before patience is at its end.
    fn bring_in(&mut self, label: &'static str, mut meanwhile: impl FnMut(&mut Classroom)) -> io::Result<Option<f64>> {
        let (start_us, residents) = (now_us(), self.class.residents());
        let mut progress = Progress::new(label);
        let all_in_us = loop {
            self.class.dial_some(residents.clone(), self.plan.at_once);
            self.class.turn()?;
            meanwhile(&mut self.class);
            let (present, now_us) = (self.class.present(residents.clone()), now_us());
            progress.show(present, residents.len());
            if present == residents.len() {
                break Some(now_us);
            }
            if now_us > start_us + self.plan.patience.as_micros() as u64 {
                break None;
            }
        };
        progress.finish();
        Ok(all_in_us.map(|us| (us - start_us) as f64 / 1e6))
    }

    fn join(&mut self) -> io::Result<()> {
        eprintln!("{} join …", self.report.sockets);
        let before = self.cost()?;
        self.report.join_s = self.bring_in("joining", |_| ())?;
        self.report.joined = self.class.present(self.class.residents());
        self.class.idle(SETTLE)?;
        let after = self.cost()?;
        let join = &self.class.ledger().join;
        (self.report.join_ms_p50, self.report.join_ms_p99) = (join.quantile_ms(0.5), join.quantile_ms(0.99));
        self.report.server = Server {
            join_cpu_s: before.zip(after).map(|(before, after)| (after.cpu - before.cpu).as_secs_f64()),
            rss_before_kb: before.map(|cost| cost.rss_kb),
            rss_joined_kb: after.map(|cost| cost.rss_kb),
            ..Server::default()
        };
        Ok(())
    }

    fn chat(&mut self) -> io::Result<()> {
        eprintln!("they chat for {:.0} s …", self.plan.window.as_secs_f64());
        let redis_cost = |pid: Option<u32>| pid.map(ProcessCost::read).transpose();
        let (before, redis_before) = (self.cost()?, redis_cost(self.plan.redis_pid)?);
        let (own_before, softirq_before) = (ProcessCost::read(std::process::id())?, softirq_time()?);
        let start_us = now_us();
        self.class.ledger_mut().is_timed = true;
        self.write(self.plan.window)?;
        self.class.until(self.grace(), everybody_has_everything)?;
        self.class.ledger_mut().is_timed = false;
        let (after, redis_after) = (self.cost()?, redis_cost(self.plan.redis_pid)?);
        let own = ProcessCost::read(std::process::id())?;

        let ledger = self.class.ledger();
        let per_mdelivery = |before: Option<ProcessCost>, after: Option<ProcessCost>| {
            let cpu_s = (after?.cpu - before?.cpu).as_secs_f64();
            (ledger.deliveries > 0).then(|| cpu_s / (ledger.deliveries as f64 / 1e6))
        };
        let report = &mut self.report;
        report.seconds = (now_us() - start_us) as f64 / 1e6;
        report.cpu_s_per_mdelivery = per_mdelivery(before, after);
        report.redis_cpu_s_per_mdelivery = per_mdelivery(redis_before, redis_after);
        report.delivery_ms_p50 = ledger.delivery.quantile_ms(0.5);
        report.delivery_ms_p99 = ledger.delivery.quantile_ms(0.99);
        report.delivery_ms_max = (!ledger.delivery.is_empty()).then(|| ledger.delivery.max_us() as f64 / 1e3);
        report.chat = Chat {
            sent: ledger.notes_sent,
            acknowledged: ledger.acknowledged.len(),
            deliveries: ledger.deliveries,
            frame_bytes: self.plan.dialect.note_frame_len(),
            lost: missing(&self.class),
        };
        if let Some((before, after)) = before.zip(after) {
            report.server.cpu_s = Some((after.cpu - before.cpu).as_secs_f64());
            report.server.system_cpu_s = Some((after.system - before.system).as_secs_f64());
            report.server.rss_after_kb = Some(after.rss_kb);
            let grown_kb = report.server.rss_before_kb.map(|joining| after.rss_kb.saturating_sub(joining));
            report.kb_per_socket = grown_kb.map(|kb| kb as f64 / report.joined.max(1) as f64);
        }
        report.generator.cpu_s = (own.cpu - own_before.cpu).as_secs_f64();
        report.generator.softirq_cpu_s = softirq_time()?.saturating_sub(softirq_before).as_secs_f64();
        report.generator.late_ms_p99 = ledger.lateness.quantile_ms(0.99);
        report.generator.late_ms_max = ledger.lateness.max_us() as f64 / 1e3;
        report.generator.blind_ms_max = ledger.blind_us_max as f64 / 1e3;
        Ok(())
    }

    /// The writers write in turn.
    fn write(&mut self, time: Duration) -> io::Result<()> {
        let start_us = now_us();
        let mut rhythm = Rhythm::new(self.plan.messages_per_s, start_us);
        let (first, writers) = (self.class.students().start, self.plan.writers.clamp(1, self.plan.students));
        let end_us = start_us + time.as_micros() as u64;
        self.class.ledger_mut().blind_us_max = 0;
        loop {
            let now_us = now_us();
            if now_us >= end_us {
                return Ok(());
            }
            if let Some((turn, due_us)) = rhythm.due(now_us) {
                self.class.write_note(first + turn as usize % writers, due_us);
            }
            self.class.turn()?;
        }
    }

    fn poll(&mut self) -> io::Result<()> {
        eprintln!("all vote within {:.0} s …", VOTING.as_secs_f64());
        self.class.ask(Classroom::TUTOR, Ask::PollOpen);
        let students = self.class.students();
        let is_open = self.class.until(self.grace(), |class| {
            let poll = class.ledger().poll;
            poll.is_some() && class.members(class.students()).iter().all(|member| member.poll_seen == poll)
        })?;
        let Some(poll) = self.class.ledger().poll else {
            self.report.wrong_tallies = self.report.sockets;
            return Ok(());
        };
        if !is_open {
            eprintln!("not everybody saw the poll");
        }
        self.class.reset_pulses();
        let sent = self.vote(poll)?;
        self.class.until(self.grace(), |class| class.ledger().votes_done >= sent)?;
        // For the last tally.
        self.class.idle(VOTING)?;
        let tallies = self.class.members(students).iter().map(|member| member.tallies.per_s());
        let tallies_per_s_max = tallies.fold(0.0, f64::max);

        self.class.ask(Classroom::TUTOR, Ask::PollClose { poll });
        self.class.until(self.grace(), |class| {
            class.members(class.residents()).iter().all(|member| member.outcome.is_some())
        })?;
        let ledger = self.class.ledger();
        let mut votes = ledger.votes.clone();
        votes.resize(usize::from(POLL_OPTIONS), 0);
        let truth = Some(Tally { votes, voters: ledger.voters });
        let residents = self.class.members(self.class.residents());
        self.report.wrong_tallies = residents.iter().filter(|member| member.outcome != truth).count();
        self.report.poll.votes_done = ledger.votes_done;
        self.report.poll.tallies_per_s_max = tallies_per_s_max;
        self.report.poll.vote_s =
            self.report.poll.vote_s.map(|start_s| ledger.last_vote_us as f64 / 1e6 - start_s).filter(|s| *s >= 0.0);
        self.report.poll.votes_sent = sent;
        Ok(())
    }

    /// Everybody votes; how many votes that were.
    fn vote(&mut self, poll: u64) -> io::Result<usize> {
        let (students, start_us) = (self.class.students(), now_us());
        let mut rhythm = Rhythm::new(students.len() as f64 / VOTING.as_secs_f64(), start_us);
        let (mut next, mut sent) = (students.start, 0);
        while next < students.end {
            while next < students.end && rhythm.due(now_us()).is_some() {
                // Uneven on purpose: options swapped or votes dropped show.
                let option = [0, 0, 0, 1, 1, 2, 3][next % 7];
                if next % FICKLE == 0 {
                    self.class.ask(next, Ask::Vote { poll, option: POLL_OPTIONS - 1 - option });
                    sent += 1;
                }
                self.class.ask(next, Ask::Vote { poll, option });
                (next, sent) = (next + 1, sent + 1);
            }
            self.class.turn()?;
        }
        self.report.poll = Poll { vote_s: Some(start_us as f64 / 1e6), ..Poll::default() };
        Ok(sent)
    }

    fn churn(&mut self) -> io::Result<()> {
        if self.plan.churn.is_zero() {
            return Ok(());
        }
        eprintln!("{:.0} guests a minute come and go …", self.plan.churn_per_minute);
        let guests = self.class.guests();
        let start_us = now_us();
        let mut rhythm = Rhythm::new(self.plan.churn_per_minute / 60.0, start_us);
        let end_us = start_us + self.plan.churn.as_micros() as u64;
        let mut churn = Churn { seconds: self.plan.churn.as_secs_f64(), ..Churn::default() };
        self.class.reset_pulses();
        while now_us() < end_us {
            while let Some((visit, _)) = rhythm.due(now_us()) {
                let coming = guests.start + visit as usize % guests.len();
                let going = guests.start + (visit as usize + guests.len() / 2) % guests.len();
                self.class.dial(coming);
                churn.joins += 1;
                if self.class.present(going..going + 1) == 1 {
                    self.class.leave(going);
                    churn.leaves += 1;
                }
            }
            self.class.turn()?;
        }
        let pulses = self.class.members(self.class.residents()).iter().map(|member| member.presence);
        churn.presence_notices_max = pulses.clone().map(|pulse| pulse.count()).max().unwrap_or(0);
        churn.presence_notices_min = pulses.clone().map(|pulse| pulse.count()).min().unwrap_or(0);
        self.report.presence_per_s_max = pulses.map(|pulse| pulse.per_s()).fold(0.0, f64::max);
        self.report.churn = churn;
        for guest in guests {
            self.class.leave(guest);
        }
        self.class.idle(SETTLE)
    }

    fn reconnect(&mut self) -> io::Result<()> {
        eprintln!("all students lose their connections …");
        let lost_before = missing(&self.class);
        let (snapshots_before, sent_before) = (self.class.ledger().snapshots_on_return, self.class.ledger().notes_sent);
        let (students, start_us) = (self.class.students(), now_us());
        self.class.drop_connections(students.clone());
        let mut rhythm = Rhythm::new(MEANWHILE_PER_S, start_us);
        self.report.reconnect_s = self.bring_in("reconnecting", |class| {
            if let Some((_, due_us)) = rhythm.due(now_us()) {
                class.write_note(Classroom::TUTOR, due_us);
            }
        })?;
        let caught_up = self.class.until(self.grace(), everybody_has_everything)?;
        let ledger = self.class.ledger();
        self.report.reconnect = Reconnect {
            dropped: students.len(),
            back: self.class.present(students),
            written_meanwhile: ledger.notes_sent - sent_before,
            caught_up_s: caught_up.then(|| (now_us() - start_us) as f64 / 1e6),
            snapshots: ledger.snapshots_on_return - snapshots_before,
            lost: missing(&self.class).saturating_sub(lost_before),
        };
        Ok(())
    }

    fn close(mut self) -> RoomReport {
        for place in 0..self.class.guests().end {
            self.class.leave(place);
        }
        let (ledger, members) = (self.class.ledger(), self.class.members(0..self.class.guests().end));
        let gaps = members.iter().map(|member| member.chain.gaps()).sum::<u64>();
        let repeats = members.iter().map(|member| member.chain.repeats()).sum::<u64>();
        let mut report = self.report;
        // What the server's numbers tell and what the notes tell may be the same loss twice.
        report.lost = gaps.max(missing(&self.class));
        report.repeated = repeats.max(ledger.repeated_notes);
        report.refused.clone_from(&ledger.refused);
        report.failures.clone_from(&ledger.failures);
        report.generator = Generator {
            poll_interval_ms: TICK.as_secs_f64() * 1e3,
            writes_delayed: ledger.writes_delayed,
            disconnects: ledger.disconnects,
            unanswered: ledger.unanswered,
            frames: ledger.frames,
            bytes: ledger.bytes,
            parsed: self.class.parsed(),
            gaps,
            repeats,
            ..report.generator
        };
        report
    }
}

/// Notes that residents are owed and have not got.
fn missing(class: &Classroom) -> u64 {
    let acknowledged = &class.ledger().acknowledged;
    class.members(class.residents()).iter().map(|member| acknowledged.missing_in(&member.heard)).sum()
}

fn everybody_has_everything(class: &Classroom) -> bool {
    let ledger = class.ledger();
    ledger.acknowledged.len() == ledger.notes_sent as u64 && missing(class) == 0
}

fn door(plan: &RoomPlan, server: &Uri) -> Result<Door, RunError> {
    let authority = server
        .authority()
        .filter(|_| server.scheme_str() == Some("http"))
        .ok_or_else(|| format!("{server}: only http://HOST:PORT can be asked"))?;
    let port = authority.port_u16().unwrap_or(80);
    let address = (authority.host().trim_matches(['[', ']']), port).to_socket_addrs()?.next();
    let address = address.ok_or_else(|| format!("{server}: no such host"))?;
    Ok(Door { address, host: authority.to_string(), path: plan.dialect.path(&plan.room) })
}

/// A token for each place: the tutor, the students, the guests.
fn tokens(plan: &RoomPlan) -> Result<Vec<String>, RunError> {
    let signer = plan.keys.as_deref().map(TokenSigner::open).transpose()?;
    let token = |index: usize| -> Result<String, RunError> {
        let (role, name) = match index {
            Classroom::TUTOR => (Role::Tutor, "tutor"),
            student if student <= plan.students => (Role::Student, "student"),
            _ => (Role::Student, "guest"),
        };
        let person = format!("{name}-{index:04}");
        let display = format!("{}{} {index:04}", name[..1].to_uppercase(), &name[1..]);
        let claims = Claims::issue(&plan.room, &person, &display, role, TOKEN_LIFETIME);
        signer.as_ref().map_or_else(|| Ok(String::new()), |signer| Ok(signer.sign(&claims)?))
    };
    let guests = if plan.churn.is_zero() { 0 } else { GUEST_PLACES };
    (0..=plan.students + guests).map(token).collect()
}
