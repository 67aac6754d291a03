//! How the services of a cluster meet: a numbered log for each room, topics for what need not be kept, and presence by leases.
//!
//! There are two implementations, run by the same tests: [`InProcess`] for one process, [`RedisBus`] for a cluster. Whatever
//! is here can be lost as a whole; those who use it keep what they need to build it again.
//!
//! # A room's log
//!
//! A log is a list of [`Commit`]s, each of some entries that are numbered one by one from 1. Who appends says the number of
//! the last entry that they know; if there are later ones nothing is appended ([`Appended::Conflict`]), so that a decision is
//! always made on what the log says. Old commits are dropped when a [`Snapshot`] covers them.
//!
//! A log has an *epoch*. Within one epoch a number never means two things: what may have lost an end that somebody has seen
//! goes on in a new epoch alone. So it is when the log is gone, when it is behind what a node knows, and when the server that
//! holds it was restarted or replaced. Everybody's next call is then answered with `Gone`; they [open](Bus::open) the log with
//! what they know, and it is *made again* from the newest that is known to the log itself or to any of them. [`Origin`] says
//! how much of the old epoch is in the new one. The time in which nodes are waited for is the implementation's; who comes
//! later with more has lost what is beyond. Epochs are ordered as text: of two for one room, the greater is the later.
//!
//! # Topics
//!
//! At most once, in order of each sender, to those who listen at the moment. A listener that is slow, or whose connection
//! to the bus was lost for a while, is told so ([`BusEvent::Gap`]) and reads again what it needs; so are those who listen to
//! [`Topic::Room`] when the log takes a new epoch, before its first commit. Until a listener has read after a gap, it must
//! not take commits for its own log's.

mod config;
mod in_process;
mod redis;

pub use crate::redis_servers::{RedisConfig, RedisMode};
pub use config::BusConfig;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

pub use in_process::InProcess;
pub use redis::RedisBus;

/// How long a node's presence in a room holds without being renewed, in milliseconds.
pub const PRESENCE_LEASE_MS: u64 = 8_000;
/// Events of one topic that wait for a listener; a listener that is further behind gets [`BusEvent::Gap`].
pub const BACKLOG_MAX: usize = 1_024;
/// The last entries of a log, which it keeps although its snapshot covers them, to replay them to who was away.
pub const LOG_ENTRIES_KEPT: u64 = 4_096;

/// The bus did not do what it was asked to, and may or may not do it yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// It cannot be reached, or did not answer in time. Try again later.
    #[error("the bus is not available: {0}")]
    Unavailable(String),
    /// It answered with something that makes no sense: another version, or another's data under our keys.
    #[error("the bus answered with nonsense: {0}")]
    Protocol(String),
}

/// What a future of the bus gives.
pub type BusFuture<'a, T> = BoxFuture<'a, Result<T, BusError>>;

/// Names a commit, so that who never got the answer to an append finds out whether it was done. Random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommitId(pub u128);

/// Entries of a log that were appended together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Which.
    pub id: CommitId,
    /// The number of its first entry, below 2^53.
    pub first: u64,
    /// How many entries it has, at least one.
    pub count: u32,
    /// The entries, as who appended them wrote them.
    pub payload: Bytes,
}

impl Commit {
    /// The number of its last entry.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first + u64::from(self.count) - 1
    }
}

/// What a log says up to a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Of which epoch.
    pub epoch: String,
    /// Up to this entry.
    pub seq: u64,
    /// As who saved it wrote it.
    pub state: Bytes,
}

/// What a log that was made again has of the epoch before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The epoch before.
    pub epoch: String,
    /// Entries up to this one are those of that epoch. Who knows no later one of it has lost nothing.
    pub seq: u64,
}

/// A log from its snapshot on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The epoch.
    pub epoch: String,
    /// Where the log comes from, if it was made again.
    pub origin: Option<Origin>,
    /// Where to begin; absent if the log has none, and is whole.
    pub snapshot: Option<Snapshot>,
    /// What was appended since.
    pub commits: Vec<Commit>,
}

/// How an append ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log.
    Committed,
    /// There are later entries than the one named: read them and decide again.
    Conflict,
    /// The log is of another epoch, or gone: open it again.
    Gone,
}

/// The answer to [`Bus::read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// What follows, maybe nothing.
    Commits(Vec<Commit>),
    /// The log is of another epoch, behind the number named, or does not reach back to it: open it again.
    Gone,
}

/// What can be listened to. Room names are those of tokens: 1 to 64 of `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A room's commits, and what its nodes tell each other.
    Room(String),
    /// What the media server has of a room.
    MediaReport(String),
    /// What the media server has to let happen in a room.
    MediaPolicy(String),
    /// What the school asks of the rooms of its classes.
    ClassInquiry,
    /// What they answer.
    ClassReport,
    /// What happened in the school.
    School,
    /// Whose access tokens are void from now on.
    Accounts,
}

