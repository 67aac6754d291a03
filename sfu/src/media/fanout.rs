//! From feeds to viewers: the part of a room that every worker with viewers has.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::drop_reason::DropReason;
use crate::media::packet::{Feed, MediaPacket};
use crate::media::rendition::{Entry, Taken, View};
use crate::media::rendition_table::RenditionTable;
use crate::media::resend::ResendQueue;
use crate::media::slot_state::{SlotState, may_switch};
use crate::media::track::Track;
use crate::media::train::{Sent, Span, Train};
use crate::media::viewer::Viewer;
use crate::media::voices::Voices;
use crate::media::{Egress, MediaLimits, Output, RoomStats, ViewerKey};
use crate::session::{LayerSelection, MediaKind, SlotRole, Source, TrackId};

/// Sender reports go to each viewer once in so many ticks, a part of the viewers at each.
const REPORT_TICKS: u64 = 20;
/// Voices are weighed once in so many ticks.
const VOICE_TICKS: u64 = 2;

/// What methods of [`Fanout`] write to.
pub(crate) struct Sink<'a> {
    pub(crate) limits: &'a MediaLimits,
    pub(crate) stats: &'a mut RoomStats,
    pub(crate) outputs: &'a mut VecDeque<Output>,
    /// Keyframes to ask for, at the home or of it.
    pub(crate) requests: &'a mut Vec<(TrackId, u8)>,
}

pub(crate) struct Fanout {
    /// Bounded by the publishers of the room, two each.
    pub(crate) tracks: Vec<Track>,
    pub(crate) table: RenditionTable,
    pub(crate) viewers: Vec<Viewer>,
    /// Where a viewer stands in `viewers`.
    places: HashMap<ViewerKey, usize>,
    resends: ResendQueue,
    voices: Voices,
    cname: String,
    queued: usize,
    queued_since: Option<Instant>,
    due: Option<Instant>,
    flush: u64,
    tick: u64,
}

impl Fanout {
    pub(crate) fn new(cname: String) -> Self {
        Self {
            tracks: Vec::new(),
            table: RenditionTable::default(),
            viewers: Vec::new(),
            places: HashMap::new(),
            resends: ResendQueue::default(),
            voices: Voices::default(),
            cname,
            queued: 0,
            queued_since: None,
            due: None,
            flush: 0,
            tick: 0,
        }
    }

    pub(crate) fn add_viewer(&mut self, viewer: Viewer) -> bool {
        if self.places.contains_key(&viewer.key) {
            return false;
        }
        self.places.insert(viewer.key, self.viewers.len());
        self.viewers.push(viewer);
        true
    }

    pub(crate) fn viewer_ready(&mut self, now: Instant, key: ViewerKey, sink: &mut Sink<'_>) {
        let Some(place) = self.place(key) else { return };
        self.viewers[place].ready = true;
        self.retarget(place, now, sink);
    }

    pub(crate) fn remove_viewer(&mut self, now: Instant, key: ViewerKey) {
        let Some(place) = self.places.remove(&key) else { return };
        let mut viewer = self.viewers.swap_remove(place);
        for slot in &mut viewer.slots {
            slot.stop(&mut self.table, now);
        }
        if let Some(moved) = self.viewers.get(place) {
            self.places.insert(moved.key, place);
        }
    }

    pub(crate) fn select_layer(
        &mut self,
        now: Instant,
        key: ViewerKey,
        mid: &str,
        selection: LayerSelection,
        sink: &mut Sink<'_>,
    ) {
        let Some(place) = self.place(key) else { return };
        if let Some(slot) = self.viewers[place].slots.iter_mut().find(|slot| slot.mid.as_str() == mid) {
            slot.selection = selection;
            self.retarget(place, now, sink);
        }
    }

    pub(crate) fn leave_out(&mut self, now: Instant, key: ViewerKey, source: Option<Source>, sink: &mut Sink<'_>) {
        let Some(place) = self.place(key) else { return };
        self.viewers[place].left_out = source;
        self.retarget(place, now, sink);
    }

