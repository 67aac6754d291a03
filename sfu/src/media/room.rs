//! One room's part on one worker.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use lectern_wire::rtp;

use crate::drop_reason::DropReason;
use crate::media::fanout::{Fanout, Sink, TICK};
use crate::media::packet::Publication;
use crate::media::publisher::{Ingested, Publisher};
use crate::media::track;
use crate::media::viewer::Viewer;
use crate::media::{Egress, Feed, MediaLimits, Output, PublisherKey, RoomStats, ViewerKey};
use crate::session::{LayerSelection, MediaKind, PublisherSpec, Source, TrackId, ViewerSpec};

/// How often layers are looked at for silence.
const MEASURE_EVERY: Duration = Duration::from_millis(250);
/// How often the state of publications is repeated, so that a lost feed heals.
const REPEAT_EVERY: Duration = Duration::from_secs(2);

/// Why a peer was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// The room has as many as it may; refuse the session.
    #[error("the room is full")]
    Full,
    /// The key is in use; an error of the caller.
    #[error("the key is in use")]
    KeyInUse,
    /// A publisher on a worker that is not the room's home; an error of the caller.
    #[error("not the room's home")]
    NotHome,
}

/// One room's part on one worker; see the module's description for its place and its caller's loop.
pub struct Room {
    limits: MediaLimits,
    home: bool,
    random: Random,
    publishers: Vec<Publisher>,
    generation: u32,
    fanout: Fanout,
    outputs: VecDeque<Output>,
    requests: Vec<(TrackId, u8)>,
    stats: RoomStats,
    next_tick: Option<Instant>,
    next_measure: Option<Instant>,
    next_repeat: Option<Instant>,
}

impl Room {
    /// An empty room. `home`: publishers will be added here. `seed`: of all randomness (SSRCs of reports, first numbers).
    #[must_use]
    pub fn new(limits: &MediaLimits, home: bool, seed: u64) -> Self {
        let mut random = Random(seed);
        let cname = format!("{:016x}", random.next());
        Self {
            limits: limits.clone(),
            home,
            random,
            publishers: Vec::new(),
            generation: 0,
            fanout: Fanout::new(cname),
            outputs: VecDeque::new(),
            requests: Vec::new(),
            stats: RoomStats::default(),
            next_tick: None,
            next_measure: None,
            next_repeat: None,
        }
    }

    /// A publisher whose negotiation is done. It takes over its source from an older one with its first packet.
    ///
    /// # Errors
    /// See [`AddError`].
    pub fn add_publisher(&mut self, now: Instant, key: PublisherKey, spec: &PublisherSpec) -> Result<(), AddError> {
        if !self.home {
            return Err(AddError::NotHome);
        }
        if self.publishers.iter().any(|publisher| publisher.key == key) {
            return Err(AddError::KeyInUse);
        }
        if self.publishers.len() >= self.limits.publishers_per_room {
            return Err(AddError::Full);
        }
        let reporter_ssrc = (self.random.next() >> 32) as u32 | 1;
        self.publishers.push(Publisher::new(now, key, spec, reporter_ssrc, &self.limits));
        self.start_clock(now);
        Ok(())
    }

    /// A publisher left. Its tracks end, unless a newer one has them already.
    pub fn remove_publisher(&mut self, now: Instant, key: PublisherKey) {
        if let Some(publisher) = self.take_publisher(key) {
            for publication in publisher.publications() {
                let (track, generation) = (publication.track, publication.generation);
                self.outputs.push_back(Output::TrackInactive { track });
                self.feed(now, Feed::Ended { track, generation });
            }
        }
    }

    /// Drops a publisher's sound from now on, or forwards it again. Its packets keep their numbers, so that viewers find no
    /// gap afterwards.
    pub fn mute_publisher(&mut self, key: PublisherKey, muted: bool) {
        if let Some(publisher) = self.publishers.iter_mut().find(|publisher| publisher.key == key) {
            publisher.muted = muted;
        }
    }

    /// A decrypted RTP packet of a publisher.
    pub fn handle_publisher_rtp(&mut self, now: Instant, key: PublisherKey, plain: &[u8]) {
        let Ok(packet) = rtp::Packet::parse(plain) else {
            self.stats.drop(DropReason::MediaMalformed, 1);
            return;
        };
        let Some(place) = self.publishers.iter().position(|publisher| publisher.key == key) else {
            self.stats.drop(DropReason::MediaReplaced, 1);
            return;
        };
        let publisher = &mut self.publishers[place];
        let generation = publisher.generation.unwrap_or(self.generation + 1);
        match publisher.handle_rtp(now, &packet, generation, &self.limits, &mut self.stats) {
            Ingested::Dropped(reason) => self.stats.drop(reason, 1),
            Ingested::Packet { packet, shape_changed } => {
                let silenced = publisher.muted && packet.info.track.kind == MediaKind::Audio;
                let packet = if silenced {
                    self.stats.drop(DropReason::Muted, 1);
                    packet.emptied()
                } else {
                    packet
                };
                if publisher.generation.is_none() {
                    self.take_over(place);
                }
                if shape_changed {
                    self.publish(now, key);
                }
                self.feed(now, Feed::Packet(packet));
            }
        }
    }

