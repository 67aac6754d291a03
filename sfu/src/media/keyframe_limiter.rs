//! Merging of keyframe requests for one encoding: whoever asks, the publisher hears at most one request per interval, and
//! is asked again until the keyframe comes.

use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(crate) struct KeyframeLimiter {
    wanted: bool,
    last_request: Option<Instant>,
}

impl KeyframeLimiter {
    /// Somebody needs a keyframe.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// A keyframe began.
    pub(crate) fn satisfied(&mut self) {
        self.wanted = false;
    }

    /// Whether a request is to be sent now; counts as sent.
    pub(crate) fn poll(&mut self, now: Instant, interval: Duration) -> bool {
        let due = self.due(interval).is_some_and(|due| due.is_none_or(|at| at <= now));
        if due {
            self.last_request = Some(now);
        }
        due
    }

    /// When the next request may be sent: `None` if none is wanted, `Some(None)` at once.
    pub(crate) fn due(&self, interval: Duration) -> Option<Option<Instant>> {
        self.wanted.then(|| self.last_request.map(|last| last + interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_merged_repeated_and_ended_by_the_keyframe() {
        let (start, interval) = (Instant::now(), Duration::from_millis(500));
        let mut limiter = KeyframeLimiter::default();
        assert!(!limiter.poll(start, interval));
        limiter.want();
        limiter.want();
        assert!(limiter.poll(start, interval));
        assert!(!limiter.poll(start + Duration::from_millis(499), interval));
        assert!(limiter.poll(start + interval, interval));
        limiter.satisfied();
        assert!(!limiter.poll(start + 2 * interval, interval));
        // A new wish right after a request waits for its turn.
        limiter.want();
        assert!(!limiter.poll(start + interval + Duration::from_millis(1), interval));
        assert!(limiter.poll(start + 2 * interval, interval));
    }
}
