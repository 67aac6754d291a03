//! The configuration of the media server, one struct per concern. Every key has a default; unknown keys are refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::num::NonZeroUsize;
use std::time::Duration;

use serde::Deserialize;

use crate::http;
use crate::media::MediaLimits;
use crate::sdp;
use crate::transport::TransportLimits;

/// Everything that `lectern-sfu --config FILE` reads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SfuConfig {
    /// Sockets and threads of the media path.
    pub network: NetworkConfig,
    /// WHIP, WHEP and admission.
    pub http: http::Config,
    /// Limits on offers.
    pub sdp: sdp::Limits,
    /// Limits on handshakes and consent.
    pub transport: TransportConfig,
    /// Limits and timing inside a room.
    pub room: MediaLimits,
}

/// Sockets and threads of the media path.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// Worker threads; 0 is one per core. At most 64.
    pub workers: u16,
    /// UDP port of the first worker, the others follow; 0 lets the kernel choose.
    pub udp_port: u16,
    /// TCP port for networks without UDP (ICE-TCP); 0 lets the kernel choose, absent is no ICE-TCP.
    pub tcp_port: Option<u16>,
    /// Addresses to bind, at most one of each family. One that the machine does not have is left out with a warning.
    pub bind: Vec<IpAddr>,
    /// Addresses to announce to clients (behind NAT or in a cloud: the public ones). Empty: the address of the default
    /// route, after loopback when HTTP listens on loopback.
    pub announce: Vec<IpAddr>,
    /// Socket buffers of each worker, bytes; the kernel may give less (`net.core.rmem_max`, `wmem_max`). More is no gain: a
    /// worker that is seconds behind should lose input rather than deliver it late.
    pub socket_buffer_bytes: usize,
    /// ICE-TCP connections at most, over all workers.
    pub tcp_connections_max: usize,
    /// How long a new ICE-TCP connection may take to send its first STUN message, milliseconds.
    pub tcp_first_frame_ms: u64,
}

/// More workers than this are a mistake in the file.
pub const WORKERS_MAX: u16 = 64;

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            workers: 0,
            udp_port: 7800,
            tcp_port: Some(7800),
            bind: vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)],
            announce: Vec::new(),
            socket_buffer_bytes: 4 << 20,
            tcp_connections_max: 2_000,
            tcp_first_frame_ms: 5_000,
        }
    }
}

impl NetworkConfig {
    /// Worker threads to start.
    #[must_use]
    pub fn worker_count(&self) -> u16 {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let wanted = if self.workers == 0 { u16::try_from(cores()).unwrap_or(WORKERS_MAX) } else { self.workers };
        wanted.clamp(1, WORKERS_MAX)
    }

    /// Addresses to announce, given where HTTP listens.
    #[must_use]
    pub fn announced(&self, http: SocketAddr) -> Vec<IpAddr> {
        if !self.announce.is_empty() {
            return self.announce.clone();
        }
        let routed = |from: IpAddr, to: IpAddr| {
            // Connecting a UDP socket sends nothing; it only asks the kernel which address it would send from.
            let socket = UdpSocket::bind((from, 0)).ok()?;
            socket.connect((to, 9)).ok()?;
            socket.local_addr().ok().map(|address| address.ip())
        };
        let documentation_v4 = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        let documentation_v6 = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
        let mut found = Vec::new();
        found.extend(routed(IpAddr::V4(Ipv4Addr::UNSPECIFIED), documentation_v4));
        found.extend(routed(IpAddr::V6(Ipv6Addr::UNSPECIFIED), documentation_v6));
        if http.ip().is_loopback() || found.is_empty() {
            // Not instead of the others: Firefox gathers no candidate of its own there and pairs it with none.
            found.splice(..0, [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
        }
        found
    }

    /// The longest wait for a new ICE-TCP connection's first frame.
    #[must_use]
    pub fn tcp_first_frame(&self) -> Duration {
        Duration::from_millis(self.tcp_first_frame_ms)
    }
}

/// Limits on handshakes and consent.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TransportConfig {
    /// ICE and DTLS must be done within this time of the answer, milliseconds.
    pub handshake_ms: u64,
    /// A peer that has sent no authenticated check for this long is gone, milliseconds (RFC 7675: 30 seconds).
    pub consent_ms: u64,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self { handshake_ms: 15_000, consent_ms: 30_000 }
    }
}

impl TransportConfig {
    /// As the transports take them.
    #[must_use]
    pub fn limits(&self) -> TransportLimits {
        TransportLimits {
            handshake_timeout: Duration::from_millis(self.handshake_ms),
            consent_timeout: Duration::from_millis(self.consent_ms),
            ..TransportLimits::default()
        }
    }
}

impl SfuConfig {
    /// Looks at everything that a type cannot express.
    ///
    /// # Errors
    /// The section or key, and what it may be.
    pub fn validate(&self) -> Result<(), (&'static str, String)> {
        let network = &self.network;
        if network.workers > WORKERS_MAX {
            return Err(("network.workers", format!("at most {WORKERS_MAX}; 0 is one per core")));
        }
        if network.udp_port != 0 && network.udp_port.checked_add(network.worker_count()).is_none() {
            return Err(("network.udp_port", "leaves no room for a port per worker".to_owned()));
        }
        let family = |v4: bool| network.bind.iter().filter(|address| address.is_ipv4() == v4).count();
        if network.bind.is_empty() || family(true) > 1 || family(false) > 1 {
            return Err(("network.bind", "one address of each family at most, and one at least".to_owned()));
        }
        self.http.check().map_err(|error| ("http", error.to_string()))?;
        self.room.validate().map_err(|message| ("room", message.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_announced_to_those_who_come_over_it_and_never_hides_other_addresses() {
        let network = NetworkConfig::default();
        let local = network.announced(SocketAddr::from(([127, 0, 0, 1], 8080)));
        assert_eq!(local[..2], [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
        // Without a network this has loopback, too.
        let public = network.announced(SocketAddr::from(([0, 0, 0, 0], 8080)));
        assert!(public.iter().all(|address| local.contains(address)), "{public:?} {local:?}");
        let announce = vec![IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9))];
        let told = NetworkConfig { announce: announce.clone(), ..network };
        assert_eq!(told.announced(SocketAddr::from(([127, 0, 0, 1], 8080))), announce);
    }
}
