//! What is taught: courses as tutors would write them, held to the same rules.

use garde::Validate as _;
use serde::Deserialize;

use super::SeedError;
use crate::courses::{Completion, Enrolment};
use crate::quizzes::question::NewQuestion;

/// All courses.
#[derive(Debug, Deserialize)]
pub(super) struct Syllabus {
    pub(super) courses: Vec<Course>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Course {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) enrolment: Enrolment,
    /// Which of the tutors.
    pub(super) tutor: usize,
    pub(super) lessons: Vec<Lesson>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lesson {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) completion: Completion,
    pub(super) video_s: Option<i32>,
    /// The places of lessons of the course that have to be complete before.
    #[serde(default)]
    pub(super) requires: Vec<usize>,
    pub(super) quiz: Option<Quiz>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quiz {
    pub(super) title: String,
    pub(super) pass_percent: i32,
    pub(super) attempts_max: i32,
    pub(super) time_limit_s: Option<i32>,
    pub(super) questions: Vec<NewQuestion>,
}

impl Syllabus {
    pub(super) fn read() -> Result<Self, SeedError> {
        let wrong = |error: &dyn std::fmt::Display| SeedError::Syllabus(error.to_string());
        let syllabus: Self = serde_json::from_str(include_str!("syllabus.json")).map_err(|error| wrong(&error))?;
        let lessons = syllabus.courses.iter().flat_map(|course| &course.lessons);
        for question in lessons.filter_map(|lesson| lesson.quiz.as_ref()).flat_map(|quiz| &quiz.questions) {
            question.validate().map_err(|report| wrong(&report))?;
        }
        Ok(syllabus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taught_keeps_the_rules() {
        let syllabus = Syllabus::read().unwrap();
        assert_eq!(syllabus.courses.len(), 6);
        for course in &syllabus.courses {
            assert!(course.tutor < super::super::TUTORS.len() && course.summary.chars().count() <= 300);
            for (place, lesson) in course.lessons.iter().enumerate() {
                assert!(lesson.requires.iter().all(|required| *required < place), "{}", lesson.title);
                assert_eq!(lesson.completion == Completion::Quiz, lesson.quiz.is_some(), "{}", lesson.title);
                assert_eq!(lesson.completion == Completion::Watched, lesson.video_s.is_some(), "{}", lesson.title);
            }
        }
    }
}
