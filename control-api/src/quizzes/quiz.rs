//! A quiz: what its tutor decides, and how it looks to whom.

use garde::Validate;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::attempt_rules::KeysShown;
use super::kept_score::ScoreKept;
use super::points::Points;
use super::question::{KeyedQuestion, NewQuestion, QUESTIONS_MAX};

/// Quizzes of one lesson. All of them come in one answer.
pub(super) const QUIZZES_MAX: i64 = 20;

/// What a tutor decides about a quiz.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuizSettings {
    /// 1 to 120 characters.
    #[garde(custom(one_line))]
    #[schema(min_length = 1, max_length = 120)]
    pub(super) title: String,
    /// No attempt starts before.
    #[garde(skip)]
    #[serde(default, with = "crate::moment::option")]
    pub(super) opens_at: Option<OffsetDateTime>,
    /// No attempt starts then or later, and each ends then at the latest.
    #[garde(custom(closes_after(self.opens_at)))]
    #[serde(default, with = "crate::moment::option")]
    pub(super) closes_at: Option<OffsetDateTime>,
    /// How long an attempt may take, seconds, 10 to 86,400; without it until the quiz closes.
    #[garde(range(min = 10, max = 86_400))]
    #[serde(default)]
    #[schema(minimum = 10, maximum = 86400)]
    pub(super) time_limit_s: Option<i32>,
    /// How many attempts a person has, 1 to 100. Default 1.
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100)]
    pub(super) attempts_max: i32,
    /// Which of their scores counts. Default the best.
    #[garde(skip)]
    #[serde(default = "best")]
    pub(super) score_kept: ScoreKept,
    /// Percent of the points with which it is passed, 0 to 100. Default 50.
    #[garde(range(min = 0, max = 100))]
    #[serde(default = "half")]
    #[schema(minimum = 0, maximum = 100)]
    pub(super) pass_percent: i32,
    /// When those who took it see the keys. Default never.
    #[garde(custom(needs_closing(self.closes_at)))]
    #[serde(default = "never")]
    pub(super) keys_shown: KeysShown,
    /// Whether students see it. Default false.
    #[garde(skip)]
    #[serde(default)]
    pub(super) published: bool,
}

fn one() -> i32 {
    1
}

fn best() -> ScoreKept {
    ScoreKept::Best
}

fn half() -> i32 {
    50
}

fn never() -> KeysShown {
    KeysShown::Never
}

fn one_line(text: &str, (): &()) -> garde::Result {
    let good = (1..=120).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
    if good { Ok(()) } else { Err(garde::Error::new("1 to 120 characters on one line, without spaces around them")) }
}

fn closes_after(opens_at: Option<OffsetDateTime>) -> impl FnOnce(&Option<OffsetDateTime>, &()) -> garde::Result {
    move |closes_at, ()| match (opens_at, closes_at) {
        (Some(opens_at), Some(closes_at)) if *closes_at <= opens_at => Err(garde::Error::new("later than `opens_at`")),
        _ => Ok(()),
    }
}

fn needs_closing(closes_at: Option<OffsetDateTime>) -> impl FnOnce(&KeysShown, &()) -> garde::Result {
    move |shown, ()| match (shown, closes_at) {
        (KeysShown::AfterClose, None) => Err(garde::Error::new("`after_close` only together with `closes_at`")),
        _ => Ok(()),
    }
}

impl QuizSettings {
    /// The first field that is another in `new` and may not change once somebody has started: what a score means, and
    /// that the quiz is there at all.
    pub(super) fn fixed_difference(&self, new: &Self) -> Option<&'static str> {
        if self.score_kept != new.score_kept {
            Some("/score_kept")
        } else if self.pass_percent != new.pass_percent {
            Some("/pass_percent")
        } else if self.published && !new.published {
            Some("/published")
        } else {
            None
        }
    }
}

/// All questions of a quiz, in their order.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuestions {
    /// At most 100.
    #[garde(length(max = QUESTIONS_MAX), dive)]
    #[schema(max_items = 100)]
    pub(super) questions: Vec<NewQuestion>,
}

/// All questions of a quiz with their keys, for its tutors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyedQuestions {
    /// In their order.
    pub(super) questions: Vec<KeyedQuestion>,
}

/// A quiz, as everybody who may know of it sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Quiz {
    /// Which.
    pub(super) id: Uuid,
    /// Of which lesson.
    pub(super) lesson: Uuid,
    /// What its tutor decided.
    #[serde(flatten)]
    pub(super) settings: QuizSettings,
    /// How many questions it has.
    pub(super) questions: i64,
    /// What they are worth together.
    pub(super) points: i64,
    /// How the caller stands with it; `null` for those who are not in the course.
    pub(super) standing: Option<MyStanding>,
    /// The clock that counts.
    #[serde(with = "time::serde::rfc3339")]
    pub(super) now: OffsetDateTime,
}

