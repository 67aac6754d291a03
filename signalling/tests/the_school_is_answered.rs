//! What the school asks of its classes is answered, and a class that it ends is over for good: for everybody, at whatever node,
//! and also where nobody is.

mod support;

use std::sync::Arc;

use lectern_platform::bus::{Bus, BusEvent, InProcess, RedisBus, RedisConfig, Subscription, Topic};
use lectern_platform::class_bus::{ClassAudience, ClassInquiry, ClassReport};
use lectern_platform::media_bus::MediaPolicy;
use lectern_platform::token::{Role, TokenSigner};
use lectern_signalling::SignallingConfig;
use lectern_testing::redis::{Memory, Redis};
use prometheus::Registry;
use serde_json::json;
use support::{Node, PATIENCE};

const ROOM: &str = "class";

/// The school, as far as the rooms know it.
struct School {
    bus: Arc<dyn Bus>,
    reports: Subscription,
}

impl School {
    async fn on(bus: Arc<dyn Bus>) -> Self {
        let reports = bus.subscribe(&Topic::ClassReport).await.unwrap();
        Self { bus, reports }
    }

    async fn ask(&self, inquiry: &ClassInquiry) {
        let bytes = serde_json::to_vec(inquiry).unwrap().into();
        self.bus.publish(&Topic::ClassInquiry, bytes).await.unwrap();
    }

    async fn report(&mut self) -> ClassReport {
        loop {
            match tokio::time::timeout(PATIENCE, self.reports.next()).await.expect("nobody answers") {
                Some(BusEvent::Message(bytes)) => return serde_json::from_slice(&bytes).unwrap(),
                Some(_) => {}
                None => panic!("the bus was closed"),
            }
        }
    }

    /// The next answer to this school.
    async fn answer(&mut self) -> ClassReport {
        loop {
            let report = self.report().await;
            if report.to == "school" {
                return report;
            }
        }
    }
}

fn inquiry() -> ClassInquiry {
    ClassInquiry { room: ROOM.into(), from: "school".into(), ..ClassInquiry::default() }
}

fn end() -> ClassInquiry {
    ClassInquiry { ends: true, ..inquiry() }
}

async fn until_ended(policies: &mut Subscription) {
    loop {
        if let Some(BusEvent::Message(bytes)) =
            tokio::time::timeout(PATIENCE, policies.next()).await.expect("no policy")
            && serde_json::from_slice::<MediaPolicy>(&bytes).unwrap().ended
        {
            return;
        }
    }
}

/// A class at two nodes is ended by the school, which asks more often than it has to.
async fn ends_everywhere(one: &Node, other: &Node, mut school: School) {
    let mut policies = school.bus.subscribe(&Topic::MediaPolicy(ROOM.into())).await.unwrap();
    let (mut tutor, mut eva) = (one.tutor(ROOM).await, other.student(ROOM, "eva").await);
    let mut another = one.tutor("another").await;
    eva.chat("Hello").await;
    for _ in 0..3 {
        school.ask(&end()).await;
    }
    for client in [&mut tutor, &mut eva] {
        assert_eq!(client.event("ended").await["by"], "");
        assert_eq!(client.goodbye().await, ("room_ended".to_owned(), json!(4410)));
    }
    until_ended(&mut policies).await;
    let report = school.answer().await;
    assert_eq!((report.ended, report.for_good, report.messages.len()), (true, true, 1));
    assert_eq!(another.chat("We go on").await["type"], "ok");
    // No tutor who comes anew lets it go on, at any node.
    for node in [one, other] {
        let (_, answer) = node.join_as(ROOM, "tutor", Role::Tutor).await;
        assert_eq!((answer["type"].as_str(), answer["code"].as_str()), (Some("goodbye"), Some("room_ended")));
    }
    // One end is in the log, however often it was asked for.
    let opened = school.bus.open(ROOM, None).await.unwrap();
    let payloads: Vec<String> =
        opened.commits.iter().map(|commit| String::from_utf8_lossy(&commit.payload).into_owned()).collect();
    let snapshot = opened.snapshot.map_or(0, |snapshot| snapshot.seq);
    assert!(
        snapshot > 0 || payloads.iter().filter(|payload| payload.contains("for_good")).count() == 1,
        "{payloads:?}"
    );
}

