//! A worker without its thread: commands go in, events come out.

use std::net::{IpAddr, Ipv4Addr};

use lectern_platform::health::Health;

use super::*;
use crate::metrics::Metrics;
use crate::session::{IceCredentials, Mid, Slot, SlotRole, ViewerSpec};

struct Bench {
    worker: Worker,
    events: mpsc::Receiver<Event>,
    identity: Arc<Identity>,
}

fn bench() -> Bench {
    let wake = Arc::new(EventFd::new().unwrap());
    let waker = wake.clone();
    let inboxes: Arc<[Arc<Inbox>]> = [Inbox::new(move || waker.wake())].into();
    let (sender, events) = mpsc::channel(64);
    let identity = Arc::new(Identity::generate().unwrap());
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let worker = Worker::new(WorkerParts {
        id: WorkerId(0),
        sockets: BoundSockets::bind(&[IpAddr::V4(Ipv4Addr::LOCALHOST)], 0, 1 << 16).unwrap(),
        tcp_connections_max: 4,
        inboxes,
        wake,
        events: sender,
        identity: identity.clone(),
        transport_limits: TransportLimits::default(),
        media_limits: MediaLimits::default(),
        metrics: Metrics::new(health.registry()).unwrap().worker(WorkerId(0)),
        heartbeat: Box::new(|| {}),
    })
    .unwrap();
    Bench { worker, events, identity }
}

fn room(name: &str) -> RoomId {
    RoomId(name.into())
}

impl Bench {
    fn open_viewer(&mut self, room_name: &str, session: u64) {
        let credentials = |side: &str| IceCredentials {
            ufrag: format!("{side}{session}").into(),
            pwd: "a-password-of-22-chars-".into(),
        };
        let transport = TransportSpec {
            local: credentials("server"),
            remote: credentials("client"),
            fingerprint: self.identity.fingerprint(),
        };
        let slot = Slot {
            mid: Mid::from("0").unwrap(),
            role: SlotRole::Main,
            payloads: Vec::new(),
            extensions: crate::session::ExtensionIds::default(),
            ssrc: 1,
            rtx_ssrc: None,
        };
        self.worker.handle_command(
            Instant::now(),
            Command::OpenViewer {
                room: room(room_name),
                session: SessionId(session),
                home: WorkerId(0),
                transport,
                viewer: ViewerSpec { slots: vec![slot] },
            },
        );
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

#[test]
fn a_panic_in_a_room_ends_that_room_only() {
    let mut bench = bench();
    bench.open_viewer("broken", 1);
    bench.open_viewer("broken", 2);
    bench.open_viewer("sound", 3);
    let broken = bench.worker.rooms.by_id(&room("broken")).unwrap();

    let outcome = bench.worker.guarded(broken, |_| panic!("a bug in a room"));

    assert!(outcome.is_none());
    let events = bench.events();
    let closed = |session: u64| {
        events.iter().any(
            |event| matches!(event, Event::Closed { session: id, reason: CloseReason::RoomClosed } if id.0 == session),
        )
    };
    assert!(closed(1) && closed(2) && !closed(3), "{events:?}");
    assert!(events.iter().any(|event| matches!(event, Event::RoomPanicked { room, .. } if &*room.0 == "broken")));
    assert!(bench.worker.rooms.by_id(&room("broken")).is_none());
    assert!(bench.worker.rooms.by_id(&room("sound")).is_some());
    assert_eq!(bench.worker.peers.slab.len(), 1);

    bench.open_viewer("broken", 4);
    assert!(bench.worker.rooms.by_id(&room("broken")).is_some(), "the room can be used again");
}

#[test]
fn a_session_that_ends_leaves_nothing_behind() {
    let mut bench = bench();
    bench.open_viewer("class", 1);
    let now = Instant::now();
    bench.worker.handle_command(now, Command::Close { session: SessionId(1), reason: CloseReason::Deleted });
    assert!(matches!(bench.events()[..], [Event::Closed { session: SessionId(1), reason: CloseReason::Deleted }]));
    assert!(bench.worker.peers.slab.is_empty());
    assert!(bench.worker.peers.by_ufrag("server1").is_none());
    assert_eq!(bench.worker.rooms.len(), 0);
}

#[test]
fn a_session_whose_handshake_never_comes_is_closed() {
    let mut bench = bench();
    bench.open_viewer("class", 1);
    let later = Instant::now() + TransportLimits::default().handshake_timeout + TICK;
    bench.worker.tick(later);
    let reason = CloseReason::HandshakeTimeout;
    assert!(matches!(bench.events()[..], [Event::Closed { session: SessionId(1), reason: found }] if found == reason));
}
