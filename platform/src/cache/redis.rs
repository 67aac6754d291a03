//! The cache of a cluster of processes, on Redis 6.2 or newer (7 for Redis Cluster), over connections of its own.
//!
//! A key is `{prefix}:{{name}}:value`, `:account`, `:board`, `:trace` or `:stream`; the braces are in it, so that what belongs
//! together is in one slot. A name that is not plain, or long, is replaced by its SHA-256. Each step is one command or script.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest;
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use prometheus::Registry;
use redis::{Cmd, Value, cmd};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::config::CACHE_KEYS;
use super::metrics::Metrics;
use super::rate::Accounts;
use super::{
    Appended, BOARD_MEMBERS_MAX, Cache, CacheError, CacheFuture, DELETE_KEPT, Found, Keep, Lease, Page, Rate,
    RedisConfig, Score, Spending,
};
use crate::redis_servers::{Failure, Servers, Setup};

/// Names up to this length are in keys as they are.
const NAME_MAX: usize = 128;
/// Deletes that are remembered for a Redis that is away; further ones are left to the values' time to live.
const LATE_MAX: usize = 10_000;
/// How often it is tried again to make up for them.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// In the order of [`TEXTS`].
#[derive(Debug, Clone, Copy)]
enum Script {
    Put,
    Spend,
    Fill,
    ChangeBoard,
    Page,
}

const TEXTS: &[&str] = &[
    include_str!("redis/scripts/put.lua"),
    include_str!("redis/scripts/spend.lua"),
    include_str!("redis/scripts/fill.lua"),
    include_str!("redis/scripts/change_board.lua"),
    include_str!("redis/scripts/page.lua"),
];

/// See the [module](self) and [`Cache`].
pub struct RedisCache {
    shared: Arc<Shared>,
    tasks: [JoinHandle<()>; 2],
}

struct Shared {
    servers: Arc<Servers>,
    metrics: Metrics,
    /// What is spent while Redis is away.
    accounts: Mutex<Accounts>,
    /// With the number of the change that was missed last.
    late: Mutex<HashMap<Late, u64>>,
    started: Instant,
}

/// What Redis has still to forget.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Late {
    Value(String),
    Board(String),
}

impl fmt::Debug for RedisCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCache").field("config", self.shared.servers.config()).finish_non_exhaustive()
    }
}

impl Drop for RedisCache {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl From<Failure> for CacheError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(reason) => Self::Unavailable(reason),
            Failure::Protocol(reason) => Self::Protocol(reason),
        }
    }
}

impl RedisCache {
    /// Connects, or tries to for as long as it may take; goes on trying until it is dropped. An answer may take as long as
    /// the configuration says, but no longer than `answer`. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the configuration is not valid or the registry already holds the metrics of a cache.
    pub async fn start(config: &RedisConfig, answer: Duration, registry: &Registry) -> Result<Self, String> {
        config.validate_in(&CACHE_KEYS).map_err(|(key, message)| format!("{key}: {message}"))?;
        let answer_ms = u64::try_from(answer.as_millis()).unwrap_or(u64::MAX);
        let response_timeout_ms = config.response_timeout_ms.min(answer_ms);
        let config = RedisConfig { response_timeout_ms, ..config.clone() };
        let metrics = Metrics::new(registry)?;
        let connects = metrics.connects.clone();
        let (servers, looking) =
            Servers::start(Setup { name: "cache", config, connects, scripts: TEXTS, pushes: None })?;
        let (accounts, late) = Default::default();
        let shared = Arc::new(Shared { servers, metrics, accounts, late, started: Instant::now() });
        let following = tokio::spawn(Arc::clone(&shared).follow());
        shared.servers.first_attempt().await;
        Ok(Self { shared, tasks: [looking, following] })
    }
}

impl Shared {
    /// Shows whether Redis answers, and makes up for what it has missed.
    async fn follow(self: Arc<Self>) {
        let mut changed = self.servers.changes();
        loop {
            changed.mark_unchanged();
            self.metrics.available.set(i64::from(self.servers.are_available()));
            let late: Vec<_> = self.late().iter().map(|(late, number)| (late.clone(), *number)).collect();
            for (late, number) in late {
                let done = match &late {
                    Late::Value(key) => self.delete(key).await,
                    Late::Board(board) => self.change(board, ["forget", "", "0"]).await.map(|_| ()),
                };
                if done.is_err() {
                    break;
                }
                let mut all = self.late();
                if all.get(&late) == Some(&number) {
                    all.remove(&late);
                }
            }
            self.metrics.late.set(i64::try_from(self.late().len()).unwrap_or(i64::MAX));
            tokio::select! {
                _ = changed.changed() => {}
                () = sleep(RETRY_EVERY) => {}
            }
        }
    }

