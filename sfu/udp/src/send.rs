//! Sending: packets are written straight into one buffer, runs of equal size to one peer become trains (GSO), and
//! trains leave many at a time.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use crate::UdpSocket;
use crate::sockaddr::Name;

/// Trains that are gathered before [`SendBatch::reserve`] asks for a flush.
pub const TRAINS_MAX: usize = 64;
/// Packets in one train: `UDP_MAX_SEGMENTS` of the kernels before 6.9.
pub const TRAIN_SEGMENTS_MAX: usize = 64;
/// Bytes in one train: the kernel builds it as one IP packet, whose length is 16 bits.
pub const TRAIN_BYTES_MAX: usize = 65_000;

/// Messages per system call: one more than trains are gathered, since the last packet may not fit the last train.
const MESSAGES_MAX: usize = TRAINS_MAX + 1;
/// Waits for room in the socket per flush, each of [`WAIT_MS`] at most.
const WAITS_MAX: usize = 2;
/// See [`WAITS_MAX`].
const WAIT_MS: libc::c_int = 1;

/// Room for one control message with an `u16` in it, aligned as the kernel wants it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; CONTROL_LEN]);

// SAFETY: CMSG_SPACE computes a length and touches no memory.
const CONTROL_LEN: usize = unsafe { libc::CMSG_SPACE(size_of::<u16>() as u32) } as usize;

/// Consecutive packets to one peer, contiguous in the buffer, all `segment` bytes but the last, which may be shorter.
#[derive(Debug, Clone, Copy)]
struct Train {
    destination: SocketAddr,
    start: usize,
    len: usize,
    segment: usize,
    segments: usize,
    /// Nothing may be added any more: the last packet was a shorter one.
    closed: bool,
    /// The kernel refused to split it: the packets go one by one.
    split: bool,
}

/// One message of a system call: a train, or one packet of a train that is sent in pieces.
#[derive(Clone, Copy)]
struct Piece {
    train: usize,
    start: usize,
    len: usize,
}

/// What a [`SendBatch`] has done since it was made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct SendStats {
    /// System calls made to send.
    pub calls: u64,
    /// Messages that the kernel took: trains, or single packets.
    pub messages: u64,
    /// Packets that the kernel took.
    pub packets: u64,
    /// Bytes that the kernel took, without UDP and IP headers.
    pub bytes: u64,
    /// Packets dropped because the socket had no room for 2 ms.
    pub congested: u64,
    /// Packets dropped because the kernel refused their destination (unreachable, not permitted, too long).
    pub refused: u64,
    /// Waits for room in the socket.
    pub waits: u64,
}

/// Gathers packets and sends them with as few system calls as possible.
///
/// `reserve` a place, write the packet into it, `commit` its length, again and again; `flush` when `reserve` has no room
/// left and at the end of a round. Nothing is allocated after construction.
///
/// When the socket is full (`EAGAIN`, `ENOBUFS`), a flush waits twice, for 1 ms at most each time, then drops what is
/// left and counts it: media that is late is worth nothing, and a worker must come back to its input.
#[derive(Debug)]
pub struct SendBatch {
    buffer: Box<[u8]>,
    /// Bytes of the buffer that are committed.
    filled: usize,
    /// Where the reserved packet goes, and how long it may get.
    reserved: Option<(SocketAddr, usize)>,
    trains: Vec<Train>,
    gso: bool,
    stats: SendStats,
}

impl SendBatch {
    /// A batch whose packets take at most `buffer_len` bytes together. 256 KiB stay in a core's own cache and hold
    /// 64 trains of three full packets.
    #[must_use]
    pub fn new(buffer_len: usize) -> Self {
        SendBatch {
            buffer: vec![0; buffer_len].into_boxed_slice(),
            filled: 0,
            reserved: None,
            trains: Vec::with_capacity(MESSAGES_MAX),
            gso: true,
            stats: SendStats::default(),
        }
    }

