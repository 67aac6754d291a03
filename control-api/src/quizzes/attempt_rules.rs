//! Whether somebody may start an attempt, until when it runs, when the keys may be seen. Time is an argument, and there is one
//! clock: Postgres', whichever node asks.
//!
//! * An attempt ends at its `due_at`, which is fixed when it starts: the start plus the time limit, or the closing time if
//!   that is sooner. Neither a later change of the quiz nor a clock that is set moves it.
//! * *Extra time* of a person makes both the time limit and the closing time later by so much, for attempts that they start
//!   from then on.
//! * An attempt in progress is gone on with, not started anew.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

/// When and how often a quiz may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRules {
    /// No attempt starts before.
    pub opens_at: Option<OffsetDateTime>,
    /// No attempt starts then or later, and each ends then at the latest.
    pub closes_at: Option<OffsetDateTime>,
    /// How long an attempt may take.
    pub time_limit: Option<Duration>,
    /// How many a person has.
    pub attempts_max: i32,
}

/// When a person who has taken a quiz sees its keys, and what each of their answers was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum KeysShown {
    /// Not at all.
    Never,
    /// When this person has no attempt left.
    AfterAttempts,
    /// When the quiz has closed for everybody.
    AfterClose,
}

/// Why no attempt starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartRefusal {
    /// It opens later.
    NotOpenYet,
    /// It has closed.
    Closed,
    /// The person has used up their attempts.
    NoAttemptsLeft,
}

/// Where a person stands with a quiz, and everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their attempts that have ended.
    pub ended: i32,
    /// Whether one of theirs is in progress.
    pub in_progress: bool,
    /// Whether anybody's is.
    pub anybody_in_progress: bool,
    /// Their extra time.
    pub extra: Duration,
    /// The most that anybody has.
    pub extra_max: Duration,
}

