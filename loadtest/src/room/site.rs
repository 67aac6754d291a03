//! What a benchmark of the room is run against: servers, and Redis where they need it, started for one run.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use hyper::Uri;
use lectern_platform::token::TokenSigner;

use crate::room::dialect::Dialect;
use crate::run::RunError;
use crate::server_process::{LecternDev, ScratchFolder, ServerProcess, free_address};

/// Servers over one Redis: two processes, as on two machines.
const NODES: usize = 2;

/// Running servers.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) dialect: Dialect,
    pub(crate) servers: Vec<Uri>,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) pids: Vec<u32>,
    pub(crate) redis_pid: Option<u32>,
    running: Running,
}

#[derive(Debug)]
enum Running {
    Dev(Box<LecternDev>),
    // The processes, Redis last, end before the folder goes.
    Cluster(Vec<ServerProcess>, ScratchFolder),
}

impl Site {
    /// `lectern dev`: one process, no Redis.
    pub(crate) async fn lectern(programs: &Path) -> Result<Self, RunError> {
        let server = LecternDev::start(&programs.join("lectern")).await?;
        Ok(Self {
            dialect: Dialect::Lectern,
            servers: vec![server.url().parse()?],
            keys: Some(server.keys()),
            pids: vec![server.pid()],
            redis_pid: None,
            running: Running::Dev(Box::new(server)),
        })
    }

    /// Two `lectern-signalling` over one Redis.
    pub(crate) async fn lectern_cluster(programs: &Path) -> Result<Self, RunError> {
        let folder = ScratchFolder::new()?;
        let keys = folder.path("keys");
        TokenSigner::create(&keys)?;
        let (redis, redis_address) = redis(&folder).await?;
        let (mut nodes, mut servers) = (Vec::new(), Vec::new());
        for node in 0..NODES {
            let (listen, admin) = (free_address()?, free_address()?);
            let mut command = Command::new(programs.join("lectern-signalling"));
            command
                .env("LECTERN_SIGNALLING__LISTEN", listen.to_string())
                .env("LECTERN_SIGNALLING__ADMIN_LISTEN", admin.to_string())
                .env("LECTERN_SIGNALLING__KEYS", &keys)
                .env("LECTERN_SIGNALLING__AUDIT__FOLDER", folder.path(&format!("audit-{node}")))
                .env("LECTERN_SIGNALLING__BUS__REDIS__URLS", format!("[\"redis://{redis_address}\"]"));
            let mut process = ServerProcess::start(&mut command, folder.path(&format!("node-{node}.log")))?;
            process.until_page(&format!("http://{admin}/readyz").parse()?).await?;
            nodes.push(process);
            servers.push(format!("http://{listen}").parse()?);
        }
        Ok(Self::cluster(Dialect::Lectern, servers, Some(keys), nodes, redis, folder))
    }

    /// Two Socket.IO servers over one Redis, out of the folder `peers`.
    pub(crate) async fn socketio(peers: &Path) -> Result<Self, RunError> {
        let folder = ScratchFolder::new()?;
        let (redis, redis_address) = redis(&folder).await?;
        let (mut nodes, mut servers) = (Vec::new(), Vec::new());
        for node in 0..NODES {
            let listen = free_address()?;
            let mut command = Command::new("node");
            command
                .arg(peers.join("socketio/server.js"))
                .args([listen.port().to_string(), format!("redis://{redis_address}")])
                .env("NODE_ENV", "production");
            let mut process = ServerProcess::start(&mut command, folder.path(&format!("node-{node}.log")))?;
            process.until_listening(listen).await?;
            nodes.push(process);
            servers.push(format!("http://{listen}").parse()?);
        }
        Ok(Self::cluster(Dialect::SocketIo, servers, None, nodes, redis, folder))
    }

    fn cluster(
        dialect: Dialect,
        servers: Vec<Uri>,
        keys: Option<PathBuf>,
        mut nodes: Vec<ServerProcess>,
        redis: ServerProcess,
        folder: ScratchFolder,
    ) -> Self {
        let (pids, redis_pid) = (nodes.iter().map(ServerProcess::pid).collect(), Some(redis.pid()));
        nodes.push(redis);
        Self { dialect, servers, keys, pids, redis_pid, running: Running::Cluster(nodes, folder) }
    }

    /// Ask all of them to end, and see to it.
    pub(crate) fn end(self) -> Result<(), RunError> {
        match self.running {
            Running::Dev(server) => server.end()?,
            Running::Cluster(processes, folder) => {
                for process in processes {
                    process.end()?;
                }
                drop(folder);
            }
        }
        Ok(())
    }
}

/// A Redis that keeps nothing on disk.
pub(crate) async fn redis(folder: &ScratchFolder) -> Result<(ServerProcess, SocketAddr), RunError> {
    let address = free_address()?;
    let mut command = Command::new("redis-server");
    command
        .args(["--bind", &address.ip().to_string(), "--port", &address.port().to_string()])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(folder.path(""));
    let mut process = ServerProcess::start(&mut command, folder.path("redis.log"))?;
    process.until_listening(address).await?;
    Ok((process, address))
}
