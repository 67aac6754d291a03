//! The media server does what the room says, and goes on when the room says nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::FutureExt as _;
use lectern_loadtest::http::HttpError;
use lectern_platform::bus::{
    Appended, Bus, BusError, BusEvent, BusFuture, Commit, InProcess, NodePresence, Opened, PresenceChange, Read,
    Snapshot, Subscription, Topic,
};
use lectern_platform::media_bus::{MediaPolicy, MediaReport};
use lectern_platform::token::{Claims, Role};
use lectern_wire::rtp::Packet;

use crate::client::{Client, PATIENCE, Stage};

const ROOM: &str = "math";

/// A media server and the room's side of the bus.
struct Class {
    stage: Stage,
    bus: Arc<dyn Bus>,
    seq: u64,
}

impl Class {
    async fn start() -> Self {
        let bus: Arc<dyn Bus> = Arc::new(InProcess::new());
        Self { stage: Stage::start_on(Some(bus.clone()), |_| {}).await, bus, seq: 0 }
    }

    async fn say(&mut self, change: impl FnOnce(&mut MediaPolicy)) {
        self.seq += 1;
        let mut policy = MediaPolicy { epoch: "e".to_owned(), seq: self.seq, ..MediaPolicy::default() };
        change(&mut policy);
        let json = serde_json::to_vec(&policy).unwrap();
        self.bus.publish(&Topic::MediaPolicy(ROOM.to_owned()), json.into()).await.unwrap();
    }

