//! Waiting: epoll, and eventfd to wake a waiting thread.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use crate::check;

/// What to wait for on a descriptor; level-triggered. Errors and hang-ups are always reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// There is something to read.
    Readable,
    /// There is room to write, or something to read.
    ReadableWritable,
}

impl Interest {
    fn bits(self) -> u32 {
        let bits = match self {
            Interest::Readable => libc::EPOLLIN | libc::EPOLLRDHUP,
            Interest::ReadableWritable => libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLOUT,
        };
        bits as u32
    }
}

/// Something that [`Epoll::wait`] saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The token that the descriptor was added with.
    pub token: u64,
    /// Reading will not block; also set at the end of a stream and on errors, which the read then reports.
    pub readable: bool,
    /// Writing will not block.
    pub writable: bool,
}

/// Preallocated room for what [`Epoll::wait`] sees.
pub struct Events {
    raw: Box<[libc::epoll_event]>,
    len: usize,
}

impl Events {
    /// Room for `capacity` events (at least 1); more wait for the next call.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let raw = vec![libc::epoll_event { events: 0, u64: 0 }; capacity.max(1)].into_boxed_slice();
        Events { raw, len: 0 }
    }

    /// What the last wait saw.
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        self.raw[..self.len].iter().map(|raw| {
            let (bits, token) = (raw.events, raw.u64);
            let ended = (libc::EPOLLHUP | libc::EPOLLERR | libc::EPOLLRDHUP) as u32;
            Event {
                token,
                readable: bits & (libc::EPOLLIN as u32 | ended) != 0,
                writable: bits & libc::EPOLLOUT as u32 != 0,
            }
        })
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// An epoll instance. A descriptor leaves it when it is closed.
#[derive(Debug)]
pub struct Epoll(OwnedFd);

impl Epoll {
    /// An instance that waits for nothing yet.
    ///
    /// # Errors
    /// What `epoll_create1` says: too many open files.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers are involved.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the descriptor was just opened and has no other owner.
        Ok(Epoll(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Waits for `source` too; its events carry `token`.
    ///
    /// # Errors
    /// What `epoll_ctl` says.
    pub fn add(&self, source: &impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, source.as_fd(), token, interest)
    }

    /// Changes token and interest of a source that was added.
    ///
    /// # Errors
    /// What `epoll_ctl` says.
    pub fn modify(&self, source: &impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, source.as_fd(), token, interest)
    }

    /// Waits for `source` no more.
    ///
    /// # Errors
    /// What `epoll_ctl` says.
    pub fn remove(&self, source: &impl AsFd) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, source.as_fd(), 0, Interest::Readable)
    }

    /// Waits until something happens or `timeout` is over (`None`: for ever; rounded up to full milliseconds). Returns the
    /// number of events; a signal counts as none.
    ///
    /// # Errors
    /// What `epoll_wait` says.
    pub fn wait(&self, events: &mut Events, timeout: Option<Duration>) -> io::Result<usize> {
        events.len = 0;
        let timeout_ms = match timeout {
            None => -1,
            Some(timeout) => i32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX),
        };
        let capacity = i32::try_from(events.raw.len()).unwrap_or(i32::MAX);
        // SAFETY: the kernel writes at most `capacity` events into `raw`, which holds as many and lives through the call.
        let count = unsafe { libc::epoll_wait(self.0.as_raw_fd(), events.raw.as_mut_ptr(), capacity, timeout_ms) };
        match check(count) {
            Ok(count) => events.len = count as usize,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(events.len)
    }

    fn control(&self, operation: i32, source: BorrowedFd<'_>, token: u64, interest: Interest) -> io::Result<()> {
        let mut event = libc::epoll_event { events: interest.bits(), u64: token };
        // SAFETY: the kernel reads one event, which lives through the call.
        check(unsafe { libc::epoll_ctl(self.0.as_raw_fd(), operation, source.as_raw_fd(), &raw mut event) }).map(drop)
    }
}

/// Wakes a thread that waits in [`Epoll::wait`], from any thread. Waking twice is waking once.
#[derive(Debug)]
pub struct EventFd(OwnedFd);

impl EventFd {
    /// One that has not been woken.
    ///
    /// # Errors
    /// What `eventfd` says: too many open files.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers are involved.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        // SAFETY: the descriptor was just opened and has no other owner.
        Ok(EventFd(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Wakes whoever waits for it, now or at its next wait.
    pub fn wake(&self) {
        let one: u64 = 1;
        // SAFETY: the kernel reads the 8 bytes of `one`. It can fail only when the counter is full, which wakes as well.
        unsafe { libc::write(self.0.as_raw_fd(), (&raw const one).cast(), size_of::<u64>()) };
    }

    /// Makes it ready to be waited for again; whether it had been woken.
    pub fn drain(&self) -> bool {
        let mut count: u64 = 0;
        // SAFETY: the kernel writes at most the 8 bytes of `count`.
        unsafe { libc::read(self.0.as_raw_fd(), (&raw mut count).cast(), size_of::<u64>()) > 0 }
    }
}

impl AsFd for EventFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_from_another_thread_ends_the_wait() {
        let epoll = Epoll::new().unwrap();
        let waker = EventFd::new().unwrap();
        let mut events = Events::with_capacity(4);
        epoll.add(&waker, 7, Interest::Readable).unwrap();
        assert_eq!(epoll.wait(&mut events, Some(Duration::ZERO)).unwrap(), 0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                waker.wake();
                waker.wake();
            });
            assert_eq!(epoll.wait(&mut events, Some(Duration::from_secs(10))).unwrap(), 1);
        });
        assert_eq!(events.iter().next(), Some(Event { token: 7, readable: true, writable: false }));
        assert!(waker.drain());
        assert!(!waker.drain(), "two wakes are one");
        epoll.remove(&waker).unwrap();
        waker.wake();
        assert_eq!(epoll.wait(&mut events, Some(Duration::ZERO)).unwrap(), 0);
    }
}
