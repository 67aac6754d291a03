//! One connection to a media server: a UDP socket, ICE and DTLS ([`Peer`]), SRTP, and what a receiver owes in RTCP.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_client::VideoCodec as Codec;
use lectern_client::peer::Peer;
use lectern_client::sdp::{Answer, Credentials, Local, viewer_offer};
use lectern_recording::packet::RtpPacket;
use lectern_recording::sound::VOICES_MAX;
use lectern_wire::demux::Kind;
use lectern_wire::dtls::Identity;
use lectern_wire::rtcp::{Compound, Packet, ReportBlock, Writer};
use lectern_wire::srtp::{Opener, Sealer, SourceLimits};
use socket2::SockRef;
use tokio::net::UdpSocket;

use super::lost::Lost;
use super::metrics::Metrics;
use super::reception::Reception;
use super::room::Role;
use super::stream::{PICTURES, Stream, repeated, streams};

/// What can be recorded, the cheapest to decode for viewers first.
const CODECS: [Codec; 3] = [Codec::H264, Codec::Vp9, Codec::Av1];
const VIDEO_HZ: u32 = 90_000;
const OPUS_HZ: u32 = 48_000;
/// ICE and DTLS must be done within this.
const CONNECT_MAX: Duration = Duration::from_secs(15);
const CONSENT_INTERVAL: Duration = Duration::from_millis(2500);
const REPORT_INTERVAL: Duration = Duration::from_millis(1500);
/// More than any datagram that fits a network; a longer one is cut off and then not authentic.
const DATAGRAM_LEN_MAX: usize = 2048;
/// Datagrams that are read before other things have their turn.
const BATCH_MAX: usize = 128;
/// Several keyframes and the time to be scheduled; the kernel may give less.
const SOCKET_BUFFER_LEN: usize = 2 << 20;
/// Of a NACK: whatever they are, they fit into [`RTCP_LEN_MAX`].
const NACK_NUMBERS_MAX: usize = 256;
const RTCP_LEN_MAX: usize = 1200;

/// Before it is answered.
pub(crate) struct Offer {
    identity: Identity,
    credentials: Credentials,
    pub(crate) sdp: String,
}

impl Offer {
    /// # Errors
    /// There is no randomness for a certificate.
    pub(crate) fn new() -> Result<Self, Lost> {
        let identity = Identity::generate().map_err(|error| Lost::Unusable(error.to_string()))?;
        let credentials = Credentials::random();
        // Which family of addresses leads there is known with the answer.
        let local = Local { credentials: credentials.clone(), fingerprint: identity.fingerprint(), address: None };
        let sdp = viewer_offer(&local, &CODECS, PICTURES.len(), VOICES_MAX);
        Ok(Self { identity, credentials, sdp })
    }
}

/// What came.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A packet of the slot at this place.
    Rtp(usize, RtpPacket),
    /// A sender report about its stream: NTP and RTP timestamp.
    SenderReport(usize, u64, u32),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Link {
    socket: UdpSocket,
    peer: Peer,
    keys: Option<(Sealer, Opener)>,
    streams: Vec<Stream>,
    /// Who speaks in our RTCP.
    ssrc: u32,
    begun: Instant,
    next_report: Instant,
    buffer: Box<[u8]>,
    metrics: Metrics,
}

