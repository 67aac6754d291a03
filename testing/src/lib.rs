//! Real servers for tests, and a proxy that cuts them off. For tests alone: what fails here panics.
//!
//! Servers run on free ports of loopback, in folders of their own, and end when they are dropped. [`redis`] starts Debian's
//! `redis-server`, alone, as a cluster, and with a replica and a sentinel, [`postgres`] a Postgres with a database for each
//! test, [`azurite`] Azure's stores as npm has them. [`proxy`] stands before any server that speaks TCP,
//! [`claims`] runs the same tests on every implementation of a trait.

#![forbid(unsafe_code)]

pub mod azurite;
pub mod claims;
pub mod postgres;
pub mod proxy;
pub mod redis;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub struct TempFolder(PathBuf);

impl TempFolder {
    /// An empty one, whose name begins with `lectern-{name}`.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("lectern-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A disk in memory that is soon full, in a folder of its own.
#[derive(Debug)]
pub struct SmallDisk(TempFolder);

impl SmallDisk {
    /// An empty one for `bytes` bytes. `None`, and why is printed, where this process may mount nothing.
    #[must_use]
    pub fn mount(bytes: u64) -> Option<Self> {
        let folder = TempFolder::new("disk");
        let size = format!("size={bytes}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            Ok(output) => {
                println!("no small disk: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("no small disk: mount: {error}");
                None
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Files may be open yet.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// A port of loopback that was free a moment ago, and was not given to anybody else of this process.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    use std::collections::HashSet;
    use std::sync::{Mutex, PoisonError};
    static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        if given.insert(port) {
            return port;
        }
    }
}

/// Waits until something holds, looking every 20 ms.
///
/// # Panics
/// When it does not in time; `what` is said then.
pub fn wait_until(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < patience, "{what}: not within {patience:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal, by its name (`KILL`, `STOP`, `CONT`).
fn signal(pid: u32, name: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().expect("sh runs");
    assert!(status.success(), "kill -{name} {pid}");
}
