//! DTLS-SRTP for one peer (RFC 5764, RFC 8827 section 6.5), around `dimpl`.
//!
//! What this module adds to the library: the peer's certificate is held against the fingerprint of its SDP before any key
//! is looked at; a peer without `use_srtp` is refused; datagrams and bytes are bounded until the handshake is done; the
//! first error ends the session for good; time is an argument. Application data is thrown away: nothing here uses it.
//!
//! DTLS 1.2 only: as a 1.3 server the library takes the client's order of protection profiles, which makes Chromium end
//! with AES_CM_128_HMAC_SHA1_80, four times the cost of GCM. As a 1.2 server it prefers AEAD_AES_256_GCM, then
//! AEAD_AES_128_GCM; there is no setting, and the choice is part of what the handshake authenticates.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use dimpl::{Config, DtlsCertificate, Output, SrtpProfile};

use crate::srtp::{Profile, SrtpKeys};

/// Datagrams taken from the peer before the handshake is done. A handshake needs about 6; with losses and a fragmented
/// ClientHello at most some 30.
pub const HANDSHAKE_DATAGRAMS_MAX: u32 = 64;
/// Bytes taken from the peer before the handshake is done.
pub const HANDSHAKE_BYTES_MAX: usize = 64 << 10;
/// Datagrams that wait for [`Dtls::poll_transmit`]; a flight is at most a few.
const TRANSMITS_MAX: usize = 32;
/// Room for one output of the library: a datagram (1,150 bytes) or a certificate.
const OUTPUT_LEN: usize = 2_048;
/// First repetition of a flight. The library's second is long for a join: real paths take 20 to 200 ms.
const FLIGHT_RTO: Duration = Duration::from_millis(400);
/// Repetitions of a flight: 0.4 s doubled six times is beyond any handshake timeout in use.
const FLIGHT_RETRIES: usize = 6;

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DtlsError {
    /// The peer's certificate is not the one of its SDP.
    #[error("certificate does not match the fingerprint")]
    Fingerprint,
    /// The peer negotiated no protection profile, or one that is not known here.
    #[error("no SRTP protection profile")]
    NoSrtp,
    /// More datagrams or bytes than a handshake takes.
    #[error("handshake exceeds its limits")]
    Limit,
    /// The library gave up: a protocol violation, an alert, or its own timeout.
    #[error("handshake failed")]
    Failed,
    /// A certificate could not be made.
    #[error("no certificate could be generated")]
    Identity,
}

/// SHA-256 of a certificate (RFC 8122 section 5).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate in DER form.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Self {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest::digest(&digest::SHA256, certificate).as_ref());
        Fingerprint(fingerprint)
    }
}

/// The value is not `sha-256` and 32 bytes in hexadecimal, separated by colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 fingerprint")]
pub struct FingerprintError;

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    /// Takes the value of `a=fingerprint`: `sha-256 AA:BB:…`, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (algorithm, bytes) = text.trim().split_once(' ').ok_or(FingerprintError)?;
        if !algorithm.eq_ignore_ascii_case("sha-256") {
            return Err(FingerprintError);
        }
        let mut fingerprint = [0; 32];
        let mut count = 0;
        for (index, pair) in bytes.trim().split(':').enumerate() {
            let digits = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            let place = fingerprint.get_mut(index).filter(|_| digits).ok_or(FingerprintError)?;
            *place = u8::from_str_radix(pair, 16).map_err(|_| FingerprintError)?;
            count = index + 1;
        }
        if count == fingerprint.len() { Ok(Fingerprint(fingerprint)) } else { Err(FingerprintError) }
    }
}

