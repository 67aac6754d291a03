//! Senders that misbehave: what they send is recorded as far as it can be, and the rest is said.

use std::time::Duration;

use lectern_recording::format::{Shape, VideoCodec};
use lectern_recording::gap::Cause;
use lectern_recording::hls::Track;
use lectern_recording::recording::{Picture, Source};

use crate::media::{FPS, GROUP, frames, tone};
use crate::packetizer::payloads;
use crate::players::{Folder, decoded_frames};
use crate::simulation::{CAMERA, Network, Room, Stream};

const PACE: Duration = Duration::from_millis(10);

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A camera in VP9 from `from` to `until`, in milliseconds; `frame` chooses which frame of which size is sent.
fn film(room: &mut Room, from: u64, until: u64, mut frame: impl FnMut(u64) -> (usize, bool)) {
    for at in (from..until).step_by(40) {
        let (index, small) = frame(at * FPS / 1000);
        room.send(
            CAMERA,
            ms(at),
            payloads(VideoCodec::Vp9, &frames(VideoCodec::Vp9, small)[index], index as u16),
            PACE,
        );
        if at % 1000 == 400 {
            room.report(CAMERA, ms(at));
        }
        room.run_until(ms(at));
    }
}

fn finish(room: &mut Room, at: u64, name: &str) -> u64 {
    room.run_until(ms(at));
    room.end();
    let violations = room.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    // ffmpeg's HLS reader does not take up a second EXT-X-MAP, so it is given the files.
    let folder = Folder::new(name);
    let files = room.stretches(Track::Camera).into_iter().enumerate().map(|(index, file)| {
        let path = folder.0.join(format!("{index}.mp4"));
        std::fs::write(&path, file).unwrap();
        path
    });
    files.map(|path| decoded_frames(&path, 'v')).sum()
}

#[test]
fn a_resolution_that_changes_every_second_or_two_needs_two_init_segments() {
    for period in [FPS, GROUP] {
        let mut room = Room::new(Network::GOOD, 1);
        room.begin(Stream::new(CAMERA, 98, 0.0, 1));
        film(&mut room, 0, 16_000, |frame| ((frame % period) as usize, frame / period % 2 == 1));
        let decoded = finish(&mut room, 16_300, &format!("sizes-{period}"));
        assert_eq!(decoded, 16 * FPS);
        let changes = (16 * FPS / period) as usize;
        let (playlist, formats) = (&room.playlists[&Track::Camera], &room.formats[&Track::Camera]);
        assert_eq!((playlist.parts().len(), formats.len(), room.gaps.len()), (changes, 2, 0));
        assert_eq!(formats[1].shape, Shape::Video { width: 320, height: 180 });
        assert_eq!(playlist.text().matches("DISCONTINUITY").count(), changes - 1);
    }
}

#[test]
fn another_codec_begins_at_its_keyframe() {
    let mut room = Room::new(Network::GOOD, 2);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 5000, |frame| (frame as usize, false));
    room.stream(CAMERA).payload_type = 96;
    for (index, frame) in frames(VideoCodec::H264, false).iter().take(125).enumerate() {
        let at = ms(5000 + index as u64 * 40);
        room.send(CAMERA, at, payloads(VideoCodec::H264, frame, 0), PACE);
        room.run_until(at);
    }
    let decoded = finish(&mut room, 10_200, "codecs");
    assert_eq!(decoded, 250);
    let formats = &room.formats[&Track::Camera];
    assert_eq!((formats.len(), &formats[0].entry, &formats[1].entry), (2, b"vp09", b"avc1"));
}

#[test]
fn a_track_without_keyframes_is_held_and_says_so() {
    let mut room = Room::new(Network::GOOD, 3);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 24_000, |frame| (if frame == 0 { 0 } else { 1 + frame as usize % (GROUP as usize - 1) }, false));
    finish(&mut room, 24_000, "keyless");
    assert!(room.stored.iter().any(|(.., held)| *held));
    assert!(room.gaps.iter().all(|(_, gap)| gap.cause == Cause::NoKeyframe) && room.gaps.len() == 1);
    assert!((4..20).contains(&room.keyframes_asked), "asked {} times", room.keyframes_asked);
}

