//! One participant: a socket, what was said over it, and what was heard.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use lectern_room_protocol::Tally;
use lectern_udp::{Epoll, Event, Interest};
use socket2::{Domain, SockRef, Socket, Type};

use crate::clock::now_us;
use crate::room::chain::Chain;
use crate::room::dialect::{Ask, Bookmark, Dialect, Heard, Unreadable, What};
use crate::room::frame::{self, Frame, FrameError, HEADER_MAX, Opcode, PAYLOAD_MAX};
use crate::room::interpreter::Interpreter;
use crate::room::ledger::Ledger;
use crate::room::note::{Note, Notes};
use crate::room::pulse::Pulse;
use crate::room::upgrade::{self, UpgradeError};

/// Addresses of 127.0.0.0/8 that sockets to a server on this machine are spread over, so that ports of connections that
/// have just ended do not run out.
const LOCAL_ADDRESSES: usize = 32;
/// What the longest incomplete frame and one more read have room in.
const SCRATCH_LEN: usize = 2 * (HEADER_MAX + PAYLOAD_MAX);

/// What the members of a thread share.
#[derive(Debug)]
pub struct Desk {
    pub(crate) epoll: Epoll,
    pub(crate) dialect: Dialect,
    pub(crate) interpreter: Interpreter,
    pub(crate) ledger: Ledger,
    scratch: Box<[u8]>,
}

impl Desk {
    /// An empty one.
    ///
    /// # Errors
    /// Too many open files.
    pub fn new(dialect: Dialect) -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new()?,
            dialect,
            interpreter: Interpreter::new(dialect),
            ledger: Ledger::default(),
            scratch: vec![0; SCRATCH_LEN].into(),
        })
    }
}

/// A server, as a member dials it.
#[derive(Clone, Debug)]
pub struct Door {
    /// Where it listens.
    pub address: SocketAddr,
    /// `Host`.
    pub host: String,
    /// The path of the WebSocket.
    pub path: String,
}

/// How far a member has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not connected.
    Away,
    /// The server or the network ended the connection; it is to be dialled again.
    Lost,
    /// The connection is under way.
    Dialling,
    /// HTTP.
    Upgrading,
    /// WebSocket; the server has not said welcome yet.
    Joining,
    /// In the room.
    Present,
}

