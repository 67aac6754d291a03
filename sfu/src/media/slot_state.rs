//! A viewer's slot: what it shows, what it waits for, and how its numbers go on when it changes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::media::frame_reader::is_newer;
use crate::media::packet::SenderReport;
use crate::media::rendition::{Entry, Numbers, Offsets, Rendition, View};
use crate::media::rendition_table::{RenditionId, RenditionTable};
use crate::media::train::{Address, Shape};
use crate::session::{Codec, LayerSelection, MediaKind, Mid, PayloadType, Slot, SlotRole};

/// Earlier renditions of a slot that NACKs may reach back to.
const PAST_MAX: usize = 8;
/// Retransmissions of a slot that are remembered, so that none is repeated too soon.
const RECENT_RESENDS_MAX: usize = 32;
/// Clocks of two encodings that seem to differ by more than this are not compared.
const CLOCK_DISAGREEMENT_MAX: Duration = Duration::from_secs(1);

pub(crate) struct SlotState {
    pub(crate) mid: Mid,
    pub(crate) role: SlotRole,
    pub(crate) ssrc: u32,
    pub(crate) rtx_ssrc: Option<u32>,
    payloads: Box<[PayloadType]>,
    pub(crate) shape: Shape,
    pub(crate) selection: LayerSelection,
    /// What the slot should show in the end.
    pub(crate) wish: Option<View>,
    /// The next rendition on the way there.
    pub(crate) pending: Option<RenditionId>,
    pub(crate) current: Option<Current>,
    past: VecDeque<Current>,
    /// Where the numbers stand while nothing is shown.
    rest: Rest,
    pub(crate) rtx_sequence: u64,
    recent_resends: VecDeque<(u64, Instant)>,
}

/// A rendition as this slot shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Current {
    pub(crate) rendition: RenditionId,
    pub(crate) view: View,
    pub(crate) train: u32,
    pub(crate) offsets: Offsets,
    /// The first virtual and the first outgoing sequence number under these offsets.
    pub(crate) sequence_from: u64,
    pub(crate) out_from: u64,
    pub(crate) payload_type: u8,
    pub(crate) rtx_payload_type: Option<u8>,
    packets_base: u32,
    octets_base: u32,
}

/// Which keyframes that were sent before a slot can still begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// None.
    Never,
    /// One whose first packet came late, in this batch.
    Late,
    /// Any that came no earlier than this.
    Since(Instant),
    /// Any.
    Any,
}

/// The newest outgoing numbers.
#[derive(Clone, Copy, Debug)]
struct Rest {
    numbers: Numbers,
    arrival: Option<Instant>,
    packets: u32,
    octets: u32,
}

impl SlotState {
    /// `random`: where the slot's numbers begin.
    pub(crate) fn new(slot: &Slot, random: u64) -> Self {
        let low = |shift: u32| (random >> shift & 0xFFFF) as u16;
        // Below 2^15, so that no early packet lies before index 0 (RFC 3711 section 3.3.1).
        let sequence = u64::from(low(0) & 0x7FFF) + 1;
        Self {
            mid: slot.mid,
            role: slot.role,
            ssrc: slot.ssrc,
            rtx_ssrc: slot.rtx_ssrc,
            payloads: slot.payloads.as_slice().into(),
            shape: Shape::new(&slot.extensions),
            selection: LayerSelection::default(),
            wish: None,
            pending: None,
            current: None,
            past: VecDeque::new(),
            rest: Rest {
                numbers: Numbers {
                    sequence,
                    timestamp: (random >> 16) as u32,
                    picture_id: low(48) & 0x7FFF,
                    ..Default::default()
                },
                arrival: None,
                packets: 0,
                octets: 0,
            },
            rtx_sequence: u64::from(low(32) & 0x7FFF),
            recent_resends: VecDeque::new(),
        }
    }

