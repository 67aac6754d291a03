//! Redis as it is: a server, a cluster, a server with a replica and a sentinel.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{TempFolder, free_port, signal, wait_until};

/// How long a server may take to start, and a cluster to agree. Much more than they need, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// When a cluster and a sentinel take a server for dead, in milliseconds.
const DEAD_AFTER_MS: u32 = 1_000;

/// Whether a server remembers what it knew when it was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Nothing is kept: after a restart it is empty.
    None,
    /// Every write is on disk before it is answered (`appendfsync always`).
    AppendOnly,
}

/// A `redis-server`, or a sentinel.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    folder: TempFolder,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// A server by itself, which answers when this returns.
    ///
    /// # Panics
    /// When there is no `redis-server` or it does not start.
    #[must_use]
    pub fn start(memory: Memory) -> Self {
        Self::with(memory, &[])
    }

    fn with(memory: Memory, more: &[&str]) -> Self {
        let folder = TempFolder::new("redis");
        let port = free_port();
        let mut arguments = vec!["--save".to_owned(), String::new()];
        if memory == Memory::AppendOnly {
            arguments.extend(["--appendonly", "yes", "--appendfsync", "always"].map(str::to_owned));
        }
        arguments.extend(more.iter().map(|&argument| argument.to_owned()));
        Self::run(port, folder, arguments)
    }

    fn run(port: u16, folder: TempFolder, arguments: Vec<String>) -> Self {
        let mut server = Self { port, folder, arguments, child: None };
        server.restart();
        server
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its address as configurations have it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
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

    /// Starts it again, at the same port, with what it kept; it answers when this returns.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("redis-server");
        // A configuration file, if any, goes first.
        let (file, options) = match self.arguments.first() {
            Some(file) if !file.starts_with("--") => self.arguments.split_at(1),
            _ => self.arguments.split_at(0),
        };
        command.args(file).args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--loglevel", "warning"]);
        command.arg("--dir").arg(self.folder.path()).args(options);
        let log = std::fs::File::create(self.folder.path().join("log")).expect("a log");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("redis-server starts; Debian's package is redis-server"));
        wait_until("redis answers", PATIENCE, || self.ask(&["PING"]).is_ok_and(|answer| answer == "PONG"));
    }

    /// Stops it where it is, without closing anything.
    pub fn pause(&self) {
        self.send_signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.send_signal("CONT");
    }

    fn send_signal(&self, name: &str) {
        if let Some(child) = &self.child {
            signal(child.id(), name);
        }
    }

    /// Gives it a command; an array in its answer is flattened, one item a line.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub fn ask(&self, command: &[&str]) -> io::Result<String> {
        let stream = TcpStream::connect_timeout(&self.address(), Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut request = format!("*{}\r\n", command.len());
        for part in command {
            request.push_str(&format!("${}\r\n{part}\r\n", part.len()));
        }
        (&stream).write_all(request.as_bytes())?;
        read_reply(&mut BufReader::new(stream))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = (child.kill(), child.wait());
        }
    }
}

fn read_reply(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (kind, rest) = line.trim_end().split_at_checked(1).ok_or(io::ErrorKind::UnexpectedEof)?;
    let length = || rest.parse::<i64>().map_err(|_| io::ErrorKind::InvalidData);
    match kind {
        "+" | ":" => Ok(rest.to_owned()),
        "$" => {
            let Ok(length) = usize::try_from(length()?) else { return Ok(String::new()) };
            let mut text = vec![0; length + 2];
            reader.read_exact(&mut text)?;
            text.truncate(length);
            Ok(String::from_utf8_lossy(&text).into_owned())
        }
        "*" => {
            let items: io::Result<Vec<_>> = (0..length()?).map(|_| read_reply(reader)).collect();
            Ok(items?.join("\n"))
        }
        _ => Err(io::Error::other(rest.to_owned())),
    }
}

/// A Redis Cluster: its masters first, then a replica for each if wanted.
#[derive(Debug)]
pub struct RedisCluster {
    nodes: Vec<Redis>,
    masters: usize,
}