    /// Room for one packet of at most `len_max` bytes to `destination`; `None` when the batch must be flushed first. A
    /// reservation that is not committed is void.
    pub fn reserve(&mut self, destination: SocketAddr, len_max: usize) -> Option<&mut [u8]> {
        self.reserved = None;
        let joins = self.trains.last().is_some_and(|train| train.destination == destination && !train.closed);
        if self.trains.len() > TRAINS_MAX || (self.trains.len() == TRAINS_MAX && !joins) {
            return None;
        }
        let room = self.buffer.get_mut(self.filled..self.filled.checked_add(len_max)?)?;
        self.reserved = Some((destination, len_max));
        Some(room)
    }

    /// Takes the first `len` bytes of the reserved room as a packet. A length of 0, a length beyond the reservation, or no
    /// reservation: nothing happens.
    pub fn commit(&mut self, len: usize) {
        let Some((destination, len_max)) = self.reserved.take() else {
            return;
        };
        if len == 0 || len > len_max {
            return;
        }
        let start = self.filled;
        self.filled += len;
        if let Some(train) = self.trains.last_mut()
            && train.destination == destination
            && !train.closed
            && len <= train.segment
            && train.segments < TRAIN_SEGMENTS_MAX
            && train.len + len <= TRAIN_BYTES_MAX
        {
            train.len += len;
            train.segments += 1;
            train.closed = len < train.segment;
            return;
        }
        self.trains.push(Train { destination, start, len, segment: len, segments: 1, closed: false, split: false });
    }

    /// Copies one packet in; `false` when the batch must be flushed first.
    #[must_use]
    pub fn push(&mut self, destination: SocketAddr, packet: &[u8]) -> bool {
        let Some(room) = self.reserve(destination, packet.len()) else {
            return false;
        };
        room.copy_from_slice(packet);
        self.commit(packet.len());
        true
    }

