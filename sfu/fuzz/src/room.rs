//! A room's two halves, one at home and one on another worker, under any order of operations.

use std::time::{Duration, Instant};

use lectern_sfu::media::{Feed, MediaLimits, Output, PublisherKey, Room, ViewerKey};
use lectern_sfu::session::{LayerSelection, MediaKind, Source, TrackId};
use lectern_wire::rtcp::{Compound, SenderInfo, Writer};

use crate::egress::Checked;
use crate::input::Input;
use crate::media::{Media, PUBLISHERS, VIEWERS};
use crate::{rtcp, sdp};

/// Small bounds, so that a short input reaches them.
fn limits() -> MediaLimits {
    MediaLimits {
        publishers_per_room: 3,
        viewers_per_room: 3,
        ssrcs_per_publisher: 8,
        history_packets: 64,
        batch_packets: 8,
        resends_per_second: 20,
        resends_queued: 16,
        missing_packets: 16,
        ..MediaLimits::default()
    }
}

/// What one operation may put out: far more than any needs, far less than what no longer ends.
const OUTPUTS_MAX: usize = 4_096;
/// Rounds of one loop of the caller until the room has nothing to do at this instant.
const ROUNDS_MAX: usize = 64;
/// Longest compound packet: it must fit a datagram with what SRTCP adds.
const RTCP_BYTES_MAX: usize = 1_400;
const KEYS: u32 = 4;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut rooms = Rooms::new();
    rooms.begin(&mut input);
    while !input.is_empty() {
        rooms.step(&mut input);
        rooms.settle();
    }
    rooms.end();
}

struct Rooms {
    now: Instant,
    halves: [Half; 2],
    publishers: Vec<(PublisherKey, Media)>,
    /// Feeds reach the other worker.
    linked: bool,
}

/// A room's part on one worker and what it sends.
struct Half {
    room: Room,
    egress: Checked,
    /// Nothing was ever refused by the egress, so that its count must be the room's.
    never_blocked: bool,
}

impl Rooms {
    fn new() -> Self {
        let half = |home| Half { room: Room::new(&limits(), home, 7), egress: Checked::default(), never_blocked: true };
        Self { now: Instant::now(), halves: [half(true), half(false)], publishers: Vec::new(), linked: true }
    }

    /// A publisher and a viewer on each worker, as the input wants them, so that no input begins with an empty room.
    fn begin(&mut self, input: &mut Input<'_>) {
        self.add_publisher(0, input);
        for half in 0..2 {
            self.add_viewer(half, 0, input);
            self.ready(half, 0);
        }
    }

    fn step(&mut self, input: &mut Input<'_>) {
        let op = input.u8();
        let (half, key) = (usize::from(op >> 4 & 1), u32::from(op >> 5) % KEYS);
        match op % 16 {
            0..4 => {
                if let Some((key, media)) = pick(&mut self.publishers, key) {
                    let packet = media.packet(input);
                    self.halves[0].room.handle_publisher_rtp(self.now, *key, &packet);
                }
            }
            4 => self.now += Duration::from_millis(input.u8().into()),
            5 => self.now += Duration::from_millis(u64::from(input.u16()) * 4),
            6 => self.halves[0].room.handle_publisher_rtp(self.now, PublisherKey(key), input.short()),
            7 => self.publisher_rtcp(key, input),
            8 => {
                let plain = self.halves[half].egress.feedback(ViewerKey(key), input);
                self.halves[half].room.handle_viewer_rtcp(self.now, ViewerKey(key), &plain);
            }
            9 => self.halves[half].room.handle_viewer_rtcp(self.now, ViewerKey(key), input.short()),
            10 => self.select(half, ViewerKey(key), input),
            11 => self.add_publisher(key, input),
            12 => self.add_viewer(half, key, input),
            13 => self.ready(half, key),
            14 => self.leave(half, key, input),
            _ => self.others(half, input),
        }
    }

    fn add_publisher(&mut self, key: u32, input: &mut Input<'_>) {
        let source = [Source::Camera, Source::Screen, Source::Stage(1), Source::Camera][input.index(4)];
        let offer = PUBLISHERS[input.index(PUBLISHERS.len())];
        let spec = sdp::publish(offer, source).expect("an offer of a real client").spec;
        let added = self.halves[0].room.add_publisher(self.now, PublisherKey(key), &spec);
        if added.is_ok() {
            let base_ssrc = 0x1000 * (key + 1) + u32::from(input.u8() & 1) * 0x100;
            self.publishers.retain(|(known, _)| known.0 != key);
            self.publishers.push((PublisherKey(key), Media::new(spec, base_ssrc)));
        }
    }

    fn add_viewer(&mut self, half: usize, key: u32, input: &mut Input<'_>) {
        let spec = sdp::watch(VIEWERS[input.index(VIEWERS.len())]).expect("an offer of a real client").spec;
        let Half { room, egress, .. } = &mut self.halves[half];
        if room.add_viewer(self.now, ViewerKey(key), &spec).is_ok() {
            egress.add(ViewerKey(key), spec);
        }
    }

    fn ready(&mut self, half: usize, key: u32) {
        self.halves[half].egress.ready(ViewerKey(key));
        self.halves[half].room.viewer_ready(self.now, ViewerKey(key));
    }

