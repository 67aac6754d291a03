//! A real DTLS client and hand-made checks against a [`Transport`].

use std::net::SocketAddr;

use lectern_wire::stun::{BindingRequest, Class, Message, Role, TransactionId};

use super::ice::credentials;
use super::*;
use crate::session::WorkerId;

const RTP: &[u8] = &[0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8];
const RTCP: &[u8] = &[0x80, 201, 0, 3, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8];

fn path(port: u16) -> Path {
    Path { via: Via::Udp4, remote: SocketAddr::from(([192, 0, 2, 1], port)) }
}

/// A small generator for losses and noise.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// The peer: a full ICE agent's checks and a DTLS client.
struct Client {
    spec: TransportSpec,
    dtls: Dtls,
    path: Path,
    transactions: u8,
}

impl Client {
    fn check(&mut self) -> BindingRequest<'_> {
        self.transactions = self.transactions.wrapping_add(1);
        BindingRequest {
            transaction: TransactionId([self.transactions; 12]),
            remote_ufrag: &self.spec.local.ufrag,
            local_ufrag: &self.spec.remote.ufrag,
            priority: 1,
            role: Role::Controlling(1),
            use_candidate: true,
        }
    }

    fn encoded_check(&mut self) -> Vec<u8> {
        let pwd = self.spec.local.pwd.clone();
        self.check().encode(pwd.as_bytes())
    }
}

fn pair(now: Instant) -> (Client, Transport) {
    pair_with(now, TransportLimits::default())
}

fn pair_with(now: Instant, limits: TransportLimits) -> (Client, Transport) {
    let (ours, theirs) = (Identity::generate().unwrap(), Identity::generate().unwrap());
    let spec = TransportSpec {
        local: credentials(WorkerId(3), &mut rand::rng()),
        remote: IceCredentials { ufrag: "abcd".into(), pwd: "password-of-the-client".into() },
        fingerprint: theirs.fingerprint(),
    };
    let transport = Transport::new(&spec, &ours, limits, now);
    let dtls = Dtls::client(&theirs, ours.fingerprint(), now);
    (Client { spec, dtls, path: path(1), transactions: 0 }, transport)
}

/// Hands a datagram in and returns what came of it.
fn feed(transport: &mut Transport, now: Instant, path: Path, datagram: &[u8]) -> Result<(), DropReason> {
    transport.handle_datagram(now, path, &mut datagram.to_vec()).map(drop)
}

fn events(transport: &mut Transport) -> Vec<TransportEvent> {
    std::iter::from_fn(|| transport.poll_event()).collect()
}

fn transmits(transport: &mut Transport) -> Vec<(Path, Vec<u8>)> {
    std::iter::from_fn(|| transport.poll_transmit()).collect()
}

/// A check on the client's path, and its answer.
fn check(client: &mut Client, transport: &mut Transport, now: Instant) {
    let request = client.encoded_check();
    assert_eq!(feed(transport, now, client.path, &request), Ok(()));
    let answers = transmits(transport);
    assert_eq!((answers.len(), answers[0].0), (1, client.path));
    let answer = Message::parse(&answers[0].1).unwrap();
    assert_eq!((answer.class, answer.mapped), (Class::Success, Some(client.path.remote)));
    assert_eq!(answer.verify(client.spec.local.pwd.as_bytes()), Ok(()));
}

/// Moves DTLS both ways until both are connected; returns the client's keys, or `None` when the client gave up.
fn try_handshake(
    client: &mut Client,
    transport: &mut Transport,
    mut now: Instant,
    loss: u64,
    noise: &mut Noise,
) -> Option<SrtpKeys> {
    client.dtls.handle_timeout(now).unwrap();
    for _ in 0..100 {
        let mut moved = true;
        while moved {
            moved = false;
            while let Some(datagram) = client.dtls.poll_transmit() {
                moved = true;
                if noise.next() % 100 >= loss {
                    assert_eq!(feed(transport, now, client.path, &datagram), Ok(()));
                }
            }
            for (path, datagram) in transmits(transport) {
                assert_eq!(path, client.path);
                moved = true;
                if noise.next() % 100 >= loss {
                    client.dtls.handle_datagram(now, &datagram).unwrap();
                }
            }
        }
        if client.dtls.is_connected() && transport.is_connected() {
            let Some(DtlsEvent::Connected(keys)) = client.dtls.poll_event() else { panic!("no keys") };
            return Some(keys);
        }
        let due = [client.dtls.next_timeout(), transport.next_timeout()].into_iter().flatten().min().unwrap();
        now = now.max(due);
        client.dtls.handle_timeout(now).ok()?;
        transport.handle_timeout(now);
    }
    panic!("the handshake does not end");
}

