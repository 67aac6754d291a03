//! What a room sends, looked at packet by packet.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use lectern_sfu::media::{Egress, OutPacket, ViewerKey};
use lectern_sfu::session::ViewerSpec;
use lectern_wire::rtcp::Writer;
use lectern_wire::rtp;

use crate::input::Input;

/// A packet with all that the server adds must fit what it seals into.
const PACKET_BYTES_MAX: usize = 2_048 - 16;

/// Asserts what holds for every packet to a viewer:
/// its SSRC and payload type are those of the answer, it is well-formed RTP, nothing comes before the viewer is ready,
/// and no SSRC and index are ever used for two different packets – with AES-GCM that would give the keystream away.
#[derive(Default)]
pub(crate) struct Checked {
    viewers: HashMap<ViewerKey, Watching>,
    current: Option<ViewerKey>,
    /// Viewers to whom nothing can be sent at the moment.
    pub(crate) blocked: bool,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    /// What the last packet was, whole.
    pub(crate) last: Vec<u8>,
}

struct Watching {
    spec: ViewerSpec,
    ready: bool,
    sent: HashMap<(u32, u64), u64>,
    /// The last sequence number of each slot.
    newest: HashMap<u32, u16>,
}

impl Checked {
    pub(crate) fn add(&mut self, key: ViewerKey, spec: ViewerSpec) {
        let watching = Watching { spec, ready: false, sent: HashMap::new(), newest: HashMap::new() };
        self.viewers.insert(key, watching);
    }

    pub(crate) fn ready(&mut self, key: ViewerKey) {
        if let Some(viewer) = self.viewers.get_mut(&key) {
            viewer.ready = true;
        }
    }

    pub(crate) fn remove(&mut self, key: ViewerKey) {
        self.viewers.remove(&key);
    }

    pub(crate) fn spec(&self, key: ViewerKey) -> Option<&ViewerSpec> {
        self.viewers.get(&key).map(|viewer| &viewer.spec)
    }

    /// RTCP as this viewer may send it about its slots.
    pub(crate) fn feedback(&self, key: ViewerKey, input: &mut Input<'_>) -> Vec<u8> {
        let (what, place, back) = (input.u8(), usize::from(input.u8()), input.u8());
        let Some(viewer) = self.viewers.get(&key) else { return Vec::new() };
        let Some(slot) = viewer.spec.slots.get(place % viewer.spec.slots.len().max(1)) else { return Vec::new() };
        let newest = viewer.newest.get(&slot.ssrc).copied().unwrap_or_default();
        let mut out = [0; 1_400];
        let mut writer = Writer::new(&mut out);
        let block = rtcp_block(slot.ssrc, newest, input);
        writer.receiver_report(1, &[block]);
        match what % 5 {
            0 => writer.pli(1, slot.ssrc),
            1 => writer.fir(1, slot.ssrc, back),
            2 => writer.nack(1, slot.ssrc, (0..=u16::from(back)).map(|n| newest.wrapping_sub(n))),
            3 => writer.nack(1, slot.ssrc, (0..8).map(|n| newest.wrapping_sub(u16::from(back) * n))),
            _ => writer.remb(1, u64::from(input.u32()) << (back & 31), &[slot.ssrc]),
        };
        writer.bytes().to_vec()
    }
}

fn rtcp_block(ssrc: u32, newest: u16, input: &mut Input<'_>) -> lectern_wire::rtcp::ReportBlock {
    lectern_wire::rtcp::ReportBlock {
        ssrc,
        fraction_lost: input.u8(),
        highest_sequence: newest.into(),
        last_sender_report: input.u32(),
        delay_since_last_sender_report: input.u16().into(),
        ..Default::default()
    }
}

impl Egress for Checked {
    fn begin(&mut self, viewer: ViewerKey) -> bool {
        assert!(self.current.is_none(), "one viewer at a time");
        assert!(self.viewers.get(&viewer).is_some_and(|viewer| viewer.ready), "nothing before a viewer is ready");
        self.current = (!self.blocked).then_some(viewer);
        self.current.is_some()
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        let viewer = self.viewers.get_mut(&self.current.expect("between begin and end")).expect("known");
        self.last = [packet.header, packet.descriptor, packet.payload].concat();
        if packet.padding > 0 {
            self.last.resize(packet.len() - 1, 0);
            self.last.push(packet.padding);
        }
        assert!(self.last.len() == packet.len() && packet.len() <= PACKET_BYTES_MAX);
        let read = rtp::Packet::parse(&self.last).expect("own packets are well formed");
        assert_eq!((read.ssrc, read.padding), (packet.ssrc(), packet.padding));
        assert_eq!(read.sequence_number, packet.index as u16, "the index is that of the sequence number");
        assert!(packet.index < 1 << 48);

        let of_slot = |slot: &&lectern_sfu::session::Slot| slot.ssrc == read.ssrc || slot.rtx_ssrc == Some(read.ssrc);
        let slot = viewer.spec.slots.iter().find(of_slot).expect("an SSRC of the answer");
        let known = slot.payloads.iter().any(|payload| {
            let expected = if slot.ssrc == read.ssrc { Some(payload.pt) } else { payload.rtx_pt };
            expected == Some(read.payload_type)
        });
        assert!(known, "payload type {} was not negotiated for this slot", read.payload_type);

        let mut hasher = DefaultHasher::new();
        self.last.hash(&mut hasher);
        let hash = hasher.finish();
        let before = *viewer.sent.entry((read.ssrc, packet.index)).or_insert(hash);
        assert_eq!(before, hash, "one nonce for two packets");
        viewer.newest.insert(read.ssrc, read.sequence_number);
        self.packets += 1;
        self.bytes += packet.len() as u64;
    }

    fn end(&mut self) {
        assert!(self.current.take().is_some(), "begin comes before end");
    }
}
