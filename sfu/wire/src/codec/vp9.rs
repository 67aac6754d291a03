//! VP9 (RFC 9628): the payload descriptor.

/// The longest prefix that is rewritten: the first byte, a picture identifier of 15 bits, layer indices and TL0PICIDX.
pub const DESCRIPTOR_LEN_MAX: usize = 5;

/// A VP9 payload descriptor (RFC 9628 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    first: u8,
    /// 7 or 15 bits; the width decides the wrap.
    pub picture_id: Option<u16>,
    picture_id_long: bool,
    /// P: predicted from earlier pictures.
    pub inter_picture: bool,
    /// B: the first packet of a frame.
    pub start: bool,
    /// E: the last packet of a frame.
    pub end: bool,
    /// Z: no higher spatial layer refers to this frame.
    pub not_for_upper_layers: bool,
    /// TID, 0 to 7.
    pub temporal: u8,
    /// U: higher temporal layers may be added after this picture.
    pub switching_point: bool,
    /// SID, 0 to 7.
    pub spatial: u8,
    layer_byte: Option<u8>,
    /// Number of the base layer picture; only in non-flexible mode.
    pub tl0_picture_index: Option<u8>,
    /// Bytes up to here are replaced by [`Descriptor::write`]; what follows them stays.
    pub prefix_len: usize,
    /// Bytes before the VP9 payload.
    pub len: usize,
    /// From the scalability structure: width and height of each spatial layer in pixels, and how many there are.
    pub resolutions: [(u16, u16); 4],
    /// Spatial layers in the scalability structure; 0 without one.
    pub spatial_layers: u8,
}
impl Descriptor {
    /// Reads the descriptor at the start of an RTP payload; `None` if it is truncated or nothing follows it.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: payload };
        let first = reader.byte()?;
        let flexible = first & 0x10 != 0;
        let (mut picture_id, mut picture_id_long) = (None, false);
        if first & 0x80 != 0 {
            let high = reader.byte()?;
            picture_id_long = high & 0x80 != 0;
            picture_id = Some(if picture_id_long {
                u16::from(high & 0x7F) << 8 | u16::from(reader.byte()?)
            } else {
                u16::from(high)
            });
        }
        let (mut layer_byte, mut tl0_picture_index) = (None, None);
        if first & 0x20 != 0 {
            layer_byte = Some(reader.byte()?);
            if !flexible {
                tl0_picture_index = Some(reader.byte()?);
            }
        }
        let prefix_len = payload.len() - reader.rest.len();
        let inter_picture = first & 0x40 != 0;
        if flexible && inter_picture {
            // RFC 9628 section 4.2: P_DIFF "MUST be present for up to 3 times", N says whether another follows.
            for _ in 0..3 {
                if reader.byte()? & 1 == 0 {
                    break;
                }
            }
        }
        let layer = layer_byte.unwrap_or(0);
        let mut parsed = Self {
            first,
            picture_id,
            picture_id_long,
            inter_picture,
            start: first & 0x08 != 0,
            end: first & 0x04 != 0,
            not_for_upper_layers: first & 0x01 != 0,
            temporal: layer >> 5,
            switching_point: layer & 0x10 != 0,
            spatial: layer >> 1 & 0x07,
            layer_byte,
            tl0_picture_index,
            prefix_len,
            len: 0,
            resolutions: [(0, 0); 4],
            spatial_layers: 0,
        };
        if first & 0x02 != 0 {
            parsed.read_structure(&mut reader)?;
        }
        parsed.len = payload.len() - reader.rest.len();
        (!reader.rest.is_empty()).then_some(parsed)
    }

    /// A frame of the lowest layer that refers to no earlier picture: the whole picture is a keyframe.
    #[must_use]
    pub fn keyframe(&self) -> bool {
        self.start && !self.inter_picture && self.spatial == 0
    }

    /// Writes the first [`Descriptor::prefix_len`] bytes anew, with a picture identifier of 15 bits; the values are
    /// placeholders until [`Rewrite::apply`].
    #[must_use]
    pub fn write(&self) -> (arrayvec::ArrayVec<u8, DESCRIPTOR_LEN_MAX>, Rewrite) {
        let mut out = arrayvec::ArrayVec::new();
        let mut rewrite = Rewrite::default();
        out.push(self.first);
        if self.picture_id.is_some() {
            rewrite.picture_id_at = 1;
            out.extend([0x80, 0]);
        }
        out.extend(self.layer_byte);
        if let Some(index) = self.tl0_picture_index {
            rewrite.tl0_at = u8::try_from(out.len()).unwrap_or(0);
            out.push(index);
        }
        (out, rewrite)
    }

    /// Whether [`Descriptor::picture_id`] wraps at 15 bits rather than 7.
    #[must_use]
    pub fn picture_id_is_long(&self) -> bool {
        self.picture_id_long
    }

    /// RFC 9628 section 4.2.1.
    fn read_structure(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let head = reader.byte()?;
        self.spatial_layers = (head >> 5) + 1;
        if head & 0x10 != 0 {
            for layer in 0..usize::from(self.spatial_layers) {
                let size = (reader.word()?, reader.word()?);
                if let Some(resolution) = self.resolutions.get_mut(layer) {
                    *resolution = size;
                }
            }
        }
        if head & 0x08 != 0 {
            for _ in 0..reader.byte()? {
                let references = reader.byte()? >> 2 & 0x03;
                for _ in 0..references {
                    reader.byte()?;
                }
            }
        }
        Some(())
    }
}