/// A handshake without losses.
fn handshake(client: &mut Client, transport: &mut Transport, now: Instant) -> SrtpKeys {
    try_handshake(client, transport, now, 0, &mut Noise(1)).unwrap()
}

/// A connected pair, with the client's ends of SRTP.
fn connected(now: Instant) -> (Client, Transport, Sealer, Opener) {
    let (mut client, mut transport) = pair(now);
    check(&mut client, &mut transport, now);
    let keys = handshake(&mut client, &mut transport, now);
    events(&mut transport);
    let opener = Opener::new(&keys.server, SourceLimits::default());
    (client, transport, Sealer::new(&keys.client), opener)
}

fn sealed_rtp(sealer: &Sealer, sequence: u16) -> Vec<u8> {
    let mut packet = RTP.to_vec();
    packet[2..4].copy_from_slice(&sequence.to_be_bytes());
    packet.resize(RTP.len() + sealer.profile().rtp_overhead(), 0);
    assert!(sealer.seal_rtp(sequence.into(), &mut packet, 12, RTP.len()).is_some());
    packet
}

fn sealed_rtcp(sealer: &mut Sealer) -> Vec<u8> {
    let mut packet = RTCP.to_vec();
    packet.resize(RTCP.len() + sealer.profile().rtcp_overhead(), 0);
    assert!(sealer.seal_rtcp(&mut packet, RTCP.len()).is_some());
    packet
}

#[test]
fn a_peer_connects_and_media_flows_both_ways() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    check(&mut client, &mut transport, now);
    let here = client.path;
    assert_eq!(events(&mut transport), [TransportEvent::PathOpened(here), TransportEvent::PathSelected(here)]);
    assert!(transport.sealer().is_none());
    let keys = handshake(&mut client, &mut transport, now);
    assert_eq!(events(&mut transport), [TransportEvent::Connected]);
    assert_eq!(transport.path(), Some(here));

    let mut sealer = Sealer::new(&keys.client);
    let mut packet = sealed_rtp(&sealer, 1);
    let received = transport.handle_datagram(now, here, &mut packet).unwrap();
    assert_eq!(received, Received::Rtp { packet: &mut RTP.to_vec(), index: 1 });
    let mut packet = sealed_rtcp(&mut sealer);
    let received = transport.handle_datagram(now, here, &mut packet).unwrap();
    assert_eq!(received, Received::Rtcp(&mut RTCP.to_vec()));

    let mut opener = Opener::new(&keys.server, SourceLimits::default());
    let sealer = transport.sealer().unwrap();
    assert!(opener.open_rtp(&mut sealed_rtp(sealer, 9)).is_ok());
    assert!(opener.open_rtcp(&mut sealed_rtcp(sealer)).is_ok());
}

#[test]
fn a_peer_connects_through_heavy_loss() {
    // Flights are repeated seven times at most, so that a third lost may be too much, but seldom is.
    for (loss, enough) in [(10, 19), (30, 15)] {
        let mut done = 0;
        for seed in 1..=20 {
            let now = Instant::now();
            // A real client goes on checking; this one checks once, and its repetitions take longer than consent lasts.
            let (handshake_timeout, consent_timeout) = (Duration::from_secs(60), Duration::from_secs(600));
            let limits = TransportLimits { handshake_timeout, consent_timeout, ..Default::default() };
            let (mut client, mut transport) = pair_with(now, limits);
            check(&mut client, &mut transport, now);
            if try_handshake(&mut client, &mut transport, now, loss, &mut Noise(seed)).is_some() {
                assert_eq!(events(&mut transport).last(), Some(&TransportEvent::Connected), "seed {seed}");
                done += 1;
            }
        }
        assert!(done >= enough, "{done} of 20 with {loss}% lost");
    }
}

