//! The bus of a cluster of processes, on Redis 7 or newer (6.2 without Redis Cluster): one server, a server that sentinels
//! watch, or a Redis Cluster.
//!
//! All that belongs to a room is in one slot, by the hash tag `{room}` in every key and channel; every step that has to be
//! atomic is one script there. Who holds a room, and the connections, are [`redis_servers`](crate::redis_servers)'; what is
//! listened to is [`listener`]'s. `docs/decisions/bus-on-redis.md` says why it is so.
//!
//! A log that was confirmed in one life of a server (its `run_id`) is continued in another only in a new epoch, once the
//! nodes have had [`rebuild_ms`](super::RedisConfig::rebuild_ms) to say what they know: a server that comes back may have
//! forgotten the last second, a replica that takes over whatever had not reached it.

mod listener;
mod metrics;
mod scripts;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::FutureExt as _;
use prometheus::Registry;
use redis::{Cmd, Value, cmd};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use self::listener::{Ears, heard, keep_listening};
use self::metrics::Metrics;
use self::scripts::Script;
use self::wire::OpenAnswer;
use super::config::BUS_KEYS;
use super::{
    Appended, Bus, BusError, BusFuture, Commit, LOG_ENTRIES_KEPT, NodePresence, Opened, PRESENCE_LEASE_MS,
    PresenceChange, Read, RedisConfig, Snapshot, Subscription, Topic,
};
use crate::redis_servers::{Failure, Live, Servers, Setup};

/// How long a room is kept after it was used last.
const ROOM_KEPT: Duration = Duration::from_hours(24);

/// See the [module](self) and [`Bus`].
pub struct RedisBus {
    metrics: Metrics,
    servers: Arc<Servers>,
    ears: Arc<Ears>,
    tasks: [JoinHandle<()>; 2],
}

impl fmt::Debug for RedisBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBus").field("config", self.servers.config()).finish_non_exhaustive()
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl RedisBus {
    /// Connects, or tries to for as long as it may take; goes on trying until it is dropped. Must be called within a Tokio
    /// runtime.
    ///
    /// # Errors
    /// When the configuration is not [valid](RedisConfig::validate) or the registry already holds the metrics of a bus.
    pub async fn start(config: &RedisConfig, registry: &Registry) -> Result<Self, String> {
        config.validate_in(&BUS_KEYS).map_err(|(key, message)| format!("{key}: {message}"))?;
        let metrics = Metrics::new(registry).map_err(|error| error.to_string())?;
        let ears = Arc::new(Ears::new(metrics.clone()));
        let (name, connects, scripts) = ("bus", metrics.connects.clone(), scripts::TEXTS);
        let setup = Setup { name, config: config.clone(), connects, scripts, pushes: Some(ears.clone()) };
        let (servers, looking) = Servers::start(setup)?;
        let listening = tokio::spawn(keep_listening(Arc::clone(&ears), Arc::clone(&servers)));
        let bus = Self { metrics, servers, ears, tasks: [looking, listening] };
        bus.servers.first_attempt().await;
        Ok(bus)
    }

    fn key(&self, room: &str, name: impl fmt::Display) -> String {
        format!("{}:{{{room}}}:{name}", self.servers.config().key_prefix)
    }

    fn channel(&self, topic: &Topic) -> String {
        self.key(topic.slot(), topic)
    }

    /// The keys of a room's log, in the order that every script has them in.
    fn log_keys(&self, room: &str) -> [String; 3] {
        ["log", "commits", "snapshot"].map(|name| self.key(room, name))
    }

    async fn run(
        &self,
        room: &str,
        script: Script,
        keys: &[String],
        write: impl Fn(&mut Cmd, &Live) + Send + Sync,
    ) -> Result<Value, BusError> {
        Ok(self.servers.run(room, script as usize, keys, write).await?)
    }

    async fn open_log(&self, room: &str, known: Option<&Snapshot>) -> Result<Opened, BusError> {
        let config = self.servers.config();
        let rebuild = Duration::from_millis(config.rebuild_ms);
        let [log, commits, snapshot] = self.log_keys(room);
        let keys = [log, commits, snapshot, self.key(room, "candidate"), self.channel(&Topic::Room(room.to_owned()))];
        let random = format!("{:016x}", rand::random::<u64>());
        let seq = known.map_or_else(|| "-1".to_owned(), |known| known.seq.to_string());
        let started = Instant::now();
        let mut state: Option<&Bytes> = None;
        loop {
            let write = |command: &mut Cmd, live: &Live| {
                command.arg(&*live.run).arg(&random).arg(known.map_or("", |known| &known.epoch)).arg(&seq);
                command.arg(i32::from(state.is_some())).arg(state.map_or(&[][..], |state| state));
                command.arg(config.rebuild_ms).arg(i32::from(live.is_young(rebuild)));
                command.arg(ROOM_KEPT.as_millis() as u64).arg(self.servers.publish_command());
            };
            match wire::read_opened(self.run(room, Script::Open, &keys, write).await?)? {
                OpenAnswer::Log(opened) => return Ok(opened),
                OpenAnswer::Offer => state = known.map(|known| &known.state),
                OpenAnswer::Wait(ms) => {
                    if started.elapsed() > rebuild + config.response_timeout() {
                        return Err(BusError::Unavailable("the room's log is being made again".to_owned()));
                    }
                    state = None;
                    sleep(Duration::from_millis(ms.clamp(5, config.rebuild_ms.max(5)))).await;
                }
            }
        }
    }

    /// Counts and times a call.
    async fn measured<T>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, BusError>> + Send,
        outcome: impl FnOnce(&T) -> &'static str + Send,
    ) -> Result<T, BusError> {
        let start = Instant::now();
        let result = work.await;
        let outcome = match &result {
            Ok(value) => outcome(value),
            Err(BusError::Unavailable(_)) => "unavailable",
            Err(BusError::Protocol(_)) => "protocol",
        };
        self.metrics.count(call, outcome, start.elapsed());
        result
    }
}

