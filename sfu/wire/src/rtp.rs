//! RTP packets (RFC 3550 section 5.1) and their header extensions (RFC 8285): a view of received bytes and a writer.
//!
//! The view borrows, allocates nothing and never panics: everything that it hands out was bounds-checked by
//! [`Packet::parse`]. Payload formats are no concern of this module; redundancy (RFC 2198) passes through as it is,
//! except for [`red_primary`], which finds the newest block for peers that do not know the format.

/// The fixed part of an RTP header.
pub const HEADER_LEN: usize = 12;

/// RFC 8285 section 4.2: "the 16-bit fixed bit pattern for the one-byte header extension is 0xBEDE".
const PROFILE_ONE_BYTE: u16 = 0xBEDE;
/// RFC 8285 section 4.3: "the 12-bit pattern is 0x100", followed by four application bits.
const PROFILE_TWO_BYTE: u16 = 0x1000;

/// Why bytes are not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Shorter than its header says.
    #[error("truncated RTP packet")]
    Truncated,
    /// A version other than 2.
    #[error("not RTP version 2")]
    Version,
    /// A padding count of zero, or beyond the payload.
    #[error("invalid RTP padding")]
    Padding,
}

/// A received RTP packet.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Last packet of a video frame, or first of a talk spurt.
    pub marker: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// 16 bits, wraps.
    pub sequence_number: u16,
    /// In units of the payload type's clock, wraps.
    pub timestamp: u32,
    /// The synchronisation source.
    pub ssrc: u32,
    /// Header extensions.
    pub extensions: Extensions<'a>,
    /// Without padding.
    pub payload: &'a [u8],
    /// Bytes of padding that followed the payload, the count included.
    pub padding: u8,
}

impl<'a> Packet<'a> {
    /// Reads a packet that is no longer, or not yet, encrypted.
    ///
    /// # Errors
    /// See [`RtpError`]; drop the packet.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RtpError> {
        let fixed = bytes.first_chunk::<HEADER_LEN>().ok_or(RtpError::Truncated)?;
        if fixed[0] >> 6 != 2 {
            return Err(RtpError::Version);
        }
        let csrc_len = usize::from(fixed[0] & 0x0F) * 4;
        let mut rest = bytes.get(HEADER_LEN + csrc_len..).ok_or(RtpError::Truncated)?;
        let mut extensions = Extensions::default();
        if fixed[0] & 0x10 != 0 {
            let head = rest.first_chunk::<4>().ok_or(RtpError::Truncated)?;
            let len = usize::from(u16::from_be_bytes([head[2], head[3]])) * 4;
            let block = rest.get(4..4 + len).ok_or(RtpError::Truncated)?;
            extensions = Extensions { profile: u16::from_be_bytes([head[0], head[1]]), block };
            rest = &rest[4 + len..];
        }
        let mut padding = 0;
        if fixed[0] & 0x20 != 0 {
            padding = *rest.last().ok_or(RtpError::Padding)?;
            if padding == 0 || usize::from(padding) > rest.len() {
                return Err(RtpError::Padding);
            }
        }
        Ok(Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7F,
            sequence_number: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
            extensions,
            payload: &rest[..rest.len() - usize::from(padding)],
            padding,
        })
    }
}

/// The header extensions of a packet, in either of the forms of RFC 8285.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extensions<'a> {
    profile: u16,
    block: &'a [u8],
}

impl<'a> Extensions<'a> {
    /// The first extension with this identifier. Identifier 0 ("not negotiated") is never found.
    #[must_use]
    pub fn find(&self, id: u8) -> Option<&'a [u8]> {
        if id == 0 {
            return None;
        }
        self.iter().find(|(found, _)| *found == id).map(|(_, data)| data)
    }

    /// All extensions in order; ends at the first malformed one.
    #[must_use]
    pub fn iter(&self) -> ExtensionIter<'a> {
        let form = match self.profile {
            PROFILE_ONE_BYTE => Form::OneByte,
            profile if profile & 0xFFF0 == PROFILE_TWO_BYTE => Form::TwoByte,
            _ => return ExtensionIter { form: Form::OneByte, rest: &[] },
        };
        ExtensionIter { form, rest: self.block }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    OneByte,
    TwoByte,
}