/// THREATS 1.
#[test]
fn dtls_is_not_heard_before_a_valid_check_nor_from_elsewhere() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    client.dtls.handle_timeout(now).unwrap();
    let hello = client.dtls.poll_transmit().unwrap();
    assert_eq!(feed(&mut transport, now, client.path, &hello), Err(DropReason::DtlsUnvalidatedPath));

    // A check with the wrong password does not open the path either.
    let forged = client.check().encode(b"guessed");
    assert_eq!(feed(&mut transport, now, client.path, &forged), Err(DropReason::StunUnauthenticated));
    assert_eq!(feed(&mut transport, now, client.path, &hello), Err(DropReason::DtlsUnvalidatedPath));
    assert!(transmits(&mut transport).is_empty() && events(&mut transport).is_empty());

    check(&mut client, &mut transport, now);
    let spoofed_alert = [21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40];
    for elsewhere in [path(2), Path { via: Via::Tcp(1), ..client.path }, Path { via: Via::Udp6, ..client.path }] {
        assert_eq!(feed(&mut transport, now, elsewhere, &hello), Err(DropReason::DtlsUnvalidatedPath));
        assert_eq!(feed(&mut transport, now, elsewhere, &spoofed_alert), Err(DropReason::DtlsUnvalidatedPath));
    }
    assert_eq!(feed(&mut transport, now, client.path, &hello), Ok(()));
    handshake(&mut client, &mut transport, now);
}

/// THREATS 2, first half.
#[test]
fn a_certificate_other_than_the_negotiated_one_ends_the_session_without_keys() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    check(&mut client, &mut transport, now);
    events(&mut transport);
    client.dtls = Dtls::client(&Identity::generate().unwrap(), transport.identity.fingerprint(), now);
    client.dtls.handle_timeout(now).unwrap();
    let mut last = Ok(());
    while last.is_ok() {
        while let Some(datagram) = client.dtls.poll_transmit() {
            last = last.and(feed(&mut transport, now, client.path, &datagram));
        }
        for (_, datagram) in transmits(&mut transport) {
            client.dtls.handle_datagram(now, &datagram).unwrap();
        }
    }
    assert_eq!(last, Err(DropReason::DtlsFailed));
    assert_eq!(events(&mut transport), [TransportEvent::Closed(CloseReason::HandshakeFailed)]);
    assert!(transport.sealer().is_none() && !client.dtls.is_connected());
    assert_eq!(transport.next_timeout(), None);
    assert_eq!(feed(&mut transport, now, client.path, &[22; 40]), Err(DropReason::DtlsUnexpected));
    let again = client.encoded_check();
    assert_eq!(feed(&mut transport, now, client.path, &again), Err(DropReason::StunUnexpected));
}

/// THREATS 2, second half.
#[test]
fn a_second_handshake_replaces_nothing() {
    let now = Instant::now();
    let (mut client, mut transport, sealer, mut opener) = connected(now);
    let theirs = Identity::generate().unwrap();
    let mut second = Dtls::client(&theirs, transport.identity.fingerprint(), now);
    let mut time = now;
    for _ in 0..5 {
        time += Duration::from_secs(1);
        let _ = second.handle_timeout(time);
        while let Some(datagram) = second.poll_transmit() {
            let _ = feed(&mut transport, time, client.path, &datagram);
        }
        for (_, datagram) in transmits(&mut transport) {
            let _ = second.handle_datagram(time, &datagram);
        }
    }
    assert!(!second.is_connected());
    assert!(events(&mut transport).is_empty() && transport.is_connected());
    assert!(transport.handle_datagram(now, client.path, &mut sealed_rtp(&sealer, 5)).is_ok());
    assert!(opener.open_rtp(&mut sealed_rtp(transport.sealer().unwrap(), 5)).is_ok());
    check(&mut client, &mut transport, now);
}

