//! The bare loop: seal and send what a fan-out sends, and nothing else. What a server costs beyond it is the server's doing.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use lectern_udp::{SendBatch, SocketOptions, UdpSocket, thread_cpu_time};
use serde::Serialize;

use crate::measure;
use crate::receivers::{Pace, Receivers};

/// Packets of a video frame: 1.5 Mbit/s at 30 frames a second.
const PACKETS_PER_FRAME: usize = 6;
/// An RTP packet of video: header, one header extension word with its head, and 1,041 bytes of payload.
const VIDEO_PACKET_LEN: usize = RTP_HEADER_LEN + 1041;
/// One of audio.
const AUDIO_PACKET_LEN: usize = RTP_HEADER_LEN + 120;
const RTP_HEADER_LEN: usize = 20;
const TAG_LEN: usize = 16;
const FRAMES_PER_SECOND: u32 = 30;
/// Audio packets every three frames, 50 a second.
const AUDIO_PER_THREE_FRAMES: u32 = 5;
/// As large as a worker's send buffer.
const BATCH_BYTES: usize = 256 << 10;

/// A way to hand packets to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    /// Nothing is sent: what sealing alone costs.
    Seal,
    /// A system call for each packet.
    SendTo,
    /// 64 packets a system call.
    SendMmsg,
    /// A system call for each receiver's frame.
    Gso,
    /// 64 receivers' frames a system call.
    GsoSendMmsg,
}

/// What the bare loop costs, CPU seconds of the sending thread per million packets.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Floor {
    /// Sealing alone.
    pub seal: f64,
    /// `sendto`, one packet a call.
    pub sendto: f64,
    /// `sendmmsg`, 64 packets a call.
    pub sendmmsg: f64,
    /// One GSO train a call.
    pub gso: f64,
    /// 64 GSO trains a call: the floor.
    pub gso_sendmmsg: f64,
    /// Datagrams that the receivers' buffers had no room for. They cost the sender less than others, so there should be none.
    pub receiver_drops: u64,
    /// Packets that the kernel did not take.
    pub unsent: u64,
}

/// Measure every variant with this many receivers, each for `duration` of the stream.
///
/// # Errors
/// Sockets or threads cannot be had.
pub fn measure_all(receivers: usize, duration: Duration) -> io::Result<Floor> {
    let bench = Bench::new(receivers)?;
    let mut floor = Floor::default();
    for (variant, cost) in [
        (Variant::Seal, &mut floor.seal),
        (Variant::SendTo, &mut floor.sendto),
        (Variant::SendMmsg, &mut floor.sendmmsg),
        (Variant::Gso, &mut floor.gso),
        (Variant::GsoSendMmsg, &mut floor.gso_sendmmsg),
    ] {
        *cost = bench.run(variant, duration, &mut floor.unsent)?;
    }
    floor.receiver_drops = bench.finish()?;
    Ok(floor)
}

/// Measure the best variant alone.
///
/// # Errors
/// Sockets or threads cannot be had.
pub fn measure_best(receivers: usize, duration: Duration) -> io::Result<f64> {
    let bench = Bench::new(receivers)?;
    let cost = bench.run(Variant::GsoSendMmsg, duration, &mut 0)?;
    bench.finish()?;
    Ok(cost)
}

/// The receivers, as the viewers of the load test are set up, and what the sender needs to know of them.
struct Bench {
    receivers: Vec<Receiver>,
    done: Arc<AtomicBool>,
    read: Arc<AtomicU64>,
    thread: thread::JoinHandle<io::Result<()>>,
    unread_before: u64,
}

struct Receiver {
    address: SocketAddr,
    key: LessSafeKey,
}

impl Bench {
    fn new(count: usize) -> io::Result<Self> {
        let mut sockets = Receivers::new(Pace::Tick)?;
        let mut receivers = Vec::with_capacity(count);
        for index in 0..count {
            let socket = Receivers::open((Ipv4Addr::LOCALHOST, 0).into())?;
            let mut key = [7; 16];
            key[..8].copy_from_slice(&(index as u64).to_be_bytes());
            let key = UnboundKey::new(&AES_128_GCM, &key).map_err(io::Error::other)?;
            receivers.push(Receiver { address: socket.local_addr(), key: LessSafeKey::new(key) });
            sockets.add(socket)?;
        }
        let unread_before = measure::udp_drops(&ports(&receivers))?;
        let done = Arc::new(AtomicBool::new(false));
        let read = Arc::new(AtomicU64::new(0));
        let thread = thread::Builder::new().name("receivers".into()).spawn({
            let (done, read) = (Arc::clone(&done), Arc::clone(&read));
            move || {
                while !done.load(Ordering::Relaxed) {
                    let mut count = 0;
                    sockets.poll(|_, _, _, _| count += 1)?;
                    read.fetch_add(count, Ordering::Relaxed);
                }
                Ok(())
            }
        })?;
        Ok(Self { receivers, done, read, thread, unread_before })
    }

