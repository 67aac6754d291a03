//! What was written and asked in classes, and the end of classes and their rooms. The test plays the rooms' service: what it
//! says on the bus is all that the school knows of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lectern_platform::bus::{Bus, BusEvent, Subscription, Topic};
use lectern_platform::class_bus::{
    ClassAudience, ClassInquiry, ClassMessage, ClassPoll, ClassReport, ClassRole, DeletedMessage,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::live::until;
use crate::school::{Client, School, Shared, config, database};

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The rooms, as far as the school knows them.
struct Rooms {
    bus: Arc<dyn Bus>,
    inquiries: Subscription,
}

impl Rooms {
    async fn on(bus: &Arc<dyn Bus>) -> Self {
        Self { bus: Arc::clone(bus), inquiries: bus.subscribe(&Topic::ClassInquiry).await.unwrap() }
    }

    /// The next inquiry for which `wanted` holds.
    async fn asked(&mut self, wanted: impl Fn(&ClassInquiry) -> bool) -> ClassInquiry {
        let wait = async {
            loop {
                if let Some(BusEvent::Message(bytes)) = self.inquiries.next().await {
                    let inquiry: ClassInquiry = serde_json::from_slice(&bytes).unwrap();
                    if wanted(&inquiry) {
                        return inquiry;
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the school does not ask")
    }

    async fn say(&self, report: &ClassReport) {
        self.bus.publish(&Topic::ClassReport, serde_json::to_vec(report).unwrap().into()).await.unwrap();
    }
}

fn now_ms() -> u64 {
    u64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap()
}

fn message(number: u64, person: &str, text: &str) -> ClassMessage {
    ClassMessage {
        number,
        at_ms: now_ms() + number,
        person: person.to_owned(),
        name: format!("Name of {number}"),
        role: ClassRole::Student,
        to: ClassAudience::Everyone,
        text: text.to_owned(),
        reply_to: None,
        edited_at_ms: None,
        pinned: false,
        reactions: BTreeMap::new(),
    }
}

fn poll(number: u64, question: &str) -> ClassPoll {
    ClassPoll {
        number,
        question: question.to_owned(),
        options: vec!["a".into(), "b".into()],
        multiple: false,
        anonymous: false,
        quiz: false,
        for_moderators: false,
        opened_at_ms: now_ms() + number,
        closed_at_ms: now_ms() + 1_000,
        votes: vec![2, 1],
        voters: 3,
        correct: None,
    }
}

fn answer(to: &ClassInquiry, after: u64, seq: u64) -> ClassReport {
    ClassReport {
        room: to.room.clone(),
        to: to.from.clone(),
        node: "n".into(),
        epoch: "1a".into(),
        after,
        seq,
        ..ClassReport::default()
    }
}

async fn texts(who: &Client<'_>, class: &str) -> Vec<String> {
    let chat = who.get(&format!("/v1/live/{class}/chat?limit=100")).await;
    assert_eq!(chat.status, 200, "{chat:?}");
    let texts = chat.body["items"].as_array().unwrap().iter();
    texts.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

const ARCHIVED: &str = "SELECT archive_seq >= 20 FROM live_sessions WHERE id = $1";
const SETTLED: &str = "SELECT NOT EXISTS (SELECT FROM room_ends WHERE room = $1)";

#[tokio::test]
async fn what_was_written_is_kept_and_what_is_private_is_for_tutors() {
    let shared = Shared::new();
    let mut rooms = Rooms::on(&shared.bus).await;
    let school = School::node(config(&database()), shared).await;
    let (mona, ada, ben) =
        (school.person("mona", "tutor").await, school.student("ada").await, school.student("ben").await);
    let eve = school.student("eve").await;
    let course = mona.course("Algebra").await;
    for student in [&ada, &ben] {
        student.enrol(&course).await;
    }
    let class = mona.class(&course, "Sums", 0).await;
    mona.with(&class, "start").await;
    let asked = rooms.asked(|inquiry| inquiry.room == class).await;
    assert_eq!((asked.ends, asked.epoch.as_str(), asked.seq), (false, "", 0));
    let mut hello = message(2, &ada.id, "Hello");
    hello.reactions = BTreeMap::from([("👍".to_owned(), 2)]);
    let to_mona = ClassMessage { to: ClassAudience::Moderators, ..message(4, &ben.id, "Why?") };
    let to_ben = ClassMessage {
        to: ClassAudience::Person(ben.id.clone()),
        role: ClassRole::Tutor,
        reply_to: Some(4),
        ..message(5, &mona.id, "Because.")
    };
    let hostile = message(6, "somebody", &format!("\u{0}<b>{}", "ä".repeat(3_000)));
    let oops = message(7, &Uuid::now_v7().to_string(), "Oops");
    let mut first = answer(&asked, 0, 10);
    first.messages = vec![hello.clone(), to_mona, to_ben, hostile, oops.clone()];
    first.polls = vec![
        ClassPoll { quiz: true, correct: Some(vec![1]), ..poll(8, "Which?") },
        ClassPoll { for_moderators: true, anonymous: true, ..poll(9, "How was it?") },
    ];
    rooms.say(&first).await;
    let mut sql = school.sql().await;
    until(&mut sql, "SELECT archive_seq = 10 FROM live_sessions WHERE id = $1", &class).await;

    // Everybody in the course reads what was for everybody.
    let chat = ada.get(&format!("/v1/live/{class}/chat")).await;
    let items = chat.body["items"].as_array().unwrap();
    assert_eq!((items.len(), &chat.body["next"]), (3, &Value::Null), "{chat:?}");
    let expected = json!({ "number": 2, "person": ada.id, "name": "Name of 2", "role": "student", "to": "everyone", "to_person": null,
        "text": "Hello", "reply_to": null, "edited_at": null, "pinned": false, "reactions": { "👍": 2 } });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&items[0][name], value, "{name}");
    }
    let since_start = |item: &Value, began: &str| {
        let parse = |text: &str| {
            OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap().unix_timestamp_nanos()
        };
        (parse(item["at"].as_str().unwrap()) - parse(began)).div_euclid(1_000_000)
    };
    let live = ada.get(&format!("/v1/live/{class}")).await;
    let offset = items[0]["offset_ms"].as_i64().unwrap();
    assert!((since_start(&items[0], live.text("/started_at")) - i128::from(offset)).abs() <= 1, "{chat:?}");
    assert_eq!((&items[1]["person"], items[1]["text"].as_str().unwrap().chars().count()), (&Value::Null, 2_000));
    // Tutors read all of it.
    let private = mona.get(&format!("/v1/live/{class}/chat")).await;
    let to: Vec<&str> =
        private.body["items"].as_array().unwrap().iter().map(|item| item["to"].as_str().unwrap()).collect();
    assert_eq!(to, ["everyone", "moderators", "person", "everyone", "everyone"]);
    assert_eq!(
        (private.text("/items/2/to_person"), &private.body["items"][2]["reply_to"]),
        (ben.id.as_str(), &json!(4))
    );
    let polls = ada.get(&format!("/v1/live/{class}/polls")).await;
    assert_eq!(polls.body["items"][0]["tally"], json!({ "votes": [2, 1], "voters": 3 }), "{polls:?}");
    assert_eq!((&polls.body["items"][0]["correct"], &polls.body["items"][1]["tally"]), (&json!([1]), &Value::Null));
    let for_tutors = mona.get(&format!("/v1/live/{class}/polls?limit=1")).await;
    let rest = mona.get(&format!("/v1/live/{class}/polls?limit=1&after={}", for_tutors.text("/next"))).await;
    assert_eq!((rest.text("/items/0/question"), &rest.body["items"][0]["anonymous"]), ("How was it?", &json!(true)));
    assert_eq!((&rest.body["items"][0]["tally"]["voters"], &rest.body["next"]), (&json!(3), &Value::Null));
    for what in ["chat", "polls"] {
        let path = format!("/v1/live/{class}/{what}");
        assert_eq!(eve.get(&path).await.problem(), (404, "not_found"));
        assert_eq!(school.stranger().get(&path).await.status, 401);
        assert_eq!(ada.get(&format!("{path}?after=nonsense")).await.problem(), (422, "invalid"));
    }

    // What changes is changed, what is deleted goes, and what is said again, or late, changes nothing.
    let mut second = answer(&asked, 10, 20);
    second.messages = vec![ClassMessage { text: "Hello!".into(), edited_at_ms: Some(now_ms()), ..hello }];
    second.deleted = vec![DeletedMessage { number: oops.number, at_ms: oops.at_ms }];
    rooms.say(&second).await;
    until(&mut sql, ARCHIVED, &class).await;
    for late in [&first, &second, &answer(&asked, 30, 40)] {
        rooms.say(&ClassReport { ended: true, to: "another node of the school".into(), ..late.clone() }).await;
        rooms.say(late).await;
    }
    rooms.say(&ClassReport { epoch: "0f".into(), ..first.clone() }).await;
    // The room's log was lost: its numbers begin anew, and mean other messages.
    let anew = ClassReport { epoch: "2b".into(), messages: vec![message(2, &ben.id, "Anew")], ..answer(&asked, 0, 3) };
    rooms.say(&anew).await;
    until(&mut sql, "SELECT archive_epoch = '2b' FROM live_sessions WHERE id = $1", &class).await;
    let seen = texts(&mona, &class).await;
    assert_eq!((seen[0].as_str(), seen.len(), seen.last().map(String::as_str)), ("Hello!", 5, Some("Anew")));
    assert_eq!(mona.get(&format!("/v1/live/{class}")).await.text("/state"), "live");
}

#[tokio::test]
async fn an_end_is_asked_for_until_the_room_says_so_be_the_school_restarted_in_between() {
    let (url, shared) = (database(), Shared::new());
    let mut rooms = Rooms::on(&shared.bus).await;
    let school = School::node(config(&url), shared.clone()).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let class = mona.class(&course, "Sums", 0).await;
    mona.with(&class, "start").await;
    let asked = rooms.asked(|inquiry| inquiry.room == class).await;
    let first = ClassReport { messages: vec![message(2, &ada.id, "Hello")], ..answer(&asked, 0, 5) };
    rooms.say(&first).await;
    let mut sql = school.sql().await;
    until(&mut sql, "SELECT archive_seq = 5 FROM live_sessions WHERE id = $1", &class).await;
    mona.with(&class, "end").await;
    let end = |inquiry: &ClassInquiry| inquiry.room == class && inquiry.ends;
    let asked = rooms.asked(end).await;
    assert_eq!((asked.epoch.as_str(), asked.seq, asked.node), ("1a", 5, None));
    let before = asked.from;
    // Nobody answers, and the school goes away.
    let (token, ada) = (mona.token.clone(), ada.id.clone());
    school.server.shutdown().await;
    let school = School::node(config(&url), shared).await;
    let mut mona = school.stranger();
    mona.token = token;
    let end = |inquiry: &ClassInquiry| end(inquiry) && inquiry.from != before;
    let asked = rooms.asked(end).await;
    // Ended, but a tutor could let it go on: it is asked again. Then for good, in two parts.
    let said = ClassReport { ended: true, ..answer(&asked, 5, 6) };
    rooms.say(&said).await;
    let asked = rooms.asked(end).await;
    let said = ClassReport { ended: true, for_good: true, more: true, ..answer(&asked, asked.seq, 8) };
    rooms.say(&ClassReport { messages: vec![message(7, &ada, "Bye")], ..said }).await;
    let asked = rooms.asked(|inquiry| inquiry.room == class && inquiry.reads_log && inquiry.seq == 8).await;
    assert_eq!(asked.node.as_deref(), Some("n"));
    let last = ClassReport { ended: true, for_good: true, ..answer(&asked, 8, 20) };
    rooms.say(&ClassReport { polls: vec![poll(10, "All clear?")], ..last.clone() }).await;
    until(&mut sql, SETTLED, &class).await;
    rooms.say(&last).await;
    assert_eq!(texts(&mona, &class).await, ["Hello", "Bye"]);
    assert_eq!(mona.get(&format!("/v1/live/{class}/polls")).await.text("/items/0/question"), "All clear?");
}

#[tokio::test]
async fn a_class_that_a_tutor_ends_in_its_room_is_over_and_a_room_whose_class_is_gone_ends() {
    let shared = Shared::new();
    let mut rooms = Rooms::on(&shared.bus).await;
    let url = database();
    let school = School::node(config(&url), shared.clone()).await;
    // Both nodes hear it; it ends once.
    let _second = School::node(config(&url), shared).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let (held, gone) = (mona.class(&course, "Sums", 0).await, mona.class(&course, "Products", 0).await);
    for class in [&held, &gone] {
        mona.with(class, "start").await;
    }
    let said =
        ClassReport { room: held.clone(), epoch: "1a".into(), after: 9, seq: 9, ended: true, ..ClassReport::default() };
    for room in [held.as_str(), "of another name", &*Uuid::now_v7().to_string()] {
        rooms.say(&ClassReport { room: room.to_owned(), ..said.clone() }).await;
    }
    let asked = rooms.asked(|inquiry| inquiry.room == held && inquiry.ends).await;
    assert_eq!(mona.get(&format!("/v1/live/{held}")).await.text("/state"), "ended");
    rooms.say(&ClassReport { ended: true, for_good: true, ..answer(&asked, 0, 9) }).await;
    let mut sql = school.sql().await;
    until(&mut sql, SETTLED, &held).await;
    let ended = "SELECT count(*) FROM outbox WHERE kind = 'live.ended'";
    assert_eq!(sqlx::query_scalar::<_, i64>(ended).fetch_one(&mut sql).await.unwrap(), 1);
    // With its course goes a class, and its room is to end all the same.
    assert_eq!(mona.delete(&format!("/v1/courses/{course}")).await.status, 204);
    let asked = rooms.asked(|inquiry| inquiry.room == gone && inquiry.ends).await;
    rooms.say(&ClassReport { ended: true, for_good: true, ..answer(&asked, 0, 4) }).await;
    until(&mut sql, SETTLED, &gone).await;
}