    fn late(&self) -> MutexGuard<'_, HashMap<Late, u64>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what Redis has to forget if it did not get a change.
    fn note<T>(&self, result: Result<T, CacheError>, late: Late) -> Result<T, CacheError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        if result.is_err() {
            let mut all = self.late();
            if all.len() < LATE_MAX || all.contains_key(&late) {
                all.insert(late, NUMBER.fetch_add(1, Ordering::Relaxed));
            }
            self.metrics.late.set(i64::try_from(all.len()).unwrap_or(i64::MAX));
        }
        result
    }

    fn refuse_if_late(&self, kind: fn(String) -> Late, name: &str) -> Result<(), CacheError> {
        let all = self.late();
        // Empty but during an outage.
        if !all.is_empty() && all.contains_key(&kind(name.to_owned())) {
            return Err(CacheError::Unavailable("a delete has still to be made up for".to_owned()));
        }
        Ok(())
    }

    fn key(&self, tag: &str, kind: &str) -> String {
        format!("{}:{{{tag}}}:{kind}", self.servers.config().key_prefix)
    }

    fn board_keys(&self, tag: &str) -> [String; 2] {
        [self.key(tag, "board"), self.key(tag, "trace")]
    }

    async fn run(
        &self,
        tag: &str,
        script: Script,
        keys: &[String],
        write: impl Fn(&mut Cmd) + Send + Sync,
    ) -> Result<Value, CacheError> {
        Ok(self.servers.run(tag, script as usize, keys, |command, _| write(command)).await?)
    }

    async fn send(&self, tag: &str, command: Cmd) -> Result<Value, CacheError> {
        Ok(self.servers.send(tag, |_, _| command.clone()).await?)
    }

    async fn read(&self, key: &str) -> Result<Found<Bytes>, CacheError> {
        self.refuse_if_late(Late::Value, key)?;
        let tag = tag(key);
        let mut command = cmd("GET");
        command.arg(self.key(&tag, "value"));
        // Before it is sent: what is deleted from here on ends it.
        let lease = Lease::new(String::new());
        match self.send(&tag, command).await? {
            Value::Nil => Ok(Found::Absent(lease)),
            Value::BulkString(value) => match value.first() {
                Some(b'v') => Ok(Found::Here(Bytes::from(value).slice(1..))),
                Some(b'd') => Ok(Found::Absent(Lease { token: text(value)?, ..lease })),
                _ => Err(nonsense()),
            },
            _ => Err(nonsense()),
        }
    }

    async fn put(&self, key: &str, lease: &Lease, value: Bytes, ttl: Duration) -> Result<bool, CacheError> {
        if lease.is_over() || ttl.is_zero() {
            return Ok(false);
        }
        let tag = tag(key);
        let value = [b"v", &value[..]].concat();
        let write = |command: &mut Cmd| {
            command.arg(&lease.token).arg(&value).arg(millis(ttl));
        };
        let keys = [self.key(&tag, "value")];
        Ok(self.run(&tag, Script::Put, &keys, write).await? == Value::Int(1))
    }

    async fn delete(&self, key: &str) -> Result<(), CacheError> {
        let (tag, command) = self.deletion(key);
        self.send(&tag, command).await.map(|_| ())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), CacheError> {
        let deletions = keys.iter().map(|key| self.deletion(key)).collect();
        let left = self.servers.send_together(deletions).await;
        let alone = left.into_iter().map(|place| async move {
            let key = &keys[place];
            self.note(self.delete(key).await, Late::Value(key.clone()))
        });
        join_all(alone).await.into_iter().collect()
    }

    fn deletion<'a>(&self, key: &'a str) -> (Cow<'a, str>, Cmd) {
        let tag = tag(key);
        let mut command = cmd("SET");
        command.arg(self.key(&tag, "value")).arg(trace()).arg("PX").arg(millis(DELETE_KEPT));
        (tag, command)
    }

    async fn spend(&self, account: &str, cost: u32, rate: Rate) -> Result<Spending, CacheError> {
        let tag = tag(account);
        let write = |command: &mut Cmd| {
            command.arg(rate.interval_us()).arg(rate.burst()).arg(cost);
        };
        let keys = [self.key(&tag, "account")];
        match self.run(&tag, Script::Spend, &keys, write).await? {
            Value::Array(parts) => match parts[..] {
                [Value::Int(is_allowed), Value::Int(remaining), Value::Int(us)] => {
                    let remaining = u32::try_from(remaining).map_err(|_| nonsense())?;
                    let time = Duration::from_micros(u64::try_from(us).map_err(|_| nonsense())?);
                    Ok(match is_allowed {
                        1 => Spending::Allowed { remaining, full_after: time },
                        _ => Spending::Refused { remaining, retry_after: time },
                    })
                }
                _ => Err(nonsense()),
            },
            _ => Err(nonsense()),
        }
    }

    async fn fill(
        &self,
        board: &str,
        lease: &Lease,
        members: &[(String, Score)],
        ttl: Duration,
    ) -> Result<bool, CacheError> {
        if lease.is_over() || ttl.is_zero() {
            return Ok(false);
        }
        let tag = tag(board);
        let write = |command: &mut Cmd| {
            command.arg(&lease.token).arg(millis(ttl)).arg(BOARD_MEMBERS_MAX);
            for (member, score) in members {
                command.arg(negative(*score)).arg(member);
            }
        };
        Ok(self.run(&tag, Script::Fill, &self.board_keys(&tag), write).await? == Value::Int(1))
    }

    /// What, member, score; whether there is a board.
    async fn change(&self, board: &str, change: [&str; 3]) -> Result<bool, CacheError> {
        let tag = tag(board);
        let trace = trace();
        let write = |command: &mut Cmd| {
            command.arg(&change).arg(BOARD_MEMBERS_MAX).arg(&trace).arg(millis(DELETE_KEPT));
        };
        Ok(self.run(&tag, Script::ChangeBoard, &self.board_keys(&tag), write).await? == Value::Int(1))
    }

    async fn page(&self, board: &str, part: [&str; 3]) -> Result<Found<Page>, CacheError> {
        self.refuse_if_late(Late::Board, board)?;
        let tag = tag(board);
        let lease = Lease::new(String::new());
        let write = |command: &mut Cmd| {
            command.arg(&part);
        };
        match self.run(&tag, Script::Page, &self.board_keys(&tag), write).await? {
            Value::BulkString(token) => Ok(Found::Absent(Lease { token: text(token)?, ..lease })),
            Value::Array(parts) => read_page(parts).map(Found::Here).ok_or_else(nonsense),
            _ => Err(nonsense()),
        }
    }

    async fn append(&self, stream: &str, fields: &[(&str, &[u8])], entries_max: u32) -> Result<Appended, CacheError> {
        let tag = tag(stream);
        let mut command = cmd("XADD");
        command.arg(self.key(&tag, "stream")).arg("MAXLEN").arg("~").arg(entries_max).arg("*");
        for (name, value) in fields {
            command.arg(name).arg(value);
        }
        self.send(&tag, command).await.map(|_| Appended::Kept)
    }

    /// Counts and times a call.
    async fn measured<T>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, CacheError>> + Send,
        outcome: impl FnOnce(&T) -> &'static str + Send,
    ) -> Result<T, CacheError> {
        let start = Instant::now();
        let result = work.await;
        let outcome = match &result {
            Ok(value) => outcome(value),
            Err(CacheError::Unavailable(_)) => "unavailable",
            Err(CacheError::Protocol(_)) => "protocol",
        };
        self.metrics.count(call, outcome, start.elapsed());
        result
    }
}

