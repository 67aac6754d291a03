//! One way to watch a track: an encoding with caps on its layers, filtered and numbered once for all its viewers.
//!
//! Numbers here are *virtual*: a viewer adds its own constants ([`Offsets`]). Positions that were lost on the way to us
//! keep their virtual numbers, so that a packet which comes late goes out under the right one; positions that are
//! dropped give theirs up, so that viewers see no gap.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::media::MediaLimits;
use crate::media::frame_reader::is_newer;
use crate::media::packet::{Descriptor, MediaPacket};
use crate::media::slot_state::Replay;
use crate::session::{Codec, TrackId};

/// Changes of numbering that late packets may reach back to; one per dropped frame at most, so two seconds at 60 frames.
const CHANGES_MAX: usize = 128;
/// Packets of a frame are brought to one size by padding if they differ by no more than this.
const LEVEL_BYTES_MAX: usize = 16;

/// How old a keyframe may be that somebody who joins begins with, and how many packets it and what followed may be, so
/// that the burst stays small.
const REPLAY_MAX: Duration = Duration::from_millis(500);
const REPLAY_PACKETS_MAX: u64 = 96;

/// What a rendition shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) track: TrackId,
    pub(crate) generation: u32,
    pub(crate) layer: u8,
    /// What viewers get: differs from the packets' codec where redundancy is taken off.
    pub(crate) codec: Codec,
    pub(crate) spatial_max: u8,
    pub(crate) temporal_max: u8,
}

/// No cap.
pub(crate) const LAYERS_ALL: u8 = 7;

impl View {
    fn passes(&self, packet: &MediaPacket) -> bool {
        packet.info.frame.spatial <= self.spatial_max && packet.info.frame.temporal <= self.temporal_max
    }

    pub(crate) fn same_encoding(&self, other: &View) -> bool {
        (self.track, self.generation, self.layer, self.codec)
            == (other.track, other.generation, other.layer, other.codec)
    }
}

/// What a viewer adds to virtual numbers, modulo their width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offsets {
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) picture_id: u16,
    pub(crate) tl0: u8,
    pub(crate) key_index: u8,
    pub(crate) frame_number: u16,
}

/// The virtual numbers of a packet or of the newest packet of a rendition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) sequence: u64,
    pub(crate) timestamp: u32,
    pub(crate) picture_id: u16,
    pub(crate) tl0: u8,
    pub(crate) key_index: u8,
    pub(crate) frame_number: u16,
}

/// A packet as viewers of a rendition get it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) packet: Arc<MediaPacket>,
    pub(crate) numbers: Numbers,
    /// Bytes of RTP padding that bring it to the size of its neighbours.
    pub(crate) padding: u8,
    pub(crate) marker: bool,
    /// Padding alone: the packet came late and lies above the caps, but its number was given out.
    pub(crate) blank: bool,
    /// A viewer may start here.
    pub(crate) starts_keyframe: bool,
    /// The first packet of a picture: a viewer may go down here.
    pub(crate) starts_picture: bool,
    /// Older than what was sent before it.
    pub(crate) late: bool,
}

/// From this position on, so much was dropped before.
#[derive(Clone, Copy, Debug)]
struct Change {
    from: u64,
    dropped: u64,
    pictures_dropped: u16,
    /// Of the picture that was dropped.
    timestamp: u32,
}

pub(crate) struct Rendition {
    pub(crate) view: View,
    /// Slots that get it or wait for it.
    pub(crate) users: u32,
    pub(crate) idle_since: Instant,
    /// One past the newest position; `None` before the first packet.
    next: Option<u64>,
    dropped: u64,
    pictures_dropped: u16,
    last_picture_dropped: Option<u16>,
    changes: VecDeque<Change>,
    picture_ids: PictureIds,
    newest_timestamp: Option<u32>,
    pub(crate) newest: Numbers,
    pub(crate) newest_arrival: Instant,
    /// Of what went through, for sender reports.
    pub(crate) packets: u32,
    pub(crate) octets: u32,
    /// Since the last flush.
    pub(crate) batch: Vec<Entry>,
    /// How many of the batch came while somebody watched.
    watched: u64,
    /// The virtual sequence number of the newest keyframe's first packet.
    keyframe: Option<u64>,
    history: VecDeque<Option<Entry>>,
    /// Virtual sequence number of the first entry of `history`.
    history_base: u64,
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is in the batch.
    Queued,
    /// It lies above the caps, or is empty.
    Filtered,
    /// Too late to know its number.
    TooLate,
}

