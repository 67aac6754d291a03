//! The project's own benchmarks: start `lectern`, measure it, measure the bare loop before and after, compare.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lectern_client::VideoCodec;

use crate::crowd::Makeup;
use crate::floor;
use crate::publisher::Programme;
use crate::report::Report;
use crate::run::{Plan, RunError, run};
use crate::server_process::LecternDev;
use crate::target::Target;
use crate::verdict::Verdict;

/// The room of the benchmarks.
const ROOM: &str = "bench";
/// Between two runs, so that sockets and timers of the last one are gone.
const PAUSE: Duration = Duration::from_secs(2);
/// Of every floor measurement.
const FLOOR_TIME: Duration = Duration::from_secs(4);
/// Viewers that decrypt everything.
pub const SAMPLE: usize = 20;

/// The bars that the project has set itself.
mod bar {
    /// With at least [`COST_VIEWERS`].
    pub(super) const CPU_S_PER_MPKT: f64 = 3.0;
    pub(super) const COST_VIEWERS: usize = 1000;
    /// The cost with most viewers, times that with fewest.
    pub(super) const GROWTH: f64 = 1.15;
    /// With at most [`DELAY_VIEWERS`].
    pub(super) const DELAY_MS_P99: f64 = 20.0;
    pub(super) const DELAY_VIEWERS: usize = 500;
    pub(super) const KB_PER_VIEWER: f64 = 40.0;
    pub(super) const STORM_S: f64 = 6.0;
    pub(super) const KEYFRAME_REQUESTS_PER_S: f64 = 2.0;
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct BenchPlan {
    /// The program to start: `lectern`.
    pub program: PathBuf,
    /// Fan-out, with so many viewers each time.
    pub fanout: Vec<usize>,
    /// Storms of so many viewers.
    pub storm: Vec<usize>,
    /// The steady window of a fan-out.
    pub window: Duration,
}

/// Measure everything in the plan, each run with a server of its own. The runs' figures, in order.
///
/// # Errors
/// The server does not start, or something of our own fails.
pub async fn bench(plan: &BenchPlan) -> Result<Vec<Report>, RunError> {
    let largest = plan.fanout.iter().chain(&plan.storm).max().copied().unwrap_or(1);
    let mut floors = vec![measure_floor(largest).await?];
    let mut reports = Vec::new();
    for viewers in &plan.fanout {
        reports.push(measure(plan, "fanout", *viewers).await?);
        floors.push(measure_floor(largest).await?);
    }
    for viewers in &plan.storm {
        reports.push(measure(plan, "storm", *viewers).await?);
    }
    floors.sort_by(f64::total_cmp);
    let floor = floors[floors.len() / 2];
    for report in &mut reports {
        report.floor_cpu_s_per_mpkt = Some(floor);
        report.print();
    }
    eprint!("{}", verdict(&reports, floor));
    Ok(reports)
}

/// How the figures stand against the bars.
#[must_use]
pub fn verdict(reports: &[Report], floor: f64) -> String {
    let mut verdict = Verdict::default();
    verdict.say(&format!("\nthe bare loop: {floor:.2} CPU s per million packets"));
    // A figure without a bar (infinity) is only shown.
    let mut line = |name: String, value: Option<f64>, bar: f64| match value {
        Some(value) if bar.is_finite() => verdict.at_most(&name, value, bar),
        Some(value) => verdict.show(&name, value),
        None => {}
    };
    let applies = |applies: bool, bar: f64| if applies { bar } else { f64::INFINITY };
    let fanouts = || reports.iter().filter(|report| report.bench == "fanout");
    for report in fanouts() {
        let (n, cost) = (report.viewers, report.cpu_s_per_mpkt);
        let cost_bar = applies(n >= bar::COST_VIEWERS, bar::CPU_S_PER_MPKT);
        line(format!("{n} viewers, CPU s per million packets"), cost, cost_bar);
        line(format!("{n} viewers, lost or absent, %"), Some(missing_percent(report)), 0.0);
        line(
            format!("{n} viewers, delay p99, ms"),
            report.delay_ms_p99,
            applies(n <= bar::DELAY_VIEWERS, bar::DELAY_MS_P99),
        );
        line(format!("{n} viewers, kB per viewer"), report.kb_per_viewer, bar::KB_PER_VIEWER);
    }
    let extremes = fanouts().min_by_key(|report| report.viewers).zip(fanouts().max_by_key(|report| report.viewers));
    if let Some((few, many)) = extremes.filter(|(few, many)| few.viewers < many.viewers) {
        let growth = many.cpu_s_per_mpkt.zip(few.cpu_s_per_mpkt).map(|(many, few)| many / few);
        line(format!("cost at {} viewers, times that at {}", many.viewers, few.viewers), growth, bar::GROWTH);
    }
    for report in reports.iter().filter(|report| report.bench == "storm") {
        let n = report.viewers;
        line(format!("{n} at once, s until all see"), Some(report.storm_s.unwrap_or(f64::INFINITY)), bar::STORM_S);
        line(
            format!("{n} at once, keyframe requests in a second"),
            Some(report.keyframe_requests_per_s),
            bar::KEYFRAME_REQUESTS_PER_S,
        );
    }
    for report in fanouts() {
        if let Some(ratio) = report.cpu_s_per_mpkt.map(|cost| cost / floor) {
            verdict.say(&format!("  {} viewers: {ratio:.2} times the bare loop", report.viewers));
        }
    }
    verdict.text().to_owned()
}

/// Packets lost and viewers that never came, in percent.
fn missing_percent(report: &Report) -> f64 {
    let absent = 1.0 - report.joined as f64 / report.viewers.max(1) as f64;
    (report.loss.unwrap_or(1.0) + absent) * 100.0
}

async fn measure_floor(receivers: usize) -> Result<f64, RunError> {
    eprintln!("measuring the bare loop with {receivers} receivers …");
    Ok(tokio::task::spawn_blocking(move || floor::measure_best(receivers, FLOOR_TIME)).await??)
}

async fn measure(plan: &BenchPlan, bench: &'static str, viewers: usize) -> Result<Report, RunError> {
    eprintln!("measuring {bench} with {viewers} viewers …");
    let server = LecternDev::start(&plan.program).await?;
    let target = target(&server, &plan.program)?;
    let is_storm = bench == "storm";
    let makeup = Makeup {
        viewers,
        sampled: SAMPLE.min(viewers),
        slots: (2, 4),
        concurrency: if is_storm { viewers } else { 32 },
        threads: 2,
        nack: false,
        stamped: true,
        patience: Duration::from_secs(60),
    };
    let programme = Programme { codec: VideoCodec::Vp8, simulcast: false, movie: None };
    let window = if is_storm { Duration::ZERO } else { plan.window };
    let report = run(&target, &Plan { bench, makeup, programme, window, floor: None }).await;
    server.end()?;
    tokio::time::sleep(PAUSE).await;
    report
}

fn target(server: &LecternDev, program: &Path) -> Result<Target, RunError> {
    let room = format!("{}/v1/rooms/{ROOM}", server.url());
    Ok(Target {
        whip: format!("{room}/whip/camera").parse()?,
        whep: format!("{room}/whep").parse()?,
        publisher_token: Some(server.token(program, ROOM, "tutor")?),
        viewer_token: Some(server.token(program, ROOM, "student")?),
        pid: Some(server.pid()),
        metrics: Some(server.metrics_url().parse()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_bar_are_told_apart() {
        let report = |viewers, cost| Report {
            bench: "fanout",
            viewers,
            joined: viewers,
            loss: Some(0.0),
            cpu_s_per_mpkt: Some(cost),
            ..Report::default()
        };
        let text = verdict(&[report(100, 2.5), report(1000, 3.0)], 1.5);
        assert!(text.contains("ok     1000 viewers, CPU s per million packets: 3.00"));
        assert!(text.contains("MISSED cost at 1000 viewers, times that at 100: 1.20"));
        assert!(text.contains("1000 viewers: 2.00 times the bare loop"));
        assert!(text.contains("ok     100 viewers, lost or absent, %: 0.00"));
        let storm = Report { bench: "storm", viewers: 9, ..Report::default() };
        assert!(verdict(&[storm], 1.0).contains("MISSED 9 at once, s until all see: inf"));
    }
}
