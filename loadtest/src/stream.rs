//! The synthetic stream: frames that any forwarding server takes for real, cut into RTP payloads.
//!
//! Payload descriptors and the frame headers that servers read (keyframe flag, resolution) are valid; what a decoder would
//! make of the rest does not matter here. [`crate::ivf`] plays what an encoder made.

use lectern_client::VideoCodec;

use crate::ivf::Movie;
use crate::stamp::{AUDIO_STREAM, FILL_LEN, STAMP_LEN, Stamp};

/// The size of one video stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// RTP payloads of an ordinary frame.
    pub packets_per_frame: u16,
    /// RTP payloads of a keyframe.
    pub packets_per_keyframe: u16,
    /// Bytes of each RTP payload, descriptor and all.
    pub payload_len: u16,
}

impl Shape {
    /// 1.5 Mbit/s at 30 frames a second: six payloads of 1,041 bytes a frame.
    pub const FULL: Self =
        Self { width: 1280, height: 720, packets_per_frame: 6, packets_per_keyframe: 45, payload_len: 1041 };
    /// 500 kbit/s.
    pub const HALF: Self =
        Self { width: 640, height: 360, packets_per_frame: 2, packets_per_keyframe: 16, payload_len: 1041 };
    /// 150 kbit/s.
    pub const QUARTER: Self =
        Self { width: 320, height: 180, packets_per_frame: 1, packets_per_keyframe: 6, payload_len: 625 };
}

/// One frame, cut into RTP payloads that all but the stamp's time are ready to send.
#[derive(Debug, Default)]
pub struct Frame {
    /// A keyframe.
    pub keyframe: bool,
    /// One per packet, in order.
    pub payloads: Vec<Vec<u8>>,
}

/// Where one video stream's frames come from.
#[derive(Debug)]
pub struct VideoSource {
    codec: VideoCodec,
    shape: Shape,
    stream: u8,
    movie: Option<Movie>,
    frame: u32,
    packet: u32,
    /// VP8's 15-bit picture id and 8-bit index of base layer pictures.
    picture_id: u16,
    tl0_picture: u8,
    key_index: u8,
}

impl VideoSource {
    /// A synthetic stream, the publisher's `stream`th.
    #[must_use]
    pub fn synthetic(codec: VideoCodec, shape: Shape, stream: u8) -> Self {
        Self {
            codec,
            shape,
            stream,
            movie: None,
            frame: 0,
            packet: 0,
            picture_id: 0x7ff0,
            tl0_picture: 250,
            key_index: 0,
        }
    }

    /// An encoder's frames, again and again. They carry no stamps.
    #[must_use]
    pub fn movie(movie: Movie, stream: u8) -> Self {
        Self { movie: Some(movie.clone()), ..Self::synthetic(movie.codec(), Shape::FULL, stream) }
    }

    /// Packets made so far.
    #[must_use]
    pub fn packets(&self) -> u32 {
        self.packet
    }

    /// The next frame. A movie gives a keyframe when the file has one: asked for one, it starts over.
    pub fn next_frame(&mut self, keyframe: bool, sent_us: u64, into: &mut Frame) {
        into.payloads.clear();
        if let Some(movie) = &mut self.movie {
            into.keyframe = movie.next_frame(keyframe, &mut into.payloads);
            self.packet += into.payloads.len() as u32;
            self.frame += 1;
            return;
        }
        into.keyframe = keyframe || self.frame == 0;
        let count = if into.keyframe { self.shape.packets_per_keyframe } else { self.shape.packets_per_frame };
        if into.keyframe {
            self.key_index = self.key_index.wrapping_add(1) & 0x1f;
        }
        for index in 0..count {
            let (first, last) = (index == 0, index + 1 == count);
            let mut payload = Vec::with_capacity(usize::from(self.shape.payload_len));
            match self.codec {
                VideoCodec::H264 => self.h264_head(into.keyframe, index, last, &mut payload),
                _ => self.vp8_head(into.keyframe, first, &mut payload),
            }
            let head = payload.len();
            payload.resize(usize::from(self.shape.payload_len), 0);
            let keyframe = into.keyframe;
            let stamp =
                Stamp { stream: self.stream, keyframe, first, last, packet: self.packet, frame: self.frame, sent_us };
            stamp.write(&mut payload, head);
            into.payloads.push(payload);
            self.packet = self.packet.wrapping_add(1);
        }
        self.frame = self.frame.wrapping_add(1);
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        self.tl0_picture = self.tl0_picture.wrapping_add(1);
    }