impl Rendition {
    pub(crate) fn new(view: View, now: Instant) -> Self {
        Self {
            view,
            users: 0,
            idle_since: now,
            next: None,
            dropped: 0,
            pictures_dropped: 0,
            last_picture_dropped: None,
            changes: VecDeque::new(),
            picture_ids: PictureIds::default(),
            newest_timestamp: None,
            newest: Numbers::default(),
            newest_arrival: now,
            packets: 0,
            octets: 0,
            batch: Vec::new(),
            watched: 0,
            keyframe: None,
            history: VecDeque::new(),
            history_base: 0,
        }
    }

    /// A packet of this encoding came.
    pub(crate) fn push(&mut self, packet: &Arc<MediaPacket>) -> Taken {
        let position = packet.info.seq;
        let next = *self.next.get_or_insert(position);
        let keep = self.view.passes(packet) && !packet.payload().is_empty();
        if position < next {
            return self.push_late(packet, keep);
        }
        self.next = Some(position + 1);
        let picture_id = self.picture_ids.extend(&packet.info.descriptor);
        if !keep {
            self.drop_in_order(position, packet, picture_id);
            if !packet.payload().is_empty() {
                // Its numbers are spoken for all the same: by lost packets before it that may still come.
                let picture_id = picture_id.wrapping_sub(self.pictures_dropped);
                self.newest = self.number(packet, position - self.dropped, picture_id);
                self.newest_arrival = packet.info.arrival;
            }
            return Taken::Filtered;
        }
        let gap = position > next;
        let starts_picture = packet.info.frame.start
            && (gap || self.newest_timestamp.is_none_or(|newest| is_newer(packet.info.timestamp, newest)));
        self.newest_timestamp = Some(packet.info.timestamp);
        let numbers = self.number(packet, position - self.dropped, picture_id.wrapping_sub(self.pictures_dropped));
        self.newest = numbers;
        self.newest_arrival = packet.info.arrival;
        self.queue(packet, numbers, starts_picture, false, false);
        Taken::Queued
    }

    fn drop_in_order(&mut self, position: u64, packet: &MediaPacket, picture_id: u16) {
        self.dropped += 1;
        // A frame of VP8 that is left out takes its picture identifier with it: decoders read a gap there as a loss.
        let counts = matches!(packet.info.descriptor, Descriptor::Vp8(_)) && !packet.payload().is_empty();
        if counts && self.last_picture_dropped != Some(picture_id) {
            self.last_picture_dropped = Some(picture_id);
            self.pictures_dropped = self.pictures_dropped.wrapping_add(1);
        }
        let change = Change {
            from: position + 1,
            dropped: self.dropped,
            pictures_dropped: self.pictures_dropped,
            timestamp: packet.info.timestamp,
        };
        // The dropped packets of one picture are one change: nothing between them can come late, and nobody goes over to
        // another rendition in the middle of a picture.
        let run = self.changes.back_mut().filter(|last| last.from == position && last.timestamp == change.timestamp);
        if let Some(last) = run {
            *last = change;
            return;
        }
        if self.changes.is_empty() {
            self.changes.push_back(Change { from: 0, dropped: 0, pictures_dropped: 0, timestamp: 0 });
        }
        if self.changes.len() == CHANGES_MAX {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
    }

    fn push_late(&mut self, packet: &Arc<MediaPacket>, keep: bool) -> Taken {
        let Some((dropped, pictures_dropped)) = self.dropped_before(packet.info.seq) else { return Taken::TooLate };
        let Some(sequence) = packet.info.seq.checked_sub(dropped) else { return Taken::TooLate };
        let picture_id = self.picture_ids.near(&packet.info.descriptor).wrapping_sub(pictures_dropped);
        let numbers = self.number(packet, sequence, picture_id);
        self.queue(packet, numbers, false, true, !keep);
        Taken::Queued
    }

    /// How much was dropped before a position that is not newer than the newest, if that is still known.
    fn dropped_before(&self, position: u64) -> Option<(u64, u16)> {
        if self.changes.is_empty() {
            return Some((self.dropped, self.pictures_dropped));
        }
        let after = self.changes.partition_point(|change| change.from <= position);
        let change = self.changes.get(after.checked_sub(1)?)?;
        Some((change.dropped, change.pictures_dropped))
    }

    fn number(&self, packet: &MediaPacket, sequence: u64, picture_id: u16) -> Numbers {
        let (tl0, key_index) = match &packet.info.descriptor {
            Descriptor::Vp8(vp8) => (vp8.tl0_picture_index.unwrap_or(0), vp8.key_index.unwrap_or(0)),
            Descriptor::Vp9(vp9) => (vp9.tl0_picture_index.unwrap_or(0), 0),
            Descriptor::Plain => (0, 0),
        };
        let frame_number = packet.dependency_descriptor().get(1..3).map_or(0, |b| u16::from_be_bytes([b[0], b[1]]));
        Numbers { sequence, timestamp: packet.info.timestamp, picture_id, tl0, key_index, frame_number }
    }

    fn queue(&mut self, packet: &Arc<MediaPacket>, numbers: Numbers, starts_picture: bool, late: bool, blank: bool) {
        let frame = &packet.info.frame;
        // Where the layers above the cap are cut off, the picture ends with the highest that remains.
        let ends_picture = frame.end && frame.spatial == self.view.spatial_max;
        if frame.keyframe && !blank && self.keyframe.is_none_or(|newest| newest < numbers.sequence) {
            self.keyframe = Some(numbers.sequence);
        }
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(u32::try_from(packet.payload().len()).unwrap_or(0));
        self.watched += u64::from(self.users > 0);
        self.batch.push(Entry {
            packet: Arc::clone(packet),
            numbers,
            padding: u8::from(blank),
            marker: !blank && (packet.info.marker || ends_picture),
            blank,
            starts_keyframe: !late && frame.keyframe && frame.start,
            starts_picture,
            late,
        });
    }

    /// The virtual number of the next packet, had it come.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.next.map_or(0, |next| next - self.dropped)
    }