impl Topic {
    /// What is kept together on a cluster's servers: the room, or the school.
    #[must_use]
    pub fn slot(&self) -> &str {
        match self {
            Self::Room(room) | Self::MediaReport(room) | Self::MediaPolicy(room) => room,
            Self::ClassInquiry | Self::ClassReport | Self::School | Self::Accounts => "school",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(_) => f.write_str("room"),
            Self::MediaReport(_) => f.write_str("media-report"),
            Self::MediaPolicy(_) => f.write_str("media-policy"),
            Self::ClassInquiry => f.write_str("class-inquiry"),
            Self::ClassReport => f.write_str("class-report"),
            Self::School => f.write_str("school"),
            Self::Accounts => f.write_str("accounts"),
        }
    }
}

/// What a listener gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusEvent {
    /// A commit to the room's log, the listener's own among them; on [`Topic::Room`].
    Commit(Commit),
    /// What somebody published.
    Message(Bytes),
    /// Something may be missing from here.
    Gap,
}

/// Somebody's ear on a topic; dropping it ends that.
#[derive(Debug)]
pub struct Subscription {
    receiver: broadcast::Receiver<BusEvent>,
    /// Dropped with it, to let the implementation forget the topic.
    _keep: Option<Arc<dyn fmt::Debug + Send + Sync>>,
}

impl Subscription {
    /// Over a channel of [`BACKLOG_MAX`] events; `keep` is dropped together with the subscription.
    #[must_use]
    pub fn new(receiver: broadcast::Receiver<BusEvent>, keep: Option<Arc<dyn fmt::Debug + Send + Sync>>) -> Self {
        Self { receiver, _keep: keep }
    }

    /// The next event; `None` when the bus was closed. Safe to cancel.
    pub async fn next(&mut self) -> Option<BusEvent> {
        match self.receiver.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(BusEvent::Gap),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Somebody at a node, or no more: the entry is the node's to write and read.
pub type PresenceChange = (String, Option<Bytes>);

/// Those at one node whose lease holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePresence {
    /// The node.
    pub node: String,
    /// Person and entry, in no order.
    pub entries: Vec<(String, Bytes)>,
}

/// See the [module](self). Every future ends in bounded time; a future that is dropped, or fails, may or may not have had its
/// effect. After a failed [`Self::append`] the commit's id tells: it is in the log, or it will never be once a later one is.
pub trait Bus: fmt::Debug + Send + Sync + 'static {
    /// Reads a room's log from its snapshot on. `known` is the state of the log as the caller knows it; give all there is,
    /// for the log may have to be made again from it, which may take seconds. A log that nobody knows anything of begins
    /// empty.
    fn open<'a>(&'a self, room: &'a str, known: Option<&'a Snapshot>) -> BusFuture<'a, Opened>;

    /// Reads what follows entry `after`, which is the last one of a commit, or 0.
    fn read<'a>(&'a self, room: &'a str, epoch: &'a str, after: u64) -> BusFuture<'a, Read>;

    /// Appends a commit whose `first` follows the last entry, and tells [`Topic::Room`]: one atomic step.
    fn append<'a>(&'a self, room: &'a str, epoch: &'a str, commit: &'a Commit) -> BusFuture<'a, Appended>;

    /// Keeps a snapshot, if it is of the log's epoch and newer than the one there is, and drops the commits that it covers
    /// but for those with the last [`LOG_ENTRIES_KEPT`] entries.
    fn save<'a>(&'a self, room: &'a str, snapshot: &'a Snapshot) -> BusFuture<'a, ()>;

    /// Tells all who listen to the topic.
    fn publish<'a>(&'a self, topic: &'a Topic, payload: Bytes) -> BusFuture<'a, ()>;

    /// Begins to listen. What is published after this has returned is heard.
    fn subscribe<'a>(&'a self, topic: &'a Topic) -> BusFuture<'a, Subscription>;

    /// Writes who came to a node and who left, and renews the node's lease of [`PRESENCE_LEASE_MS`] in the room; without
    /// changes it only renews. When the lease had ended, `false`: what was written before is gone, write all again.
    fn write_presence<'a>(&'a self, room: &'a str, node: &'a str, changes: &'a [PresenceChange])
    -> BusFuture<'a, bool>;

    /// Who is in a room, at all nodes whose lease holds.
    fn presence<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<NodePresence>>;

    /// How many entries each node has whose lease holds.
    fn presence_counts<'a>(&'a self, room: &'a str) -> BusFuture<'a, Vec<(String, u32)>>;

    /// Whether all of the bus answers at this moment, as far as is known without asking.
    fn is_available(&self) -> bool;
}