/// THREATS 3.
#[test]
fn application_data_in_epoch_0_has_no_effect() {
    let now = Instant::now();
    let data = [23, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 5, b'h', b'e', b'l', b'l', b'o'];
    let (mut client, mut transport) = pair(now);
    check(&mut client, &mut transport, now);
    events(&mut transport);
    assert_eq!(feed(&mut transport, now, client.path, &data), Ok(()), "ignored before the handshake");
    client.dtls.handle_timeout(now).unwrap();
    let hello = client.dtls.poll_transmit().unwrap();
    assert_eq!(feed(&mut transport, now, client.path, &hello), Ok(()));
    assert_eq!(feed(&mut transport, now, client.path, &data), Ok(()), "ignored within it");
    handshake(&mut client, &mut transport, now);
    assert_eq!(feed(&mut transport, now, client.path, &data), Ok(()), "ignored after it");
    assert!(transmits(&mut transport).is_empty());
    assert_eq!(events(&mut transport), [TransportEvent::Connected]);
}

/// THREATS 4.
#[test]
fn floods_of_fragments_are_bounded_before_and_after_the_handshake() {
    let fragment = |length: u32, sequence: u16, offset: u32, number: u16| {
        let [_, length @ ..] = length.to_be_bytes();
        let [_, offset @ ..] = offset.to_be_bytes();
        let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, 0];
        record.extend(number.to_be_bytes());
        record.extend([0, 13, 1]);
        record.extend(length);
        record.extend(sequence.to_be_bytes());
        record.extend(offset);
        record.extend([0, 0, 1, 0x55]);
        record
    };
    let now = Instant::now();
    for length in [30_000, 0xFF_FFFF] {
        let (mut client, mut transport) = pair(now);
        check(&mut client, &mut transport, now);
        events(&mut transport);
        // Many to a datagram, so that the bytes are the limit, and one to a datagram, so that the number is.
        for per_datagram in [40, 1] {
            for number in 0..1_000u16 {
                let datagram: Vec<u8> = (0..per_datagram)
                    .flat_map(|at| fragment(length, 0, u32::from(number) * per_datagram + at, number))
                    .collect();
                let _ = feed(&mut transport, now, client.path, &datagram);
            }
        }
        assert_eq!(events(&mut transport), [TransportEvent::Closed(CloseReason::HandshakeFailed)]);
        assert!(transmits(&mut transport).len() <= TRANSMITS_MAX);
    }
    // After the handshake they are noise.
    let (client, mut transport, sealer, _) = connected(now);
    for number in 0..30_000u32 {
        let _ = feed(&mut transport, now, client.path, &fragment(30_000, 9, number, number as u16));
    }
    assert!(transport.is_connected());
    assert!(transport.handle_datagram(now, client.path, &mut sealed_rtp(&sealer, 5)).is_ok());
}

/// THREATS 5: live keys behind the whole entry.
#[test]
fn no_noise_from_an_open_path_makes_it_panic_or_lets_anything_through() {
    let now = Instant::now();
    let (mut client, mut transport, mut sealer, _) = connected(now);
    let mut seeds = vec![sealed_rtp(&sealer, 1), sealed_rtcp(&mut sealer), client.encoded_check()];
    seeds.push([&[22, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 0, 40][..], &[7; 40]].concat());
    seeds.push(vec![0x9F; 200]);
    let mut noise = Noise(7);
    for round in 0..40_000 {
        let mut datagram = seeds[round % seeds.len()].clone();
        for _ in 0..=noise.next() % 6 {
            let at = noise.next() as usize % datagram.len();
            datagram[at] ^= 1 << (noise.next() % 8);
        }
        datagram.truncate(noise.next() as usize % (datagram.len() + 1));
        let origin = seeds[round % seeds.len()].clone();
        if datagram == origin || datagram.is_empty() {
            continue;
        }
        match transport.handle_datagram(now, client.path, &mut datagram) {
            Ok(Received::Rtp { .. } | Received::Rtcp(_)) => panic!("forged media went through"),
            Ok(Received::Handled) | Err(_) => {}
        }
        transmits(&mut transport);
    }
    assert!(transport.is_connected(), "{:?}", events(&mut transport));
}

