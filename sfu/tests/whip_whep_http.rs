//! WHIP and WHEP over real connections: a server on loopback, a client that writes HTTP itself, and the worker's end of
//! the queues held by the test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lectern_platform::token::{Claims, Role, TokenSigner};
use lectern_sfu::command::{Command, Event, LayerInfo};
use lectern_sfu::http::{Admission, Config, Control, IceServer, Stats, WorkerHandle, drain, follow, router};
use lectern_sfu::sdp::{Candidate, CandidateTransport, Limits};
use lectern_sfu::session::{
    CloseReason, LayerSelection, MediaKind, Rid, SessionId, SlotRole, Source, TrackId, WorkerId,
};
use lectern_sfu::transport::ice::worker_of;
use lectern_sfu::worker::{COMMANDS_MAX, Inbox};
use lectern_wire::dtls::Fingerprint;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const PUBLISH: &str = include_str!("fixtures/chromium_whip_simulcast.sdp");
const WATCH: &str = include_str!("fixtures/chromium_whep_slots.sdp");
const PATIENCE: Duration = Duration::from_secs(10);

/// A server with two workers whose queues nobody but the test drains.
struct Server {
    address: SocketAddr,
    control: Arc<Control>,
    inboxes: Vec<Arc<Inbox>>,
    events: mpsc::Sender<Event>,
    signer: TokenSigner,
}

#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    async fn start(config: Config) -> Self {
        let signer = TokenSigner::generate();
        let inboxes: Vec<Arc<Inbox>> = (0..2).map(|_| Inbox::new(|| {})).collect();
        let handle = |(index, inbox): (u16, &Arc<Inbox>)| {
            let address = SocketAddr::from(([127, 0, 0, 1], 7000 + index));
            WorkerHandle {
                inbox: inbox.clone(),
                candidates: vec![Candidate::host(CandidateTransport::Udp, address, 0)],
            }
        };
        let workers = (0..).zip(&inboxes).map(handle).collect();
        let verifier = Arc::new(signer.verifier());
        let control = Control::new(config, Limits::default(), verifier, Fingerprint([7; 32]), workers, false).unwrap();
        let (events, receiver) = mpsc::channel(64);
        tokio::spawn(follow(control.clone(), receiver));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = router(control.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, control, inboxes, events, signer }
    }

    fn token(&self, room: &str, role: Role) -> String {
        let claims = Claims::issue(room, "p1", "Ada", role, Duration::from_secs(60));
        format!("authorization: Bearer {}", self.signer.sign(&claims).unwrap())
    }

    async fn send(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        // The server may answer, and close, before it has read all of a body that it refuses.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server answers");
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        Reply { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head: head.to_owned(), body: body.to_owned() }
    }

    async fn publish(&self, path: &str) -> Reply {
        self.send("POST", path, &[&self.token("math", Role::Tutor), "content-type: application/sdp"], PUBLISH).await
    }

    async fn watch(&self) -> Reply {
        let token = self.token("math", Role::Student);
        self.send("POST", "/v1/rooms/math/whep", &[&token, "content-type: application/sdp"], WATCH).await
    }

    fn commands(&self) -> Vec<(usize, Command)> {
        let drain = |(index, inbox): (usize, &Arc<Inbox>)| {
            let inbox = inbox.clone();
            std::iter::from_fn(move || inbox.command()).map(move |command| (index, command))
        };
        self.inboxes.iter().enumerate().flat_map(drain).collect()
    }

    /// Waits until the events sent so far have been taken in.
    async fn tell(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.events.send(event).await.unwrap();
        }
        while self.events.capacity() < self.events.max_capacity() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // The last one may be out of the queue and not yet in the tables.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }

    /// Checks that this is a problem document and gives its code.
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(document["status"], self.status);
        (self.status, document["code"].as_str().unwrap().to_owned())
    }

    fn location(&self) -> String {
        self.header("location").unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    fn is(&self, status: u16, code: &str) {
        assert_eq!(self.problem(), (status, code.to_owned()), "{self:?}");
    }
}

