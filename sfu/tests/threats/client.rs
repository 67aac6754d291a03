//! A server on loopback and clients that can misbehave: real sockets, ICE, DTLS and SRTP, voices only.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lectern_client::VideoCodec;
use lectern_client::peer::Peer;
use lectern_client::sdp::{Answer, Credentials, Local, VideoOffer, publisher_offer, viewer_offer};
use lectern_loadtest::http::{self, HttpError};
use lectern_platform::bus::Bus;
use lectern_platform::health::Health;
use lectern_platform::token::{Claims, Role, TokenSigner};
use lectern_sfu::{NetworkConfig, Server, SfuConfig};
use lectern_wire::demux::Kind;
use lectern_wire::dtls::Identity;
use lectern_wire::rtp::{Header, Packet, write_header};
use lectern_wire::srtp::{Opener, Sealer, SourceLimits};
use prometheus::{Registry, TextEncoder};

/// How long anything may take on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long silence must last to count as silence.
pub(crate) const SILENCE: Duration = Duration::from_millis(400);
const READ_TIMEOUT: Duration = Duration::from_millis(10);
const OPUS: u8 = 111;
const VOICE_SSRC: u32 = 0x1234_5678;

/// A media server with two workers and its HTTP front.
pub(crate) struct Stage {
    pub(crate) server: Server,
    registry: Registry,
    http: SocketAddr,
    signer: TokenSigner,
}

impl Stage {
    pub(crate) async fn start(change: impl FnOnce(&mut SfuConfig)) -> Self {
        Self::start_on(None, change).await
    }

    /// With a way to the rooms' service.
    pub(crate) async fn start_on(bus: Option<Arc<dyn Bus>>, change: impl FnOnce(&mut SfuConfig)) -> Self {
        let loopback = [127, 0, 0, 1].into();
        let network = NetworkConfig {
            workers: 2,
            udp_port: 0,
            tcp_port: None,
            bind: vec![loopback],
            socket_buffer_bytes: 1 << 20,
            ..NetworkConfig::default()
        };
        let mut config = SfuConfig { network, ..SfuConfig::default() };
        change(&mut config);
        let registry = Registry::new();
        let health = Health::new(registry.clone(), Instant::now());
        let signer = TokenSigner::generate();
        let listener = tokio::net::TcpListener::bind((loopback, 0)).await.unwrap();
        let http = listener.local_addr().unwrap();
        let server = Server::start(&config, http, Arc::new(signer.verifier()), bus, None, &health).await.unwrap();
        let app = server.router().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { server, registry, http, signer }
    }

    /// The sum of a metric over all labels that contain `label`.
    pub(crate) fn metric(&self, name: &str, label: &str) -> u64 {
        let text = TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap();
        let of_name = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        let values = text.lines().filter(of_name).filter(|line| line.contains(label));
        values.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as u64
    }

    pub(crate) fn dropped(&self, reason: &str) -> u64 {
        self.metric("lectern_sfu_dropped_packets_total", &format!("\"{reason}\""))
    }

    pub(crate) fn closed(&self, reason: &str) -> u64 {
        self.metric("lectern_sfu_sessions_closed_total", &format!("\"{reason}\""))
    }

