//! Quizzes: questions with keys, attempts with answers, scores.
//!
//! The domain knows neither database nor clock: what a [`question`] and an [`answer`] may be, [`grading`], who may start and
//! until when ([`attempt_rules`]), which score counts ([`kept_score`]), how the questions did ([`item_analysis`]).

pub mod answer;
pub mod attempt_rules;
pub mod grading;
pub mod item_analysis;
pub mod kept_score;
pub mod points;
pub mod question;
