//! A UDP socket set up for media.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use crate::sockaddr::Name;
use crate::{check, option, set_option};

/// What a [`UdpSocket`] asks the kernel for.
#[derive(Debug, Clone, Copy)]
pub struct SocketOptions {
    /// Receive buffer wanted, bytes. Best effort: see [`UdpSocket::recv_buffer_bytes`].
    pub recv_buffer_bytes: usize,
    /// Send buffer wanted, bytes. Best effort: see [`UdpSocket::send_buffer_bytes`].
    pub send_buffer_bytes: usize,
    /// Let the kernel hand over runs of equal datagrams in one buffer (`UDP_GRO`).
    pub gro: bool,
    /// Let several sockets bind the same port (`SO_REUSEPORT`).
    pub reuse_port: bool,
}

impl Default for SocketOptions {
    /// 8 MiB each way (half a second of 1,000 viewers at 1.5 Mbit/s takes 94 MB: buffers are for jitter of the
    /// scheduler, not for overload), GRO on.
    fn default() -> Self {
        SocketOptions { recv_buffer_bytes: 8 << 20, send_buffer_bytes: 8 << 20, gro: true, reuse_port: false }
    }
}

/// A non-blocking UDP socket, IPv4 or IPv6 only (never both: one family per socket keeps addresses canonical).
#[derive(Debug)]
pub struct UdpSocket {
    fd: OwnedFd,
    local: SocketAddr,
    gso: bool,
    recv_buffer_bytes: usize,
    send_buffer_bytes: usize,
}

impl UdpSocket {
    /// Binds `address`; port 0 lets the kernel choose.
    ///
    /// # Errors
    /// What `socket`, `bind` and `getsockname` say. A buffer size or an offload that the kernel refuses is no error.
    pub fn bind(address: SocketAddr, options: &SocketOptions) -> io::Result<Self> {
        let domain = if address.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
        // SAFETY: no pointers are involved.
        let fd =
            check(unsafe { libc::socket(domain, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0) })?;
        // SAFETY: the descriptor was just opened and has no other owner.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let raw = fd.as_raw_fd();
        if address.is_ipv6() {
            set_option(raw, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 1)?;
        }
        if options.reuse_port {
            set_option(raw, libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
        }
        let recv_buffer_bytes = grow_buffer(raw, libc::SO_RCVBUFFORCE, libc::SO_RCVBUF, options.recv_buffer_bytes)?;
        let send_buffer_bytes = grow_buffer(raw, libc::SO_SNDBUFFORCE, libc::SO_SNDBUF, options.send_buffer_bytes)?;
        if options.gro {
            // Linux before 5.0 has no GRO for UDP; datagrams then simply come one by one.
            let _ = set_option(raw, libc::SOL_UDP, libc::UDP_GRO, 1);
        }
        // A segment size of 0 changes nothing; that it can be set says that the kernel (4.18 and later) knows GSO.
        let gso = set_option(raw, libc::SOL_UDP, libc::UDP_SEGMENT, 0).is_ok();
        let (name, len) = Name::of(address);
        // SAFETY: `name` is a socket address of `len` bytes and lives through the call.
        check(unsafe { libc::bind(raw, (&raw const name).cast(), len) })?;
        Ok(UdpSocket { local: local_addr(raw)?, fd, gso, recv_buffer_bytes, send_buffer_bytes })
    }

    /// Sends one datagram at once, for whoever has nothing to batch.
    ///
    /// # Errors
    /// What `sendto` says; `WouldBlock` when the send buffer is full.
    pub fn send_to(&self, datagram: &[u8], destination: SocketAddr) -> io::Result<()> {
        let (name, len) = Name::of(destination);
        // SAFETY: the kernel reads `datagram.len()` bytes of the datagram and `len` bytes of `name`; both live through
        // the call.
        let sent = unsafe {
            libc::sendto(
                self.fd.as_raw_fd(),
                datagram.as_ptr().cast(),
                datagram.len(),
                libc::MSG_NOSIGNAL,
                (&raw const name).cast(),
                len,
            )
        };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Where it is bound.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Whether the kernel can split trains itself (`UDP_SEGMENT`).
    #[must_use]
    pub fn has_gso(&self) -> bool {
        self.gso
    }

    /// The receive buffer that the kernel gave, bytes (its own bookkeeping included: twice what `net.core.rmem_max`
    /// allows, at most twice what was asked for).
    #[must_use]
    pub fn recv_buffer_bytes(&self) -> usize {
        self.recv_buffer_bytes
    }

    /// The send buffer that the kernel gave, bytes; see [`UdpSocket::recv_buffer_bytes`].
    #[must_use]
    pub fn send_buffer_bytes(&self) -> usize {
        self.send_buffer_bytes
    }
}

impl AsFd for UdpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for UdpSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

/// Asks for a buffer beyond the system's limit, which needs CAP_NET_ADMIN, then for what the limit allows.
fn grow_buffer(fd: RawFd, forced: libc::c_int, plain: libc::c_int, bytes: usize) -> io::Result<usize> {
    let wanted = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX / 2);
    if set_option(fd, libc::SOL_SOCKET, forced, wanted).is_err() {
        set_option(fd, libc::SOL_SOCKET, plain, wanted)?;
    }
    Ok(usize::try_from(option(fd, libc::SOL_SOCKET, plain)?).unwrap_or(0))
}

/// Where a socket is bound.
fn local_addr(fd: RawFd) -> io::Result<SocketAddr> {
    let mut name = Name::unspecified();
    let mut len = Name::LEN;
    // SAFETY: the kernel writes at most `len` bytes, the size of `name`; both live through the call.
    check(unsafe { libc::getsockname(fd, (&raw mut name).cast(), &raw mut len) })?;
    name.address().ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))
}
