//! The rooms' parts on one worker: their timers, their fan-out and what they want done.

use std::collections::HashMap;
use std::time::Instant;

use slab::Slab;

use super::fanout::FanOut;
use super::peers::Role;
use super::{Peers, Worker};
use crate::command::{Command, Event, RoomFeed};
use crate::drop_reason::DropReason;
use crate::media::{MediaLimits, Output, Room, RoomStats};
use crate::session::{CloseReason, RoomId, WorkerId};
use crate::transport::Transport;

/// RTCP packets are sealed here; the media core builds none that is longer than a datagram.
const RTCP_BYTES_MAX: usize = 2_048;

/// One room's part.
pub(super) struct Shard {
    pub(super) id: RoomId,
    /// The worker of the room's publishers.
    pub(super) home: WorkerId,
    pub(super) room: Room,
    /// At home: the other workers with viewers.
    pub(super) subscribers: Vec<WorkerId>,
    /// Peers on this worker.
    pub(super) peers: usize,
    /// Something came in since the room was last served.
    touched: bool,
    /// When the room wants to be served again.
    due: Option<Instant>,
    /// What was exported of its counters.
    exported: RoomStats,
}

/// All parts on one worker.
#[derive(Default)]
pub(super) struct Rooms {
    slab: Slab<Shard>,
    by_id: HashMap<RoomId, usize>,
    touched: Vec<usize>,
    seed: u64,
}

impl Rooms {
    pub(super) fn insert(&mut self, id: RoomId, home: WorkerId, at_home: bool, limits: &MediaLimits) -> usize {
        self.seed = rand::random();
        let index = self.slab.insert(Shard {
            id: id.clone(),
            home,
            room: Room::new(limits, at_home, self.seed),
            subscribers: Vec::new(),
            peers: 0,
            touched: false,
            due: None,
            exported: RoomStats::default(),
        });
        self.by_id.insert(id, index);
        index
    }

    pub(super) fn remove(&mut self, index: usize) -> Shard {
        let shard = self.slab.remove(index);
        self.by_id.remove(&shard.id);
        shard
    }

    pub(super) fn by_id(&self, id: &RoomId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Shard> {
        self.slab.get_mut(index)
    }

    /// The shard, which will be served in this round: something comes in.
    pub(super) fn touch(&mut self, index: usize) -> &mut Shard {
        let shard = &mut self.slab[index];
        if !shard.touched {
            shard.touched = true;
            self.touched.push(index);
        }
        shard
    }

    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    /// When the first room wants to be served. Walks over all rooms, a nanosecond each.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.slab.iter().filter_map(|(_, shard)| shard.due).min()
    }

    fn touch_due(&mut self, now: Instant) {
        for (index, shard) in &mut self.slab {
            if !shard.touched && shard.due.is_some_and(|due| due <= now) {
                shard.touched = true;
                self.touched.push(index);
            }
        }
    }
}

impl Worker {
    /// Serves every room that got something or whose time has come.
    pub(super) fn serve_rooms(&mut self, now: Instant) {
        self.rooms.touch_due(now);
        // What serving touches anew (a viewer that is closed) is served in the next round.
        let mut touched = std::mem::take(&mut self.rooms.touched);
        for index in touched.drain(..) {
            let Some(shard) = self.rooms.get_mut(index) else { continue };
            shard.touched = false;
            self.guarded(index, |worker| worker.serve_room(now, index));
        }
        // The vector comes back for its memory; nothing may be lost that was touched meanwhile.
        touched.append(&mut self.rooms.touched);
        self.rooms.touched = touched;
    }

    /// Fan-out of the rooms whose packets have waited long enough, between two reads of a socket.
    pub(super) fn flush_due_rooms(&mut self, now: Instant) {
        for position in 0..self.rooms.touched.len() {
            let index = self.rooms.touched[position];
            let due = self.rooms.get_mut(index).and_then(|shard| shard.room.flush_due());
            if due.is_some_and(|due| due <= now) {
                self.guarded(index, |worker| worker.flush_room(now, index));
            }
        }
    }

    fn serve_room(&mut self, now: Instant, index: usize) {
        let Some(shard) = self.rooms.get_mut(index) else { return };
        if shard.room.next_timeout().is_some_and(|at| at <= now) {
            shard.room.handle_timeout(now);
        }
        // Other workers first: their fan-out can run while this one's does.
        self.drain_outputs(now, index);
        if self.rooms.get_mut(index).and_then(|shard| shard.room.flush_due()).is_some_and(|due| due <= now) {
            self.flush_room(now, index);
            self.drain_outputs(now, index);
        }
        if let Some(shard) = self.rooms.get_mut(index) {
            shard.due = match (shard.room.next_timeout(), shard.room.flush_due()) {
                (Some(timeout), Some(flush)) => Some(timeout.min(flush)),
                (one, other) => one.or(other),
            };
            let stats = shard.room.stats();
            export(stats, &mut shard.exported, &self.metrics);
        }
    }

