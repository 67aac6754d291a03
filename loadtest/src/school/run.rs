//! One run: players report, portfolios are read, quizzes are answered, events reach open pages, and the server is killed.

use std::time::{Duration, Instant};

use lectern_platform::token::TokenSigner;

use super::load::{Load, Outcome, Script, drive};
use super::population::{self, Student};
use super::report::SchoolReport;
use super::requests::{Answers, Attempts, Completions, Heartbeats, Portfolios, REPORT_S};
pub use super::site::Target;
use super::streams::Streams;
use crate::measure::ProcessCost;
use crate::run::RunError;

/// Connections that requests share.
const CONNECTIONS: usize = 256;
/// Lessons that are completed each second while events are measured.
const COMPLETIONS_PER_S: f64 = 50.0;
/// Attempts that are begun each second.
const ATTEMPTS_PER_S: f64 = 200.0;
/// How long the server works before it is killed.
const UNTIL_KILL: Duration = Duration::from_secs(3);
/// How long the last event may take.
const EVENT_PATIENCE: Duration = Duration::from_secs(5);
/// Between two phases.
const SETTLE: Duration = Duration::from_secs(2);

/// How much is asked for.
#[derive(Clone, Debug)]
pub struct SchoolPlan {
    /// Students.
    pub students: usize,
    /// Reports of players a second.
    pub heartbeats_per_s: f64,
    /// Portfolio reads a second.
    pub portfolios_per_s: f64,
    /// Quiz answers a second.
    pub answers_per_s: f64,
    /// Open event streams.
    pub streams: usize,
    /// How long each of them is measured.
    pub window: Duration,
}

/// A run that goes on.
pub(super) struct Run<'a> {
    plan: &'a SchoolPlan,
    target: &'a Target,
    students: &'a [Student],
    heartbeats: Heartbeats<'a>,
    pub(super) report: SchoolReport,
}

/// Makes the people of a run in its database, which must have the schema and none of them yet.
///
/// # Errors
/// The keys cannot be read, or the database refuses.
pub(super) fn populate(plan: &SchoolPlan, target: &Target) -> Result<Vec<Student>, RunError> {
    let signer = TokenSigner::open(&target.keys)?;
    target.psql(&population::sql(plan.students))?;
    population::students(plan.students, &signer)
}

/// Everything but the kill, against servers that run already.
///
/// # Errors
/// Something of our own fails; what the servers refuse is part of the report.
pub fn run(plan: &SchoolPlan, target: &Target) -> Result<SchoolReport, RunError> {
    let students = populate(plan, target)?;
    let mut run = Run::new("lectern", plan, target, &students);
    run.all()?;
    Ok(run.report)
}

impl<'a> Run<'a> {
    pub(super) fn new(peer: &'static str, plan: &'a SchoolPlan, target: &'a Target, students: &'a [Student]) -> Self {
        let report = SchoolReport { bench: "school", peer, students: students.len(), ..SchoolReport::default() };
        Self { plan, target, students, heartbeats: Heartbeats::new(students), report }
    }

    pub(super) fn all(&mut self) -> Result<(), RunError> {
        self.heartbeats()?;
        self.portfolios()?;
        self.answers()?;
        self.events()
    }

    /// What three endpoints of a peer can be asked for.
    pub(super) fn some(&mut self) -> Result<(), RunError> {
        self.heartbeats()?;
        self.portfolios()
    }

    fn drive(&self, script: &mut impl Script, per_s: f64, window: Duration) -> Result<Outcome, RunError> {
        let address = *self.target.servers.first().ok_or("no server")?;
        Ok(drive(&Load { address, connections: CONNECTIONS, per_s, window }, script)?)
    }

    fn refused(&mut self, phase: &'static str, outcome: &Outcome) {
        if !outcome.refused.is_empty() {
            self.report.refused.insert(phase, outcome.refused.clone());
        }
    }

    fn heartbeats(&mut self) -> Result<(), RunError> {
        let per_s = self.plan.heartbeats_per_s;
        eprintln!("heartbeats: {per_s} a second …");
        let mut script = std::mem::replace(&mut self.heartbeats, Heartbeats::new(&[]));
        // Everybody's first report, which makes a row; later ones change it.
        self.drive(&mut script, per_s, Duration::from_secs_f64(self.students.len() as f64 / per_s))?;
        let before = self.target.cpu()?;
        let outcome = self.drive(&mut script, per_s, self.plan.window)?;
        let after = self.target.cpu()?;
        self.heartbeats = script;
        self.refused("heartbeats", &outcome);
        let per_100k = |before: Option<Duration>, after: Option<Duration>| {
            Some(after?.saturating_sub(before?).as_secs_f64() * 100_000.0 / outcome.done as f64)
        };
        let report = &mut self.report;
        report.heartbeats_offered_per_s = per_s;
        report.heartbeats_per_s = outcome.per_s();
        report.heartbeat_ms_p50 = outcome.latency.quantile_ms(0.5);
        report.heartbeat_ms_p99 = outcome.latency.quantile_ms(0.99);
        report.cpu_s_per_100k_heartbeats = per_100k(before.server, after.server);
        report.database_cpu_s_per_100k_heartbeats = per_100k(before.database, after.database);
        Ok(())
    }

