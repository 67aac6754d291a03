//! Malformed, oversized, binary, deeply nested and out-of-order messages, floods and silence.

mod support;

use std::time::Duration;

use futures_util::SinkExt as _;
use lectern_platform::token::Role;
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::{Client, Node};
use tokio_tungstenite::tungstenite::Message;

/// The longest frame.
const FRAME_BYTES_MAX: usize = 16 * 1024;

async fn joined() -> (Node, Client) {
    let node = Node::start(SignallingConfig::default()).await;
    let eva = node.student("class", "eva").await;
    (node, eva)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused_with_its_id_and_a_reason_and_the_connection_stays() {
    let (_node, mut eva) = joined().await;
    let deep = format!("{{\"id\":7,\"type\":\"ping\",\"x\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for (text, id) in [
        ("", None),
        ("null", None),
        ("[]", None),
        ("{\"id\":7}", Some(7)),
        ("{\"id\":7,\"type\":\"fly\"}", Some(7)),
        ("{\"id\":7,\"type\":\"chat_send\"}", Some(7)),
        ("{\"id\":7,\"type\":\"poll_vote\",\"poll\":\"x\",\"options\":[999]}", Some(7)),
        ("{\"id\":-1,\"type\":\"ping\"}", None),
        ("{\"id\":99999999999,\"type\":\"ping\"}", None),
        (deep.as_str(), Some(7)),
    ] {
        eva.send_text(text).await;
        let refused = eva.until(|message| message["type"] == "refused").await;
        assert_eq!(refused["code"], "bad_request", "{text:.60}");
        assert_eq!(refused.get("id").and_then(serde_json::Value::as_u64), id, "{text:.60}");
        assert!(refused["message"].as_str().unwrap().len() < 400);
    }
    eva.done(json!({"type": "ping"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_join_is_refused() {
    let (node, mut eva) = joined().await;
    eva.send(&json!({"type": "join", "token": node.token("class", "tom", Role::Tutor)})).await;
    assert_eq!(eva.until(|message| message["type"] == "refused").await["code"], "already_joined");
    assert_eq!(eva.refused(json!({"type": "end"})).await, "not_allowed", "still who they were");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_join_nothing_else_is_heard() {
    let node = Node::start(SignallingConfig::default()).await;
    for text in ["{\"id\":1,\"type\":\"ping\"}", "no JSON", "{\"type\":\"join\"}"] {
        let mut client = node.connect("class").await;
        client.send_text(text).await;
        assert_eq!(client.goodbye().await, ("bad_request".to_owned(), json!(4400)), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_at_the_limit_is_read_and_one_byte_more_closes() {
    let (_node, mut eva) = joined().await;
    let head = "{\"id\":1,\"type\":\"ping\",\"x\":\"";
    let fits = format!("{head}{}\"}}", "x".repeat(FRAME_BYTES_MAX - head.len() - 2));
    assert_eq!(fits.len(), FRAME_BYTES_MAX);
    eva.send_text(&fits).await;
    assert_eq!(eva.answer(1).await["type"], "ok");
    eva.send_text(&format!("{fits} ")).await;
    assert_eq!(eva.goodbye().await, ("frame_too_large".to_owned(), json!(4400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_megabyte_closes_and_says_why() {
    let (node, mut eva) = joined().await;
    let _ = eva.socket.send(Message::text("x".repeat(1 << 20))).await;
    assert_eq!(eva.goodbye().await.0, "frame_too_large");
    node.student("class", "tom").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_frame_closes() {
    let (_node, mut eva) = joined().await;
    eva.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(eva.goodbye().await, ("binary_frame".to_owned(), json!(4400)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_join_in_time_is_sent_away() {
    let mut config = SignallingConfig::default();
    config.socket.join_ms = 200;
    let node = Node::start(config).await;
    let mut client = node.connect("class").await;
    assert_eq!(client.goodbye().await, ("join_timeout".to_owned(), json!(4408)));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_rate_are_refused_and_a_flood_ends_the_conversation() {
    let mut config = SignallingConfig::default();
    (config.socket.requests_per_s, config.socket.requests_burst) = (1, 3);
    let node = Node::start(config).await;
    let mut eva = node.student("class", "eva").await;
    for _ in 0..3 {
        eva.done(json!({"type": "ping"})).await;
    }
    let refused = eva.ask(json!({"type": "ping"})).await;
    assert_eq!(refused["code"], "rate_limited");
    let wait_ms = refused["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1_000).contains(&wait_ms), "{wait_ms}");
    for n in 0..200 {
        let _ = eva.socket.send(Message::text(format!("{{\"id\":{n},\"type\":\"ping\"}}"))).await;
    }
    assert_eq!(eva.goodbye().await, ("rate_limited".to_owned(), json!(4429)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_answers_no_ping_is_dropped() {
    let mut config = SignallingConfig::default();
    (config.socket.ping_ms, config.socket.silence_ms) = (100, 400);
    let node = Node::start(config).await;
    // It is never read from, so that it never answers a ping.
    let _silent = node.student("class", "eva").await;
    let mut lively = node.student("class", "tom").await;
    let started = std::time::Instant::now();
    while node.metric("sockets") > 1.5 {
        assert!(started.elapsed() < support::PATIENCE);
        lively.within(Duration::from_millis(50)).await;
    }
    lively.done(json!({"type": "ping"})).await;
}
