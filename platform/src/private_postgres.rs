//! A Postgres of our own: a cluster in a folder, started and stopped by this process, for `lectern dev` and for tests.
//!
//! It takes Debian's binaries (package `postgresql`), or those of `PATH`. Postgres refuses to run as root; when we are root,
//! it runs as the user `postgres`, or `nobody`. It listens on loopback alone and asks for a password, which lies beside its
//! data where only we can read it.
//!
//! It ends with us, however we end: a shell stands between, which waits for the end of its standard input and then tells
//! Postgres to stop at once but in order. So no server is left behind that holds the folder of the next start.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Where Debian keeps each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The superuser of the cluster, who owns its databases.
const USER: &str = "lectern";
/// The cluster's own folder.
const DATA: &str = "data";
/// Where a server says who and where it is.
const PID_FILE: &str = "postmaster.pid";
/// How long a start may take. A crash recovery reads what was written since the last checkpoint.
const START_MAX: Duration = Duration::from_secs(60);
/// How long a stop may take before it is cut off. Nothing is lost then: the next start recovers.
const STOP_MAX: Duration = Duration::from_secs(8);
/// How often to look.
const POLL: Duration = Duration::from_millis(10);

/// Starts Postgres, and stops it when standard input ends.
const KEEPER: &str = r#"
exec 3<&0 </dev/null
"$@" & server=$!
{ read -r _ <&3; kill -INT $server; } & watch=$!
wait $server; status=$?
kill $watch 2>/dev/null
exit $status
"#;

/// What a commit promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// It survives the loss of power.
    Disk,
    /// It survives the end of a client, not that of the machine: for tests.
    Memory,
}

/// Why there is no Postgres.
#[derive(Debug, thiserror::Error)]
pub enum PrivatePostgresError {
    /// Not installed.
    #[error("no Postgres found in {DEBIAN}/*/bin or PATH; install Debian's package `postgresql`, or name a database")]
    Missing,
    /// We are root, and there is nobody else.
    #[error("Postgres refuses to run as root, and there is neither a user `postgres` nor `nobody`")]
    NoUser,
    /// The folder or a file in it.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A program of Postgres failed.
    #[error("{program}: {message}")]
    Program {
        /// `initdb`, `postgres`.
        program: &'static str,
        /// The last that it said.
        message: String,
    },
}

use PrivatePostgresError as Error;

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    keeper: Child,
    address: SocketAddr,
    password: String,
    folder: PathBuf,
}

