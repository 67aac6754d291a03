//! The cache of a single process.
//!
//! Values take at most so many bytes. What makes room for others: first what is found expired, then by second chance – in
//! order of arrival, but what was read since it came, or since it was passed over, is passed over once.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use prometheus::Registry;
use tokio::time::Instant;

use super::metrics::Metrics;
use super::rate::Accounts;
use super::{
    Appended, BOARD_MEMBERS_MAX, Cache, CacheError, CacheFuture, Found, Keep, Lease, Page, Rate, Score, Spending,
};

/// What a value takes beside its key and itself.
const ENTRY_BYTES: usize = 160;
/// Deletes that are remembered. At 5,000 a second: for 13 s, in which any source was read.
const DELETES_MAX: usize = 65_536;
/// Boards that are kept; the one that was used least recently makes room.
const BOARDS_MAX: usize = 1_000;

/// See the [module](self) and [`Cache`].
#[derive(Debug)]
pub struct InProcess {
    values: Mutex<Values>,
    boards: Mutex<Boards>,
    accounts: Mutex<Accounts>,
    started: Instant,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct Values {
    entries: HashMap<String, Entry>,
    /// Each entry once, by its key and number; those whose number is not the entry's are left over.
    arrivals: VecDeque<(String, u64)>,
    bytes: usize,
    bytes_max: usize,
    number: u64,
    deletes: Deletes,
}

#[derive(Debug)]
struct Entry {
    value: Bytes,
    expires: Instant,
    was_read: bool,
    number: u64,
}

/// Numbers deletes, and remembers the last [`DELETES_MAX`]. A lease that is older than those is taken for ended.
#[derive(Debug, Default)]
struct Deletes {
    last: u64,
    forgotten: u64,
    by_key: HashMap<String, u64>,
    order: VecDeque<(String, u64)>,
}

impl Deletes {
    fn note(&mut self, key: &str) {
        if self.order.len() >= DELETES_MAX
            && let Some((key, number)) = self.order.pop_front()
        {
            self.forgotten = number;
            if self.by_key.get(&key) == Some(&number) {
                self.by_key.remove(&key);
            }
        }
        self.last += 1;
        self.by_key.insert(key.to_owned(), self.last);
        self.order.push_back((key.to_owned(), self.last));
    }

    fn lease(&self) -> Lease {
        Lease::new(self.last.to_string())
    }

    fn allow(&self, key: &str, lease: &Lease) -> bool {
        let taken = lease.token.parse().unwrap_or(0);
        let is_known = !lease.is_over() && taken >= self.forgotten;
        is_known && self.by_key.get(key).is_none_or(|number| *number <= taken)
    }
}

#[derive(Debug, Default)]
struct Boards {
    boards: HashMap<String, Board>,
    deletes: Deletes,
}

#[derive(Debug)]
struct Board {
    scores: HashMap<String, Score>,
    /// The worst first, and of equals the last by name.
    order: BTreeSet<(Score, std::cmp::Reverse<String>)>,
    expires: Instant,
    used: Instant,
}

impl InProcess {
    /// An empty cache, whose values take `memory_bytes_max` at most.
    ///
    /// # Errors
    /// When the registry already holds the metrics of a cache.
    pub fn new(memory_bytes_max: usize, registry: &Registry) -> Result<Self, String> {
        let metrics = Metrics::new(registry)?;
        metrics.available.set(1);
        let values = Values { bytes_max: memory_bytes_max, ..Values::default() };
        Ok(Self {
            values: Mutex::new(values),
            boards: Mutex::default(),
            accounts: Mutex::default(),
            started: Instant::now(),
            metrics,
        })
    }

    /// Counts and times a call.
    fn done<T: Send + 'static>(
        &self,
        call: &'static str,
        started: Instant,
        outcome: &'static str,
        result: T,
    ) -> CacheFuture<'static, T> {
        self.metrics.count(call, outcome, started.elapsed());
        ready(Ok::<_, CacheError>(result)).boxed()
    }

    fn boards(&self) -> MutexGuard<'_, Boards> {
        lock(&self.boards)
    }

    fn look<'a>(
        &'a self,
        call: &'static str,
        board: &str,
        page: impl FnOnce(&Board) -> Page,
    ) -> CacheFuture<'a, Found<Page>> {
        let started = Instant::now();
        let mut boards = self.boards();
        let found = match boards.whole(board) {
            Some(board) => Found::Here(page(board)),
            None => Found::Absent(boards.deletes.lease()),
        };
        drop(boards);
        self.done(call, started, outcome(&found), found)
    }
}

