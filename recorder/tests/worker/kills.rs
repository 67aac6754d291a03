//! Recorders that are killed, and those that go on after them.

use std::ops::Range;
use std::time::Duration;

use lectern_recording::hls::{MediaPlaylist, Part, Track};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::film::SPEED;
use crate::scene::{Scene, files_below};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn another_recorder_goes_on_in_the_playlists_of_one_that_was_killed() {
    let scene = Scene::on_azure().await;
    let first = scene.recorder("rec-1");
    scene.wait_for_listed(20 * SECOND).await;
    drop(first);
    let killed_at = scene.film.now();
    let listed = scene.text("camera.m3u8").await.unwrap();
    let _second = scene.recorder("rec-2");
    scene.wait_for_listed(killed_at + 60 * SECOND).await;
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &2.into()), "{end}");
    assert_eq!(end["manifest"]["runs"], serde_json::json!([1, 2]));
    let lacks = scene.check(true).await;
    assert!(lacks > Duration::ZERO, "a lease has to run out");
    for track in [Track::Camera, Track::Screen] {
        let playlist = scene.playlist(track).await.unwrap();
        assert_eq!(playlist.text().matches("#EXT-X-DISCONTINUITY\n").count(), 1, "{track:?}");
    }
    let text = scene.text("camera.m3u8").await.unwrap();
    let (_, segments) = listed.split_once("#EXT-X-MAP").unwrap();
    assert!(text.contains(segments), "what was listed stays so");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_recorder_had_not_stored_is_stored_when_it_is_back() {
    let scene = Scene::on_azure().await;
    let (_, killed_at) = kill_with_a_minute_on_the_disk(&scene).await;
    assert!(files_below(&scene.spool("rec-1")) > 10);
    let _again = scene.recorder("rec-1");
    scene.cable.as_ref().unwrap().heal();
    scene.wait_for_listed(killed_at + 60 * SECOND).await;
    assert_eq!(scene.end().await["outcome"], "ready");
    let lacks = scene.check(true).await;
    let camera = scene.playlist(Track::Camera).await.unwrap();
    let gap_begins = gap(&camera).start;
    // One open segment, of four seconds and what is not settled, before the kill.
    assert!(gap_begins + 8 * SECOND > killed_at, "{gap_begins:?} of {killed_at:?}, lacks {lacks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_recorder_could_not_reach_is_put_into_the_gap_when_it_is_back() {
    let scene = Scene::on_azure().await;
    let (cut_at, killed_at) = kill_with_a_minute_on_the_disk(&scene).await;
    scene.cable.as_ref().unwrap().heal();
    let _second = scene.recorder("rec-2");
    scene.wait_for_listed(killed_at + 20 * SECOND).await;
    // The class is the other's: what was listed stays, and what is on this disk as well.
    let again = scene.recorder("rec-1");
    let waits = files_below(&scene.spool("rec-1"));
    let now = scene.film.now();
    scene.wait_for_listed(now + 20 * SECOND).await;
    assert!(waits > 20 && files_below(&scene.spool("rec-1")) == waits);
    let before = scene.playlist(Track::Camera).await.unwrap();
    assert!(gap(&before).start < cut_at);
    assert_eq!(scene.end().await["run"], 2);
    scene.wait("nothing is left", async || files_below(&scene.spool("rec-1")) == 0).await;
    let end = scene.school.look(|class| class.end.clone()).unwrap();
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &3.into()), "{end}");
    assert_eq!(end["manifest"]["runs"], serde_json::json!([1, 2]));
    let marks = end["manifest"]["marks"].as_array().unwrap();
    let times: Vec<_> = marks.iter().map(|mark| Duration::from_millis(mark["at_ms"].as_u64().unwrap())).collect();
    assert!(times.is_sorted() && marks[1]["kind"] == "screen_begins", "{marks:?}");
    assert!(times[1] > cut_at && times[1] < killed_at, "{times:?}: told while the store was away");
    scene.check(true).await;
    let after = scene.playlist(Track::Camera).await.unwrap();
    assert!(gap(&after).start + 8 * SECOND > killed_at, "{:?} of {killed_at:?}", gap(&after));
    assert!(gap(&after).end.abs_diff(gap(&before).end) < Duration::from_millis(1));
    assert_eq!(after.text().matches("#EXT-X-DISCONTINUITY\n").count(), 1);
    let visits = scene.film.visits.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(visits, 2, "the room was over");
    again.server.shutdown().await;
}

