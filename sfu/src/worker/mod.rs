//! A media worker: one thread, one UDP port, its own peers and its own part of every room that has some of them.
//!
//! The thread waits for its sockets, its inbox and its timers, and then does, in this order: commands, datagrams, rooms
//! (timers, fan-out, output), connections. Nothing in it is shared but the two queues of [`Inbox`]; a worker never waits
//! for another one.
//!
//! A panic inside a room's code ends that room's part here and nothing else: its sessions are closed with
//! [`CloseReason::RoomClosed`], and the control side closes the room's parts on the other workers.

mod fanout;
mod inbox;
mod net;
mod outbox;
mod peers;
mod rooms;
mod tcp;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, EventFd, Events, Interest, SendStats};
use lectern_wire::demux;
use lectern_wire::dtls::Identity;
use lectern_wire::stun;
use tokio::sync::mpsc;

pub use self::inbox::{COMMANDS_MAX, FEEDS_MAX, Inbox};
pub use self::net::BoundSockets;
use self::net::{Net, TCP_TOKEN, UDP4_TOKEN, UDP6_TOKEN, WAKE_TOKEN};
use self::outbox::Outbox;
use self::peers::{Peer, Peers, Role, publisher_key, viewer_key};
use self::rooms::{Rooms, Shard};
use crate::command::{Command, Event, RoomFeed};
use crate::drop_reason::DropReason;
use crate::media::MediaLimits;
use crate::metrics::{Population, WorkerMetrics};
use crate::session::{CloseReason, RoomId, SessionId, TransportSpec, WorkerId};
use crate::transport::tcp_frame::FRAME_BYTES_MAX;
use crate::transport::{Path, Received, Transport, TransportEvent, TransportLimits, Via};

/// How often peers' timers are looked at and metrics are published.
const TICK: Duration = Duration::from_millis(100);
/// `recvmmsg` calls per socket and round: enough to empty a burst, few enough that fan-out does not wait for long.
const RECV_ROUNDS: usize = 4;
/// Commands per round: a storm of joins must not hold up the media of those who are there.
const COMMANDS_PER_ROUND: usize = 64;
/// Frames per TCP connection and round.
const TCP_FRAMES_PER_ROUND: usize = 64;
/// Descriptors that one wait reports.
const EVENTS_MAX: usize = 64;

/// What a worker is made of.
pub struct WorkerParts {
    /// Which one it is.
    pub id: WorkerId,
    /// Its sockets, bound.
    pub sockets: BoundSockets,
    /// ICE-TCP connections that it may have.
    pub tcp_connections_max: usize,
    /// The inboxes of all workers, its own among them.
    pub inboxes: Arc<[Arc<Inbox>]>,
    /// Wakes it; its own inbox holds the other end.
    pub wake: Arc<EventFd>,
    /// To the control side.
    pub events: mpsc::Sender<Event>,
    /// The server's DTLS certificate.
    pub identity: Arc<Identity>,
    /// Limits on handshakes and consent.
    pub transport_limits: TransportLimits,
    /// Limits of rooms.
    pub media_limits: MediaLimits,
    /// Where it counts.
    pub metrics: WorkerMetrics,
    /// Called ten times a second while the worker is alive.
    pub heartbeat: Box<dyn Fn() + Send>,
}

/// One worker. [`Worker::run`] is its thread.
pub struct Worker {
    id: WorkerId,
    inboxes: Arc<[Arc<Inbox>]>,
    wake: Arc<EventFd>,
    outbox: Outbox,
    identity: Arc<Identity>,
    transport_limits: TransportLimits,
    media_limits: MediaLimits,
    metrics: WorkerMetrics,
    heartbeat: Box<dyn Fn() + Send>,
    epoll: Epoll,
    net: Net,
    peers: Peers,
    rooms: Rooms,
    send_stats: SendStats,
    next_tick: Instant,
    waited: Duration,
    ticked: Instant,
    stopping: bool,
}

