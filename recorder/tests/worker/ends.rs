//! How recordings end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lectern_recorder::RecorderConfig;
use lectern_recording::hls::Track;
use lectern_testing::SmallDisk;

use crate::film::{ClosedRoom, Film};
use crate::scene::{Scene, files_below};

const SECOND: Duration = Duration::from_secs(1);
/// Of a spool or a disk that is soon full, bytes.
const SMALL: u64 = 32 << 20;
const OURS: [&str; 6] = ["recording.m3u8", "camera.m3u8", "screen.m3u8", "manifest.json", "poster-", "storyboard-"];

#[tokio::test(flavor = "multi_thread")]
async fn a_class_is_recorded_and_finished_under_names_of_our_own() {
    let scene = Scene::on_azure().await;
    let recorder = scene.recorder("rec-1");
    scene.wait_for_listed(30 * SECOND).await;
    assert_eq!(scene.check(false).await, Duration::ZERO);
    let renewal = scene.school.look(|class| class.renewals.last().cloned()).unwrap();
    assert!(renewal["run"] == 1 && renewal["duration_ms"].is_u64(), "{renewal}");
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &1.into()), "{end}");
    assert!(end["duration_ms"].as_u64().unwrap() >= 30_000 && end["bytes"].as_u64().unwrap() > 0, "{end}");
    assert_eq!(end["manifest"]["marks"][0]["kind"], "camera_begins");
    assert_eq!(end["manifest"]["tracks"]["camera"]["width"], 640);
    assert!(end["manifest"]["files"].as_object().unwrap().is_empty(), "the school gets no list of files");
    assert_eq!(scene.check(true).await, Duration::ZERO);
    scene.wait("nothing stays behind", async || files_below(&scene.spool("rec-1")) == 0).await;
    for name in scene.names().await {
        let (track, file) = name.split_once('/').unwrap_or(("", &name));
        let is_ours = match track {
            "" => OURS.iter().any(|ours| file.starts_with(ours)),
            "camera" | "screen" => file.starts_with("1-") && (file.ends_with(".m4s") || file.ends_with(".mp4")),
            _ => false,
        };
        assert!(is_ours, "{name}");
    }
    for (name, content_type, cache_control) in [
        ("camera/1-000001.m4s", "video/mp4", "public, max-age=31536000, immutable"),
        ("screen/1-init-1.mp4", "video/mp4", "public, max-age=31536000, immutable"),
        ("camera.m3u8", "application/vnd.apple.mpegurl", "max-age=60"),
        ("manifest.json", "application/json", "max-age=60"),
    ] {
        let kind = scene.store.head(&scene.key(name)).await.unwrap().unwrap().kind;
        assert_eq!((&*kind.content_type, &*kind.cache_control), (content_type, cache_control), "{name}");
    }
    recorder.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_spool_ends_the_recording_cleanly_and_says_so() {
    ends_when_full(|config| config.spool.bytes_max = SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_does_as_well() {
    let Some(disk) = SmallDisk::mount(SMALL) else { return };
    ends_when_full(|config| disk.path().clone_into(&mut config.spool.folder)).await;
}

/// A class of 1.2 MB a second, whose recorder has [`SMALL`] bytes for what it cannot upload.
async fn ends_when_full(small: impl FnOnce(&mut RecorderConfig)) {
    let mut scene = Scene::on_azure().await;
    scene.film = Film::new(60_000);
    let media = Arc::new(scene.film.clone());
    let recorder = scene.recorder_with("rec-1", media, small);
    scene.wait_for_listed(8 * SECOND).await;
    scene.cable.as_ref().unwrap().cut();
    let name = "lectern_recorder_recordings";
    scene.wait("there is no more room", async || recorder.metric(name, "recording") == 0.0).await;
    scene.cable.as_ref().unwrap().heal();
    scene.wait("it has ended", async || scene.school.look(|class| class.end.is_some())).await;
    let end = scene.school.look(|class| class.end.clone()).unwrap();
    assert_eq!((&end["outcome"], &end["reason"]), (&"failed".into(), &"disk_full".into()), "{end}");
    assert_eq!(scene.check(true).await, Duration::ZERO);
    // What fitted is there.
    assert!(scene.listed().await >= 24 * SECOND, "{:?}", scene.listed().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_comes_back_too_late_for_the_end_gets_all_the_same() {
    let scene = Scene::on_azure().await;
    let media = Arc::new(scene.film.clone());
    let _recorder = scene.recorder_with("rec-1", media, |config| config.node.finish_s = 60);
    scene.wait_for_listed(8 * SECOND).await;
    let cable = scene.cable.as_ref().unwrap();
    cable.cut();
    let cut_at = scene.film.now();
    scene.wait("a minute passes", async || scene.film.now() > cut_at + 60 * SECOND).await;
    let over_at = scene.film.now();
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["reason"]), (&"failed".into(), &"store_unreachable".into()), "{end}");
    cable.heal();
    scene
        .wait("it is ready", async || scene.school.look(|class| class.end.as_ref().unwrap()["outcome"] == "ready"))
        .await;
    assert_eq!(scene.check(true).await, Duration::ZERO);
    assert!(scene.listed().await + SECOND > over_at);
    scene.wait("nothing stays behind", async || files_below(&scene.spool("rec-1")) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_the_lease_uploads_nothing_more() {
    let scene = Scene::on_files().await;
    let recorder = scene.recorder("rec-1");
    scene.wait_for_listed(12 * SECOND).await;
    // Somebody else has it, as far as the school knows.
    scene.school.look(|class| {
        class.run = 2;
        class.lease_until = Some(tokio::time::Instant::now() + 3600 * SECOND);
    });
    let name = "lectern_recorder_leases_lost_total";
    scene.wait("the lease is lost", async || recorder.metric(name, "") == 1.0).await;
    let before = (scene.names().await, scene.text("camera.m3u8").await);
    // Segments of ten seconds would have come.
    let now = scene.film.now();
    scene.wait("the class goes on", async || scene.film.now() > now + 20 * SECOND).await;
    assert_eq!((scene.names().await, scene.text("camera.m3u8").await), before);
    assert_eq!(scene.school.look(|class| class.end.clone()), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_that_is_over_when_it_is_claimed_is_only_finished() {
    let scene = Scene::on_files().await;
    let recorder = scene.recorder("rec-1");
    scene.wait_for_listed(12 * SECOND).await;
    drop(recorder);
    let visits = scene.film.visits.load(Ordering::Relaxed);
    scene.school.look(|class| class.is_over = true);
    let _second = scene.recorder("rec-2");
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &2.into()), "{end}");
    assert_eq!(scene.check(true).await, Duration::ZERO);
    assert_eq!(scene.film.visits.load(Ordering::Relaxed), visits);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_of_which_nothing_is_there_has_failed() {
    let scene = Scene::on_files().await;
    scene.school.look(|class| class.is_over = true);
    let _recorder = scene.recorder("rec-1");
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["reason"]), (&"failed".into(), &"nothing_recorded".into()), "{end}");
    assert!(scene.names().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_never_lets_the_recorder_in_is_named() {
    let scene = Scene::on_files().await;
    let _recorder = scene.recorder_with("rec-1", Arc::new(ClosedRoom), |_| {});
    scene.wait("it is claimed", async || scene.school.look(|class| class.renewals.len() > 1)).await;
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["reason"]), (&"failed".into(), &"room_unreachable".into()), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_is_restarted_lets_go_and_another_goes_on_at_once() {
    let scene = Scene::on_files().await;
    let first = scene.recorder("rec-1");
    scene.wait_for_listed(12 * SECOND).await;
    let last_segment = scene.film.now();
    first.server.shutdown().await;
    let until = scene.film.now();
    assert_eq!(scene.school.look(|class| class.releases), 1);
    // The open segment was closed and stored.
    let listed = scene.listed().await;
    assert!(listed >= last_segment && listed <= until, "{listed:?} of {until:?}");
    assert_eq!(files_below(&scene.spool("rec-1")), 0);
    let _second = scene.recorder("rec-2");
    scene.wait_for_listed(listed + 20 * SECOND).await;
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &2.into()), "{end}");
    scene.check(true).await;
    let camera = scene.playlist(Track::Camera).await.unwrap();
    assert_eq!(camera.text().matches("#EXT-X-DISCONTINUITY\n").count(), 1);
}
