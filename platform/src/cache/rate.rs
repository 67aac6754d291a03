//! Rate limits by the generic cell rate algorithm: an account is the one instant at which it will be full again.

use std::collections::HashMap;
use std::time::Duration;

/// Accounts that one process remembers. An address book of attackers fills it; see [`Accounts`].
pub(super) const ACCOUNTS_MAX: usize = 100_000;

/// How much may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    burst: u32,
    interval_us: u64,
}

impl Rate {
    /// `burst` at once, 1 at least, and then `per_second` (from one a day to a million) for ever.
    #[must_use]
    pub fn new(burst: u32, per_second: f64) -> Self {
        let per_second = if per_second.is_nan() { 1.0 } else { per_second.clamp(1.0 / 86_400.0, 1e6) };
        Self { burst: burst.max(1), interval_us: (1e6 / per_second).round() as u64 }
    }

    /// `count` at once, and so many again in each `period`.
    #[must_use]
    pub fn window(count: u32, period: Duration) -> Self {
        let count = count.max(1);
        Self::new(count, f64::from(count) / period.as_secs_f64().max(1e-6))
    }

    /// What can be spent at once.
    #[must_use]
    pub fn burst(self) -> u32 {
        self.burst
    }

    /// The time in which an empty account is full.
    #[must_use]
    pub fn period(self) -> Duration {
        Duration::from_micros(self.full_us())
    }

    /// The time in which 1 comes back, in microseconds.
    pub(super) fn interval_us(self) -> u64 {
        self.interval_us
    }

    fn full_us(self) -> u64 {
        self.interval_us.saturating_mul(u64::from(self.burst))
    }
}

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spending {
    /// Do it.
    Allowed {
        /// What is left.
        remaining: u32,
        /// When the account is full again.
        full_after: Duration,
    },
    /// Nothing was taken.
    Refused {
        /// What is left, which is less than the cost.
        remaining: u32,
        /// When it can be tried again. With a cost beyond the burst: when the account is full.
        retry_after: Duration,
    },
}

impl Spending {
    /// Whether it is [`Self::Allowed`].
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

/// Accounts by the instant at which they are full, in microseconds from some beginning. One that is full need not be
/// remembered. When there are [`ACCOUNTS_MAX`], those that are full are forgotten, and if that is less than half of them, those
/// that are nearest to it: so who has spent most is remembered longest, however many new accounts come.
#[derive(Debug, Default)]
pub(super) struct Accounts(HashMap<String, u64>);

impl Accounts {
    pub(super) fn spend(&mut self, account: &str, cost: u32, rate: Rate, now_us: u64) -> Spending {
        let full_at = self.0.get(account).copied().unwrap_or(0);
        let (spending, full_at) = spend(full_at, cost, rate, now_us);
        if spending.is_allowed() && cost > 0 {
            if let Some(known) = self.0.get_mut(account) {
                *known = full_at;
            } else {
                self.make_room(now_us);
                self.0.insert(account.to_owned(), full_at);
            }
        }
        spending
    }

    fn make_room(&mut self, now_us: u64) {
        if self.0.len() < ACCOUNTS_MAX {
            return;
        }
        let mut accounts: Vec<(String, u64)> = self.0.drain().filter(|(_, full_at)| *full_at > now_us).collect();
        if let Some(too_many @ 1..) = accounts.len().checked_sub(ACCOUNTS_MAX / 2) {
            accounts.select_nth_unstable_by_key(too_many - 1, |(_, full_at)| *full_at);
            accounts.drain(..too_many);
        }
        self.0.extend(accounts);
    }
}

/// What becomes of an account that is full at `full_at_us`. An instant that lies further ahead than an empty account's comes from
/// another clock, or another rate, and is taken for that one.
fn spend(full_at_us: u64, cost: u32, rate: Rate, now_us: u64) -> (Spending, u64) {
    let full = rate.full_us();
    let debt = full_at_us.saturating_sub(now_us).min(full);
    let price = rate.interval_us.saturating_mul(u64::from(cost));
    let count = |debt: u64| u32::try_from((full - debt) / rate.interval_us).unwrap_or(u32::MAX);
    let after = debt.saturating_add(price);
    if after > full {
        let retry_after = Duration::from_micros(if price > full { debt } else { after - full });
        return (Spending::Refused { remaining: count(debt), retry_after }, now_us + debt);
    }
    (Spending::Allowed { remaining: count(after), full_after: Duration::from_micros(after) }, now_us + after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_burst_passes_then_the_rate() {
        let rate = Rate::new(3, 2.0);
        let mut accounts = Accounts::default();
        let mut now = 7 * SECOND;
        for remaining in [2, 1, 0] {
            assert!(
                matches!(accounts.spend("a", 1, rate, now), Spending::Allowed { remaining: r, .. } if r == remaining)
            );
        }
        let refused = Spending::Refused { remaining: 0, retry_after: Duration::from_millis(500) };
        assert_eq!(accounts.spend("a", 1, rate, now), refused);
        assert!(accounts.spend("b", 3, rate, now).is_allowed(), "each its own");
        now += SECOND / 2 - 1;
        assert!(!accounts.spend("a", 1, rate, now).is_allowed());
        now += 1;
        let full_after = Duration::from_millis(1_500);
        assert_eq!(accounts.spend("a", 1, rate, now), Spending::Allowed { remaining: 0, full_after });
        assert!(accounts.spend("a", 3, rate, now + 1_500_000).is_allowed(), "full again");
    }

    #[test]
    fn what_never_passes_takes_nothing() {
        let rate = Rate::new(3, 1.0);
        let mut accounts = Accounts::default();
        assert!(!accounts.spend("a", 4, rate, 0).is_allowed());
        assert!(!accounts.spend("a", u32::MAX, rate, 0).is_allowed());
        let nothing = Spending::Allowed { remaining: 3, full_after: Duration::ZERO };
        assert_eq!(accounts.spend("a", 0, rate, 0), nothing);
        assert!(accounts.spend("a", 3, rate, 0).is_allowed());
    }

    #[test]
    fn another_clock_locks_nobody_out() {
        let rate = Rate::new(2, 1.0);
        let (spending, full_at) = spend(u64::MAX, 1, rate, 5);
        assert_eq!(spending, Spending::Refused { remaining: 0, retry_after: Duration::from_secs(1) });
        assert_eq!(full_at, 5 + 2 * SECOND);
    }

    #[test]
    fn odd_rates_are_made_to_fit() {
        for odd in [f64::NAN, -1.0, 0.0, f64::INFINITY, 1e300] {
            assert!(Rate::new(0, odd).interval_us() >= 1);
            assert_eq!(Rate::new(0, odd).burst(), 1);
        }
        assert_eq!(Rate::window(10, Duration::from_secs(60)).period(), Duration::from_secs(60));
        assert!(Rate::window(1, Duration::ZERO).interval_us() >= 1);
    }

    #[test]
    fn who_spent_most_is_remembered_among_many() {
        let rate = Rate::new(100, 1.0);
        let mut accounts = Accounts::default();
        assert!(accounts.spend("greedy", 100, rate, 0).is_allowed());
        for number in 0..2 * ACCOUNTS_MAX {
            accounts.spend(&number.to_string(), 1, rate, 0);
            assert!(accounts.0.len() <= ACCOUNTS_MAX);
        }
        assert!(!accounts.spend("greedy", 1, rate, 0).is_allowed());
    }
}