    /// A decrypted compound RTCP packet of a publisher.
    pub fn handle_publisher_rtcp(&mut self, now: Instant, key: PublisherKey, plain: &[u8]) {
        let Some(publisher) = self.publishers.iter_mut().find(|publisher| publisher.key == key) else { return };
        for report in publisher.handle_rtcp(now, plain, &mut self.stats) {
            self.feed(now, Feed::SenderReport(report));
        }
    }

    /// A viewer whose negotiation is done. Nothing is sent to it, and nothing asked for it, before
    /// [`Room::viewer_ready`].
    ///
    /// # Errors
    /// See [`AddError`].
    pub fn add_viewer(&mut self, now: Instant, key: ViewerKey, spec: &ViewerSpec) -> Result<(), AddError> {
        if self.fanout.is_viewer(key) {
            return Err(AddError::KeyInUse);
        }
        if self.fanout.viewers.len() >= self.limits.viewers_per_room {
            return Err(AddError::Full);
        }
        let random = &mut self.random;
        self.fanout.add_viewer(Viewer::new(now, key, spec, || random.next()));
        self.start_clock(now);
        Ok(())
    }

    /// The viewer's transport is connected.
    pub fn viewer_ready(&mut self, now: Instant, key: ViewerKey) {
        let (fanout, mut sink) = self.split();
        fanout.viewer_ready(now, key, &mut sink);
        self.settle(now);
    }

    /// A viewer left.
    pub fn remove_viewer(&mut self, now: Instant, key: ViewerKey) {
        self.fanout.remove_viewer(now, key);
    }

    /// A decrypted compound RTCP packet of a viewer.
    pub fn handle_viewer_rtcp(&mut self, now: Instant, key: ViewerKey, plain: &[u8]) {
        let (fanout, mut sink) = self.split();
        fanout.handle_viewer_rtcp(now, key, plain, &mut sink);
        self.settle(now);
    }

    /// A viewer's wish for the video slot with this `mid`; unknown ones are ignored.
    pub fn select_layer(&mut self, now: Instant, key: ViewerKey, mid: &str, selection: LayerSelection) {
        let (fanout, mut sink) = self.split();
        fanout.select_layer(now, key, mid, selection, &mut sink);
        self.settle(now);
    }

    /// The source whose sound this viewer is not to hear, if any.
    pub fn leave_out(&mut self, now: Instant, key: ViewerKey, source: Option<Source>) {
        let (fanout, mut sink) = self.split();
        fanout.leave_out(now, key, source, &mut sink);
        self.settle(now);
    }

    /// On the home worker: viewers elsewhere need a keyframe.
    pub fn request_keyframe(&mut self, now: Instant, track: TrackId, layer: u8) {
        let live = self.publishers.iter_mut().find(|p| p.source == track.source && p.generation.is_some());
        if let Some(publisher) = live {
            publisher.want_keyframe(track.kind, layer);
            publisher.request_keyframes(now, &self.limits, &mut self.stats, &mut self.outputs);
        }
    }

