//! Live classes: their life, who comes in and with what, who was there, calendars.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use lectern_platform::bus::{Bus, InProcess, RedisBus, RedisConfig};
use lectern_platform::class_bus::PresenceEntry;
use lectern_platform::token::Role;
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis};
use prometheus::Registry;
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::school::{Answer, Client, School, Shared, config, database};

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn at(in_minutes: i64) -> String {
    (OffsetDateTime::now_utc() + time::Duration::minutes(in_minutes)).format(&Rfc3339).unwrap()
}

impl Client<'_> {
    /// A class that begins in so many minutes and takes an hour.
    pub(crate) async fn class(&self, course: &str, title: &str, in_minutes: i64) -> String {
        let new = json!({ "title": title, "starts_at": at(in_minutes), "ends_at": at(in_minutes + 60) });
        let answer = self.post(&format!("/v1/courses/{course}/live"), new).await;
        assert_eq!((answer.status.as_u16(), answer.text("/state")), (201, "scheduled"), "{answer:?}");
        answer.text("/id").to_owned()
    }

    /// Does something with a class.
    pub(crate) async fn with(&self, class: &str, what: &str) -> Answer {
        self.post(&format!("/v1/live/{class}/{what}"), json!({})).await
    }
}

/// Waits for Postgres to say something.
pub(crate) async fn until(sql: &mut PgConnection, query: &'static str, class: &str) {
    let wait = async {
        while !sqlx::query_scalar::<_, bool>(query)
            .bind(class.parse::<Uuid>().unwrap())
            .fetch_one(&mut *sql)
            .await
            .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {query}"));
}

async fn change(sql: &mut PgConnection, query: &'static str, class: &str) {
    sqlx::query(query).bind(class.parse::<Uuid>().unwrap()).execute(sql).await.unwrap();
}

/// As the rooms' service writes it, and as often as it takes for the lease to hold.
async fn stay(bus: Arc<dyn Bus>, room: String, people: Vec<(String, Role, i64)>) {
    let entry = |(id, role, since_s): &(String, Role, i64)| {
        let since_ms = (OffsetDateTime::now_utc().unix_timestamp() - since_s).unsigned_abs() * 1_000;
        let entry = PresenceEntry { name: "x".into(), role: *role, since_ms, is_waiting: false };
        (id.clone(), Some(serde_json::to_vec(&entry).unwrap().into()))
    };
    let entries: Vec<_> = people.iter().map(entry).collect();
    loop {
        let _ = bus.write_presence(&room, "node", &entries).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn leave(bus: &dyn Bus, room: &str, people: &[&str]) {
    let changes: Vec<_> = people.iter().map(|person| ((*person).to_owned(), None)).collect();
    bus.write_presence(room, "node", &changes).await.unwrap();
}

const LOOK: &str = "UPDATE live_sessions SET look_at = now() WHERE id = $1";

#[tokio::test]
async fn a_class_is_for_those_in_its_course_and_its_tutors_alone_change_it() {
    let school = School::start().await;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, ben) = (school.student("ada").await, school.student("ben").await);
    let root = school.person("root", "admin").await;
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let class = mona.class(&course, "Sums", 30).await;
    let path = format!("/v1/live/{class}");
    for (who, may_change) in [(&mona, true), (&root, true), (&ada, false)] {
        let seen = who.get(&path).await;
        assert_eq!((seen.status.as_u16(), &seen.body["may_change"]), (200, &json!(may_change)), "{seen:?}");
        assert_eq!(seen.text("/course_title"), "Algebra");
    }
    for who in [&other, &ben] {
        assert_eq!(who.get(&path).await.problem(), (404, "not_found"));
        assert_eq!(who.with(&class, "join").await.problem(), (404, "not_found"));
        assert_eq!(who.get(&format!("/v1/courses/{course}/live")).await.problem(), (403, "enrolment_needed"));
    }
    for what in ["start", "end"] {
        assert_eq!(other.with(&class, what).await.problem(), (404, "not_found"));
        assert_eq!(ada.with(&class, what).await.problem(), (403, "role_not_allowed"));
    }
    assert_eq!(other.delete(&path).await.problem(), (404, "not_found"));
    assert_eq!(other.patch(&path, json!({ "title": "Mine" })).await.problem(), (404, "not_found"));
    assert_eq!(other.get(&format!("{path}/attendance")).await.problem(), (404, "not_found"));
    let new = json!({ "title": "Mine", "starts_at": at(1), "ends_at": at(2) });
    assert_eq!(other.post(&format!("/v1/courses/{course}/live"), new).await.problem(), (404, "not_found"));
    // Who left is a stranger again.
    assert_eq!(ada.delete(&format!("/v1/courses/{course}/enrolment")).await.status, 204);
    assert_eq!(ada.get(&path).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_field() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let (course, another) = (mona.course("Algebra").await, mona.course("Pottery").await);
    let lesson = mona.lesson(&another, "Clay", json!({})).await;
    let path = format!("/v1/courses/{course}/live");
    let good = json!({ "title": "Sums", "starts_at": at(5), "ends_at": at(65) });
    for (field, value) in [
        ("title", json!("")),
        ("title", json!("two\nlines")),
        ("starts_at", json!("1970-01-01T00:00:00Z")),
        ("starts_at", json!("tomorrow")),
        ("starts_at", json!(-1)),
        ("starts_at", json!(at(60 * 24 * 800))),
        ("ends_at", json!(at(4))),
        ("ends_at", json!(at(5 + 12 * 60 + 1))),
        ("lesson", json!(lesson)),
        ("lesson", json!(Uuid::now_v7())),
        ("room", json!("../mine")),
    ] {
        let mut new = good.clone();
        new[field] = value.clone();
        let answer = mona.post(&path, new).await;
        assert_eq!(
            (answer.status.as_u16(), answer.fields()),
            (422, vec![&*format!("/{field}")]),
            "{value}: {answer:?}"
        );
    }
    let class = mona.class(&course, "🎉 Ω", 5).await;
    let one = format!("/v1/live/{class}");
    for (change, field) in [
        (json!({ "ends_at": at(1) }), "/ends_at"),
        (json!({ "starts_at": "1970-01-01T00:00:00Z" }), "/starts_at"),
        (json!({ "lesson": lesson }), "/lesson"),
        (json!({ "state": "live" }), "/state"),
    ] {
        let answer = mona.patch(&one, change.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![field]), "{change}: {answer:?}");
    }
    let own = mona.lesson(&course, "Sums", json!({})).await;
    let changed = mona.patch(&one, json!({ "lesson": own, "starts_at": at(10) })).await;
    assert_eq!(changed.text("/lesson_id"), own);
    assert_eq!(mona.patch(&one, json!({ "lesson": null })).await.body["lesson_id"], Value::Null);
    // A lesson that goes takes no class with it.
    mona.patch(&one, json!({ "lesson": own })).await;
    assert_eq!(mona.delete(&format!("/v1/lessons/{own}")).await.status, 204);
    assert_eq!(mona.get(&one).await.body["lesson_id"], Value::Null);
    mona.patch(&format!("/v1/courses/{course}"), json!({ "state": "archived" })).await;
    assert_eq!(mona.post(&path, good).await.problem(), (409, "course_archived"));
}

#[tokio::test]
async fn a_class_goes_from_scheduled_to_live_to_ended_and_tells() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let class = mona.class(&course, "Sums", 30).await;
    let path = format!("/v1/live/{class}");
    for who in [&mona, &ada] {
        let early = who.with(&class, "join").await;
        assert_eq!(early.problem(), (409, "class_not_live"));
        assert_eq!(early.body["starts_at"], mona.get(&path).await.body["starts_at"]);
    }
    assert_eq!(mona.with(&class, "end").await.problem(), (409, "class_not_live"));
    let started = mona.with(&class, "start").await;
    assert_eq!((started.text("/state"), started.body["started_at"].is_string()), ("live", true));
    // Twice is once.
    assert_eq!(mona.with(&class, "start").await.body["started_at"], started.body["started_at"]);
    assert_eq!(mona.delete(&path).await.problem(), (409, "class_is_live"));
    assert_eq!(mona.patch(&path, json!({ "starts_at": at(50) })).await.problem(), (409, "class_is_live"));
    assert_eq!(mona.patch(&path, json!({ "ends_at": at(120) })).await.status, 200);
    assert_eq!(ada.with(&class, "join").await.status, 200);
    let ended = mona.with(&class, "end").await;
    assert_eq!((ended.text("/state"), ended.body["ended_at"].is_string()), ("ended", true));
    assert_eq!(mona.with(&class, "end").await.body, ended.body);
    for answer in [
        mona.with(&class, "start").await,
        mona.with(&class, "join").await,
        ada.with(&class, "join").await,
        mona.delete(&path).await,
        mona.patch(&path, json!({ "title": "Sums!" })).await,
    ] {
        assert_eq!(answer.problem(), (409, "class_over"));
    }
    let another = mona.class(&course, "Products", 30).await;
    for _ in 0..2 {
        assert_eq!(mona.delete(&format!("/v1/live/{another}")).await.status, 204);
    }
    assert_eq!(mona.with(&another, "start").await.problem(), (409, "class_over"));
    let kinds =
        "SELECT kind FROM outbox WHERE kind LIKE 'live.%' AND audience = 'course' AND course_id = $1::uuid ORDER BY id";
    let kinds: Vec<String> = sqlx::query_scalar(kinds).bind(&course).fetch_all(&mut school.sql().await).await.unwrap();
    assert_eq!(
        kinds,
        ["live.scheduled", "live.started", "live.scheduled", "live.ended", "live.scheduled", "live.cancelled"]
    );
}

#[tokio::test]
async fn lists_are_paged_by_time_and_cancelled_classes_stay_until_their_end() {
    let school = School::start().await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let mut classes = Vec::new();
    for (title, in_minutes) in [("c", 30), ("a", 10), ("b", 20), ("d", 40)] {
        classes.push(mona.class(&course, title, in_minutes).await);
    }
    mona.delete(&format!("/v1/live/{}", classes[2])).await;
    mona.with(&classes[1], "start").await;
    mona.with(&classes[1], "end").await;
    mona.with(&classes[0], "start").await;
    let titles = async |query: &str| {
        let (mut titles, mut path) = (Vec::new(), format!("/v1/courses/{course}/live?limit=2{query}"));
        loop {
            let page = mona.get(&path).await;
            let items = page.body["items"].as_array().unwrap_or_else(|| panic!("{page:?}"));
            titles.extend(items.iter().map(|item| item["title"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next"].as_str() else { break titles };
            path = format!("/v1/courses/{course}/live?limit=2{query}&after={next}");
        }
    };
    assert_eq!(titles("").await, ["b", "c", "d"]);
    assert_eq!(titles("&when=past").await, ["a"]);
    let mut sql = school.sql().await;
    change(
        &mut sql,
        "UPDATE live_sessions SET starts_at = now() - interval '2 h', ends_at = now() - interval '1 h' WHERE id = $1",
        &classes[2],
    )
    .await;
    assert_eq!(titles("&when=past").await, ["a", "b"]);
    assert_eq!(mona.get(&format!("/v1/courses/{course}/live?when=never")).await.problem(), (422, "invalid"));
}

#[tokio::test]
async fn a_ticket_is_for_one_room_in_ones_role_and_expires() {
    let mut config = config(&database());
    config.live.media_url = "https://media.school.example".to_owned();
    config.live.stun_urls = vec!["stun:stun.school.example".to_owned()];
    config.live.turn_urls = vec!["turns:turn.school.example:443?transport=tcp".to_owned()];
    config.live.turn_secret = "north-sea-and-south".to_owned();
    let shared = Shared::new();
    let verifier = shared.signer.verifier();
    let school = School::node(config, shared).await;
    let (mona, root) = (school.person("mona", "tutor").await, school.person("root", "admin").await);
    let ada = school.student("ada").await;
    change(&mut school.sql().await, "UPDATE people SET name = repeat('€', 80) WHERE id = $1", &ada.id).await;
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let class = mona.class(&course, "../../etc <b>", 0).await;
    mona.with(&class, "start").await;
    for (who, role, publishes) in
        [(&mona, Role::Tutor, true), (&root, Role::Admin, false), (&ada, Role::Student, false)]
    {
        let ticket = who.with(&class, "join").await;
        let claims = verifier.verify(ticket.text("/token")).unwrap();
        assert_eq!((claims.room.as_str(), claims.sub.as_str(), claims.role), (ticket.text("/room"), &*who.id, role));
        assert_eq!((claims.may_publish("camera"), claims.may_publish("screen")), (publishes, publishes));
        assert!(!claims.may_publish("stage/1"));
        // An hour, and half an hour more.
        let lifetime = claims.exp - claims.iat;
        assert!((5_390..=5_400).contains(&lifetime), "{lifetime}");
        assert_eq!(ticket.body["whip"].is_object(), publishes);
        let media = format!("https://media.school.example/v1/rooms/{class}");
        assert_eq!(ticket.text("/whep"), format!("{media}/whep"));
        assert_eq!(ticket.text("/websocket"), format!("/v1/rooms/{class}/ws"));
        if publishes {
            assert_eq!(ticket.text("/whip/camera"), format!("{media}/whip/camera"));
            assert_eq!(ticket.text("/whip/screen"), format!("{media}/whip/screen"));
        }
        assert_eq!(ticket.body["ice_servers"][0], json!({ "urls": ["stun:stun.school.example"] }));
        let (expires, person) = ticket.text("/ice_servers/1/username").split_once(':').unwrap();
        assert_eq!(person, who.id);
        let left = expires.parse::<i64>().unwrap() - OffsetDateTime::now_utc().unix_timestamp();
        assert!((21_590..=25_200).contains(&left), "{left}");
        assert_eq!(ticket.text("/ice_servers/1/credential").len(), 28);
        assert!(!ticket.body.to_string().contains("north-sea"));
    }
}

#[tokio::test]
async fn attendance_is_who_was_in_the_room() {
    let shared = Shared { bus: Arc::new(InProcess::new()), ..Shared::new() };
    let bus = Arc::clone(&shared.bus);
    let url = database();
    // Two nodes that look: nobody is counted twice.
    let school = School::node(config(&url), shared.clone()).await;
    let _second = School::node(config(&url), shared).await;
    let mona = school.person("mona", "tutor").await;
    let (ada, ben, eve) = (school.student("ada").await, school.student("ben").await, school.student("eve").await);
    let course = mona.course("Algebra").await;
    for student in [&ada, &ben, &eve] {
        student.enrol(&course).await;
    }
    let class = mona.class(&course, "Sums", 0).await;
    mona.with(&class, "start").await;
    let mut sql = school.sql().await;
    change(&mut sql, "UPDATE live_sessions SET started_at = now() - interval '10 min' WHERE id = $1", &class).await;
    let people = vec![
        (mona.id.clone(), Role::Tutor, 300),
        (ada.id.clone(), Role::Student, 200),
        // Long before the class: from its beginning on.
        (ben.id.clone(), Role::Student, 7_200),
        ("somebody".to_owned(), Role::Student, 1),
        (Uuid::now_v7().to_string(), Role::Student, 1),
    ];
    let staying = tokio::spawn(stay(Arc::clone(&bus), class.clone(), people));
    until(&mut sql, "SELECT count(*) = 3 FROM live_attendance WHERE live_id = $1", &class).await;
    staying.abort();
    let attendance = format!("/v1/live/{class}/attendance");
    let seen = mona.get(&attendance).await;
    let items = seen.body["items"].as_array().unwrap();
    assert_eq!(items.iter().map(|item| item["name"].as_str().unwrap()).collect::<Vec<_>>(), ["ben", "ada"]);
    assert_eq!(items[0]["left_at"], Value::Null);
    let seconds = |item: &Value| item["seconds"].as_i64().unwrap();
    assert!((590..=660).contains(&seconds(&items[0])), "{seen:?}");
    assert!((190..=260).contains(&seconds(&items[1])), "{seen:?}");
    // Ada leaves, and is back at once: she lost a connection. Ben leaves, and is back two minutes later.
    leave(&*bus, &class, &[&ada.id, &ben.id]).await;
    change(&mut sql, LOOK, &class).await;
    until(&mut sql, "SELECT count(*) = 2 FROM live_attendance WHERE live_id = $1 AND left_at IS NOT NULL", &class)
        .await;
    assert!(mona.get(&attendance).await.body["items"][0]["left_at"].is_string());
    change(&mut sql, "UPDATE live_attendance SET left_at = left_at - interval '2 min' WHERE live_id = $1 AND left_at IS NOT NULL AND joined_at < now() - interval '500 s'", &class).await;
    let back = vec![
        (mona.id.clone(), Role::Tutor, 300),
        (ada.id.clone(), Role::Student, 0),
        (ben.id.clone(), Role::Student, 0),
    ];
    let staying = tokio::spawn(stay(Arc::clone(&bus), class.clone(), back));
    until(&mut sql, "SELECT count(*) = 4 AND count(left_at) = 1 FROM live_attendance WHERE live_id = $1", &class).await;
    let paged = mona.get(&format!("{attendance}?limit=1")).await;
    assert_eq!((paged.text("/items/0/name"), paged.body["items"].as_array().unwrap().len()), ("ben", 1));
    let paged = mona.get(&format!("{attendance}?limit=1&after={}", paged.text("/next"))).await;
    assert_eq!((paged.text("/items/0/name"), &paged.body["next"]), ("ada", &Value::Null));
    // The end is everybody's.
    mona.with(&class, "end").await;
    staying.abort();
    let seen = mona.get(&attendance).await;
    assert!(seen.body["items"].as_array().unwrap().iter().all(|item| item["left_at"].is_string()), "{seen:?}");
    assert_eq!(seen.body["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_bus_is_away_nobody_has_left() {
    let redis = Redis::start(Memory::None);
    let proxy = Proxy::start(redis.address()).await;
    let node = async |address| {
        let config = RedisConfig::single(format!("redis://{address}"));
        Arc::new(RedisBus::start(&config, &Registry::new()).await.unwrap())
    };
    let (schools, rooms) = (node(proxy.address()).await, node(redis.address()).await);
    let school = School::node(config(&database()), Shared { bus: schools, ..Shared::new() }).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let class = mona.class(&course, "Sums", 0).await;
    mona.with(&class, "start").await;
    let mut sql = school.sql().await;
    let people = vec![(mona.id.clone(), Role::Tutor, 0), (ada.id.clone(), Role::Student, 0)];
    let staying = tokio::spawn(stay(rooms, class.clone(), people));
    until(&mut sql, "SELECT count(*) = 2 FROM live_attendance WHERE live_id = $1", &class).await;
    proxy.cut();
    // Two turns were taken, and nothing was seen.
    for _ in 0..2 {
        change(&mut sql, LOOK, &class).await;
        until(&mut sql, "SELECT look_at > now() FROM live_sessions WHERE id = $1", &class).await;
    }
    // Long past its end, and no tutor to be seen: it goes on.
    let past = "UPDATE live_sessions SET starts_at = now() - interval '9 h', ends_at = now() - interval '8 h', started_at = now() - interval '9 h', tutor_seen_at = now() - interval '8 h', look_at = now() WHERE id = $1";
    change(&mut sql, past, &class).await;
    until(&mut sql, "SELECT look_at > now() FROM live_sessions WHERE id = $1", &class).await;
    assert_eq!(mona.get(&format!("/v1/live/{class}")).await.text("/state"), "live");
    proxy.heal();
    until(&mut sql, "SELECT tutor_seen_at > now() - interval '1 h' FROM live_sessions WHERE id = $1", &class).await;
    let intervals = sqlx::query_as::<_, (i64, i64)>(
        "SELECT count(*), count(left_at) FROM live_attendance WHERE live_id = $1::uuid",
    );
    assert_eq!(intervals.bind(&class).fetch_one(&mut sql).await.unwrap(), (2, 0));
    staying.abort();
}

#[tokio::test]
async fn a_class_that_everybody_forgot_ends_by_itself() {
    let shared = Shared::new();
    let bus = Arc::clone(&shared.bus);
    let school = School::node(config(&database()), shared).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let (held, missed) = (mona.class(&course, "Sums", 0).await, mona.class(&course, "Products", 0).await);
    mona.with(&held, "start").await;
    let mut sql = school.sql().await;
    let students = tokio::spawn(stay(Arc::clone(&bus), held.clone(), vec![(ada.id.clone(), Role::Student, 0)]));
    until(&mut sql, "SELECT count(*) = 1 FROM live_attendance WHERE live_id = $1", &held).await;
    // Two hours and a minute after its time; but a tutor was there an hour ago.
    let past = "UPDATE live_sessions SET starts_at = now() - interval '4 h', ends_at = now() - interval '121 min', started_at = CASE WHEN state = 'live' THEN now() - interval '4 h' END, tutor_seen_at = now() - interval '1 h', look_at = CASE WHEN state = 'live' THEN now() END, looked_at = CASE WHEN state = 'live' THEN now() END WHERE id = $1";
    change(&mut sql, past, &held).await;
    until(
        &mut sql,
        "SELECT looked_at > now() - interval '1 s' AND look_at > now() FROM live_sessions WHERE id = $1",
        &held,
    )
    .await;
    assert_eq!(mona.get(&format!("/v1/live/{held}")).await.text("/state"), "live");
    change(&mut sql, "UPDATE live_sessions SET tutor_seen_at = NULL, look_at = now() WHERE id = $1", &held).await;
    until(&mut sql, "SELECT state = 'ended' FROM live_sessions WHERE id = $1", &held).await;
    students.abort();
    assert!(mona.get(&format!("/v1/live/{held}/attendance")).await.body["items"][0]["left_at"].is_string());
    change(&mut sql, past, &missed).await;
    until(&mut sql, "SELECT state = 'cancelled' FROM live_sessions WHERE id = $1", &missed).await;
    let kinds = "SELECT kind FROM outbox WHERE kind IN ('live.ended', 'live.cancelled') ORDER BY id";
    assert_eq!(
        sqlx::query_scalar::<_, String>(kinds).fetch_all(&mut sql).await.unwrap(),
        ["live.ended", "live.cancelled"]
    );
}

/// What is at a calendar's address.
async fn calendar(school: &School, url: &str) -> (u16, String) {
    let path = url.strip_prefix("http://127.0.0.1:8080").unwrap_or_else(|| panic!("{url}"));
    let answer = school.send(Request::get(path).body(Body::empty()).unwrap()).await;
    if answer.status == 200 {
        assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    }
    (answer.status.as_u16(), answer.raw)
}

#[tokio::test]
async fn what_is_live_is_in_the_calendar_before_its_time_and_after() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let sums = mona.class(&course, "Sums", 60).await;
    mona.class(&course, "Products", 120).await;
    let count = async |query: &str| {
        let answer = ada.get(&format!("/v1/me/calendar{query}")).await;
        answer.body["items"].as_array().unwrap_or_else(|| panic!("{answer:?}")).len()
    };
    assert_eq!((count("").await, count("?live=true").await), (2, 0));
    assert_eq!(mona.with(&sums, "start").await.status, 200);
    assert_eq!((count("").await, count("?live=true").await), (2, 1));
    let late = "UPDATE live_sessions SET starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' \
                WHERE id = $1";
    change(&mut school.sql().await, late, &sums).await;
    assert_eq!((count("").await, count("?live=true").await), (2, 1));
    assert_eq!(mona.with(&sums, "end").await.status, 200);
    assert_eq!((count("").await, count("?live=false").await, count("?live=true").await), (1, 1, 0));
    assert_eq!(ada.get("/v1/me/calendar?live=perhaps").await.problem(), (422, "invalid"));
}

#[tokio::test]
async fn calendars_show_the_classes_of_ones_courses_and_an_old_address_is_void() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let (course, other) = (mona.course("Algebra").await, mona.course("Pottery").await);
    ada.enrol(&course).await;
    let (sums, products) =
        (mona.class(&course, "Sums", 60).await, mona.class(&course, "Products", 60 * 24 * 100).await);
    mona.class(&other, "Clay", 30).await;
    let titles = async |who: &Client<'_>, query: &str| -> Vec<String> {
        let answer = who.get(&format!("/v1/me/calendar{query}")).await;
        let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&ada, "").await, ["Sums"]);
    assert_eq!(titles(&mona, "").await, ["Clay", "Sums"]);
    assert_eq!(titles(&ada, &format!("?until={}", at(60 * 24 * 200))).await, ["Sums", "Products"]);
    assert_eq!(titles(&ada, &format!("?from={}", at(60 * 24 * 50))).await, ["Products"]);
    for query in [format!("?until={}", at(-1)), format!("?until={}", at(60 * 24 * 401)), "?from=now".to_owned()] {
        assert_eq!(ada.get(&format!("/v1/me/calendar{query}")).await.problem(), (422, "invalid"), "{query}");
    }
    let address = ada.post("/v1/me/calendar_address", json!({})).await;
    assert_eq!(address.status, 201);
    let (status, shown) = calendar(&school, address.text("/url")).await;
    assert_eq!((status, shown.matches("BEGIN:VEVENT").count()), (200, 2), "{shown}");
    assert!(shown.contains("SUMMARY:Algebra: Sums\r\n") && !shown.contains("Clay"), "{shown}");
    assert!(shown.contains(&format!("UID:{sums}\r\n")) && shown.contains("SEQUENCE:0\r\n"), "{shown}");
    mona.patch(&format!("/v1/live/{sums}"), json!({ "title": "All sums" })).await;
    mona.delete(&format!("/v1/live/{products}")).await;
    let (_, shown) = calendar(&school, address.text("/url")).await;
    assert!(shown.contains("SUMMARY:Algebra: All sums\r\n") && shown.contains("SEQUENCE:1\r\n"), "{shown}");
    assert!(shown.contains("STATUS:CANCELLED\r\n"), "{shown}");
    // The secret is not kept, and one takes the other's place.
    let secret = address.text("/url").rsplit('/').next().unwrap().to_owned();
    let row = "SELECT calendar_addresses::text FROM calendar_addresses";
    let row: String = sqlx::query_scalar(row).fetch_one(&mut school.sql().await).await.unwrap();
    assert!(!row.contains(&secret));
    let renewed = ada.post("/v1/me/calendar_address", json!({})).await;
    assert_eq!(calendar(&school, address.text("/url")).await.0, 404);
    assert_eq!(calendar(&school, renewed.text("/url")).await.0, 200);
    assert_eq!(calendar(&school, "http://127.0.0.1:8080/v1/calendar/guess").await.0, 404);
    assert_eq!(calendar(&school, "http://127.0.0.1:8080/v1/calendar/%FF").await.0, 404);
    let mut sql = school.sql().await;
    change(&mut sql, "UPDATE people SET suspended_at = now() WHERE id = $1", &ada.id).await;
    assert_eq!(calendar(&school, renewed.text("/url")).await.0, 404);
}