/// `rec-1` records, is cut off from the store, and is killed a minute later: when either was.
async fn kill_with_a_minute_on_the_disk(scene: &Scene) -> (Duration, Duration) {
    let recorder = scene.recorder("rec-1");
    scene.wait_for_listed(10 * SECOND).await;
    scene.cable.as_ref().unwrap().cut();
    let cut_at = scene.film.now();
    scene.wait("a minute passes", async || scene.film.now() > cut_at + 60 * SECOND).await;
    drop(recorder);
    (cut_at, scene.film.now())
}

/// What is missing, in one piece.
fn gap(playlist: &MediaPlaylist) -> Range<Duration> {
    let mut gaps = playlist.parts().iter().filter(|part| matches!(part, Part::Gap { .. }));
    let first = gaps.next().unwrap();
    first.start()..gaps.fold(first.end(), |end, next| {
        assert_eq!(end, next.start());
        next.end()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_is_back_on_its_spool_goes_on_at_once_and_another_waits_for_the_lease() {
    let scene = Scene::on_files().await;
    // Nobody here lives to see its end.
    scene.school.look(|class| class.lease_s = 600);
    let first = scene.recorder("rec-1");
    scene.wait_for_listed(10 * SECOND).await;
    drop(first);
    let killed_at = scene.film.now();
    let _other = scene.recorder("rec-2");
    let again = scene.recorder("rec-1");
    scene.wait_for_listed(killed_at + 20 * SECOND).await;
    assert_eq!(scene.school.look(|class| (class.run, class.holder.clone())), (2, "rec-1".to_owned()));
    // What it holds itself it does not take once more, however often it asks.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(scene.school.look(|class| class.run), 2);
    assert_eq!(scene.end().await["outcome"], "ready");
    scene.check(true).await;
    again.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_before_the_spool_is_free_waits_for_it() {
    let scene = Scene::on_files().await;
    let first = scene.recorder("rec-1");
    scene.wait_for_listed(4 * SECOND).await;
    let _second = scene.recorder("rec-1");
    let askers = || scene.school.look(|class| class.askers.len());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(askers(), 1);
    first.server.shutdown().await;
    scene.wait("the next one has the spool", async || askers() == 2).await;
    let now = scene.film.now();
    scene.wait_for_listed(now + 4 * SECOND).await;
    assert_eq!(scene.end().await["outcome"], "ready");
    scene.check(true).await;
}

/// Kills and cuts at random moments; whatever happens, what is listed is there and plays, and the recording ends.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_the_playlists_are_valid() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random::<u64>);
    println!("SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let scene = Scene::on_azure().await;
    let cable = scene.cable.as_ref().unwrap();
    let names = ["rec-1", "rec-2"];
    let mut recorder = Some(scene.recorder(names[0]));
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(random.random_range(50..1_200))).await;
        match random.random_range(0..5) {
            0 => cable.cut(),
            1 => cable.stall(),
            2 => scene.school.proxy.cut(),
            _ => {
                drop(recorder.take());
                tokio::time::sleep(Duration::from_millis(random.random_range(0..300))).await;
                recorder = Some(scene.recorder(names[random.random_range(0..2)]));
            }
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(50..800))).await;
        cable.heal();
        scene.school.proxy.heal();
    }
    let now = scene.film.now();
    scene.wait_for_listed(now + 4 * SECOND * SPEED).await;
    let end = scene.end().await;
    assert_eq!(end["outcome"], "ready", "{end}");
    scene.check(true).await;
    drop(recorder);
}