    pub(crate) fn kind(&self) -> MediaKind {
        match self.role {
            SlotRole::Main | SlotRole::Video(_) => MediaKind::Video,
            SlotRole::Tutor | SlotRole::Voice(_) => MediaKind::Audio,
        }
    }

    /// As what this slot can take a codec; redundancy that it does not know is taken off.
    pub(crate) fn accepts(&self, codec: Codec) -> Option<Codec> {
        let knows = |codec: Codec| self.payloads.iter().any(|known| known.codec == codec).then_some(codec);
        knows(codec).or_else(|| if codec == Codec::Red { knows(Codec::Opus) } else { None })
    }

    /// From when on a keyframe of `next` may have come for this slot to begin with it after the fact, so that its time does
    /// not run backwards. A slot that shows another stream goes over with what comes, save what was merely late.
    pub(crate) fn replay_from(&self, next: &View) -> Replay {
        match (&self.current, self.rest.arrival) {
            _ if next.track.kind == MediaKind::Audio => Replay::Never,
            (Some(current), _) if current.view.same_encoding(next) => Replay::Never,
            (Some(_), _) => Replay::Late,
            (None, None) => Replay::Any,
            (None, Some(arrival)) => Replay::Since(arrival),
        }
    }

    /// To whom packets of `current` go.
    pub(crate) fn address(&self, current: &Current) -> Address {
        Address { ssrc: self.ssrc, payload_type: current.payload_type, offsets: current.offsets }
    }

    /// Shows nothing from now on; the numbers rest where they are.
    pub(crate) fn stop(&mut self, table: &mut RenditionTable, now: Instant) {
        self.wait_for(None, table, now);
        if let Some(current) = self.current.take() {
            if let Some(rendition) = table.find(current.rendition) {
                self.rest = self.rest_of(&current, rendition);
            }
            self.leave(current, table, now);
        }
    }

    /// Waits for this rendition, or for none.
    pub(crate) fn wait_for(&mut self, pending: Option<RenditionId>, table: &mut RenditionTable, now: Instant) {
        if self.pending == pending {
            return;
        }
        if let Some(id) = pending {
            table.attach(id);
        }
        if let Some(id) = std::mem::replace(&mut self.pending, pending) {
            table.detach(id, now);
        }
    }

    fn leave(&mut self, current: Current, table: &mut RenditionTable, now: Instant) {
        table.detach(current.rendition, now);
        table.close_train(current.train);
        if self.past.len() == PAST_MAX {
            self.past.pop_front();
        }
        self.past.push_back(current);
    }

    fn rest_of(&self, current: &Current, rendition: &Rendition) -> Rest {
        let (newest, offsets) = (&rendition.newest, &current.offsets);
        Rest {
            numbers: Numbers {
                sequence: rendition.next_sequence().wrapping_add(offsets.sequence),
                timestamp: newest.timestamp.wrapping_add(offsets.timestamp),
                picture_id: newest.picture_id.wrapping_add(offsets.picture_id),
                tl0: newest.tl0.wrapping_add(offsets.tl0),
                key_index: newest.key_index.wrapping_add(offsets.key_index),
                frame_number: newest.frame_number.wrapping_add(offsets.frame_number),
            },
            arrival: Some(rendition.newest_arrival),
            packets: self.rest.packets.wrapping_add(rendition.packets.wrapping_sub(current.packets_base)),
            octets: self.rest.octets.wrapping_add(rendition.octets.wrapping_sub(current.octets_base)),
        }
    }

    /// Packets and payload bytes sent, for sender reports.
    pub(crate) fn sent(&self, table: &RenditionTable) -> (u32, u32) {
        let current = self.current.as_ref().and_then(|c| Some((c, table.find(c.rendition)?)));
        let rest = current.map_or(self.rest, |(current, rendition)| self.rest_of(current, rendition));
        (rest.packets, rest.octets)
    }

