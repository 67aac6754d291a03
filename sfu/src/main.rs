//! `lectern-sfu`: the media server alone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use lectern_platform::audit::{AuditConfig, Recorder};
use lectern_platform::bus::BusConfig;
use lectern_platform::config::{self, ConfigError};
use lectern_platform::health::Health;
use lectern_platform::log::LogConfig;
use lectern_platform::shutdown::Drained;
use lectern_platform::token::TokenVerifier;
use lectern_platform::{http, log, shutdown};
use lectern_sfu::{Server, SfuConfig};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Public HTTP connections at once: an event stream for each of a few thousand viewers.
const CONNECTIONS_MAX: usize = 10_000;
/// Connections to health and metrics at once.
const ADMIN_CONNECTIONS_MAX: usize = 64;
/// How soon a key that was added to the folder, or removed, is noticed.
const KEY_REFRESH: Duration = Duration::from_secs(30);

/// Lectern's media server: WHIP in, WHEP out.
#[derive(Parser)]
#[command(
    version,
    after_help = "Every key of the file can be set by the environment too: LECTERN_SFU__NETWORK__UDP_PORT=7800.\nSee docs/configuration.md for all keys, their units, defaults and limits."
)]
struct Arguments {
    /// The configuration, a TOML file. Without it the defaults and the environment hold.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The file: the media server's own sections, and those that only a process of its own needs.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileConfig {
    /// Where WHIP and WHEP are served.
    listen: SocketAddr,
    /// Where health and metrics are served; not for the public.
    admin_listen: SocketAddr,
    /// The folder of the keys that verify access tokens.
    keys: PathBuf,
    /// How long a shutdown may take, seconds.
    drain_s: u64,
    log: LogConfig,
    /// The way to the rooms' service; without Redis there is none, and tokens alone say what may happen.
    bus: BusConfig,
    /// Where it is kept who watched.
    audit: AuditConfig,
    network: lectern_sfu::NetworkConfig,
    http: lectern_sfu::http::Config,
    sdp: lectern_sfu::sdp::Limits,
    transport: lectern_sfu::TransportConfig,
    room: lectern_sfu::media::MediaLimits,
}

impl Default for FileConfig {
    fn default() -> Self {
        let SfuConfig { network, http, sdp, transport, room } = SfuConfig::default();
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            keys: PathBuf::from("/etc/lectern/keys"),
            drain_s: 20,
            log: LogConfig::default(),
            bus: BusConfig::default(),
            audit: AuditConfig::default(),
            network,
            http,
            sdp,
            transport,
            room,
        }
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version go to standard output and are no error.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(config::EXIT_CONFIG) } else { ExitCode::SUCCESS };
        }
    };
    let (file, verifier) = match read(&arguments) {
        Ok(read) => read,
        Err(error) => return error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(file, verifier)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

/// Everything that can be wrong with the configuration is found here, before any socket is bound.
fn read(arguments: &Arguments) -> Result<(FileConfig, Arc<TokenVerifier>), ConfigError> {
    let file: FileConfig = config::load("sfu", arguments.config.as_deref())?;
    log::init(&file.log).map_err(|message| ConfigError::rejected("log.filter", message))?;
    file.media().validate().map_err(|(key, message)| ConfigError::rejected(key, message))?;
    for checked in [file.bus.validate(), file.audit.validate()] {
        checked.map_err(|(key, message)| ConfigError::rejected(key, message))?;
    }
    let verifier = TokenVerifier::open(&file.keys).map_err(|error| ConfigError::rejected("keys", error.to_string()))?;
    Ok((file, Arc::new(verifier)))
}

async fn run(file: FileConfig, verifier: Arc<TokenVerifier>) -> Result<(), Box<dyn std::error::Error>> {
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let listener = bind("listen", file.listen).await?;
    let admin = bind("admin_listen", file.admin_listen).await?;
    let bus = match file.bus.redis {
        Some(_) => Some(file.bus.start(health.registry()).await?),
        None => None,
    };
    let audit = Recorder::start(file.audit.start(health.registry())?, health.registry())?;
    let trail = Some(audit.clone());
    let server = Server::start(&file.media(), file.listen, Arc::clone(&verifier), bus, trail, &health).await?;
    tokio::spawn(verifier.keep_fresh(KEY_REFRESH));
    tracing::info!(listen = %listener.local_addr()?, admin = %admin.local_addr()?, "sfu: ready");
    let (close, closing) = oneshot::channel::<()>();
    let public = tokio::spawn(http::serve(listener, server.router(), CONNECTIONS_MAX, async { drop(closing.await) }));
    // Health answers until the very end.
    tokio::spawn(http::serve(admin, health.router(), ADMIN_CONNECTIONS_MAX, std::future::pending()));
    shutdown::requested()?.await;
    tracing::info!("sfu: shutting down");
    let drain = async {
        server.shutdown().await;
        drop(close);
        let _ = public.await;
        audit.flush().await;
    };
    if shutdown::within(Duration::from_secs(file.drain_s), drain).await == Drained::CutOff {
        tracing::warn!("sfu: cut off what was not done in time");
    }
    Ok(())
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Box<dyn std::error::Error>> {
    let explain = |error| format!("cannot listen on {address}: {error}; choose another address with `{key}`");
    TcpListener::bind(address).await.map_err(|error| explain(error).into())
}

impl FileConfig {
    fn media(&self) -> SfuConfig {
        SfuConfig {
            network: self.network.clone(),
            http: self.http.clone(),
            sdp: self.sdp.clone(),
            transport: self.transport.clone(),
            room: self.room.clone(),
        }
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("lectern-sfu: {error}");
    ExitCode::FAILURE
}
