//! The server's own ICE candidates.

use std::fmt;
use std::net::SocketAddr;

/// How a candidate is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CandidateTransport {
    /// UDP.
    Udp,
    /// TCP, the client connects (RFC 6544, `tcptype passive`).
    TcpPassive,
}

/// A host candidate of a worker: the address that is announced, which behind NAT is not the one that is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// How it is reached.
    pub transport: CandidateTransport,
    /// Where.
    pub address: SocketAddr,
    /// RFC 8445 section 5.1.2.1; higher is tried first.
    pub priority: u32,
}

impl Candidate {
    /// A host candidate, the `index`-th of its worker (0 the most preferred). UDP goes before TCP (RFC 6544 section
    /// 4.2), otherwise the order is the caller's.
    #[must_use]
    pub fn host(transport: CandidateTransport, address: SocketAddr, index: u16) -> Self {
        // RFC 6544 section 4.2: among TCP candidates the upper three bits of the local preference are the direction
        // preference, 4 for a passive host; its type preference is "lower than UDP's", 90 as libwebrtc has it.
        let (type_preference, local_preference) = match transport {
            CandidateTransport::Udp => (126, u32::from(u16::MAX - index)),
            CandidateTransport::TcpPassive => (90, (4 << 13) + u32::from(8_191 - index.min(8_191))),
        };
        // The last term is 256 minus the component, 1.
        Self { transport, address, priority: (type_preference << 24) + (local_preference << 8) + 255 }
    }
}

/// The attribute's text without `a=` (RFC 8839 section 5.1). The foundation is the same for candidates of the same
/// transport and address family, as RFC 8445 section 5.1.1.3 has it for one base.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (protocol, suffix) = match self.transport {
            CandidateTransport::Udp => ("udp", ""),
            CandidateTransport::TcpPassive => ("tcp", " tcptype passive"),
        };
        let foundation = 1 + u8::from(self.address.is_ipv6()) + 2 * u8::from(self.transport != CandidateTransport::Udp);
        let (ip, port) = (self.address.ip(), self.address.port());
        write!(f, "candidate:{foundation} 1 {protocol} {} {ip} {port} typ host{suffix}", self.priority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_rfc_8839_and_rfc_6544_ask() {
        let udp = Candidate::host(CandidateTransport::Udp, "192.0.2.1:7000".parse().unwrap(), 0);
        assert_eq!(udp.to_string(), "candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host");
        let tcp = Candidate::host(CandidateTransport::TcpPassive, "[2001:db8::1]:7001".parse().unwrap(), 0);
        assert_eq!(tcp.to_string(), "candidate:4 1 tcp 1520435199 2001:db8::1 7001 typ host tcptype passive");
        assert!(udp.priority > tcp.priority);
    }
}
