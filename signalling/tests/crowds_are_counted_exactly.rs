//! Many people at once: votes, joins, leaves.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use lectern_platform::bus::InProcess;
use lectern_platform::token::TokenSigner;
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::Node;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_votes_over_two_nodes_are_counted_once_each() {
    const VOTERS: usize = 1_000;
    let (one, other) = Node::pair(Arc::new(InProcess::new())).await;
    let mut tutor = one.tutor("class").await;
    let names: Vec<String> = (0..VOTERS).map(|n| format!("voter-{n}")).collect();
    let mut voters = join_all(names.iter().enumerate().map(|(n, name)| {
        let node = if n % 2 == 0 { &one } else { &other };
        node.student("class", name)
    }))
    .await;
    let opened = tutor.done(json!({"type": "poll_open", "question": "?", "options": ["a", "b", "c"]})).await;
    let poll = opened["reply"]["seq"].clone();
    join_all(voters.iter_mut().map(|voter| voter.event("poll_opened"))).await;
    // All at once; every tenth votes again in another window at the other node, and changes their mind there.
    let vote = |option: usize| json!({"type": "poll_vote", "poll": poll, "options": [option]});
    join_all(voters.iter_mut().enumerate().map(|(n, voter)| voter.done(vote(n % 2)))).await;
    let mut again = join_all(names.iter().enumerate().step_by(10).map(|(n, name)| {
        let node = if n % 2 == 0 { &other } else { &one };
        node.student("class", name)
    }))
    .await;
    join_all(again.iter_mut().map(|voter| voter.done(vote(2)))).await;
    tutor.done(json!({"type": "poll_close", "poll": poll})).await;
    let changed = again.len();
    for client in [&mut tutor, &mut voters[1]] {
        let tally = client.event("poll_closed").await["outcome"]["tally"].take();
        // Those who changed their mind had even numbers, so voted for the first.
        assert_eq!(tally["votes"], json!([VOTERS / 2 - changed, VOTERS / 2, changed]));
        assert_eq!(tally["voters"], VOTERS);
    }
    println!("conflicts: {}", one.metric("commit_conflicts_total") + other.metric("commit_conflicts_total"));
}

#[tokio::test(flavor = "multi_thread")]
async fn churn_sends_one_count_a_second_and_the_last_is_right() {
    let node = Node::start(SignallingConfig::default()).await;
    let mut watcher = node.student("class", "watcher").await;
    let started = Instant::now();
    let churn = async {
        for n in 0..150 {
            let visitor = node.student("class", &format!("visitor-{n}")).await;
            if n % 3 != 0 {
                drop(visitor);
            } else {
                std::mem::forget(visitor);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    churn.await;
    // What came meanwhile was not read yet; the last count is at most a second late.
    let messages = watcher.within(Duration::from_millis(2_500)).await;
    let counts: Vec<_> = messages.iter().filter(|message| message["notice"]["type"] == "presence").collect();
    let most = started.elapsed().as_secs() + 2;
    assert!(!counts.is_empty() && counts.len() as u64 <= most, "{} in {most} s", counts.len());
    assert_eq!(counts.len(), messages.len(), "nothing else: {messages:?}");
    assert_eq!(counts.last().unwrap()["notice"]["present"], 51);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_drains_sends_everybody_elsewhere_and_saves_the_room() {
    let (mut one, other) = Node::pair(Arc::new(InProcess::new())).await;
    let mut eva = one.student("class", "eva").await;
    eva.chat("remember").await;
    eva.event("chat_posted").await;
    one.shutdown().await;
    let goodbye = eva.until(|message| message["type"] == "goodbye").await;
    assert_eq!(goodbye["code"], "draining");
    assert!(goodbye["retry_after_ms"].as_u64().unwrap() <= 5_000);
    assert_eq!(eva.until(|message| message.get("close").is_some()).await, json!({"close": 4503}));
    assert!(one.try_connect("class", &[]).await.is_err());
    let token = other.token("class", "eva", lectern_platform::token::Role::Student);
    let (_, resumed) = other.join_with("class", &token, Some((&eva.epoch, eva.seq))).await;
    assert_eq!(resumed["type"], "resumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_without_anybody_leaves_memory_and_comes_back_as_it_was() {
    let mut config = SignallingConfig::default();
    config.node.idle_ms = 200;
    let node = Node::on(config, Arc::new(InProcess::new()), Arc::new(TokenSigner::generate())).await;
    let mut eva = node.student("class", "eva").await;
    eva.chat("remember").await;
    drop(eva);
    let started = Instant::now();
    while node.metric("rooms") > 0.5 {
        assert!(started.elapsed() < support::PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (_, welcome) = node.join_as("class", "tom", lectern_platform::token::Role::Student).await;
    assert_eq!(welcome["room"]["chat"][0]["text"], "remember");
}
