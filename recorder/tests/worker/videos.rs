//! Uploaded videos are packaged beside recordings: jobs over HTTP, a store of files or one that is cut off, and what is then in it.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path as InPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{post, put};
use axum::{Json, Router};
use bytes::Bytes;
use lectern_platform::blobs::{BlobKey, BlobKind, Blobs, BlobsConfig, READ_BYTES_MAX};
use lectern_platform::health::Health;
use lectern_platform::token::TokenSigner;
use lectern_recorder::{RecorderConfig, Server};
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::hls::Track;
use lectern_testing::TempFolder;
use lectern_testing::azurite::Azurite;
use lectern_testing::proxy::Proxy;
use prometheus::Registry;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::scene::{PATIENCE, azure};

const LEASE_S: u64 = 600;
const SOURCE: &str = "materials/uploaded.mp4";
const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 20";

/// What the school knows of a video.
#[derive(Default)]
struct Video {
    id: Uuid,
    bytes: usize,
    /// Whether it is free to be taken.
    is_free: bool,
    /// Whether it was let go of.
    is_gone: bool,
    run: u32,
    read: Vec<u64>,
    releases: u32,
    end: Option<Value>,
}

type Shared = Arc<Mutex<Video>>;

/// A school with one video to be packaged, its store, and recorders that come and go.
struct Scene {
    video: Shared,
    url: String,
    signer: Arc<TokenSigner>,
    store: Arc<dyn Blobs>,
    recorders_store: Arc<dyn Blobs>,
    folder: TempFolder,
    cable: Option<(Proxy, Azurite)>,
}

impl Scene {
    async fn on_files(video: Vec<u8>) -> Self {
        let folder = TempFolder::new("packaging");
        let config = BlobsConfig { folder: folder.path().join("blobs"), ..BlobsConfig::default() };
        let (store, _) = config.start(&Registry::new()).unwrap();
        Self::with(Arc::clone(&store), store, folder, None, video).await
    }

    /// With Azure's emulator, and a cable to it that can be cut.
    async fn on_azure(video: Vec<u8>) -> Self {
        let (store, recorders, cable, azurite) = azure().await;
        Self::with(store, recorders, TempFolder::new("packaging"), Some((cable, azurite)), video).await
    }

    async fn with(
        store: Arc<dyn Blobs>,
        recorders_store: Arc<dyn Blobs>,
        folder: TempFolder,
        cable: Option<(Proxy, Azurite)>,
        bytes: Vec<u8>,
    ) -> Self {
        let kind = BlobKind { content_type: "video/mp4".into(), cache_control: String::new() };
        let video = Video { id: Uuid::now_v7(), bytes: bytes.len(), is_free: true, ..Video::default() };
        store.put(&SOURCE.parse().unwrap(), &kind, bytes.into()).await.unwrap();
        let video = Arc::new(Mutex::new(video));
        let router = Router::new()
            .route("/v1/recorder/jobs", post(async || StatusCode::NO_CONTENT))
            .route("/v1/recorder/packagings", post(claim))
            .route("/v1/recorder/packagings/{id}", put(renew))
            .route("/v1/recorder/packagings/{id}/end", post(end))
            .route("/v1/recorder/packagings/{id}/release", post(release))
            .with_state(Arc::clone(&video));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(lectern_platform::http::serve(listener, router, 100, std::future::pending()));
        Self { video, url, signer: Arc::new(TokenSigner::generate()), store, recorders_store, folder, cable }
    }

    fn look<T>(&self, at: impl FnOnce(&mut Video) -> T) -> T {
        at(&mut self.video.lock().unwrap())
    }

    fn recorder(&self, name: &str) -> (Server, Health) {
        self.recorder_with(name, |_| {})
    }

    fn recorder_with(&self, name: &str, change: impl FnOnce(&mut RecorderConfig)) -> (Server, Health) {
        let mut config = RecorderConfig::default();
        config.jobs.url.clone_from(&self.url);
        config.jobs.claim_ms = 100;
        name.clone_into(&mut config.node.name);
        config.spool.folder = self.folder.path().join("spool").join(name);
        change(&mut config);
        let health = Health::new(Registry::new(), Instant::now());
        let store = Arc::clone(&self.recorders_store);
        (Server::start(&config, Arc::clone(&self.signer), store, &health).unwrap(), health)
    }

