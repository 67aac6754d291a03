//! Uploaded videos on their way to be streamed: who packages them, what becomes of what is replaced, who plays them. The test plays
//! the recorders.

use std::sync::Arc;

use axum::http::Method;
use lectern_platform::blobs::{BlobKey, BlobKind, Blobs, BlobsConfig};
use lectern_testing::TempFolder;
use serde_json::{Value, json};

use crate::materials::NO_BLOB_IS_DOOMED;
use crate::playback::addresses;
use crate::recordings::Recorder;
use crate::school::{Answer, Client, School, Shared, config, database};

const JOBS: &str = "/v1/recorder/packagings";
const LEASES_END: &str = "UPDATE packagings SET lease_until = now() WHERE ended_at IS NULL";
const MULTIVARIANT: &str = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.42c01f\"\ncamera.m3u8\n";
const CAMERA: &str = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"camera/1-init-1.mp4\"\n\
    #EXTINF:4.000,\ncamera/1-000001.m4s\n#EXT-X-ENDLIST\n";

/// A school whose files the test sees.
struct Scene {
    school: School,
    shared: Shared,
    blobs: Arc<dyn Blobs>,
    _folder: TempFolder,
}

impl Scene {
    async fn new() -> Self {
        let folder = TempFolder::new("packaged");
        let blobs_config = BlobsConfig { folder: folder.path().to_owned(), ..BlobsConfig::default() };
        let (blobs, _) = blobs_config.start(&prometheus::Registry::new()).unwrap();
        let shared = Shared { blobs: Some(blobs_config), ..Shared::new() };
        let school = School::node(config(&database()), shared.clone()).await;
        Self { school, shared, blobs, _folder: folder }
    }

    fn recorder(&self, name: &str) -> Packer<'_> {
        Packer { recorder: Recorder::new(&self.shared.signer, name), name: name.to_owned(), school: &self.school }
    }

    /// What a recorder would make of a video.
    async fn store(&self, job: &Answer) {
        let kind = BlobKind { content_type: "video/mp4".into(), cache_control: "max-age=1".into() };
        let folder: BlobKey = job.text("/folder").parse().unwrap();
        for (name, text) in [
            ("camera/1-init-1.mp4", "init"),
            ("camera/1-000001.m4s", "first"),
            ("camera.m3u8", CAMERA),
            ("recording.m3u8", MULTIVARIANT),
            ("poster.jpg", "jpeg"),
        ] {
            self.blobs.put(&folder.join(name).unwrap(), &kind, text.into()).await.unwrap();
        }
    }

    async fn files(&self, job: &Answer) -> usize {
        self.blobs.list(&job.text("/folder").parse().unwrap(), None).await.unwrap().len()
    }
}

struct Packer<'a> {
    recorder: Recorder,
    name: String,
    school: &'a School,
}

impl Packer<'_> {
    async fn claim(&self) -> Answer {
        self.recorder.call(self.school, Method::POST, JOBS, &json!({ "node": self.name })).await
    }

    async fn renew(&self, job: &Answer, bytes_read: i64) -> Answer {
        let body = json!({ "run": job.body["run"], "bytes_read": bytes_read });
        self.recorder.call(self.school, Method::PUT, &format!("{JOBS}/{}", job.text("/id")), &body).await
    }

    async fn release(&self, job: &Answer) -> Answer {
        let path = format!("{JOBS}/{}/release", job.text("/id"));
        self.recorder.call(self.school, Method::POST, &path, &json!({ "run": job.body["run"] })).await
    }

    async fn end(&self, job: &Answer, outcome: &str, with: Value) -> Answer {
        let mut end = json!({ "run": job.body["run"], "outcome": outcome });
        end.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        self.recorder.call(self.school, Method::POST, &format!("{JOBS}/{}/end", job.text("/id")), &end).await
    }

    async fn ready(&self, job: &Answer) -> Answer {
        let manifest = json!({ "version": 1, "pictures": { "poster": "poster.jpg" } });
        self.end(job, "ready", json!({ "duration_ms": 4_000, "bytes": 9, "manifest": manifest })).await
    }
}

