//! A circuit breaker, for every call that leaves the cluster: Azure, mail, an identity provider, webhooks.
//!
//! After [`FAILURES_MAX`] failures in a row the circuit is open and calls are refused at once, for [`OPEN_MIN`] at first. Then one
//! call is let through to see (half-open): if it succeeds the circuit is closed, if not it is open for twice as long, up to
//! [`OPEN_MAX`]. A failure is what says that the other side is not well – no connection, no answer in time, 5xx, 429 – and not
//! what says that the request was wrong.
//!
//! Our own, in `docs/decisions/circuit-breaker.md` it says why. Redis has none: its links fail at once while they are down.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

use crate::metrics::register;

/// Failures in a row that open a circuit.
pub const FAILURES_MAX: u32 = 5;
/// For how long it is open first.
pub const OPEN_MIN: Duration = Duration::from_secs(1);
/// For how long it is open at most.
pub const OPEN_MAX: Duration = Duration::from_secs(30);

/// What a circuit lets pass. Its number is the metric's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Everything.
    Closed = 0,
    /// One call, to see.
    HalfOpen = 1,
    /// Nothing.
    Open = 2,
}

/// The call was not made: the other side failed lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not asked: it failed lately, next try in {} ms", retry_after.as_millis())]
pub struct Refused {
    /// When to try again.
    pub retry_after: Duration,
}

/// See the [module](self). Clones share the circuit.
#[derive(Debug, Clone)]
pub struct Breaker {
    name: Arc<str>,
    circuit: Arc<Mutex<Circuit>>,
    state: IntGauge,
    calls: IntCounterVec,
}

/// The right to make one call. If it is dropped without a verdict nothing was learnt.
#[derive(Debug)]
#[must_use]
pub struct Permit {
    breaker: Breaker,
    is_probe: bool,
    is_over: bool,
}

impl Breaker {
    /// A closed one, named for its metrics and the log.
    ///
    /// # Errors
    /// When the registry already holds the metrics of one of that name.
    pub fn new(name: impl Into<Arc<str>>, registry: &Registry) -> Result<Self, String> {
        let name = name.into();
        let opts = |metric: &str, help: &str| {
            Opts::new(metric, help).namespace("lectern").subsystem("breaker").const_label("name", &*name)
        };
        let text = |error: prometheus::Error| error.to_string();
        let state = IntGauge::with_opts(opts("state", "0 closed, 1 half-open, 2 open"));
        let calls = IntCounterVec::new(opts("calls_total", "Calls by outcome"), &["outcome"]);
        let state = state.and_then(|state| register(registry, state)).map_err(text)?;
        let calls = calls.and_then(|calls| register(registry, calls)).map_err(text)?;
        Ok(Self { name, circuit: Arc::default(), state, calls })
    }

    /// Whether a call may be made now.
    ///
    /// # Errors
    /// When the circuit is open, or its one probe is under way.
    pub fn enter(&self) -> Result<Permit, Refused> {
        let entered = self.circuit().enter(Instant::now());
        match entered {
            Ok(is_probe) => {
                self.show();
                Ok(Permit { breaker: self.clone(), is_probe, is_over: false })
            }
            Err(refused) => {
                self.calls.with_label_values(&["refused"]).inc();
                Err(refused)
            }
        }
    }

    /// Makes a call within the circuit; `is_failure` tells the other side's errors from the caller's own.
    ///
    /// # Errors
    /// The call's own, or, if it was refused, what `refused` makes of that.
    pub async fn call<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        is_failure: impl FnOnce(&E) -> bool,
        refused: impl FnOnce(Refused) -> E,
    ) -> Result<T, E> {
        let permit = self.enter().map_err(refused)?;
        let result = work.await;
        match &result {
            Err(error) if is_failure(error) => permit.fail(),
            _ => permit.succeed(),
        }
        result
    }

    /// What it lets pass.
    #[must_use]
    pub fn state(&self) -> State {
        self.circuit().state
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self) {
        self.state.set(self.state() as i64);
    }
}

impl Permit {
    /// The other side is well.
    pub fn succeed(mut self) {
        self.end("ok", |circuit, is_probe| circuit.succeed(is_probe));
    }

    /// The other side is not.
    pub fn fail(mut self) {
        // Not all at once from all processes.
        let jitter = rand::random_range(0.75..1.0);
        self.end("failed", |circuit, is_probe| circuit.fail(is_probe, Instant::now(), jitter));
    }

