//! H.264: NAL units, and the `avcC` of ISO/IEC 14496-15 from parameter sets.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::bits::Bits;
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

/// What of a sequence parameter set (H.264 section 7.3.2.1.1) a file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sps {
    number: u32,
    chroma_format: u8,
    luma_depth: u8,
    chroma_depth: u8,
    /// Pixels, cropped, at least 1.
    pub width: u16,
    /// Pixels, cropped, at least 1.
    pub height: u16,
}

impl Sps {
    /// Reads a NAL unit of type [`nal::SPS`]; `None` if it is malformed.
    #[must_use]
    pub fn parse(unit: &[u8]) -> Option<Self> {
        let payload = unescaped(unit.get(1..)?);
        let mut bits = Bits::new(&payload);
        let profile = bits.read(8)?;
        bits.skip(16)?;
        let number = bits.golomb().filter(|number| *number < 32)?;
        let (mut chroma_format, mut luma_depth, mut chroma_depth, mut separate) = (1, 0, 0, false);
        if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
            chroma_format = bits.golomb().filter(|format| *format < 4)?;
            separate = chroma_format == 3 && bits.flag()?;
            luma_depth = bits.golomb().filter(|depth| *depth < 7)?;
            chroma_depth = bits.golomb().filter(|depth| *depth < 7)?;
            bits.skip(1)?;
            if bits.flag()? {
                skip_scaling_lists(&mut bits, if chroma_format == 3 { 12 } else { 8 })?;
            }
        }
        skip_picture_order(&mut bits)?;
        bits.golomb()?;
        bits.skip(1)?;
        let width = bits.golomb()?.checked_add(1)?.checked_mul(16)?;
        let map_units = bits.golomb()?.checked_add(1)?;
        let frame_only = bits.read(1)?;
        if frame_only == 0 {
            bits.skip(1)?;
        }
        let height = map_units.checked_mul(16 * (2 - frame_only))?;
        bits.skip(1)?;
        let (mut crop_width, mut crop_height) = (0, 0);
        if bits.flag()? {
            let unit_x = if matches!(chroma_format, 1 | 2) { 2 } else { 1 };
            let unit_y = if chroma_format == 1 && !separate { 2 } else { 1 } * (2 - frame_only);
            crop_width = bits.golomb()?.checked_add(bits.golomb()?)?.checked_mul(unit_x)?;
            crop_height = bits.golomb()?.checked_add(bits.golomb()?)?.checked_mul(unit_y)?;
        }
        let pixels = |all: u32, crop: u32| u16::try_from(all.checked_sub(crop)?).ok().filter(|pixels| *pixels > 0);
        Some(Self {
            number,
            chroma_format: chroma_format as u8,
            luma_depth: luma_depth as u8,
            chroma_depth: chroma_depth as u8,
            width: pixels(width, crop_width)?,
            height: pixels(height, crop_height)?,
        })
    }
}

fn skip_picture_order(bits: &mut Bits<'_>) -> Option<()> {
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.skip(1)?;
            bits.golomb()?;
            bits.golomb()?;
            for _ in 0..bits.golomb().filter(|count| *count < 256)? {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    Some(())
}

/// Section 7.3.2.1.1.1.
fn skip_scaling_lists(bits: &mut Bits<'_>, lists: u32) -> Option<()> {
    for list in 0..lists {
        if !bits.flag()? {
            continue;
        }
        let (mut last, mut next) = (8i64, 8i64);
        for _ in 0..if list < 6 { 16 } else { 64 } {
            if next != 0 {
                next = (last + bits.signed_golomb()?).rem_euclid(256);
            }
            last = if next == 0 { last } else { next };
        }
    }
    Some(())
}

/// Without emulation prevention bytes (section 7.4.1: a 3 after two zeros).
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
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

    #[test]
    fn what_is_cut_is_none() {
        for len in 0..10 {
            assert_eq!(Sps::parse(&SPS[..len]), None, "{len}");
        }
    }
}
