//! What [`Bus`] promises, claim by claim, on every implementation: in process, on one Redis server, on a Redis Cluster.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lectern_platform::bus::{
    Appended, BACKLOG_MAX, Bus, BusEvent, Commit, CommitId, InProcess, LOG_ENTRIES_KEPT, Origin, PRESENCE_LEASE_MS,
    Read, RedisBus, RedisConfig, RedisMode, Snapshot, Subscription, Topic,
};
use lectern_testing::prove;
use lectern_testing::redis::{Memory, Redis, RedisCluster};
use prometheus::Registry;
use tokio::time::{Instant, sleep, timeout};

type Node = Arc<dyn Bus>;

/// Each in a room of its own, all at once: some wait for seconds.
async fn prove_all(a: Node, b: Node) {
    prove!((a, b):
        a_log_numbers_what_is_appended_and_everybody_hears_it,
        who_is_behind_is_told_and_reads_what_was_missed,
        numbers_of_another_epoch_mean_nothing,
        a_snapshot_stands_for_what_it_covers,
        a_log_keeps_its_last_entries_beyond_the_snapshot,
        a_snapshot_that_is_no_progress_changes_nothing,
        a_log_that_lost_its_end_goes_on_in_a_new_epoch,
        an_append_whose_answer_was_lost_is_found_by_its_id,
        a_thousand_appenders_make_one_log_without_holes,
        topics_are_apart_and_keep_the_order_of_each_sender,
        a_slow_listener_is_told_of_the_gap,
        who_stopped_listening_is_forgotten_and_may_come_again,
        presence_is_each_nodes_own_and_counted,
        presence_ends_with_the_lease_of_its_node,
        a_large_class_enters_at_once,
    );
}