    /// RFC 7741 section 4.2 with picture id, TL0PICIDX, TID and KEYIDX, then section 4.3's frame header (RFC 6386 section 9.1).
    fn vp8_head(&self, keyframe: bool, first: bool, payload: &mut Vec<u8>) {
        let [id_high, id_low] = self.picture_id.to_be_bytes();
        payload.extend([0x80 | u8::from(first) << 4, 0xf0, 0x80 | id_high, id_low, self.tl0_picture, self.key_index]);
        if !first {
            return;
        }
        // Bit 0 is clear in a keyframe; show_frame; the first partition is all of the first packet but its headers.
        let partition = u32::from(self.shape.payload_len) - 20;
        let tag = u32::from(!keyframe) | 1 << 4 | partition << 5;
        payload.extend_from_slice(&tag.to_le_bytes()[..3]);
        if keyframe {
            payload.extend_from_slice(&[0x9d, 0x01, 0x2a]);
            payload.extend_from_slice(&self.shape.width.to_le_bytes());
            payload.extend_from_slice(&self.shape.height.to_le_bytes());
        }
    }

    /// One slice a frame, in fragments (RFC 6184 section 5.8). A keyframe's first payload is a STAP-A (section 5.7.1) of SPS,
    /// PPS and a filler unit that carries the stamp.
    fn h264_head(&self, keyframe: bool, index: u16, last: bool, payload: &mut Vec<u8>) {
        const STAP_A: u8 = 24;
        const FU_A: u8 = 28;
        const FILLER: u8 = 12;
        const REFERENCE: u8 = 3 << 5;
        if keyframe && index == 0 {
            let sps = h264_sps(self.shape.width, self.shape.height);
            let pps: [u8; 4] = [0x68, 0xce, 0x3c, 0x80];
            payload.push(REFERENCE | STAP_A);
            for unit in [&sps[..], &pps] {
                payload.extend_from_slice(&(unit.len() as u16).to_be_bytes());
                payload.extend_from_slice(unit);
            }
            let rest = self.shape.payload_len - payload.len() as u16 - 2;
            payload.extend_from_slice(&rest.to_be_bytes());
            payload.push(FILLER);
            return;
        }
        let (unit, slice_starts_at) = if keyframe { (5, 1) } else { (1, 0) };
        payload.extend([REFERENCE | FU_A, u8::from(index == slice_starts_at) << 7 | u8::from(last) << 6 | unit]);
    }
}

/// A sequence parameter set of the constrained baseline profile (H.264 section 7.3.2.1.1).
fn h264_sps(width: u16, height: u16) -> Vec<u8> {
    let (columns, rows) = (width.div_ceil(16), height.div_ceil(16));
    let mut bits = BitWriter::default();
    // seq_parameter_set_id, log2_max_frame_num_minus4, pic_order_cnt_type, max_num_ref_frames
    for value in [0, 0, 2, 1] {
        bits.golomb(value);
    }
    bits.push(0, 1); // gaps_in_frame_num_value_allowed_flag
    bits.golomb(u32::from(columns) - 1);
    bits.golomb(u32::from(rows) - 1);
    bits.push(0b11, 2); // frame_mbs_only_flag, direct_8x8_inference_flag
    let crop = (columns * 16 - width, rows * 16 - height);
    bits.push(u32::from(crop != (0, 0)), 1);
    if crop != (0, 0) {
        // Left, right, top, bottom in units of two pixels.
        for value in [0, crop.0 / 2, 0, crop.1 / 2] {
            bits.golomb(u32::from(value));
        }
    }
    bits.push(0b01, 2); // no VUI; the stop bit
    [&[0x67, 0x42, 0xe0, 0x1f], &bits.bytes[..]].concat()
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    fn push(&mut self, value: u32, count: u32) {
        for bit in (0..count).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.len() - 1;
            self.bytes[last] |= ((value >> bit & 1) as u8) << (7 - self.used % 8);
            self.used += 1;
        }
    }

    /// `ue(v)`, H.264 section 9.1.
    fn golomb(&mut self, value: u32) {
        let len = (value + 1).ilog2();
        self.push(0, len);
        self.push(value + 1, len + 1);
    }
}

/// Fifty packets a second of Opus that every decoder takes for silence.
#[derive(Debug)]
pub struct AudioSource {
    payload_len: usize,
    packet: u32,
}

/// Bytes of an Opus payload at about 48 kbit/s.
const AUDIO_PAYLOAD_LEN: usize = 120;

