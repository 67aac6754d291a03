//! A question in two halves: the [`Task`], which a student sees, and the [`Key`], which they do not. They are two types and
//! two columns, so that what is sent to a student has no place for a key.

use garde::{Path, Report, Validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Questions of a quiz: what a person answers in one sitting, and what one grading holds in memory.
pub const QUESTIONS_MAX: usize = 100;
/// Options of a choice. More are a list to search in, not a question.
pub const OPTIONS_MAX: usize = 20;
/// Characters of an option.
const OPTION_LENGTH_MAX: usize = 500;
/// Characters of what is asked.
const PROMPT_LENGTH_MAX: usize = 4_000;
/// Points of one question.
const POINTS_MAX: u16 = 100;
/// Texts that are right.
const ACCEPTED_MAX: usize = 20;
/// Characters of a text that is right, and of an answer.
pub const TEXT_LENGTH_MAX: usize = 200;
/// The largest magnitude of a number: whole numbers up to it are exact in a double.
pub const NUMBER_MAX: f64 = 1e15;

/// What is to be done, as a student sees it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Choose one.
    Single {
        /// 2 to 20; answers and the key name them by their place, from 0.
        options: Vec<String>,
    },
    /// Choose all that are right.
    Multiple {
        /// 2 to 20.
        options: Vec<String>,
    },
    /// Find a number.
    Numeric {},
    /// Find a word or a few.
    ShortText {},
}

/// What is right.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Key {
    /// One option.
    Single {
        /// Its place.
        right: u8,
    },
    /// One option or more.
    Multiple {
        /// Their places, ascending.
        right: Vec<u8>,
        /// Whether an answer that is partly right has part of the points: see [`super::grading`].
        #[serde(default)]
        partial: bool,
    },
    /// A number and what is near it.
    Numeric {
        /// The number.
        value: f64,
        /// How far from it an answer may be, that far included.
        #[serde(default)]
        tolerance: f64,
    },
    /// Any of several texts.
    ShortText {
        /// 1 to 20.
        accepted: Vec<String>,
        /// Whether upper and lower case differ.
        #[serde(default)]
        case_sensitive: bool,
    },
}

/// A question as a tutor writes it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// What is asked: plain text, 1 to 4000 characters.
    #[schema(min_length = 1, max_length = 4000)]
    pub prompt: String,
    /// What it is worth, 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    pub points: u16,
    /// What is to be done.
    pub task: Task,
    /// What is right; of the same kind.
    pub key: Key,
}

/// A question as a student sees it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Question {
    /// Which.
    pub id: Uuid,
    /// What is asked.
    pub prompt: String,
    /// What it is worth.
    pub points: u16,
    /// What is to be done.
    pub task: Task,
}

/// A question with its key: for its tutor, and for grading.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KeyedQuestion {
    /// What the student sees.
    #[serde(flatten)]
    pub question: Question,
    /// What is right.
    pub key: Key,
}

impl Validate for NewQuestion {
    type Context = ();

    /// By hand, because what a key may be depends on the task.
    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        let at = parent();
        let mut fault = |path: Path, allowed: String| report.append(path, garde::Error::new(allowed));
        if !is_text(&self.prompt, PROMPT_LENGTH_MAX) {
            fault(at.join("prompt"), format!("1 to {PROMPT_LENGTH_MAX} characters, not spaces alone"));
        }
        if !(1..=POINTS_MAX).contains(&self.points) {
            fault(at.join("points"), format!("1 to {POINTS_MAX}"));
        }
        let options = match &self.task {
            Task::Single { options } | Task::Multiple { options } => options.as_slice(),
            Task::Numeric {} | Task::ShortText {} => &[],
        };
        let has_options = matches!(self.task, Task::Single { .. } | Task::Multiple { .. });
        if has_options && !(2..=OPTIONS_MAX).contains(&options.len()) {
            fault(at.join("task").join("options"), format!("2 to {OPTIONS_MAX} options"));
        }
        for (index, option) in options.iter().enumerate().take(OPTIONS_MAX) {
            if !is_text(option, OPTION_LENGTH_MAX) || options[..index].contains(option) {
                let allowed = format!("1 to {OPTION_LENGTH_MAX} characters, unlike the other options");
                fault(at.join("task").join("options").join(index), allowed);
            }
        }
        if let Some((field, allowed)) = self.key_fault(options.len()) {
            let key = at.join("key");
            fault(if field.is_empty() { key } else { key.join(field) }, allowed);
        }
    }
}

