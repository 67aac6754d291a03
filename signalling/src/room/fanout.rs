//! Telling a room's sockets: tasks that own a part of them each, so that a large room uses more than one core and the room
//! itself is not held up by its own size.
//!
//! Everything that a socket in the room is told comes through its shard, in the room's order. A message is encoded once;
//! a shard hands the same bytes to all of its sockets.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use lectern_room_protocol::Code;
use tokio::sync::mpsc;

use crate::metrics::Metrics;
use crate::socket::{Socket, SocketId};

/// Sockets of a shard before another one is started, if there are cores for it.
const SHARD_SOCKETS: usize = 1_000;
/// More shards than this do not help: the kernel's part of the work is on their cores, too.
const SHARDS_MAX: usize = 8;
/// Steps of the room that may wait for a shard; the room waits when there are more.
const STEPS_MAX: usize = 64;
/// Sockets that are written to before other tasks get their turn: about a millisecond.
const TURN_SOCKETS: usize = 128;

/// Messages to the whole room, encoded: for each reader those that they see, one behind the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    /// For those without a moderator's rights.
    pub(crate) students: Frames,
    /// For those with.
    pub(crate) moderators: Frames,
    /// For those to whom neither applies.
    pub(crate) persons: HashMap<String, Frames>,
}

/// Encoded messages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frames {
    pub(crate) bytes: Bytes,
    pub(crate) count: u32,
}

/// What a shard is told.
#[derive(Debug)]
pub(crate) enum Command {
    /// Somebody is in the room from here on, and is told this first.
    Add { socket: Arc<Socket>, person: Arc<str>, is_moderator: bool, frames: Bytes },
    /// Somebody's rights are others, and they are told this first.
    Change { socket: SocketId, is_moderator: bool, frames: Bytes },
    /// Somebody has left.
    Remove(SocketId),
    /// One socket is told something.
    To(SocketId, Bytes),
    /// All are.
    All(Arc<Batch>),
    /// One socket is closed.
    Close(SocketId, Code, Option<u64>),
    /// All are, to come back spread over so many milliseconds; never, if absent.
    CloseAll(Code, Option<u64>),
}

/// Which shard a socket is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShardId(usize);

/// The room's end of its shards.
#[derive(Debug)]
pub(crate) struct Fanout {
    shards: Vec<Shard>,
    shards_max: usize,
    metrics: Metrics,
}

#[derive(Debug)]
struct Shard {
    steps: mpsc::Sender<Vec<Command>>,
    /// What the room has said in the step that it is in.
    step: Vec<Command>,
    sockets: usize,
}

/// A shard is gone: a panic, which is our bug.
#[derive(Debug)]
pub(crate) struct ShardLost;

impl Fanout {
    pub(crate) fn new(metrics: Metrics) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self { shards: Vec::new(), shards_max: cores.min(SHARDS_MAX), metrics }
    }

    /// Lets somebody in; what comes later finds them with the shard named.
    pub(crate) fn add(&mut self, socket: Arc<Socket>, person: Arc<str>, is_moderator: bool, frames: Bytes) -> ShardId {
        let least = self.shards.iter().enumerate().min_by_key(|(_, shard)| shard.sockets);
        let id = match least {
            Some((index, shard)) if shard.sockets < SHARD_SOCKETS || self.shards.len() >= self.shards_max => index,
            _ => self.start(),
        };
        self.shards[id].sockets += 1;
        self.shards[id].step.push(Command::Add { socket, person, is_moderator, frames });
        ShardId(id)
    }

    /// Somebody has left.
    pub(crate) fn remove(&mut self, shard: ShardId, socket: SocketId) {
        self.shards[shard.0].sockets -= 1;
        self.tell(shard, Command::Remove(socket));
    }

    /// Tells one shard, when the step ends.
    pub(crate) fn tell(&mut self, shard: ShardId, command: Command) {
        self.shards[shard.0].step.push(command);
    }

    /// Tells everybody, when the step ends.
    pub(crate) fn tell_all(&mut self, batch: Batch) {
        let batch = Arc::new(batch);
        for shard in &mut self.shards {
            shard.step.push(Command::All(Arc::clone(&batch)));
        }
    }

    /// Closes all sockets, when the step ends.
    pub(crate) fn close_all(&mut self, code: Code, spread_ms: Option<u64>) {
        for shard in &mut self.shards {
            shard.step.push(Command::CloseAll(code, spread_ms));
        }
    }

    /// Ends the room's step: the shards get what was said in it.
    pub(crate) async fn end_step(&mut self) -> Result<(), ShardLost> {
        for shard in &mut self.shards {
            if !shard.step.is_empty() {
                shard.steps.send(std::mem::take(&mut shard.step)).await.map_err(|_| ShardLost)?;
            }
        }
        Ok(())
    }

    fn start(&mut self) -> usize {
        let (steps, receiver) = mpsc::channel(STEPS_MAX);
        tokio::spawn(run(receiver, self.metrics.clone()));
        self.shards.push(Shard { steps, step: Vec::new(), sockets: 0 });
        self.shards.len() - 1
    }
}