impl fmt::Display for Fingerprint {
    /// The value of `a=fingerprint`: `sha-256 AA:BB:…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha-256")?;
        for (index, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if index == 0 { ' ' } else { ':' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// This side's certificate (self-signed, ECDSA P-256) and key. One serves all peers of a process; cloning shares it.
#[derive(Clone)]
pub struct Identity {
    certificate: Arc<DtlsCertificate>,
    fingerprint: Fingerprint,
    config: Arc<Config>,
}

impl Identity {
    /// Makes a new one.
    ///
    /// # Errors
    /// [`DtlsError::Identity`] when the system has no randomness to give.
    pub fn generate() -> Result<Self, DtlsError> {
        let certificate = dimpl::certificate::generate_self_signed_certificate().map_err(|_| DtlsError::Identity)?;
        let config = Config::builder()
            // Behind ICE a peer's address is proved already; a cookie would cost another round trip.
            .use_server_cookie(false)
            .flight_start_rto(FLIGHT_RTO)
            .flight_retries(FLIGHT_RETRIES)
            .build()
            .map_err(|_| DtlsError::Identity)?;
        let fingerprint = Fingerprint::of(&certificate.certificate);
        Ok(Identity { certificate: Arc::new(certificate), fingerprint, config: Arc::new(config) })
    }

    /// What stands in the SDP.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

/// What happened.
#[derive(Debug, Clone)]
pub enum DtlsEvent {
    /// The handshake is done and the peer is who its SDP says. Exactly once.
    Connected(SrtpKeys),
    /// The peer ended the session (`close_notify`).
    Closed,
}

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Handshake,
    Connected,
    Over,
}

/// One session with one peer: feed datagrams and time in, drain transmits and events after each.
///
/// After the handshake the session is kept, to repeat its last flight for a peer that missed it and to hear or say
/// `close_notify`; it then has no timer.
pub struct Dtls {
    inner: Box<dimpl::Dtls>,
    expected: Fingerprint,
    state: State,
    /// The peer's certificate was the expected one.
    verified: bool,
    /// Between their export and completion.
    keys: Option<SrtpKeys>,
    datagrams: u32,
    bytes: usize,
    timeout: Option<Instant>,
    transmits: VecDeque<Vec<u8>>,
    events: VecDeque<DtlsEvent>,
}

impl Dtls {
    /// The side that waits (`a=setup:passive`): the media server's.
    #[must_use]
    pub fn server(identity: &Identity, peer: Fingerprint, now: Instant) -> Self {
        let certificate = DtlsCertificate::clone(&identity.certificate);
        Dtls {
            inner: Box::new(dimpl::Dtls::new_12(Arc::clone(&identity.config), certificate, now)),
            expected: peer,
            state: State::Handshake,
            verified: false,
            keys: None,
            datagrams: 0,
            bytes: 0,
            timeout: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The side that begins (`a=setup:active`). Call [`Dtls::handle_timeout`] to make it begin.
    #[must_use]
    pub fn client(identity: &Identity, peer: Fingerprint, now: Instant) -> Self {
        let mut dtls = Self::server(identity, peer, now);
        dtls.inner.set_active(true);
        dtls
    }

    /// Takes a datagram. After the session's end, datagrams are ignored.
    ///
    /// # Errors
    /// The session is over; the same as for [`Dtls::handle_timeout`].
    pub fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Result<(), DtlsError> {
        if self.state == State::Over {
            return Ok(());
        }
        if self.state == State::Handshake {
            self.datagrams += 1;
            self.bytes += datagram.len();
            if self.datagrams > HANDSHAKE_DATAGRAMS_MAX || self.bytes > HANDSHAKE_BYTES_MAX {
                return Err(self.end(DtlsError::Limit));
            }
        }
        // The library's clock must be right before a packet comes.
        if self.inner.handle_timeout(now).is_err() || self.inner.handle_packet(datagram).is_err() {
            return Err(self.end(DtlsError::Failed));
        }
        self.drain()
    }

    /// Takes the time. Due whenever [`Dtls::next_timeout`] says so.
    ///
    /// # Errors
    /// The session is over: drop it, after what [`Dtls::poll_transmit`] still has.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsError> {
        if self.state == State::Over {
            return Ok(());
        }
        if self.inner.handle_timeout(now).is_err() {
            return Err(self.end(DtlsError::Failed));
        }
        self.drain()
    }

    /// Says goodbye (`close_notify`), once; the session is over.
    pub fn close(&mut self) {
        if self.state == State::Connected && self.inner.close().is_ok() {
            // What it has to say is drained; nothing that it hears matters any more.
            let _ = self.drain();
        }
        self.state = State::Over;
        self.timeout = None;
    }

    /// The next datagram for the peer.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<DtlsEvent> {
        self.events.pop_front()
    }

    /// When [`Dtls::handle_timeout`] is due; `None` once the handshake is done.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        self.timeout
    }

    /// Whether the handshake is done and the session not over.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.state == State::Connected
    }

    fn end(&mut self, error: DtlsError) -> DtlsError {
        self.state = State::Over;
        self.timeout = None;
        self.keys = None;
        error
    }

    /// Takes everything that the library has to say.
    fn drain(&mut self) -> Result<(), DtlsError> {
        let mut buffer = vec![0; OUTPUT_LEN];
        let mut completed = false;
        loop {
            let room = buffer.len();
            match self.inner.poll_output(&mut buffer) {
                Output::Packet(packet) if self.transmits.len() < TRANSMITS_MAX => {
                    self.transmits.push_back(packet.to_vec());
                }
                // A certificate longer than the buffer; bounded by the bytes that the peer may send.
                Output::BufferTooSmall { needed } if room < needed && needed <= HANDSHAKE_BYTES_MAX => {
                    buffer.resize(needed, 0);
                }
                Output::BufferTooSmall { .. } => return Err(self.end(DtlsError::Limit)),
                Output::PeerCert(certificate) => {
                    // Before anything that depends on it is looked at, or a flight that confirms it goes out.
                    if Fingerprint::of(certificate) != self.expected {
                        return Err(self.end(DtlsError::Fingerprint));
                    }
                    self.verified = true;
                }
                Output::KeyingMaterial(material, profile) if self.verified => {
                    self.keys = profile_of(profile).and_then(|profile| SrtpKeys::from_exported(profile, &material));
                }
                Output::Connected => completed = true,
                Output::CloseNotify => {
                    self.state = State::Over;
                    self.events.push_back(DtlsEvent::Closed);
                }
                Output::Timeout(at) => {
                    if completed {
                        self.complete()?;
                    }
                    self.timeout = (self.state == State::Handshake).then_some(at);
                    return Ok(());
                }
                // Application data, and whatever later versions add: of no use here. A packet too many is lost.
                _ => {}
            }
        }
    }

    /// The library says that the handshake is done: what it yielded must be complete.
    fn complete(&mut self) -> Result<(), DtlsError> {
        if !self.verified {
            return Err(self.end(DtlsError::Fingerprint));
        }
        let Some(keys) = self.keys.take() else { return Err(self.end(DtlsError::NoSrtp)) };
        if self.state == State::Handshake {
            self.state = State::Connected;
            self.events.push_back(DtlsEvent::Connected(keys));
        }
        Ok(())
    }
}

impl fmt::Debug for Dtls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dtls").field("state", &self.state).field("verified", &self.verified).finish_non_exhaustive()
    }
}