impl From<Failure> for BusError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(reason) => Self::Unavailable(reason),
            Failure::Protocol(reason) => Self::Protocol(reason),
        }
    }
}

fn fine<T>(_: &T) -> &'static str {
    "ok"
}

impl Bus for RedisBus {
    fn open<'a>(&'a self, room: &'a str, known: Option<&'a Snapshot>) -> BusFuture<'a, Opened> {
        self.measured("open", self.open_log(room, known), fine).boxed()
    }

    fn read<'a>(&'a self, room: &'a str, epoch: &'a str, after: u64) -> BusFuture<'a, Read> {
        let work = async move {
            let keys = &self.log_keys(room)[..2];
            let write = |command: &mut Cmd, live: &Live| {
                command.arg(&*live.run).arg(epoch).arg(after);
            };
            wire::read_read(self.run(room, Script::Read, keys, write).await?)
        };
        let outcome = |read: &Read| if *read == Read::Gone { "gone" } else { "ok" };
        self.measured("read", work, outcome).boxed()
    }

    fn append<'a>(&'a self, room: &'a str, epoch: &'a str, commit: &'a Commit) -> BusFuture<'a, Appended> {
        let work = async move {
            if commit.count == 0 {
                return Ok(Appended::Conflict);
            }
            let [log, commits, snapshot] = self.log_keys(room);
            let keys = [log, commits, snapshot, self.channel(&Topic::Room(room.to_owned()))];
            let bytes = wire::write_commit(commit);
            let write = |command: &mut Cmd, live: &Live| {
                command.arg(&*live.run).arg(epoch).arg(commit.first).arg(commit.count).arg(commit.last());
                command.arg(&bytes).arg(ROOM_KEPT.as_millis() as u64).arg(self.servers.publish_command());
            };
            wire::read_appended(&self.run(room, Script::Append, &keys, write).await?)
        };
        let outcome = |appended: &Appended| match appended {
            Appended::Committed => "ok",
            Appended::Conflict => "conflict",
            Appended::Gone => "gone",
        };
        self.measured("append", work, outcome).boxed()
    }

    fn save<'a>(&'a self, room: &'a str, snapshot: &'a Snapshot) -> BusFuture<'a, ()> {
        let work = async move {
            let write = |command: &mut Cmd, live: &Live| {
                command.arg(&*live.run).arg(&snapshot.epoch).arg(snapshot.seq).arg(&snapshot.state[..]);
                command.arg(LOG_ENTRIES_KEPT).arg(ROOM_KEPT.as_millis() as u64);
            };
            self.run(room, Script::Save, &self.log_keys(room), write).await.map(|_| ())
        };
        self.measured("save", work, fine).boxed()
    }

    fn publish<'a>(&'a self, topic: &'a Topic, payload: Bytes) -> BusFuture<'a, ()> {
        let work = async move {
            let (channel, message) = (self.channel(topic), wire::write_message(&payload));
            let build = |_: &Live, _: bool| {
                let mut command = cmd(self.servers.publish_command());
                command.arg(&channel).arg(&message);
                command
            };
            Ok(self.servers.send(topic.slot(), build).await.map(|_| ())?)
        };
        self.measured("publish", work, fine).boxed()
    }

    fn subscribe<'a>(&'a self, topic: &'a Topic) -> BusFuture<'a, Subscription> {
        let work = async move {
            let config = self.servers.config();
            let (receiver, released, answered) = self.ears.want(topic.slot(), &self.channel(topic));
            heard(answered, config.connect_timeout() + config.response_timeout()).await?;
            Ok(Subscription::new(receiver, Some(released)))
        };
        self.measured("subscribe", work, fine).boxed()
    }

    fn write_presence<'a>(
        &'a self,
        room: &'a str,
        node: &'a str,
        changes: &'a [PresenceChange],
    ) -> BusFuture<'a, bool> {
        let work = async move {
            let keys = [self.key(room, "nodes"), self.key(room, format_args!("node:{node}"))];
            let write = |command: &mut Cmd, _: &Live| {
                command.arg(node).arg(PRESENCE_LEASE_MS);
                for (person, entry) in changes {
                    let (there, entry) = entry.as_ref().map_or((0, &[][..]), |entry| (1, &entry[..]));
                    command.arg(person).arg(there).arg(entry);
                }
            };
            let held = self.run(room, Script::WritePresence, &keys, write).await?;
            Ok(held == Value::Int(1))
        };
        self.measured("write_presence", work, fine).boxed()
    }

    fn presence<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<NodePresence>> {
        let work = async move { wire::read_presence(self.ask_presence(room, "HGETALL").await?) };
        self.measured("presence", work, fine).boxed()
    }

    fn presence_counts<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<(String, u32)>> {
        let work = async move { wire::read_counts(self.ask_presence(room, "HLEN").await?) };
        self.measured("presence_counts", work, fine).boxed()
    }

    fn is_available(&self) -> bool {
        self.servers.are_available()
    }
}

impl RedisBus {
    async fn ask_presence(&self, room: &str, what: &str) -> Result<Value, BusError> {
        let (nodes, prefix) = (self.key(room, "nodes"), self.key(room, "node:"));
        let write = |command: &mut Cmd, _: &Live| {
            command.arg(&prefix).arg(what);
        };
        self.run(room, Script::Presence, &[nodes], write).await
    }
}
