//! A room takes any bytes from peers that hold valid keys: nothing panics, nothing grows without bound, and others are
//! not affected.

use std::time::{Duration, Instant};

use lectern_sfu::drop_reason::DropReason;
use lectern_sfu::media::{AddError, Egress, MediaLimits, OutPacket, PublisherKey, Room, ViewerKey};
use lectern_sfu::session::{
    Codec, ExtensionIds, MediaKind, PayloadType, PublisherSpec, ReceiveSection, Slot, SlotRole, Source, ViewerSpec,
};
use lectern_wire::rtcp::Writer;
use lectern_wire::rtp::{Header, write_header};

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

struct Null(u64);

impl Egress for Null {
    fn begin(&mut self, viewer: ViewerKey) -> bool {
        !viewer.0.is_multiple_of(7)
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        self.0 += 1;
        assert!(packet.len() < 2_000 && packet.header.len() >= 12);
    }

    fn end(&mut self) {}
}

const IDS: ExtensionIds = ExtensionIds {
    mid: 1,
    rid: 2,
    repaired_rid: 3,
    transport_cc: 4,
    abs_send_time: 8,
    audio_level: 5,
    video_orientation: 6,
    dependency_descriptor: 7,
};
const VIDEO: [PayloadType; 4] = [
    PayloadType { codec: Codec::Vp8, pt: 96, rtx_pt: Some(97) },
    PayloadType { codec: Codec::Vp9 { profile: 0 }, pt: 98, rtx_pt: Some(99) },
    PayloadType { codec: Codec::H264 { profile: 0x42E0 }, pt: 102, rtx_pt: Some(103) },
    PayloadType { codec: Codec::Av1 { profile: 0 }, pt: 45, rtx_pt: Some(46) },
];
const AUDIO: [PayloadType; 2] = [
    PayloadType { codec: Codec::Opus, pt: 111, rtx_pt: None },
    PayloadType { codec: Codec::Red, pt: 63, rtx_pt: None },
];

fn publisher(source: Source) -> PublisherSpec {
    let section = |mid: &str, kind, payloads: &[PayloadType], rids: &[&str]| ReceiveSection {
        mid: mid.parse().unwrap(),
        kind,
        payloads: payloads.to_vec(),
        extensions: IDS,
        rids: rids.iter().map(|rid| rid.parse().unwrap()).collect(),
        ssrcs: Vec::new(),
    };
    let sections =
        vec![section("0", MediaKind::Audio, &AUDIO, &[]), section("1", MediaKind::Video, &VIDEO, &["q", "h", "f"])];
    PublisherSpec { source, sections }
}

fn viewer(key: u32) -> ViewerSpec {
    let slot = |mid: &str, role, payloads: &[PayloadType], n| Slot {
        mid: mid.parse().unwrap(),
        role,
        payloads: payloads.to_vec(),
        extensions: IDS,
        ssrc: key * 10 + n,
        rtx_ssrc: (!key.is_multiple_of(2)).then_some(key * 10 + n + 5),
    };
    ViewerSpec {
        slots: vec![
            slot("0", SlotRole::Tutor, &AUDIO[..1], 1),
            slot("1", SlotRole::Main, &VIDEO, 2),
            slot("2", SlotRole::Voice(0), &AUDIO, 3),
        ],
    }
}

/// A packet that gets as far as it can: known payload types, rids, few SSRCs, then noise.
fn plausible(random: &mut Random) -> Vec<u8> {
    let pts = [96, 97, 98, 99, 102, 103, 45, 46, 111, 63, 77];
    let header = Header {
        marker: random.below(3) == 0,
        padding: false,
        payload_type: pts[random.below(11) as usize],
        sequence_number: if random.below(50) == 0 { random.next() as u16 } else { random.below(200) as u16 },
        timestamp: random.below(5) as u32 * 3_000,
        ssrc: random.below(24) as u32,
    };
    let noise: Vec<u8> = (0..random.below(60)).map(|_| random.next() as u8).collect();
    let rid: &[u8] = [&b"q"[..], b"h", b"f", b"x"][random.below(4) as usize];
    let extensions: [(u8, &[u8]); 5] = [
        (random.below(2) as u8, [&b"0"[..], b"1", b"9"][random.below(3) as usize]),
        (2, rid),
        (3, rid),
        (4, &noise[..noise.len().min(2)]),
        (random.below(9) as u8, &noise[..noise.len().min(40)]),
    ];
    let mut out = vec![0; 256];
    let extensions: Vec<_> = extensions.into_iter().filter(|(_, data)| !data.is_empty()).collect();
    let len = write_header(&header, &extensions, &mut out).unwrap();
    out.truncate(len);
    let starts: [&[u8]; 5] = [
        &[0x90, 0xF0, 0x92, 0x34, 0x07, 0x03, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A],
        &[0xAE, 0x81, 0x02, 0x10, 0x05],
        &[0x67, 0x42, 0x80, 0x20],
        &[0x18, 0x0A],
        &[],
    ];
    out.extend_from_slice(starts[random.below(5) as usize]);
    out.extend_from_slice(&noise);
    if random.below(10) == 0 {
        let at = random.below(out.len() as u64) as usize;
        out[at] = random.next() as u8;
    }
    out
}

fn feedback(random: &mut Random) -> Vec<u8> {
    let mut out = [0; 256];
    let mut writer = Writer::new(&mut out);
    let ssrc = random.below(120) as u32;
    writer.receiver_report(1, &[]);
    match random.below(3) {
        0 => writer.nack(1, ssrc, (0..random.below(40)).map(|_| random.next() as u16).collect::<Vec<_>>()),
        1 => writer.pli(1, ssrc),
        _ => writer.fir(1, ssrc, 1),
    };
    let mut bytes = writer.bytes().to_vec();
    if random.below(3) == 0 {
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] = random.next() as u8;
    }
    bytes
}