impl Client<'_> {
    /// A lesson whose video is there.
    async fn filmed(&self, school: &School, course: &str) -> String {
        let lesson = self.lesson(course, "Sums", json!({})).await;
        self.film(school, &lesson).await;
        lesson
    }

    /// Gives a lesson another video.
    async fn film(&self, school: &School, lesson: &str) {
        let new = json!({ "content_type": "video/quicktime", "bytes": 8, "video_s": 4 });
        let announced = self.post(&format!("/v1/lessons/{lesson}/video"), new).await;
        assert_eq!(school.put(&announced, b"ftypqt__").await, 201);
        for _ in 0..2 {
            assert_eq!(self.post(&format!("/v1/lessons/{lesson}/video/confirm"), json!({})).await.status, 200);
        }
    }

    async fn packaging(&self, lesson: &str) -> Value {
        self.get(&format!("/v1/lessons/{lesson}/video")).await.body["packaging"].clone()
    }

    async fn play(&self, lesson: &str) -> Answer {
        self.post(&format!("/v1/lessons/{lesson}/video/playback"), json!({})).await
    }
}

fn state(name: &str, percent: i32) -> Value {
    json!({ "state": name, "percent": percent, "code": null, "reason": null })
}

#[tokio::test]
async fn a_video_that_is_confirmed_is_packaged_by_one_of_two_who_ask_at_once() {
    let scene = Scene::new().await;
    let mona = scene.school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let (one, two) = (scene.recorder("rec-1"), scene.recorder("rec-2"));
    assert_eq!(one.claim().await.status, 204);
    let lesson = mona.filmed(&scene.school, &course).await;
    assert_eq!(mona.packaging(&lesson).await, state("waiting", 0));
    let (a, b) = tokio::join!(one.claim(), two.claim());
    let (job, holder, other) = if a.status == 200 { (a, &one, &two) } else { (b, &two, &one) };
    assert_eq!(other.claim().await.status, 204, "to confirm it twice makes one job");
    assert_eq!((&job.body["run"], &job.body["source_bytes"]), (&json!(1), &json!(8)), "{job:?}");
    assert_eq!(job.text("/folder"), format!("videos/{}/1", job.text("/id")));
    let source: BlobKey = job.text("/source").parse().unwrap();
    assert_eq!(&scene.blobs.read(&source, 0..99).await.unwrap().unwrap()[..], b"ftypqt__");
    assert_eq!(holder.renew(&job, 4).await.status, 204);
    assert_eq!(mona.packaging(&lesson).await, state("running", 50));
    assert_eq!(holder.renew(&job, 8).await.status, 204);
    assert_eq!(mona.packaging(&lesson).await, state("running", 99), "it is not ready yet");

    // Who goes home gives it back; that is no attempt.
    for run in 2..6 {
        scene.school.change(LEASES_END).await;
        let again = one.claim().await;
        assert_eq!(again.body["run"], run);
        assert_eq!(one.release(&again).await.status, 204);
    }
    assert_eq!(mona.packaging(&lesson).await, state("waiting", 0));
    let next = two.claim().await;
    assert_eq!(next.text("/folder"), format!("videos/{}/6", job.text("/id")));
    scene.store(&job).await;
    for answer in [holder.renew(&job, 8).await, holder.ready(&job).await, holder.release(&job).await] {
        assert_eq!(answer.problem(), (409, "lease_lost"));
    }
    scene.store(&next).await;
    for _ in 0..2 {
        assert_eq!(two.ready(&next).await.status, 204);
    }
    assert_eq!(mona.packaging(&lesson).await, state("ready", 100));
    assert_eq!(two.end(&next, "failed", json!({})).await.status, 204, "what has ended has ended");
    assert_eq!(mona.packaging(&lesson).await, state("ready", 100));
    assert_eq!(one.claim().await.status, 204);
    // What earlier runs left goes, and once more when they can be sure to have stopped.
    scene.school.change("UPDATE doomed_blobs SET due_at = now(), upload_until = now() - interval '1 s'").await;
    scene.school.until("SELECT count(*) = 0 FROM doomed_blobs").await;
    assert_eq!((scene.files(&job).await, scene.files(&next).await), (0, 5));
}

