//! What the school stands on is cut off, or hangs, and comes back.

use std::time::{Duration, Instant};

use lectern_platform::audit::{AuditConfig, AuditError, AuditEvent, AzureAccount};
use lectern_testing::postgres::Postgres;
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tokio::time::sleep;

use crate::quizzes::{self, Lesson};
use crate::school::{Client, School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < PATIENCE, "in vain: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The URL of a database, by way of a proxy.
fn by_way_of(proxy: &Proxy, url: &str) -> String {
    url.replace(&Postgres::shared().address().to_string(), &proxy.address().to_string())
}

/// How many of so many requests at a node were let through.
async fn passed(person: &Client<'_>, requests: usize) -> usize {
    let mut passed = 0;
    for _ in 0..requests {
        let answer = person.get("/v1/me").await;
        match answer.problem() {
            (200, _) => passed += 1,
            problem => assert_eq!(problem, (429, "rate_exceeded")),
        }
    }
    passed
}

#[tokio::test]
async fn rates_are_shared_by_all_nodes_and_each_counts_alone_while_redis_is_cut() {
    let redis = Redis::start(Memory::None);
    let proxy = Proxy::start(redis.address()).await;
    let (url, like) = (database(), Shared::new());
    let mut config = config(&url);
    (config.rates.person_burst, config.rates.person_per_s) = (6, 0.001);
    let (here, there) = (like.over(proxy.address()).await, like.over(proxy.address()).await);
    let caches = [here.cache.clone(), there.cache.clone()];
    let (a, b) = (School::node(config.clone(), here).await, School::node(config, there).await);
    let (ada, bob) = (a.student("ada").await, a.student("bob").await);

    assert_eq!((passed(&ada, 4).await, passed(&ada.at(&b), 4).await), (4, 2), "six for both");
    assert_eq!((passed(&ada, 1).await, passed(&ada.at(&b), 1).await), (0, 0));

    proxy.cut();
    for cache in &caches {
        until("Redis is away", async || cache.read("x").await.is_err()).await;
    }
    for node in [&a, &b] {
        assert_eq!(passed(&ada.at(node), 8).await, 6, "six for each");
    }

    proxy.heal();
    for cache in &caches {
        until("Redis is back", async || cache.read("x").await.is_ok()).await;
    }
    assert_eq!((passed(&bob, 3).await, passed(&bob.at(&b), 5).await), (3, 3), "six for both again");
}

#[tokio::test]
async fn a_node_whose_postgres_hangs_says_so_in_time_and_goes_on_when_it_is_back() {
    let proxy = Proxy::start(Postgres::shared().address()).await;
    let mut config = config(&by_way_of(&proxy, &database()));
    (config.database.acquire_ms_max, config.http.request_ms_max) = (500, 1_500);
    let school = School::with(config).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let path = format!("/v1/courses/{course}");
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 100 })).await;
    ada.enrol(&course).await;
    assert!(school.is_ready().await);

    proxy.stall();
    // More than there are connections, all at once.
    for round in 0..3 {
        let (a, b, c) = tokio::join!(
            ada.get("/v1/me/sessions"),
            ada.watch(&lesson, 0, 10, round),
            mona.patch(&path, json!({ "title": "Lost" }))
        );
        for answer in [a, b, c] {
            let is_told = matches!(answer.problem(), (503, "database_unavailable") | (504, "timeout"));
            assert!(is_told, "{answer:?}");
        }
    }
    until("it is not ready", async || !school.is_ready().await).await;

    proxy.heal();
    until("it is ready", async || school.is_ready().await).await;
    until("progress is written", async || ada.watch(&lesson, 0, 20, 9).await.status == 200).await;
    assert_eq!(ada.get("/v1/me/sessions").await.status, 200);
    assert_eq!(mona.patch(&path, json!({ "title": "Found" })).await.text("/title"), "Found");
    assert_eq!(mona.get(&path).await.text("/title"), "Found", "what was given up does not come later");
}