/// Where the numbers stand in a written prefix; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Two bytes.
    pub picture_id_at: u8,
    /// One byte.
    pub tl0_at: u8,
}

impl Rewrite {
    /// Puts numbers into a prefix written by [`Descriptor::write`].
    #[inline]
    pub fn apply(self, prefix: &mut [u8], picture_id: u16, tl0_picture_index: u8) {
        if self.picture_id_at != 0
            && let Some(bytes) = prefix.get_mut(1..3)
        {
            bytes.copy_from_slice(&(picture_id | 0x8000).to_be_bytes());
        }
        if self.tl0_at != 0
            && let Some(byte) = prefix.get_mut(usize::from(self.tl0_at))
        {
            *byte = tl0_picture_index;
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from(self.byte()?) << 8 | u16::from(self.byte()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libwebrtc, non-flexible, keyframe of layer 0 of 3 with a scalability structure (320x180, 640x360, 1280x720; one
    /// group of pictures entry).
    const KEYFRAME: [u8; 23] = [
        0xAE, 0x81, 0x02, 0x10, 0x05, 0x58, 0x01, 0x40, 0x00, 0xB4, 0x02, 0x80, 0x01, 0x68, 0x05, 0x00, 0x02, 0xD0,
        0x01, 0x14, 0x01, 0xAA, 0xBB,
    ];

    #[test]
    fn keyframe_with_its_structure() {
        let parsed = Descriptor::parse(&KEYFRAME).unwrap();
        assert!(parsed.start && parsed.end && parsed.keyframe());
        assert_eq!((parsed.picture_id, parsed.picture_id_is_long()), (Some(0x102), true));
        assert_eq!((parsed.temporal, parsed.spatial, parsed.switching_point), (0, 0, true));
        assert_eq!(parsed.tl0_picture_index, Some(5));
        assert_eq!(parsed.spatial_layers, 3);
        assert_eq!(parsed.resolutions[2], (1280, 720));
        assert_eq!(parsed.prefix_len, 5);
    }

    #[test]
    fn delta_frame_of_an_upper_layer_in_flexible_mode() {
        // I P L F B E: picture 0x11 (7 bits), TID 1 SID 2 D, one reference 4 back with N, another 8 back.
        let parsed = Descriptor::parse(&[0xFC, 0x11, 0x25, 0x09, 0x10, 0xAA]).unwrap();
        assert!(parsed.inter_picture && !parsed.keyframe() && parsed.start && parsed.end);
        assert_eq!((parsed.picture_id, parsed.picture_id_is_long()), (Some(0x11), false));
        assert_eq!((parsed.temporal, parsed.spatial, parsed.tl0_picture_index), (1, 2, None));
        assert_eq!(parsed.prefix_len, 3);
    }

    #[test]
    fn rewritten_numbers_are_read_back() {
        for payload in [&KEYFRAME[..], &[0xFC, 0x11, 0x25, 0x09, 0x10, 0xAA]] {
            let before = Descriptor::parse(payload).unwrap();
            let (mut prefix, rewrite) = before.write();
            rewrite.apply(&mut prefix, 0x7ABC, 250);
            let bytes = [&prefix[..], &payload[before.prefix_len..]].concat();
            let after = Descriptor::parse(&bytes).unwrap();
            assert_eq!(after.picture_id, Some(0x7ABC));
            assert_eq!(after.tl0_picture_index, before.tl0_picture_index.map(|_| 250));
            assert_eq!((after.spatial, after.temporal, after.end), (before.spatial, before.temporal, before.end));
            assert_eq!(after.resolutions, before.resolutions);
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        for len in 0..KEYFRAME.len() - 2 {
            assert_eq!(Descriptor::parse(&KEYFRAME[..len]), None, "{len}");
        }
    }
}
