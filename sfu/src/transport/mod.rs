//! How one peer is reached and encrypted: ICE-lite, DTLS and SRTP, sans-IO.
//!
//! A [`Transport`] belongs to one WHIP or WHEP session, from its answer to its end. The caller finds it for a datagram (by
//! the ufrag of a STUN request, by the source address for the rest), hands the datagram in, then drains transmits and
//! events. The order of trust:
//!
//! 1. STUN: a binding request with both ufrags and a valid MESSAGE-INTEGRITY opens its *path*. Nothing else does, and an
//!    answer is never longer than its request.
//! 2. DTLS: from an open path only. One handshake per transport, bounded in datagrams, bytes and time; the certificate is
//!    held against the SDP's fingerprint before a key is derived from it.
//! 3. SRTP and SRTCP: from an open path, with the keys of that handshake.
//!
//! The nominated path is that of the last USE-CANDIDATE, which serves regular and aggressive nomination alike. A path
//! that was not checked for [`TransportLimits::consent_timeout`] gets nothing more (RFC 7675).

mod candidate_path;
pub mod ice;
mod stun_agent;
pub mod tcp_frame;

#[cfg(test)]
mod tests;

pub use candidate_path::{PATHS_MAX, Path, Via};

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use lectern_wire::demux::Kind;
use lectern_wire::dtls::{Dtls, DtlsEvent, Fingerprint, Identity};
use lectern_wire::srtp::{Opener, Sealer, SourceLimits, SrtpError, SrtpKeys};

use self::candidate_path::Paths;
use crate::drop_reason::DropReason;
use crate::session::{CloseReason, IceCredentials, TransportSpec};

/// Datagrams that wait for [`Transport::poll_transmit`]: more than one input can cause.
const TRANSMITS_MAX: usize = 48;

/// Configurable limits of a transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportLimits {
    /// ICE and DTLS must be done within this time of the answer.
    pub handshake_timeout: Duration,
    /// How long a path may be used after its last check. RFC 7675 section 5.1: 30 seconds.
    pub consent_timeout: Duration,
    /// SSRCs that the peer may use.
    pub sources: SourceLimits,
}

impl Default for TransportLimits {
    /// 15 s for the handshake, 30 s of consent.
    fn default() -> Self {
        TransportLimits {
            handshake_timeout: Duration::from_secs(15),
            consent_timeout: Duration::from_secs(30),
            sources: SourceLimits::default(),
        }
    }
}

/// What a datagram was.
#[derive(Debug, PartialEq, Eq)]
pub enum Received<'a> {
    /// An RTP packet, authentic and plain.
    Rtp {
        /// Header and payload.
        packet: &'a mut [u8],
        /// Its extended sequence number: ROC and SEQ.
        index: u64,
    },
    /// A (compound) RTCP packet, authentic and plain.
    Rtcp(&'a mut [u8]),
    /// It was for the transport itself.
    Handled,
}

/// What the caller should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportEvent {
    /// Datagrams on this path belong to this peer from now on.
    PathOpened(Path),
    /// Datagrams on this path belong to this peer no more.
    PathClosed(Path),
    /// What goes to the peer takes this path from now on.
    PathSelected(Path),
    /// ICE and DTLS are done: [`Transport::sealer`] is there. Once.
    Connected,
    /// The transport is over: drain its transmits, forget its paths and drop it. Once, and the last event.
    Closed(CloseReason),
}

/// How far a transport is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Handshake,
    Connected,
    Closed,
}

/// Credentials of both sides; they change together.
#[derive(Debug, Clone)]
struct Generation {
    local: IceCredentials,
    remote: IceCredentials,
}

/// Keys of both directions, made once the handshake is done.
struct Keys {
    sealer: Sealer,
    opener: Opener,
}

/// One peer.
pub struct Transport {
    state: State,
    current: Generation,
    /// Before the last ICE restart: the peer uses them until it has our answer.
    previous: Option<Generation>,
    /// The peer has used the current ones: what it nominates with the previous ones counts no more.
    current_used: bool,
    paths: Paths,
    identity: Identity,
    fingerprint: Fingerprint,
    /// Made at the first datagram of DTLS.
    dtls: Option<Dtls>,
    keys: Option<Box<Keys>>,
    handshake_deadline: Instant,
    limits: TransportLimits,
    transmits: VecDeque<(Path, Vec<u8>)>,
    events: VecDeque<TransportEvent>,
}