impl Values {
    fn insert(&mut self, key: &str, value: Bytes, expires: Instant, metrics: &Metrics) -> bool {
        let size = size_of(key, &value);
        if size > self.bytes_max {
            return false;
        }
        self.remove(key);
        while self.bytes + size > self.bytes_max && self.evict(metrics) {}
        self.number += 1;
        self.bytes += size;
        self.arrivals.push_back((key.to_owned(), self.number));
        self.entries.insert(key.to_owned(), Entry { value, expires, was_read: false, number: self.number });
        true
    }

    /// What arrived first and has had its second chance; whether there was anything to do.
    fn evict(&mut self, metrics: &Metrics) -> bool {
        let Some((key, number)) = self.arrivals.pop_front() else { return false };
        let Some(entry) = self.entries.get_mut(&key) else { return true };
        if entry.number != number {
            return true;
        }
        if std::mem::take(&mut entry.was_read) && entry.expires > Instant::now() {
            self.arrivals.push_back((key, number));
            return true;
        }
        self.remove(&key);
        metrics.evicted.inc();
        true
    }

    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= size_of(key, &entry.value);
        }
        // What is left over of keys that are deleted and put again must not grow.
        if self.arrivals.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.arrivals.retain(|(key, number)| entries.get(key).is_some_and(|entry| entry.number == *number));
        }
    }

    fn read(&mut self, key: &str) -> Option<Bytes> {
        let entry = self.entries.get_mut(key)?;
        if entry.expires <= Instant::now() {
            self.remove(key);
            return None;
        }
        entry.was_read = true;
        Some(entry.value.clone())
    }
}

fn size_of(key: &str, value: &Bytes) -> usize {
    2 * key.len() + value.len() + ENTRY_BYTES
}

impl Boards {
    /// A board that is there and not over.
    fn whole(&mut self, name: &str) -> Option<&mut Board> {
        let now = Instant::now();
        if self.boards.get(name)?.expires <= now {
            self.boards.remove(name);
            return None;
        }
        let board = self.boards.get_mut(name)?;
        board.used = now;
        Some(board)
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut Board)) -> &'static str {
        if let Some(board) = self.whole(name) {
            change(board);
            return "ok";
        }
        self.deletes.note(name);
        "absent"
    }
}

impl Board {
    fn set(&mut self, member: &str, score: Score, keep: Keep) {
        let before = self.scores.get(member).copied();
        if keep == Keep::Best && before.is_some_and(|before| before >= score) {
            return;
        }
        self.remove(member);
        self.scores.insert(member.to_owned(), score);
        self.order.insert((score, std::cmp::Reverse(member.to_owned())));
        if self.scores.len() > BOARD_MEMBERS_MAX
            && let Some((_, std::cmp::Reverse(worst))) = self.order.pop_first()
        {
            self.scores.remove(&worst);
        }
    }

    fn remove(&mut self, member: &str) {
        if let Some(score) = self.scores.remove(member) {
            self.order.remove(&(score, std::cmp::Reverse(member.to_owned())));
        }
    }

    /// Steps over the members before, which a page far down makes dear; there are [`BOARD_MEMBERS_MAX`] at most.
    fn page(&self, skip: usize, limit: usize) -> Page {
        let rows: Vec<_> =
            self.order.iter().rev().skip(skip).take(limit).map(|(score, member)| (member.0.clone(), *score)).collect();
        let better = rows.first().map_or(0, |(_, first)| self.better_than(*first));
        Page::new(self.scores.len() as u64, better as u64, skip as u64, rows)
    }

    fn better_than(&self, score: Score) -> usize {
        self.order.iter().rev().take_while(|(other, _)| *other > score).count()
    }