#[test]
fn noise_from_peers_with_keys_panics_nothing() {
    for seed in 0..20 {
        let mut random = Random(seed);
        let mut now = Instant::now();
        let mut room = Room::new(&MediaLimits::default(), true, seed);
        let mut egress = Null(0);
        for key in 0..3 {
            room.add_publisher(now, PublisherKey(key), &publisher(Source::Camera)).unwrap();
        }
        for key in 1..10 {
            room.add_viewer(now, ViewerKey(key), &viewer(key)).unwrap();
            room.viewer_ready(now, ViewerKey(key));
        }
        for _ in 0..5_000 {
            now += Duration::from_micros(random.below(8_000));
            let key = PublisherKey(2);
            match random.below(8) {
                0 => room.handle_publisher_rtcp(now, key, &feedback(&mut random)),
                1 | 2 => room.handle_viewer_rtcp(now, ViewerKey(random.below(12) as u32), &feedback(&mut random)),
                3 => {
                    let noise: Vec<u8> = (0..random.below(60)).map(|_| random.next() as u8).collect();
                    room.handle_publisher_rtp(now, key, &noise);
                }
                _ => room.handle_publisher_rtp(now, key, &plausible(&mut random)),
            }
            if room.next_timeout().is_some_and(|due| due <= now) {
                room.handle_timeout(now);
            }
            if room.flush_due().is_some_and(|due| due <= now) {
                room.flush(now, &mut egress);
            }
            while room.poll_output().is_some() {}
        }
        assert!(egress.0 > 0, "something came through");
    }
}

#[test]
fn every_limit_holds_at_it_and_one_past_it() {
    let now = Instant::now();
    let limits =
        MediaLimits { publishers_per_room: 2, viewers_per_room: 2, ssrcs_per_publisher: 4, ..Default::default() };
    let mut room = Room::new(&limits, true, 1);
    assert_eq!(room.add_publisher(now, PublisherKey(1), &publisher(Source::Camera)), Ok(()));
    assert_eq!(room.add_publisher(now, PublisherKey(1), &publisher(Source::Screen)), Err(AddError::KeyInUse));
    assert_eq!(room.add_publisher(now, PublisherKey(2), &publisher(Source::Screen)), Ok(()));
    assert_eq!(room.add_publisher(now, PublisherKey(3), &publisher(Source::Stage(1))), Err(AddError::Full));
    assert_eq!(room.add_viewer(now, ViewerKey(1), &viewer(1)), Ok(()));
    assert_eq!(room.add_viewer(now, ViewerKey(1), &viewer(1)), Err(AddError::KeyInUse));
    assert_eq!(room.add_viewer(now, ViewerKey(2), &viewer(2)), Ok(()));
    assert_eq!(room.add_viewer(now, ViewerKey(3), &viewer(3)), Err(AddError::Full));
    room.remove_viewer(now, ViewerKey(1));
    assert_eq!(room.add_viewer(now, ViewerKey(3), &viewer(3)), Ok(()));
    let elsewhere = Room::new(&limits, false, 1).add_publisher(now, PublisherKey(1), &publisher(Source::Camera));
    assert_eq!(elsewhere, Err(AddError::NotHome));

    // Four SSRCs of retransmissions; the fifth finds no place until one has been idle for long.
    let packet = |ssrc: u32| {
        let header = Header { payload_type: 97, sequence_number: 1, ssrc, ..Default::default() };
        let mut out = vec![0; 64];
        let len = write_header(&header, &[(1, b"1"), (3, b"q")], &mut out).unwrap();
        out.truncate(len);
        out
    };
    for ssrc in 1..=5 {
        room.handle_publisher_rtp(now, PublisherKey(1), &packet(ssrc));
        assert_eq!(room.stats().dropped(DropReason::MediaStreamLimit), u64::from(ssrc == 5));
    }
    room.handle_publisher_rtp(now + Duration::from_secs(11), PublisherKey(1), &packet(6));
    assert_eq!(room.stats().dropped(DropReason::MediaStreamLimit), 1);
}

#[test]
fn one_publisher_cannot_speak_for_another() {
    let now = Instant::now();
    let mut room = Room::new(&MediaLimits::default(), true, 1);
    room.add_publisher(now, PublisherKey(1), &publisher(Source::Camera)).unwrap();
    room.add_publisher(now, PublisherKey(2), &publisher(Source::Stage(1))).unwrap();
    room.add_viewer(now, ViewerKey(1), &viewer(1)).unwrap();
    room.viewer_ready(now, ViewerKey(1));
    let sound = |sequence_number: u16| {
        let header = Header { payload_type: 111, sequence_number, ssrc: 7, ..Default::default() };
        let mut out = vec![0; 64];
        let len = write_header(&header, &[], &mut out).unwrap();
        out.truncate(len);
        out.extend([0x78; 20]);
        out
    };
    // Both use SSRC 7; the tutor's slot gets the tutor's packets alone.
    let mut egress = Null(0);
    room.handle_publisher_rtp(now, PublisherKey(1), &sound(1));
    room.flush(now, &mut egress);
    assert_eq!(egress.0, 1);
    for sequence in 2..20 {
        room.handle_publisher_rtp(now, PublisherKey(2), &sound(sequence));
    }
    room.flush(now, &mut egress);
    assert_eq!(egress.0, 1);
}
