//! What people notice when the bus is away: they are told, refused what cannot be done, and nothing is done twice.

mod support;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_platform::bus::{
    Appended, Bus, BusError, BusFuture, Commit, InProcess, NodePresence, Opened, PresenceChange, Read, Snapshot,
    Subscription, Topic,
};
use lectern_platform::token::{Role, TokenSigner};
use lectern_signalling::SignallingConfig;
use serde_json::json;
use support::Node;

const WORKS: u8 = 0;
/// Every call fails, and has no effect.
const AWAY: u8 = 1;
/// Appends are done, and the answer is lost.
const MUTE: u8 = 2;

/// A bus that fails on demand.
#[derive(Debug, Default)]
struct Faulty {
    inner: InProcess,
    state: AtomicU8,
    appends: Mutex<Vec<u64>>,
}

impl Faulty {
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }

    fn or_fail<'a, T: Send + 'a>(&'a self, call: impl FnOnce() -> BusFuture<'a, T>) -> BusFuture<'a, T> {
        match self.state.load(Ordering::SeqCst) {
            AWAY => Box::pin(async { Err(BusError::Unavailable("cut".to_owned())) }),
            _ => call(),
        }
    }
}

impl Bus for Faulty {
    fn open<'a>(&'a self, room: &'a str, known: Option<&'a Snapshot>) -> BusFuture<'a, Opened> {
        self.or_fail(|| self.inner.open(room, known))
    }

    fn read<'a>(&'a self, room: &'a str, epoch: &'a str, after: u64) -> BusFuture<'a, Read> {
        self.or_fail(|| self.inner.read(room, epoch, after))
    }

    fn append<'a>(&'a self, room: &'a str, epoch: &'a str, commit: &'a Commit) -> BusFuture<'a, Appended> {
        self.or_fail(|| {
            let done = self.inner.append(room, epoch, commit);
            self.appends.lock().unwrap().push(commit.first);
            if self.state.load(Ordering::SeqCst) == MUTE {
                return Box::pin(async { Err(BusError::Unavailable("the answer was lost".to_owned())) });
            }
            done
        })
    }

    fn save<'a>(&'a self, room: &'a str, snapshot: &'a Snapshot) -> BusFuture<'a, ()> {
        self.or_fail(|| self.inner.save(room, snapshot))
    }

    fn publish<'a>(&'a self, topic: &'a Topic, payload: Bytes) -> BusFuture<'a, ()> {
        self.or_fail(|| self.inner.publish(topic, payload))
    }

    fn subscribe<'a>(&'a self, topic: &'a Topic) -> BusFuture<'a, Subscription> {
        // Announcements of commits are lost too: what the answers say is all there is.
        let topic = match topic {
            Topic::Room(room) => Topic::Room(format!("{room}-unheard")),
            other => other.clone(),
        };
        self.or_fail(|| Box::pin(async move { self.inner.subscribe(&topic).await }))
    }

    fn write_presence<'a>(
        &'a self,
        room: &'a str,
        node: &'a str,
        changes: &'a [PresenceChange],
    ) -> BusFuture<'a, bool> {
        self.or_fail(|| self.inner.write_presence(room, node, changes))
    }

    fn presence<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<NodePresence>> {
        self.or_fail(|| self.inner.presence(room))
    }

    fn presence_counts<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<(String, u32)>> {
        self.or_fail(|| self.inner.presence_counts(room))
    }

    fn is_available(&self) -> bool {
        self.state.load(Ordering::SeqCst) != AWAY
    }
}

async fn node() -> (Arc<Faulty>, Node) {
    let bus = Arc::new(Faulty::default());
    let signer = Arc::new(TokenSigner::generate());
    let node = Node::on(SignallingConfig::default(), Arc::clone(&bus) as Arc<dyn Bus>, signer).await;
    (bus, node)
}

fn post(text: &str) -> serde_json::Value {
    json!({"type": "chat_send", "text": text, "key": text})
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_refused_and_served_again() {
    let (bus, node) = node().await;
    let (mut tutor, mut eva) = (node.tutor("class").await, node.student("class", "eva").await);
    eva.chat("before").await;
    bus.set(AWAY);
    let asked = Instant::now();
    assert_eq!(eva.refused(post("meanwhile")).await, "unavailable");
    assert!(asked.elapsed() < Duration::from_secs(5), "refused after {:?}", asked.elapsed());
    let told = tutor.notice("service").await;
    assert_eq!(told["available"], false);
    // What needs no bus is served; who was here comes in, and is told.
    tutor.done(json!({"type": "chat_history", "limit": 10})).await;
    let (_, welcome) = node.join_as("class", "eva", Role::Student).await;
    assert_eq!(welcome["type"], "welcome");
    assert!(welcome["room"]["notices"].to_string().contains("\"available\":false"));
    let (_, goodbye) = node.join_as("class", "tom", Role::Student).await;
    assert_eq!((goodbye["code"].as_str(), goodbye["retry_after_ms"].is_u64()), (Some("unavailable"), true));
    assert_eq!(eva.refused(post("still")).await, "unavailable");
    bus.set(WORKS);
    assert_eq!(tutor.until(|m| m["notice"]["available"] == true).await["notice"]["type"], "service");
    eva.done(post("after")).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|text| text != "after") {
        seen.push(tutor.event("chat_posted").await["message"]["text"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["before", "after"], "what was refused was not done");
    assert!(node.metric("rooms_cut_off").abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_for_a_short_outage_is_done_once() {
    let (bus, node) = node().await;
    let (mut tutor, mut eva) = (node.tutor("class").await, node.student("class", "eva").await);
    bus.set(AWAY);
    let mut request = post("patient");
    let id = eva.ask_later(&mut request).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    bus.set(WORKS);
    assert_eq!(eva.answer(id).await["type"], "ok");
    assert_eq!(tutor.event("chat_posted").await["message"]["text"], "patient");
    eva.chat("next").await;
    assert_eq!(tutor.event("chat_posted").await["message"]["text"], "next");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_was_lost_is_found_and_acknowledged_and_not_done_twice() {
    let (bus, node) = node().await;
    let (mut tutor, mut eva) = (node.tutor("class").await, node.student("class", "eva").await);
    for n in 0..5 {
        bus.set(MUTE);
        let mut request = post(&format!("message {n}"));
        let id = eva.ask_later(&mut request).await;
        assert_eq!(eva.answer(id).await["type"], "ok");
        bus.set(WORKS);
        assert_eq!(tutor.event("chat_posted").await["message"]["text"], format!("message {n}"));
    }
    let history = tutor.done(json!({"type": "chat_history", "limit": 100})).await;
    assert_eq!(history["reply"]["messages"].as_array().unwrap().len(), 5);
    let appends = bus.appends.lock().unwrap().clone();
    assert!(appends.windows(2).all(|pair| pair[0] < pair[1]), "one append for each number: {appends:?}");
}
