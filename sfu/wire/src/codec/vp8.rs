//! VP8 (RFC 7741): the payload descriptor and the first bytes of a frame.

/// The longest prefix of a payload that [`Descriptor::write`] produces: one byte, the extension byte, a 15-bit picture
/// identifier, TL0PICIDX and TID/KEYIDX.
pub const DESCRIPTOR_LEN_MAX: usize = 6;

/// A VP8 payload descriptor (RFC 7741 section 4.2) and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// N: no other frame refers to this one.
    pub non_reference: bool,
    /// First packet of a frame: S is set and the partition index is 0.
    pub start: bool,
    /// S and PID, as they stand in the first byte.
    partition: u8,
    /// 7 or 15 bits.
    pub picture_id: Option<PictureId>,
    /// Number of the base layer frame, wraps at 8 bits.
    pub tl0_picture_index: Option<u8>,
    /// Temporal layer, 0 to 3, and Y ("layer sync": depends on the base layer only).
    pub temporal: Option<(u8, bool)>,
    /// 5 bits, counts keyframes.
    pub key_index: Option<u8>,
    /// Bytes before the VP8 payload.
    pub len: usize,
    /// This packet starts a keyframe.
    pub keyframe: bool,
    /// Width and height in pixels; only in the first packet of a keyframe.
    pub resolution: Option<(u16, u16)>,
}

/// A picture identifier and its width on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureId {
    /// M = 0.
    Short(u8),
    /// M = 1.
    Long(u16),
}

impl Descriptor {
    /// Reads the descriptor at the start of an RTP payload; `None` if it is truncated or nothing follows it.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut next = || {
            let byte = payload.get(at).copied();
            at += 1;
            byte
        };
        let (mut picture_id, mut tl0_picture_index, mut temporal, mut key_index) = (None, None, None, None);
        if first & 0x80 != 0 {
            let present = next()?;
            if present & 0x80 != 0 {
                let high = next()?;
                picture_id = Some(if high & 0x80 != 0 {
                    PictureId::Long(u16::from(high & 0x7F) << 8 | u16::from(next()?))
                } else {
                    PictureId::Short(high)
                });
            }
            if present & 0x40 != 0 {
                tl0_picture_index = Some(next()?);
            }
            if present & 0x30 != 0 {
                let byte = next()?;
                temporal = (present & 0x20 != 0).then_some((byte >> 6, byte & 0x20 != 0));
                key_index = (present & 0x10 != 0).then_some(byte & 0x1F);
            }
        }
        let frame = payload.get(at..).filter(|frame| !frame.is_empty())?;
        let start = first & 0x17 == 0x10;
        // RFC 7741 section 4.3: P is the lowest bit of the payload header, 0 in a keyframe.
        let keyframe = start && frame[0] & 1 == 0;
        Some(Self {
            non_reference: first & 0x20 != 0,
            start,
            partition: first & 0x1F,
            picture_id,
            tl0_picture_index,
            temporal,
            key_index,
            len: at,
            keyframe,
            resolution: if keyframe { resolution(frame) } else { None },
        })
    }

    /// Writes the descriptor with a picture identifier of 15 bits, whatever its width was: 7 bits cannot stay
    /// continuous over a change to a sender of 15. The values are placeholders until [`Rewrite::apply`].
    #[must_use]
    pub fn write(&self) -> (arrayvec::ArrayVec<u8, DESCRIPTOR_LEN_MAX>, Rewrite) {
        let mut out = arrayvec::ArrayVec::new();
        let mut rewrite = Rewrite::default();
        let extended = self.picture_id.is_some()
            || self.tl0_picture_index.is_some()
            || self.temporal.is_some()
            || self.key_index.is_some();
        out.push(u8::from(extended) << 7 | u8::from(self.non_reference) << 5 | self.partition);
        if !extended {
            return (out, rewrite);
        }
        out.push(
            u8::from(self.picture_id.is_some()) << 7
                | u8::from(self.tl0_picture_index.is_some()) << 6
                | u8::from(self.temporal.is_some()) << 5
                | u8::from(self.key_index.is_some()) << 4,
        );
        if self.picture_id.is_some() {
            rewrite.picture_id_at = offset(&out);
            out.extend([0x80, 0]);
        }
        if let Some(index) = self.tl0_picture_index {
            rewrite.tl0_at = offset(&out);
            out.push(index);
        }
        if self.temporal.is_some() || self.key_index.is_some() {
            let (layer, sync) = self.temporal.unwrap_or_default();
            if self.key_index.is_some() {
                rewrite.key_index_at = offset(&out);
            }
            out.push(layer << 6 | u8::from(sync) << 5 | self.key_index.unwrap_or(0));
        }
        (out, rewrite)
    }
}

