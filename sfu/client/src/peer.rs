//! One client's transport: full ICE with one host candidate, DTLS as the client, the keys of SRTP.
//!
//! It knows no socket: datagrams and time go in, datagrams come out of [`Peer::poll_transmit`]. Once it is connected, its
//! owner handles RTP and RTCP with the keys it was given and brings only the rest here.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lectern_wire::demux::Kind;
use lectern_wire::dtls::{Dtls, DtlsEvent, Identity};
use lectern_wire::srtp::SrtpKeys;
use lectern_wire::stun::{BindingRequest, Class, Message, Role, TransactionId, success_response};

use crate::sdp::{Answer, Credentials};

/// First repetition of a check; doubled up to [`CHECK_INTERVAL_MAX`] (RFC 8489 section 6.2.1 with less patience, as browsers do).
const CHECK_INTERVAL: Duration = Duration::from_millis(100);
const CHECK_INTERVAL_MAX: Duration = Duration::from_millis(1600);
/// RFC 7675 section 5.1: consent ends 30 s after the last answer.
const CONSENT_TIMEOUT: Duration = Duration::from_secs(30);
/// RFC 8445 section 5.1.2.1: type preference of peer-reflexive candidates, the best local preference, component 1.
const PRIORITY: u32 = 110 << 24 | 0xffff << 8 | 255;

/// Why a client has no connection (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerError {
    /// No answer to checks for [`CONSENT_TIMEOUT`].
    #[error("no answer to connectivity checks")]
    NoConsent,
    /// The DTLS handshake failed.
    #[error("DTLS failed")]
    Dtls,
    /// The server closed DTLS.
    #[error("closed by the server")]
    Closed,
}

/// One client.
#[derive(Debug)]
pub struct Peer {
    local: Credentials,
    remote: Credentials,
    candidates: Vec<SocketAddr>,
    /// The candidate that is tried or, once one answered, used.
    candidate: usize,
    nominated: bool,
    tie_breaker: u64,
    transaction: TransactionId,
    checked: Instant,
    rtt: Option<Duration>,
    next_check: Instant,
    check_interval: Duration,
    consent_interval: Duration,
    last_answer: Instant,
    dtls: Dtls,
    dtls_begun: bool,
    transmits: VecDeque<Vec<u8>>,
}

impl Peer {
    /// A client that got this answer to an offer with `local` credentials and `identity`'s fingerprint. It checks for
    /// consent every `consent_interval`.
    #[must_use]
    pub fn new(identity: &Identity, local: Credentials, answer: &Answer, consent: Duration, now: Instant) -> Self {
        Self {
            local,
            remote: answer.credentials.clone(),
            candidates: answer.candidates.clone(),
            candidate: 0,
            nominated: false,
            tie_breaker: rand::random(),
            transaction: TransactionId(rand::random()),
            checked: now,
            rtt: None,
            next_check: now,
            check_interval: CHECK_INTERVAL,
            consent_interval: consent,
            last_answer: now,
            dtls: Dtls::client(identity, answer.fingerprint, now),
            dtls_begun: false,
            transmits: VecDeque::new(),
        }
    }

    /// Where datagrams go.
    #[must_use]
    pub fn remote(&self) -> SocketAddr {
        self.candidates[self.candidate]
    }

