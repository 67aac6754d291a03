//! A room at this node: one task that owns all of it.
//!
//! Requests come in through one bounded queue. The task decides a batch of them on its own state, appends what they come
//! to as one commit to the room's log, and tells its sockets once that is done ([`journal`], [`desk`]); what other nodes
//! append comes by the room's topic. What is not numbered is coalesced ([`board`], [`census`]). All calls of the bus run
//! beside the task: while the bus is away the room goes on saying what it knows.

mod board;
mod census;
mod desk;
mod fanout;
mod journal;
mod past;
mod people;
mod roster;
mod roster_desk;
mod sweep;
#[cfg(test)]
mod tests;
mod told;
mod trail;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use lectern_platform::bus::{Appended, BusError, BusEvent, CommitId, NodePresence, Opened, Read, Subscription, Topic};
use lectern_platform::class_bus::ClassInquiry;
use lectern_platform::media_bus::{MediaReport, REPEAT_MS};
use lectern_room_protocol::{Code, Notice, Request, Resume};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::core::Actor;
use crate::node::Node;
use crate::socket::{Socket, SocketId};

use board::Board;
use census::{Census, Whisper};
use fanout::{Fanout, ShardLost};
use journal::{Flight, Journal};
use past::Past;
use people::{People, Seat};
use roster_desk::RosterDesk;
use sweep::Sweep;
use told::Told;

/// Messages of sockets that the room holds while it waits for the bus; more wait in its queue.
const INBOX_MAX: usize = 1_024;
/// The media servers get the policy before the room hears of it; if the bus takes longer than this, at once or later.
const POLICY_WAIT: Duration = Duration::from_millis(250);
/// How long the last words of a room to the bus may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a room is told by its sockets.
#[derive(Debug)]
pub(crate) enum Inbound {
    /// Somebody with a good token wants to come in.
    Join(Box<Joining>),
    /// Somebody who came in asks for something.
    Request(SocketId, Box<Request>, Instant),
    /// A socket is gone.
    Left(SocketId),
    /// The school asks.
    Inquiry(Box<ClassInquiry>),
    /// The node is about to stop.
    Drain,
}

/// Somebody who wants to come in.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) socket: Arc<Socket>,
    pub(crate) actor: Actor,
    pub(crate) resume: Option<Resume>,
    /// Whether a moderator lets them in.
    pub(crate) is_admitted: bool,
    /// Whether the log was read because they had seen more of it than this node.
    pub(crate) has_waited: bool,
}

/// How a call of the bus ended.
enum Done {
    Appended(CommitId, Result<Appended, BusError>),
    Read(Result<Read, BusError>),
    Opened(Result<Opened, BusError>),
    Lease(Result<bool, BusError>, Vec<String>),
    Presence(Result<Vec<NodePresence>, BusError>),
    /// Nobody waits for it.
    Told(Result<(), BusError>),
}

