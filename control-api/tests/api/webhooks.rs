//! Webhooks: signed, tried again, carried on by others, and never led into the network that they come from.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lectern_control_api::ControlApiConfig;
use lectern_platform::http;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::school::{Client, School, Shared, config, database};

/// How long anything is waited for. Much more than it takes, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// As a status: it does not answer at all.
const SILENCE: u16 = 0;

/// Another system.
struct Receiver {
    url: String,
    status: Arc<AtomicU16>,
    posts: mpsc::UnboundedReceiver<(HeaderMap, String)>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://127.0.0.1:{}/hook", listener.local_addr().unwrap().port());
        let (heard, posts) = mpsc::unbounded_channel();
        let status = Arc::new(AtomicU16::new(status));
        let (answer, elsewhere) = (Arc::clone(&status), format!("{url}/elsewhere"));
        let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| async move {
            let _ = heard.send((headers, String::from_utf8(body.to_vec()).unwrap()));
            match answer.load(Ordering::SeqCst) {
                SILENCE => std::future::pending().await,
                status => (StatusCode::from_u16(status).unwrap(), [(header::LOCATION, elsewhere)]).into_response(),
            }
        });
        let serving = tokio::spawn(http::serve(listener, router, 64, std::future::pending()));
        Self { url, status, posts, serving }
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    async fn next(&mut self) -> (HeaderMap, String) {
        timeout(PATIENCE, self.posts.recv()).await.expect("a delivery in time").unwrap()
    }
}

fn free(url: &str) -> ControlApiConfig {
    let mut config = config(url);
    config.webhooks.allow_http = true;
    config.webhooks.allow_private = true;
    config
}

async fn make(admin: &Client<'_>, url: &str, kinds: &[&str]) -> (String, String) {
    let answer = admin.post("/v1/webhooks", json!({ "url": url, "kinds": kinds })).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    (answer.text("/id").to_owned(), answer.text("/secret").to_owned())
}

