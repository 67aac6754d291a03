//! One participant's TCP connection, and what waits to be written to it.
//!
//! Everybody who has something to say writes through [`Socket::send`]: straight to the kernel when nothing waits, which is
//! nearly always, so that a message to five thousand costs little more than five thousand calls of `send` and wakes no
//! task; behind what waits otherwise. What waits is bounded: a client that does not read is told so and closed, and gets
//! what it missed when it comes back. Only whole frames are ever left out.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Buf as _, Bytes};
use lectern_room_protocol::Code;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::frame;
use crate::metrics::Metrics;

/// Bytes read from one socket before others get their turn.
const READ_TURN_BYTES: usize = 64 * 1024;
/// A client that was too slow may come back after this, in milliseconds.
const SLOW_RETRY_MS: u64 = 1_000;

/// Messages go both ways.
const OPEN: u8 = 0;
/// Nothing further is written but what waits.
const CLOSING: u8 = 1;
/// There is nobody to write to.
const GONE: u8 = 2;

/// Tells the sockets of a node apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SocketId(pub(crate) u64);

/// See the [module](self).
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) id: SocketId,
    /// Where it comes from.
    pub(crate) address: IpAddr,
    stream: TcpStream,
    outbox: Mutex<Outbox>,
    outbox_bytes_max: usize,
    /// [`OPEN`], [`CLOSING`] or [`GONE`]; never goes back.
    state: AtomicU8,
    /// Wakes the socket's task: there is something to flush, or it is time to go.
    pub(crate) woken: Notify,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct Outbox {
    /// What the kernel did not take, each a whole number of frames, the first maybe without its beginning.
    waiting: VecDeque<Bytes>,
    bytes: usize,
    /// Whether the first of `waiting` was begun.
    begun: bool,
}

impl Socket {
    pub(crate) fn new(
        id: SocketId,
        address: IpAddr,
        stream: TcpStream,
        outbox_bytes_max: usize,
        metrics: Metrics,
    ) -> Arc<Self> {
        Arc::new(Self {
            id,
            address,
            stream,
            outbox: Mutex::default(),
            outbox_bytes_max,
            state: AtomicU8::new(OPEN),
            woken: Notify::new(),
            metrics,
        })
    }