/// Why a room ends.
#[derive(Debug)]
enum End {
    /// Nobody was here for long.
    Idle,
    /// The node stops, and everybody has been sent away.
    Drained,
    /// It cannot go on here.
    Failed(&'static str),
}

impl From<ShardLost> for End {
    fn from(ShardLost: ShardLost) -> Self {
        Self::Failed("a shard is lost")
    }
}

/// See the [module](self).
struct Room {
    node: Arc<Node>,
    name: String,
    inbox: VecDeque<(Instant, Inbound)>,
    journal: Journal,
    past: Past,
    people: People,
    fanout: Fanout,
    board: Board,
    census: Census,
    sweep: Sweep,
    rosters: RosterDesk,
    /// Told to all when the step ends.
    telling: Vec<Told>,
    jobs: FuturesUnordered<BoxFuture<'static, Done>>,
    lease: Lease,
    policy_at: Instant,
    empty_since: Option<Instant>,
    is_draining: bool,
}

/// This node's lease in the room.
struct Lease {
    written_at: Option<Instant>,
    is_writing: bool,
    /// Whether the bus knows nothing of what was written before.
    write_all: bool,
}

/// The wall clock, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Some time from half a second on, unlike that of others who are told to come back at the same moment.
fn retry_ms() -> u64 {
    rand::random_range(500..5_000)
}

/// Runs a room until nobody has been in it for long.
pub(crate) async fn run(node: Arc<Node>, name: String, mut queue: mpsc::Receiver<Inbound>) {
    let opened = Room::open(Arc::clone(&node), name.clone()).await;
    let (mut room, mut commits, mut reports) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(room = name, %error, "rooms: could not open a room");
            return turn_away(&node, &name, queue).await;
        }
    };
    let end = loop {
        if let Err(end) = room.turn(&mut queue, &mut commits, &mut reports).await {
            match end {
                End::Idle if !node.forget(&name, &queue) => room.empty_since = Some(Instant::now()),
                end => break end,
            }
        }
    };
    match end {
        End::Failed(reason) => {
            tracing::error!(room = name, reason, "rooms: a room ended");
            room.record_all_left();
            room.fanout.close_all(Code::Unavailable, Some(5_000));
            let _ = room.fanout.end_step().await;
        }
        End::Idle | End::Drained => tracing::debug!(room = name, ?end, "rooms: closed a room"),
    }
    room.farewell().await;
}

/// Sends those away who wait for a room that cannot be opened.
async fn turn_away(node: &Node, name: &str, mut queue: mpsc::Receiver<Inbound>) {
    loop {
        while let Ok(inbound) = queue.try_recv() {
            if let Inbound::Join(joining) = inbound {
                joining.socket.close(Code::Unavailable, Some(retry_ms()));
            }
        }
        if node.forget(name, &queue) {
            return;
        }
        // Their sockets are about to leave.
        match tokio::time::timeout(Duration::from_millis(50), queue.recv()).await {
            Ok(Some(Inbound::Join(joining))) => joining.socket.close(Code::Unavailable, Some(retry_ms())),
            Ok(Some(_)) | Err(_) => {}
            Ok(None) => return,
        }
    }
}

impl Room {
    async fn open(node: Arc<Node>, name: String) -> Result<(Self, Subscription, Subscription), BusError> {
        let commits = node.bus.subscribe(&Topic::Room(name.clone())).await?;
        let reports = node.bus.subscribe(&Topic::MediaReport(name.clone())).await?;
        let opened = node.bus.open(&name, None).await?;
        let config = &node.config.node;
        let now = Instant::now();
        let mut room = Self {
            journal: Journal::new(node.config.room.clone()),
            past: Past::new(0, config.resume_events_max, config.resume_bytes_max),
            fanout: Fanout::new(node.metrics.clone()),
            inbox: VecDeque::new(),
            people: People::default(),
            board: Board::default(),
            census: Census::default(),
            sweep: Sweep::new(now),
            rosters: RosterDesk::default(),
            telling: Vec::new(),
            jobs: FuturesUnordered::new(),
            lease: Lease { written_at: None, is_writing: false, write_all: true },
            policy_at: now,
            empty_since: Some(now),
            is_draining: false,
            node,
            name,
        };
        room.adopt(opened).map_err(|_| BusError::Protocol("a log that cannot be read".to_owned()))?;
        room.say_count(true, now);
        Ok((room, commits, reports))
    }

    /// Waits for what comes next and does everything that follows from it.
    async fn turn(
        &mut self,
        queue: &mut mpsc::Receiver<Inbound>,
        commits: &mut Subscription,
        reports: &mut Subscription,
    ) -> Result<(), End> {
        let wake_at = self.wake_at();
        let mut arrived = Vec::new();
        let room_left = INBOX_MAX.saturating_sub(self.inbox.len());
        tokio::select! {
            Some(done) = self.jobs.next(), if !self.jobs.is_empty() => self.done(done).await?,
            event = commits.next() => self.heard(event).await?,
            report = reports.next() => self.heard_report(report),
            _ = queue.recv_many(&mut arrived, room_left), if room_left > 0 => self.arrived(arrived),
            () = sleep_until(wake_at) => {}
        }
        self.keep_time()?;
        self.advance().await?;
        self.pass_on();
        self.fanout.end_step().await?;
        Ok(())
    }

