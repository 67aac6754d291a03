//! Packets as publishers send them, with the input's mutations: well formed enough to reach the depths of a room.

use std::collections::HashMap;

use lectern_sfu::session::{Codec, PublisherSpec, ReceiveSection};
use lectern_wire::rtp::{Header, write_header};

use crate::input::Input;

/// The offers from which publishers and viewers are made: what browsers send, not what a test would like them to.
pub(crate) const PUBLISHERS: [&str; 4] = [
    include_str!("../../tests/fixtures/chromium_whip_simulcast.sdp"),
    include_str!("../../tests/fixtures/chromium_whip_screen.sdp"),
    include_str!("../../tests/fixtures/firefox_whip_simulcast.sdp"),
    include_str!("../../tests/fixtures/aiortc_whip.sdp"),
];
/// See [`PUBLISHERS`].
pub(crate) const VIEWERS: [&str; 3] = [
    include_str!("../../tests/fixtures/chromium_whep_slots.sdp"),
    include_str!("../../tests/fixtures/chromium_whep_plain.sdp"),
    include_str!("../../tests/fixtures/aiortc_whep.sdp"),
];

/// The dependency descriptor of a keyframe with one spatial and two temporal layers, and of the frames after it.
const DEPENDENCY_KEY: &[u8] =
    &[0xC0, 0x12, 0x34, 0x80, 0x01, 0x1E, 0xBC, 0x91, 0x41, 0x01, 0x0C, 0x09, 0xFC, 0x05, 0x9C];
const DEPENDENCY_DELTA: &[u8] = &[0xC1, 0x12, 0x35];

/// Bits of the byte that says what a packet is.
const KEYFRAME: u8 = 1;
const MARKER: u8 = 2;
const NAMED: u8 = 4;
const RETRANSMISSION: u8 = 8;
const DEPENDENCIES: u8 = 16;
const STEP: u8 = 32;
const MUTATED: u8 = 64;
const NEW_FRAME: u8 = 128;

/// One publisher's streams.
pub(crate) struct Media {
    pub(crate) spec: PublisherSpec,
    /// Where the SSRCs of streams begin that the offer does not declare.
    base_ssrc: u32,
    streams: HashMap<u32, Stream>,
}

#[derive(Clone, Copy, Default)]
struct Stream {
    sequence: u16,
    timestamp: u32,
    picture: u16,
}

impl Media {
    pub(crate) fn new(spec: PublisherSpec, base_ssrc: u32) -> Self {
        Self { spec, base_ssrc, streams: HashMap::new() }
    }

    /// The next packet; empty if the publisher has no section.
    pub(crate) fn packet(&mut self, input: &mut Input<'_>) -> Vec<u8> {
        let what = input.u8();
        let (place, layer) = (usize::from(input.u8()), input.u8() & 3);
        if self.spec.sections.is_empty() {
            return Vec::new();
        }
        let place = place % self.spec.sections.len();
        let section = &self.spec.sections[place];
        let payload = section.payloads[input.index(section.payloads.len())];
        let retransmitted = payload.rtx_pt.filter(|_| what & RETRANSMISSION != 0);
        let ssrc = ssrc_of(section, self.base_ssrc + 16 * place as u32, layer, retransmitted.is_some());
        let original =
            self.streams.entry(ssrc_of(section, self.base_ssrc + 16 * place as u32, layer, false)).or_default();
        let missing = original.sequence.wrapping_sub(u16::from(layer));
        let stream = self.streams.entry(ssrc).or_default();
        stream.sequence = match what & STEP {
            0 => stream.sequence.wrapping_add(1),
            _ => stream.sequence.wrapping_add_signed(i16::from(input.u8().cast_signed()) * 8),
        };
        if what & NEW_FRAME != 0 {
            stream.timestamp = stream.timestamp.wrapping_add(u32::from(input.u8()) * 64);
            stream.picture = stream.picture.wrapping_add(1);
        }
        let header = Header {
            marker: what & MARKER != 0,
            padding: false,
            payload_type: retransmitted.unwrap_or(payload.pt),
            sequence_number: stream.sequence,
            timestamp: stream.timestamp,
            ssrc,
        };
        let stream = *stream;
        let mut bytes = header_of(section, &header, what, layer, retransmitted.is_some());
        if retransmitted.is_some() {
            bytes.extend(missing.to_be_bytes());
        }
        let start = bytes.len();
        bytes.extend(payload_of(payload.codec, what & KEYFRAME != 0, stream.picture, layer));
        bytes.extend(input.short());
        if what & MUTATED != 0 {
            for _ in 0..1 + input.u8() % 3 {
                let at = start + usize::from(input.u8()) % (bytes.len() - start);
                bytes[at] = input.u8();
            }
        }
        bytes
    }
}

