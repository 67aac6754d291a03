//! Azurite: Azure's blob and table services as Microsoft emulates them.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{TempFolder, free_port, wait_until};

/// How long it may take to start. Much more than it needs, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The account that it always has.
pub const ACCOUNT: &str = "devstoreaccount1";
/// Its key, which is no secret: <https://learn.microsoft.com/azure/storage/common/storage-use-azurite>.
pub const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// See the [module](self).
#[derive(Debug)]
pub struct Azurite {
    blobs: u16,
    queues: u16,
    tables: u16,
    folder: TempFolder,
    child: Option<Child>,
}

impl Azurite {
    /// One that is empty, and answers when this returns.
    ///
    /// # Panics
    /// When it is not there (`./dev test rust` installs it) or does not start.
    #[must_use]
    pub fn start() -> Self {
        let (blobs, queues, tables) = (free_port(), free_port(), free_port());
        let mut azurite = Self { blobs, queues, tables, folder: TempFolder::new("azurite"), child: None };
        azurite.restart();
        azurite
    }

    /// Starts it again, at the same ports, with what it kept.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("node");
        command.arg(script()).args(["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location"]);
        command.arg(self.folder.path());
        for (name, port) in [("blob", self.blobs), ("queue", self.queues), ("table", self.tables)] {
            command.args([format!("--{name}Host"), "127.0.0.1".to_owned(), format!("--{name}Port"), port.to_string()]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("node starts"));
        let answers = |address: SocketAddr| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
        wait_until("azurite answers", PATIENCE, || answers(self.blobs()) && answers(self.tables()));
    }

    /// Ends it in the middle of whatever it does.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is ours");
            child.wait().expect("it is ours");
        }
    }

    /// Where its blobs are.
    #[must_use]
    pub fn blobs(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.blobs).into()
    }

    /// Where its tables are.
    #[must_use]
    pub fn tables(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.tables).into()
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = (child.kill(), child.wait());
        }
    }
}

/// Where `dev` puts it.
fn script() -> PathBuf {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let tools = path("LECTERN_TOOLS")
        .or_else(|| path("XDG_CACHE_HOME").map(|cache| cache.join("lectern/tools")))
        .or_else(|| path("HOME").map(|home| home.join(".cache/lectern/tools")))
        .expect("a home");
    let script = tools.join("azurite/node_modules/azurite/dist/src/azurite.js");
    assert!(script.exists(), "{} is not there: `./dev test rust` installs it", script.display());
    script
}
