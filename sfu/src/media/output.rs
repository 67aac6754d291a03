//! What a room gives back: packets to viewers through [`Egress`], everything else as [`Output`].

use crate::command::LayerInfo;
use crate::drop_reason::DropReason;
use crate::media::{Feed, PublisherKey, ViewerKey};
use crate::session::{Mid, Source, TrackId};

/// Where [`crate::media::Room::flush`] puts packets: the sealing and sending end of a worker.
///
/// Calls come as `begin`, any number of `rtp`, `end`, viewer by viewer, so that a viewer's keys are loaded once.
pub trait Egress {
    /// The following packets are for this viewer. `false` if nothing can be sent to it now: its packets are lost to it
    /// (their sequence numbers stay used) and `end` is not called.
    fn begin(&mut self, viewer: ViewerKey) -> bool;
    /// One packet. Packets that fit into one segmentation train follow each other: equal sizes, the last may be smaller.
    fn rtp(&mut self, packet: OutPacket<'_>);
    /// No more for this viewer in this flush.
    fn end(&mut self);
}

/// One outgoing RTP packet in parts: the plaintext is `descriptor`, `payload` and `padding` bytes in this order.
#[derive(Clone, Copy, Debug)]
pub struct OutPacket<'a> {
    /// SRTP packet index (RFC 3711 section 3.3.1) of this SSRC: rollover counter and sequence number, 48 bits. Never used
    /// twice with different bytes.
    pub index: u64,
    /// The whole RTP header, extensions included; authenticated, not encrypted.
    pub header: &'a [u8],
    /// Rewritten start of the payload (payload descriptor, or the original sequence number of a retransmission).
    pub descriptor: &'a [u8],
    /// The rest of the payload, as it came.
    pub payload: &'a [u8],
    /// Bytes of padding to append: zeros and, in the last byte, this count. 0: none. The header's P bit agrees.
    pub padding: u8,
}

impl OutPacket<'_> {
    /// Bytes before encryption, header included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.header.len() + self.descriptor.len() + self.payload.len() + usize::from(self.padding)
    }

    /// Never: a packet has a header.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The SSRC in the header.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.header.get(8..12).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes)
    }
}

/// What the caller must do; taken by [`crate::media::Room::poll_output`].
#[derive(Debug)]
pub enum Output {
    /// From a home room: hand this to every other worker with viewers of the room.
    Feed(Feed),
    /// Encrypt and send this compound RTCP packet to a publisher.
    PublisherRtcp {
        /// To whom.
        publisher: PublisherKey,
        /// A whole compound packet.
        bytes: Box<[u8]>,
    },
    /// Encrypt and send this compound RTCP packet to a viewer.
    ViewerRtcp {
        /// To whom.
        viewer: ViewerKey,
        /// A whole compound packet.
        bytes: Box<[u8]>,
    },
    /// From a room that is not home: tell the home worker that a keyframe of this layer is needed
    /// ([`crate::media::Room::request_keyframe`]). Limited already.
    RequestKeyframe {
        /// Of which track.
        track: TrackId,
        /// Index of the encoding, 0 the lowest.
        layer: u8,
    },
    /// From a home room: a track began to send, or its layers changed.
    TrackActive {
        /// Which.
        track: TrackId,
        /// What it sends now, lowest first; empty for audio.
        layers: Vec<LayerInfo>,
    },
    /// From a home room: a track stopped sending, or its publisher left.
    TrackInactive {
        /// Which.
        track: TrackId,
    },
    /// Who speaks now.
    Speaker {
        /// `None`: nobody.
        source: Option<Source>,
    },
    /// Which sources the voice slots are fed from, by slot index.
    Voices {
        /// At most three.
        sources: Vec<Source>,
    },
    /// What a viewer's video slot gets changed.
    SlotLayer {
        /// Whose.
        viewer: ViewerKey,
        /// Which slot.
        mid: Mid,
        /// `None`: nothing.
        layer: Option<LayerInfo>,
    },
    /// From a home room: the first packet of a newer publisher of the same source has arrived. The old one is already
    /// removed here; close its session.
    PublisherReplaced {
        /// The old one.
        publisher: PublisherKey,
    },
}

/// Plain counters of a room since it was made; differences between two readings are what a worker exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomStats {
    /// RTP packets from publishers (home) or as feed (elsewhere).
    pub packets_in: u64,
    /// Their payload bytes.
    pub bytes_in: u64,
    /// Packets given to [`Egress`], retransmissions included.
    pub packets_out: u64,
    /// Their plain RTP bytes, headers included.
    pub bytes_out: u64,
    /// Flushes that sent something.
    pub batches: u64,
    /// Packets in those, counted once each and not per viewer.
    pub batch_packets: u64,
    /// Keyframe requests (PLI, FIR) from viewers.
    pub keyframe_requests_in: u64,
    /// Keyframe requests sent to publishers.
    pub keyframe_requests_out: u64,
    /// Packets that viewers reported missing.
    pub nacks_in: u64,
    /// Packets that publishers were asked for again.
    pub nacks_out: u64,
    /// Packets sent to viewers again.
    pub resends_out: u64,
    /// Packets of publishers that came as retransmissions.
    pub resends_in: u64,
    /// Packets not forwarded, by discriminant of [`DropReason`].
    pub drops: [u64; DropReason::ALL.len()],
}

impl Default for RoomStats {
    fn default() -> Self {
        Self {
            packets_in: 0,
            bytes_in: 0,
            packets_out: 0,
            bytes_out: 0,
            batches: 0,
            batch_packets: 0,
            keyframe_requests_in: 0,
            keyframe_requests_out: 0,
            nacks_in: 0,
            nacks_out: 0,
            resends_out: 0,
            resends_in: 0,
            drops: [0; DropReason::ALL.len()],
        }
    }
}

impl RoomStats {
    pub(crate) fn drop(&mut self, reason: DropReason, n: u64) {
        self.drops[reason as usize] += n;
    }

    /// How many were dropped for this reason.
    #[must_use]
    pub fn dropped(&self, reason: DropReason) -> u64 {
        self.drops[reason as usize]
    }
}
