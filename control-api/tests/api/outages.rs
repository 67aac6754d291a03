//! What the school stands on is cut off, or hangs, and comes back.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use lectern_platform::audit::{AuditConfig, AuditError, AuditEvent, AzureAccount};
use lectern_testing::postgres::Postgres;
use lectern_testing::proxy::Proxy;
use lectern_testing::redis::{Memory, Redis};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;
use tokio::time::sleep;

use crate::quizzes::{self, Lesson};
use crate::school::{Answer, Client, School, Shared, config, database, database_of};

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
    (config.database.acquire_ms_max, config.http.request_ms_max) = (5_000, 6_000);
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

/// What jobs that go on without a request write or read, each something else.
const OF_JOBS: &str = "quiz_attempts, webhook_deliveries, live_sessions, materials, recordings, sessions, outbox";

/// The connections that wait for one of the [tables](OF_JOBS), which somebody holds, but for some; when each table is waited for.
async fn jobs_that_wait(looking: &mut PgConnection, but: &[i32]) -> Vec<i32> {
    let waiting = "SELECT l.relation::bigint, l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                   WHERE NOT l.granted AND d.datname = current_database() AND l.pid <> ALL($1)
                     AND l.relation = ANY(string_to_array($2, ', ')::regclass[])";
    let (start, tables) = (Instant::now(), OF_JOBS.split(", ").count());
    loop {
        let rows: Vec<(i64, i32)> =
            sqlx::query_as(waiting).bind(but).bind(OF_JOBS).fetch_all(&mut *looking).await.unwrap();
        if rows.iter().map(|row| row.0).collect::<HashSet<_>>().len() == tables {
            return rows.into_iter().map(|row| row.1).collect();
        }
        assert!(start.elapsed() < PATIENCE * 2, "jobs do not come back: {rows:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_goes_on_without_a_request_outlives_a_postgres_that_vanishes_without_a_word() {
    let url = database();
    let proxy = Proxy::start(Postgres::shared().address()).await;
    let mut config = config(&by_way_of(&proxy, &url));
    (config.database.acquire_ms_max, config.database.statement_ms_max) = (2_000, 10_000);
    config.database.connections_max = 16;
    let _school = School::with(config).await;
    let (mut sql, mut looking) =
        (PgConnection::connect(&url).await.unwrap(), PgConnection::connect(&url).await.unwrap());
    let mut gone = Vec::new();
    for _ in 0..2 {
        // Every job is with Postgres when it vanishes; and then with the next one, which answers.
        let mut transaction = sql.begin().await.unwrap();
        let lock = sqlx::AssertSqlSafe(format!("LOCK TABLE {OF_JOBS}"));
        sqlx::raw_sql(lock).execute(&mut *transaction).await.unwrap();
        gone = jobs_that_wait(&mut looking, &gone).await;
        proxy.lose();
        transaction.rollback().await.unwrap();
        // The one that vanished holds nothing any more.
        let end = "SELECT count(pg_terminate_backend(pid)) FROM unnest($1) AS pid";
        sqlx::query_scalar::<_, i64>(end).bind(&gone).fetch_one(&mut looking).await.unwrap();
    }
    // Who is woken by Postgres says nothing, and notices all the same.
    let listens = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_start > $1
                       AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')";
    let lost_at: OffsetDateTime = sqlx::query_scalar("SELECT now()").fetch_one(&mut looking).await.unwrap();
    let start = Instant::now();
    while sqlx::query_scalar::<_, i64>(listens).bind(lost_at).fetch_one(&mut looking).await.unwrap() == 0 {
        assert!(start.elapsed() < PATIENCE, "nobody listens any more");
        sleep(Duration::from_millis(20)).await;
    }
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

/// What a school shows of what was just done to who did it, whatever the replica has.
async fn own_writes_are_seen(mona: &Client<'_>, ada: &Client<'_>, course: &str, lesson: &str, quiz: &str) {
    let length = |answer: Answer| answer.body["items"].as_array().map(Vec::len);
    assert_eq!(length(mona.get("/v1/me/teaching").await), Some(1));
    assert_eq!(mona.get(&format!("/v1/courses/{course}")).await.text("/title"), "Algebra");
    assert_eq!(length(mona.get(&format!("/v1/courses/{course}/lessons")).await), Some(1));
    assert_eq!(length(mona.get(&format!("/v1/courses/{course}/live?when=upcoming")).await), Some(1));
    assert_eq!(ada.get(&format!("/v1/lessons/{lesson}/progress")).await.body["watched_s"], 10);
    assert_eq!(ada.get(&format!("/v1/courses/{course}/leaderboard")).await.body["members"], 1);
    assert_eq!(ada.get("/v1/me/portfolio").await.body["courses"][0]["title"], "Algebra");
    assert_eq!(ada.get(quiz).await.body["standing"]["attempts"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_may_be_a_moment_old_is_read_from_the_replica_and_from_the_primary_while_that_is_away_or_late() {
    let server = Postgres::start();
    let url = database_of(&server);
    let follower = server.follower();
    let proxy = Proxy::start(follower.address()).await;
    let mut config = config(&url);
    let name = url.rsplit('/').next().unwrap();
    config.database.replica_url =
        Some(follower.url(name).replace(&follower.address().to_string(), &proxy.address().to_string()));
    config.database.replica_behind_ms_max = 3_600_000;
    let shared = Shared::new();
    let patient = School::node(config.clone(), shared.clone()).await;
    config.database.replica_behind_ms_max = 1_000;
    let strict = School::node(config, shared).await;
    let is_read = async |school: &School| school.metric("lectern_replica_read").await == 1.0;
    let replay = |what: &str| drop(follower.psql(name, &["-c", &format!("SELECT pg_wal_replay_{what}()")]));
    until("the replica is read", async || is_read(&patient).await && is_read(&strict).await).await;

    // From here on it applies nothing: what it answers is told from what the primary does.
    replay("pause");
    let (mona, ada) = (patient.person("mona", "tutor").await, patient.student("ada").await);
    let root = patient.person("root", "admin").await;
    let (course, lesson, quiz, class) = class_with_everything(&patient, &mona, &ada).await;
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
    own_writes_are_seen(&mona, &ada, &course, &lesson, &quiz).await;

    // Who allows it to be a second behind leaves it alone, and says so.
    let everything = [1, 1, 1, 1, 1, 4, 1, 1];
    let mona_there = mona.at(&strict);
    until("it is left alone", async || !is_read(&strict).await).await;
    assert_eq!(shown(&mona_there, &places).await, everything, "by the primary");
    assert!(strict.metric("lectern_replica_behind_seconds").await > 1.0);
    let system = root.at(&strict).get("/v1/system").await;
    let part = system.body["parts"].as_array().unwrap().iter().find(|part| part["name"] == "replica").unwrap();
    assert_eq!(part["detail"], "too far behind the primary, which is read instead");
    assert!(is_read(&patient).await);

    proxy.cut();
    assert_eq!(shown(&mona, &places).await, everything, "by the primary, from the first request on");
    proxy.heal();
    until("the replica is read again", async || shown(&mona, &places).await == [0; 8]).await;
    proxy.stall();
    assert_eq!(shown(&mona, &places).await, everything, "by the primary, when it is noticed");
    proxy.heal();

    replay("resume");
    until("it keeps up again", async || is_read(&patient).await && is_read(&strict).await).await;
    assert_eq!(shown(&mona_there, &places).await, everything, "by the replica, which has it all now");
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
