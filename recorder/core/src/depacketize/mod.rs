//! Video frames from RTP packets in order: H.264 (RFC 6184), VP9 (RFC 9628) and AV1 (RTP payload format for AV1, 1.0).
//!
//! Promises: a frame comes out whole or not at all, and after a loss nothing does until the next keyframe, because what is
//! in between refers to what was lost. Refuses: frames beyond [`FRAME_LEN_MAX`], and what contradicts its format, as if it
//! were lost.

mod av1;
mod h264;
mod vp9;

use std::time::Duration;

use bytes::Bytes;

use crate::format::{Format, VideoCodec};
use crate::packet::RtpPacket;

/// Bytes of one frame. A keyframe of a 4K screen has one or two million.
pub const FRAME_LEN_MAX: usize = 8 << 20;

/// A whole frame, as a file's sample holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Of its packets.
    pub timestamp: u32,
    /// When its first packet arrived.
    pub arrival: Duration,
    /// The decoder's configuration if decoding can start here.
    pub key: Option<Format>,
    /// H.264 with lengths of four bytes and without parameter sets; AV1 with sizes and without delimiters.
    pub data: Bytes,
}

/// What the packets of one frame turned out to be.
enum Picture {
    /// A frame.
    Frame { key: Option<Format>, data: Bytes },
    /// Nothing to show: parameter sets, delimiters or padding alone.
    Nothing,
}

/// The packets are no frame: the first or the last one is missing, or they contradict their format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

#[derive(Debug)]
enum Codec {
    H264(h264::Assembler),
    Vp9,
    Av1(av1::Assembler),
}

/// Puts frames together. See the module.
#[derive(Debug)]
pub struct Depacketizer {
    codec: Codec,
    parts: Vec<Bytes>,
    parts_len: usize,
    timestamp: u32,
    arrival: Duration,
    /// A packet of the frame in hand is missing.
    broken: bool,
    waits_for_keyframe: bool,
    /// Frames that were not handed out, because they or what they refer to was lost.
    dropped: u64,
}

impl Depacketizer {
    /// For a stream that begins; its first frame must be a keyframe.
    #[must_use]
    pub fn new(codec: VideoCodec) -> Self {
        Self {
            codec: match codec {
                VideoCodec::H264 => Codec::H264(h264::Assembler::default()),
                VideoCodec::Vp9 => Codec::Vp9,
                VideoCodec::Av1 => Codec::Av1(av1::Assembler::default()),
            },
            parts: Vec::new(),
            parts_len: 0,
            timestamp: 0,
            arrival: Duration::ZERO,
            broken: false,
            waits_for_keyframe: true,
            dropped: 0,
        }
    }

    /// Take the next packet. It may end a frame by its marker, or the frame before it by another timestamp.
    pub fn push(&mut self, packet: RtpPacket, arrival: Duration, mut frame: impl FnMut(Frame)) {
        if packet.timestamp != self.timestamp && (!self.parts.is_empty() || self.broken) {
            self.end_frame(&mut frame);
        }
        // Padding that probes for bandwidth.
        if packet.payload.is_empty() {
            return;
        }
        if self.parts.is_empty() {
            self.timestamp = packet.timestamp;
            self.arrival = arrival;
        }
        self.parts_len += packet.payload.len();
        if self.parts_len > FRAME_LEN_MAX {
            self.broken = true;
            self.parts.clear();
            self.parts_len = 0;
        }
        self.parts.push(packet.payload);
        if packet.marker {
            self.end_frame(&mut frame);
        }
    }

    /// Packets are missing here.
    pub fn lost(&mut self) {
        // If the frame in hand was whole, its marker was lost; nobody knows.
        if !self.parts.is_empty() {
            self.drop_frame();
        }
        if let Codec::H264(assembler) = &mut self.codec {
            assembler.lost();
        }
        self.waits_for_keyframe = true;
    }

    /// Nothing is handed out until a keyframe comes.
    #[must_use]
    pub fn waits_for_keyframe(&self) -> bool {
        self.waits_for_keyframe
    }

    /// Frames that came, and were not handed out.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn end_frame(&mut self, frame: &mut impl FnMut(Frame)) {
        let parts = std::mem::take(&mut self.parts);
        self.parts_len = 0;
        if std::mem::take(&mut self.broken) {
            self.drop_frame();
            return;
        }
        let picture = match &mut self.codec {
            Codec::H264(assembler) => assembler.assemble(&parts),
            Codec::Vp9 => vp9::assemble(&parts),
            Codec::Av1(assembler) => assembler.assemble(&parts),
        };
        match picture {
            Ok(Picture::Nothing) => {}
            Ok(Picture::Frame { key: None, .. }) if self.waits_for_keyframe => self.dropped += 1,
            Ok(Picture::Frame { key, data }) => {
                self.waits_for_keyframe = false;
                frame(Frame { timestamp: self.timestamp, arrival: self.arrival, key, data });
            }
            Err(Malformed) => self.drop_frame(),
        }
    }

    fn drop_frame(&mut self) {
        self.parts.clear();
        self.parts_len = 0;
        self.dropped += 1;
        self.waits_for_keyframe = true;
    }
}
