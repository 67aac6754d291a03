//! `lectern-recorder check`: what it says of a recording that is good, and of one that was tampered with.

use std::process::Command;
use std::time::Duration;

use bytes::Bytes;

use crate::scene::Scene;

/// How it ends, and what it says.
fn check(scene: &Scene, folder: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-recorder"));
    command.args(["check", folder]).env("LECTERN_RECORDER__BLOBS__FOLDER", scene.folder.path().join("blobs"));
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_checked_where_it_is_stored() {
    let scene = Scene::on_files().await;
    let recorder = scene.recorder("rec-1");
    scene.wait_for_listed(Duration::from_secs(12)).await;
    let folder = scene.key("x").as_str().trim_end_matches("/x").to_owned();
    let (code, said) = check(&scene, &folder);
    assert_eq!(code, Some(0), "while it grows: {said}");
    assert_eq!(scene.end().await["outcome"], "ready");
    recorder.server.shutdown().await;
    let (code, said) = check(&scene, &folder);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("camera.m3u8: avc1.64001e\n") && said.contains(" 0 violations"), "{said}");

    let (segment, other) = (scene.key("camera/1-000001.m4s"), scene.key("screen/1-000001.m4s"));
    let kind = scene.store.head(&segment).await.unwrap().unwrap().kind;
    let good = scene.read("camera/1-000001.m4s").await.unwrap();
    let mut flipped = good.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    scene.store.put(&segment, &kind, Bytes::from(flipped)).await.unwrap();
    scene.store.delete(&other).await.unwrap();
    let (code, said) = check(&scene, &folder);
    assert_eq!(code, Some(1), "{said}");
    for violation in [
        "camera/1-000001.m4s: is not what the manifest says was stored",
        "screen/1-000001.m4s: is missing",
        "screen/1-000001.m4s: is in the manifest and missing",
        " 3 violations",
    ] {
        assert!(said.contains(violation), "{violation}: {said}");
    }
    let (code, said) = check(&scene, "recordings/none");
    assert!(code == Some(1) && said.contains("recording.m3u8: is missing"), "{said}");
    assert_eq!(check(&scene, "../recordings").0, Some(64));
}