/// What an answer is awaited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Chat { number: usize },
    Poll,
    Vote { option: u8 },
    Close,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Loss {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Upgrade(#[from] UpgradeError),
    #[error("{0}")]
    Frame(#[from] FrameError),
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    #[error("the server closed the connection{0}")]
    Closed(String),
    #[error("goodbye: {0}")]
    Goodbye(String),
    #[error("a binary message")]
    Binary,
}

/// The participant.
#[derive(Debug)]
pub struct Member {
    index: usize,
    door: usize,
    token: String,
    stage: Stage,
    stream: Option<TcpStream>,
    /// The beginning of a frame whose rest has not come.
    partial: Vec<u8>,
    /// What the kernel has not taken yet.
    outbox: Vec<u8>,
    /// Whether epoll watches for room to write.
    awaits_room: bool,
    dialled_us: u64,
    bookmark: Option<Bookmark>,
    asked: Vec<(u32, Asked)>,
    next_id: u32,
    pub(crate) chain: Chain,
    pub(crate) heard: Notes,
    pub(crate) poll_seen: Option<u64>,
    pub(crate) vote: Option<u8>,
    pub(crate) outcome: Option<Tally>,
    pub(crate) presence: Pulse,
    pub(crate) tallies: Pulse,
}

impl Member {
    /// Somebody who is not there yet. `index` is the token in epoll, `door` the server.
    #[must_use]
    pub fn new(index: usize, door: usize, token: String) -> Self {
        Self {
            index,
            door,
            token,
            stage: Stage::Away,
            stream: None,
            partial: Vec::new(),
            outbox: Vec::new(),
            awaits_room: false,
            dialled_us: 0,
            bookmark: None,
            asked: Vec::new(),
            next_id: 0,
            chain: Chain::default(),
            heard: Notes::default(),
            poll_seen: None,
            vote: None,
            outcome: None,
            presence: Pulse::default(),
            tallies: Pulse::default(),
        }
    }

    /// How far.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Which server.
    #[must_use]
    pub fn door(&self) -> usize {
        self.door
    }

    /// Connect, and go on where the last connection ended, if there was one.
    pub fn dial(&mut self, door: &Door, desk: &mut Desk) {
        self.dialled_us = now_us();
        if let Err(error) = self.try_dial(door, desk) {
            self.lose(&error.into(), desk);
        }
    }

    fn try_dial(&mut self, door: &Door, desk: &Desk) -> io::Result<()> {
        let socket = Socket::new(Domain::for_address(door.address), Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if door.address.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST) {
            let local = Ipv4Addr::new(127, 0, 0, (2 + self.index % LOCAL_ADDRESSES) as u8);
            socket.bind(&SocketAddr::from((local, 0)).into())?;
        }
        match socket.connect(&door.address.into()) {
            Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
            _ => {}
        }
        let stream = TcpStream::from(socket);
        desk.epoll.add(&stream, self.index as u64, Interest::ReadableWritable)?;
        self.stream = Some(stream);
        self.stage = Stage::Dialling;
        self.awaits_room = true;
        self.partial.clear();
        self.outbox.clear();
        let request = upgrade::request(&door.host, &door.path, desk.dialect.subprotocol());
        self.outbox.extend_from_slice(request.as_bytes());
        Ok(())
    }

    /// Ask for something. Nothing happens if the member is not there.
    pub fn ask(&mut self, ask: Ask, desk: &mut Desk) {
        if self.stage != Stage::Present {
            return;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.asked.push((
            id,
            match ask {
                Ask::Chat(Note { number, .. }) => Asked::Chat { number },
                Ask::PollOpen => Asked::Poll,
                Ask::Vote { option, .. } => Asked::Vote { option },
                Ask::PollClose { .. } => Asked::Close,
            },
        ));
        self.say(Opcode::Text, desk.dialect.request(id, ask).as_bytes());
        if let Err(error) = self.flush(&desk.epoll, &mut desk.ledger) {
            self.lose(&error.into(), desk);
        }
    }

    /// Say goodbye and go.
    pub fn leave(&mut self, desk: &mut Desk) {
        /// "Normal closure", RFC 6455 section 7.4.1.
        const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();
        self.say(Opcode::Close, &NORMAL);
        // Whether it goes out or not, the socket is closed, which the server understands as well.
        let _ = self.flush(&desk.epoll, &mut desk.ledger);
        self.hang_up(Stage::Away, desk);
        self.bookmark = None;
    }

    /// Vanish without a word, as when the network goes away.
    pub fn drop_connection(&mut self, desk: &mut Desk) {
        if let Some(stream) = &self.stream {
            // A reset: the port is free at once, and the server is not asked for its leave.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
        self.hang_up(Stage::Away, desk);
    }

    fn hang_up(&mut self, stage: Stage, desk: &mut Desk) {
        // Closing takes it out of epoll.
        self.stream = None;
        self.stage = stage;
        if let Some(bookmark) = &mut self.bookmark {
            bookmark.seq = self.chain.last();
        }
        desk.ledger.unanswered += self.asked.len();
        self.asked.clear();
    }

    fn lose(&mut self, loss: &Loss, desk: &mut Desk) {
        desk.ledger.disconnects += usize::from(self.stage == Stage::Present);
        Ledger::count(&mut desk.ledger.failures, loss.to_string());
        self.hang_up(Stage::Lost, desk);
    }

    /// Epoll saw something.
    pub fn ready(&mut self, event: Event, desk: &mut Desk) {
        if let Err(loss) = self.progress(event, desk) {
            self.lose(&loss, desk);
        }
    }

    fn progress(&mut self, event: Event, desk: &mut Desk) -> Result<(), Loss> {
        let Some(stream) = &self.stream else { return Ok(()) };
        if event.writable {
            if self.stage == Stage::Dialling {
                if let Some(error) = stream.take_error()? {
                    return Err(error.into());
                }
                self.stage = Stage::Upgrading;
            }
            self.flush(&desk.epoll, &mut desk.ledger)?;
        }
        if event.readable { self.read(desk) } else { Ok(()) }
    }

    fn read(&mut self, desk: &mut Desk) -> Result<(), Loss> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let Desk { scratch, dialect, interpreter, ledger, epoll } = desk;
        let kept = self.partial.len();
        scratch[..kept].copy_from_slice(&self.partial);
        let received = match stream.read(&mut scratch[kept..]) {
            Ok(0) => return Err(Loss::Closed(String::new())),
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let now_us = now_us();
        let mut bytes = &scratch[..kept + received];
        if self.stage == Stage::Upgrading
            && let Some(rest) = upgrade::answered(bytes, dialect.subprotocol())?
        {
            bytes = rest;
            self.stage = Stage::Joining;
            if let Some(greeting) = dialect.greeting(&self.token, self.bookmark.as_ref()) {
                self.say(Opcode::Text, greeting.as_bytes());
            }
        }
        if matches!(self.stage, Stage::Joining | Stage::Present) {
            while let Some((frame, rest)) = frame::split(bytes)? {
                ledger.frames += 1;
                ledger.bytes += (bytes.len() - rest.len()) as u64;
                self.take(frame, now_us, interpreter, ledger)?;
                bytes = rest;
            }
        }
        self.partial.clear();
        self.partial.extend_from_slice(bytes);
        if !self.outbox.is_empty() {
            self.flush(epoll, ledger)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        frame: Frame<'_>,
        now_us: u64,
        interpreter: &mut Interpreter,
        ledger: &mut Ledger,
    ) -> Result<(), Loss> {
        match frame.opcode {
            Opcode::Text => {}
            Opcode::Binary => return Err(Loss::Binary),
            Opcode::Ping => {
                self.say(Opcode::Pong, frame.payload);
                return Ok(());
            }
            Opcode::Pong => return Ok(()),
            Opcode::Close => {
                let code = frame.payload.first_chunk().map(|code| format!(" with {}", u16::from_be_bytes(*code)));
                return Err(Loss::Closed(code.unwrap_or_default()));
            }
        }
        match interpreter.hear(frame.payload)? {
            Heard::Event { place, what } => {
                if let Some(place) = place {
                    self.chain.take(*place);
                }
                self.witness(what, now_us, ledger);
            }
            Heard::Done { id, made } => self.done(*id, *made, now_us, ledger),
            Heard::Refused { id, code } => {
                self.asked.retain(|(asked, _)| Some(*asked) != *id);
                Ledger::count(&mut ledger.refused, code.clone());
            }
            Heard::Presence => self.presence.beat(now_us),
            Heard::Tally => self.tallies.beat(now_us),
            Heard::Welcome { bookmark, notes } => {
                ledger.snapshots_on_return += usize::from(self.bookmark.is_some());
                self.chain.start(bookmark.as_ref().map_or(0, |bookmark| bookmark.seq));
                self.bookmark.clone_from(bookmark);
                for note in notes {
                    self.heard.add(note.number);
                }
                self.enter(now_us, ledger);
            }
            Heard::Resumed => self.enter(now_us, ledger),
            Heard::Reply(text) => self.say(Opcode::Text, text.as_bytes()),
            Heard::Goodbye { code } => return Err(Loss::Goodbye(code.clone())),
            Heard::Nothing => {}
        }
        Ok(())
    }

    fn enter(&mut self, now_us: u64, ledger: &mut Ledger) {
        if self.stage != Stage::Present {
            self.stage = Stage::Present;
            ledger.join.record(now_us - self.dialled_us);
        }
    }

    fn witness(&mut self, what: &What, now_us: u64, ledger: &mut Ledger) {
        match what {
            What::Chat(note) => {
                if self.heard.add(note.number) {
                    ledger.deliveries += 1;
                    if ledger.is_timed {
                        ledger.delivery.record(now_us.saturating_sub(note.sent_us));
                    }
                } else {
                    ledger.repeated_notes += 1;
                }
            }
            What::PollOpened(poll) => {
                self.poll_seen = Some(*poll);
                ledger.poll = Some(*poll);
            }
            What::PollClosed(tally) => self.outcome.clone_from(tally),
            What::Other => {}
        }
    }

    fn done(&mut self, id: u32, made: Option<u64>, now_us: u64, ledger: &mut Ledger) {
        let Some(position) = self.asked.iter().position(|(asked, _)| *asked == id) else { return };
        match self.asked.swap_remove(position).1 {
            Asked::Chat { number } => {
                ledger.acknowledged.add(number);
            }
            Asked::Poll => ledger.poll = made.or(ledger.poll),
            Asked::Vote { option } => ledger.vote(option, self.vote.replace(option), now_us),
            Asked::Close => ledger.poll_closed = true,
        }
    }

    fn say(&mut self, opcode: Opcode, payload: &[u8]) {
        frame::write(&mut self.outbox, opcode, payload, rand::random());
    }

    /// Hands over what the kernel takes. The rest waits for epoll.
    fn flush(&mut self, epoll: &Epoll, ledger: &mut Ledger) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        while !self.outbox.is_empty() {
            match stream.write(&self.outbox) {
                Ok(written) => drop(self.outbox.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ledger.writes_delayed += 1;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let awaits_room = !self.outbox.is_empty();
        if awaits_room != self.awaits_room {
            self.awaits_room = awaits_room;
            let interest = if awaits_room { Interest::ReadableWritable } else { Interest::Readable };
            epoll.modify(stream, self.index as u64, interest)?;
        }
        Ok(())
    }
}
