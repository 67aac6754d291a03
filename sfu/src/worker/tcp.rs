//! The ICE-TCP connections of a worker's peers (RFC 6544): frames in, frames out (RFC 4571).
//!
//! A connection that fails, ends or sends what is no frame is shut down and read no more; its peer's transport notices
//! the silence (consent) and the peer may come back on a new one. A peer that reads slowly loses its oldest frames.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, Interest};

use super::net::TCP_TOKEN;
use crate::drop_reason::DropReason;
use crate::metrics::WorkerMetrics;
use crate::transport::tcp_frame::{FrameQueue, FrameReader};

/// A connection through which no peer's check has come for this long is closed.
const UNOWNED_MAX: Duration = Duration::from_secs(5);

/// One connection.
struct Connection {
    stream: TcpStream,
    remote: SocketAddr,
    reader: FrameReader,
    queue: FrameQueue,
    /// The kernel took not all: wait until it does.
    blocked: bool,
    /// Nothing more comes or goes.
    over: bool,
    accepted: Instant,
    /// A peer's check has come through it.
    owned: bool,
}

/// All connections of a worker, by the number that their paths carry. Numbers count up: a path that is over must never name
/// somebody else's connection.
pub(super) struct TcpConnections {
    by_number: HashMap<u32, Connection>,
    next_number: u32,
    /// Those with something to write.
    pending: Vec<u32>,
    connections_max: usize,
}

impl TcpConnections {
    /// Room for `connections_max`; further ones are refused.
    pub(super) fn new(connections_max: usize) -> Self {
        Self { by_number: HashMap::new(), next_number: 0, pending: Vec::new(), connections_max }
    }

    /// Takes over a connection of which `first` was read already.
    ///
    /// # Errors
    /// When the connection is gone, there are too many, or epoll takes no more.
    pub(super) fn accept(&mut self, now: Instant, stream: TcpStream, first: &[u8], epoll: &Epoll) -> io::Result<u32> {
        if self.by_number.len() >= self.connections_max {
            return Err(io::Error::other("this worker has as many TCP connections as it may"));
        }
        let remote = stream.peer_addr()?;
        stream.set_nonblocking(true)?;
        let mut reader = FrameReader::new();
        let space = reader.space();
        let taken = first.len().min(space.len());
        space[..taken].copy_from_slice(&first[..taken]);
        reader.advance(taken);
        // After 2^32 connections they begin again; those that still live are few.
        while self.by_number.contains_key(&self.next_number) {
            self.next_number = self.next_number.wrapping_add(1);
        }
        let number = self.next_number;
        epoll.add(&stream, TCP_TOKEN + u64::from(number), Interest::Readable)?;
        self.next_number = number.wrapping_add(1);
        let queue = FrameQueue::new();
        let connection =
            Connection { stream, remote, reader, queue, blocked: false, over: false, accepted: now, owned: false };
        self.by_number.insert(number, connection);
        Ok(number)
    }

    /// The next frame of a connection, copied into `frame`, and whom it is from; `None`: wait for more.
    pub(super) fn next_frame<'a>(
        &mut self,
        number: u32,
        frame: &'a mut [u8],
        epoll: &Epoll,
    ) -> Option<(SocketAddr, &'a mut [u8])> {
        let connection = self.by_number.get_mut(&number)?;
        loop {
            match connection.reader.next_frame() {
                Ok(Some(found)) => {
                    let place = frame.get_mut(..found.len())?;
                    place.copy_from_slice(found);
                    return Some((connection.remote, place));
                }
                Ok(None) => {}
                Err(_) => connection.end(epoll),
            }
            if connection.over {
                return None;
            }
            match connection.stream.read(connection.reader.space()) {
                Ok(0) => connection.end(epoll),
                Ok(len) => connection.reader.advance(len),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(_) => connection.end(epoll),
            }
        }
    }

    /// Queues a packet; it leaves with [`TcpConnections::flush`].
    pub(super) fn send(&mut self, number: u32, packet: &[u8], metrics: &WorkerMetrics) {
        let Some(connection) = self.by_number.get_mut(&number) else { return };
        if connection.over {
            return;
        }
        if connection.queue.is_empty() {
            self.pending.push(number);
        }
        let lost = connection.queue.push(packet);
        metrics.drop(DropReason::TcpQueueFull, lost as u64);
    }

    /// Writes what waits, as far as the kernel takes it.
    pub(super) fn flush(&mut self, epoll: &Epoll) {
        for number in self.pending.drain(..) {
            if let Some(connection) = self.by_number.get_mut(&number)
                && !connection.blocked
            {
                connection.write(number, epoll);
            }
        }
    }

    /// The kernel takes more.
    pub(super) fn writable(&mut self, number: u32, epoll: &Epoll) {
        if let Some(connection) = self.by_number.get_mut(&number) {
            connection.write(number, epoll);
        }
    }

    /// Ends a connection. What it was sent last is still written if the kernel takes it.
    pub(super) fn close(&mut self, number: u32, epoll: &Epoll) {
        if let Some(mut connection) = self.by_number.remove(&number) {
            connection.write(number, epoll);
            connection.end(epoll);
        }
    }

    /// A peer's check has come through this connection.
    pub(super) fn own(&mut self, number: u32) {
        if let Some(connection) = self.by_number.get_mut(&number) {
            connection.owned = true;
        }
    }

    /// Closes the connections that nobody has claimed in time, and those of nobody that are over.
    pub(super) fn sweep(&mut self, now: Instant, epoll: &Epoll) {
        self.by_number.retain(|_, connection| {
            let keep = connection.owned || (!connection.over && now - connection.accepted < UNOWNED_MAX);
            if !keep {
                connection.end(epoll);
            }
            keep
        });
    }
}

impl Connection {
    fn write(&mut self, number: u32, epoll: &Epoll) {
        let mut blocked = false;
        while let Some(front) = self.queue.front() {
            match self.stream.write(front) {
                Ok(len) => self.queue.advance(len),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    blocked = true;
                    break;
                }
                Err(_) => {
                    self.end(epoll);
                    return;
                }
            }
        }
        if blocked != self.blocked {
            let interest = if blocked { Interest::ReadableWritable } else { Interest::Readable };
            match epoll.modify(&self.stream, TCP_TOKEN + u64::from(number), interest) {
                Ok(()) => self.blocked = blocked,
                Err(_) => self.end(epoll),
            }
        }
    }

    fn end(&mut self, epoll: &Epoll) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        // Out of epoll first: a connection that hung up would be reported for ever.
        let _ = epoll.remove(&self.stream);
        // The other side may be gone already; either way nothing is left to do.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}