impl RedisCluster {
    /// Of three masters, each with a replica if wanted.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn start(memory: Memory, with_replicas: bool) -> Self {
        let masters: usize = 3;
        let count = if with_replicas { 2 * masters } else { masters };
        let timeout = DEAD_AFTER_MS.to_string();
        let nodes: Vec<_> = (0..count)
            .map(|_| {
                let bus_port = free_port().to_string();
                let options =
                    ["--cluster-enabled", "yes", "--cluster-node-timeout", &timeout, "--cluster-port", &bus_port];
                Redis::with(memory, &[&options[..], &["--repl-diskless-sync-delay", "0"]].concat())
            })
            .collect();
        let cluster = Self { nodes, masters };
        cluster.join_together();
        cluster
    }

    fn join_together(&self) {
        let ask =
            |node: &Redis, command: &[&str]| node.ask(command).unwrap_or_else(|error| panic!("{command:?}: {error}"));
        for (index, node) in self.nodes[..self.masters].iter().enumerate() {
            let (first, last) = (16_384 * index / self.masters, 16_384 * (index + 1) / self.masters - 1);
            ask(node, &["CLUSTER", "ADDSLOTSRANGE", &first.to_string(), &last.to_string()]);
            ask(node, &["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
        }
        for node in &self.nodes[1..] {
            let (first, bus_port) = (&self.nodes[0], self.nodes[0].option("--cluster-port"));
            ask(node, &["CLUSTER", "MEET", "127.0.0.1", &first.port.to_string(), bus_port]);
        }
        let know_all = |node: &Redis| {
            node.ask(&["CLUSTER", "NODES"]).is_ok_and(|text| {
                text.lines().count() == self.nodes.len() && !text.contains("handshake") && !text.contains("fail")
            })
        };
        wait_until("the nodes know each other", PATIENCE, || self.nodes.iter().all(know_all));
        for (index, replica) in self.nodes[self.masters..].iter().enumerate() {
            let id = ask(&self.nodes[index], &["CLUSTER", "MYID"]);
            ask(replica, &["CLUSTER", "REPLICATE", &id]);
        }
        let follows =
            |replica: &Redis| replica.ask(&["INFO", "replication"]).is_ok_and(|text| text.contains("link_status:up"));
        wait_until("the replicas follow", PATIENCE, || self.nodes[self.masters..].iter().all(follows));
        wait_until("the cluster is well", PATIENCE, || self.is_well());
    }

    /// Whether every node that runs says that all is well.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let running = self.nodes.iter().filter(|node| node.child.is_some());
        running
            .map(|node| node.ask(&["CLUSTER", "INFO"]))
            .all(|info| info.is_ok_and(|text| text.contains("cluster_state:ok")))
    }

    /// The nodes: masters as they were at the start, then their replicas in the same order.
    pub fn nodes(&mut self) -> &mut [Redis] {
        &mut self.nodes
    }

    /// The addresses of all nodes.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Redis::url).collect()
    }

    /// Which of the masters, as they were at the start, holds a key with this hash tag.
    ///
    /// # Panics
    /// When the cluster does not answer.
    #[must_use]
    pub fn master_of(&self, tag: &str) -> usize {
        let slot = self.nodes[0].ask(&["CLUSTER", "KEYSLOT", tag]).expect("the first node answers");
        let slot: usize = slot.parse().expect("a number");
        (0..self.masters).rfind(|index| 16_384 * index / self.masters <= slot).unwrap_or(0)
    }
}

impl Redis {
    fn option(&self, name: &str) -> &str {
        let at = self.arguments.iter().position(|argument| argument == name).expect("it was given");
        &self.arguments[at + 1]
    }
}

/// A server, its replica, and a sentinel that watches them under the name `lectern`.
#[derive(Debug)]
pub struct WatchedRedis {
    /// The server, as it was at the start.
    pub master: Redis,
    /// Its replica.
    pub replica: Redis,
    /// Who says which of them is the master.
    pub sentinel: Redis,
}

impl WatchedRedis {
    /// All three, knowing each other.
    ///
    /// # Panics
    /// When they do not come together.
    #[must_use]
    pub fn start(memory: Memory) -> Self {
        let quick = ["--repl-diskless-sync-delay", "0"];
        let master = Redis::with(memory, &quick);
        let port = master.port.to_string();
        let replica = Redis::with(memory, &[&quick[..], &["--replicaof", "127.0.0.1", &port]].concat());
        let follows = || replica.ask(&["INFO", "replication"]).is_ok_and(|text| text.contains("link_status:up"));
        wait_until("the replica follows", PATIENCE, follows);
        let folder = TempFolder::new("sentinel");
        let file = folder.path().join("sentinel.conf");
        let text = format!(
            "sentinel monitor lectern 127.0.0.1 {port} 1\nsentinel down-after-milliseconds lectern {DEAD_AFTER_MS}\n\
             sentinel failover-timeout lectern 3000\n"
        );
        std::fs::write(&file, text).expect("a file");
        let arguments = vec![file.to_string_lossy().into_owned(), "--sentinel".to_owned()];
        let sentinel = Redis::run(free_port(), folder, arguments);
        let knows = || {
            sentinel.ask(&["SENTINEL", "REPLICAS", "lectern"]).is_ok_and(|text| text.contains("master-link-status\nok"))
        };
        wait_until("the sentinel knows the replica", PATIENCE, knows);
        Self { master, replica, sentinel }
    }
}
