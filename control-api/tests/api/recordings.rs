//! Recordings of classes: who records them, what becomes of those that nobody finishes, who sees them. The test plays the
//! recorders.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use lectern_platform::blobs::{BlobKey, BlobKind, BlobsConfig};
use lectern_platform::token::{NodeClaims, TokenSigner};
use lectern_testing::TempFolder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::Page;
use crate::live::{at, until};
use crate::school::{Answer, Client, School, Shared, config, database};

/// A recorder, as the school knows it.
pub(crate) struct Recorder {
    name: String,
    token: String,
}

impl Recorder {
    pub(crate) fn new(signer: &TokenSigner, name: &str) -> Self {
        let claims = NodeClaims::issue(name, Duration::from_secs(600));
        Self { name: name.to_owned(), token: signer.sign_node(&claims).unwrap() }
    }

    pub(crate) async fn call(&self, school: &School, method: Method, path: &str, body: &Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        school.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn claim(&self, school: &School) -> Answer {
        self.call(school, Method::POST, "/v1/recorder/jobs", &json!({ "node": self.name })).await
    }

    /// Of a process, on a spool.
    async fn claim_with(&self, school: &School, spool: u128, process: u128) -> Answer {
        self.claim_left(school, spool, process, &[]).await
    }

    /// The same, with something left of recordings.
    async fn claim_left(&self, school: &School, spool: u128, process: u128, left: &[&str]) -> Answer {
        let [spool, process] = [spool, process].map(Uuid::from_u128);
        let claim = json!({ "node": self.name, "spool": spool, "process": process, "left": left });
        self.call(school, Method::POST, "/v1/recorder/jobs", &claim).await
    }

    pub(crate) async fn renew(&self, school: &School, job: &Answer, duration_ms: i64, is_playable: bool) -> Answer {
        let renewal =
            json!({ "run": job.body["run"], "duration_ms": duration_ms, "bytes": 10, "is_playable": is_playable });
        self.call(school, Method::PUT, &format!("/v1/recorder/jobs/{}", job.text("/id")), &renewal).await
    }

    pub(crate) async fn end(&self, school: &School, job: &Answer, with: Value) -> Answer {
        let mut end = json!({ "run": job.body["run"], "outcome": "ready", "duration_ms": 61_001, "bytes": 99 });
        end.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        self.call(school, Method::POST, &format!("/v1/recorder/jobs/{}/end", job.text("/id")), &end).await
    }
}

impl Client<'_> {
    /// A class about a lesson, which has begun.
    pub(crate) async fn class_about(&self, course: &str, lesson: Option<&str>) -> String {
        let new = json!({ "title": "Sums & more", "lesson": lesson, "starts_at": at(0), "ends_at": at(60) });
        let class = self.post(&format!("/v1/courses/{course}/live"), new).await.text("/id").to_owned();
        assert_eq!(self.with(&class, "start").await.text("/state"), "live");
        class
    }
}

async fn set(school: &School, query: &'static str) {
    assert!(sqlx::query(query).execute(&mut school.sql().await).await.unwrap().rows_affected() > 0, "{query}");
}

const TOLD: &str = "SELECT count(*) FROM outbox WHERE kind = 'recording.ready'";
const LEASES_END: &str = "UPDATE recordings SET lease_until = now()";
const LONG_OVER: &str = "UPDATE live_sessions SET ended_at = now() - interval '2 h' WHERE state = 'ended'";