/// THREATS 9.
#[test]
fn stun_answers_only_the_entitled_and_never_with_more_than_was_asked() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    let pwd = client.spec.local.pwd.clone();
    let good = client.encoded_check();
    let refused = |transport: &mut Transport, datagram: &[u8], reason| {
        assert_eq!(feed(transport, now, path(1), datagram), Err(reason));
        assert!(transmits(transport).is_empty() && events(transport).is_empty());
    };
    let stranger = BindingRequest { remote_ufrag: "AAAAAAAAAA", ..client.check() }.encode(pwd.as_bytes());
    refused(&mut transport, &stranger, DropReason::StunUnauthenticated);
    let other_peer = BindingRequest { local_ufrag: "abce", ..client.check() }.encode(pwd.as_bytes());
    refused(&mut transport, &other_peer, DropReason::StunUnauthenticated);
    refused(&mut transport, &client.check().encode(b""), DropReason::StunUnauthenticated);
    refused(&mut transport, &good[..good.len() - 1], DropReason::StunMalformed);
    refused(&mut transport, &good[..20], DropReason::StunMalformed);
    let answer = lectern_wire::stun::success_response(TransactionId([0; 12]), path(1).remote, pwd.as_bytes());
    refused(&mut transport, &answer, DropReason::StunUnexpected);
    // An indication needs no answer and opens nothing.
    let indication = [0, 0x11, 0, 0, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(feed(&mut transport, now, path(1), &indication), Ok(()));
    assert!(transmits(&mut transport).is_empty() && events(&mut transport).is_empty());

    // Two controlled sides: the peer is told to change, and its path stays closed.
    let conflict = BindingRequest { role: Role::Controlled(u64::MAX), ..client.check() }.encode(pwd.as_bytes());
    assert_eq!(feed(&mut transport, now, path(1), &conflict), Ok(()));
    let answers = transmits(&mut transport);
    assert_eq!(Message::parse(&answers[0].1).unwrap().error, Some(487));
    assert!(answers[0].1.len() <= conflict.len() && events(&mut transport).is_empty());

    let remote = SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 9));
    let v6 = Path { via: Via::Udp6, remote };
    assert_eq!(feed(&mut transport, now, v6, &good), Ok(()));
    assert!(transmits(&mut transport)[0].1.len() <= good.len());
}

#[test]
fn media_comes_from_open_paths_with_keys_and_once() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    let noise = [0x80; 60];
    assert_eq!(feed(&mut transport, now, path(1), &noise), Err(DropReason::MediaUnvalidatedPath));
    check(&mut client, &mut transport, now);
    assert_eq!(feed(&mut transport, now, path(1), &noise), Err(DropReason::MediaBeforeKeys));
    assert_eq!(feed(&mut transport, now, path(1), &[]), Err(DropReason::UnknownProtocol));

    let (client, mut transport, mut sealer, _) = connected(now);
    let (packet, report) = (sealed_rtp(&sealer, 1), sealed_rtcp(&mut sealer));
    assert_eq!(feed(&mut transport, now, path(2), &packet), Err(DropReason::MediaUnvalidatedPath));
    assert_eq!(feed(&mut transport, now, client.path, &packet), Ok(()));
    assert_eq!(feed(&mut transport, now, client.path, &packet), Err(DropReason::SrtpReplayed));
    assert_eq!(feed(&mut transport, now, client.path, &report), Ok(()));
    assert_eq!(feed(&mut transport, now, client.path, &report), Err(DropReason::SrtpReplayed));
    assert_eq!(feed(&mut transport, now, client.path, &packet[..20]), Err(DropReason::SrtpMalformed));
    let mut bent = sealed_rtp(&sealer, 2);
    bent[15] ^= 1;
    assert_eq!(feed(&mut transport, now, client.path, &bent), Err(DropReason::SrtpUnauthenticated));
}

