//! Two nodes on real Redis while a busy room chats and votes, and Redis is killed, hangs, is cut off and fails over.
//!
//! Sockets stay open, everybody is told, what cannot be done is refused as `unavailable`, all resumes by itself, and what was
//! acknowledged is there once, at both nodes.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use lectern_platform::bus::{RedisBus, RedisConfig, RedisMode};
use lectern_platform::token::{Role, TokenSigner};
use lectern_signalling::SignallingConfig;
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis, RedisCluster, WatchedRedis};
use prometheus::Registry;
use serde_json::{Value, json};
use support::{Client, Node, PATIENCE};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

const ROOM: &str = "busy";
const STUDENTS_PER_NODE: usize = 4;
/// How long a busy room is left alone before and after what happens to it.
const CALM: Duration = Duration::from_millis(700);

fn redis(mode: RedisMode, urls: Vec<String>) -> RedisConfig {
    RedisConfig { mode, urls, connect_timeout_ms: 500, response_timeout_ms: 500, ..RedisConfig::default() }
}

/// Rooms without the limits that keep people civil.
fn rooms() -> SignallingConfig {
    let mut config = SignallingConfig::default();
    (config.socket.requests_per_s, config.socket.requests_burst) = (100, 1_000);
    (config.room.chat_person_burst, config.room.chat_person_interval_ms) = (100, 100);
    (config.room.chat_room_burst, config.room.chat_room_per_s) = (10_000, 1_000);
    config.room.chat_kept_max = 10_000;
    config
}

async fn node(config: &RedisConfig, signer: &Arc<TokenSigner>) -> Node {
    let bus = RedisBus::start(config, &Registry::new()).await.unwrap();
    Node::on(rooms(), Arc::new(bus), Arc::clone(signer)).await
}

/// What one student knows to be true.
#[derive(Default)]
struct Witness {
    person: String,
    said: Vec<String>,
    vote: Option<u8>,
    refused: usize,
    told: Vec<bool>,
}

/// A room with two nodes, in which everybody talks.
struct Class {
    a: Node,
    b: Node,
    poll: u64,
    stop: watch::Sender<bool>,
    students: Vec<JoinHandle<Witness>>,
    /// Keeps the poll's owner in the room.
    tutor: Client,
}

impl Class {
    async fn begin(at_a: &RedisConfig, at_b: &RedisConfig) -> Self {
        let signer = Arc::new(TokenSigner::generate());
        let (a, b) = (node(at_a, &signer).await, node(at_b, &signer).await);
        let mut tutor = a.tutor(ROOM).await;
        let opened = json!({"type": "poll_open", "question": "Which?", "options": ["a", "b", "c"]});
        let poll = tutor.done(opened).await["reply"]["seq"].as_u64().unwrap();
        let stop = watch::Sender::new(false);
        let mut students = Vec::new();
        for number in 0..2 * STUDENTS_PER_NODE {
            let (node, person) = (if number % 2 == 0 { &a } else { &b }, format!("student-{number}"));
            let client = node.student(ROOM, &person).await;
            students.push(tokio::spawn(study(client, person, poll, stop.subscribe())));
        }
        sleep(CALM).await;
        Self { a, b, poll, stop, students, tutor }
    }

    /// Lets all finish what they began, and compares what they know with what the room says, at both nodes.
    async fn end(self, is_noticed: bool) {
        sleep(CALM).await;
        self.stop.send_replace(true);
        let mut witnesses = Vec::new();
        for student in self.students {
            witnesses.push(student.await.expect("the socket stayed open and all was done in the end"));
        }
        let said: usize = witnesses.iter().map(|witness| witness.said.len()).sum();
        assert!(said > 4 * STUDENTS_PER_NODE, "the room was not busy: {said} messages");
        if is_noticed {
            assert!(witnesses.iter().any(|witness| witness.refused > 0), "nothing was refused: was anything away?");
        }
        for witness in &witnesses {
            assert!(witness.told.last() != Some(&false), "{} was not told that all is well", witness.person);
            assert!(witness.refused == 0 || witness.told.contains(&false), "{} was told nothing", witness.person);
        }
        for (name, node) in [("a", &self.a), ("b", &self.b)] {
            let mut auditor = node.join(ROOM, "auditor", Role::Tutor).await;
            let mut heard: HashMap<String, usize> = HashMap::new();
            for text in history(&mut auditor).await {
                *heard.entry(text).or_default() += 1;
            }
            for text in witnesses.iter().flat_map(|witness| &witness.said) {
                assert_eq!(heard.remove(text), Some(1), "{text}, at node {name}");
            }
            assert!(heard.is_empty(), "said by nobody, or again: {heard:?}");
            let expected: BTreeMap<_, _> =
                witnesses.iter().filter_map(|witness| Some((witness.person.clone(), witness.vote?))).collect();
            assert_eq!(votes(&mut auditor, self.poll).await, expected, "at node {name}");
        }
        drop(self.tutor);
    }
}

/// Chats and votes until it is over; what was refused is said again with the same key, as an app does.
async fn study(mut client: Client, person: String, poll: u64, stop: watch::Receiver<bool>) -> Witness {
    let mut witness = Witness { person, ..Witness::default() };
    for number in 0_u8.. {
        let text = format!("{} says {number}", witness.person);
        let key = format!("{}-{number}", witness.person);
        insist(&mut client, &json!({"type": "chat_send", "text": text, "key": key}), &mut witness).await;
        witness.said.push(text);
        let option = number % 3;
        insist(&mut client, &json!({"type": "poll_vote", "poll": poll, "options": [option]}), &mut witness).await;
        witness.vote = Some(option);
        if *stop.borrow() || number == u8::MAX {
            break;
        }
        sleep(Duration::from_millis(120)).await;
    }
    for message in client.within(Duration::from_millis(500)).await {
        assert!(message.get("close").is_none(), "{message}");
        if message["type"] == "notice" && message["notice"]["type"] == "service" {
            witness.told.push(message["notice"]["available"].as_bool().unwrap());
        }
    }
    witness
}

