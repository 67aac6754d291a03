//! The people and courses of a run, by bulk SQL, and their access tokens.
//!
//! Identifiers follow from numbers, so that both sides know them.

use std::time::Duration;

use lectern_platform::token::{Role, SessionClaims, TokenSigner};

use crate::run::RunError;

/// Longer than any run.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// Courses; each student is in [`COURSES_EACH`] of them.
const COURSES: u64 = 24;
const COURSES_EACH: u64 = 3;
/// The length of every video: room for each report of a run to watch seconds of its own.
pub(super) const VIDEO_S: u32 = 86_400;

/// What an identifier is of.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Person = 0,
    Session = 1,
    Course = 2,
    /// With a video.
    Film = 3,
    /// Complete when its student says so.
    Reading = 4,
    Quiz = 5,
    Question = 6,
}

/// A student as requests need them.
#[derive(Clone, Debug)]
pub(super) struct Student {
    pub(super) id: String,
    /// The line of the header, its end included.
    pub(super) authorization: String,
    /// A lesson with a video of a course that they are in.
    pub(super) film: String,
    /// A lesson of it that they may mark as done.
    pub(super) reading: String,
    pub(super) quiz: String,
    pub(super) question: String,
}

fn id(kind: Kind, number: u64) -> String {
    format!("00000000-0000-7000-{:04x}-{number:012x}", 0x8000 + kind as u16)
}

/// Makes the tokens of so many students.
pub(super) fn students(count: usize, signer: &TokenSigner) -> Result<Vec<Student>, RunError> {
    let student = |number: u64| {
        let (person, course) = (id(Kind::Person, number), number % COURSES);
        let claims = SessionClaims::issue(&person, &id(Kind::Session, number), Role::Student, 1, TOKEN_LIFETIME);
        Ok(Student {
            authorization: format!("authorization: Bearer {}\r\n", signer.sign_session(&claims)?),
            id: person,
            film: id(Kind::Film, course),
            reading: id(Kind::Reading, course),
            quiz: id(Kind::Quiz, course),
            question: id(Kind::Question, course),
        })
    };
    (0..count as u64).map(student).collect()
}

/// The statements that make them, in one transaction.
pub(super) fn sql(count: usize) -> String {
    let id = |kind: Kind, number: &str| {
        format!("('00000000-0000-7000-{:04x}-' || lpad(to_hex({number}), 12, '0'))::uuid", 0x8000 + kind as u16)
    };
    let (person, session, course) = (id(Kind::Person, "n"), id(Kind::Session, "n"), id(Kind::Course, "n"));
    let (film, reading, quiz, question) =
        (id(Kind::Film, "n"), id(Kind::Reading, "n"), id(Kind::Quiz, "n"), id(Kind::Question, "n"));
    let (people, courses) =
        (format!("generate_series(0, {}) n", count - 1), format!("generate_series(0, {}) n", COURSES - 1));
    let enrolled = id(Kind::Course, &format!("(n + {} * k) % {COURSES}", COURSES / COURSES_EACH));
    format!(
        "BEGIN;
        INSERT INTO people (id, email, name, role)
            SELECT {person}, 'student' || n || '@load.example', 'Student ' || n, 'student' FROM {people};
        INSERT INTO sessions (id, person_id, user_agent, address, expires_at)
            SELECT {session}, {person}, 'loadtest', '127.0.0.1', now() + interval '1 day' FROM {people};
        INSERT INTO courses (id, title, state, enrolment, published_at)
            SELECT {course}, 'Course ' || n, 'published', 'open', now() FROM {courses};
        INSERT INTO lessons (id, course_id, position, title, video_s, completion, published_at)
            SELECT {film}, {course}, 1, 'A film', {VIDEO_S}, 'watched', now() FROM {courses};
        INSERT INTO lessons (id, course_id, position, title, completion, published_at)
            SELECT {reading}, {course}, 2, 'A text', 'marked', now() FROM {courses};
        INSERT INTO quizzes (id, lesson_id, title, attempts_max, score_kept, pass_percent, keys_shown, published_at)
            SELECT {quiz}, {reading}, 'A quiz', 3, 'best', 50, 'never', now() FROM {courses};
        INSERT INTO quiz_questions (id, quiz_id, position, prompt, points, task, key)
            SELECT {question}, {quiz}, 0, 'Which?', 1, '{{\"kind\": \"single\", \"options\": [\"a\", \"b\"]}}',
                   '{{\"kind\": \"single\", \"right\": 1}}' FROM {courses};
        INSERT INTO enrolments (course_id, person_id, source)
            SELECT {enrolled}, {person}, 'open' FROM {people}, generate_series(0, {last}) k;
        COMMIT;
        ANALYZE;",
        last = COURSES_EACH - 1,
    )
}
