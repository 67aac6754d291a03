//! The bus while Redis is killed, hangs, is cut off, fails over and moves slots.

use std::time::Duration;

use bytes::Bytes;
use lectern_platform::bus::{
    Appended, Bus, BusError, BusEvent, Commit, CommitId, Opened, Origin, Read, RedisBus, RedisConfig, RedisMode,
    Snapshot, Subscription, Topic,
};
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis, RedisCluster, WatchedRedis};
use prometheus::Registry;
use tokio::time::{Instant, sleep, timeout};

/// Shorter than in a cluster, so that tests are; long enough for a machine that does much else meanwhile.
const RESPONSE_MS: u64 = 1_500;
const REBUILD_MS: u64 = 2_000;
/// For what has to come, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn config(urls: Vec<String>, mode: RedisMode) -> RedisConfig {
    let (connect_timeout_ms, response_timeout_ms) = (RESPONSE_MS, RESPONSE_MS);
    let more = RedisConfig::default();
    RedisConfig { mode, urls, connect_timeout_ms, response_timeout_ms, rebuild_ms: REBUILD_MS, ..more }
}

async fn node(urls: Vec<String>, mode: RedisMode) -> RedisBus {
    RedisBus::start(&config(urls, mode), &Registry::new()).await.unwrap()
}

async fn single(url: String) -> RedisBus {
    node(vec![url], RedisMode::Single).await
}

fn commit(first: u64) -> Commit {
    Commit { id: CommitId(rand::random()), first, count: 1, payload: Bytes::from(format!("entry {first}")) }
}

async fn append_all(bus: &RedisBus, room: &str, epoch: &str, numbers: std::ops::RangeInclusive<u64>) {
    for first in numbers {
        assert_eq!(bus.append(room, epoch, &commit(first)).await, Ok(Appended::Committed), "{first}");
    }
}

fn known(epoch: &str, seq: u64) -> Snapshot {
    Snapshot { epoch: epoch.to_owned(), seq, state: Bytes::from(format!("state at {seq}")) }
}

async fn until_available(bus: &RedisBus) {
    let start = Instant::now();
    while !bus.is_available() {
        assert!(start.elapsed() < PATIENCE, "it does not come back");
        sleep(Duration::from_millis(10)).await;
    }
}

async fn until_unavailable(bus: &RedisBus) {
    let start = Instant::now();
    while bus.is_available() {
        assert!(start.elapsed() < PATIENCE, "the loss is not noticed");
        sleep(Duration::from_millis(10)).await;
    }
}

