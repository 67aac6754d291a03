//! Many sockets on one thread, read at so little cost that the server under test keeps the machine.
//!
//! A receiver that blocks in `epoll_wait` is woken by every datagram, and on loopback it is the sender that pays for the
//! wake-up. So the thread looks around once per [`Pace::Tick`] instead, except where a delay is to be measured.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use lectern_udp::{Epoll, Events, Interest, RecvBatch, SocketOptions, UdpSocket};

/// How long a receiver that measures no delay lets datagrams wait.
pub const TICK: Duration = Duration::from_millis(2);

/// Receive buffer of one viewer: four keyframes of 50 packets with the kernel's bookkeeping. Only what is in use is allocated.
const RECV_BUFFER_BYTES: usize = 512 << 10;

/// Sockets looked at in one round.
const EVENTS: usize = 1024;

/// Messages read from a socket at once; a message is a whole run where the kernel builds runs.
const MESSAGES: usize = 2;

/// When a thread of receivers looks around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As soon as something is there.
    Immediate,
    /// Every [`TICK`].
    Tick,
}

/// The sockets of one thread.
#[derive(Debug)]
pub struct Receivers {
    epoll: Epoll,
    events: Events,
    batch: RecvBatch,
    sockets: Vec<UdpSocket>,
    pace: Pace,
}

impl Receivers {
    /// None yet.
    ///
    /// # Errors
    /// Too many open files.
    pub fn new(pace: Pace) -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new()?,
            events: Events::with_capacity(EVENTS),
            batch: RecvBatch::new(MESSAGES, RecvBatch::BUFFER_LEN_MAX),
            sockets: Vec::new(),
            pace,
        })
    }

    /// Open the socket of one receiver on a port of its own.
    ///
    /// # Errors
    /// Too many open files, no such address, no free port.
    pub fn open(address: SocketAddr) -> io::Result<UdpSocket> {
        let options = SocketOptions {
            recv_buffer_bytes: RECV_BUFFER_BYTES,
            send_buffer_bytes: 64 << 10,
            gro: true,
            reuse_port: false,
        };
        UdpSocket::bind(address, &options)
    }

    /// Read `socket` from now on. Its index counts from 0.
    ///
    /// # Errors
    /// What `epoll_ctl` says.
    pub fn add(&mut self, socket: UdpSocket) -> io::Result<usize> {
        let index = self.sockets.len();
        self.epoll.add(&socket, index as u64, Interest::Readable)?;
        self.sockets.push(socket);
        Ok(index)
    }

    /// The socket with this index.
    #[must_use]
    pub fn socket(&self, index: usize) -> &UdpSocket {
        &self.sockets[index]
    }

    /// Datagrams that did not fit a buffer.
    #[must_use]
    pub fn truncated(&self) -> u64 {
        self.batch.stats().truncated
    }

    /// Wait for at most one [`TICK`], then hand every datagram to `handle`.
    ///
    /// # Errors
    /// What `epoll_wait` says.
    pub fn poll(&mut self, mut handle: impl FnMut(usize, &UdpSocket, SocketAddr, &mut [u8])) -> io::Result<()> {
        let mut timeout = TICK;
        if self.pace == Pace::Tick {
            thread::sleep(TICK);
            timeout = Duration::ZERO;
        }
        loop {
            let ready = self.epoll.wait(&mut self.events, Some(timeout))?;
            for event in self.events.iter() {
                let index = event.token as usize;
                let Some(socket) = self.sockets.get(index) else { continue };
                // What else there is, the next round reads: epoll is level-triggered. An error is a lost datagram, which the
                // sequence numbers will tell.
                if matches!(self.batch.recv(socket), Ok(1..)) {
                    for (source, datagram) in self.batch.datagrams() {
                        handle(index, socket, source, datagram);
                    }
                }
            }
            if ready < EVENTS {
                return Ok(());
            }
            timeout = Duration::ZERO;
        }
    }
}