#[tokio::test]
async fn a_packaged_video_is_played_by_those_who_may_read_its_lesson() {
    let scene = Scene::new().await;
    let school = &scene.school;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, ben, eve) = (school.student("ada").await, school.student("ben").await, school.student("eve").await);
    let root = school.person("root", "admin").await;
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let first = mona.lesson(&course, "Numbers", json!({})).await;
    let lesson = mona.filmed(school, &course).await;
    let recorder = scene.recorder("rec-1");
    let job = recorder.claim().await;
    scene.store(&job).await;
    assert_eq!(ada.play(&lesson).await.problem(), (409, "video_not_packaged"));
    assert_eq!(ada.get(&format!("/v1/lessons/{lesson}/video")).await.status, 200, "as it was uploaded");
    assert_eq!(recorder.ready(&job).await.status, 204);
    for who in [&ada, &mona, &root] {
        let playback = who.play(&lesson).await;
        assert_eq!(playback.status, 201, "{playback:?}");
        assert_eq!((&playback.body["is_live"], &playback.body["duration_s"]), (&json!(false), &json!(4.0)));
        assert_eq!((&playback.body["sound"], &playback.body["screen"]), (&Value::Null, &Value::Null));
        assert_eq!(playback.text("/started_at"), job.text("/uploaded_at"), "one clock");
        assert_eq!(who.get(playback.text("/playlist")).await.raw, MULTIVARIANT);
        let files = addresses(&who.get(playback.text("/camera")).await.raw);
        assert_eq!(files.len(), 2);
        for (file, text) in files.iter().zip(["init", "first"]) {
            assert_eq!(school.transfer(Method::GET, file, &Value::Null, b"").await, (200, text.to_owned()), "{file}");
        }
        let poster = school.transfer(Method::GET, playback.text("/poster"), &Value::Null, b"").await;
        assert_eq!(poster, (200, "jpeg".to_owned()));
        for nothing in ["/chat", "/chapters"] {
            assert_eq!(who.get(playback.text(nothing)).await.raw, "WEBVTT\n");
        }
        // A ticket is for its person.
        assert_eq!(ben.get(playback.text("/playlist")).await.problem(), (403, "ticket_invalid"));
        assert_eq!(school.stranger().get(playback.text("/playlist")).await.problem(), (401, "token_missing"));
    }
    for who in [&eve, &other] {
        assert_eq!(who.play(&lesson).await.problem(), (403, "enrolment_needed"));
    }
    assert_eq!(school.stranger().play(&lesson).await.problem(), (401, "token_missing"));
    assert_eq!(ada.play(&first).await.problem(), (404, "not_found"), "it has none");
    assert_eq!(ada.play(&uuid::Uuid::now_v7().to_string()).await.problem(), (404, "not_found"));
    assert_eq!(ada.watch(&lesson, 0, 3, 1).await.status, 200);
    assert_eq!(ada.play(&lesson).await.body["position_s"], 3, "they go on where they stopped");
    mona.patch(&format!("/v1/lessons/{lesson}"), json!({ "requires": [first] })).await;
    assert_eq!(ada.play(&lesson).await.problem(), (409, "lesson_locked"));
}

#[tokio::test]
async fn what_is_replaced_or_deleted_is_packaged_no_more_and_its_files_go() {
    let scene = Scene::new().await;
    let school = &scene.school;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.filmed(school, &course).await;
    let recorder = scene.recorder("rec-1");
    let gone = async |job: &Answer, straggles: bool| {
        school.until(NO_BLOB_IS_DOOMED).await;
        if straggles {
            // A recorder that does not know it yet goes on for a while.
            scene.store(job).await;
        }
        for answer in [recorder.renew(job, 8).await, recorder.ready(job).await, recorder.release(job).await] {
            assert_eq!(answer.problem(), (404, "not_found"));
        }
        school.change("UPDATE doomed_blobs SET due_at = now(), upload_until = now() - interval '1 s'").await;
        school.until("SELECT count(*) = 0 FROM doomed_blobs").await;
        assert_eq!(scene.files(job).await, 0);
    };
    let replaced = recorder.claim().await;
    scene.store(&replaced).await;
    mona.film(school, &lesson).await;
    gone(&replaced, true).await;
    let ready = recorder.claim().await;
    assert_ne!(ready.text("/id"), replaced.text("/id"));
    scene.store(&ready).await;
    recorder.ready(&ready).await;
    let playback = mona.play(&lesson).await;
    assert_eq!(playback.status, 201);
    assert_eq!(mona.delete(&format!("/v1/lessons/{lesson}/video")).await.status, 204);
    gone(&ready, false).await;
    assert_eq!(mona.play(&lesson).await.problem(), (404, "not_found"));
    assert_eq!(mona.get(playback.text("/camera")).await.problem(), (404, "not_found"), "whatever ticket one has");
    mona.film(school, &lesson).await;
    let with_lesson = recorder.claim().await;
    scene.store(&with_lesson).await;
    assert_eq!(mona.delete(&format!("/v1/lessons/{lesson}")).await.status, 204);
    gone(&with_lesson, true).await;
    mona.filmed(school, &course).await;
    let with_course = recorder.claim().await;
    scene.store(&with_course).await;
    assert_eq!(mona.delete(&format!("/v1/courses/{course}")).await.status, 204);
    gone(&with_course, true).await;
    assert_eq!(recorder.claim().await.status, 204);
}

