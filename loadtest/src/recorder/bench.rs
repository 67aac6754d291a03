//! The project's own benchmark of the recorder, and the bars.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lectern_recording::hls::Track;
use time::OffsetDateTime;

use super::report::RecorderReport;
use super::site::Site;
use super::watch::{Watch, first_run_until, violations};
use super::{jobs::Recorded, simulation};
use crate::measure::ProcessCost;
use crate::run::RunError;
use crate::verdict::Verdict;

/// How often playlists are looked at; it is in what is measured.
const LOOK: Duration = Duration::from_millis(50);
/// How long anything may take to begin or to end.
const PATIENCE: Duration = Duration::from_secs(120);
/// A segment is cut at the first keyframe after this, and closed when nothing can come any more that belongs to it.
/// Keyframes come every two seconds.
const SEGMENT_MAX: Duration = Duration::from_secs(4 + 2);
const SETTLED: Duration = lectern_recording::recording::SETTLED_AFTER;
/// Of the hour in simulated time.
const SIMULATED_S: u64 = 3600;

/// The bars that the project has set itself.
mod bar {
    pub(super) const ROOMS_PER_CORE: f64 = 20.0;
    pub(super) const MB_PER_ROOM: f64 = 30.0;
    pub(super) const PLAYABLE_MS_P99: f64 = 2_000.0;
    pub(super) const AV_SKEW_MS_MAX: f64 = 80.0;
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct RecorderBenchPlan {
    /// The folder with the programs `lectern-sfu` and `lectern-recorder`.
    pub programs: PathBuf,
    /// Rooms at once.
    pub rooms: usize,
    /// How long is measured.
    pub window: Duration,
}

/// Measures. The figures.
///
/// # Errors
/// A server does not start, something is not recorded at all, or something of our own fails.
pub async fn bench(plan: &RecorderBenchPlan) -> Result<RecorderReport, RunError> {
    let mut report = RecorderReport { bench: "recorder", rooms: plan.rooms, ..RecorderReport::default() };
    eprintln!("an hour in simulated time …");
    report.av_skew_ms_max = tokio::task::spawn_blocking(|| simulation::skew_ms_max(SIMULATED_S, 1)).await??;
    eprintln!("starting a media server, a recorder, and {} publishers …", plan.rooms * 2);
    let mut site = Site::start(&plan.programs).await?;
    let recorder = site.recorder(plan.rooms).await?;
    let idle = ProcessCost::read(recorder.pid())?;
    site.publish(plan.rooms).await?;
    let mut watch = Watch::default();
    until("every room is recorded", || Watch::has_all(&site, 1)).await?;
    eprintln!("recording {} rooms …", plan.rooms);
    measure(plan, &site, recorder.pid(), &idle, &mut watch, &mut report).await?;

    eprintln!("killing the recorder …");
    drop(recorder);
    let (killed, killed_at) = (Instant::now(), OffsetDateTime::now_utc());
    let _second = site.recorder(plan.rooms).await?;
    until("another recorder goes on", || Watch::has_all(&site, 2)).await?;
    report.takeover_s = killed.elapsed().as_secs_f64();
    site.jobs.end();
    until("every recording has ended", || site.jobs.outcomes().is_some()).await?;
    let outcomes = site.jobs.outcomes().unwrap_or_default();
    report.failed = outcomes.iter().filter(|outcome| *outcome != "ready").count();
    for recorded in &site.rooms {
        for track in Track::ALL {
            let lost = lost_segments(&site, recorded, track, killed_at)?;
            report.lost_segments_after_kill = report.lost_segments_after_kill.max(lost);
            let wrong = violations(&site, recorded, track)?;
            wrong.iter().for_each(|violation| eprintln!("{}: {violation}", recorded.folder));
            report.violations += wrong.len();
        }
    }
    site.end()?;
    report.print();
    eprint!("{}", verdict(&report).text());
    Ok(report)
}

/// CPU, memory and delay while all rooms are recorded.
async fn measure(
    plan: &RecorderBenchPlan,
    site: &Site,
    pid: u32,
    idle: &ProcessCost,
    watch: &mut Watch,
    report: &mut RecorderReport,
) -> Result<(), RunError> {
    watch.look(site, false)?;
    let (start, before) = (Instant::now(), ProcessCost::read(pid)?);
    let mut rss_kb_max = 0;
    while start.elapsed() < plan.window {
        tokio::time::sleep(LOOK).await;
        watch.look(site, true)?;
        rss_kb_max = rss_kb_max.max(ProcessCost::read(pid)?.rss_kb);
    }
    let (after, seconds) = (ProcessCost::read(pid)?, start.elapsed().as_secs_f64());
    report.seconds = seconds;
    report.cpu_s_per_room_s = (after.cpu - before.cpu).as_secs_f64() / seconds / plan.rooms as f64;
    report.rooms_per_core = 1.0 / report.cpu_s_per_room_s;
    report.mb_per_room = rss_kb_max.saturating_sub(idle.rss_kb) as f64 / 1024.0 / plan.rooms as f64;
    report.playable_ms_p50 = watch.delays.quantile_ms(0.5);
    report.playable_ms_p99 = watch.delays.quantile_ms(0.99);
    report.segments = watch.delays.len();
    Ok(())
}

/// Segments that were complete at the kill, and are not listed.
fn lost_segments(site: &Site, recorded: &Recorded, track: Track, killed_at: OffsetDateTime) -> Result<u64, RunError> {
    let killed = Duration::try_from(killed_at - recorded.started_at).unwrap_or_default();
    let missing = killed.saturating_sub(SETTLED).saturating_sub(first_run_until(site, recorded, track)?);
    Ok(missing.as_secs() / SEGMENT_MAX.as_secs())
}

async fn until(what: &str, is_so: impl Fn() -> bool) -> Result<(), RunError> {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        if Instant::now() > deadline {
            return Err(format!("waited {} s in vain: {what}", PATIENCE.as_secs()).into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// How the figures stand against the bars.
#[must_use]
pub fn verdict(report: &RecorderReport) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.say(&format!("\n{} rooms for {:.0} s", report.rooms, report.seconds));
    verdict.at_least("rooms for one core", report.rooms_per_core, bar::ROOMS_PER_CORE);
    verdict.at_most("MB per room", report.mb_per_room, bar::MB_PER_ROOM);
    verdict.at_most("playable, p99, ms", report.playable_ms_p99.unwrap_or(f64::NAN), bar::PLAYABLE_MS_P99);
    verdict.at_most("camera and voice apart, ms", report.av_skew_ms_max, bar::AV_SKEW_MS_MAX);
    verdict.at_most("segments lost by a kill", report.lost_segments_after_kill as f64, 0.0);
    verdict.show("until another recorder goes on, s", report.takeover_s);
    verdict.at_most("recordings that failed", report.failed as f64, 0.0);
    verdict.at_most("violations of CMAF and HLS", report.violations as f64, 0.0);
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> RecorderReport {
        RecorderReport {
            rooms: 20,
            rooms_per_core: 40.0,
            mb_per_room: 8.0,
            playable_ms_p99: Some(1_700.0),
            av_skew_ms_max: 20.0,
            ..RecorderReport::default()
        }
    }

    #[test]
    fn a_good_run_misses_no_bar_and_each_flaw_does() {
        assert_eq!(verdict(&good()).missed(), 0, "{}", verdict(&good()).text());
        let flaws: [fn(&mut RecorderReport); 7] = [
            |report| report.rooms_per_core = 19.0,
            |report| report.mb_per_room = 31.0,
            |report| report.playable_ms_p99 = None,
            |report| report.av_skew_ms_max = 81.0,
            |report| report.lost_segments_after_kill = 1,
            |report| report.failed = 1,
            |report| report.violations = 1,
        ];
        for flaw in flaws {
            let mut report = good();
            flaw(&mut report);
            assert_eq!(verdict(&report).missed(), 1);
        }
    }
}