    /// Shows `next` from `entry` on, which must satisfy [`may_switch`]. `reports` are the newest sender reports of the
    /// old and the new encoding, if both are known.
    pub(crate) fn switch(
        &mut self,
        next: RenditionId,
        entry: &Entry,
        reports: Option<(SenderReport, SenderReport)>,
        table: &mut RenditionTable,
        now: Instant,
    ) {
        let Some(rendition) = table.find(next) else { return };
        let (view, packets_base, octets_base) = (rendition.view, rendition.packets, rendition.octets);
        let Some(payload) = self.payloads.iter().find(|known| known.codec == view.codec).copied() else { return };
        let batch = rendition.batch.iter().filter(|queued| queued.numbers.sequence >= entry.numbers.sequence);
        let (batch_packets, batch_octets) = batch.fold((0u32, 0u32), |(packets, octets), queued| {
            (packets + 1, octets.wrapping_add(u32::try_from(queued.packet.payload().len()).unwrap_or(0)))
        });
        let old = self.current.take();
        let before = old.as_ref().and_then(|old| Some((old, table.find(old.rendition)?)));
        let (offsets, out_from) = match before {
            Some((old, rendition)) if old.view.same_encoding(&view) => {
                let rest = self.rest_of(old, rendition);
                (self.rest.packets, self.rest.octets) = (rest.packets, rest.octets);
                continue_encoding(&old.offsets, rendition, entry)
            }
            Some((old, rendition)) => {
                self.rest = self.rest_of(old, rendition);
                self.begin_encoding(entry, view.track.kind, reports.map(|pair| (pair, old.offsets.timestamp)))
            }
            None => self.begin_encoding(entry, view.track.kind, None),
        };
        let train = table.open_train(next, self.shape);
        table.attach(next);
        if let Some(old) = old {
            self.leave(old, table, now);
        }
        self.current = Some(Current {
            rendition: next,
            view,
            train,
            offsets,
            sequence_from: entry.numbers.sequence,
            out_from,
            payload_type: payload.pt,
            rtx_payload_type: payload.rtx_pt,
            packets_base: packets_base.wrapping_sub(batch_packets),
            octets_base: octets_base.wrapping_sub(batch_octets),
        });
        self.wait_for(None, table, now);
    }

    /// The numbers go on from where they rest.
    fn begin_encoding(
        &self,
        entry: &Entry,
        kind: MediaKind,
        reports: Option<((SenderReport, SenderReport), u32)>,
    ) -> (Offsets, u64) {
        let (rest, first) = (&self.rest.numbers, &entry.numbers);
        let mut offsets = Offsets {
            sequence: rest.sequence.wrapping_sub(first.sequence),
            timestamp: rest.timestamp.wrapping_sub(first.timestamp),
            picture_id: rest.picture_id.wrapping_add(1).wrapping_sub(first.picture_id),
            tl0: rest.tl0.wrapping_add(1).wrapping_sub(first.tl0),
            key_index: rest.key_index.wrapping_add(1).wrapping_sub(first.key_index),
            frame_number: rest.frame_number.wrapping_add(1).wrapping_sub(first.frame_number),
        };
        if let Some(arrival) = self.rest.arrival {
            let clock_hz = clock_hz(kind);
            let elapsed = ticks(entry.packet.info.arrival.saturating_duration_since(arrival), clock_hz).max(1);
            let by_arrival = offsets.timestamp.wrapping_add(elapsed);
            let continued = reports
                .and_then(|((old, new), old_offset)| aligned(&old, &new, old_offset, clock_hz))
                .filter(|aligned| {
                    let disagreement = aligned.wrapping_sub(by_arrival).cast_signed().unsigned_abs();
                    disagreement <= ticks(CLOCK_DISAGREEMENT_MAX, clock_hz)
                })
                .unwrap_or(by_arrival);
            // Time never stands still nor runs backwards, even if the new encoding lags behind the old one.
            offsets.timestamp = if is_newer(first.timestamp.wrapping_add(continued), rest.timestamp) {
                continued
            } else {
                offsets.timestamp.wrapping_add(1)
            };
        }
        (offsets, rest.sequence)
    }

