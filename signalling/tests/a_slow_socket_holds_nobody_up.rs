//! Whoever does not read is closed; everybody else notices nothing.

mod support;

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use lectern_platform::token::Role;
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::Node;

#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_is_closed_and_the_others_get_everything_in_time() {
    let mut config = SignallingConfig::default();
    config.socket.outbox_bytes_max = 64 * 1024;
    (config.socket.requests_per_s, config.socket.requests_burst) = (10_000, 10_000);
    (config.room.chat_person_burst, config.room.chat_person_interval_ms) = (100_000, 1);
    (config.room.chat_room_burst, config.room.chat_room_per_s) = (100_000, 100_000);
    config.node.resume_events_max = 100_000;
    config.node.resume_bytes_max = 1 << 30;
    let node = Node::start(config).await;
    let mut tutor = node.tutor("class").await;
    let mut eva = node.student("class", "eva").await;
    let deaf = node.student("class", "deaf").await;
    let deaf_seq = deaf.seq;
    let text = "x".repeat(2_000);
    let mut slowest = Duration::ZERO;
    // The kernel's buffers hold a few megabytes before anything waits with us.
    for n in 0.. {
        let asked = Instant::now();
        tutor.chat(&format!("{n} {}", &text[..1_900])).await;
        eva.event("chat_posted").await;
        slowest = slowest.max(asked.elapsed());
        if node.metric("too_slow_total") > 0.5 {
            break;
        }
        assert!(n < 20_000, "never closed");
    }
    println!("slowest delivery beside a deaf socket: {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    // It finds whole messages up to the goodbye, and comes back for the rest.
    let epoch = deaf.epoch.clone();
    let mut last = (deaf_seq, String::new());
    let mut socket = deaf.socket;
    while let Some(Ok(message)) = socket.next().await {
        if let Ok(text) = message.to_text()
            && let Ok(value) = serde_json::from_str::<serde_json::Value>(text)
        {
            last = (value["seq"].as_u64().unwrap_or(last.0), value["code"].as_str().unwrap_or_default().to_owned());
        }
    }
    assert_eq!(last.1, "too_slow");
    let token = node.token("class", "deaf", Role::Student);
    let (mut deaf, resumed) = node.join_with("class", &token, Some((&epoch, last.0))).await;
    assert_eq!(resumed["type"], "resumed");
    deaf.seq = last.0;
    while deaf.seq < eva.seq {
        deaf.event("chat_posted").await;
    }
    eva.done(json!({"type": "ping"})).await;
}
