//! H.264: NAL units, and the `avcC` of ISO/IEC 14496-15 from parameter sets.

use std::collections::BTreeMap;

use bytes::Bytes;
use lectern_wire::codec::bits::Bits;
use lectern_wire::codec::sps::{Sps, unescaped};

use crate::format::{Format, Shape};

/// Types of NAL units (H.264 table 7-1).
pub mod nal {
    /// A slice of a picture that refers to others.
    pub const SLICE: u8 = 1;
    /// A slice of a picture from which decoding can start.
    pub const IDR: u8 = 5;
    /// Sequence parameter set.
    pub const SPS: u8 = 7;
    /// Picture parameter set.
    pub const PPS: u8 = 8;
    /// Access unit delimiter.
    pub const AUD: u8 = 9;
    /// Stuffing.
    pub const FILLER: u8 = 12;
}

/// Parameter sets of one kind that are kept; H.264 has 32 numbers for one and 256 for the other, senders use one.
const SETS_MAX: usize = 16;
/// Bytes of one parameter set: its length has 16 bits in `avcC`.
const SET_LEN_MAX: usize = 4096;

/// The type of a NAL unit.
#[must_use]
pub fn nal_type(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |head| head & 0x1F)
}

/// Whether a slice is the first of its picture: `first_mb_in_slice` is 0, which `ue(v)` writes as a single one.
#[must_use]
pub fn starts_picture(slice: &[u8]) -> bool {
    slice.get(1).is_some_and(|byte| byte & 0x80 != 0)
}

/// The parameter sets that a stream has now, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterSets {
    sequence: BTreeMap<u32, Bytes>,
    picture: BTreeMap<u32, Bytes>,
}

impl ParameterSets {
    /// Takes a sequence or picture parameter set; others, and malformed ones, are passed over. Returns whether something
    /// is new.
    pub fn note(&mut self, unit: &Bytes) -> bool {
        let (sets, number) = match nal_type(unit) {
            nal::SPS => (&mut self.sequence, Sps::parse(unit).map(|sps| sps.number)),
            nal::PPS => (&mut self.picture, Bits::new(&unescaped(&unit[1..])).golomb()),
            _ => return false,
        };
        let Some(number) = number.filter(|_| unit.len() <= SET_LEN_MAX) else { return false };
        if sets.get(&number) == Some(unit) || sets.len() >= SETS_MAX && !sets.contains_key(&number) {
            return false;
        }
        sets.insert(number, Bytes::copy_from_slice(unit));
        true
    }

    /// The decoder configuration; `None` until there is a set of each kind.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        let (first, sps) = self.sequence.values().find_map(|unit| Some((unit, Sps::parse(unit)?)))?;
        if self.picture.is_empty() {
            return None;
        }
        // ISO/IEC 14496-15 section 5.3.3.1: version, profile, compatibility, level, and lengths of four bytes.
        let mut record = vec![1, first[1], first[2], first[3], 0xFF];
        record.push(0xE0 | self.sequence.len() as u8);
        push_sets(&mut record, &self.sequence);
        record.push(self.picture.len() as u8);
        push_sets(&mut record, &self.picture);
        if matches!(first[1], 100 | 110 | 122 | 144 | 244) {
            record.extend([0xFC | sps.chroma_format, 0xF8 | sps.luma_depth, 0xF8 | sps.chroma_depth, 0]);
        }
        Some(Format {
            entry: *b"avc1",
            configuration: (*b"avcC", record.into()),
            codecs: format!("avc1.{:02x}{:02x}{:02x}", first[1], first[2], first[3]),
            shape: Shape::Video { width: sps.width, height: sps.height },
        })
    }
}

fn push_sets(record: &mut Vec<u8>, sets: &BTreeMap<u32, Bytes>) {
    for set in sets.values() {
        // Bounded by `SET_LEN_MAX`.
        record.extend((set.len() as u16).to_be_bytes());
        record.extend_from_slice(set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x264, High profile, 640×360: cropped from 368 lines.
    const SPS: &[u8] = &[
        0x67, 0x64, 0x00, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00,
        0x00, 0x03, 0x00, 0x3c, 0x0f, 0x16, 0x2d, 0x96,
    ];
    const PPS: &[u8] = &[0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0];

    #[test]
    fn parameter_sets_make_a_decoder_configuration() {
        let mut sets = ParameterSets::default();
        assert!(sets.note(&Bytes::from_static(SPS)) && sets.format().is_none());
        assert!(sets.note(&Bytes::from_static(PPS)) && !sets.note(&Bytes::from_static(PPS)));
        let format = sets.format().unwrap();
        assert_eq!(format.codecs, "avc1.64001e");
        assert_eq!(format.shape, Shape::Video { width: 640, height: 360 });
        let record = &format.configuration.1;
        assert_eq!(record[..8], [1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 26]);
        assert_eq!(record[record.len() - 4..], [0xfd, 0xf8, 0xf8, 0]);
    }
}