/// Iterator of [`Extensions::iter`]: identifier and data.
#[derive(Clone, Debug)]
pub struct ExtensionIter<'a> {
    form: Form,
    rest: &'a [u8],
}

impl<'a> Iterator for ExtensionIter<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (&first, after) = self.rest.split_first()?;
            if first == 0 {
                self.rest = after;
                continue;
            }
            let (id, len, data) = match self.form {
                // RFC 8285 section 4.2: identifier 15 is reserved, "processing of the extensions stops".
                Form::OneByte if first >> 4 == 15 => return None,
                Form::OneByte => (first >> 4, usize::from(first & 0x0F) + 1, after),
                Form::TwoByte => {
                    let (&len, data) = after.split_first()?;
                    (first, usize::from(len), data)
                }
            };
            if len > data.len() {
                self.rest = &[];
                return None;
            }
            let (value, rest) = data.split_at(len);
            self.rest = rest;
            if id != 0 {
                return Some((id, value));
            }
        }
    }
}

/// What [`write_header`] writes into the fixed part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Last packet of a frame.
    pub marker: bool,
    /// Padding follows the payload.
    pub padding: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// 16 bits.
    pub sequence_number: u16,
    /// In units of the payload type's clock.
    pub timestamp: u32,
    /// The synchronisation source.
    pub ssrc: u32,
}

