//! A recorder that dies loses its open segment; another one goes on in the same playlists. And what the check finds when
//! something is wrong with them.

use std::time::Duration;

use bytes::Bytes;
use lectern_recording::format::VideoCodec;
use lectern_recording::hls::{MediaPlaylist, Part, Track};
use lectern_recording::recording::Recording;

use crate::media::{FPS, frames};
use crate::packetizer::payloads;
use crate::simulation::{CAMERA, EPOCH, Network, Room, Stream};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn film(room: &mut Room, from: u64, until: u64) {
    for at in (from..until).step_by(40) {
        let index = ((at - from) * FPS / 1000) as usize;
        let frame = &frames(VideoCodec::H264, true)[index];
        room.send(CAMERA, ms(at), payloads(VideoCodec::H264, frame, 0), ms(10));
        room.run_until(ms(at));
    }
}

/// Seven seconds of a camera.
fn short() -> Room {
    let mut room = Room::new(Network::GOOD, 1);
    room.begin(Stream::new(CAMERA, 96, 0.0, 1));
    film(&mut room, 0, 7000);
    room
}

#[test]
fn another_recorder_goes_on_in_the_same_playlists() {
    let mut room = short();
    let listed = room.playlists[&Track::Camera].until().unwrap();
    assert!(listed >= ms(3900), "only the open segment is lost: {listed:?}");
    // The first one is killed here; the second has its lease after 15 s, and reads what is stored.
    room.recording = Recording::new(2, ms(22_000)).unwrap();
    for playlist in room.playlists.values_mut() {
        *playlist = MediaPlaylist::parse(EPOCH, &playlist.text()).unwrap();
        playlist.resume();
    }
    room.run_until(ms(22_000));
    room.begin(Stream::new(CAMERA, 96, 0.0, 5));
    film(&mut room, 22_000, 30_000);
    room.run_until(ms(30_200));
    room.end();
    let violations = room.violations();
    assert!(violations.is_empty(), "{violations:#?}");
    for track in [Track::Camera, Track::Sound] {
        let playlist = &room.playlists[&track];
        assert_eq!(playlist.text().matches("#EXT-X-DISCONTINUITY\n").count(), 1, "{track:?}");
        let missing: Duration = playlist
            .parts()
            .iter()
            .filter(|part| matches!(part, Part::Gap { .. }))
            .map(|part| part.end() - part.start())
            .sum();
        assert!(missing < ms(22_000 - 3900) && missing > ms(15_000), "{track:?} lacks {missing:?}");
        assert!(playlist.until().unwrap().abs_diff(ms(30_200)) < ms(100));
    }
}

/// What the check says when `change` was made to a file of a good recording.
fn said(name: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let mut room = short();
    room.end();
    assert!(room.violations().is_empty());
    let mut bytes = room.files[name].to_vec();
    change(&mut bytes);
    room.files.insert(name.to_owned(), Bytes::from(bytes));
    room.violations().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn find(bytes: &[u8], kind: &[u8]) -> usize {
    bytes.windows(kind.len()).position(|window| window == kind).unwrap()
}

#[test]
fn the_check_finds_what_is_wrong() {
    const SEGMENT: &str = "camera/1-000001.m4s";
    const INIT: &str = "camera/1-init-1.mp4";
    let after = |kind: &'static [u8], offset: usize, value: u8| {
        move |bytes: &mut Vec<u8>| {
            let at = find(bytes, kind) + kind.len() + offset;
            bytes[at] = value;
        }
    };
    for (name, change, expected) in [
        // The last byte of a decode time; the first sample's flags; its size; the offset of the media.
        (SEGMENT, Box::new(after(b"tfdt", 6, 9)) as Box<dyn Fn(&mut Vec<u8>)>, "is listed at"),
        (SEGMENT, Box::new(after(b"trun", 21, 1)), "sync sample"),
        (SEGMENT, Box::new(after(b"trun", 11, 1)), "not where mdat begins"),
        (SEGMENT, Box::new(|bytes| bytes.truncate(bytes.len() - 1)), "wrong length"),
        (SEGMENT, Box::new(|bytes| bytes.push(0)), "a box is cut"),
        (SEGMENT, Box::new(after(b"mdat", 3, 255)), "NAL unit"),
        (SEGMENT, Box::new(after(b"styp", 30, 0)), ""),
        (INIT, Box::new(after(b"mvex", 0, 9)), "wrong length"),
        (INIT, Box::new(after(b"avcC", 3, 99)), "CODECS lacks"),
        (INIT, Box::new(after(b"mdhd", 15, 1)), "is listed"),
    ] {
        let said = said(name, change);
        assert!(!said.is_empty() && said.contains(expected), "expected {expected:?}, found {said:?}");
    }
}

#[test]
fn the_check_finds_what_is_wrong_with_a_playlist() {
    let mut room = short();
    room.end();
    let good = room.playlists[&Track::Camera].text();
    for (from, to, expected) in [
        ("#EXTINF:3.", "#EXTINF:4.", "is listed with"),
        ("#EXTINF:3.", "#EXTINF:13.", "beyond the target"),
        ("#EXT-X-ENDLIST\n", "", "a video has an end"),
        ("#EXT-X-INDEPENDENT-SEGMENTS\n", "", "INDEPENDENT"),
        ("16:00:04", "16:00:05", "a date that is not"),
        ("1-000002", "1-000003", "is missing"),
        ("#EXT-X-MAP:URI=\"camera/1-init-1.mp4\"\n", "", "without EXT-X-MAP"),
        ("#EXTM3U\n", "", "#EXTM3U"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let mut violations = Vec::new();
        lectern_recording::conformance::check_track(
            "camera.m3u8",
            &text,
            |name| room.files.get(name).cloned(),
            &mut violations,
        );
        let said = violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        assert!(said.contains(expected), "expected {expected:?}, found {said:?}");
    }
}