impl Transport {
    /// A peer that was negotiated at `now` and has not been heard of yet.
    #[must_use]
    pub fn new(spec: &TransportSpec, identity: &Identity, limits: TransportLimits, now: Instant) -> Self {
        Transport {
            state: State::Handshake,
            current: Generation { local: spec.local.clone(), remote: spec.remote.clone() },
            previous: None,
            current_used: false,
            paths: Paths::new(),
            identity: identity.clone(),
            fingerprint: spec.fingerprint,
            dtls: None,
            keys: None,
            handshake_deadline: now + limits.handshake_timeout,
            limits,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Takes a datagram; SRTP is decrypted in place.
    ///
    /// # Errors
    /// Why it was not taken. Only [`DropReason::DtlsFailed`] has a consequence: the transport is over.
    #[inline]
    pub fn handle_datagram<'a>(
        &mut self,
        now: Instant,
        path: Path,
        datagram: &'a mut [u8],
    ) -> Result<Received<'a>, DropReason> {
        match Kind::of(datagram) {
            Kind::Rtp => {
                let opened = self.opener(path)?.open_rtp(datagram).map_err(drop_reason)?;
                Ok(Received::Rtp { packet: &mut datagram[..opened.len], index: opened.index })
            }
            Kind::Rtcp => {
                let len = self.opener(path)?.open_rtcp(datagram).map_err(drop_reason)?;
                Ok(Received::Rtcp(&mut datagram[..len]))
            }
            Kind::Stun => self.handle_stun(now, path, datagram).map(|()| Received::Handled),
            Kind::Dtls => self.handle_dtls(now, path, datagram).map(|()| Received::Handled),
            Kind::Unknown => Err(DropReason::UnknownProtocol),
        }
    }