/// As a node does that does not know what became of its commit: until it works. That the bus is available says too little
/// right after a cut, which the next call may be the first to notice.
async fn reread(bus: &RedisBus, room: &str, epoch: &str, after: u64) -> Vec<Commit> {
    let start = Instant::now();
    loop {
        match bus.read(room, epoch, after).await {
            Ok(Read::Commits(commits)) => return commits,
            Ok(_) => panic!("it is the same log"),
            Err(BusError::Unavailable(reason)) => assert!(start.elapsed() < PATIENCE, "{reason}"),
            Err(error) => panic!("{error}"),
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// As a node does that has lost its place: until it works.
async fn reopen(bus: &RedisBus, room: &str, known: Option<&Snapshot>) -> Opened {
    let start = Instant::now();
    loop {
        match bus.open(room, known).await {
            Ok(opened) => return opened,
            Err(BusError::Unavailable(reason)) => assert!(start.elapsed() < PATIENCE, "{reason}"),
            Err(error) => panic!("{error}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}

async fn next(subscription: &mut Subscription) -> BusEvent {
    timeout(PATIENCE, subscription.next()).await.expect("an event in time").expect("an open bus")
}

fn is_unavailable<T: std::fmt::Debug>(result: &Result<T, BusError>) -> bool {
    matches!(result, Err(BusError::Unavailable(_)))
}

#[tokio::test]
async fn an_empty_server_is_told_by_the_node_that_knows_most() {
    let mut server = Redis::start(Memory::None);
    let (a, b) = (single(server.url()).await, single(server.url()).await);
    let epoch = a.open("r", None).await.unwrap().epoch;
    append_all(&a, "r", &epoch, 1..=5).await;
    let mut listener = b.subscribe(&Topic::Room("r".into())).await.unwrap();
    server.kill();
    until_unavailable(&a).await;
    assert!(is_unavailable(&a.append("r", &epoch, &commit(6)).await));
    server.restart();
    assert_eq!(next(&mut listener).await, BusEvent::Gap);
    until_available(&a).await;
    until_available(&b).await;
    assert_eq!(b.read("r", &epoch, 3).await, Ok(Read::Gone));
    // Who knows nothing waits as well, and the one that knows less is not believed although it comes first.
    let c = single(server.url()).await;
    let (less, most) = (known(&epoch, 3), known(&epoch, 5));
    let late = async {
        sleep(Duration::from_millis(REBUILD_MS / 2)).await;
        a.open("r", Some(&most)).await.unwrap()
    };
    let (at_b, at_a, at_c) = tokio::join!(b.open("r", Some(&less)), late, c.open("r", None));
    let at_b = at_b.unwrap();
    assert_eq!(at_b, at_a);
    assert_eq!(at_b, at_c.unwrap());
    assert_eq!(at_b.origin, Some(Origin { epoch: epoch.clone(), seq: 5 }));
    assert_eq!(at_b.snapshot.as_ref().unwrap().state, most.state);
    append_all(&b, "r", &at_b.epoch, 6..=7).await;
    assert_eq!(a.append("r", &epoch, &commit(6)).await, Ok(Appended::Gone));
    // Too late with more: what goes on is what the others agreed on.
    assert_eq!(c.open("r", Some(&known(&epoch, 99))).await.unwrap().commits.len(), 2);
}

#[tokio::test]
async fn a_server_that_kept_everything_goes_on_with_everything() {
    let mut server = Redis::start(Memory::AppendOnly);
    let a = single(server.url()).await;
    let epoch = a.open("r", None).await.unwrap().epoch;
    append_all(&a, "r", &epoch, 1..=5).await;
    server.kill();
    server.restart();
    let opened = reopen(&a, "r", Some(&known(&epoch, 3))).await;
    assert!(opened.epoch > epoch);
    assert_eq!(opened.origin, Some(Origin { epoch: epoch.clone(), seq: 5 }));
    assert_eq!(opened.commits.iter().map(|commit| commit.first).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    append_all(&a, "r", &opened.epoch, 6..=6).await;
    assert_eq!(a.append("r", &epoch, &commit(7)).await, Ok(Appended::Gone), "of another life");
}

#[tokio::test]
async fn a_server_that_hangs_costs_one_timeout_and_no_epoch() {
    let server = Redis::start(Memory::None);
    let (a, b) = (single(server.url()).await, single(server.url()).await);
    let epoch = a.open("r", None).await.unwrap().epoch;
    append_all(&a, "r", &epoch, 1..=1).await;
    let mut listener = a.subscribe(&Topic::Room("r".into())).await.unwrap();
    server.pause();
    let start = Instant::now();
    let doubtful = commit(2);
    assert!(is_unavailable(&a.append("r", &epoch, &doubtful).await));
    assert!(start.elapsed() < Duration::from_millis(2 * RESPONSE_MS), "{:?}", start.elapsed());
    let start = Instant::now();
    for _ in 0..1_000 {
        assert!(is_unavailable(&a.presence_counts("r").await));
    }
    assert!(start.elapsed() < Duration::from_millis(RESPONSE_MS), "nobody waits: {:?}", start.elapsed());
    assert!(is_unavailable(&a.subscribe(&Topic::Room("other".into())).await.map(|_| ())));
    until_unavailable(&b).await;
    server.resume();
    until_available(&a).await;
    until_available(&b).await;
    // What the server had received when it hung it does when it goes on; then it is heard, or read, once.
    while next(&mut listener).await != BusEvent::Gap {}
    let Read::Commits(commits) = a.read("r", &epoch, 1).await.unwrap() else { panic!("the server is the same") };
    assert!(commits.is_empty() || commits == [doubtful], "{commits:?}");
    let following = commits.last().map_or(1, Commit::last) + 1;
    append_all(&b, "r", &epoch, following..=following).await;
    assert!(matches!(next(&mut listener).await, BusEvent::Commit(commit) if commit.first == following));
}

#[tokio::test]
async fn a_node_that_was_cut_off_finds_what_it_missed() {
    let server = Redis::start(Memory::None);
    let proxy = Proxy::start(server.address()).await;
    let (a, b) = (single(server.url()).await, single(format!("redis://{}", proxy.address())).await);
    let epoch = a.open("r", None).await.unwrap().epoch;
    for cut in [Proxy::stall, Proxy::cut] {
        let Read::Commits(before) = a.read("r", &epoch, 0).await.unwrap() else { panic!() };
        let seq = before.last().map_or(0, Commit::last);
        let mut listener = b.subscribe(&Topic::Room("r".into())).await.unwrap();
        cut(&proxy);
        until_unavailable(&b).await;
        append_all(&a, "r", &epoch, seq + 1..=seq + 3).await;
        assert!(is_unavailable(&b.read("r", &epoch, 0).await));
        assert!(a.is_available());
        proxy.heal();
        // Whatever was under way comes first.
        while next(&mut listener).await != BusEvent::Gap {}
        until_available(&b).await;
        let Read::Commits(missed) = b.read("r", &epoch, seq).await.unwrap() else { panic!("the log is the same") };
        assert_eq!(missed.len(), 3);
        append_all(&b, "r", &epoch, seq + 4..=seq + 4).await;
        loop {
            if let BusEvent::Commit(commit) = next(&mut listener).await
                && commit.first == seq + 4
            {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_lost_answer_never_doubles_an_entry() {
    let server = Redis::start(Memory::None);
    let proxy = Proxy::start(server.address()).await;
    let bus = single(format!("redis://{}", proxy.address())).await;
    let epoch = bus.open("r", None).await.unwrap().epoch;
    let mut doubts = 0;
    for first in 1..=600 {
        if first > 60 && doubts > 0 {
            break;
        }
        let mine = commit(first);
        if first % 6 == 0 {
            // The answer is on its way while the connection goes.
            proxy.delay(Duration::from_millis(3));
            let cut = async {
                sleep(Duration::from_millis(first / 6 % 10)).await;
                proxy.cut();
            };
            let (answer, ()) = tokio::join!(bus.append("r", &epoch, &mine), cut);
            proxy.delay(Duration::ZERO);
            proxy.heal();
            let found = reread(&bus, "r", &epoch, first - 1).await;
            assert!(found.is_empty() || found == [mine.clone()]);
            if answer.is_ok() {
                assert_eq!(found, [mine]);
                continue;
            }
            doubts += usize::from(!found.is_empty());
            if !found.is_empty() {
                continue;
            }
        }
        assert_eq!(bus.append("r", &epoch, &mine).await, Ok(Appended::Committed));
    }
    assert!(doubts > 0, "no answer was lost: the test proves nothing");
}

#[tokio::test]
async fn a_server_that_comes_after_its_nodes_is_found() {
    let mut server = Redis::start(Memory::None);
    server.kill();
    let bus = single(server.url()).await;
    assert!(!bus.is_available());
    assert!(is_unavailable(&bus.open("r", None).await));
    server.restart();
    until_available(&bus).await;
    bus.open("r", None).await.unwrap();
}

#[tokio::test]
async fn a_log_that_lost_a_part_is_made_again() {
    let server = Redis::start(Memory::None);
    let bus = single(server.url()).await;
    let mut epoch = bus.open("r", None).await.unwrap().epoch;
    let mut seq = 0;
    for part in ["commits", "log", "snapshot"] {
        append_all(&bus, "r", &epoch, seq + 1..=seq + 3).await;
        bus.save("r", &known(&epoch, seq + 2)).await.unwrap();
        seq += 3;
        server.ask(&["DEL", &format!("lectern:{{r}}:{part}")]).unwrap();
        let opened = bus.open("r", Some(&known(&epoch, seq))).await.unwrap();
        assert_eq!(opened.origin, Some(Origin { epoch: epoch.clone(), seq }), "without {part}");
        epoch = opened.epoch;
    }
}

#[tokio::test]
async fn keys_end_by_themselves_and_the_forgotten_scripts_are_sent_again() {
    let server = Redis::start(Memory::None);
    let bus = single(server.url()).await;
    let epoch = bus.open("r", None).await.unwrap().epoch;
    server.ask(&["SCRIPT", "FLUSH"]).unwrap();
    append_all(&bus, "r", &epoch, 1..=2).await;
    bus.save("r", &known(&epoch, 1)).await.unwrap();
    bus.write_presence("r", "n", &[("ada".into(), Some(Bytes::new()))]).await.unwrap();
    let keys = server.ask(&["KEYS", "*"]).unwrap();
    assert_eq!(keys.lines().count(), 5, "{keys}");
    for key in keys.lines() {
        let ttl: i64 = server.ask(&["TTL", key]).unwrap().parse().unwrap();
        assert!((1..=86_400).contains(&ttl), "{key}: {ttl}");
    }
}

#[tokio::test]
async fn a_replica_that_takes_over_is_found_by_the_sentinel() {
    let mut servers = WatchedRedis::start(Memory::None);
    let (a, b) = (
        node(vec![servers.sentinel.url()], RedisMode::Sentinel).await,
        node(vec![servers.sentinel.url()], RedisMode::Sentinel).await,
    );
    assert!(a.is_available() && b.is_available());
    let epoch = a.open("r", None).await.unwrap().epoch;
    append_all(&a, "r", &epoch, 1..=5).await;
    let mut listener = b.subscribe(&Topic::Room("r".into())).await.unwrap();
    servers.master.kill();
    until_unavailable(&a).await;
    assert_eq!(next(&mut listener).await, BusEvent::Gap);
    until_available(&a).await;
    let (state_a, state_b) = (known(&epoch, 5), known(&epoch, 4));
    let (at_a, at_b) = tokio::join!(reopen(&a, "r", Some(&state_a)), reopen(&b, "r", Some(&state_b)));
    assert_eq!(at_a, at_b);
    assert_eq!(at_a.origin, Some(Origin { epoch, seq: 5 }));
    append_all(&a, "r", &at_a.epoch, 6..=6).await;
    while !matches!(next(&mut listener).await, BusEvent::Commit(commit) if commit.first == 6) {}
    // The old one comes back as a replica of the new one; nobody is led astray.
    servers.master.restart();
    sleep(Duration::from_secs(2)).await;
    until_available(&b).await;
    append_all(&b, "r", &at_a.epoch, 7..=7).await;
}

#[tokio::test]
async fn a_cluster_fails_over_and_other_rooms_go_on() {
    let mut cluster = RedisCluster::start(Memory::None, true);
    let bus = node(cluster.urls(), RedisMode::Cluster).await;
    let hit = cluster.master_of("r");
    let other = ('a'..='z').map(String::from).find(|name| cluster.master_of(name) != hit).unwrap();
    let epoch = bus.open("r", None).await.unwrap().epoch;
    let other_epoch = bus.open(&other, None).await.unwrap().epoch;
    append_all(&bus, "r", &epoch, 1..=3).await;
    let mut listener = bus.subscribe(&Topic::Room("r".into())).await.unwrap();
    let mut other_listener = bus.subscribe(&Topic::MediaPolicy(other.clone())).await.unwrap();
    cluster.nodes()[hit].kill();
    until_unavailable(&bus).await;
    // Those on the other masters do not notice; once the cluster knows of its loss it answers nobody until it has healed.
    let policy = Topic::MediaPolicy(other.clone());
    if bus.publish(&policy, Bytes::from_static(b"p")).await.is_ok() {
        assert_eq!(next(&mut other_listener).await, BusEvent::Message(Bytes::from_static(b"p")));
    }
    until_available(&bus).await;
    assert_eq!(next(&mut listener).await, BusEvent::Gap);
    let opened = reopen(&bus, "r", Some(&known(&epoch, 3))).await;
    assert_eq!(opened.origin, Some(Origin { epoch, seq: 3 }));
    append_all(&bus, "r", &opened.epoch, 4..=4).await;
    append_all(&bus, &other, &other_epoch, 1..=1).await;
    while !matches!(next(&mut listener).await, BusEvent::Commit(commit) if commit.first == 4) {}
}

#[tokio::test]
async fn a_slot_that_moves_is_followed() {
    let mut cluster = RedisCluster::start(Memory::None, false);
    let bus = node(cluster.urls(), RedisMode::Cluster).await;
    let epoch = bus.open("r", None).await.unwrap().epoch;
    append_all(&bus, "r", &epoch, 1..=3).await;
    let mut listener = bus.subscribe(&Topic::Room("r".into())).await.unwrap();
    move_slot(&mut cluster, "r");
    assert_eq!(next(&mut listener).await, BusEvent::Gap);
    let opened = reopen(&bus, "r", Some(&known(&epoch, 3))).await;
    assert_eq!(opened.origin, Some(Origin { epoch, seq: 3 }), "with all that moved");
    assert_eq!(opened.commits.len(), 3);
    append_all(&bus, "r", &opened.epoch, 4..=4).await;
    while !matches!(next(&mut listener).await, BusEvent::Commit(commit) if commit.first == 4) {}
}

fn move_slot(cluster: &mut RedisCluster, tag: &str) {
    let (from, slot) = (cluster.master_of(tag), cluster.nodes()[0].ask(&["CLUSTER", "KEYSLOT", tag]).unwrap());
    let to = (from + 1) % 3;
    let nodes = cluster.nodes();
    let ids: Vec<_> = nodes.iter().map(|node| node.ask(&["CLUSTER", "MYID"]).unwrap()).collect();
    nodes[to].ask(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &ids[from]]).unwrap();
    nodes[from].ask(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &ids[to]]).unwrap();
    let keys = nodes[from].ask(&["CLUSTER", "GETKEYSINSLOT", &slot, "100"]).unwrap();
    let port = nodes[to].address().port().to_string();
    for key in keys.lines() {
        nodes[from].ask(&["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]).unwrap();
    }
    for index in [to, from] {
        nodes[index].ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &ids[to]]).unwrap();
    }
}
