//! Whether the school should get new work: as long as Postgres answers. And whether its replica is read, which it can do without:
//! as long as that answers, follows the primary, and is not too far behind.
//!
//! Asked on connections of their own, so that a busy school, whose requests wait for connections, does not look like one
//! without a database.

use std::time::{Duration, Instant};

use lectern_platform::health::Condition;
use lectern_platform::metrics::register;
use prometheus::{Gauge, IntGauge, Opts, Registry};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::sync::watch;

use crate::database::{Database, Replica};
use crate::oversight::{Position, position};

/// How often to ask.
const EVERY: Duration = Duration::from_secs(2);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// Who gets somewhere within so long may have been there all the time: both servers are asked once in that.
const SURE: Duration = Duration::from_secs(5);

/// What the metrics say of the replica, as this node sees it.
pub(crate) struct ReplicaMetrics {
    is_read: IntGauge,
    behind_s: Gauge,
}

impl ReplicaMetrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let opts = |name: &str, help: &str| Opts::new(name, help).namespace("lectern").subsystem("replica");
        let is_read =
            opts("read", "1 while what may be a moment old is read from the replica, 0 while it is left alone");
        let behind_s = opts("behind_seconds", "For how long the replica has not applied what the primary had then");
        let (is_read, behind_s) = (IntGauge::with_opts(is_read)?, Gauge::with_opts(behind_s)?);
        Ok(Self { is_read: register(registry, is_read)?, behind_s: register(registry, behind_s)? })
    }
}

/// Keeps `ready` true to what Postgres answers, and the replica's state to what that does, for ever.
pub(crate) async fn watch(database: Database, ready: Condition, metrics: ReplicaMetrics) {
    let newest = watch::Sender::new(None);
    let primary = follow("Postgres", database.options(), |position| {
        ready.set(position.is_some());
        newest.send_replace(position.map(|position| Mark { at: Instant::now(), bytes: position.bytes }));
    });
    let replica = async {
        if let Some(replica) = database.replica() {
            let mut lag = Lag::new(replica.behind_max);
            follow("the replica", &replica.options, |position| {
                judge(replica, &mut lag, &metrics, *newest.borrow(), position);
            })
            .await;
        }
    };
    tokio::join!(primary, replica);
}

/// Says whether the replica is read from now on.
fn judge(replica: &Replica, lag: &mut Lag, metrics: &ReplicaMetrics, newest: Option<Mark>, position: Option<Position>) {
    let applied = position.filter(|position| position.is_replica);
    let behind = applied.map(|applied| lag.behind(Instant::now(), newest, applied.bytes));
    let is_away = applied.is_none() || lag.is_late;
    metrics.behind_s.set(behind.unwrap_or_default().as_secs_f64());
    metrics.is_read.set(i64::from(!is_away));
    let has_changed = replica.is_away.send_if_modified(|was_away| std::mem::replace(was_away, is_away) != is_away);
    match (has_changed, applied) {
        (false, _) => {}
        (true, Some(_)) if is_away => tracing::warn!(?behind, "the replica is too far behind: the primary is read"),
        (true, None) => tracing::warn!("the replica is away, or follows no primary: the primary is read"),
        (true, Some(_)) => tracing::info!("the replica is read"),
    }
}

/// How far the primary's log was at a time.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    bytes: i64,
}

/// How far a replica is behind: it is not asked itself, which knows nothing of what it was not sent, but how long it takes to get
/// to where the primary was.
struct Lag {
    longest: Duration,
    /// Where it has still to get to.
    mark: Option<Mark>,
    is_late: bool,
}

impl Lag {
    /// Of a replica of which nothing is known yet, which is as good as late.
    fn new(longest: Duration) -> Self {
        Self { longest, mark: None, is_late: true }
    }

    /// For how long at least the replica, which has applied so much, has been behind. `newest` is where the primary was a moment
    /// ago; while that is not known there is nowhere new to get to.
    fn behind(&mut self, now: Instant, newest: Option<Mark>, applied: i64) -> Duration {
        if newest.is_some_and(|newest| applied >= newest.bytes) {
            (self.mark, self.is_late) = (None, false);
            return Duration::ZERO;
        }
        if let Some(mark) = self.mark.take_if(|mark| applied >= mark.bytes) {
            self.is_late &= now.saturating_duration_since(mark.at) > self.longest.max(SURE);
        }
        self.mark = self.mark.or(newest);
        let behind = self.mark.map_or(Duration::ZERO, |mark| now.saturating_duration_since(mark.at));
        self.is_late |= behind > self.longest;
        behind
    }
}

/// Tells how far a server is each time it was asked; nothing if it did not answer.
async fn follow(name: &str, options: &PgConnectOptions, mut tell: impl FnMut(Option<Position>)) {
    let (mut connection, mut was_there) = (None, true);
    loop {
        let answered = tokio::time::timeout(ANSWER_MAX, ask(options, connection.take())).await;
        let (answer, failure) = match answered {
            Ok(Ok((open, position))) => {
                connection = Some(open);
                (Some(position), None)
            }
            Ok(Err(error)) => (None, Some(error.to_string())),
            Err(_) => (None, Some(format!("no answer within {ANSWER_MAX:?}"))),
        };
        match (&failure, was_there) {
            (Some(error), true) => tracing::error!(error, "school: {name} is away"),
            (None, false) => tracing::info!("school: {name} is back"),
            _ => {}
        }
        was_there = failure.is_none();
        tell(answer);
        tokio::time::sleep(EVERY).await;
    }
}

async fn ask(
    options: &PgConnectOptions,
    connection: Option<PgConnection>,
) -> Result<(PgConnection, Position), sqlx::Error> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => options.connect().await?,
    };
    let position = position(&mut connection).await?;
    Ok((connection, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_late_after_its_time_and_until_it_keeps_up_again() {
        let start = Instant::now();
        let at = |s| start + Duration::from_secs(s);
        let newest = |s, bytes| Some(Mark { at: at(s), bytes });
        let mut lag = Lag::new(Duration::from_secs(10));
        for (now, newest, applied, behind_s, is_late) in [
            (0, None, 0, 0, true),
            (2, newest(1, 100), 100, 0, false),
            // It gets to each mark in time, though never to the newest.
            (4, newest(4, 200), 150, 0, false),
            (12, newest(12, 300), 250, 0, false),
            (22, newest(22, 400), 299, 10, false),
            (23, newest(23, 400), 299, 11, true),
            // It got there, but late: that says nothing of now.
            (24, newest(24, 500), 300, 0, true),
            (26, newest(26, 600), 500, 0, false),
            // While the primary is away there is nothing to be late for but what is known.
            (30, None, 600, 0, false),
            (60, None, 600, 0, false),
            (62, newest(62, 700), 700, 0, false),
        ] {
            let behind = lag.behind(at(now), newest, applied);
            assert_eq!((behind.as_secs(), lag.is_late), (behind_s, is_late), "at {now}");
        }
    }
}
