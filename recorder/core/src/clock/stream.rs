//! One stream's clock.

use std::time::Duration;

use super::fit::Fit;
use super::floor::Floor;
use super::{Origin, nanos};

/// A timestamp that is this much ahead of or behind what the time between arrivals allows is a jump of the source. A
/// packet that had to be asked for is late by less.
const JUMP_NANOS: i64 = 3_000_000_000;
/// A correction larger than this is jumped: the source's clock was set, or the first report corrects a guess.
const STEP_NANOS: f64 = 1_000_000_000.0;
/// How fast a correction is walked: 2 ms for each 100 ms of media, which nobody sees.
const SLEW: f64 = 0.02;

/// Where a timestamp lies on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Since the beginning of the recording.
    pub at: Duration,
    /// The source jumped here: the time between this and the one before is by arrival, not by its timestamps.
    pub jumped: bool,
}

/// Turns a stream's timestamps into times. See [`super`].
#[derive(Debug)]
pub struct StreamClock {
    hz: u32,
    fit: Fit,
    /// Of arrival less timestamp: what is known before the first report.
    arrival: Floor,
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    /// Unwrapped.
    timestamp: i64,
    arrival: Duration,
    /// Handed out, in nanoseconds.
    at: f64,
}

impl StreamClock {
    /// `hz`: ticks of the timestamps in a second.
    #[must_use]
    pub fn new(hz: u32) -> Self {
        Self { hz, fit: Fit::new(hz), arrival: Floor::default(), last: None }
    }

    /// A sender report about this stream: at `ntp` its clock stood at `timestamp`. Before the first packet it is passed
    /// over.
    pub fn report(&mut self, origin: &mut Origin, ntp: u64, timestamp: u32) {
        let Some(last) = self.last else { return };
        self.fit.push(unwrap(last.timestamp, timestamp), origin.since_base(ntp));
    }

    /// The stream comes from another sender from now on: what its reports said is void.
    pub fn forget_reports(&mut self) {
        self.fit = Fit::new(self.hz);
        self.arrival = Floor::default();
    }

    /// Where a timestamp lies whose first packet came at `arrival`. To be called in the order of the stream.
    pub fn map(&mut self, origin: &mut Origin, timestamp: u32, arrival: Duration) -> Mapped {
        let Some(last) = self.last else {
            let timestamp = (1 << 32) + i64::from(timestamp);
            let at = self.target(origin, timestamp, arrival);
            return self.keep(timestamp, arrival, at, false);
        };
        let timestamp = unwrap(last.timestamp, timestamp);
        let media = ((timestamp - last.timestamp) as f64 * 1e9 / f64::from(self.hz)) as i64;
        let elapsed = nanos(arrival) - nanos(last.arrival);
        if (media - elapsed).abs() > JUMP_NANOS {
            self.forget_reports();
            let at = self.target(origin, timestamp, arrival).max(last.at);
            return self.keep(timestamp, arrival, at, true);
        }
        let target = self.target(origin, timestamp, arrival);
        let step = (timestamp - last.timestamp) as f64 * self.fit.nanos_per_tick();
        let error = target - (last.at + step);
        let jumped = error.abs() > STEP_NANOS;
        let correction = if jumped { error } else { error.clamp(-SLEW * step.abs(), SLEW * step.abs()) };
        self.keep(timestamp, arrival, (last.at + step + correction).max(last.at), jumped)
    }

    /// By the reports if there are any, else by arrival.
    fn target(&mut self, origin: &mut Origin, timestamp: i64, arrival: Duration) -> f64 {
        let sent = (timestamp as f64 * 1e9 / f64::from(self.hz)) as i64;
        self.arrival.note(arrival, nanos(arrival) - sent);
        let by_arrival = sent + self.arrival.value().unwrap_or(0);
        let Some(sent) = self.fit.at(timestamp) else { return by_arrival as f64 };
        origin.offset.note(arrival, nanos(arrival) - sent);
        (sent + origin.offset.value().unwrap_or(0)) as f64
    }

    fn keep(&mut self, timestamp: i64, arrival: Duration, at: f64, jumped: bool) -> Mapped {
        let at = at.max(0.0);
        self.last = Some(Last { timestamp, arrival, at });
        Mapped { at: Duration::from_nanos(at as u64), jumped }
    }
}

/// The unwrapped timestamp nearest to `near`.
fn unwrap(near: i64, timestamp: u32) -> i64 {
    near + i64::from(timestamp.wrapping_sub(near as u32).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn timestamps_wrap_and_time_goes_on() {
        let (mut clock, mut origin) = (StreamClock::new(90_000), Origin::default());
        let start = u32::MAX - 4500;
        for frame in 0..100u32 {
            let mapped = clock.map(&mut origin, start.wrapping_add(frame * 3000), ms(1000) + ms(100) * frame / 3);
            assert!(mapped.at.abs_diff(ms(1000) + ms(100) * frame / 3) < ms(1), "{frame} {mapped:?}");
        }
    }

    #[test]
    fn a_source_that_jumps_is_placed_by_arrival() {
        let (mut clock, mut origin) = (StreamClock::new(90_000), Origin::default());
        clock.map(&mut origin, 1_000_000, ms(0));
        for (timestamp, at) in [(1_000_000 + 90_000 * 7200, 40), (500, 80), (u32::MAX / 2, 120)] {
            assert_eq!(clock.map(&mut origin, timestamp, ms(at)), Mapped { at: ms(at), jumped: true });
        }
        assert_eq!(clock.map(&mut origin, u32::MAX / 2 + 3600, ms(160)), Mapped { at: ms(160), jumped: false });
    }

    #[test]
    fn the_first_report_corrects_the_guess_in_small_steps() {
        let (mut sound, mut picture, mut origin) =
            (StreamClock::new(48_000), StreamClock::new(90_000), Origin::default());
        let ntp = |at: u64| (10_000 << 32) + (at << 32) / 1000;
        let mut apart = Vec::new();
        for at in (0..20_000u64).step_by(20) {
            // The picture takes 150 ms longer.
            let heard = sound.map(&mut origin, 7 + (at * 48) as u32, ms(at + 20));
            let seen = picture.map(&mut origin, 9 + (at * 90) as u32, ms(at + 170));
            if at % 1000 == 500 {
                sound.report(&mut origin, ntp(at), 7 + (at * 48) as u32);
                picture.report(&mut origin, ntp(at), 9 + (at * 90) as u32);
            }
            apart.push(seen.at.abs_diff(heard.at));
        }
        assert_eq!(apart[0], ms(150));
        assert!(apart.windows(2).all(|pair| pair[0].abs_diff(pair[1]) < ms(1)), "no jump");
        assert!(*apart.last().unwrap() < ms(1), "{apart:?}");
    }
}
