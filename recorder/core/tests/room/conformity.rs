//! Whatever the network and the senders do, what is stored conforms and decodes without a word.

use std::time::Duration;

use lectern_recording::format::VideoCodec;
use lectern_recording::gap::Cause;
use lectern_recording::hls::Track;
use lectern_recording::recording::Source;

use crate::media::{FPS, frames, tone};
use crate::packetizer::payloads;
use crate::players::{Folder, decoded_frames};
use crate::simulation::{CAMERA, Network, Room, SCREEN, Stream};

const VOICE: Source = Source::Voice(7);
const PACE: Duration = Duration::from_millis(15);

fn payload_type(codec: VideoCodec) -> u8 {
    match codec {
        VideoCodec::H264 => 96,
        VideoCodec::Vp9 => 98,
        VideoCodec::Av1 => 45,
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A camera in `camera`, a screen in VP9 and a voice for `seconds`.
fn class(camera: VideoCodec, network: Network, seconds: u64) -> Room {
    let mut room = Room::new(network, 20_261_126);
    room.begin(Stream::new(CAMERA, payload_type(camera), 60.0, 1));
    room.begin(Stream::new(SCREEN, payload_type(VideoCodec::Vp9), 60.0, 2));
    room.begin(Stream::new(VOICE, 111, -80.0, 3));
    for at in (0..seconds * 1000).step_by(20) {
        room.send(VOICE, ms(at), vec![tone()[at as usize / 20 % tone().len()].clone()], Duration::ZERO);
        if at % 40 == 0 {
            let index = (at * FPS / 1000) as usize;
            let camera_frames = frames(camera, false);
            room.send(
                CAMERA,
                ms(at),
                payloads(camera, &camera_frames[index % camera_frames.len()], index as u16),
                PACE,
            );
            let screen_frames = frames(VideoCodec::Vp9, true);
            let screen = payloads(VideoCodec::Vp9, &screen_frames[index % screen_frames.len()], index as u16);
            room.send(SCREEN, ms(at), screen, PACE);
        }
        if at % 1000 == 400 {
            [CAMERA, SCREEN, VOICE].into_iter().for_each(|source| room.report(source, ms(at)));
        }
        room.run_until(ms(at));
    }
    room.run_until(ms(seconds * 1000 + 1500));
    room.end();
    room
}

fn check(room: &Room, name: &str) -> (u64, u64, u64) {
    let violations = room.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    let folder = Folder::new(name);
    room.write(&folder.0);
    let count = |track: Track, kind| decoded_frames(&folder.0.join(track.playlist_name()), kind);
    let counts = (count(Track::Camera, 'v'), count(Track::Screen, 'v'), count(Track::Sound, 'a'));
    decoded_frames(&folder.0.join("recording.m3u8"), 'v');
    counts
}

#[test]
fn every_codec_is_recorded_frame_by_frame() {
    for codec in [VideoCodec::H264, VideoCodec::Vp9, VideoCodec::Av1] {
        let room = class(codec, Network::GOOD, 13);
        let (camera, screen, sound) = check(&room, &format!("{codec:?}"));
        assert_eq!((camera, screen), (13 * FPS, 13 * FPS), "{codec:?}");
        assert!((14 * 50..=15 * 50).contains(&sound), "{sound}");
        assert!(room.gaps.is_empty() && room.playlists[&Track::Camera].parts().len() == 4);
    }
}

#[test]
fn one_packet_in_a_hundred_lost_costs_nothing() {
    let room = class(VideoCodec::H264, Network::BAD, 24);
    let (camera, screen, _) = check(&room, "bad");
    assert_eq!((camera, screen, &room.gaps[..]), (24 * FPS, 24 * FPS, &[][..]));
}

#[test]
fn a_network_that_loses_a_third_freezes_the_picture_and_breaks_nothing() {
    for codec in [VideoCodec::H264, VideoCodec::Vp9, VideoCodec::Av1] {
        let mut network = Network::AWFUL;
        // Asking again is lost as well, often enough that some packets never come.
        network.lost = 600;
        let room = class(codec, network, 24);
        let (camera, ..) = check(&room, &format!("awful-{codec:?}"));
        assert!(camera < 24 * FPS && !room.gaps.is_empty(), "{camera} frames, gaps {:?}", room.gaps);
        assert!(room.gaps.iter().all(|(_, gap)| gap.cause != Cause::TooLarge && gap.from < gap.until));
        assert!(room.keyframes_asked > 0);
    }
}