    pub(crate) fn handle_viewer_rtcp(&mut self, now: Instant, key: ViewerKey, plain: &[u8], sink: &mut Sink<'_>) {
        let Some(place) = self.place(key) else { return };
        let viewer = &mut self.viewers[place];
        let wanted = self.resends.handle_rtcp(now, viewer, &self.table, plain, sink);
        if !self.resends.is_empty() {
            self.due = Some(now);
        }
        for (track, layer) in wanted {
            self.want_keyframe(now, track, layer, sink);
        }
    }

    /// Applies what the home said.
    pub(crate) fn handle_feed(&mut self, now: Instant, feed: &Feed, sink: &mut Sink<'_>) {
        match feed {
            Feed::Packet(packet) => self.handle_packet(now, packet, sink),
            Feed::Publication(publication) => {
                let known = self.tracks.iter_mut().find(|track| track.id() == publication.track);
                let choose = match known {
                    Some(track) if track.publication.generation > publication.generation => false,
                    Some(track) => track.update(Arc::clone(publication)),
                    None => {
                        self.tracks.push(Track::new(Arc::clone(publication)));
                        true
                    }
                };
                if choose {
                    self.retarget_all(now, sink);
                }
            }
            Feed::Ended { track, generation } => {
                let before = self.tracks.len();
                self.tracks.retain(|known| known.id() != *track || known.publication.generation > *generation);
                if self.tracks.len() < before {
                    if track.kind == MediaKind::Audio {
                        self.voices.remove(track.source);
                    }
                    self.retarget_all(now, sink);
                }
            }
            Feed::SenderReport(report) => {
                if let Some(track) = self.tracks.iter_mut().find(|track| track.id() == report.track) {
                    track.note_report(*report);
                }
            }
        }
    }

    fn handle_packet(&mut self, now: Instant, packet: &Arc<MediaPacket>, sink: &mut Sink<'_>) {
        let info = &packet.info;
        sink.stats.packets_in += 1;
        sink.stats.bytes_in += packet.payload().len() as u64;
        let index = self.tracks.iter().position(|track| track.id() == info.track).unwrap_or_else(|| {
            let publication = crate::media::packet::Publication {
                track: info.track,
                generation: info.generation,
                encodings: arrayvec::ArrayVec::new(),
            };
            self.tracks.push(Track::new(publication.into()));
            self.tracks.len() - 1
        });
        let track = &mut self.tracks[index];
        if info.generation < track.publication.generation {
            sink.stats.drop(DropReason::MediaReplaced, 1);
            return;
        }
        if track.learn(packet) {
            self.retarget_all(now, sink);
        }
        if info.frame.keyframe
            && info.track.kind == MediaKind::Video
            && let Some(limiter) = self.tracks[index].limiters.get_mut(usize::from(info.layer))
        {
            limiter.satisfied();
        }
        if info.track.kind == MediaKind::Audio && !packet.payload().is_empty() {
            self.voices.note(now, info.track, info.audio_level);
        }
        self.queue(now, packet, sink);
    }

    fn queue(&mut self, now: Instant, packet: &Arc<MediaPacket>, sink: &mut Sink<'_>) {
        let info = &packet.info;
        let (mut watched, mut ends_frame) = (false, false);
        for rendition in self.table.iter_mut() {
            let view = &rendition.view;
            let of_it = (view.track, view.generation, view.layer) == (info.track, info.generation, info.layer);
            if !of_it || !carries(view, packet) {
                continue;
            }
            match rendition.push(packet) {
                Taken::Queued => {
                    ends_frame |= info.marker || rendition.batch.last().is_some_and(|entry| entry.marker);
                    watched |= rendition.users > 0;
                }
                Taken::Filtered => {
                    watched |= rendition.users > 0;
                    sink.stats.drop(DropReason::LayerFiltered, 1);
                    continue;
                }
                Taken::TooLate => {
                    sink.stats.drop(DropReason::MediaTooLate, 1);
                    continue;
                }
            }
            self.queued += 1;
        }
        if !watched {
            sink.stats.drop(DropReason::NotWatched, 1);
            return;
        }
        self.queued_since.get_or_insert(info.arrival);
        let frame_done = ends_frame && info.track.kind == MediaKind::Video;
        let due =
            if frame_done || self.queued >= sink.limits.batch_packets { now } else { now + sink.limits.coalesce() };
        self.due = Some(self.due.map_or(due, |earlier| earlier.min(due)));
    }

    /// Arrival of the oldest packet that waits for the next flush.
    pub(crate) fn queued_since(&self) -> Option<Instant> {
        self.queued_since
    }