#[test]
fn the_path_follows_the_last_nomination() {
    let now = Instant::now();
    let (mut client, mut transport, sealer, _) = connected(now);
    let (pwd, first) = (client.spec.local.pwd.clone(), client.path);
    let second = Path { via: Via::Tcp(4), ..path(2) };
    let unnominated = BindingRequest { use_candidate: false, ..client.check() }.encode(pwd.as_bytes());
    assert_eq!(feed(&mut transport, now, second, &unnominated), Ok(()));
    assert_eq!(events(&mut transport), [TransportEvent::PathOpened(second)]);
    assert_eq!(transport.path(), Some(first));
    assert!(transport.handle_datagram(now, second, &mut sealed_rtp(&sealer, 1)).is_ok(), "open is open");
    let nominated = client.encoded_check();
    assert_eq!(feed(&mut transport, now, second, &nominated), Ok(()));
    assert_eq!(events(&mut transport), [TransportEvent::PathSelected(second)]);
    assert_eq!(transport.path(), Some(second));
    assert_eq!(transport.paths().count(), 2);
}

#[test]
fn paths_are_bounded_and_the_selected_one_stays() {
    let now = Instant::now();
    let (mut client, mut transport, ..) = connected(now);
    let pwd = client.spec.local.pwd.clone();
    for port in 2..=20 {
        let request = BindingRequest { use_candidate: false, ..client.check() }.encode(pwd.as_bytes());
        assert_eq!(feed(&mut transport, now + Duration::from_millis(port.into()), path(port), &request), Ok(()));
    }
    assert_eq!(transport.paths().count(), PATHS_MAX);
    assert!(transport.paths().any(|open| open == client.path));
    let closed = events(&mut transport).into_iter().filter(|event| matches!(event, TransportEvent::PathClosed(_)));
    assert_eq!(closed.count(), 20 - PATHS_MAX);
    assert_eq!(transport.path(), Some(client.path));
}

#[test]
fn consent_ends_with_the_last_check() {
    let start = Instant::now();
    let (mut client, mut transport, ..) = connected(start);
    let at = |seconds| start + Duration::from_secs(seconds);
    assert_eq!(transport.next_timeout(), Some(at(30)));
    check(&mut client, &mut transport, at(10));
    transport.handle_timeout(at(30));
    assert!(transport.is_connected());

    // Another path takes over when the selected one falls silent.
    let second = path(2);
    let pwd = client.spec.local.pwd.clone();
    let request = BindingRequest { use_candidate: false, ..client.check() }.encode(pwd.as_bytes());
    assert_eq!(feed(&mut transport, at(20), second, &request), Ok(()));
    events(&mut transport);
    transport.handle_timeout(at(40));
    let first = client.path;
    assert_eq!(events(&mut transport), [TransportEvent::PathClosed(first), TransportEvent::PathSelected(second)]);
    transport.handle_timeout(at(50) - Duration::from_millis(1));
    assert!(transport.is_connected());
    transport.handle_timeout(at(50));
    let expired = TransportEvent::Closed(CloseReason::ConsentExpired);
    assert_eq!(events(&mut transport), [TransportEvent::PathClosed(second), expired]);
    assert!(transport.sealer().is_none());
}

#[test]
fn a_handshake_that_takes_too_long_is_given_up() {
    let start = Instant::now();
    let (mut client, mut transport) = pair(start);
    check(&mut client, &mut transport, start);
    events(&mut transport);
    assert_eq!(transport.next_timeout(), Some(start + Duration::from_secs(15)));
    transport.handle_timeout(start + Duration::from_millis(14_999));
    assert!(events(&mut transport).is_empty());
    transport.handle_timeout(start + Duration::from_secs(15));
    assert_eq!(events(&mut transport), [TransportEvent::Closed(CloseReason::HandshakeTimeout)]);
}

