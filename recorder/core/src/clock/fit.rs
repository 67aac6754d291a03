//! A straight line through sender reports: which time on the sender's clock belongs to an RTP timestamp.
//!
//! Theil and Sen's: the median of the slopes, then the median of the offsets, so that a third of the reports may be wrong.

use std::collections::VecDeque;

/// Reports that are looked at; with one in five seconds these are five minutes.
const REPORTS_MAX: usize = 64;
/// Closer together they tell nothing about drift.
const SPACING_NANOS: i64 = 900_000_000;
/// Before the reports span this, the clock is taken to be right.
const DRIFT_SPAN_NANOS: i64 = 20_000_000_000;
/// A crystal is off by 100 ppm at the worst; more is an error of the reports.
const DRIFT_MAX: f64 = 500e-6;
/// A report this far from the line is not believed...
const OUTLIER_NANOS: i64 = 100_000_000;
/// ...until so many in a row are: then the sender's clock was set, or the sender is another.
const OUTLIERS_MAX: usize = 3;

/// One report: an unwrapped timestamp, and nanoseconds on the sender's clock.
type Report = (i64, i64);

#[derive(Debug)]
pub(super) struct Fit {
    hz: f64,
    reports: VecDeque<Report>,
    outliers: Vec<Report>,
    line: Option<Line>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    timestamp: i64,
    nanos: f64,
    nanos_per_tick: f64,
}

impl Line {
    fn at(&self, timestamp: i64) -> f64 {
        self.nanos + (timestamp - self.timestamp) as f64 * self.nanos_per_tick
    }
}

impl Fit {
    pub(super) fn new(hz: u32) -> Self {
        Self { hz: f64::from(hz), reports: VecDeque::new(), outliers: Vec::new(), line: None }
    }

    pub(super) fn push(&mut self, timestamp: i64, nanos: i64) {
        if let Some(line) = self.line
            && (line.at(timestamp) - nanos as f64).abs() > OUTLIER_NANOS as f64
        {
            self.outliers.push((timestamp, nanos));
            if self.outliers.len() < OUTLIERS_MAX {
                return;
            }
            self.reports = std::mem::take(&mut self.outliers).into();
            // They need not agree with each other; the median does with most.
            self.line = None;
        } else {
            self.outliers.clear();
            if self.line.is_some() && self.reports.back().is_some_and(|(_, last)| (nanos - last).abs() < SPACING_NANOS)
            {
                return;
            }
            self.reports.push_back((timestamp, nanos));
            if self.reports.len() > REPORTS_MAX {
                self.reports.pop_front();
            }
        }
        self.line = self.solve();
    }

    /// Nanoseconds on the sender's clock; `None` before the first report.
    pub(super) fn at(&self, timestamp: i64) -> Option<i64> {
        self.line.map(|line| line.at(timestamp) as i64)
    }

    /// As the reports say, or as the clock is named.
    pub(super) fn nanos_per_tick(&self) -> f64 {
        self.line.map_or(1e9 / self.hz, |line| line.nanos_per_tick)
    }

    fn solve(&self) -> Option<Line> {
        let (&(timestamp, _), &(_, newest)) = (self.reports.back()?, self.reports.back()?);
        let nominal = 1e9 / self.hz;
        let oldest = self.reports.front()?.1;
        let span = newest - oldest;
        let mut nanos_per_tick = nominal;
        if span >= DRIFT_SPAN_NANOS {
            let mut slopes = Vec::with_capacity(self.reports.len() * self.reports.len() / 2);
            for (index, (from_tick, from)) in self.reports.iter().enumerate() {
                for (to_tick, to) in self.reports.range(index + 1..) {
                    // Neighbours tell of the reports' errors more than of the clock.
                    if to - from >= span / 4 && to_tick > from_tick {
                        slopes.push((to - from) as f64 / (to_tick - from_tick) as f64);
                    }
                }
            }
            let slope = median(&mut slopes).unwrap_or(nominal);
            nanos_per_tick = slope.clamp(nominal * (1.0 - DRIFT_MAX), nominal * (1.0 + DRIFT_MAX));
        }
        let offset = |(tick, nanos): &Report| *nanos as f64 - (tick - timestamp) as f64 * nanos_per_tick;
        let nanos = median(&mut self.reports.iter().map(offset).collect::<Vec<_>>())?;
        Some(Line { timestamp, nanos, nanos_per_tick })
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of ten minutes with one report a second: the error of the line at the end, in nanoseconds.
    fn error(drift: f64, wrong: impl Fn(i64) -> i64) -> f64 {
        let mut fit = Fit::new(48_000);
        for second in 0..600 {
            let ticks = (second as f64 * 48_000.0 * (1.0 + drift)) as i64;
            fit.push(ticks, second * 1_000_000_000 + wrong(second));
        }
        let at = fit.at((600.0 * 48_000.0 * (1.0 + drift)) as i64).unwrap();
        (at - 600 * 1_000_000_000) as f64
    }

    #[test]
    fn drift_is_followed_and_wrong_reports_are_not() {
        for drift in [0.0, 100e-6, -100e-6] {
            assert!(error(drift, |_| 0).abs() < 1e5);
            assert!(error(drift, |second| if second % 5 == 0 { 60_000_000 } else { 0 }).abs() < 1e6);
            assert!(error(drift, |second| if second % 5 == 0 { -10_000_000_000 } else { 0 }).abs() < 1e6);
        }
    }

    #[test]
    fn a_clock_that_is_set_is_believed_after_some_reports() {
        let mut fit = Fit::new(90_000);
        for second in 0..60 {
            fit.push(second * 90_000, second * 1_000_000_000);
        }
        let set = |second: i64| (second + 3600) * 1_000_000_000;
        fit.push(60 * 90_000, set(60));
        fit.push(61 * 90_000, set(61));
        assert_eq!(fit.at(61 * 90_000), Some(61 * 1_000_000_000));
        fit.push(62 * 90_000, set(62));
        assert_eq!(fit.at(62 * 90_000), Some(set(62)));
    }
}
