//! An encoder's frames from a file, cut into RTP payloads: IVF with VP8 (RFC 7741), VP9 (RFC 9628) or AV1 (AV1 RTP
//! specification), or H.264 ([`crate::annexb`]).

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use lectern_client::VideoCodec;

use crate::annexb;

/// Largest RTP payload made here.
const PAYLOAD_LEN_MAX: usize = 1041;
const FILE_HEADER_LEN: usize = 32;
const FRAME_HEADER_LEN: usize = 12;

/// A file's frames and where we are in them.
#[derive(Clone, Debug)]
pub struct Movie {
    codec: VideoCodec,
    /// Pixels, which VP9's payloads tell.
    size: (u16, u16),
    frames: Arc<[Vec<u8>]>,
    position: usize,
    picture_id: u16,
}

impl Movie {
    /// Read a file. Its first frame must be a keyframe.
    ///
    /// # Errors
    /// The file cannot be read, or is neither an IVF file of VP8, VP9 or AV1 nor H.264 with access unit delimiters.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::parse(&fs::read(path)?).map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why))
    }

    fn parse(file: &[u8]) -> Result<Self, &'static str> {
        if annexb::is_annexb(file) {
            return Self::new(VideoCodec::H264, (0, 0), annexb::access_units(file));
        }
        let header =
            file.get(..FILE_HEADER_LEN).filter(|header| header.starts_with(b"DKIF")).ok_or("not an IVF file")?;
        let codec = match &header[8..12] {
            b"VP80" => VideoCodec::Vp8,
            b"VP90" => VideoCodec::Vp9,
            b"AV01" => VideoCodec::Av1,
            _ => return Err("neither VP8 nor VP9 nor AV1"),
        };
        let size = (u16::from_le_bytes([header[12], header[13]]), u16::from_le_bytes([header[14], header[15]]));
        let mut rest = &file[FILE_HEADER_LEN..];
        let mut frames = Vec::new();
        while let Some((header, body)) = rest.split_at_checked(FRAME_HEADER_LEN) {
            let len = u32::from_le_bytes([header[0], header[1], header[2], header[3]]) as usize;
            let (frame, after) = body.split_at_checked(len).ok_or("the file ends within a frame")?;
            if !frame.is_empty() {
                frames.push(frame.to_vec());
            }
            rest = after;
        }
        Self::new(codec, size, frames)
    }

    fn new(codec: VideoCodec, size: (u16, u16), frames: Vec<Vec<u8>>) -> Result<Self, &'static str> {
        if !frames.first().is_some_and(|frame| is_keyframe(codec, frame)) {
            return Err("the first frame is no keyframe");
        }
        Ok(Self { codec, size, frames: frames.into(), position: 0, picture_id: 0 })
    }

    /// What the file holds.
    #[must_use]
    pub fn codec(&self) -> VideoCodec {
        self.codec
    }

    /// The next frame's payloads, and whether it is a keyframe. Asked for a keyframe it goes to the file's next one; after the
    /// last frame it starts over.
    pub fn next_frame(&mut self, keyframe: bool, payloads: &mut Vec<Vec<u8>>) -> bool {
        if keyframe {
            let from_here = self.frames[self.position..].iter().position(|frame| is_keyframe(self.codec, frame));
            self.position = from_here.map_or(0, |ahead| self.position + ahead);
        }
        let frame = &self.frames[self.position];
        let is_key = is_keyframe(self.codec, frame);
        match self.codec {
            VideoCodec::Vp9 => vp9_payloads(frame, is_key, self.picture_id, self.size, payloads),
            VideoCodec::Av1 => av1_payloads(frame, is_key, payloads),
            VideoCodec::H264 => annexb::payloads(frame, payloads),
            VideoCodec::Vp8 => vp8_payloads(frame, self.picture_id, payloads),
        }
        self.position = (self.position + 1) % self.frames.len();
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        is_key
    }
}

fn is_keyframe(codec: VideoCodec, frame: &[u8]) -> bool {
    match codec {
        // RFC 6386 section 9.1: the inverse of bit 0.
        VideoCodec::Vp8 => frame[0] & 1 == 0,
        // VP9 section 6.2: frame_marker, two profile bits (profile 3 has a reserved one), show_existing_frame, frame_type.
        VideoCodec::Vp9 => {
            let bits = if frame[0] >> 4 & 3 == 3 { frame[0] << 1 } else { frame[0] };
            bits & 0b1000 == 0 && bits & 0b100 == 0
        }
        VideoCodec::H264 => annexb::is_keyframe(frame),
        VideoCodec::Av1 => obus(frame).iter().any(|unit| unit.kind == OBU_SEQUENCE_HEADER),
    }
}

fn vp8_payloads(frame: &[u8], picture_id: u16, payloads: &mut Vec<Vec<u8>>) {
    let [id_high, id_low] = picture_id.to_be_bytes();
    for (index, chunk) in frame.chunks(PAYLOAD_LEN_MAX - 4).enumerate() {
        let descriptor = [0x80 | u8::from(index == 0) << 4, 0x80, 0x80 | id_high, id_low];
        payloads.push([&descriptor[..], chunk].concat());
    }
}

fn vp9_payloads(frame: &[u8], keyframe: bool, picture_id: u16, size: (u16, u16), payloads: &mut Vec<Vec<u8>>) {
    const STRUCTURE_LEN: usize = 5;
    let [id_high, id_low] = picture_id.to_be_bytes();
    let chunks = frame.chunks(PAYLOAD_LEN_MAX - 3 - STRUCTURE_LEN);
    let last = chunks.len() - 1;
    for (index, chunk) in chunks.enumerate() {
        let structure = keyframe && index == 0;
        // I P L F B E V Z
        let flags = 0x80
            | u8::from(!keyframe) << 6
            | u8::from(index == 0) << 3
            | u8::from(index == last) << 2
            | u8::from(structure) << 1;
        let mut payload = vec![flags, 0x80 | id_high, id_low];
        if structure {
            // One spatial layer, with its size, no picture group.
            payload.push(1 << 4);
            payload.extend_from_slice(&size.0.to_be_bytes());
            payload.extend_from_slice(&size.1.to_be_bytes());
        }
        payload.extend_from_slice(chunk);
        payloads.push(payload);
    }
}

