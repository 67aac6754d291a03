//! How often something came that may come only so often.

/// Arrivals of one kind at one participant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pulse {
    count: u64,
    first_us: u64,
    last_us: u64,
}

impl Pulse {
    /// One came.
    pub fn beat(&mut self, now_us: u64) {
        if self.count == 0 {
            self.first_us = now_us;
        }
        self.last_us = now_us;
        self.count += 1;
    }

    /// How many came.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many came each second: intervals between the first and the last over the time between them. 0 with fewer than two.
    #[must_use]
    pub fn per_s(&self) -> f64 {
        match self.last_us - self.first_us {
            0 => 0.0,
            span_us => (self.count - 1) as f64 * 1e6 / span_us as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_each_second_is_one_a_second() {
        let mut pulse = Pulse::default();
        assert_eq!((pulse.count(), pulse.per_s()), (0, 0.0));
        pulse.beat(5_000_000);
        assert_eq!((pulse.count(), pulse.per_s()), (1, 0.0));
        (6..=15).for_each(|s| pulse.beat(s * 1_000_000));
        assert_eq!((pulse.count(), pulse.per_s()), (11, 1.0));
        pulse.beat(15_000_001);
        assert!(pulse.per_s() > 1.09);
    }
}