    /// Takes the time. Due whenever [`Transport::next_timeout`] says so.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.state {
            State::Handshake if now >= self.handshake_deadline => self.end(CloseReason::HandshakeTimeout),
            State::Handshake => {
                if let Some(dtls) = &mut self.dtls
                    && dtls.next_timeout().is_some_and(|due| now >= due)
                {
                    match dtls.handle_timeout(now) {
                        Ok(()) => self.drain_dtls(),
                        Err(_) => self.end(CloseReason::HandshakeFailed),
                    }
                }
            }
            State::Connected => {
                for lapsed in self.paths.lapse(now, self.limits.consent_timeout) {
                    self.events.push_back(TransportEvent::PathClosed(lapsed));
                }
                match self.paths.selected() {
                    Some(_) => {}
                    None => match self.paths.select_newest() {
                        Some(path) => self.events.push_back(TransportEvent::PathSelected(path)),
                        None => self.end(CloseReason::ConsentExpired),
                    },
                }
            }
            State::Closed => {}
        }
    }

    /// New credentials for both sides (RFC 8445 section 9). Paths, DTLS and SRTP go on. The credentials before these stay
    /// valid until the next restart; the ufrag that is returned is valid no more.
    pub fn restart_ice(&mut self, local: IceCredentials, remote: IceCredentials) -> Option<Box<str>> {
        self.current_used = false;
        let former = std::mem::replace(&mut self.current, Generation { local, remote });
        self.previous.replace(former).map(|generation| generation.local.ufrag)
    }

    /// Says goodbye to the peer and ends, without a `Closed` event: the caller knows.
    pub fn close(&mut self) {
        if let Some(dtls) = &mut self.dtls {
            dtls.close();
            self.drain_dtls();
        }
        self.state = State::Closed;
    }

    /// The next datagram for the peer, and its path.
    pub fn poll_transmit(&mut self) -> Option<(Path, Vec<u8>)> {
        self.transmits.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<TransportEvent> {
        self.events.pop_front()
    }

    /// When [`Transport::handle_timeout`] is due; it may turn out to be later then, never earlier.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Handshake => {
                let repetition = self.dtls.as_ref().and_then(Dtls::next_timeout);
                Some(repetition.map_or(self.handshake_deadline, |due| due.min(self.handshake_deadline)))
            }
            State::Connected => self.paths.oldest_check().map(|checked| checked + self.limits.consent_timeout),
            State::Closed => None,
        }
    }

    /// Where to send what is for the peer.
    #[must_use]
    #[inline]
    pub fn path(&self) -> Option<Path> {
        self.paths.selected()
    }

    /// Every open path: what the caller's address table holds for this peer.
    pub fn paths(&self) -> impl Iterator<Item = Path> {
        self.paths.iter()
    }

    /// Our ufrags that a check may carry: the current one and, after an ICE restart, the one before.
    pub fn ufrags(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.current).chain(&self.previous).map(|generation| &*generation.local.ufrag)
    }

    /// What seals for the peer, once connected.
    #[inline]
    pub fn sealer(&mut self) -> Option<&mut Sealer> {
        self.keys.as_mut().map(|keys| &mut keys.sealer)
    }

    /// Whether ICE and DTLS are done and the transport is not over.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.state == State::Connected
    }

    /// What opens media from `path`, if it may come from there.
    #[inline]
    fn opener(&mut self, path: Path) -> Result<&mut Opener, DropReason> {
        if !self.paths.contains(path) {
            return Err(DropReason::MediaUnvalidatedPath);
        }
        self.keys.as_mut().map(|keys| &mut keys.opener).ok_or(DropReason::MediaBeforeKeys)
    }

    fn handle_dtls(&mut self, now: Instant, path: Path, datagram: &[u8]) -> Result<(), DropReason> {
        if !self.paths.contains(path) {
            return Err(DropReason::DtlsUnvalidatedPath);
        }
        if self.state == State::Closed {
            return Err(DropReason::DtlsUnexpected);
        }
        // A peer may begin before it nominates: answers then take the path that it uses.
        if self.paths.select_if_none(path) {
            self.events.push_back(TransportEvent::PathSelected(path));
        }
        let dtls = self.dtls.get_or_insert_with(|| Dtls::server(&self.identity, self.fingerprint, now));
        match dtls.handle_datagram(now, datagram) {
            Ok(()) => {
                self.drain_dtls();
                Ok(())
            }
            Err(_) => {
                let connected = self.state == State::Connected;
                self.end(if connected { CloseReason::PeerClosed } else { CloseReason::HandshakeFailed });
                Err(DropReason::DtlsFailed)
            }
        }
    }

    /// Takes what DTLS has to say.
    fn drain_dtls(&mut self) {
        let Some(dtls) = &mut self.dtls else { return };
        while let Some(datagram) = dtls.poll_transmit() {
            if let Some(path) = self.paths.selected()
                && self.transmits.len() < TRANSMITS_MAX
            {
                self.transmits.push_back((path, datagram));
            }
        }
        while let Some(event) = self.dtls.as_mut().and_then(Dtls::poll_event) {
            match event {
                DtlsEvent::Connected(keys) => self.connect(&keys),
                DtlsEvent::Closed => self.end(CloseReason::PeerClosed),
            }
        }
    }

    /// The peer is the DTLS client: what it sends is under the client's keys.
    fn connect(&mut self, keys: &SrtpKeys) {
        if self.state != State::Handshake {
            return;
        }
        let opener = Opener::new(&keys.client, self.limits.sources);
        self.keys = Some(Box::new(Keys { sealer: Sealer::new(&keys.server), opener }));
        self.state = State::Connected;
        self.events.push_back(TransportEvent::Connected);
    }

    fn end(&mut self, reason: CloseReason) {
        if self.state != State::Closed {
            self.state = State::Closed;
            self.keys = None;
            self.events.push_back(TransportEvent::Closed(reason));
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("state", &self.state).finish_non_exhaustive()
    }
}

fn drop_reason(error: SrtpError) -> DropReason {
    match error {
        SrtpError::Malformed => DropReason::SrtpMalformed,
        SrtpError::NotAuthentic => DropReason::SrtpUnauthenticated,
        SrtpError::Replayed => DropReason::SrtpReplayed,
        SrtpError::TooOld => DropReason::SrtpTooOld,
        SrtpError::SourceLimit => DropReason::SrtpSourceLimit,
    }
}
