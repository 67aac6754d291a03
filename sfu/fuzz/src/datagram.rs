//! The whole datagram entry with live keys: a publisher and a viewer that are connected, strangers beside them, and a room
//! behind them. Bytes come raw from any address, or sealed with the peers' keys so that they get through to the room.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use lectern_sfu::drop_reason::DropReason;
use lectern_sfu::media::{Egress, MediaLimits, OutPacket, Output, PublisherKey, Room, ViewerKey};
use lectern_sfu::session::Source;
use lectern_sfu::transport::{Path, Received, Transport, TransportEvent};
use lectern_wire::demux::Kind;
use lectern_wire::stun::Message;

use crate::egress::Checked;
use crate::input::Input;
use crate::media::{Media, PUBLISHERS, VIEWERS};
use crate::peer::{Client, credentials, path};
use crate::{room, sdp};

const PUBLISHER: usize = 0;
const VIEWER: usize = 1;
/// Datagrams that one event may cause.
const TRANSMITS_MAX: usize = 64;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut node = Node::new(&mut input);
    while !input.is_empty() {
        node.step(&mut input);
        node.serve_room();
    }
}

/// What a worker is without its sockets.
struct Node {
    now: Instant,
    clients: [Client; 2],
    /// Gone once they are over.
    transports: [Option<Transport>; 2],
    by_path: HashMap<Path, usize>,
    by_ufrag: HashMap<String, usize>,
    restarts: u8,
    room: Room,
    media: Media,
    egress: Checked,
    /// The last sealed datagram that was taken, and its way.
    last: (Path, Vec<u8>),
}

impl Node {
    fn new(input: &mut Input<'_>) -> Self {
        let now = Instant::now();
        let spec = sdp::publish(PUBLISHERS[input.index(PUBLISHERS.len())], Source::Camera).expect("a real offer").spec;
        let watching = sdp::watch(VIEWERS[input.index(VIEWERS.len())]).expect("a real offer").spec;
        let mut room = Room::new(&MediaLimits::default(), true, 7);
        room.add_publisher(now, PublisherKey(PUBLISHER as u32), &spec).expect("room for one");
        room.add_viewer(now, ViewerKey(VIEWER as u32), &watching).expect("room for one");
        let mut egress = Checked::default();
        egress.add(ViewerKey(VIEWER as u32), watching);
        let ((publisher, ours), (viewer, theirs)) = (Client::connect(0, now), Client::connect(1, now));
        let by_ufrag = [&publisher, &viewer].map(|client| client.spec.local.ufrag.to_string());
        let mut node = Self {
            now,
            last: (publisher.path, Vec::new()),
            clients: [publisher, viewer],
            transports: [Some(ours), Some(theirs)],
            by_path: HashMap::new(),
            by_ufrag: by_ufrag.into_iter().zip(0..).collect(),
            restarts: 0,
            room,
            media: Media::new(spec, 0x1000),
            egress,
        };
        node.serve_transport(PUBLISHER, None);
        node.serve_transport(VIEWER, None);
        node
    }

    fn step(&mut self, input: &mut Input<'_>) {
        let op = input.u8();
        let peer = usize::from(op >> 4 & 1);
        // Mostly the peer's own address, at times the other one's, or that of a stranger.
        let from = if op & 0x60 == 0x60 { path(input.u8() % 4) } else { self.clients[peer].path };
        match op % 16 {
            0..4 => {
                let plain = self.media.packet(input);
                let sealed = self.clients[PUBLISHER].seal_rtp(&plain);
                self.authentic(PUBLISHER, Kind::Rtp, sealed);
            }
            4 => {
                let sealed = self.clients[peer].seal_rtp(input.long());
                self.authentic(peer, Kind::Rtp, sealed);
            }
            5 => {
                let sealed = self.clients[peer].seal_rtcp(input.long());
                self.authentic(peer, Kind::Rtcp, sealed);
            }
            6 => {
                let plain = self.egress.feedback(ViewerKey(VIEWER as u32), input);
                let sealed = self.clients[VIEWER].seal_rtcp(&plain);
                self.authentic(VIEWER, Kind::Rtcp, sealed);
            }
            7 => self.noise(from, input.long().to_vec()),
            8 => self.check(peer, from, input),
            9 => self.dtls_noise(from, input),
            10 => self.restart(peer),
            11 => self.again(input),
            12 if input.u8() > 200 => {
                self.clients[peer].dtls.close();
                while let Some(datagram) = self.clients[peer].dtls.poll_transmit() {
                    let _ = self.deliver(self.clients[peer].path, datagram);
                }
            }
            13 => self.wait(u64::from(input.u16())),
            _ => self.wait(u64::from(input.u8() & 0x1F)),
        }
    }

