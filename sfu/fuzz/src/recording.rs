//! The recorder's media core as a whole: packets and sender reports of a room in, files out that conform.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use lectern_recording::conformance::check_track;
use lectern_recording::format::VideoCodec;
use lectern_recording::hls::{MediaPlaylist, Track};
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::{Output, Picture, Recording, Source};
use time::OffsetDateTime;

use crate::input::Input;

const VOICE: u32 = 5;
/// Sound is encoded for all of it.
const TIME_MAX: Duration = Duration::from_secs(60);
/// What the jitter buffers may hold, and a segment that is not closed.
const HELD_MAX: usize = 32 << 20;

/// What was written.
struct Written {
    files: HashMap<String, Bytes>,
    playlists: [MediaPlaylist; 3],
}

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let codecs = vec![(96, VideoCodec::H264), (98, VideoCodec::Vp9), (45, VideoCodec::Av1)];
    let mut recording = Recording::new(1, Duration::ZERO).expect("an encoder");
    recording.begin_video(Picture::Camera, 0, codecs.clone());
    recording.begin_video(Picture::Screen, 1, codecs.clone());
    recording.begin_voice(VOICE, 0, 111).expect("a decoder");
    let playlists = Track::ALL.map(|_| MediaPlaylist::new(OffsetDateTime::UNIX_EPOCH));
    let mut written = Written { files: HashMap::new(), playlists };
    let mut now = Duration::ZERO;
    while !input.is_empty() && now < TIME_MAX {
        let op = input.u8();
        let picture = if op & 1 == 0 { Picture::Camera } else { Picture::Screen };
        let source = if op & 0b10 == 0 { Source::Picture(picture) } else { Source::Voice(VOICE) };
        match op >> 2 & 0b1111 {
            0 => recording.sender_report(source, u64::from(input.u32()) << 24, input.u32()),
            1 => recording.end_video(picture, now),
            2 => recording.begin_video(picture, u32::from(op), codecs.clone()),
            3 => recording.leave_voice(VOICE),
            4 => recording.begin_voice(VOICE, u32::from(op), 111).expect("a decoder"),
            5 => now += Duration::from_millis(u64::from(input.u16())),
            _ => {
                recording.rtp(source, packet(&mut input), now);
                now += Duration::from_millis(u64::from(op >> 6) * 11);
            }
        }
        recording.advance(now);
        written.take(&mut recording);
        assert!(recording.held_len() < HELD_MAX);
    }
    recording.end(now + Duration::from_secs(1));
    written.take(&mut recording);
    written.check();
}

fn packet(input: &mut Input<'_>) -> RtpPacket {
    let head = input.u8();
    let payload_type = [96, 98, 45, 111][usize::from(head & 3)];
    // Mostly near each other, as those of a stream are.
    let sequence_number = if head & 4 == 0 { u16::from(input.u8()) } else { input.u16() };
    let timestamp = if head & 8 == 0 { u32::from(input.u8()) * 3_000 } else { input.u32() };
    RtpPacket {
        payload_type,
        sequence_number,
        timestamp,
        marker: head & 16 != 0,
        payload: input.short().to_vec().into(),
    }
}

impl Written {
    fn take(&mut self, recording: &mut Recording) {
        while let Some(output) = recording.poll() {
            match output {
                Output::Init { name, bytes, .. } => assert_eq!(self.files.insert(name, bytes), None),
                Output::Segment(stored) => {
                    assert_eq!(self.files.insert(stored.entry.uri.clone(), stored.bytes), None);
                    self.playlists[stored.track as usize].push(stored.entry);
                }
                Output::Gap(_, gap) => assert!(gap.from <= gap.until),
                Output::Nack(..) | Output::Keyframe(_) => {}
            }
        }
    }

    fn check(mut self) {
        let mut violations = Vec::new();
        for (track, playlist) in Track::ALL.iter().zip(&mut self.playlists) {
            if playlist.parts().is_empty() {
                continue;
            }
            playlist.end();
            check_track(track.name(), &playlist.text(), |name| self.files.get(name).cloned(), &mut violations);
        }
        assert!(violations.is_empty(), "{violations:#?}");
    }
}
