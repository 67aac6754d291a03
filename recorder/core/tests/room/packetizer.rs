//! Frames cut into RTP payloads, by the payload formats' text and not by the code under test.

use lectern_recording::format::VideoCodec;

const PAYLOAD_LEN_MAX: usize = 1100;

pub(crate) fn payloads(codec: VideoCodec, frame: &[u8], picture_id: u16) -> Vec<Vec<u8>> {
    match codec {
        VideoCodec::H264 => h264(frame),
        VideoCodec::Vp9 => vp9(frame, picture_id),
        VideoCodec::Av1 => av1(frame),
    }
}

/// RFC 6184: parameter sets and small units together in a STAP-A, large ones in FU-A.
fn h264(frame: &[u8]) -> Vec<Vec<u8>> {
    let mut units = Vec::new();
    let mut rest = frame;
    while let Some(at) = rest.windows(3).position(|window| window == [0, 0, 1]) {
        let after = &rest[at + 3..];
        let end = after.windows(3).position(|w| w == [0, 0, 1] || w == [0, 0, 0]).unwrap_or(after.len());
        units.push(&after[..end]);
        rest = &after[end..];
    }
    let mut payloads = Vec::new();
    let mut together = vec![0x78];
    for unit in units {
        if unit.len() <= 300 && together.len() + unit.len() < PAYLOAD_LEN_MAX && payloads.is_empty() {
            together.extend((unit.len() as u16).to_be_bytes());
            together.extend_from_slice(unit);
            continue;
        }
        if together.len() > 1 {
            payloads.push(std::mem::replace(&mut together, vec![0x78]));
        }
        if unit.len() <= PAYLOAD_LEN_MAX {
            payloads.push(unit.to_vec());
            continue;
        }
        let chunks = unit[1..].chunks(PAYLOAD_LEN_MAX);
        let last = chunks.len() - 1;
        for (index, chunk) in chunks.enumerate() {
            let flags = u8::from(index == 0) << 7 | u8::from(index == last) << 6;
            payloads.push([&[unit[0] & 0x60 | 28, flags | unit[0] & 0x1f], chunk].concat());
        }
    }
    if together.len() > 1 {
        payloads.push(together);
    }
    payloads
}

/// RFC 9628, with a picture number of 15 bits. The key bit is read from the frame: frame_type after three or four bits.
fn vp9(frame: &[u8], picture_id: u16) -> Vec<Vec<u8>> {
    let key = frame[0] & 0b1100 == 0;
    let chunks = frame.chunks(PAYLOAD_LEN_MAX);
    let last = chunks.len() - 1;
    let [high, low] = (picture_id & 0x7fff).to_be_bytes();
    let flags = |index| 0x80 | u8::from(!key) << 6 | u8::from(index == 0) << 3 | u8::from(index == last) << 2;
    chunks.enumerate().map(|(index, chunk)| [&[flags(index), 0x80 | high, low], chunk].concat()).collect()
}

/// The AV1 payload format: elements with lengths, two in a packet where they fit, sizes left out, a delimiter kept in.
fn av1(unit: &[u8]) -> Vec<Vec<u8>> {
    let mut elements: Vec<Vec<u8>> = Vec::new();
    let mut rest = unit;
    while !rest.is_empty() {
        let (mut len, mut shift, mut at) = (0usize, 0, 1);
        loop {
            len |= usize::from(rest[at] & 0x7f) << shift;
            (shift, at) = (shift + 7, at + 1);
            if rest[at - 1] & 0x80 == 0 {
                break;
            }
        }
        elements.push([&[rest[0] & !2], &rest[at..at + len]].concat());
        rest = &rest[at + len..];
    }
    let new_sequence = elements.iter().any(|element| element[0] >> 3 & 15 == 1);
    let mut payloads: Vec<Vec<u8>> = Vec::new();
    let mut open = vec![u8::from(new_sequence) << 3];
    for element in elements {
        let mut rest = &element[..];
        while !rest.is_empty() {
            let room = PAYLOAD_LEN_MAX - open.len() - 2;
            let (now, later) = rest.split_at(rest.len().min(room));
            open.extend([now.len() as u8 & 0x7f | 0x80, (now.len() >> 7) as u8]);
            open.extend_from_slice(now);
            rest = later;
            if !rest.is_empty() {
                open[0] |= 0x40;
                payloads.push(std::mem::replace(&mut open, vec![0x80]));
            } else if open.len() > PAYLOAD_LEN_MAX - 200 {
                payloads.push(std::mem::replace(&mut open, vec![0]));
            }
        }
    }
    if open.len() > 1 {
        payloads.push(open);
    }
    payloads
}