/// The user that the server runs as.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl PrivatePostgres {
    /// Starts the cluster of `folder`, and makes it first if there is none. Blocks until it answers. `port` 0 takes one that
    /// is free.
    ///
    /// # Errors
    /// See [`PrivatePostgresError`].
    pub fn start(folder: &Path, port: u16, durability: Durability) -> Result<Self, Error> {
        let binaries = binaries().ok_or(Error::Missing)?;
        let account = account()?;
        let folder = place(folder, account)?;
        let password = password(&folder)?;
        if !folder.join(DATA).exists() {
            create(&binaries, &folder, account)?;
        }
        let port = if port == 0 { free_port(&folder)? } else { port };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let keeper = spawn(&binaries, &folder, account, address, durability)?;
        let mut server = Self { keeper, address, password, folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// A server of its own in `folder`, which follows this one and answers what is only read: for tests. Blocks as
    /// [`Self::start`] does.
    ///
    /// # Errors
    /// See [`PrivatePostgresError`].
    pub fn follower(&self, folder: &Path, port: u16, durability: Durability) -> Result<Self, Error> {
        let binaries = binaries().ok_or(Error::Missing)?;
        let account = account()?;
        let folder = place(folder, account)?;
        let (data, log) = (folder.join(DATA), folder.join("log"));
        DirBuilder::new().mode(0o700).create(&data).map_err(io_error(&data))?;
        fs::File::create(&log).map_err(io_error(&log))?;
        if let Some(Account { user, group }) = account {
            for path in [&data, &log] {
                std::os::unix::fs::chown(path, Some(user), Some(group)).map_err(io_error(path))?;
            }
        }
        let mut command = Command::new(binaries.join("pg_basebackup"));
        command.args(["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync", "--dbname"]);
        command.arg(self.url("postgres")).arg("--pgdata").arg(&data).stdin(Stdio::null());
        run("pg_basebackup", as_account(&mut command, account))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let keeper = spawn(&binaries, &folder, account, address, durability)?;
        let mut server = Self { keeper, address, password: self.password.clone(), folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The URL of a database of the cluster of `folder`, if another process runs it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn url_of_running(folder: &Path, database: &str) -> Result<Option<String>, Error> {
        let folder = place(folder, account()?)?;
        let Ok(text) = fs::read_to_string(folder.join(DATA).join(PID_FILE)) else { return Ok(None) };
        let mut lines = text.lines();
        let pid = lines.next().unwrap_or_default().trim();
        let port = lines.nth(2).and_then(|line| line.trim().parse::<u16>().ok());
        let is_ours =
            fs::read_to_string(Path::new("/proc").join(pid).join("comm")).is_ok_and(|name| name.trim() == "postgres");
        let Some(port) = port.filter(|_| !pid.is_empty() && is_ours) else { return Ok(None) };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Some(url(&password(&folder)?, address, database)))
    }

    /// The URL of one of its databases. `postgres` is there from the beginning.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.url_through(self.address, database)
    }

    /// As [`Self::url`], through a proxy.
    #[must_use]
    pub fn url_through(&self, proxy: SocketAddr, database: &str) -> String {
        url(&self.password, proxy, database)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process id of the server, as long as it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.folder.join(DATA).join(PID_FILE)).ok()?;
        text.lines().next()?.trim().parse().ok()
    }

    /// Makes a database, if there is none of that name.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub fn create_database(&self, name: &str) -> Result<(), Error> {
        let exists = self.psql("postgres", &["-c", &format!("SELECT 1 FROM pg_database WHERE datname = '{name}'")])?;
        if exists.trim().is_empty() {
            self.psql("postgres", &["-c", &format!("CREATE DATABASE \"{name}\"")])?;
        }
        Ok(())
    }

    /// What `psql` answers: rows of text without decoration.
    ///
    /// # Errors
    /// When it fails, with what it says.
    pub fn psql(&self, database: &str, arguments: &[&str]) -> Result<String, Error> {
        let program = binaries().ok_or(Error::Missing)?.join("psql");
        let mut command = Command::new(program);
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        command.args(["--dbname", &self.url(database)]).args(arguments).stdin(Stdio::null());
        let output = run("psql", &mut command)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// As `pg_ctl --wait` does it: the last line of the file says how far it is.
    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let start = Instant::now();
        loop {
            let pid = self.folder.join(DATA).join(PID_FILE);
            let ready = fs::read_to_string(pid).is_ok_and(|text| {
                text.lines().nth(3).is_some_and(|line| line == self.address.port().to_string())
                    && text.lines().nth(7).is_some_and(|line| line.trim() == "ready")
            });
            if ready {
                return Ok(());
            }
            let ended = self.keeper.try_wait().map_err(io_error(&self.folder))?.is_some();
            if ended || start.elapsed() > START_MAX {
                return Err(Error::Program { program: "postgres", message: self.last_words() });
            }
            std::thread::sleep(POLL);
        }
    }

    fn last_words(&self) -> String {
        let log = self.folder.join("log");
        let text = fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(3).collect();
        let said: Vec<_> = lines.into_iter().rev().collect();
        format!("did not start; the end of {}: {}", log.display(), said.join(" / "))
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let start = Instant::now();
        while start.elapsed() < STOP_MAX {
            if !matches!(self.keeper.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
        tracing::warn!(folder = %self.folder.display(), "cut off Postgres, which did not stop in time");
        let _ = (self.keeper.kill(), self.keeper.wait());
    }
}

fn url(password: &str, address: SocketAddr, database: &str) -> String {
    format!("postgres://{USER}:{password}@{address}/{database}")
}

/// Makes `folder` if it is not there, and sees to it that the server's user can pass it, on the way to a cluster below.
///
/// # Errors
/// When it cannot be made, or its rights not be changed.
pub fn open_way(folder: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o711).create(folder).map_err(io_error(folder))?;
    let mode = fs::metadata(folder).map_err(io_error(folder))?.permissions().mode();
    if account()?.is_none() || mode & 0o001 != 0 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(mode | 0o001)).map_err(io_error(folder))
}

/// The folder of the programs of the newest version there is.
fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("postgres").exists())
        .max();
    if let Some((_, folder)) = newest {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

/// Somebody else, if we are root.
fn account() -> Result<Option<Account>, Error> {
    let this = Path::new("/proc/self");
    if fs::metadata(this).map_err(io_error(this))?.uid() != 0 {
        return Ok(None);
    }
    let path = Path::new("/etc/passwd");
    let users = fs::read_to_string(path).map_err(io_error(path))?;
    let find = |name: &str| {
        let mut fields =
            users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(name))?.skip(2);
        Some(Account { user: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? })
    };
    find("postgres").or_else(|| find("nobody")).map(Some).ok_or(Error::NoUser)
}

