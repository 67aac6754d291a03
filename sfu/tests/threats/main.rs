//! What has gone wrong in systems like this one cannot happen here: each test is named as the claim that it proves, against
//! a whole server on loopback. `docs/threats.md` says which test proves what.

mod client;
mod policy;

use std::net::UdpSocket;
use std::time::Duration;

use client::{PATIENCE, SILENCE, Stage};
use lectern_loadtest::http::HttpError;
use lectern_wire::rtp::Packet;
use lectern_wire::stun::{BindingRequest, Role, TransactionId};

/// A ClientHello's record with one byte of one fragment of it.
fn fragment(number: u32) -> Vec<u8> {
    let [_, high, middle, low] = number.to_be_bytes();
    let mut record = vec![22, 254, 253, 0, 0, 0, 0, 0, high, middle, low, 0, 13];
    // ClientHello, as long as 24 bits can say, message 0, this fragment's offset, one byte.
    record.extend([1, 0xFF, 0xFF, 0xFF, 0, 0, high, middle, low, 0, 0, 1, 0]);
    record
}

fn unknown_check(number: u32) -> Vec<u8> {
    let mut transaction = [7; 12];
    transaction[..4].copy_from_slice(&number.to_be_bytes());
    let ufrag = format!("0000{number:08x}");
    let request = BindingRequest {
        transaction: TransactionId(transaction),
        remote_ufrag: &ufrag,
        local_ufrag: "abcd",
        priority: 1,
        role: Role::Controlling(1),
        use_candidate: true,
    };
    request.encode(b"a-password-that-is-a-guess")
}

