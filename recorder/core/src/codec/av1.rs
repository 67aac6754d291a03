//! AV1: open bitstream units (specification section 5.3), the sequence header (5.5) and the `av1C` of the ISO binding.

use bytes::Bytes;
use lectern_wire::codec::bits::Bits;

use crate::format::{Format, Shape};

/// Types of open bitstream units (specification section 6.2.2).
pub mod obu {
    /// What a decoder must know first.
    pub const SEQUENCE_HEADER: u8 = 1;
    /// Begins a temporal unit; not kept in samples.
    pub const TEMPORAL_DELIMITER: u8 = 2;
    /// The header of a frame, without tiles.
    pub const FRAME_HEADER: u8 = 3;
    /// The header of a frame, and tiles.
    pub const FRAME: u8 = 6;
    /// "Must be ignored by receivers" of RTP (section 5 of the payload format).
    pub const TILE_LIST: u8 = 8;
    /// Stuffing.
    pub const PADDING: u8 = 15;
}

/// One unit: its header without a size, and its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obu<'a> {
    /// 0 to 15.
    pub kind: u8,
    /// One byte, or two with an extension; `obu_has_size_field` is 0.
    head: [u8; 2],
    head_len: usize,
    /// What follows the header and the size.
    pub payload: &'a [u8],
}

impl<'a> Obu<'a> {
    /// The first unit, and what follows it. A unit without a size takes all. `None` if it is cut or forbidden.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let first = *bytes.first()?;
        if first & 0x80 != 0 {
            return None;
        }
        let head_len = if first & 0x04 != 0 { 2 } else { 1 };
        let (head, rest) = bytes.split_at_checked(head_len)?;
        let (len, rest) = if first & 0x02 == 0 { (rest.len(), rest) } else { leb128(rest)? };
        let (payload, after) = rest.split_at_checked(len)?;
        let head = [first & !0x02, head.get(1).copied().unwrap_or(0)];
        Some((Self { kind: first >> 3 & 0x0F, head, head_len, payload }, after))
    }

    /// Writes it with a size, as samples want it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(self.head[0] | 0x02);
        out.extend_from_slice(&self.head[1..self.head_len]);
        push_leb128(out, self.payload.len());
        out.extend_from_slice(self.payload);
    }
}

