//! A lesson's video in `lectern dev`: uploaded as a browser does it, packaged by its recorder, played by a student, and what is in
//! the data folder afterwards is a recording.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::hls::Track;
use lectern_testing::TempFolder;
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Lectern, PASSWORD, PATIENCE};

const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 10";

/// A film by ffmpeg's arguments, separated by spaces.
fn film(arguments: &str) -> Vec<u8> {
    let folder = TempFolder::new("film");
    let path = folder.path().join("film.mp4");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error"]).args(arguments.split_whitespace()).arg(&path);
    assert!(command.status().expect("ffmpeg (apt install ffmpeg)").success(), "{arguments}");
    std::fs::read(path).unwrap()
}

impl Lectern {
    /// A lesson that anybody may read who is in its course.
    async fn lesson(&self, tutor: &str) -> (String, String) {
        let course = self.post(tutor, "/v1/courses", json!({ "title": "Algebra", "enrolment": "open" })).await;
        let course = course["id"].as_str().unwrap().to_owned();
        let new = json!({ "title": "Sums", "published": true });
        let lesson = self.post(tutor, &format!("/v1/courses/{course}/lessons"), new).await;
        self.call(tutor, Method::PATCH, &format!("/v1/courses/{course}"), json!({ "state": "published" })).await;
        (course, lesson["id"].as_str().unwrap().to_owned())
    }

