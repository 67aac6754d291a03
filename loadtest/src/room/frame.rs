//! WebSocket frames (RFC 6455 section 5) as a client has them: what it reads is not masked, what it writes is.
//!
//! Reading copies nothing: [`split`] finds where a frame ends in what was received. No extension is asked for, so reserved
//! bits are an error, and so are fragments, which no server here sends.

/// The longest payload that is taken: a snapshot with a hundred messages of the longest text.
pub const PAYLOAD_MAX: usize = 1 << 20;
/// The most bytes before a server's payload.
pub const HEADER_MAX: usize = 10;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A message.
    Text,
    /// A message that is not text.
    Binary,
    /// The end.
    Close,
    /// To be answered by a pong with the same payload.
    Ping,
    /// The answer to a ping.
    Pong,
}

/// A whole frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub opcode: Opcode,
    /// What it carries.
    pub payload: &'a [u8],
}

/// Why what came is not a frame that a server may send us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// "A server MUST NOT mask any frames that it sends to the client" (section 5.1).
    #[error("a masked frame")]
    Masked,
    /// A reserved bit or an unknown opcode.
    #[error("a frame of an unknown kind")]
    Unknown,
    /// A part of a message.
    #[error("a fragment")]
    Fragment,
    /// More than [`PAYLOAD_MAX`].
    #[error("a frame longer than {PAYLOAD_MAX} bytes")]
    TooLong,
}

/// The first frame of `bytes`, and what follows it; `None` while it is not complete.
///
/// # Errors
/// See [`FrameError`].
pub fn split(bytes: &[u8]) -> Result<Option<(Frame<'_>, &[u8])>, FrameError> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    let opcode = match first {
        0x81 => Opcode::Text,
        0x82 => Opcode::Binary,
        0x88 => Opcode::Close,
        0x89 => Opcode::Ping,
        0x8a => Opcode::Pong,
        0x00..=0x02 | 0x80 => return Err(FrameError::Fragment),
        _ => return Err(FrameError::Unknown),
    };
    if second & 0x80 != 0 {
        return Err(FrameError::Masked);
    }
    let (len, rest) = match second {
        126 => match rest.split_first_chunk::<2>() {
            Some((len, rest)) => (u64::from(u16::from_be_bytes(*len)), rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk::<8>() {
            Some((len, rest)) => (u64::from_be_bytes(*len), rest),
            None => return Ok(None),
        },
        len => (u64::from(*len), rest),
    };
    let len = usize::try_from(len).ok().filter(|len| *len <= PAYLOAD_MAX).ok_or(FrameError::TooLong)?;
    Ok(rest.split_at_checked(len).map(|(payload, rest)| (Frame { opcode, payload }, rest)))
}

/// Appends a frame to `out`, masked with `mask` (section 5.3).
pub fn write(out: &mut Vec<u8>, opcode: Opcode, payload: &[u8], mask: [u8; 4]) {
    out.push(match opcode {
        Opcode::Text => 0x81,
        Opcode::Binary => 0x82,
        Opcode::Close => 0x88,
        Opcode::Ping => 0x89,
        Opcode::Pong => 0x8a,
    });
    let len = payload.len();
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(short @ ..126), _) => out.push(0x80 | short),
        (_, Ok(medium)) => {
            out.push(0x80 | 126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(payload: &[u8]) -> Frame<'_> {
        Frame { opcode: Opcode::Text, payload }
    }

    /// A server's frame with this payload.
    fn served(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, Opcode::Text, payload, [0; 4]);
        bytes[1] &= 0x7f;
        let mask_at = bytes.len() - payload.len() - 4;
        bytes.drain(mask_at..mask_at + 4);
        bytes
    }

    #[test]
    fn the_examples_of_the_specification() {
        // RFC 6455 section 5.7.
        let unmasked = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
        assert_eq!(split(&unmasked), Ok(Some((text(b"Hello"), &[][..]))));
        let mut masked = Vec::new();
        write(&mut masked, Opcode::Text, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(masked, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
        let ping = [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
        assert_eq!(split(&ping).unwrap().unwrap().0.opcode, Opcode::Ping);
    }

    #[test]
    fn every_form_of_the_length_is_found_and_nothing_before_the_last_byte() {
        for len in [0, 1, 125, 126, 127, 65_535, 65_536, PAYLOAD_MAX] {
            let payload = vec![b'x'; len];
            let mut bytes = served(&payload);
            for cut in [1, 2, 3, 9, bytes.len() - 1] {
                let cut = cut.min(bytes.len() - 1);
                assert_eq!(split(&bytes[..cut]), Ok(None), "{cut} of {len}");
            }
            assert!(bytes.len() - len <= HEADER_MAX);
            bytes.extend_from_slice(b"next");
            assert_eq!(split(&bytes), Ok(Some((text(&payload), &b"next"[..]))), "{len}");
        }
        assert_eq!(split(&served(&vec![0; PAYLOAD_MAX + 1])), Err(FrameError::TooLong));
        assert_eq!(split(&[0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), Err(FrameError::TooLong));
    }

    #[test]
    fn what_a_server_may_not_send_is_told_apart() {
        assert_eq!(split(&[0x81, 0x80, 0, 0, 0, 0]), Err(FrameError::Masked));
        assert_eq!(split(&[0xc1, 0x00]), Err(FrameError::Unknown));
        assert_eq!(split(&[0x83, 0x00]), Err(FrameError::Unknown));
        assert_eq!(split(&[0x01, 0x00]), Err(FrameError::Fragment));
        assert_eq!(split(&[0x80, 0x00]), Err(FrameError::Fragment));
    }
}
