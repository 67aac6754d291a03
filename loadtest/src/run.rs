//! The two benchmarks: a steady fan-out, and everybody at once.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use crate::clock::now_us;
use crate::crowd::{Crowd, Joining, Makeup};
use crate::fleet::Count;
use crate::http;
use crate::measure::{ProcessCost, softirq_time};
use crate::publisher::{Account, Offering, Programme, Publisher};
use crate::receivers::TICK;
use crate::report::{Generator, Progress, Received, Report};
use crate::target::{Target, metric_sum};

/// Anything that ends a run before its time.
pub type RunError = Box<dyn Error + Send + Sync>;

/// How long a publisher may take to connect.
const PUBLISHER_PATIENCE: Duration = Duration::from_secs(10);
/// Media flows for so long before the first look at the server's memory.
const WARM_UP: Duration = Duration::from_secs(1);
/// After the last viewer joined, before the steady window: handshakes are forgotten, buffers have their size.
const SETTLE: Duration = Duration::from_secs(3);
/// Packets that may be under way when counters are read.
const IN_FLIGHT_MAX: u64 = 12;

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// `fanout` or `storm`: the name in the report.
    pub bench: &'static str,
    /// Who watches.
    pub makeup: Makeup,
    /// What is sent.
    pub programme: Programme,
    /// The steady window; zero for none.
    pub window: Duration,
    /// The bare loop's cost, measured beside this run.
    pub floor: Option<f64>,
}

/// Publish, bring everybody in, measure the steady window, take leave.
///
/// # Errors
/// The publisher cannot connect, or something of our own fails. Viewers that fail are part of the report.
pub async fn run(target: &Target, plan: &Plan) -> Result<Report, RunError> {
    let (publisher, resource) = publish(target, &plan.programme).await?;
    tokio::time::sleep(WARM_UP).await;
    let before = cost(target)?;
    let mut crowd = Crowd::new(target, &plan.makeup)?;
    let mut progress = Progress::new("joining");
    let joining_since = now_us();
    let joining = crowd.join(target, &plan.makeup, &mut progress).await;
    progress.finish();
    let joining_time = Duration::from_micros(now_us() - joining_since);
    let mut report = Report {
        bench: plan.bench,
        viewers: plan.makeup.viewers,
        floor_cpu_s_per_mpkt: plan.floor,
        ..Report::default()
    };
    report.generator.poll_interval_ms = TICK.as_secs_f64() * 1e3;
    tell_joining(&mut report, &joining, &publisher, joining_since, joining_time);
    if !plan.window.is_zero() && joining.joined > 0 {
        tokio::time::sleep(SETTLE).await;
        steady(target, plan, &publisher, &mut crowd, &mut report).await?;
    }
    tell_memory(&mut report, before, cost(target)?);
    report.generator.undeleted = crowd.leave(target.viewer_token.as_deref()).await?;
    if let Some(resource) = resource {
        report.generator.undeleted +=
            usize::from(http::end(&resource, target.publisher_token.as_deref()).await.is_err());
    }
    tell_publisher(&mut report, &publisher.stop()?);
    Ok(report)
}

