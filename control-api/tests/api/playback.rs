//! Playing recordings: who may, what their ticket is good for, and whether what it opens can be fetched, from files and from
//! Azure. The test plays the recorder.

use std::time::Duration;

use axum::http::Method;
use lectern_platform::blobs::{BlobKey, BlobKind, Blobs, BlobsConfig};
use lectern_platform::token::{PlaybackClaims, Role, SessionClaims};
use lectern_testing::TempFolder;
use lectern_testing::azurite::Azurite;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::materials::azure;
use crate::recordings::Recorder;
use crate::school::{Answer, Client, School, Shared, config, database};

const MULTIVARIANT: &str = "#EXTM3U\n#EXT-X-VERSION:8\n\
    #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"sound\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"1\",URI=\"sound.m3u8\"\n\
    #EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.42c01f\",AUDIO=\"sound\"\ncamera.m3u8\n";
const CAMERA: &str = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:EVENT\n\
    #EXT-X-MAP:URI=\"camera/1-init-1.mp4\"\n#EXTINF:4.000,\ncamera/1-000001.m4s\n#EXTINF:4.000,\ncamera/1-000002.m4s\n";

/// A recording that can be played, and its school.
struct Scene {
    shared: Shared,
    school: School,
    blobs: std::sync::Arc<dyn Blobs>,
    _folder: TempFolder,
}

struct Played {
    job: Answer,
    recorder: Recorder,
    class: String,
    path: String,
}

impl Scene {
    async fn new(blobs_config: Option<BlobsConfig>) -> Self {
        let folder = TempFolder::new("played");
        let in_folder = || BlobsConfig { folder: folder.path().to_owned(), ..BlobsConfig::default() };
        let blobs_config = blobs_config.unwrap_or_else(in_folder);
        let (blobs, _) = blobs_config.start(&prometheus::Registry::new()).unwrap();
        let shared = Shared { blobs: Some(blobs_config), ..Shared::new() };
        let school = School::node(config(&database()), shared.clone()).await;
        Self { shared, school, blobs, _folder: folder }
    }

    async fn put(&self, job: &Answer, name: &str, text: &str) {
        let kind = BlobKind { content_type: "video/mp4".into(), cache_control: "max-age=1".into() };
        let key: BlobKey = job.text("/folder").parse().unwrap();
        self.blobs.put(&key.join(name).unwrap(), &kind, text.to_owned().into()).await.unwrap();
    }

    /// A class of which something can be played, and which goes on.
    async fn play(&self, tutor: &Client<'_>, course: &str, lesson: Option<&str>) -> Played {
        let class = tutor.class_about(course, lesson).await;
        let recorder = Recorder::new(&self.shared.signer, "rec-1");
        let job = recorder.claim(&self.school).await;
        for (name, text) in [
            ("camera/1-init-1.mp4", "init"),
            ("camera/1-000001.m4s", "first"),
            ("camera/1-000002.m4s", "second"),
            ("camera.m3u8", CAMERA),
            ("recording.m3u8", MULTIVARIANT),
        ] {
            self.put(&job, name, text).await;
        }
        assert_eq!(recorder.renew(&self.school, &job, 8_000, true).await.status, 200);
        let path = format!("/v1/recordings/{}/playback", job.text("/id"));
        Played { job, recorder, class, path }
    }

    /// What a player fetches.
    async fn fetch(&self, url: &str) -> (u16, String) {
        self.school.transfer(Method::GET, url, &Value::Null, b"").await
    }
}

/// What a playlist names.
pub(crate) fn addresses(playlist: &str) -> Vec<String> {
    let named = playlist.lines().filter_map(|line| match line.strip_prefix('#') {
        None => Some(line.to_owned()),
        Some(_) => line.split_once("URI=\"").and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned),
    });
    named.collect()
}

