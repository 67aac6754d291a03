//! ICE-lite's static half (RFC 8445 section 2.5): credentials and host candidates. The checks are answered in
//! [`super::Transport`].

use std::net::SocketAddr;

use rand::CryptoRng;

use crate::session::{IceCredentials, WorkerId};

/// `ice-char` (RFC 8839 section 5.4).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Characters of a ufrag that name the worker, 6 bits each.
const WORKER_LEN: usize = 2;
/// Random characters of a ufrag: 48 bits, so that millions of peers do not collide.
const UFRAG_RANDOM_LEN: usize = 8;
/// Characters of a password: 144 bits; RFC 8445 section 5.3 demands 128.
const PWD_LEN: usize = 24;

/// Workers that fit a ufrag.
pub const WORKERS_MAX: u16 = 1 << (6 * WORKER_LEN);

/// New credentials for a peer of `worker` (below [`WORKERS_MAX`]).
pub fn credentials(worker: WorkerId, random: &mut impl CryptoRng) -> IceCredentials {
    let mut ufrag = String::with_capacity(WORKER_LEN + UFRAG_RANDOM_LEN);
    ufrag.push(char::from(ALPHABET[usize::from(worker.0 / 64 % 64)]));
    ufrag.push(char::from(ALPHABET[usize::from(worker.0 % 64)]));
    push_random(&mut ufrag, UFRAG_RANDOM_LEN, random);
    let mut pwd = String::with_capacity(PWD_LEN);
    push_random(&mut pwd, PWD_LEN, random);
    IceCredentials { ufrag: ufrag.into(), pwd: pwd.into() }
}

/// The worker that a ufrag of ours names: where a TCP connection belongs whose first message carries it.
#[must_use]
pub fn worker_of(ufrag: &str) -> Option<WorkerId> {
    let digit = |byte: &u8| ALPHABET.iter().position(|character| character == byte);
    match ufrag.as_bytes() {
        [high, low, rest @ ..] if rest.len() == UFRAG_RANDOM_LEN => {
            Some(WorkerId((digit(high)? * 64 + digit(low)?) as u16))
        }
        _ => None,
    }
}

/// The values of `a=candidate` for these host addresses: UDP, and TCP in its passive form (RFC 6544). The order given is
/// the order preferred, UDP before TCP.
#[must_use]
pub fn candidates(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Vec<String> {
    let udp_lines = udp.iter().enumerate().map(|(index, address)| {
        let (ip, port, priority) = (address.ip(), address.port(), udp_priority(index));
        format!("candidate:{} 1 udp {priority} {ip} {port} typ host", index + 1)
    });
    let tcp_lines = tcp.iter().enumerate().map(|(index, address)| {
        let (ip, port, priority) = (address.ip(), address.port(), tcp_priority(index));
        format!("candidate:{} 1 tcp {priority} {ip} {port} typ host tcptype passive", udp.len() + index + 1)
    });
    udp_lines.chain(tcp_lines).collect()
}

/// RFC 8445 section 5.1.2.1: type preference 126 for hosts, component 1.
fn udp_priority(index: usize) -> u32 {
    priority(126, 0xFFFF_u32.saturating_sub(index as u32))
}

/// RFC 6544 section 4.2: a lower type preference than UDP's, direction preference 4 for a passive host candidate.
fn tcp_priority(index: usize) -> u32 {
    priority(90, (4 << 13) + 0x1FFF_u32.saturating_sub(index as u32))
}

fn priority(kind: u32, local: u32) -> u32 {
    (kind << 24) + (local << 8) + 255
}

fn push_random(text: &mut String, len: usize, random: &mut impl CryptoRng) {
    let mut bytes = [0; PWD_LEN];
    let bytes = &mut bytes[..len];
    random.fill_bytes(bytes);
    text.extend(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ufrag_names_its_worker() {
        for worker in [0, 1, 63, 64, WORKERS_MAX - 1] {
            let credentials = credentials(WorkerId(worker), &mut rand::rng());
            assert_eq!(worker_of(&credentials.ufrag), Some(WorkerId(worker)));
            assert!(credentials.pwd.len() >= 22 && credentials.ufrag.len() >= 4);
            assert!(credentials.pwd.bytes().chain(credentials.ufrag.bytes()).all(|byte| ALPHABET.contains(&byte)));
        }
        for foreign in ["", "AB", "AAAAAAAAA", "AAAAAAAAAAA", "-AAAAAAAAA", "ÄAAAAAAAA"] {
            assert_eq!(worker_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn no_two_credentials_are_alike() {
        let mut random = rand::rng();
        let (first, second) = (credentials(WorkerId(7), &mut random), credentials(WorkerId(7), &mut random));
        assert_ne!(first.ufrag, second.ufrag);
        assert_ne!(first.pwd, second.pwd);
    }

    #[test]
    fn candidates_stand_in_the_order_of_preference() {
        let udp = ["192.0.2.1:5000".parse().unwrap(), "[2001:db8::1]:5000".parse().unwrap()];
        let lines = candidates(&udp, &["192.0.2.1:443".parse().unwrap()]);
        assert_eq!(
            lines,
            [
                "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
                "candidate:2 1 udp 2130706175 2001:db8::1 5000 typ host",
                "candidate:3 1 tcp 1520435199 192.0.2.1 443 typ host tcptype passive",
            ]
        );
    }
}
