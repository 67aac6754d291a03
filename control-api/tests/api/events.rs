//! Events: who learns of what, in which order, over two nodes, and what happens when something is lost.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use lectern_platform::http;
use lectern_platform::token::{Role, SessionClaims};
use lectern_testing::redis::{Memory, Redis};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::school::{Client, School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event as it came.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    id: Option<i64>,
    kind: String,
    data: Value,
}

/// An open stream.
pub(crate) struct Page {
    body: BodyDataStream,
    text: String,
    /// The last id that came, with an event or alone.
    last: i64,
}

impl Page {
    pub(crate) async fn open(school: &School, person: &Client<'_>, last: Option<i64>) -> Self {
        let mut request = Request::get("/v1/events");
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token.as_ref().unwrap()));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let answer = school.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut page = Self { body: answer.into_body().into_data_stream(), text: String::new(), last: -1 };
        // The id to begin with comes first of all.
        while page.last < 0 {
            assert!(page.read().await, "the stream ended at once");
            page.take_bare();
        }
        page
    }

    /// Reads on; `false` at the end.
    async fn read(&mut self) -> bool {
        let Some(bytes) = timeout(PATIENCE, self.body.next()).await.expect("something in time") else { return false };
        self.text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        true
    }

    /// Takes what is no event.
    fn take_bare(&mut self) {
        while let Some((block, rest)) = self.text.split_once("\n\n") {
            if block.contains("data:") {
                return;
            }
            if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id: ")) {
                self.last = id.parse().unwrap();
            }
            self.text = rest.to_owned();
        }
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        timeout(PATIENCE, self.wait()).await.expect("an event in time")
    }

    async fn wait(&mut self) -> Option<Told> {
        loop {
            self.take_bare();
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let told = Told {
                    id: field("id: ").map(|id| id.parse().unwrap()),
                    kind: field("event: ").unwrap(),
                    data: serde_json::from_str(&field("data: ").unwrap()).unwrap(),
                };
                self.text = rest.to_owned();
                self.last = told.id.unwrap_or(self.last);
                return Some(told);
            }
            if !self.read().await {
                return None;
            }
        }
    }

    /// The next event of a kind, and all that came before it.
    async fn until(&mut self, kind: &str) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let told = self.next().await.unwrap_or_else(|| panic!("ended before {kind}, after {all:?}"));
            all.push(told);
            if all.last().unwrap().kind == kind {
                return all;
            }
        }
    }

    pub(crate) async fn told(&mut self, kind: &str) -> Value {
        self.until(kind).await.pop().unwrap().data
    }
}

/// Two nodes of one school on one database, each with connections of its own to Redis.
async fn two_nodes(redis: &Redis) -> (School, School) {
    let (url, like) = (database(), Shared::new());
    (
        School::node(config(&url), like.over(redis.address()).await).await,
        School::node(config(&url), like.over(redis.address()).await).await,
    )
}

async fn score(school: &School, sql: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut school.sql().await).await.unwrap()
}

