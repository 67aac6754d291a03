//! The paths on which a peer proved that it is there.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;

/// Paths kept per peer: four addresses with two candidates of ours each is much. The one checked least recently makes room
/// for another, so that a peer can only crowd out itself.
pub const PATHS_MAX: usize = 8;

/// Which of a worker's sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// Its UDP socket for IPv4.
    Udp4,
    /// Its UDP socket for IPv6.
    Udp6,
    /// An ICE-TCP connection; the number is the worker's own and never used twice.
    Tcp(u32),
}

/// How a peer is reached: a socket of ours and the address at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Path {
    /// Our end.
    pub via: Via,
    /// The other end.
    pub remote: SocketAddr,
}

/// Open paths, and which of them is used.
#[derive(Debug)]
pub(super) struct Paths {
    open: ArrayVec<OpenPath, PATHS_MAX>,
    selected: Option<Path>,
}

#[derive(Debug, Clone, Copy)]
struct OpenPath {
    path: Path,
    /// When its last valid check came.
    checked: Instant,
}

impl Paths {
    pub(super) fn new() -> Self {
        Paths { open: ArrayVec::new(), selected: None }
    }

    /// A valid check came. Whether the path is new, and which one had to go for it.
    pub(super) fn check(&mut self, path: Path, now: Instant) -> (bool, Option<Path>) {
        if let Some(known) = self.open.iter_mut().find(|known| known.path == path) {
            known.checked = now;
            return (false, None);
        }
        let mut evicted = None;
        if self.open.is_full() {
            let others = self.open.iter().enumerate().filter(|(_, open)| Some(open.path) != self.selected);
            if let Some((oldest, _)) = others.min_by_key(|(_, open)| open.checked) {
                evicted = Some(self.open.swap_remove(oldest).path);
            }
        }
        self.open.push(OpenPath { path, checked: now });
        (true, evicted)
    }

    /// The peer nominates an open path; whether that changes anything.
    pub(super) fn select(&mut self, path: Path) -> bool {
        self.selected.replace(path) != Some(path)
    }

    /// Uses an open path unless there is one in use already.
    pub(super) fn select_if_none(&mut self, path: Path) -> bool {
        self.selected.is_none() && self.select(path)
    }

    /// Uses the path checked last.
    pub(super) fn select_newest(&mut self) -> Option<Path> {
        self.selected = self.open.iter().max_by_key(|open| open.checked).map(|open| open.path);
        self.selected
    }

    /// Closes the paths that were not checked for `timeout`.
    pub(super) fn lapse(&mut self, now: Instant, timeout: Duration) -> ArrayVec<Path, PATHS_MAX> {
        let mut lapsed = ArrayVec::new();
        self.open.retain(|open| {
            let alive = now < open.checked + timeout;
            if !alive {
                lapsed.push(open.path);
            }
            alive
        });
        self.selected = self.selected.filter(|selected| !lapsed.contains(selected));
        lapsed
    }

    #[inline]
    pub(super) fn contains(&self, path: Path) -> bool {
        self.selected == Some(path) || self.open.iter().any(|open| open.path == path)
    }

    #[inline]
    pub(super) fn selected(&self) -> Option<Path> {
        self.selected
    }

    pub(super) fn oldest_check(&self) -> Option<Instant> {
        self.open.iter().map(|open| open.checked).min()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Path> {
        self.open.iter().map(|open| open.path)
    }
}
