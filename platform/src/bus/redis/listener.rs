//! Who listens to what, and at which connection.
//!
//! [`Ears`] says what is wanted and where it is heard; [`keep_listening`] makes the second follow the first, after every loss of
//! a connection and every move of a slot. That something is heard again is noticed where the connection is read, at the
//! server's confirmation or the first event, whichever is first: so the gap is told before what follows it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use redis::{PushInfo, PushKind, Value, cmd};
use tokio::sync::{Notify, broadcast, oneshot};
use tokio::time::timeout;

use super::metrics::Metrics;
use super::wire;
use crate::bus::{BACKLOG_MAX, BusError, BusEvent};
use crate::redis_servers::{Link, Live, Pushes, Servers};

/// How often it is tried again to listen where that failed.
const RETRY_EVERY: Duration = Duration::from_millis(250);
/// Subscriptions that are asked for at once.
const CONCURRENT_MAX: usize = 256;

/// What is wanted, by channel. Bounded by what the service listens to.
pub(super) struct Ears {
    metrics: Metrics,
    table: Mutex<HashMap<String, Ear>>,
    wanted: Arc<Notify>,
}

struct Ear {
    /// The room, which decides about the server.
    room: String,
    sender: broadcast::Sender<BusEvent>,
    /// The connection at which it is heard, or was last.
    at: Option<u64>,
    /// Whether the server was asked to end it.
    is_leaving: bool,
    waiting: Vec<oneshot::Sender<Result<(), BusError>>>,
}

/// Says that a channel may be wanted no longer, when dropped.
pub(super) struct Released(Arc<Notify>);

impl fmt::Debug for Released {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Released")
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Ears {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self { metrics, table: Mutex::default(), wanted: Arc::default() }
    }