    fn key(&self, run: u32, name: &str) -> BlobKey {
        format!("videos/{}/{run}/{name}", self.look(|video| video.id)).parse().unwrap()
    }

    /// What a run stored.
    async fn files(&self, run: u32) -> HashMap<String, Bytes> {
        let below: BlobKey = self.key(run, "x").as_str().trim_end_matches("/x").parse().unwrap();
        let mut files = HashMap::new();
        for blob in self.store.list(&below, None).await.unwrap() {
            let bytes = self.store.read(&blob.key, 0..READ_BYTES_MAX).await.unwrap().unwrap();
            files.insert(blob.key.as_str()[below.as_str().len() + 1..].to_owned(), bytes);
        }
        files
    }

    async fn wait(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let start = Instant::now();
        while !holds().await {
            assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn end(&self) -> Value {
        self.wait("the packaging ends", async || self.look(|video| video.end.is_some())).await;
        self.look(|video| video.end.clone()).unwrap()
    }
}

fn refused(video: &Video, id: Uuid, body: &Value) -> Option<Response> {
    let problem = |status: StatusCode, code: &str| (status, Json(json!({ "code": code }))).into_response();
    if video.is_gone || video.id != id {
        return Some(problem(StatusCode::NOT_FOUND, "not_found"));
    }
    (body["run"] != video.run).then(|| problem(StatusCode::CONFLICT, "lease_lost"))
}

async fn claim(State(video): State<Shared>) -> Response {
    let mut video = video.lock().unwrap();
    if !std::mem::take(&mut video.is_free) {
        return StatusCode::NO_CONTENT.into_response();
    }
    video.run += 1;
    let job = json!({
        "id": video.id,
        "run": video.run,
        "source": SOURCE,
        "source_bytes": video.bytes,
        "folder": format!("videos/{}/{}", video.id, video.run),
        "uploaded_at": "2026-11-27T08:00:00.5Z",
        "lease_s": LEASE_S,
    });
    Json(job).into_response()
}

async fn renew(State(video): State<Shared>, InPath(id): InPath<Uuid>, Json(body): Json<Value>) -> Response {
    let mut video = video.lock().unwrap();
    if let Some(refused) = refused(&video, id, &body) {
        return refused;
    }
    video.read.push(body["bytes_read"].as_u64().unwrap());
    StatusCode::NO_CONTENT.into_response()
}

async fn end(State(video): State<Shared>, InPath(id): InPath<Uuid>, Json(body): Json<Value>) -> Response {
    let mut video = video.lock().unwrap();
    if let Some(refused) = refused(&video, id, &body) {
        return refused;
    }
    video.end = Some(body);
    StatusCode::NO_CONTENT.into_response()
}

async fn release(State(video): State<Shared>, InPath(id): InPath<Uuid>, Json(body): Json<Value>) -> Response {
    let mut video = video.lock().unwrap();
    if let Some(refused) = refused(&video, id, &body) {
        return refused;
    }
    video.releases += 1;
    StatusCode::NO_CONTENT.into_response()
}

/// What ffmpeg makes of arguments that are separated by spaces.
fn made(name: &str, arguments: &str) -> Vec<u8> {
    let folder = TempFolder::new("uploaded");
    let path = folder.path().join(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error"]).args(arguments.split_whitespace()).arg(&path);
    assert!(command.status().expect("ffmpeg (apt install ffmpeg)").success(), "{arguments}");
    std::fs::read(path).unwrap()
}

fn metric(health: &Health, name: &str) -> f64 {
    let families = health.registry().gather();
    let metrics = families.iter().filter(|family| family.name() == name).flat_map(|family| family.get_metric());
    metrics.map(|metric| metric.get_gauge().get_value() + metric.get_counter().get_value()).sum()
}

/// How many frames ffprobe decodes of a track, of which all files are there; without a word of complaint.
fn decoded(folder: &Path, files: &HashMap<String, Bytes>, track: Track) -> u64 {
    let mut names: Vec<&String> = files.keys().filter(|name| name.starts_with(&format!("{}/", track.name()))).collect();
    names.sort_by_key(|name| (name.ends_with(".m4s"), *name));
    let path = folder.join(format!("{}.mp4", track.name()));
    std::fs::write(&path, names.iter().map(|name| &files[*name][..]).collect::<Vec<_>>().concat()).unwrap();
    let mut command = Command::new("ffprobe");
    command.args(["-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]);
    let output = command.arg(&path).output().expect("ffprobe (apt install ffmpeg)");
    let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.trim().is_empty(), "{track:?}: {said}");
    out.trim().trim_end_matches(',').parse().unwrap()
}

/// Everything is there, conforms, and is as the manifest says.
fn check(files: &HashMap<String, Bytes>, expected: &[Track]) {
    let text = |name: &str| std::str::from_utf8(&files[name]).unwrap();
    let (mut violations, mut tracks) = (Vec::new(), Vec::new());
    for track in expected {
        let name = track.playlist_name();
        let codecs = check_track(&name, text(&name), |name| files.get(name).cloned(), &mut violations);
        tracks.push((name, codecs));
    }
    check_multivariant(text("recording.m3u8"), &tracks, &mut violations);
    assert!(violations.is_empty(), "{violations:#?}");
    let manifest: Value = serde_json::from_str(text("manifest.json")).unwrap();
    assert_eq!(manifest["is_complete"], true);
    for (name, file) in manifest["files"].as_object().unwrap() {
        assert_eq!(file["bytes"], files[name].len(), "{name}");
    }
    assert!(files.contains_key(manifest["pictures"]["poster"].as_str().unwrap()), "{manifest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_becomes_what_a_recording_is() {
    let picture = "-f lavfi -i testsrc2=size=320x180:rate=10:duration=20";
    let sound = "-f lavfi -i sine=duration=20:sample_rate=44100";
    for (name, codecs) in [
        ("mp4.mp4", format!("{H264} -c:a aac -ac 2")),
        ("webm.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 20 -c:a libopus".to_owned()),
    ] {
        let scene = Scene::on_files(made(name, &format!("{picture} {sound} {codecs}"))).await;
        let (server, health) = scene.recorder("rec-1");
        let end = scene.end().await;
        assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &1.into()), "{end}");
        assert!((19_900..20_200).contains(&end["duration_ms"].as_u64().unwrap()), "{end}");
        assert!(end["manifest"]["files"].as_object().unwrap().is_empty(), "the school gets no list of files");
        assert!(end["manifest"]["pictures"]["storyboard"].as_str().unwrap().starts_with("storyboard-"), "{end}");
        assert_eq!(end["manifest"]["tracks"]["camera"]["width"], 320, "{end}");
        let files = scene.files(1).await;
        check(&files, &[Track::Camera, Track::Sound]);
        assert!(
            String::from_utf8_lossy(&files["camera.m3u8"]).contains("#EXT-X-PROGRAM-DATE-TIME:2026-11-27T08:00:00.5")
        );
        assert_eq!(decoded(scene.folder.path(), &files, Track::Camera), 200, "{name}");
        assert!(decoded(scene.folder.path(), &files, Track::Sound) > 400, "{name}");
        for (name, content_type, cache_control) in [
            ("camera/1-000001.m4s", "video/mp4", "public, max-age=31536000, immutable"),
            ("sound/1-init-1.mp4", "audio/mp4", "public, max-age=31536000, immutable"),
            ("camera.m3u8", "application/vnd.apple.mpegurl", "max-age=60"),
            ("recording.m3u8", "application/vnd.apple.mpegurl", "max-age=60"),
            ("manifest.json", "application/json", "max-age=60"),
        ] {
            let kind = scene.store.head(&scene.key(1, name)).await.unwrap().unwrap().kind;
            assert_eq!((&*kind.content_type, &*kind.cache_control), (content_type, cache_control), "{name}");
        }
        let read = metric(&health, "lectern_recorder_packaging_read_bytes_total");
        assert!(read >= scene.look(|video| video.bytes) as f64 * 0.9, "{read}");
        scene.wait("it is counted", async || metric(&health, "lectern_recorder_packagings_ended_total") == 1.0).await;
        assert_eq!(metric(&health, "lectern_recorder_packagings"), 0.0);
        server.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_packaged_is_refused_by_name() {
    let picture = "-f lavfi -i testsrc2=size=128x72:rate=10:duration=6";
    let hevc = made("made.mp4", &format!("{picture} -c:v libx265 -preset ultrafast -x265-params log-level=none"));
    let good = made("made.mp4", &format!("{picture} {H264} -movflags +faststart"));
    let cut_off = good[..good.len() * 2 / 3].to_vec();
    for (video, code, words) in [
        (hevc, "codec_unsupported", "H.265 (HEVC)"),
        (cut_off, "damaged", "damaged at byte"),
        (b"%PDF-1.7 and no video at all".to_vec(), "container_unknown", "MP4"),
    ] {
        let scene = Scene::on_files(video).await;
        let _recorder = scene.recorder("rec-1");
        let end = scene.end().await;
        assert_eq!((&end["outcome"], &end["code"]), (&"refused".into(), &code.into()), "{end}");
        assert!(end["reason"].as_str().unwrap().contains(words), "{end}");
        assert!(!scene.files(1).await.contains_key("recording.m3u8"), "nothing is listed of it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_is_killed_is_followed_by_another_run() {
    let video = made(
        "made.mp4",
        &format!("-f lavfi -i testsrc2=size=320x180:rate=10:duration=120 {H264} -movflags +faststart"),
    );
    let scene = Scene::on_azure(video).await;
    let (cable, _) = scene.cable.as_ref().unwrap();
    let (killed, _) = scene.recorder("rec-1");
    scene.wait("something is stored", async || !scene.files(1).await.is_empty()).await;
    cable.cut();
    drop(killed);
    assert!(scene.look(|video| video.end.is_none()) && !scene.files(1).await.contains_key("recording.m3u8"));
    cable.heal();
    scene.look(|video| video.is_free = true);
    let (second, _) = scene.recorder("rec-2");
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &2.into()), "{end}");
    check(&scene.files(2).await, &[Track::Camera]);
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_it_waits_and_who_goes_home_gives_it_back() {
    let video = made(
        "made.mp4",
        &format!("-f lavfi -i testsrc2=size=320x180:rate=10:duration=120 {H264} -movflags +faststart"),
    );
    let scene = Scene::on_azure(video).await;
    let (cable, _) = scene.cable.as_ref().unwrap();
    let (first, health) = scene.recorder("rec-1");
    scene.wait("something is stored", async || !scene.files(1).await.is_empty()).await;
    cable.cut();
    let name = "lectern_recorder_store_failures_total";
    scene.wait("the store is missed", async || metric(&health, name) > 0.0).await;
    first.shutdown().await;
    assert_eq!(scene.look(|video| (video.releases, video.end.is_none())), (1, true));
    scene.look(|video| video.is_free = true);
    let (_second, health) = scene.recorder("rec-2");
    scene.wait("the store is missed", async || metric(&health, name) > 0.0).await;
    cable.heal();
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &2.into()), "{end}");
    check(&scene.files(2).await, &[Track::Camera]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_is_let_go_of_is_left() {
    let video = made(
        "made.mp4",
        &format!("-f lavfi -i testsrc2=size=320x180:rate=10:duration=120 {H264} -movflags +faststart"),
    );
    let scene = Scene::on_azure(video).await;
    let (cable, _) = scene.cable.as_ref().unwrap();
    let (_recorder, health) = scene.recorder("rec-1");
    scene.wait("something is stored", async || !scene.files(1).await.is_empty()).await;
    cable.cut();
    scene.look(|video| video.is_gone = true);
    scene.wait("it is left", async || metric(&health, "lectern_recorder_packagings_ended_total") == 1.0).await;
    let before = scene.files(1).await.len();
    cable.heal();
    // One more renewal would have come, and one more segment.
    scene.wait("nothing is packaged", async || metric(&health, "lectern_recorder_packagings") == 0.0).await;
    assert_eq!(scene.files(1).await.len(), before);
    assert!(scene.look(|video| video.end.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_for_classes_alone_takes_no_video() {
    let scene = Scene::on_files(b"no video".to_vec()).await;
    let (none, _) = scene.recorder_with("rec-1", |config| config.node.packagings_max = 0);
    let (_one, health) = scene.recorder("rec-2");
    scene.end().await;
    scene.wait("the other had it", async || metric(&health, "lectern_recorder_packagings_ended_total") == 1.0).await;
    none.shutdown().await;
}
