//! How often somebody may do something.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket, kept as the time at which it will be full again (GCRA): one word, no timer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    full_at: Instant,
}

/// The rate of a [`Pace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// Between two in the long run.
    pub(crate) interval: Duration,
    /// So many at once; at least one.
    pub(crate) burst: u32,
}

impl Rate {
    /// So many in each second, and so many at once.
    pub(crate) fn per_second(count: u32, burst: u32) -> Self {
        Self { interval: Duration::from_secs(1) / count.max(1), burst: burst.max(1) }
    }
}

impl Pace {
    /// A full bucket.
    pub(crate) fn new(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long until there is one.
    pub(crate) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + rate.interval;
        let ahead = full_at - now;
        let most = rate.interval * rate.burst;
        if ahead > most {
            return Err(ahead - most);
        }
        self.full_at = full_at;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let now = Instant::now();
        let rate = Rate::per_second(10, 3);
        let mut pace = Pace::new(now);
        for _ in 0..3 {
            pace.take(rate, now).unwrap();
        }
        assert_eq!(pace.take(rate, now), Err(Duration::from_millis(100)));
        pace.take(rate, now + Duration::from_millis(100)).unwrap();
        assert!(pace.take(rate, now + Duration::from_millis(199)).is_err());
        // However long the silence, a burst is all that is saved up.
        let later = now + Duration::from_secs(60);
        for _ in 0..3 {
            pace.take(rate, later).unwrap();
        }
        assert!(pace.take(rate, later).is_err());
    }
}
