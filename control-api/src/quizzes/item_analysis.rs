//! How each question did: how hard it was, whether it told those who know from those who do not, what was answered.
//!
//! Looked at is the first attempt of each person: a later one has seen the questions before. The figures are classical test
//! theory's. *Difficulty* is the mean share of the points that people got: 1 is a question that everybody has right.
//! *Discrimination* is the correlation of a question's points with those of all other questions together: near 0 the
//! question measures something else, below 0 its key is probably wrong. It is absent where one of the two is the same for
//! everybody, and for fewer than two people.
//!
//! Attempts are added one by one and summed up in integers, so that memory does not grow with them and order does not matter.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::Answer;
use super::grading::normalised;
use super::points::Points;
use super::question::{Question, Task};

/// Different numbers and texts that are counted for a question; what comes after is counted together.
const DISTINCT_MAX: usize = 1_000;
/// The most frequent of them that are shown.
const SHOWN_MAX: usize = 20;

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Item {
    /// Which.
    pub question: Uuid,
    /// People whose first attempt was looked at.
    pub people: u32,
    /// Of these, how many answered.
    pub answered: u32,
    /// The mean share of its points, 0 to 1.
    pub difficulty: Option<f64>,
    /// The correlation with the rest of the quiz, -1 to 1.
    pub discrimination: Option<f64>,
    /// How many chose each option, in the options' order; of other questions the most frequent answers, the most frequent
    /// first.
    pub answers: Vec<AnswerCount>,
    /// Answers that are not among these.
    pub other: u32,
}

/// How often something was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerCount {
    /// The option's text, the number, or the text as it was compared.
    pub answer: String,
    /// How often.
    pub count: u32,
}

/// Sums of what was added. `x` is the question's hundredths of points, `y` those of all others.
#[derive(Debug, Default)]
struct Sums {
    answered: u32,
    x: i128,
    y: i128,
    xx: i128,
    yy: i128,
    xy: i128,
    /// By place for choices.
    chosen: Vec<u32>,
    /// By what was written, for the rest.
    written: HashMap<String, u32>,
    not_counted: u32,
}

/// The analysis of a quiz, attempt by attempt.
#[derive(Debug)]
pub struct ItemAnalysis {
    questions: Vec<Question>,
    sums: Vec<Sums>,
    people: u32,
}

impl ItemAnalysis {
    /// Of these questions.
    #[must_use]
    pub fn new(questions: Vec<Question>) -> Self {
        let sums = questions.iter().map(|question| Sums {
            chosen: match &question.task {
                Task::Single { options } | Task::Multiple { options } => vec![0; options.len()],
                Task::Numeric {} | Task::ShortText {} => Vec::new(),
            },
            ..Sums::default()
        });
        Self { sums: sums.collect(), questions, people: 0 }
    }

    /// Adds an attempt: what was answered to each question and what it was worth, in the order of the questions. What is
    /// missing at the end was not answered.
    pub fn add(&mut self, answers: &[(Option<Answer>, Points)]) {
        self.people += 1;
        let total: i128 = answers.iter().map(|(_, points)| i128::from(points.hundredths())).sum();
        for (index, sums) in self.sums.iter_mut().enumerate() {
            let (answer, points) =
                answers.get(index).map_or((None, Points::ZERO), |(answer, points)| (answer.as_ref(), *points));
            let x = i128::from(points.hundredths());
            let y = total - x;
            sums.x += x;
            sums.y += y;
            sums.xx += x * x;
            sums.yy += y * y;
            sums.xy += x * y;
            if let Some(answer) = answer {
                sums.count(answer);
            }
        }
    }

    /// The figures of each question, in their order.
    #[must_use]
    pub fn items(self) -> Vec<Item> {
        let people = self.people;
        self.questions.into_iter().zip(self.sums).map(|(question, sums)| sums.item(&question, people)).collect()
    }
}

impl Sums {
    fn count(&mut self, answer: &Answer) {
        self.answered += 1;
        let written = match answer {
            Answer::Single { option } => return self.choose(&[*option]),
            Answer::Multiple { options } => return self.choose(options),
            Answer::Numeric { value } => value.to_string(),
            Answer::ShortText { text } => normalised(text, false),
        };
        if let Some(count) = self.written.get_mut(&written) {
            *count += 1;
        } else if self.written.len() < DISTINCT_MAX {
            self.written.insert(written, 1);
        } else {
            self.not_counted += 1;
        }
    }

    fn choose(&mut self, places: &[u8]) {
        for place in places {
            if let Some(count) = self.chosen.get_mut(usize::from(*place)) {
                *count += 1;
            }
        }
    }

    fn item(self, question: &Question, people: u32) -> Item {
        let max = f64::from(Points::whole(question.points).hundredths());
        let difficulty = (people > 0).then(|| self.x as f64 / (max * f64::from(people)));
        let discrimination = self.correlation(i128::from(people));
        let (answers, other) = match &question.task {
            Task::Single { options } | Task::Multiple { options } => {
                let counts = options.iter().zip(&self.chosen);
                (counts.map(|(option, count)| AnswerCount { answer: option.clone(), count: *count }).collect(), 0)
            }
            Task::Numeric {} | Task::ShortText {} => most_frequent(self.written, self.not_counted),
        };
        Item { question: question.id, people, answered: self.answered, difficulty, discrimination, answers, other }
    }