/// Waits until a count in the database is what it should be.
async fn until_count(school: &School, query: &str, wanted: i64) {
    let start = Instant::now();
    while score(school, query).await != wanted {
        assert!(start.elapsed() < PATIENCE, "{query} is not {wanted} in time");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const UNSENT: &str = "SELECT count(*) FROM outbox WHERE sent_at IS NULL";

#[tokio::test]
async fn everybody_learns_what_concerns_them_and_nobody_anything_else() {
    let school = School::start().await;
    let (mona, tom) = (school.person("mona", "tutor").await, school.person("tom", "tutor").await);
    let (ada, bob, eve) = (school.student("ada").await, school.student("bob").await, school.student("eve").await);
    let (course, other) = (mona.course("Algebra").await, tom.course("Botany").await);
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 100 })).await;
    bob.enrol(&course).await;
    until_count(&school, UNSENT, 0).await;
    let mut pages = Vec::new();
    for person in [&mona, &tom, &ada, &bob, &eve] {
        pages.push(Page::open(&school, person, None).await);
    }
    ada.enrol(&course).await;
    ada.post(&format!("/v1/lessons/{lesson}/done"), json!({})).await;
    mona.patch(&format!("/v1/courses/{course}"), json!({ "title": "Algebra I" })).await;
    ada.delete(&format!("/v1/courses/{course}/enrolment")).await;
    mona.patch(&format!("/v1/courses/{course}"), json!({ "title": "Algebra II" })).await;
    // A last one for each, which they do hear.
    for person in [&ada, &bob, &eve] {
        person.enrol(&other).await;
    }
    mona.lesson(&course, "two", json!({})).await;
    let ada_in = |kind: &str| (kind.to_owned(), Some(ada.id.clone()), course.clone());
    let changed = ("course.changed".to_owned(), None, course.clone());
    let full: Vec<_> = vec![
        ada_in("enrolment.started"),
        ada_in("lesson.completed"),
        changed.clone(),
        ada_in("enrolment.ended"),
        changed.clone(),
        changed.clone(),
    ];
    let enrolled = |who: &Client<'_>| ("enrolment.started".to_owned(), Some(who.id.clone()), other.clone());
    let expected = [
        full.clone(),
        vec![enrolled(&ada), enrolled(&bob), enrolled(&eve)],
        [&full[..4], &[enrolled(&ada)]].concat(),
        vec![changed.clone(), changed.clone(), enrolled(&bob), changed.clone()],
        vec![enrolled(&eve)],
    ];
    for (page, expected) in pages.iter_mut().zip(expected) {
        let mut got = Vec::new();
        for _ in &expected {
            let told = page.next().await.unwrap();
            let text = |name: &str| told.data[name].as_str().map(str::to_owned);
            assert_eq!(told.data["kind"], told.kind);
            got.push((told.kind.clone(), text("person"), text("course").unwrap()));
        }
        assert_eq!(got, expected);
    }
    // Nobody has got more, be it late: the outbox is empty, and what was in it was delivered before it was marked.
    until_count(&school, UNSENT, 0).await;
    for page in &mut pages {
        assert!(timeout(Duration::from_millis(50), page.body.next()).await.is_err(), "more than was theirs");
    }
}

#[tokio::test]
async fn a_tutor_hears_of_a_course_for_as_long_as_it_is_theirs() {
    let school = School::start().await;
    let (mona, tom) = (school.person("mona", "tutor").await, school.person("tom", "tutor").await);
    let course = mona.course("Algebra").await;
    let mut page = Page::open(&school, &tom, None).await;
    let path = format!("/v1/courses/{course}/tutors");
    mona.post(&path, json!({ "email": "tom@school.example" })).await;
    assert_eq!(page.told("tutor.added").await["course"], course);
    let ada = school.student("ada").await;
    ada.enrol(&course).await;
    assert_eq!(page.told("enrolment.started").await["person"], ada.id);
    mona.delete(&format!("{path}/{}", tom.id)).await;
    page.told("tutor.removed").await;
    school.student("bob").await.enrol(&course).await;
    tom.course("Botany").await;
    let own = page.next().await.unwrap();
    assert_ne!(own.data["course"], course, "{own:?}");
}