    fn around(&self, member: &str, neighbours: usize) -> Page {
        let Some(position) = self.order.iter().rev().position(|(_, name)| name.0 == member) else {
            return Page { members: self.scores.len() as u64, places: Vec::new() };
        };
        let first = position.saturating_sub(neighbours);
        self.page(first, position - first + 1 + neighbours)
    }
}

impl Cache for InProcess {
    fn read<'a>(&'a self, key: &'a str) -> CacheFuture<'a, Found<Bytes>> {
        let started = Instant::now();
        let mut values = lock(&self.values);
        let found = match values.read(key) {
            Some(value) => Found::Here(value),
            None => Found::Absent(values.deletes.lease()),
        };
        drop(values);
        self.done("read", started, outcome(&found), found)
    }

    fn put<'a>(&'a self, key: &'a str, lease: &'a Lease, value: Bytes, ttl: Duration) -> CacheFuture<'a, bool> {
        let started = Instant::now();
        let mut values = lock(&self.values);
        let is_free = values.read(key).is_none() && values.deletes.allow(key, lease);
        let is_put = is_free && values.insert(key, value, started + ttl, &self.metrics);
        self.metrics.bytes.set(i64::try_from(values.bytes).unwrap_or(i64::MAX));
        drop(values);
        self.done("put", started, if is_put { "ok" } else { "refused" }, is_put)
    }

    fn delete<'a>(&'a self, key: &'a str) -> CacheFuture<'a, ()> {
        let started = Instant::now();
        let mut values = lock(&self.values);
        values.remove(key);
        values.deletes.note(key);
        drop(values);
        self.done("delete", started, "ok", ())
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> CacheFuture<'a, ()> {
        let started = Instant::now();
        let mut values = lock(&self.values);
        for key in keys {
            values.remove(key);
            values.deletes.note(key);
        }
        drop(values);
        self.done("delete_many", started, "ok", ())
    }

    fn spend<'a>(&'a self, account: &'a str, cost: u32, rate: Rate) -> BoxFuture<'a, Spending> {
        let started = Instant::now();
        let now_us = u64::try_from(started.duration_since(self.started).as_micros()).unwrap_or(u64::MAX);
        let spending = lock(&self.accounts).spend(account, cost, rate, now_us);
        self.metrics.count("spend", if spending.is_allowed() { "ok" } else { "refused" }, started.elapsed());
        ready(spending).boxed()
    }

    fn fill<'a>(
        &'a self,
        board: &'a str,
        lease: &'a Lease,
        members: &'a [(String, Score)],
        ttl: Duration,
    ) -> CacheFuture<'a, bool> {
        let started = Instant::now();
        let mut boards = self.boards();
        let is_filled = boards.whole(board).is_none() && boards.deletes.allow(board, lease);
        if is_filled {
            if boards.boards.len() >= BOARDS_MAX
                && let Some(oldest) = boards.boards.iter().min_by_key(|(_, board)| board.used).map(|(name, _)| name)
            {
                let oldest = oldest.clone();
                boards.boards.remove(&oldest);
                self.metrics.evicted.inc();
            }
            let (scores, order) = (HashMap::new(), BTreeSet::new());
            let mut made = Board { scores, order, expires: started + ttl, used: started };
            for (member, score) in members {
                made.set(member, *score, Keep::Best);
            }
            boards.boards.insert(board.to_owned(), made);
        }
        drop(boards);
        self.done("fill", started, if is_filled { "ok" } else { "refused" }, is_filled)
    }

    fn score<'a>(&'a self, board: &'a str, member: &'a str, score: Score, keep: Keep) -> CacheFuture<'a, ()> {
        let started = Instant::now();
        let outcome = self.boards().change(board, |board| board.set(member, score, keep));
        self.done("score", started, outcome, ())
    }

    fn remove<'a>(&'a self, board: &'a str, member: &'a str) -> CacheFuture<'a, ()> {
        let started = Instant::now();
        let outcome = self.boards().change(board, |board| board.remove(member));
        self.done("remove", started, outcome, ())
    }

    fn top<'a>(&'a self, board: &'a str, skip: u32, limit: u32) -> CacheFuture<'a, Found<Page>> {
        self.look("top", board, |board| board.page(skip as usize, limit as usize))
    }

    fn around<'a>(&'a self, board: &'a str, member: &'a str, neighbours: u32) -> CacheFuture<'a, Found<Page>> {
        self.look("around", board, |board| board.around(member, neighbours as usize))
    }

    fn forget<'a>(&'a self, board: &'a str) -> CacheFuture<'a, ()> {
        let started = Instant::now();
        let mut boards = self.boards();
        boards.boards.remove(board);
        boards.deletes.note(board);
        drop(boards);
        self.done("forget", started, "ok", ())
    }

    fn append<'a>(
        &'a self,
        _stream: &'a str,
        _fields: &'a [(&'a str, &'a [u8])],
        _entries_max: u32,
    ) -> CacheFuture<'a, Appended> {
        self.done("append", Instant::now(), "nowhere", Appended::Nowhere)
    }

    fn is_available(&self) -> bool {
        true
    }
}