impl NewQuestion {
    /// The key's field that does not fit, and what would.
    fn key_fault(&self, options: usize) -> Option<(&'static str, String)> {
        let is_option = |place: &u8| usize::from(*place) < options;
        match (&self.task, &self.key) {
            (Task::Single { .. }, Key::Single { right }) => {
                (!is_option(right)).then(|| ("right", "the place of one of the options, from 0".to_owned()))
            }
            (Task::Multiple { .. }, Key::Multiple { right, .. }) => {
                let good = !right.is_empty() && right.is_sorted_by(|a, b| a < b) && right.iter().all(is_option);
                (!good).then(|| ("right", "places of options, from 0, ascending, at least one".to_owned()))
            }
            (Task::Numeric {}, Key::Numeric { value, .. }) if !is_number(*value) => {
                Some(("value", format!("-{NUMBER_MAX:e} to {NUMBER_MAX:e}")))
            }
            (Task::Numeric {}, Key::Numeric { tolerance, .. }) => {
                let good = is_number(*tolerance) && *tolerance >= 0.0;
                (!good).then(|| ("tolerance", format!("0 to {NUMBER_MAX:e}")))
            }
            (Task::ShortText {}, Key::ShortText { accepted, .. }) => {
                let good = (1..=ACCEPTED_MAX).contains(&accepted.len())
                    && accepted.iter().all(|text| is_text(text, TEXT_LENGTH_MAX));
                (!good).then(|| ("accepted", format!("1 to {ACCEPTED_MAX} texts of 1 to {TEXT_LENGTH_MAX} characters")))
            }
            (task, _) => Some(("", format!("a key of the task's kind, `{}`", task.kind()))),
        }
    }
}

impl Task {
    /// As JSON and the database name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Numeric {} => "numeric",
            Self::ShortText {} => "short_text",
        }
    }
}

/// Whether somebody can read it, and it is not too long.
fn is_text(text: &str, length_max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= length_max
}

/// Whether it is within what is compared.
pub(super) fn is_number(value: f64) -> bool {
    value.is_finite() && value.abs() <= NUMBER_MAX
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A question of the kind that `key` says.
    pub(in crate::quizzes) fn question(key: Key) -> NewQuestion {
        let options = || ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let task = match key {
            Key::Single { .. } => Task::Single { options: options() },
            Key::Multiple { .. } => Task::Multiple { options: options() },
            Key::Numeric { .. } => Task::Numeric {},
            Key::ShortText { .. } => Task::ShortText {},
        };
        NewQuestion { prompt: "?".to_owned(), points: 10, task, key }
    }

    fn faults(question: &NewQuestion) -> Vec<String> {
        match question.validate() {
            Ok(()) => Vec::new(),
            Err(report) => report.iter().map(|(path, _)| path.to_string()).collect(),
        }
    }

    fn accepted(texts: usize, length: usize) -> Key {
        Key::ShortText { accepted: vec!["ü".repeat(length); texts], case_sensitive: false }
    }

    #[test]
    fn a_key_fits_its_task() {
        let numeric = |value, tolerance| Key::Numeric { value, tolerance };
        let multiple = |right: &[u8]| Key::Multiple { right: right.to_vec(), partial: true };
        for (key, fault) in [
            (Key::Single { right: 3 }, None),
            (Key::Single { right: 4 }, Some("key.right")),
            (multiple(&[0, 3]), None),
            (multiple(&[]), Some("key.right")),
            (multiple(&[3, 0]), Some("key.right")),
            (multiple(&[0, 0]), Some("key.right")),
            (multiple(&[0, 4]), Some("key.right")),
            (numeric(-1e15, 0.0), None),
            (numeric(1.1e15, 0.0), Some("key.value")),
            (numeric(f64::NAN, 0.0), Some("key.value")),
            (numeric(0.0, -0.1), Some("key.tolerance")),
            (accepted(20, 200), None),
            (accepted(0, 1), Some("key.accepted")),
            (accepted(21, 1), Some("key.accepted")),
            (accepted(1, 201), Some("key.accepted")),
            (accepted(1, 0), Some("key.accepted")),
        ] {
            assert_eq!(faults(&question(key.clone())), fault.map(str::to_owned).as_slice(), "{key:?}");
        }
        let mut odd = question(Key::Single { right: 0 });
        odd.task = Task::Numeric {};
        assert_eq!(faults(&odd), ["key"]);
    }

    #[test]
    fn every_fault_of_a_question_is_told_at_once() {
        let mut bad = question(Key::Single { right: 9 });
        (bad.prompt, bad.points) = (" ".to_owned(), 0);
        bad.task = Task::Single { options: vec!["a".to_owned(), "a".to_owned(), String::new()] };
        assert_eq!(faults(&bad), ["prompt", "points", "task.options[1]", "task.options[2]", "key.right"]);
    }

    #[test]
    fn limits_hold_at_the_limit_and_not_one_past_it() {
        for (options, good) in [(1, false), (2, true), (20, true), (21, false)] {
            let mut new = question(Key::Single { right: 0 });
            new.task = Task::Single { options: (0..options).map(|option| option.to_string()).collect() };
            assert_eq!(faults(&new).is_empty(), good, "{options} options");
        }
        for (points, length, good) in [(100, 4_000, true), (101, 1, false), (1, 4_001, false)] {
            let mut new = question(Key::Single { right: 0 });
            (new.points, new.prompt) = (points, "ü".repeat(length));
            assert_eq!(faults(&new).is_empty(), good, "{points} points, {length} characters");
        }
    }
}
