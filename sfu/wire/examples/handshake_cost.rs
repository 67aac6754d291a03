//! What DTLS costs a server: CPU time per handshake and memory kept per connection, as one JSON object.

use std::time::{Duration, Instant};

use lectern_udp::thread_cpu_time;
use lectern_wire::dtls::{Dtls, Identity};

const CONNECTIONS: usize = 500;

fn main() {
    let ours = Identity::generate().expect("randomness");
    let theirs = Identity::generate().expect("randomness");
    // One handshake first, so that what is made once is not counted.
    let mut spent = Duration::ZERO;
    drop(connect(&ours, &theirs, &mut spent));

    spent = Duration::ZERO;
    let before = resident_bytes();
    let mut servers = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        servers.push(connect(&ours, &theirs, &mut spent));
    }
    let kept = resident_bytes().saturating_sub(before) / CONNECTIONS;
    println!(
        "{{\"bench\":\"dtls\",\"connections\":{CONNECTIONS},\"server_ms_per_handshake\":{:.3},\"bytes_per_connection\":{kept}}}",
        spent.as_secs_f64() * 1e3 / CONNECTIONS as f64,
    );
    drop(servers);
}

/// One handshake; adds the server's share of the time to `spent`.
fn connect(ours: &Identity, theirs: &Identity, spent: &mut Duration) -> Dtls {
    let now = Instant::now();
    let mut client = Dtls::client(theirs, ours.fingerprint(), now);
    let start = thread_cpu_time();
    let mut server = Dtls::server(ours, theirs.fingerprint(), now);
    *spent += thread_cpu_time() - start;
    client.handle_timeout(now).expect("a first flight");
    loop {
        let mut moved = false;
        while let Some(datagram) = client.poll_transmit() {
            let start = thread_cpu_time();
            server.handle_datagram(now, &datagram).expect("a good peer");
            *spent += thread_cpu_time() - start;
            moved = true;
        }
        while let Some(datagram) = server.poll_transmit() {
            client.handle_datagram(now, &datagram).expect("a good peer");
            moved = true;
        }
        if !moved {
            assert!(server.is_connected());
            return server;
        }
    }
}

/// Resident memory of this process.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}
