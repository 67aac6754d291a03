//! A synthetic publisher: valid payload descriptors around payloads that hold the truth.

use std::collections::HashMap;

use lectern_sfu::session::{Codec, ExtensionIds, MediaKind, PayloadType, PublisherSpec, ReceiveSection, Rid, Source};
use lectern_wire::rtcp::{Compound, Nack, Packet, SenderInfo, Writer};
use lectern_wire::rtp::{Header, write_header};

use crate::truth::{NONE, Random, Truth};

pub(crate) const IDS: ExtensionIds = ExtensionIds {
    mid: 1,
    rid: 2,
    repaired_rid: 3,
    transport_cc: 4,
    abs_send_time: 0,
    audio_level: 5,
    video_orientation: 6,
    dependency_descriptor: 7,
};

/// What a publisher sends as video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) codec: Codec,
    pub(crate) encodings: u8,
    pub(crate) spatial: u8,
    pub(crate) temporal: u8,
}

pub(crate) fn video_payload(codec: Codec) -> PayloadType {
    let pt = match codec {
        Codec::Vp8 => 96,
        Codec::Vp9 { .. } => 98,
        Codec::H264 { .. } => 102,
        Codec::Av1 { .. } => 45,
        Codec::Opus => 111,
        Codec::Red => 63,
    };
    PayloadType { codec, pt, rtx_pt: Some(pt + 1) }
}

pub(crate) const OPUS: PayloadType = PayloadType { codec: Codec::Opus, pt: 111, rtx_pt: None };

pub(crate) struct Sender {
    pub(crate) id: u32,
    pub(crate) source: Source,
    pub(crate) shape: Shape,
    pub(crate) paused_layers: Vec<u8>,
    random: Random,
    encodings: Vec<Encoder>,
    audio: Stream,
    audio_frames: u32,
    pub(crate) audio_level: u8,
    transport_sequence: u16,
    picture: u64,
    pub(crate) keyframe_requests: u64,
    pub(crate) feedback_packets: u64,
}

struct Stream {
    ssrc: u32,
    sequence: u16,
    timestamp_base: u32,
    packets: u32,
    octets: u32,
}

struct Encoder {
    stream: Stream,
    rtx: Stream,
    frame: u32,
    picture: u32,
    picture_id: u16,
    tl0: u8,
    key_index: u8,
    wants_keyframe: bool,
    /// Newest frame of each spatial and temporal layer.
    newest: [[u32; 3]; 3],
    cycle: u32,
    sent: HashMap<u16, (Vec<u8>, usize)>,
}

impl Sender {
    pub(crate) fn new(id: u32, source: Source, shape: Shape, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut stream = || Stream {
            ssrc: random.next() as u32,
            sequence: random.next() as u16,
            timestamp_base: random.next() as u32,
            packets: 0,
            octets: 0,
        };
        let encodings: Vec<Encoder> = (0..shape.encodings)
            .map(|_| Encoder {
                stream: stream(),
                rtx: stream(),
                frame: 0,
                picture: 0,
                picture_id: 0x7FF0,
                tl0: 250,
                key_index: 30,
                wants_keyframe: true,
                newest: [[NONE; 3]; 3],
                cycle: 0,
                sent: HashMap::new(),
            })
            .collect();
        let audio = stream();
        Self {
            id,
            source,
            shape,
            paused_layers: Vec::new(),
            random,
            encodings,
            audio,
            audio_frames: 0,
            audio_level: 30,
            transport_sequence: 65_000,
            picture: 0,
            keyframe_requests: 0,
            feedback_packets: 0,
        }
    }

    pub(crate) fn spec(&self) -> PublisherSpec {
        let rids: Vec<Rid> = if self.shape.encodings > 1 {
            ["q", "h", "f"][..self.shape.encodings.into()].iter().map(|rid| Rid::from(rid).unwrap()).collect()
        } else {
            Vec::new()
        };
        let declared = if rids.is_empty() {
            vec![(self.encodings[0].stream.ssrc, Some(self.encodings[0].rtx.ssrc))]
        } else {
            Vec::new()
        };
        PublisherSpec {
            source: self.source,
            sections: vec![
                ReceiveSection {
                    mid: "0".parse().unwrap(),
                    kind: MediaKind::Audio,
                    payloads: vec![OPUS],
                    extensions: IDS,
                    rids: Vec::new(),
                    ssrcs: vec![(self.audio.ssrc, None)],
                },
                ReceiveSection {
                    mid: "1".parse().unwrap(),
                    kind: MediaKind::Video,
                    payloads: vec![video_payload(self.shape.codec)],
                    extensions: IDS,
                    rids,
                    ssrcs: declared,
                },
            ],
        }
    }