    /// Takes in what sockets said. Who leaves does so at once, whatever else waits.
    fn arrived(&mut self, arrived: Vec<Inbound>) {
        let now = Instant::now();
        for inbound in arrived {
            match inbound {
                Inbound::Left(socket) => self.left(socket),
                Inbound::Drain => self.drain(),
                Inbound::Inquiry(inquiry) => self.report(&inquiry),
                Inbound::Request(_, _, asked_at) => self.inbox.push_back((asked_at, inbound)),
                Inbound::Join(_) => self.inbox.push_back((now, inbound)),
            }
        }
    }

    fn left(&mut self, socket: SocketId) {
        let since = |people: &People, seat: &Seat| people.since_ms(&seat.actor.id).filter(|_| seat.shard.is_some());
        let since_ms = self.people.seat(socket).and_then(|seat| since(&self.people, seat));
        if let Some(seat) = self.people.leave(socket)
            && let Some(shard) = seat.shard
        {
            self.fanout.remove(shard, socket);
            if let Some(since_ms) = since_ms.filter(|_| !self.people.is_present(&seat.actor.id)) {
                self.record_left(&seat, since_ms);
            }
        }
        if self.people.sockets() == 0 {
            self.empty_since = Some(Instant::now());
        }
    }

    fn drain(&mut self) {
        self.is_draining = true;
        let spread_ms = self.node.config.node.drain_spread_ms;
        self.fanout.close_all(Code::Draining, Some(spread_ms));
        let retry = || Some(rand::random_range(0..=spread_ms));
        for seat in self.people.waiting_seats() {
            seat.socket.close(Code::Draining, retry());
        }
        for (_, inbound) in &self.inbox {
            if let Inbound::Join(joining) = inbound {
                joining.socket.close(Code::Draining, retry());
            }
        }
    }

    /// What another node said, or the bus itself.
    async fn heard(&mut self, event: Option<BusEvent>) -> Result<(), End> {
        match event {
            Some(BusEvent::Commit(commit)) => self.announced(commit).await,
            Some(BusEvent::Message(bytes)) => {
                self.heard_whisper(&bytes);
                Ok(())
            }
            Some(BusEvent::Gap) => {
                self.journal.suspect(Instant::now());
                Ok(())
            }
            None => Err(End::Failed("the bus was closed")),
        }
    }

    fn heard_whisper(&mut self, bytes: &[u8]) {
        let now = Instant::now();
        match serde_json::from_slice(bytes) {
            Ok(Whisper::Count { node, present, waiting, asks }) if node != self.node.name => {
                self.census.hear(node, present, waiting, now);
                if asks {
                    self.say_count(false, now);
                }
            }
            Ok(Whisper::Reactions { node, counts }) if node != self.node.name => self.board.hear_reactions(&counts),
            Ok(_) => {}
            Err(error) => tracing::warn!(room = self.name, %error, "rooms: did not understand another node"),
        }
    }

    fn heard_report(&mut self, report: Option<BusEvent>) {
        if let Some(BusEvent::Message(bytes)) = report {
            match serde_json::from_slice::<MediaReport>(&bytes) {
                Ok(report) => self.board.hear_report(report, Instant::now()),
                Err(error) => tracing::warn!(room = self.name, %error, "rooms: did not understand a media server"),
            }
        }
    }

    async fn done(&mut self, done: Done) -> Result<(), End> {
        match done {
            Done::Appended(id, result) => self.appended(id, result).await,
            Done::Read(result) => self.was_read(result).await,
            Done::Opened(result) => self.opened(result).await,
            Done::Lease(result, written) => {
                self.lease.is_writing = false;
                match result {
                    Ok(held) => self.lease.write_all = !held,
                    Err(error) => {
                        self.people.mark_changed(written);
                        self.cut_off(&error);
                    }
                }
                Ok(())
            }
            Done::Presence(result) => {
                self.presence_was_read(result);
                Ok(())
            }
            Done::Told(result) => {
                if let Err(error) = result {
                    self.node.metrics.bus_failures.inc();
                    tracing::debug!(room = self.name, %error, "rooms: could not tell the bus something");
                }
                Ok(())
            }
        }
    }