    /// Uploads a lesson's video, as a browser does it; which.
    async fn upload(&self, tutor: &str, lesson: &str, film: Vec<u8>) -> String {
        let path = format!("/v1/lessons/{lesson}/video");
        let new = json!({ "content_type": "video/mp4", "bytes": film.len(), "video_s": 20 });
        let announced = self.post(tutor, &path, new).await;
        let mut sending = self.http.put(format!("{}{}", self.origin, announced["upload"]["url"].as_str().unwrap()));
        for (name, value) in announced["upload"]["headers"].as_object().unwrap() {
            sending = sending.header(name, value.as_str().unwrap());
        }
        assert!(sending.body(film).send().await.unwrap().status().is_success());
        self.post(tutor, &format!("{path}/confirm"), json!({})).await;
        announced["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the packaging of a lesson's video has ended.
    async fn packaged(&self, tutor: &str, lesson: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let video = self.call(tutor, Method::GET, &format!("/v1/lessons/{lesson}/video"), Value::Null).await;
            let packaging = &video["packaging"];
            if !["waiting", "running"].contains(&packaging["state"].as_str().unwrap()) {
                return packaging.clone();
            }
            assert!(Instant::now() < end, "{video}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// What a run stored of a video.
fn folder(data: &Path, video: &str, run: u32) -> PathBuf {
    data.join("blobs/data/videos").join(video).join(run.to_string())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What is stored conforms, and ffprobe decodes so many frames of each track.
fn check(folder: &Path, frames: &[(Track, std::ops::RangeInclusive<u64>)]) {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (mut violations, mut tracks) = (Vec::new(), Vec::new());
    for (track, expected) in frames {
        let name = track.playlist_name();
        let fetch = |name: &str| std::fs::read(folder.join(name)).ok().map(Bytes::from);
        tracks.push((name.clone(), check_track(&name, &text(&name), fetch, &mut violations)));
        let decoded = decoded(folder, *track);
        assert!(expected.contains(&decoded), "{track:?}: {decoded} frames");
    }
    check_multivariant(&text("recording.m3u8"), &tracks, &mut violations);
    assert!(violations.is_empty(), "{violations:#?}");
}

fn decoded(folder: &Path, track: Track) -> u64 {
    let mut parts = files(&folder.join(track.name()));
    parts.sort_by_key(|path| (path.extension().is_some_and(|end| end == "m4s"), path.clone()));
    let whole = parts.iter().flat_map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>();
    let scratch = TempFolder::new("decoded");
    let path = scratch.path().join("track.mp4");
    std::fs::write(&path, whole).unwrap();
    let mut command = Command::new("ffprobe");
    command.args(["-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]);
    let output = command.arg(&path).output().expect("ffprobe (apt install ffmpeg)");
    let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim().is_empty(), "{track:?}: {said}");
    out.trim().trim_end_matches(',').parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_video_is_streamed_and_what_cannot_be_says_why() {
    let data = TempFolder::new("videos");
    let lectern = Lectern::start(data.path());
    let tutor = lectern.tutor(&lectern.admin().await).await;
    let (course, lesson) = lectern.lesson(&tutor).await;
    let picture = "-f lavfi -i testsrc2=size=320x180:rate=10:duration=20";
    let good = film(&format!("{picture} -f lavfi -i sine=duration=20 {H264} -c:a aac"));
    let video = lectern.upload(&tutor, &lesson, good).await;
    assert_eq!(lectern.packaged(&tutor, &lesson).await["state"], "ready");
    check(&folder(data.path(), &video, 1), &[(Track::Camera, 200..=200), (Track::Sound, 800..=900)]);

    // A student plays it, and the first file that its playlist names is there.
    let new = json!({ "email": "ben@school.example", "name": "Ben", "password": PASSWORD });
    let ben = lectern.post("", "/v1/people", new).await["access_token"].as_str().unwrap().to_owned();
    lectern.post(&ben, &format!("/v1/courses/{course}/enrolment"), json!({})).await;
    let playback = lectern.post(&ben, &format!("/v1/lessons/{lesson}/video/playback"), json!({})).await;
    assert!(playback["poster"].is_string() && playback["storyboard"]["times_ms"].is_array(), "{playback}");
    let playlist = format!("{}{}", lectern.origin, playback["camera"].as_str().unwrap());
    let playlist = lectern.http.get(playlist).bearer_auth(&ben).send().await.unwrap().text().await.unwrap();
    assert!(playlist.contains("#EXT-X-ENDLIST"), "{playlist}");
    let segment = playlist.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap();
    let segment = lectern.http.get(format!("{}{segment}", lectern.origin)).send().await.unwrap();
    assert!(segment.status().is_success() && !segment.bytes().await.unwrap().is_empty());

    // What takes its place cannot be packaged; what was made of the first goes.
    let hevc = film(&format!("{picture} -c:v libx265 -preset ultrafast -x265-params log-level=none"));
    lectern.upload(&tutor, &lesson, hevc).await;
    let refused = lectern.packaged(&tutor, &lesson).await;
    assert_eq!((&refused["state"], &refused["code"]), (&"refused".into(), &"codec_unsupported".into()), "{refused}");
    assert!(refused["reason"].as_str().unwrap().starts_with("H.265 (HEVC) is not supported: export"), "{refused}");
    gone(&folder(data.path(), &video, 1)).await;
    lectern.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_is_killed_while_it_packages_is_followed_by_another_run() {
    let data = TempFolder::new("videos");
    let lectern = Lectern::start(data.path());
    let tutor = lectern.tutor(&lectern.admin().await).await;
    let (_, lesson) = lectern.lesson(&tutor).await;
    // 150 segments, each of which is synced to the disk.
    let long = film(&format!("-f lavfi -i testsrc2=size=320x180:rate=2:duration=600 {H264}"));
    let video = lectern.upload(&tutor, &lesson, long).await;
    let first = folder(data.path(), &video, 1);
    let end = Instant::now() + PATIENCE;
    while files(&first).is_empty() {
        assert!(Instant::now() < end, "something is stored");
        std::thread::sleep(Duration::from_millis(1));
    }
    lectern.kill();
    assert!(!first.join("recording.m3u8").exists(), "it was killed in the middle");
    // Postgres, which it started, ends with it, and takes a moment for that.
    while data.path().join("postgres/data/postmaster.pid").exists() {
        assert!(Instant::now() < end, "Postgres ends with it");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let lectern = Lectern::start(data.path());
    let tutor = lectern.session("ada@school.example", PASSWORD).await;
    assert_eq!(lectern.packaged(&tutor, &lesson).await["state"], "ready");
    check(&folder(data.path(), &video, 2), &[(Track::Camera, 1200..=1200)]);
    gone(&first).await;
    lectern.stop();
}

/// Waits until nothing is left in a folder.
async fn gone(folder: &Path) {
    let end = Instant::now() + PATIENCE;
    while !files(folder).is_empty() {
        assert!(Instant::now() < end, "{}: {:?}", folder.display(), files(folder));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
