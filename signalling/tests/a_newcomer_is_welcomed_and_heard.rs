//! Joining, talking, and coming back: what everybody does.

mod support;

use lectern_platform::bus::{Bus, InProcess};
use lectern_platform::token::Role;
use lectern_signalling::SignallingConfig;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use support::Node;

#[tokio::test(flavor = "multi_thread")]
async fn welcome_holds_the_room_and_who_one_is() {
    let node = Node::start(SignallingConfig::default()).await;
    let mut tutor = node.tutor("class").await;
    tutor.chat("hello").await;
    let (_, welcome) = node.join_as("class", "eva", Role::Student).await;
    assert_eq!(welcome["you"]["person"]["id"], "eva");
    assert_eq!(welcome["you"]["person"]["role"], "student");
    assert_eq!(welcome["room"]["chat"][0]["text"], "hello");
    let present = &welcome["room"]["notices"][0];
    assert_eq!((present["type"].as_str(), present["present"].as_u64()), (Some("presence"), Some(2)));
    assert!(present.get("waiting").is_none(), "students are not told who waits");
    assert!(!welcome["you"]["rights"].as_array().unwrap().contains(&json!("remove")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_everybody_once_and_its_author_is_told_its_number() {
    let node = Node::start(SignallingConfig::default()).await;
    let (mut tutor, mut eva) = (node.tutor("class").await, node.student("class", "eva").await);
    let answer = eva.chat("a question").await;
    for client in [&mut tutor, &mut eva] {
        let event = client.event("chat_posted").await;
        assert_eq!(event["message"]["text"], "a question");
        assert_eq!(event["message"]["id"], answer["reply"]["seq"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_may_follow_the_join_at_once_and_are_answered_behind_the_welcome() {
    let node = Node::start(SignallingConfig::default()).await;
    let mut eva = node.connect("class").await;
    eva.send(&json!({"type": "join", "token": node.token("class", "eva", Role::Student)})).await;
    eva.send(&json!({"type": "chat_send", "id": 1, "text": "early", "key": "k"})).await;
    assert_eq!(eva.next().await["type"], "welcome");
    assert_eq!(eva.answer(1).await["type"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn resume_brings_what_was_missed_without_loss_or_repetition() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let (one, other) = Node::pair(bus).await;
    let mut tutor = one.tutor("class").await;
    let mut eva = one.student("class", "eva").await;
    tutor.chat("first").await;
    eva.event("chat_posted").await;
    let token = one.token("class", "eva", Role::Student);
    let (epoch, seq) = eva.drop_connection();
    for n in 0..5 {
        tutor.chat(&format!("missed {n}")).await;
    }
    // At the same node, and at one that has not had anybody of this room yet.
    for node in [&one, &other] {
        let (mut eva, resumed) = node.join_with("class", &token, Some((&epoch, seq))).await;
        assert_eq!(resumed["type"], "resumed", "{resumed}");
        eva.seq = seq;
        for n in 0..5 {
            assert_eq!(eva.event("chat_posted").await["message"]["text"], format!("missed {n}"));
        }
        assert!(eva.seq <= resumed["seq"].as_u64().unwrap());
    }
    // Another life of the log, or a number that was never given, is answered with everything.
    let (_, answer) = one.join_with("class", &token, Some(("other", seq))).await;
    assert_eq!(answer["type"], "welcome");
    let (_, answer) = one.join_with("class", &token, Some((&epoch, 1_000_000))).await;
    assert_eq!(answer["type"], "welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_too_long_gets_the_whole_room() {
    let mut config = SignallingConfig::default();
    config.node.resume_events_max = 3;
    let node = Node::start(config).await;
    let mut tutor = node.tutor("class").await;
    let eva = node.student("class", "eva").await;
    let token = node.token("class", "eva", Role::Student);
    let (epoch, seq) = eva.drop_connection();
    for n in 0..3 {
        tutor.chat(&format!("{n}")).await;
    }
    let (_, answer) = node.join_with("class", &token, Some((&epoch, seq))).await;
    assert_eq!(answer["type"], "resumed");
    tutor.chat("one more").await;
    let (_, answer) = node.join_with("class", &token, Some((&epoch, seq))).await;
    assert_eq!(answer["type"], "welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_are_one_room() {
    let (one, other) = Node::pair(Arc::new(InProcess::new())).await;
    let (mut tutor, mut eva) = (one.tutor("class").await, other.student("class", "eva").await);
    let mut tom = one.student("class", "tom").await;
    eva.chat("from the other node").await;
    assert_eq!(tutor.event("chat_posted").await["message"]["text"], "from the other node");
    eva.done(json!({"type": "hand_raise"})).await;
    assert_eq!(tutor.event("hand_raised").await["hand"]["person"]["id"], "eva");
    tutor.done(json!({"type": "stage_invite", "person": "eva"})).await;
    eva.event("stage_invited").await;
    eva.done(json!({"type": "stage_accept"})).await;
    assert_eq!(tom.event("stage_joined").await["place"]["person"]["id"], "eva");
    // The roster knows everybody, wherever they are.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let page = tutor.done(json!({"type": "roster", "limit": 10})).await;
    let ids: Vec<_> = page["reply"]["entries"].as_array().unwrap().iter().map(|entry| &entry["person"]["id"]).collect();
    assert_eq!(ids, ["tutor", "eva", "tom"]);
    assert_eq!(page["reply"]["entries"][1]["place"], 1);
    // Reactions, too.
    eva.done(json!({"type": "react", "emoji": "👏"})).await;
    assert_eq!(tom.notice("reactions").await["counts"]["👏"], 1);
    // Sent away at the other node.
    tutor.done(json!({"type": "remove", "person": "eva"})).await;
    assert_eq!(eva.goodbye().await, ("removed".to_owned(), json!(4403)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_question_is_for_the_moderators_alone() {
    let (one, other) = Node::pair(Arc::new(InProcess::new())).await;
    let (mut tutor, mut eva, mut tom) =
        (one.tutor("class").await, one.student("class", "eva").await, other.student("class", "tom").await);
    let question = json!({"type": "chat_send", "text": "just you", "to": {"kind": "moderators"}, "key": "k"});
    eva.done(question).await;
    assert_eq!(tutor.event("chat_posted").await["message"]["text"], "just you");
    assert_eq!(eva.event("chat_posted").await["message"]["text"], "just you");
    eva.chat("for all").await;
    let seen = tom.event("chat_posted").await;
    assert_eq!(seen["message"]["text"], "for all", "and without a gap, which the client checks");
    let history = tom.done(json!({"type": "chat_history", "limit": 100})).await;
    assert_eq!(history["reply"]["messages"].as_array().unwrap().len(), 1);
    let (_, welcome) = other.join_as("class", "late", Role::Student).await;
    assert!(!welcome.to_string().contains("just you"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_waiting_room_lets_in_one_or_all_at_every_node() {
    let (one, other) = Node::pair(Arc::new(InProcess::new())).await;
    let mut tutor = one.tutor("class").await;
    tutor.done(json!({"type": "settings_change", "waiting_room": true})).await;
    let (mut eva, answer) = other.join_as("class", "eva", Role::Student).await;
    assert_eq!(answer["type"], "waiting");
    let (mut tom, answer) = one.join_as("class", "tom", Role::Student).await;
    assert_eq!(answer["type"], "waiting");
    assert_eq!(tom.refused(json!({"type": "hand_raise"})).await, "not_allowed");
    tutor.until(|message| message["notice"]["waiting"] == 2).await;
    let waiting = tutor.done(json!({"type": "roster", "filter": "waiting", "limit": 10})).await;
    assert_eq!(waiting["reply"]["total"], 2);
    tutor.done(json!({"type": "admit", "person": "eva"})).await;
    assert_eq!(eva.until(|message| message["type"] == "welcome").await["you"]["person"]["id"], "eva");
    tutor.done(json!({"type": "admit_all"})).await;
    tom.until(|message| message["type"] == "welcome").await;
    // Who was let in once need not wait again; and nobody waits when nobody has to.
    let (_, answer) = one.join_as("class", "eva", Role::Student).await;
    assert_eq!(answer["type"], "welcome");
    let (mut ann, answer) = other.join_as("class", "ann", Role::Student).await;
    assert_eq!(answer["type"], "waiting");
    tutor.done(json!({"type": "settings_change", "waiting_room": false})).await;
    ann.until(|message| message["type"] == "welcome").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_co_tutor_gets_the_room_anew_with_new_rights() {
    let node = Node::start(SignallingConfig::default()).await;
    let (mut tutor, mut eva, mut tom) =
        (node.tutor("class").await, node.student("class", "eva").await, node.student("class", "tom").await);
    tom.done(json!({"type": "hand_raise"})).await;
    tutor.done(json!({"type": "co_tutor", "person": "eva", "on": true})).await;
    let welcome = eva.until(|message| message["type"] == "welcome").await;
    assert_eq!(welcome["you"]["person"]["role"], "co_tutor");
    assert_eq!(welcome["room"]["hands"][0]["person"]["id"], "tom");
    eva.seq = welcome["seq"].as_u64().unwrap();
    tom.done(json!({"type": "hand_lower"})).await;
    assert_eq!(eva.event("hand_lowered").await["person"], "tom");
}
