//! ICE credentials (RFC 8445 section 5.3). The checks that carry them are answered by [`super::Transport`].

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

/// Fresh credentials for a peer of `worker` (below [`WORKERS_MAX`]).
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
}
