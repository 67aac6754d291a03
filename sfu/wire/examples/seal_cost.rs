//! What sealing and opening cost: one JSON object per profile. 1,000 peers' keys in rotation, so that they are as cold as
//! in a fan-out; packets of 1,200 bytes before sealing. CPU time, the lowest of five rounds.

use std::hint::black_box;
use std::time::Duration;

use lectern_udp::thread_cpu_time;
use lectern_wire::srtp::{MasterKey, Opener, Profile, Sealer, SourceLimits};

const PEERS: usize = 1_000;
const ROUNDS: u64 = 60;
const PLAIN_LEN: usize = 1_200;
const HEADER_LEN: usize = 20;

fn main() {
    for profile in Profile::ALL {
        let masters: Vec<MasterKey> = (0..PEERS)
            .map(|peer| {
                let key: Vec<u8> = (0..profile.key_len()).map(|byte| (byte * 7 + peer) as u8).collect();
                let salt: Vec<u8> = (0..profile.salt_len()).map(|byte| (byte * 3 + peer / 256) as u8).collect();
                MasterKey::new(profile, &key, &salt).expect("lengths of the profile")
            })
            .collect();
        let before = resident_bytes();
        let sealers: Vec<Sealer> = masters.iter().map(Sealer::new).collect();
        let sealers_bytes = resident_bytes().saturating_sub(before) / PEERS;
        let before = resident_bytes();
        let mut openers: Vec<Opener> =
            masters.iter().map(|master| Opener::new(master, SourceLimits::default())).collect();
        let openers_bytes = resident_bytes().saturating_sub(before) / PEERS;

        let mut plain = vec![0x42; PLAIN_LEN];
        plain[..HEADER_LEN]
            .copy_from_slice(&[0x90, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 0x10, 0xFF, 0, 0]);
        let mut packet = vec![0; PLAIN_LEN + profile.rtp_overhead()];

        // As the fan-out does it: copy, then seal in place.
        let copied = per_packet(|index, peer| {
            packet[..PLAIN_LEN].copy_from_slice(&plain);
            black_box(sealers[peer].seal_rtp(index, &mut packet, HEADER_LEN, PLAIN_LEN)).expect("it fits");
        });
        // From the shared payload straight into the send buffer.
        let straight = per_packet(|index, peer| {
            packet[..HEADER_LEN].copy_from_slice(&plain[..HEADER_LEN]);
            black_box(sealers[peer].seal_rtp_from(index, &mut packet, HEADER_LEN, &plain[HEADER_LEN..]))
                .expect("it fits");
        });
        let opened = per_packet(|index, peer| {
            // The cost of sealing is taken off below.
            plain[2..4].copy_from_slice(&(index as u16).to_be_bytes());
            packet[..PLAIN_LEN].copy_from_slice(&plain);
            let len = sealers[peer].seal_rtp(index, &mut packet, HEADER_LEN, PLAIN_LEN).expect("it fits");
            black_box(openers[peer].open_rtp(&mut packet[..len])).expect("authentic");
        }) - copied;
        println!(
            "{{\"bench\":\"seal\",\"profile\":\"{}\",\"copy_seal_ns\":{copied:.0},\"seal_from_ns\":{straight:.0},\
             \"open_ns\":{opened:.0},\"sealer_bytes\":{sealers_bytes},\"opener_bytes\":{openers_bytes}}}",
            profile.as_str()
        );
    }
}

/// CPU nanoseconds per call.
fn per_packet(mut work: impl FnMut(u64, usize)) -> f64 {
    let mut best = Duration::MAX;
    for repetition in 0..5 {
        let start = thread_cpu_time();
        for index in 0..ROUNDS {
            for peer in 0..PEERS {
                work(repetition * ROUNDS + index, peer);
            }
        }
        best = best.min(thread_cpu_time() - start);
    }
    best.as_nanos() as f64 / (ROUNDS * PEERS as u64) as f64
}

/// Resident memory of this process.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}
