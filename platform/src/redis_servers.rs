//! Connections to Redis, for all who use it: one server, a server that sentinels watch, or a Redis Cluster.
//!
//! Who asks names a hash tag; all keys with it are in one slot, so at one server ([`servers`]). While a connection is down
//! ([`link`]) every call fails at once; a call that takes longer than an answer may take gives the connection up, for all. So a
//! server that hangs costs one wait, not one for each call: the link is the circuit breaker, and connecting again its probe.
//! `docs/decisions/bus-on-redis.md` says why this is our own.

mod config;
mod link;
mod servers;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use prometheus::IntCounterVec;
use redis::{
    Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo as _, Pipeline, ProtocolVersion, PushInfo, RedisError,
    ServerErrorKind, Value, cmd,
};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::config::{RedisConfig, RedisMode};
pub(crate) use self::config::{RedisKeys, redis_keys};
pub(crate) use self::link::{Link, Live};
use self::servers::Server;
pub(crate) use self::servers::Servers;

/// How often one call may be sent: it can be redirected, and the server may have forgotten the script.
const SENT_MAX: usize = 4;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It cannot be reached, or did not answer in time; the call may have had its effect.
    Unavailable(String),
    /// It refused, or answered with something that makes no sense.
    Protocol(String),
}

/// Is told what a server says without having been asked.
pub(crate) trait Pushes: Send + Sync {
    /// What came at the connection of that number; an error says why the connection is to be given up.
    fn hear(&self, number: u64, push: PushInfo) -> Result<(), &'static str>;
}

/// What [`Servers`] need.
pub(crate) struct Setup {
    /// Whose they are, for the log.
    pub(crate) name: &'static str,
    /// A valid one.
    pub(crate) config: RedisConfig,
    /// Attempts to connect, by outcome.
    pub(crate) connects: IntCounterVec,
    /// The scripts that [`Servers::run`] may be asked for.
    pub(crate) scripts: &'static [&'static str],
    /// Without it nothing is listened to.
    pub(crate) pushes: Option<Arc<dyn Pushes>>,
}

/// What all links have in common.
struct Settings {
    name: &'static str,
    config: RedisConfig,
    credentials: redis::RedisConnectionInfo,
    connects: IntCounterVec,
    scripts: &'static [&'static str],
    /// Counts what changed: links that went up or down, servers that came or went.
    changed: watch::Sender<u64>,
}

impl Settings {
    fn note_change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

impl Servers {
    /// Begins to connect, and goes on until the task is aborted and the servers are dropped. Must be called within a Tokio
    /// runtime.
    pub(crate) fn start(setup: Setup) -> Result<(Arc<Self>, JoinHandle<()>), String> {
        let Setup { name, config, connects, scripts, pushes } = setup;
        let seeds = config.urls.iter().map(|url| url.as_str().into_connection_info());
        let seeds: Vec<ConnectionInfo> = seeds.collect::<Result<_, _>>().map_err(|_| "not an address of Redis")?;
        let credentials = credentials(&config, &seeds[0]);
        let changed = watch::Sender::new(0);
        let settings = Arc::new(Settings { name, config, credentials, connects, scripts, changed });
        let servers = Arc::new(Self::new(settings, pushes, seeds));
        let looking = tokio::spawn(Arc::clone(&servers).keep_looking());
        Ok((servers, looking))
    }

    /// Waits until it was tried to connect, but no longer than that may take.
    pub(crate) async fn first_attempt(&self) {
        let mut changed = self.changes();
        let all_tried = async {
            while !self.were_tried() {
                // A cluster's first look is no change if it fails, hence the limit.
                let _ = timeout(Duration::from_millis(50), changed.changed()).await;
            }
        };
        let _ = timeout(self.config().connect_timeout(), all_tried).await;
        if !self.are_available() {
            tracing::warn!("{}: Redis does not answer yet", self.settings.name);
        }
    }

    pub(crate) fn config(&self) -> &RedisConfig {
        &self.settings.config
    }

    /// Counts links that went up or down, and servers that came or went.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.settings.changed.subscribe()
    }

    /// Runs a script, by its place among those of the [`Setup`], at the server of a hash tag; `write` adds its arguments.
    pub(crate) async fn run(
        &self,
        tag: &str,
        script: usize,
        keys: &[String],
        write: impl Fn(&mut Cmd, &Live) + Send + Sync,
    ) -> Result<Value, Failure> {
        let text = self.settings.scripts[script];
        let build = |live: &Live, in_full: bool| {
            let mut command = if in_full { cmd("EVAL") } else { cmd("EVALSHA") };
            command.arg(if in_full { text } else { &live.scripts[script] }).arg(keys.len()).arg(keys);
            write(&mut command, live);
            command
        };
        self.send(tag, build).await
    }