    fn flush_room(&mut self, now: Instant, index: usize) {
        let Some(shard) = self.rooms.get_mut(index) else { return };
        let (since, before) = (shard.room.queued_since(), shard.room.stats().batch_packets);
        let mut fan_out = FanOut::new(&mut self.net, &mut self.peers, &mut self.metrics, now);
        shard.room.flush(now, &mut fan_out);
        self.net.flush(&self.epoll);
        let packets = shard.room.stats().batch_packets - before;
        if let (1.., Some(since)) = (packets, since) {
            self.metrics.flush_packets.observe(packets as f64);
            self.metrics.forwarding_delay.observe((Instant::now() - since).as_secs_f64());
        }
    }

    fn drain_outputs(&mut self, now: Instant, index: usize) {
        while let Some(output) = self.rooms.get_mut(index).and_then(|shard| shard.room.poll_output()) {
            self.handle_output(now, index, output);
        }
    }

    fn handle_output(&mut self, now: Instant, index: usize, output: Output) {
        let Some(shard) = self.rooms.get_mut(index) else { return };
        let room = shard.id.clone();
        match output {
            Output::Feed(feed) => {
                for subscriber in &shard.subscribers {
                    self.inboxes[usize::from(subscriber.0)].feed(RoomFeed { room: room.clone(), feed: feed.clone() });
                }
            }
            Output::PublisherRtcp { publisher, bytes } => self.send_rtcp(publisher.0 as usize, &bytes),
            Output::ViewerRtcp { viewer, bytes } => self.send_rtcp(viewer.0 as usize, &bytes),
            Output::RequestKeyframe { track, layer } => {
                let home = shard.home;
                self.tell(home, Command::RequestKeyframe { room, track, layer });
            }
            Output::TrackActive { track, layers } => self.outbox.send(Event::Active { room, track, layers }),
            Output::TrackInactive { track } => self.outbox.send(Event::Inactive { room, track }),
            Output::Speaker { source } => self.outbox.send(Event::Speaker { room, source }),
            Output::Voices { sources } => self.outbox.send(Event::Voices { room, sources }),
            Output::SlotLayer { viewer, mid, layer } => {
                if let Some(peer) = self.peers.slab.get(viewer.0 as usize) {
                    self.outbox.send(Event::SlotLayer { session: peer.session, mid, layer });
                }
            }
            Output::PublisherReplaced { publisher } => {
                let key = publisher.0 as usize;
                if self.peers.slab.get(key).is_some_and(|peer| peer.role == Role::Publisher) {
                    self.close(now, key, CloseReason::Replaced);
                }
            }
        }
    }

    /// Encrypts and sends one compound RTCP packet; before the keys are there it is dropped.
    fn send_rtcp(&mut self, key: usize, plain: &[u8]) {
        let mut packet = [0; RTCP_BYTES_MAX];
        if let Some((path, len)) = seal_rtcp(&mut self.peers, key, plain, &mut packet) {
            self.net.send(path, &packet[..len], &self.metrics);
        }
    }
}

fn seal_rtcp(
    peers: &mut Peers,
    key: usize,
    plain: &[u8],
    packet: &mut [u8; RTCP_BYTES_MAX],
) -> Option<(crate::transport::Path, usize)> {
    let transport: &mut Transport = &mut peers.slab.get_mut(key)?.transport;
    let path = transport.path()?;
    packet.get_mut(..plain.len())?.copy_from_slice(plain);
    let len = transport.sealer()?.seal_rtcp(packet, plain.len())?;
    Some((path, len))
}

/// Adds to the metrics what the room has counted since the last call.
fn export(stats: &RoomStats, exported: &mut RoomStats, metrics: &crate::metrics::WorkerMetrics) {
    metrics.keyframe_requests_in.inc_by(stats.keyframe_requests_in - exported.keyframe_requests_in);
    metrics.keyframe_requests_out.inc_by(stats.keyframe_requests_out - exported.keyframe_requests_out);
    metrics.nacks_in.inc_by(stats.nacks_in - exported.nacks_in);
    metrics.nacks_out.inc_by(stats.nacks_out - exported.nacks_out);
    metrics.retransmissions.inc_by(stats.resends_out - exported.resends_out);
    for ((now, before), reason) in stats.drops.iter().zip(&exported.drops).zip(DropReason::ALL) {
        if now > before {
            metrics.drop(*reason, now - before);
        }
    }
    exported.clone_from(stats);
}