    /// The virtual sequence number and picture identifier that a packet of this encoding has here, whether it passes or not.
    pub(crate) fn would_be(&self, packet: &MediaPacket) -> (Option<u64>, u16) {
        let before = self.dropped_before(packet.info.seq);
        let (dropped, pictures_dropped) = before.unwrap_or((self.dropped, self.pictures_dropped));
        let picture_id = self.picture_ids.near(&packet.info.descriptor).wrapping_sub(pictures_dropped);
        (packet.info.seq.checked_sub(dropped), picture_id)
    }

    /// Brings packets of one frame that are nearly of one size to the same size, so that they make one segmentation train.
    pub(crate) fn level(&mut self) {
        let mut rest = &mut self.batch[..];
        while let Some(first) = rest.first() {
            let timestamp = first.numbers.timestamp;
            let run = rest.iter().take_while(|entry| entry.numbers.timestamp == timestamp).count();
            let (frame, after) = rest.split_at_mut(run);
            let size = frame.iter().filter(|entry| !entry.blank).map(size).max().unwrap_or(0);
            for entry in frame.iter_mut().filter(|entry| !entry.blank) {
                let short = size - self::size(entry);
                entry.padding = if short <= LEVEL_BYTES_MAX { u8::try_from(short).unwrap_or(0) } else { 0 };
            }
            rest = after;
        }
    }

    /// Packets of the batch whose viewers left before it was sent.
    pub(crate) fn deserted(&self) -> u64 {
        if self.users == 0 { self.watched } else { 0 }
    }

    /// Moves the batch into the history, and forgets what is older than anybody can use.
    pub(crate) fn retire(&mut self, now: Instant, limits: &MediaLimits, keep: bool) {
        self.watched = 0;
        for entry in self.batch.drain(..) {
            if !keep {
                continue;
            }
            let sequence = entry.numbers.sequence;
            if self.history.is_empty() {
                self.history_base = sequence;
            }
            let Some(index) = sequence.checked_sub(self.history_base).and_then(|at| usize::try_from(at).ok()) else {
                continue;
            };
            if index >= self.history.len() {
                let excess = (index + 1).saturating_sub(limits.history_packets);
                for _ in 0..excess.min(self.history.len()) {
                    self.history.pop_front();
                }
                if self.history.is_empty() {
                    self.history_base = sequence;
                } else {
                    self.history_base += excess as u64;
                }
                let place = usize::try_from(sequence - self.history_base).unwrap_or(0);
                self.history.resize(place, None);
                self.history.push_back(Some(entry));
            } else {
                self.history[index] = Some(entry);
            }
        }
        self.expire(now, limits.history_age());
    }

