//! One clock for everything that this process sends and receives, so that a stamp's age is a one-way delay.

use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since the process first asked.
#[must_use]
pub fn now_us() -> u64 {
    START.elapsed().as_micros() as u64
}