    pub(crate) fn flush_due(&self) -> Option<Instant> {
        self.due
    }

    /// Sends what is queued.
    pub(crate) fn flush<E: Egress>(&mut self, now: Instant, egress: &mut E, sink: &mut Sink<'_>) {
        self.due = None;
        self.flush += 1;
        let mut queued = 0;
        for rendition in self.table.iter_mut().filter(|rendition| !rendition.batch.is_empty()) {
            rendition.level();
            queued += if rendition.users > 0 { rendition.batch.len() as u64 } else { 0 };
        }
        if queued > 0 {
            sink.stats.batches += 1;
            sink.stats.batch_packets += queued;
            self.fan_out(now, egress, sink);
        }
        self.resends.flush(&mut self.viewers, &self.places, &self.table, egress, sink.stats);
        for rendition in self.table.iter_mut() {
            let keep = rendition.view.track.kind == MediaKind::Video;
            sink.stats.drop(DropReason::NotWatched, rendition.deserted());
            rendition.retire(now, sink.limits, keep);
        }
        self.queued = 0;
        self.queued_since = None;
    }

    /// The hot loop: viewers outside, so that one viewer's keys are used for all its packets in a row.
    fn fan_out<E: Egress>(&mut self, now: Instant, egress: &mut E, sink: &mut Sink<'_>) {
        let mut total = Sent::default();
        for viewer in self.viewers.iter_mut().filter(|viewer| viewer.ready) {
            let mut door = Door { viewer: viewer.key, state: DoorState::Closed, blocked: 0, sent: &mut total };
            for slot in &mut viewer.slots {
                if slot.pending.is_some() {
                    switch_and_send(now, slot, &self.tracks, &mut self.table, self.flush, &mut door, egress, sink);
                } else if slot.current.is_some() {
                    send(slot, &mut self.table, self.flush, u64::MAX, &mut door, egress);
                }
            }
            if matches!(door.state, DoorState::Open) {
                egress.end();
            }
            if door.blocked > 0 {
                sink.stats.drop(DropReason::ViewerBlocked, door.blocked);
            }
        }
        sink.stats.packets_out += total.packets;
        sink.stats.bytes_out += total.bytes;
        sink.stats.drop(DropReason::BeforeStart, total.before_start);
    }

    /// Does what is due every tick.
    pub(crate) fn handle_tick(&mut self, now: Instant, sink: &mut Sink<'_>) {
        self.tick += 1;
        self.report(now, sink);
        if self.tick.is_multiple_of(VOICE_TICKS) {
            let (slots, speaker) = self.voices.decide(now);
            if slots {
                let sources = self.voices.slots().into_iter().flatten().collect();
                sink.outputs.push_back(Output::Voices { sources });
                self.retarget_all(now, sink);
            }
            if speaker {
                sink.outputs.push_back(Output::Speaker { source: self.voices.speaker() });
            }
        }
        for rendition in self.table.iter_mut() {
            rendition.expire(now, sink.limits.history_age());
        }
        self.table.sweep(now);
        self.poll_keyframe_requests(now, sink);
    }

    /// Sender reports for this tick's part of the viewers.
    fn report(&mut self, now: Instant, sink: &mut Sink<'_>) {
        let turn = self.tick % REPORT_TICKS;
        let (tracks, table) = (&self.tracks, &self.table);
        let report_of = |slot: &SlotState| {
            let view = &slot.current.as_ref()?.view;
            let track = tracks.iter().find(|track| track.id() == view.track)?;
            if track.publication.generation == view.generation { track.report(view.layer) } else { None }
        };
        for viewer in &mut self.viewers {
            if viewer.ready
                && u64::from(viewer.key.0) % REPORT_TICKS == turn
                && let Some(bytes) = viewer.write_report(now, table, &self.cname, report_of)
            {
                sink.outputs.push_back(Output::ViewerRtcp { viewer: viewer.key, bytes });
            }
        }
    }

    /// Somebody needs a keyframe of this layer.
    pub(crate) fn want_keyframe(&mut self, now: Instant, track: TrackId, layer: u8, sink: &mut Sink<'_>) {
        if let Some(track) = self.tracks.iter_mut().find(|known| known.id() == track)
            && let Some(limiter) = track.limiters.get_mut(usize::from(layer))
        {
            limiter.want();
        }
        self.poll_keyframe_requests(now, sink);
    }