#[tokio::test]
async fn a_class_that_begins_is_recorded_by_one_of_two_who_ask_at_once() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let (one, two) = (Recorder::new(&shared.signer, "rec-1"), Recorder::new(&shared.signer, "rec-2"));
    assert_eq!(one.claim(&school).await.status, 204);
    let class = mona.class_about(&course, None).await;
    let (a, b) = tokio::join!(one.claim(&school), two.claim(&school));
    let (job, holder, other) = if a.status == 200 { (a, &one, &two) } else { (b, &two, &one) };
    assert_eq!((job.text("/room"), &job.body["run"], &job.body["go_on"]), (class.as_str(), &json!(1), &json!(true)));
    assert_eq!(job.text("/folder"), format!("recordings/{}", job.text("/id")));
    assert_eq!(job.text("/whep"), format!("/v1/rooms/{class}/whep"));
    let room = shared.signer.verifier().verify(job.text("/token")).unwrap();
    assert_eq!((room.room.as_str(), room.publish.len(), room.role.to_string().as_str()), (&*class, 0, "student"));
    let joined = mona.with(&class, "join").await;
    let publisher = shared.signer.verifier().verify(joined.text("/token")).unwrap();
    assert!(publisher.recorded && publisher.may_publish("camera"), "the media server is to take what can be recorded");
    assert_eq!(job.text("/started_at"), mona.get(&format!("/v1/live/{class}")).await.text("/started_at"));
    // Nobody else gets it while it is held, and to start a class twice makes no second recording.
    assert_eq!(other.claim(&school).await.status, 204);
    mona.with(&class, "start").await;
    assert_eq!(other.claim(&school).await.status, 204);
    assert_eq!(holder.renew(&school, &job, 5_000, true).await.body["go_on"], true);

    // Nothing is heard of the holder: another goes on under another number, and the first one learns that it has lost it.
    set(&school, LEASES_END).await;
    assert_eq!(holder.renew(&school, &job, 6_000, true).await.status, 200, "nobody has taken it yet");
    assert_eq!(other.claim(&school).await.status, 204);
    set(&school, LEASES_END).await;
    let next = other.claim(&school).await;
    assert_eq!((next.text("/id"), &next.body["run"]), (job.text("/id"), &json!(2)));
    assert_eq!(holder.renew(&school, &job, 9_000, true).await.problem(), (409, "lease_lost"));
    assert_eq!(holder.end(&school, &job, json!({})).await.problem(), (409, "lease_lost"));
    // What was said before is not taken back.
    other.renew(&school, &next, 0, false).await;
    let seen = mona.get(&format!("/v1/recordings/{}", job.text("/id"))).await;
    assert_eq!((&seen.body["duration_s"], &seen.body["is_playable"]), (&json!(6.0), &json!(true)));
    // Who goes home gives it back.
    let release = format!("/v1/recorder/jobs/{}/release", job.text("/id"));
    assert_eq!(other.call(&school, Method::POST, &release, &json!({ "run": 2 })).await.status, 204);
    assert_eq!(one.claim(&school).await.body["run"], 3);
    assert_eq!(other.call(&school, Method::POST, &release, &json!({ "run": 2 })).await.problem(), (409, "lease_lost"));
}

#[tokio::test]
async fn only_a_node_s_token_is_one_and_it_is_nothing_else() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let root = school.person("root", "admin").await;
    let jobs = "/v1/recorder/jobs";
    assert_eq!(root.post(jobs, json!({ "node": "rec-1" })).await.problem(), (403, "role_not_allowed"));
    assert_eq!(school.stranger().post(jobs, json!({ "node": "rec-1" })).await.problem(), (401, "token_missing"));
    let recorder = Recorder::new(&shared.signer, "rec-1");
    assert_eq!(recorder.call(&school, Method::GET, "/v1/me", &json!({})).await.status, 401);
    let named = recorder.call(&school, Method::POST, jobs, &json!({ "node": "rec-2" })).await;
    assert_eq!((named.status.as_u16(), named.fields()), (422, vec!["/node"]));
    let forged = Recorder::new(&TokenSigner::generate(), "rec-1");
    assert_eq!(forged.claim(&school).await.status, 401);
}