/// Writes a header with `extensions` and says how long it is. One-byte form where it fits, else two-byte form (a peer
/// that offers an extension which may exceed 16 bytes has to offer `extmap-allow-mixed`). Extensions with identifier 0
/// are left out. `None` if `out` is too short or an extension is longer than 255 bytes.
#[must_use]
pub fn write_header(header: &Header, extensions: &[(u8, &[u8])], out: &mut [u8]) -> Option<usize> {
    let fixed = out.first_chunk_mut::<HEADER_LEN>()?;
    fixed[0] = 0x80 | u8::from(header.padding) << 5;
    fixed[1] = u8::from(header.marker) << 7 | header.payload_type & 0x7F;
    fixed[2..4].copy_from_slice(&header.sequence_number.to_be_bytes());
    fixed[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
    fixed[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
    if extensions.iter().all(|(id, _)| *id == 0) {
        return Some(HEADER_LEN);
    }
    fixed[0] |= 0x10;
    let written = write_extensions(extensions, &mut out[HEADER_LEN..])?;
    Some(HEADER_LEN + written)
}

/// Writes an extension block (RFC 8285), profile and length first, padded to words.
fn write_extensions(extensions: &[(u8, &[u8])], out: &mut [u8]) -> Option<usize> {
    let one_byte = extensions.iter().all(|(id, data)| *id < 15 && (1..=16).contains(&data.len()) || *id == 0);
    let mut at = 4;
    for (id, data) in extensions.iter().filter(|(id, _)| *id != 0) {
        let len = u8::try_from(data.len()).ok()?;
        if one_byte {
            *out.get_mut(at)? = id << 4 | (len - 1);
            at += 1;
        } else {
            out.get_mut(at..at + 2)?.copy_from_slice(&[*id, len]);
            at += 2;
        }
        out.get_mut(at..at + data.len())?.copy_from_slice(data);
        at += data.len();
    }
    let padded = at.next_multiple_of(4);
    out.get_mut(at..padded)?.fill(0);
    let words = u16::try_from((padded - 4) / 4).ok()?;
    let profile = if one_byte { PROFILE_ONE_BYTE } else { PROFILE_TWO_BYTE };
    out.get_mut(..2)?.copy_from_slice(&profile.to_be_bytes());
    out.get_mut(2..4)?.copy_from_slice(&words.to_be_bytes());
    Some(padded)
}

/// The newest block of a RED payload (RFC 2198 section 3) and its payload type. `None` if the payload is malformed.
#[must_use]
pub fn red_primary(payload: &[u8]) -> Option<(u8, &[u8])> {
    let mut at = 0;
    let mut redundant_len = 0;
    loop {
        let first = *payload.get(at)?;
        if first & 0x80 == 0 {
            return Some((first & 0x7F, payload.get(at + 1 + redundant_len..)?));
        }
        let head = payload.get(at..at + 4)?;
        redundant_len += usize::from(u16::from_be_bytes([head[2] & 0x03, head[3]]));
        at += 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(extensions: &[(u8, &[u8])], payload: &[u8]) -> Vec<u8> {
        let header =
            Header { marker: true, padding: false, payload_type: 96, sequence_number: 65_535, timestamp: 7, ssrc: 42 };
        let mut out = [0; 512];
        let len = write_header(&header, extensions, &mut out).unwrap();
        [&out[..len], payload].concat()
    }

    #[test]
    fn header_survives_a_round_trip() {
        let bytes = built(&[(1, b"0"), (0, b"never"), (5, &[1, 2, 3])], b"payload");
        let packet = Packet::parse(&bytes).unwrap();
        assert!(packet.marker);
        assert_eq!((packet.payload_type, packet.sequence_number, packet.timestamp, packet.ssrc), (96, 65_535, 7, 42));
        assert_eq!(packet.extensions.find(1), Some(&b"0"[..]));
        assert_eq!(packet.extensions.find(5), Some(&[1, 2, 3][..]));
        assert_eq!(packet.extensions.find(0), None);
        assert_eq!(packet.extensions.find(2), None);
        assert_eq!(packet.payload, b"payload");
    }

    #[test]
    fn long_extensions_take_the_two_byte_form() {
        for len in [16, 17, 255] {
            let data = vec![9; len];
            let bytes = built(&[(3, &data), (4, &[7])], b"x");
            assert_eq!(bytes[12..14] == [0xBE, 0xDE], len <= 16);
            let packet = Packet::parse(&bytes).unwrap();
            assert_eq!(packet.extensions.find(3), Some(&data[..]));
            assert_eq!(packet.extensions.find(4), Some(&[7][..]));
        }
        let mut out = [0; 512];
        assert_eq!(write_header(&Header::default(), &[(3, &[0; 256])], &mut out), None);
    }

    #[test]
    fn padding_is_taken_off_and_checked() {
        let mut bytes = built(&[], &[1, 2, 3, 0, 0, 3]);
        bytes[0] |= 0x20;
        assert_eq!(Packet::parse(&bytes).unwrap().payload, &[1, 2, 3]);
        for (bad, expected) in [(0, Err(RtpError::Padding)), (6, Ok(())), (7, Err(RtpError::Padding))] {
            *bytes.last_mut().unwrap() = bad;
            assert_eq!(Packet::parse(&bytes).map(|_| ()), expected);
        }
    }

    #[test]
    fn every_truncation_is_refused_or_a_shorter_payload() {
        let bytes = built(&[(1, b"mid"), (2, &[1; 16])], b"payload");
        let header_len = bytes.len() - 7;
        for len in 0..bytes.len() {
            assert_eq!(Packet::parse(&bytes[..len]).is_ok(), len >= header_len, "{len}");
        }
    }

    #[test]
    fn red_gives_its_newest_block() {
        // Two redundant blocks of 2 and 3 bytes, then the primary.
        let payload = [0x80 | 111, 0, 0, 2, 0x80 | 111, 0, 0, 3, 111, 1, 1, 2, 2, 2, 9, 9, 9, 9];
        assert_eq!(red_primary(&payload), Some((111, &[9, 9, 9, 9][..])));
        assert_eq!(red_primary(&[111, 5]), Some((111, &[5][..])));
        assert_eq!(red_primary(&payload[..8]), None);
        assert_eq!(red_primary(&payload[..13]), None);
    }
}