/// Whether one of the signatures is that of the secret.
fn is_signed(secret: &str, (headers, body): &(HeaderMap, String)) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let text = |name: &str| headers[name].to_str().unwrap();
    let content = format!("{}.{}.{body}", text("webhook-id"), text("webhook-timestamp"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    text("webhook-signature").split(' ').any(|one| {
        let tag = STANDARD.decode(one.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, content.as_bytes(), &tag).is_ok()
    })
}

/// Waits until the newest delivery is as wanted.
async fn until(admin: &Client<'_>, webhook: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let answer = admin.get(&format!("/v1/webhooks/{webhook}/deliveries")).await;
        if wanted(&answer.body["items"][0]) {
            return answer.body["items"][0].clone();
        }
        assert!(start.elapsed() < PATIENCE, "{answer:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn run(school: &School, statement: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut school.sql().await).await.unwrap();
}

const NOW: &str = "UPDATE webhook_deliveries SET next_at = now() WHERE state = 'pending'";

#[tokio::test]
async fn an_event_that_is_wanted_arrives_signed_and_once() {
    let school = School::with(free(&database())).await;
    let (root, mona, ada) =
        (school.person("root", "admin").await, school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let mut receiver = Receiver::start(204).await;
    let (webhook, secret) = make(&root, &receiver.url, &["enrolment.started"]).await;
    assert_eq!(root.get(&format!("/v1/webhooks/{webhook}")).await.body.get("secret"), None, "shown once");
    mona.lesson(&course, "not wanted", json!({})).await;
    ada.enrol(&course).await;
    let post = receiver.next().await;
    assert!(is_signed(&secret, &post));
    let body: Value = serde_json::from_str(&post.1).unwrap();
    assert_eq!((&body["type"], &body["data"]["person"]), (&json!("enrolment.started"), &json!(ada.id)));
    let delivery = until(&root, &webhook, |delivery| delivery["state"] == "delivered").await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!(204), &json!(1)));
    assert_eq!(delivery["id"], post.0["webhook-id"].to_str().unwrap());
    let changed = root.patch(&format!("/v1/webhooks/{webhook}"), json!({ "new_secret": true })).await;
    let new = changed.text("/secret");
    assert_eq!(root.post(&format!("/v1/webhooks/{webhook}/test"), json!({})).await.status, 202);
    let post = receiver.next().await;
    assert!(is_signed(&secret, &post) && is_signed(new, &post) && new != secret, "by the old one too, for a day");
    assert!(receiver.posts.try_recv().is_err());
    root.patch(&format!("/v1/webhooks/{webhook}"), json!({ "enabled": false })).await;
    let test = root.post(&format!("/v1/webhooks/{webhook}/test"), json!({})).await;
    assert_eq!(test.problem(), (409, "webhook_disabled"));
    assert_eq!(mona.get("/v1/webhooks").await.status, 403);
    assert_eq!(root.delete(&format!("/v1/webhooks/{webhook}")).await.status, 204);
    assert_eq!(root.get(&format!("/v1/webhooks/{webhook}/deliveries")).await.status, 404);
}

#[tokio::test]
async fn what_fails_is_tried_again_for_a_day_and_a_dead_webhook_is_disabled() {
    let school = School::with(free(&database())).await;
    let root = school.person("root", "admin").await;
    let mut receiver = Receiver::start(500).await;
    let (webhook, _) = make(&root, &receiver.url, &[]).await;
    let test = format!("/v1/webhooks/{webhook}/test");
    root.post(&test, json!({})).await;
    let first = receiver.next().await;
    let failed = until(&root, &webhook, |delivery| delivery["status"] == 500).await;
    assert_eq!((&failed["state"], &failed["attempts"]), (&json!("pending"), &json!(1)));
    receiver.answer(200);
    run(&school, NOW).await;
    assert_eq!(receiver.next().await.0["webhook-id"], first.0["webhook-id"]);
    until(&root, &webhook, |delivery| delivery["state"] == "delivered").await;
    // A redirect is an answer like another: nobody goes there.
    receiver.answer(302);
    root.post(&test, json!({})).await;
    receiver.next().await;
    until(&root, &webhook, |delivery| delivery["status"] == 302).await;
    assert!(receiver.posts.try_recv().is_err());
    run(&school, "UPDATE webhook_deliveries SET created_at = created_at - interval '1 day'").await;
    run(&school, "UPDATE webhooks SET failing_since = now() - interval '4 days'").await;
    run(&school, NOW).await;
    until(&root, &webhook, |delivery| delivery["state"] == "failed").await;
    assert_eq!(root.get(&format!("/v1/webhooks/{webhook}")).await.body["disabled_reason"], "failing");
    let again = root.patch(&format!("/v1/webhooks/{webhook}"), json!({ "enabled": true })).await;
    assert_eq!((&again.body["enabled"], &again.body["failing_since"]), (&json!(true), &Value::Null));
    receiver.answer(410);
    root.post(&test, json!({})).await;
    until(&root, &webhook, |delivery| delivery["status"] == 410).await;
    assert_eq!(root.get(&format!("/v1/webhooks/{webhook}")).await.body["disabled_reason"], "gone");
    for (metric, count) in [
        ("attempts_total{outcome=\"delivered\"}", 1.0),
        ("attempts_total{outcome=\"5xx\"}", 1.0),
        ("attempts_total{outcome=\"other_status\"}", 2.0),
        ("attempts_total{outcome=\"4xx\"}", 1.0),
        ("attempt_seconds_count{outcome=\"delivered\"}", 1.0),
        ("deliveries_total{outcome=\"delivered\"}", 1.0),
        ("deliveries_total{outcome=\"failed\"}", 1.0),
        ("put_off_total", 0.0),
    ] {
        let name = format!("lectern_webhooks_{metric}");
        assert_eq!(school.metric(&name).await, count, "{name}");
    }
}

#[tokio::test]
async fn what_a_killed_node_was_delivering_another_delivers() {
    let (url, shared) = (database(), Shared::new());
    let school = School::node(free(&url), shared.clone()).await;
    let root = school.person("root", "admin").await;
    let mut receiver = Receiver::start(SILENCE).await;
    let (webhook, _) = make(&root, &receiver.url, &[]).await;
    root.post(&format!("/v1/webhooks/{webhook}/test"), json!({})).await;
    let first = receiver.next().await;
    let token = root.token.clone();
    drop(school);
    receiver.answer(200);
    let other = School::node(free(&url), shared).await;
    let mut root = other.stranger();
    root.token = token;
    assert!(receiver.posts.try_recv().is_err(), "it is the other's for a minute");
    run(&other, NOW).await;
    let second = receiver.next().await;
    assert_eq!((&second.0["webhook-id"], &second.1), (&first.0["webhook-id"], &first.1));
    until(&root, &webhook, |delivery| delivery["state"] == "delivered").await;
}

#[tokio::test]
async fn what_is_done_to_webhooks_is_on_record() {
    let school = School::with(free(&database())).await;
    let root = school.person("root", "admin").await;
    let (webhook, _) = make(&root, "http://127.0.0.1:9/a/secret?of=theirs", &[]).await;
    let path = format!("/v1/webhooks/{webhook}");
    let change = json!({ "url": "http://localhost:9/", "kinds": ["quiz.scored"], "new_secret": true });
    assert_eq!(root.patch(&path, change).await.status, 200);
    assert_eq!(root.post(&format!("{path}/test"), json!({})).await.status, 202);
    assert_eq!(root.delete(&path).await.status, 204);
    for gone in [root.delete(&path).await, root.patch(&path, json!({ "enabled": false })).await] {
        assert_eq!(gone.status, 404);
    }
    for (what, detail) in [
        ("created", json!({ "webhook": webhook, "host": "127.0.0.1" })),
        ("changed", json!({ "webhook": webhook, "host": "localhost", "kinds": ["quiz.scored"], "new_secret": true })),
        ("tested", json!({ "webhook": webhook })),
        ("deleted", json!({ "webhook": webhook })),
    ] {
        let recorded = school.audited(&format!("admin.webhook_{what}")).await;
        assert_eq!(recorded.len(), 1, "{what}");
        assert_eq!(recorded[0].actor.as_deref(), Some(&*root.id));
        assert_eq!(Value::from(recorded[0].detail.clone()), detail);
    }
}

#[tokio::test]
async fn nobody_is_led_inside() {
    let mut config = free(&database());
    config.webhooks.allow_private = false;
    let school = School::with(config).await;
    let root = school.person("root", "admin").await;
    let mut receiver = Receiver::start(200).await;
    for url in
        [&receiver.url, "https://[::1]/", "https://169.254.169.254/latest", "ftp://a.example/", "http://u@a.example/"]
    {
        let refused = root.post("/v1/webhooks", json!({ "url": url })).await;
        assert_eq!((refused.problem(), refused.fields()), ((422, "invalid"), vec!["/url"]), "{url}");
    }
    // A name is not looked up before the delivery, when it may lead elsewhere anyway.
    let (webhook, _) = make(&root, &receiver.url.replace("127.0.0.1", "localhost"), &[]).await;
    root.post(&format!("/v1/webhooks/{webhook}/test"), json!({})).await;
    let failed = until(&root, &webhook, |delivery| !delivery["error"].is_null()).await;
    assert_eq!((&failed["status"], &failed["state"]), (&Value::Null, &json!("pending")));
    // What came into the table in another way is looked at again.
    run(&school, &format!("UPDATE webhooks SET url = '{}'", receiver.url)).await;
    run(&school, NOW).await;
    until(&root, &webhook, |delivery| delivery["error"].as_str().is_some_and(|why| why.starts_with("not allowed")))
        .await;
    assert!(receiver.posts.try_recv().is_err());
}