/// From the ticket to the bytes, which is the same in both stores.
async fn a_recording_is_played(scene: Scene) {
    let school = &scene.school;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let played = scene.play(&mona, &course, None).await;
    let playback = ada.post(&played.path, json!({})).await;
    assert_eq!(playback.status, 201, "{playback:?}");
    assert_eq!((&playback.body["is_live"], &playback.body["position_s"]), (&json!(true), &json!(0)));
    assert_eq!(playback.body["is_cut_short"], false);
    assert_eq!((&playback.body["screen"], &playback.body["duration_s"]), (&Value::Null, &json!(8.0)));
    assert_eq!(ada.get(playback.text("/playlist")).await.raw, MULTIVARIANT);
    assert_eq!(ada.get(playback.text("/sound")).await.problem(), (404, "not_found"), "it is not there yet");
    let camera = ada.get(playback.text("/camera")).await;
    assert_eq!(camera.headers["content-type"], "application/vnd.apple.mpegurl");
    assert!(camera.raw.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !camera.raw.contains("ENDLIST"), "{}", camera.raw);
    let files = addresses(&camera.raw);
    assert_eq!(files.len(), 3, "{}", camera.raw);
    for (file, text) in files.iter().zip(["init", "first", "second"]) {
        assert_eq!(scene.fetch(file).await, (200, text.to_owned()), "{file}");
    }
    let other = files[1].replace("1-000001", "1-000002");
    assert!(scene.fetch(&other).await.0 >= 400, "an address is for one file");
    // The class is over, and nobody was there to write the end of its playlists.
    mona.with(&played.class, "end").await;
    let end = json!({ "manifest": { "pictures": { "poster": "poster.jpg", "storyboard": "storyboard.jpg", "tile_width": 160,
        "tile_height": 90, "columns": 10, "times_ms": [5000] } } });
    scene.put(&played.job, "poster.jpg", "jpeg").await;
    assert_eq!(played.recorder.end(school, &played.job, end).await.status, 204);
    let over = async {
        loop {
            let text = ada.get(playback.text("/camera")).await.raw;
            if text.ends_with("#EXT-X-ENDLIST\n") {
                break text;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let text = tokio::time::timeout(Duration::from_secs(60), over).await.expect("it ends");
    assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD"), "{text}");
    let again = ada.post(&played.path, json!({})).await;
    assert_eq!(again.body["is_live"], false);
    assert_eq!(scene.fetch(again.text("/poster")).await, (200, "jpeg".to_owned()));
    assert_eq!(
        (&again.body["storyboard"]["columns"], &again.body["storyboard"]["times_ms"]),
        (&json!(10), &json!([5000]))
    );
    assert_eq!(school.audited("recording.watched").await.len(), 2);
}

#[tokio::test]
async fn a_recording_is_played_from_files() {
    a_recording_is_played(Scene::new(None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_played_from_azure() {
    let azurite = Azurite::start();
    a_recording_is_played(Scene::new(azure(azurite.blobs(), 30_000)).await).await;
}

#[tokio::test]
async fn who_is_not_in_the_course_or_not_so_far_plays_nothing() {
    let scene = Scene::new(None).await;
    let school = &scene.school;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, eve, root) =
        (school.student("ada").await, school.student("eve").await, school.person("root", "admin").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let first = mona.lesson(&course, "Numbers", json!({})).await;
    let locked = mona.lesson(&course, "Sums", json!({ "requires": [first] })).await;
    let played = scene.play(&mona, &course, Some(&locked)).await;
    let unsigned = school.stranger().post(&played.path, json!({})).await;
    assert_eq!(unsigned.problem(), (401, "token_missing"));
    for who in [&other, &eve] {
        assert_eq!(who.post(&played.path, json!({})).await.problem(), (404, "not_found"));
    }
    assert_eq!(ada.post(&played.path, json!({})).await.problem(), (409, "lesson_locked"));
    for who in [&mona, &root] {
        assert_eq!(who.post(&played.path, json!({})).await.status, 201);
    }
    assert_eq!(ada.post(&format!("/v1/lessons/{first}/done"), json!({})).await.status, 200);
    assert_eq!(ada.post(&played.path, json!({})).await.status, 201);
    // What has nothing to play yet is a tutor's to see, and nobody's to play.
    let empty = mona.class_about(&course, None).await;
    let id = mona.get(&format!("/v1/live/{empty}")).await.text("/recording").to_owned();
    let path = format!("/v1/recordings/{id}/playback");
    assert_eq!(mona.post(&path, json!({})).await.problem(), (409, "recording_not_ready"));
    assert_eq!(ada.post(&path, json!({})).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn a_ticket_is_good_with_the_session_of_its_person_until_it_expires() {
    let scene = Scene::new(None).await;
    let (school, signer) = (&scene.school, &scene.shared.signer);
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let (ben, root) = (school.student("ben").await, school.person("root", "admin").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    ben.enrol(&course).await;
    let played = scene.play(&mona, &course, None).await;
    let playback = ada.post(&played.path, json!({})).await;
    let (ticket, id) = (playback.text("/ticket"), played.job.text("/id"));
    for (field, what) in [("/playlist", "recording.m3u8"), ("/chat", "chat.vtt"), ("/chapters", "chapters.vtt")] {
        let address = playback.text(field);
        assert_eq!(ada.get(address).await.status, 200, "{what}");
        assert_eq!(school.stranger().get(address).await.problem(), (401, "token_missing"), "{what}");
        for who in [&ben, &mona] {
            assert_eq!(who.get(address).await.problem(), (403, "ticket_invalid"), "{what}");
        }
        let at = |ticket: &str| format!("/v1/playback/{ticket}/{what}");
        let mut tampered = ticket.to_owned();
        let last = if tampered.pop() == Some('A') { 'Q' } else { 'A' };
        tampered.push(last);
        let session =
            SessionClaims::issue(&ada.id, &Uuid::now_v7().to_string(), Role::Admin, 0, Duration::from_secs(60));
        for wrong in [&tampered, "x", &"x".repeat(5_000), &signer.sign_session(&session).unwrap()] {
            assert_eq!(ada.get(&at(wrong)).await.problem(), (403, "ticket_invalid"), "{what} {wrong}");
        }
        let mut old = PlaybackClaims::issue(&ada.id, id, false, Duration::from_secs(60));
        (old.iat, old.exp) = (old.iat - 600, old.exp - 600);
        let old = signer.sign_playback(&old).unwrap();
        assert_eq!(ada.get(&at(&old)).await.problem(), (403, "ticket_expired"), "{what}");
    }
    for file in ["other.m3u8", "camera", "manifest.json", "..%2f..%2fx"] {
        let answer = ada.get(&format!("/v1/playback/{ticket}/{file}")).await;
        assert_eq!(answer.problem(), (404, "not_found"), "{file}");
    }
    // Who is suspended plays nothing any more.
    let suspended = root.patch(&format!("/v1/people/{}", ada.id), json!({ "suspended": true })).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    assert_eq!(ada.get(playback.text("/playlist")).await.status, 401);
}

#[tokio::test]
async fn who_leaves_the_course_plays_on_for_some_seconds_and_not_until_the_ticket_ends() {
    let scene = Scene::new(None).await;
    let school = &scene.school;
    let (mona, ada, ben) =
        (school.person("mona", "tutor").await, school.student("ada").await, school.student("ben").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    ben.enrol(&course).await;
    let played = scene.play(&mona, &course, None).await;
    let tickets = [ada.post(&played.path, json!({})).await, ben.post(&played.path, json!({})).await];
    let paths = ["/camera", "/chat", "/chapters"];
    for (who, ticket) in [&ada, &ben].into_iter().zip(&tickets) {
        for path in paths {
            assert_eq!(who.get(ticket.text(path)).await.status, 200);
        }
    }
    assert_eq!(ada.delete(&format!("/v1/courses/{course}/enrolment")).await.status, 204);
    assert_eq!(mona.delete(&format!("/v1/courses/{course}/enrolments/{}", ben.id)).await.status, 204);
    for (who, ticket) in [&ada, &ben].into_iter().zip(&tickets) {
        let refused = async {
            while who.get(ticket.text("/camera")).await.status == 200 {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), refused).await.expect("it is noticed");
        for path in paths {
            assert_eq!(who.get(ticket.text(path)).await.problem(), (403, "enrolment_needed"));
        }
    }
    // Who is back goes on with the same ticket, at once.
    ada.enrol(&course).await;
    assert_eq!(ada.get(tickets[0].text("/camera")).await.status, 200);
    // What is deleted is not found.
    assert_eq!(mona.delete(&format!("/v1/recordings/{}", played.job.text("/id"))).await.status, 204);
    let gone = async {
        while ada.get(tickets[0].text("/chat")).await.status == 200 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(90), gone).await.expect("it is noticed");
    assert_eq!(ada.get(tickets[0].text("/chat")).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn who_watches_a_lesson_s_recording_completes_the_lesson_and_goes_on_where_they_stopped() {
    let scene = Scene::new(None).await;
    let school = &scene.school;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let lesson = mona.lesson(&course, "Sums", json!({})).await;
    let played = scene.play(&mona, &course, Some(&lesson)).await;
    mona.with(&played.class, "end").await;
    assert_eq!(played.recorder.end(school, &played.job, json!({ "duration_ms": 60_000 })).await.status, 204);
    let change = json!({ "completion": "watched", "watched_percent": 90 });
    let lesson_now = mona.patch(&format!("/v1/lessons/{lesson}"), change).await;
    assert_eq!((lesson_now.status.as_u16(), &lesson_now.body["video_s"]), (200, &json!(60)), "{lesson_now:?}");
    assert_eq!(ada.post(&played.path, json!({})).await.body["position_s"], 0);
    assert_eq!(ada.watch(&lesson, 0, 42, 1).await.body["completed_at"], Value::Null);
    assert_eq!(ada.post(&played.path, json!({})).await.body["position_s"], 42);
    let through = ada.watch(&lesson, 42, 55, 2).await;
    assert_eq!((through.text("/completed_by"), &through.body["watched_s"]), ("watched", &json!(55)));
    assert_eq!(ada.post(&played.path, json!({})).await.body["position_s"], 55);
    let outline = ada.get(&format!("/v1/courses/{course}/lessons")).await;
    assert!(outline.body["items"][0]["completed_at"].is_string(), "{outline:?}");
}

#[tokio::test]
async fn chat_and_chapters_tell_what_everybody_could_see() {
    let scene = Scene::new(None).await;
    let school = &scene.school;
    let (mona, ada) = (school.person("mona", "tutor").await, school.student("ada").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let played = scene.play(&mona, &course, None).await;
    let mut sql = school.sql().await;
    let live: Uuid = played.class.parse().unwrap();
    let at = OffsetDateTime::now_utc();
    for (number, audience, text) in [
        (1, "everyone", "Hello\n\n00:00:00.000 --> 01:00:00.000\nforged & <b>"),
        (2, "moderators", "secret question"),
        (3, "person", "secret answer"),
    ] {
        sqlx::query(
            "INSERT INTO chat_messages (live_id, at, number, name, role, audience, text, is_pinned, reactions)
             VALUES ($1, $2, $3, 'Ada', 'student', $4, $5, false, '{}')",
        )
        .bind(live)
        .bind(at)
        .bind(number)
        .bind(audience)
        .bind(text)
        .execute(&mut sql)
        .await
        .unwrap();
    }
    for (number, question, is_for_tutors) in [(4, "Which --> one?", false), (5, "How was it?", true)] {
        sqlx::query(
            "INSERT INTO class_polls (live_id, opened_at, number, question, options, is_multiple, is_anonymous, is_quiz,
                                      is_for_tutors, closed_at, votes, voters)
             VALUES ($1, $2, $3, $4, '{a,b}', false, false, false, $5, $2, '{2,1}', 3)",
        )
        .bind(live)
        .bind(at + time::Duration::seconds(number))
        .bind(number)
        .bind(question)
        .bind(is_for_tutors)
        .execute(&mut sql)
        .await
        .unwrap();
    }
    scene.put(&played.job, "manifest.json", r#"{"version":1,"marks":[{"at_ms":700000,"kind":"screen_begins"}]}"#).await;
    for (who, cues) in [(&ada, 2), (&mona, 3)] {
        let playback = who.post(&played.path, json!({})).await;
        let chat = who.get(playback.text("/chat")).await;
        assert_eq!(chat.headers["content-type"], "text/vtt; charset=utf-8");
        let (head, body) = chat.raw.split_once("\n\n").unwrap();
        let blocks: Vec<&str> = body.split("\n\n").collect();
        assert_eq!((head, blocks.len()), ("WEBVTT", cues), "{}", chat.raw);
        assert!(!chat.raw.contains("secret"), "{}", chat.raw);
        for block in blocks {
            let lines: Vec<&str> = block.lines().collect();
            assert_eq!((lines.len(), lines[0].matches("-->").count(), lines[1].matches("-->").count()), (2, 1, 0));
            let cue: Value = serde_json::from_str(lines[1]).unwrap();
            assert!(["chat", "poll"].contains(&cue["kind"].as_str().unwrap()), "{cue}");
        }
        let chapters = who.get(playback.text("/chapters")).await.raw;
        assert!(chapters.starts_with("WEBVTT\n\n00:00:00.000 --> "), "{chapters}");
        assert!(chapters.contains("Poll: Which --&gt; one?") && chapters.contains("Screen shared"), "{chapters}");
        assert_eq!(chapters.contains("How was it?"), cues == 3, "{chapters}");
    }
}

#[tokio::test]
async fn captions_are_attached_by_tutors_and_read_with_the_ticket() {
    let scene = Scene::new(None).await;
    let school = &scene.school;
    let (mona, other) = (school.person("mona", "tutor").await, school.person("other", "tutor").await);
    let (ada, root) = (school.student("ada").await, school.person("root", "admin").await);
    let course = mona.course("Algebra").await;
    ada.enrol(&course).await;
    let played = scene.play(&mona, &course, None).await;
    let list = format!("/v1/recordings/{}/captions", played.job.text("/id"));
    let (english, german) = (format!("{list}/en"), format!("{list}/de"));
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Hello & welcome</v>\n";
    let sent = json!({ "label": "English", "text": vtt });
    for (who, refusal) in [(&ada, (403, "role_not_allowed")), (&other, (404, "not_found"))] {
        assert_eq!(who.call(Method::PUT, &english, Some(sent.clone())).await.problem(), refusal);
        assert_eq!(who.get(&list).await.problem(), refusal);
    }
    let kept = mona.call(Method::PUT, &english, Some(sent.clone())).await;
    assert_eq!((kept.status.as_u16(), kept.text("/language"), &kept.body["bytes"]), (200, "en", &json!(vtt.len())));
    // Those that come later are in the place of those that were there.
    let second = vtt.replace("Hello", "Good morning");
    mona.call(Method::PUT, &english, Some(json!({ "label": "English (UK)", "text": second }))).await;
    assert_eq!(root.call(Method::PUT, &german, Some(json!({ "label": "Deutsch", "text": vtt }))).await.status, 200);
    let listed = mona.get(&list).await;
    let names = |answer: &Answer, at: &str| -> Vec<String> {
        let items = answer.body.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
        items.iter().map(|item| format!("{} {}", item["language"], item["label"])).collect()
    };
    assert_eq!(names(&listed, "/items"), [r#""de" "Deutsch""#, r#""en" "English (UK)""#]);
    let playback = ada.post(&played.path, json!({})).await;
    assert_eq!(names(&playback, "/captions"), names(&listed, "/items"));
    let address = playback.text("/captions/1/url");
    let read = ada.get(address).await;
    assert_eq!(
        (read.raw.as_str(), &read.headers["content-type"]),
        (&*second, &"text/vtt; charset=utf-8".parse().unwrap())
    );
    assert_eq!(mona.get(address).await.problem(), (403, "ticket_invalid"), "it is Ada's");
    assert_eq!(school.stranger().get(address).await.problem(), (401, "token_missing"));
    assert_eq!(ada.get(&address.replace("/en", "/fr")).await.problem(), (404, "not_found"));
    assert_eq!(mona.delete(&english).await.status, 204);
    assert_eq!(mona.delete(&english).await.problem(), (404, "not_found"));
    assert_eq!(ada.get(address).await.problem(), (404, "not_found"));
    assert_eq!(school.audited("recording.captioned").await.len(), 4);
    // What belongs to a recording goes with it.
    assert_eq!(mona.delete(&format!("/v1/recordings/{}", played.job.text("/id"))).await.status, 204);
    assert_eq!(mona.get(&list).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn captions_that_no_player_shows_are_refused_at_their_field() {
    let scene = Scene::new(None).await;
    let mona = scene.school.person("mona", "tutor").await;
    let course = mona.course("Algebra").await;
    let played = scene.play(&mona, &course, None).await;
    let path = |language: &str| format!("/v1/recordings/{}/captions/{language}", played.job.text("/id"));
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello";
    let put = async |language: &str, label: &str, text: &str| {
        mona.call(Method::PUT, &path(language), Some(json!({ "label": label, "text": text }))).await
    };
    for (language, label, text, field) in [
        ("en", "English", "1\n00:00:01,000 --> 00:00:02,000\nSubRip", "/text"),
        ("en", "English", &*vtt.replace("00:02", "00:00"), "/text"),
        ("en", " ", vtt, "/label"),
        ("english", "English", vtt, "/language"),
    ] {
        let answer = put(language, label, text).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec![field]), "{answer:?}");
    }
    // Two mebibytes, every line of which is escaped on its way.
    let bytes_max = 2 << 20;
    let fill = |bytes: usize| format!("{vtt}{}", "\n".repeat(bytes - vtt.len()));
    assert_eq!(put("en", "English", &fill(bytes_max)).await.status, 200);
    assert_eq!(put("en", "English", &fill(bytes_max + 1)).await.fields(), vec!["/text"]);
    assert_eq!(put("en", "English", &fill(2 * bytes_max)).await.problem(), (413, "body_too_large"));
    for number in 0..19_u8 {
        let language = format!("a{}", char::from(b'a' + number));
        assert_eq!(put(&language, "Another", vtt).await.status, 200);
    }
    assert_eq!(put("zz", "One more", vtt).await.problem(), (409, "too_many_captions"));
    assert_eq!(put("en", "English", vtt).await.status, 200, "in the place of what was there");
}