#[tokio::test]
async fn a_recording_that_is_ready_is_the_lesson_s_video_and_its_course_learns_of_it() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let (mona, ada, eve) =
        (school.person("mona", "tutor").await, school.student("ada").await, school.student("eve").await);
    let other = school.person("other", "tutor").await;
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let class = mona.class_about(&course, Some(&lesson)).await;
    let recorder = Recorder::new(&shared.signer, "rec-1");
    let job = recorder.claim(&school).await;
    let path = format!("/v1/recordings/{}", job.text("/id"));
    // Before there is something to play, it is for tutors.
    let list = format!("/v1/courses/{course}/recordings");
    assert_eq!(ada.get(&path).await.problem(), (404, "not_found"));
    assert_eq!(ada.get(&list).await.body["items"], json!([]));
    assert_eq!(ada.get(&format!("/v1/live/{class}")).await.body["recording"], Value::Null);
    assert_eq!(mona.get(&path).await.text("/state"), "recording");
    assert_eq!(mona.get(&list).await.text("/items/0/id"), job.text("/id"));
    mona.with(&class, "end").await;
    assert_eq!(recorder.renew(&school, &job, 60_000, true).await.body["go_on"], false);
    let manifest = json!({ "manifest": { "version": 1, "marks": [{ "at_ms": 5, "kind": "screen_begins" }] } });
    for _ in 0..2 {
        assert_eq!(recorder.end(&school, &job, manifest.clone()).await.status, 204);
    }
    for who in [&ada, &mona] {
        let seen = who.get(&path).await;
        assert_eq!(
            (seen.text("/state"), seen.text("/title"), seen.text("/lesson")),
            ("ready", "Sums & more", &*lesson)
        );
        assert_eq!((&seen.body["duration_s"], &seen.body["bytes"]), (&json!(61.001), &json!(99)));
        assert_eq!(who.get(&list).await.text("/items/0/id"), job.text("/id"));
        assert_eq!(who.get(&format!("/v1/live/{class}")).await.text("/recording"), job.text("/id"));
        let lesson = who.get(&format!("/v1/lessons/{lesson}")).await;
        assert_eq!((lesson.text("/recording"), &lesson.body["video_s"]), (job.text("/id"), &json!(62)));
    }
    for who in [&eve, &other] {
        assert_eq!(who.get(&path).await.problem(), (404, "not_found"));
        assert_eq!(who.get(&list).await.problem(), (403, "enrolment_needed"));
        assert!([403, 404].contains(&who.delete(&path).await.status.as_u16()));
    }
    assert_eq!(ada.delete(&path).await.problem(), (403, "role_not_allowed"));
    let told: i64 = sqlx::query_scalar(TOLD).fetch_one(&mut school.sql().await).await.unwrap();
    assert_eq!(told, 1, "to say it twice tells it once");
    assert_eq!(mona.delete(&path).await.status, 204);
    assert_eq!(mona.get(&format!("/v1/lessons/{lesson}")).await.body["video_s"], Value::Null);
    assert_eq!(school.audited("recording.deleted").await.len(), 1);
}

