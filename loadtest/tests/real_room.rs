//! Two hundred people in a real room on two nodes, through everything that a run has: nobody misses anything, is told
//! anything twice, or is told a wrong tally. How fast that goes is not looked at.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Uri;
use lectern_loadtest::room::dialect::Dialect;
use lectern_loadtest::room::run::{RoomPlan, run};
use lectern_platform::bus::{Bus, InProcess};
use lectern_platform::health::Health;
use lectern_platform::http;
use lectern_platform::token::{TokenSigner, TokenVerifier};
use lectern_signalling::{Server, SignallingConfig};
use tokio::net::TcpListener;

const STUDENTS: usize = 200;
const CONNECTIONS_MAX: usize = 1_000;

/// A folder of keys that goes away with its test.
struct Keys(PathBuf);

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn node(bus: Arc<dyn Bus>, keys: &Keys) -> (Server, Uri) {
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let verifier = Arc::new(TokenVerifier::open(&keys.0).unwrap());
    let server = Server::start(&SignallingConfig::default(), bus, None, verifier, &health).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(http::serve(listener, server.router(), CONNECTIONS_MAX, std::future::pending()));
    (server, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_repeated_or_counted_wrong() {
    let keys = Keys(std::env::temp_dir().join(format!("lectern-real-room-{}", std::process::id())));
    TokenSigner::create(&keys.0).unwrap();
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let (one, first) = node(Arc::clone(&bus), &keys).await;
    let (other, second) = node(bus, &keys).await;
    let plan = RoomPlan {
        dialect: Dialect::Lectern,
        servers: vec![first, second],
        room: "class".into(),
        keys: Some(keys.0.clone()),
        students: STUDENTS,
        messages_per_s: 10.0,
        writers: 50,
        window: Duration::from_secs(3),
        churn: Duration::from_secs(3),
        churn_per_minute: 1_000.0,
        at_once: STUDENTS,
        patience: Duration::from_secs(30),
        pids: Vec::new(),
        redis_pid: None,
        floor: false,
    };
    let report = tokio::task::spawn_blocking(move || run(&plan).unwrap()).await.unwrap();
    assert_eq!((report.joined, report.reconnect.back), (STUDENTS + 1, STUDENTS), "{report:#?}");
    assert_eq!((report.lost, report.repeated, report.wrong_tallies), (0, 0, 0), "{report:#?}");
    assert!(report.chat.deliveries > 0 && report.poll.votes_done == report.poll.votes_sent, "{report:#?}");
    assert!(report.churn.presence_notices_min > 0, "{report:#?}");
    assert!(report.reconnect.written_meanwhile > 0 && report.refused.is_empty(), "{report:#?}");
    one.shutdown().await;
    other.shutdown().await;
}
