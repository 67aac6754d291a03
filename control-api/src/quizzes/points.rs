//! Points of questions and scores of attempts: hundredths, so that sums and comparisons are exact.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// An amount of points, in hundredths. In JSON a number of points: `2.5`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = f64)]
pub struct Points(u32);

impl Points {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many whole points.
    #[must_use]
    pub fn whole(points: u16) -> Self {
        Self(u32::from(points) * 100)
    }

    /// `part` of `whole` parts of it, rounded down to a hundredth. All of it where `part` is `whole` or more.
    #[must_use]
    pub fn share(self, part: u32, whole: u32) -> Self {
        if part >= whole {
            return self;
        }
        let hundredths = u64::from(self.0) * u64::from(part) / u64::from(whole);
        // Less than `self.0`, which fits.
        Self(u32::try_from(hundredths).unwrap_or(self.0))
    }

    /// As the database keeps it.
    #[must_use]
    pub fn hundredths(self) -> i32 {
        i32::try_from(self.0).unwrap_or(i32::MAX)
    }

    /// As the database kept it.
    #[must_use]
    pub fn from_hundredths(hundredths: i32) -> Self {
        Self(u32::try_from(hundredths).unwrap_or_default())
    }

    /// As the database adds them up; the most that there can be, if that is more.
    #[must_use]
    pub fn from_sum(hundredths: i64) -> Self {
        Self(u32::try_from(hundredths.max(0)).unwrap_or(u32::MAX))
    }

    /// At least `percent` percent of `max`.
    #[must_use]
    pub fn reaches(self, percent: i32, max: Self) -> bool {
        i64::from(self.0) * 100 >= i64::from(max.0) * i64::from(percent)
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.fold(0, |sum, points| sum.saturating_add(points.0)))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_and_never_more_than_the_whole() {
        let ten = Points::whole(10);
        assert_eq!(ten.share(1, 3).hundredths(), 333);
        assert_eq!(ten.share(3, 3), ten);
        assert_eq!(ten.share(4, 3), ten);
        assert_eq!(ten.share(0, 3), Points::ZERO);
        assert_eq!(Points::from_sum(1_000), ten);
        assert_eq!(Points::from_sum(-1), Points::ZERO);
        assert_eq!(serde_json::to_string(&ten.share(1, 4)).unwrap(), "2.5");
    }

    #[test]
    fn a_pass_mark_is_reached_exactly() {
        let max = Points::whole(3);
        assert!(Points::from_hundredths(180).reaches(60, max));
        assert!(!Points::from_hundredths(179).reaches(60, max));
        assert!(Points::ZERO.reaches(0, max));
    }
}
