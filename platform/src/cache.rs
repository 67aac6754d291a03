//! What is kept at hand, and may be gone at any moment: values, rate limits and leaderboards.
//!
//! There are two implementations, run by the same tests: [`InProcess`] for one process, [`RedisCache`] for a cluster. Nothing
//! here is the truth of anything. When Redis is away every call but [`Cache::spend`] fails at once with
//! [`CacheError::Unavailable`], and who called goes to the source; [`value_or_else`] does just that.
//!
//! # No value older than a write
//!
//! Who finds nothing gets a [`Lease`], reads the source and puts what it says under the lease. Whoever changes the source calls
//! [`Cache::delete`] *after* the commit, which ends all leases: what was read before the change can then not be put after it.
//! A value is wrong between the commit and the delete only, which is why a write is answered after both.
//!
//! A delete that Redis did not get is remembered by the process that wanted it, and made up for as soon as Redis answers; until
//! then that process does not read the value. What is lost with that process, or by a replica that takes over, lives no longer
//! than the value's time to live: choose one (minutes) that can be borne.
//!
//! # Leaderboards
//!
//! A board is whole or absent: [`Cache::fill`] makes it, from the source and under a lease as with values; a change to a board that
//! is absent only ends the leases. The highest score is first; equal scores share a rank and are ordered by member. A board keeps
//! its best [`BOARD_MEMBERS_MAX`] members.

mod config;
mod in_process;
mod metrics;
mod rate;
mod redis;

pub use crate::redis_servers::{RedisConfig, RedisMode};
pub use config::CacheConfig;
pub use in_process::InProcess;
pub use rate::{Rate, Spending};
pub use redis::RedisCache;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

/// How long a lease can be used. Reading the source takes less, or is of no use any more.
pub const LEASE_MAX: Duration = Duration::from_secs(30);
/// How long a delete is remembered: longer than any lease that was taken before it.
const DELETE_KEPT: Duration = Duration::from_secs(60);
/// A board is filled in one step, during which Redis does nothing else: 50,000 members take some 50 ms.
pub const BOARD_MEMBERS_MAX: usize = 50_000;

/// Why the cache did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// It cannot be reached, or did not answer in time: go to the source.
    #[error("the cache is not available: {0}")]
    Unavailable(String),
    /// It answered with something that makes no sense, another's data under our keys perhaps: go to the source.
    #[error("the cache answered with nonsense: {0}")]
    Protocol(String),
}

/// What a future of the cache gives.
pub type CacheFuture<'a, T> = BoxFuture<'a, Result<T, CacheError>>;

/// What was looked for, or the right to put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<T> {
    /// It is there.
    Here(T),
    /// It is not.
    Absent(Lease),
}

/// The right to put what the source says, until somebody deletes it or [`LEASE_MAX`] is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    token: String,
    taken: Instant,
}

impl Lease {
    fn new(token: String) -> Self {
        Self { token, taken: Instant::now() }
    }

    fn is_over(&self) -> bool {
        self.taken.elapsed() > LEASE_MAX
    }
}

/// Somebody's points: finite and ordered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score(f64);

impl Score {
    /// As given, within ±10^15; what is no number is 0.
    #[must_use]
    pub fn new(points: f64) -> Self {
        // Adding 0 makes -0 to 0, which is the same score.
        Self(if points.is_nan() { 0.0 } else { points.clamp(-1e15, 1e15) + 0.0 })
    }

    /// The points.
    #[must_use]
    pub fn points(self) -> f64 {
        self.0
    }
}

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What a new score of a member does to the one that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The better one stays.
    Best,
    /// The new one stays.
    Latest,
}

/// A member's place on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// One more than there are members with a better score.
    pub rank: u64,
    /// Who.
    pub member: String,
    /// Their score.
    pub score: Score,
}

/// Part of a board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// How many members the board has.
    pub members: u64,
    /// Those asked for, the best first.
    pub places: Vec<Place>,
}

impl Page {
    /// Ranks to rows that follow each other, before whose first there are `better` with a better score and `before` in all.
    fn new(members: u64, better: u64, before: u64, rows: impl IntoIterator<Item = (String, Score)>) -> Self {
        let mut places: Vec<Place> = Vec::new();
        for (index, (member, score)) in (0..).zip(rows) {
            let rank = match places.last() {
                None => better + 1,
                Some(last) if last.score == score => last.rank,
                Some(_) => before + index + 1,
            };
            places.push(Place { rank, member, score });
        }
        Self { members, places }
    }
}

