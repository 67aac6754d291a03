//! A class in `lectern dev`, with its school, media server and recorder: a camera is sent to it over the network, and what is
//! in the data folder afterwards is a recording.

mod program;
mod videos;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
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
use reqwest::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::program::{Lectern, PASSWORD, PATIENCE};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Lectern {
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
