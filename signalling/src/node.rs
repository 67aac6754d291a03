//! What all sockets and rooms of this process share.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use lectern_platform::audit::Recorder;
use lectern_platform::bus::Bus;
use lectern_platform::class_bus::ClassInquiry;
use lectern_platform::token::TokenVerifier;
use lectern_room_protocol::Code;
use tokio::sync::mpsc;

use crate::admission::Places;
use crate::config::SignallingConfig;
use crate::metrics::Metrics;
use crate::room::{self, Inbound};
use crate::socket::SocketId;

/// What may wait for a room. Whoever has more to say waits, and is refused if that takes too long.
const QUEUE_MAX: usize = 1_024;

/// See the [module](self).
pub(crate) struct Node {
    /// Unlike that of every other process.
    pub(crate) name: String,
    pub(crate) config: SignallingConfig,
    pub(crate) bus: Arc<dyn Bus>,
    /// Takes down who came, went and moderated.
    pub(crate) audit: Option<Recorder>,
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) places: Arc<Places>,
    pub(crate) metrics: Metrics,
    /// Rooms with somebody in them, and for some time after. Bounded by `rooms_max`; a room takes itself out.
    rooms: Mutex<HashMap<String, mpsc::Sender<Inbound>>>,
    sockets: AtomicU64,
    draining: AtomicBool,
}

impl Node {
    pub(crate) fn new(
        config: SignallingConfig,
        bus: Arc<dyn Bus>,
        audit: Option<Recorder>,
        verifier: Arc<TokenVerifier>,
        metrics: Metrics,
    ) -> Arc<Self> {
        Arc::new(Self {
            name: format!("{:016x}", rand::random::<u64>()),
            places: Places::new(config.admission.clone()),
            config,
            bus,
            audit,
            verifier,
            metrics,
            rooms: Mutex::default(),
            sockets: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        })
    }

    /// The next socket's name.
    pub(crate) fn next_socket(&self) -> SocketId {
        SocketId(self.sockets.fetch_add(1, Ordering::Relaxed))
    }

    /// The way into a room, which begins to run if it does not.
    pub(crate) fn enter(self: &Arc<Self>, name: &str) -> Result<mpsc::Sender<Inbound>, Code> {
        let mut rooms = self.rooms();
        if self.is_draining() {
            return Err(Code::Draining);
        }
        // A closed one was lost to a panic.
        if let Some(queue) = rooms.get(name).filter(|queue| !queue.is_closed()) {
            return Ok(queue.clone());
        }
        if rooms.len() >= self.config.admission.rooms_max && !rooms.contains_key(name) {
            return Err(Code::RoomFull);
        }
        let (queue, inbound) = mpsc::channel(QUEUE_MAX);
        rooms.insert(name.to_owned(), queue.clone());
        self.metrics.rooms.set(i64::try_from(rooms.len()).unwrap_or(i64::MAX));
        tokio::spawn(supervise(Arc::clone(self), name.to_owned(), inbound));
        Ok(queue)
    }

    /// Hands an inquiry to the room, if it runs here.
    pub(crate) fn ask(&self, inquiry: &ClassInquiry) -> bool {
        let rooms = self.rooms();
        let Some(queue) = rooms.get(&inquiry.room).filter(|queue| !queue.is_closed()) else { return false };
        // A room that is too busy is asked again.
        let _ = queue.try_send(Inbound::Inquiry(Box::new(inquiry.clone())));
        true
    }

    /// Forgets a room, unless somebody is coming in: then `false`, and it has to go on.
    pub(crate) fn forget(&self, name: &str, inbound: &mpsc::Receiver<Inbound>) -> bool {
        let mut rooms = self.rooms();
        // All other ends were cloned from this one, under the lock.
        if inbound.sender_strong_count() > 1 || !inbound.is_empty() {
            return false;
        }
        self.remove(&mut rooms, name);
        true
    }

    fn remove(&self, rooms: &mut HashMap<String, mpsc::Sender<Inbound>>, name: &str) {
        rooms.remove(name);
        self.metrics.rooms.set(i64::try_from(rooms.len()).unwrap_or(i64::MAX));
    }

    /// Lets nobody in from now on, and has all rooms send their people away.
    pub(crate) async fn drain(&self) {
        let queues: Vec<_> = {
            let rooms = self.rooms();
            self.draining.store(true, Ordering::Release);
            rooms.values().cloned().collect()
        };
        for queue in queues {
            let _ = queue.send(Inbound::Drain).await;
        }
    }

    /// Whether nobody is let in any more.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Whether nobody is here any more, and no room has anything left to save.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.sockets() == 0 && self.rooms().is_empty()
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<Inbound>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a room. A panic in it is our bug and ends this room alone: its sockets see their way in closed, and come back.
async fn supervise(node: Arc<Node>, name: String, inbound: mpsc::Receiver<Inbound>) {
    let room = room::run(Arc::clone(&node), name.clone(), inbound);
    if AssertUnwindSafe(room).catch_unwind().await.is_err() {
        node.metrics.room_panics.inc();
        tracing::error!(room = name, "a room was lost to a panic");
    }
    let mut rooms = node.rooms();
    if rooms.get(&name).is_some_and(mpsc::Sender::is_closed) {
        node.remove(&mut rooms, &name);
    }
}