/// What is in the braces of a key.
fn tag(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:@/".contains(&byte);
    if (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let hash = digest::digest(&digest::SHA256, name.as_bytes());
    Cow::Owned(hash.as_ref().iter().fold(String::from("#"), |text, byte| format!("{text}{byte:02x}")))
}

/// Of a change, unlike any other.
fn trace() -> String {
    format!("d{:016x}", rand::random::<u64>())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64 / 1_000_000)
}

fn negative(score: Score) -> String {
    // Adding 0 makes -0 to 0.
    (0.0 - score.points()).to_string()
}

fn text(bytes: Vec<u8>) -> Result<String, CacheError> {
    String::from_utf8(bytes).map_err(|_| nonsense())
}

fn nonsense() -> CacheError {
    CacheError::Protocol("an answer of another shape".to_owned())
}

fn read_page(parts: Vec<Value>) -> Option<Page> {
    let [Value::Int(members), Value::Int(better), Value::Int(before), Value::Array(rows)] = &parts[..] else {
        return None;
    };
    let number = |value: &i64| u64::try_from(*value).ok();
    let text = |value: &Value| match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    };
    let rows = rows.as_chunks().0.iter().map(|[name, score]| {
        let score: f64 = text(score)?.parse().ok()?;
        Some((text(name)?, Score::new(0.0 - score)))
    });
    let rows: Vec<_> = rows.collect::<Option<_>>()?;
    Some(Page::new(number(members)?, number(better)?, number(before)?, rows))
}