    /// Waits until `condition` holds.
    pub(crate) async fn until(&self, what: &str, condition: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !condition(self) {
            assert!(Instant::now() < end, "in vain: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// An offer that is answered or refused at once.
    async fn offer(&self, room: &str, role: Role, end: &str, sdp: String) -> Result<String, HttpError> {
        self.offer_of(&Claims::issue(room, "p", "Ada", role, Duration::from_secs(60)), end, sdp).await
    }

    async fn offer_of(&self, claims: &Claims, end: &str, sdp: String) -> Result<String, HttpError> {
        let token = self.signer.sign(claims).unwrap();
        let url = format!("http://{}/v1/rooms/{}/{end}", self.http, claims.room).parse().unwrap();
        http::offer(&url, Some(&token), sdp, Instant::now()).await.map(|created| created.answer)
    }

    /// A publisher that was answered, and nothing more.
    pub(crate) async fn publisher(&self, room: &str, source: &str) -> Result<Client, HttpError> {
        let draft = Draft::new();
        let video = VideoOffer { codec: VideoCodec::Vp8, rids: Vec::new(), ssrcs: (11, 12) };
        let sdp = publisher_offer(&draft.local, VOICE_SSRC, &video);
        Ok(draft.answered(&self.offer(room, Role::Tutor, &format!("whip/{source}"), sdp).await?))
    }

    /// A student who publishes; answered, and nothing more.
    pub(crate) async fn performer(&self, claims: &Claims, source: &str) -> Result<Client, HttpError> {
        let draft = Draft::new();
        let video = VideoOffer { codec: VideoCodec::Vp8, rids: Vec::new(), ssrcs: (11, 12) };
        let sdp = publisher_offer(&draft.local, VOICE_SSRC, &video);
        Ok(draft.answered(&self.offer_of(claims, &format!("whip/{source}"), sdp).await?))
    }

    /// A viewer with these claims that was answered, and nothing more.
    pub(crate) async fn viewer_of(&self, claims: &Claims) -> Result<Client, HttpError> {
        let draft = Draft::new();
        let sdp = viewer_offer(&draft.local, &VideoCodec::ALL, 1, 2);
        Ok(draft.answered(&self.offer_of(claims, "whep", sdp).await?))
    }

    /// A viewer that was answered, and nothing more.
    pub(crate) async fn viewer(&self, room: &str) -> Result<Client, HttpError> {
        let draft = Draft::new();
        let sdp = viewer_offer(&draft.local, &VideoCodec::ALL, 1, 2);
        Ok(draft.answered(&self.offer(room, Role::Student, "whep", sdp).await?))
    }

    /// A publisher of the camera that is connected.
    pub(crate) async fn tutor(&self, room: &str) -> Client {
        let mut client = self.publisher(room, "camera").await.unwrap();
        client.connect();
        client
    }

    /// A viewer that is connected.
    pub(crate) async fn student(&self, room: &str) -> Client {
        let mut client = self.viewer(room).await.unwrap();
        client.connect();
        client
    }
}

struct Draft {
    socket: UdpSocket,
    identity: Identity,
    local: Local,
}

impl Draft {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
        let identity = Identity::generate().unwrap();
        let address = socket.local_addr().unwrap();
        let (credentials, fingerprint) = (Credentials::random(), identity.fingerprint());
        Self { socket, identity, local: Local { credentials, fingerprint, address: Some(address) } }
    }

    fn answered(self, sdp: &str) -> Client {
        let answer = Answer::parse(sdp).unwrap().reachable_from(self.socket.local_addr().unwrap()).unwrap();
        let credentials = self.local.credentials;
        let peer = Peer::new(&self.identity, credentials.clone(), &answer, Duration::from_secs(1), Instant::now());
        Client { socket: self.socket, peer, credentials, answer, keys: None, over: false, sequence: 100 }
    }
}

/// One participant.
pub(crate) struct Client {
    pub(crate) socket: UdpSocket,
    pub(crate) peer: Peer,
    credentials: Credentials,
    pub(crate) answer: Answer,
    keys: Option<(Sealer, Opener)>,
    /// The server said goodbye, or DTLS failed.
    pub(crate) over: bool,
    sequence: u16,
}

impl Client {
    /// Takes another certificate than the one of the offer.
    pub(crate) fn with_other_certificate(mut self) -> Self {
        let other = Identity::generate().unwrap();
        let (credentials, consent) = (self.credentials.clone(), Duration::from_secs(1));
        self.peer = Peer::new(&other, credentials, &self.answer, consent, Instant::now());
        self
    }

    pub(crate) fn server(&self) -> SocketAddr {
        self.peer.remote()
    }

    /// ICE and DTLS.
    pub(crate) fn connect(&mut self) {
        assert!(self.try_connect(PATIENCE), "connected in time");
    }

    /// As far as it goes.
    pub(crate) fn try_connect(&mut self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        while self.keys.is_none() && !self.over && Instant::now() < end {
            self.turn();
        }
        self.keys.is_some()
    }

    /// ICE alone: what DTLS wants to send is thrown away.
    pub(crate) fn check(&mut self) {
        self.peer.handle_timeout(Instant::now()).unwrap();
        let check = self.peer.poll_transmit().unwrap();
        self.socket.send_to(&check, self.server()).unwrap();
        let mut buffer = [0; 2_048];
        let end = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < end, "a check is answered");
            if let Ok((len, from)) = self.socket.recv_from(&mut buffer) {
                self.peer.handle(from, &buffer[..len], Instant::now()).unwrap();
                while self.peer.poll_transmit().is_some() {}
                return;
            }
        }
    }