async fn publish(target: &Target, programme: &Programme) -> Result<(Publisher, Option<hyper::Uri>), RunError> {
    let offering = Offering::new(target.local_ip()?, programme)?;
    let deadline = Instant::now() + PUBLISHER_PATIENCE;
    let token = target.publisher_token.as_deref();
    let created = http::offer(&target.whip, token, offering.sdp(), deadline).await?;
    let publisher = offering.begin(&created.answer)?;
    while !publisher.is_connected()? {
        if Instant::now() > deadline {
            return Err(io::Error::other("the publisher could not connect").into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok((publisher, created.resource))
}

/// Everything that is read at both ends of the window.
struct Reading {
    at: Instant,
    server: Option<ProcessCost>,
    packets_out: Option<f64>,
    own: ProcessCost,
    softirq: Duration,
    published: u64,
    count: Count,
}

impl Reading {
    async fn take(target: &Target, publisher: &Publisher, crowd: &mut Crowd) -> Result<Self, RunError> {
        let packets_out = match &target.metrics {
            Some(url) => metric_sum(&http::page(url).await?, "rtp_packets_total", "direction=\"out\""),
            None => None,
        };
        Ok(Self {
            at: Instant::now(),
            server: cost(target)?,
            packets_out,
            own: ProcessCost::read(std::process::id())?,
            softirq: softirq_time()?,
            published: publisher.packets(),
            count: crowd.count(true)?,
        })
    }
}

async fn steady(
    target: &Target,
    plan: &Plan,
    publisher: &Publisher,
    crowd: &mut Crowd,
    report: &mut Report,
) -> Result<(), RunError> {
    let _ = (crowd.take_own_drops()?, publisher.take_lateness());
    let first = Reading::take(target, publisher, crowd).await?;
    let mut progress = Progress::new("measuring");
    let total_ms = plan.window.as_millis() as usize;
    loop {
        let done_ms = first.at.elapsed().as_millis() as usize;
        progress.show(done_ms.min(total_ms), total_ms);
        if done_ms >= total_ms {
            break;
        }
        tokio::time::sleep(Duration::from_millis(((total_ms - done_ms) as u64).min(100))).await;
    }
    progress.finish();
    let last = Reading::take(target, publisher, crowd).await?;
    report.seconds = (last.at - first.at).as_secs_f64();
    let lateness = publisher.take_lateness();
    report.generator = Generator {
        cpu_s: (last.own.cpu - first.own.cpu).as_secs_f64(),
        softirq_cpu_s: (last.softirq - first.softirq).as_secs_f64(),
        own_receive_drops: crowd.take_own_drops()?,
        viewers_unsent: last.count.unsent,
        truncated: last.count.truncated,
        publisher_late_ms_p99: lateness.quantile_ms(0.99),
        publisher_late_ms_max: lateness.max_us() as f64 / 1e3,
        poll_interval_ms: TICK.as_secs_f64() * 1e3,
        ..Generator::default()
    };
    tell_received(report, plan, &first, &last);
    report.received.disconnected = crowd.lost();
    tell_cost(report, &first, &last);
    Ok(())
}

fn tell_joining(report: &mut Report, joining: &Joining, publisher: &Publisher, since_us: u64, took: Duration) {
    report.joined = joining.joined;
    report.failures.clone_from(&joining.failures);
    report.server.refused = joining.refused;
    report.storm_s = joining.all_joined.map(|time| time.as_secs_f64());
    report.join_ms_p50 = joining.joins.quantile_ms(0.5);
    report.join_ms_p99 = joining.joins.quantile_ms(0.99);
    report.connect_ms_p50 = joining.connects.quantile_ms(0.5);
    report.connect_ms_p99 = joining.connects.quantile_ms(0.99);
    let mut requests_us = publisher.keyframe_requests_us();
    requests_us.retain(|at| *at >= since_us);
    report.keyframe_requests_per_s = most_in_a_second(&requests_us) as f64;
    report.keyframe_requests_per_s_mean = requests_us.len() as f64 / took.as_secs_f64().max(1.0);
}

fn tell_received(report: &mut Report, plan: &Plan, first: &Reading, last: &Reading) {
    let (then, now) = (&first.count, &last.count);
    let published = last.published - first.published;
    let per_viewer: Vec<u64> = now.packets.iter().zip(&then.packets).map(|(now, then)| now - then).collect();
    let expected = now.expected - then.expected;
    let lost = expected.saturating_sub(now.received - then.received);
    let due = published * report.joined as u64;
    // A server that skips packets and renumbers the rest shows no gap: what was published is the measure. Of several layers a
    // viewer may rightly get a lower one.
    let short = |received: &u64| published.saturating_sub(received + IN_FLIGHT_MAX);
    let withheld = if plan.programme.simulcast { 0 } else { per_viewer.iter().map(short).sum() };
    let findings = &now.findings;
    let old = &then.findings;
    report.received = Received {
        packets: per_viewer.iter().sum(),
        published,
        lost: lost.max(withheld),
        duplicates: now.duplicates - then.duplicates,
        short_viewers: per_viewer.iter().filter(|received| **received * 100 < published * 99).count(),
        disconnected: 0,
        verified: findings.opened - old.opened,
        undecryptable: findings.undecryptable - old.undecryptable,
        damaged: findings.damaged - old.damaged,
        skipped: findings.skipped.saturating_sub(old.skipped),
        repeated: findings.repeated - old.repeated,
        black_starts: findings.black_starts,
        nacked: findings.nacked - old.nacked,
        recovered: findings.recovered - old.recovered,
    };
    report.loss = (due > 0).then(|| report.received.lost as f64 / due.max(expected) as f64);
    report.delay_ms_p50 = findings.delays.quantile_ms(0.5);
    report.delay_ms_p99 = findings.delays.quantile_ms(0.99);
    report.delay_ms_max = (!findings.delays.is_empty()).then(|| findings.delays.max_us() as f64 / 1e3);
}

fn tell_cost(report: &mut Report, first: &Reading, last: &Reading) {
    report.server.packets_out = first.packets_out.zip(last.packets_out).map(|(then, now)| now - then);
    let Some((then, now)) = first.server.zip(last.server) else { return };
    let cpu_s = (now.cpu - then.cpu).as_secs_f64();
    report.server.cpu_s = Some(cpu_s);
    report.server.system_cpu_s = Some((now.system - then.system).as_secs_f64());
    let packets = report.received.packets;
    report.cpu_s_per_mpkt = (packets > 0).then(|| cpu_s / (packets as f64 / 1e6));
}

fn tell_memory(report: &mut Report, before: Option<ProcessCost>, after: Option<ProcessCost>) {
    let Some((before, after)) = before.zip(after) else { return };
    report.server.rss_before_kb = Some(before.rss_kb);
    report.server.rss_after_kb = Some(after.rss_kb);
    let each = |before: u64, after: u64| (after as f64 - before as f64) / report.joined as f64;
    if report.joined > 0 {
        report.kb_per_viewer = Some(each(before.rss_kb, after.rss_kb));
        report.pss_kb_per_viewer = (before.pss_kb > 0).then(|| each(before.pss_kb, after.pss_kb));
    }
}

fn tell_publisher(report: &mut Report, account: &Account) {
    report.generator.publisher_unsent = account.unsent;
    report.generator.frames = account.frames;
    report.generator.keyframes = account.keyframes;
    report.generator.publisher_nacked = account.nacked;
}

fn cost(target: &Target) -> io::Result<Option<ProcessCost>> {
    target.pid.map(ProcessCost::read).transpose()
}

/// The most events within any second; `times_us` ascend.
fn most_in_a_second(times_us: &[u64]) -> usize {
    let mut start = 0;
    let counts = times_us.iter().enumerate().map(|(end, at)| {
        while at - times_us[start] >= 1_000_000 {
            start += 1;
        }
        end - start + 1
    });
    counts.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_second_is_found_wherever_it_begins() {
        assert_eq!(most_in_a_second(&[]), 0);
        assert_eq!(most_in_a_second(&[0, 900_000, 999_999, 1_000_000, 1_899_999, 5_000_000]), 4);
    }
}