    fn portfolios(&mut self) -> Result<(), RunError> {
        let per_s = self.plan.portfolios_per_s;
        eprintln!("portfolios: {per_s} a second …");
        let mut script = Portfolios { students: self.students, next: 0 };
        // Everybody's first, for which the cache is filled, at half the pace.
        let first = Duration::from_secs_f64(self.students.len() as f64 / per_s * 2.0);
        self.drive(&mut script, per_s / 2.0, first)?;
        let before = self.target.cpu()?;
        let outcome = self.drive(&mut script, per_s, self.plan.window)?;
        let after = self.target.cpu()?;
        self.refused("portfolios", &outcome);
        self.report.portfolio_per_s = outcome.per_s();
        self.report.portfolio_ms_p50 = outcome.latency.quantile_ms(0.5);
        self.report.portfolio_ms_p99 = outcome.latency.quantile_ms(0.99);
        self.report.cpu_s_per_100k_portfolios = before
            .server
            .zip(after.server)
            .map(|(before, after)| after.saturating_sub(before).as_secs_f64() * 100_000.0 / outcome.done as f64);
        Ok(())
    }

    fn answers(&mut self) -> Result<(), RunError> {
        eprintln!("quiz answers: {} a second …", self.plan.answers_per_s);
        let mut attempts = Attempts { students: self.students, next: 0, attempts: Default::default() };
        let outcome = self.drive(&mut attempts, ATTEMPTS_PER_S, Duration::from_secs(2))?;
        self.refused("attempts", &outcome);
        let attempts: Vec<_> = attempts.attempts.into_iter().collect();
        if attempts.is_empty() {
            return Ok(());
        }
        let mut script = Answers { students: self.students, attempts, written: 0 };
        let outcome = self.drive(&mut script, self.plan.answers_per_s, self.plan.window)?;
        self.refused("answers", &outcome);
        self.report.answers_per_s = outcome.per_s();
        self.report.answer_ms_p99 = outcome.latency.quantile_ms(0.99);
        Ok(())
    }

    fn events(&mut self) -> Result<(), RunError> {
        let students = &self.students[..self.plan.streams.min(self.students.len())];
        if students.is_empty() {
            return Ok(());
        }
        eprintln!("event streams: {} …", students.len());
        let rss_kb =
            || self.target.stream_pid.map(ProcessCost::read).transpose().map(|cost| cost.map(|cost| cost.rss_kb));
        let before = rss_kb()?;
        let streams = Streams::open(*self.target.servers.last().ok_or("no server")?, students)?;
        std::thread::sleep(SETTLE);
        let after = rss_kb()?;
        let count = (self.plan.window.as_secs_f64() * COMPLETIONS_PER_S).min(students.len() as f64);
        let mut script = Completions { students, asked_at: Vec::new() };
        let outcome = self.drive(&mut script, COMPLETIONS_PER_S, Duration::from_secs_f64(count / COMPLETIONS_PER_S))?;
        std::thread::sleep(EVENT_PATIENCE);
        let completed_at = streams.close()?;
        let mut latency = crate::histogram::Histogram::default();
        for (asked, came) in script.asked_at.iter().zip(&completed_at) {
            match came {
                Some(came) => latency.record(micros(came.saturating_duration_since(*asked))),
                None => self.report.events_lost += 1,
            }
        }
        self.refused("completions", &outcome);
        let report = &mut self.report;
        report.streams = students.len();
        let grown = before.zip(after).map(|(before, after)| after.saturating_sub(before) as f64);
        report.kb_per_stream = grown.map(|grown| grown / students.len() as f64);
        report.event_ms_p50 = latency.quantile_ms(0.5);
        report.event_ms_p99 = latency.quantile_ms(0.99);
        Ok(())
    }

    /// Goes on reporting while `kill` ends the server; then counts what Postgres has of what was acknowledged.
    pub(super) fn until_killed(&mut self, kill: impl FnOnce() + Send) -> Result<(), RunError> {
        eprintln!("heartbeats until the server is killed …");
        let mut script = std::mem::replace(&mut self.heartbeats, Heartbeats::new(&[]));
        let per_s = self.plan.heartbeats_per_s;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let start = Instant::now();
                std::thread::sleep(UNTIL_KILL.saturating_sub(start.elapsed()));
                kill();
            });
            self.drive(&mut script, per_s, UNTIL_KILL * 4)
        })?;
        self.heartbeats = script;
        self.count_lost()
    }

    fn count_lost(&mut self) -> Result<(), RunError> {
        let rows = self.target.psql("SELECT person_id, watched FROM lesson_progress WHERE watched <> '{}'")?;
        let kept: std::collections::HashMap<&str, Vec<(u32, u32)>> =
            rows.lines().filter_map(|line| line.split_once('|')).map(|(id, ranges)| (id, intervals(ranges))).collect();
        let (mut acknowledged, mut lost) = (0, 0);
        for (student, reports) in self.students.iter().zip(&self.heartbeats.acknowledged) {
            let kept = kept.get(student.id.as_str()).map_or(&[][..], Vec::as_slice);
            for report in reports {
                let (from, to) = (report * REPORT_S, (report + 1) * REPORT_S);
                acknowledged += 1;
                lost += u64::from(!kept.iter().any(|(start, end)| *start <= from && to <= *end));
            }
        }
        self.report.acknowledged = acknowledged;
        self.report.lost_acknowledged = Some(lost);
        Ok(())
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// `{[0,10),[20,25)}` as Postgres writes a multirange.
fn intervals(text: &str) -> Vec<(u32, u32)> {
    let parts = text.trim_matches(['{', '}']).split("),").map(|part| part.trim_matches(['[', ')']));
    parts
        .filter_map(|part| part.split_once(','))
        .filter_map(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_as_postgres_writes_them() {
        assert_eq!(intervals("{[0,10),[20,25)}"), [(0, 10), (20, 25)]);
        assert_eq!(intervals("{[5,10)}"), [(5, 10)]);
        assert_eq!(intervals("{}"), []);
    }
}
