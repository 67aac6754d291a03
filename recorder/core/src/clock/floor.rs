//! The smallest of recent values: of delays on a network, the one with the least waiting in it.

use std::time::Duration;

/// Values older than two of these are forgotten. At 100 ppm a clock drifts by 6 ms in it.
const SPAN: Duration = Duration::from_secs(30);

/// The smallest value of the last 30 to 60 seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Floor {
    now: Option<i64>,
    before: Option<i64>,
    turn: Duration,
}

impl Floor {
    pub(super) fn note(&mut self, at: Duration, value: i64) {
        if self.now.is_none() && self.before.is_none() {
            self.turn = at + SPAN;
        } else if at >= self.turn {
            self.before = self.now.take();
            self.turn = at + SPAN;
        }
        self.now = Some(self.now.map_or(value, |now| now.min(value)));
    }

    pub(super) fn value(&self) -> Option<i64> {
        self.now.into_iter().chain(self.before).min()
    }
}