/// A size of one to four bytes (specification section 4.10.5), and what follows it.
#[must_use]
pub fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn push_leb128(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What of a sequence header a file tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SequenceHeader {
    profile: u8,
    level: u8,
    tier: u8,
    high_bitdepth: bool,
    twelve_bit: bool,
    monochrome: bool,
    subsampling: (bool, bool),
    sample_position: u8,
    width: u16,
    height: u16,
}

impl SequenceHeader {
    /// Reads the payload of a unit of type [`obu::SEQUENCE_HEADER`]; `None` if it is malformed.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let mut header = Self { profile: bits.read(3)? as u8, ..Self::default() };
        bits.skip(1)?;
        let reduced = bits.flag()?;
        if reduced {
            header.level = bits.read(5)? as u8;
        } else {
            header.read_operating_points(&mut bits)?;
        }
        let (width_bits, height_bits) = (bits.read(4)? + 1, bits.read(4)? + 1);
        header.width = u16::try_from(bits.read(width_bits)? + 1).ok()?;
        header.height = u16::try_from(bits.read(height_bits)? + 1).ok()?;
        if !reduced && bits.flag()? {
            bits.skip(7)?;
        }
        bits.skip(3)?;
        if !reduced {
            skip_tools(&mut bits)?;
        }
        bits.skip(3)?;
        header.read_color(&mut bits)?;
        Some(header)
    }

    /// The decoder configuration; `unit` is the sequence header itself.
    #[must_use]
    pub fn format(&self, unit: &Obu<'_>) -> Format {
        let flags = u8::from(self.high_bitdepth) << 6
            | u8::from(self.twelve_bit) << 5
            | u8::from(self.monochrome) << 4
            | u8::from(self.subsampling.0) << 3
            | u8::from(self.subsampling.1) << 2
            | self.sample_position;
        let mut record = vec![0x81, self.profile << 5 | self.level, self.tier << 7 | flags, 0];
        unit.write(&mut record);
        let depth = if self.twelve_bit { 12 } else { 8 + 2 * u8::from(self.high_bitdepth) };
        let tier = if self.tier == 0 { 'M' } else { 'H' };
        Format {
            entry: *b"av01",
            configuration: (*b"av1C", record.into()),
            codecs: format!("av01.{}.{:02}{tier}.{depth:02}", self.profile, self.level),
            shape: Shape::Video { width: self.width, height: self.height },
        }
    }

    fn read_operating_points(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let mut delay_bits = None;
        if bits.flag()? {
            bits.skip(64)?;
            if bits.flag()? {
                bits.golomb()?;
            }
            if bits.flag()? {
                delay_bits = Some(bits.read(5)? + 1);
                bits.skip(32 + 5 + 5)?;
            }
        }
        let display_delay = bits.flag()?;
        for point in 0..=bits.read(5)? {
            bits.skip(12)?;
            let level = bits.read(5)? as u8;
            let tier = if level > 7 { bits.read(1)? as u8 } else { 0 };
            // The first operating point is the whole stream.
            if point == 0 {
                (self.level, self.tier) = (level, tier);
            }
            if let Some(delay_bits) = delay_bits
                && bits.flag()?
            {
                bits.skip(2 * delay_bits + 1)?;
            }
            if display_delay && bits.flag()? {
                bits.skip(4)?;
            }
        }
        Some(())
    }

    /// `color_config` (section 5.5.2).
    fn read_color(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        self.high_bitdepth = bits.flag()?;
        self.twelve_bit = self.profile == 2 && self.high_bitdepth && bits.flag()?;
        self.monochrome = self.profile != 1 && bits.flag()?;
        let points = if bits.flag()? { [bits.read(8)?, bits.read(8)?, bits.read(8)?] } else { [2, 2, 2] };
        if self.monochrome {
            self.subsampling = (true, true);
            return bits.skip(1);
        }
        // BT.709, sRGB, identity: RGB without subsampling.
        if points == [1, 13, 0] {
            return Some(());
        }
        bits.skip(1)?;
        self.subsampling = match self.profile {
            0 => (true, true),
            1 => (false, false),
            _ if self.twelve_bit => {
                let x = bits.flag()?;
                (x, x && bits.flag()?)
            }
            _ => (true, false),
        };
        if self.subsampling == (true, true) {
            self.sample_position = bits.read(2)? as u8;
        }
        Some(())
    }
}

/// From `enable_interintra_compound` to `order_hint_bits_minus_1`.
fn skip_tools(bits: &mut Bits<'_>) -> Option<()> {
    bits.skip(4)?;
    let order_hint = bits.flag()?;
    if order_hint {
        bits.skip(2)?;
    }
    let screen_content = if bits.flag()? { true } else { bits.flag()? };
    // seq_choose_integer_mv, and the motion vectors' precision if it is not chosen frame by frame.
    if screen_content && !bits.flag()? {
        bits.skip(1)?;
    }
    if order_hint {
        bits.skip(3)?;
    }
    Some(())
}

/// A sequence header as its bytes, to be compared with the next one.
#[must_use]
pub fn sequence_bytes(unit: &Obu<'_>) -> Bytes {
    let mut bytes = Vec::new();
    unit.write(&mut bytes);
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libaom, profile 0, 640×360, with its size.
    const SEQUENCE: &[u8] = &[0x0a, 0x0b, 0x00, 0x00, 0x00, 0x24, 0xc4, 0xff, 0xdf, 0x00, 0x68, 0x02, 0x00];

    #[test]
    fn units_lose_and_regain_their_size() {
        let (unit, rest) = Obu::parse(SEQUENCE).unwrap();
        assert_eq!((unit.kind, unit.payload.len(), rest.len()), (obu::SEQUENCE_HEADER, 11, 0));
        assert_eq!(sequence_bytes(&unit)[..], *SEQUENCE);
        assert_eq!(Obu::parse(&[0x0a, 0x0b, 0]), None);
        assert_eq!(Obu::parse(&[0x80]), None);
    }

    #[test]
    fn what_is_cut_is_none() {
        for len in 0..6 {
            assert_eq!(SequenceHeader::parse(&SEQUENCE[2..2 + len]), None);
        }
    }
}
