//! Files of lessons, in files and in Azure: announced, sent by a real `PUT`, confirmed, fetched, let go of.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use lectern_platform::blobs::{AzureAccount, BlobsConfig};
use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use lectern_testing::proxy::Proxy;
use serde_json::{Value, json};

use crate::school::{Answer, Client, School, Shared, config, database};

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const PDF: &str = "application/pdf";

impl School {
    /// Does what a browser does with a signed address; the status, and what came.
    pub(crate) async fn transfer(
        &self,
        method: Method,
        url: &str,
        headers: &Value,
        bytes: &'static [u8],
    ) -> (u16, String) {
        let headers = headers.as_object().into_iter().flatten().map(|(name, value)| (name, value.as_str().unwrap()));
        if url.starts_with('/') {
            let mut request = Request::builder().method(method).uri(url);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let answer = self.send(request.body(Body::from(bytes)).unwrap()).await;
            return (answer.status.as_u16(), answer.raw);
        }
        let mut request = reqwest::Client::new().request(method, url).body(bytes);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Sends a file where the answer to its announcement says.
    pub(crate) async fn put(&self, announced: &Answer, bytes: &'static [u8]) -> u16 {
        assert_eq!(announced.status, 201, "{announced:?}");
        let upload = &announced.body["upload"];
        self.transfer(Method::PUT, upload["url"].as_str().unwrap(), &upload["headers"], bytes).await.0
    }

    pub(crate) async fn fetch(&self, address: &Answer) -> (u16, String) {
        self.transfer(Method::GET, address.text("/url"), &Value::Null, b"").await
    }

    /// Waits until Postgres says so.
    pub(crate) async fn until(&self, query: &'static str) {
        let mut sql = self.sql().await;
        let wait = async {
            while !sqlx::query_scalar::<_, bool>(query).fetch_one(&mut sql).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("never: {query}"));
    }

    pub(crate) async fn change(&self, query: &'static str) {
        sqlx::query(query).execute(&mut self.sql().await).await.unwrap();
    }
}

impl Client<'_> {
    async fn announce(&self, lesson: &str, name: &str, content_type: &str, bytes: i64) -> Answer {
        let new = json!({ "name": name, "content_type": content_type, "bytes": bytes });
        self.post(&format!("/v1/lessons/{lesson}/materials"), new).await
    }

    async fn confirm(&self, announced: &Answer) -> Answer {
        self.post(&format!("/v1/materials/{}/confirm", announced.text("/id")), json!({})).await
    }

    async fn address(&self, announced: &Answer) -> Answer {
        self.get(&format!("/v1/materials/{}/address", announced.text("/id"))).await
    }

    /// The names of a lesson's files and their states.
    async fn files(&self, lesson: &str) -> Vec<(String, String)> {
        let answer = self.get(&format!("/v1/lessons/{lesson}/materials")).await;
        let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
        let text = |item: &Value, field: &str| item[field].as_str().unwrap().to_owned();
        items.iter().map(|item| (text(item, "name"), text(item, "state"))).collect()
    }
}

pub(crate) fn azure(address: SocketAddr, answer_ms: u64) -> Option<BlobsConfig> {
    let endpoint = format!("http://{address}/{ACCOUNT}");
    let azure = AzureAccount { account: ACCOUNT.into(), endpoint, key: KEY.into(), ..AzureAccount::default() };
    Some(BlobsConfig { azure: Some(azure), answer_ms, ..BlobsConfig::default() })
}

async fn with(blobs: Option<BlobsConfig>) -> School {
    School::node(config(&database()), Shared { blobs, ..Shared::new() }).await
}

pub(crate) const NO_BLOB_IS_DOOMED: &str = "SELECT count(*) = 0 FROM doomed_blobs WHERE due_at < upload_until";