/// The folder that is used for `wanted`: itself, unless the server's user cannot get there (a home folder that is closed to
/// others, most often). Then it is one below `/var/lib`, named after the wanted one.
fn place(wanted: &Path, account: Option<Account>) -> Result<PathBuf, Error> {
    // Others may pass, not look; what is inside has its own rights.
    let make = |folder: &Path| {
        DirBuilder::new().recursive(true).mode(0o711).create(folder).map_err(io_error(folder))?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).map_err(io_error(folder))
    };
    make(wanted)?;
    let folder = wanted.canonicalize().map_err(io_error(wanted))?;
    let passable = |folder: &Path| fs::metadata(folder).is_ok_and(|data| data.permissions().mode() & 0o001 != 0);
    if account.is_none() || folder.ancestors().all(passable) {
        return Ok(folder);
    }
    let name = folder.to_string_lossy().trim_matches('/').replace('/', "-");
    let elsewhere = Path::new("/var/lib/lectern").join(name);
    tracing::warn!(folder = %elsewhere.display(), "Postgres, which runs as another user, cannot get to the data folder; its data is here");
    make(&elsewhere)?;
    Ok(elsewhere)
}

/// The password of the cluster, made on the first start.
fn password(folder: &Path) -> Result<String, Error> {
    let path = folder.join("password");
    if let Ok(known) = fs::read_to_string(&path) {
        return Ok(known.trim().to_owned());
    }
    let random: [u8; 16] = rand::random();
    let password: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(io_error(&path))?;
    file.write_all(password.as_bytes()).and_then(|()| file.sync_all()).map_err(io_error(&path))?;
    Ok(password)
}

fn create(binaries: &Path, folder: &Path, account: Option<Account>) -> Result<(), Error> {
    tracing::info!(folder = %folder.display(), "making a Postgres cluster, which takes some seconds");
    // It is a cluster when all of it is there, and has its name then.
    let data = folder.join("data.new");
    // What an interrupted start left is none.
    if data.exists() {
        fs::remove_dir_all(&data).map_err(io_error(&data))?;
    }
    DirBuilder::new().mode(0o700).create(&data).map_err(io_error(&data))?;
    let log = folder.join("log");
    fs::File::create(&log).map_err(io_error(&log))?;
    let secret = folder.join("password");
    let for_server = folder.join("password.initdb");
    fs::copy(&secret, &for_server).map_err(io_error(&for_server))?;
    if let Some(Account { user, group }) = account {
        for path in [&data, &log, &for_server] {
            std::os::unix::fs::chown(path, Some(user), Some(group)).map_err(io_error(path))?;
        }
    }
    let mut command = Command::new(binaries.join("initdb"));
    command.args(["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
    // Synced by the server's first checkpoint, not once more here.
    command.arg("--no-sync").arg("--no-instructions").arg("--pwfile").arg(&for_server).arg("--pgdata").arg(&data);
    let made = run("initdb", as_account(&mut command, account));
    fs::remove_file(&for_server).map_err(io_error(&for_server))?;
    made?;
    let ready = folder.join(DATA);
    fs::rename(&data, &ready).map_err(io_error(&ready))
}

fn spawn(
    binaries: &Path,
    folder: &Path,
    account: Option<Account>,
    address: SocketAddr,
    durability: Durability,
) -> Result<Child, Error> {
    let mut settings = vec![
        format!("port={}", address.port()),
        format!("listen_addresses={}", address.ip()),
        "unix_socket_directories=".to_owned(),
        "max_connections=200".to_owned(),
        "timezone=UTC".to_owned(),
    ];
    if durability == Durability::Memory {
        settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"].map(str::to_owned));
    }
    let log = folder.join("log");
    let output = OpenOptions::new().append(true).create(true).open(&log).map_err(io_error(&log))?;
    let errors = output.try_clone().map_err(io_error(&log))?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", KEEPER, "keeper"]).arg(binaries.join("postgres")).arg("-D").arg(folder.join(DATA));
    for setting in &settings {
        command.args(["-c", setting]);
    }
    // A group of its own: the Ctrl-C of a terminal is for us, who stop the server when nobody needs it any more.
    command.process_group(0).stdin(Stdio::piped()).stdout(output).stderr(errors);
    as_account(&mut command, account).spawn().map_err(io_error(Path::new("/bin/sh")))
}

fn as_account(command: &mut Command, account: Option<Account>) -> &mut Command {
    if let Some(Account { user, group }) = account {
        command.gid(group).uid(user);
    }
    // Where the server may not be, it would complain.
    command.current_dir("/")
}

fn run(program: &'static str, command: &mut Command) -> Result<Output, Error> {
    let failed = |message: String| Error::Program { program, message };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(said.lines().last().unwrap_or("failed").to_owned()))
}

/// One that was free a moment ago.
fn free_port(folder: &Path) -> Result<u16, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io_error(folder))?;
    Ok(listener.local_addr().map_err(io_error(folder))?.port())
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> Error {
    move |error| Error::Io { path: path.to_owned(), error }
}