    fn leave(&mut self, half: usize, key: u32, input: &mut Input<'_>) {
        if input.bool() {
            self.halves[0].room.remove_publisher(self.now, PublisherKey(key));
            self.publishers.retain(|(known, _)| known.0 != key);
        } else {
            self.halves[half].room.remove_viewer(self.now, ViewerKey(key));
            self.halves[half].egress.remove(ViewerKey(key));
        }
    }

    fn select(&mut self, half: usize, key: ViewerKey, input: &mut Input<'_>) {
        let (paused, slot) = (input.bool(), usize::from(input.u8()));
        let mut cap = || Some(input.u8()).filter(|cap| *cap < 9);
        let selection = LayerSelection { paused, spatial_max: cap(), temporal_max: cap() };
        let spec = self.halves[half].egress.spec(key);
        let mid = spec.and_then(|spec| Some(spec.slots.get(slot % spec.slots.len().max(1))?.mid)).unwrap_or_default();
        self.halves[half].room.select_layer(self.now, key, &mid, selection);
    }

    /// A sender report that fits a stream, or any bytes.
    fn publisher_rtcp(&mut self, key: u32, input: &mut Input<'_>) {
        if input.bool() {
            let mut out = [0; 64];
            let mut writer = Writer::new(&mut out);
            let info = SenderInfo { ntp: u64::from(input.u32()) << 20, rtp: input.u32(), packets: 1, octets: 1 };
            writer.sender_report(0x1000 * (key + 1) + u32::from(input.u8()), &info, &[]);
            self.halves[0].room.handle_publisher_rtcp(self.now, PublisherKey(key), writer.bytes());
        } else {
            self.halves[0].room.handle_publisher_rtcp(self.now, PublisherKey(key), input.short());
        }
    }

    fn others(&mut self, half: usize, input: &mut Input<'_>) {
        match input.u8() % 4 {
            0 => {
                let kind = if input.bool() { MediaKind::Video } else { MediaKind::Audio };
                let track = TrackId { source: Source::Camera, kind };
                self.halves[0].room.request_keyframe(self.now, track, input.u8());
            }
            1 => {
                for feed in self.halves[0].room.snapshot() {
                    self.halves[1].room.handle_feed(self.now, feed);
                }
            }
            2 => self.linked = !self.linked,
            _ => {
                let egress = &mut self.halves[half];
                egress.egress.blocked = !egress.egress.blocked;
                egress.never_blocked = false;
            }
        }
    }

    /// Does what a worker does after each event.
    fn settle(&mut self) {
        for place in 0..2 {
            for feed in self.serve(place) {
                if self.linked {
                    self.halves[1].room.handle_feed(self.now, feed);
                }
            }
        }
    }

    fn serve(&mut self, place: usize) -> Vec<Feed> {
        let mut feeds = Vec::new();
        let mut wanted = Vec::new();
        let half = &mut self.halves[place];
        for round in 0.. {
            assert!(round < ROUNDS_MAX, "the room does not come to rest");
            let timeout = half.room.next_timeout().is_some_and(|at| at <= self.now);
            if timeout {
                half.room.handle_timeout(self.now);
            }
            let flush = half.room.flush_due().is_some_and(|at| at <= self.now);
            if flush {
                half.room.flush(self.now, &mut half.egress);
            }
            let mut outputs = 0;
            while let Some(output) = half.room.poll_output() {
                outputs += 1;
                assert!(outputs <= OUTPUTS_MAX, "one operation causes no flood");
                match output {
                    Output::Feed(feed) => feeds.push(feed),
                    Output::PublisherRtcp { bytes, .. } | Output::ViewerRtcp { bytes, .. } => sound(&bytes),
                    Output::RequestKeyframe { track, layer } => wanted.push((track, layer)),
                    Output::PublisherReplaced { publisher } => self.publishers.retain(|(key, _)| *key != publisher),
                    Output::Voices { sources } => assert!(sources.len() <= 3),
                    Output::TrackActive { .. }
                    | Output::TrackInactive { .. }
                    | Output::Speaker { .. }
                    | Output::SlotLayer { .. } => {}
                }
            }
            if !timeout && !flush && outputs == 0 {
                break;
            }
        }
        for (track, layer) in wanted {
            assert_eq!(place, 1, "a home room asks its publishers");
            self.halves[0].room.request_keyframe(self.now, track, layer);
        }
        feeds
    }

    fn end(mut self) {
        self.settle();
        for half in &self.halves {
            let stats = half.room.stats();
            if half.never_blocked {
                assert_eq!((stats.packets_out, stats.bytes_out), (half.egress.packets, half.egress.bytes));
                assert!(stats.resends_out <= stats.packets_out);
            }
        }
        for key in 0..KEYS {
            self.halves[0].room.remove_publisher(self.now, PublisherKey(key));
            for half in &mut self.halves {
                half.room.remove_viewer(self.now, ViewerKey(key));
                half.egress.remove(ViewerKey(key));
            }
        }
        self.settle();
        assert!(self.halves.iter().all(|half| half.room.is_empty()), "everybody has left");
    }
}

fn pick<T>(list: &mut [T], key: u32) -> Option<&mut T> {
    let len = list.len().max(1);
    list.get_mut(key as usize % len)
}

/// Own reports are well formed.
pub(crate) fn sound(bytes: &[u8]) {
    assert!(!bytes.is_empty() && bytes.len() <= RTCP_BYTES_MAX);
    let mut compound = Compound::new(bytes);
    assert!(compound.by_ref().count() > 0 && !compound.is_malformed());
    rtcp::read(bytes);
}
