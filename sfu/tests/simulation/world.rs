//! The world around the rooms: a clock, a network, publishers and viewers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::{Duration, Instant};

use lectern_sfu::media::{Egress, MediaLimits, OutPacket, Output, PublisherKey, Room, ViewerKey};
use lectern_sfu::session::{LayerSelection, ViewerSpec};

use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::truth::Random;

/// A path, in each direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) delay_us: u64,
    pub(crate) jitter_us: u64,
    pub(crate) loss_permille: u64,
    pub(crate) duplicate_permille: u64,
}

pub(crate) const PERFECT: Network = Network { delay_us: 5_000, jitter_us: 0, loss_permille: 0, duplicate_permille: 0 };
pub(crate) const REORDERING: Network =
    Network { delay_us: 5_000, jitter_us: 3_000, loss_permille: 0, duplicate_permille: 10 };
pub(crate) const LOSSY: Network =
    Network { delay_us: 15_000, jitter_us: 4_000, loss_permille: 30, duplicate_permille: 10 };

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    ToRoom { publisher: u32, bytes: Vec<u8>, rtcp: bool },
    ToPublisher { publisher: u32, bytes: Vec<u8> },
    ToViewer { viewer: u32, bytes: Vec<u8>, rtcp: bool },
    FromViewer { viewer: u32, bytes: Vec<u8> },
}

pub(crate) struct World {
    base: Instant,
    pub(crate) now_us: u64,
    random: Random,
    pub(crate) uplink: Network,
    pub(crate) downlink: Network,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    order: u64,
    /// The home and one more worker's part.
    pub(crate) rooms: [Room; 2],
    pub(crate) publishers: BTreeMap<u32, Sender>,
    pub(crate) viewers: BTreeMap<u32, (usize, Receiver)>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) upstream_sent: u64,
}

/// Collects what a flush sends.
#[derive(Default)]
struct Sent {
    open: Option<ViewerKey>,
    packets: Vec<(ViewerKey, u64, Vec<u8>)>,
}

impl Egress for Sent {
    fn begin(&mut self, viewer: ViewerKey) -> bool {
        assert!(self.open.replace(viewer).is_none(), "begin twice");
        true
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        let mut bytes = [packet.header, packet.descriptor, packet.payload].concat();
        if packet.padding > 0 {
            bytes.resize(bytes.len() + usize::from(packet.padding) - 1, 0);
            bytes.push(packet.padding);
        }
        assert_eq!(bytes.len(), packet.len());
        self.packets.push((self.open.expect("begin before rtp"), packet.index, bytes));
    }

