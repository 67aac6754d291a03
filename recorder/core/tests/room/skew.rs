//! Picture and sound stay together: an hour of three clocks that drift apart, over a network that loses and delays.

use std::time::Duration;

use lectern_recording::clock::{Origin, StreamClock};
use lectern_recording::format::VideoCodec;
use lectern_recording::hls::{Part, Track};
use lectern_recording::recording::Source;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::media::{frames, tone};
use crate::packetizer::payloads;
use crate::simulation::{CAMERA, Network, Room, Stream as Sender};

/// A stream whose clock runs by `ppm` too fast.
struct Stream {
    clock: StreamClock,
    hz: f64,
    ppm: f64,
    start: u32,
    period_ms: u64,
}

impl Stream {
    fn new(hz: u32, ppm: f64, start: u32, period_ms: u64) -> Self {
        Self { clock: StreamClock::new(hz), hz: f64::from(hz), ppm, start, period_ms }
    }

    fn timestamp(&self, ms: u64) -> u32 {
        let ticks = ms as f64 / 1000.0 * self.hz * (1.0 + self.ppm * 1e-6);
        self.start.wrapping_add((ticks.round() as u64 & 0xffff_ffff) as u32)
    }
}

/// The largest distance in milliseconds between what was taken at the same time, over an hour.
fn apart_ms(seed: u64, network_ppm: f64) -> f64 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut origin = Origin::default();
    let mut streams = [
        Stream::new(90_000, 100.0, u32::MAX - 9_000_000, 40),
        Stream::new(90_000, -100.0, 17, 100),
        Stream::new(48_000, 100.0, u32::MAX / 2, 20),
    ];
    let mut largest = 0f64;
    let mut offsets = [0f64; 3];
    for ms in (0..3_600_000u64).step_by(20) {
        for (stream, offset) in streams.iter_mut().zip(&mut offsets) {
            if ms % stream.period_ms == 0 {
                // Lost ones come by 700 ms later, or never; the recorder's clock differs from the sender's too.
                let lost = random.random_range(0..100) == 0;
                let delay = random.random_range(20.0..60.0) + if lost { random.random_range(80.0..700.0) } else { 0.0 };
                let arrival = (ms as f64 * (1.0 + network_ppm * 1e-6) + delay) / 1000.0;
                let mapped = stream.clock.map(&mut origin, stream.timestamp(ms), Duration::from_secs_f64(arrival));
                assert!(!mapped.jumped, "seed {seed}, at {ms} ms");
                *offset = mapped.at.as_secs_f64() * 1000.0 - ms as f64;
            }
            if ms % 1000 == 500 {
                // Reports are off by a millisecond or two, and now and then by much.
                let error_us = if random.random_range(0..50) == 0 { 400_000 } else { random.random_range(0..3000) };
                let at = Duration::from_millis(ms + 5_000_000_000) + Duration::from_micros(error_us);
                let (ntp, timestamp) = (lectern_wire::rtcp::ntp_from_duration(at), stream.timestamp(ms));
                stream.clock.report(&mut origin, ntp, timestamp);
            }
        }
        let (low, high) = offsets.iter().fold((f64::MAX, f64::MIN), |(low, high), o| (low.min(*o), high.max(*o)));
        largest = largest.max(high - low);
    }
    largest
}

#[test]
fn an_hour_of_drifting_clocks_leaves_tracks_together() {
    for seed in 0..3 {
        for network_ppm in [-100.0, 0.0, 100.0] {
            let apart = apart_ms(seed, network_ppm);
            assert!(apart < 80.0, "seed {seed}, {network_ppm} ppm: {apart} ms");
        }
    }
}

/// The samples of a segment and their times in milliseconds: `styp`, `moof` (`mfhd`, `traf` (`tfhd`, `tfdt`, `trun`)), `mdat`.
fn samples(segment: &[u8], timescale: u32) -> Vec<(f64, &[u8])> {
    let word = |at: usize| u32::from_be_bytes(segment[at..at + 4].try_into().unwrap());
    let find = |kind: &[u8; 4]| segment.windows(4).position(|window| window == kind).unwrap() + 4;
    let (header, time, run) = (find(b"tfhd"), find(b"tfdt"), find(b"trun"));
    let same_duration = (word(header) & 0x08 != 0).then(|| word(header + 8));
    let (mut at, mut field, mut data) = (u64::from(word(time + 8)), run + 12, find(b"mdat"));
    let mut found = Vec::new();
    for _ in 0..word(run + 4) {
        let mut next = || {
            field += 4;
            word(field - 4)
        };
        let duration = same_duration.unwrap_or_else(&mut next);
        let size = next() as usize;
        if word(run) & 0x400 != 0 {
            next();
        }
        found.push((at as f64 * 1000.0 / f64::from(timescale), &segment[data..data + size]));
        at += u64::from(duration);
        data += size;
    }
    found
}

fn all_samples(room: &Room, track: Track) -> Vec<(f64, &[u8])> {
    let segments = room.playlists[&track].parts().iter().filter_map(|part| match part {
        Part::Segment(entry) => Some(&room.files[&entry.uri]),
        Part::Gap { .. } => None,
    });
    segments.flat_map(|bytes| samples(bytes, room.formats[&track][0].timescale())).collect()
}

#[test]
fn a_flash_and_a_beep_of_one_moment_are_written_at_one_moment() {
    let beep_ms = 16_000;
    let mut room = Room::new(Network::BAD, 77);
    let voice = Source::Voice(1);
    let mut camera = Sender::new(CAMERA, 98, 100.0, 1);
    camera.delay = Duration::from_millis(120);
    room.begin(camera);
    room.begin(Sender::new(voice, 111, -100.0, 2));
    // An empty frame of Opus is silence; the tone begins with the beep.
    for at_ms in (0..20_000u64).step_by(20) {
        let at = Duration::from_millis(at_ms);
        let sound = if at_ms < beep_ms { vec![0xf8, 0xff, 0xfe] } else { tone()[10].clone() };
        room.send(voice, at, vec![sound], Duration::ZERO);
        if at_ms % 40 == 0 {
            let frame = &frames(VideoCodec::Vp9, true)[at_ms as usize / 40];
            room.send(CAMERA, at, payloads(VideoCodec::Vp9, frame, 0), Duration::from_millis(10));
        }
        if at_ms % 1000 == 300 {
            room.report(CAMERA, at);
            room.report(voice, at);
        }
        room.run_until(at);
    }
    room.run_until(Duration::from_millis(21_500));
    room.end();
    let flash = &frames(VideoCodec::Vp9, true)[beep_ms as usize / 40];
    let flashed = all_samples(&room, Track::Camera).into_iter().find(|(_, data)| data == flash).unwrap().0;
    let mut decoder = opus_pure::OpusDecoder::new(48_000, 1).unwrap();
    let mut pcm = [0f32; 960];
    let beeped = all_samples(&room, Track::Sound).into_iter().find_map(|(at, packet)| {
        decoder.decode(packet, 960, &mut pcm).unwrap();
        let onset = pcm.iter().position(|sample| sample.abs() > 0.02)?;
        Some(at + onset as f64 / 48.0)
    });
    let apart = (beeped.unwrap() - flashed).abs();
    assert!(apart < 40.0, "{apart} ms: flash at {flashed}, beep at {beeped:?}");
}