fn profile_of(profile: SrtpProfile) -> Option<Profile> {
    match profile {
        SrtpProfile::AEAD_AES_128_GCM => Some(Profile::AeadAes128Gcm),
        SrtpProfile::AEAD_AES_256_GCM => Some(Profile::AeadAes256Gcm),
        SrtpProfile::AES128_CM_SHA1_80 => Some(Profile::AesCm128HmacSha1_80),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moves datagrams both ways until both sides are quiet; `lose` says which are lost.
    fn run(
        client: &mut Dtls,
        server: &mut Dtls,
        mut now: Instant,
        mut lose: impl FnMut() -> bool,
    ) -> Result<Instant, DtlsError> {
        client.handle_timeout(now)?;
        for _ in 0..200 {
            let mut moved = true;
            while moved {
                moved = false;
                while let Some(datagram) = client.poll_transmit() {
                    moved = true;
                    if !lose() {
                        server.handle_datagram(now, &datagram)?;
                    }
                }
                while let Some(datagram) = server.poll_transmit() {
                    moved = true;
                    if !lose() {
                        client.handle_datagram(now, &datagram)?;
                    }
                }
            }
            if client.is_connected() && server.is_connected() {
                return Ok(now);
            }
            let due = [client.next_timeout(), server.next_timeout()].into_iter().flatten().min();
            let Some(due) = due else { return Ok(now) };
            now = now.max(due);
            client.handle_timeout(now)?;
            server.handle_timeout(now)?;
        }
        panic!("the handshake does not end");
    }

    fn pair(now: Instant) -> (Dtls, Dtls) {
        let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
        (Dtls::client(&theirs, ours.fingerprint(), now), Dtls::server(&ours, theirs.fingerprint(), now))
    }

    fn keys(dtls: &mut Dtls) -> SrtpKeys {
        match dtls.poll_event() {
            Some(DtlsEvent::Connected(keys)) => keys,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_sides_end_with_the_same_keys_and_gcm() {
        let now = Instant::now();
        let (mut client, mut server) = pair(now);
        run(&mut client, &mut server, now, || false).unwrap();
        let (client_keys, server_keys) = (keys(&mut client), keys(&mut server));
        assert_eq!(client_keys.profile(), Profile::AeadAes256Gcm);
        let mut packet = [0x80; 64];
        let len = crate::srtp::Sealer::new(&client_keys.client).seal_rtp(0x8080, &mut packet, 12, 40).unwrap();
        let mut opener = crate::srtp::Opener::new(&server_keys.client, crate::srtp::SourceLimits::default());
        assert!(opener.open_rtp(&mut packet[..len]).is_ok());
        assert_eq!((client.next_timeout(), server.next_timeout()), (None, None));
    }

    #[test]
    fn a_handshake_survives_the_loss_of_a_third() {
        for seed in 0..20u64 {
            let now = Instant::now();
            let (mut client, mut server) = pair(now);
            let mut state = seed + 1;
            let lose = move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % 10 < 3
            };
            run(&mut client, &mut server, now, lose).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
    }

    #[test]
    fn a_wrong_certificate_yields_no_keys_on_either_side() {
        let now = Instant::now();
        let [ours, theirs, other] = [0; 3].map(|_| Identity::generate().unwrap());
        let mut client = Dtls::client(&theirs, ours.fingerprint(), now);
        let mut server = Dtls::server(&ours, other.fingerprint(), now);
        assert_eq!(run(&mut client, &mut server, now, || false), Err(DtlsError::Fingerprint));
        assert!(server.poll_event().is_none() && client.poll_event().is_none());
        assert!(!server.is_connected() && !client.is_connected());

        let mut client = Dtls::client(&theirs, other.fingerprint(), now);
        let mut server = Dtls::server(&ours, theirs.fingerprint(), now);
        assert_eq!(run(&mut client, &mut server, now, || false), Err(DtlsError::Fingerprint));
        assert!(client.poll_event().is_none());
    }

    #[test]
    fn a_goodbye_is_heard() {
        let now = Instant::now();
        let (mut client, mut server) = pair(now);
        run(&mut client, &mut server, now, || false).unwrap();
        keys(&mut server);
        client.close();
        server.handle_datagram(now, &client.poll_transmit().unwrap()).unwrap();
        assert!(matches!(server.poll_event(), Some(DtlsEvent::Closed)));
        assert!(!server.is_connected());
    }

    #[test]
    fn datagrams_and_bytes_before_completion_are_bounded() {
        let now = Instant::now();
        let (_, mut server) = pair(now);
        // A handshake record that is the first of very many fragments of a message of 16 MB.
        let fragment = |number: u8| {
            let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0, 0, number, 0, 13];
            record.extend([1, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, number, 0, 0, 1, 0]);
            record
        };
        let mut taken = 0;
        while taken <= HANDSHAKE_DATAGRAMS_MAX {
            match server.handle_datagram(now, &fragment(taken as u8)) {
                Ok(()) => taken += 1,
                Err(_) => break,
            }
        }
        assert!(taken <= HANDSHAKE_DATAGRAMS_MAX);
        assert!(server.poll_event().is_none());

        let (_, mut server) = pair(now);
        assert_eq!(server.handle_datagram(now, &[0; HANDSHAKE_BYTES_MAX]), Ok(()), "noise within the limit");
        assert_eq!(server.handle_datagram(now, &[0]), Err(DtlsError::Limit));
    }

    #[test]
    fn a_handshake_without_keys_or_certificate_is_refused() {
        let now = Instant::now();
        let (_, mut server) = pair(now);
        server.verified = true;
        assert_eq!(server.complete(), Err(DtlsError::NoSrtp));
        let (_, mut server) = pair(now);
        assert_eq!(server.complete(), Err(DtlsError::Fingerprint));
        assert_eq!(server.handle_datagram(now, &[22; 100]), Ok(()), "over is over");
        assert!(server.poll_event().is_none());
    }

    #[test]
    fn fingerprints_are_read_and_written() {
        let text = format!("sha-256 {}", (0..32).map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":"));
        let fingerprint: Fingerprint = text.parse().unwrap();
        assert_eq!(fingerprint.0[31], 31);
        assert_eq!(fingerprint.to_string(), text);
        assert_eq!(text.to_lowercase().replace("sha", "SHA").parse(), Ok(fingerprint));
        for bad in [
            "",
            "sha-256",
            "sha-1 00:01",
            &text[..text.len() - 3],
            &format!("{text}:00"),
            &text.replace("1F", "1G"),
            &text.replace("1F", "+F"),
            &text.replace(':', ""),
        ] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(FingerprintError), "{bad}");
        }
    }
}