#[tokio::test]
async fn what_nobody_finishes_ends_once_on_two_nodes() {
    let shared = Shared::new();
    let mut settings = config(&database());
    settings.recordings.abandoned_s = 3_600;
    let school = School::node(settings.clone(), shared.clone()).await;
    let _second = School::node(settings, shared.clone()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let recorder = Recorder::new(&shared.signer, "rec-1");
    let silent = mona.class_about(&course, None).await;
    let job = recorder.claim(&school).await;
    let playable = mona.class_about(&course, None).await;
    let half = recorder.claim(&school).await;
    recorder.renew(&school, &half, 30_000, true).await;
    for class in [&silent, &playable] {
        mona.with(class, "end").await;
    }
    set(&school, LEASES_END).await;
    set(&school, LONG_OVER).await;
    let mut sql = school.sql().await;
    const OVER: &str = "SELECT ended_at IS NOT NULL FROM recordings WHERE live_id = $1";
    until(&mut sql, OVER, &silent).await;
    until(&mut sql, OVER, &playable).await;
    let seen = mona.get(&format!("/v1/recordings/{}", job.text("/id"))).await;
    assert_eq!((seen.text("/state"), seen.text("/reason")), ("failed", "abandoned"));
    let seen = mona.get(&format!("/v1/recordings/{}", half.text("/id"))).await;
    assert_eq!((seen.text("/state"), seen.text("/reason")), ("ready", "abandoned"));
    let told: i64 = sqlx::query_scalar(TOLD).fetch_one(&mut sql).await.unwrap();
    assert_eq!(told, 1);
    assert_eq!(recorder.claim(&school).await.status, 204);
    // Its recorder comes back after all, with something to play.
    assert_eq!(recorder.end(&school, &job, json!({})).await.status, 204);
    let seen = mona.get(&format!("/v1/recordings/{}", job.text("/id"))).await;
    assert_eq!((seen.text("/state"), &seen.body["is_playable"]), ("ready", &json!(true)));
    // So does the other one's, with the rest: its course has heard of it before.
    assert_eq!(recorder.end(&school, &half, json!({})).await.status, 204);
    let seen = mona.get(&format!("/v1/recordings/{}", half.text("/id"))).await;
    assert_eq!((&seen.body["reason"], &seen.body["duration_s"]), (&Value::Null, &json!(61.001)));
    let told: i64 = sqlx::query_scalar(TOLD).fetch_one(&mut sql).await.unwrap();
    assert_eq!(told, 2);
}

#[tokio::test]
async fn who_is_back_with_its_spool_goes_on_before_the_lease_ends() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let (one, two) = (Recorder::new(&shared.signer, "rec-1"), Recorder::new(&shared.signer, "rec-2"));
    let first = mona.class_about(&course, None).await;
    let job = one.claim_with(&school, 1, 10).await;
    mona.class_about(&course, None).await;
    let other = two.claim_with(&school, 2, 20).await;
    // Neither another spool nor the process that has it, nor who names neither.
    for none in [one.claim_with(&school, 1, 10).await, two.claim_with(&school, 2, 20).await, two.claim(&school).await] {
        assert_eq!(none.status, 204);
    }
    // Another process, whatever it is called: its own comes before what waits longer.
    set(&school, "UPDATE recordings SET lease_until = now() WHERE node = 'rec-2'").await;
    let heir = Recorder::new(&shared.signer, "rec-1b");
    let again = heir.claim_with(&school, 1, 11).await;
    assert_eq!((again.text("/id"), again.text("/room"), &again.body["run"]), (job.text("/id"), &*first, &json!(2)));
    assert_eq!(one.renew(&school, &job, 9_000, true).await.problem(), (409, "lease_lost"));
    assert_eq!(heir.renew(&school, &again, 9_000, true).await.status, 200);
    assert_eq!(heir.claim_with(&school, 1, 11).await.text("/id"), other.text("/id"));
    // What was given back is first for whoever has the disk, and for everybody.
    let release = format!("/v1/recorder/jobs/{}/release", again.text("/id"));
    assert_eq!(heir.call(&school, Method::POST, &release, &json!({ "run": 2 })).await.status, 204);
    assert_eq!(two.claim_with(&school, 2, 20).await.body["run"], 3);
    let metrics = school.metrics();
    for (from, times) in [("new", 2), ("restarted", 1), ("lease_lost", 1), ("released", 1)] {
        let line = format!("lectern_recordings_claims_total{{from=\"{from}\"}} {times}\n");
        assert!(metrics.contains(&line), "{from}: {metrics}");
    }
}