async fn node(config: &RedisConfig) -> Node {
    Arc::new(RedisBus::start(config, &Registry::new()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_in_process() {
    let bus = Arc::new(InProcess::new());
    prove_all(bus.clone(), bus).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_on_one_server() {
    let server = Redis::start(Memory::None);
    let config = RedisConfig { rebuild_ms: 200, ..RedisConfig::single(server.url()) };
    prove_all(node(&config).await, node(&config).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_claim_holds_on_a_cluster() {
    let cluster = RedisCluster::start(Memory::None, false);
    let config =
        RedisConfig { mode: RedisMode::Cluster, urls: cluster.urls(), rebuild_ms: 200, ..RedisConfig::default() };
    prove_all(node(&config).await, node(&config).await).await;
}

fn commit(first: u64, count: u32, payload: &str) -> Commit {
    Commit { id: CommitId(rand::random()), first, count, payload: Bytes::copy_from_slice(payload.as_bytes()) }
}

async fn append(bus: &Node, room: &str, epoch: &str, first: u64, payload: &str) -> Commit {
    let commit = commit(first, 1, payload);
    assert_eq!(bus.append(room, epoch, &commit).await, Ok(Appended::Committed), "{payload}");
    commit
}

async fn next(subscription: &mut Subscription) -> BusEvent {
    timeout(Duration::from_secs(5), subscription.next()).await.expect("an event in time").expect("an open bus")
}

async fn a_log_numbers_what_is_appended_and_everybody_hears_it(a: Node, b: Node) {
    let room = "numbers";
    let opened = a.open(room, None).await.unwrap();
    assert_eq!((&opened.snapshot, &opened.origin, opened.commits.len()), (&None, &None, 0));
    assert_eq!(b.open(room, None).await.unwrap().epoch, opened.epoch);
    let (mut at_a, mut at_b) =
        (a.subscribe(&Topic::Room(room.into())).await.unwrap(), b.subscribe(&Topic::Room(room.into())).await.unwrap());
    let first = commit(1, 3, "three at once");
    assert_eq!(a.append(room, &opened.epoch, &first).await, Ok(Appended::Committed));
    let second = append(&b, room, &opened.epoch, 4, "one").await;
    for listener in [&mut at_a, &mut at_b] {
        assert_eq!(next(listener).await, BusEvent::Commit(first.clone()));
        assert_eq!(next(listener).await, BusEvent::Commit(second.clone()));
    }
    let reopened = b.open(room, None).await.unwrap();
    assert_eq!(reopened.commits, [first.clone(), second.clone()]);
    assert_eq!(a.read(room, &opened.epoch, 0).await, Ok(Read::Commits(vec![first, second.clone()])));
    assert_eq!(a.read(room, &opened.epoch, 3).await, Ok(Read::Commits(vec![second])));
    assert_eq!(a.read(room, &opened.epoch, 4).await, Ok(Read::Commits(Vec::new())));
    assert_eq!(a.read(room, &opened.epoch, 5).await, Ok(Read::Gone), "it is behind");
}

async fn who_is_behind_is_told_and_reads_what_was_missed(a: Node, b: Node) {
    let room = "conflict";
    let epoch = a.open(room, None).await.unwrap().epoch;
    let first = append(&a, room, &epoch, 1, "a").await;
    assert_eq!(b.append(room, &epoch, &commit(1, 1, "b")).await, Ok(Appended::Conflict));
    assert_eq!(b.append(room, &epoch, &commit(1, 9, "b")).await, Ok(Appended::Conflict));
    assert_eq!(b.append(room, &epoch, &commit(3, 1, "b")).await, Ok(Appended::Gone), "it knows what nobody wrote");
    assert_eq!(b.read(room, &epoch, 0).await, Ok(Read::Commits(vec![first])), "and nothing of it was written");
    append(&b, room, &epoch, 2, "b").await;
}

async fn numbers_of_another_epoch_mean_nothing(a: Node, b: Node) {
    let room = "epochs";
    let epoch = a.open(room, None).await.unwrap().epoch;
    append(&a, room, &epoch, 1, "a").await;
    for strange in ["", "another", "000000010000000000000000"] {
        assert_eq!(b.append(room, strange, &commit(2, 1, "b")).await, Ok(Appended::Gone));
        assert_eq!(b.read(room, strange, 0).await, Ok(Read::Gone));
        let snapshot = Snapshot { epoch: strange.into(), seq: 1, state: Bytes::from_static(b"strange") };
        b.save(room, &snapshot).await.unwrap();
    }
    assert_eq!(a.open(room, None).await.unwrap().snapshot, None);
    assert_eq!(a.append("never-opened", &epoch, &commit(1, 1, "a")).await, Ok(Appended::Gone));
    assert_eq!(a.read("never-opened", &epoch, 0).await, Ok(Read::Gone));
}

async fn a_snapshot_stands_for_what_it_covers(a: Node, b: Node) {
    let room = "snapshot";
    let epoch = a.open(room, None).await.unwrap().epoch;
    for seq in 1..=5 {
        append(&a, room, &epoch, seq, "a").await;
    }
    let snapshot = Snapshot { epoch: epoch.clone(), seq: 4, state: Bytes::from_static(b"\0four\xff") };
    a.save(room, &snapshot).await.unwrap();
    let opened = b.open(room, None).await.unwrap();
    assert_eq!(opened.snapshot, Some(snapshot));
    assert_eq!(opened.commits.iter().map(|commit| commit.first).collect::<Vec<_>>(), [5]);
    let Read::Commits(all) = b.read(room, &epoch, 0).await.unwrap() else {
        panic!("the log is short: nothing is dropped")
    };
    assert_eq!(all.len(), 5);
}

async fn a_log_keeps_its_last_entries_beyond_the_snapshot(a: Node, b: Node) {
    let room = "trim";
    let epoch = a.open(room, None).await.unwrap().epoch;
    let step: u32 = 7;
    let commits = LOG_ENTRIES_KEPT / u64::from(step) + 20;
    for index in 0..commits {
        let commit = commit(1 + index * u64::from(step), step, "seven");
        assert_eq!(a.append(room, &epoch, &commit).await, Ok(Appended::Committed));
    }
    let seq = commits * u64::from(step);
    a.save(room, &Snapshot { epoch: epoch.clone(), seq, state: Bytes::from_static(b"all") }).await.unwrap();
    assert_eq!(b.read(room, &epoch, 0).await, Ok(Read::Gone), "the oldest are dropped");
    let covered = seq - LOG_ENTRIES_KEPT;
    let boundary = covered / u64::from(step) * u64::from(step);
    let Read::Commits(kept) = b.read(room, &epoch, boundary).await.unwrap() else { panic!("the rest is kept") };
    assert_eq!((kept[0].first, kept.last().unwrap().last()), (boundary + 1, seq));
    assert_eq!(b.read(room, &epoch, boundary - u64::from(step)).await, Ok(Read::Gone), "and no more than that");
    assert!(b.open(room, None).await.unwrap().commits.is_empty());
}

async fn a_snapshot_that_is_no_progress_changes_nothing(a: Node, b: Node) {
    let room = "stale";
    let epoch = a.open(room, None).await.unwrap().epoch;
    for seq in 1..=3 {
        append(&a, room, &epoch, seq, "a").await;
    }
    let snapshot = |seq, state: &'static str| Snapshot { epoch: epoch.clone(), seq, state: state.into() };
    a.save(room, &snapshot(2, "two")).await.unwrap();
    for stale in [snapshot(1, "one"), snapshot(2, "two again"), snapshot(4, "of the future")] {
        b.save(room, &stale).await.unwrap();
        assert_eq!(b.open(room, None).await.unwrap().snapshot, Some(snapshot(2, "two")));
    }
}

async fn a_log_that_lost_its_end_goes_on_in_a_new_epoch(a: Node, b: Node) {
    let room = "again";
    let epoch = a.open(room, None).await.unwrap().epoch;
    append(&a, room, &epoch, 1, "a").await;
    let mut listener = b.subscribe(&Topic::Room(room.into())).await.unwrap();
    // As if two more entries had been there once.
    let known = Snapshot { epoch: epoch.clone(), seq: 3, state: Bytes::from_static(b"three") };
    let opened = a.open(room, Some(&known)).await.unwrap();
    assert!(opened.epoch > epoch, "{} follows {epoch}", opened.epoch);
    assert_eq!(opened.origin, Some(Origin { epoch: epoch.clone(), seq: 3 }));
    let snapshot = opened.snapshot.clone().unwrap();
    assert_eq!((&snapshot.epoch, snapshot.seq, &snapshot.state), (&opened.epoch, 3, &known.state));
    assert!(opened.commits.is_empty());
    let fourth = append(&a, room, &opened.epoch, 4, "a").await;
    assert_eq!(next(&mut listener).await, BusEvent::Gap, "before the first commit of the new epoch");
    assert_eq!(next(&mut listener).await, BusEvent::Commit(fourth.clone()));
    // Who still is in the old epoch is told, whatever they do, and finds everything.
    assert_eq!(b.append(room, &epoch, &commit(2, 1, "b")).await, Ok(Appended::Gone));
    assert_eq!(b.read(room, &epoch, 1).await, Ok(Read::Gone));
    let behind = Snapshot { epoch: epoch.clone(), seq: 1, state: Bytes::from_static(b"one") };
    let joined = b.open(room, Some(&behind)).await.unwrap();
    assert_eq!((&joined.epoch, &joined.origin), (&opened.epoch, &opened.origin));
    assert_eq!(joined.commits, [fourth]);
    // The newer epoch's numbers count, not the older one's.
    let ahead = Snapshot { epoch, seq: 99, state: Bytes::from_static(b"too late") };
    assert_eq!(b.open(room, Some(&ahead)).await.unwrap().epoch, opened.epoch);
    // A room that nothing is left of.
    let moved = a.open("moved", Some(&known)).await.unwrap();
    assert_eq!((moved.origin.unwrap().seq, moved.snapshot.unwrap().state), (3, known.state));
}

async fn an_append_whose_answer_was_lost_is_found_by_its_id(a: Node, b: Node) {
    let room = "lost-answer";
    let epoch = a.open(room, None).await.unwrap().epoch;
    let mine = commit(1, 2, "mine");
    // Dropped before or after its effect: nobody knows.
    let _ = timeout(Duration::from_micros(200), a.append(room, &epoch, &mine)).await;
    let again = a.append(room, &epoch, &mine).await.unwrap();
    assert!(matches!(again, Appended::Committed | Appended::Conflict), "{again:?}");
    assert_eq!(a.append(room, &epoch, &mine).await, Ok(Appended::Conflict));
    assert_eq!(b.read(room, &epoch, 0).await, Ok(Read::Commits(vec![mine])), "once, whatever happened");
}

async fn a_thousand_appenders_make_one_log_without_holes(a: Node, b: Node) {
    let room = "thousand";
    let epoch = a.open(room, None).await.unwrap().epoch;
    let appenders = (0..1_000_u32).map(|index| {
        let (bus, epoch) = (Arc::clone(if index % 2 == 0 { &a } else { &b }), epoch.clone());
        tokio::spawn(async move {
            let mut known = 0;
            loop {
                let Read::Commits(missed) = bus.read(room, &epoch, known).await.unwrap() else {
                    panic!("all is there")
                };
                known = missed.last().map_or(known, Commit::last);
                let mine = commit(known + 1, 1 + index % 3, &index.to_string());
                match bus.append(room, &epoch, &mine).await.unwrap() {
                    Appended::Committed => return,
                    Appended::Gone => panic!("the log is there"),
                    Appended::Conflict => {}
                }
                // Spread, so that each is in the way of some others and not of all.
                sleep(Duration::from_millis(rand::random_range(0..1_000))).await;
            }
        })
    });
    for appender in appenders.collect::<Vec<_>>() {
        appender.await.unwrap();
    }
    let Read::Commits(log) = b.read(room, &epoch, 0).await.unwrap() else { panic!("all is there") };
    let mut names: Vec<u32> = log.iter().map(|c| std::str::from_utf8(&c.payload).unwrap().parse().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, (0..1_000).collect::<Vec<_>>(), "each once");
    assert_eq!(log[0].first, 1);
    assert!(log.windows(2).all(|pair| pair[0].last() + 1 == pair[1].first), "without holes");
}

async fn topics_are_apart_and_keep_the_order_of_each_sender(a: Node, b: Node) {
    let topics =
        [Topic::Room("t1".into()), Topic::MediaReport("t1".into()), Topic::MediaPolicy("t1".into()), Topic::School];
    let mut listeners = Vec::new();
    for topic in &topics {
        listeners.push(b.subscribe(topic).await.unwrap());
    }
    let mut other_room = b.subscribe(&Topic::Room("t2".into())).await.unwrap();
    for number in 0..50 {
        for topic in &topics {
            a.publish(topic, format!("{topic} {number}").into()).await.unwrap();
        }
    }
    a.publish(&Topic::Room("t2".into()), Bytes::from_static(b"\0\xff")).await.unwrap();
    for (topic, listener) in topics.iter().zip(&mut listeners) {
        for number in 0..50 {
            assert_eq!(next(listener).await, BusEvent::Message(format!("{topic} {number}").into()));
        }
    }
    assert_eq!(next(&mut other_room).await, BusEvent::Message(Bytes::from_static(b"\0\xff")));
}

async fn a_slow_listener_is_told_of_the_gap(a: Node, b: Node) {
    let topic = Topic::Room("slow".into());
    let (mut slow, mut quick) = (b.subscribe(&topic).await.unwrap(), b.subscribe(&topic).await.unwrap());
    let total = BACKLOG_MAX + 100;
    let drain = tokio::spawn(async move {
        let mut heard = 0;
        while heard < total {
            match next(&mut quick).await {
                BusEvent::Message(_) => heard += 1,
                other => panic!("{other:?}"),
            }
        }
    });
    for number in 0..total {
        a.publish(&topic, number.to_string().into()).await.unwrap();
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    drain.await.expect("who keeps up hears everything");
    assert_eq!(next(&mut slow).await, BusEvent::Gap);
    let BusEvent::Message(first) = next(&mut slow).await else { panic!("what is left follows") };
    let first: usize = std::str::from_utf8(&first).unwrap().parse().unwrap();
    for number in first + 1..total {
        assert_eq!(next(&mut slow).await, BusEvent::Message(number.to_string().into()));
    }
}

async fn who_stopped_listening_is_forgotten_and_may_come_again(a: Node, b: Node) {
    let topic = Topic::MediaReport("again-and-again".into());
    for round in 0..20 {
        let mut listener = b.subscribe(&topic).await.unwrap();
        a.publish(&topic, format!("{round}").into()).await.unwrap();
        assert_eq!(next(&mut listener).await, BusEvent::Message(format!("{round}").into()));
        drop(listener);
        if round % 2 == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn presence_is_each_nodes_own_and_counted(a: Node, b: Node) {
    let room = "presence";
    let there = |person: &str, entry: &'static [u8]| (person.to_owned(), Some(Bytes::from_static(entry)));
    assert_eq!(a.presence(room).await, Ok(Vec::new()));
    assert_eq!(a.write_presence(room, "n1", &[there("ada", b"\0\xff"), there("bob", b"")]).await, Ok(false));
    assert_eq!(b.write_presence(room, "n2", &[there("ada", b"other tab")]).await, Ok(false));
    assert_eq!(a.write_presence(room, "n1", &[("bob".into(), None), there("cleo", b"c")]).await, Ok(true));
    assert_eq!(b.write_presence(room, "n3", &[]).await, Ok(false));
    let mut nodes = b.presence(room).await.unwrap();
    nodes.sort_by(|one, other| one.node.cmp(&other.node));
    nodes.iter_mut().for_each(|node| node.entries.sort());
    let entry = |person: &str, entry: &'static [u8]| (person.to_owned(), Bytes::from_static(entry));
    assert_eq!(nodes.iter().map(|node| node.node.as_str()).collect::<Vec<_>>(), ["n1", "n2", "n3"]);
    assert_eq!(nodes[0].entries, [entry("ada", b"\0\xff"), entry("cleo", b"c")]);
    assert_eq!(nodes[1].entries, [entry("ada", b"other tab")]);
    assert!(nodes[2].entries.is_empty());
    let mut counts = a.presence_counts(room).await.unwrap();
    counts.sort();
    assert_eq!(counts, [("n1".to_owned(), 2), ("n2".to_owned(), 1), ("n3".to_owned(), 0)]);
    assert_eq!(a.presence_counts("presence-of-nobody").await, Ok(Vec::new()));
}

async fn presence_ends_with_the_lease_of_its_node(a: Node, b: Node) {
    let room = "lease";
    let ada = ("ada".to_owned(), Some(Bytes::from_static(b"a")));
    a.write_presence(room, "dies", std::slice::from_ref(&ada)).await.unwrap();
    let died = Instant::now();
    b.write_presence(room, "lives", std::slice::from_ref(&ada)).await.unwrap();
    loop {
        assert_eq!(b.write_presence(room, "lives", &[]).await, Ok(true), "it is renewed in time");
        let counts = b.presence_counts(room).await.unwrap();
        if !counts.iter().any(|(node, _)| node == "dies") {
            assert_eq!(counts, [("lives".to_owned(), 1)]);
            break;
        }
        assert!(died.elapsed() < Duration::from_secs(30), "a ghost");
        sleep(Duration::from_millis(200)).await;
    }
    assert!(died.elapsed() >= Duration::from_millis(PRESENCE_LEASE_MS - 500), "{:?}", died.elapsed());
    assert_eq!(b.presence(room).await.unwrap().len(), 1);
    assert_eq!(a.write_presence(room, "dies", &[]).await, Ok(false), "it has to write all again");
    let counts = a.presence_counts(room).await.unwrap();
    assert!(counts.contains(&("dies".to_owned(), 0)), "nothing came back by itself: {counts:?}");
}

async fn a_large_class_enters_at_once(a: Node, b: Node) {
    let room = "large";
    let people: Vec<_> =
        (0..5_000).map(|number| (format!("person-{number}"), Some(Bytes::from(format!("{number}"))))).collect();
    a.write_presence(room, "n1", &people).await.unwrap();
    assert_eq!(b.presence_counts(room).await, Ok(vec![("n1".to_owned(), 5_000)]));
    let all = b.presence(room).await.unwrap();
    assert_eq!(all[0].entries.len(), 5_000);
    assert!(all[0].entries.iter().all(|(person, entry)| person.strip_prefix("person-").unwrap().as_bytes() == entry));
    let left: Vec<_> = people.into_iter().map(|(person, _)| (person, None)).collect();
    b.write_presence(room, "n1", &left).await.unwrap();
    assert_eq!(b.presence_counts(room).await, Ok(vec![("n1".to_owned(), 0)]));
}