    /// Says it until it was heard: a server listens a moment after the room's first session.
    async fn say_until(&mut self, change: impl Fn(&mut MediaPolicy), heard: impl Fn(&Stage) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !heard(&self.stage) {
            assert!(Instant::now() < end, "the policy is heard");
            self.say(&change).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn student(person: &str) -> Claims {
    Claims::issue(ROOM, person, "Ada", Role::Student, Duration::from_secs(60))
}

fn is_refused<T>(outcome: Result<T, HttpError>, status: u16) -> bool {
    matches!(outcome, Err(HttpError::Status(refused, _)) if refused == status)
}

/// Waits until a student may publish a place on stage.
async fn on_stage(class: &mut Class, person: &str) -> Client {
    let end = Instant::now() + PATIENCE;
    loop {
        class.say(|policy| drop(policy.stage.insert(1, person.to_owned()))).await;
        match class.stage.performer(&student(person), "stage/1").await {
            Ok(mut client) => {
                client.connect();
                return client;
            }
            Err(error) => assert!(Instant::now() < end, "{error:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stage_is_given_and_taken_by_the_room() {
    let mut class = Class::start().await;
    let mut listener = class.stage.student(ROOM).await;
    assert!(is_refused(class.stage.performer(&student("ada"), "stage/1").await, 403), "not called");
    let mut ada = on_stage(&mut class, "ada").await;
    assert!(is_refused(class.stage.performer(&student("bob"), "stage/1").await, 403), "another's place");
    assert!(is_refused(class.stage.performer(&student("ada"), "stage/2").await, 403), "another place");
    assert!(is_refused(class.stage.performer(&student("ada"), "camera").await, 403), "not a place");
    ada.say(b"hello", &mut [&mut listener]);
    let taken = Instant::now();
    class.say(|_| {}).await;
    class.stage.until("the session ends", |stage| stage.closed("off_stage") == 1).await;
    println!("off stage after {:?}", taken.elapsed());
    let words = ada.voice(b"not to be heard");
    ada.send(&words);
    let heard = listener.hear_all();
    assert!(heard.iter().all(|bytes| Packet::parse(bytes).unwrap().payload != b"not to be heard"));
    assert!(is_refused(class.stage.performer(&student("ada"), "stage/1").await, 403), "no way back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_muted_voice_is_dropped_and_leaves_no_gap() {
    let mut class = Class::start().await;
    let (mut tutor, mut listener) = (class.stage.tutor(ROOM).await, class.stage.student(ROOM).await);
    tutor.say(b"before", &mut [&mut listener]);
    let words = tutor.voice(b"the last one");
    tutor.send(&words);
    let before = listener.hear_all();
    // "p" is who `Stage::tutor` is.
    let muted = |policy: &mut MediaPolicy| policy.muted.push("p".to_owned());
    let end = Instant::now() + PATIENCE;
    while class.stage.dropped("muted") < 20 {
        assert!(Instant::now() < end, "the voice is dropped");
        class.say(muted).await;
        let words = tutor.voice(b"muted");
        tutor.send(&words);
        tutor.turn();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let last_before =
        listener.hear_all().iter().chain(&before).map(|b| Packet::parse(b).unwrap().sequence_number).max();
    class.say(|_| {}).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let words = tutor.voice(b"after");
    tutor.send(&words);
    let heard = listener.hear_all();
    let first = Packet::parse(heard.first().expect("the voice is back")).unwrap();
    assert_eq!(first.payload, b"after");
    assert_eq!(Some(first.sequence_number), last_before.map(|number| number.wrapping_add(1)), "no gap");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_is_gone_and_comes_back_with_a_newer_token_alone() {
    let mut class = Class::start().await;
    let ada = student("ada");
    let mut other = class.stage.student(ROOM).await;
    class.stage.viewer_of(&ada).await.unwrap().connect();
    let until = ada.iat;
    let removed = |policy: &mut MediaPolicy| {
        policy.removed.insert("ada".to_owned(), until);
    };
    class.say_until(removed, |stage| stage.closed("removed") == 1).await;
    assert!(is_refused(class.stage.viewer_of(&ada).await, 403), "the old token");
    let mut newer = ada.clone();
    newer.iat += 1;
    class.stage.viewer_of(&newer).await.unwrap().connect();
    let banned = |policy: &mut MediaPolicy| {
        policy.removed.insert("ada".to_owned(), u64::MAX);
    };
    class.say(banned).await;
    class.stage.until("banned", |stage| stage.closed("removed") == 2).await;
    assert!(is_refused(class.stage.viewer_of(&newer).await, 403), "whatever token");
    let mut tutor = class.stage.tutor(ROOM).await;
    tutor.say(b"the others stay", &mut [&mut other]);
    class.say(|policy| policy.ended = true).await;
    class.stage.until("the class is over for all", |stage| stage.closed("room_ended") == 2).await;
    assert!(is_refused(class.stage.viewer_of(&student("bob")).await, 403), "over");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_on_stage_hears_themselves() {
    let mut class = Class::start().await;
    let mut listener = class.stage.student(ROOM).await;
    let mut ada_listens = class.stage.viewer_of(&student("ada")).await.unwrap();
    ada_listens.connect();
    let mut ada = on_stage(&mut class, "ada").await;
    // Until the tables are followed once more.
    tokio::time::sleep(Duration::from_millis(600)).await;
    ada.say(b"my own voice", &mut [&mut listener]);
    assert!(ada_listens.hear_all().is_empty());
    let mut tutor = class.stage.tutor(ROOM).await;
    tutor.say(b"the tutor", &mut [&mut listener, &mut ada_listens]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_is_told_what_is_published_and_how_many_watch() {
    let class = Class::start().await;
    let mut reports = class.bus.subscribe(&Topic::MediaReport(ROOM.to_owned())).await.unwrap();
    let (mut tutor, mut listener) = (class.stage.tutor(ROOM).await, class.stage.student(ROOM).await);
    tutor.say(b"hello", &mut [&mut listener]);
    let full = |report: &MediaReport| {
        let camera = report.sources.iter().any(|source| source.source == "camera" && source.person == "p");
        camera && report.sources.iter().all(|source| source.audio && !source.video) && report.viewers == 1
    };
    let wait = async {
        loop {
            let Some(BusEvent::Message(json)) = reports.next().await else { continue };
            if full(&serde_json::from_slice(&json).unwrap()) {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("a report");
}

/// A bus that is away.
#[derive(Debug)]
struct Away;

fn away<T: Send + 'static>() -> BusFuture<'static, T> {
    std::future::ready(Err(BusError::Unavailable("away".to_owned()))).boxed()
}

impl Bus for Away {
    fn open<'a>(&'a self, _: &'a str, _: Option<&'a Snapshot>) -> BusFuture<'a, Opened> {
        away()
    }
    fn read<'a>(&'a self, _: &'a str, _: &'a str, _: u64) -> BusFuture<'a, Read> {
        away()
    }
    fn append<'a>(&'a self, _: &'a str, _: &'a str, _: &'a Commit) -> BusFuture<'a, Appended> {
        away()
    }
    fn save<'a>(&'a self, _: &'a str, _: &'a Snapshot) -> BusFuture<'a, ()> {
        away()
    }
    fn publish<'a>(&'a self, _: &'a Topic, _: Bytes) -> BusFuture<'a, ()> {
        away()
    }
    fn subscribe<'a>(&'a self, _: &'a Topic) -> BusFuture<'a, Subscription> {
        away()
    }
    fn write_presence<'a>(&'a self, _: &'a str, _: &'a str, _: &'a [PresenceChange]) -> BusFuture<'a, bool> {
        away()
    }
    fn presence<'a>(&'a self, _: &'a str) -> BusFuture<'a, Vec<NodePresence>> {
        away()
    }
    fn presence_counts<'a>(&'a self, _: &'a str) -> BusFuture<'a, Vec<(String, u32)>> {
        away()
    }
    fn is_available(&self) -> bool {
        false
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn media_does_not_notice_that_the_bus_is_away() {
    let stage = Stage::start_on(Some(Arc::new(Away)), |_| {}).await;
    let (mut tutor, mut student) = (stage.tutor(ROOM).await, stage.student(ROOM).await);
    for text in [b"one", b"two"] {
        tutor.say(text, &mut [&mut student]);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut late = stage.student(ROOM).await;
    tutor.say(b"three", &mut [&mut student, &mut late]);
}
