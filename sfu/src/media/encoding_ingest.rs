//! One encoding of a publisher: its stream, and what it looks like to those who choose.

use std::time::{Duration, Instant};

use arrayvec::ArrayVec;

use crate::media::frame_reader::{FrameReader, Read};
use crate::media::keyframe_limiter::KeyframeLimiter;
use crate::media::packet::{Encoding, SPATIAL_MAX, SpatialLayer};
use crate::media::receive_stream::ReceiveStream;
use crate::media::slot_state::clock_hz;
use crate::session::{Codec, MediaKind, Rid};

/// Over how long a bitrate is measured.
const MEASURE_OVER: Duration = Duration::from_secs(1);
/// A layer that was not seen for so long is gone.
const LAYER_SEEN: Duration = Duration::from_secs(3);

pub(crate) struct EncodingIngest {
    pub(crate) stream: ReceiveStream,
    pub(crate) frames: FrameReader,
    pub(crate) limiter: KeyframeLimiter,
    pub(crate) codec: Option<Codec>,
    pub(crate) active: bool,
    rid: Option<Rid>,
    last_packet: Instant,
    measured_since: Instant,
    layers: [LayerMeter; SPATIAL_MAX],
    temporal_seen: [Option<Instant>; 8],
    described: (u8, u8),
}

#[derive(Clone, Copy, Default)]
struct LayerMeter {
    bytes: u64,
    shape: SpatialLayer,
    last_seen: Option<Instant>,
}

impl EncodingIngest {
    pub(crate) fn new(now: Instant, kind: MediaKind, rid: Option<Rid>) -> Self {
        Self {
            stream: ReceiveStream::new(clock_hz(kind), kind == MediaKind::Video, now),
            frames: FrameReader::default(),
            limiter: KeyframeLimiter::default(),
            codec: None,
            active: false,
            rid,
            last_packet: now,
            measured_since: now,
            layers: [LayerMeter::default(); SPATIAL_MAX],
            temporal_seen: [None; 8],
            described: (1, 1),
        }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.codec.is_some()
    }

    /// A packet was read; whether what [`EncodingIngest::describe`] says changed at once.
    pub(crate) fn note(&mut self, now: Instant, codec: Codec, payload_len: usize, read: &Read) -> bool {
        let mut changed = !self.active || self.codec != Some(codec);
        if read.frame.keyframe {
            self.limiter.satisfied();
        }
        self.active = true;
        self.codec = Some(codec);
        self.last_packet = now;
        if let Some(layer) = self.layers.get_mut(usize::from(read.frame.spatial)) {
            layer.bytes += payload_len as u64;
            layer.last_seen = Some(now);
        }
        if let Some(seen) = self.temporal_seen.get_mut(usize::from(read.frame.temporal)) {
            *seen = Some(now);
        }
        for (layer, (width, height)) in self.layers.iter_mut().zip(&read.resolutions) {
            changed |= (layer.shape.width, layer.shape.height) != (*width, *height);
            (layer.shape.width, layer.shape.height) = (*width, *height);
        }
        let counts = (self.spatial_layers(now), self.temporal_layers(now));
        changed |= counts.0 > self.described.0 || counts.1 > self.described.1;
        if changed {
            self.described = counts;
        }
        changed
    }

    /// Looks for silence, and measures once a second; whether anything changed that others should hear.
    pub(crate) fn measure(&mut self, now: Instant, patience: Duration) -> bool {
        let mut changed = false;
        if self.active && self.silence(now) >= patience {
            self.active = false;
            changed = true;
        }
        let elapsed = now.duration_since(self.measured_since);
        if elapsed >= MEASURE_OVER {
            self.measured_since = now;
            let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX).max(1);
            for layer in &mut self.layers {
                let bps = u32::try_from(layer.bytes * 8_000_000 / elapsed_us).unwrap_or(u32::MAX);
                let before = layer.shape.bitrate_bps;
                // Told when it is new or off by a quarter; a slow drift is told with the regular repetition.
                changed |= bps.abs_diff(before) > before / 4;
                layer.shape.bitrate_bps = bps;
                layer.bytes = 0;
            }
            let counts = (self.spatial_layers(now), self.temporal_layers(now));
            changed |= counts != self.described;
            self.described = counts;
        }
        changed
    }

    pub(crate) fn describe(&self) -> Encoding {
        let spatial: ArrayVec<_, SPATIAL_MAX> =
            self.layers.iter().take(self.described.0.max(1).into()).map(|layer| layer.shape).collect();
        Encoding {
            rid: self.rid,
            codec: self.codec,
            active: self.active,
            temporal_layers: self.described.1.max(1),
            spatial,
        }
    }

    /// How long nothing came.
    pub(crate) fn silence(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.last_packet)
    }

    fn spatial_layers(&self, now: Instant) -> u8 {
        count(self.layers.iter().map(|layer| layer.last_seen), now)
    }

    fn temporal_layers(&self, now: Instant) -> u8 {
        count(self.temporal_seen.iter().copied(), now)
    }
}

/// One more than the index of the highest layer seen lately.
fn count(seen: impl ExactSizeIterator<Item = Option<Instant>> + DoubleEndedIterator, now: Instant) -> u8 {
    let recent = |at: Option<Instant>| at.is_some_and(|at| now.duration_since(at) < LAYER_SEEN);
    let highest = seen.enumerate().rev().find(|(_, at)| recent(*at));
    highest.map_or(1, |(index, _)| u8::try_from(index + 1).unwrap_or(1))
}