async fn insist(client: &mut Client, request: &Value, witness: &mut Witness) {
    let start = Instant::now();
    loop {
        let answer = client.ask(request.clone()).await;
        if answer["type"] == "ok" {
            return;
        }
        assert_eq!(answer["code"], "unavailable", "{answer}");
        witness.refused += 1;
        assert!(start.elapsed() < 2 * PATIENCE, "service does not resume: {answer}");
        sleep(Duration::from_millis(100)).await;
    }
}

async fn history(auditor: &mut Client) -> Vec<String> {
    let mut texts = Vec::new();
    let mut before = Value::Null;
    loop {
        let mut request = json!({"type": "chat_history", "limit": 100});
        if !before.is_null() {
            request["before"] = before;
        }
        let page = auditor.done(request).await["reply"].take();
        let messages = page["messages"].as_array().unwrap();
        texts.extend(messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()));
        if page["more"] != true {
            return texts;
        }
        before = messages[0]["id"].clone();
    }
}

async fn votes(auditor: &mut Client, poll: u64) -> BTreeMap<String, u8> {
    let reply = auditor.done(json!({"type": "poll_voters", "poll": poll, "limit": 100})).await["reply"].take();
    let voters = reply["voters"].as_array().unwrap().iter();
    let vote = |voter: &Value| u8::try_from(voter["options"][0].as_u64().unwrap()).unwrap();
    voters.map(|voter| (voter["person"]["id"].as_str().unwrap().to_owned(), vote(voter))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgot_everything_is_told_by_the_nodes() {
    let mut server = Redis::start(Memory::None);
    let config = redis(RedisMode::Single, vec![server.url()]);
    let class = Class::begin(&config, &config).await;
    server.kill();
    sleep(Duration::from_secs(2)).await;
    server.restart();
    sleep(Duration::from_secs(4)).await;
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_kept_everything_loses_and_doubles_nothing() {
    let mut server = Redis::start(Memory::AppendOnly);
    let config = redis(RedisMode::Single, vec![server.url()]);
    let class = Class::begin(&config, &config).await;
    for _ in 0..2 {
        server.kill();
        sleep(Duration::from_secs(1)).await;
        server.restart();
        sleep(Duration::from_secs(4)).await;
    }
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_goes_on_where_it_was() {
    let server = Redis::start(Memory::None);
    let config = redis(RedisMode::Single, vec![server.url()]);
    let class = Class::begin(&config, &config).await;
    server.pause();
    sleep(Duration::from_secs(3)).await;
    server.resume();
    sleep(Duration::from_secs(2)).await;
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_cut_off_catches_up() {
    let server = Redis::start(Memory::None);
    let proxy = Proxy::start(server.address()).await;
    let direct = redis(RedisMode::Single, vec![server.url()]);
    let through = redis(RedisMode::Single, vec![format!("redis://{}", proxy.address())]);
    let class = Class::begin(&direct, &through).await;
    proxy.stall();
    sleep(Duration::from_secs(3)).await;
    proxy.heal();
    sleep(Duration::from_secs(2)).await;
    proxy.cut();
    sleep(Duration::from_secs(1)).await;
    proxy.heal();
    sleep(Duration::from_secs(2)).await;
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_takes_over() {
    let mut servers = WatchedRedis::start(Memory::None);
    let config = redis(RedisMode::Sentinel, vec![servers.sentinel.url()]);
    let class = Class::begin(&config, &config).await;
    servers.master.kill();
    sleep(Duration::from_secs(7)).await;
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_fails_over() {
    let mut cluster = RedisCluster::start(Memory::None, true);
    let config = redis(RedisMode::Cluster, cluster.urls());
    let class = Class::begin(&config, &config).await;
    let holder = cluster.master_of(ROOM);
    cluster.nodes()[holder].kill();
    sleep(Duration::from_secs(8)).await;
    class.end(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_leaves_no_ghosts() {
    let server = Redis::start(Memory::None);
    let config = redis(RedisMode::Single, vec![server.url()]);
    let signer = Arc::new(TokenSigner::generate());
    let survivor = node(&config, &signer).await;
    let mut tutor = survivor.tutor(ROOM).await;
    // A runtime that ends takes the node with it, in the middle of whatever it does.
    let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (doomed_config, doomed_signer) = (config.clone(), Arc::clone(&signer));
    let dies = doomed.spawn(async move { node(&doomed_config, &doomed_signer).await }).await.unwrap();
    let _ada = dies.student(ROOM, "ada").await;
    let _bob = survivor.student(ROOM, "bob").await;
    until_present(&mut tutor, &["ada", "bob", "tutor"], PATIENCE).await;
    doomed.shutdown_background();
    until_present(&mut tutor, &["bob", "tutor"], PATIENCE).await;
}

async fn until_present(tutor: &mut Client, wanted: &[&str], patience: Duration) {
    let start = Instant::now();
    loop {
        let reply = tutor.done(json!({"type": "roster", "limit": 100})).await["reply"].take();
        let entries = reply["entries"].as_array().unwrap().iter();
        let mut present: Vec<_> = entries.map(|entry| entry["person"]["id"].as_str().unwrap().to_owned()).collect();
        present.sort();
        if present == wanted {
            return;
        }
        assert!(start.elapsed() < patience, "{present:?} are here, not {wanted:?}");
        sleep(Duration::from_millis(250)).await;
    }
}