const OBU_SEQUENCE_HEADER: u8 = 1;
const OBU_TEMPORAL_DELIMITER: u8 = 2;
const OBU_TILE_LIST: u8 = 8;

struct Obu<'a> {
    kind: u8,
    /// The header as it travels in RTP: without `obu_has_size_field`.
    header: [u8; 2],
    header_len: usize,
    payload: &'a [u8],
}

/// The open bitstream units of a temporal unit (AV1 section 5.3); a damaged rest is left out.
fn obus(mut unit: &[u8]) -> Vec<Obu<'_>> {
    let mut found = Vec::new();
    while let Some(&first) = unit.first() {
        let header_len = 1 + usize::from(first >> 2 & 1);
        let Some((head, rest)) = unit.split_at_checked(header_len) else { break };
        let (len, rest) = if first & 2 == 0 {
            (rest.len(), rest)
        } else {
            let Some((len, used)) = leb128(rest) else { break };
            (len, &rest[used..])
        };
        let Some((payload, after)) = rest.split_at_checked(len) else { break };
        let header = [first & !2, head.get(1).copied().unwrap_or(0)];
        found.push(Obu { kind: first >> 3 & 15, header, header_len, payload });
        unit = after;
    }
    found
}

fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// AV1 RTP specification section 4: one element a packet (`W` = 1), so that no lengths are needed.
fn av1_payloads(unit: &[u8], keyframe: bool, payloads: &mut Vec<Vec<u8>>) {
    let mut new_sequence = keyframe;
    let units = obus(unit);
    for unit in units.iter().filter(|unit| unit.kind != OBU_TEMPORAL_DELIMITER && unit.kind != OBU_TILE_LIST) {
        let element = [&unit.header[..unit.header_len], unit.payload].concat();
        let chunks = element.chunks(PAYLOAD_LEN_MAX - 1);
        let last = chunks.len() - 1;
        for (index, chunk) in chunks.enumerate() {
            // Z Y W W N
            let aggregation =
                u8::from(index > 0) << 7 | u8::from(index < last) << 6 | 1 << 4 | u8::from(new_sequence) << 3;
            new_sequence = false;
            payloads.push([&[aggregation], chunk].concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(fourcc: &[u8; 4], frames: &[&[u8]]) -> Vec<u8> {
        let mut file = b"DKIF\0\0\x20\0".to_vec();
        file.extend_from_slice(fourcc);
        file.extend_from_slice(&640u16.to_le_bytes());
        file.extend_from_slice(&360u16.to_le_bytes());
        file.resize(FILE_HEADER_LEN, 0);
        for frame in frames {
            file.extend_from_slice(&(frame.len() as u32).to_le_bytes());
            file.extend_from_slice(&[0; 8]);
            file.extend_from_slice(frame);
        }
        file
    }

    #[test]
    fn vp8_frames_are_cut_and_started_over_at_a_keyframe() {
        let (key, delta) = (vec![0x10; 2500], vec![0x11; 10]);
        let mut movie = Movie::parse(&file(b"VP80", &[&key, &delta, &delta])).unwrap();
        let mut payloads = Vec::new();
        assert!(movie.next_frame(false, &mut payloads));
        assert_eq!(payloads.len(), 3);
        assert_eq!((payloads[0][0], payloads[1][0]), (0x90, 0x80));
        assert!(!movie.next_frame(false, &mut payloads));
        assert!(movie.next_frame(true, &mut payloads), "a keyframe was asked for");
        assert_eq!(payloads.last().unwrap()[3], 2, "picture ids go on");
    }

    #[test]
    fn vp9_marks_begin_and_end_and_tells_the_size() {
        let mut movie = Movie::parse(&file(b"VP90", &[&[0x82; 1100], &[0x86; 10]])).unwrap();
        let mut payloads = Vec::new();
        assert!(movie.next_frame(false, &mut payloads));
        assert_eq!(payloads[0][..8], [0x8a, 0x80, 0, 0x10, 2, 128, 1, 104]);
        assert_eq!(payloads[1][0], 0x84);
        assert!(!movie.next_frame(false, &mut payloads));
        assert_eq!(payloads[2][0], 0xcc);
    }

    #[test]
    fn av1_loses_delimiters_and_size_fields() {
        let unit = [0x12, 0, 0x0a, 2, 7, 7, 0x32, 3, 1, 2, 3];
        let mut movie = Movie::parse(&file(b"AV01", &[&unit])).unwrap();
        let mut payloads = Vec::new();
        assert!(movie.next_frame(false, &mut payloads));
        assert_eq!(payloads, [vec![0x18, 0x08, 7, 7], vec![0x10, 0x30, 1, 2, 3]]);
    }

    #[test]
    fn what_is_no_movie_is_refused() {
        assert!(Movie::parse(b"RIFF").is_err());
        assert!(Movie::parse(&file(b"MPG4", &[&[0; 4]])).is_err());
        assert!(Movie::parse(&file(b"VP80", &[])).is_err());
        assert!(Movie::parse(&file(b"VP80", &[&[0x11; 4]])).is_err());
        let mut cut = file(b"VP80", &[&[0x10; 40]]);
        cut.pop();
        assert!(Movie::parse(&cut).is_err());
    }
}