    fn poll_keyframe_requests(&mut self, now: Instant, sink: &mut Sink<'_>) {
        for track in &mut self.tracks {
            while let Some(layer) = track.poll_keyframe_request(now, sink.limits.keyframe_interval()) {
                sink.requests.push((track.id(), layer));
            }
        }
    }

    fn retarget_all(&mut self, now: Instant, sink: &mut Sink<'_>) {
        for place in 0..self.viewers.len() {
            self.retarget(place, now, sink);
        }
    }

    /// Chooses anew for all slots of a viewer.
    fn retarget(&mut self, place: usize, now: Instant, sink: &mut Sink<'_>) {
        let viewer = &mut self.viewers[place];
        if !viewer.ready {
            return;
        }
        for slot in &mut viewer.slots {
            let own = |track: &&Track| slot.kind() == MediaKind::Audio && Some(track.id().source) == viewer.left_out;
            let track = source_of(slot.role, &self.tracks, &self.voices).filter(|track| !own(track));
            let wish = if slot.selection.paused { None } else { track.and_then(|track| track.choose(slot)) };
            slot.wish = wish;
            if wish.is_none() {
                let shown = slot.current.is_some();
                slot.stop(&mut self.table, now);
                if shown && slot.kind() == MediaKind::Video {
                    let (viewer, mid) = (viewer.key, slot.mid);
                    sink.outputs.push_back(Output::SlotLayer { viewer, mid, layer: None });
                }
                continue;
            }
            if let Some((track, layer)) = advance(slot, &self.tracks, &mut self.table, now)
                && let Some(track) = self.tracks.iter_mut().find(|known| known.id() == track)
                && let Some(limiter) = track.limiters.get_mut(usize::from(layer))
            {
                limiter.want();
            }
        }
        self.poll_keyframe_requests(now, sink);
    }

    pub(crate) fn is_viewer(&self, key: ViewerKey) -> bool {
        self.places.contains_key(&key)
    }

    fn place(&self, key: ViewerKey) -> Option<usize> {
        self.places.get(&key).copied()
    }
}

/// Whether a rendition of this view shows a packet of its encoding: the codec may have changed under way.
fn carries(view: &View, packet: &MediaPacket) -> bool {
    let codec = packet.info.codec;
    view.codec == codec
        || (codec == crate::session::Codec::Red && view.codec == crate::session::Codec::Opus)
        || packet.payload().is_empty()
}

/// The track that a slot is fed from.
fn source_of<'a>(role: SlotRole, tracks: &'a [Track], voices: &Voices) -> Option<&'a Track> {
    let find = |source, kind| tracks.iter().find(|track| track.id() == TrackId { source, kind });
    match role {
        SlotRole::Main => find(Source::Screen, MediaKind::Video).or_else(|| find(Source::Camera, MediaKind::Video)),
        SlotRole::Video(source) => find(source, MediaKind::Video),
        SlotRole::Tutor => find(Source::Camera, MediaKind::Audio),
        SlotRole::Voice(n) => {
            let source = voices.slots().get(usize::from(n)).copied().flatten()?;
            find(source, MediaKind::Audio)
        }
    }
}

/// Sets what a slot waits for next on the way to its wish; gives the layer of which it needs a keyframe.
fn advance(slot: &mut SlotState, tracks: &[Track], table: &mut RenditionTable, now: Instant) -> Option<(TrackId, u8)> {
    let wish = slot.wish?;
    let current = slot.current.as_ref().map(|current| current.view);
    if current == Some(wish) {
        slot.wait_for(None, table, now);
        return None;
    }
    let track = tracks.iter().find(|track| track.id() == wish.track)?;
    let next = track.step(current.as_ref(), wish);
    let id = table.open(next, now);
    slot.wait_for(Some(id), table, now);
    let replays =
        table.find(id).is_some_and(|rendition| rendition.replay_start(now, slot.replay_from(&next)).is_some());
    let continues = current.is_some_and(|c| c.same_encoding(&next) && c.spatial_max >= next.spatial_max);
    (next.track.kind == MediaKind::Video && !continues && !replays).then_some((next.track, next.layer))
}

