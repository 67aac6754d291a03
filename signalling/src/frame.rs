//! The server's WebSocket frames (RFC 6455 section 5), made once and shared by every socket that they go to: a server's
//! frames are not masked, so one frame is the same for all.

use bytes::Bytes;
use lectern_room_protocol::{Code, ServerMessage};
use serde::Serialize;

/// Two bytes, and eight for the longest length.
const HEADER_MAX: usize = 10;
/// A whole text message in one frame.
const TEXT: u8 = 0x81;
/// RFC 6455 section 5.5.1.
const CLOSE: u8 = 0x88;
/// RFC 6455 section 5.5.2.
const PING: u8 = 0x89;

/// A ping without payload; any answer shows that the peer lives.
pub(crate) const PING_FRAME: Bytes = Bytes::from_static(&[PING, 0]);

/// A message of the server.
pub(crate) fn text(message: &ServerMessage) -> Bytes {
    json(message)
}

/// The last message of the server and the close frame behind it.
pub(crate) fn goodbye(code: Code, retry_after_ms: Option<u64>) -> Bytes {
    let message = ServerMessage::Goodbye { code, message: code.sentence().to_owned(), retry_after_ms };
    let mut frames = text(&message).to_vec();
    frames.extend_from_slice(&[CLOSE, 2]);
    frames.extend_from_slice(&close_code(code).to_be_bytes());
    Bytes::from(frames)
}

/// A request that was not done; `detail` replaces the code's own sentence where it tells more.
pub(crate) fn refused(id: Option<u32>, code: Code, detail: Option<String>, retry_after_ms: Option<u64>) -> Bytes {
    let message = detail.unwrap_or_else(|| code.sentence().to_owned());
    text(&ServerMessage::Refused { id, code, message, retry_after_ms })
}

fn json<T: Serialize>(value: &T) -> Bytes {
    // Room for the longest header in front, so that the payload need not be moved.
    let mut frame = vec![0; HEADER_MAX];
    serde_json::to_writer(&mut frame, value).expect("messages have no keys but text, and a Vec takes everything");
    let length = frame.len() - HEADER_MAX;
    let start = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..=125), _) => {
            frame[9] = short;
            8
        }
        (_, Ok(medium)) => {
            frame[7] = 126;
            frame[8..10].copy_from_slice(&medium.to_be_bytes());
            6
        }
        _ => {
            frame[1] = 127;
            frame[2..10].copy_from_slice(&(length as u64).to_be_bytes());
            0
        }
    };
    frame[start] = TEXT;
    Bytes::from(frame).slice(start..)
}

/// The status of the close frame, from the range that RFC 6455 section 7.4.2 leaves to applications; close to the status
/// that HTTP would have.
pub(crate) fn close_code(code: Code) -> u16 {
    match code {
        Code::BadRequest | Code::TooLong | Code::FrameTooLarge | Code::BinaryFrame | Code::AlreadyJoined => 4400,
        Code::TokenInvalid => 4401,
        Code::Banned | Code::Removed | Code::RoomForbidden | Code::RoomLocked | Code::NotAllowed => 4403,
        Code::JoinTimeout | Code::TooSlow => 4408,
        Code::Replaced => 4409,
        Code::RoomEnded => 4410,
        Code::RateLimited => 4429,
        _ => 4503,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tungstenite::protocol::{Role, WebSocket};

    /// As an independent implementation reads it.
    fn read(frames: &Bytes) -> Vec<tungstenite::Message> {
        let mut socket = WebSocket::from_raw_socket(Cursor::new(frames.to_vec()), Role::Client, None);
        std::iter::from_fn(|| socket.read().ok()).collect()
    }

    #[test]
    fn every_length_has_its_header() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            // Two quotes are part of the JSON.
            let Some(inner) = usize::checked_sub(length, 2) else { continue };
            let text = "x".repeat(inner);
            let expected = tungstenite::Message::text(format!("\"{text}\""));
            assert_eq!(read(&json(&text)), [expected], "{length}");
        }
    }

    #[test]
    fn frames_one_behind_the_other_are_read_one_after_the_other() {
        let both = [&PING_FRAME[..], &refused(Some(7), Code::SlowMode, None, Some(300))[..]].concat();
        let messages = read(&Bytes::from(both));
        assert_eq!(messages.len(), 2);
        assert!(messages[0].is_ping());
        assert!(messages[1].to_text().unwrap().starts_with(r#"{"type":"refused","id":7,"code":"slow_mode""#));
    }

    #[test]
    fn goodbye_is_the_last_message_and_closes() {
        for &code in Code::ALL {
            let messages = read(&goodbye(code, Some(5)));
            let tungstenite::Message::Close(Some(close)) = &messages[1] else { panic!("{messages:?}") };
            assert_eq!(u16::from(close.code), close_code(code));
            assert!((4400..4600).contains(&close_code(code)));
            let text = messages[0].to_text().unwrap();
            assert!(text.contains("\"retry_after_ms\":5"), "{text}");
        }
    }
}
