//! Batches over a real loopback socket.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, Events, Interest, RecvBatch, SendBatch, SocketOptions, TRAIN_SEGMENTS_MAX, UdpSocket};

fn bind(address: &str) -> UdpSocket {
    UdpSocket::bind(address.parse().unwrap(), &SocketOptions::default()).unwrap()
}

/// Reads until `count` datagrams are there.
fn read(socket: &UdpSocket, batch: &mut RecvBatch, count: usize) -> Vec<(SocketAddr, Vec<u8>)> {
    let epoll = Epoll::new().unwrap();
    let mut events = Events::with_capacity(1);
    epoll.add(socket, 0, Interest::Readable).unwrap();
    let mut datagrams = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(5);
    while datagrams.len() < count && Instant::now() < deadline {
        epoll.wait(&mut events, Some(Duration::from_millis(100))).unwrap();
        match batch.recv(socket) {
            Ok(_) => datagrams.extend(batch.datagrams().map(|(source, datagram)| (source, datagram.to_vec()))),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    datagrams
}

fn packet(index: usize, len: usize) -> Vec<u8> {
    let mut packet = vec![index as u8; len];
    packet[0] = (index >> 8) as u8;
    packet
}

fn round_trip(sender: &UdpSocket, receiver: &UdpSocket) {
    let mut send = SendBatch::new(1 << 18);
    let mut recv = RecvBatch::new(32, RecvBatch::BUFFER_LEN_MAX);
    let lens = [1_200, 1_200, 1_200, 300, 1_100, 1_100, 80, 80, 81];
    for (index, &len) in lens.iter().enumerate() {
        let room = send.reserve(receiver.local_addr(), 1_500).unwrap();
        room[..len].copy_from_slice(&packet(index, len));
        send.commit(len);
    }
    send.flush(sender);
    assert!(send.is_empty());
    let stats = send.stats();
    assert_eq!(stats.packets, lens.len() as u64);
    assert_eq!(stats.bytes, lens.iter().sum::<usize>() as u64);
    if send.uses_gso() {
        // 1200 ×3 + 300 | 1100 ×2 + 80 | 80 | 81
        assert_eq!((stats.messages, stats.calls), (4, 1));
    }
    let datagrams = read(receiver, &mut recv, lens.len());
    assert_eq!(datagrams.len(), lens.len());
    for (index, (source, datagram)) in datagrams.iter().enumerate() {
        assert_eq!(*source, sender.local_addr());
        assert_eq!(*datagram, packet(index, lens[index]));
    }
    assert_eq!(recv.recv(receiver).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(recv.datagrams().count(), 0, "an empty read leaves nothing behind");
}

#[test]
fn trains_arrive_as_the_packets_they_were_made_of() {
    round_trip(&bind("127.0.0.1:0"), &bind("127.0.0.1:0"));
}

#[test]
fn ipv6_works_as_well() {
    round_trip(&bind("[::1]:0"), &bind("[::1]:0"));
}

#[test]
fn packets_come_one_by_one_without_gro() {
    let options = SocketOptions { gro: false, ..SocketOptions::default() };
    round_trip(&bind("127.0.0.1:0"), &UdpSocket::bind("127.0.0.1:0".parse().unwrap(), &options).unwrap());
}

#[test]
fn a_long_train_is_cut_at_the_kernels_limits() {
    let (sender, receiver) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let mut send = SendBatch::new(1 << 18);
    let mut recv = RecvBatch::new(32, RecvBatch::BUFFER_LEN_MAX);
    // By count: 65 packets of 100 bytes; then by bytes: 60 packets of 1,200.
    for index in 0..TRAIN_SEGMENTS_MAX + 1 {
        assert!(send.push(receiver.local_addr(), &packet(index, 100)));
    }
    for index in 0..60 {
        assert!(send.push(receiver.local_addr(), &packet(index, 1_200)));
    }
    send.flush(&sender);
    assert_eq!(send.stats().packets, 125);
    if send.uses_gso() {
        assert_eq!(send.stats().messages, 4);
    }
    let datagrams = read(&receiver, &mut recv, 125);
    assert_eq!(datagrams.iter().filter(|(_, datagram)| datagram.len() == 100).count(), 65);
    assert_eq!(datagrams.iter().filter(|(_, datagram)| datagram.len() == 1_200).count(), 60);
}

#[test]
fn a_dead_or_impossible_peer_costs_nobody_else_anything() {
    let (sender, receiver) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let dead = {
        let gone = bind("127.0.0.1:0");
        gone.local_addr()
    };
    let impossible: SocketAddr = "[::1]:9".parse().unwrap();
    let mut send = SendBatch::new(1 << 16);
    let mut recv = RecvBatch::new(32, 2_048);
    for round in 0..3 {
        for index in 0..4 {
            assert!(send.push(dead, &packet(index, 500)));
            assert!(send.push(impossible, &packet(index, 500)));
            assert!(send.push(receiver.local_addr(), &packet(round * 4 + index, 500)));
        }
        send.flush(&sender);
        assert_eq!(read(&receiver, &mut recv, 4).len(), 4);
    }
    assert_eq!(send.stats().refused, 12, "IPv6 through an IPv4 socket");
    assert_eq!(send.stats().packets, 24);
    // The dead peer's ICMP errors do not surface as a failure to read.
    match RecvBatch::new(1, 64).recv(&sender) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
    }
}

#[test]
fn a_full_batch_asks_for_a_flush_and_loses_nothing() {
    let (sender, receivers) = (bind("127.0.0.1:0"), [bind("127.0.0.1:0"), bind("127.0.0.1:0")]);
    let mut send = SendBatch::new(8_192);
    let mut flushes = 0;
    for index in 0..200 {
        let destination = receivers[index % 2].local_addr();
        if !send.push(destination, &packet(index, 100)) {
            send.flush(&sender);
            flushes += 1;
            assert!(send.push(destination, &packet(index, 100)));
        }
    }
    assert!(flushes >= 3, "64 trains or 81 packets a flush");
    send.flush(&sender);
    assert_eq!(send.stats().packets, 200);
    for (parity, receiver) in receivers.iter().enumerate() {
        let datagrams = read(receiver, &mut RecvBatch::new(64, 2_048), 100);
        assert!(datagrams.iter().enumerate().all(|(index, (_, datagram))| datagram[1] as usize == index * 2 + parity));
        assert_eq!(datagrams.len(), 100);
    }
}

#[test]
fn a_socket_without_room_delays_the_caller_by_milliseconds_only() {
    // The smallest send buffer there is, and nobody who reads: the kernel's queue fills up.
    let options = SocketOptions { send_buffer_bytes: 1, recv_buffer_bytes: 1 << 22, ..SocketOptions::default() };
    let sender = UdpSocket::bind("127.0.0.1:0".parse().unwrap(), &options).unwrap();
    let receiver = UdpSocket::bind("127.0.0.1:0".parse().unwrap(), &options).unwrap();
    let mut send = SendBatch::new(1 << 16);
    let (mut packets, start) = (0u64, Instant::now());
    for index in 0..40 {
        assert!(send.push(receiver.local_addr(), &packet(index, 1_000 + index)));
        packets += 1;
    }
    send.flush(&sender);
    let stats = send.stats();
    assert_eq!(stats.packets + stats.congested + stats.refused, packets, "sent or counted");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_datagram_that_does_not_fit_is_counted_and_dropped() {
    let options = SocketOptions { gro: false, ..SocketOptions::default() };
    let receiver = UdpSocket::bind("127.0.0.1:0".parse().unwrap(), &options).unwrap();
    let sender = bind("127.0.0.1:0");
    sender.send_to(&[1; 300], receiver.local_addr()).unwrap();
    sender.send_to(&[2; 200], receiver.local_addr()).unwrap();
    let mut recv = RecvBatch::new(8, 256);
    let datagrams = read(&receiver, &mut recv, 1);
    assert_eq!(datagrams, vec![(sender.local_addr(), vec![2; 200])]);
    assert_eq!(recv.stats().truncated, 1);
}

#[test]
fn a_reservation_is_void_unless_committed_within_it() {
    let (sender, receiver) = (bind("127.0.0.1:0"), bind("127.0.0.1:0"));
    let mut send = SendBatch::new(1_000);
    assert!(send.reserve(receiver.local_addr(), 1_001).is_none());
    assert!(send.reserve(receiver.local_addr(), usize::MAX).is_none());
    assert!(send.reserve(receiver.local_addr(), 1_000).is_some());
    send.commit(1_001);
    send.commit(10);
    assert!(send.is_empty());
    send.flush(&sender);
    assert_eq!(send.stats().calls, 0);
}

#[test]
fn the_kernel_reports_what_it_gave() {
    let socket = bind("127.0.0.1:0");
    assert!(socket.recv_buffer_bytes() > 100_000 && socket.send_buffer_bytes() > 100_000);
    assert_ne!(socket.local_addr().port(), 0);
    assert!(UdpSocket::bind(socket.local_addr(), &SocketOptions::default()).is_err());
}
