//! The store or the school is away while a class is recorded.

use std::sync::Arc;
use std::time::Duration;

use lectern_recording::hls::{Part, Track};

use crate::scene::{Scene, files_below};
use crate::school::LEASE_S;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_store_loses_nothing_and_nothing_is_listed_that_is_not_there() {
    let scene = Arc::new(Scene::on_azure().await);
    let _recorder = scene.recorder("rec-1");
    let looking = tokio::spawn({
        let scene = Arc::clone(&scene);
        async move {
            let mut looks = 0;
            while scene.school.look(|class| class.end.is_none()) {
                looks += 1;
                for track in [Track::Camera, Track::Screen] {
                    let Some(playlist) = scene.playlist(track).await else { continue };
                    // What was listed longer ago was looked at before.
                    for part in playlist.parts().iter().rev().take(12) {
                        let Part::Segment(entry) = part else { continue };
                        for name in [&entry.uri, &entry.init_uri] {
                            assert!(scene.store.head(&scene.key(name)).await.unwrap().is_some(), "{name}");
                        }
                    }
                }
            }
            looks
        }
    });
    scene.wait_for_listed(10 * SECOND).await;
    let cable = scene.cable.as_ref().unwrap();
    cable.cut();
    let cut_at = scene.film.now();
    scene.film.leap(HOUR);
    // Two tracks, with a segment every four seconds.
    scene.wait("an hour waits on the disk", async || files_below(&scene.spool("rec-1")) > 2 * 3600 / 4 - 20).await;
    assert!(scene.listed().await < cut_at + 5 * SECOND);
    cable.heal();
    scene.wait_for_listed(cut_at + HOUR).await;
    cable.stall();
    tokio::time::sleep(Duration::from_millis(700)).await;
    cable.heal();
    let end = scene.end().await;
    assert_eq!(end["outcome"], "ready", "{end}");
    assert_eq!(scene.check(true).await, Duration::ZERO);
    let camera = scene.playlist(Track::Camera).await.unwrap();
    assert_eq!(camera.text().matches("#EXT-X-DISCONTINUITY").count(), 0);
    assert!(looking.await.unwrap() > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_school_is_away_it_records_on_and_lists_when_it_is_sure_of_the_lease() {
    let scene = Scene::on_files().await;
    let _recorder = scene.recorder("rec-1");
    scene.wait_for_listed(10 * SECOND).await;
    scene.school.proxy.cut();
    // The lease runs out, and nobody can take it.
    tokio::time::sleep(Duration::from_secs(LEASE_S)).await;
    let listed = scene.listed().await;
    let now = scene.film.now();
    scene.wait("the class goes on", async || scene.film.now() > now + 40 * SECOND).await;
    assert_eq!(scene.listed().await, listed, "the playlists may be another's");
    scene.school.proxy.heal();
    scene.wait_for_listed(now + 40 * SECOND).await;
    let end = scene.end().await;
    assert_eq!((&end["outcome"], &end["run"]), (&"ready".into(), &1.into()), "{end}");
    assert_eq!(scene.check(true).await, Duration::ZERO);
}
