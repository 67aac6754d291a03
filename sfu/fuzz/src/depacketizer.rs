//! Frames of H.264, VP9 and AV1 from packets that claim to hold them.

use std::time::Duration;

use lectern_recording::depacketize::{Depacketizer, FRAME_LEN_MAX, Frame};
use lectern_recording::format::VideoCodec;
use lectern_recording::packet::RtpPacket;

use crate::input::Input;

/// Sizes and lengths that are added to what came.
const OVERHEAD_MAX: usize = 64 << 10;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let codec = [VideoCodec::H264, VideoCodec::Vp9, VideoCodec::Av1][input.index(3)];
    let mut depacketizer = Depacketizer::new(codec);
    let (mut sequence_number, mut timestamp) = (0, 0);
    while !input.is_empty() {
        let op = input.u8();
        if op & 0b1100 == 0b1100 {
            depacketizer.lost();
            assert!(depacketizer.waits_for_keyframe());
        }
        timestamp += u32::from(op & 0b10) * 1_500;
        sequence_number += 1;
        let payload = input.long().to_vec().into();
        let packet = RtpPacket { payload_type: 96, sequence_number, timestamp, marker: op & 1 == 1, payload };
        let waited = depacketizer.waits_for_keyframe();
        let mut frames = 0;
        depacketizer.push(packet, Duration::ZERO, |frame| {
            assert!(frames > 0 || !waited || frame.key.is_some(), "the first frame after a loss is a keyframe");
            frames += 1;
            check(codec, &frame);
        });
        assert!(frames <= 2, "the frame before, and this one");
    }
}

fn check(codec: VideoCodec, frame: &Frame) {
    assert!(!frame.data.is_empty() && frame.data.len() <= FRAME_LEN_MAX + OVERHEAD_MAX);
    if let Some(format) = &frame.key {
        let expected = [("avc1.", VideoCodec::H264), ("vp09.", VideoCodec::Vp9), ("av01.", VideoCodec::Av1)];
        assert!(expected.iter().any(|(begins, of)| *of == codec && format.codecs.starts_with(begins)), "{format:?}");
    }
    if codec == VideoCodec::H264 {
        let mut units = &frame.data[..];
        while let Some((len, rest)) = units.split_first_chunk::<4>() {
            let len = u32::from_be_bytes(*len) as usize;
            assert!(len > 0, "a unit of nothing");
            units = rest.get(len..).expect("units fill the frame");
        }
        assert!(units.is_empty(), "units fill the frame");
    }
}