    /// Whether media may flow.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.dtls.is_connected()
    }

    /// How long the last answer to a check took.
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        self.rtt
    }

    /// Take a datagram that is neither RTP nor RTCP. The keys come out once, when the connection stands.
    ///
    /// # Errors
    /// The connection is over.
    pub fn handle(&mut self, source: SocketAddr, datagram: &[u8], now: Instant) -> Result<Option<SrtpKeys>, PeerError> {
        match Kind::of(datagram) {
            Kind::Stun => {
                self.handle_stun(source, datagram, now);
                self.begin_dtls(now)
            }
            Kind::Dtls if self.nominated && source == self.remote() => {
                self.dtls.handle_datagram(now, datagram).map_err(|_| PeerError::Dtls)?;
                self.drain_dtls()
            }
            _ => Ok(None),
        }
    }

    /// Send what is due at `now`.
    ///
    /// # Errors
    /// The connection is over.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), PeerError> {
        if now.saturating_duration_since(self.last_answer) > CONSENT_TIMEOUT {
            return Err(PeerError::NoConsent);
        }
        if now >= self.next_check {
            self.check(now);
        }
        if self.dtls.next_timeout().is_some_and(|at| now >= at) && self.dtls_begun {
            self.dtls.handle_timeout(now).map_err(|_| PeerError::Dtls)?;
            self.drain_dtls()?;
        }
        Ok(())
    }

    /// When [`Self::handle_timeout`] is due.
    #[must_use]
    pub fn next_timeout(&self) -> Instant {
        let dtls = self.dtls.next_timeout().filter(|_| self.dtls_begun);
        dtls.map_or(self.next_check, |at| at.min(self.next_check))
    }

    /// The next datagram for [`Self::remote`].
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmits.pop_front()
    }

    /// Say goodbye.
    pub fn close(&mut self) {
        self.dtls.close();
        self.transmits.extend(std::iter::from_fn(|| self.dtls.poll_transmit()));
    }

    fn check(&mut self, now: Instant) {
        if self.nominated {
            // RFC 7675 section 5.1: randomised by 20%, so that checks do not come in step.
            self.next_check = now + self.consent_interval.mul_f64(0.8 + 0.4 * rand::random::<f64>());
        } else {
            self.next_check = now + self.check_interval;
            self.check_interval = (self.check_interval * 2).min(CHECK_INTERVAL_MAX);
            if self.candidates.len() > 1 && self.check_interval > CHECK_INTERVAL * 2 {
                self.candidate = (self.candidate + 1) % self.candidates.len();
            }
        }
        self.transaction = TransactionId(rand::random());
        self.checked = now;
        let request = BindingRequest {
            transaction: self.transaction,
            remote_ufrag: &self.remote.ufrag,
            local_ufrag: &self.local.ufrag,
            priority: PRIORITY,
            role: Role::Controlling(self.tie_breaker),
            use_candidate: true,
        };
        self.transmits.push_back(request.encode(self.remote.pwd.as_bytes()));
    }

    fn handle_stun(&mut self, source: SocketAddr, datagram: &[u8], now: Instant) {
        let Ok(message) = Message::parse(datagram) else { return };
        match message.class {
            Class::Success if message.verify(self.remote.pwd.as_bytes()).is_ok() => {
                if let Some(candidate) = self.candidates.iter().position(|candidate| *candidate == source)
                    && !self.nominated
                {
                    self.candidate = candidate;
                    self.nominated = true;
                    self.next_check = now + self.consent_interval.mul_f64(rand::random());
                }
                if message.transaction == self.transaction {
                    self.rtt = Some(now.saturating_duration_since(self.checked));
                }
                self.last_answer = now;
            }
            // A server with full ICE checks us as well.
            Class::Request if message.verify(self.local.pwd.as_bytes()).is_ok() && source == self.remote() => {
                self.transmits.push_back(success_response(message.transaction, source, self.local.pwd.as_bytes()));
            }
            _ => {}
        }
    }

    fn begin_dtls(&mut self, now: Instant) -> Result<Option<SrtpKeys>, PeerError> {
        if !self.nominated || self.dtls_begun {
            return Ok(None);
        }
        self.dtls_begun = true;
        self.dtls.handle_timeout(now).map_err(|_| PeerError::Dtls)?;
        self.drain_dtls()
    }

    fn drain_dtls(&mut self) -> Result<Option<SrtpKeys>, PeerError> {
        self.transmits.extend(std::iter::from_fn(|| self.dtls.poll_transmit()));
        match self.dtls.poll_event() {
            Some(DtlsEvent::Connected(keys)) => Ok(Some(keys)),
            Some(DtlsEvent::Closed) => Err(PeerError::Closed),
            None => Ok(None),
        }
    }
}