impl Worker {
    /// Registers the sockets.
    ///
    /// # Errors
    /// When the kernel gives no epoll instance: too many open files.
    pub fn new(parts: WorkerParts) -> std::io::Result<Self> {
        let epoll = Epoll::new()?;
        epoll.add(&*parts.wake, WAKE_TOKEN, Interest::Readable)?;
        let net = Net::new(parts.sockets, parts.tcp_connections_max, &epoll)?;
        let now = Instant::now();
        Ok(Self {
            id: parts.id,
            inboxes: parts.inboxes,
            wake: parts.wake,
            outbox: Outbox::new(parts.events),
            identity: parts.identity,
            transport_limits: parts.transport_limits,
            media_limits: parts.media_limits,
            metrics: parts.metrics,
            heartbeat: parts.heartbeat,
            epoll,
            net,
            peers: Peers::default(),
            rooms: Rooms::default(),
            send_stats: SendStats::default(),
            next_tick: now,
            waited: Duration::ZERO,
            ticked: now,
            stopping: false,
        })
    }

    /// Works until [`Command::Shutdown`].
    pub fn run(mut self) {
        let mut events = Events::with_capacity(EVENTS_MAX);
        while !self.stopping {
            let now = self.wait(&mut events);
            self.take_commands(now);
            for event in events.iter() {
                match event.token {
                    WAKE_TOKEN => drop(self.wake.drain()),
                    UDP4_TOKEN => self.receive(now, Via::Udp4),
                    UDP6_TOKEN => self.receive(now, Via::Udp6),
                    token => self.serve_tcp(now, (token - TCP_TOKEN) as u32, event.writable),
                }
            }
            self.take_feeds(now);
            self.serve_rooms(now);
            if now >= self.next_tick {
                self.tick(now);
            }
            self.net.flush(&self.epoll);
        }
        self.shut_down();
    }

    /// Waits for something to do; returns the time.
    fn wait(&mut self, events: &mut Events) -> Instant {
        let before = Instant::now();
        let due = self.rooms.next_due().map_or(self.next_tick, |due| due.min(self.next_tick));
        let inbox = &self.inboxes[usize::from(self.id.0)];
        let timeout = if inbox.sleep() { due.saturating_duration_since(before) } else { Duration::ZERO };
        if let Err(error) = self.epoll.wait(events, Some(timeout)) {
            tracing::error!(worker = self.id.0, %error, "media: waiting for the sockets failed");
        }
        inbox.awake();
        let now = Instant::now();
        self.waited += now - before;
        now
    }

    fn take_commands(&mut self, now: Instant) {
        for _ in 0..COMMANDS_PER_ROUND {
            let Some(command) = self.inbox().command() else { return };
            self.handle_command(now, command);
        }
    }

    fn take_feeds(&mut self, now: Instant) {
        for _ in 0..FEEDS_MAX {
            let Some(RoomFeed { room, feed }) = self.inbox().next_feed() else { return };
            if let Some(index) = self.rooms.by_id(&room) {
                self.guarded(index, |worker| worker.rooms.touch(index).room.handle_feed(now, feed));
            }
        }
    }