#[tokio::test]
async fn what_cannot_be_packaged_says_why_and_is_played_as_it_is() {
    let scene = Scene::new().await;
    let school = &scene.school;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.filmed(school, &course).await;
    let recorder = scene.recorder("rec-1");
    let job = recorder.claim().await;
    scene.store(&job).await;
    for (field, wrong) in [
        ("code", json!("Not A Code")),
        ("code", json!("")),
        ("reason", json!("x".repeat(501))),
        ("duration_ms", json!(-1)),
        ("bytes", json!(-1)),
    ] {
        let mut with = json!({});
        with[field] = wrong;
        let answer = recorder.end(&job, "refused", with).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![&*format!("/{field}")]), "{answer:?}");
    }
    let reason = "H.265 (HEVC) is not supported: export it as MP4";
    let refusal = json!({ "code": "codec_unsupported", "reason": reason });
    assert_eq!(recorder.end(&job, "refused", refusal).await.status, 204);
    let told = json!({ "state": "refused", "percent": 0, "code": "codec_unsupported", "reason": reason });
    assert_eq!(mona.packaging(&lesson).await, told);
    assert_eq!(mona.play(&lesson).await.problem(), (409, "video_not_packaged"));
    let address = mona.get(&format!("/v1/lessons/{lesson}/video")).await;
    assert_eq!(school.fetch(&address).await, (200, "ftypqt__".to_owned()));
    school.until("SELECT count(*) = 0 FROM doomed_blobs WHERE blob LIKE 'videos/%'").await;
    assert_eq!(scene.files(&job).await, 0);
}

#[tokio::test]
async fn a_video_that_no_recorder_finishes_is_given_up() {
    let scene = Scene::new().await;
    let school = &scene.school;
    let mona = school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.filmed(school, &course).await;
    let recorder = scene.recorder("rec-1");
    let mut job = recorder.claim().await;
    for run in 2..4 {
        school.change(LEASES_END).await;
        job = recorder.claim().await;
        assert_eq!(job.body["run"], run);
    }
    school.change(LEASES_END).await;
    assert_eq!(recorder.claim().await.status, 204, "three were enough");
    school.until("SELECT state = 'failed' FROM packagings").await;
    let told = json!({ "state": "failed", "percent": 0, "code": "internal", "reason": null });
    assert_eq!(mona.packaging(&lesson).await, told);
    // Its files are doomed: whoever comes back with it is too late.
    assert_eq!(recorder.ready(&job).await.problem(), (409, "lease_lost"));
    assert_eq!(mona.get(&format!("/v1/lessons/{lesson}/video")).await.status, 200);
}

#[tokio::test]
async fn packaging_is_for_nodes_and_for_schools_that_want_it() {
    let scene = Scene::new().await;
    let school = &scene.school;
    let root = school.person("root", "admin").await;
    assert_eq!(root.post(JOBS, json!({ "node": "rec-1" })).await.problem(), (403, "role_not_allowed"));
    assert_eq!(school.stranger().post(JOBS, json!({ "node": "rec-1" })).await.problem(), (401, "token_missing"));
    let named = Packer { name: "rec-2".to_owned(), ..scene.recorder("rec-1") };
    assert_eq!(named.claim().await.fields(), ["/node"]);
    let mut settings = config(&database());
    settings.materials.package_videos = false;
    let shared = Shared::new();
    let without = School::node(settings, shared.clone()).await;
    let mona = without.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let lesson = mona.filmed(&without, &course).await;
    assert_eq!(mona.packaging(&lesson).await, Value::Null);
    assert_eq!(mona.play(&lesson).await.problem(), (409, "video_not_packaged"));
    let recorder = Recorder::new(&shared.signer, "rec-1");
    assert_eq!(recorder.call(&without, Method::POST, JOBS, &json!({ "node": "rec-1" })).await.status, 204);
}
