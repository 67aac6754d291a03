//! Socket.IO over a WebSocket: a digit for the Engine.IO packet, a digit for the Socket.IO packet, an id if it is to be
//! acknowledged, then JSON: an array of the event's name and its content.

use lectern_room_protocol::Tally;
use serde::Deserialize;
use serde_json::json;

use super::{Ask, Heard, POLL_OPTIONS, What};
use crate::room::note::Note;

pub(super) const PATH: &str = "/socket.io/?EIO=4&transport=websocket";

/// The events of `peers/socketio/server.js`.
#[derive(Deserialize)]
#[serde(tag = "0", content = "1", rename_all = "snake_case")]
enum Emitted {
    Chat { text: String },
    PollOpened { poll: u64 },
    PollClosed { votes: Vec<u32>, voters: u32 },
    PollTally {},
    Presence {},
}

pub(super) fn request(id: u32, ask: Ask) -> String {
    let event = match ask {
        Ask::Chat(note) => json!(["chat", { "text": note.text() }]),
        Ask::PollOpen => json!(["poll_open", { "options": POLL_OPTIONS }]),
        Ask::Vote { poll, option } => json!(["poll_vote", { "poll": poll, "option": option }]),
        Ask::PollClose { poll } => json!(["poll_close", { "poll": poll }]),
    };
    format!("42{id}{event}")
}

pub(super) fn read(message: &[u8]) -> Result<Heard, Box<dyn std::error::Error>> {
    let text = std::str::from_utf8(message)?;
    Ok(match text.split_at_checked(1).ok_or("empty")? {
        // Engine.IO is open: connect to the main namespace.
        ("0", _) => Heard::Reply("40"),
        ("1", _) => Heard::Goodbye { code: "closed".into() },
        ("2", _) => Heard::Reply("3"),
        ("4", rest) => match rest.split_at_checked(1).ok_or("empty")? {
            ("0", _) => Heard::Welcome { bookmark: None, notes: Vec::new() },
            ("1", _) => Heard::Goodbye { code: "disconnected".into() },
            ("2", event) => emitted(serde_json::from_str(event)?),
            ("3", ack) => done(ack)?,
            ("4", error) => Heard::Goodbye { code: error.to_owned() },
            _ => return Err("an unknown packet".into()),
        },
        ("6", _) => Heard::Nothing,
        _ => return Err("an unknown packet".into()),
    })
}

fn emitted(event: Emitted) -> Heard {
    let what = match event {
        Emitted::Presence {} => return Heard::Presence,
        Emitted::PollTally {} => return Heard::Tally,
        Emitted::Chat { text } => Note::parse(&text).map_or(What::Other, What::Chat),
        Emitted::PollOpened { poll } => What::PollOpened(poll),
        Emitted::PollClosed { votes, voters } => What::PollClosed(Some(Tally { votes, voters })),
    };
    Heard::Event { place: None, what }
}

fn done(ack: &str) -> Result<Heard, Box<dyn std::error::Error>> {
    let content_at = ack.find('[').ok_or("an acknowledgement without content")?;
    let (made,): (Option<u64>,) = serde_json::from_str(&ack[content_at..])?;
    Ok(Heard::Done { id: ack[..content_at].parse()?, made })
}

pub(super) fn note_frame_len() -> usize {
    const HEADER_LEN: usize = 4;
    let content = json!(["chat", {
        "id": 5_100, "from": { "id": "0123456789abcdef0123", "name": "Student 0000", "role": "student" },
        "text": Note { number: 0, sent_us: 0 }.text(), "at_ms": 1_800_000_000_000_u64,
    }]);
    HEADER_LEN + "42".len() + content.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_told_apart() {
        let read = |text: &str| read(text.as_bytes()).unwrap();
        assert_eq!(read(r#"0{"sid":"x","upgrades":[],"pingInterval":25000}"#), Heard::Reply("40"));
        assert_eq!(read(r#"40{"sid":"x"}"#), Heard::Welcome { bookmark: None, notes: Vec::new() });
        assert_eq!(read("2"), Heard::Reply("3"));
        assert_eq!(read("4317[42]"), Heard::Done { id: 17, made: Some(42) });
        assert_eq!(read("430[null]"), Heard::Done { id: 0, made: None });
        assert_eq!(read(r#"42["presence",{"present":3}]"#), Heard::Presence);
        assert_eq!(read("41"), Heard::Goodbye { code: "disconnected".into() });
        for bad in ["", "9", "4", r#"42["unheard",{}]"#, "43[1]", "43"] {
            assert!(super::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn events_are_those_of_the_server() {
        let note = Note { number: 3, sent_us: 99 };
        let chat = format!(r#"42["chat",{{"id":1,"text":"{}"}}]"#, note.text());
        assert_eq!(read(chat.as_bytes()).unwrap(), Heard::Event { place: None, what: What::Chat(note) });
        let closed = br#"42["poll_closed",{"poll":1,"votes":[1,2,0,0],"voters":3}]"#;
        let tally = Some(Tally { votes: vec![1, 2, 0, 0], voters: 3 });
        assert_eq!(read(closed).unwrap(), Heard::Event { place: None, what: What::PollClosed(tally) });
        assert_eq!(request(7, Ask::Vote { poll: 1, option: 2 }), r#"427["poll_vote",{"option":2,"poll":1}]"#);
    }
}