    /// Does what is due and reads one datagram; an RTP packet comes back open.
    pub(crate) fn turn(&mut self) -> Option<Vec<u8>> {
        let now = Instant::now();
        self.over |= now >= self.peer.next_timeout() && self.peer.handle_timeout(now).is_err();
        while let Some(datagram) = self.peer.poll_transmit() {
            let _ = self.socket.send_to(&datagram, self.peer.remote());
        }
        let mut buffer = [0; 2_048];
        let (len, from) = self.socket.recv_from(&mut buffer).ok()?;
        let datagram = &mut buffer[..len];
        match (Kind::of(datagram), &mut self.keys) {
            (Kind::Rtp, Some((_, opener))) => {
                let opened = opener.open_rtp(datagram).expect("the server's packets open");
                return Some(datagram[..opened.len].to_vec());
            }
            (Kind::Rtp | Kind::Rtcp, _) => {}
            _ => match self.peer.handle(from, datagram, now) {
                Ok(Some(keys)) => {
                    self.keys = Some((Sealer::new(&keys.client), Opener::new(&keys.server, SourceLimits::default())));
                    while let Some(datagram) = self.peer.poll_transmit() {
                        let _ = self.socket.send_to(&datagram, self.peer.remote());
                    }
                }
                Ok(None) => {}
                Err(_) => self.over = true,
            },
        }
        None
    }

    /// The next packet of the voice, sealed. `text` is its payload.
    pub(crate) fn voice(&mut self, text: &[u8]) -> Vec<u8> {
        self.sequence += 1;
        let header = Header {
            payload_type: OPUS,
            sequence_number: self.sequence,
            timestamp: u32::from(self.sequence) * 960,
            ssrc: VOICE_SSRC,
            ..Header::default()
        };
        let mut packet = vec![0; 256];
        let header_len = write_header(&header, &[], &mut packet).unwrap();
        packet[header_len..header_len + text.len()].copy_from_slice(text);
        let (sealer, _) = self.keys.as_ref().expect("connected");
        let len = sealer.seal_rtp(self.sequence.into(), &mut packet, header_len, header_len + text.len()).unwrap();
        packet.truncate(len);
        packet
    }

    /// Any compound RTCP packet, sealed.
    pub(crate) fn sealed_rtcp(&mut self, plain: &[u8]) -> Vec<u8> {
        let (sealer, _) = self.keys.as_mut().expect("connected");
        let mut packet = plain.to_vec();
        packet.resize(plain.len() + sealer.profile().rtcp_overhead(), 0);
        sealer.seal_rtcp(&mut packet, plain.len()).unwrap();
        packet
    }

    pub(crate) fn send(&self, datagram: &[u8]) {
        self.socket.send_to(datagram, self.server()).unwrap();
    }

    /// Says `text` until `listeners` have all heard it; returns what each heard by SSRC.
    pub(crate) fn say(&mut self, text: &[u8], listeners: &mut [&mut Client]) -> Vec<u32> {
        let end = Instant::now() + PATIENCE;
        let mut heard = vec![None; listeners.len()];
        while heard.iter().any(Option::is_none) {
            assert!(Instant::now() < end, "{} of {} heard it", heard.iter().flatten().count(), heard.len());
            let packet = self.voice(text);
            self.send(&packet);
            self.turn();
            for (listener, heard) in listeners.iter_mut().zip(&mut heard) {
                if let Some(bytes) = listener.turn() {
                    let packet = Packet::parse(&bytes).unwrap();
                    *heard = heard.or((packet.payload == text).then_some(packet.ssrc));
                }
            }
        }
        heard.into_iter().flatten().collect()
    }

    /// RTP packets that come until there is silence.
    pub(crate) fn hear_all(&mut self) -> Vec<Vec<u8>> {
        let mut heard = Vec::new();
        let mut last = Instant::now();
        while last.elapsed() < SILENCE {
            if let Some(packet) = self.turn() {
                heard.push(packet);
                last = Instant::now();
            }
        }
        heard
    }
}