impl Default for AudioSource {
    fn default() -> Self {
        Self { payload_len: AUDIO_PAYLOAD_LEN, packet: 0 }
    }
}

impl AudioSource {
    /// Packets made so far.
    #[must_use]
    pub fn packets(&self) -> u32 {
        self.packet
    }

    /// The next 20 ms: a frame of silence with padding (RFC 6716 section 3.2.5, code 3), which carries the stamp.
    #[must_use]
    pub fn next_packet(&mut self, sent_us: u64) -> Vec<u8> {
        const HEAD: usize = 5;
        const { assert!(AUDIO_PAYLOAD_LEN >= HEAD + FILL_LEN + STAMP_LEN && AUDIO_PAYLOAD_LEN - HEAD < 255) };
        let padding = (self.payload_len - HEAD) as u8;
        // CELT, full band, 20 ms, stereo, code 3; one frame, padded; how much; the frame that libopus sends for digital silence.
        let mut payload = vec![0xff, 0x41, padding, 0xff, 0xfe];
        payload.resize(self.payload_len, 0);
        let (packet, frame) = (self.packet, self.packet);
        Stamp { stream: AUDIO_STREAM, keyframe: true, first: true, last: true, packet, frame, sent_us }
            .write(&mut payload, HEAD);
        self.packet = self.packet.wrapping_add(1);
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(codec: VideoCodec) -> [Frame; 2] {
        let mut source = VideoSource::synthetic(codec, Shape::FULL, 0);
        [false, false].map(|keyframe| {
            let mut frame = Frame::default();
            source.next_frame(keyframe, 5, &mut frame);
            frame
        })
    }

    #[test]
    fn the_first_frame_is_a_keyframe_and_every_payload_is_stamped_in_order() {
        for codec in [VideoCodec::Vp8, VideoCodec::H264] {
            let [key, delta] = frames(codec);
            assert_eq!((key.payloads.len(), delta.payloads.len()), (45, 6));
            let all = key.payloads.iter().chain(&delta.payloads);
            for (index, payload) in all.enumerate() {
                assert_eq!(payload.len(), 1041);
                let stamp = Stamp::read(payload).expect("stamped");
                assert_eq!((stamp.packet as usize, stamp.keyframe, stamp.sent_us), (index, index < 45, 5));
                assert_eq!((stamp.first, stamp.last), (index == 0 || index == 45, index == 44 || index == 50));
            }
        }
    }

    #[test]
    fn vp8_tells_keyframe_and_resolution() {
        let [key, delta] = frames(VideoCodec::Vp8);
        let first = &key.payloads[0];
        assert_eq!(first[..4], [0x90, 0xf0, 0x80 | 0x7f, 0xf0]);
        assert_eq!(first[6] & 1, 0, "a keyframe");
        assert_eq!(first[9..12], [0x9d, 0x01, 0x2a]);
        assert_eq!(u16::from_le_bytes([first[12], first[13]]), 1280);
        assert_eq!(key.payloads[1][0], 0x80, "only the first packet starts the partition");
        assert_eq!(delta.payloads[0][6] & 1, 1, "not a keyframe");
        assert_eq!(delta.payloads[0][3], 0xf1);
    }

    #[test]
    fn h264_starts_with_parameter_sets_and_fragments_one_slice() {
        let [key, delta] = frames(VideoCodec::H264);
        assert_eq!(key.payloads[0][0] & 0x1f, 24);
        assert_eq!(key.payloads[0][3], 0x67);
        let marks = |payload: &Vec<u8>| (payload[0] & 0x1f, payload[1] >> 6, payload[1] & 0x1f);
        assert_eq!(marks(&key.payloads[1]), (28, 0b10, 5));
        assert_eq!(marks(&key.payloads[44]), (28, 0b01, 5));
        assert_eq!(marks(&delta.payloads[0]), (28, 0b10, 1));
        // 1280×720: 80 by 45 macroblocks, nothing cropped.
        assert_eq!(h264_sps(1280, 720)[..4], [0x67, 0x42, 0xe0, 0x1f]);
    }

    #[test]
    fn opus_is_one_padded_frame_of_silence() {
        let payload = AudioSource::default().next_packet(9);
        assert_eq!(payload[..2], [0xff, 0x41]);
        // Two bytes of frame: what the header and the padding leave over.
        assert_eq!(payload.len() - 3 - usize::from(payload[2]), 2);
        assert_eq!(Stamp::read(&payload).unwrap().sent_us, 9);
    }
}
