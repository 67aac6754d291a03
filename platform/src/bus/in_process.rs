//! The bus of a single process: nothing outlives it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::{
    Appended, BACKLOG_MAX, Bus, BusError, BusEvent, BusFuture, Commit, LOG_ENTRIES_KEPT, NodePresence, Opened, Origin,
    PRESENCE_LEASE_MS, PresenceChange, Read, Snapshot, Subscription, Topic,
};

/// How long a room is kept after it was used last.
const ROOM_KEPT: Duration = Duration::from_hours(24);
/// See [`next_epoch`].
const GENERATION_DIGITS: usize = 8;
/// Operations between two searches for rooms to forget.
const SWEEP_EVERY: u32 = 10_000;

/// See [`Bus`]. Nodes are told apart by name, so that tests can run several on one.
#[derive(Debug, Default)]
pub struct InProcess {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    /// Bounded by what rooms there are tokens for, and forgotten after [`ROOM_KEPT`].
    rooms: HashMap<String, Room>,
    topics: HashMap<Topic, broadcast::Sender<BusEvent>>,
    operations: u32,
}

#[derive(Debug)]
struct Room {
    log: Option<Log>,
    presence: HashMap<String, Lease>,
    used: Instant,
}

#[derive(Debug)]
struct Log {
    epoch: String,
    origin: Option<Origin>,
    seq: u64,
    snapshot: Option<Snapshot>,
    commits: VecDeque<Commit>,
}

#[derive(Debug)]
struct Lease {
    ends: Instant,
    entries: HashMap<String, Bytes>,
}

impl InProcess {
    /// An empty bus.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every change is a single step under this lock, which is held for moments only.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.operations += 1;
        if tables.operations >= SWEEP_EVERY {
            tables.operations = 0;
            let now = Instant::now();
            tables.rooms.retain(|_, room| now.duration_since(room.used) < ROOM_KEPT);
            tables.topics.retain(|_, sender| sender.receiver_count() > 0);
        }
        tables
    }
}

impl Tables {
    fn room(&mut self, name: &str) -> &mut Room {
        let now = Instant::now();
        if !self.rooms.contains_key(name) {
            let room = Room { log: None, presence: HashMap::new(), used: now };
            self.rooms.insert(name.to_owned(), room);
        }
        let room = self.rooms.get_mut(name).expect("was just put there");
        room.used = now;
        room
    }

    fn tell(&self, topic: &Topic, event: BusEvent) {
        if let Some(sender) = self.topics.get(topic) {
            // An error says that nobody listens.
            let _ = sender.send(event);
        }
    }
}

impl Log {
    fn begin(known: Option<&Snapshot>) -> Self {
        let Some(known) = known else {
            return Self { epoch: next_epoch(""), origin: None, seq: 0, snapshot: None, commits: VecDeque::new() };
        };
        let epoch = next_epoch(&known.epoch);
        let snapshot = Snapshot { epoch: epoch.clone(), ..known.clone() };
        let origin = Some(Origin { epoch: known.epoch.clone(), seq: known.seq });
        Self { epoch, origin, seq: known.seq, snapshot: Some(snapshot), commits: VecDeque::new() }
    }

    /// Whether the log lacks what somebody knows.
    fn is_behind(&self, known: &Snapshot) -> bool {
        if known.epoch == self.epoch {
            return known.seq > self.seq;
        }
        // A log in which nothing was ever written may have begun in ignorance.
        generation(&known.epoch) > generation(&self.epoch) || (self.seq == 0 && known.seq > 0)
    }

    /// Commits from entry `after` on; `None` if they do not reach back so far.
    fn after(&self, after: u64) -> Option<Vec<Commit>> {
        let oldest = self.commits.front().map_or(self.seq + 1, |commit| commit.first);
        let reaches = after + 1 >= oldest && after <= self.seq;
        reaches.then(|| self.commits.iter().filter(|commit| commit.first > after).cloned().collect())
    }
}

/// An epoch begins with the number of epochs that the log has had, in [`GENERATION_DIGITS`] hexadecimal digits, which orders
/// them; the rest is random.
fn next_epoch(before: &str) -> String {
    format!("{:08x}{:016x}", generation(before).saturating_add(1), rand::random::<u64>())
}