impl Link {
    /// Begins to connect.
    ///
    /// # Errors
    /// [`Lost::Unusable`] or [`Lost::Socket`].
    pub(crate) fn new(offer: Offer, answer: &str, metrics: Metrics, now: Instant) -> Result<Self, Lost> {
        let unusable = |error: lectern_client::sdp::AnswerError| Lost::Unusable(error.to_string());
        let answer = Answer::parse(answer).map_err(unusable)?;
        let streams = streams(&answer.sections);
        if streams.is_empty() {
            return Err(Lost::Unusable("no slot declares its SSRC".to_owned()));
        }
        // Without a candidate there is no answer.
        let best = answer.candidates.first().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), SocketAddr::ip);
        let socket = bind(best).map_err(|error| Lost::Socket(error.to_string()))?;
        let local = socket.local_addr().map_err(|error| Lost::Socket(error.to_string()))?;
        let answer = answer.reachable_from(local).map_err(unusable)?;
        Ok(Self {
            peer: Peer::new(&offer.identity, offer.credentials, &answer, CONSENT_INTERVAL, now),
            socket,
            keys: None,
            streams,
            ssrc: rand::random(),
            begun: now,
            next_report: now + REPORT_INTERVAL,
            buffer: vec![0; DATAGRAM_LEN_MAX].into(),
            metrics,
        })
    }

    /// The slots by place: `mid` and what each is for.
    pub(crate) fn slots(&self) -> Vec<(String, Role)> {
        self.streams.iter().map(|stream| (stream.mid.clone(), stream.role.clone())).collect()
    }

    /// Waits for a datagram; may be dropped and called again.
    ///
    /// # Errors
    /// [`Lost::Socket`].
    pub(crate) async fn readable(&self) -> Result<(), Lost> {
        self.socket.readable().await.map_err(|error| Lost::Socket(error.to_string()))
    }

    /// Takes what has come, a batch at most.
    ///
    /// # Errors
    /// The connection is over.
    pub(crate) fn receive(&mut self, now: Instant, mut each: impl FnMut(Incoming)) -> Result<(), Lost> {
        for _ in 0..BATCH_MAX {
            let (len, source) = match self.socket.try_recv_from(&mut self.buffer) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // An ICMP message, which anybody may forge: consent decides.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => continue,
                Err(error) => return Err(Lost::Socket(error.to_string())),
            };
            match Kind::of(&self.buffer[..len]) {
                Kind::Rtp => match self.open_rtp(len, now) {
                    Ok(incoming) => each(incoming),
                    Err(reason) => self.pass_over(reason),
                },
                Kind::Rtcp => {
                    if let Err(reason) = self.open_rtcp(len, now, &mut each) {
                        self.pass_over(reason);
                    }
                }
                Kind::Stun | Kind::Dtls => {
                    if let Some(keys) = self.peer.handle(source, &self.buffer[..len], now)? {
                        let opener = Opener::new(&keys.server, SourceLimits::default());
                        self.keys = Some((Sealer::new(&keys.client), opener));
                    }
                }
                Kind::Unknown => self.pass_over("unknown_protocol"),
            }
        }
        Ok(())
    }

    /// Does what is due at `now` and sends what is to be sent.
    ///
    /// # Errors
    /// The connection is over, or did not come about in time.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Result<(), Lost> {
        if !self.is_connected() && now > self.begun + CONNECT_MAX {
            return Err(Lost::NotConnected);
        }
        self.peer.handle_timeout(now)?;
        if self.is_connected() && now >= self.next_report {
            // RFC 3550 section 6.2: randomised, so that receivers do not report in step.
            self.next_report = now + REPORT_INTERVAL.mul_f64(rand::random_range(0.5..1.5));
            self.report(now);
        }
        self.flush();
        Ok(())
    }

    /// When [`Self::handle_timeout`] is due.
    pub(crate) fn next_timeout(&self) -> Instant {
        self.peer.next_timeout().min(self.next_report)
    }

    /// Asks for packets of the slot at `place` again (RFC 4585 section 6.2.1).
    pub(crate) fn ask(&mut self, place: usize, numbers: &[u16]) {
        let Some(media) = self.streams.get(place).map(|stream| stream.ssrc) else { return };
        self.metrics.asked.inc_by(numbers.len() as u64);
        for numbers in numbers.chunks(NACK_NUMBERS_MAX) {
            self.send_rtcp(|writer, ssrc| writer.nack(ssrc, media, numbers.iter().copied()));
        }
    }

    /// Asks for a keyframe of the slot at `place` (RFC 4585 section 6.3.1).
    pub(crate) fn ask_keyframe(&mut self, place: usize) {
        let Some(media) = self.streams.get(place).map(|stream| stream.ssrc) else { return };
        self.metrics.keyframes_asked.inc();
        self.send_rtcp(|writer, ssrc| writer.pli(ssrc, media));
    }

    /// Whether media may flow.
    pub(crate) fn is_connected(&self) -> bool {
        self.keys.is_some()
    }

    /// The round trip to the server, once it is known.
    pub(crate) fn rtt(&self) -> Option<Duration> {
        self.peer.rtt()
    }

    fn open_rtp(&mut self, len: usize, now: Instant) -> Result<Incoming, &'static str> {
        let (_, opener) = self.keys.as_mut().ok_or("not_connected")?;
        let opened = opener.open_rtp(&mut self.buffer[..len]).map_err(|_| "srtp")?;
        self.metrics.packets.inc();
        let place = self.streams.iter().position(|stream| stream.has(opened.ssrc)).ok_or("unknown_ssrc")?;
        let stream = &mut self.streams[place];
        // The one copy: what is kept of a packet is as long as the packet.
        let packet = RtpPacket::parse(&Bytes::copy_from_slice(&self.buffer[..opened.len])).map_err(|_| "rtp")?;
        if stream.rtx_ssrc == Some(opened.ssrc) {
            self.metrics.repeated.inc();
            return repeated(packet, &stream.repeats).map(|packet| Incoming::Rtp(place, packet)).ok_or("rtx");
        }
        let hz = if matches!(stream.role, Role::Picture(..)) { VIDEO_HZ } else { OPUS_HZ };
        let reception = stream.reception.get_or_insert_with(|| Reception::new(opened.ssrc, hz, opened.index));
        reception.count(opened.index, packet.timestamp, now.saturating_duration_since(self.begun));
        Ok(Incoming::Rtp(place, packet))
    }

    fn open_rtcp(&mut self, len: usize, now: Instant, each: &mut impl FnMut(Incoming)) -> Result<(), &'static str> {
        let (_, opener) = self.keys.as_mut().ok_or("not_connected")?;
        let len = opener.open_rtcp(&mut self.buffer[..len]).map_err(|_| "srtcp")?;
        for packet in Compound::new(&self.buffer[..len]) {
            let Packet::SenderReport { ssrc, info, .. } = packet else { continue };
            let Some(place) = self.streams.iter().position(|stream| stream.ssrc == ssrc) else { continue };
            if let Some(reception) = &mut self.streams[place].reception {
                reception.note_sender_report(info.ntp, now.saturating_duration_since(self.begun));
            }
            each(Incoming::SenderReport(place, info.ntp, info.rtp));
        }
        Ok(())
    }

    fn report(&mut self, now: Instant) {
        let now = now.saturating_duration_since(self.begun);
        let receptions = self.streams.iter_mut().filter_map(|stream| stream.reception.as_mut());
        let blocks: Vec<ReportBlock> = receptions.map(|reception| reception.report(now)).collect();
        self.send_rtcp(|writer, ssrc| writer.receiver_report(ssrc, &blocks) && writer.cname(ssrc, "recorder"));
    }

    fn send_rtcp(&mut self, write: impl FnOnce(&mut Writer<'_>, u32) -> bool) {
        let Some((sealer, _)) = &mut self.keys else { return };
        let mut packet = [0; RTCP_LEN_MAX];
        let overhead = sealer.profile().rtcp_overhead();
        let mut writer = Writer::new(&mut packet[..RTCP_LEN_MAX - overhead]);
        if !write(&mut writer, self.ssrc) {
            return;
        }
        let len = writer.bytes().len();
        if let Some(len) = sealer.seal_rtcp(&mut packet, len) {
            self.send(&packet[..len]);
        }
    }

    fn flush(&mut self) {
        while let Some(datagram) = self.peer.poll_transmit() {
            self.send(&datagram);
        }
    }

    /// What the kernel does not take is lost, as on the way: everything here is repeated when it is due.
    fn send(&self, datagram: &[u8]) {
        if let Err(error) = self.socket.try_send_to(datagram, self.peer.remote()) {
            tracing::trace!(%error, "recorder: a datagram was not sent");
        }
    }

    fn pass_over(&self, reason: &str) {
        self.metrics.dropped.with_label_values(&[reason]).inc();
    }
}

impl Drop for Link {
    /// Says goodbye, so that no dead viewer stays behind.
    fn drop(&mut self) {
        self.peer.close();
        self.flush();
    }
}

/// A socket for the family of `remote`.
fn bind(remote: IpAddr) -> std::io::Result<UdpSocket> {
    let unspecified = match remote {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = std::net::UdpSocket::bind((unspecified, 0))?;
    socket.set_nonblocking(true)?;
    if let Err(error) = SockRef::from(&socket).set_recv_buffer_size(SOCKET_BUFFER_LEN) {
        tracing::debug!(%error, "recorder: the socket keeps its buffer");
    }
    UdpSocket::from_std(socket)
}
