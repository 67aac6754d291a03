//! One participant's conversation: join, then requests until somebody closes.
//!
//! The task reads, and flushes what could not be written at once; what there is to say comes from the room, straight to
//! the [`Socket`]. A client that floods, sends what is no message, or falls silent is sent away.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lectern_room_protocol::{Action, Code, Join, Request, Resume, ServerMessage, limits};
use serde::Deserialize;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Message, Utf8Bytes, WebSocket};

use crate::admission::Place;
use crate::core::Actor;
use crate::frame;
use crate::node::Node;
use crate::pace::{Pace, Rate};
use crate::room::{Inbound, Joining};
use crate::socket::{Socket, Wire};

/// The library's buffer for each socket: most requests fit, longer ones make it grow.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// How long after a goodbye the client may take to close on its side.
const LINGER: Duration = Duration::from_secs(5);
/// How long a request waits for its turn when the room is busy.
const QUEUE_WAIT: Duration = Duration::from_secs(1);
/// Requests beyond the rate, requests that cannot be read, and control frames; so many at once and then two a second are
/// put up with. A client with that many is broken or hostile.
const STRIKES: Rate = Rate { interval: Duration::from_millis(500), burst: 100 };
/// When a client that was sent away for its pace may come back.
const FLOOD_RETRY_MS: u64 = 10_000;
/// Text from a parser, which may quote the client's own, is cut to this many characters.
const DETAIL_MAX: usize = 200;

/// Talks with one client until the connection is over.
pub(crate) async fn run(node: Arc<Node>, room: String, mut place: Place, stream: TcpStream, early: Bytes) {
    let _counted = Counted::new(&node);
    let (id, outbox_bytes_max) = (node.next_socket(), node.config.socket.outbox_bytes_max);
    let socket = Socket::new(id, place.address, stream, outbox_bytes_max, node.metrics.clone());
    let mut session = Session::new(node, socket, early);
    session.converse(&room, &mut place).await;
    session.linger().await;
}

/// Keeps the gauge right however the task ends.
struct Counted(Arc<Node>);

impl Counted {
    fn new(node: &Arc<Node>) -> Self {
        node.metrics.sockets.inc();
        Self(Arc::clone(node))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.metrics.sockets.dec();
    }
}

/// Tells the room, however the task ends, that this socket is gone.
struct Attendance {
    queue: mpsc::Sender<Inbound>,
    socket: Arc<Socket>,
}

impl Drop for Attendance {
    fn drop(&mut self) {
        if !self.socket.is_closing() {
            self.socket.abandon();
        }
        if let Err(mpsc::error::TrySendError::Full(left)) = self.queue.try_send(Inbound::Left(self.socket.id)) {
            let queue = self.queue.clone();
            tokio::spawn(async move { queue.send(left).await });
        }
    }
}

/// What came next.
enum Heard {
    Text(Utf8Bytes),
    /// Nothing until the deadline.
    Nothing,
    /// The room is gone.
    RoomGone,
    /// The connection is over, or will be once its last words are written.
    Over,
}

struct Session {
    node: Arc<Node>,
    socket: Arc<Socket>,
    web: WebSocket<Wire>,
    heard_at: Instant,
    pinged_at: Instant,
    requests: Pace,
    strikes: Pace,
    /// Whether what comes cannot be read as messages any more.
    is_broken: bool,
}

