//! One room's part on one worker.

use std::collections::VecDeque;
use std::time::Instant;

use crate::media::{Egress, Feed, MediaLimits, Output, PublisherKey, RoomStats, ViewerKey};
use crate::session::{LayerSelection, PublisherSpec, TrackId, ViewerSpec};

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
    stats: RoomStats,
    outputs: VecDeque<Output>,
    home: bool,
}

impl Room {
    /// An empty room. `home`: publishers will be added here. `seed`: of all randomness (SSRCs of reports, first numbers).
    #[must_use]
    pub fn new(_limits: &MediaLimits, home: bool, _seed: u64) -> Self {
        Self { stats: RoomStats::default(), outputs: VecDeque::new(), home }
    }

    /// A publisher whose negotiation is done. It takes over its source from an older one with its first packet.
    ///
    /// # Errors
    /// See [`AddError`].
    pub fn add_publisher(&mut self, _now: Instant, _key: PublisherKey, _spec: &PublisherSpec) -> Result<(), AddError> {
        if self.home { Ok(()) } else { Err(AddError::NotHome) }
    }

    /// A publisher left. Its tracks end, unless a newer one has them already.
    pub fn remove_publisher(&mut self, _now: Instant, _key: PublisherKey) {}

    /// A decrypted RTP packet of a publisher.
    pub fn handle_publisher_rtp(&mut self, _now: Instant, _key: PublisherKey, _plain: &[u8]) {}

    /// A decrypted compound RTCP packet of a publisher.
    pub fn handle_publisher_rtcp(&mut self, _now: Instant, _key: PublisherKey, _plain: &[u8]) {}

    /// A viewer whose negotiation is done. Nothing is sent to it, and nothing asked for it, before
    /// [`Room::viewer_ready`].
    ///
    /// # Errors
    /// See [`AddError`].
    pub fn add_viewer(&mut self, _now: Instant, _key: ViewerKey, _spec: &ViewerSpec) -> Result<(), AddError> {
        Ok(())
    }

    /// The viewer's transport is connected.
    pub fn viewer_ready(&mut self, _now: Instant, _key: ViewerKey) {}

    /// A viewer left.
    pub fn remove_viewer(&mut self, _now: Instant, _key: ViewerKey) {}

    /// A decrypted compound RTCP packet of a viewer.
    pub fn handle_viewer_rtcp(&mut self, _now: Instant, _key: ViewerKey, _plain: &[u8]) {}

    /// A viewer's wish for the video slot with this `mid`; unknown ones are ignored.
    pub fn select_layer(&mut self, _now: Instant, _key: ViewerKey, _mid: &str, _selection: LayerSelection) {}

    /// On the home worker: viewers elsewhere need a keyframe.
    pub fn request_keyframe(&mut self, _now: Instant, _track: TrackId, _layer: u8) {}

    /// What a worker that subscribes now must know: hand it these before any later feed.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Feed> {
        Vec::new()
    }

    /// On a worker that is not the home: what the home said.
    pub fn handle_feed(&mut self, _now: Instant, _feed: Feed) {}

    /// When [`Room::flush`] is to be called: at once if this is not later than now.
    #[must_use]
    pub fn flush_due(&self) -> Option<Instant> {
        None
    }

    /// Sends everything that is queued.
    pub fn flush<E: Egress>(&mut self, _now: Instant, _egress: &mut E) {}

    /// When [`Room::handle_timeout`] is to be called.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        None
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, _now: Instant) {}

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
        true
    }
}
