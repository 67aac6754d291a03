//! Carries deliveries to webhooks, on every node.
//!
//! A delivery is taken for a minute and tried once; then it is delivered, or is tried again after a pause that doubles, for a
//! day. A process that is killed in the middle leaves it to whoever looks when the minute is over: it may arrive twice, with
//! the same `webhook-id`. A host that failed lately is left alone for a while (a circuit breaker for each). What a webhook
//! answers beside its status is not read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lectern_platform::breaker::Breaker;
use prometheus::Registry;
use reqwest::{Client, StatusCode, redirect};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::address::{Policy, Resolver};
use super::metrics::Metrics;
use super::signature::sign;
use super::store::{self, Due};
use crate::database::Database;

/// How often it is looked for what is due.
const PERIOD: Duration = Duration::from_secs(1);
/// Attempts at once, and of one webhook.
const AT_ONCE_MAX: usize = 16;
const OF_EACH_MAX: usize = 4;
/// How long it may take to connect, and the whole of an attempt.
const CONNECT_MAX: Duration = Duration::from_secs(5);
const ATTEMPT_MAX: Duration = Duration::from_secs(15);
/// The first pause after a failure, and the longest.
const PAUSE_MIN_S: f64 = 5.0;
const PAUSE_MAX_S: f64 = 4.0 * 3_600.0;
/// Hosts with a breaker of their own; further ones share the last.
const HOSTS_MAX: usize = 64;
/// How often it is counted what waits.
const COUNT_EVERY: Duration = Duration::from_secs(10);
/// How often old deliveries are swept.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// See the [module](self).
pub(crate) struct Courier {
    database: Database,
    client: Client,
    policy: Policy,
    registry: Registry,
    metrics: Metrics,
    /// By host.
    breakers: Mutex<HashMap<String, Breaker>>,
}

/// What became of an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    Delivered(StatusCode),
    Failed(Option<StatusCode>, String),
    /// The other side is to be left alone for so long.
    NotTried(Duration),
}