    pub(crate) fn expire(&mut self, now: Instant, age: Duration) {
        while let Some(first) = self.history.front() {
            let fresh = first.as_ref().is_some_and(|e| now.saturating_duration_since(e.packet.info.arrival) < age);
            if fresh {
                break;
            }
            self.history.pop_front();
            self.history_base += 1;
        }
    }

    /// The first packet of a keyframe that came a moment ago, from which a slot can begin if it is sent again what
    /// followed.
    pub(crate) fn replay_start(&self, now: Instant, replay: Replay) -> Option<&Entry> {
        let sequence = self.keyframe?;
        let late = self.batch.iter().find(|entry| entry.numbers.sequence == sequence && !entry.blank);
        let entry = match replay {
            Replay::Never => None,
            Replay::Late => late,
            Replay::Since(_) | Replay::Any => late.or_else(|| self.recall(sequence)),
        }?;
        let arrival = entry.packet.info.arrival;
        let follows = !matches!(replay, Replay::Since(rested) if arrival < rested);
        let recent = now.saturating_duration_since(arrival) <= REPLAY_MAX
            && self.next_sequence().saturating_sub(sequence) <= REPLAY_PACKETS_MAX;
        (follows && recent).then_some(entry)
    }

    /// What left with earlier flushes from this virtual sequence number on.
    pub(crate) fn sent_from(&self, sequence: u64) -> impl Iterator<Item = &Entry> {
        let skip = usize::try_from(sequence.saturating_sub(self.history_base)).unwrap_or(usize::MAX);
        self.history.iter().skip(skip).flatten().filter(move |entry| entry.numbers.sequence >= sequence)
    }

    /// The packet with this virtual sequence number, if it is still there.
    pub(crate) fn recall(&self, sequence: u64) -> Option<&Entry> {
        let index = usize::try_from(sequence.checked_sub(self.history_base)?).ok()?;
        self.history.get(index)?.as_ref()
    }
}

fn size(entry: &Entry) -> usize {
    entry.packet.payload().len() + entry.packet.dependency_descriptor().len()
}

/// Picture identifiers on a scale of 16 bits, whatever their width on the wire.
#[derive(Debug, Default)]
struct PictureIds {
    newest: Option<u16>,
}

impl PictureIds {
    /// Takes the identifier of a packet in order.
    fn extend(&mut self, descriptor: &Descriptor) -> u16 {
        let extended = self.near(descriptor);
        if has_picture_id(descriptor) {
            self.newest = Some(extended);
        }
        extended
    }

    /// The identifier that is nearest to the newest.
    fn near(&self, descriptor: &Descriptor) -> u16 {
        let Some((raw, bits)) = picture_id(descriptor) else { return self.newest.unwrap_or(0) };
        let Some(newest) = self.newest else { return raw };
        let shift = 16 - bits;
        // Shifted up and down again so that the distance gets the sign of its width.
        let distance = (raw << shift).wrapping_sub(newest << shift).cast_signed() >> shift;
        newest.wrapping_add_signed(distance)
    }
}

fn has_picture_id(descriptor: &Descriptor) -> bool {
    picture_id(descriptor).is_some()
}