#[tokio::test]
async fn a_postgres_that_vanishes_without_a_word_is_given_up_and_the_next_one_is_used() {
    let url = database();
    let proxy = Proxy::start(Postgres::shared().address()).await;
    let mut config = config(&by_way_of(&proxy, &url));
    (config.database.acquire_ms_max, config.database.statement_ms_max) = (2_000, 3_000);
    // Nobody is answered because the request took too long.
    config.http.request_ms_max = 10 * 60 * 1_000;
    let school = School::with(config).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 100 })).await;
    ada.enrol(&course).await;

    // A report and a request are with Postgres when it vanishes: what they ask for is locked.
    let mut sql = PgConnection::connect(&url).await.unwrap();
    let mut transaction = sql.begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE lesson_progress, sessions").execute(&mut *transaction).await.unwrap();
    let vanish = async {
        let mut looking = PgConnection::connect(&url).await.unwrap();
        let waiting = "SELECT count(DISTINCT relation) FROM pg_locks WHERE NOT granted
                           AND relation IN ('lesson_progress'::regclass, 'sessions'::regclass)";
        let start = Instant::now();
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut looking).await.unwrap() < 2 {
            assert!(start.elapsed() < PATIENCE, "nobody waits for the lock");
            sleep(Duration::from_millis(5)).await;
        }
        proxy.lose();
        transaction.rollback().await.unwrap();
    };
    let held = async {
        ada.get("/v1/me/sessions").await;
        std::future::pending::<()>().await;
    };
    let report = tokio::select! {
        (report, ()) = async { tokio::join!(ada.watch(&lesson, 0, 10, 1), vanish) } => report,
        () = held => unreachable!(),
        () = sleep(PATIENCE) => panic!("a report waits for ever"),
    };
    assert_eq!(report.problem(), (503, "database_unavailable"));

    until("progress is written", async || ada.watch(&lesson, 0, 20, 2).await.status == 200).await;
    // As many at once as there are connections: none was lost to those who gave up.
    until("all connections are of use", async || {
        let (a, b, c, d) = tokio::join!(
            ada.get("/v1/me/sessions"),
            mona.get("/v1/me/sessions"),
            ada.get("/v1/me/calendar"),
            mona.get("/v1/me/teaching")
        );
        [a, b, c, d].iter().all(|answer| answer.status == 200)
    })
    .await;
}

/// How many things somebody is shown at each place that may be read from the replica.
async fn shown(mona: &Client<'_>, places: &[String]) -> Vec<usize> {
    let mut counts = Vec::new();
    for place in places {
        let answer = mona.get(place).await;
        assert!([200, 404].contains(&answer.status.as_u16()), "{place}: {answer:?}");
        counts.push(match answer.body["items"].as_array() {
            Some(items) => items.len(),
            None if answer.body["lessons"].is_array() => 1,
            None => answer.raw.matches("BEGIN:VEVENT").count(),
        });
    }
    counts
}