    fn end(&mut self, outcome: &str, verdict: impl FnOnce(&mut Circuit, bool)) {
        self.is_over = true;
        let breaker = &self.breaker;
        let before = breaker.state();
        verdict(&mut breaker.circuit(), self.is_probe);
        let after = breaker.state();
        if before != after {
            tracing::warn!(name = &*breaker.name, ?before, ?after, "circuit breaker");
        }
        breaker.calls.with_label_values(&[outcome]).inc();
        breaker.show();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.is_over && self.is_probe {
            self.breaker.circuit().probing = false;
        }
    }
}

/// The machine; time and chance are arguments.
#[derive(Debug)]
struct Circuit {
    state: State,
    failures: u32,
    open_for: Duration,
    until: Option<Instant>,
    probing: bool,
}

impl Default for Circuit {
    fn default() -> Self {
        Self { state: State::Closed, failures: 0, open_for: OPEN_MIN, until: None, probing: false }
    }
}

impl Circuit {
    /// Whether the call is the probe.
    fn enter(&mut self, now: Instant) -> Result<bool, Refused> {
        let left = self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        match self.state {
            State::Closed => Ok(false),
            State::Open if !left.is_zero() => Err(Refused { retry_after: left }),
            State::HalfOpen if self.probing => Err(Refused { retry_after: OPEN_MIN }),
            State::Open | State::HalfOpen => {
                (self.state, self.probing) = (State::HalfOpen, true);
                Ok(true)
            }
        }
    }

    fn succeed(&mut self, is_probe: bool) {
        // What began before the circuit opened says nothing about now.
        if is_probe || self.state == State::Closed {
            *self = Self::default();
        }
    }

    fn fail(&mut self, is_probe: bool, now: Instant, jitter: f64) {
        self.failures += 1;
        if is_probe {
            self.open_for = (self.open_for * 2).min(OPEN_MAX);
        } else if self.state != State::Closed || self.failures < FAILURES_MAX {
            return;
        }
        (self.state, self.probing) = (State::Open, false);
        self.until = Some(now + self.open_for.mul_f64(jitter));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_does_not() {
        let now = Instant::now();
        let mut circuit = Circuit::default();
        for _ in 1..FAILURES_MAX {
            circuit.fail(false, now, 1.0);
        }
        circuit.succeed(false);
        for _ in 1..FAILURES_MAX {
            circuit.fail(false, now, 1.0);
            assert_eq!(circuit.enter(now), Ok(false));
        }
        circuit.fail(false, now, 1.0);
        assert_eq!(circuit.enter(now), Err(Refused { retry_after: OPEN_MIN }));
        circuit.succeed(false);
        assert!(circuit.enter(now).is_err(), "the answer to an older call closes nothing");
    }

    fn opened(now: Instant) -> Circuit {
        let mut circuit = Circuit::default();
        for _ in 0..FAILURES_MAX {
            circuit.fail(false, now, 1.0);
        }
        circuit
    }

    #[test]
    fn one_probe_at_a_time_closes_it_or_opens_it_for_longer() {
        let mut now = Instant::now();
        let mut circuit = opened(now);
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            assert!(circuit.enter(now + Duration::from_secs(seconds) - Duration::from_millis(1)).is_err());
            now += Duration::from_secs(seconds);
            assert_eq!(circuit.enter(now), Ok(true));
            assert!(circuit.enter(now).is_err(), "one only");
            circuit.fail(false, now, 1.0);
            assert_eq!(circuit.state, State::HalfOpen, "an older call's failure is no verdict on the probe");
            circuit.fail(true, now, 1.0);
            assert_eq!(circuit.state, State::Open);
        }
        now += OPEN_MAX;
        assert_eq!(circuit.enter(now), Ok(true));
        circuit.succeed(true);
        assert_eq!(circuit.enter(now), Ok(false));
        assert_eq!(circuit.open_for, OPEN_MIN);
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_leaves_the_probe_to_another_and_the_metrics_tell() {
        let registry = Registry::new();
        let breaker = Breaker::new("test", &registry).unwrap();
        Breaker::new("other", &registry).unwrap();
        assert!(Breaker::new("test", &registry).is_err());
        let fail = || breaker.call(async { Err::<(), _>("away") }, |_| true, |_| "refused");
        for _ in 0..FAILURES_MAX {
            assert_eq!(fail().await, Err("away"));
        }
        assert_eq!((fail().await, breaker.state.get()), (Err("refused"), 2));
        breaker.circuit().until = Some(Instant::now());
        drop(breaker.enter().unwrap());
        let wrong = breaker.call(async { Err::<(), _>("wrong") }, |_| false, |_| "refused").await;
        assert_eq!((wrong, breaker.state()), (Err("wrong"), State::Closed));
        assert_eq!(breaker.calls.with_label_values(&["refused"]).get(), 1);
        assert_eq!(breaker.calls.with_label_values(&["failed"]).get(), u64::from(FAILURES_MAX));
    }
}