    /// What a peer's own keys made is never taken for a forgery. RTP whose payload type reads as RTCP (RFC 5761 section 4)
    /// is the exception.
    fn authentic(&mut self, peer: usize, kind: Kind, sealed: Option<Vec<u8>>) {
        let Some(sealed) = sealed.filter(|sealed| Kind::of(sealed) == kind) else { return };
        let from = self.clients[peer].path;
        match self.deliver(from, sealed.clone()) {
            Ok(()) => self.last = (from, sealed),
            Err(reason) => assert!(
                reason != DropReason::SrtpUnauthenticated || self.by_path.get(&from) != Some(&peer),
                "an authentic packet is refused"
            ),
        }
    }

    /// Whoever has no keys gets nothing through.
    fn noise(&mut self, from: Path, noise: Vec<u8>) {
        let before = self.received();
        let _ = self.deliver(from, noise);
        assert_eq!(self.received(), before, "noise does not reach the room");
    }

    fn received(&self) -> (u64, u64) {
        let stats = self.room.stats();
        (stats.packets_in, stats.drops.iter().sum())
    }

    /// A check, as it should be or with one byte changed.
    fn check(&mut self, peer: usize, from: Path, input: &mut Input<'_>) {
        let mut check = self.clients[peer].check(input.bool());
        let wrong = input.bool();
        if wrong {
            let at = input.index(check.len());
            check[at] ^= input.u8();
        }
        let _ = self.deliver(from, check);
    }

    fn dtls_noise(&mut self, from: Path, input: &mut Input<'_>) {
        let mut record = vec![20 + input.u8() % 5, 254, 253, 0, input.u8() & 1, 0, 0, 0, 0, 0, input.u8()];
        let body = input.short();
        record.extend((body.len() as u16).to_be_bytes());
        record.extend(body);
        self.noise(from, record);
    }

    fn restart(&mut self, peer: usize) {
        let Some(transport) = &mut self.transports[peer] else { return };
        self.restarts = self.restarts.wrapping_add(1);
        let local = credentials(peer as u8, self.restarts);
        self.by_ufrag.insert(local.ufrag.to_string(), peer);
        if let Some(freed) = transport.restart_ice(local.clone(), self.clients[peer].spec.remote.clone()) {
            self.by_ufrag.remove(&*freed);
        }
        self.clients[peer].spec.local = local;
    }

    /// The last sealed datagram once more, whole or cut short: never taken twice.
    fn again(&mut self, input: &mut Input<'_>) {
        let (from, mut datagram) = self.last.clone();
        if input.bool() && !datagram.is_empty() {
            datagram.truncate(input.index(datagram.len()));
        }
        self.noise(from, datagram);
    }

    fn wait(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
        for peer in [PUBLISHER, VIEWER] {
            if let Some(transport) = &mut self.transports[peer]
                && transport.next_timeout().is_some_and(|at| at <= self.now)
            {
                transport.handle_timeout(self.now);
                assert!(transport.next_timeout().is_none_or(|at| at > self.now), "a timer that was served is over");
                self.serve_transport(peer, None);
            }
        }
    }

    /// As a worker does it: STUN by the ufrag that it names, everything else by its path.
    fn deliver(&mut self, from: Path, mut datagram: Vec<u8>) -> Result<(), DropReason> {
        let peer = match Kind::of(&datagram) {
            Kind::Stun => {
                let message = Message::parse(&datagram).map_err(|_| DropReason::StunMalformed)?;
                let ufrag = message.ufrags().ok_or(DropReason::StunMalformed)?.0;
                self.by_ufrag.get(ufrag).copied().ok_or(DropReason::StunUnknownUfrag)?
            }
            Kind::Unknown => return Err(DropReason::UnknownProtocol),
            Kind::Dtls | Kind::Rtp | Kind::Rtcp => self.by_path.get(&from).copied().ok_or(DropReason::UnknownPeer)?,
        };
        let len = datagram.len();
        let Some(transport) = &mut self.transports[peer] else { return Err(DropReason::UnknownPeer) };
        match transport.handle_datagram(self.now, from, &mut datagram) {
            Ok(Received::Rtp { packet, .. }) if peer == PUBLISHER => {
                self.room.handle_publisher_rtp(self.now, PublisherKey(peer as u32), packet);
            }
            Ok(Received::Rtcp(packet)) if peer == PUBLISHER => {
                self.room.handle_publisher_rtcp(self.now, PublisherKey(peer as u32), packet);
            }
            Ok(Received::Rtcp(packet)) => self.room.handle_viewer_rtcp(self.now, ViewerKey(peer as u32), packet),
            Ok(Received::Rtp { .. } | Received::Handled) => {}
            Err(reason) => {
                self.serve_transport(peer, Some((from, len)));
                return Err(reason);
            }
        }
        self.serve_transport(peer, Some((from, len)));
        Ok(())
    }

