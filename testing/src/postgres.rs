//! Postgres as it is, and a new database for each test, copied from one that was prepared once.
//!
//! ```no_run
//! use lectern_testing::postgres::Postgres;
//! let url = Postgres::shared().database("school", |url| { /* migrate `url` and disconnect */ });
//! ```

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use lectern_platform::private_postgres::{Durability, PrivatePostgres};

use crate::{TempFolder, free_port, signal, wait_until};

/// How long a server may take to end. Much more than it needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of our own. Its data are gone when the process ends.
#[derive(Debug)]
pub struct Postgres {
    // Dropped in this order.
    server: Option<PrivatePostgres>,
    folder: TempFolder,
    port: u16,
    templates: Mutex<HashSet<String>>,
    databases: AtomicU32,
}

impl Postgres {
    /// The one that all tests of a process share.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(|| {
            let shared = Self::start();
            // Nothing drops a static.
            sweep_after_us(shared.folder.path());
            shared
        })
    }

    /// One for a test that stops and cuts it.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Self {
        let (folder, port) = (TempFolder::new("postgres"), free_port());
        let server = Some(run(folder.path(), port));
        Self { server, folder, port, templates: Mutex::default(), databases: AtomicU32::new(0) }
    }

    /// A server that follows this one, with all its databases: the URL of each is [`Self::url`]'s.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn follower(&self) -> Self {
        let (folder, port) = (TempFolder::new("postgres-follower"), free_port());
        let server = self.server().follower(folder.path(), port, Durability::Memory).expect("a follower starts");
        Self { server: Some(server), folder, port, templates: Mutex::default(), databases: AtomicU32::new(0) }
    }

    /// A new database like the one that `prepare` made out of an empty one, at the given URL; it is called once for each
    /// name of a template, and leaves no connection open.
    ///
    /// # Panics
    /// When Postgres refuses.
    pub fn database(&self, template: &str, prepare: impl FnOnce(&str)) -> String {
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        if !templates.contains(template) {
            self.server().create_database(template).expect("a database");
            prepare(&self.url(template));
            templates.insert(template.to_owned());
        }
        let name = format!("{template}_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let copy = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        self.server().psql("postgres", &["-c", &copy]).expect("a copy of the template");
        self.url(&name)
    }

    /// The URL of a database.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.server().url(database)
    }

    /// Where it listens; for a proxy before it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server().address()
    }

    /// What `psql` answers.
    ///
    /// # Panics
    /// When it fails.
    pub fn psql(&self, database: &str, arguments: &[&str]) -> String {
        self.server().psql(database, arguments).expect("psql")
    }

    fn server(&self) -> &PrivatePostgres {
        self.server.as_ref().expect("it was not killed")
    }

    /// Ends it in the middle of whatever it does, as a crash would.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        let Some(server) = self.server.take() else { return };
        if let Some(pid) = server.pid() {
            // QUIT is Postgres' immediate shutdown: nothing is written any more, the next start recovers. KILL would leave
            // the processes of the connections behind for a moment, and the next start would refuse.
            signal(pid, "QUIT");
            wait_until("Postgres ends", PATIENCE, || server.pid().is_none());
        }
    }

    /// Starts it again, at the same port, with what it kept.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.server = Some(run(self.folder.path(), self.port));
    }
}

fn run(folder: &Path, port: u16) -> PrivatePostgres {
    PrivatePostgres::start(folder, port, Durability::Memory).expect("Postgres starts; Debian's package is postgresql")
}

/// Removes the folder when this process has ended, and Postgres after it.
fn sweep_after_us(folder: &Path) {
    let broom = r#"read -r _; for _ in 1 2 3 4 5 6 7 8 9; do rm -rf "$0" 2>/dev/null && exit; sleep 1; done"#;
    let mut command = Command::new("sh");
    command.args(["-c", broom]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().expect("sh runs");
    // Its end of the pipe closes with the process, and not before.
    std::mem::forget(child);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, statement: &str) -> String {
        let name = url.rsplit('/').next().unwrap();
        Postgres::shared().psql(name, &["-c", statement])
    }

    #[test]
    fn each_test_has_a_copy_of_its_own() {
        let server = Postgres::shared();
        let prepare = |url: &str| drop(ask(url, "CREATE TABLE words (word text)"));
        let one = server.database("words", prepare);
        ask(&one, "INSERT INTO words VALUES ('hello')");
        let two = server.database("words", |_| panic!("prepared once"));
        assert_eq!(ask(&one, "SELECT word FROM words").trim(), "hello");
        assert_eq!(ask(&two, "SELECT count(*) FROM words").trim(), "0");
    }

    #[test]
    fn it_comes_back_after_a_crash() {
        let mut server = Postgres::start();
        server.psql("postgres", &["-c", "CREATE TABLE words (word text); INSERT INTO words VALUES ('hello')"]);
        server.kill();
        server.restart();
        // Which memory is lost is not said; that it answers is.
        assert_eq!(server.psql("postgres", &["-c", "SELECT 1"]).trim(), "1");
    }
}
