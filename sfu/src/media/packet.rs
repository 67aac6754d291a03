//! What travels from a publisher to the parts of its room on all workers.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use arrayvec::ArrayVec;
use lectern_wire::codec::{vp8, vp9};

use crate::session::{Codec, Rid, TrackId};

/// Encodings (simulcast layers) of one track.
pub const ENCODINGS_MAX: usize = 4;
/// Spatial layers of one encoding (SVC).
pub const SPATIAL_MAX: usize = 4;

/// From a room's home to every worker with viewers of it. A lost feed heals itself: packets carry what their track is,
/// and [`Feed::Publication`] is repeated every few seconds.
#[derive(Clone, Debug)]
pub enum Feed {
    /// A packet; the one allocation that a received packet costs.
    Packet(Arc<MediaPacket>),
    /// A track began, changed its shape, or was measured anew.
    Publication(Arc<Publication>),
    /// A track's publisher left.
    Ended {
        /// Which track.
        track: TrackId,
        /// Which of its publications.
        generation: u32,
    },
    /// A publisher's sender report.
    SenderReport(SenderReport),
}

/// The state of a published track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Which track.
    pub track: TrackId,
    /// Grows with each new publisher of the track.
    pub generation: u32,
    /// Lowest quality first; one that was never received is present and inactive.
    pub encodings: ArrayVec<Encoding, ENCODINGS_MAX>,
}

/// One encoding of a track: one RTP stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// Its name in simulcast.
    pub rid: Option<Rid>,
    /// `None` until its first packet.
    pub codec: Option<Codec>,
    /// Packets came within the last moments.
    pub active: bool,
    /// Temporal layers seen, at least 1.
    pub temporal_layers: u8,
    /// Spatial layers seen, lowest first, at least one.
    pub spatial: ArrayVec<SpatialLayer, SPATIAL_MAX>,
}

/// One spatial layer of an encoding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpatialLayer {
    /// Measured, bit/s, the layers below it not included.
    pub bitrate_bps: u32,
    /// Pixels; 0 where the stream does not tell.
    pub width: u16,
    /// Pixels; 0 where the stream does not tell.
    pub height: u16,
}

/// A point at which a publisher's clock and the RTP clock of an encoding are known to coincide (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    /// Of which track.
    pub track: TrackId,
    /// Of which of its publications.
    pub generation: u32,
    /// Index of the encoding.
    pub layer: u8,
    /// The publisher's wall clock, NTP format, 32.32 bits.
    pub ntp: u64,
    /// The same instant in the encoding's RTP clock.
    pub rtp: u32,
    /// When the report came.
    pub arrival: Instant,
}

/// Loudness of a packet (RFC 6464).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioLevel {
    /// 0 the loudest to 127 silence, in -dBov.
    pub level: u8,
    /// The sender's voice activity flag.
    pub voice: bool,
}

/// What forwarding must know of the frame that a packet belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameInfo {
    /// The first packet of a frame from which a decoder can start.
    pub keyframe: bool,
    /// The first packet of a frame (with SVC: of one spatial layer of a picture).
    pub start: bool,
    /// The last packet of a frame.
    pub end: bool,
    /// Spatial layer within the encoding.
    pub spatial: u8,
    /// Temporal layer.
    pub temporal: u8,
    /// Bit `t`: who receives the temporal layers up to `t` may from this frame on receive `t + 1` too.
    pub up_switch: u8,
    /// No other frame refers to this one.
    pub discardable: bool,
}

/// Numbers in the payload descriptor that viewers must find continuous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptor {
    /// Nothing to rewrite.
    Plain,
    /// See [`vp8::Descriptor`].
    Vp8(vp8::Descriptor),
    /// See [`vp9::Descriptor`].
    Vp9(vp9::Descriptor),
}

