//! A histogram of durations with logarithmic buckets: constant size, mergeable, quantiles within 1.6%.

/// Buckets per power of two; the relative error of a quantile is at most half of `1 / STEPS`.
const STEPS: u64 = 32;
/// `log2(STEPS)`.
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// Values from 2^40 µs (12 days) on share the last bucket.
const MAX_BITS: u32 = 40;
const BUCKETS: usize = ((MAX_BITS - STEP_BITS + 1) as usize + 1) * STEPS as usize;

/// Counts of durations in microseconds.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max_us: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max_us: 0 }
    }
}

impl Histogram {
    /// Count one duration.
    pub fn record(&mut self, us: u64) {
        self.counts[bucket(us)] += 1;
        self.total += 1;
        self.max_us = self.max_us.max(us);
    }

    /// Add all of `other`'s counts.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.max_us = self.max_us.max(other.max_us);
    }

    /// How many were recorded.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.total
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The largest value, exactly; 0 when empty.
    #[must_use]
    pub fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The value that a share `quantile` (0 to 1) does not exceed, in microseconds; `None` when empty.
    #[must_use]
    pub fn quantile_us(&self, quantile: f64) -> Option<u64> {
        if self.total == 0 {
            return None;
        }
        let rank = ((quantile * self.total as f64).ceil() as u64).clamp(1, self.total);
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        found.map(|index| middle(index).min(self.max_us))
    }

    /// [`Self::quantile_us`] in milliseconds.
    #[must_use]
    pub fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        self.quantile_us(quantile).map(|us| us as f64 / 1e3)
    }
}

/// Below `STEPS` one bucket a microsecond, above it `STEPS` buckets for each power of two.
fn bucket(us: u64) -> usize {
    let us = us.min((1 << MAX_BITS) - 1);
    if us < STEPS {
        return us as usize;
    }
    let shift = us.ilog2() - STEP_BITS;
    ((u64::from(shift) + 1) * STEPS + ((us >> shift) - STEPS)) as usize
}

/// The middle of a bucket.
fn middle(index: usize) -> u64 {
    let index = index as u64;
    if index < STEPS {
        return index;
    }
    let shift = (index / STEPS - 1) as u32;
    let low = (STEPS + index % STEPS) << shift;
    low + (1 << shift) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_contiguous_and_hold_their_middle() {
        let mut last = 0;
        for us in 0..100_000 {
            let index = bucket(us);
            assert!(index == last || index == last + 1, "{us} jumps from {last} to {index}");
            last = index;
        }
        for index in 0..BUCKETS - STEPS as usize {
            assert_eq!(bucket(middle(index)), index);
        }
    }

    #[test]
    fn quantiles_are_within_the_promised_error() {
        let mut histogram = Histogram::default();
        (1..=100_000).for_each(|us| histogram.record(us));
        for quantile in [0.01, 0.5, 0.9, 0.99, 1.0] {
            let exact = quantile * 100_000.0;
            let found = histogram.quantile_us(quantile).unwrap() as f64;
            assert!((found - exact).abs() / exact < 0.017, "{quantile}: {found} for {exact}");
        }
        assert_eq!(histogram.max_us(), 100_000);
    }

    #[test]
    fn the_largest_value_stays_in_range_and_an_empty_one_has_no_quantile() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile_us(0.5), None);
        histogram.record(u64::MAX);
        assert_eq!(histogram.len(), 1);
    }

    #[test]
    fn merging_adds() {
        let (mut a, mut b) = (Histogram::default(), Histogram::default());
        a.record(10);
        b.record(20);
        a.merge(&b);
        assert_eq!((a.len(), a.max_us(), a.quantile_us(0.5)), (2, 20, Some(10)));
    }
}
