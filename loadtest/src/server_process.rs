//! Servers that the benchmarks start, wait for, measure and end.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hyper::Uri;

use crate::http;
use crate::run::RunError;

/// A server that takes longer to start is broken.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// A server that takes longer to end is killed.
const END_PATIENCE: Duration = Duration::from_secs(15);
/// How often to look whether it has started.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// A process; killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    log: PathBuf,
}

impl ServerProcess {
    /// Starts it. What it says goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> io::Result<Self> {
        let file = std::fs::File::create(&log)?;
        let child = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn();
        let named = |error| io::Error::other(format!("{}: {error}", command.get_program().display()));
        Ok(Self { child: child.map_err(named)?, log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Until this page can be had.
    pub(crate) async fn until_page(&mut self, page: &Uri) -> Result<(), RunError> {
        let deadline = Instant::now() + START_PATIENCE;
        while http::page(page).await.is_err() {
            self.still_starting(deadline)?;
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    /// Until somebody listens at this address.
    pub(crate) async fn until_listening(&mut self, address: SocketAddr) -> Result<(), RunError> {
        let deadline = Instant::now() + START_PATIENCE;
        while TcpStream::connect(address).is_err() {
            self.still_starting(deadline)?;
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    fn still_starting(&mut self, deadline: Instant) -> io::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            let _ = io::copy(&mut std::fs::File::open(&self.log)?, &mut io::stderr());
            return Err(io::Error::other(format!("the server ended: {status}")));
        }
        if Instant::now() > deadline {
            return Err(io::Error::other("the server does not become ready"));
        }
        Ok(())
    }

    /// Ask it to end, and see to it.
    pub(crate) fn end(mut self) -> io::Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let deadline = Instant::now() + END_PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                eprintln!("the server did not end by itself");
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of its own for one run; gone when this is dropped.
#[derive(Debug)]
pub(crate) struct ScratchFolder(PathBuf);

impl ScratchFolder {
    pub(crate) fn new() -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("lectern-bench-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A `lectern dev` with a data folder and ports of its own.
#[derive(Debug)]
pub(crate) struct LecternDev {
    // In this order: the process ends before its folder goes.
    process: ServerProcess,
    folder: ScratchFolder,
    listen: SocketAddr,
    metrics: SocketAddr,
}

impl LecternDev {
    pub(crate) async fn start(program: &Path) -> Result<Self, RunError> {
        let folder = ScratchFolder::new()?;
        let (listen, metrics) = (free_address()?, free_address()?);
        let mut command = Command::new(program);
        command
            .arg("dev")
            .arg("--data")
            .arg(folder.path("data"))
            .args(["--listen", &listen.to_string(), "--metrics-listen", &metrics.to_string()])
            // Whatever ports are free.
            .env("LECTERN_SFU__NETWORK__UDP_PORT", "0")
            .env("LECTERN_SFU__NETWORK__TCP_PORT", "0");
        let mut process = ServerProcess::start(&mut command, folder.path("server.log"))?;
        process.until_page(&format!("http://{metrics}/readyz").parse()?).await?;
        Ok(Self { process, folder, listen, metrics })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Where everything public is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// Where its metrics are.
    pub(crate) fn metrics_url(&self) -> String {
        format!("http://{}/metrics", self.metrics)
    }

    /// The folder of its keys.
    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.path("data").join("keys")
    }

    /// A token, as an operator gets one.
    pub(crate) fn token(&self, program: &Path, room: &str, role: &str) -> Result<String, RunError> {
        let output = Command::new(program)
            .args(["token", "--room", room, "--role", role, "--name", "bench", "--data"])
            .arg(self.folder.path("data"))
            .output()?;
        if !output.status.success() {
            io::stderr().write_all(&output.stderr)?;
            return Err(io::Error::other("no token").into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Ask it to end, and see to it.
    pub(crate) fn end(self) -> io::Result<()> {
        self.process.end()
    }
}

/// An address that nobody listens on; it may be taken before the server gets it, which then says so.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