    /// Writes frames, or lets them wait. Without effect once the socket closes.
    pub(crate) fn send(&self, frames: &Bytes) {
        let mut outbox = self.outbox();
        if self.is_closing() {
            return;
        }
        if !outbox.waiting.is_empty() {
            if outbox.bytes + frames.len() > self.outbox_bytes_max {
                self.metrics.too_slow.inc();
                self.close_with(&mut outbox, frame::goodbye(Code::TooSlow, Some(SLOW_RETRY_MS)));
            } else {
                outbox.push(frames.clone());
            }
            return;
        }
        match self.stream.try_write(frames) {
            Ok(written) if written == frames.len() => return,
            Ok(written) => {
                outbox.push(frames.slice(written..));
                outbox.begun = written > 0;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => outbox.push(frames.clone()),
            // The peer is gone; the socket's task sees the same when it reads.
            Err(_) => self.enter(GONE),
        }
        self.woken.notify_one();
    }

    /// Says goodbye and closes. What waits is left out, but for what was begun.
    pub(crate) fn close(&self, code: Code, retry_after_ms: Option<u64>) {
        let mut outbox = self.outbox();
        if !self.is_closing() {
            self.metrics.closed(code);
            let goodbye = frame::goodbye(code, retry_after_ms);
            if outbox.waiting.is_empty() {
                match self.stream.try_write(&goodbye) {
                    Ok(written) if written == goodbye.len() => {}
                    Ok(written) => outbox.push(goodbye.slice(written..)),
                    Err(_) => outbox.push(goodbye),
                }
                self.enter(CLOSING);
                self.woken.notify_one();
            } else {
                self.close_with(&mut outbox, goodbye);
            }
        }
    }

    /// Closes without a word: there is nobody to hear it.
    pub(crate) fn abandon(&self) {
        self.enter(GONE);
    }

    fn enter(&self, state: u8) {
        self.state.fetch_max(state, Ordering::AcqRel);
    }

    fn close_with(&self, outbox: &mut Outbox, goodbye: Bytes) {
        outbox.waiting.truncate(usize::from(outbox.begun));
        outbox.bytes = outbox.waiting.iter().map(Bytes::len).sum();
        outbox.push(goodbye);
        self.enter(CLOSING);
        self.woken.notify_one();
    }

    /// Whether nothing further will be written but what waits.
    pub(crate) fn is_closing(&self) -> bool {
        self.state.load(Ordering::Acquire) != OPEN
    }

    /// Whether there is nobody to write to.
    pub(crate) fn is_gone(&self) -> bool {
        self.state.load(Ordering::Acquire) == GONE
    }

    /// Says that nothing more will be written, and throws away what has come; whether more may come.
    pub(crate) fn discard(&self) -> bool {
        if !self.has_waiting() && SockRef::from(&self.stream).shutdown(std::net::Shutdown::Write).is_err() {
            return false;
        }
        let mut scratch = [0; 2048];
        for _ in 0..READ_TURN_BYTES / scratch.len() {
            match self.stream.try_read(&mut scratch) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
        true
    }

    /// Writes what waits as far as the kernel takes it; whether anything still waits.
    pub(crate) fn flush(&self) -> io::Result<bool> {
        let mut outbox = self.outbox();
        while let Some(first) = outbox.waiting.front_mut() {
            match self.stream.try_write(first) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    first.advance(written);
                    let done = first.is_empty();
                    outbox.bytes -= written;
                    outbox.begun = !done;
                    if done {
                        outbox.waiting.pop_front();
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        // Five thousand sockets that once had a queue must not keep one.
        outbox.waiting = VecDeque::new();
        Ok(false)
    }

    /// Whether something waits.
    pub(crate) fn has_waiting(&self) -> bool {
        !self.outbox().waiting.is_empty()
    }

    /// The connection, to wait on.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    fn push(&mut self, frames: Bytes) {
        self.bytes += frames.len();
        self.waiting.push_back(frames);
    }
}

/// The socket as the WebSocket library sees it: it reads, and its answers to pings leave through the outbox.
#[derive(Debug)]
pub(crate) struct Wire {
    socket: Arc<Socket>,
    /// Bytes that may still be read in this turn.
    turn: usize,
}

impl Wire {
    pub(crate) fn new(socket: Arc<Socket>) -> Self {
        Self { socket, turn: READ_TURN_BYTES }
    }

    /// Begins a new turn; whether the last one was used up, so that others should have theirs first.
    pub(crate) fn begin_turn(&mut self) -> bool {
        std::mem::replace(&mut self.turn, READ_TURN_BYTES) == 0
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.turn);
        if most == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let read = self.socket.stream.try_read(&mut buffer[..most])?;
        self.turn -= read;
        Ok(read)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.send(&Bytes::copy_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    async fn pair(outbox_bytes_max: usize) -> (Arc<Socket>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        server.writable().await.unwrap();
        (
            Socket::new(SocketId(1), Ipv4Addr::LOCALHOST.into(), server, outbox_bytes_max, Metrics::unregistered()),
            client,
        )
    }

    /// Fills the kernel's buffers, so that what is sent from now on waits.
    fn fill(socket: &Socket, frame: &Bytes) -> usize {
        let mut sent = 0;
        while !socket.has_waiting() {
            socket.send(frame);
            sent += frame.len();
        }
        sent
    }

    #[tokio::test]
    async fn what_waits_leaves_in_order_and_whole() {
        let (socket, mut client) = pair(1 << 20).await;
        let filler = Bytes::from(vec![b'.'; 50_000]);
        let mut total = fill(&socket, &filler);
        for mark in [b'a', b'b', b'c'] {
            let frames = Bytes::from(vec![mark; 1_000]);
            socket.send(&frames);
            total += frames.len();
        }
        let mut read = vec![0; total];
        let reader = tokio::spawn(async move {
            client.read_exact(&mut read).await.unwrap();
            read
        });
        while socket.flush().unwrap() {
            socket.stream().writable().await.unwrap();
        }
        let read = reader.await.unwrap();
        let tail = &read[total - 3_000..];
        assert!(tail[..1_000].iter().all(|&byte| byte == b'a') && tail[2_000..].iter().all(|&byte| byte == b'c'));
        assert!(read[..total - 3_000].iter().all(|&byte| byte == b'.'));
    }

    #[tokio::test]
    async fn who_does_not_read_is_closed_at_the_limit_and_gets_no_half_frame() {
        let (socket, mut client) = pair(10_000).await;
        let filler = Bytes::from(vec![b'.'; 50_000]);
        let filled = fill(&socket, &filler);
        let begun = socket.outbox().begun;
        let waiting = socket.outbox().bytes;
        let more = Bytes::from(vec![b'!'; 10_000]);
        socket.send(&more);
        assert!(socket.is_closing(), "{waiting} wait");
        socket.send(&more);
        let mut read = Vec::new();
        let reader = tokio::spawn(async move {
            client.read_to_end(&mut read).await.unwrap();
            read
        });
        while socket.flush().unwrap() {
            socket.stream().writable().await.unwrap();
        }
        drop(socket);
        let read = reader.await.unwrap();
        let whole = if begun { filled } else { filled - filler.len() };
        assert!(read[..whole].iter().all(|&byte| byte == b'.'));
        assert_eq!(read[whole..], frame::goodbye(Code::TooSlow, Some(SLOW_RETRY_MS)));
    }

    #[tokio::test]
    async fn one_byte_below_the_limit_waits() {
        let (socket, _client) = pair(100_000).await;
        fill(&socket, &Bytes::from(vec![b'.'; 50_000]));
        let left = 100_000 - socket.outbox().bytes;
        socket.send(&Bytes::from(vec![b'!'; left]));
        assert!(!socket.is_closing());
        socket.send(&Bytes::from_static(b"!"));
        assert!(socket.is_closing());
    }
}
