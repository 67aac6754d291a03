//! A class in `lectern dev`, with its school, media server and recorder: a camera is sent to it over the network, and what is
//! in the data folder afterwards is a recording.

use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_client::VideoCodec;
use lectern_loadtest::film::{H264, film};
use lectern_loadtest::http;
use lectern_loadtest::ivf::Movie;
use lectern_loadtest::publisher::{Offering, Programme, Publisher};
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::hls::Track;
use lectern_testing::TempFolder;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Much more than anything here needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PASSWORD: &str = "correct horse battery";

/// `lectern dev`, up.
struct Lectern {
    child: Child,
    origin: String,
    welcome: String,
    http: Client,
}

impl Lectern {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
        command.args([
            "dev",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
            "--media-port",
            "0",
            "--data",
        ]);
        let mut child = command.arg(data).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut welcome = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            welcome += &(line.unwrap() + "\n");
            if welcome.contains("makes others.") {
                break;
            }
        }
        let whep = welcome.lines().find(|line| line.trim_start().starts_with("WHEP")).unwrap();
        let origin = whep.split_whitespace().nth(1).unwrap().split("/v1/").next().unwrap().to_owned();
        Self { child, origin, welcome, http: Client::new() }
    }

    async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.origin));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        self.call(token, Method::POST, path, body).await
    }

    async fn session(&self, email: &str, password: &str) -> String {
        let session = self.post("", "/v1/session", json!({ "email": email, "password": password })).await;
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// The first admin, whose password is shown once.
    async fn admin(&self) -> String {
        let admin = self.welcome.lines().find(|line| line.trim_start().starts_with("Admin")).unwrap();
        let words: Vec<&str> = admin.split_whitespace().collect();
        self.session(words[1], words[3]).await
    }

    /// A tutor, as the first admin makes one.
    async fn tutor(&self, admin: &str) -> String {
        let new = json!({ "email": "ada@school.example", "name": "Ada", "password": PASSWORD });
        let person = self.post("", "/v1/people", new).await;
        let path = format!("/v1/people/{}", person["person"]["id"].as_str().unwrap());
        self.call(admin, Method::PATCH, &path, json!({ "role": "tutor" })).await;
        self.session("ada@school.example", PASSWORD).await
    }

    /// A class that has begun, and its course.
    async fn class(&self, tutor: &str) -> (String, String) {
        let course = self.post(tutor, "/v1/courses", json!({ "title": "../../Algebra <b>" })).await;
        let course = course["id"].as_str().unwrap().to_owned();
        self.call(tutor, Method::PATCH, &format!("/v1/courses/{course}"), json!({ "state": "published" })).await;
        let now = OffsetDateTime::now_utc();
        let text = |at: OffsetDateTime| at.format(&Rfc3339).unwrap();
        let new = json!({ "title": "../Sums", "starts_at": text(now), "ends_at": text(now + time::Duration::HOUR) });
        let class = self.post(tutor, &format!("/v1/courses/{course}/live"), new).await;
        let class = class["id"].as_str().unwrap().to_owned();
        self.post(tutor, &format!("/v1/live/{class}/start"), json!({})).await;
        (course, class)
    }

    /// Sends a camera and a voice into a class.
    async fn publish(&self, tutor: &str, class: &str, movie: Movie) -> Publisher {
        let ticket = self.post(tutor, &format!("/v1/live/{class}/join"), json!({})).await;
        let url = format!("{}/v1/rooms/{class}/whip/camera", self.origin).parse().unwrap();
        let (token, end) = (ticket["token"].as_str(), Instant::now() + PATIENCE);
        let in_vp8 = Programme { codec: VideoCodec::Vp8, simulcast: false, movie: None };
        let in_vp8 = Offering::new(LOOPBACK, &in_vp8).unwrap();
        let refused = http::offer(&url, token, in_vp8.sdp(), end).await.unwrap_err();
        assert!(format!("{refused:?}").contains("sdp_codec_not_recordable"), "{refused:?}");
        let programme = Programme { codec: VideoCodec::H264, simulcast: false, movie: Some(movie) };
        let offering = Offering::new(LOOPBACK, &programme).unwrap();
        let created = http::offer(&url, token, offering.sdp(), end).await.unwrap();
        let publisher = offering.begin(&created.answer).unwrap();
        while !publisher.is_connected().unwrap() {
            assert!(Instant::now() < end, "the publisher is connected");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        publisher
    }

    /// Waits until the recording of a course's only class is as wanted.
    async fn recording(&self, tutor: &str, course: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let path = format!("/v1/courses/{course}/recordings");
            let recordings = self.call(tutor, Method::GET, &path, Value::Null).await;
            let recording = &recordings["items"][0];
            if wanted(recording) {
                return recording.clone();
            }
            assert!(Instant::now() < end, "{recordings}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// What is played of a recording: a track's playlist, and whether the first file that it names is there.
    async fn play(&self, tutor: &str, recording: &Value) -> (String, bool) {
        let path = format!("/v1/recordings/{}/playback", recording["id"].as_str().unwrap());
        let playback = self.post(tutor, &path, json!({})).await;
        assert!(playback["poster"].is_string() && playback["storyboard"]["times_ms"].is_array(), "{playback}");
        let playlist = format!("{}{}", self.origin, playback["camera"].as_str().unwrap());
        let playlist = self.http.get(playlist).bearer_auth(tutor).send().await.unwrap().text().await.unwrap();
        let segment = playlist.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap();
        let segment = self.http.get(format!("{}{segment}", self.origin)).send().await.unwrap();
        let is_there = segment.status().is_success() && !segment.bytes().await.unwrap().is_empty();
        (playlist, is_there)
    }

    /// Waits until the audit trail tells that somebody watched a class; gives for how many seconds.
    async fn watched(&self, admin: &str, class: &str) -> u64 {
        let end = Instant::now() + PATIENCE;
        loop {
            let trail = self.call(admin, Method::GET, "/v1/audit?kind=media.watched", Value::Null).await;
            let events = trail["items"].as_array().unwrap();
            if let Some(event) = events.iter().find(|event| event["room"] == class) {
                return event["detail"]["seconds"].as_u64().unwrap();
            }
            assert!(Instant::now() < end, "{trail}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Ends it as a supervisor does.
    fn stop(mut self) {
        let status = Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success() && self.child.wait().unwrap().success());
    }
}

impl Drop for Lectern {
    fn drop(&mut self) {
        let _ = (self.child.kill(), self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_is_recorded_across_a_restart_and_ready_when_it_is_over() {
    let data = TempFolder::new("recordings");
    let movie = film("testsrc2=size=320x180:rate=30:duration=6", H264).unwrap();
    let lectern = Lectern::start(data.path());
    let admin = lectern.admin().await;
    let tutor = lectern.tutor(&admin).await;
    let (course, class) = lectern.class(&tutor).await;
    let camera = lectern.publish(&tutor, &class, movie.clone()).await;
    lectern.recording(&tutor, &course, |recording| recording["is_playable"] == true).await;
    camera.stop().unwrap();
    lectern.stop();

    let lectern = Lectern::start(data.path());
    let tutor = lectern.session("ada@school.example", PASSWORD).await;
    let before = lectern.recording(&tutor, &course, |recording| recording["is_playable"] == true).await;
    assert_eq!(before["state"], "recording", "{before}");
    let seconds = |recording: &Value| recording["duration_s"].as_f64().unwrap_or(0.0);
    let camera = lectern.publish(&tutor, &class, movie).await;
    lectern.recording(&tutor, &course, |recording| seconds(recording) > seconds(&before) + 4.0).await;
    lectern.post(&tutor, &format!("/v1/live/{class}/end"), json!({})).await;
    let ready = lectern.recording(&tutor, &course, |recording| recording["state"] != "recording").await;
    assert_eq!((&ready["state"], &ready["is_playable"]), (&"ready".into(), &true.into()), "{ready}");
    drop(camera.stop());
    let (playlist, is_there) = lectern.play(&tutor, &ready).await;
    assert!(playlist.contains("#EXT-X-ENDLIST") && is_there, "{playlist}");
    // The recorder is one more viewer, and left the class when the first process ended.
    assert!((1..3600).contains(&lectern.watched(&admin, &class).await));
    lectern.stop();
    check(&data.path().join("blobs/data/recordings").join(ready["id"].as_str().unwrap()));
}

/// What is stored conforms, is a video, and was made by two runs.
fn check(folder: &Path) {
    let (mut violations, mut tracks) = (Vec::new(), Vec::new());
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for track in [Track::Camera, Track::Sound] {
        let name = track.playlist_name();
        let playlist = text(&name);
        assert!(playlist.contains("PLAYLIST-TYPE:VOD") && playlist.matches("#EXTINF").count() >= 2, "{playlist}");
        for run in [1, 2] {
            assert!(playlist.contains(&format!("\n{}/{run}-000001.m4s", track.name())), "{playlist}");
        }
        let fetch = |name: &str| std::fs::read(folder.join(name)).ok().map(Bytes::from);
        tracks.push((name.clone(), check_track(&name, &playlist, fetch, &mut violations)));
    }
    check_multivariant(&text("recording.m3u8"), &tracks, &mut violations);
    assert!(violations.is_empty(), "{violations:#?}");
    let manifest: Value = serde_json::from_str(&text("manifest.json")).unwrap();
    assert_eq!((&manifest["is_complete"], &manifest["runs"]), (&true.into(), &json!([1, 2])), "{manifest}");
}