impl Courier {
    pub(super) fn new(database: Database, policy: Policy, registry: Registry) -> Result<Self, String> {
        let client = Client::builder()
            .dns_resolver(Arc::new(Resolver(policy)))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_MAX)
            .timeout(ATTEMPT_MAX)
            .user_agent("Lectern-Webhooks")
            .build()
            .map_err(|error| error.to_string())?;
        let metrics = Metrics::new(&registry).map_err(|error| error.to_string())?;
        Ok(Self { database, client, policy, registry, metrics, breakers: Mutex::default() })
    }

    /// Works for ever: to be spawned.
    pub(crate) async fn run(self) {
        let courier = Arc::new(self);
        let (mut attempts, mut busy) = (JoinSet::new(), HashMap::<Uuid, usize>::new());
        let (database, mut swept, mut counted) = (&courier.database, None::<Instant>, None::<Instant>);
        loop {
            if swept.is_none_or(|at| at.elapsed() > SWEEP_EVERY) {
                swept = Some(Instant::now());
                if let Err(error) = database.bounded(store::sweep(database.primary())).await {
                    tracing::debug!(%error, "old deliveries stay for now");
                }
            }
            if counted.is_none_or(|at| at.elapsed() > COUNT_EVERY) {
                counted = Some(Instant::now());
                match database.bounded(store::waiting(database.primary())).await {
                    Ok(waiting) => courier.metrics.show(&waiting),
                    Err(error) => tracing::debug!(%error, "what waits is not counted for now"),
                }
            }
            let full: Vec<Uuid> = busy.iter().filter(|(_, count)| **count >= OF_EACH_MAX).map(|(id, _)| *id).collect();
            let room = AT_ONCE_MAX.saturating_sub(attempts.len()) as i64;
            match database.bounded(store::take_due(database.primary(), &full, 1, room)).await {
                Ok(taken) => {
                    let more = !taken.is_empty() && (taken.len() as i64) < room;
                    for due in taken {
                        *busy.entry(due.webhook).or_default() += 1;
                        let courier = Arc::clone(&courier);
                        attempts.spawn(async move {
                            courier.attempt(&due).await;
                            due.webhook
                        });
                    }
                    if more {
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "webhooks wait"),
            }
            tokio::select! {
                Some(done) = attempts.join_next() => match done {
                    Ok(webhook) => {
                        let left = busy.get_mut(&webhook).map(|count| { *count -= 1; *count });
                        if left == Some(0) {
                            busy.remove(&webhook);
                        }
                    }
                    // Nobody knows whose it was: none is busy any more once all have ended.
                    Err(error) => tracing::error!(%error, "a delivery ended early"),
                },
                () = tokio::time::sleep(PERIOD) => {}
            }
            if attempts.is_empty() {
                busy.clear();
            }
        }
    }

    async fn attempt(&self, due: &Due) {
        let began = Instant::now();
        let outcome = self.post(due).await;
        self.metrics.attempted(&outcome, began.elapsed());
        match self.database.bounded(self.note(due, &outcome)).await {
            Ok(None) => {}
            Ok(Some(has_arrived)) => self.metrics.ended(has_arrived),
            Err(error) => {
                tracing::warn!(%error, delivery = %due.id, "what became of a delivery is not known: it is tried again");
            }
        }
    }

    /// Writes down what became of an attempt; whether it arrived, if that was the last.
    async fn note(&self, due: &Due, outcome: &Outcome) -> Result<Option<bool>, sqlx::Error> {
        let mut transaction = self.database.begin().await?;
        let ended = match outcome {
            Outcome::Delivered(status) => {
                store::delivered(&mut transaction, due, status.as_u16().into()).await?;
                Some(true)
            }
            Outcome::NotTried(wait) => {
                store::put_off(&mut *transaction, due, jittered(wait.as_secs_f64())).await?;
                None
            }
            Outcome::Failed(status, error) => {
                let again_s = jittered(pause_s(due.attempts));
                let number = status.map(|status| i32::from(status.as_u16()));
                let is_over = store::not_delivered(&mut transaction, due, number, error, again_s).await?;
                if *status == Some(StatusCode::GONE) {
                    store::gone(&mut *transaction, due.webhook).await?;
                }
                is_over.then_some(false)
            }
        };
        transaction.commit().await?;
        Ok(ended)
    }

    /// Posts it once.
    async fn post(&self, due: &Due) -> Outcome {
        // What was allowed when it was made need not be now.
        let url = match self.policy.check(&due.url) {
            Ok(url) => url,
            Err(wanted) => return Outcome::Failed(None, format!("not allowed: {wanted} is")),
        };
        let permit = match self.breaker(url.host_str().unwrap_or_default()).map(|breaker| breaker.enter()) {
            Ok(Ok(permit)) => permit,
            Ok(Err(refused)) => return Outcome::NotTried(refused.retry_after.max(PERIOD)),
            Err(error) => return Outcome::Failed(None, error),
        };
        let (id, now) =
            (due.id.to_string(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
        let secrets = [Some(&due.secret), due.secret_before.as_ref()].into_iter().flatten().map(Vec::as_slice);
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", sign(secrets, &id, now, &due.body))
            .body(due.body.clone());
        match request.send().await {
            Ok(answer) => {
                let status = answer.status();
                if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                    permit.fail();
                } else {
                    permit.succeed();
                }
                if status.is_success() {
                    Outcome::Delivered(status)
                } else {
                    Outcome::Failed(Some(status), "refused".into())
                }
            }
            Err(error) => {
                permit.fail();
                Outcome::Failed(None, reason(&error).to_owned())
            }
        }
    }

    fn breaker(&self, host: &str) -> Result<Breaker, String> {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let host = if breakers.len() < HOSTS_MAX || breakers.contains_key(host) { host } else { "others" };
        if let Some(breaker) = breakers.get(host) {
            return Ok(breaker.clone());
        }
        let breaker = Breaker::new(format!("webhook {host}"), &self.registry)?;
        breakers.insert(host.to_owned(), breaker.clone());
        Ok(breaker)
    }
}

/// No more than its kind: the rest may say what is in a network that is not the admin's to know.
fn reason(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection, or to no address of the public internet",
        _ => "the connection broke",
    }
}

/// How long to wait after so many attempts, seconds.
fn pause_s(attempts: i32) -> f64 {
    (PAUSE_MIN_S * 2_f64.powi(attempts.clamp(1, 30) - 1)).min(PAUSE_MAX_S)
}

/// Not all at once.
fn jittered(seconds: f64) -> f64 {
    seconds * rand::random_range(0.75..1.25)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_hours() {
        assert_eq!([0, 1, 2, 3, 12, 13, i32::MAX].map(pause_s), [5.0, 5.0, 10.0, 20.0, 10_240.0, 14_400.0, 14_400.0]);
    }
}