fn offset<const N: usize>(out: &arrayvec::ArrayVec<u8, N>) -> u8 {
    u8::try_from(out.len()).unwrap_or(0)
}

/// Where the numbers stand in a written descriptor; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Two bytes.
    pub picture_id_at: u8,
    /// One byte.
    pub tl0_at: u8,
    /// The lower five bits of this byte.
    pub key_index_at: u8,
}

impl Rewrite {
    /// Puts numbers into a descriptor written by [`Descriptor::write`].
    #[inline]
    pub fn apply(self, descriptor: &mut [u8], picture_id: u16, tl0_picture_index: u8, key_index: u8) {
        if self.picture_id_at != 0 {
            let at = usize::from(self.picture_id_at);
            if let Some(bytes) = descriptor.get_mut(at..at + 2) {
                bytes.copy_from_slice(&(picture_id | 0x8000).to_be_bytes());
            }
        }
        if self.tl0_at != 0
            && let Some(byte) = descriptor.get_mut(usize::from(self.tl0_at))
        {
            *byte = tl0_picture_index;
        }
        if self.key_index_at != 0
            && let Some(byte) = descriptor.get_mut(usize::from(self.key_index_at))
        {
            *byte = *byte & 0xE0 | key_index & 0x1F;
        }
    }
}

/// RFC 6386 section 9.1: after the frame tag and the start code stand 14 bits of width and of height, with two bits of
/// scaling above each.
fn resolution(frame: &[u8]) -> Option<(u16, u16)> {
    let head = frame.first_chunk::<10>()?;
    (head[3..6] == [0x9D, 0x01, 0x2A])
        .then(|| (u16::from_le_bytes([head[6], head[7]]) & 0x3FFF, u16::from_le_bytes([head[8], head[9]]) & 0x3FFF))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First packet of a keyframe as libwebrtc sends it: 15-bit picture id 0x1234, TL0PICIDX 7, TID 0, KEYIDX 3, 640x480.
    const KEYFRAME: [u8; 17] =
        [0x90, 0xF0, 0x92, 0x34, 0x07, 0x03, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01, 0x00];

    #[test]
    fn keyframe_of_libwebrtc() {
        let parsed = Descriptor::parse(&KEYFRAME).unwrap();
        assert!(parsed.start && parsed.keyframe && !parsed.non_reference);
        assert_eq!(parsed.picture_id, Some(PictureId::Long(0x1234)));
        assert_eq!(parsed.tl0_picture_index, Some(7));
        assert_eq!(parsed.temporal, Some((0, false)));
        assert_eq!(parsed.key_index, Some(3));
        assert_eq!(parsed.len, 6);
        assert_eq!(parsed.resolution, Some((640, 480)));
    }

    #[test]
    fn delta_frames_and_later_partitions_are_no_keyframes() {
        // RFC 7741 section 4.6.3: a delta frame with a 7-bit picture identifier.
        let delta = Descriptor::parse(&[0x90, 0x80, 0x11, 0x01, 0x00]).unwrap();
        assert_eq!((delta.start, delta.keyframe, delta.picture_id), (true, false, Some(PictureId::Short(0x11))));
        let middle = Descriptor::parse(&[0x00, 0x10]).unwrap();
        assert_eq!((middle.start, middle.keyframe, middle.len), (false, false, 1));
        let second_partition = Descriptor::parse(&[0x11, 0x10]).unwrap();
        assert!(!second_partition.start && !second_partition.keyframe);
    }

    #[test]
    fn rewritten_numbers_are_read_back() {
        let short = [0x90, 0xF0, 0x12, 0x07, 0xA3, 0x01, 0x00];
        for payload in [&KEYFRAME[..], &short] {
            let before = Descriptor::parse(payload).unwrap();
            let (mut bytes, rewrite) = before.write();
            rewrite.apply(&mut bytes, 0x7FFF, 200, 31);
            let after = Descriptor::parse(&[&bytes[..], &[0x01]].concat()).unwrap();
            assert_eq!(after.picture_id, Some(PictureId::Long(0x7FFF)));
            assert_eq!((after.tl0_picture_index, after.key_index), (Some(200), Some(31)));
            assert_eq!((after.temporal, after.start), (before.temporal, before.start));
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        for len in 0..=6 {
            assert_eq!(Descriptor::parse(&KEYFRAME[..len]), None, "{len}");
        }
    }
}
