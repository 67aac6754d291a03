//! What a run is made against: Postgres that syncs, Redis, and servers, started for it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{fs, io};

use lectern_platform::private_postgres::{Durability, PrivatePostgres};
use lectern_platform::token::TokenSigner;

use crate::measure::ProcessCost;
use crate::room::site::redis;
use crate::run::RunError;
use crate::server_process::{ScratchFolder, ServerProcess, free_address};

/// Nodes of the school: an event of one has to reach pages that are open at the other.
const NODES: usize = 2;

/// Where a run finds everything.
#[derive(Clone, Debug)]
pub struct Target {
    /// The servers; what happens at the first is heard at the last.
    pub servers: Vec<SocketAddr>,
    /// The folder of the key that signs access tokens.
    pub keys: PathBuf,
    /// The database, for `psql`.
    pub database: String,
    /// The first server's process on this machine.
    pub pid: Option<u32>,
    /// The last server's.
    pub stream_pid: Option<u32>,
    /// The process of Postgres.
    pub postgres_pid: Option<u32>,
}

/// Running servers. The processes end before Postgres and Redis, these before the folder goes.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) target: Target,
    servers: Vec<ServerProcess>,
    _redis: ServerProcess,
    _postgres: PrivatePostgres,
    _folder: ScratchFolder,
}

impl Site {
    /// Two `lectern-control-api`.
    pub(super) async fn lectern(programs: &Path) -> Result<Self, RunError> {
        let mut ground = Ground::start().await?;
        let (mut servers, mut addresses) = (Vec::new(), Vec::new());
        for node in 0..NODES {
            let (process, address) = ground.api(programs, node).await?;
            servers.push(process);
            addresses.push(address);
        }
        Ok(ground.with(servers, addresses))
    }

    /// A Fastify server out of the folder `peers`, on the same schema.
    pub(super) async fn fastify(programs: &Path, peers: &Path) -> Result<Self, RunError> {
        let mut ground = Ground::start().await?;
        // It makes the schema.
        ground.api(programs, 0).await?.0.end()?;
        let address = free_address()?;
        let mut command = Command::new("node");
        command
            .arg(peers.join("fastify/server.js"))
            .arg(address.port().to_string())
            .args([&ground.database(), &ground.redis_url()])
            .arg(signing_key(&ground.folder.path("keys"))?)
            .env("NODE_ENV", "production");
        let mut process = ServerProcess::start(&mut command, ground.folder.path("fastify.log"))?;
        process.until_listening(address).await?;
        Ok(ground.with(vec![process], vec![address]))
    }

    /// Kills the first server, as a power cut would.
    pub(super) fn kill(&mut self) {
        drop(self.servers.remove(0));
    }

    /// Ends all of it.
    pub(super) fn end(self) -> io::Result<()> {
        self.servers.into_iter().try_for_each(ServerProcess::end)
    }
}

/// What servers stand on.
struct Ground {
    folder: ScratchFolder,
    postgres: PrivatePostgres,
    redis: ServerProcess,
    redis_address: SocketAddr,
}

impl Ground {
    async fn start() -> Result<Self, RunError> {
        let folder = ScratchFolder::new()?;
        TokenSigner::create(&folder.path("keys"))?;
        let place = folder.path("postgres");
        let postgres =
            tokio::task::spawn_blocking(move || PrivatePostgres::start(&place, 0, Durability::Disk)).await??;
        postgres.create_database("school")?;
        let (redis, redis_address) = redis(&folder).await?;
        Ok(Self { folder, postgres, redis, redis_address })
    }

    fn database(&self) -> String {
        self.postgres.url("school")
    }

    fn redis_url(&self) -> String {
        format!("redis://{}", self.redis_address)
    }

    async fn api(&mut self, programs: &Path, node: usize) -> Result<(ServerProcess, SocketAddr), RunError> {
        let (listen, admin) = (free_address()?, free_address()?);
        let redis = format!("[\"{}\"]", self.redis_url());
        let mut command = Command::new(programs.join("lectern-control-api"));
        let set = |key: &str| format!("LECTERN_CONTROL_API__{key}");
        command
            .env(set("LISTEN"), listen.to_string())
            .env(set("ADMIN_LISTEN"), admin.to_string())
            .env(set("KEYS"), self.folder.path("keys"))
            .env(set("DATABASE__URL"), self.database())
            .env(set("BUS__REDIS__URLS"), &redis)
            .env(set("CACHE__REDIS__URLS"), &redis)
            .env(set("AUDIT__FOLDER"), self.folder.path(&format!("audit-{node}")))
            .env(set("BLOBS__FOLDER"), self.folder.path("blobs"));
        let mut process = ServerProcess::start(&mut command, self.folder.path(&format!("node-{node}.log")))?;
        process.until_page(&format!("http://{admin}/readyz").parse()?).await?;
        Ok((process, listen))
    }

    fn with(self, servers: Vec<ServerProcess>, addresses: Vec<SocketAddr>) -> Site {
        let target = Target {
            servers: addresses,
            keys: self.folder.path("keys"),
            database: self.database(),
            pid: servers.first().map(ServerProcess::pid),
            stream_pid: servers.last().map(ServerProcess::pid),
            postgres_pid: self.postgres.pid(),
        };
        Site { target, servers, _redis: self.redis, _postgres: self.postgres, _folder: self.folder }
    }
}

impl Target {
    /// What `psql` answers to statements: rows of text.
    pub(super) fn psql(&self, statements: &str) -> io::Result<String> {
        let mut command = Command::new("psql");
        command.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]);
        let output = command.arg(&self.database).args(["--command", statements]).output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// CPU time of the first server, and of Postgres with its children, as far as they are known.
    pub(super) fn cpu(&self) -> io::Result<Cpu> {
        let server = self.pid.map(ProcessCost::read).transpose()?.map(|cost| cost.cpu);
        let database = self.postgres_pid.map(family_cpu).transpose()?;
        Ok(Cpu { server, database })
    }
}

/// CPU time used so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cpu {
    pub(super) server: Option<Duration>,
    pub(super) database: Option<Duration>,
}

/// Of a process and those that it started and that still run.
fn family_cpu(parent: u32) -> io::Result<Duration> {
    let mut cpu = ProcessCost::read(parent)?.cpu;
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // After the name in parentheses: the state, then the parent.
        let its_parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse::<u32>().ok());
        if its_parent == Some(parent) {
            cpu += ProcessCost::read(pid).map(|cost| cost.cpu).unwrap_or_default();
        }
    }
    Ok(cpu)
}

/// The one private key of a folder; the public one follows from it.
fn signing_key(keys: &Path) -> io::Result<PathBuf> {
    let is_key = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "key");
    let found = fs::read_dir(keys)?.flatten().map(|entry| entry.path()).find(is_key);
    found.ok_or_else(|| io::Error::other("no key to sign with"))
}
