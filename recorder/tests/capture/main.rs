//! A capture against a real media server and real publishers: what it hands over conforms and plays, whatever happens to the
//! publishers, the server and the network meanwhile.

mod network;
mod recorded;
#[expect(dead_code, reason = "what other tests do")]
mod stage;

use std::time::Duration;

use lectern_client::VideoCodec;
use lectern_recorder::capture::{Connection, MarkKind};
use lectern_recording::hls::Track;

use network::Front;
use recorded::Watching;
use stage::Stage;

/// Not a test: the media server of the others, in a process of its own.
#[test]
#[ignore = "the media server of the other tests"]
fn media_server() {
    stage::serve();
}

#[tokio::test(flavor = "multi_thread")]
async fn camera_screen_and_voices_are_recorded_as_players_want_them() {
    let stage = Stage::start("all").await;
    let watching = Watching::of(&stage);
    let camera = stage.publish("camera", VideoCodec::H264).await;
    let screen = stage.publish("screen", VideoCodec::Vp9).await;
    watching.until("12 s of everything", |so_far| Track::ALL.iter().all(|track| so_far.segments(*track) >= 3)).await;
    screen.stop().unwrap();
    watching.until("the screen is over", |so_far| so_far.mark(MarkKind::ScreenEnds).is_some()).await;
    let on_stage = stage.publish("stage/1", VideoCodec::H264).await;
    watching.until("somebody is on stage", |so_far| so_far.mark(MarkKind::StageBegins).is_some()).await;
    on_stage.stop().unwrap();
    watching.until("nobody is any more", |so_far| so_far.mark(MarkKind::StageEnds).is_some()).await;
    let (recorded, summary) = watching.finish().await;
    camera.stop().unwrap();

    recorded.check();
    assert_eq!((summary.connections, summary.segments_dropped), (1, 0));
    assert_eq!(recorded.connections, [Connection::Connected]);
    let kinds: Vec<MarkKind> = recorded.marks.iter().map(|(kind, _)| *kind).collect();
    use MarkKind::{CameraBegins, CameraEnds, ScreenBegins, ScreenEnds, StageBegins, StageEnds};
    assert_eq!(kinds, [CameraBegins, ScreenBegins, ScreenEnds, StageBegins, StageEnds, CameraEnds]);
    let begins = recorded.mark(CameraBegins).unwrap();
    assert!(begins > Duration::from_secs(1000) && summary.until > begins, "{begins:?} on the recording's clock");
    let codecs = Track::ALL.map(|track| recorded.codecs(track).concat());
    assert!(codecs[0].starts_with("avc1.42") && codecs[1].starts_with("vp09.00") && codecs[2] == "opus", "{codecs:?}");
    for track in Track::ALL {
        let (extent, has_gap) = recorded.extent(track);
        assert!(extent >= Duration::from_secs(12) && !has_gap, "{track:?} {extent:?}");
        assert!(recorded.decoded_frames(track, "all") >= 60, "{track:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_who_leaves_and_returns_is_recorded_again() {
    let stage = Stage::start("return").await;
    let watching = Watching::of(&stage);
    let camera = stage.publish("camera", VideoCodec::H264).await;
    watching.until("a picture", |so_far| so_far.segments(Track::Camera) >= 1).await;
    camera.stop().unwrap();
    watching.until("the camera is gone", |so_far| so_far.mark(MarkKind::CameraEnds).is_some()).await;
    let camera = stage.publish("camera", VideoCodec::Vp9).await;
    watching.until("it is back", |so_far| so_far.marks.len() >= 3).await;
    let back = watching.now();
    watching.until("a picture again", |so_far| so_far.segments_after(Track::Camera, back) >= 2).await;
    let (recorded, summary) = watching.finish().await;
    camera.stop().unwrap();

    recorded.check();
    assert_eq!(summary.connections, 1);
    let codecs = recorded.codecs(Track::Camera);
    assert!(codecs.len() == 2 && codecs[0].starts_with("avc1") && codecs[1].starts_with("vp09"), "{codecs:?}");
    assert!(!recorded.extent(Track::Camera).1 && !recorded.extent(Track::Sound).1, "a picture stands still meanwhile");
    assert!(recorded.decoded_frames(Track::Camera, "return") >= 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recording_goes_on_when_the_media_server_is_killed_and_started_again() {
    outlives("killed", Stage::kill).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recording_goes_on_when_the_media_server_is_updated() {
    outlives("updated", Stage::shut_down).await;
}

async fn outlives(name: &str, end: fn(&mut Stage)) {
    let mut stage = Stage::start(name).await;
    let watching = Watching::of(&stage);
    let camera = stage.publish("camera", VideoCodec::H264).await;
    watching.until("a picture", |so_far| so_far.segments(Track::Camera) >= 1).await;
    end(&mut stage);
    camera.stop().unwrap();
    stage.restart().await;
    let lost = |connection: &Connection| matches!(connection, Connection::Lost { .. });
    watching.until("the loss is told", |so_far| so_far.connections.iter().any(lost)).await;
    watching.until("connected again", |so_far| so_far.connections.last() == Some(&Connection::Connected)).await;
    let camera = stage.publish("camera", VideoCodec::H264).await;
    let back = watching.now();
    watching.until("a picture again", |so_far| so_far.segments_after(Track::Camera, back) >= 2).await;
    let (recorded, summary) = watching.finish().await;
    camera.stop().unwrap();

    recorded.check();
    assert_eq!(summary.connections, 2);
    assert!(!recorded.extent(Track::Camera).1 && !recorded.extent(Track::Sound).1, "nothing is missing in between");
    assert!(recorded.decoded_frames(Track::Camera, name) >= 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_room_in_which_nobody_publishes_there_is_nothing() {
    let stage = Stage::start("empty").await;
    let watching = Watching::of(&stage);
    watching.until("connected", |so_far| so_far.connections == [Connection::Connected]).await;
    // More than the core needs to settle, and a segment's time: there would be one by now.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (recorded, summary) = watching.finish().await;
    assert!(recorded.is_empty());
    assert_eq!((recorded.connections.len(), summary.connections, summary.segments_dropped), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_room_follows_to_another_node_and_repairs_what_the_network_loses() {
    let stage = Stage::start("lossy").await;
    let front = Front::start(stage.http).await;
    let watching = Watching::start(&stage, &front.whep, Duration::ZERO);
    let camera = stage.publish("camera", VideoCodec::H264).await;
    watching.until("a picture", |so_far| so_far.segments(Track::Camera) >= 4).await;
    let metrics = watching.metrics.clone();
    let (recorded, summary) = watching.finish().await;
    camera.stop().unwrap();

    recorded.check();
    let (asked_to_join, redirected, lost) = front.counts();
    assert_eq!((asked_to_join, redirected, summary.connections), (2, 1, 1));
    let Connection::Lost { code, .. } = &recorded.connections[0] else { panic!("{:?}", recorded.connections) };
    assert_eq!((code.as_str(), &recorded.connections[1..]), ("busy", &[Connection::Connected][..]));
    let (asked, repeated) = metrics.repairs();
    assert!(lost > 0 && asked > 0 && repeated > 0, "{lost} lost, {asked} asked for, {repeated} came again");
    // Unrepaired, a loss stops the picture until the next keyframe: of two seconds a frame or none would be left.
    let (extent, _) = recorded.extent(Track::Camera);
    let frames = recorded.decoded_frames(Track::Camera, "lossy");
    assert!(frames >= extent.as_secs() * 30 / 2, "{frames} frames in {extent:?}");
}