fn ssrc_of(section: &ReceiveSection, base: u32, layer: u8, retransmission: bool) -> u32 {
    match section.ssrcs.get(usize::from(layer) % section.ssrcs.len().max(1)) {
        Some((_, Some(repair))) if retransmission => *repair,
        Some((ssrc, _)) => *ssrc,
        None => base + 2 * u32::from(layer) + u32::from(retransmission),
    }
}

/// A header with the extensions that were negotiated and that the input wants.
fn header_of(section: &ReceiveSection, header: &Header, what: u8, layer: u8, retransmission: bool) -> Vec<u8> {
    let ids = &section.extensions;
    let rid = section.rids.get(usize::from(layer) % section.rids.len().max(1)).copied().unwrap_or_default();
    let rid_id = if retransmission { ids.repaired_rid } else { ids.rid };
    let sequence = header.sequence_number.to_be_bytes();
    let level = [header.timestamp as u8];
    let mut extensions: Vec<(u8, &[u8])> = vec![(ids.transport_cc, &sequence), (ids.audio_level, &level)];
    if what & NAMED != 0 {
        extensions.push((ids.mid, section.mid.as_bytes()));
        extensions.push((if rid.is_empty() { 0 } else { rid_id }, rid.as_bytes()));
    }
    if what & DEPENDENCIES != 0 {
        let descriptor = if what & KEYFRAME != 0 { DEPENDENCY_KEY } else { DEPENDENCY_DELTA };
        extensions.push((ids.dependency_descriptor, descriptor));
    }
    let mut out = [0; 512];
    let len = write_header(header, &extensions, &mut out).expect("extensions fit");
    out[..len].to_vec()
}

/// The beginning of a payload: a descriptor with the picture's number, and what tells a keyframe.
fn payload_of(codec: Codec, keyframe: bool, picture: u16, layer: u8) -> Vec<u8> {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let temporal = layer << 6;
    match (codec, keyframe) {
        (Codec::Opus, _) => vec![0x78, layer],
        (Codec::Red, _) => vec![111, 0x78],
        (Codec::Vp8, true) => vec![0x90, 0xF0, high, low, low, 0, 0x10, 2, 0, 0x9D, 1, 0x2A, 0x80, 2, 0x68, 1],
        (Codec::Vp8, false) => vec![0x90, 0xF0, high, low, low, temporal, 0x11, 2],
        (Codec::Vp9 { .. }, true) => vec![0xAE, high, low, 0, low, 0x18, 2, 0x80, 1, 0x68, 1, 0, 0x82],
        (Codec::Vp9 { .. }, false) => vec![0xEC, high, low, layer << 5 | layer << 1 | 0x10, low, 0x86],
        (Codec::H264 { .. }, true) => {
            vec![24, 0, 9, 0x67, 0x42, 0xE0, 0x1F, 0x8C, 0x8D, 0x40, 0x50, 0x1E, 0, 2, 0x68, 0xCE, 0, 2, 0x65, 0xB8]
        }
        (Codec::H264 { .. }, false) => vec![0x41 ^ (layer & 1) << 6, 0x9A, low],
        (Codec::Av1 { .. }, true) => vec![0x28, 2, 0x0A, 0x0B, 0x32, low],
        (Codec::Av1 { .. }, false) => vec![0x10, 0x32, low],
    }
}
