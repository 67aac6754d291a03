//! The DTLS server against a client whose flights are changed, lost, repeated and mixed with noise.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lectern_wire::dtls::{Dtls, DtlsEvent, HANDSHAKE_DATAGRAMS_MAX, Identity};

use crate::input::Input;

/// Both sides' certificates: making them is the slowest part.
static IDENTITIES: LazyLock<(Identity, Identity)> = LazyLock::new(|| {
    let identity = || Identity::generate().expect("randomness");
    (identity(), identity())
});

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let (ours, theirs) = &*IDENTITIES;
    let mut now = Instant::now();
    let mut server = Dtls::server(ours, theirs.fingerprint(), now);
    let mut client = Dtls::client(theirs, ours.fingerprint(), now);
    let mut taken = 0;
    let mut over = client.handle_timeout(now).is_err();
    while !input.is_empty() && !over {
        let datagram = match input.u8() % 8 {
            0 => Some(input.long().to_vec()),
            1 => {
                now += Duration::from_millis(input.u8().into()) * 10;
                let _ = client.handle_timeout(now);
                over = server.handle_timeout(now).is_err();
                None
            }
            2 => client.poll_transmit().map(|datagram| changed(&mut input, datagram)),
            3 => {
                let _lost = client.poll_transmit();
                None
            }
            _ => client.poll_transmit(),
        };
        if let Some(datagram) = datagram {
            taken += 1;
            let connected = server.is_connected();
            over |= server.handle_datagram(now, &datagram).is_err();
            assert!(!connected || server.is_connected(), "only authentic records end a session that is there");
        }
        while let Some(datagram) = server.poll_transmit() {
            let _ = client.handle_datagram(now, &datagram);
        }
        assert!(over || server.is_connected() || taken <= HANDSHAKE_DATAGRAMS_MAX);
        while let Some(event) = server.poll_event() {
            assert!(matches!(event, DtlsEvent::Connected(_) | DtlsEvent::Closed));
        }
    }
    if over {
        assert_eq!(server.handle_datagram(now, &[22; 64]), Ok(()), "what is over stays over");
        assert!(server.poll_event().is_none() && !server.is_connected());
    }
}

fn changed(input: &mut Input<'_>, mut datagram: Vec<u8>) -> Vec<u8> {
    for _ in 0..1 + input.u8() % 3 {
        let at = usize::from(input.u16()) % datagram.len();
        datagram[at] ^= input.u8();
    }
    if input.bool() {
        datagram.truncate(usize::from(input.u16()) % datagram.len());
    }
    datagram
}