    /// Sends all that is committed and empties the batch, whatever happens; see [`SendStats`] for what did.
    ///
    /// A destination that the kernel refuses costs its own packets only. A train that the kernel cannot split for its
    /// route (`EINVAL`, `EMSGSIZE`: packets longer than the path takes) is sent packet by packet; a device that cannot
    /// split at all (`EIO`: no checksum offload) ends the use of GSO for good.
    pub fn flush(&mut self, socket: &UdpSocket) {
        self.reserved = None;
        self.gso &= socket.has_gso();
        let mut pieces = [Piece { train: 0, start: 0, len: 0 }; MESSAGES_MAX];
        let mut waits = 0;
        // How far the trains are sent: bytes of the buffer, since trains lie in it back to back.
        let mut done = 0;
        while done < self.filled {
            let count = self.gather(done, &mut pieces);
            let pieces = &pieces[..count];
            match self.send(socket, pieces) {
                Ok(sent) => {
                    for piece in &pieces[..sent] {
                        self.stats.messages += 1;
                        self.stats.packets += self.packets(piece);
                        self.stats.bytes += piece.len as u64;
                        done = piece.start + piece.len;
                    }
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::EAGAIN | libc::ENOBUFS) if waits < WAITS_MAX => {
                        waits += 1;
                        self.stats.waits += 1;
                        wait_for_room(socket);
                    }
                    Some(libc::EAGAIN | libc::ENOBUFS) => {
                        self.stats.congested += self.packets_from(done);
                        break;
                    }
                    Some(libc::EIO) if self.packets(&pieces[0]) > 1 => self.gso = false,
                    Some(libc::EINVAL | libc::EMSGSIZE) if self.packets(&pieces[0]) > 1 => {
                        self.trains[pieces[0].train].split = true;
                    }
                    _ => {
                        self.stats.refused += self.packets(&pieces[0]);
                        done = pieces[0].start + pieces[0].len;
                    }
                },
            }
        }
        self.filled = 0;
        self.trains.clear();
    }

    /// Sends every packet as a message of its own from now on, as on a kernel without GSO.
    pub fn disable_gso(&mut self) {
        self.gso = false;
    }

    /// Whether nothing is committed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Whether trains are (still) left to the kernel to split.
    #[must_use]
    pub fn uses_gso(&self) -> bool {
        self.gso
    }

    /// What was done since construction.
    #[must_use]
    pub fn stats(&self) -> SendStats {
        self.stats
    }

    /// The messages to send next, from byte `done` of the buffer on.
    fn gather(&self, done: usize, pieces: &mut [Piece; MESSAGES_MAX]) -> usize {
        let mut count = 0;
        for (index, train) in self.trains.iter().enumerate() {
            let end = train.start + train.len;
            let mut start = train.start.max(done);
            while start < end && count < MESSAGES_MAX {
                let len = if self.gso && !train.split { end - start } else { train.segment.min(end - start) };
                pieces[count] = Piece { train: index, start, len };
                count += 1;
                start += len;
            }
        }
        count
    }

    /// One `sendmmsg`: the number of pieces that the kernel took, at least one.
    fn send(&mut self, socket: &UdpSocket, pieces: &[Piece]) -> io::Result<usize> {
        let mut names = [Name::unspecified(); MESSAGES_MAX];
        let mut controls = [Control([0; CONTROL_LEN]); MESSAGES_MAX];
        let mut vectors = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; MESSAGES_MAX];
        // SAFETY: a header of zeros is a valid one: null pointers with lengths of zero.
        let mut headers: [libc::mmsghdr; MESSAGES_MAX] = unsafe { std::mem::zeroed() };
        for (index, piece) in pieces.iter().enumerate() {
            let train = &self.trains[piece.train];
            let header = &mut headers[index].msg_hdr;
            let bytes = &mut self.buffer[piece.start..piece.start + piece.len];
            vectors[index] = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
            let (name, name_len) = Name::of(train.destination);
            names[index] = name;
            header.msg_name = (&raw mut names[index]).cast();
            header.msg_namelen = name_len;
            header.msg_iov = &raw mut vectors[index];
            header.msg_iovlen = 1;
            if piece.len > train.segment {
                header.msg_control = controls[index].0.as_mut_ptr().cast();
                header.msg_controllen = CONTROL_LEN as _;
                set_segment_len(header, train.segment as u16);
            }
        }
        self.stats.calls += 1;
        // SAFETY: the first `pieces.len()` headers point to names, bytes and control messages of the lengths they state,
        // all of which live through the call.
        let sent = unsafe {
            libc::sendmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                pieces.len() as libc::c_uint,
                libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            )
        };
        if sent <= 0 { Err(io::Error::last_os_error()) } else { Ok(sent as usize) }
    }

    /// How many packets a piece holds.
    fn packets(&self, piece: &Piece) -> u64 {
        piece.len.div_ceil(self.trains[piece.train].segment) as u64
    }

    /// How many packets lie behind byte `done` of the buffer.
    fn packets_from(&self, done: usize) -> u64 {
        let left = |train: &Train| (train.start + train.len).saturating_sub(train.start.max(done));
        self.trains.iter().map(|train| left(train).div_ceil(train.segment) as u64).sum()
    }
}

/// Writes the control message that makes the kernel split a message into datagrams of `len` bytes.
fn set_segment_len(header: &mut libc::msghdr, len: u16) {
    // SAFETY: the control buffer has room for exactly this message (CMSG_SPACE of a `u16`) and is aligned to 8, so that
    // CMSG_FIRSTHDR is not null and header and data may be written.
    unsafe {
        let control = libc::CMSG_FIRSTHDR(header);
        (*control).cmsg_level = libc::SOL_UDP;
        (*control).cmsg_type = libc::UDP_SEGMENT;
        (*control).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
        libc::CMSG_DATA(control).cast::<u16>().write_unaligned(len);
    }
}

/// Waits until the socket takes something again, or [`WAIT_MS`].
fn wait_for_room(socket: &UdpSocket) {
    let mut poll = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
    // SAFETY: one `pollfd` that lives through the call. Its result does not matter: the next send tells.
    unsafe { libc::poll(&raw mut poll, 1, WAIT_MS) };
}
