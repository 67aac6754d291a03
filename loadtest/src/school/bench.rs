//! The project's own benchmark of the school: two nodes over Redis and one Postgres, Fastify beside them, and the bars.

use std::path::PathBuf;
use std::time::Duration;

use super::report::SchoolReport;
use super::run::{Run, SchoolPlan, populate};
use super::site::Site;
use crate::run::RunError;
use crate::verdict::Verdict;

/// Between two runs.
const PAUSE: Duration = Duration::from_secs(2);

/// The bars that the project has set itself.
mod bar {
    pub(super) const HEARTBEATS_PER_S: f64 = 5_000.0;
    pub(super) const HEARTBEAT_MS_P99: f64 = 200.0;
    pub(super) const PORTFOLIOS_PER_S: f64 = 10_000.0;
    pub(super) const PORTFOLIO_MS_P99: f64 = 50.0;
    pub(super) const EVENT_MS_P99: f64 = 250.0;
    pub(super) const STREAMS: f64 = 2_000.0;
    pub(super) const KB_PER_STREAM: f64 = 20.0;
    /// Our heartbeats for a CPU second, times Fastify's.
    pub(super) const TIMES_CHEAPER: f64 = 5.0;
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct SchoolBenchPlan {
    /// The folder with the program `lectern-control-api`.
    pub programs: PathBuf,
    /// The folder with the peers.
    pub peers: PathBuf,
    /// Whether Fastify is measured too.
    pub fastify: bool,
    /// How much is asked for.
    pub school: SchoolPlan,
}

/// Measures Lectern, and Fastify beside it if wanted. The figures, in order.
///
/// # Errors
/// A server does not start, or something of our own fails.
pub async fn bench(plan: &SchoolBenchPlan) -> Result<Vec<SchoolReport>, RunError> {
    eprintln!("starting Postgres, Redis and two nodes …");
    let site = Site::lectern(&plan.programs).await?;
    let mut reports = vec![measure("lectern", site, plan.school.clone()).await?];
    if plan.fastify {
        tokio::time::sleep(PAUSE).await;
        eprintln!("starting Postgres, Redis and Fastify …");
        let site = Site::fastify(&plan.programs, &plan.peers).await?;
        reports.push(measure("fastify", site, plan.school.clone()).await?);
    }
    reports.iter().for_each(SchoolReport::print);
    eprint!("{}", verdict(&reports).text());
    Ok(reports)
}

async fn measure(peer: &'static str, mut site: Site, plan: SchoolPlan) -> Result<SchoolReport, RunError> {
    let work = move || {
        let target = site.target.clone();
        let students = populate(&plan, &target)?;
        let mut run = Run::new(peer, &plan, &target, &students);
        if peer == "lectern" {
            run.all()?;
        } else {
            run.some()?;
        }
        run.until_killed(|| site.kill())?;
        let report = run.report;
        site.end()?;
        Ok::<_, RunError>(report)
    };
    tokio::task::spawn_blocking(work).await?
}

/// How the figures stand against the bars. They are Lectern's; Fastify's figures are shown.
#[must_use]
pub fn verdict(reports: &[SchoolReport]) -> Verdict {
    let mut verdict = Verdict::default();
    let ours = reports.iter().find(|report| report.peer == "lectern");
    if let Some(report) = ours {
        judge(&mut verdict, report);
    }
    for peer in reports.iter().filter(|report| report.peer != "lectern") {
        verdict.say(&format!("\n{}, {} students", peer.peer, peer.students));
        show_costs(&mut verdict, peer);
        verdict.show("heartbeats a second", peer.heartbeats_per_s);
        verdict.show("heartbeat p99, ms", known(peer.heartbeat_ms_p99));
        verdict.show("portfolios a second", peer.portfolio_per_s);
        verdict.show("portfolio p99, ms", known(peer.portfolio_ms_p99));
        let per_cpu = |report: Option<&SchoolReport>| known(report.and_then(SchoolReport::heartbeats_per_cpu_s));
        let ratio = per_cpu(ours) / per_cpu(Some(peer));
        verdict.at_least("our heartbeats for the same CPU, times its", ratio, bar::TIMES_CHEAPER);
    }
    verdict
}

fn judge(verdict: &mut Verdict, report: &SchoolReport) {
    verdict.say(&format!("\n{}, {} students", report.peer, report.students));
    show_costs(verdict, report);
    verdict.at_least("heartbeats a second", report.heartbeats_per_s, bar::HEARTBEATS_PER_S);
    verdict.at_most("heartbeat p99, ms", known(report.heartbeat_ms_p99), bar::HEARTBEAT_MS_P99);
    verdict.at_least("portfolios a second", report.portfolio_per_s, bar::PORTFOLIOS_PER_S);
    verdict.at_most("portfolio p99, ms", known(report.portfolio_ms_p99), bar::PORTFOLIO_MS_P99);
    verdict.show("quiz answers a second", report.answers_per_s);
    verdict.show("quiz answer p99, ms", known(report.answer_ms_p99));
    verdict.at_least("event streams", report.streams as f64, bar::STREAMS);
    verdict.at_most("kB per stream", known(report.kb_per_stream), bar::KB_PER_STREAM);
    verdict.at_most("event p99, ms", known(report.event_ms_p99), bar::EVENT_MS_P99);
    verdict.at_most("events lost", report.events_lost as f64, 0.0);
    verdict.at_most("acknowledged and lost", report.lost_acknowledged.map_or(f64::NAN, |lost| lost as f64), 0.0);
    let refused: u64 = report.refused.values().flat_map(|statuses| statuses.values()).sum();
    verdict.at_most("refused", refused as f64, 0.0);
}

fn show_costs(verdict: &mut Verdict, report: &SchoolReport) {
    verdict.show("CPU s per 100,000 heartbeats, server", known(report.cpu_s_per_100k_heartbeats));
    verdict.show("CPU s per 100,000 heartbeats, Postgres", known(report.database_cpu_s_per_100k_heartbeats));
}

/// What was not measured meets no bar.
fn known(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> SchoolReport {
        SchoolReport {
            peer: "lectern",
            heartbeats_per_s: 5_010.0,
            heartbeat_ms_p99: Some(60.0),
            cpu_s_per_100k_heartbeats: Some(4.0),
            database_cpu_s_per_100k_heartbeats: Some(6.0),
            portfolio_per_s: 10_010.0,
            portfolio_ms_p99: Some(20.0),
            streams: 2_000,
            kb_per_stream: Some(12.0),
            event_ms_p99: Some(80.0),
            lost_acknowledged: Some(0),
            ..SchoolReport::default()
        }
    }

    #[test]
    fn a_good_run_misses_no_bar_and_each_flaw_does() {
        assert_eq!(verdict(&[good()]).missed(), 0, "{}", verdict(&[good()]).text());
        let flaws: [fn(&mut SchoolReport); 10] = [
            |report| report.heartbeats_per_s = 4_999.0,
            |report| report.heartbeat_ms_p99 = Some(201.0),
            |report| report.portfolio_per_s = 9_999.0,
            |report| report.portfolio_ms_p99 = None,
            |report| report.streams = 1_999,
            |report| report.kb_per_stream = Some(20.1),
            |report| report.event_ms_p99 = Some(251.0),
            |report| report.events_lost = 1,
            |report| report.lost_acknowledged = Some(1),
            |report| _ = report.refused.insert("answers", [(503, 1)].into()),
        ];
        for flaw in flaws {
            let mut report = good();
            flaw(&mut report);
            assert_eq!(verdict(&[report]).missed(), 1);
        }
    }

    #[test]
    fn the_peer_has_to_be_five_times_dearer() {
        let peer = |server| SchoolReport { peer: "fastify", cpu_s_per_100k_heartbeats: Some(server), ..good() };
        assert_eq!(verdict(&[good(), peer(44.0)]).missed(), 0);
        assert_eq!(verdict(&[good(), peer(43.0)]).missed(), 1);
    }
}
