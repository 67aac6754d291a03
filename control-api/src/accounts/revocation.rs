//! Access tokens that are void before they expire: those of a session that ended, and those with an older number than their
//! person has now. Each node knows them: from Postgres, once a second, and from each other at once, over the bus.
//!
//! Only what ended within the life of an access token has to be known, so there is as much in memory as people sign out in a
//! quarter of an hour; the rate limits of signing in bound it. A node that has not reached Postgres for [`STALE_MAX`] does not
//! know any more who is signed in, and answers `503` to everybody who says that they are.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use lectern_platform::bus::{Bus, BusEvent, Subscription, Topic};
use lectern_platform::problem::Problem;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use super::session_store as store;
use crate::database::Database;

/// How often Postgres is asked.
const PERIOD: Duration = Duration::from_secs(1);
/// How far back it is asked beyond the last time: the longest that a transaction may take from its time to its commit.
const OVERLAP: Duration = Duration::from_secs(30);
/// For so long a node trusts what it knows without Postgres. Five times what a fail-over takes.
const STALE_MAX: Duration = Duration::from_secs(60);
/// Beyond an access token's life: clocks that differ.
const MARGIN: Duration = Duration::from_secs(60);

/// See the [module](self).
pub(crate) struct Revocations {
    /// The longest that an access token is good.
    token_life: Duration,
    void: RwLock<Void>,
    bus: Arc<dyn Bus>,
    changed: Notify,
}

/// What is void, and since when that is known.
struct Void {
    sessions: HashMap<Uuid, Instant>,
    versions: HashMap<Uuid, (i32, Instant)>,
    /// When Postgres was asked last; never, in the beginning.
    asked_at: Option<Instant>,
}

/// What nodes tell each other.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Notice {
    /// These ended.
    Sessions(Vec<Uuid>),
    /// A person's tokens with a smaller number are void.
    Version(Uuid, i32),
}

impl Revocations {
    pub(crate) fn new(access_s: u64, bus: Arc<dyn Bus>) -> Self {
        let void = Void { sessions: HashMap::new(), versions: HashMap::new(), asked_at: None };
        Self {
            token_life: Duration::from_secs(access_s) + MARGIN,
            void: RwLock::new(void),
            bus,
            changed: Notify::new(),
        }
    }

    /// Whether a token that is good by itself still holds.
    ///
    /// # Errors
    /// `401 session_ended`, `401 token_outdated` or `503 database_unavailable`.
    pub(crate) fn check(&self, session: Uuid, person: Uuid, version: i32) -> Result<(), Problem> {
        let void = self.read();
        if void.asked_at.is_none_or(|at| at.elapsed() > STALE_MAX) {
            return Err(crate::problem::unavailable());
        }
        if void.sessions.contains_key(&session) {
            return Err(void_token("session_ended", "You are signed out"));
        }
        if void.versions.get(&person).is_some_and(|(newest, _)| version < *newest) {
            return Err(void_token("token_outdated", "The token says what is not so any more; get a new one"));
        }
        Ok(())
    }

    /// Whether a token is known to be void.
    pub(crate) fn is_void(&self, session: Uuid, person: Uuid, version: i32) -> bool {
        let void = self.read();
        let newest = void.versions.get(&person);
        void.sessions.contains_key(&session) || newest.is_some_and(|(newest, _)| version < *newest)
    }

    /// Returns when more tokens may be void than before. For one who waits.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Makes the tokens of sessions void, here and at all other nodes. To be called after the commit that ended them.
    pub(crate) async fn end_sessions(&self, sessions: Vec<Uuid>) {
        if !sessions.is_empty() {
            self.tell(Notice::Sessions(sessions)).await;
        }
    }

    /// Makes the tokens void that a person got before their number was this. As [`Self::end_sessions`].
    pub(crate) async fn raise_version(&self, person: Uuid, version: i32) {
        self.tell(Notice::Version(person, version)).await;
    }

    async fn tell(&self, notice: Notice) {
        let payload = serde_json::to_vec(&notice).unwrap_or_default();
        self.apply(notice);
        // Without the bus the others learn of it from Postgres, a second later.
        if let Err(error) = self.bus.publish(&Topic::Accounts, payload.into()).await {
            tracing::debug!(%error, "other nodes will see later that tokens are void");
        }
    }

    fn apply(&self, notice: Notice) {
        let (mut void, now) = (self.write(), Instant::now());
        match notice {
            Notice::Sessions(sessions) => void.sessions.extend(sessions.into_iter().map(|session| (session, now))),
            Notice::Version(person, version) => void.raise(person, version, now),
        }
        drop(void);
        self.changed.notify_one();
    }

    /// Asks Postgres what is void that was not known, and forgets what has expired anyway.
    pub(crate) async fn refresh(&self, database: &Database) -> Result<(), sqlx::Error> {
        let before = Instant::now();
        let asked_at = self.read().asked_at;
        let span = asked_at.map_or(self.token_life, |at| (at.elapsed() + OVERLAP).min(self.token_life));
        let sessions = store::ended_within(database.primary(), span.as_secs_f64()).await?;
        let versions = store::raised_within(database.primary(), span.as_secs_f64()).await?;
        let (mut void, now) = (self.write(), Instant::now());
        void.sessions.extend(sessions.into_iter().map(|session| (session, now)));
        for (person, version) in versions {
            void.raise(person, version, now);
        }
        let life = self.token_life;
        void.sessions.retain(|_, since| since.elapsed() < life);
        void.versions.retain(|_, (_, since)| since.elapsed() < life);
        void.asked_at = Some(before);
        drop(void);
        self.changed.notify_one();
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, Void> {
        self.void.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Void> {
        self.void.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Void {
    fn raise(&mut self, person: Uuid, version: i32, now: Instant) {
        let newest = self.versions.get(&person).map_or(version, |(known, _)| version.max(*known));
        self.versions.insert(person, (newest, now));
    }
}

/// Keeps a node's knowledge fresh, for ever: to be spawned.
pub(crate) async fn run(revocations: Arc<Revocations>, database: Database) {
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut subscription: Option<Subscription> = None;
    loop {
        let heard = async {
            match &mut subscription {
                Some(subscription) => subscription.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = ticks.tick() => {
                if let Err(error) = database.bounded(revocations.refresh(&database)).await {
                    tracing::warn!(%error, "cannot ask which sessions ended");
                }
                if subscription.is_none() {
                    subscription = revocations.bus.subscribe(&Topic::Accounts).await.ok();
                }
            }
            event = heard => match event {
                Some(BusEvent::Message(payload)) => match serde_json::from_slice(&payload) {
                    Ok(notice) => revocations.apply(notice),
                    Err(error) => tracing::warn!(%error, "another node said something that makes no sense"),
                },
                // The next question to Postgres has what was missed.
                Some(BusEvent::Gap | BusEvent::Commit(_)) => {}
                None => subscription = None,
            },
        }
    }
}

fn void_token(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, title)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""))
}
