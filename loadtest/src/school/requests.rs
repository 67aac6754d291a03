//! What students ask for, each as a script of the open loop.

use std::collections::HashMap;
use std::time::Instant;

use super::load::Script;
use super::population::{Student, VIDEO_S};

/// What one report says was watched.
pub(super) const REPORT_S: u32 = 5;

fn get(out: &mut Vec<u8>, path: &str, student: &Student) {
    out.extend_from_slice(format!("GET {path} HTTP/1.1\r\nhost: school\r\n{}\r\n", student.authorization).as_bytes());
}

fn send(out: &mut Vec<u8>, method: &str, path: &str, student: &Student, body: &str) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: school\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        student.authorization,
        body.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body.as_bytes());
}

/// Players report, all students in turn. Each report of a student watches the seconds after those of the one before.
#[derive(Debug)]
pub(super) struct Heartbeats<'a> {
    students: &'a [Student],
    next: usize,
    /// How often each student has reported.
    reported: Vec<u32>,
    /// Which reports of each student were acknowledged.
    pub(super) acknowledged: Vec<Vec<u32>>,
}

impl<'a> Heartbeats<'a> {
    pub(super) fn new(students: &'a [Student]) -> Self {
        Self { students, next: 0, reported: vec![0; students.len()], acknowledged: vec![Vec::new(); students.len()] }
    }
}

impl Script for Heartbeats<'_> {
    type Tag = (usize, u32);

    fn request(&mut self, out: &mut Vec<u8>) -> Self::Tag {
        let student = self.next;
        self.next = (self.next + 1) % self.students.len();
        let report = self.reported[student];
        self.reported[student] += 1;
        let from = report * REPORT_S % VIDEO_S;
        let to = from + REPORT_S;
        let body = format!(r#"{{"position_s":{to},"watched":{{"from_s":{from},"to_s":{to}}},"counter":{report}}}"#);
        let path = format!("/v1/lessons/{}/progress", self.students[student].film);
        send(out, "POST", &path, &self.students[student], &body);
        (student, report)
    }

    fn answered(&mut self, (student, report): Self::Tag, status: u16, _: &[u8]) {
        if status == 200 {
            self.acknowledged[student].push(report);
        }
    }
}

/// Everybody looks at their portfolio, in turn.
#[derive(Debug)]
pub(super) struct Portfolios<'a> {
    pub(super) students: &'a [Student],
    pub(super) next: usize,
}

impl Script for Portfolios<'_> {
    type Tag = ();

    fn request(&mut self, out: &mut Vec<u8>) {
        get(out, "/v1/me/portfolio", &self.students[self.next]);
        self.next = (self.next + 1) % self.students.len();
    }

    fn answered(&mut self, (): (), _: u16, _: &[u8]) {}
}

/// Students start the quiz of their course.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    pub(super) students: &'a [Student],
    pub(super) next: usize,
    /// Each student's attempt.
    pub(super) attempts: HashMap<usize, String>,
}

impl Script for Attempts<'_> {
    type Tag = usize;

    fn request(&mut self, out: &mut Vec<u8>) -> usize {
        let student = self.next;
        self.next = (self.next + 1) % self.students.len();
        send(
            out,
            "POST",
            &format!("/v1/quizzes/{}/attempts", self.students[student].quiz),
            &self.students[student],
            "",
        );
        student
    }

    fn answered(&mut self, student: usize, _: u16, body: &[u8]) {
        let attempt = serde_json::from_slice::<serde_json::Value>(body).unwrap_or_default();
        if let Some(id) = attempt["id"].as_str() {
            self.attempts.insert(student, id.to_owned());
        }
    }
}

/// Those who take a quiz answer again and again.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    pub(super) students: &'a [Student],
    /// Students and their attempts.
    pub(super) attempts: Vec<(usize, String)>,
    pub(super) written: u64,
}

impl Script for Answers<'_> {
    type Tag = ();

    fn request(&mut self, out: &mut Vec<u8>) {
        let (student, attempt) = &self.attempts[self.written as usize % self.attempts.len()];
        let student = &self.students[*student];
        self.written += 1;
        let (counter, option) = (self.written, self.written % 2);
        let body = format!(
            r#"{{"counter":{counter},"answers":[{{"question":"{}","answer":{{"kind":"single","option":{option}}}}}]}}"#,
            student.question
        );
        send(out, "PUT", &format!("/v1/attempts/{attempt}/answers"), student, &body);
    }

    fn answered(&mut self, (): (), _: u16, _: &[u8]) {}
}

/// Students say that they are done with a lesson, each once; an event of it goes to their open page.
#[derive(Debug)]
pub(super) struct Completions<'a> {
    pub(super) students: &'a [Student],
    /// When each was asked for.
    pub(super) asked_at: Vec<Instant>,
}

impl Script for Completions<'_> {
    type Tag = ();

    fn request(&mut self, out: &mut Vec<u8>) {
        let student = &self.students[self.asked_at.len()];
        self.asked_at.push(Instant::now());
        send(out, "POST", &format!("/v1/lessons/{}/done", student.reading), student, "");
    }

    fn answered(&mut self, (): (), _: u16, _: &[u8]) {}
}