/// A viewer's place in the egress, opened with its first packet.
struct Door<'a> {
    viewer: ViewerKey,
    state: DoorState,
    blocked: u64,
    sent: &'a mut Sent,
}

enum DoorState {
    Closed,
    Open,
    Blocked,
}

impl Door<'_> {
    #[inline]
    fn open<E: Egress>(&mut self, egress: &mut E) -> bool {
        if matches!(self.state, DoorState::Closed) {
            self.state = if egress.begin(self.viewer) { DoorState::Open } else { DoorState::Blocked };
        }
        matches!(self.state, DoorState::Open)
    }
}

/// What a slot shows, up to a position of its encoding.
#[inline]
fn send<E: Egress>(
    slot: &SlotState,
    table: &mut RenditionTable,
    flush: u64,
    position_to: u64,
    door: &mut Door<'_>,
    egress: &mut E,
) {
    let Some(current) = &slot.current else { return };
    let Some((train, rendition)) = table.train(current.train, flush) else { return };
    if !door.open(egress) {
        door.blocked += rendition.batch.len() as u64;
        return;
    }
    let span = Span { sequence_from: current.sequence_from, position_to };
    let sent = train.send(&rendition.batch, &slot.address(current), span, egress);
    door.sent.packets += sent.packets;
    door.sent.bytes += sent.bytes;
    door.sent.before_start += sent.before_start;
}

/// A slot that waits: it goes over to what it waits for if the batch holds a place where it may.
#[expect(clippy::too_many_arguments, reason = "the parts of Fanout that the hot loop holds apart")]
fn switch_and_send<E: Egress>(
    now: Instant,
    slot: &mut SlotState,
    tracks: &[Track],
    table: &mut RenditionTable,
    flush: u64,
    door: &mut Door<'_>,
    egress: &mut E,
    sink: &mut Sink<'_>,
) {
    let mut position_from = 0;
    // Going up by several temporal layers may take several steps within one batch; each is a switch of its own.
    for _ in 0..8 {
        let Some(pending) = slot.pending else { break };
        let Some(rendition) = table.find(pending) else { break };
        let (view, current) = (rendition.view, slot.current.as_ref().map(|current| current.view));
        let allows =
            |entry: &&Entry| entry.packet.info.seq >= position_from && may_switch(current.as_ref(), &view, entry);
        let replayed = || rendition.replay_start(now, slot.replay_from(&view));
        let Some(entry) = rendition.batch.iter().find(allows).or_else(replayed).cloned() else {
            sink.stats.drop(DropReason::AwaitingKeyframe, rendition.batch.len() as u64);
            break;
        };
        let same = current.is_some_and(|current| current.same_encoding(&view));
        send(slot, table, flush, if same { entry.packet.info.seq } else { u64::MAX }, door, egress);
        let reports = current
            .and_then(|current| tracks.iter().find(|track| track.id() == view.track)?.report_pair(&current, &view));
        slot.switch(pending, &entry, reports, table, now);
        replay(slot, table, door, egress);
        advance(slot, tracks, table, now);
        position_from = entry.packet.info.seq;
        if view.track.kind == MediaKind::Video {
            let layer = tracks.iter().find(|track| track.id() == view.track).and_then(|track| track.describe(&view));
            sink.outputs.push_back(Output::SlotLayer { viewer: door.viewer, mid: slot.mid, layer });
        }
    }
    send(slot, table, flush, u64::MAX, door, egress);
}

/// What the slot's new rendition had sent to others already since the keyframe at which the slot begins.
fn replay<E: Egress>(slot: &SlotState, table: &RenditionTable, door: &mut Door<'_>, egress: &mut E) {
    let Some(current) = &slot.current else { return };
    let Some(rendition) = table.find(current.rendition) else { return };
    let mut train = Train::default();
    for entry in rendition.sent_from(current.sequence_from) {
        if !door.open(egress) {
            door.blocked += 1;
            continue;
        }
        train.prepare_resend(entry, slot.shape, current.view.codec, false);
        let sent = train.resend(entry, &slot.address(current), None, egress);
        door.sent.packets += sent.packets;
        door.sent.bytes += sent.bytes;
    }
}

/// How often [`Fanout::handle_tick`] is to be called.
pub(crate) const TICK: Duration = Duration::from_millis(50);