    /// Sends to the server of a hash tag, and again where that is known to have had no effect; `build` is told whether a
    /// script is to be sent in full.
    pub(crate) async fn send(
        &self,
        tag: &str,
        build: impl Fn(&Live, bool) -> Cmd + Send + Sync,
    ) -> Result<Value, Failure> {
        let mut server = self.of(tag).await?;
        let (mut in_full, mut asking) = (false, false);
        for _ in 0..SENT_MAX {
            let live = server.commands.live().await?;
            let command = build(&live, in_full);
            let mut connection = live.connection.clone();
            let answer = if asking {
                let mut pipeline = redis::pipe();
                pipeline.cmd("ASKING").ignore().add_command(command);
                pipeline.query_async::<(Value,)>(&mut connection).await.map(|(answer,)| answer)
            } else {
                command.query_async(&mut connection).await
            };
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match Reaction::to(&error) {
                Reaction::SendInFull => in_full = true,
                Reaction::Redirect { is_lasting } => {
                    let (host, port) = error.redirect_node().unwrap_or_default();
                    if host.is_empty() {
                        return Err(Failure::Unavailable(error.to_string()));
                    }
                    server = self.at(host, port);
                    asking = !is_lasting;
                    if is_lasting {
                        self.look_again();
                    }
                }
                Reaction::GiveUp => {
                    server.commands.give_up(live.number, &error.to_string());
                    return Err(Failure::Unavailable(error.to_string()));
                }
                Reaction::Later => return Err(Failure::Unavailable(error.to_string())),
                Reaction::Complain => return Err(Failure::Protocol(error.to_string())),
            }
        }
        Err(Failure::Unavailable("redirected too often".to_owned()))
    }

    /// Sends commands to the servers of their hash tags, those of one server together: one way there and back. The places of
    /// those of which nobody knows that they had their effect, to be sent again: each by [`Self::send`], which can be redirected.
    pub(crate) async fn send_together(&self, commands: Vec<(Cow<'_, str>, Cmd)>) -> Vec<usize> {
        let (mut of_each, mut left) = (HashMap::<usize, Batch>::new(), Vec::new());
        for (place, (tag, command)) in commands.into_iter().enumerate() {
            match self.of(&tag).await {
                Ok(server) => {
                    let batch = of_each.entry(Arc::as_ptr(&server).addr()).or_insert_with(|| Batch::of(server));
                    batch.pipeline.add_command(command).ignore();
                    batch.places.push(place);
                }
                Err(_) => left.push(place),
            }
        }
        let batches = join_all(of_each.into_values().map(Batch::send)).await;
        left.extend(batches.into_iter().flatten());
        left
    }
}

/// Commands for one server.
struct Batch {
    server: Arc<Server>,
    pipeline: Pipeline,
    /// Of each command among those that were given.
    places: Vec<usize>,
}

impl Batch {
    fn of(server: Arc<Server>) -> Self {
        Self { server, pipeline: Pipeline::new(), places: Vec::new() }
    }

    /// The places of those that failed, or may have.
    async fn send(self) -> Vec<usize> {
        let Ok(live) = self.server.commands.live().await else { return self.places };
        let Err(error) = self.pipeline.exec_async(&mut live.connection.clone()).await else { return Vec::new() };
        if matches!(Reaction::to(&error), Reaction::GiveUp) {
            self.server.commands.give_up(live.number, &error.to_string());
        }
        // All of them, though it may be one alone that has moved to another server: that is rare, and does no harm.
        self.places
    }
}

/// What to do about an error.
enum Reaction {
    /// The script was forgotten: send its text.
    SendInFull,
    /// Another server has it, for good or, while it moves, for this once.
    Redirect { is_lasting: bool },
    /// The connection is of no use.
    GiveUp,
    /// The server cannot at the moment.
    Later,
    /// It never will.
    Complain,
}

impl Reaction {
    fn to(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Server(kind) => match kind {
                ServerErrorKind::NoScript => Self::SendInFull,
                ServerErrorKind::Moved => Self::Redirect { is_lasting: true },
                ServerErrorKind::Ask => Self::Redirect { is_lasting: false },
                ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown => Self::GiveUp,
                ServerErrorKind::BusyLoading | ServerErrorKind::TryAgain | ServerErrorKind::ClusterDown => Self::Later,
                _ => Self::Complain,
            },
            // What has no kind of its own: OOM, NOREPLICAS, MISCONF, BUSY.
            ErrorKind::Extension => Self::Later,
            ErrorKind::UnexpectedReturnType | ErrorKind::InvalidClientConfig | ErrorKind::Client => Self::Complain,
            _ => Self::GiveUp,
        }
    }
}

/// The servers' own, where sentinels have others.
fn credentials(config: &RedisConfig, seed: &ConnectionInfo) -> redis::RedisConnectionInfo {
    let from_address = match config.mode {
        RedisMode::Single | RedisMode::Cluster => seed.redis_settings().clone(),
        RedisMode::Sentinel => redis::RedisConnectionInfo::default(),
    };
    let mut credentials = from_address.set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
    if !config.username.is_empty() {
        credentials = credentials.set_username(&config.username);
    }
    if !config.password.is_empty() {
        credentials = credentials.set_password(&config.password);
    }
    credentials
}
