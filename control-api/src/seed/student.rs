//! A student, and how far they came.

use rand::RngExt as _;
use rand::rngs::StdRng;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::class::{Class, Quiz};
use super::{Person, id, syllabus};
use crate::courses::{Completion, Enrolment};
use crate::quizzes::answer::Answer;
use crate::quizzes::grading::grade;
use crate::quizzes::kept_score::ScoreKept;
use crate::quizzes::points::Points;
use crate::quizzes::question::{Key, Task};

const FIRST_NAMES: [&str; 24] = [
    "Ada", "Bilal", "Chloe", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jakub", "Kavya", "Liam", "Maya",
    "Noah", "Olga", "Pedro", "Quinn", "Rania", "Sven", "Tara", "Umar", "Vera", "Wim", "Zoe",
];
const LAST_NAMES: [&str; 18] = [
    "Abebe", "Berg", "Costa", "Demir", "Evans", "Fischer", "Garcia", "Haddad", "Ivanova", "Jansen", "Kaur", "Lopez",
    "Mbeki", "Novak", "Olsen", "Patel", "Rossi", "Sato",
];
/// How long after coming in somebody looks at the first lesson, at most.
const BEGIN_HOURS_MAX: i64 = 72;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Student {
    pub(super) person: Person,
    pub(super) diligence: f64,
    pub(super) enrolments: Vec<Enrolled>,
    pub(super) progress: Vec<Progress>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) results: Vec<Result>,
    /// On which they learnt something; each once.
    pub(super) days: Vec<Date>,
}

#[derive(Debug)]
pub(super) struct Enrolled {
    pub(super) course: Uuid,
    pub(super) source: &'static str,
    pub(super) at: OffsetDateTime,
}

/// In one lesson.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) course: Uuid,
    pub(super) lesson: Uuid,
    pub(super) watched_s: i32,
    pub(super) video_s: i32,
    pub(super) started_at: OffsetDateTime,
    pub(super) updated_at: OffsetDateTime,
    pub(super) completed_by: Option<Completion>,
}

/// At a quiz, over.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) id: Uuid,
    pub(super) quiz: Uuid,
    pub(super) number: i32,
    pub(super) started_at: OffsetDateTime,
    pub(super) ended_at: OffsetDateTime,
    pub(super) score: Points,
    pub(super) score_max: Points,
    pub(super) answers: Vec<(Uuid, Answer, Points)>,
}

/// What counts of somebody's attempts at a quiz.
#[derive(Debug)]
pub(super) struct Result {
    pub(super) quiz: Uuid,
    pub(super) score: Points,
    pub(super) score_max: Points,
    pub(super) attempts: i32,
    pub(super) passed: bool,
    pub(super) at: OffsetDateTime,
}

impl Progress {
    /// Tenths of the video that were watched, as a report would have counted them.
    pub(super) fn tenths(&self) -> i16 {
        let tenths = if self.video_s > 0 { self.watched_s * 10 / self.video_s } else { 0 };
        i16::try_from(tenths.min(9)).unwrap_or(9)
    }
}