impl AttemptRules {
    /// When an attempt that starts now is due, if ever. `taken` are those that the person started before.
    ///
    /// # Errors
    /// See [`StartRefusal`].
    pub fn start(
        &self,
        taken: i32,
        extra: Duration,
        now: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, StartRefusal> {
        if self.opens_at.is_some_and(|opens_at| now < opens_at) {
            return Err(StartRefusal::NotOpenYet);
        }
        let closes_at = self.closing(extra);
        if closes_at.is_some_and(|closes_at| now >= closes_at) {
            return Err(StartRefusal::Closed);
        }
        if taken >= self.attempts_max {
            return Err(StartRefusal::NoAttemptsLeft);
        }
        let limit = self.time_limit.map(|limit| later(later(now, limit), extra));
        Ok(limit.into_iter().chain(closes_at).min())
    }

    /// When the quiz closes for somebody with so much extra time.
    #[must_use]
    pub fn closing(&self, extra: Duration) -> Option<OffsetDateTime> {
        self.closes_at.map(|closes_at| later(closes_at, extra))
    }

    /// Whether a person who has taken the quiz may see the keys now. Never while an attempt of theirs is in progress; after
    /// the closing, while nobody's is.
    #[must_use]
    pub fn keys_may_be_seen(&self, shown: KeysShown, standing: &Standing, now: OffsetDateTime) -> bool {
        let closed = |extra| self.closing(extra).is_some_and(|closes_at| now >= closes_at);
        let none_left = standing.ended >= self.attempts_max;
        standing.ended > 0
            && !standing.in_progress
            && match shown {
                KeysShown::Never => false,
                KeysShown::AfterAttempts => none_left || closed(standing.extra),
                KeysShown::AfterClose => closed(standing.extra_max) && !standing.anybody_in_progress,
            }
    }
}

/// The far future rather than a panic.
fn later(time: OffsetDateTime, by: Duration) -> OffsetDateTime {
    time.saturating_add(by)
}

/// Whether an attempt is over: at its due time, not a moment later.
#[must_use]
pub fn is_due(due_at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    due_at.is_some_and(|due_at| now >= due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NINE: OffsetDateTime = datetime!(2026-03-02 09:00 UTC);

    fn minutes(minutes: i64) -> Duration {
        Duration::minutes(minutes)
    }

    /// Open from nine to ten, 20 minutes, twice.
    fn rules() -> AttemptRules {
        let closes_at = Some(NINE + minutes(60));
        AttemptRules { opens_at: Some(NINE), closes_at, time_limit: Some(minutes(20)), attempts_max: 2 }
    }

    #[test]
    fn an_attempt_starts_from_the_opening_until_before_the_closing() {
        let start = |at| rules().start(0, Duration::ZERO, NINE + at);
        assert_eq!(start(-Duration::NANOSECOND), Err(StartRefusal::NotOpenYet));
        assert_eq!(start(Duration::ZERO), Ok(Some(NINE + minutes(20))));
        assert_eq!(start(minutes(60) - Duration::NANOSECOND), Ok(Some(NINE + minutes(60))));
        assert_eq!(start(minutes(60)), Err(StartRefusal::Closed));
    }

    #[test]
    fn the_closing_time_cuts_the_time_limit() {
        assert_eq!(rules().start(0, Duration::ZERO, NINE + minutes(40)), Ok(Some(NINE + minutes(60))));
        assert_eq!(rules().start(0, Duration::ZERO, NINE + minutes(39)), Ok(Some(NINE + minutes(59))));
        let endless = AttemptRules { opens_at: None, closes_at: None, time_limit: None, attempts_max: 1 };
        assert_eq!(endless.start(0, minutes(5), NINE), Ok(None));
    }

    #[test]
    fn extra_time_is_added_to_the_limit_and_to_the_closing_time() {
        assert_eq!(rules().start(0, minutes(10), NINE), Ok(Some(NINE + minutes(30))));
        assert_eq!(rules().start(0, minutes(10), NINE + minutes(69)), Ok(Some(NINE + minutes(70))));
        assert_eq!(rules().start(0, minutes(10), NINE + minutes(70)), Err(StartRefusal::Closed));
    }

    #[test]
    fn attempts_are_counted() {
        let start = |taken| rules().start(taken, Duration::ZERO, NINE);
        assert!(start(1).is_ok());
        assert_eq!(start(2), Err(StartRefusal::NoAttemptsLeft));
    }

    #[test]
    fn an_attempt_is_over_at_its_due_time() {
        assert!(!is_due(Some(NINE), NINE - Duration::NANOSECOND));
        assert!(is_due(Some(NINE), NINE));
        assert!(!is_due(None, NINE));
    }

    fn standing(ended: i32) -> Standing {
        let (extra, extra_max) = (Duration::ZERO, minutes(10));
        Standing { ended, in_progress: false, anybody_in_progress: false, extra, extra_max }
    }

    #[test]
    fn keys_are_seen_after_the_last_attempt_or_the_closing() {
        let seen = |standing: &Standing, at| {
            [KeysShown::Never, KeysShown::AfterAttempts, KeysShown::AfterClose]
                .map(|shown| rules().keys_may_be_seen(shown, standing, NINE + at))
        };
        assert_eq!(seen(&standing(1), minutes(30)), [false, false, false]);
        assert_eq!(seen(&standing(2), minutes(30)), [false, true, false]);
        assert_eq!(seen(&standing(1), minutes(60)), [false, true, false]);
        assert_eq!(seen(&standing(1), minutes(70) - Duration::NANOSECOND), [false, true, false]);
        assert_eq!(seen(&standing(1), minutes(70)), [false, true, true]);
        assert_eq!(seen(&standing(0), minutes(70)), [false; 3], "not to somebody who never took it");
        let running = Standing { in_progress: true, anybody_in_progress: true, ..standing(2) };
        assert_eq!(seen(&running, minutes(70)), [false; 3]);
        let other = Standing { anybody_in_progress: true, ..standing(2) };
        assert_eq!(seen(&other, minutes(70)), [false, true, false]);
    }

    proptest! {
        #[test]
        fn no_attempt_runs_past_the_closing_or_the_limit(
            at in -100..200_i64, taken in 0..4_i32, extra in 0..100_i64,
        ) {
            let (now, extra) = (NINE + minutes(at), minutes(extra));
            if let Ok(due_at) = rules().start(taken, extra, now) {
                let due_at = due_at.unwrap();
                prop_assert!(now < due_at && due_at <= now + minutes(20) + extra);
                prop_assert!(due_at <= NINE + minutes(60) + extra);
                prop_assert!(!is_due(Some(due_at), now));
            }
        }

        #[test]
        fn whoever_sees_the_keys_can_start_no_attempt(
            at in -100..200_i64, ended in 0..4_i32, extra in 0..100_i64, more in 0..100_i64,
        ) {
            let (now, extra) = (NINE + minutes(at), minutes(extra));
            let standing = Standing { extra, extra_max: extra + minutes(more), ..standing(ended) };
            for shown in [KeysShown::AfterAttempts, KeysShown::AfterClose] {
                if rules().keys_may_be_seen(shown, &standing, now) {
                    prop_assert!(rules().start(ended, extra, now).is_err());
                }
            }
        }

        #[test]
        fn the_farthest_times_do_not_panic(seconds in any::<i64>()) {
            let rules = AttemptRules { closes_at: Some(NINE), time_limit: Some(Duration::seconds(seconds)), ..rules() };
            let _ = rules.start(0, Duration::seconds(seconds), NINE);
        }
    }
}