fn outcome<T>(found: &Found<T>) -> &'static str {
    match found {
        Found::Here(_) => "hit",
        Found::Absent(_) => "absent",
    }
}

/// Every change is a single step under a lock that is held for moments only.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::LEASE_MAX;
    use super::*;

    async fn put(cache: &InProcess, key: &str, length: usize) {
        let Found::Absent(lease) = cache.read(key).await.unwrap() else { panic!("{key} is there") };
        let value = Bytes::from(vec![7; length]);
        assert!(cache.put(key, &lease, value, Duration::from_secs(60)).await.unwrap(), "{key}");
    }

    async fn has(cache: &InProcess, key: &str) -> bool {
        matches!(cache.read(key).await.unwrap(), Found::Here(_))
    }

    #[tokio::test]
    async fn memory_is_bounded_and_what_is_read_stays() {
        let cache = InProcess::new(100_000, &Registry::new()).unwrap();
        put(&cache, "loved", 1_000).await;
        for number in 0..1_000 {
            assert!(has(&cache, "loved").await, "after {number}");
            put(&cache, &format!("once {number}"), 1_000).await;
            let values = lock(&cache.values);
            assert!(values.bytes <= 100_000);
            assert!(values.arrivals.len() <= 2 * values.entries.len() + 66);
        }
        assert!(!has(&cache, "once 0").await);
        assert!(has(&cache, "once 999").await);
        let Found::Absent(lease) = cache.read("huge").await.unwrap() else { panic!() };
        let huge = Bytes::from(vec![0; 100_000]);
        assert!(!cache.put("huge", &lease, huge, Duration::from_secs(60)).await.unwrap());
        assert!(has(&cache, "loved").await, "what never fits pushes nothing out");
        assert!(cache.metrics.evicted.get() > 800);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_ends_in_time_and_with_the_memory_of_deletes() {
        let cache = InProcess::new(100_000, &Registry::new()).unwrap();
        let Found::Absent(late) = cache.read("a").await.unwrap() else { panic!() };
        tokio::time::advance(LEASE_MAX + Duration::from_millis(1)).await;
        let value = Bytes::from_static(b"old");
        assert!(!cache.put("a", &late, value.clone(), Duration::from_secs(1)).await.unwrap());
        let Found::Absent(lease) = cache.read("a").await.unwrap() else { panic!() };
        cache.delete("a").await.unwrap();
        for number in 0..2 * DELETES_MAX {
            cache.delete(&number.to_string()).await.unwrap();
        }
        assert_eq!(lock(&cache.values).deletes.by_key.len(), DELETES_MAX);
        assert!(!cache.put("a", &lease, value, Duration::from_secs(1)).await.unwrap());
    }

    #[tokio::test]
    async fn boards_are_bounded() {
        let cache = InProcess::new(100_000, &Registry::new()).unwrap();
        for number in 0..=BOARDS_MAX {
            let name = number.to_string();
            let Found::Absent(lease) = cache.top(&name, 0, 1).await.unwrap() else { panic!() };
            assert!(cache.fill(&name, &lease, &[], Duration::from_secs(60)).await.unwrap());
        }
        assert_eq!(lock(&cache.boards).boards.len(), BOARDS_MAX);
        assert!(matches!(cache.top("0", 0, 1).await.unwrap(), Found::Absent(_)));
    }
}