/// The life of a file, which is the same in both stores.
async fn a_file_lives(school: &School) {
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    ada.enrol(&course).await;
    let name = "Übung 1: ../../etc/passwd <b>.pdf";
    let announced = mona.announce(&lesson, name, PDF, 5).await;
    assert!(!announced.text("/upload/url").contains("passwd"), "{announced:?}");
    assert_eq!(mona.confirm(&announced).await.problem(), (409, "upload_missing"));
    assert_eq!(ada.files(&lesson).await, []);
    assert_eq!(mona.files(&lesson).await, [(name.to_owned(), "pending".to_owned())]);
    assert_eq!(ada.address(&announced).await.problem(), (404, "not_found"));
    assert_eq!(school.put(&announced, b"%PDF-").await, 201);
    for _ in 0..2 {
        assert_eq!(mona.confirm(&announced).await.text("/state"), "ready");
    }
    assert_eq!(ada.files(&lesson).await, [(name.to_owned(), "ready".to_owned())]);
    let address = ada.address(&announced).await;
    assert_eq!((address.status.as_u16(), address.text("/content_type")), (200, PDF));
    assert_eq!(school.fetch(&address).await, (200, "%PDF-".to_owned()));
    // The address is of this file and for fetching alone.
    assert!(
        school.transfer(Method::PUT, address.text("/url"), &announced.body["upload"]["headers"], b"other").await.0
            >= 400
    );
    let path = format!("/v1/materials/{}", announced.text("/id"));
    assert_eq!(mona.patch(&path, json!({ "name": "Exercise" })).await.text("/name"), "Exercise");
    // What is deleted is soon gone from the store, too.
    assert_eq!(mona.delete(&path).await.status, 204);
    assert_eq!(ada.address(&announced).await.problem(), (404, "not_found"));
    school.until(NO_BLOB_IS_DOOMED).await;
    assert_eq!(school.fetch(&address).await.0, 404);
    // Somebody who sends it again, while they may, finds it deleted once more.
    assert_eq!(school.put(&announced, b"%PDF-").await, 201);
    school.change("UPDATE doomed_blobs SET upload_until = now() - interval '1 s', due_at = now()").await;
    school.until("SELECT count(*) = 0 FROM doomed_blobs").await;
    assert_eq!(school.fetch(&address).await.0, 404);
    // With a lesson go its files.
    let another = mona.announce(&lesson, "x", PDF, 5).await;
    school.put(&another, b"%PDF-").await;
    mona.confirm(&another).await;
    let address = mona.address(&another).await;
    assert_eq!(mona.delete(&format!("/v1/lessons/{lesson}")).await.status, 204);
    school.until(NO_BLOB_IS_DOOMED).await;
    assert_eq!(school.fetch(&address).await.0, 404);
}