fn generation(epoch: &str) -> u32 {
    epoch.get(..GENERATION_DIGITS).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

fn done<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, Result<T, BusError>> {
    ready(Ok(value)).boxed()
}

impl Bus for InProcess {
    fn open<'a>(&'a self, room: &'a str, known: Option<&'a Snapshot>) -> BusFuture<'a, Opened> {
        let mut tables = self.tables();
        let log = &mut tables.room(room).log;
        if log.as_ref().is_none_or(|log| known.is_some_and(|known| log.is_behind(known))) {
            // One process loses nothing that it still knows, so there is nobody to wait for.
            let was = log.replace(Log::begin(known));
            if was.is_some() {
                tables.tell(&Topic::Room(room.to_owned()), BusEvent::Gap);
            }
        }
        let log = tables.room(room).log.as_ref().expect("was just put there");
        let from = log.snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        let commits = log.after(from).unwrap_or_default();
        let (epoch, origin, snapshot) = (log.epoch.clone(), log.origin.clone(), log.snapshot.clone());
        done(Opened { epoch, origin, snapshot, commits })
    }

    fn read<'a>(&'a self, room: &'a str, epoch: &'a str, after: u64) -> BusFuture<'a, Read> {
        let mut tables = self.tables();
        let log = tables.room(room).log.as_ref().filter(|log| log.epoch == epoch);
        done(log.and_then(|log| log.after(after)).map_or(Read::Gone, Read::Commits))
    }

    fn append<'a>(&'a self, room: &'a str, epoch: &'a str, commit: &'a Commit) -> BusFuture<'a, Appended> {
        let mut tables = self.tables();
        let Some(log) = tables.room(room).log.as_mut().filter(|log| log.epoch == epoch) else {
            return done(Appended::Gone);
        };
        if commit.first != log.seq + 1 || commit.count == 0 {
            return done(if commit.first > log.seq + 1 { Appended::Gone } else { Appended::Conflict });
        }
        log.seq = commit.last();
        log.commits.push_back(commit.clone());
        tables.tell(&Topic::Room(room.to_owned()), BusEvent::Commit(commit.clone()));
        done(Appended::Committed)
    }

    fn save<'a>(&'a self, room: &'a str, snapshot: &'a Snapshot) -> BusFuture<'a, ()> {
        let mut tables = self.tables();
        if let Some(log) = tables.room(room).log.as_mut().filter(|log| log.epoch == snapshot.epoch) {
            let newer = log.snapshot.as_ref().is_none_or(|known| known.seq < snapshot.seq);
            if newer && snapshot.seq <= log.seq {
                let covered = snapshot.seq.min(log.seq.saturating_sub(LOG_ENTRIES_KEPT));
                while log.commits.front().is_some_and(|commit| commit.last() <= covered) {
                    log.commits.pop_front();
                }
                log.snapshot = Some(snapshot.clone());
            }
        }
        done(())
    }

    fn publish<'a>(&'a self, topic: &'a Topic, payload: Bytes) -> BusFuture<'a, ()> {
        self.tables().tell(topic, BusEvent::Message(payload));
        done(())
    }

    fn subscribe<'a>(&'a self, topic: &'a Topic) -> BusFuture<'a, Subscription> {
        let mut tables = self.tables();
        let sender = tables.topics.entry(topic.clone()).or_insert_with(|| broadcast::Sender::new(BACKLOG_MAX));
        done(Subscription::new(sender.subscribe(), None))
    }

    fn write_presence<'a>(
        &'a self,
        room: &'a str,
        node: &'a str,
        changes: &'a [PresenceChange],
    ) -> BusFuture<'a, bool> {
        let mut tables = self.tables();
        let now = Instant::now();
        let ends = now + Duration::from_millis(PRESENCE_LEASE_MS);
        let presence = &mut tables.room(room).presence;
        let held = presence.get(node).is_some_and(|lease| lease.ends > now);
        if !held {
            presence.insert(node.to_owned(), Lease { ends, entries: HashMap::new() });
        }
        if let Some(lease) = presence.get_mut(node) {
            lease.ends = ends;
            for (person, entry) in changes {
                match entry {
                    Some(entry) => lease.entries.insert(person.clone(), entry.clone()),
                    None => lease.entries.remove(person),
                };
            }
        }
        done(held)
    }

    fn presence<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<NodePresence>> {
        let mut tables = self.tables();
        let now = Instant::now();
        let presence = &mut tables.room(room).presence;
        presence.retain(|_, lease| lease.ends > now);
        let nodes = presence.iter().map(|(node, lease)| NodePresence {
            node: node.clone(),
            entries: lease.entries.iter().map(|(person, entry)| (person.clone(), entry.clone())).collect(),
        });
        done(nodes.collect())
    }

    fn presence_counts<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<(String, u32)>> {
        let mut tables = self.tables();
        let now = Instant::now();
        let presence = tables.room(room).presence.iter().filter(|(_, lease)| lease.ends > now);
        done(
            presence
                .map(|(node, lease)| (node.clone(), u32::try_from(lease.entries.len()).unwrap_or(u32::MAX)))
                .collect(),
        )
    }

    fn is_available(&self) -> bool {
        true
    }
}