#[test]
fn without_a_first_keyframe_there_is_no_track() {
    let mut room = Room::new(Network::GOOD, 4);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 5000, |frame| (1 + frame as usize % 40, false));
    room.run_until(ms(6000));
    room.end();
    assert!(!room.playlists.contains_key(&Track::Camera) && room.playlists.contains_key(&Track::Sound));
    assert!(room.violations().is_empty() && room.keyframes_asked >= 3);
}

#[test]
fn timestamps_that_jump_by_hours_change_nothing_of_the_time() {
    let mut room = Room::new(Network::GOOD, 5);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 4000, |frame| (frame as usize, false));
    room.stream(CAMERA).timestamp = room.stream(CAMERA).timestamp.wrapping_add(90_000 * 7200);
    film(&mut room, 4000, 8000, |frame| (frame as usize, false));
    room.stream(CAMERA).timestamp = room.stream(CAMERA).timestamp.wrapping_sub(90_000 * 20_000);
    film(&mut room, 8000, 12_000, |frame| (frame as usize, false));
    assert_eq!(finish(&mut room, 12_300, "jumps"), 12 * FPS);
    let until = room.playlists[&Track::Camera].until().unwrap();
    assert!(until.abs_diff(ms(12_300)) < ms(50), "{until:?}");
}

#[test]
fn a_sender_that_leaves_and_returns_finds_its_picture_held() {
    let mut room = Room::new(Network::GOOD, 6);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 5000, |frame| (frame as usize, false));
    room.run_until(ms(5200));
    room.recording.leave_video(Picture::Camera);
    room.run_until(ms(35_000));
    room.begin(Stream::new(CAMERA, 98, 0.0, 9));
    film(&mut room, 35_000, 40_000, |frame| ((frame - 35 * FPS) as usize, false));
    finish(&mut room, 40_300, "return");
    let held = room.stored.iter().filter(|(.., held)| *held).count();
    assert!(held >= 3, "{:?}", room.stored);
    let gap = room.gaps[0].1;
    assert!(gap.from.abs_diff(ms(5000)) < ms(100) && gap.until.abs_diff(ms(35_000)) < ms(100), "{gap:?}");
}

#[test]
fn a_screen_that_is_shared_twice_is_listed_with_a_gap() {
    let mut room = Room::new(Network::GOOD, 7);
    room.begin(Stream::new(CAMERA, 98, 0.0, 1));
    film(&mut room, 0, 5000, |frame| (frame as usize, false));
    room.recording.end_video(Picture::Camera, ms(5200));
    room.run_until(ms(20_000));
    room.begin(Stream::new(CAMERA, 98, 0.0, 9));
    film(&mut room, 20_000, 25_000, |frame| ((frame - 20 * FPS) as usize, false));
    room.run_until(ms(25_300));
    room.end();
    let violations = room.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(room.playlists[&Track::Camera].text().matches("#EXT-X-GAP\n").count() == 2 && room.gaps.is_empty());
}

#[test]
fn a_room_in_which_nobody_speaks_has_a_track_of_silence() {
    let mut room = Room::new(Network::GOOD, 8);
    room.run_until(ms(10_000));
    let voice = Source::Voice(3);
    room.begin(Stream::new(voice, 111, 0.0, 3));
    for (index, packet) in tone().iter().take(100).enumerate() {
        let at = ms(10_000 + 20 * index as u64);
        room.send(voice, at, vec![packet.clone()], Duration::ZERO);
        room.run_until(at);
    }
    room.recording.leave_voice(3);
    room.run_until(ms(20_000));
    room.end();
    assert!(room.violations().is_empty());
    let folder = Folder::new("silence");
    room.write(&folder.0);
    assert!((1000..1003).contains(&decoded_frames(&folder.0.join("sound.m3u8"), 'a')));
}