#[tokio::test]
async fn who_has_something_left_of_a_recording_that_has_ended_ends_it_once_more() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let (one, two) = (Recorder::new(&shared.signer, "rec-1"), Recorder::new(&shared.signer, "rec-2"));
    let class = mona.class_about(&course, Some(&lesson)).await;
    let job = two.claim_with(&school, 2, 20).await;
    let id = job.text("/id");
    let path = format!("/v1/recordings/{id}");
    let left = async || one.claim_left(&school, 1, 10, &[id, &Uuid::now_v7().to_string()]).await;
    assert_eq!(left().await.status, 204, "another has it");
    mona.with(&class, "end").await;
    let mut page = Page::open(&school, &ada, None).await;
    two.end(&school, &job, json!({})).await;
    assert_eq!(page.told("recording.ready").await["recording"], id);
    assert_eq!(left().await.status, 204, "players do not know its end yet");
    set(&school, "UPDATE recordings SET ended_at = ended_at - interval '61 s'").await;
    assert_eq!(two.claim_with(&school, 2, 20).await.status, 204, "who has nothing left does not get it");
    let class = mona.class_about(&course, None).await;
    let live = left().await;
    assert_eq!(live.text("/room"), class, "classes come first");
    let nothing = json!({ "outcome": "failed", "reason": "nothing_recorded" });
    assert_eq!(one.end(&school, &live, nothing).await.status, 204);
    let late = left().await;
    assert_eq!((late.text("/id"), &late.body["run"], &late.body["go_on"]), (id, &json!(2), &json!(false)));
    assert_eq!(left().await.status, 204, "it is held");
    assert_eq!(two.end(&school, &job, json!({})).await.problem(), (409, "lease_lost"));
    // It stays as it is until it has ended once more.
    assert_eq!(one.renew(&school, &late, 90_000, true).await.body["go_on"], false);
    let seen = ada.get(&path).await;
    assert_eq!((seen.text("/state"), &seen.body["duration_s"]), ("ready", &json!(61.001)));
    for _ in 0..2 {
        assert_eq!(one.end(&school, &late, json!({ "duration_ms": 70_000, "bytes": 120 })).await.status, 204);
    }
    let seen = ada.get(&path).await;
    assert_eq!((&seen.body["duration_s"], &seen.body["bytes"]), (&json!(70.0), &json!(120)));
    assert_eq!(ada.get(&format!("/v1/lessons/{lesson}")).await.body["video_s"], 70);
    // One that fails, the second time, is what it was.
    set(&school, LEASES_END).await;
    let late = left().await;
    let unreachable = json!({ "outcome": "failed", "reason": "store_unreachable", "is_playable": true });
    assert_eq!(one.end(&school, &late, unreachable.clone()).await.status, 204);
    let seen = ada.get(&path).await;
    assert_eq!((seen.text("/state"), &seen.body["reason"]), ("ready", &Value::Null));

    // One that could not be stored in time is ready after all, and its course learns of that; one with a full disk stays cut short.
    for (reason, kept) in [("store_unreachable", Value::Null), ("disk_full", json!("disk_full"))] {
        let class = mona.class_about(&course, None).await;
        let job = one.claim_with(&school, 1, 10).await;
        let path = format!("/v1/recordings/{}", job.text("/id"));
        mona.with(&class, "end").await;
        let detail = json!({ "outcome": "failed", "reason": reason, "detail": "why" });
        assert_eq!(one.end(&school, &job, detail).await.status, 204);
        assert_eq!(mona.get(&path).await.text("/state"), "failed");
        set(&school, "UPDATE recordings SET ended_at = ended_at - interval '61 s' WHERE state = 'failed'").await;
        let late = one.claim_left(&school, 1, 10, &[job.text("/id")]).await;
        assert_eq!(one.renew(&school, &late, 5_000, true).await.status, 200);
        assert_eq!(mona.get(&path).await.text("/state"), "failed");
        assert_eq!(one.end(&school, &late, json!({})).await.status, 204);
        assert_eq!(page.told("recording.ready").await["recording"], job.text("/id"));
        let seen = ada.get(&path).await;
        assert_eq!((seen.text("/state"), &seen.body["reason"]), ("ready", &kept));
    }
    // Deleted while somebody puts something in, its folder is emptied once more.
    set(&school, LEASES_END).await;
    left().await;
    assert_eq!(mona.delete(&path).await.status, 204);
    let again = "SELECT $1 IS NOT NULL AND bool_and(upload_until > now() + interval '50 min') FROM doomed_blobs";
    until(&mut school.sql().await, again, &class).await;
    let told: i64 = sqlx::query_scalar(TOLD).fetch_one(&mut school.sql().await).await.unwrap();
    assert_eq!(told, 3, "to end it once more tells nobody anew");
    let many = vec![id; 65];
    let refused = one.claim_left(&school, 1, 10, &many).await;
    assert_eq!((refused.status.as_u16(), refused.fields()), (422, vec!["/left"]));
    assert!(school.metrics().contains("lectern_recordings_claims_total{from=\"ended\"} 5\n"));
    assert!(school.metrics().contains("lectern_recordings_ended_total{outcome=\"ready\",reason=\"\"} 1\n"));
}

