//! What the core's fan-out costs per viewer and packet, without sealing and sending: one JSON object a line.
//!
//! `cargo run --release -p lectern-sfu --example forward_cost`

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lectern_sfu::media::{Egress, MediaLimits, OutPacket, PublisherKey, Room, ViewerKey};
use lectern_sfu::session::{
    Codec, ExtensionIds, MediaKind, PayloadType, PublisherSpec, ReceiveSection, Slot, SlotRole, Source, ViewerSpec,
};
use lectern_wire::rtp::{Header, write_header};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static ALLOCATED: AtomicU64 = AtomicU64::new(0);

/// Counts allocations on their way to the system's allocator.
struct Counting;

#[expect(unsafe_code, reason = "a global allocator cannot be written without; it only counts and passes on")]
// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        ALLOCATED.fetch_add(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Takes packets as a sealing egress would, and touches what that would read of the header.
#[derive(Default)]
struct Null {
    packets: u64,
    checksum: u64,
}

impl Egress for Null {
    fn begin(&mut self, _: ViewerKey) -> bool {
        true
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        self.packets += 1;
        self.checksum = self.checksum.wrapping_add(packet.index ^ u64::from(packet.header[3]) ^ packet.len() as u64);
    }

    fn end(&mut self) {}
}

const OPUS: PayloadType = PayloadType { codec: Codec::Opus, pt: 111, rtx_pt: None };
const VP8: PayloadType = PayloadType { codec: Codec::Vp8, pt: 96, rtx_pt: Some(97) };
const VIDEO_PACKETS: u16 = 6;
const FRAMES: u32 = 600;

fn main() {
    for viewers in [100, 1_000] {
        measure(viewers);
    }
}

fn measure(viewers: u32) {
    let mut now = Instant::now();
    let mut room = Room::new(&MediaLimits::default(), true, 1);
    room.add_publisher(now, PublisherKey(0), &publisher()).expect("room for a publisher");
    let before = ALLOCATED.load(Ordering::Relaxed);
    for viewer in 0..viewers {
        room.add_viewer(now, ViewerKey(viewer), &watcher(viewer)).expect("room for viewers");
        room.viewer_ready(now, ViewerKey(viewer));
    }
    let mut egress = Null::default();
    let (mut spent_ns, mut allocations, mut forwarded) = (0, 0, 0);
    let (mut video, mut audio) = (0u16, 0u16);
    for frame in 0..FRAMES {
        // A second of warming up: everything that grows has grown, and no keyframe is waited for.
        let warm = frame >= 60;
        for packet in 0..VIDEO_PACKETS {
            video = video.wrapping_add(1);
            room.handle_publisher_rtp(now, PublisherKey(0), &video_packet(video, frame, packet));
        }
        audio = audio.wrapping_add(1);
        room.handle_publisher_rtp(now, PublisherKey(0), &audio_packet(audio));
        while room.poll_output().is_some() {}
        let start = cpu_ns();
        let (packets, counted) = (egress.packets, ALLOCATIONS.load(Ordering::Relaxed));
        room.flush(now, &mut egress);
        if warm {
            allocations += ALLOCATIONS.load(Ordering::Relaxed) - counted;
            spent_ns += cpu_ns() - start;
            forwarded += egress.packets - packets;
        }
        now += Duration::from_millis(33);
        if room.next_timeout().is_some_and(|due| due <= now) {
            room.handle_timeout(now);
        }
        while room.poll_output().is_some() {}
    }
    let memory = ALLOCATED.load(Ordering::Relaxed).saturating_sub(before) / u64::from(viewers);
    println!(
        r#"{{"bench":"forward_cost","viewers":{viewers},"packets":{forwarded},"ns_per_packet":{:.1},"allocations_per_packet":{:.6},"core_bytes_per_viewer":{memory},"checksum":{}}}"#,
        spent_ns as f64 / forwarded as f64,
        allocations as f64 / forwarded as f64,
        egress.checksum & 0xFF,
    );
}

/// CPU time of this thread: other processes on the machine do not count.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

fn section(mid: &str, kind: MediaKind, payload: PayloadType, ssrc: u32) -> ReceiveSection {
    ReceiveSection {
        mid: mid.parse().expect("a short mid"),
        kind,
        payloads: vec![payload],
        extensions: ExtensionIds::default(),
        rids: Vec::new(),
        ssrcs: vec![(ssrc, None)],
    }
}

fn publisher() -> PublisherSpec {
    let sections = vec![section("0", MediaKind::Audio, OPUS, 1), section("1", MediaKind::Video, VP8, 2)];
    PublisherSpec { source: Source::Camera, sections }
}

fn watcher(viewer: u32) -> ViewerSpec {
    let slot = |mid: &str, role, n, payload| Slot {
        mid: str::parse(mid).expect("a short mid"),
        role,
        payloads: vec![payload],
        extensions: ExtensionIds { video_orientation: 4, dependency_descriptor: 5, ..Default::default() },
        ssrc: viewer * 10 + n,
        rtx_ssrc: Some(viewer * 10 + n + 5),
    };
    ViewerSpec {
        slots: vec![
            slot("0", SlotRole::Tutor, 1, OPUS),
            slot("1", SlotRole::Video(Source::Camera), 2, VP8),
            slot("2", SlotRole::Video(Source::Screen), 3, VP8),
            slot("3", SlotRole::Voice(0), 4, OPUS),
        ],
    }
}

fn packet(header: &Header, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 64];
    let len = write_header(header, &[], &mut out).expect("room for a header");
    out.truncate(len);
    out.extend_from_slice(payload);
    out
}

fn video_packet(sequence_number: u16, frame: u32, index: u16) -> Vec<u8> {
    let marker = index + 1 == VIDEO_PACKETS;
    let header =
        Header { marker, payload_type: 96, sequence_number, timestamp: frame * 3_000, ssrc: 2, padding: false };
    let id = (frame as u16 | 0x8000).to_be_bytes();
    let mut payload = vec![0x80 | u8::from(index == 0) << 4, 0xE0, id[0], id[1], frame as u8, 0];
    payload.push(u8::from(frame > 0 || index > 0));
    payload.resize(1_029 + usize::from(index % 2), 0xAB);
    packet(&header, &payload)
}

fn audio_packet(sequence_number: u16) -> Vec<u8> {
    let timestamp = u32::from(sequence_number) * 960;
    let header = Header { marker: false, payload_type: 111, sequence_number, timestamp, ssrc: 1, padding: false };
    packet(&header, &[0x78; 80])
}