    /// Pearson's, from exact sums: no cancellation.
    fn correlation(&self, n: i128) -> Option<f64> {
        let x_spread = n * self.xx - self.x * self.x;
        let y_spread = n * self.yy - self.y * self.y;
        let together = n * self.xy - self.x * self.y;
        let defined = x_spread > 0 && y_spread > 0;
        defined.then(|| (together as f64 / ((x_spread as f64).sqrt() * (y_spread as f64).sqrt())).clamp(-1.0, 1.0))
    }
}

fn most_frequent(written: HashMap<String, u32>, not_counted: u32) -> (Vec<AnswerCount>, u32) {
    let mut counts: Vec<_> = written.into_iter().map(|(answer, count)| AnswerCount { answer, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.answer.cmp(&b.answer)));
    let rest = counts.split_off(counts.len().min(SHOWN_MAX));
    (counts, not_counted + rest.iter().map(|rest| rest.count).sum::<u32>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn question(task: Task) -> Question {
        Question { id: Uuid::now_v7(), prompt: "?".to_owned(), points: 1, task }
    }

    fn choice() -> Question {
        question(Task::Single { options: vec!["no".to_owned(), "yes".to_owned()] })
    }

    /// Each attempt is a row: which option was chosen of each question. Option 1 is right.
    fn analysed(attempts: &[&[u8]]) -> Vec<Item> {
        let mut analysis = ItemAnalysis::new(attempts[0].iter().map(|_| choice()).collect());
        for attempt in attempts {
            let answers = attempt
                .iter()
                .map(|option| (Some(Answer::Single { option: *option }), Points::whole(u16::from(*option))));
            analysis.add(&answers.collect::<Vec<_>>());
        }
        analysis.items()
    }

    #[test]
    fn a_question_that_agrees_with_the_rest_discriminates_and_one_that_contradicts_it_does_the_opposite() {
        let items = analysed(&[&[1, 1, 1, 1, 0], &[1, 1, 1, 1, 0], &[0, 0, 0, 1, 1], &[0, 0, 0, 1, 1]]);
        assert_eq!(items[0].difficulty, Some(0.5));
        assert!(items[0].discrimination.unwrap() > 0.9);
        assert_eq!((items[3].difficulty, items[3].discrimination), (Some(1.0), None), "everybody has it right");
        assert!(items[4].discrimination.unwrap() < -0.9);
    }

    #[test]
    fn the_correlation_is_the_textbook_one() {
        // x = 1 0 1 0 1, the rest y = 2 1 1 0 2: r = 0.4 / sqrt(0.24 * 0.56) with population moments.
        let items = analysed(&[&[1, 1, 1], &[0, 1, 0], &[1, 0, 1], &[0, 0, 0], &[1, 1, 1]]);
        let expected = (5.0 * 5.0 - 3.0 * 6.0) / ((5.0_f64 * 3.0 - 9.0).sqrt() * (5.0_f64 * 10.0 - 36.0).sqrt());
        assert!((items[0].discrimination.unwrap() - expected).abs() < 1e-12, "{items:?}");
    }

    #[test]
    fn answers_are_counted() {
        let mut analysis = ItemAnalysis::new(vec![choice(), question(Task::ShortText {})]);
        let text = |text: &str| Some(Answer::ShortText { text: text.to_owned() });
        for answers in [
            [(Some(Answer::Single { option: 1 }), Points::whole(1)), (text("Oslo"), Points::whole(1))],
            [(None, Points::ZERO), (text(" oslo "), Points::whole(1))],
            [(Some(Answer::Single { option: 0 }), Points::ZERO), (text("Bergen"), Points::ZERO)],
        ] {
            analysis.add(&answers);
        }
        let items = analysis.items();
        let counts =
            |item: &Item| item.answers.iter().map(|count| (count.answer.clone(), count.count)).collect::<Vec<_>>();
        assert_eq!(counts(&items[0]), [("no".to_owned(), 1), ("yes".to_owned(), 1)]);
        assert_eq!(counts(&items[1]), [("oslo".to_owned(), 2), ("bergen".to_owned(), 1)]);
        assert_eq!((items[0].people, items[0].answered, items[1].answered), (3, 2, 3));
    }

    #[test]
    fn a_thousand_different_answers_are_the_most_that_is_kept() {
        let mut analysis = ItemAnalysis::new(vec![question(Task::Numeric {})]);
        for value in 0..1_010_u32 {
            analysis.add(&[(Some(Answer::Numeric { value: value.into() }), Points::ZERO)]);
        }
        let item = analysis.items().remove(0);
        assert_eq!((item.answers.len(), item.other), (20, 990));
    }

    #[test]
    fn nobody_is_no_figure() {
        let item = ItemAnalysis::new(vec![choice()]).items().remove(0);
        assert_eq!((item.people, item.difficulty, item.discrimination), (0, None, None));
    }

    proptest! {
        #[test]
        fn figures_are_in_their_ranges_whatever_the_order(
            attempts in proptest::collection::vec(proptest::collection::vec(0..2_u8, 4), 1..30),
        ) {
            let forth: Vec<&[u8]> = attempts.iter().map(Vec::as_slice).collect();
            let back: Vec<&[u8]> = attempts.iter().rev().map(Vec::as_slice).collect();
            for (item, same) in analysed(&forth).into_iter().zip(analysed(&back)) {
                prop_assert!((0.0..=1.0).contains(&item.difficulty.unwrap()));
                prop_assert!(item.discrimination.is_none_or(|r| (-1.0..=1.0).contains(&r)));
                prop_assert_eq!((item.difficulty, item.discrimination), (same.difficulty, same.discrimination));
            }
        }
    }
}
