//! VP9: the uncompressed header (bitstream specification section 6.2), the `vpcC` of the ISO binding, and superframes.

use bytes::Bytes;
use lectern_wire::codec::bits::Bits;

use crate::format::{Format, Shape};

/// The beginning of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// 0 to 3.
    pub profile: u8,
    /// What a keyframe says about all that follow it; `None` in other frames.
    pub key: Option<Key>,
}

/// A keyframe's colours and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    bit_depth: u8,
    /// As in `vpcC`: 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4.
    chroma: u8,
    full_range: bool,
    /// Of the seven of the bitstream.
    color_space: u8,
    /// Pixels, at least 1.
    pub width: u16,
    /// Pixels, at least 1; 65,536 is refused.
    pub height: u16,
}

impl FrameHeader {
    /// Reads the first bytes of a frame; `None` if it is no VP9.
    #[must_use]
    pub fn parse(frame: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(frame);
        if bits.read(2)? != 2 {
            return None;
        }
        let profile = bits.read(1)? | bits.read(1)? << 1;
        if profile == 3 && bits.flag()? {
            return None;
        }
        let shows_existing = bits.flag()?;
        // frame_type 0 is a keyframe.
        if shows_existing || bits.flag()? {
            return Some(Self { profile: profile as u8, key: None });
        }
        bits.skip(2)?;
        if bits.read(24)? != 0x49_83_42 {
            return None;
        }
        Some(Self { profile: profile as u8, key: Some(read_key(&mut bits, profile)?) })
    }

    /// The decoder configuration that a keyframe asks for.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        let key = self.key?;
        let level = level(u32::from(key.width) * u32::from(key.height));
        let depth = key.bit_depth << 4 | key.chroma << 1 | u8::from(key.full_range);
        let [primaries, transfer, matrix] = coding_points(key.color_space);
        let record = vec![1, 0, 0, 0, self.profile, level, depth, primaries, transfer, matrix, 0, 0];
        Some(Format {
            entry: *b"vp09",
            configuration: (*b"vpcC", record.into()),
            codecs: format!("vp09.{:02}.{level:02}.{:02}", self.profile, key.bit_depth),
            shape: Shape::Video { width: key.width, height: key.height },
        })
    }
}

fn read_key(bits: &mut Bits<'_>, profile: u32) -> Option<Key> {
    let bit_depth = match profile >= 2 {
        true if bits.flag()? => 12,
        true => 10,
        false => 8,
    };
    let color_space = bits.read(3)? as u8;
    let (full_range, chroma) = if color_space == 7 {
        // RGB is in the odd profiles alone.
        bits.skip(profile & 1)?;
        if profile & 1 == 0 {
            return None;
        }
        (true, 3)
    } else {
        let full_range = bits.flag()?;
        let chroma = if profile & 1 == 0 {
            1
        } else {
            let (x, y) = (bits.flag()?, bits.flag()?);
            bits.skip(1)?;
            if x && !y { 2 } else { 3 }
        };
        (full_range, chroma)
    };
    let pixels = |less_one: u32| u16::try_from(less_one + 1).ok();
    Some(Key {
        bit_depth,
        chroma,
        full_range,
        color_space,
        width: pixels(bits.read(16)?)?,
        height: pixels(bits.read(16)?)?,
    })
}

/// The lowest level (times ten) for pictures of this size at up to 40 a second, or 60 for the larger ones.
fn level(pixels: u32) -> u8 {
    const LEVELS: [(u32, u8); 8] = [
        (36_864, 10),
        (73_728, 11),
        (122_880, 20),
        (245_760, 21),
        (552_960, 30),
        (983_040, 31),
        (2_228_224, 41),
        (8_912_896, 51),
    ];
    LEVELS.iter().find(|(size, _)| pixels <= *size).map_or(61, |(_, level)| *level)
}

/// Colour primaries, transfer characteristics and matrix coefficients (ISO/IEC 23091-2); 2 is "unspecified".
fn coding_points(color_space: u8) -> [u8; 3] {
    match color_space {
        1 | 3 => [6, 6, 6],
        2 => [1, 1, 1],
        4 => [7, 7, 7],
        5 => [9, 14, 9],
        7 => [1, 13, 0],
        _ => [2, 2, 2],
    }
}

/// One sample of all frames of a picture: several spatial layers become a superframe (bitstream specification annex B).
#[must_use]
pub fn superframe(frames: &[Vec<u8>]) -> Bytes {
    let [first, rest @ ..] = frames else { return Bytes::new() };
    if rest.is_empty() {
        return Bytes::copy_from_slice(first);
    }
    let mut out = frames.concat();
    // Three bits of frames less one; sizes of four bytes each.
    let marker = 0xC0 | 3 << 3 | (frames.len() - 1) as u8 & 7;
    out.push(marker);
    for frame in frames {
        out.extend((frame.len() as u32).to_le_bytes());
    }
    out.push(marker);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libvpx, profile 0, 640×360.
    const KEY: &[u8] = &[0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x16, 0x70, 0x38, 0x24];

    #[test]
    fn a_keyframe_tells_its_size_and_colours() {
        let header = FrameHeader::parse(KEY).unwrap();
        let format = header.format().unwrap();
        assert_eq!(format.shape, Shape::Video { width: 640, height: 360 });
        assert_eq!(format.codecs, "vp09.00.21.08");
        assert_eq!(format.configuration.1[..], [1, 0, 0, 0, 0, 21, 0x82, 2, 2, 2, 0, 0]);
        assert_eq!(FrameHeader::parse(&[0x86, 0, 0]).unwrap().key, None);
        assert_eq!(FrameHeader::parse(&KEY[..8]), None);
    }

    #[test]
    fn spatial_layers_become_a_superframe() {
        assert_eq!(superframe(&[vec![1, 2]])[..], [1, 2]);
        assert_eq!(superframe(&[vec![1, 2], vec![3]])[..], [1, 2, 3, 0xD9, 2, 0, 0, 0, 1, 0, 0, 0, 0xD9]);
    }
}
