//! `lectern.v1`, with the types of the protocol's own crate.

use lectern_room_protocol as protocol;
use protocol::{Action, ChatMessage, Event, Join, Notice, Person, PollOpen, Recipient, Reply, Request, ServerMessage};

use super::{Ask, Bookmark, Heard, POLL_OPTIONS, What};
use crate::room::chain::Place;
use crate::room::note::Note;

pub(super) fn join(token: &str, bookmark: Option<&Bookmark>) -> String {
    let resume = bookmark.map(|at| protocol::Resume { epoch: at.epoch.clone(), seq: at.seq });
    json(&Join { token: token.to_owned(), resume })
}

pub(super) fn request(id: u32, ask: Ask) -> String {
    let action = match ask {
        Ask::Chat(note) => Action::ChatSend {
            text: note.text(),
            to: Recipient::Everyone,
            reply_to: None,
            mentions: Vec::new(),
            key: note.number.to_string(),
        },
        Ask::PollOpen => Action::PollOpen(PollOpen {
            question: "How fast shall we go on?".into(),
            options: (0..POLL_OPTIONS).map(|option| format!("Answer {option}")).collect(),
            multiple: false,
            anonymous: false,
            results: protocol::PollResults::Live,
            seconds: None,
            quiz: None,
        }),
        Ask::Vote { poll, option } => Action::PollVote { poll, options: vec![option] },
        Ask::PollClose { poll } => Action::PollClose { poll },
    };
    json(&Request { id, action })
}

/// None of these can fail: they are plain structures with string keys.
fn json(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

pub(super) fn read(message: &[u8]) -> Result<Heard, serde_json::Error> {
    Ok(match serde_json::from_slice(message)? {
        ServerMessage::Welcome { epoch, seq, room, .. } => Heard::Welcome {
            bookmark: Some(Bookmark { epoch, seq }),
            notes: room.chat.iter().filter_map(|message| Note::parse(&message.text)).collect(),
        },
        ServerMessage::Resumed { .. } => Heard::Resumed,
        ServerMessage::Ok { id, reply } => {
            let made = if let Some(Reply::Made { seq }) = reply { Some(seq) } else { None };
            Heard::Done { id, made }
        }
        ServerMessage::Refused { id, code, .. } => Heard::Refused { id, code: name(code) },
        ServerMessage::Event { seq, prev, event, .. } => {
            Heard::Event { place: Some(Place { seq, prev }), what: what(event) }
        }
        ServerMessage::Notice { notice: Notice::Presence { .. } } => Heard::Presence,
        ServerMessage::Notice { notice: Notice::PollTally { .. } } => Heard::Tally,
        ServerMessage::Notice { .. } => Heard::Nothing,
        ServerMessage::Goodbye { code, .. } => Heard::Goodbye { code: name(code) },
        ServerMessage::Waiting { .. } => Heard::Goodbye { code: "waiting".into() },
    })
}

fn what(event: Event) -> What {
    match event {
        Event::ChatPosted { message } => Note::parse(&message.text).map_or(What::Other, What::Chat),
        Event::PollOpened { poll } => What::PollOpened(poll.id),
        Event::PollClosed { outcome } => What::PollClosed(outcome.tally),
        _ => What::Other,
    }
}

/// As it is on the wire.
fn name(code: protocol::Code) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn note_frame_len() -> usize {
    const HEADER_LEN: usize = 4;
    let from = Person { id: "student-0000".into(), name: "Student 0000".into(), role: protocol::Role::Student };
    let message = ChatMessage {
        id: 5_100,
        from,
        to: Recipient::Everyone,
        text: Note { number: 0, sent_us: 0 }.text(),
        at_ms: 1_800_000_000_000,
        reply_to: None,
        mentions: Vec::new(),
        edited_at_ms: None,
        deleted: false,
        pinned: false,
        reactions: Default::default(),
        mine: Vec::new(),
    };
    let event = Event::ChatPosted { message };
    HEADER_LEN + json(&ServerMessage::Event { seq: 5_100, prev: 5_099, at_ms: 1_800_000_000_000, event }).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_in_the_event_that_brings_it() {
        let message = br#"{"type":"event","seq":12,"prev":10,"at_ms":1,"event":{"type":"chat_posted","message":
            {"id":12,"from":{"id":"a","name":"A","role":"student"},"to":{"kind":"everyone"},"at_ms":1,"text":"TEXT"}}}"#;
        let note = Note { number: 3, sent_us: 99 };
        let message = String::from_utf8_lossy(message).replace("TEXT", &note.text());
        let place = Some(Place { seq: 12, prev: 10 });
        assert_eq!(read(message.as_bytes()).unwrap(), Heard::Event { place, what: What::Chat(note) });
        let other = message.replace("note", "nota");
        assert_eq!(read(other.as_bytes()).unwrap(), Heard::Event { place, what: What::Other });
        assert!((200..400).contains(&note_frame_len()), "{}", note_frame_len());
    }

    #[test]
    fn requests_are_those_of_the_protocol() {
        for ask in [
            Ask::Chat(Note { number: 1, sent_us: 2 }),
            Ask::PollOpen,
            Ask::Vote { poll: 7, option: 3 },
            Ask::PollClose { poll: 7 },
        ] {
            let request: Request = serde_json::from_str(&request(5, ask)).unwrap();
            assert_eq!(request.id, 5);
        }
        let bookmark = Bookmark { epoch: "e".into(), seq: 9 };
        let join: Join = serde_json::from_str(&join("t", Some(&bookmark))).unwrap();
        assert_eq!(join.resume.map(|resume| resume.seq), Some(9));
    }

    #[test]
    fn refusals_carry_the_code_of_the_wire() {
        let refused = br#"{"type":"refused","id":4,"code":"slow_mode","message":"Slowly."}"#;
        assert_eq!(read(refused).unwrap(), Heard::Refused { id: Some(4), code: "slow_mode".into() });
        assert!(read(br#"{"type":"never_heard_of"}"#).is_err());
    }
}