    fn end(&mut self) {
        assert!(self.open.take().is_some(), "end without begin");
    }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let limits = MediaLimits::default();
        Self {
            base: Instant::now(),
            now_us: 1_000_000,
            random: Random(seed),
            uplink: PERFECT,
            downlink: PERFECT,
            events: BinaryHeap::new(),
            order: 0,
            rooms: [Room::new(&limits, true, seed), Room::new(&limits, false, seed + 1)],
            publishers: BTreeMap::new(),
            viewers: BTreeMap::new(),
            outputs: Vec::new(),
            upstream_sent: 0,
        }
    }

    pub(crate) fn now(&self) -> Instant {
        self.base + Duration::from_micros(self.now_us)
    }

    pub(crate) fn publish(&mut self, sender: Sender) {
        let now = self.now();
        self.rooms[0].add_publisher(now, PublisherKey(sender.id), &sender.spec()).unwrap();
        self.publishers.insert(sender.id, sender);
    }

    pub(crate) fn unpublish(&mut self, id: u32) {
        let now = self.now();
        self.rooms[0].remove_publisher(now, PublisherKey(id));
        self.publishers.remove(&id);
    }

    /// A viewer joins on a worker; its transport is ready at once.
    pub(crate) fn watch(&mut self, room: usize, viewer: u32, spec: &ViewerSpec) {
        let now = self.now();
        if room == 1 && !self.viewers.values().any(|(room, _)| *room == 1) {
            for feed in self.rooms[0].snapshot() {
                self.rooms[1].handle_feed(now, feed);
            }
        }
        self.rooms[room].add_viewer(now, ViewerKey(viewer), spec).unwrap();
        self.rooms[room].viewer_ready(now, ViewerKey(viewer));
        self.viewers.insert(viewer, (room, Receiver::new(spec)));
        self.settle();
    }

    pub(crate) fn leave(&mut self, viewer: u32) {
        let now = self.now();
        let (room, _) = self.viewers.remove(&viewer).unwrap();
        self.rooms[room].remove_viewer(now, ViewerKey(viewer));
    }

    pub(crate) fn select(&mut self, viewer: u32, mid: &str, selection: LayerSelection) {
        let now = self.now();
        let room = self.viewers[&viewer].0;
        self.rooms[room].select_layer(now, ViewerKey(viewer), mid, selection);
        self.settle();
    }

    pub(crate) fn viewer(&self, viewer: u32) -> &Receiver {
        &self.viewers[&viewer].1
    }

    /// Runs for so long, with everybody capturing and speaking.
    pub(crate) fn run(&mut self, ms: u64) {
        let end = self.now_us + ms * 1_000;
        while self.now_us < end {
            self.step(true);
        }
    }

    /// Lets everything on its way arrive, with nothing new captured.
    pub(crate) fn drain(&mut self, ms: u64) {
        let end = self.now_us + ms * 1_000;
        while self.now_us < end {
            self.step(false);
        }
    }

    fn step(&mut self, live: bool) {
        self.now_us += 1_000;
        if live {
            self.send_media();
        }
        while self.events.peek().is_some_and(|Reverse((at, _, _))| *at <= self.now_us) {
            let Reverse((_, _, event)) = self.events.pop().unwrap();
            self.deliver(event);
            self.settle();
        }
        let now = self.now();
        for room in 0..2 {
            if self.rooms[room].next_timeout().is_some_and(|due| due <= now) {
                self.rooms[room].handle_timeout(now);
                let again = self.rooms[room].next_timeout();
                assert!(again.is_none_or(|due| due > now), "a timeout that is never done");
                self.settle();
            }
        }
        if self.now_us.is_multiple_of(20_000) {
            let viewers: Vec<u32> = self.viewers.keys().copied().collect();
            for viewer in viewers {
                let now_us = self.now_us;
                if let Some(bytes) = self.viewers.get_mut(&viewer).unwrap().1.feedback(now_us) {
                    self.travel(self.downlink, Event::FromViewer { viewer, bytes });
                }
            }
        }
    }

    fn send_media(&mut self) {
        let ms = self.now_us / 1_000;
        let mut out = Vec::new();
        for (id, sender) in &mut self.publishers {
            if (ms + u64::from(*id)).is_multiple_of(33) {
                out.extend(sender.capture(self.now_us).into_iter().map(|bytes| (*id, bytes, false)));
            }
            if (ms + u64::from(*id)).is_multiple_of(20) {
                out.push((*id, sender.speak(self.now_us), false));
            }
            if (ms + u64::from(*id)).is_multiple_of(700) {
                out.extend(sender.reports(self.now_us).into_iter().map(|bytes| (*id, bytes, true)));
            }
        }
        for (publisher, bytes, rtcp) in out {
            self.upstream_sent += u64::from(!rtcp);
            self.travel(self.uplink, Event::ToRoom { publisher, bytes, rtcp });
        }
    }

    fn travel(&mut self, network: Network, event: Event) {
        let copies = 1 + u64::from(self.random.chance(network.duplicate_permille));
        for copy in 0..copies {
            if self.random.chance(network.loss_permille) {
                continue;
            }
            let jitter = if network.jitter_us > 0 { self.random.below(network.jitter_us) } else { 0 };
            let at = self.now_us + network.delay_us + jitter + copy * 500;
            self.order += 1;
            self.events.push(Reverse((at, self.order, event.copy())));
        }
    }

    fn deliver(&mut self, event: Event) {
        let (now, now_us) = (self.now(), self.now_us);
        match event {
            Event::ToRoom { publisher, bytes, rtcp: false } => {
                self.rooms[0].handle_publisher_rtp(now, PublisherKey(publisher), &bytes);
            }
            Event::ToRoom { publisher, bytes, rtcp: true } => {
                self.rooms[0].handle_publisher_rtcp(now, PublisherKey(publisher), &bytes);
            }
            Event::ToPublisher { publisher, bytes } => {
                let Some(sender) = self.publishers.get_mut(&publisher) else { return };
                for bytes in sender.handle_rtcp(now_us, &bytes) {
                    self.upstream_sent += 1;
                    self.travel(self.uplink, Event::ToRoom { publisher, bytes, rtcp: false });
                }
            }
            Event::ToViewer { viewer, bytes, rtcp } => {
                let Some((_, receiver)) = self.viewers.get_mut(&viewer) else { return };
                if rtcp { receiver.handle_rtcp(now_us, &bytes) } else { receiver.handle_rtp(now_us, &bytes) }
            }
            Event::FromViewer { viewer, bytes } => {
                let Some((room, _)) = self.viewers.get(&viewer) else { return };
                self.rooms[*room].handle_viewer_rtcp(now, ViewerKey(viewer), &bytes);
            }
        }
    }

    /// What a worker does after every call: flush, then take outputs until there are none.
    fn settle(&mut self) {
        let now = self.now();
        for room in 0..2 {
            loop {
                if self.rooms[room].flush_due().is_some_and(|due| due <= now) {
                    self.flush(room);
                }
                let Some(output) = self.rooms[room].poll_output() else { break };
                self.handle_output(output);
            }
        }
        for room in 0..2 {
            if self.rooms[room].flush_due().is_some_and(|due| due <= now) {
                self.flush(room);
            }
        }
    }

    fn flush(&mut self, room: usize) {
        let mut sent = Sent::default();
        let now = self.now();
        self.rooms[room].flush(now, &mut sent);
        assert!(sent.open.is_none(), "begin without end");
        assert!(self.rooms[room].flush_due().is_none());
        for (key, index, bytes) in sent.packets {
            let ssrc = u32::from_be_bytes(bytes[8..12].try_into().unwrap());
            self.viewers.get_mut(&key.0).expect("a viewer that is here").1.check_index(ssrc, index, &bytes);
            self.travel(self.downlink, Event::ToViewer { viewer: key.0, bytes, rtcp: false });
        }
    }

    fn handle_output(&mut self, output: Output) {
        let now = self.now();
        match output {
            Output::Feed(feed) => {
                if self.viewers.values().any(|(room, _)| *room == 1) {
                    self.rooms[1].handle_feed(now, feed);
                }
            }
            Output::PublisherRtcp { publisher, bytes } => {
                self.travel(self.uplink, Event::ToPublisher { publisher: publisher.0, bytes: bytes.into() });
            }
            Output::ViewerRtcp { viewer, bytes } => {
                self.travel(self.downlink, Event::ToViewer { viewer: viewer.0, bytes: bytes.into(), rtcp: true });
            }
            Output::RequestKeyframe { track, layer } => self.rooms[0].request_keyframe(now, track, layer),
            Output::PublisherReplaced { publisher } => {
                self.publishers.remove(&publisher.0);
                self.outputs.push(output);
            }
            other => self.outputs.push(other),
        }
    }
}

impl Event {
    fn copy(&self) -> Self {
        match self {
            Event::ToRoom { publisher, bytes, rtcp } => {
                Event::ToRoom { publisher: *publisher, bytes: bytes.clone(), rtcp: *rtcp }
            }
            Event::ToPublisher { publisher, bytes } => {
                Event::ToPublisher { publisher: *publisher, bytes: bytes.clone() }
            }
            Event::ToViewer { viewer, bytes, rtcp } => {
                Event::ToViewer { viewer: *viewer, bytes: bytes.clone(), rtcp: *rtcp }
            }
            Event::FromViewer { viewer, bytes } => Event::FromViewer { viewer: *viewer, bytes: bytes.clone() },
        }
    }
}
