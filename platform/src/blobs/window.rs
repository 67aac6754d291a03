//! From when until when an address is good: in whole steps, so that all who ask for one within a step get the same, and whatever
//! is between them and the store (a browser, a CDN) keeps one copy for all of them.

use std::time::Duration;

use super::LIFETIME_MAX;

/// The longest step. A shorter lifetime is a step of its own: no address lives more than twice as long as it has to.
pub(super) const STEP_MAX: Duration = Duration::from_hours(1);

/// In seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The beginning of the step that has `now` in it.
    pub(super) from: u64,
    /// At least the lifetime from any moment of the step.
    pub(super) until: u64,
}

impl Window {
    /// Of an address that is asked for at `now` and has to be good for `lifetime`, of which [`LIFETIME_MAX`] counts.
    pub(super) fn at(now: u64, lifetime: Duration) -> Self {
        let lifetime = lifetime.min(LIFETIME_MAX).as_secs();
        let step = lifetime.clamp(1, STEP_MAX.as_secs());
        let from = now - now % step;
        Self { from, until: from + step + lifetime }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_moments_of_a_step_share_a_window_that_lasts_long_enough_for_each() {
        for (lifetime_s, step_s) in [(1, 1), (60, 60), (3_599, 3_599), (3_600, 3_600), (14_400, 3_600), (86_400, 3_600)]
        {
            let lifetime = Duration::from_secs(lifetime_s);
            let from = 1_800_000_000 / step_s * step_s;
            let first = Window::at(from, lifetime);
            let last = from + step_s - 1;
            assert_eq!((first.from, Window::at(last, lifetime)), (from, first), "{lifetime_s}");
            assert_ne!(Window::at(last + 1, lifetime), first);
            assert!(first.until >= last + lifetime_s, "{first:?}");
            assert!(first.until <= from + lifetime_s + step_s && step_s <= lifetime_s, "{first:?}");
        }
    }

    #[test]
    fn none_is_longer_than_may_be_by_more_than_a_step() {
        let most = LIFETIME_MAX + STEP_MAX;
        let window = Window::at(1_800_000_000, Duration::MAX);
        assert_eq!(window.until - window.from, most.as_secs());
        assert_eq!(Window::at(0, Duration::ZERO), Window { from: 0, until: 1 });
    }
}