#[tokio::test]
async fn what_may_be_a_moment_old_is_read_from_the_replica_and_from_the_primary_while_that_is_away() {
    let url = database();
    // One that has heard of nothing yet: what it answers is told from what the primary does.
    let proxy = Proxy::start(Postgres::shared().address()).await;
    let mut config = config(&url);
    config.database.replica_url = Some(by_way_of(&proxy, &database()));
    let school = School::with(config).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let (course, lesson, quiz, class) = class_with_everything(&school, &mona, &ada).await;
    let calendar = mona.post("/v1/me/calendar_address", json!({})).await;
    let calendar = calendar.text("/url").split_once("/v1/").unwrap().1.to_owned();
    let places = [
        "/v1/courses".to_owned(),
        "/v1/courses?q=alg".to_owned(),
        format!("/v1/courses/{course}/progress"),
        format!("/v1/courses/{course}/students/{}", ada.id),
        format!("{quiz}/results"),
        format!("{quiz}/analysis"),
        format!("/v1/live/{class}/attendance"),
        format!("/v1/{calendar}"),
    ];
    assert_eq!(shown(&mona, &places).await, [0; 8], "by the replica");
    let overview = mona.get(&format!("/v1/courses/{course}/overview")).await;
    assert_eq!(overview.body["students"], 0, "by the replica");
    // What somebody has just done they see.
    assert_eq!(mona.get("/v1/me/teaching").await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(ada.get(&format!("/v1/lessons/{lesson}/progress")).await.body["watched_s"], 10);
    assert_eq!(ada.get(&format!("/v1/courses/{course}/leaderboard")).await.body["members"], 1);

    proxy.cut();
    let everything = [1, 1, 1, 1, 1, 4, 1, 1];
    assert_eq!(shown(&mona, &places).await, everything, "by the primary, from the first request on");
    proxy.heal();
    until("the replica is read again", async || shown(&mona, &places).await == [0; 8]).await;
    proxy.stall();
    assert_eq!(shown(&mona, &places).await, everything, "by the primary, when it is noticed");
}

/// A course with one of each; its id, the lesson's, the quiz's path and the class'.
async fn class_with_everything(
    school: &School,
    mona: &Client<'_>,
    ada: &Client<'_>,
) -> (String, String, String, String) {
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 100 })).await;
    let place = Lesson { id: lesson.parse().unwrap(), course: course.parse().unwrap() };
    let quiz = quizzes::quiz(mona, &place, json!({})).await;
    let class = mona.class(&course, "Now", 5).await;
    ada.enrol(&course).await;
    assert_eq!(ada.watch(&lesson, 0, 10, 1).await.status, 200);
    let attempt = quizzes::start(ada, &quiz).await;
    assert_eq!(quizzes::submit(ada, &attempt).await.status, 200);
    let came = "INSERT INTO live_attendance (live_id, person_id, joined_at, left_at)
                VALUES ($1::uuid, $2::uuid, now() - interval '1 minute', now())";
    sqlx::query(came).bind(&class).bind(&ada.id).execute(&mut school.sql().await).await.unwrap();
    (course, lesson, quiz, class)
}

/// A trail whose table is away, and whose spool takes no more than the smallest may.
fn narrow_trail() -> AuditConfig {
    let dead = format!("http://127.0.0.1:{}/lectern", lectern_testing::free_port());
    let azure =
        AzureAccount { account: "lectern".into(), endpoint: dead, key: "a2V5".into(), ..AzureAccount::default() };
    AuditConfig { azure: Some(azure), bytes_max: 1 << 20, answer_ms: 100, ..AuditConfig::default() }
}

#[tokio::test]
async fn what_admins_do_is_recorded_or_not_done() {
    let shared = Shared { audit: narrow_trail(), ..Shared::new() };
    let school = School::node(config(&database()), shared).await;
    let (root, ada) = (school.person("root", "admin").await, school.student("ada").await);
    let mut event = AuditEvent::now("test.padding");
    event.detail.insert("text".to_owned(), "x".repeat(7_000).into());
    while school.record(event.clone()).await != Err(AuditError::Full) {}
    // What is left has room for none.
    event.detail.clear();
    while school.record(event.clone()).await != Err(AuditError::Full) {}

    let path = format!("/v1/people/{}", ada.id);
    for change in [json!({ "role": "tutor" }), json!({ "suspended": true }), json!({ "name": "Eve" })] {
        let refused = root.patch(&path, change).await;
        assert_eq!(refused.problem(), (503, "audit_unavailable"));
        assert!(refused.headers.contains_key("retry-after"));
    }
    let new = json!({ "url": "https://hooks.example/" });
    assert_eq!(root.post("/v1/webhooks", new).await.problem(), (503, "audit_unavailable"));
    let person = root.get(&path).await;
    assert_eq!((person.text("/role"), person.text("/name")), ("student", "ada"));
    assert_eq!(root.get("/v1/webhooks").await.body["items"], json!([]));
    assert_eq!(ada.get("/v1/me").await.status, 200, "her session goes on");
    // What changes nothing needs no trail, and people come in as ever.
    assert_eq!(root.patch(&path, json!({ "name": "ada" })).await.status, 200);
    school.student("bob").await;
}
