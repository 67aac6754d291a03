//! What somebody answers to a question.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::question::{NUMBER_MAX, TEXT_LENGTH_MAX, Task, is_number};

/// An answer; of the kind of its question.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// One option.
    Single {
        /// Its place, from 0.
        option: u8,
    },
    /// Any of the options.
    Multiple {
        /// Their places, ascending; perhaps none.
        options: Vec<u8>,
    },
    /// A number.
    Numeric {
        /// The number.
        value: f64,
    },
    /// A text.
    ShortText {
        /// At most 200 characters.
        #[schema(max_length = 200)]
        text: String,
    },
}

impl Answer {
    /// Whether it could be an answer to this task.
    ///
    /// # Errors
    /// What is allowed.
    pub fn check(&self, task: &Task) -> Result<(), String> {
        match (self, task) {
            (Self::Single { option }, Task::Single { options }) if usize::from(*option) < options.len() => Ok(()),
            (Self::Single { .. }, Task::Single { .. }) => Err("the place of one of the options, from 0".to_owned()),
            (Self::Multiple { options: chosen }, Task::Multiple { options }) => {
                let last_is_option = chosen.last().is_none_or(|last| usize::from(*last) < options.len());
                let good = last_is_option && chosen.is_sorted_by(|a, b| a < b);
                if good { Ok(()) } else { Err("places of options, from 0, ascending".to_owned()) }
            }
            (Self::Numeric { value }, Task::Numeric {}) if is_number(*value) => Ok(()),
            (Self::Numeric { .. }, Task::Numeric {}) => Err(format!("-{NUMBER_MAX:e} to {NUMBER_MAX:e}")),
            (Self::ShortText { text }, Task::ShortText {}) if text.chars().count() <= TEXT_LENGTH_MAX => Ok(()),
            (Self::ShortText { .. }, Task::ShortText {}) => Err(format!("at most {TEXT_LENGTH_MAX} characters")),
            (_, task) => Err(format!("an answer of the question's kind, `{}`", task.kind())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_fits_its_task() {
        let options = || ["a", "b", "c"].map(str::to_owned).to_vec();
        let (single, multiple) = (Task::Single { options: options() }, Task::Multiple { options: options() });
        let chosen = |places: &[u8]| Answer::Multiple { options: places.to_vec() };
        let text = |length| Answer::ShortText { text: "ü".repeat(length) };
        for (answer, task, good) in [
            (Answer::Single { option: 2 }, &single, true),
            (Answer::Single { option: 3 }, &single, false),
            (Answer::Single { option: 0 }, &multiple, false),
            (chosen(&[]), &multiple, true),
            (chosen(&[0, 2]), &multiple, true),
            (chosen(&[0, 0]), &multiple, false),
            (chosen(&[2, 0]), &multiple, false),
            (chosen(&[3]), &multiple, false),
            (Answer::Numeric { value: -1e15 }, &Task::Numeric {}, true),
            (Answer::Numeric { value: 1e16 }, &Task::Numeric {}, false),
            (Answer::Numeric { value: f64::INFINITY }, &Task::Numeric {}, false),
            (text(200), &Task::ShortText {}, true),
            (text(201), &Task::ShortText {}, false),
            (text(0), &Task::Numeric {}, false),
        ] {
            assert_eq!(answer.check(task).is_ok(), good, "{answer:?} to {task:?}");
        }
    }

    #[test]
    fn what_a_program_sends_is_taken_by_its_kind_alone() {
        let answer: Answer = serde_json::from_str(r#"{"kind": "numeric", "value": 3}"#).unwrap();
        assert_eq!(answer, Answer::Numeric { value: 3.0 });
        for odd in [r#"{"kind": "numeric", "value": 3, "right": true}"#, r#"{"kind": "essay"}"#, r#"{"value": 3}"#] {
            assert!(serde_json::from_str::<Answer>(odd).is_err(), "{odd}");
        }
    }
}
