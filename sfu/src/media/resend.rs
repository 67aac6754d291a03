//! What viewers ask for: packets that they miss, keyframes; and what they report.

use std::collections::HashMap;
use std::time::Instant;

use arrayvec::ArrayVec;
use lectern_wire::rtcp::{Compound, Packet, ReportBlock};

use crate::drop_reason::DropReason;
use crate::media::fanout::Sink;
use crate::media::rendition_table::RenditionTable;
use crate::media::slot_state::{Current, SlotState};
use crate::media::train::Train;
use crate::media::viewer::{SLOTS_MAX, Viewer};
use crate::media::{Egress, RoomStats, ViewerKey};
use crate::session::TrackId;

/// Packets that wait to be sent again with the next flush; bounded by `resends_queued`.
#[derive(Default)]
pub(crate) struct ResendQueue {
    queue: Vec<Resend>,
    train: Train,
}

struct Resend {
    viewer: ViewerKey,
    slot: usize,
    held: Current,
    /// Virtual sequence number.
    sequence: u64,
}

/// Keyframes that a viewer asked for.
pub(crate) type Wanted = ArrayVec<(TrackId, u8), SLOTS_MAX>;

impl ResendQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Reads a viewer's compound packet.
    pub(crate) fn handle_rtcp(
        &mut self,
        now: Instant,
        viewer: &mut Viewer,
        table: &RenditionTable,
        plain: &[u8],
        sink: &mut Sink<'_>,
    ) -> Wanted {
        let mut wanted = Wanted::new();
        let mut compound = Compound::new(plain);
        for packet in compound.by_ref() {
            match packet {
                Packet::ReceiverReport { reports, .. } | Packet::SenderReport { reports, .. } => {
                    reports.for_each(|block| note_report(now, viewer, &block));
                }
                Packet::Nack { media_ssrc, missing } => {
                    for sequence in missing.flat_map(|nack| nack.sequence_numbers()) {
                        self.handle_nack(now, viewer, table, media_ssrc, sequence, sink);
                    }
                }
                Packet::Pli { media_ssrc } => want(viewer, media_ssrc, &mut wanted, sink.stats),
                Packet::Fir { entries } => {
                    entries.for_each(|entry| want(viewer, entry.ssrc, &mut wanted, sink.stats));
                }
                Packet::SourceDescription
                | Packet::Goodbye { .. }
                | Packet::Remb { .. }
                | Packet::TransportFeedback(_)
                | Packet::Other => {}
            }
        }
        if compound.is_malformed() {
            sink.stats.drop(DropReason::RtcpMalformed, 1);
        }
        wanted
    }

    fn handle_nack(
        &mut self,
        now: Instant,
        viewer: &mut Viewer,
        table: &RenditionTable,
        ssrc: u32,
        sequence: u16,
        sink: &mut Sink<'_>,
    ) {
        sink.stats.nacks_in += 1;
        let Some(slot) = viewer.slots.iter().position(|slot| slot.ssrc == ssrc) else {
            sink.stats.drop(DropReason::ResendUnavailable, 1);
            return;
        };
        let found = viewer.slots[slot].resolve(sequence, table).and_then(|(out, held)| {
            let virtual_sequence = out.wrapping_sub(held.offsets.sequence);
            let recalled = table.find(held.rendition)?.recall(virtual_sequence)?;
            let fresh = now.saturating_duration_since(recalled.packet.info.arrival) < sink.limits.history_age();
            (fresh && virtual_sequence >= held.sequence_from).then_some((out, held, virtual_sequence))
        });
        let Some((out, held, sequence)) = found else {
            sink.stats.drop(DropReason::ResendUnavailable, 1);
            return;
        };
        // Asked again before an answer can have arrived, a packet is on its way already.
        let interval = viewer.rtt.map_or(sink.limits.resend_interval(), |rtt| {
            rtt.clamp(sink.limits.resend_interval(), 10 * sink.limits.resend_interval())
        });
        if self.queue.len() >= sink.limits.resends_queued
            || !viewer.slots[slot].admit_resend(out, now, interval)
            || !viewer.spend_resend(now, sink.limits)
        {
            sink.stats.drop(DropReason::ResendLimited, 1);
            return;
        }
        self.queue.push(Resend { viewer: viewer.key, slot, held, sequence });
    }

    /// Sends what waits.
    pub(crate) fn flush<E: Egress>(
        &mut self,
        viewers: &mut [Viewer],
        places: &HashMap<ViewerKey, usize>,
        table: &RenditionTable,
        egress: &mut E,
        stats: &mut RoomStats,
    ) {
        let mut open: Option<(ViewerKey, bool)> = None;
        for resend in self.queue.drain(..) {
            let entry = table.find(resend.held.rendition).and_then(|rendition| rendition.recall(resend.sequence));
            let viewer = places.get(&resend.viewer).and_then(|place| viewers.get_mut(*place));
            let slot = viewer.and_then(|viewer| viewer.slots.get_mut(resend.slot));
            let (Some(entry), Some(slot)) = (entry, slot) else {
                stats.drop(DropReason::ResendUnavailable, 1);
                continue;
            };
            if open.is_none_or(|(viewer, _)| viewer != resend.viewer) {
                if matches!(open, Some((_, true))) {
                    egress.end();
                }
                open = Some((resend.viewer, egress.begin(resend.viewer)));
            }
            if !matches!(open, Some((_, true))) {
                stats.drop(DropReason::ViewerBlocked, 1);
                continue;
            }
            let mut to = slot.address(&resend.held);
            let rtx = retransmission(slot, &resend.held);
            self.train.prepare_resend(entry, slot.shape, resend.held.view.codec, rtx.is_some());
            if let Some((ssrc, payload_type, _)) = rtx {
                (to.ssrc, to.payload_type) = (ssrc, payload_type);
            }
            let sent = self.train.resend(entry, &to, rtx.map(|(_, _, sequence)| sequence), egress);
            stats.resends_out += sent.packets;
            stats.packets_out += sent.packets;
            stats.bytes_out += sent.bytes;
        }
        if matches!(open, Some((_, true))) {
            egress.end();
        }
    }
}

/// The retransmission stream's SSRC, payload type and next sequence number, if one was negotiated.
fn retransmission(slot: &mut SlotState, held: &Current) -> Option<(u32, u8, u64)> {
    let (ssrc, payload_type) = (slot.rtx_ssrc?, held.rtx_payload_type?);
    slot.rtx_sequence += 1;
    Some((ssrc, payload_type, slot.rtx_sequence))
}

fn note_report(now: Instant, viewer: &mut Viewer, block: &ReportBlock) {
    if block.last_sender_report != 0 && viewer.slots.iter().any(|slot| slot.ssrc == block.ssrc) {
        viewer.note_report(now, block.last_sender_report, block.delay_since_last_sender_report);
    }
}

fn want(viewer: &Viewer, ssrc: u32, wanted: &mut Wanted, stats: &mut RoomStats) {
    stats.keyframe_requests_in += 1;
    let slot = viewer.slots.iter().find(|slot| slot.ssrc == ssrc);
    if let Some(current) = slot.and_then(|slot| slot.current.as_ref()) {
        let layer = (current.view.track, current.view.layer);
        if !wanted.contains(&layer) {
            // Full only if a viewer asks for more layers than it has slots.
            let _ = wanted.try_push(layer);
        }
    }
}