impl Session {
    fn new(node: Arc<Node>, socket: Arc<Socket>, early: Bytes) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(limits::FRAME_BYTES_MAX))
            .max_frame_size(Some(limits::FRAME_BYTES_MAX));
        let wire = Wire::new(Arc::clone(&socket));
        let web = WebSocket::from_partially_read(wire, early.to_vec(), Role::Server, Some(config));
        let now = Instant::now();
        // Those who came together are not all pinged together.
        let ahead = node.config.socket.ping_interval().mul_f64(rand::random_range(0.0..0.5));
        let pinged_at = now.checked_sub(ahead).unwrap_or(now);
        Self {
            node,
            socket,
            web,
            heard_at: now,
            pinged_at,
            requests: Pace::new(now),
            strikes: Pace::new(now),
            is_broken: false,
        }
    }

    async fn converse(&mut self, room: &str, place: &mut Place) {
        let deadline = Instant::now() + self.node.config.socket.join_timeout();
        let text = match self.hear(Some(deadline), None).await {
            Heard::Text(text) => text,
            Heard::Nothing => return self.socket.close(Code::JoinTimeout, Some(retry_ms())),
            Heard::RoomGone | Heard::Over => return,
        };
        let (actor, resume) = match self.admit(&text, room) {
            Ok(admitted) => admitted,
            Err(code) => return self.socket.close(code, None),
        };
        drop(text);
        let queue = match self.node.enter(room) {
            Ok(queue) => queue,
            Err(code) => return self.socket.close(code, Some(retry_ms())),
        };
        let joining =
            Joining { socket: Arc::clone(&self.socket), actor, resume, is_admitted: false, has_waited: false };
        match timeout(self.node.config.socket.join_timeout(), queue.send(Inbound::Join(Box::new(joining)))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return self.socket.close(Code::Internal, Some(retry_ms())),
            Err(_) => return self.socket.close(Code::Unavailable, Some(retry_ms())),
        }
        place.joined();
        let attendance = Attendance { queue, socket: Arc::clone(&self.socket) };
        loop {
            match self.hear(None, Some(&attendance.queue)).await {
                Heard::Text(text) => self.request(&attendance.queue, &text).await,
                Heard::RoomGone => return self.socket.close(Code::Internal, Some(retry_ms())),
                Heard::Nothing | Heard::Over => return,
            }
        }
    }

    /// Who says a join, if they may come to this room at all.
    fn admit(&self, text: &str, room: &str) -> Result<(Actor, Option<Resume>), Code> {
        let join: Join = serde_json::from_str(text).map_err(|_| Code::BadRequest)?;
        let claims = self.node.verifier.verify(&join.token).map_err(|error| {
            tracing::debug!(reason = %error, "refused a token");
            Code::TokenInvalid
        })?;
        if claims.room != room {
            return Err(Code::RoomForbidden);
        }
        Ok((Actor::from_claims(&claims), join.resume))
    }

    /// Brings a request to the room, or refuses it.
    async fn request(&mut self, queue: &mpsc::Sender<Inbound>, text: &str) {
        if let Err(wait) = self.requests.take(self.node.config.socket.request_rate(), Instant::now()) {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
            return self.refuse(request_id(text), Code::RateLimited, None, Some(wait_ms));
        }
        let request: Request = match serde_json::from_str(text) {
            Ok(request) => request,
            Err(error) => {
                let code = if is_join(text) { Code::AlreadyJoined } else { Code::BadRequest };
                let detail = (code == Code::BadRequest).then(|| detail(&error));
                return self.refuse(request_id(text), code, detail, None);
            }
        };
        if request.action == Action::Ping {
            self.node.metrics.request(request.action.name(), None);
            return self.socket.send(&frame::text(&ServerMessage::Ok { id: request.id, reply: None }));
        }
        let id = request.id;
        match timeout(QUEUE_WAIT, queue.reserve()).await {
            Ok(Ok(permit)) => permit.send(Inbound::Request(self.socket.id, Box::new(request), Instant::now())),
            // The next thing to be heard is that the room is gone.
            Ok(Err(_)) => {}
            Err(_) => self.refuse(Some(id), Code::RateLimited, None, Some(retry_ms())),
        }
    }

    /// Refuses a request that does not reach the room; too many of these end the conversation.
    fn refuse(&mut self, id: Option<u32>, code: Code, detail: Option<String>, retry_after_ms: Option<u64>) {
        self.node.metrics.unreadable(code);
        self.socket.send(&frame::refused(id, code, detail, retry_after_ms));
        self.strike();
    }

    fn strike(&mut self) {
        if self.strikes.take(STRIKES, Instant::now()).is_err() {
            self.socket.close(Code::RateLimited, Some(FLOOD_RETRY_MS));
        }
    }

    /// Waits for a message, and meanwhile flushes, pings, and notices when the peer or the room is gone.
    async fn hear(&mut self, deadline: Option<Instant>, room: Option<&mpsc::Sender<Inbound>>) -> Heard {
        loop {
            if let Some(heard) = self.read() {
                return heard;
            }
            if self.web.get_mut().begin_turn() {
                tokio::task::yield_now().await;
                continue;
            }
            let config = &self.node.config.socket;
            let silent_at = self.heard_at + config.silence_max();
            let ping_at = self.pinged_at + config.ping_interval();
            let wake_at = deadline.map_or(silent_at, |deadline| deadline.min(silent_at)).min(ping_at);
            let room_gone = async {
                match room {
                    Some(queue) => queue.closed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                ready = self.socket.stream().ready(self.interest()) => if !self.flush(ready.is_ok()) { return Heard::Over },
                () = self.socket.woken.notified() => if !self.flush(true) { return Heard::Over },
                () = room_gone => return Heard::RoomGone,
                () = sleep_until(wake_at) => {
                    let now = Instant::now();
                    if now >= silent_at {
                        self.socket.abandon();
                        return Heard::Over;
                    }
                    if deadline.is_some_and(|deadline| now >= deadline) {
                        return Heard::Nothing;
                    }
                    self.pinged_at = now;
                    self.socket.send(&frame::PING_FRAME);
                }
            }
        }
    }

    /// The next whole message that has come already; `None` if there is none.
    fn read(&mut self) -> Option<Heard> {
        loop {
            if self.socket.is_closing() {
                return Some(Heard::Over);
            }
            let read = self.web.read();
            if !would_block(&read) {
                self.heard_at = Instant::now();
            }
            self.is_broken |= read.is_err() && !would_block(&read);
            match read {
                Ok(Message::Text(text)) => return Some(Heard::Text(text)),
                Ok(Message::Binary(_)) => self.socket.close(Code::BinaryFrame, None),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {
                    self.strike();
                    // Writes the answer to a ping.
                    let _ = self.web.flush();
                }
                Ok(Message::Close(_)) => {
                    let _ = self.web.flush();
                    self.socket.abandon();
                }
                Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => return None,
                Err(tungstenite::Error::Capacity(_)) => self.socket.close(Code::FrameTooLarge, None),
                Err(tungstenite::Error::Utf8(_)) => self.socket.close(Code::BadRequest, None),
                Err(tungstenite::Error::Protocol(error)) => match error {
                    tungstenite::error::ProtocolError::ResetWithoutClosingHandshake => self.socket.abandon(),
                    _ => self.socket.close(Code::BadRequest, None),
                },
                Err(_) => self.socket.abandon(),
            }
        }
    }

    fn interest(&self) -> Interest {
        if self.socket.has_waiting() { Interest::READABLE.add(Interest::WRITABLE) } else { Interest::READABLE }
    }

    /// Writes what waits; whether the connection still stands.
    fn flush(&self, stands: bool) -> bool {
        let stands = stands && self.socket.flush().is_ok();
        if !stands {
            self.socket.abandon();
        }
        stands
    }

    /// After the last word: waits until it is written and the peer has closed on its side, but not for ever.
    async fn linger(&mut self) {
        let until = Instant::now() + LINGER;
        // The library would go on in the middle of the message that it gave up.
        let mut readable = !self.is_broken;
        while self.socket.flush().is_ok() && !self.socket.is_gone() {
            while readable {
                match self.web.read() {
                    read if would_block(&read) => break,
                    Ok(Message::Close(_)) => return,
                    Ok(_) => {}
                    Err(_) => readable = false,
                }
            }
            // What cannot be read as messages is thrown away: left unread, it would reset the connection before the
            // goodbye has arrived.
            if !readable && !self.socket.discard() {
                return;
            }
            if self.web.get_mut().begin_turn() {
                tokio::task::yield_now().await;
            }
            tokio::select! {
                ready = self.socket.stream().ready(self.interest()) => if ready.is_err() { return },
                () = sleep_until(until) => return,
            }
        }
    }
}

fn would_block<T>(result: &Result<T, tungstenite::Error>) -> bool {
    matches!(result, Err(tungstenite::Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Some time from half a second on, unlike that of others who are told to come back at the same moment.
fn retry_ms() -> u64 {
    rand::random_range(500..5_000)
}

/// The id of what may be no request, so that even its refusal finds whom it concerns.
fn request_id(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Id {
        id: u32,
    }
    serde_json::from_str::<Id>(text).ok().map(|Id { id }| id)
}

fn is_join(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        r#type: &'a str,
    }
    serde_json::from_str::<Kind<'_>>(text).is_ok_and(|kind| kind.r#type == "join")
}

fn detail(error: &serde_json::Error) -> String {
    let reason: String = error.to_string().chars().take(DETAIL_MAX).collect();
    format!("{} {reason}", Code::BadRequest.sentence())
}
