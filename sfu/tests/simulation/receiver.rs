//! A viewer: asks for what it misses, orders what it gets, and checks what its decoders would be fed.

use std::collections::{BTreeMap, HashMap, HashSet};

use lectern_sfu::session::{Codec, LayerSelection, MediaKind, PayloadType, Slot, SlotRole, Source, ViewerSpec};
use lectern_wire::codec::{vp8, vp9};
use lectern_wire::rtcp::{Compound, Packet as Rtcp, Writer};
use lectern_wire::rtp::Packet;

use crate::sender::{IDS, OPUS, ntp, video_payload};
use crate::truth::{NONE, Truth};

/// How long a browser waits for a lost packet before it gives up and asks for a keyframe.
const GIVE_UP_US: u64 = 1_000_000;

pub(crate) struct Receiver {
    pub(crate) slots: Vec<SlotReceiver>,
    /// What each SRTP index of each SSRC was used for.
    used: HashMap<(u32, u64), Vec<u8>>,
}

pub(crate) struct SlotReceiver {
    pub(crate) spec: Slot,
    pub(crate) kind: MediaKind,
    next: Option<u64>,
    buffer: BTreeMap<u64, Vec<u8>>,
    missing: BTreeMap<u64, (u64, u64)>,
    newest: u64,
    pub(crate) received: u64,
    pub(crate) recovered: u64,
    pub(crate) given_up: u64,
    pub(crate) blanks: u64,
    pli_at: u64,
    pub(crate) decoder: Decoder,
}

/// The model of a decoder: it knows which frames it has.
#[derive(Default)]
pub(crate) struct Decoder {
    begun: bool,
    /// After a gap: nothing is expected until a keyframe comes.
    pub(crate) broken: bool,
    partial: Option<(Truth, u32)>,
    /// The last frame was left unfinished, so its marker never came.
    cut: bool,
    decoded: HashSet<(u32, u8, u32)>,
    last: Option<Last>,
    pub(crate) frames: u64,
    pub(crate) keyframes: u64,
    pub(crate) cuts: u64,
    /// Frames by temporal and by spatial layer, and by publisher and encoding.
    pub(crate) by_temporal: [u64; 3],
    pub(crate) by_spatial: [u64; 3],
    pub(crate) newest_of: Option<(u32, u8)>,
    pub(crate) last_frame_us: u64,
    switched_us: u64,
    pub(crate) reports: u64,
}

#[derive(Clone, Copy)]
struct Last {
    timestamp: u32,
    marker: bool,
    truth: Truth,
    picture_id: Option<u16>,
    tl0: Option<u8>,
    frame_number: Option<u16>,
    /// Blank packets came since: numbers may have holes.
    blank: bool,
}

/// What a viewer of the full set of slots offers.
pub(crate) fn full_spec(viewer: u32, codecs: &[Codec]) -> ViewerSpec {
    let payloads: Vec<PayloadType> = codecs.iter().map(|codec| video_payload(*codec)).collect();
    let slot = |mid: &str, role, n: u32| {
        let audio = matches!(role, SlotRole::Tutor | SlotRole::Voice(_));
        Slot {
            mid: mid.parse().unwrap(),
            role,
            payloads: if audio { vec![OPUS] } else { payloads.clone() },
            extensions: IDS,
            ssrc: viewer * 100 + n,
            rtx_ssrc: (!audio).then_some(viewer * 100 + 50 + n),
        }
    };
    ViewerSpec {
        slots: vec![
            slot("0", SlotRole::Tutor, 1),
            slot("1", SlotRole::Video(Source::Camera), 2),
            slot("2", SlotRole::Video(Source::Screen), 3),
            slot("3", SlotRole::Voice(0), 4),
        ],
    }
}

/// A plain WHEP player: one audio and one video section.
pub(crate) fn plain_spec(viewer: u32, codecs: &[Codec]) -> ViewerSpec {
    let mut spec = full_spec(viewer, codecs);
    spec.slots.truncate(2);
    spec.slots[1].role = SlotRole::Main;
    spec
}

impl Receiver {
    pub(crate) fn new(spec: &ViewerSpec) -> Self {
        Self { slots: spec.slots.iter().map(SlotReceiver::new).collect(), used: HashMap::new() }
    }

