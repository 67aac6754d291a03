//! Picture and sound stay together: an hour of three clocks that drift apart, over a network that loses and delays.

use std::time::Duration;

use lectern_recorder::clock::{Origin, StreamClock};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

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
