//! The bounded queues into one worker, and the wake-up of its thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_queue::ArrayQueue;

use crate::command::{Command, RoomFeed};

/// Commands that may wait for one worker; one more is refused. A thousand viewers who join at once fit.
pub const COMMANDS_MAX: usize = 4_096;
/// Packets that may wait for one worker; the oldest makes room for one more. About 30 rooms' traffic for 100 ms.
pub const FEEDS_MAX: usize = 4_096;

/// Shared by everybody who talks to one worker; the worker alone takes out.
pub struct Inbox {
    commands: ArrayQueue<Command>,
    feeds: ArrayQueue<RoomFeed>,
    feeds_dropped: AtomicU64,
    sleeping: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Inbox {
    /// `wake` ends the worker's wait for its sockets; it is called only while the worker sleeps.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            commands: ArrayQueue::new(COMMANDS_MAX),
            feeds: ArrayQueue::new(FEEDS_MAX),
            feeds_dropped: AtomicU64::new(0),
            sleeping: AtomicBool::new(false),
            wake: Box::new(wake),
        })
    }

    /// Hands a command to the worker.
    ///
    /// # Errors
    /// The command comes back when [`COMMANDS_MAX`] wait already: refuse the client, or try again.
    #[allow(clippy::result_large_err)] // the caller wants its command back
    pub fn send(&self, command: Command) -> Result<(), Command> {
        self.commands.push(command)?;
        self.wake();
        Ok(())
    }

    /// Hands a packet to the worker; the oldest of [`FEEDS_MAX`] is lost for it.
    pub fn feed(&self, feed: RoomFeed) {
        if self.feeds.force_push(feed).is_some() {
            self.feeds_dropped.fetch_add(1, Ordering::Relaxed);
        }
        self.wake();
    }

    /// The next command.
    pub fn command(&self) -> Option<Command> {
        self.commands.pop()
    }

    /// The next packet from another worker.
    pub fn next_feed(&self) -> Option<RoomFeed> {
        self.feeds.pop()
    }

    /// Packets lost to a full queue since the last call.
    pub fn take_feeds_dropped(&self) -> u64 {
        self.feeds_dropped.swap(0, Ordering::Relaxed)
    }

    /// Announces that the worker is about to wait. `false`: something has come in meanwhile, do not wait.
    pub fn sleep(&self) -> bool {
        // The order of this store and the two loads below, and of a sender's push and swap, must be total: otherwise
        // both sides could miss each other and a packet would wait for the next timer.
        self.sleeping.store(true, Ordering::SeqCst);
        if self.commands.is_empty() && self.feeds.is_empty() {
            return true;
        }
        self.awake();
        false
    }

    /// The worker is back from its wait.
    pub fn awake(&self) {
        self.sleeping.store(false, Ordering::SeqCst);
    }

    fn wake(&self) {
        std::sync::atomic::fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::Relaxed) && self.sleeping.swap(false, Ordering::SeqCst) {
            (self.wake)();
        }
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("commands", &self.commands.len()).field("feeds", &self.feeds.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::session::{CloseReason, SessionId};

    fn close(session: u64) -> Command {
        Command::Close { session: SessionId(session), reason: CloseReason::Deleted }
    }

    #[test]
    fn a_sleeping_worker_is_woken_once_and_a_busy_one_never() {
        let wakes = Arc::new(AtomicUsize::new(0));
        let counter = wakes.clone();
        let inbox = Inbox::new(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        inbox.send(close(1)).unwrap();
        assert_eq!(wakes.load(Ordering::SeqCst), 0, "busy");
        assert!(!inbox.sleep(), "something waits");
        assert!(inbox.command().is_some());
        assert!(inbox.sleep());
        inbox.send(close(2)).unwrap();
        inbox.send(close(3)).unwrap();
        assert_eq!(wakes.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn one_command_too_many_comes_back() {
        let inbox = Inbox::new(|| {});
        for session in 0..COMMANDS_MAX as u64 {
            inbox.send(close(session)).unwrap();
        }
        assert!(matches!(inbox.send(close(9_999)), Err(Command::Close { session: SessionId(9_999), .. })));
    }
}