#[test]
fn an_ice_restart_changes_credentials_and_nothing_else() {
    let now = Instant::now();
    let (mut client, mut transport, sealer, _) = connected(now);
    let former = client.spec.local.ufrag.clone();
    let fresh = || credentials(WorkerId(3), &mut rand::rng());
    let (local, remote) = (fresh(), IceCredentials { ufrag: "wxyz".into(), pwd: "another-password-of-22".into() });
    assert_eq!(transport.restart_ice(local.clone(), remote.clone()), None);
    assert_eq!(transport.ufrags().collect::<Vec<_>>(), [&*local.ufrag, &*former]);
    // Until the peer has the answer it goes on as before.
    check(&mut client, &mut transport, now);
    // Old and new halves do not mix.
    let mixed = BindingRequest { remote_ufrag: &local.ufrag, ..client.check() }.encode(local.pwd.as_bytes());
    assert_eq!(feed(&mut transport, now, client.path, &mixed), Err(DropReason::StunUnauthenticated));
    let old_check = client.encoded_check();
    (client.spec.local, client.spec.remote) = (local.clone(), remote);
    client.path = path(2);
    check(&mut client, &mut transport, now);
    let second = client.path;
    assert_eq!(events(&mut transport), [TransportEvent::PathOpened(second), TransportEvent::PathSelected(second)]);
    // A straggler with the old credentials does not take the nomination back.
    assert_eq!(feed(&mut transport, now, path(1), &old_check), Ok(()));
    assert_eq!(transport.path(), Some(second));
    assert!(transport.handle_datagram(now, second, &mut sealed_rtp(&sealer, 1)).is_ok());
    let third = fresh();
    assert_eq!(transport.restart_ice(third.clone(), client.spec.remote.clone()), Some(former));
    assert_eq!(transport.restart_ice(fresh(), client.spec.remote.clone()), Some(local.ufrag));
}

#[test]
fn goodbyes_are_said_and_heard() {
    let now = Instant::now();
    let (mut client, mut transport, ..) = connected(now);
    client.dtls.close();
    while let Some(datagram) = client.dtls.poll_transmit() {
        assert_eq!(feed(&mut transport, now, client.path, &datagram), Ok(()));
    }
    assert_eq!(events(&mut transport), [TransportEvent::Closed(CloseReason::PeerClosed)]);

    let (mut client, mut transport, ..) = connected(now);
    transport.close();
    for (_, datagram) in transmits(&mut transport) {
        client.dtls.handle_datagram(now, &datagram).unwrap();
    }
    assert!(matches!(client.dtls.poll_event(), Some(DtlsEvent::Closed)));
    assert_eq!(transport.next_timeout(), None);
}

#[test]
fn a_peer_that_missed_the_last_flight_gets_it_again() {
    let now = Instant::now();
    let (mut client, mut transport) = pair(now);
    check(&mut client, &mut transport, now);
    client.dtls.handle_timeout(now).unwrap();
    let mut time = now;
    let mut lost = false;
    while !client.dtls.is_connected() {
        while let Some(datagram) = client.dtls.poll_transmit() {
            assert_eq!(feed(&mut transport, time, client.path, &datagram), Ok(()));
        }
        for (_, datagram) in transmits(&mut transport) {
            // The first flight that makes the server ready is lost whole.
            if transport.is_connected() && !lost {
                continue;
            }
            client.dtls.handle_datagram(time, &datagram).unwrap();
        }
        lost |= transport.is_connected();
        if let Some(due) = client.dtls.next_timeout() {
            time = time.max(due);
            client.dtls.handle_timeout(time).unwrap();
        }
        assert!(time < now + Duration::from_secs(10));
    }
    assert!(lost);
}

#[test]
fn a_peer_that_is_not_heard_of_costs_little() {
    assert!(size_of::<Transport>() <= 1_536, "{}", size_of::<Transport>());
    // Made when the handshake is done, for each peer: two AES-GCM contexts each way.
    assert!(size_of::<Keys>() <= 3_072, "{}", size_of::<Keys>());
}