    /// The rendition and virtual sequence number behind an outgoing one, given by its low 16 bits.
    pub(crate) fn resolve(&self, sequence: u16, table: &RenditionTable) -> Option<(u64, Current)> {
        let current = self.current.as_ref().and_then(|c| Some((c, table.find(c.rendition)?)));
        let next = current.map_or(self.rest.numbers.sequence, |(current, rendition)| {
            rendition.next_sequence().wrapping_add(current.offsets.sequence)
        });
        let newest = next.checked_sub(1)?;
        let back = ((newest & 0xFFFF) as u16).wrapping_sub(sequence);
        let out = newest.checked_sub(u64::from(back))?;
        let held = self.current.iter().chain(self.past.iter().rev()).find(|held| out >= held.out_from)?;
        Some((out, *held))
    }

    /// Whether a packet may be sent again now; remembers that it was.
    pub(crate) fn admit_resend(&mut self, out: u64, now: Instant, interval: Duration) -> bool {
        let fresh = |at: &Instant| now.saturating_duration_since(*at) < interval;
        if self.recent_resends.iter().any(|(sent, at)| *sent == out && fresh(at)) {
            return false;
        }
        while self.recent_resends.len() >= RECENT_RESENDS_MAX {
            self.recent_resends.pop_front();
        }
        self.recent_resends.push_back((out, now));
        true
    }
}

/// Whether a slot that shows `current` (or nothing) may show `next` from this packet on.
pub(crate) fn may_switch(current: Option<&View>, next: &View, entry: &Entry) -> bool {
    if entry.late || entry.blank {
        return false;
    }
    if next.track.kind == MediaKind::Audio {
        return true;
    }
    match current.filter(|current| current.same_encoding(next)) {
        None => entry.starts_keyframe,
        Some(current) if next.spatial_max > current.spatial_max => entry.starts_keyframe,
        Some(current) if next.temporal_max > current.temporal_max => {
            entry.starts_picture && entry.packet.info.frame.up_switch >> current.temporal_max.min(7) & 1 != 0
        }
        Some(_) => entry.starts_picture,
    }
}

/// Only the caps change: the encoding's own numbers go on, less what the old rendition had dropped up to here.
fn continue_encoding(old: &Offsets, rendition: &Rendition, entry: &Entry) -> (Offsets, u64) {
    let position = entry.packet.info.seq;
    let (out, picture_id) = rendition.would_be(&entry.packet);
    let out_from = out.unwrap_or(position).wrapping_add(old.sequence);
    let offsets = Offsets {
        sequence: out_from.wrapping_sub(entry.numbers.sequence),
        picture_id: picture_id.wrapping_add(old.picture_id).wrapping_sub(entry.numbers.picture_id),
        ..*old
    };
    (offsets, out_from)
}

/// The offset under which the new encoding's clock shows the same time as the old one's.
fn aligned(old: &SenderReport, new: &SenderReport, old_offset: u32, clock_hz: u32) -> Option<u32> {
    let apart = new.ntp.wrapping_sub(old.ntp).cast_signed();
    // 32.32 bits of seconds, times the clock, in 128 bits so that nothing is lost.
    let apart_ticks = i32::try_from((i128::from(apart) * i128::from(clock_hz)) >> 32).ok()?;
    let old_at_new = old.rtp.wrapping_add_signed(apart_ticks).wrapping_add(old_offset);
    Some(old_at_new.wrapping_sub(new.rtp))
}

pub(crate) fn clock_hz(kind: MediaKind) -> u32 {
    match kind {
        MediaKind::Audio => 48_000,
        MediaKind::Video => 90_000,
    }
}

/// Wraps as timestamps do.
pub(crate) fn ticks(duration: Duration, clock_hz: u32) -> u32 {
    (duration.as_micros() * u128::from(clock_hz) / 1_000_000) as u32
}