    /// Before the network: no SRTP index may carry two different packets.
    pub(crate) fn check_index(&mut self, ssrc: u32, index: u64, bytes: &[u8]) {
        let before = self.used.insert((ssrc, index), bytes.to_vec());
        assert!(before.is_none_or(|before| before == bytes), "index {index} of {ssrc} carries two different packets");
        assert_eq!(bytes[2..4], (index as u16).to_be_bytes(), "the header disagrees with the index");
        let slot = self.slots.iter_mut().find(|slot| slot.spec.ssrc == ssrc);
        if let Some(slot) = slot.filter(|slot| slot.received == 0) {
            // What is lost before the first packet arrives is lost all the same.
            let first = slot.next.map_or(index, |next| next.min(index));
            (slot.next, slot.newest) = (Some(first), first - 1);
        }
    }

    pub(crate) fn handle_rtp(&mut self, now_us: u64, bytes: &[u8]) {
        let packet = Packet::parse(bytes).expect("a valid packet");
        let slot = self.slots.iter_mut().find(|s| s.spec.ssrc == packet.ssrc || s.spec.rtx_ssrc == Some(packet.ssrc));
        slot.expect("an SSRC of the answer").handle(now_us, &packet, bytes);
    }

    /// NACKs and keyframe requests that are due.
    pub(crate) fn feedback(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let mut out = [0; 1_200];
        let mut writer = Writer::new(&mut out);
        writer.receiver_report(1, &[]);
        let bare = writer.bytes().len();
        for slot in &mut self.slots {
            slot.feedback(now_us, &mut writer);
        }
        (writer.bytes().len() > bare).then(|| writer.bytes().to_vec())
    }

    pub(crate) fn handle_rtcp(&mut self, now_us: u64, bytes: &[u8]) {
        for packet in Compound::new(bytes) {
            let Rtcp::SenderReport { ssrc, info, .. } = packet else { continue };
            let slot = self.slots.iter_mut().find(|slot| slot.spec.ssrc == ssrc).expect("a report of a slot");
            slot.decoder.check_report(now_us, info.ntp, info.rtp, slot.kind);
        }
    }

    pub(crate) fn slot(&self, mid: &str) -> &SlotReceiver {
        self.slots.iter().find(|slot| slot.spec.mid.as_str() == mid).unwrap()
    }
}

pub(crate) fn cap(spatial_max: Option<u8>, temporal_max: Option<u8>) -> LayerSelection {
    LayerSelection { paused: false, spatial_max, temporal_max }
}

impl SlotReceiver {
    fn new(spec: &Slot) -> Self {
        Self {
            kind: spec.kind(),
            spec: spec.clone(),
            next: None,
            buffer: BTreeMap::new(),
            missing: BTreeMap::new(),
            newest: 0,
            received: 0,
            recovered: 0,
            given_up: 0,
            blanks: 0,
            pli_at: 0,
            decoder: Decoder::default(),
        }
    }

    fn handle(&mut self, now_us: u64, packet: &Packet<'_>, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let mut sequence = packet.sequence_number;
        let rtx = self.spec.rtx_ssrc == Some(packet.ssrc);
        if rtx {
            // Back into the packet that was lost (RFC 4588).
            let header_len = bytes.len() - packet.payload.len() - usize::from(packet.padding);
            sequence = u16::from_be_bytes([packet.payload[0], packet.payload[1]]);
            bytes.drain(header_len..header_len + 2);
            bytes[2..4].copy_from_slice(&sequence.to_be_bytes());
            let known = self.spec.payloads.iter().find(|p| p.rtx_pt == Some(packet.payload_type)).expect("an RTX type");
            bytes[1] = bytes[1] & 0x80 | known.pt;
            self.recovered += 1;
        } else {
            assert!(self.spec.payloads.iter().any(|known| known.pt == packet.payload_type), "a negotiated type");
        }
        self.received += 1;
        let ahead = sequence.wrapping_sub(self.newest as u16).cast_signed();
        let position = self.newest.saturating_add_signed(i64::from(ahead));
        let next = self.next.expect("something was sent");
        if position < next {
            // A duplicate, or given up.
            return;
        }
        if position > self.newest {
            for lost in self.newest + 1..position {
                self.missing.entry(lost).or_insert((now_us, now_us));
            }
        }
        self.newest = self.newest.max(position);
        self.missing.remove(&position);
        self.buffer.insert(position, bytes);
        self.drain(now_us);
    }

