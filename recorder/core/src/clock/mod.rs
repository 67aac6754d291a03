//! One timeline for all tracks: RTP timestamps become times since the beginning of the recording.
//!
//! A stream's sender reports (RFC 3550 section 6.4.1) tell which timestamp was taken when on its sender's clock; a robust
//! fit over them follows a sampling clock that drifts. An [`Origin`] is one sender's clock: the smallest delay seen from it
//! places that clock on the recorder's own. So streams of one origin are as close together as their reports say, and
//! streams of several origins as the shortest ways from them.
//!
//! Promises: the time of a stream never goes back; corrections are walked, not jumped, unless the source itself jumped.

mod fit;
mod floor;
mod stream;

use std::time::Duration;

pub use stream::{Mapped, StreamClock};

use floor::Floor;

/// One sender's clock, shared by the streams that it reports on.
#[derive(Debug, Default)]
pub struct Origin {
    /// The first time it told (NTP, 32 bits of seconds and of fractions); others are counted from it.
    base: Option<u64>,
    /// Of arrival less sending.
    offset: Floor,
}

impl Origin {
    /// An NTP time as nanoseconds since the first one; wraps rightly in 2036.
    fn since_base(&mut self, ntp: u64) -> i64 {
        let ahead = ntp.wrapping_sub(*self.base.get_or_insert(ntp)).cast_signed();
        let nanos = (i128::from(ahead) * 1_000_000_000) >> 32;
        i64::try_from(nanos).unwrap_or(0)
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