fn session_of(command: &Command) -> SessionId {
    match command {
        Command::OpenPublisher { session, .. } | Command::OpenViewer { session, .. } => *session,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_publisher_is_created_and_handed_to_a_worker() {
    let ice = IceServer { url: "stun:stun.example.net".into(), username: None, credential: None };
    let server = Server::start(Config { ice_servers: vec![ice], ..Config::default() }).await;
    let reply = server.publish("/v1/rooms/math/whip/camera").await;
    assert_eq!(reply.status, 201, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/sdp"));
    assert_eq!(reply.header("accept-patch"), Some("application/trickle-ice-sdpfrag"));
    assert_eq!(reply.headers("link"), ["<stun:stun.example.net>; rel=\"ice-server\""]);
    assert!(reply.header("etag").unwrap().starts_with('"'));
    let secret = reply.location().strip_prefix("/v1/sessions/").unwrap().to_owned();
    assert!(secret.len() == 32 && u128::from_str_radix(&secret, 16).unwrap() != 0);
    assert!(reply.body.starts_with("v=0\r\n") && reply.body.contains("a=candidate:1 1 udp"));

    let [(worker, Command::OpenPublisher { room, transport, publisher, .. })] = &server.commands()[..] else {
        panic!()
    };
    assert_eq!((*worker, &*room.0), (0, "math"));
    assert_eq!(publisher.source, Source::Camera);
    assert_eq!(worker_of(&transport.local.ufrag), Some(WorkerId(0)));
    assert!(reply.body.contains(&format!("a=ice-ufrag:{}\r\n", transport.local.ufrag)));
    assert_eq!(server.control.stats(), Stats { rooms: 1, publishers: 1, viewers: 0, handshakes_pending: 1 });
}

#[tokio::test]
async fn a_viewer_learns_of_both_extensions_and_knows_the_rooms_home() {
    let server = Server::start(Config::default()).await;
    server.publish("/v1/rooms/math/whip/screen").await;
    let reply = server.watch().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let location = reply.location();
    let links = reply.headers("link");
    let events = "events=\"active,inactive,layers,reconnect,viewercount,slots,speaker\"";
    let sse = "urn:ietf:params:whep:ext:core:server-sent-events";
    assert_eq!(links[0], format!("<{location}/events>; rel=\"{sse}\"; {events}"));
    assert_eq!(links[1], format!("<{location}/layer>; rel=\"urn:ietf:params:whep:ext:core:layer\""));
    let commands = server.commands();
    let [(0, Command::OpenPublisher { .. }), (1, Command::OpenViewer { home, viewer, .. })] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(*home, WorkerId(0));
    assert_eq!(viewer.slots.len(), 6);
    assert_eq!(viewer.slots[5].role, SlotRole::Video(Source::Screen));
}

#[tokio::test]
async fn nothing_happens_without_a_good_token_for_this_room_and_source() {
    let server = Server::start(Config::default()).await;
    let sdp = "content-type: application/sdp";
    let camera = "/v1/rooms/math/whip/camera";
    let post = async |path: &str, token: &str| server.send("POST", path, &[token, sdp], PUBLISH).await;
    let missing = server.send("POST", camera, &[sdp], PUBLISH).await;
    missing.is(401, "token_missing");
    assert_eq!(missing.header("www-authenticate"), Some("Bearer"));
    post(camera, "authorization: Basic abc").await.is(401, "token_missing");
    post(camera, "authorization: Bearer a.b.c").await.is(401, "token_invalid");
    // An unsigned token, and one of another signer (THREATS 10).
    let none = "eyJhbGciOiJub25lIn0.eyJyb29tIjoibWF0aCJ9.";
    post(camera, &format!("authorization: Bearer {none}")).await.is(401, "token_invalid");
    let stranger = TokenSigner::generate();
    let claims = Claims::issue("math", "p1", "Eve", Role::Tutor, Duration::from_secs(60));
    let forged = format!("authorization: Bearer {}", stranger.sign(&claims).unwrap());
    post(camera, &forged).await.is(401, "token_invalid");
    post(camera, &server.token("physics", Role::Tutor)).await.is(403, "room_forbidden");
    post(camera, &server.token("math", Role::Student)).await.is(403, "source_forbidden");
    post("/v1/rooms/math/whip/stage/1", &server.token("math", Role::Tutor)).await.is(403, "source_forbidden");
    post("/v1/rooms/physics/whep", &server.token("math", Role::Student)).await.is(403, "room_forbidden");
    // Refused before the body was looked at: this one would be too large.
    let large = "x".repeat(70_000);
    server.send("POST", camera, &["authorization: Bearer a.b.c", sdp], &large).await.is(401, "token_invalid");

    assert!(server.commands().is_empty());
    assert_eq!(server.control.stats(), Stats::default());
}

#[tokio::test]
async fn a_token_for_the_stage_opens_that_place_alone() {
    let server = Server::start(Config::default()).await;
    let claims = Claims::issue("math", "p1", "Ada", Role::Student, Duration::from_secs(60)).with_publish(["stage/2"]);
    let token = format!("authorization: Bearer {}", server.signer.sign(&claims).unwrap());
    let post = async |place: &str| {
        let path = format!("/v1/rooms/math/whip/stage/{place}");
        server.send("POST", &path, &[&token, "content-type: application/sdp"], PUBLISH).await
    };
    assert_eq!(post("2").await.status, 201);
    post("1").await.is(403, "source_forbidden");
    for nowhere in ["0", "9", "02", "x"] {
        post(nowhere).await.is(404, "not_found");
    }
    server.publish("/v1/rooms/math/whip/microphone").await.is(404, "not_found");
}

#[tokio::test]
async fn a_token_of_a_room_that_is_recorded_takes_vp8_away_from_camera_and_screen_and_not_from_the_stage() {
    let server = Server::start(Config::default()).await;
    let claims = Claims::issue("math", "p1", "Ada", Role::Tutor, Duration::from_secs(60));
    let claims = claims.with_publish(["camera", "screen", "stage/1"]).with_recorded(true);
    let token = format!("authorization: Bearer {}", server.signer.sign(&claims).unwrap());
    let post = async |source: &str, offer: &str| {
        let path = format!("/v1/rooms/math/whip/{source}");
        server.send("POST", &path, &[&token, "content-type: application/sdp"], offer).await
    };
    let vp8_alone = include_str!("fixtures/gstreamer_whip.sdp");
    for source in ["camera", "screen"] {
        post(source, vp8_alone).await.is(406, "sdp_codec_not_recordable");
        let answer = post(source, PUBLISH).await;
        assert_eq!(answer.status, 201);
        assert!(answer.body.contains("H264/90000") && !answer.body.contains("VP8"), "{}", answer.body);
    }
    let answer = post("stage/1", vp8_alone).await;
    assert!(answer.status == 201 && answer.body.contains("VP8/90000"), "{answer:?}");
}

#[tokio::test]
async fn each_wrong_request_has_its_status_and_code() {
    let server = Server::start(Config::default()).await;
    let token = server.token("math", Role::Tutor);
    let sdp = "content-type: application/sdp";
    let path = "/v1/rooms/math/whip/camera";
    let post = async |headers: &[&str], body: &str| {
        let headers: Vec<&str> = [&[token.as_str()], headers].concat();
        server.send("POST", path, &headers, body).await
    };
    let unsupported = post(&["content-type: application/json"], PUBLISH).await;
    unsupported.is(415, "content_type");
    assert_eq!(unsupported.header("accept-post"), Some("application/sdp"));
    post(&[], PUBLISH).await.is(415, "content_type");
    post(&[sdp, "accept: text/html"], PUBLISH).await.is(406, "not_acceptable");
    post(&[sdp], "hello").await.is(400, "sdp_malformed");
    post(&[sdp], "").await.is(400, "sdp_malformed");
    post(&[sdp], &PUBLISH.replace("a=rtpmap", "a=nothing")).await.is(406, "sdp_no_common_codec");
    post(&[sdp], &PUBLISH.replace("a=fingerprint", "a=nothing")).await.is(422, "sdp_missing_fingerprint");
    post(&[sdp], &WATCH.replace("a=recvonly", "a=sendonly")).await.is(422, "sdp_too_many_tracks");
    post(&[sdp], &format!("{PUBLISH}{}", "a=x\r\n".repeat(500))).await.is(413, "sdp_limit_exceeded");
    // At the limit of a body it is SDP's turn to refuse; one byte more and it is not read.
    let filler = "a=".to_owned() + &"x".repeat(65_536 - 5 - 2);
    post(&[sdp], &format!("v=0\r\n{filler}")).await.is(413, "sdp_limit_exceeded");
    post(&[sdp], &format!("v=0\r\n{filler}x")).await.is(413, "body_too_large");
    let put = server.send("PUT", path, &[&token], "").await;
    put.is(405, "method_not_allowed");
    assert!(put.header("allow").is_some_and(|methods| methods.contains("POST")), "{put:?}");
    server.send("GET", "/v1/rooms", &[], "").await.is(404, "not_found");
    let get = server.send("GET", path, &[], "").await;
    assert_eq!((get.status, get.body.as_str()), (204, ""));
    assert!(server.commands().is_empty());
    assert_eq!(server.control.stats(), Stats::default(), "refused negotiations give their places back");
}

#[tokio::test]
async fn trickle_and_restart_follow_the_entity_tag() {
    let server = Server::start(Config::default()).await;
    let created = server.watch().await;
    let (path, etag) = (created.location(), created.header("etag").unwrap().to_owned());
    let fragment = "content-type: application/trickle-ice-sdpfrag";
    let patch = async |headers: &[&str], body: &str| server.send("PATCH", &path, headers, body).await;
    let trickle = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    let matching = format!("if-match: {etag}");

    server.commands();
    let trickled = patch(&[fragment, &matching], trickle).await;
    assert_eq!((trickled.status, trickled.header("etag")), (204, None));
    patch(&[fragment], trickle).await.is(428, "if_match_required");
    patch(&[fragment, "if-match: \"old\""], trickle).await.is(412, "if_match_outdated");
    let unsupported = patch(&["content-type: application/sdp", &matching], trickle).await;
    unsupported.is(415, "content_type");
    assert_eq!(unsupported.header("accept-patch"), Some("application/trickle-ice-sdpfrag"));
    patch(&[fragment, &matching], "nonsense").await.is(400, "sdp_malformed");
    patch(&[fragment, &matching], "a=ice-ufrag:abcd\r\n").await.is(422, "sdp_missing_ice_credentials");
    patch(&[fragment, &matching], &"a=candidate:x\r\n".repeat(129)).await.is(413, "sdp_limit_exceeded");
    assert!(server.commands().is_empty());

    let restart = "a=ice-ufrag:neww\r\na=ice-pwd:pppppppppppppppppppppp\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n";
    let restarted = patch(&[fragment, "if-match: *"], restart).await;
    assert_eq!(restarted.status, 200, "{restarted:?}");
    let new_etag = restarted.header("etag").unwrap().to_owned();
    assert_ne!(new_etag, etag);
    let [(_, Command::RestartIce { local, remote, .. })] = &server.commands()[..] else { panic!() };
    assert_eq!(&*remote.ufrag, "neww");
    assert!(restarted.body.contains(&format!("a=ice-ufrag:{}\r\n", local.ufrag)));
    assert!(restarted.body.contains("a=ice-lite\r\n") && restarted.body.contains("a=candidate:"));
    assert!(restarted.body.contains("a=group:BUNDLE 0 1 2 3 4 5\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"));
    // The credentials of the current ICE session are no restart; the old tag is outdated.
    assert_eq!(patch(&[fragment, &format!("if-match: {new_etag}")], restart).await.status, 204);
    patch(&[fragment, &matching], trickle).await.is(412, "if_match_outdated");
    assert!(server.commands().is_empty());
}

#[tokio::test]
async fn a_deleted_session_is_gone() {
    let server = Server::start(Config::default()).await;
    let path = server.watch().await.location();
    server.commands();
    assert_eq!(server.send("DELETE", &path, &["if-match: \"ignored\""], "").await.status, 200);
    let [(_, Command::Close { reason: CloseReason::Deleted, .. })] = &server.commands()[..] else { panic!() };
    assert_eq!(server.control.stats(), Stats::default());
    server.send("DELETE", &path, &[], "").await.is(404, "not_found");
    server.send("PATCH", &path, &["if-match: *"], "").await.is(404, "not_found");
    for guess in ["/v1/sessions/0", "/v1/sessions/00000000000000000000000000000000"] {
        server.send("DELETE", guess, &[], "").await.is(404, "not_found");
    }
    assert!(server.commands().is_empty());
}

#[tokio::test]
async fn a_session_that_ends_at_the_worker_frees_its_place() {
    let admission = Admission { peers_per_room_max: 1, ..Admission::default() };
    let server = Server::start(Config { admission, ..Config::default() }).await;
    let path = server.watch().await.location();
    let session = session_of(&server.commands()[0].1);
    let full = server.watch().await;
    full.is(503, "room_full");
    let retry: u64 = full.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&retry));
    server.tell([Event::Connected { session }]).await;
    assert_eq!(server.control.stats().handshakes_pending, 0);
    server.tell([Event::Closed { session, reason: CloseReason::ConsentExpired }]).await;
    server.send("DELETE", &path, &[], "").await.is(404, "not_found");
    assert_eq!(server.watch().await.status, 201);
}

#[tokio::test]
async fn a_client_that_was_replaced_is_told_so_when_it_comes_back() {
    let server = Server::start(Config::default()).await;
    let camera = "/v1/rooms/math/whip/camera";
    let (first, second) = (server.publish(camera).await.location(), server.publish(camera).await.location());
    let commands = server.commands();
    let sessions = [session_of(&commands[0].1), session_of(&commands[1].1)];
    server.tell([Event::Closed { session: sessions[0], reason: CloseReason::Replaced }]).await;
    let patch = async |path: &str| server.send("PATCH", path, &["if-match: *"], "").await;
    patch(&first).await.is(410, "replaced");
    server.send("DELETE", &first, &[], "").await.is(404, "not_found");
    server.tell([Event::Closed { session: sessions[1], reason: CloseReason::PeerClosed }]).await;
    patch(&second).await.is(404, "not_found");
}

#[tokio::test]
async fn a_worker_that_is_behind_refuses_the_newcomer_and_keeps_nothing_of_it() {
    let server = Server::start(Config::default()).await;
    for inbox in &server.inboxes {
        for _ in 0..COMMANDS_MAX {
            inbox.send(Command::Shutdown).unwrap();
        }
    }
    let refused = server.watch().await;
    refused.is(503, "worker_busy");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(server.control.stats(), Stats::default());
}

#[tokio::test]
async fn proxies_are_believed_only_where_configured() {
    let admission = Admission { peers_per_address_max: 1, ..Admission::default() };
    for (forwarded_hops, second) in [(0, 503), (1, 201)] {
        let server = Server::start(Config { forwarded_hops, admission: admission.clone(), ..Config::default() }).await;
        let token = server.token("math", Role::Student);
        for (address, status) in [("198.51.100.1", 201), ("198.51.100.2", second), ("198.51.100.1", 503)] {
            let forwarded = format!("x-forwarded-for: {address}");
            let headers = [token.as_str(), "content-type: application/sdp", &forwarded];
            let reply = server.send("POST", "/v1/rooms/math/whep", &headers, WATCH).await;
            assert_eq!(reply.status, status, "{forwarded_hops} hops, {address}");
        }
    }
}

#[tokio::test]
async fn browsers_of_any_origin_may_call_and_read_what_they_need() {
    let server = Server::start(Config::default()).await;
    let preflight = ["origin: https://school.example", "access-control-request-method: POST"];
    for (path, header, media_type) in [
        ("/v1/rooms/math/whep", "accept-post", "application/sdp"),
        ("/v1/sessions/00000000000000000000000000000000", "accept-patch", "application/trickle-ice-sdpfrag"),
    ] {
        let reply = server.send("OPTIONS", path, &preflight, "").await;
        assert_eq!((reply.status, reply.header(header)), (200, Some(media_type)));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert!(reply.header("access-control-allow-headers").unwrap().contains("authorization"));
        assert!(reply.header("access-control-allow-methods").unwrap().contains("PATCH"));
    }
    let exposed = server.watch().await.header("access-control-expose-headers").unwrap().to_owned();
    for name in ["location", "etag", "link", "retry-after"] {
        assert!(exposed.contains(name), "{name}");
    }
    let refused = server.send("POST", "/v1/rooms/math/whep", &[], "").await;
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "errors can be read, too");
}