    fn drain(&mut self, now_us: u64) {
        while let Some(bytes) = self.next.and_then(|next| self.buffer.remove(&next)) {
            self.next = self.next.map(|next| next + 1);
            let packet = Packet::parse(&bytes).unwrap();
            if packet.payload.is_empty() {
                self.blanks += 1;
                self.decoder.blank();
                continue;
            }
            let codec = self.spec.payloads.iter().find(|known| known.pt == packet.payload_type).unwrap().codec;
            self.decoder.feed(now_us, codec, &packet, self.kind);
        }
    }

    fn feedback(&mut self, now_us: u64, writer: &mut Writer<'_>) {
        let late = self.missing.iter().next().is_some_and(|(_, (since, _))| now_us - since > GIVE_UP_US);
        if late || self.kind == MediaKind::Audio && !self.missing.is_empty() {
            // Everything up to the next packet that is there.
            let resume = self.buffer.keys().next().copied().unwrap_or(self.newest + 1);
            self.given_up += self.missing.range(..resume).count() as u64;
            self.missing = self.missing.split_off(&resume);
            self.next = Some(resume);
            self.decoder.gap(self.kind);
            self.drain(now_us);
        }
        let due: Vec<u16> = self
            .missing
            .iter_mut()
            .filter(|(_, (_, next))| *next <= now_us)
            .map(|(position, (_, next))| {
                *next = now_us + 60_000;
                *position as u16
            })
            .take(100)
            .collect();
        if !due.is_empty() && self.kind == MediaKind::Video {
            writer.nack(1, self.spec.ssrc, due);
        }
        if self.decoder.broken && now_us >= self.pli_at {
            self.pli_at = now_us + 300_000;
            writer.pli(1, self.spec.ssrc);
        }
    }
}

impl Decoder {
    fn gap(&mut self, kind: MediaKind) {
        self.partial = None;
        self.last = None;
        self.broken = kind == MediaKind::Video;
    }

    fn blank(&mut self) {
        if let Some(last) = &mut self.last {
            last.blank = true;
        }
    }

    fn feed(&mut self, now_us: u64, codec: Codec, packet: &Packet<'_>, kind: MediaKind) {
        let truth = Truth::read(packet.payload);
        if kind == MediaKind::Audio {
            if let Some(last) = self.last {
                let newer = packet.timestamp.wrapping_sub(last.timestamp).cast_signed() > 0;
                assert!(newer, "sound runs backwards: {:?} after {:?}", truth, last.truth);
            }
            self.last = Some(Last {
                timestamp: packet.timestamp,
                marker: false,
                truth,
                picture_id: None,
                tl0: None,
                frame_number: None,
                blank: false,
            });
            self.frames += 1;
            self.note(now_us, &truth);
            return;
        }
        let first = truth.packet == 0;
        if !self.begun || self.broken {
            let start = truth.keyframe && first && truth.spatial == 0;
            assert!(self.begun || start, "the first packet is none of a keyframe: {truth:?}");
            if !start {
                return;
            }
            (self.begun, self.broken) = (true, false);
            self.partial = None;
        }
        self.check_assembly(packet, &truth);
        if first {
            self.check_numbers(codec, packet, &truth);
        }
        self.partial = Some((truth, packet.timestamp));
        if truth.packet + 1 == truth.packets {
            self.partial = None;
            self.decode(now_us, &truth);
        }
        if let Some(last) = &mut self.last {
            last.marker = packet.marker;
        }
    }

    /// Packets of a frame follow each other; a frame is left unfinished only for a keyframe of another stream.
    fn check_assembly(&mut self, packet: &Packet<'_>, truth: &Truth) {
        let follows = self.partial.is_some_and(|(open, timestamp)| {
            (open.publisher, open.encoding, open.frame) == (truth.publisher, truth.encoding, truth.frame)
                && truth.packet == open.packet + 1
                && timestamp == packet.timestamp
        });
        if truth.packet > 0 {
            assert!(follows, "{truth:?} after {:?}", self.partial);
            return;
        }
        let other = self
            .last
            .is_some_and(|last| (last.truth.publisher, last.truth.encoding) != (truth.publisher, truth.encoding));
        if other {
            assert!(truth.keyframe && truth.spatial == 0, "a stream begins without a keyframe: {truth:?}");
        }
        self.cut = self.partial.take().is_some();
        if self.cut {
            assert!(other, "a frame is left unfinished before {truth:?}, last {:?}", self.last.map(|l| l.truth));
            self.cuts += 1;
        }
    }

