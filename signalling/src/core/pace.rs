//! How fast somebody may write: a burst, and then one after each interval. It is a part of the room, so it holds whatever node
//! or tab a message comes through.

use serde::{Deserialize, Serialize};

/// How much may be written at once, and how fast after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// How many at once, at least one.
    pub(super) burst: u32,
    /// After which time one of them may be written again.
    pub(super) interval_ms: u64,
}

/// One number does for a bucket of tokens: when it will be full (the generic cell rate algorithm of ITU-T I.371).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pace(u64);

impl Pace {
    /// Counts one more.
    pub(super) fn charge(&mut self, rate: Rate, now_ms: u64) {
        self.0 = self.0.max(now_ms).saturating_add(rate.interval_ms);
    }

    /// How long to wait until one more may come; 0 if it may now.
    pub(super) fn wait_ms(self, rate: Rate, now_ms: u64) -> u64 {
        let tolerated_ms = rate.interval_ms.saturating_mul(u64::from(rate.burst.saturating_sub(1)));
        self.0.saturating_sub(tolerated_ms).saturating_sub(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_after_each_interval() {
        let rate = Rate { burst: 8, interval_ms: 1_250 };
        let mut pace = Pace::default();
        for _ in 0..8 {
            assert_eq!(pace.wait_ms(rate, 10_000), 0);
            pace.charge(rate, 10_000);
        }
        assert_eq!(pace.wait_ms(rate, 10_000), 1_250);
        assert_eq!(pace.wait_ms(rate, 11_249), 1);
        assert_eq!(pace.wait_ms(rate, 11_250), 0);
        pace.charge(rate, 11_250);
        assert_eq!(pace.wait_ms(rate, 11_250), 1_250);
        assert_eq!(pace.wait_ms(rate, 60_000), 0);
    }
}
