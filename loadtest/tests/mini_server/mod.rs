//! A WHIP/WHEP server of one room: ICE-lite, DTLS, decrypt, seal, one system call for each packet.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use lectern_client::sdp::{Answer, Credentials};
use lectern_loadtest::feedback::{Request, requests};
use lectern_wire::demux::Kind;
use lectern_wire::dtls::{Dtls, DtlsEvent, Identity};
use lectern_wire::rtcp::Writer;
use lectern_wire::srtp::{Opener, Sealer, SourceLimits};
use lectern_wire::stun::{Class, Message, success_response};

/// What the server does wrong.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// Every so many packets, one is not sent.
    DropEvery(u64),
    /// The same, and the sequence numbers go on as if nothing had happened.
    HideEvery(u64),
    /// Every so many packets, a byte of the payload is wrong.
    DamageEvery(u64),
}

pub(crate) struct MiniServer {
    http: SocketAddr,
}

struct NewPeer {
    is_publisher: bool,
    local: Credentials,
    offer: Answer,
}

struct Peer {
    is_publisher: bool,
    local: Credentials,
    dtls: Dtls,
    address: Option<SocketAddr>,
    keys: Option<(Sealer, Opener)>,
}

impl MiniServer {
    pub(crate) fn start(fault: Fault) -> Self {
        let media = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let http = listener.local_addr().unwrap();
        let identity = Identity::generate().unwrap();
        let (newcomers, inbox) = channel();
        let candidate = media.local_addr().unwrap();
        thread::spawn({
            let identity = identity.clone();
            move || {
                for stream in listener.incoming() {
                    serve(stream.unwrap(), candidate, &identity, &newcomers);
                }
            }
        });
        thread::spawn(move || {
            Room { media, identity, fault, peers: Vec::new(), hidden: HashMap::new(), sent: 0 }.run(&inbox)
        });
        Self { http }
    }

    pub(crate) fn url(&self, endpoint: &str) -> String {
        format!("http://{}/{endpoint}", self.http)
    }
}

fn serve(stream: TcpStream, candidate: SocketAddr, identity: &Identity, newcomers: &Sender<NewPeer>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "the request ends early");
    }
    let mut stream = reader.get_ref().try_clone().unwrap();
    if head.starts_with("DELETE") {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        return;
    }
    let is_publisher = head.starts_with("POST /whip");
    assert_eq!(is_publisher, head.contains("authorization: Bearer publisher"));
    let len = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; len];
    reader.read_exact(&mut body).unwrap();
    let offer = String::from_utf8(body).unwrap();
    let local = Credentials::random();
    let answer = answer(&offer, &local, candidate, identity, is_publisher);
    newcomers.send(NewPeer { is_publisher, local, offer: Answer::parse(&offer).unwrap() }).unwrap();
    let head = format!("HTTP/1.1 201 Created\r\nlocation: /session\r\ncontent-length: {}\r\n\r\n", answer.len());
    stream.write_all((head + &answer).as_bytes()).unwrap();
}

/// The offer, seen from the other side.
fn answer(offer: &str, local: &Credentials, candidate: SocketAddr, identity: &Identity, is_publisher: bool) -> String {
    let mirrored = offer.lines().filter_map(|line| {
        Some(match line.split(':').next().unwrap_or_default() {
            "a=ice-ufrag" => format!("a=ice-ufrag:{}", local.ufrag),
            "a=ice-pwd" => format!("a=ice-pwd:{}", local.pwd),
            "a=fingerprint" => format!("a=fingerprint:{}", identity.fingerprint()),
            "a=setup" => "a=setup:passive".to_owned(),
            "a=candidate" => format!("a=candidate:1 1 udp 1 127.0.0.1 {} typ host", candidate.port()),
            "a=sendonly" | "a=recvonly" => if is_publisher { "a=recvonly" } else { "a=sendonly" }.to_owned(),
            "a=ssrc" | "a=ssrc-group" => return None,
            _ => line.to_owned(),
        })
    });
    mirrored.map(|line| line + "\r\n").collect()
}

struct Room {
    media: UdpSocket,
    identity: Identity,
    fault: Fault,
    peers: Vec<Peer>,
    /// Packets withheld, by SSRC.
    hidden: HashMap<u32, u64>,
    sent: u64,
}