fn picture_id(descriptor: &Descriptor) -> Option<(u16, u32)> {
    use lectern_wire::codec::vp8::PictureId;
    match descriptor {
        Descriptor::Vp8(vp8) => vp8.picture_id.map(|id| match id {
            PictureId::Short(id) => (u16::from(id), 7),
            PictureId::Long(id) => (id, 15),
        }),
        Descriptor::Vp9(vp9) => vp9.picture_id.map(|id| (id, if vp9.picture_id_is_long() { 15 } else { 7 })),
        Descriptor::Plain => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::packet::{FrameInfo, PacketInfo};
    use crate::session::{MediaKind, Source};

    fn packet(seq: u64, temporal: u8, len: usize) -> Arc<MediaPacket> {
        let info = PacketInfo {
            track: TrackId { source: Source::Camera, kind: MediaKind::Video },
            generation: 1,
            layer: 0,
            codec: Codec::H264 { profile: 0 },
            seq,
            timestamp: u32::try_from(seq).unwrap() * 3_000,
            marker: true,
            arrival: Instant::now(),
            frame: FrameInfo { start: true, end: true, temporal, ..Default::default() },
            orientation: None,
            audio_level: None,
            descriptor: Descriptor::Plain,
        };
        MediaPacket::new(info, &[], &vec![1; len]).unwrap()
    }

    fn rendition(temporal_max: u8) -> Rendition {
        let packet = packet(0, 0, 1);
        let view = View {
            track: packet.info.track,
            generation: 1,
            layer: 0,
            codec: packet.info.codec,
            spatial_max: LAYERS_ALL,
            temporal_max,
        };
        Rendition::new(view, packet.info.arrival)
    }

    fn sequences(rendition: &Rendition) -> Vec<(u64, bool)> {
        rendition.batch.iter().map(|entry| (entry.numbers.sequence, entry.blank)).collect()
    }

    #[test]
    fn dropped_packets_give_their_numbers_up_and_lost_ones_keep_them() {
        let mut rendition = rendition(0);
        // Temporal layers 0 1 0 1 …; 103 to 105 are lost at first.
        for seq in [100, 101, 102, 106, 107, 108] {
            rendition.push(&packet(seq, u8::from(seq % 2 == 1), 9));
        }
        assert_eq!(sequences(&rendition), [(100, false), (101, false), (105, false), (106, false)]);
        rendition.batch.clear();
        // 104 was a hole and goes out; 103 and 105 lie above the cap, but their numbers were given out.
        for seq in [104, 103, 105] {
            assert_eq!(rendition.push(&packet(seq, u8::from(seq % 2 == 1), 9)), Taken::Queued);
        }
        assert_eq!(sequences(&rendition), [(103, false), (102, true), (104, true)]);
    }

    #[test]
    fn numbering_changes_are_bounded() {
        let mut rendition = rendition(0);
        for seq in 0..4 * CHANGES_MAX as u64 {
            rendition.push(&packet(seq, u8::from(seq % 2 == 1), 9));
        }
        assert_eq!(rendition.changes.len(), CHANGES_MAX);
        assert_eq!(rendition.push(&packet(2, 0, 9)), Taken::TooLate);
    }

    #[test]
    fn history_is_bounded_by_count_and_age() {
        let limits = MediaLimits { history_packets: 64, ..Default::default() };
        let mut rendition = rendition(LAYERS_ALL);
        let mut now = Instant::now();
        for seq in 10..100 {
            let packet = packet(seq, 0, 9);
            now = packet.info.arrival;
            rendition.push(&packet);
            rendition.retire(now, &limits, true);
        }
        assert!(rendition.recall(35).is_none() && rendition.recall(36).is_some() && rendition.recall(99).is_some());
        rendition.push(&packet(5_000, 0, 9));
        rendition.retire(now, &limits, true);
        assert!(rendition.recall(99).is_none() && rendition.recall(5_000).is_some());
        assert!(rendition.history.len() <= 64);
        rendition.expire(now + 2 * limits.history_age(), limits.history_age());
        assert!(rendition.recall(5_000).is_none() && rendition.history.is_empty());
    }

    #[test]
    fn nearly_equal_packets_of_a_frame_are_levelled() {
        let mut rendition = rendition(LAYERS_ALL);
        for (seq, len) in [(1, 1_000), (1, 984), (1, 983)] {
            let packet = packet(seq, 0, len);
            let numbers = rendition.number(&packet, 1, 0);
            rendition.queue(&packet, numbers, false, false, false);
        }
        rendition.level();
        assert_eq!(rendition.batch.iter().map(|entry| entry.padding).collect::<Vec<_>>(), [0, 16, 0]);
    }

    #[test]
    fn short_picture_identifiers_are_extended() {
        let short = |id| {
            let parsed = lectern_wire::codec::vp8::Descriptor::parse(&[0x90, 0x80, id, 1]).unwrap();
            Descriptor::Vp8(parsed)
        };
        let mut ids = PictureIds::default();
        assert_eq!(ids.extend(&short(126)), 126);
        assert_eq!(ids.extend(&short(1)), 129);
        assert_eq!(ids.near(&short(127)), 127);
        assert_eq!(ids.extend(&short(2)), 130);
    }
}