    /// Send the stream at its own pace on this thread; CPU seconds per million packets.
    fn run(&self, variant: Variant, duration: Duration, unsent: &mut u64) -> io::Result<f64> {
        let mut sender = Sender::new(variant)?;
        let frames = (duration.as_secs_f64() * f64::from(FRAMES_PER_SECOND)) as u32;
        let mut packets = 0;
        let start = Instant::now();
        let cpu_before = thread_cpu_time();
        for frame in 0..frames {
            packets += self.send_all(&mut sender, PACKETS_PER_FRAME, VIDEO_PACKET_LEN, frame);
            // 5 in 3 frames: 2, 2, 1.
            for _ in 0..AUDIO_PER_THREE_FRAMES / 3 + u32::from(frame % 3 < AUDIO_PER_THREE_FRAMES % 3) {
                packets += self.send_all(&mut sender, 1, AUDIO_PACKET_LEN, frame);
            }
            let due = Duration::from_secs(1) * (frame + 1) / FRAMES_PER_SECOND;
            thread::sleep(due.saturating_sub(start.elapsed()));
        }
        let cpu = thread_cpu_time().saturating_sub(cpu_before);
        *unsent += sender.unsent();
        Ok(cpu.as_secs_f64() / (f64::from(packets) / 1e6))
    }

    /// `count` packets to every receiver; how many that were.
    fn send_all(&self, sender: &mut Sender, count: usize, len: usize, frame: u32) -> u32 {
        for receiver in &self.receivers {
            for index in 0..count {
                sender.send(receiver, len, frame * 16 + index as u32);
            }
            sender.end_of_train();
        }
        sender.end_of_round();
        (self.receivers.len() * count) as u32
    }

    /// Datagrams that the receivers lost.
    fn finish(self) -> io::Result<u64> {
        let drops = measure::udp_drops(&ports(&self.receivers))?;
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the receiving thread panicked"))??;
        if self.read.load(Ordering::Relaxed) == 0 {
            return Err(io::Error::other("nothing arrived"));
        }
        Ok(drops - self.unread_before)
    }
}

fn ports(receivers: &[Receiver]) -> HashSet<u16> {
    receivers.iter().map(|receiver| receiver.address.port()).collect()
}

/// One socket and the variant's way to use it.
struct Sender {
    variant: Variant,
    socket: UdpSocket,
    batch: SendBatch,
    plain: Box<[u8]>,
    failed: u64,
}

impl Sender {
    fn new(variant: Variant) -> io::Result<Self> {
        let mut batch = SendBatch::new(BATCH_BYTES);
        if variant == Variant::SendMmsg {
            batch.disable_gso();
        }
        Ok(Self {
            variant,
            socket: UdpSocket::bind((Ipv4Addr::LOCALHOST, 0).into(), &SocketOptions::default())?,
            batch,
            plain: vec![0x5a; VIDEO_PACKET_LEN].into(),
            failed: 0,
        })
    }

    fn send(&mut self, receiver: &Receiver, len: usize, packet: u32) {
        let sealed_len = len + TAG_LEN;
        if matches!(self.variant, Variant::Seal | Variant::SendTo) {
            let mut sealed = [0; VIDEO_PACKET_LEN + TAG_LEN];
            seal(&receiver.key, &self.plain[..len], packet, &mut sealed[..sealed_len]);
            if self.variant == Variant::SendTo {
                self.failed += u64::from(self.socket.send_to(&sealed[..sealed_len], receiver.address).is_err());
            }
            return;
        }
        if self.batch.reserve(receiver.address, sealed_len).is_none() {
            self.batch.flush(&self.socket);
        }
        if let Some(room) = self.batch.reserve(receiver.address, sealed_len) {
            seal(&receiver.key, &self.plain[..len], packet, room);
            self.batch.commit(sealed_len);
        }
    }

    fn end_of_train(&mut self) {
        if self.variant == Variant::Gso {
            self.batch.flush(&self.socket);
        }
    }

    fn end_of_round(&mut self) {
        self.batch.flush(&self.socket);
    }

    fn unsent(&self) -> u64 {
        self.failed + self.batch.stats().congested + self.batch.stats().refused
    }
}

/// Copy a packet, change its sequence number and seal it as SRTP does (RFC 7714): the header is authenticated only.
fn seal(key: &LessSafeKey, plain: &[u8], packet: u32, room: &mut [u8]) {
    let (body, tag_room) = room.split_at_mut(plain.len());
    body.copy_from_slice(plain);
    body[2..4].copy_from_slice(&(packet as u16).to_be_bytes());
    let mut nonce = [3; 12];
    nonce[8..].copy_from_slice(&packet.to_be_bytes());
    let (header, payload) = body.split_at_mut(RTP_HEADER_LEN);
    let nonce = Nonce::assume_unique_for_key(nonce);
    if let Ok(tag) = key.seal_in_place_separate_tag(nonce, Aad::from(&*header), payload) {
        tag_room.copy_from_slice(tag.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_reaches_its_receivers() {
        let floor = measure_all(20, Duration::from_millis(200)).unwrap();
        for cost in [floor.seal, floor.sendto, floor.sendmmsg, floor.gso, floor.gso_sendmmsg] {
            assert!(cost > 0.0);
        }
        assert_eq!((floor.receiver_drops, floor.unsent), (0, 0));
    }
}
