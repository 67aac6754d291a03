//! The school and the rooms together: a class ends in both, whoever ends it and at whatever node, and what was written in it is
//! there to be read. Once on the bus of a single process, and once over Redis with two nodes of each.

// A WebSocket client, and nodes of the rooms.
#[path = "../../signalling/tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::request::Builder;
use axum::http::{Method, Request};
use lectern_control_api::config::PasswordsConfig;
use lectern_control_api::server::{Keys, Stores};
use lectern_control_api::{ControlApiConfig, Server};
use lectern_platform::audit::AuditConfig;
use lectern_platform::blobs::BlobsConfig;
use lectern_platform::bus::{Bus, InProcess, RedisBus, RedisConfig};
use lectern_platform::cache::InProcess as InProcessCache;
use lectern_platform::health::Health;
use lectern_platform::token::{Role, TokenSigner};
use lectern_signalling::SignallingConfig;
use lectern_testing::TempFolder;
use lectern_testing::postgres::Postgres;
use lectern_testing::redis::{Memory, Redis};
use prometheus::Registry;
use serde_json::{Value, json};
use support::{Client, Node};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower::ServiceExt as _;

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node of the school.
struct School {
    router: Router,
    server: Server,
    _folder: TempFolder,
}

impl School {
    async fn on(bus: Arc<dyn Bus>, signer: &Arc<TokenSigner>, database: &str) -> Self {
        let (folder, registry) = (TempFolder::new("classes"), Registry::new());
        let mut config = ControlApiConfig::default();
        config.database.url = database.to_owned();
        config.database.connections_max = 6;
        config.database.acquire_ms_max = 20_000;
        config.passwords = PasswordsConfig { memory_kib: 8, passes: 1, ..PasswordsConfig::default() };
        let audit = AuditConfig { folder: folder.path().join("audit"), ..AuditConfig::default() };
        let blobs = BlobsConfig { folder: folder.path().join("blobs"), ..BlobsConfig::default() };
        let cache = Arc::new(InProcessCache::new(1 << 20, &registry).unwrap());
        let (audit, blobs) = (audit.start(&registry).unwrap(), blobs.start(&registry).unwrap().0);
        let keys = Keys { verifier: Arc::new(signer.verifier()), signer: Arc::clone(signer) };
        let health = Health::new(registry, Instant::now());
        let server = Server::start(config, keys, Stores { bus, cache, audit, blobs }, &health).await.unwrap();
        Self { router: server.router(), server, _folder: folder }
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let signed_in = |request: Builder| request.header("authorization", format!("Bearer {token}"));
        let request = if token.is_empty() { request } else { signed_in(request) };
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        self.call(token, Method::POST, path, body).await
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        self.call(token, Method::GET, path, Value::Null).await
    }

    /// The token of somebody new.
    async fn person(&self, name: &str, role: &str) -> String {
        let login = json!({ "email": format!("{name}@school.example"), "password": "correct horse battery" });
        let mut account = login.clone();
        account["name"] = name.into();
        let person = self.post("", "/v1/people", account).await;
        let id = person["person"]["id"].as_str().unwrap().to_owned();
        let update = sqlx::query("UPDATE people SET role = $1 WHERE id = $2::uuid").bind(role).bind(id);
        update.execute(self.server.database().primary()).await.unwrap();
        let session = self.post("", "/v1/session", login).await;
        session["access_token"].as_str().unwrap().to_owned()
    }

    async fn course(&self, tutor: &str) -> String {
        let course = self.post(tutor, "/v1/courses", json!({ "title": "Algebra" })).await;
        let id = course["id"].as_str().unwrap().to_owned();
        self.call(tutor, Method::PATCH, &format!("/v1/courses/{id}"), json!({ "state": "published" })).await;
        id
    }

    /// A class that has begun.
    async fn class(&self, tutor: &str, course: &str) -> String {
        let now = OffsetDateTime::now_utc();
        let text = |at: OffsetDateTime| at.format(&Rfc3339).unwrap();
        let new = json!({ "title": "Sums", "starts_at": text(now), "ends_at": text(now + time::Duration::HOUR) });
        let class = self.post(tutor, &format!("/v1/courses/{course}/live"), new).await;
        let id = class["id"].as_str().unwrap().to_owned();
        self.post(tutor, &format!("/v1/live/{id}/start"), json!({})).await;
        id
    }