/// How the caller stands with a quiz.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MyStanding {
    /// Their attempts, the first first.
    pub(super) attempts: Vec<AttemptSummary>,
    /// Their extra time, seconds.
    pub(super) extra_s: i32,
    /// The score that counts, if an attempt has ended.
    pub(super) score: Option<Points>,
    /// Whether it is enough.
    pub(super) passed: bool,
}

/// An attempt in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct AttemptSummary {
    /// Which.
    pub(super) id: Uuid,
    /// The how manieth.
    pub(super) number: i32,
    /// When it ended; `null` while it is in progress.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) ended_at: Option<OffsetDateTime>,
    /// What it was worth.
    pub(super) score: Option<Points>,
}

/// A quiz in the list of its lesson.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct QuizSummary {
    /// Which.
    pub(super) id: Uuid,
    /// Its title.
    pub(super) title: String,
    /// Whether students see it.
    pub(super) published: bool,
    /// From when it can be taken.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) opens_at: Option<OffsetDateTime>,
    /// Until when.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(super) closes_at: Option<OffsetDateTime>,
}

/// The quizzes of a lesson.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Quizzes {
    /// The oldest first.
    pub(super) items: Vec<QuizSummary>,
}

/// Who has how much more time.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtraTime {
    /// Somebody who is in the course.
    #[garde(skip)]
    pub(super) person: Uuid,
    /// Seconds, to 86,400; 0 takes it away.
    #[garde(range(min = 0, max = 86_400))]
    #[schema(minimum = 0, maximum = 86400)]
    pub(super) extra_s: i32,
}

/// Everybody who has more time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ExtraTimes {
    /// In the order in which they signed up.
    pub(super) items: Vec<ExtraTime>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    fn settings() -> QuizSettings {
        serde_json::from_str(r#"{"title": "Fractions"}"#).unwrap()
    }

    fn faults(settings: &QuizSettings) -> Vec<String> {
        match settings.validate() {
            Ok(()) => Vec::new(),
            Err(report) => report.iter().map(|(path, _)| path.to_string()).collect(),
        }
    }

    #[test]
    fn a_quiz_closes_after_it_opens_and_shows_keys_after_a_closing_only() {
        let nine = datetime!(2026-03-02 09:00 UTC);
        let with = |opens_at, closes_at, keys_shown| QuizSettings { opens_at, closes_at, keys_shown, ..settings() };
        assert!(faults(&settings()).is_empty());
        assert!(faults(&with(Some(nine), Some(nine + Duration::SECOND), KeysShown::AfterClose)).is_empty());
        assert_eq!(faults(&with(Some(nine), Some(nine), KeysShown::Never)), ["closes_at"]);
        assert_eq!(faults(&with(None, None, KeysShown::AfterClose)), ["keys_shown"]);
    }

    #[test]
    fn limits_hold_at_the_limit_and_not_one_past_it() {
        for (limit_s, attempts, percent, good) in
            [(10, 1, 0, true), (86_400, 100, 100, true), (9, 1, 0, false), (86_401, 1, 0, false)]
        {
            let settings = QuizSettings {
                time_limit_s: Some(limit_s),
                attempts_max: attempts,
                pass_percent: percent,
                ..settings()
            };
            assert_eq!(faults(&settings).is_empty(), good, "{limit_s} s");
        }
        for (attempts_max, pass_percent) in [(0, 50), (101, 50), (1, -1), (1, 101)] {
            assert_eq!(faults(&QuizSettings { attempts_max, pass_percent, ..settings() }).len(), 1);
        }
        for (length, good) in [(0, false), (120, true), (121, false)] {
            assert_eq!(faults(&QuizSettings { title: "ü".repeat(length), ..settings() }).is_empty(), good);
        }
    }

    #[test]
    fn what_a_score_means_is_fixed_and_when_it_is_taken_is_not() {
        let old = QuizSettings { published: true, ..settings() };
        let same = |new: QuizSettings| old.fixed_difference(&new);
        assert_eq!(
            same(QuizSettings { attempts_max: 3, time_limit_s: Some(60), title: "New".into(), ..old.clone() }),
            None
        );
        assert_eq!(same(QuizSettings { pass_percent: 60, ..old.clone() }), Some("/pass_percent"));
        assert_eq!(same(QuizSettings { score_kept: ScoreKept::Last, ..old.clone() }), Some("/score_kept"));
        assert_eq!(same(QuizSettings { published: false, ..old.clone() }), Some("/published"));
    }
}
