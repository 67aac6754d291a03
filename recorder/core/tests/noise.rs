//! Whatever comes from the network, nothing panics, nothing grows without bound, and what is written conforms.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use lectern_recording::codec::{av1, h264, opus, vp9};
use lectern_recording::conformance::check_track;
use lectern_recording::format::VideoCodec;
use lectern_recording::hls::{MediaPlaylist, Track};
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::{Output, Picture, Recording, Source};
use lectern_wire::codec::sps::Sps;
use proptest::prelude::*;

/// A packet that is some of the way to being good: payloads begin as those of the codecs do.
#[derive(Clone, Debug)]
struct Noise {
    source: u8,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    marker: bool,
    head: Vec<u8>,
    tail: Vec<u8>,
    pause_ms: u64,
    report: bool,
}

fn noise() -> impl Strategy<Value = Noise> {
    let head = prop_oneof![
        // A VP9 keyframe, whole; one that goes on; a frame that refers to it.
        Just(vec![0x0c, 0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x16, 0x70]),
        Just(vec![0x08, 0x82, 0x49, 0x83, 0x42, 0x00, 0x27, 0xf0, 0x16, 0x70]),
        Just(vec![0x4c, 0x86, 0x00]),
        // H.264: parameter sets in a STAP-A, slices, fragments.
        Just(vec![0x78, 0, 9, 0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0, 4, 0x68, 0xce, 0x3c, 0x80]),
        Just(vec![0x65, 0x88]),
        Just(vec![0x41, 0x9a]),
        Just(vec![0x7c, 0x85, 0x88]),
        Just(vec![0x7c, 0x45]),
        // AV1: a sequence header and a frame, with lengths and without.
        Just(vec![0x18, 0x08, 0, 0, 0, 0x24, 0xc4, 0xff, 0xdf, 0, 0x68, 0x02]),
        Just(vec![0x08, 0x0c, 0x08, 0, 0, 0, 0x24, 0xc4, 0xff, 0xdf, 0, 0x68, 0x02, 0x00, 0x03, 0x30, 0x10, 0x00]),
        Just(vec![0x10, 0x30, 0x10]),
        Just(vec![0x90]),
        // Opus.
        Just(vec![0x78]),
        Just(vec![0xfb, 0x03]),
        Just(vec![]),
    ];
    let near = prop_oneof![4 => 0u16..64, 1 => any::<u16>()];
    let time = prop_oneof![6 => (0u32..200).prop_map(|frame| frame * 3000), 1 => any::<u32>()];
    let payload_type = prop_oneof![Just(96), Just(98), Just(45), Just(111), Just(0)];
    let fields = (0u8..4, payload_type, near, time, any::<bool>(), head);
    (fields, prop::collection::vec(any::<u8>(), 0..40), prop_oneof![40 => 0u64..20, 1 => 0u64..4000], any::<bool>())
        .prop_map(|((source, payload_type, sequence, timestamp, marker, head), tail, pause_ms, report)| Noise {
            source,
            payload_type,
            sequence,
            timestamp,
            marker,
            head,
            tail,
            pause_ms,
            report,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn packets_of_noise_leave_recordings_that_conform(packets in prop::collection::vec(noise(), 1..100)) {
        let codecs = vec![(96, VideoCodec::H264), (98, VideoCodec::Vp9), (45, VideoCodec::Av1)];
        let mut recording = Recording::new(1, Duration::ZERO).unwrap();
        recording.begin_video(Picture::Camera, 0, codecs.clone());
        recording.begin_video(Picture::Screen, 1, codecs);
        recording.begin_voice(5, 0, 111).unwrap();
        let mut now = Duration::ZERO;
        let mut files: HashMap<String, Bytes> = HashMap::new();
        let mut playlists = Track::ALL.map(|_| MediaPlaylist::new(time::OffsetDateTime::UNIX_EPOCH));
        let mut take = |recording: &mut Recording| while let Some(output) = recording.poll() {
            match output {
                Output::Init { name, bytes, .. } => drop(files.insert(name, bytes)),
                Output::Segment(stored) => {
                    files.insert(stored.entry.uri.clone(), stored.bytes);
                    playlists[stored.track as usize].push(stored.entry);
                }
                Output::Gap(_, gap) => assert!(gap.from <= gap.until),
                _ => {}
            }
        };
        for Noise { source, payload_type, sequence, timestamp, marker, head, tail, pause_ms, report } in packets {
            let source = match source {
                0 => Source::Picture(Picture::Camera),
                1 => Source::Picture(Picture::Screen),
                _ => Source::Voice(5),
            };
            let payload = [head, tail].concat().into();
            recording.rtp(source, RtpPacket { payload_type, sequence_number: sequence, timestamp, marker, payload }, now);
            if report {
                recording.sender_report(source, u64::from(timestamp) << 30, timestamp);
            }
            now += Duration::from_millis(pause_ms);
            recording.advance(now);
            take(&mut recording);
            prop_assert!(recording.held_len() < 1 << 20);
        }
        recording.end(now + Duration::from_secs(1));
        take(&mut recording);
        let mut violations = Vec::new();
        for (track, playlist) in Track::ALL.iter().zip(&mut playlists).filter(|(_, playlist)| !playlist.parts().is_empty()) {
            playlist.end();
            check_track(track.name(), &playlist.text(), |name| files.get(name).cloned(), &mut violations);
        }
        prop_assert!(violations.is_empty(), "{violations:#?}");
    }

    #[test]
    fn headers_of_noise_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Sps::parse(&bytes);
        let mut sets = h264::ParameterSets::default();
        sets.note(&[&[0x67], &bytes[..]].concat().into());
        sets.note(&[&[0x68], &bytes[..]].concat().into());
        let _ = sets.format();
        let _ = vp9::FrameHeader::parse(&bytes).and_then(|header| header.format());
        let _ = av1::Obu::parse(&bytes).map(|(unit, _)| av1::SequenceHeader::parse(unit.payload));
        let _ = av1::SequenceHeader::parse(&bytes);
        let _ = opus::samples(&bytes);
    }

    #[test]
    fn files_of_noise_are_violations(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..600, to in any::<u8>()) {
        let text = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"i\"\n\
            #EXT-X-PROGRAM-DATE-TIME:2026-11-26T16:00:00Z\n#EXTINF:4.0,\ns\n";
        let format = opus::format(1, 312);
        let init = lectern_recording::cmaf::init_segment(&format);
        let mut changed = init.to_vec();
        changed[at % init.len()] = to;
        for init in [init, changed.into(), bytes.clone().into()] {
            let mut violations = Vec::new();
            let fetch = |name: &str| Some(if name == "i" { init.clone() } else { Bytes::from(bytes.clone()) });
            check_track("noise", text, fetch, &mut violations);
            prop_assert!(!violations.is_empty());
        }
    }
}