#[tokio::test]
async fn a_file_lives_in_files() {
    a_file_lives(&with(None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_lives_in_azure() {
    let azurite = Azurite::start();
    a_file_lives(&with(azure(azurite.blobs(), 30_000)).await).await;
}

/// Azure takes whatever is sent; so it is looked at, then and once more when nothing can be sent any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_announced_does_not_stay() {
    let azurite = Azurite::start();
    let school = with(azure(azurite.blobs(), 30_000)).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let mut html = mona.announce(&lesson, "html", PDF, 5).await;
    html.body["upload"]["headers"]["content-type"] = json!("text/html");
    let (long, short) = (mona.announce(&lesson, "long", PDF, 5).await, mona.announce(&lesson, "short", PDF, 5).await);
    for (announced, bytes) in [(&html, &b"<b></"[..]), (&long, b"%PDF-1"), (&short, b"%PDF")] {
        assert_eq!(school.put(announced, bytes).await, 201);
        assert_eq!(mona.confirm(announced).await.problem(), (422, "upload_mismatch"));
        assert_eq!(mona.confirm(announced).await.problem(), (404, "not_found"));
    }
    let replaced = mona.announce(&lesson, "replaced", PDF, 5).await;
    school.put(&replaced, b"%PDF-").await;
    assert_eq!(mona.confirm(&replaced).await.status, 200);
    let kept = mona.announce(&lesson, "kept", PDF, 5).await;
    school.put(&kept, b"%PDF-").await;
    assert_eq!(mona.confirm(&kept).await.status, 200);
    assert_eq!(school.put(&replaced, b"a thousand times as long").await, 201);
    school.change("UPDATE materials SET upload_until = now() - interval '1 s'").await;
    school.until("SELECT count(*) = 1 AND count(settled_at) = 1 FROM materials").await;
    assert_eq!(mona.files(&lesson).await, [("kept".to_owned(), "ready".to_owned())]);
    school.until("SELECT count(*) = 0 FROM doomed_blobs WHERE due_at < upload_until").await;
}

#[tokio::test]
async fn files_are_for_those_who_may_open_the_lesson() {
    let school = with(None).await;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, ben) = (school.student("ada").await, school.student("ben").await);
    let course = mona.course("Algebra").await;
    let first = mona.lesson(&course, "One", json!({})).await;
    let second = mona.lesson(&course, "Two", json!({ "requires": [first] })).await;
    ada.enrol(&course).await;
    let announced = mona.announce(&second, "x", PDF, 5).await;
    school.put(&announced, b"%PDF-").await;
    mona.confirm(&announced).await;
    let (list, one) = (format!("/v1/lessons/{second}/materials"), format!("/v1/materials/{}", announced.text("/id")));
    for (who, problem) in
        [(&ada, (409, "lesson_locked")), (&ben, (403, "enrolment_needed")), (&other, (403, "enrolment_needed"))]
    {
        assert_eq!(who.get(&list).await.problem(), problem);
        assert_eq!(who.address(&announced).await.problem(), problem);
        assert_eq!(who.get(&format!("/v1/lessons/{second}/video")).await.problem(), problem);
    }
    for call in [
        other.confirm(&announced).await,
        other.patch(&one, json!({ "name": "mine" })).await,
        other.delete(&one).await,
        other.announce(&second, "x", PDF, 5).await,
        other.post(&format!("/v1/lessons/{second}/video/confirm"), json!({})).await,
        other.delete(&format!("/v1/lessons/{second}/video")).await,
    ] {
        assert_eq!(call.problem(), (404, "not_found"));
    }
    ada.post(&format!("/v1/lessons/{first}/done"), json!({})).await;
    assert_eq!(ada.address(&announced).await.status, 200);
    mona.patch(&format!("/v1/lessons/{second}"), json!({ "published": false })).await;
    assert_eq!(ada.address(&announced).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn an_address_expires() {
    let mut config = config(&database());
    config.materials.address_s = 1;
    let school = School::node(config, Shared::new()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let announced = mona.announce(&lesson, "x", PDF, 5).await;
    school.put(&announced, b"%PDF-").await;
    mona.confirm(&announced).await;
    let address = mona.address(&announced).await;
    let refused = async {
        while school.fetch(&address).await.0 != 403 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
}

#[tokio::test]
async fn what_may_not_be_is_refused_at_its_field_and_limits_hold() {
    let mut config = config(&database());
    config.materials.file_bytes_max = 10;
    config.materials.per_lesson_max = 2;
    config.materials.course_bytes_max = 25;
    let school = School::node(config, Shared::new()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    for (name, content_type, bytes, field) in [
        ("", PDF, 5, "/name"),
        ("a\nb", PDF, 5, "/name"),
        ("x", "text/html", 5, "/content_type"),
        ("x", "image/svg+xml", 5, "/content_type"),
        ("x", "application/pdf; charset=x", 5, "/content_type"),
        ("x", PDF, 0, "/bytes"),
        ("x", PDF, -1, "/bytes"),
        ("x", PDF, 11, "/bytes"),
    ] {
        let answer = mona.announce(&lesson, name, content_type, bytes).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![field]), "{answer:?}");
    }
    // Files are held to what was announced while they come.
    let announced = mona.announce(&lesson, "x", PDF, 10).await;
    assert_eq!(school.put(&announced, b"12345678901").await, 413);
    assert_eq!(mona.announce(&lesson, "y", PDF, 10).await.status, 201);
    assert_eq!(mona.announce(&lesson, "z", PDF, 1).await.problem(), (409, "too_many_materials"));
    let another = mona.lesson(&course, "Products", json!({})).await;
    assert_eq!(mona.announce(&another, "x", PDF, 6).await.problem(), (409, "course_full"));
    assert_eq!(mona.announce(&another, "x", PDF, 5).await.status, 201);
    // Nobody confirmed them in time.
    school
        .change("UPDATE materials SET created_at = now() - interval '25 h', upload_until = now() - interval '23 h'")
        .await;
    school.until("SELECT count(*) = 0 FROM materials").await;
    school.until("SELECT count(*) = 0 FROM doomed_blobs").await;
}

#[tokio::test]
async fn a_lessons_video_is_replaced_when_the_new_one_is_there() {
    let school = with(None).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    ada.enrol(&course).await;
    let video = format!("/v1/lessons/{lesson}/video");
    let confirm = format!("{video}/confirm");
    assert_eq!(ada.get(&video).await.problem(), (404, "not_found"));
    assert_eq!(mona.post(&confirm, json!({})).await.problem(), (404, "not_found"));
    for (field, value) in
        [("content_type", json!("video/x-msvideo")), ("video_s", json!(0)), ("bytes", json!(1_i64 << 40))]
    {
        let mut new = json!({ "content_type": "video/mp4", "bytes": 4, "video_s": 60 });
        new[field] = value;
        assert_eq!(mona.post(&video, new).await.fields(), [format!("/{field}")]);
    }
    for (bytes, video_s, content_type) in [(&b"one."[..], 60, "video/mp4"), (b"two.", 90, "video/webm")] {
        let new = json!({ "content_type": content_type, "bytes": 4, "video_s": video_s });
        // Of two that are announced the later one counts.
        let forgotten = mona.post(&video, new.clone()).await;
        let announced = mona.post(&video, new).await;
        school.put(&forgotten, b"nope").await;
        assert_eq!(mona.post(&confirm, json!({})).await.problem(), (409, "upload_missing"));
        assert_eq!(school.put(&announced, bytes).await, 201);
        for _ in 0..2 {
            assert_eq!(mona.post(&confirm, json!({})).await.text("/content_type"), content_type);
        }
        let address = ada.get(&video).await;
        assert_eq!(school.fetch(&address).await, (200, String::from_utf8_lossy(bytes).into_owned()));
        assert_eq!(mona.get(&format!("/v1/lessons/{lesson}")).await.body["video_s"], video_s);
    }
    assert_eq!(mona.files(&lesson).await, []);
    mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "completion": "watched" })).await;
    assert_eq!(mona.delete(&video).await.problem(), (422, "video_needed"));
    mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "completion": "marked" })).await;
    assert_eq!(mona.delete(&video).await.status, 204);
    assert_eq!(ada.get(&video).await.problem(), (404, "not_found"));
    assert_eq!(mona.get(&format!("/v1/lessons/{lesson}")).await.body["video_s"], Value::Null);
    school.until(NO_BLOB_IS_DOOMED).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_store_is_away_nothing_is_lost() {
    let azurite = Azurite::start();
    let proxy = Proxy::start(azurite.blobs()).await;
    let school = with(azure(proxy.address(), 1_000)).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let (kept, gone) = (mona.announce(&lesson, "kept", PDF, 5).await, mona.announce(&lesson, "gone", PDF, 5).await);
    for announced in [&kept, &gone] {
        school.put(announced, b"%PDF-").await;
    }
    proxy.cut();
    let refused = mona.confirm(&kept).await;
    assert_eq!((refused.problem(), refused.headers.contains_key("retry-after")), ((503, "blobs_unavailable"), true));
    // What is deleted is deleted, whatever the store says.
    assert_eq!(mona.delete(&format!("/v1/materials/{}", gone.text("/id"))).await.status, 204);
    school.until("SELECT count(*) = 1 FROM doomed_blobs WHERE attempts > 0").await;
    proxy.heal();
    let confirmed = async {
        while mona.confirm(&kept).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, confirmed).await.unwrap();
    school.change("UPDATE doomed_blobs SET due_at = now()").await;
    school.until(NO_BLOB_IS_DOOMED).await;
}
