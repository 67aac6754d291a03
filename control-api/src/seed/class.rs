//! A course with the identifiers that it will have, and when it meets.

use rand::rngs::StdRng;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::student::{Enrolled, Student};
use super::{Person, id, syllabus};
use crate::courses::Enrolment;
use crate::quizzes::question::{KeyedQuestion, Question};

/// How long a class takes.
const MEETING: Duration = Duration::minutes(45);
/// Classes that were, and that will be, one a week.
const MEETINGS_PAST: i64 = 3;
const MEETINGS_COMING: i64 = 2;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Class {
    pub(super) id: Uuid,
    pub(super) tutor: Uuid,
    pub(super) course: syllabus::Course,
    pub(super) lessons: Vec<Lesson>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) since: OffsetDateTime,
}

/// A lesson of it, at the same place as in the syllabus.
#[derive(Debug)]
pub(super) struct Lesson {
    pub(super) id: Uuid,
    pub(super) quiz: Option<Quiz>,
}

/// Its quiz.
#[derive(Debug)]
pub(super) struct Quiz {
    pub(super) id: Uuid,
    pub(super) questions: Vec<KeyedQuestion>,
}

/// A live class.
#[derive(Debug)]
pub(super) struct Meeting {
    pub(super) id: Uuid,
    pub(super) starts_at: OffsetDateTime,
    pub(super) ends_at: OffsetDateTime,
    pub(super) is_over: bool,
}

impl Class {
    pub(super) fn new(course: syllabus::Course, tutors: &[Person], now: OffsetDateTime, random: &mut StdRng) -> Self {
        let tutor = &tutors[course.tutor % tutors.len()];
        let since = tutor.since;
        let lessons = course.lessons.iter().map(|lesson| Lesson::new(lesson, since, random)).collect();
        // One after the other through the week, at a whole hour in the afternoon.
        let noon = now.replace_time(time::Time::MIDNIGHT) + Duration::hours(14 + course.title.len() as i64 % 4);
        let first = noon + Duration::days(1 + course.title.len() as i64 % 5);
        let meetings = (-MEETINGS_PAST..MEETINGS_COMING).map(|week| {
            let starts_at = first + Duration::weeks(week);
            let ends_at = starts_at + MEETING;
            Meeting { id: id(starts_at.min(now), random), starts_at, ends_at, is_over: ends_at < now }
        });
        let meetings = meetings.collect();
        Self { id: id(since, random), tutor: tutor.id, lessons, meetings, course, since }
    }

    /// What students type in to get in, where that is how.
    pub(super) fn code(&self) -> Option<&'static str> {
        (self.course.enrolment == Enrolment::Code).then_some("WRITE-2026")
    }

    /// Which meetings that are over which students were at: the diligent at all.
    pub(super) fn attendance<'a>(&'a self, students: &'a [Student]) -> impl Iterator<Item = (Uuid, Uuid)> + 'a {
        let over = self.meetings.iter().filter(|meeting| meeting.is_over).enumerate();
        over.flat_map(move |(place, meeting)| {
            let comes = move |student: &&Student| {
                let is_in = |enrolled: &Enrolled| enrolled.course == self.id && enrolled.at < meeting.starts_at;
                student.enrolments.iter().any(is_in) && student.diligence > 0.25 * (place + 1) as f64
            };
            students.iter().filter(comes).map(|student| (meeting.id, student.person.id))
        })
    }
}

impl Lesson {
    fn new(lesson: &syllabus::Lesson, since: OffsetDateTime, random: &mut StdRng) -> Self {
        let quiz = lesson.quiz.as_ref().map(|quiz| Quiz {
            id: id(since, random),
            questions: quiz
                .questions
                .iter()
                .cloned()
                .map(|new| KeyedQuestion {
                    question: Question {
                        id: id(since, random),
                        prompt: new.prompt,
                        points: new.points,
                        task: new.task,
                    },
                    key: new.key,
                })
                .collect(),
        });
        Self { id: id(since, random), quiz }
    }
}
