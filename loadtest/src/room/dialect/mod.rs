//! What is said over the WebSocket: Lectern's own protocol, or Socket.IO's around the same few messages.

mod lectern;
mod socketio;

use lectern_room_protocol::Tally;

use crate::room::chain::Place;
use crate::room::note::Note;

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `lectern.v1`.
    Lectern,
    /// Engine.IO 4 and Socket.IO 5 (the protocol of Socket.IO 3 and 4), with the events of `peers/socketio`.
    SocketIo,
}

/// What a participant asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Write this.
    Chat(Note),
    /// Open a poll with [`POLL_OPTIONS`] options.
    PollOpen,
    /// Vote for this option.
    Vote {
        /// The poll, as [`What::PollOpened`] named it.
        poll: u64,
        /// From 0.
        option: u8,
    },
    /// Close it.
    PollClose {
        /// The poll.
        poll: u64,
    },
}

/// Options of the poll.
pub const POLL_OPTIONS: u8 = 4;

/// Where a participant was before the connection was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// Which life of the log.
    pub epoch: String,
    /// The last number seen.
    pub seq: u64,
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The participant is in, and has been told everything there is.
    Welcome {
        /// To resume with; absent where nothing can be resumed.
        bookmark: Option<Bookmark>,
        /// The notes that it shows.
        notes: Vec<Note>,
    },
    /// The participant is in; what was missed follows.
    Resumed,
    /// A request was done.
    Done {
        /// Which.
        id: u32,
        /// What it made.
        made: Option<u64>,
    },
    /// A request was not done.
    Refused {
        /// Which.
        id: Option<u32>,
        /// Why.
        code: String,
    },
    /// Something happened in the room.
    Event {
        /// Its number, where there are numbers.
        place: Option<Place>,
        /// What.
        what: What,
    },
    /// How many are here.
    Presence,
    /// How the poll stands.
    Tally,
    /// The server wants to hear this.
    Reply(&'static str),
    /// The server is about to close.
    Goodbye {
        /// Why.
        code: String,
    },
    /// What does not matter here.
    Nothing,
}

/// What happened in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A note was written.
    Chat(Note),
    /// A poll is open.
    PollOpened(u64),
    /// It is closed, with this tally.
    PollClosed(Option<Tally>),
    /// Anything else.
    Other,
}

/// A message that is not in the dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message that cannot be read: {0}")]
pub struct Unreadable(String);

impl Dialect {
    /// Where the WebSocket of `room` is.
    #[must_use]
    pub fn path(self, room: &str) -> String {
        match self {
            Self::Lectern => format!("/v1/rooms/{room}/ws"),
            Self::SocketIo => socketio::PATH.to_owned(),
        }
    }

    /// What `Sec-WebSocket-Protocol` has to say.
    #[must_use]
    pub fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Lectern => Some(lectern_room_protocol::SUBPROTOCOL),
            Self::SocketIo => None,
        }
    }

    /// The first message of a client; `None` where the server speaks first.
    #[must_use]
    pub fn greeting(self, token: &str, bookmark: Option<&Bookmark>) -> Option<String> {
        match self {
            Self::Lectern => Some(lectern::join(token, bookmark)),
            Self::SocketIo => None,
        }
    }

    /// A request.
    #[must_use]
    pub fn request(self, id: u32, ask: Ask) -> String {
        match self {
            Self::Lectern => lectern::request(id, ask),
            Self::SocketIo => socketio::request(id, ask),
        }
    }

    /// What a message of the server means.
    ///
    /// # Errors
    /// It is not in the dialect.
    pub fn read(self, message: &[u8]) -> Result<Heard, Unreadable> {
        match self {
            Self::Lectern => lectern::read(message).map_err(Into::into),
            Self::SocketIo => socketio::read(message),
        }
        .map_err(|error: Box<dyn std::error::Error>| {
            const SHOWN_MAX: usize = 80;
            let shown = String::from_utf8_lossy(&message[..message.len().min(SHOWN_MAX)]);
            Unreadable(format!("{shown}: {error}"))
        })
    }

    /// How long the event is, with its frame, that brings a note to everybody.
    #[must_use]
    pub fn note_frame_len(self) -> usize {
        match self {
            Self::Lectern => lectern::note_frame_len(),
            Self::SocketIo => socketio::note_frame_len(),
        }
    }
}
