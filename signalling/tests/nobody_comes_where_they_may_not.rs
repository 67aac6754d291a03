//! Tokens, removals, bans, and the limits on who may come in.

mod support;

use lectern_platform::token::Role;
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::Node;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_its_room_alone() {
    let node = Node::start(SignallingConfig::default()).await;
    let token = node.token("class", "eva", Role::Student);
    let mut client = node.connect("other").await;
    client.send(&json!({"type": "join", "token": token})).await;
    assert_eq!(client.goodbye().await, ("room_forbidden".to_owned(), json!(4403)));
    for token in ["", "nonsense", &token[..token.len() - 4]] {
        let mut client = node.connect("class").await;
        client.send(&json!({"type": "join", "token": token})).await;
        assert_eq!(client.goodbye().await, ("token_invalid".to_owned(), json!(4401)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_or_banned_neither_joins_nor_resumes_with_the_old_token() {
    let node = Node::start(SignallingConfig::default()).await;
    let mut tutor = node.tutor("class").await;
    let token = node.older_token("class", "eva", Role::Student, 5);
    let (mut eva, welcome) = node.join_with("class", &token, None).await;
    let (epoch, seq) = (welcome["epoch"].as_str().unwrap().to_owned(), welcome["seq"].as_u64().unwrap());
    tutor.done(json!({"type": "remove", "person": "eva"})).await;
    assert_eq!(eva.goodbye().await, ("removed".to_owned(), json!(4403)));
    for resume in [None, Some((epoch.as_str(), seq))] {
        let (mut eva, answer) = node.join_with("class", &token, resume).await;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("goodbye"), Some("removed")));
        assert_eq!(eva.next().await, json!({"close": 4403}));
    }
    // A ban holds against any token.
    tutor.done(json!({"type": "ban", "person": "eva"})).await;
    let mut claims = node.signer.verifier().verify(&node.token("class", "eva", Role::Student)).unwrap();
    claims.iat += 20;
    let later = node.signer.sign(&claims).unwrap();
    let (_, answer) = node.join_with("class", &later, Some((epoch.as_str(), seq))).await;
    assert_eq!(answer["code"], "banned");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_room_takes_those_who_were_here_and_no_others() {
    let node = Node::start(SignallingConfig::default()).await;
    let mut tutor = node.tutor("class").await;
    node.student("class", "eva").await;
    tutor.done(json!({"type": "settings_change", "locked": true})).await;
    node.student("class", "eva").await;
    let (mut tom, _) = {
        let mut tom = node.connect("class").await;
        tom.send(&json!({"type": "join", "token": node.token("class", "tom", Role::Student)})).await;
        (tom, ())
    };
    assert_eq!(tom.goodbye().await, ("room_locked".to_owned(), json!(4403)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_class_ends_for_all_until_a_tutor_comes_anew() {
    let node = Node::start(SignallingConfig::default()).await;
    let token = node.token("class", "tutor", Role::Tutor);
    let (mut tutor, welcome) = node.join_with("class", &token, None).await;
    let (epoch, seq) = (welcome["epoch"].as_str().unwrap().to_owned(), welcome["seq"].as_u64().unwrap());
    let mut eva = node.student("class", "eva").await;
    assert_eq!(eva.refused(json!({"type": "end"})).await, "not_allowed");
    let mut end = json!({"type": "end"});
    tutor.ask_later(&mut end).await;
    assert_eq!(eva.goodbye().await, ("room_ended".to_owned(), json!(4410)));
    assert_eq!(tutor.goodbye().await.0, "room_ended");
    let (_, answer) = node.join_as("class", "eva", Role::Student).await;
    assert_eq!(answer["code"], "room_ended");
    // Whose connection was only away does not begin the class again, whoever they are.
    let (_, answer) = node.join_with("class", &token, Some((epoch.as_str(), seq))).await;
    assert_eq!(answer["code"], "room_ended");
    let (_, answer) = node.join_with("class", &token, None).await;
    assert_eq!(answer["type"], "welcome");
    let (_, answer) = node.join_as("class", "eva", Role::Student).await;
    assert_eq!(answer["type"], "welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_window_too_many_closes_the_oldest() {
    let mut config = SignallingConfig::default();
    config.admission.sockets_per_person_max = 2;
    let node = Node::start(config).await;
    let mut first = node.student("class", "eva").await;
    let mut second = node.student("class", "eva").await;
    second.done(json!({"type": "ping"})).await;
    let mut third = node.student("class", "eva").await;
    assert_eq!(first.goodbye().await, ("replaced".to_owned(), json!(4409)));
    second.done(json!({"type": "hand_raise"})).await;
    third.event("hand_raised").await;
    let roster = third.done(json!({"type": "roster", "limit": 10})).await;
    assert_eq!(roster["reply"]["total"], 1, "one person, however many windows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_full_at_its_limit() {
    let mut config = SignallingConfig::default();
    config.admission.sockets_per_room_max = 2;
    config.admission.rooms_max = 2;
    let node = Node::start(config).await;
    let _eva = node.student("class", "eva").await;
    let tom = node.student("class", "tom").await;
    let (_, answer) = node.join_as("class", "ann", Role::Student).await;
    assert_eq!(answer["code"], "room_full");
    assert!(answer["retry_after_ms"].as_u64().unwrap() > 0);
    let _other = node.student("other", "ann").await;
    let (_, answer) = node.join_as("third", "ann", Role::Student).await;
    assert_eq!(answer["code"], "room_full", "one room too many");
    drop(tom);
    // Its place is free as soon as the server has noticed.
    for attempt in 0.. {
        let (_, answer) = node.join_as("class", "ann", Role::Student).await;
        if answer["type"] == "welcome" {
            break;
        }
        assert!(attempt < 100, "{answer}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_refused_over_http_at_their_limits() {
    let refused = async |node: &Node| match node.try_connect("class", &[]).await {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            assert!(response.headers().contains_key("retry-after"));
            response.status().as_u16()
        }
        other => panic!("{:?}", other.map(|_| "connected")),
    };
    let mut config = SignallingConfig::default();
    config.admission.joining_max = 2;
    let node = Node::start(config).await;
    let _idle = (node.connect("class").await, node.connect("class").await);
    assert_eq!(refused(&node).await, 503);
    let mut config = SignallingConfig::default();
    config.admission.sockets_per_address_max = 2;
    let node = Node::start(config).await;
    let _here = (node.student("class", "eva").await, node.student("class", "tom").await);
    assert_eq!(refused(&node).await, 503);
    let mut config = SignallingConfig::default();
    config.admission.sockets_max = 2;
    let node = Node::start(config).await;
    let _all = (node.student("class", "eva").await, node.student("class", "tom").await);
    assert_eq!(refused(&node).await, 503);
    assert!((node.metric("sockets") - 2.0).abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_are_refused_where_origins_are_named() {
    let mut config = SignallingConfig::default();
    config.http.origins = vec!["https://school.example".to_owned()];
    let node = Node::start(config).await;
    assert!(node.try_connect("class", &[("origin", "https://evil.example")]).await.is_err());
    node.try_connect("class", &[("origin", "https://school.example")]).await.unwrap();
}
