//! H.264 (RFC 6184, `packetization-mode=1`): NAL unit headers, aggregation and fragmentation.

const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_AUD: u8 = 9;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;

/// What a payload shows of its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Holds the beginning of an IDR slice.
    pub idr: bool,
    /// Holds a sequence parameter set: a keyframe begins, or is announced.
    pub parameter_set: bool,
    /// Holds what can only stand at the beginning of an access unit.
    pub access_unit_start: bool,
    /// `nal_ref_idc` is 0 everywhere: no other frame refers to this one.
    pub discardable: bool,
    /// From the sequence parameter set, in pixels.
    pub resolution: Option<(u16, u16)>,
}

impl Descriptor {
    /// Reads an RTP payload; `None` if it is malformed.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (&first, rest) = payload.split_first()?;
        let mut parsed = Self { discardable: first & 0x60 == 0, ..Self::default() };
        match first & 0x1F {
            1..=23 => parsed.note(payload),
            NAL_STAP_A => {
                let mut units = rest;
                while !units.is_empty() {
                    let (len, after) = units.split_first_chunk::<2>()?;
                    let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
                    parsed.note(unit);
                    units = after;
                }
            }
            NAL_FU_A => {
                let fragment = *rest.first()?;
                if fragment & 0x80 != 0 {
                    let unit_type = fragment & 0x1F;
                    parsed.idr = unit_type == NAL_IDR;
                    parsed.parameter_set = unit_type == NAL_SPS;
                }
            }
            _ => return None,
        }
        Some(parsed)
    }

    fn note(&mut self, unit: &[u8]) {
        match unit.first().map_or(0, |head| head & 0x1F) {
            NAL_IDR => self.idr = true,
            NAL_SPS => {
                self.parameter_set = true;
                self.access_unit_start = true;
                self.resolution = resolution(&unit[1..]);
            }
            NAL_AUD => self.access_unit_start = true,
            _ => {}
        }
    }
}

/// Width and height from a sequence parameter set (H.264 section 7.3.2.1.1).
fn resolution(sps: &[u8]) -> Option<(u16, u16)> {
    let mut bits = Bits { bytes: sps, at: 0, zeros: 0, skip: 0 };
    let profile = bits.read(8)?;
    bits.read(16)?;
    bits.golomb()?;
    let mut chroma_format = 1;
    if matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
        chroma_format = bits.golomb()?;
        if chroma_format == 3 {
            bits.read(1)?;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.read(1)?;
        if bits.read(1)? == 1 {
            // Scaling lists: nobody who sends to a browser has them.
            return None;
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.read(1)?;
            bits.golomb()?;
            bits.golomb()?;
            for _ in 0..bits.golomb()?.min(255) {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.read(1)?;
    let width = bits.golomb()?.checked_add(1)?.checked_mul(16)?;
    let map_units = bits.golomb()?.checked_add(1)?;
    let frame_only = bits.read(1)?;
    if frame_only == 0 {
        bits.read(1)?;
    }
    let height = map_units.checked_mul(16 * (2 - frame_only))?;
    bits.read(1)?;
    let (mut crop_width, mut crop_height) = (0, 0);
    if bits.read(1)? == 1 {
        let unit_x = if matches!(chroma_format, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma_format == 1 { 2 } else { 1 } * (2 - frame_only);
        crop_width = bits.golomb()?.checked_add(bits.golomb()?)?.checked_mul(unit_x)?;
        crop_height = bits.golomb()?.checked_add(bits.golomb()?)?.checked_mul(unit_y)?;
    }
    Some((u16::try_from(width.checked_sub(crop_width)?).ok()?, u16::try_from(height.checked_sub(crop_height)?).ok()?))
}

/// Bits of a NAL unit without its emulation prevention bytes (section 7.4.1: 3 after two zeros).
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    zeros: u8,
    skip: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        if self.at.is_multiple_of(8) {
            let mut byte = *self.bytes.get(self.at / 8 + self.skip)?;
            if self.zeros >= 2 && byte == 3 {
                self.skip += 1;
                self.zeros = 0;
                byte = *self.bytes.get(self.at / 8 + self.skip)?;
            }
            self.zeros = if byte == 0 { self.zeros.saturating_add(1) } else { 0 };
        }
        let byte = *self.bytes.get(self.at / 8 + self.skip)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    fn read(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | self.bit()?))
    }

    /// `ue(v)`, section 9.1.
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1u32 << zeros) - 1 + self.read(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Baseline 3.2, 1280x720, as hardware encoders write it.
    const SPS: [u8; 13] = [0x67, 0x42, 0x80, 0x20, 0xDA, 0x01, 0x40, 0x16, 0xE8, 0x06, 0xD0, 0xA1, 0x35];

    #[test]
    fn parameter_sets_and_idr_in_one_aggregation() {
        let mut payload = vec![0x78, 0, 13];
        payload.extend(SPS);
        payload.extend([0, 4, 0x68, 0xCE, 0x3C, 0x80, 0, 3, 0x65, 0xB8, 0x00]);
        let parsed = Descriptor::parse(&payload).unwrap();
        assert!(parsed.idr && parsed.parameter_set && parsed.access_unit_start && !parsed.discardable);
        assert_eq!(parsed.resolution, Some((1280, 720)));
        assert_eq!(Descriptor::parse(&payload[..8]), None);
    }

    #[test]
    fn fragments() {
        let first = Descriptor::parse(&[0x7C, 0x85, 0x88]).unwrap();
        let middle = Descriptor::parse(&[0x7C, 0x05, 0x88]).unwrap();
        let discardable = Descriptor::parse(&[0x1C, 0x81, 0x88]).unwrap();
        assert!(first.idr && !middle.idr && !middle.discardable && discardable.discardable);
    }

    #[test]
    fn slices_and_what_mode_one_does_not_know() {
        assert_eq!(Descriptor::parse(&[0x41, 0x9A]), Some(Descriptor::default()));
        assert!(Descriptor::parse(&[0x09, 0xF0]).unwrap().access_unit_start);
        for bad in [&[][..], &[0x00], &[0x79, 0, 0], &[0x7C]] {
            assert_eq!(Descriptor::parse(bad), None);
        }
    }
}
