//! Every parser of media formats takes any bytes: real ones with seeded damage, and noise. Nothing may panic, and what is
//! accepted must hold what it promises.

use lectern_wire::codec::{av1, dependency_descriptor, h264, vp8, vp9};
use lectern_wire::rtcp::{Arrivals, Compound, Nack, Packet, ReportBlock, SenderInfo, Writer};
use lectern_wire::rtp::{self, Header, red_primary, write_header};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Flips, overwrites, cuts, inserts, repeats.
fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(out.len());
        match random.below(6) {
            0 if !out.is_empty() => out[at] ^= 1 << random.below(8),
            1 if !out.is_empty() => out[at] = random.next() as u8,
            2 => out.truncate(at),
            3 => out.insert(at, random.next() as u8),
            4 => out.extend_from_slice(&bytes[random.below(bytes.len())..]),
            _ if !out.is_empty() => out[at] = [0, 0xFF, 0x80, 0x7F][random.below(4)],
            _ => {}
        }
    }
    out
}

fn seeds() -> Vec<Vec<u8>> {
    let mut header = [0; 128];
    let fixed = Header { marker: true, payload_type: 96, sequence_number: 7, timestamp: 8, ssrc: 9, padding: false };
    let len = write_header(&fixed, &[(1, b"0"), (4, &[1, 2]), (7, &[0xC0; 20])], &mut header).unwrap();
    let mut rtcp = [0; 512];
    let mut writer = Writer::new(&mut rtcp);
    let blocks = [ReportBlock::default(); 3];
    assert!(writer.sender_report(1, &SenderInfo::default(), &blocks) && writer.cname(1, "name"));
    assert!(writer.nack(1, 2, [5, 6, 900]) && writer.fir(1, 2, 3) && writer.remb(1, 5_000_000, &[2]));
    let mut arrivals = Arrivals::default();
    for n in 0..40u16 {
        arrivals.record(n * 3, std::time::Duration::from_millis(u64::from(n) * 7));
    }
    assert!(arrivals.write(&mut writer, 1, 2) && writer.goodbye(1));
    let rtcp = writer.bytes().to_vec();
    vec![
        [&header[..len], &[0x90, 0xF0, 0x92, 0x34, 0x07, 0x03, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 1, 1, 1, 1]]
            .concat(),
        rtcp,
        vec![0x90, 0xF0, 0x92, 0x34, 0x07, 0x03, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01, 0],
        vec![
            0xAE, 0x81, 0x02, 0x10, 0x05, 0x58, 0x01, 0x40, 0, 0xB4, 2, 0x80, 1, 0x68, 5, 0, 2, 0xD0, 1, 0x14, 1, 0xAA,
        ],
        vec![0xFC, 0x11, 0x25, 0x09, 0x10, 0xAA],
        vec![
            0x78, 0, 13, 0x67, 0x42, 0x80, 0x20, 0xDA, 0x01, 0x40, 0x16, 0xE8, 0x06, 0xD0, 0xA1, 0x35, 0, 2, 0x65, 0xB8,
        ],
        vec![
            0x67, 0x64, 0x00, 0x1F, 0xAC, 0xD9, 0x40, 0x50, 0x05, 0xBB, 0x01, 0x10, 0, 0, 3, 0, 0x10, 0, 0, 3, 3, 0xC8,
        ],
        // A template structure with L1T2.
        vec![0xC0, 0x12, 0x34, 0x80, 0x00, 0xB5, 0x28, 0x48, 0x90, 0x28, 0x02, 0x42, 0x27, 0xF0, 0x16, 0x70],
        vec![0x80 | 111, 0, 0, 2, 0x80 | 111, 0, 0, 3, 111, 1, 1, 2, 2, 2, 9, 9, 9, 9],
    ]
}

fn parse_everything(bytes: &[u8]) {
    if let Ok(packet) = rtp::Packet::parse(bytes) {
        assert!(packet.payload.len() + usize::from(packet.padding) <= bytes.len());
        for (id, data) in packet.extensions.iter() {
            assert!(id != 0 && data.len() <= 255);
        }
        assert!(packet.extensions.iter().count() <= bytes.len());
    }
    for packet in Compound::new(bytes) {
        match packet {
            Packet::SenderReport { reports, .. } | Packet::ReceiverReport { reports, .. } => {
                assert!(reports.count() <= 31);
            }
            Packet::Nack { missing, .. } => {
                assert!(missing.flat_map(Nack::sequence_numbers).count() <= 17 * bytes.len())
            }
            Packet::Fir { entries } => assert!(entries.count() <= bytes.len()),
            Packet::Remb { ssrcs, .. } => assert!(ssrcs.count() <= 255),
            Packet::Goodbye { ssrcs } => assert!(ssrcs.count() <= 31),
            Packet::TransportFeedback(feedback) => {
                assert!(feedback.entries().count() <= usize::from(feedback.count));
            }
            Packet::SourceDescription | Packet::Pli { .. } | Packet::Other => {}
        }
    }
    if let Some(parsed) = vp8::Descriptor::parse(bytes) {
        let (mut written, rewrite) = parsed.write();
        rewrite.apply(&mut written, 0x7FFF, 255, 31);
        let again = [&written[..], &bytes[parsed.len..]].concat();
        let again = vp8::Descriptor::parse(&again).expect("what was written can be read");
        assert_eq!((again.start, again.keyframe, again.temporal), (parsed.start, parsed.keyframe, parsed.temporal));
    }
    if let Some(parsed) = vp9::Descriptor::parse(bytes) {
        let (mut written, rewrite) = parsed.write();
        rewrite.apply(&mut written, 0x7FFF, 255);
        let again = [&written[..], &bytes[parsed.prefix_len..]].concat();
        let again = vp9::Descriptor::parse(&again).expect("what was written can be read");
        assert_eq!((again.start, again.keyframe(), again.spatial), (parsed.start, parsed.keyframe(), parsed.spatial));
    }
    let _ = h264::Descriptor::parse(bytes);
    let _ = av1::AggregationHeader::parse(bytes);
    if let Some(parsed) = dependency_descriptor::Descriptor::parse(bytes, None)
        && let Some(structure) = parsed.structure
    {
        assert!((1..=4).contains(&structure.spatial_layers()) && (1..=8).contains(&structure.temporal_layers()));
        let _ = dependency_descriptor::Descriptor::parse(&bytes[3..], Some(&structure));
        for template in 0..64 {
            let _ = dependency_descriptor::Descriptor::parse(&[0xC0 | template, 0, 1], Some(&structure));
        }
    }
    if let Some((_, primary)) = red_primary(bytes) {
        assert!(primary.len() < bytes.len());
    }
}

#[test]
fn damaged_bytes_are_read_or_refused() {
    let mut random = Random(1);
    for seed in seeds() {
        parse_everything(&seed);
        for _ in 0..20_000 {
            parse_everything(&damage(&seed, &mut random));
        }
    }
}

#[test]
fn noise_is_read_or_refused() {
    let mut random = Random(2);
    for _ in 0..100_000 {
        let noise: Vec<u8> = (0..random.below(80)).map(|_| random.next() as u8).collect();
        parse_everything(&noise);
        // With what makes it look like RTP or RTCP.
        let kind = 200 + random.below(7) as u8;
        parse_everything(&[&[0x80 | random.below(64) as u8, kind, 0, random.below(20) as u8], &noise[..]].concat());
    }
}