/// An open event stream.
struct Events {
    stream: TcpStream,
    text: String,
}

impl Events {
    async fn open(server: &Server, path: &str) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").as_bytes()).await.unwrap();
        let mut events = Self { stream, text: String::new() };
        events.until("\r\n\r\n").await;
        assert!(
            events.text.starts_with("HTTP/1.1 200") && events.text.contains("text/event-stream"),
            "{}",
            events.text
        );
        events
    }

    async fn until(&mut self, needle: &str) {
        let reading = async {
            while !self.text.contains(needle) {
                let mut buffer = [0; 4_096];
                let length = self.stream.read(&mut buffer).await.unwrap();
                assert_ne!(length, 0, "ended before {needle}: {}", self.text);
                self.text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("no {needle}"));
    }

    /// The data of the next event of this name; what came before it is dropped.
    async fn next(&mut self, name: &str) -> Value {
        let head = format!("event: {name}\n");
        self.until(&head).await;
        self.text = self.text.split_once(&head).unwrap().1.to_owned();
        self.until("\n\n").await;
        let (event, rest) = self.text.split_once("\n\n").unwrap();
        let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("one line of data").to_owned();
        assert!(event.starts_with("id: "), "{event}");
        self.text = rest.to_owned();
        serde_json::from_str(&data).unwrap()
    }

    /// Reads until the server ends the stream.
    async fn ended(mut self) -> String {
        let reading = async {
            let mut buffer = [0; 4_096];
            while !self.text.ends_with("0\r\n\r\n") {
                let length = self.stream.read(&mut buffer).await.unwrap();
                if length == 0 {
                    break;
                }
                self.text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("the stream ends");
        self.text
    }
}

fn layer(rid: &str, spatial: u8) -> LayerInfo {
    let rid = Rid::from(rid).ok();
    LayerInfo { rid, spatial, temporal_layers: 1, bitrate_bps: 500_000, width: 320 << spatial, height: 180 << spatial }
}

#[tokio::test]
async fn a_listener_begins_with_the_state_and_follows_the_room() {
    let server = Server::start(Config::default()).await;
    server.publish("/v1/rooms/math/whip/camera").await;
    let path = server.watch().await.location();
    let commands = server.commands();
    let viewer = session_of(&commands[1].1);
    let Command::OpenViewer { room, .. } = &commands[1].1 else { panic!() };
    let room = room.clone();
    let video = TrackId { source: Source::Camera, kind: MediaKind::Video };
    let audio = TrackId { source: Source::Camera, kind: MediaKind::Audio };
    let active = |track, layers| Event::Active { room: room.clone(), track, layers };
    server.tell([active(audio, vec![]), active(video, vec![layer("q", 0), layer("h", 1)])]).await;

    let mut events = Events::open(&server, &format!("{path}/events")).await;
    assert_eq!(events.next("active").await, json!({ "sources": ["camera"] }));
    let layers = events.next("layers").await;
    assert_eq!(layers["4"][0]["rid"], "h");
    assert_eq!((&layers["4"][1]["height"], &layers["5"]), (&json!(180), &json!([])));
    let slots = events.next("slots").await;
    assert_eq!(slots["slots"][0]["source"], "camera");
    assert_eq!(
        slots["slots"][5],
        json!({ "mid": "5", "kind": "video", "slot": "screen", "source": null, "layer": null })
    );
    assert_eq!(events.next("speaker").await, json!({ "source": null }));
    assert_eq!(events.next("viewercount").await, json!({ "viewercount": 0 }));

    server.tell([Event::Connected { session: viewer }]).await;
    assert_eq!(events.next("viewercount").await, json!({ "viewercount": 1 }));
    server.tell([Event::Speaker { room: room.clone(), source: Some(Source::Camera) }]).await;
    assert_eq!(events.next("speaker").await, json!({ "source": "camera" }));
    let mid = lectern_sfu::session::Mid::from("4").unwrap();
    server.tell([Event::SlotLayer { session: viewer, mid, layer: Some(layer("q", 0)) }]).await;
    assert_eq!(events.next("slots").await["slots"][4]["layer"]["rid"], "q");
    let inactive = |track| Event::Inactive { room: room.clone(), track };
    server.tell([inactive(audio), inactive(video)]).await;
    assert_eq!(events.next("inactive").await, json!({}));

    server.tell([Event::Closed { session: viewer, reason: CloseReason::ConsentExpired }]).await;
    assert_eq!(events.next("reconnect").await, json!({ "reason": "consent_expired" }));
    events.ended().await;
    server.send("GET", &format!("{path}/events"), &[], "").await.is(404, "not_found");
}

#[tokio::test]
async fn a_stream_carries_the_chosen_events_until_it_is_deleted() {
    let server = Server::start(Config::default()).await;
    let path = server.watch().await.location();
    let Command::OpenViewer { room, .. } = &server.commands()[0].1 else { panic!() };
    let events_url = format!("{path}/events");
    let create = async |body: &str| server.send("POST", &events_url, &["content-type: application/json"], body).await;
    create("{").await.is(400, "json_malformed");
    create("{}").await.is(400, "json_malformed");
    server.send("POST", &events_url, &[], "[]").await.is(415, "content_type");
    assert_eq!(server.send("POST", &events_url, &[], "").await.status, 201, "without a body: all events");
    let created = create("[\"speaker\",\"scte35\"]").await;
    assert_eq!(created.status, 201);
    let stream = created.location();
    let mut events = Events::open(&server, &stream).await;
    let speaker = Event::Speaker { room: room.clone(), source: Some(Source::Screen) };
    let voices = Event::Voices { room: room.clone(), sources: vec![Source::Screen] };
    server.tell([voices, speaker]).await;
    assert_eq!(events.next("speaker").await, json!({ "source": null }));
    assert_eq!(events.next("speaker").await, json!({ "source": "screen" }));
    assert_eq!(server.send("DELETE", &stream, &[], "").await.status, 200);
    assert!(!events.ended().await.contains("event: slots"));
    server.send("GET", &stream, &[], "").await.is(404, "not_found");
    server.send("DELETE", &stream, &[], "").await.is(404, "not_found");
    let publisher = server.publish("/v1/rooms/math/whip/camera").await.location();
    server.send("POST", &format!("{publisher}/events"), &[], "").await.is(404, "not_found");
}

#[tokio::test]
async fn a_viewer_selects_layers_of_its_video_slots() {
    let server = Server::start(Config::default()).await;
    server.publish("/v1/rooms/math/whip/camera").await;
    let path = server.watch().await.location();
    let commands = server.commands();
    let Command::OpenViewer { room, .. } = &commands[1].1 else { panic!() };
    let video = TrackId { source: Source::Camera, kind: MediaKind::Video };
    let layers = vec![layer("q", 0), layer("h", 1)];
    server.tell([Event::Active { room: room.clone(), track: video, layers }]).await;
    let select = async |body: &str| {
        server.send("POST", &format!("{path}/layer"), &["content-type: application/json"], body).await
    };
    let selected = || match server.commands().pop() {
        Some((_, Command::SelectLayer { mid, selection, .. })) => (mid.to_string(), selection),
        other => panic!("{other:?}"),
    };
    assert_eq!(select(r#"{"mediaId":"4","rid":"q"}"#).await.status, 200);
    assert_eq!(selected(), ("4".to_owned(), LayerSelection { spatial_max: Some(0), ..LayerSelection::default() }));
    assert_eq!(select(r#"{"mid":"5","paused":true}"#).await.status, 200);
    assert_eq!(selected(), ("5".to_owned(), LayerSelection { paused: true, ..LayerSelection::default() }));
    assert_eq!(select("{}").await.status, 200);
    assert_eq!(selected(), ("4".to_owned(), LayerSelection::default()));
    select(r#"{"mediaId":"0"}"#).await.is(422, "slot_unknown");
    select(r#"{"rid":"f"}"#).await.is(409, "layer_unknown");
    select("[").await.is(400, "json_malformed");
    select(r#"{"spatialLayerId":300}"#).await.is(400, "json_malformed");
    server.send("POST", &format!("{path}/layer"), &[], "{}").await.is(415, "content_type");
    select(&"x".repeat(1_025)).await.is(413, "body_too_large");
    assert!(server.commands().is_empty());
}

#[tokio::test]
async fn a_node_that_drains_refuses_newcomers_and_asks_viewers_to_move() {
    let server = Server::start(Config { drain_spread_ms: 7, ..Config::default() }).await;
    let path = server.watch().await.location();
    let mut events = Events::open(&server, &format!("{path}/events")).await;
    drain(&server.control);
    let data = events.next("reconnect").await;
    assert!(data["retryAfterMs"].as_u64().unwrap() <= 7, "{data}");
    let refused = server.watch().await;
    refused.is(503, "draining");
    assert!(refused.header("retry-after").is_some());
    let mut late = Events::open(&server, &format!("{path}/events")).await;
    assert_eq!(late.next("reconnect").await["reason"], "draining");
    assert_eq!(server.control.stats().viewers, 1, "those who are there stay");
}

#[tokio::test]
async fn a_room_lost_to_a_panic_is_closed_on_all_other_workers() {
    let server = Server::start(Config::default()).await;
    server.watch().await;
    let Command::OpenViewer { room, .. } = &server.commands()[0].1 else { panic!() };
    server.tell([Event::RoomPanicked { room: room.clone(), worker: WorkerId(0) }]).await;
    let [(1, Command::CloseRoom { reason: CloseReason::RoomClosed, .. })] = &server.commands()[..] else { panic!() };
}