    /// `cause`: the datagram that came, and from where.
    fn serve_transport(&mut self, peer: usize, cause: Option<(Path, usize)>) {
        let Some(transport) = &mut self.transports[peer] else { return };
        let mut transmits = 0;
        while let Some((to, datagram)) = transport.poll_transmit() {
            transmits += 1;
            assert!(transmits <= TRANSMITS_MAX, "one datagram causes no flood");
            if let (Kind::Stun, Some((from, len))) = (Kind::of(&datagram), cause) {
                assert!(to == from && datagram.len() <= len, "STUN neither reflects nor amplifies");
            }
        }
        while let Some(event) = transport.poll_event() {
            match event {
                TransportEvent::PathOpened(path) => {
                    self.by_path.insert(path, peer);
                }
                TransportEvent::PathClosed(path) => {
                    if self.by_path.get(&path) == Some(&peer) {
                        self.by_path.remove(&path);
                    }
                }
                TransportEvent::PathSelected(_) => {}
                TransportEvent::Connected if peer == VIEWER => {
                    self.egress.ready(ViewerKey(VIEWER as u32));
                    self.room.viewer_ready(self.now, ViewerKey(VIEWER as u32));
                }
                TransportEvent::Connected => {}
                TransportEvent::Closed(_) => {
                    assert!(transport.poll_event().is_none(), "the last event is the last");
                    self.forget(peer);
                    return;
                }
            }
        }
    }

    fn forget(&mut self, peer: usize) {
        self.transports[peer] = None;
        self.by_path.retain(|_, owner| *owner != peer);
        self.by_ufrag.retain(|_, owner| *owner != peer);
        if peer == VIEWER {
            self.room.remove_viewer(self.now, ViewerKey(VIEWER as u32));
            self.egress.remove(ViewerKey(VIEWER as u32));
        } else {
            self.room.remove_publisher(self.now, PublisherKey(PUBLISHER as u32));
        }
    }

    fn serve_room(&mut self) {
        if self.room.next_timeout().is_some_and(|at| at <= self.now) {
            self.room.handle_timeout(self.now);
        }
        if self.room.flush_due().is_some_and(|at| at <= self.now) {
            let transport = self.transports[VIEWER].as_mut();
            let mut sealing = Sealing { checked: &mut self.egress, transport, client: &mut self.clients[VIEWER] };
            self.room.flush(self.now, &mut sealing);
        }
        while let Some(output) = self.room.poll_output() {
            let (peer, bytes) = match output {
                Output::PublisherRtcp { bytes, .. } => (PUBLISHER, bytes),
                Output::ViewerRtcp { bytes, .. } => (VIEWER, bytes),
                _ => continue,
            };
            room::sound(&bytes);
            let Some(sealer) = self.transports[peer].as_mut().and_then(Transport::sealer) else { continue };
            let mut packet = bytes.to_vec();
            packet.resize(bytes.len() + sealer.profile().rtcp_overhead(), 0);
            assert!(sealer.seal_rtcp(&mut packet, bytes.len()).is_some());
            assert_eq!(self.clients[peer].opener.open_rtcp(&mut packet), Ok(bytes.len()));
        }
    }
}

/// Seals as a worker does, and opens as the viewer does.
struct Sealing<'a> {
    checked: &'a mut Checked,
    transport: Option<&'a mut Transport>,
    client: &'a mut Client,
}

impl Egress for Sealing<'_> {
    fn begin(&mut self, viewer: ViewerKey) -> bool {
        self.transport.as_ref().is_some_and(|transport| transport.path().is_some()) && self.checked.begin(viewer)
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        self.checked.rtp(packet);
        let plain = &self.checked.last;
        let sealer = self.transport.as_mut().and_then(|transport| transport.sealer()).expect("connected");
        let mut sealed = plain.clone();
        sealed.resize(plain.len() + sealer.profile().rtp_overhead(), 0);
        assert!(sealer.seal_rtp(packet.index, &mut sealed, packet.header.len(), plain.len()).is_some());
        let opened = self.client.opener.open_rtp(&mut sealed).expect("the viewer can open what it is sent");
        assert_eq!(sealed[..opened.len], *plain);
    }

    fn end(&mut self) {
        self.checked.end();
    }
}
