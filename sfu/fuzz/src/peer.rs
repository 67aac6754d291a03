//! The client's end of a connection: a full ICE agent's checks, a DTLS client, and SRTP keys.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Instant;

use lectern_sfu::session::{IceCredentials, TransportSpec};
use lectern_sfu::transport::{Path, Received, Transport, TransportLimits, Via};
use lectern_wire::dtls::{Dtls, DtlsEvent, Identity};
use lectern_wire::srtp::{Opener, Sealer, SourceLimits, rtp_header_len};
use lectern_wire::stun::{BindingRequest, Role, TransactionId};

/// Both sides' certificates: making them is the slowest part.
static IDENTITIES: LazyLock<(Identity, Identity)> = LazyLock::new(|| {
    let identity = || Identity::generate().expect("randomness");
    (identity(), identity())
});

pub(crate) struct Client {
    pub(crate) spec: TransportSpec,
    pub(crate) dtls: Dtls,
    pub(crate) path: Path,
    sealer: Sealer,
    pub(crate) opener: Opener,
    /// The highest index sealed of each SSRC.
    highest: HashMap<u32, u64>,
    checks: u32,
}

/// Where a client is: one address for each number.
pub(crate) fn path(number: u8) -> Path {
    Path { via: Via::Udp4, remote: SocketAddr::from(([192, 0, 2, number], 40_000)) }
}

/// ICE credentials of the server, for the `number`-th peer after `restarts`.
pub(crate) fn credentials(number: u8, restarts: u8) -> IceCredentials {
    let ufrag = format!("0000{number:02x}{restarts:02x}").into();
    IceCredentials { ufrag, pwd: format!("password-of-the-server-{number}-{restarts}").into() }
}

impl Client {
    /// The `number`-th client, connected.
    pub(crate) fn connect(number: u8, now: Instant) -> (Self, Transport) {
        let (ours, theirs) = &*IDENTITIES;
        let spec = TransportSpec {
            local: credentials(number, 0),
            remote: IceCredentials { ufrag: "abcd".into(), pwd: "password-of-the-client".into() },
            fingerprint: theirs.fingerprint(),
        };
        let mut transport = Transport::new(&spec, ours, TransportLimits::default(), now);
        let mut dtls = Dtls::client(theirs, ours.fingerprint(), now);
        let check = request(&spec, 0, true);
        let path = path(number);
        assert_eq!(transport.handle_datagram(now, path, &mut check.clone()), Ok(Received::Handled));
        assert!(transport.poll_transmit().is_some_and(|(to, answer)| to == path && answer.len() <= check.len()));
        dtls.handle_timeout(now).expect("a first flight");
        while !(dtls.is_connected() && transport.is_connected()) {
            while let Some(mut datagram) = dtls.poll_transmit() {
                assert_eq!(transport.handle_datagram(now, path, &mut datagram), Ok(Received::Handled));
            }
            while let Some((_, datagram)) = transport.poll_transmit() {
                dtls.handle_datagram(now, &datagram).expect("a good server");
            }
        }
        let Some(DtlsEvent::Connected(keys)) = dtls.poll_event() else { panic!("a handshake gives keys") };
        let opener = Opener::new(&keys.server, SourceLimits::default());
        let sealer = Sealer::new(&keys.client);
        (Self { spec, dtls, path, sealer, opener, highest: HashMap::new(), checks: 0 }, transport)
    }

    /// A check as the client would send it now.
    pub(crate) fn check(&mut self, nominate: bool) -> Vec<u8> {
        self.checks += 1;
        request(&self.spec, self.checks, nominate)
    }

    /// Any bytes as an authentic SRTP packet; `None` if they cannot be made into RTP.
    pub(crate) fn seal_rtp(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut packet = plain.to_vec();
        packet.resize(packet.len().max(12), 0);
        packet[0] = packet[0] & 0x3F | 0x80;
        let (len, header_len) = (packet.len(), rtp_header_len(&packet)?);
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let index = match self.highest.get(&ssrc) {
            None => u64::from(sequence),
            Some(highest) => {
                let distance = sequence.wrapping_sub(*highest as u16).cast_signed();
                highest.checked_add_signed(distance.into())?
            }
        };
        let highest = self.highest.entry(ssrc).or_default();
        *highest = index.max(*highest);
        packet.resize(len + self.sealer.profile().rtp_overhead(), 0);
        self.sealer.seal_rtp(index, &mut packet, header_len, len)?;
        Some(packet)
    }

    /// Any bytes as an authentic SRTCP packet.
    pub(crate) fn seal_rtcp(&mut self, plain: &[u8]) -> Option<Vec<u8>> {
        let mut packet = plain.to_vec();
        packet.resize(packet.len().max(8), 0);
        packet[0] = packet[0] & 0x3F | 0x80;
        packet[1] = 192 | packet[1] & 0x1F;
        let len = packet.len();
        packet.resize(len + self.sealer.profile().rtcp_overhead(), 0);
        self.sealer.seal_rtcp(&mut packet, len)?;
        Some(packet)
    }
}

fn request(spec: &TransportSpec, number: u32, use_candidate: bool) -> Vec<u8> {
    let mut transaction = [0; 12];
    transaction[..4].copy_from_slice(&number.to_be_bytes());
    let request = BindingRequest {
        transaction: TransactionId(transaction),
        remote_ufrag: &spec.local.ufrag,
        local_ufrag: &spec.remote.ufrag,
        priority: 1,
        role: Role::Controlling(1),
        use_candidate,
    };
    request.encode(spec.local.pwd.as_bytes())
}
