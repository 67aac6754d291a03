//! Sequence parameter sets of H.264 (section 7.3.2.1.1).

use super::bits::Bits;

/// What a set says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sps {
    /// Its `seq_parameter_set_id`, under 32.
    pub number: u32,
    /// `chroma_format_idc`: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    pub chroma_format: u8,
    /// `bit_depth_luma_minus8`.
    pub luma_depth: u8,
    /// `bit_depth_chroma_minus8`.
    pub chroma_depth: u8,
    /// Pixels, cropped, at least 1.
    pub width: u16,
    /// Pixels, cropped, at least 1.
    pub height: u16,
}

impl Sps {
    /// Reads a NAL unit of type 7; `None` if it is malformed.
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

/// A NAL unit without its emulation prevention bytes (section 7.4.1: a 3 after two zeros).
#[must_use]
pub fn unescaped(unit: &[u8]) -> Vec<u8> {
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

    #[test]
    fn a_cropped_picture_has_the_size_that_is_shown() {
        let sps = Sps::parse(SPS).unwrap();
        assert_eq!((sps.width, sps.height, sps.chroma_format), (640, 360, 1));
    }

    #[test]
    fn what_is_cut_is_none() {
        for len in 0..10 {
            assert_eq!(Sps::parse(&SPS[..len]), None, "{len}");
        }
    }
}
