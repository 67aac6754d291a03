//! When a viewer has its first whole keyframe, told from payload descriptors.
//!
//! It reads them by itself, not with the server's parsers, so that an error of theirs shows.

use lectern_client::VideoCodec;

/// Whether this payload is the first of a keyframe.
#[must_use]
pub fn starts_keyframe(codec: VideoCodec, payload: &[u8]) -> bool {
    match codec {
        VideoCodec::Vp8 => vp8_frame_tag(payload).is_some_and(|tag| tag & 1 == 0),
        // RFC 9628 section 4.2: B, and not P.
        VideoCodec::Vp9 => payload.first().is_some_and(|flags| flags & 0x08 != 0 && flags & 0x40 == 0),
        VideoCodec::H264 => h264_starts_keyframe(payload),
        // AV1 RTP specification section 4.4: N, "the first packet of a coded video sequence".
        VideoCodec::Av1 => payload.first().is_some_and(|flags| flags & 0x08 != 0),
    }
}

/// The first byte of the frame, in its first packet (RFC 7741 section 4.2: S is set and PID is 0).
fn vp8_frame_tag(payload: &[u8]) -> Option<u8> {
    let (&first, mut rest) = payload.split_first()?;
    if first & 0x17 != 0x10 {
        return None;
    }
    if first & 0x80 != 0 {
        let (&present, after) = rest.split_first()?;
        let picture_id_len = match after.first() {
            _ if present & 0x80 == 0 => 0,
            Some(id) if id & 0x80 != 0 => 2,
            _ => 1,
        };
        let len = picture_id_len + usize::from(present & 0x40 != 0) + usize::from(present & 0x30 != 0);
        rest = after.get(len..)?;
    }
    rest.first().copied()
}

/// SPS or IDR, alone, first in a STAP-A, or begun in an FU-A.
fn h264_starts_keyframe(payload: &[u8]) -> bool {
    match payload {
        [head, _, _, inner, ..] if head & 0x1f == 24 => matches!(inner & 0x1f, 5 | 7),
        [head, fragment, ..] if head & 0x1f == 28 => fragment & 0x80 != 0 && fragment & 0x1f == 5,
        [head, ..] => matches!(head & 0x1f, 5 | 7),
        [] => false,
    }
}

/// Waits for a keyframe of which no packet is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyframeWatch {
    /// The number of the packet that comes next in the keyframe that has begun.
    next: Option<u16>,
}

impl KeyframeWatch {
    /// Take a packet; `true` with the last one of a whole keyframe.
    pub fn push(&mut self, codec: VideoCodec, number: u16, marker: bool, payload: &[u8]) -> bool {
        let goes_on = self.next == Some(number);
        if !goes_on && !starts_keyframe(codec, payload) {
            self.next = None;
            return false;
        }
        self.next = (!marker).then(|| number.wrapping_add(1));
        marker
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Frame, Shape, VideoSource};

    #[test]
    fn only_the_first_packet_of_a_keyframe_starts_one() {
        for codec in [VideoCodec::Vp8, VideoCodec::H264] {
            let mut source = VideoSource::synthetic(codec, Shape::FULL, 0);
            let mut frame = Frame::default();
            source.next_frame(true, 0, &mut frame);
            let starts: Vec<usize> = (0..45).filter(|index| starts_keyframe(codec, &frame.payloads[*index])).collect();
            // H.264's slice starts after its parameter sets.
            assert_eq!(starts, if codec == VideoCodec::Vp8 { vec![0] } else { vec![0, 1] });
            source.next_frame(false, 0, &mut frame);
            assert!(frame.payloads.iter().all(|payload| !starts_keyframe(codec, payload)));
        }
    }

    #[test]
    fn a_gap_spoils_a_keyframe_and_the_next_one_counts() {
        const KEY: &[u8] = &[0x10, 0x10];
        const DELTA: &[u8] = &[0x10, 0x11];
        const REST: &[u8] = &[0x00, 0xff];
        let mut watch = KeyframeWatch::default();
        let packets =
            [(0, false, DELTA), (1, true, REST), (2, false, KEY), (4, true, REST), (5, false, KEY), (6, true, REST)];
        let complete = packets.map(|(number, marker, payload)| watch.push(VideoCodec::Vp8, number, marker, payload));
        assert_eq!(complete, [false, false, false, false, false, true]);
    }

    #[test]
    fn short_payloads_start_nothing() {
        for payload in [&[][..], &[0x90], &[0x90, 0x80], &[0x90, 0x80, 0x80, 0x01], &[28]] {
            assert!(!starts_keyframe(VideoCodec::Vp8, payload) && !starts_keyframe(VideoCodec::H264, payload));
        }
    }
}