#[tokio::test]
async fn what_was_recorded_before_it_failed_can_be_played_and_says_that_its_end_is_missing() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let recorder = Recorder::new(&shared.signer, "rec-1");
    let full = json!({ "outcome": "failed", "reason": "disk_full", "detail": "no place", "is_playable": true });
    for (is_known_before, end) in [(false, full.clone()), (true, json!({ "outcome": "failed", "reason": "internal" }))]
    {
        let class = mona.class_about(&course, Some(&lesson)).await;
        let job = recorder.claim(&school).await;
        if is_known_before {
            recorder.renew(&school, &job, 61_001, true).await;
        }
        let mut page = Page::open(&school, &ada, None).await;
        assert_eq!(recorder.end(&school, &job, end.clone()).await.status, 204);
        let told = page.told("recording.ready").await;
        assert_eq!((&told["recording"], &told["live"]), (&json!(job.text("/id")), &json!(class)));
        let seen = ada.get(&format!("/v1/recordings/{}", job.text("/id"))).await;
        assert_eq!((seen.text("/state"), &seen.body["reason"]), ("ready", &end["reason"]));
        assert_eq!(ada.get(&format!("/v1/lessons/{lesson}")).await.text("/recording"), job.text("/id"));
    }
    let class = mona.class_about(&course, Some(&lesson)).await;
    let job = recorder.claim(&school).await;
    let nothing = json!({ "outcome": "failed", "reason": "disk_full" });
    assert_eq!(recorder.end(&school, &job, nothing).await.status, 204);
    let seen = mona.get(&format!("/v1/recordings/{}", job.text("/id"))).await;
    assert_eq!((seen.text("/state"), seen.text("/reason")), ("failed", "disk_full"));
    assert_eq!(ada.get(&format!("/v1/live/{class}")).await.body["recording"], Value::Null);
    let metrics = school.metrics();
    for (outcome, reason) in [("cut_short", "disk_full"), ("cut_short", "internal"), ("failed", "disk_full")] {
        let line = format!("lectern_recordings_ended_total{{outcome=\"{outcome}\",reason=\"{reason}\"}} 1\n");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn the_course_hears_of_a_recording_in_its_open_pages_and_sees_it_in_the_outline() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let outline = format!("/v1/courses/{course}/lessons");
    assert_eq!(ada.get(&outline).await.body["items"][0]["recording"], Value::Null);
    let class = mona.class_about(&course, Some(&lesson)).await;
    let recorder = Recorder::new(&shared.signer, "rec-1");
    let job = recorder.claim(&school).await;
    let mut page = Page::open(&school, &ada, None).await;
    mona.with(&class, "end").await;
    assert_eq!(recorder.end(&school, &job, json!({})).await.status, 204);
    let told = page.told("recording.ready").await;
    let expected = json!({ "kind": "recording.ready", "course": course, "live": class, "recording": job.text("/id"),
        "lesson": lesson, "title": "Sums & more" });
    assert_eq!(told, expected);
    for who in [&ada, &mona] {
        assert_eq!(who.get(&outline).await.body["items"][0]["recording"], job.text("/id"));
    }
}