    /// The packets of one picture in every encoding, captured now.
    pub(crate) fn capture(&mut self, now_us: u64) -> Vec<Vec<u8>> {
        self.picture += 1;
        let mut out = Vec::new();
        for index in 0..self.encodings.len() {
            if !self.paused_layers.contains(&u8::try_from(index).unwrap()) {
                self.encode(index, now_us, &mut out);
            }
        }
        out
    }

    fn encode(&mut self, index: usize, now_us: u64, out: &mut Vec<Vec<u8>>) {
        let shape = self.shape;
        let keyframe = std::mem::take(&mut self.encodings[index].wants_keyframe);
        let encoder = &mut self.encodings[index];
        encoder.cycle = if keyframe { 0 } else { encoder.cycle + 1 };
        let temporal: u8 = match (shape.temporal, encoder.cycle % 4) {
            (1, _) | (_, 0) => 0,
            (2, cycle) => u8::try_from(cycle % 2).unwrap(),
            (_, 2) => 1,
            _ => 2,
        };
        encoder.picture += 1;
        encoder.picture_id = encoder.picture_id.wrapping_add(1) & 0x7FFF;
        if temporal == 0 {
            encoder.tl0 = encoder.tl0.wrapping_add(1);
        }
        encoder.key_index = (encoder.key_index + u8::from(keyframe)) & 31;
        for spatial in 0..shape.spatial {
            let size = 1 + self.random.below(3 + 2 * u64::from(spatial) + 4 * index as u64 + 8 * u64::from(keyframe));
            self.send_frame(index, spatial, temporal, keyframe, u8::try_from(size).unwrap(), now_us, out);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a frame is that much")]
    fn send_frame(
        &mut self,
        index: usize,
        spatial: u8,
        temporal: u8,
        keyframe: bool,
        packets: u8,
        now_us: u64,
        out: &mut Vec<Vec<u8>>,
    ) {
        let shape = self.shape;
        let (s, t) = (usize::from(spatial), usize::from(temporal));
        let encoder = &mut self.encodings[index];
        encoder.frame += 1;
        let below = if spatial > 0 { encoder.newest[s - 1][t] } else { NONE };
        // The upper T2 of a cycle of four refers to T1, everything else to the newest T0.
        let before = match (keyframe, temporal, encoder.cycle % 4) {
            (true, ..) => NONE,
            (false, 2, 3) => encoder.newest[s][1],
            _ => encoder.newest[s][0],
        };
        encoder.newest[s][t] = encoder.frame;
        if keyframe {
            encoder.newest[s] = [encoder.frame; 3];
        }
        let truth = Truth {
            publisher: self.id,
            encoding: u8::try_from(index).unwrap(),
            spatial,
            temporal,
            keyframe,
            packet: 0,
            packets,
            frame: encoder.frame,
            references: [before, below],
            captured_us: now_us,
        };
        let len = 40 + self.random.below(60) as usize;
        for packet in 0..packets {
            let truth = Truth { packet, ..truth };
            let mut payload = descriptor(&shape, &self.encodings[index], &truth);
            payload.resize(payload.len() + len + usize::from(packet % 2), 0x55);
            truth.write(&mut payload);
            let last = packet + 1 == packets;
            let marker = last && spatial + 1 == shape.spatial;
            let dependency = dependency(&shape, &self.encodings[index], &truth);
            let rid = (shape.encodings > 1).then(|| ["q", "h", "f"][index].as_bytes());
            self.transport_sequence = self.transport_sequence.wrapping_add(1);
            let transport = self.transport_sequence.to_be_bytes();
            let extensions: Vec<(u8, &[u8])> = vec![
                (IDS.mid, b"1"),
                (if rid.is_some() { IDS.rid } else { 0 }, rid.unwrap_or_default()),
                (IDS.transport_cc, &transport),
                (if keyframe && marker { IDS.video_orientation } else { 0 }, &[1]),
                (if dependency.is_empty() { 0 } else { IDS.dependency_descriptor }, &dependency),
            ];
            let stream = &mut self.encodings[index].stream;
            let (sequence, bytes) =
                stream.packet(marker, video_payload(shape.codec).pt, now_us, 90, &extensions, &payload);
            let header_len = bytes.len() - payload.len();
            let sent = &mut self.encodings[index].sent;
            sent.insert(sequence, (bytes.clone(), header_len));
            sent.remove(&sequence.wrapping_sub(2_000));
            out.push(bytes);
        }
    }

    /// One packet of sound.
    pub(crate) fn speak(&mut self, now_us: u64) -> Vec<u8> {
        self.audio_frames += 1;
        self.transport_sequence = self.transport_sequence.wrapping_add(1);
        let transport = self.transport_sequence.to_be_bytes();
        let mut payload = vec![0x78; 20];
        let truth = Truth {
            publisher: self.id,
            encoding: 0,
            spatial: 0,
            temporal: 0,
            keyframe: true,
            packet: 0,
            packets: 1,
            frame: self.audio_frames,
            references: [NONE; 2],
            captured_us: now_us,
        };
        truth.write(&mut payload);
        let level = [self.audio_level | 0x80];
        let extensions: [(u8, &[u8]); 3] = [(IDS.mid, b"0"), (IDS.transport_cc, &transport), (IDS.audio_level, &level)];
        self.audio.packet(false, OPUS.pt, now_us, 48, &extensions, &payload).1
    }

    /// Sender reports of all streams.
    pub(crate) fn reports(&self, now_us: u64) -> Vec<Vec<u8>> {
        let streams = self.encodings.iter().map(|e| (&e.stream, 90)).chain([(&self.audio, 48)]);
        streams
            .map(|(stream, khz)| {
                let info = SenderInfo {
                    ntp: ntp(now_us),
                    rtp: stream.timestamp_base.wrapping_add((now_us * khz / 1_000) as u32),
                    packets: stream.packets,
                    octets: stream.octets,
                };
                let mut out = [0; 64];
                let mut writer = Writer::new(&mut out);
                assert!(writer.sender_report(stream.ssrc, &info, &[]));
                writer.bytes().to_vec()
            })
            .collect()
    }

    /// Takes what the server says; gives retransmissions.
    pub(crate) fn handle_rtcp(&mut self, now_us: u64, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        let mut compound = Compound::new(bytes);
        for packet in compound.by_ref() {
            match packet {
                Packet::Pli { media_ssrc } => {
                    self.keyframe_requests += 1;
                    let encoder = self.encodings.iter_mut().find(|e| e.stream.ssrc == media_ssrc).unwrap();
                    encoder.wants_keyframe = true;
                }
                Packet::Nack { media_ssrc, missing } => {
                    let missing: Vec<u16> = missing.flat_map(Nack::sequence_numbers).collect();
                    out.extend(self.retransmit(now_us, media_ssrc, &missing));
                }
                Packet::TransportFeedback(feedback) => {
                    self.feedback_packets += feedback.entries().filter(|e| e.arrival_us.is_some()).count() as u64;
                }
                _ => {}
            }
        }
        assert!(!compound.is_malformed());
        out
    }

    fn retransmit(&mut self, now_us: u64, ssrc: u32, missing: &[u16]) -> Vec<Vec<u8>> {
        let rtx_pt = video_payload(self.shape.codec).rtx_pt.unwrap();
        let index = self.encodings.iter().position(|e| e.stream.ssrc == ssrc).unwrap();
        let simulcast = self.shape.encodings > 1;
        let encoder = &mut self.encodings[index];
        let mut out = Vec::new();
        for sequence in missing {
            let (original, header_len) = &encoder.sent[sequence];
            let parsed = lectern_wire::rtp::Packet::parse(original).unwrap();
            let payload = [&sequence.to_be_bytes()[..], &original[*header_len..]].concat();
            let dependency = parsed.extensions.find(IDS.dependency_descriptor);
            let extensions: [(u8, &[u8]); 3] = [
                (IDS.mid, b"1"),
                (if simulcast { IDS.repaired_rid } else { 0 }, ["q", "h", "f"][index].as_bytes()),
                (if dependency.is_some() { IDS.dependency_descriptor } else { 0 }, dependency.unwrap_or_default()),
            ];
            let (_, mut bytes) = encoder.rtx.packet(parsed.marker, rtx_pt, now_us, 90, &extensions, &payload);
            bytes[4..8].copy_from_slice(&parsed.timestamp.to_be_bytes());
            out.push(bytes);
        }
        out
    }
}

impl Stream {
    fn packet(
        &mut self,
        marker: bool,
        payload_type: u8,
        now_us: u64,
        khz: u64,
        extensions: &[(u8, &[u8])],
        payload: &[u8],
    ) -> (u16, Vec<u8>) {
        self.sequence = self.sequence.wrapping_add(1);
        self.packets += 1;
        self.octets += payload.len() as u32;
        let header = Header {
            marker,
            padding: false,
            payload_type,
            sequence_number: self.sequence,
            timestamp: self.timestamp_base.wrapping_add((now_us * khz / 1_000) as u32),
            ssrc: self.ssrc,
        };
        let mut out = vec![0; 400];
        let len = write_header(&header, extensions, &mut out).unwrap();
        out.truncate(len);
        out.extend_from_slice(payload);
        (self.sequence, out)
    }
}

/// NTP time of the publishers' common wall clock.
pub(crate) fn ntp(now_us: u64) -> u64 {
    let us = now_us + 3_900_000_000_000_000;
    ((us / 1_000_000) << 32) | (((us % 1_000_000) << 32) / 1_000_000)
}

/// A valid payload descriptor, and what of the payload header is looked at.
fn descriptor(shape: &Shape, encoder: &Encoder, truth: &Truth) -> Vec<u8> {
    let (first, last) = (truth.packet == 0, truth.packet + 1 == truth.packets);
    let id = (encoder.picture_id | 0x8000).to_be_bytes();
    match shape.codec {
        Codec::Vp8 => {
            // T1 and the first T2 of a cycle refer to T0 alone.
            let sync = truth.temporal == 1 || truth.temporal == 2 && encoder.cycle % 4 == 1;
            let mut out = vec![0x80 | u8::from(first) << 4, 0xF0, id[0], id[1], encoder.tl0];
            out.push(truth.temporal << 6 | u8::from(sync) << 5 | encoder.key_index);
            out.push(u8::from(!(first && truth.keyframe)));
            if first && truth.keyframe {
                out.extend([0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00]);
            }
            out
        }
        Codec::Vp9 { .. } => {
            let mut out = vec![
                0xA0 | u8::from(!truth.keyframe) << 6 | u8::from(first) << 3 | u8::from(last) << 2,
                id[0],
                id[1],
                truth.temporal << 5 | 0x10 | truth.spatial << 1 | u8::from(truth.spatial > 0),
                encoder.tl0,
            ];
            if first && truth.keyframe && truth.spatial == 0 {
                out[0] |= 0x02;
                out.push((shape.spatial - 1) << 5 | 0x10);
                for layer in 0..u16::from(shape.spatial) {
                    out.extend((320u16 << layer).to_be_bytes());
                    out.extend((180u16 << layer).to_be_bytes());
                }
            }
            out.push(0x55);
            out
        }
        Codec::H264 { .. } => match (truth.keyframe, first) {
            // Parameter sets, with the truth as trailing bytes.
            (true, true) => vec![0x67, 0x42, 0x80, 0x20, 0xDA, 0x01, 0x40, 0x16, 0xE8, 0x06, 0xD0, 0xA1, 0x35],
            (true, false) => vec![0x7C, 0x05],
            (false, true) => vec![0x7C, 0x81],
            (false, false) => vec![0x7C, 0x01],
        },
        Codec::Av1 { .. } => vec![0x10 | u8::from(first && truth.keyframe) << 3, 0x30],
        Codec::Opus | Codec::Red => unreachable!("no video"),
    }
}

/// AV1's dependency descriptor, for L1T1 to L1T3 as libwebrtc describes them.
fn dependency(shape: &Shape, encoder: &Encoder, truth: &Truth) -> Vec<u8> {
    if !matches!(shape.codec, Codec::Av1 { .. }) {
        return Vec::new();
    }
    let (first, last) = (truth.packet == 0, truth.packet + 1 == truth.packets);
    let mut bits = Bits::default();
    let targets = u32::from(shape.temporal);
    let template = if truth.keyframe { 0 } else { u32::from(truth.temporal) + 1 };
    bits.put(u32::from(first), 1).put(u32::from(last), 1).put(template, 6).put(encoder.frame & 0xFFFF, 16);
    if first && truth.keyframe {
        bits.put(0b10000, 5).put(0, 6).put(targets - 1, 5).put(0, 2);
        for temporal in 0..targets {
            bits.put(if temporal + 1 == targets { 3 } else { 1 }, 2);
        }
        // Indications: keyframe, then one template for each temporal layer: switch from its own layer on; the top layer
        // is discardable.
        (0..targets).for_each(|_| {
            bits.put(2, 2);
        });
        for temporal in 0..targets {
            for target in 0..targets {
                let top = temporal > 0 && temporal + 1 == targets;
                bits.put(
                    if target < temporal {
                        0
                    } else if top {
                        1
                    } else {
                        2
                    },
                    2,
                );
            }
        }
        // References: none for the keyframe, one for each other template.
        bits.put(0, 1);
        for _ in 0..targets {
            bits.put(1, 1).put(1, 4).put(0, 1);
        }
        bits.non_symmetric(0, targets + 1);
        bits.put(1, 1).put(639, 16).put(359, 16);
    }
    bits.bytes()
}

#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: u32, count: u32) -> &mut Self {
        self.0.extend((0..count).rev().map(|i| value >> i & 1 == 1));
        self
    }

    fn non_symmetric(&mut self, value: u32, n: u32) {
        let width = 32 - n.leading_zeros();
        assert!(value < (1 << width) - n);
        self.put(value, width - 1);
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.chunks(8).map(|c| c.iter().enumerate().map(|(i, b)| u8::from(*b) << (7 - i)).sum()).collect()
    }
}
