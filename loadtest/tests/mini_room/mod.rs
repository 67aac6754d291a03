//! A room small enough to be trusted: a thread for each connection, one lock, and faults on demand.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use lectern_room_protocol::{
    Action, ChatMessage, Event, Join, Person, Poll, PollOpen, PollOutcome, Reply, Request, Role, ServerMessage,
    Settings, Snapshot, Tally, You,
};

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Leaves one out of so many tellings of a chat message.
    LoseEvery(u64),
    /// The same, and its numbers say that nothing is missing.
    HideEvery(u64),
    /// Does one of so many twice.
    RepeatEvery(u64),
    /// Counts one vote twice.
    Miscount,
    /// Replays nothing to those who resume.
    Forget,
}

pub(crate) struct MiniRoom {
    pub(crate) address: SocketAddr,
}

struct Room {
    fault: Fault,
    log: Vec<Event>,
    sockets: Vec<TcpStream>,
    said: u64,
    poll: Option<Poll>,
    votes: Vec<(String, u8)>,
}

impl MiniRoom {
    pub(crate) fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (log, sockets, votes) = (Vec::new(), Vec::new(), Vec::new());
        let room = Arc::new(Mutex::new(Room { fault, log, sockets, said: 0, poll: None, votes }));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let room = Arc::clone(&room);
                // A connection that the test drops ends its thread.
                thread::spawn(move || converse(stream, &room));
            }
        });
        Self { address }
    }
}

fn converse(mut stream: TcpStream, room: &Mutex<Room>) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    assert!(head.starts_with("GET /v1/rooms/mini/ws HTTP/1.1\r\n"), "{head}");
    stream
        .write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: lectern.v1\r\n\r\n",
        )
        .ok()?;
    let join: Join = serde_json::from_slice(&message(&mut stream)?).ok()?;
    let person = stream.peer_addr().ok()?.to_string();
    lock(room).enter(stream.try_clone().ok()?, &join);
    loop {
        let request: Request = serde_json::from_slice(&message(&mut stream)?).ok()?;
        let reply = lock(room).act(&person, request.action);
        say(&mut stream, &ServerMessage::Ok { id: request.id, reply });
    }
}

fn lock(room: &Mutex<Room>) -> MutexGuard<'_, Room> {
    room.lock().unwrap()
}

impl Room {
    fn enter(&mut self, mut stream: TcpStream, join: &Join) {
        let seq = self.log.len() as u64;
        let person = Person { id: "p".into(), name: "P".into(), role: Role::Student };
        let you = You { person, rights: Vec::new() };
        if let Some(resume) = &join.resume {
            say(&mut stream, &ServerMessage::Resumed { seq, you, notices: Vec::new(), now_ms: 0 });
            if self.fault != Fault::Forget {
                for seq in resume.seq + 1..=seq {
                    say(&mut stream, &self.event(seq));
                }
            }
        } else {
            let epoch = "mini".to_owned();
            say(&mut stream, &ServerMessage::Welcome { epoch, seq, you, room: Box::new(snapshot()), now_ms: 0 });
        }
        self.sockets.push(stream);
    }

    fn event(&self, seq: u64) -> ServerMessage {
        let prev = if matches!(self.fault, Fault::HideEvery(_)) { 0 } else { seq - 1 };
        ServerMessage::Event { seq, prev, at_ms: 0, event: self.log[seq as usize - 1].clone() }
    }

    fn act(&mut self, person: &str, action: Action) -> Option<Reply> {
        let id = self.log.len() as u64 + 1;
        match action {
            Action::ChatSend { text, to, .. } => {
                let from = Person { id: person.to_owned(), name: "P".into(), role: Role::Student };
                let message = serde_json::json!({ "id": id, "from": from, "to": to, "text": text, "at_ms": 0 });
                self.tell(Event::ChatPosted { message: serde_json::from_value::<ChatMessage>(message).unwrap() });
            }
            Action::PollOpen(PollOpen { question, options, .. }) => {
                let poll = serde_json::json!({ "id": id, "question": question, "options": options, "multiple": false,
                    "anonymous": false, "results": "live", "quiz": false, "opened_at_ms": 0 });
                let poll: Poll = serde_json::from_value(poll).unwrap();
                self.poll = Some(poll.clone());
                self.tell(Event::PollOpened { poll });
            }
            Action::PollVote { options, .. } => {
                self.votes.retain(|(voter, _)| voter != person);
                self.votes.push((person.to_owned(), options[0]));
                return None;
            }
            Action::PollClose { .. } => {
                let poll = self.poll.take()?;
                let mut tally = Tally { votes: vec![0; poll.options.len()], voters: self.votes.len() as u32 };
                self.votes.iter().for_each(|(_, option)| tally.votes[usize::from(*option)] += 1);
                tally.votes[0] += u32::from(self.fault == Fault::Miscount);
                let outcome =
                    PollOutcome { poll, closed_at_ms: 0, tally: Some(tally), correct: None, leaders: Vec::new() };
                self.tell(Event::PollClosed { outcome });
            }
            _ => return None,
        }
        Some(Reply::Made { seq: id })
    }

    fn tell(&mut self, event: Event) {
        self.log.push(event);
        let message = self.event(self.log.len() as u64);
        let is_chat = matches!(&message, ServerMessage::Event { event: Event::ChatPosted { .. }, .. });
        for stream in &mut self.sockets {
            self.said += u64::from(is_chat);
            let times = match self.fault {
                Fault::LoseEvery(n) | Fault::HideEvery(n) if is_chat && self.said.is_multiple_of(n) => 0,
                Fault::RepeatEvery(n) if is_chat && self.said.is_multiple_of(n) => 2,
                _ => 1,
            };
            for _ in 0..times {
                say(stream, &message);
            }
        }
    }
}

fn snapshot() -> Snapshot {
    Snapshot {
        settings: Settings::default(),
        stage: Vec::new(),
        stage_places: 0,
        muted: Vec::new(),
        co_tutors: Vec::new(),
        poll: None,
        outcome: None,
        pinned: Vec::new(),
        chat: Vec::new(),
        chat_more: false,
        hand: false,
        invited: false,
        hands: Vec::new(),
        invitations: Vec::new(),
        notices: Vec::new(),
    }
}

/// A frame to a client; one that has gone is told nothing.
fn say(stream: &mut TcpStream, message: &ServerMessage) {
    let payload = serde_json::to_vec(message).unwrap();
    let mut frame = vec![0x81, 126];
    frame.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    frame.extend_from_slice(&payload);
    let _ = stream.write_all(&frame);
}

/// The next message of a client; `None` when it closes.
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).ok()?;
    assert_eq!(head[1] & 0x80, 0x80, "clients mask their frames");
    let mut len = usize::from(head[1] & 0x7f);
    if len == 126 {
        let mut long = [0; 2];
        stream.read_exact(&mut long).ok()?;
        len = usize::from(u16::from_be_bytes(long));
    }
    let (mut mask, mut payload) = ([0; 4], vec![0; len]);
    stream.read_exact(&mut mask).ok()?;
    stream.read_exact(&mut payload).ok()?;
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    (head[0] == 0x81).then_some(payload)
}