    fn check_numbers(&mut self, codec: Codec, packet: &Packet<'_>, truth: &Truth) {
        let (picture_id, tl0) = match codec {
            Codec::Vp8 => {
                let parsed = vp8::Descriptor::parse(packet.payload).unwrap();
                let Some(vp8::PictureId::Long(id)) = parsed.picture_id else { panic!("a long picture id") };
                (Some(id), parsed.tl0_picture_index)
            }
            Codec::Vp9 { .. } => {
                let parsed = vp9::Descriptor::parse(packet.payload).unwrap();
                (parsed.picture_id, parsed.tl0_picture_index)
            }
            _ => (None, None),
        };
        let dependency = packet.extensions.find(IDS.dependency_descriptor);
        let frame_number = dependency.map(|data| u16::from_be_bytes([data[1], data[2]]));
        if let Some(last) = self.last {
            let same_stream = (last.truth.publisher, last.truth.encoding) == (truth.publisher, truth.encoding);
            let same_picture = truth.spatial > 0 && same_stream;
            let step = packet.timestamp.wrapping_sub(last.timestamp).cast_signed();
            assert_eq!(step == 0, same_picture, "timestamps {truth:?} after {:?}", last.truth);
            assert!(step >= 0, "time runs backwards: {truth:?} after {:?}", last.truth);
            let right = last.marker != same_picture || self.cut && !last.marker;
            assert!(right, "marker of {:?} before {truth:?}", last.truth);
            if let (Some(id), Some(before)) = (picture_id, last.picture_id) {
                let step = id.wrapping_sub(before) & 0x7FFF;
                let whole = codec == Codec::Vp8 && !last.blank;
                let right = if same_picture {
                    step == 0
                } else if whole {
                    step == 1
                } else {
                    (1..100).contains(&step)
                };
                assert!(right, "picture id goes by {step} to {truth:?} from {:?}", last.truth);
            }
            if let (Some(tl0), Some(before)) = (tl0, last.tl0) {
                let step = tl0.wrapping_sub(before);
                let expected = u8::from(truth.temporal == 0 && !same_picture);
                assert!(step == expected, "TL0PICIDX goes by {step} to {truth:?} from {:?}", last.truth);
            }
            if let (Some(number), Some(before)) = (frame_number, last.frame_number) {
                let step = number.wrapping_sub(before);
                // At a keyframe after a pause or a switch they go on, with a gap where frames were left out at the end.
                let right = same_stream && step == (truth.frame - last.truth.frame) as u16;
                let begins = truth.keyframe && truth.spatial == 0 && (1..100).contains(&step);
                assert!(right || begins, "frame numbers go by {step} to {truth:?} from {:?}", last.truth);
            }
        }
        self.last = Some(Last {
            timestamp: packet.timestamp,
            marker: packet.marker,
            truth: *truth,
            picture_id,
            tl0,
            frame_number,
            blank: false,
        });
    }

    fn decode(&mut self, now_us: u64, truth: &Truth) {
        let key = |frame| (truth.publisher, truth.encoding, frame);
        for reference in truth.references.iter().filter(|reference| **reference != NONE) {
            assert!(self.decoded.contains(&key(*reference)), "{truth:?} refers to a frame that was not decoded");
        }
        assert!(self.decoded.insert(key(truth.frame)), "decoded twice: {truth:?}");
        self.frames += 1;
        self.keyframes += u64::from(truth.keyframe && truth.spatial == 0);
        self.by_temporal[usize::from(truth.temporal)] += 1;
        self.by_spatial[usize::from(truth.spatial)] += 1;
        self.note(now_us, truth);
    }

    fn note(&mut self, now_us: u64, truth: &Truth) {
        let stream = Some((truth.publisher, truth.encoding));
        if self.newest_of != stream {
            self.newest_of = stream;
            self.switched_us = now_us;
        }
        self.last_frame_us = now_us;
    }

    /// Lips: what the report says about the newest frame's capture time is the truth.
    fn check_report(&mut self, now_us: u64, report_ntp: u64, report_rtp: u32, kind: MediaKind) {
        let Some(last) = self.last.filter(|_| now_us - self.switched_us > 500_000) else { return };
        let khz = if kind == MediaKind::Video { 90 } else { 48 };
        let since_report = i64::from(last.timestamp.wrapping_sub(report_rtp).cast_signed()) * 1_000 / khz;
        let apart = ntp(last.truth.captured_us).wrapping_sub(report_ntp).cast_signed();
        let told = ((i128::from(apart) * 1_000_000) >> 32) as i64;
        assert!((since_report - told).abs() < 3_000, "a report is off by {} µs", since_report - told);
        self.reports += 1;
    }
}