#[tokio::test]
async fn where_no_recorder_asks_for_work_it_is_seen() {
    let shared = Shared::new();
    let school = School::node(config(&database()), shared.clone()).await;
    let (root, mona) = (school.person("root", "admin").await, school.person("mona", "tutor").await);
    let course = mona.course("Algebra").await;
    let part = async || {
        let system = root.get("/v1/system").await;
        let parts = system.body["parts"].as_array().unwrap().clone();
        let part = parts.into_iter().find(|part| part["name"] == "recordings").unwrap();
        (part["state"].as_str().unwrap().to_owned(), part["figures"].clone())
    };
    assert_eq!(part().await.0, "degraded");
    mona.class_about(&course, None).await;
    let (state, figures) = part().await;
    assert_eq!((&*state, &figures["waiting"]), ("down", &json!(1)));
    let recorder = Recorder::new(&shared.signer, "rec-1");
    recorder.claim(&school).await;
    let (state, figures) = part().await;
    assert_eq!((&*state, &figures["held"], &figures["recorders"]), ("ok", &json!(1), &json!(1)));
    // The one there is has as many as it can: it does not ask any more.
    set(&school, "UPDATE recorders SET asked_at = now() - interval '2 min'").await;
    assert_eq!(part().await.0, "ok");
    mona.class_about(&course, None).await;
    set(&school, "UPDATE recordings SET lease_until = now() - interval '1 min' WHERE state = 'waiting'").await;
    let (state, figures) = part().await;
    assert_eq!((&*state, &figures["waiting"]), ("degraded", &json!(1)));
    assert!(figures["oldest_s"].as_u64().unwrap() >= 60, "{figures}");
    let shown = async {
        while !school.metrics().contains("lectern_recordings_waiting 1\n") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), shown).await.expect("metrics show it");
}

#[tokio::test]
async fn a_recording_is_deleted_with_its_course_while_it_is_made_and_its_folder_is_emptied() {
    let folder = TempFolder::new("recorded");
    let blobs_config = BlobsConfig { folder: folder.path().to_owned(), ..BlobsConfig::default() };
    let (blobs, _) = blobs_config.start(&prometheus::Registry::new()).unwrap();
    let shared = Shared { blobs: Some(blobs_config), ..Shared::new() };
    let school = School::node(config(&database()), shared.clone()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let class = mona.class_about(&course, None).await;
    let recorder = Recorder::new(&shared.signer, "rec-1");
    let job = recorder.claim(&school).await;
    let below: BlobKey = job.text("/folder").parse().unwrap();
    assert!(!below.as_str().to_lowercase().contains("sums"));
    let kind = BlobKind { content_type: "video/mp4".into(), cache_control: String::new() };
    for name in ["camera/1-init-1.mp4", "camera/1-000001.m4s", "recording.m3u8"] {
        blobs.put(&below.join(name).unwrap(), &kind, "x".into()).await.unwrap();
    }
    assert_eq!(mona.delete(&format!("/v1/courses/{course}")).await.status, 204);
    assert_eq!(recorder.renew(&school, &job, 1, true).await.problem(), (404, "not_found"));
    assert_eq!(recorder.end(&school, &job, json!({})).await.problem(), (404, "not_found"));
    assert_eq!(recorder.claim(&school).await.status, 204);
    let emptied = async {
        while !blobs.list(&below, None).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), emptied).await.expect("the folder is emptied");
    // It is looked at once more: the recorder may have been sending.
    let again = "SELECT $1 IS NOT NULL AND count(*) = 1 FROM doomed_blobs WHERE is_folder AND due_at > now() + interval '50 min'";
    until(&mut school.sql().await, again, &class).await;
}

#[tokio::test]
async fn where_classes_are_not_to_be_recorded_none_is() {
    let shared = Shared::new();
    let mut settings = config(&database());
    settings.recordings.enabled = None;
    let school = School::node(settings, shared.clone()).await;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let class = mona.class_about(&course, None).await;
    assert_eq!(Recorder::new(&shared.signer, "rec-1").claim(&school).await.status, 204);
    assert_eq!(mona.get(&format!("/v1/live/{class}")).await.body["recording"], Value::Null);
    let joined = mona.with(&class, "join").await;
    assert!(!shared.signer.verifier().verify(joined.text("/token")).unwrap().recorded);
}