impl Student {
    pub(super) fn new(
        number: usize,
        classes: &[Class],
        began: OffsetDateTime,
        now: OffsetDateTime,
        random: &mut StdRng,
    ) -> Self {
        let name = format!(
            "{} {}",
            FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())],
            LAST_NAMES[random.random_range(0..LAST_NAMES.len())]
        );
        let since = began + Duration::hours(random.random_range(0..24 * 14));
        let mut student = Self {
            person: Person::new(&name, "students", Some(number + 1), since, random),
            diligence: random.random_range(0.15..1.0),
            enrolments: Vec::new(),
            progress: Vec::new(),
            attempts: Vec::new(),
            results: Vec::new(),
            days: Vec::new(),
        };
        let (first, count) = (random.random_range(0..classes.len()), random.random_range(2..=4));
        for class in classes.iter().cycle().skip(first).take(count.min(classes.len())) {
            student.enrol(class, random);
            student.learn(class, now, random);
        }
        student.days.sort_unstable();
        student.days.dedup();
        student
    }

    fn enrol(&mut self, class: &Class, random: &mut StdRng) {
        let source = match class.course.enrolment {
            Enrolment::Open => "open",
            Enrolment::Code => "code",
            Enrolment::List => "list",
        };
        let at = self.person.since + Duration::hours(random.random_range(1..96));
        self.enrolments.push(Enrolled { course: class.id, source, at });
    }

    /// Lesson after lesson, some days apart, until now or until it is enough.
    fn learn(&mut self, class: &Class, now: OffsetDateTime, random: &mut StdRng) {
        let Some(enrolled) = self.enrolments.last().map(|enrolled| enrolled.at) else { return };
        let mut at = enrolled + Duration::hours(random.random_range(1..BEGIN_HOURS_MAX));
        for (place, plan) in class.course.lessons.iter().enumerate() {
            let gives_up = random.random_range(0.0..1.0) > 0.55 + 0.45 * self.diligence;
            if at >= now - Duration::hours(1) {
                return;
            }
            self.days.push(at.date());
            let is_done = !gives_up && self.study(class, place, plan, at, random);
            if !is_done {
                return;
            }
            at += Duration::hours(random.random_range(12..168));
        }
    }

    /// Whether the lesson is complete then.
    fn study(
        &mut self,
        class: &Class,
        place: usize,
        plan: &syllabus::Lesson,
        at: OffsetDateTime,
        random: &mut StdRng,
    ) -> bool {
        let lesson = &class.lessons[place];
        let video_s = plan.video_s.unwrap_or(0);
        let (watched_s, is_done) = match (plan.completion, &plan.quiz, &lesson.quiz) {
            (Completion::Watched, ..) => {
                let share =
                    if random.random_bool(0.5 + 0.5 * self.diligence) { 0.95 } else { random.random_range(0.1..0.8) };
                ((f64::from(video_s) * share) as i32, share > 0.9)
            }
            (Completion::Quiz, Some(rules), Some(quiz)) => (0, self.take(quiz, rules, at, random)),
            _ => (0, random.random_bool(0.4 + 0.6 * self.diligence)),
        };
        let updated_at = at + Duration::seconds(i64::from(watched_s.max(300)));
        self.progress.push(Progress {
            course: class.id,
            lesson: lesson.id,
            watched_s,
            video_s,
            started_at: at,
            updated_at,
            completed_by: is_done.then_some(plan.completion),
        });
        is_done
    }

    /// Tries until the quiz is passed or no attempt is left; whether it is passed.
    fn take(&mut self, quiz: &Quiz, rules: &syllabus::Quiz, at: OffsetDateTime, random: &mut StdRng) -> bool {
        let score_max: Points = quiz.questions.iter().map(|question| Points::whole(question.question.points)).sum();
        let mut scores = Vec::new();
        let mut started_at = at;
        for number in 1..=rules.attempts_max {
            let ended_at = started_at + Duration::seconds(random.random_range(60..280));
            let answers: Vec<_> = quiz
                .questions
                .iter()
                .map(|question| {
                    let knows = random.random_bool(0.35 + 0.6 * self.diligence);
                    let answer = answer(&question.key, &question.question.task, knows);
                    let points = grade(question, Some(&answer));
                    (question.question.id, answer, points)
                })
                .collect();
            let score: Points = answers.iter().map(|(.., points)| *points).sum();
            scores.push(score);
            let id = id(started_at, random);
            self.attempts.push(Attempt { id, quiz: quiz.id, number, started_at, ended_at, score, score_max, answers });
            started_at = ended_at + Duration::minutes(5);
            if score.reaches(rules.pass_percent, score_max) {
                break;
            }
        }
        let score = ScoreKept::Best.of(&scores).unwrap_or(Points::ZERO);
        let passed = score.reaches(rules.pass_percent, score_max);
        let attempts = i32::try_from(scores.len()).unwrap_or(i32::MAX);
        self.results.push(Result { quiz: quiz.id, score, score_max, attempts, passed, at: started_at });
        passed
    }
}

/// The right answer, or one that is wrong.
fn answer(key: &Key, task: &Task, knows: bool) -> Answer {
    match (key, task) {
        (Key::Single { right }, Task::Single { options }) => {
            let wrong = (usize::from(*right) + 1) % options.len();
            Answer::Single { option: if knows { *right } else { u8::try_from(wrong).unwrap_or(0) } }
        }
        (Key::Multiple { right, .. }, _) => {
            let taken = if knows { right.len() } else { 1 };
            Answer::Multiple { options: right.iter().copied().take(taken).collect() }
        }
        (Key::Numeric { value, tolerance }, _) => {
            Answer::Numeric { value: if knows { *value } else { value + tolerance + 1.0 } }
        }
        (Key::ShortText { accepted, .. }, _) => {
            let text = accepted.first().filter(|_| knows).cloned();
            Answer::ShortText { text: text.unwrap_or_else(|| "I do not know".to_owned()) }
        }
        (Key::Single { right }, _) => Answer::Single { option: *right },
    }
}