    /// What a worker that subscribes now must know: hand it these before any later feed.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Feed> {
        let publications = self.publishers.iter().flat_map(Publisher::publications);
        let reports = self.fanout.tracks.iter().flat_map(|track| track.reports.iter().flatten());
        publications
            .map(|publication| Feed::Publication(publication.into()))
            .chain(reports.map(|report| Feed::SenderReport(*report)))
            .collect()
    }

    /// On a worker that is not the home: what the home said.
    pub fn handle_feed(&mut self, now: Instant, feed: Feed) {
        let (fanout, mut sink) = self.split();
        fanout.handle_feed(now, &feed, &mut sink);
        self.settle(now);
    }

    /// When [`Room::flush`] is to be called: at once if this is not later than now.
    #[must_use]
    pub fn flush_due(&self) -> Option<Instant> {
        self.fanout.flush_due()
    }

    /// Arrival of the oldest packet that waits for [`Room::flush`]; `None` when nothing waits.
    #[must_use]
    pub fn queued_since(&self) -> Option<Instant> {
        self.fanout.queued_since()
    }

    /// Sends everything that is queued.
    pub fn flush<E: Egress>(&mut self, now: Instant, egress: &mut E) {
        let (fanout, mut sink) = self.split();
        fanout.flush(now, egress, &mut sink);
    }

    /// When [`Room::handle_timeout`] is to be called.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        let publishers = self.publishers.iter().map(|publisher| publisher.next_timeout(&self.limits)).min();
        let home = if self.publishers.is_empty() { None } else { self.next_measure };
        let tick = if self.fanout.tracks.is_empty() { None } else { self.next_tick };
        [publishers, home, tick].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        for publisher in &mut self.publishers {
            if publisher.next_timeout(&self.limits) <= now {
                publisher.handle_timeout(now, &self.limits, &mut self.stats, &mut self.outputs);
            }
        }
        if self.next_measure.is_none_or(|due| due <= now) {
            self.next_measure = Some(now + MEASURE_EVERY);
            self.measure(now);
        }
        if self.next_tick.is_none_or(|due| due <= now) {
            self.next_tick = Some(now + TICK);
            let (fanout, mut sink) = self.split();
            fanout.handle_tick(now, &mut sink);
            self.settle(now);
        }
    }

    /// Takes the next output; call it until it gives `None` after every other call.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Counters since the room was made.
    #[must_use]
    pub fn stats(&self) -> &RoomStats {
        &self.stats
    }

    /// No publisher and no viewer: the room may be dropped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.publishers.is_empty() && self.fanout.viewers.is_empty()
    }

    fn split(&mut self) -> (&mut Fanout, Sink<'_>) {
        let sink = Sink {
            limits: &self.limits,
            stats: &mut self.stats,
            outputs: &mut self.outputs,
            requests: &mut self.requests,
        };
        (&mut self.fanout, sink)
    }

    fn start_clock(&mut self, now: Instant) {
        self.next_tick.get_or_insert(now + TICK);
        self.next_measure.get_or_insert(now + MEASURE_EVERY);
        self.next_repeat.get_or_insert(now + REPEAT_EVERY);
    }

    fn take_publisher(&mut self, key: PublisherKey) -> Option<Publisher> {
        let place = self.publishers.iter().position(|publisher| publisher.key == key)?;
        Some(self.publishers.swap_remove(place))
    }

    /// The publisher at `place` sent its first packet: the source is its own now.
    fn take_over(&mut self, place: usize) {
        self.generation += 1;
        let source = self.publishers[place].source;
        self.publishers[place].generation = Some(self.generation);
        let newest = self.generation;
        let is_old = |p: &Publisher| p.source == source && p.generation.is_some_and(|g| g < newest);
        while let Some(old) = self.publishers.iter().position(is_old) {
            let publisher = self.publishers.swap_remove(old).key;
            self.outputs.push_back(Output::PublisherReplaced { publisher });
        }
    }

    /// Tells what a publisher's tracks look like now.
    fn publish(&mut self, now: Instant, key: PublisherKey) {
        let publications: Vec<Publication> =
            self.publishers.iter().filter(|p| p.key == key).flat_map(Publisher::publications).collect();
        for publication in publications {
            let track = publication.track;
            self.outputs.push_back(if publication.encodings.iter().any(|encoding| encoding.active) {
                Output::TrackActive { track, layers: track::layers(&publication) }
            } else {
                Output::TrackInactive { track }
            });
            self.feed(now, Feed::Publication(publication.into()));
        }
    }

    /// To this worker's viewers and to the other workers.
    fn feed(&mut self, now: Instant, feed: Feed) {
        let (fanout, mut sink) = self.split();
        fanout.handle_feed(now, &feed, &mut sink);
        self.outputs.push_back(Output::Feed(feed));
        self.settle(now);
    }

    fn measure(&mut self, now: Instant) {
        let repeat = self.next_repeat.is_none_or(|due| due <= now);
        if repeat {
            self.next_repeat = Some(now + REPEAT_EVERY);
        }
        for place in 0..self.publishers.len() {
            let changed = self.publishers[place].measure(now, &self.limits);
            let key = self.publishers[place].key;
            if changed {
                self.publish(now, key);
            } else if repeat {
                let publications: Vec<Publication> = self.publishers[place].publications().collect();
                for publication in publications {
                    self.feed(now, Feed::Publication(publication.into()));
                }
            }
        }
    }

    /// Passes on what this worker's viewers need: at home to the publisher, elsewhere to the home.
    fn settle(&mut self, now: Instant) {
        while let Some((track, layer)) = self.requests.pop() {
            if self.home {
                self.request_keyframe(now, track, layer);
            } else {
                self.outputs.push_back(Output::RequestKeyframe { track, layer });
            }
        }
    }
}

/// SplitMix64: small, seedable, good enough for numbers that need only differ.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }
}