    fn handle_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::OpenPublisher { room, session, transport, publisher } => {
                let index = self.room(&room, self.id);
                let key = self.open(now, index, session, Role::Publisher, &transport);
                self.guarded(index, |worker| {
                    let added = worker.rooms.touch(index).room.add_publisher(now, publisher_key(key), &publisher);
                    if added.is_err() {
                        worker.close(now, key, CloseReason::Refused);
                    }
                });
            }
            Command::OpenViewer { room, session, home, transport, viewer } => {
                let index = self.room(&room, home);
                let key = self.open(now, index, session, Role::Viewer, &transport);
                self.guarded(index, |worker| {
                    let added = worker.rooms.touch(index).room.add_viewer(now, viewer_key(key), &viewer);
                    if added.is_err() {
                        worker.close(now, key, CloseReason::Refused);
                    }
                });
            }
            Command::RestartIce { session, local, remote } => {
                if let Some(key) = self.peers.by_session(session) {
                    self.peers.restart_ice(key, local, remote);
                }
            }
            Command::SelectLayer { session, mid, selection } => {
                if let Some(key) = self.peers.by_session(session) {
                    let index = self.peers.slab[key].room;
                    self.guarded(index, |worker| {
                        worker.rooms.touch(index).room.select_layer(now, viewer_key(key), &mid, selection);
                    });
                }
            }
            Command::Mute { session, muted } => {
                if let Some(key) = self.peers.by_session(session) {
                    let room = self.peers.slab[key].room;
                    self.guarded(room, |worker| {
                        worker.rooms.touch(room).room.mute_publisher(publisher_key(key), muted);
                    });
                }
            }
            Command::LeaveOut { session, source } => {
                if let Some(key) = self.peers.by_session(session) {
                    let room = self.peers.slab[key].room;
                    self.guarded(room, |worker| worker.rooms.touch(room).room.leave_out(now, viewer_key(key), source));
                }
            }
            Command::Close { session, reason } => {
                if let Some(key) = self.peers.by_session(session) {
                    self.close(now, key, reason);
                }
            }
            Command::CloseRoom { room, reason } => {
                if let Some(index) = self.rooms.by_id(&room) {
                    self.drop_room(index, reason);
                }
            }
            Command::Subscribe { room, worker, subscribed } => self.subscribe(&room, worker, subscribed),
            Command::RequestKeyframe { room, track, layer } => {
                if let Some(index) = self.rooms.by_id(&room) {
                    self.guarded(index, |worker| worker.rooms.touch(index).room.request_keyframe(now, track, layer));
                }
            }
            Command::AcceptTcp { stream, first } => match self.net.tcp.accept(now, stream, &first, &self.epoll) {
                Ok(connection) => self.serve_tcp(now, connection, false),
                Err(error) => tracing::debug!(%error, "media: a TCP connection was lost at once"),
            },
            Command::Shutdown => self.stopping = true,
        }
    }

    /// The room's part on this worker, made if need be.
    fn room(&mut self, id: &RoomId, home: WorkerId) -> usize {
        if let Some(index) = self.rooms.by_id(id) {
            return index;
        }
        let index = self.rooms.insert(id.clone(), home, home == self.id, &self.media_limits);
        if home != self.id {
            self.tell(home, Command::Subscribe { room: id.clone(), worker: self.id, subscribed: true });
        }
        index
    }

    fn subscribe(&mut self, id: &RoomId, worker: WorkerId, subscribed: bool) {
        let index = self.room(id, self.id);
        let shard = self.rooms.touch(index);
        shard.subscribers.retain(|subscriber| *subscriber != worker);
        if subscribed {
            shard.subscribers.push(worker);
            let snapshot = self.guarded(index, |this| this.rooms.touch(index).room.snapshot());
            for feed in snapshot.into_iter().flatten() {
                self.inboxes[usize::from(worker.0)].feed(RoomFeed { room: id.clone(), feed });
            }
        } else {
            self.drop_if_empty(index);
        }
    }

    fn open(&mut self, now: Instant, room: usize, session: SessionId, role: Role, spec: &TransportSpec) -> usize {
        let transport = Transport::new(spec, &self.identity, self.transport_limits, now);
        self.rooms.touch(room).peers += 1;
        self.peers.insert(Peer { session, room, role, transport, opened: now, connected: false, joined: false })
    }

    /// Reads one socket until it is empty or others have waited long enough.
    fn receive(&mut self, now: Instant, via: Via) {
        for _ in 0..RECV_ROUNDS {
            // The buffers leave `self` for the round, so that what they hold can be handled by `self`.
            let Some(mut recv) = self.net.recv.take() else { return };
            let outcome = match self.net.udp(via) {
                Some(udp) => recv.recv(&udp.socket),
                None => Err(std::io::ErrorKind::NotFound.into()),
            };
            if outcome.is_ok() {
                for (remote, datagram) in recv.datagrams() {
                    self.handle_datagram(now, Path { via, remote }, datagram);
                }
            }
            let more = matches!(outcome, Ok(messages) if messages == recv.capacity());
            self.net.recv = Some(recv);
            self.flush_due_rooms(now);
            if !more {
                return;
            }
        }
    }

    fn serve_tcp(&mut self, now: Instant, connection: u32, writable: bool) {
        if writable {
            self.net.tcp.writable(connection, &self.epoll);
        }
        let mut frame = [0; FRAME_BYTES_MAX];
        for _ in 0..TCP_FRAMES_PER_ROUND {
            let Some((remote, frame)) = self.net.tcp.next_frame(connection, &mut frame, &self.epoll) else { return };
            self.handle_datagram(now, Path { via: Via::Tcp(connection), remote }, frame);
        }
    }

    fn handle_datagram(&mut self, now: Instant, path: Path, datagram: &mut [u8]) {
        let by_ufrag = || self.peers.by_ufrag(stun::Message::parse(datagram).ok()?.ufrags()?.0);
        let found = match demux::Kind::of(datagram) {
            demux::Kind::Stun => by_ufrag().ok_or(DropReason::StunUnknownUfrag),
            demux::Kind::Unknown => Err(DropReason::UnknownProtocol),
            demux::Kind::Dtls | demux::Kind::Rtp | demux::Kind::Rtcp => {
                self.peers.by_path(&path).ok_or(DropReason::UnknownPeer)
            }
        };
        match found {
            Ok(key) => {
                let room = self.peers.slab[key].room;
                self.guarded(room, |worker| worker.deliver(now, key, path, datagram));
            }
            Err(reason) => self.metrics.drop(reason, 1),
        }
    }

    /// Hands a datagram to its peer's transport, and what comes out of it to the room.
    fn deliver(&mut self, now: Instant, key: usize, path: Path, datagram: &mut [u8]) {
        let peer = &mut self.peers.slab[key];
        let len = datagram.len() as u64;
        match peer.transport.handle_datagram(now, path, datagram) {
            Ok(Received::Rtp { packet: plain, .. }) => {
                self.metrics.packets_in.inc();
                self.metrics.bytes_in.inc_by(len);
                match peer.role {
                    Role::Publisher => {
                        self.rooms.touch(peer.room).room.handle_publisher_rtp(now, publisher_key(key), plain);
                    }
                    Role::Viewer => self.metrics.drop(DropReason::ViewerSendsMedia, 1),
                }
            }
            Ok(Received::Rtcp(plain)) => {
                let room = &mut self.rooms.touch(peer.room).room;
                match peer.role {
                    Role::Publisher => room.handle_publisher_rtcp(now, publisher_key(key), plain),
                    Role::Viewer => room.handle_viewer_rtcp(now, viewer_key(key), plain),
                }
            }
            Ok(Received::Handled) => self.serve_transport(now, key),
            Err(reason) => {
                self.metrics.drop(reason, 1);
                self.serve_transport(now, key);
            }
        }
    }

    /// Sends what a transport wants to send and acts on what has happened to it.
    fn serve_transport(&mut self, now: Instant, key: usize) {
        while let Some((path, datagram)) = self.peers.slab[key].transport.poll_transmit() {
            self.net.send(path, &datagram, &self.metrics);
        }
        while let Some(event) = self.peers.slab.get_mut(key).and_then(|peer| peer.transport.poll_event()) {
            match event {
                TransportEvent::PathOpened(path) => {
                    self.peers.learn_path(key, path);
                    if let Via::Tcp(connection) = path.via {
                        self.net.tcp.own(connection);
                    }
                }
                TransportEvent::PathClosed(path) => {
                    self.peers.forget_path(key, path);
                    if let Via::Tcp(connection) = path.via {
                        self.net.tcp.close(connection, &self.epoll);
                    }
                }
                TransportEvent::PathSelected(_) => {}
                TransportEvent::Connected => self.connected(now, key),
                TransportEvent::Closed(reason) => self.close(now, key, reason),
            }
        }
    }

    fn connected(&mut self, now: Instant, key: usize) {
        let peer = &mut self.peers.slab[key];
        peer.connected = true;
        self.metrics.handshake.observe((now - peer.opened).as_secs_f64());
        self.outbox.send(Event::Connected { session: peer.session });
        if peer.role == Role::Viewer {
            self.rooms.touch(peer.room).room.viewer_ready(now, viewer_key(key));
        }
    }

    /// Ends a session.
    fn close(&mut self, now: Instant, key: usize, reason: CloseReason) {
        let Some(room) = self.peers.slab.get(key).map(|peer| peer.room) else { return };
        self.guarded(room, |worker| {
            let role = worker.peers.slab[key].role;
            let room = &mut worker.rooms.touch(room).room;
            match role {
                Role::Publisher => room.remove_publisher(now, publisher_key(key)),
                Role::Viewer => room.remove_viewer(now, viewer_key(key)),
            }
        });
        self.forget(key, reason);
        self.drop_if_empty(room);
    }

    /// Takes a peer out of the tables and says so.
    fn forget(&mut self, key: usize, reason: CloseReason) {
        let Some(mut peer) = self.peers.remove(key) else { return };
        peer.transport.close();
        while let Some((path, datagram)) = peer.transport.poll_transmit() {
            self.net.send(path, &datagram, &self.metrics);
        }
        for path in peer.transport.paths() {
            if let Via::Tcp(connection) = path.via {
                self.net.tcp.close(connection, &self.epoll);
            }
        }
        if let Some(shard) = self.rooms.get_mut(peer.room) {
            shard.peers -= 1;
        }
        self.metrics.closed(reason);
        self.outbox.send(Event::Closed { session: peer.session, reason });
    }

    fn drop_if_empty(&mut self, index: usize) {
        let Some(shard) = self.rooms.get_mut(index) else { return };
        if shard.peers == 0 && shard.subscribers.is_empty() {
            let Shard { id, home, .. } = self.rooms.remove(index);
            if home != self.id {
                self.tell(home, Command::Subscribe { room: id, worker: self.id, subscribed: false });
            }
        }
    }

    /// Ends all sessions of a room's part without asking the room, which may have panicked.
    fn drop_room(&mut self, index: usize, reason: CloseReason) {
        let keys =
            self.peers.slab.iter().filter(|(_, peer)| peer.room == index).map(|(key, _)| key).collect::<Vec<_>>();
        for key in keys {
            self.forget(key, reason);
        }
        if let Some(shard) = self.rooms.get_mut(index) {
            shard.subscribers.clear();
            self.drop_if_empty(index);
        }
    }

    /// Runs a room's code; a panic in it loses the room's part on this worker and nothing else.
    fn guarded<T>(&mut self, index: usize, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        // What the closure may leave half changed is the room, which is dropped, and its peers, which are closed.
        match catch_unwind(AssertUnwindSafe(|| run(self))) {
            Ok(value) => Some(value),
            Err(_) => {
                self.metrics.panicked();
                if let Some(shard) = self.rooms.get_mut(index) {
                    let room = shard.id.clone();
                    tracing::error!(%room, worker = self.id.0, "media: a room was lost to a panic");
                    self.drop_room(index, CloseReason::RoomClosed);
                    self.outbox.send(Event::RoomPanicked { room, worker: self.id });
                }
                None
            }
        }
    }

    fn tell(&self, worker: WorkerId, command: Command) {
        if self.inboxes[usize::from(worker.0)].send(command).is_err() {
            tracing::warn!(from = self.id.0, to = worker.0, "media: a worker's queue is full; a command was lost");
        }
    }

    fn tick(&mut self, now: Instant) {
        self.next_tick = now + TICK;
        (self.heartbeat)();
        self.outbox.drain();
        self.net.tcp.sweep(now, &self.epoll);
        let due = |peer: &Peer| peer.transport.next_timeout().is_some_and(|at| at <= now);
        let keys = self.peers.slab.iter().filter(|(_, peer)| due(peer)).map(|(key, _)| key).collect::<Vec<_>>();
        for key in keys {
            if let Some(room) = self.peers.slab.get(key).map(|peer| peer.room) {
                self.guarded(room, |worker| {
                    worker.peers.slab[key].transport.handle_timeout(now);
                    worker.serve_transport(now, key);
                });
            }
        }
        self.publish_metrics(now);
    }

    fn publish_metrics(&mut self, now: Instant) {
        self.metrics.drop(DropReason::WorkerQueueFull, self.inbox().take_feeds_dropped());
        self.send_stats = self.net.count_errors(self.send_stats, &self.metrics);
        let since = (now - self.ticked).as_secs_f64();
        let busy = if since > 0.0 { 1.0 - self.waited.as_secs_f64() / since } else { 0.0 };
        (self.ticked, self.waited) = (now, Duration::ZERO);
        let mut population =
            Population { rooms: self.rooms.len() as i64, busy: busy.clamp(0.0, 1.0), ..Population::default() };
        for (_, peer) in &self.peers.slab {
            match (peer.connected, peer.role) {
                (false, _) => population.handshaking += 1,
                (true, Role::Publisher) => population.publications += 1,
                (true, Role::Viewer) => population.viewers += 1,
            }
        }
        self.metrics.publish(population);
    }

    fn shut_down(mut self) {
        let keys = self.peers.slab.iter().map(|(key, _)| key).collect::<Vec<_>>();
        for key in keys {
            self.forget(key, CloseReason::Shutdown);
        }
        self.net.flush(&self.epoll);
        let now = Instant::now();
        self.publish_metrics(now);
    }

    fn inbox(&self) -> &Inbox {
        &self.inboxes[usize::from(self.id.0)]
    }
}