/// A packet's place in its track and what was read from it.
#[derive(Clone, Debug)]
pub struct PacketInfo {
    /// Which track.
    pub track: TrackId,
    /// Which of its publications.
    pub generation: u32,
    /// Index of the encoding, 0 the lowest.
    pub layer: u8,
    /// What the payload is.
    pub codec: Codec,
    /// Position in the encoding: grows by one for each packet sent, never wraps, survives restarts of the sender's numbers.
    pub seq: u64,
    /// In the encoding's RTP clock.
    pub timestamp: u32,
    /// The marker bit.
    pub marker: bool,
    /// When it came.
    pub arrival: Instant,
    /// What it is a part of.
    pub frame: FrameInfo,
    /// `urn:3gpp:video-orientation`, where present.
    pub orientation: Option<u8>,
    /// Loudness, where present.
    pub audio_level: Option<AudioLevel>,
    pub(crate) descriptor: Descriptor,
}

/// A packet of a publisher: decrypted, taken out of its retransmission, ordered into its stream, with its descriptor read.
pub struct MediaPacket<B: ?Sized = [u8]> {
    /// What is known of it.
    pub info: PacketInfo,
    dependency_len: u8,
    payload_len: u16,
    /// Dependency descriptor, payload, room to spare.
    bytes: B,
}

/// Storage classes: payload and dependency descriptor of a packet share one of these sizes, so that packet and
/// bookkeeping are one allocation without unsafe code.
const CLASSES: [usize; 5] = [128, 320, 800, 1_280, 1_600];

/// The longest payload and dependency descriptor together that is taken from a publisher.
pub const PACKET_BYTES_MAX: usize = CLASSES[4];

impl MediaPacket {
    /// Copies the bytes; one allocation. `None` if they are too long.
    pub(crate) fn new(info: PacketInfo, dependency: &[u8], payload: &[u8]) -> Option<Arc<MediaPacket>> {
        let dependency_len = u8::try_from(dependency.len()).ok()?;
        let payload_len = u16::try_from(payload.len()).ok()?;
        let class = CLASSES.iter().position(|class| dependency.len() + payload.len() <= *class)?;
        let head = MediaPacket { info, dependency_len, payload_len, bytes: [] };
        Some(match class {
            0 => head.store::<{ CLASSES[0] }>(dependency, payload),
            1 => head.store::<{ CLASSES[1] }>(dependency, payload),
            2 => head.store::<{ CLASSES[2] }>(dependency, payload),
            3 => head.store::<{ CLASSES[3] }>(dependency, payload),
            _ => head.store::<{ CLASSES[4] }>(dependency, payload),
        })
    }

    /// A packet in its place that carries nothing.
    pub(crate) fn emptied(&self) -> Arc<MediaPacket> {
        let head = MediaPacket { info: self.info.clone(), dependency_len: 0, payload_len: 0, bytes: [] };
        head.store::<0>(&[], &[])
    }

    /// The dependency descriptor extension; empty where absent.
    #[must_use]
    pub fn dependency_descriptor(&self) -> &[u8] {
        &self.bytes[..usize::from(self.dependency_len)]
    }

    /// The RTP payload, payload descriptor included.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        let start = usize::from(self.dependency_len);
        &self.bytes[start..start + usize::from(self.payload_len)]
    }
}

impl MediaPacket<[u8; 0]> {
    fn store<const N: usize>(self, dependency: &[u8], payload: &[u8]) -> Arc<MediaPacket> {
        let mut bytes = [0; N];
        bytes[..dependency.len()].copy_from_slice(dependency);
        bytes[dependency.len()..dependency.len() + payload.len()].copy_from_slice(payload);
        Arc::new(MediaPacket {
            info: self.info,
            dependency_len: self.dependency_len,
            payload_len: self.payload_len,
            bytes,
        })
    }
}

impl fmt::Debug for MediaPacket {
    /// Without the media itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaPacket").field("info", &self.info).field("len", &self.payload_len).finish_non_exhaustive()
    }
}