    /// Wants a channel from now on, for as long as the receiver lives. The answer comes when it is heard, or cannot be.
    pub(super) fn want(
        &self,
        room: &str,
        channel: &str,
    ) -> (broadcast::Receiver<BusEvent>, Arc<Released>, oneshot::Receiver<Result<(), BusError>>) {
        let (answer, answered) = oneshot::channel();
        let mut table = self.table();
        let ear = table.entry(channel.to_owned()).or_insert_with(|| Ear {
            room: room.to_owned(),
            sender: broadcast::Sender::new(BACKLOG_MAX),
            at: None,
            is_leaving: false,
            waiting: Vec::new(),
        });
        let receiver = ear.sender.subscribe();
        ear.waiting.push(answer);
        drop(table);
        self.wanted.notify_one();
        (receiver, Arc::new(Released(Arc::clone(&self.wanted))), answered)
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Ear>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pushes for Ears {
    fn hear(&self, number: u64, push: PushInfo) -> Result<(), &'static str> {
        let mut data = push.data.into_iter();
        let Some(Value::BulkString(channel)) = data.next() else { return Ok(()) };
        let Ok(channel) = std::str::from_utf8(&channel) else { return Ok(()) };
        let mut table = self.table();
        let Some(ear) = table.get_mut(channel) else { return Ok(()) };
        match push.kind {
            PushKind::Subscribe | PushKind::SSubscribe => ear.is_heard_at(number, &self.metrics),
            PushKind::Message | PushKind::SMessage => {
                ear.is_heard_at(number, &self.metrics);
                if let Some(Value::BulkString(event)) = data.next() {
                    // An error says that nobody listens any more.
                    let _ = ear.sender.send(wire::read_event(event));
                }
            }
            // Unasked: the slot moves to another server.
            PushKind::Unsubscribe | PushKind::SUnsubscribe if !ear.is_leaving => return Err("it ended a subscription"),
            _ => {}
        }
        Ok(())
    }
}

impl Ear {
    fn is_heard_at(&mut self, number: u64, metrics: &Metrics) {
        if self.at.replace(number).is_some_and(|before| before != number) {
            metrics.gaps.inc();
            let _ = self.sender.send(BusEvent::Gap);
        }
    }
}

/// Runs for as long as the bus.
pub(super) async fn keep_listening(ears: Arc<Ears>, servers: Arc<Servers>) {
    let mut changed = servers.changes();
    loop {
        changed.mark_unchanged();
        let is_done = listen_once(&ears, &servers).await;
        ears.metrics.available.set(i64::from(servers.are_available()));
        let retry = async {
            if is_done {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(RETRY_EVERY).await;
        };
        tokio::select! {
            () = ears.wanted.notified() => {}
            _ = changed.changed() => {}
            () = retry => {}
        }
    }
}

/// Brings what is heard nearer to what is wanted; whether nothing is left to do.
async fn listen_once(ears: &Ears, servers: &Servers) -> bool {
    let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
    for (channel, ear) in ears.table().iter_mut() {
        ear.waiting.retain(|answer| !answer.is_closed());
        ear.is_leaving = ear.sender.receiver_count() == 0;
        let list = if ear.is_leaving { &mut unwanted } else { &mut wanted };
        list.push((channel.clone(), ear.room.clone(), ear.at));
    }
    for (channel, room, at) in unwanted {
        if let Some(live) = place(servers, &room)
            && at == Some(live.number)
        {
            // If it fails the connection ends, and the subscription with it.
            let _ = ask(&live, servers.unsubscribe_command(), &channel).await;
        }
        let mut table = ears.table();
        if table.get(&channel).is_some_and(|ear| ear.sender.receiver_count() == 0) {
            table.remove(&channel);
        } else if let Some(ear) = table.get_mut(&channel) {
            // Somebody wants it again, and has missed nothing that was promised.
            (ear.is_leaving, ear.at) = (false, None);
            drop(table);
            wanted.push((channel, room, None));
        }
    }
    let mut is_done = true;
    for chunk in wanted.chunks(CONCURRENT_MAX) {
        let heard = chunk.iter().map(|(channel, room, at)| listen(servers, channel, room, *at));
        for ((channel, ..), result) in chunk.iter().zip(join_all(heard).await) {
            is_done &= result.is_ok();
            let waiting = ears.table().get_mut(channel).map(|ear| std::mem::take(&mut ear.waiting));
            for answer in waiting.into_iter().flatten() {
                let _ = answer.send(result.clone());
            }
        }
    }
    is_done
}

async fn listen(servers: &Servers, channel: &str, room: &str, at: Option<u64>) -> Result<(), BusError> {
    let live = match place(servers, room) {
        Some(live) => live,
        // Only who has just begun waits for the first attempt to connect.
        None => match &servers.of(room).await?.listener {
            Some(link) => link.live().await?,
            None => return Err(BusError::Unavailable("nothing is listened to".to_owned())),
        },
    };
    if at == Some(live.number) {
        return Ok(());
    }
    ask(&live, servers.subscribe_command(), channel).await.map_err(|error| {
        // If a slot has moved, the server is to be looked up again.
        servers.look_again();
        if (error.is_io_error() || error.is_timeout())
            && let Some(server) = servers.known(room)
            && let Some(link) = &server.listener
        {
            link.give_up(live.number, &error.to_string());
        }
        BusError::Unavailable(error.to_string())
    })
}

/// The connection at which a room is to be heard, if it works.
fn place(servers: &Servers, room: &str) -> Option<Live> {
    servers.known(room)?.listener.as_ref().and_then(Link::up)
}

async fn ask(live: &Live, command: &str, channel: &str) -> redis::RedisResult<()> {
    cmd(command).arg(channel).query_async::<Value>(&mut live.connection.clone()).await.map(|_| ())
}

/// Waits for the answer to [`Ears::want`].
pub(super) async fn heard(
    answered: oneshot::Receiver<Result<(), BusError>>,
    patience: Duration,
) -> Result<(), BusError> {
    match timeout(patience, answered).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(BusError::Unavailable("the bus was closed".to_owned())),
        Err(_) => Err(BusError::Unavailable("no subscription in time".to_owned())),
    }
}