    /// When something has to be done even if nothing comes.
    fn wake_at(&self) -> Instant {
        let now = Instant::now();
        let here = self.people.count();
        let renew = self.lease.written_at.map_or(now, |at| {
            at + if self.people.has_changed() || self.lease.write_all { census::WRITE_INTERVAL } else { census::RENEW }
        });
        let soon = now + Duration::from_millis(50);
        let times = [
            Some(self.policy_at),
            Some(if self.lease.is_writing { soon.max(renew) } else { renew }),
            self.census.tell_at(here, now).filter(|_| self.people.sockets() > 0),
            self.census.say_at(here, now),
            self.board.due_at(now),
            self.journal.wake_at(now),
            self.oldest_asked().map(|at| (at + self.commit_timeout()).max(soon)),
            self.empty_since.map(|at| at + self.idle_timeout()),
            Some(self.sweep.at()),
        ];
        times.into_iter().flatten().min().unwrap_or(soon)
    }

    /// Since when the oldest of what was asked for waits.
    fn oldest_asked(&self) -> Option<Instant> {
        let inbox = self.inbox.front().map(|(at, _)| *at);
        inbox.into_iter().chain(self.journal.flight.as_ref().and_then(Flight::oldest_asked)).min()
    }

    fn commit_timeout(&self) -> Duration {
        Duration::from_millis(self.node.config.node.commit_ms)
    }

    fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.node.config.node.idle_ms)
    }

    /// Does what is due by the clock.
    fn keep_time(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if self.people.sockets() == 0 && self.journal.flight.is_none() && self.inbox.is_empty() {
            if self.is_draining {
                return Err(End::Drained);
            }
            let since = *self.empty_since.get_or_insert(now);
            if now >= since + self.idle_timeout() {
                return Err(End::Idle);
            }
        } else {
            self.empty_since = None;
        }
        if now >= self.policy_at {
            self.policy_at = now + Duration::from_millis(REPEAT_MS);
            let policy = self.policy();
            self.publish(Topic::MediaPolicy(self.name.clone()), policy);
            self.census.expire(now);
            self.board.expire(now);
        }
        self.renew_lease(now);
        if now >= self.sweep.at() {
            self.sweep(now);
        }
        self.tell_board(now);
        self.tell_census(now);
        Ok(())
    }

    fn policy(&self) -> Bytes {
        let policy = self.journal.state.media_policy(&self.journal.epoch);
        serde_json::to_vec(&policy).expect("a policy has a form in JSON").into()
    }

    fn renew_lease(&mut self, now: Instant) {
        let pause =
            if self.people.has_changed() || self.lease.write_all { census::WRITE_INTERVAL } else { census::RENEW };
        if self.lease.is_writing || self.lease.written_at.is_some_and(|at| now < at + pause) {
            return;
        }
        let changes = self.people.take_changes(self.lease.write_all);
        let renews = self.lease.written_at.is_none_or(|at| now >= at + census::RENEW);
        self.lease.written_at = Some(now);
        self.lease.is_writing = true;
        if renews {
            self.say_count(false, now);
        }
        let (node, name) = (Arc::clone(&self.node), self.name.clone());
        self.jobs.push(Box::pin(async move {
            let result = node.bus.write_presence(&name, &node.name, &changes).await;
            Done::Lease(result, changes.into_iter().map(|(person, _)| person).collect())
        }));
    }

    fn say_count(&mut self, asks: bool, now: Instant) {
        let (present, waiting) = self.people.count();
        self.census.say((present, waiting), now);
        self.whisper(&Whisper::Count { node: self.node.name.clone(), present, waiting, asks });
    }

    fn whisper(&mut self, whisper: &Whisper) {
        let bytes = serde_json::to_vec(whisper).expect("a whisper has a form in JSON");
        self.publish(Topic::Room(self.name.clone()), bytes.into());
    }

    /// Tells the school how this room is.
    fn report(&mut self, inquiry: &ClassInquiry) {
        let report = self.journal.state.report(inquiry, &self.journal.epoch, &self.node.name);
        let bytes = serde_json::to_vec(&report).expect("a report has a form in JSON");
        self.publish(Topic::ClassReport, bytes.into());
    }

    /// Tells the school that the class has ended; what was written it asks for.
    fn report_end(&mut self) {
        let (room, epoch, seq) = (self.name.clone(), self.journal.epoch.clone(), self.journal.state.seq());
        self.report(&ClassInquiry { room, epoch, seq, ..ClassInquiry::default() });
    }

    /// Tells the bus something that nobody waits for.
    fn publish(&mut self, topic: Topic, bytes: Bytes) {
        let node = Arc::clone(&self.node);
        self.jobs.push(Box::pin(async move { Done::Told(node.bus.publish(&topic, bytes).await) }));
    }

    fn tell_census(&mut self, now: Instant) {
        let here = self.people.count();
        if self.census.say_at(here, now).is_some_and(|at| now >= at) {
            self.say_count(false, now);
        }
        if self.people.sockets() > 0 && self.census.tell_at(here, now).is_some_and(|at| now >= at) {
            let (present, waiting) = self.census.tell(here, now);
            let students = Notice::Presence { present, waiting: None };
            let moderators = Notice::Presence { present, waiting: Some(waiting) };
            self.telling.push(Told::by_kind(Some(students), Some(moderators)));
        }
    }

    fn tell_board(&mut self, now: Instant) {
        if self.board.due_at(now).is_none_or(|at| now < at) {
            return;
        }
        let due = self.board.take(now);
        if due.tally
            && let Some((poll, tally, audience)) = self.journal.state.tally()
        {
            self.telling.push(Told::audience(&audience, Notice::PollTally { poll, tally }));
        }
        if !due.messages.is_empty() {
            let reactions = |message: u64| (message, self.journal.state.chat_reactions(message));
            let messages = due.messages.into_iter().map(reactions).collect();
            self.telling.push(Told::everyone(Notice::ChatReactions { messages }));
        }
        self.telling.extend(due.notices.into_iter().map(Told::everyone));
        if !due.own.is_empty() {
            self.whisper(&Whisper::Reactions { node: self.node.name.clone(), counts: due.own });
        }
    }

    /// Hands the shards what all are told.
    fn pass_on(&mut self) {
        let telling = std::mem::take(&mut self.telling);
        if let Some(batch) = told::batch(&telling, |person| self.people.is_moderator(person)) {
            self.fanout.tell_all(batch);
        }
    }

    /// What is not numbered, as it is now, for one reader.
    fn notices(&self, is_moderator: bool) -> Vec<Notice> {
        let (present, waiting) = self.census.total(self.people.count());
        let mut notices = vec![Notice::Presence { present, waiting: is_moderator.then_some(waiting) }];
        notices.extend(self.board.notices());
        if self.journal.is_told_cut_off() {
            notices.push(Notice::Service { available: false });
        }
        notices
    }

    /// The last words to the bus: the state, and that nobody is here any more.
    async fn farewell(mut self) {
        let snapshot = self.journal.snapshot();
        let everybody: Vec<_> = self.people.take_changes(false).into_iter().map(|(id, _)| (id, None)).collect();
        let count = Whisper::Count { node: self.node.name.clone(), present: 0, waiting: 0, asks: false };
        let bytes = serde_json::to_vec(&count).expect("a whisper has a form in JSON");
        let (bus, name) = (Arc::clone(&self.node.bus), self.name);
        let words = async {
            let _ = bus.write_presence(&name, &self.node.name, &everybody).await;
            let _ = bus.publish(&Topic::Room(name.clone()), bytes.into()).await;
            let _ = bus.save(&name, &snapshot).await;
        };
        let _ = tokio::time::timeout(FAREWELL, words).await;
    }
}
