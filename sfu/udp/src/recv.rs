//! Receiving: many datagrams with one system call.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd;

use crate::UdpSocket;
use crate::sockaddr::Name;

/// Messages read by one `recvmmsg` at most; their headers live on the stack.
const MESSAGES_MAX: usize = 64;

/// Room for one control message with an `int` in it, aligned as the kernel wants it.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; 24]);

/// One message that the kernel handed over: a datagram, or a run of equal ones (GRO).
#[derive(Debug, Clone, Copy)]
struct Message {
    source: SocketAddr,
    /// Bytes in the buffer.
    len: usize,
    /// Length of each datagram in it, the last one excepted, which may be shorter. At least 1.
    segment: usize,
}

/// What a [`RecvBatch`] has seen since it was made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RecvStats {
    /// System calls that brought something.
    pub calls: u64,
    /// Messages: datagrams or runs of them.
    pub messages: u64,
    /// Datagrams thrown away because they did not fit the buffer.
    pub truncated: u64,
}

/// Preallocated buffers for `recvmmsg`.
///
/// A buffer of 64 KiB holds every run that GRO builds. Only pages that were written to are resident: a batch of
/// 32 × 64 KiB costs 128 kB as long as datagrams come one by one.
#[derive(Debug)]
pub struct RecvBatch {
    buffers: Box<[u8]>,
    buffer_len: usize,
    messages: Vec<Message>,
    stats: RecvStats,
}

impl RecvBatch {
    /// Buffer length that fits everything UDP can carry, and every GRO run.
    pub const BUFFER_LEN_MAX: usize = 1 << 16;

    /// `messages` buffers (1 to 64) of `buffer_len` bytes (at most [`RecvBatch::BUFFER_LEN_MAX`]). Values outside are
    /// brought inside.
    #[must_use]
    pub fn new(messages: usize, buffer_len: usize) -> Self {
        let messages = messages.clamp(1, MESSAGES_MAX);
        let buffer_len = buffer_len.clamp(1, Self::BUFFER_LEN_MAX);
        RecvBatch {
            buffers: vec![0; messages * buffer_len].into_boxed_slice(),
            buffer_len,
            messages: Vec::with_capacity(messages),
            stats: RecvStats::default(),
        }
    }

    /// Reads what is there, without waiting, and forgets what was read before. Returns the number of messages; when it
    /// equals [`RecvBatch::capacity`] there may be more.
    ///
    /// # Errors
    /// `WouldBlock` when nothing is there; otherwise what `recvmmsg` says. An ICMP error that the kernel reports for an
    /// earlier datagram (`ConnectionRefused` and its like) is swallowed: it concerns one peer, not the socket.
    pub fn recv(&mut self, socket: &UdpSocket) -> io::Result<usize> {
        self.messages.clear();
        let capacity = self.capacity();
        let mut names = [Name::unspecified(); MESSAGES_MAX];
        let mut controls = [Control([0; 24]); MESSAGES_MAX];
        let mut vectors = [libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 }; MESSAGES_MAX];
        // SAFETY: a header of zeros is a valid one: null pointers with lengths of zero.
        let mut headers: [libc::mmsghdr; MESSAGES_MAX] = unsafe { std::mem::zeroed() };
        for (index, buffer) in self.buffers.chunks_exact_mut(self.buffer_len).enumerate() {
            vectors[index] = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
            let header = &mut headers[index].msg_hdr;
            header.msg_name = (&raw mut names[index]).cast();
            header.msg_namelen = Name::LEN;
            header.msg_iov = &raw mut vectors[index];
            header.msg_iovlen = 1;
            header.msg_control = controls[index].0.as_mut_ptr().cast();
            header.msg_controllen = controls[index].0.len() as _;
        }
        // SAFETY: the first `capacity` headers point to names, buffers and control buffers of the lengths they state, all
        // of which live, unaliased, until after the last use of `headers` below.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                capacity as libc::c_uint,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        if count < 0 {
            let error = io::Error::last_os_error();
            return match error.raw_os_error() {
                Some(libc::ECONNREFUSED | libc::EHOSTUNREACH | libc::ENETUNREACH | libc::EINTR) => Ok(0),
                _ => Err(error),
            };
        }
        for (header, name) in headers.iter().zip(&names).take(count as usize) {
            let len = header.msg_len as usize;
            let truncated = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
            self.stats.truncated += u64::from(truncated);
            // A message that cannot be used keeps its place, empty, so that places and buffers stay in step.
            let (source, len) = match name.address() {
                Some(source) if !truncated => (source, len.min(self.buffer_len)),
                _ => (SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0)), 0),
            };
            let segment = segment_len(&header.msg_hdr).unwrap_or(len).max(1);
            self.messages.push(Message { source, len, segment });
        }
        self.stats.calls += 1;
        self.stats.messages += count as u64;
        Ok(count as usize)
    }

    /// The datagrams of the last [`RecvBatch::recv`] with their senders, GRO runs taken apart, in order of arrival.
    pub fn datagrams(&mut self) -> impl Iterator<Item = (SocketAddr, &mut [u8])> {
        self.buffers.chunks_exact_mut(self.buffer_len).zip(&self.messages).flat_map(|(buffer, message)| {
            buffer[..message.len].chunks_mut(message.segment).map(|datagram| (message.source, datagram))
        })
    }

    /// Messages that one call reads at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffers.len() / self.buffer_len
    }

    /// What was seen since construction.
    #[must_use]
    pub fn stats(&self) -> RecvStats {
        self.stats
    }
}

/// The length of the datagrams that GRO put together, if it did.
fn segment_len(header: &libc::msghdr) -> Option<usize> {
    // SAFETY: `header` was filled in by the kernel, its control pointer and length describe initialised memory that is
    // still alive, and the control messages in it are well formed.
    let mut control = unsafe { libc::CMSG_FIRSTHDR(header) };
    while !control.is_null() {
        // SAFETY: not null, hence a header within the control buffer, which is aligned to 8.
        let this = unsafe { &*control };
        if this.cmsg_level == libc::SOL_UDP && this.cmsg_type == libc::UDP_GRO {
            // SAFETY: the data of this control message is an `int` (`udp_cmsg_recv`), possibly unaligned.
            let len = unsafe { libc::CMSG_DATA(control).cast::<libc::c_int>().read_unaligned() };
            return usize::try_from(len).ok();
        }
        // SAFETY: as for CMSG_FIRSTHDR; `control` is a header of this message.
        control = unsafe { libc::CMSG_NXTHDR(header, control) };
    }
    None
}