fn found<T>(found: &Found<T>) -> &'static str {
    match found {
        Found::Here(_) => "hit",
        Found::Absent(_) => "absent",
    }
}

fn fine<T>(_: &T) -> &'static str {
    "ok"
}

fn accepted(is_accepted: &bool) -> &'static str {
    if *is_accepted { "ok" } else { "refused" }
}

fn there(is_there: &bool) -> &'static str {
    if *is_there { "ok" } else { "absent" }
}

impl Cache for RedisCache {
    fn read<'a>(&'a self, key: &'a str) -> CacheFuture<'a, Found<Bytes>> {
        self.shared.measured("read", self.shared.read(key), found).boxed()
    }

    fn put<'a>(&'a self, key: &'a str, lease: &'a Lease, value: Bytes, ttl: Duration) -> CacheFuture<'a, bool> {
        self.shared.measured("put", self.shared.put(key, lease, value, ttl), accepted).boxed()
    }

    fn delete<'a>(&'a self, key: &'a str) -> CacheFuture<'a, ()> {
        let shared = &self.shared;
        let work = async move { shared.note(shared.delete(key).await, Late::Value(key.to_owned())) };
        shared.measured("delete", work, fine).boxed()
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> CacheFuture<'a, ()> {
        self.shared.measured("delete_many", self.shared.delete_many(keys), fine).boxed()
    }

    fn spend<'a>(&'a self, account: &'a str, cost: u32, rate: Rate) -> BoxFuture<'a, Spending> {
        let shared = &self.shared;
        async move {
            let outcome = |spending: &Spending| if spending.is_allowed() { "ok" } else { "refused" };
            let spending = shared.measured("spend", shared.spend(account, cost, rate), outcome).await;
            spending.unwrap_or_else(|_| {
                let now = Instant::now().duration_since(shared.started);
                let now_us = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
                let mut accounts = shared.accounts.lock().unwrap_or_else(PoisonError::into_inner);
                accounts.spend(account, cost, rate, now_us)
            })
        }
        .boxed()
    }

    fn fill<'a>(
        &'a self,
        board: &'a str,
        lease: &'a Lease,
        members: &'a [(String, Score)],
        ttl: Duration,
    ) -> CacheFuture<'a, bool> {
        self.shared.measured("fill", self.shared.fill(board, lease, members, ttl), accepted).boxed()
    }

    fn score<'a>(&'a self, board: &'a str, member: &'a str, score: Score, keep: Keep) -> CacheFuture<'a, ()> {
        let shared = &self.shared;
        let work = async move {
            let keep = match keep {
                Keep::Best => "best",
                Keep::Latest => "latest",
            };
            let result = shared.change(board, [keep, member, &negative(score)]).await;
            shared.note(result, Late::Board(board.to_owned()))
        };
        shared.measured("score", work, there).map(|done| done.map(|_| ())).boxed()
    }

    fn remove<'a>(&'a self, board: &'a str, member: &'a str) -> CacheFuture<'a, ()> {
        let shared = &self.shared;
        let work = async move {
            let result = shared.change(board, ["remove", member, "0"]).await;
            shared.note(result, Late::Board(board.to_owned()))
        };
        shared.measured("remove", work, there).map(|done| done.map(|_| ())).boxed()
    }

    fn top<'a>(&'a self, board: &'a str, skip: u32, limit: u32) -> CacheFuture<'a, Found<Page>> {
        let shared = &self.shared;
        let work = async move { shared.page(board, ["top", &skip.to_string(), &limit.to_string()]).await };
        shared.measured("top", work, found).boxed()
    }

    fn around<'a>(&'a self, board: &'a str, member: &'a str, neighbours: u32) -> CacheFuture<'a, Found<Page>> {
        let shared = &self.shared;
        let work = async move { shared.page(board, ["around", member, &neighbours.to_string()]).await };
        shared.measured("around", work, found).boxed()
    }

    fn forget<'a>(&'a self, board: &'a str) -> CacheFuture<'a, ()> {
        let shared = &self.shared;
        let work = async move {
            let result = shared.change(board, ["forget", "", "0"]).await.map(|_| ());
            shared.note(result, Late::Board(board.to_owned()))
        };
        shared.measured("forget", work, fine).boxed()
    }

    fn append<'a>(
        &'a self,
        stream: &'a str,
        fields: &'a [(&'a str, &'a [u8])],
        entries_max: u32,
    ) -> CacheFuture<'a, Appended> {
        self.shared.measured("append", self.shared.append(stream, fields, entries_max), fine).boxed()
    }

    fn is_available(&self) -> bool {
        self.shared.servers.are_available()
    }
}