struct Reader {
    socket: Arc<Socket>,
    person: Arc<str>,
    is_moderator: bool,
}

#[derive(Default)]
struct Readers {
    readers: Vec<Reader>,
    places: HashMap<SocketId, usize>,
}

/// Does what it is told until the room is gone.
async fn run(mut steps: mpsc::Receiver<Vec<Command>>, metrics: Metrics) {
    let mut readers = Readers::default();
    while let Some(step) = steps.recv().await {
        for command in step {
            match command {
                Command::All(batch) => readers.tell_all(&batch, &metrics).await,
                command => readers.take(command),
            }
        }
    }
}

impl Readers {
    fn take(&mut self, command: Command) {
        match command {
            Command::Add { socket, person, is_moderator, frames } => {
                socket.send(&frames);
                self.places.insert(socket.id, self.readers.len());
                self.readers.push(Reader { socket, person, is_moderator });
            }
            Command::Change { socket, is_moderator, frames } => {
                if let Some(reader) = self.reader(socket) {
                    reader.is_moderator = is_moderator;
                    reader.socket.send(&frames);
                }
            }
            Command::Remove(socket) => self.remove(socket),
            Command::To(socket, frames) => {
                if let Some(reader) = self.reader(socket) {
                    reader.socket.send(&frames);
                }
            }
            Command::Close(socket, code, retry_after_ms) => {
                if let Some(reader) = self.reader(socket) {
                    reader.socket.close(code, retry_after_ms);
                }
            }
            Command::CloseAll(code, spread_ms) => {
                for reader in &self.readers {
                    reader.socket.close(code, spread_ms.map(|spread_ms| rand::random_range(0..=spread_ms)));
                }
            }
            Command::All(_) => {}
        }
    }

    async fn tell_all(&self, batch: &Batch, metrics: &Metrics) {
        let (mut deliveries, mut bytes) = (0, 0);
        for (index, reader) in self.readers.iter().enumerate() {
            let own = if batch.persons.is_empty() { None } else { batch.persons.get(&*reader.person) };
            let class = if reader.is_moderator { &batch.moderators } else { &batch.students };
            let frames = own.unwrap_or(class);
            if frames.count > 0 {
                reader.socket.send(&frames.bytes);
                deliveries += u64::from(frames.count);
                bytes += frames.bytes.len() as u64;
            }
            if index % TURN_SOCKETS == TURN_SOCKETS - 1 {
                tokio::task::yield_now().await;
            }
        }
        metrics.deliveries.inc_by(deliveries);
        metrics.bytes.inc_by(bytes);
    }

    fn reader(&mut self, socket: SocketId) -> Option<&mut Reader> {
        self.places.get(&socket).map(|&place| &mut self.readers[place])
    }

    fn remove(&mut self, socket: SocketId) {
        if let Some(place) = self.places.remove(&socket) {
            self.readers.swap_remove(place);
            if let Some(moved) = self.readers.get(place) {
                self.places.insert(moved.socket.id, place);
            }
        }
    }
}
