//! The mark at the end of every synthetic payload: who sent it, in which order, and when.
//!
//! Servers rewrite headers and the head of a payload (codec descriptors), never its tail, so a receiver that decrypts
//! finds the publisher's own numbering there and needs to trust nobody's.

/// Bytes that a stamp takes.
pub const STAMP_LEN: usize = 24;
/// Bytes before the stamp that are filled from its sequence number, where the payload has as many, and checked.
pub const FILL_LEN: usize = 64;
const MAGIC: [u8; 4] = *b"LTs1";

/// What the mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Which of the publisher's streams: [`AUDIO_STREAM`], or the index of the simulcast layer.
    pub stream: u8,
    /// The frame is a keyframe.
    pub keyframe: bool,
    /// The first packet of its frame.
    pub first: bool,
    /// The last packet of its frame.
    pub last: bool,
    /// Counts this stream's packets.
    pub packet: u32,
    /// Counts this stream's frames.
    pub frame: u32,
    /// When it was sent, µs on this process' clock.
    pub sent_us: u64,
}

/// The `stream` of audio.
pub const AUDIO_STREAM: u8 = 0xff;

impl Stamp {
    /// Write the stamp over the last [`STAMP_LEN`] bytes of `payload`, and fill up to [`FILL_LEN`] bytes before it, but none
    /// of the first `keep`.
    ///
    /// # Panics
    /// If `payload` is shorter than `keep` and the stamp together.
    pub fn write(&self, payload: &mut [u8], keep: usize) {
        let end = payload.len() - STAMP_LEN;
        assert!(end >= keep, "no room for a stamp");
        let start = keep.max(end.saturating_sub(FILL_LEN));
        let fill_len = (end - start) as u8;
        fill(self.packet, &mut payload[start..end]);
        let stamp = &mut payload[end..];
        stamp[0..4].copy_from_slice(&MAGIC);
        stamp[4] = self.stream;
        stamp[5] = u8::from(self.keyframe) | u8::from(self.first) << 1 | u8::from(self.last) << 2;
        stamp[6] = fill_len;
        stamp[7] = 0;
        stamp[8..12].copy_from_slice(&self.packet.to_be_bytes());
        stamp[12..16].copy_from_slice(&self.frame.to_be_bytes());
        stamp[16..24].copy_from_slice(&self.sent_us.to_be_bytes());
    }

    /// Read the stamp of a payload and compare the bytes before it. `None`: there is none, or the payload was damaged.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let (body, stamp) = payload.split_last_chunk::<STAMP_LEN>()?;
        if stamp[0..4] != MAGIC {
            return None;
        }
        let packet = u32::from_be_bytes(stamp[8..12].try_into().ok()?);
        let fill_len = usize::from(stamp[6]);
        let found = body.get(body.len().checked_sub(fill_len)?..)?;
        let mut expected = [0; FILL_LEN];
        let expected = expected.get_mut(..fill_len)?;
        fill(packet, expected);
        (found == expected).then_some(Self {
            stream: stamp[4],
            keyframe: stamp[5] & 1 != 0,
            first: stamp[5] & 2 != 0,
            last: stamp[5] & 4 != 0,
            packet,
            frame: u32::from_be_bytes(stamp[12..16].try_into().ok()?),
            sent_us: u64::from_be_bytes(stamp[16..24].try_into().ok()?),
        })
    }
}

/// Bytes that differ from packet to packet and within one.
fn fill(packet: u32, bytes: &mut [u8]) {
    let mut state = packet.wrapping_mul(0x9e37_79b9) | 1;
    for byte in bytes {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = state as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp =
        Stamp { stream: 2, keyframe: true, first: true, last: false, packet: 77, frame: 9, sent_us: 123_456_789 };

    #[test]
    fn a_stamp_is_read_as_it_was_written_whatever_stands_before_it() {
        for len in [STAMP_LEN + 4, STAMP_LEN + FILL_LEN, 1041] {
            let mut payload = vec![0xaa; len];
            STAMP.write(&mut payload, 4);
            assert_eq!(payload[..4], [0xaa; 4]);
            // A server replaced the descriptor by a longer one.
            let mut rewritten = vec![1, 2, 3, 4, 5, 6];
            rewritten.extend_from_slice(&payload[4..]);
            assert_eq!(Stamp::read(&rewritten), Some(STAMP));
        }
    }

    #[test]
    fn damage_is_noticed() {
        let mut payload = vec![0; 200];
        STAMP.write(&mut payload, 4);
        for at in 200 - STAMP_LEN - FILL_LEN..200 - STAMP_LEN + 4 {
            let mut damaged = payload.clone();
            damaged[at] ^= 0x40;
            assert_eq!(Stamp::read(&damaged), None, "byte {at}");
        }
        assert_eq!(Stamp::read(&payload[..10]), None);
        assert_eq!(Stamp::read(&payload[..199]), None);
    }
}