    /// Waits until something can be read.
    async fn until(&self, token: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.get(token, path).await;
            if wanted(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "{path}: {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Comes into a class by the ticket that the school gives.
    async fn come(&self, token: &str, class: &str, node: &Node) -> Client {
        let ticket = self.post(token, &format!("/v1/live/{class}/join"), json!({})).await;
        let (client, welcome) = node.join_with(class, ticket["token"].as_str().unwrap(), None).await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        client
    }

    /// Waits until no room is to be ended any more.
    async fn until_settled(&self) {
        let wait = async {
            let left = "SELECT count(*) FROM room_ends";
            while sqlx::query_scalar::<_, i64>(left).fetch_one(self.server.database().primary()).await.unwrap() > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("a room does not end");
    }
}

/// Two nodes of each, on these buses.
struct Cluster {
    schools: [School; 2],
    rooms: [Node; 2],
}

impl Cluster {
    async fn on(buses: [Arc<dyn Bus>; 4]) -> Self {
        let signer = Arc::new(TokenSigner::generate());
        let database = Postgres::shared().database("classes", |_| {});
        let [a, b, c, d] = buses;
        let schools = [School::on(a, &signer, &database).await, School::on(b, &signer, &database).await];
        let node = |bus| Node::on(SignallingConfig::default(), bus, Arc::clone(&signer));
        Self { schools, rooms: [node(c).await, node(d).await] }
    }
}

async fn is_sent_away(client: &mut Client) {
    client.event("ended").await;
    assert_eq!(client.goodbye().await, ("room_ended".to_owned(), json!(4410)));
}

/// What is kept of a class that was held at two nodes, and that it ends wherever it is ended.
async fn classes_end_as_one(Cluster { schools: [school, second], rooms: [one, other] }: Cluster) {
    let (mona, ada) = (school.person("mona", "tutor").await, school.person("ada", "student").await);
    let course = school.course(&mona).await;
    let lonely = school.course(&mona).await;
    school.post(&ada, &format!("/v1/courses/{course}/enrolment"), json!({})).await;

    // The school ends it.
    let class = school.class(&mona, &course).await;
    let (mut tutor, mut student) = (school.come(&mona, &class, &one).await, second.come(&ada, &class, &other).await);
    student.chat("Hello").await;
    let send = |text: &str, more: Value| {
        let mut message = json!({ "type": "chat_send", "text": text, "key": text });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    student.done(send("Why?", json!({ "to": { "kind": "moderators" } }))).await;
    let oops = tutor.done(send("Oops", json!({}))).await["reply"]["seq"].as_u64().unwrap();
    let open = json!({ "type": "poll_open", "question": "Clear?", "options": ["yes", "no"], "anonymous": true });
    let poll = tutor.done(open).await["reply"]["seq"].as_u64().unwrap();
    student.event("poll_opened").await;
    student.done(json!({ "type": "poll_vote", "poll": poll, "options": [0] })).await;
    // What was written is there while the class goes on.
    let chat = format!("/v1/live/{class}/chat");
    school.until(&mona, &chat, |seen| seen["items"].as_array().unwrap().len() == 3).await;
    tutor.done(json!({ "type": "chat_delete", "message": oops })).await;
    student.chat("Bye").await;
    second.post(&mona, &format!("/v1/live/{class}/end"), json!({})).await;
    for client in [&mut tutor, &mut student] {
        is_sent_away(client).await;
    }
    school.until_settled().await;
    let texts = |seen: &Value| -> Vec<String> {
        seen["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&school.get(&mona, &chat).await), ["Hello", "Why?", "Bye"]);
    assert_eq!(texts(&school.get(&ada, &chat).await), ["Hello", "Bye"]);
    let polls = school.get(&ada, &format!("/v1/live/{class}/polls")).await;
    let ended = &polls["items"][0];
    assert_eq!((&ended["question"], &ended["tally"]), (&json!("Clear?"), &json!({ "votes": [1, 0], "voters": 1 })));
    let (_, refused) = one.join_as(&class, "anybody", Role::Tutor).await;
    assert_eq!(refused["code"], "room_ended", "nobody lets it go on");

    // A tutor ends it in the room.
    let class = school.class(&mona, &course).await;
    let (mut tutor, mut student) = (school.come(&mona, &class, &one).await, school.come(&ada, &class, &other).await);
    tutor.ask_later(&mut json!({ "type": "end" })).await;
    is_sent_away(&mut student).await;
    let live = second.until(&ada, &format!("/v1/live/{class}"), |live| live["state"] == "ended").await;
    assert!(live["ended_at"].is_string());
    school.until_settled().await;

    // Nobody is in the room; then somebody is, and the class goes with its course.
    let class = school.class(&mona, &lonely).await;
    school.post(&mona, &format!("/v1/live/{class}/end"), json!({})).await;
    school.until_settled().await;
    let class = school.class(&mona, &lonely).await;
    let mut tutor = school.come(&mona, &class, &other).await;
    school.call(&mona, Method::DELETE, &format!("/v1/courses/{lonely}"), Value::Null).await;
    is_sent_away(&mut tutor).await;
    school.until_settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn classes_end_as_one_within_a_process() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    classes_end_as_one(Cluster::on(std::array::from_fn(|_| Arc::clone(&bus))).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn classes_end_as_one_over_redis() {
    let redis = Redis::start(Memory::None);
    let mut buses: Vec<Arc<dyn Bus>> = Vec::new();
    for _ in 0..4 {
        let bus = RedisBus::start(&RedisConfig::single(redis.url()), &Registry::new()).await.unwrap();
        buses.push(Arc::new(bus));
    }
    classes_end_as_one(Cluster::on(buses.try_into().unwrap()).await).await;
}