/// What became of an entry for a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is in the stream.
    Kept,
    /// There is no stream here: nobody outside of this process could read it.
    Nowhere,
}

/// See the [module](self). Every future ends in bounded time; one that is dropped, or fails, may or may not have had its effect.
///
/// Keys, accounts, boards and streams are texts of any kind, each kind with names of its own; ids, not titles, make good ones.
pub trait Cache: fmt::Debug + Send + Sync + 'static {
    /// The value, unless its time is over or it was evicted.
    fn read<'a>(&'a self, key: &'a str) -> CacheFuture<'a, Found<Bytes>>;

    /// Keeps what the source says for so long; whether it did: not if there is a value already, or the lease has ended.
    fn put<'a>(&'a self, key: &'a str, lease: &'a Lease, value: Bytes, ttl: Duration) -> CacheFuture<'a, bool>;

    /// Forgets a value and ends its leases. Call it after the commit that made the value wrong.
    fn delete<'a>(&'a self, key: &'a str) -> CacheFuture<'a, ()>;

    /// Deletes many values at once, each as by [`Self::delete`]. If one fails this does, and the others are deleted.
    fn delete_many<'a>(&'a self, keys: &'a [String]) -> CacheFuture<'a, ()>;

    /// Takes `cost` from an account that holds `rate.burst` and fills up by `rate.per_second` (the generic cell rate
    /// algorithm). Shared by all processes; each counts for itself while Redis is away. A cost beyond the burst never passes.
    fn spend<'a>(&'a self, account: &'a str, cost: u32, rate: Rate) -> BoxFuture<'a, Spending>;

    /// Makes a board of all its members for so long; whether it did, as with [`Self::put`].
    fn fill<'a>(
        &'a self,
        board: &'a str,
        lease: &'a Lease,
        members: &'a [(String, Score)],
        ttl: Duration,
    ) -> CacheFuture<'a, bool>;

    /// Adds a member's score to a board.
    fn score<'a>(&'a self, board: &'a str, member: &'a str, score: Score, keep: Keep) -> CacheFuture<'a, ()>;

    /// Takes a member off a board.
    fn remove<'a>(&'a self, board: &'a str, member: &'a str) -> CacheFuture<'a, ()>;

    /// Members of a board in order, without the first `skip`, `limit` at most.
    fn top<'a>(&'a self, board: &'a str, skip: u32, limit: u32) -> CacheFuture<'a, Found<Page>>;

    /// A member with up to `neighbours` on each side; no places if they are not on the board.
    fn around<'a>(&'a self, board: &'a str, member: &'a str, neighbours: u32) -> CacheFuture<'a, Found<Page>>;

    /// Forgets a board and ends its leases, as [`Self::delete`] does.
    fn forget<'a>(&'a self, board: &'a str) -> CacheFuture<'a, ()>;

    /// Appends an entry of named fields to a stream, which keeps its last `entries_max` or somewhat more.
    fn append<'a>(
        &'a self,
        stream: &'a str,
        fields: &'a [(&'a str, &'a [u8])],
        entries_max: u32,
    ) -> CacheFuture<'a, Appended>;

    /// Whether all of it answers at this moment, as far as is known without asking.
    fn is_available(&self) -> bool;
}

/// The value from the cache; else from the source, and then kept. What is wrong with the cache is nobody's concern.
///
/// # Errors
/// Those of the source.
pub async fn value_or_else<E>(
    cache: &dyn Cache,
    key: &str,
    ttl: Duration,
    source: impl Future<Output = Result<Bytes, E>>,
) -> Result<Bytes, E> {
    let lease = match cache.read(key).await {
        Ok(Found::Here(value)) => return Ok(value),
        Ok(Found::Absent(lease)) => Some(lease),
        Err(_) => None,
    };
    let value = source.await?;
    if let Some(lease) = lease {
        let _ = cache.put(key, &lease, value.clone(), ttl).await;
    }
    Ok(value)
}