impl Room {
    fn run(mut self, inbox: &Receiver<NewPeer>) {
        self.media.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let mut buffer = [0; 2048];
        loop {
            for NewPeer { is_publisher, local, offer } in inbox.try_iter() {
                let dtls = Dtls::server(&self.identity, offer.fingerprint, Instant::now());
                self.peers.push(Peer { is_publisher, local, dtls, address: None, keys: None });
            }
            if let Ok((len, source)) = self.media.recv_from(&mut buffer) {
                self.handle(source, &mut buffer[..len]);
            }
            let now = Instant::now();
            for peer in &mut self.peers {
                if peer.dtls.next_timeout().is_some_and(|at| now >= at) {
                    let _ = peer.dtls.handle_timeout(now);
                    flush(&self.media, peer);
                }
            }
        }
    }

    fn handle(&mut self, source: SocketAddr, datagram: &mut [u8]) {
        if Kind::of(datagram) == Kind::Stun {
            return self.handle_check(source, datagram);
        }
        let Some(place) = self.peers.iter().position(|peer| peer.address == Some(source)) else { return };
        let peer = &mut self.peers[place];
        match Kind::of(datagram) {
            Kind::Dtls => {
                let _ = peer.dtls.handle_datagram(Instant::now(), datagram);
                flush(&self.media, peer);
                if let Some(DtlsEvent::Connected(keys)) = peer.dtls.poll_event() {
                    peer.keys = Some((Sealer::new(&keys.server), Opener::new(&keys.client, SourceLimits::default())));
                }
            }
            Kind::Rtp if peer.is_publisher => {
                let Some((_, opener)) = &mut peer.keys else { return };
                let Ok(opened) = opener.open_rtp(datagram) else { return };
                self.forward(opened.header_len, opened.index, &datagram[..opened.len]);
            }
            Kind::Rtcp if !peer.is_publisher => {
                let Some((_, opener)) = &mut peer.keys else { return };
                let Ok(len) = opener.open_rtcp(datagram) else { return };
                for request in requests(&datagram[..len]) {
                    if let Request::Keyframe(ssrc) = request {
                        self.request_keyframe(ssrc);
                    }
                }
            }
            _ => {}
        }
    }

    fn handle_check(&mut self, source: SocketAddr, datagram: &[u8]) {
        let Ok(message) = Message::parse(datagram) else { return };
        let named = message.ufrags().map(|(local, _)| local);
        let Some(peer) = self.peers.iter_mut().find(|peer| Some(peer.local.ufrag.as_str()) == named) else { return };
        if message.class == Class::Request && message.verify(peer.local.pwd.as_bytes()).is_ok() {
            peer.address = Some(source);
            let response = success_response(message.transaction, source, peer.local.pwd.as_bytes());
            self.media.send_to(&response, source).unwrap();
        }
    }

    fn forward(&mut self, header_len: usize, index: u64, packet: &[u8]) {
        self.sent += 1;
        let ssrc = u32::from_be_bytes(packet[8..12].try_into().unwrap());
        let mut packet = packet.to_vec();
        let mut index = index;
        match self.fault {
            Fault::DropEvery(count) if self.sent.is_multiple_of(count) => return,
            Fault::HideEvery(count) => {
                let hidden = self.hidden.entry(ssrc).or_default();
                if self.sent.is_multiple_of(count) {
                    *hidden += 1;
                    return;
                }
                index -= *hidden;
                packet[2..4].copy_from_slice(&(index as u16).to_be_bytes());
            }
            Fault::DamageEvery(count) if self.sent.is_multiple_of(count) => {
                let at = packet.len() - 60;
                packet[at] ^= 1;
            }
            _ => {}
        }
        for peer in self.peers.iter_mut().filter(|peer| !peer.is_publisher) {
            let Some(((sealer, _), address)) = peer.keys.as_ref().zip(peer.address) else { continue };
            let mut sealed = packet.clone();
            sealed.resize(packet.len() + sealer.profile().rtp_overhead(), 0);
            let len = sealer.seal_rtp(index, &mut sealed, header_len, packet.len()).unwrap();
            let _ = self.media.send_to(&sealed[..len], address);
        }
    }

    fn request_keyframe(&mut self, ssrc: u32) {
        let publisher = self.peers.iter_mut().find(|peer| peer.is_publisher);
        let Some(Peer { keys: Some((sealer, _)), address: Some(address), .. }) = publisher else { return };
        let mut packet = [0; 64];
        let mut writer = Writer::new(&mut packet);
        assert!(writer.pli(1, ssrc));
        let len = writer.bytes().len();
        let len = sealer.seal_rtcp(&mut packet, len).unwrap();
        let _ = self.media.send_to(&packet[..len], *address);
    }
}

fn flush(media: &UdpSocket, peer: &mut Peer) {
    while let Some(datagram) = peer.dtls.poll_transmit() {
        if let Some(address) = peer.address {
            let _ = media.send_to(&datagram, address);
        }
    }
}
