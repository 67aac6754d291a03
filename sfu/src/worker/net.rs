//! A worker's sockets: one UDP port in each address family, and the ICE-TCP connections of its peers.

use std::io;
use std::net::{IpAddr, SocketAddr};

use lectern_udp::{Epoll, Interest, RecvBatch, SendBatch, SendStats, SocketOptions, UdpSocket};

use super::tcp::TcpConnections;
use crate::metrics::WorkerMetrics;
use crate::transport::{Path, Via};

/// Token of the inbox's wake-up.
pub(super) const WAKE_TOKEN: u64 = 0;
/// Tokens of the UDP sockets.
pub(super) const UDP4_TOKEN: u64 = 1;
/// See [`UDP4_TOKEN`].
pub(super) const UDP6_TOKEN: u64 = 2;
/// Token of the first TCP connection.
pub(super) const TCP_TOKEN: u64 = 16;

/// Bytes gathered before a system call: small enough to stay in a core's own cache until the kernel copies them.
const SEND_BUFFER_BYTES: usize = 256 << 10;
/// Messages per `recvmmsg`, each a datagram or a GRO run of up to 64 KiB.
const RECV_MESSAGES: usize = 32;

/// One UDP socket with its outgoing batch.
pub(super) struct Udp {
    pub(super) socket: UdpSocket,
    pub(super) batch: SendBatch,
}

/// Everything that a worker sends and receives through.
pub(super) struct Net {
    pub(super) udp4: Option<Udp>,
    pub(super) udp6: Option<Udp>,
    pub(super) tcp: TcpConnections,
    /// Absent only while its datagrams are handled.
    pub(super) recv: Option<RecvBatch>,
}

/// The bound UDP sockets of one worker, before its thread starts.
pub struct BoundSockets {
    udp4: Option<UdpSocket>,
    udp6: Option<UdpSocket>,
}

impl BoundSockets {
    /// Binds one socket for each address; with `port` 0, the second family takes the port that the first was given, so that
    /// one port names the worker. A family that the machine lacks is left out.
    ///
    /// # Errors
    /// When no address could be bound; the error of the last one.
    pub fn bind(addresses: &[IpAddr], port: u16, buffer_bytes: usize) -> io::Result<Self> {
        let options = SocketOptions {
            recv_buffer_bytes: buffer_bytes,
            send_buffer_bytes: buffer_bytes,
            ..SocketOptions::default()
        };
        let mut bound = Self { udp4: None, udp6: None };
        let mut port = port;
        let mut failure = io::Error::from(io::ErrorKind::InvalidInput);
        for address in addresses {
            match UdpSocket::bind(SocketAddr::new(*address, port), &options) {
                Ok(socket) => {
                    port = socket.local_addr().port();
                    match address {
                        IpAddr::V4(_) => bound.udp4 = Some(socket),
                        IpAddr::V6(_) => bound.udp6 = Some(socket),
                    }
                }
                Err(error) => {
                    tracing::warn!(%address, port, %error, "media: this address cannot be bound; it is left out");
                    failure = error;
                }
            }
        }
        if bound.udp4.is_none() && bound.udp6.is_none() { Err(failure) } else { Ok(bound) }
    }

    /// Where the IPv4 and the IPv6 socket are bound.
    #[must_use]
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.udp4.iter().chain(&self.udp6).map(UdpSocket::local_addr).collect()
    }
}

impl Net {
    pub(super) fn new(bound: BoundSockets, tcp_connections_max: usize, epoll: &Epoll) -> io::Result<Self> {
        let open = |socket: Option<UdpSocket>, token| match socket {
            Some(socket) => {
                epoll.add(&socket, token, Interest::Readable)?;
                io::Result::Ok(Some(Udp { socket, batch: SendBatch::new(SEND_BUFFER_BYTES) }))
            }
            None => Ok(None),
        };
        Ok(Self {
            udp4: open(bound.udp4, UDP4_TOKEN)?,
            udp6: open(bound.udp6, UDP6_TOKEN)?,
            tcp: TcpConnections::new(tcp_connections_max),
            recv: Some(RecvBatch::new(RECV_MESSAGES, RecvBatch::BUFFER_LEN_MAX)),
        })
    }

    /// The UDP socket that a path uses.
    pub(super) fn udp(&mut self, via: Via) -> Option<&mut Udp> {
        match via {
            Via::Udp4 => self.udp4.as_mut(),
            Via::Udp6 => self.udp6.as_mut(),
            Via::Tcp(_) => None,
        }
    }

    /// Sends one datagram along a path: with the next flush, or through the connection's queue.
    pub(super) fn send(&mut self, path: Path, datagram: &[u8], metrics: &WorkerMetrics) {
        if let Via::Tcp(connection) = path.via {
            self.tcp.send(connection, datagram, metrics);
        } else if let Some(udp) = self.udp(path.via)
            && !udp.batch.push(path.remote, datagram)
        {
            udp.batch.flush(&udp.socket);
            let _ = udp.batch.push(path.remote, datagram);
        }
    }

    /// Hands everything gathered to the kernel.
    pub(super) fn flush(&mut self, epoll: &Epoll) {
        self.tcp.flush(epoll);
        for udp in self.udp4.iter_mut().chain(&mut self.udp6) {
            if !udp.batch.is_empty() {
                udp.batch.flush(&udp.socket);
            }
        }
    }

    /// Counts what the kernel refused since `before`; returns the new reading.
    pub(super) fn count_errors(&self, before: SendStats, metrics: &WorkerMetrics) -> SendStats {
        let mut now = SendStats::default();
        for stats in self.udp4.iter().chain(&self.udp6).map(|udp| udp.batch.stats()) {
            now.congested += stats.congested;
            now.refused += stats.refused;
        }
        metrics.send_errors.inc_by(now.congested + now.refused - before.congested - before.refused);
        now
    }
}