#[tokio::test]
async fn who_was_away_gets_what_they_missed() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let (course, other) = (mona.course("Algebra").await, mona.course("Botany").await);
    let mut page = Page::open(&school, &ada, None).await;
    ada.enrol(&course).await;
    page.told("enrolment.started").await;
    let last = page.last;
    drop(page);
    mona.lesson(&course, "one", json!({})).await;
    mona.lesson(&other, "hidden from ada", json!({})).await;
    ada.enrol(&other).await;
    let mut again = Page::open(&school, &ada, Some(last)).await;
    // With an overlap: what is known already may come again, but what is new comes, and nothing that was not hers then.
    let mut seen = HashSet::from([last]);
    let mut news = Vec::new();
    while news.last() != Some(&("enrolment.started".to_owned(), other.clone())) {
        let told = again.next().await.unwrap();
        if seen.insert(told.id.unwrap()) && told.id.unwrap() > last {
            news.push((told.kind.clone(), told.data["course"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(news[0], ("course.changed".to_owned(), course.clone()));
    // The query does as the header for who cannot send that.
    let path = format!("/v1/events?last_event_id={last}");
    assert_eq!(Page::open(&school, &ada, Some(again.last)).await.last, again.last);
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", ada.token.as_ref().unwrap()));
    let answer = school.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_missed_more_than_is_kept_is_told_to_load_anew() {
    let school = School::start().await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    for last in [999_999, i64::MAX] {
        assert_eq!(Page::open(&school, &ada, Some(last)).await.told("resync").await, json!({}));
    }
    let page = Page::open(&school, &ada, None).await;
    let last = page.last;
    drop(page);
    let many = format!(
        "INSERT INTO outbox (course_id, audience, kind, event)
         SELECT '{course}', 'course', 'course.changed', '{{}}' FROM generate_series(1, 501)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(many)).execute(&mut school.sql().await).await.unwrap();
    let mut again = Page::open(&school, &ada, Some(last)).await;
    assert_eq!(again.next().await.unwrap().kind, "resync");
    assert_eq!(again.last, last + 501, "and goes on from there");
}

#[tokio::test]
async fn a_sixth_stream_ends_the_oldest_and_one_beyond_the_nodes_is_refused() {
    let mut config = config(&database());
    config.events.streams_max = 6;
    let school = School::with(config).await;
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let mut pages = Vec::new();
    for _ in 0..6 {
        pages.push(Page::open(&school, &ada, None).await);
    }
    assert_eq!(pages[0].next().await, None);
    pages.push(Page::open(&school, &bob, None).await);
    assert_eq!(bob.get("/v1/events").await.problem(), (503, "too_many_streams"));
    pages.pop();
    drop(Page::open(&school, &bob, None).await);
    school.server.drain();
    assert_eq!(pages.last_mut().unwrap().next().await, None, "who goes away lets its clients go");
    assert_eq!(bob.get("/v1/events").await.problem(), (503, "too_many_streams"));
    assert_eq!(school.stranger().get("/v1/events").await.status, 401);
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let mut config = config(&database());
    config.sessions.access_s = 1;
    let school = School::with(config).await;
    let ada = school.student("ada").await;
    let mut page = Page::open(&school, &ada, None).await;
    assert_eq!(page.next().await, None);
}

#[tokio::test]
async fn a_stream_ends_at_once_with_its_session_another_role_or_a_suspension() {
    let (url, shared) = (database(), Shared::new());
    let here = School::node(config(&url), shared.clone()).await;
    let there = School::node(config(&url), shared).await;
    let (root, bob) = (here.person("root", "admin").await, here.student("bob").await);
    let mut bystander = Page::open(&there, &bob, None).await;
    for (name, change) in
        [("ada", None), ("mona", Some(json!({ "role": "tutor" }))), ("eve", Some(json!({ "suspended": true })))]
    {
        let person = here.student(name).await;
        let mut page = Page::open(&there, &person, None).await;
        let answer = match change {
            Some(change) => root.patch(&format!("/v1/people/{}", person.id), change).await,
            None => person.delete("/v1/session").await,
        };
        assert!(answer.status.is_success(), "{answer:?}");
        assert_eq!(page.next().await, None, "{name}");
    }
    assert!(timeout(Duration::from_millis(50), bystander.body.next()).await.is_err(), "nobody else's");
}

#[tokio::test]
async fn progress_moves_open_pages_of_the_student_and_the_tutors_alone() {
    let school = School::start().await;
    let (mona, tom) = (school.person("mona", "tutor").await, school.person("tom", "tutor").await);
    let (ada, bob) = (school.student("ada").await, school.student("bob").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 1_000 })).await;
    for student in [&ada, &bob] {
        student.enrol(&course).await;
    }
    until_count(&school, UNSENT, 0).await;
    let mut pages = Vec::new();
    for person in [&ada, &mona, &bob, &tom] {
        pages.push(Page::open(&school, person, None).await);
    }
    ada.watch(&lesson, 0, 50, 1).await;
    ada.watch(&lesson, 50, 55, 2).await;
    ada.watch(&lesson, 55, 60, 3).await;
    for page in &mut pages[..2] {
        for seconds in [50, 60] {
            let moved = page.next().await.unwrap();
            let expected = json!({ "kind": "progress.moved", "person": ada.id, "course": course, "lesson": lesson,
                                   "position_s": seconds, "watched_s": seconds, "video_s": 1_000 });
            assert_eq!((moved.id, moved.data), (None, expected));
        }
    }
    for page in &mut pages[2..] {
        assert!(timeout(Duration::from_millis(50), page.body.next()).await.is_err(), "it is not theirs");
    }
}

#[tokio::test]
async fn events_cross_nodes_in_order_and_the_stream_for_other_systems_has_them() {
    let redis = Redis::start(Memory::None);
    let (a, b) = two_nodes(&redis).await;
    let (mona, ada) = (a.person("mona", "tutor").await, a.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    until_count(&a, UNSENT, 0).await;
    let (mut here, mut there) = (Page::open(&a, &ada, None).await, Page::open(&b, &ada, None).await);
    let mut times = Vec::new();
    for n in 0..100 {
        let node = if n % 2 == 0 { &a } else { &b };
        let start = Instant::now();
        let title = json!({ "title": format!("Algebra {n}") });
        mona.at(node).patch(&format!("/v1/courses/{course}"), title).await;
        let (one, other) = (here.next().await.unwrap(), there.next().await.unwrap());
        times.push(start.elapsed());
        assert_eq!((one.kind.as_str(), &one), ("course.changed", &other));
    }
    times.sort();
    println!("from the request to both streams: {:?} at p50, {:?} at p99", times[50], times[98]);
    for n in 0..30 {
        mona.patch(&format!("/v1/courses/{course}"), json!({ "title": format!("Algebra {n}") })).await;
    }
    let mut ids = Vec::new();
    for _ in 0..30 {
        ids.push((here.next().await.unwrap().id, there.next().await.unwrap().id));
    }
    assert!(ids.is_sorted() && ids.iter().all(|(one, other)| one == other), "{ids:?}");
    until_count(&a, UNSENT, 0).await;
    let keys = redis.ask(&["KEYS", "*school.events*"]).unwrap();
    let length: i64 = redis.ask(&["XLEN", keys.trim()]).unwrap().parse().unwrap();
    assert_eq!(length, score(&a, "SELECT count(*) FROM outbox").await);
}

#[tokio::test]
async fn without_redis_people_learn_at_once_and_the_rest_follows() {
    let mut redis = Redis::start(Memory::None);
    let (a, b) = two_nodes(&redis).await;
    let (mona, ada) = (a.person("mona", "tutor").await, a.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    until_count(&a, UNSENT, 0).await;
    let (mut here, mut there) = (Page::open(&a, &ada, None).await, Page::open(&b, &ada, None).await);
    redis.kill();
    let lesson = mona.lesson(&course, "one", json!({})).await;
    ada.post(&format!("/v1/lessons/{lesson}/done"), json!({})).await;
    for page in [&mut here, &mut there] {
        let kinds: Vec<_> = page.until("lesson.completed").await.into_iter().map(|told| told.kind).collect();
        assert_eq!(kinds, ["course.changed", "lesson.completed"]);
    }
    assert_eq!(score(&a, UNSENT).await, 2, "it waits for the bus");
    redis.restart();
    until_count(&a, UNSENT, 0).await;
    mona.lesson(&course, "two", json!({})).await;
    for page in [&mut here, &mut there] {
        let told = page.next().await.unwrap();
        assert_eq!(told.kind, "course.changed", "and what they know does not come again");
        assert!(timeout(Duration::from_millis(50), page.body.next()).await.is_err());
    }
}

#[tokio::test]
async fn what_a_killed_node_took_another_hands_on() {
    let redis = Redis::start(Memory::None);
    let (a, b) = two_nodes(&redis).await;
    let (mona, ada) = (b.person("mona", "tutor").await, b.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    until_count(&b, UNSENT, 0).await;
    let mut page = Page::open(&b, &ada, None).await;
    // It hangs in the middle of handing on, and is killed there.
    redis.pause();
    mona.lesson(&course, "one", json!({})).await;
    drop(a);
    redis.resume();
    page.told("course.changed").await;
    until_count(&b, UNSENT, 0).await;
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_holds_nobody_up() {
    let school = School::start().await;
    let (mona, ada, bob) =
        (school.person("mona", "tutor").await, school.student("ada").await, school.student("bob").await);
    let course = mona.course("Algebra").await;
    for student in [&ada, &bob] {
        student.enrol(&course).await;
    }
    until_count(&school, UNSENT, 0).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(http::serve(listener, school.router(), 8, std::future::pending()));
    let mut slow = TcpStream::connect(address).await.unwrap();
    let token = ada.token.as_ref().unwrap();
    let request = format!("GET /v1/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 1];
    slow.read_exact(&mut head).await.unwrap();
    let mut page = Page::open(&school, &bob, None).await;
    // More than the kernel's buffers hold for her.
    let padding = "x".repeat(60_000);
    let mut sql = school.sql().await;
    for n in 0..400 {
        let event = json!({ "kind": "course.changed", "course": course, "padding": padding, "n": n });
        sqlx::query(
            "INSERT INTO outbox (course_id, audience, kind, event) VALUES ($1, 'course', 'course.changed', $2)",
        )
        .bind(course.parse::<Uuid>().unwrap())
        .bind(event)
        .execute(&mut sql)
        .await
        .unwrap();
        assert_eq!(page.told("course.changed").await["n"], n);
    }
    // What was under way comes still; then the connection is over, in whichever way.
    let mut sink = vec![0; 1 << 16];
    let mut bytes = 0;
    let over = async {
        while let Ok(count) = slow.read(&mut sink).await {
            bytes += count;
            if count == 0 {
                break;
            }
        }
    };
    timeout(PATIENCE, over).await.expect("cut off");
    assert!(bytes < 400 * 60_000, "she has not got everything");
    serving.abort();
}

/// What 2,000 open streams take, measured: `cargo test --test api -- --ignored memory --nocapture`, alone in its process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn the_memory_of_two_thousand_streams() {
    const STREAMS: u64 = 2_000;
    fn resident() -> u64 {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
    }
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(http::serve(listener, school.router(), 10_000, std::future::pending()));
    let mut open = Vec::new();
    let mut before = 0;
    for n in 0..STREAMS + 100 {
        // What everything takes that is there once.
        if n == 100 {
            before = resident();
        }
        let (person, session) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
        let claims = SessionClaims::issue(&person, &session, Role::Student, 1, Duration::from_secs(900));
        let token = shared.signer.sign_session(&claims).unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /v1/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = [0; 512];
        let count = timeout(PATIENCE, stream.read(&mut head)).await.unwrap().unwrap();
        assert!(head[..count].starts_with(b"HTTP/1.1 200"));
        open.push(stream);
    }
    println!("{} bytes for each stream, the client's end among them", (resident() - before) / STREAMS);
    serving.abort();
}