#[tokio::test]
async fn an_end_reaches_everybody_at_every_node() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let (one, other) = Node::pair(Arc::clone(&bus)).await;
    ends_everywhere(&one, &other, School::on(bus).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_reaches_everybody_over_redis() {
    let redis = Redis::start(Memory::None);
    let config = RedisConfig { urls: vec![redis.url()], ..RedisConfig::default() };
    let signer = Arc::new(TokenSigner::generate());
    let mut buses: Vec<Arc<dyn Bus>> = Vec::new();
    for _ in 0..3 {
        buses.push(Arc::new(RedisBus::start(&config, &Registry::new()).await.unwrap()));
    }
    let node = |bus: &Arc<dyn Bus>| Node::on(SignallingConfig::default(), Arc::clone(bus), Arc::clone(&signer));
    let (one, other) = (node(&buses[0]).await, node(&buses[1]).await);
    ends_everywhere(&one, &other, School::on(Arc::clone(&buses[2])).await).await;
}

#[tokio::test]
async fn a_class_in_which_nobody_is_ends_all_the_same() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let mut school = School::on(Arc::clone(&bus)).await;
    let mut policies = bus.subscribe(&Topic::MediaPolicy(ROOM.into())).await.unwrap();
    let node = Node::on(SignallingConfig::default(), bus, Arc::new(TokenSigner::generate())).await;
    // It listens once it has started; until then the school is not heard, and asks again.
    let mut report = None;
    for _ in 0..200 {
        school.ask(&end()).await;
        if let Ok(answer) = tokio::time::timeout(std::time::Duration::from_millis(100), school.answer()).await {
            report = Some(answer);
            break;
        }
    }
    let report = report.expect("nobody answers");
    assert!(report.ended && report.for_good && report.messages.is_empty());
    until_ended(&mut policies).await;
    let (_, answer) = node.join_as(ROOM, "tutor", Role::Tutor).await;
    assert_eq!(answer["code"], "room_ended");
}

#[tokio::test]
async fn an_inquiry_is_answered_by_whom_it_names_and_a_log_is_read_when_it_says_so() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let (one, _other) = Node::pair(Arc::clone(&bus)).await;
    let mut school = School::on(Arc::clone(&bus)).await;
    let mut tutor = one.tutor(ROOM).await;
    tutor.chat("Welcome").await;
    school.ask(&inquiry()).await;
    let report = school.answer().await;
    assert_eq!(
        (report.ended, report.messages.len(), report.messages[0].to.clone()),
        (false, 1, ClassAudience::Everyone)
    );
    // Who has everything is told nothing; the other node does not have the room open.
    let node = Some(report.node.clone());
    school.ask(&ClassInquiry { node: Some("nobody".into()), ..inquiry() }).await;
    school.ask(&ClassInquiry { node, epoch: report.epoch.clone(), seq: report.seq, ..inquiry() }).await;
    let nothing = school.answer().await;
    assert_eq!((nothing.after, nothing.messages.len(), &nothing.node), (report.seq, 0, &report.node));
    school.ask(&ClassInquiry { reads_log: true, ..inquiry() }).await;
    let (first, second) = (school.answer().await, school.answer().await);
    assert_ne!(first.node, second.node, "the one has it open, the other has read it");
    assert_eq!(first.messages, second.messages);
}

#[tokio::test]
async fn a_tutor_who_ends_the_class_is_reported_at_once() {
    let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
    let (one, _other) = Node::pair(Arc::clone(&bus)).await;
    let mut school = School::on(bus).await;
    let mut tutor = one.tutor(ROOM).await;
    tutor.ask_later(&mut json!({"type": "end"})).await;
    let report = school.report().await;
    assert_eq!((report.to.as_str(), report.room.as_str()), ("", ROOM));
    assert_eq!((report.ended, report.for_good), (true, false));
}
