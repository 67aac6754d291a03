//! The parts that the school stands on, as an admin sees them: when they are well, and when they are not.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lectern_platform::blobs::BlobsConfig;
use lectern_testing::TempFolder;
use lectern_testing::postgres::Postgres;
use lectern_testing::proxy::Proxy;
use serde_json::{Value, json};
use sqlx::Acquire as _;

use crate::mailbox::Mailbox;
use crate::school::{Answer, Client, School, Shared, config, database};

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A part, as it is now.
fn part(system: &Answer, name: &str) -> Value {
    let parts = system.body["parts"].as_array().unwrap_or_else(|| panic!("{system:?}"));
    parts.iter().find(|part| part["name"] == name).cloned().unwrap_or_else(|| panic!("no {name} in {system:?}"))
}

async fn state(admin: &Client<'_>, name: &str) -> (String, Value) {
    let part = part(&admin.get("/v1/system").await, name);
    (part["state"].as_str().unwrap().to_owned(), part["figures"].clone())
}

/// Waits until a part is as it should be.
async fn until(admin: &Client<'_>, name: &str, wanted: &str) -> Value {
    let start = Instant::now();
    loop {
        let (state, figures) = state(admin, name).await;
        if state == wanted {
            return figures;
        }
        assert!(start.elapsed() < PATIENCE, "{name} is {state}, {figures}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn each_part_says_how_it_is_and_what_was_measured() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let system = admin.get("/v1/system").await;
    for (name, state, figures) in [
        ("postgres", "ok", &["answer_ms", "busy", "busy_max"][..]),
        ("replica", "off", &[]),
        ("bus", "ok", &[]),
        ("cache", "ok", &[]),
        ("blobs", "ok", &["answer_ms"]),
        ("audit", "ok", &["lost"]),
        ("mail", "off", &[]),
        ("outbox", "ok", &["oldest_s", "waiting"]),
        ("webhooks", "off", &["enabled", "failing", "given_up", "overdue_s", "waiting"]),
        ("recordings", "degraded", &["held", "oldest_s", "recorders", "waiting"]),
        ("streams", "ok", &["open", "open_max"]),
        ("breaker mail", "ok", &[]),
    ] {
        let part = part(&system, name);
        assert_eq!(part["state"], state, "{part}");
        let measured: Vec<&String> = part["figures"].as_object().unwrap().keys().collect();
        assert_eq!(measured, figures, "{part}");
    }
    assert!(part(&system, "blobs")["detail"].as_str().unwrap().starts_with("files"));
    assert_eq!(part(&system, "streams")["figures"]["open"], 0);
    let tutor = school.person("mona", "tutor").await;
    assert_eq!(tutor.get("/v1/system").await.status, 403);
}

#[tokio::test]
async fn a_folder_that_is_gone_takes_no_files() {
    let folder = TempFolder::new("blobs");
    let blobs = BlobsConfig { folder: folder.path().join("here"), ..BlobsConfig::default() };
    let shared = Shared { blobs: Some(blobs), ..Shared::new() };
    let school = School::node(config(&database()), shared).await;
    let admin = school.person("root", "admin").await;
    assert_eq!(state(&admin, "blobs").await.0, "ok");
    let uploads = folder.path().join("here/uploads");
    assert_eq!(std::fs::read_dir(&uploads).unwrap().count(), 0, "nothing remains of the question");
    std::fs::remove_dir_all(uploads).unwrap();
    assert_eq!(state(&admin, "blobs").await.0, "down");
}

#[tokio::test]
async fn a_mail_server_is_asked_whether_it_is_there() {
    let mailbox = Mailbox::open().await;
    let mut there = config(&database());
    there.mail.smtp_url = Some(mailbox.url());
    let school = School::with(there).await;
    let admin = school.person("root", "admin").await;
    assert_eq!(state(&admin, "mail").await.0, "ok");
    let mut away = config(&database());
    // Nobody listens there: port 1 is for a service of 1983.
    away.mail.smtp_url = Some("smtp://127.0.0.1:1".to_owned());
    let school = School::with(away).await;
    let admin = school.person("root", "admin").await;
    assert_eq!(state(&admin, "mail").await.0, "down");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_answer_from_postgres_there_is_one_about_it_soon() {
    let url = database();
    let target: SocketAddr = Postgres::shared().address();
    let proxy = Proxy::start(target).await;
    let mut config = config(&url.replace(&target.to_string(), &proxy.address().to_string()));
    config.database.acquire_ms_max = 1_000;
    let school = School::with(config).await;
    let admin = school.person("root", "admin").await;
    proxy.stall();
    let start = Instant::now();
    let system = admin.get("/v1/system").await;
    for name in ["postgres", "outbox", "webhooks", "recordings"] {
        assert_eq!(part(&system, name)["state"], "down", "{name}");
    }
    assert_eq!(part(&system, "blobs")["state"], "ok", "what does not need it is well");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    proxy.heal();
    until(&admin, "postgres", "ok").await;
}

#[tokio::test]
async fn events_that_nobody_hands_on_are_seen() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let mut sql = school.sql().await;
    // Whoever has the turn hands on; somebody who has it and does nothing.
    let mut turn = sql.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(x'6f7574626f78'::bigint)").execute(&mut *turn).await.unwrap();
    let mut other = school.sql().await;
    let old = "INSERT INTO outbox (at, course_id, audience, kind, event)
               VALUES (now() - interval '1 minute', gen_random_uuid(), 'course', 'course.changed', '{}')";
    sqlx::raw_sql(old).execute(&mut other).await.unwrap();
    let (state, figures) = state(&admin, "outbox").await;
    assert_eq!((&*state, &figures["waiting"]), ("degraded", &json!(1)));
    assert!(figures["oldest_s"].as_u64().unwrap() >= 60, "{figures}");
    // What nobody understands leaves the queue too.
    sqlx::raw_sql("DELETE FROM outbox").execute(&mut other).await.unwrap();
    turn.rollback().await.unwrap();
    until(&admin, "outbox", "ok").await;
}

#[tokio::test]
async fn webhooks_where_nothing_arrives_are_seen() {
    let school = School::start().await;
    let admin = school.person("root", "admin").await;
    let made = admin.post("/v1/webhooks", json!({ "url": "https://hooks.school.example/" })).await;
    let webhook = made.text("/id");
    assert_eq!(state(&admin, "webhooks").await.0, "ok");
    let mut sql = school.sql().await;
    let later = "INSERT INTO webhook_deliveries (id, webhook_id, kind, body, next_at)
                 SELECT gen_random_uuid(), id, 'webhook.test', '{}', now() + interval '1 hour' FROM webhooks";
    for (change, wanted) in [
        (later, ("ok", "waiting", 1)),
        ("UPDATE webhooks SET failing_since = now()", ("degraded", "failing", 1)),
        ("UPDATE webhooks SET disabled_at = now(), disabled_reason = 'failing'", ("degraded", "given_up", 1)),
        ("UPDATE webhooks SET disabled_reason = 'admin', failing_since = NULL", ("off", "enabled", 0)),
    ] {
        sqlx::raw_sql(change).execute(&mut sql).await.unwrap();
        let (state, figures) = state(&admin, "webhooks").await;
        assert_eq!((&*state, &figures[wanted.1]), (wanted.0, &json!(wanted.2)), "{change}");
    }
    assert_eq!(admin.delete(&format!("/v1/webhooks/{webhook}")).await.status, 204);
}

#[tokio::test]
async fn a_replica_that_follows_nobody_is_not_taken_for_one() {
    let url = database();
    let mut config = config(&url);
    config.database.replica_url = Some(url);
    let school = School::with(config).await;
    let admin = school.person("root", "admin").await;
    assert_eq!(state(&admin, "replica").await.0, "degraded");
}