fn stranger() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_no_answer_whatever_they_send() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let stranger = stranger();
    for target in [tutor.server(), student.server()] {
        // Nothing, noise, DTLS before STUN, media before STUN, a message that is no STUN, the longest datagram.
        let client_hello = fragment(0);
        for datagram in
            [&[][..], b"\x05noise", &client_hello[..], &[0x80; 64], &[0x80, 200, 0, 1], &[1; 64], &[0xFF; 1_400]]
        {
            stranger.send_to(datagram, target).unwrap();
        }
    }
    stage
        .until("strangers are counted", |stage| {
            stage.dropped("unknown_peer") >= 6 && stage.dropped("unknown_protocol") >= 4
        })
        .await;
    assert!(stranger.recv_from(&mut [0; 2_048]).is_err(), "no answer to a stranger");
    tutor.say(b"still here", &mut [&mut student]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_checks_for_nobody_is_counted_and_not_answered() {
    const CHECKS: u32 = 2_000;
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let stranger = stranger();
    for number in 0..CHECKS {
        stranger.send_to(&unknown_check(number), tutor.server()).unwrap();
        if number % 100 == 0 {
            // The kernel's queue is no part of what is tested.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    stage.until("all are counted", |stage| stage.dropped("stun_unknown_ufrag") >= u64::from(CHECKS)).await;
    assert!(stranger.recv_from(&mut [0; 2_048]).is_err(), "nothing is reflected");
    tutor.say(b"still here", &mut [&mut student]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_other_than_the_offered_one_ends_the_session() {
    let stage = Stage::start(|_| {}).await;
    let mut impostor = stage.viewer("math").await.unwrap().with_other_certificate();
    assert!(!impostor.try_connect(Duration::from_secs(3)), "no keys for an impostor");
    stage.until("the session ends", |stage| stage.closed("handshake_failed") == 1).await;
    assert_eq!(stage.metric("lectern_sfu_viewers", ""), 0);
    // Its place is free, and everybody else is as welcome as before.
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    tutor.say(b"welcome", &mut [&mut student]);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_thousand_fragments_end_their_own_session_alone() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let mut attacker = stage.viewer("math").await.unwrap();
    attacker.check();
    for number in 0..30_000 {
        let _ = attacker.socket.send_to(&fragment(number), attacker.server());
    }
    stage.until("the handshake is given up", |stage| stage.closed("handshake_failed") == 1).await;
    tutor.say(b"still here", &mut [&mut student]);
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_changed_and_truncated_packets_are_counted_and_not_forwarded() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    tutor.say(b"first", &mut [&mut student]);
    student.hear_all();

    let packet = tutor.voice(b"once");
    let mut changed = tutor.voice(b"never");
    *changed.last_mut().unwrap() ^= 1;
    let mut truncated = tutor.voice(b"never");
    truncated.truncate(truncated.len() - 3);
    for datagram in [&packet, &packet, &packet, &changed, &truncated, &packet[..11].to_vec()] {
        tutor.send(datagram);
    }
    let texts: Vec<Vec<u8>> =
        student.hear_all().iter().map(|bytes| Packet::parse(bytes).unwrap().payload.to_vec()).collect();
    assert_eq!(texts, [b"once"], "each packet once, and no forgery");
    stage
        .until("each is counted under its reason", |stage| {
            let counted = |reason| stage.dropped(reason);
            (counted("srtp_replayed"), counted("srtp_unauthenticated"), counted("srtp_malformed")) == (2, 2, 1)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn media_from_another_address_than_the_checked_one_is_dropped() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    tutor.say(b"first", &mut [&mut student]);
    student.hear_all();
    let packet = tutor.voice(b"spoofed");
    stranger().send_to(&packet, tutor.server()).unwrap();
    stage.until("it is counted", |stage| stage.dropped("unknown_peer") == 1).await;
    assert!(student.hear_all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_with_the_same_ssrc_do_not_meet() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let mut other = stage.publisher("math", "screen").await.unwrap();
    other.connect();
    let voice = tutor.say(b"the tutor", &mut [&mut student]);
    let sound = other.say(b"the film", &mut [&mut student]);
    let announced: Vec<u32> = student.answer.sections.iter().flat_map(|section| section.ssrcs.clone()).collect();
    assert!(announced.contains(&voice[0]) && announced.contains(&sound[0]), "the server names every stream");
    assert_ne!(voice, sound, "each in a slot of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_that_cannot_be_reached_delays_nobody() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let gone = stage.student("math").await;
    // One that reads nothing, and one whose port is closed: the kernel reports an error for each packet to it.
    let _deaf = stage.student("math").await;
    drop(gone);
    tutor.say(b"first", &mut [&mut student]);
    student.hear_all();
    let texts: Vec<Vec<u8>> = (0..100_u8).map(|number| vec![b'n', number]).collect();
    let mut heard = Vec::new();
    for text in &texts {
        let packet = tutor.voice(text);
        tutor.send(&packet);
        heard.extend(student.turn());
    }
    heard.extend(student.hear_all());
    let heard: Vec<Vec<u8>> = heard.iter().map(|bytes| Packet::parse(bytes).unwrap().payload.to_vec()).collect();
    assert_eq!(heard, texts, "all of it, in order, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_of_one_room_are_served_by_all_workers_from_the_start() {
    let stage = Stage::start(|_| {}).await;
    let mut tutor = stage.tutor("math").await;
    let mut students = Vec::new();
    // A publisher weighs as much as eight viewers: the first ones go to the other worker.
    for _ in 0..12 {
        students.push(stage.student("math").await);
    }
    let ports: std::collections::BTreeSet<u16> = students.iter().map(|student| student.server().port()).collect();
    assert_eq!(ports.len(), 2, "one port for each worker");
    tutor.say(b"to all", &mut students.iter_mut().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewers_join_and_leave_send_nothing_to_other_viewers() {
    let stage = Stage::start(|_| {}).await;
    let mut student = stage.student("math").await;
    student.hear_all();
    student.socket.set_read_timeout(Some(SILENCE)).unwrap();
    let other = stage.student("math").await;
    drop(other);
    let mut buffer = [0; 2_048];
    while let Ok((len, _)) = student.socket.recv_from(&mut buffer) {
        assert!(buffer[0] < 4, "{len} bytes that are no answer to an own check: {:?}", &buffer[..len.min(16)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_feedback_of_a_viewer_harms_nobody() {
    let stage = Stage::start(|_| {}).await;
    let (mut tutor, mut student) = (stage.tutor("math").await, stage.student("math").await);
    let mut attacker = stage.student("math").await;
    // Lengths that lie, a run of feedback without end, a NACK of everything, requests for streams of others.
    let slot = attacker.answer.sections[0].ssrcs[0].to_be_bytes();
    let nack = [&[0x81, 205, 0, 3, 0, 0, 0, 1][..], &slot, &[0, 0, 0xFF, 0xFF]].concat();
    let truncated = [0x81_u8, 201, 0xFF, 0xFF, 0, 0, 0, 1];
    let endless = [0x8F_u8, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0x1F, 0xFF, 0x1F, 0xFF];
    let foreign = [0x81_u8, 206, 0, 2, 0, 0, 0, 1, 0x12, 0x34, 0x56, 0x78];
    for plain in [&nack[..], &truncated, &endless, &foreign].repeat(50) {
        let packet = attacker.sealed_rtcp(plain);
        attacker.send(&packet);
    }
    tutor.say(b"still here", &mut [&mut student, &mut attacker]);
    assert_eq!(stage.metric("lectern_sfu_room_panics_total", ""), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_too_many_is_refused_with_a_time_to_come_back() {
    let stage = Stage::start(|config| {
        config.http.admission.rooms_max = 2;
        config.http.admission.peers_per_room_max = 2;
        config.http.admission.handshakes_pending_max = 3;
    })
    .await;
    let refused = |outcome: Result<_, HttpError>| matches!(outcome, Err(HttpError::Status(status, _)) if status == 503);
    let mut first = stage.viewer("math").await.unwrap();
    let _second = stage.viewer("math").await.unwrap();
    assert!(refused(stage.viewer("math").await.map(drop)), "a third in the room");
    let _third = stage.viewer("art").await.unwrap();
    assert!(refused(stage.viewer("art").await.map(drop)), "a fourth handshake");
    // A handshake that is done makes room for another one.
    first.connect();
    stage.until("a handshake is done", |stage| stage.metric("lectern_sfu_viewers", "") == 1).await;
    let end = std::time::Instant::now() + PATIENCE;
    while refused(stage.viewer("art").await.map(drop)) {
        assert!(std::time::Instant::now() < end, "the place becomes free");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refused(stage.viewer("music").await.map(drop)), "a third room");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_come_and_go_leave_nothing_behind() {
    const SESSIONS: usize = 30;
    let stage = Stage::start(|_| {}).await;
    for _ in 0..SESSIONS {
        let mut student = stage.student("math").await;
        student.peer.close();
        while let Some(datagram) = student.peer.poll_transmit() {
            student.send(&datagram);
        }
    }
    stage
        .until("everybody is gone", |stage| {
            stage.closed("peer_closed") == SESSIONS as u64
                && stage.metric("lectern_sfu_rooms", "") == 0
                && stage.metric("lectern_sfu_viewers", "") == 0
                && stage.metric("lectern_sfu_handshaking", "") == 0
        })
        .await;
    stage.server.shutdown().await;
}

#[test]
fn every_test_that_the_page_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/threats.md")).unwrap();
    let named: Vec<_> = page.split('`').filter_map(|word| word.split_once(".rs::")).collect();
    assert!(named.len() > 20, "the page names its tests");
    for (file, test) in named {
        let source = std::fs::read_to_string(root.join(format!("{file}.rs"))).unwrap_or_default();
        assert!(source.contains(&format!("fn {test}(")), "there is no test {test} in {file}.rs");
    }
}
