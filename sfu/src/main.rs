//! `lectern-sfu`: the media server alone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use lectern_platform::config::{self, ConfigError};
use lectern_platform::health::Health;
use lectern_platform::log::LogConfig;
use lectern_platform::token::TokenVerifier;
use lectern_platform::{log, shutdown};
use lectern_sfu::{Server, SfuConfig};
use serde::Deserialize;
use tokio::net::TcpListener;

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
            network,
            http,
            sdp,
            transport,
            room,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
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
    let verifier = TokenVerifier::open(&file.keys).map_err(|error| ConfigError::rejected("keys", error.to_string()))?;
    Ok((file, Arc::new(verifier)))
}

async fn run(file: FileConfig, verifier: Arc<TokenVerifier>) -> Result<(), Box<dyn std::error::Error>> {
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let listener = TcpListener::bind(file.listen).await?;
    let admin = TcpListener::bind(file.admin_listen).await?;
    let server = Server::start(&file.media(), file.listen, verifier, &health).await?;
    tracing::info!(listen = %listener.local_addr()?, admin = %admin.local_addr()?, "sfu: ready");
    let public = axum::serve(listener, server.router().into_make_service_with_connect_info::<SocketAddr>());
    let serving = tokio::spawn(async move {
        tokio::select! {
            end = public => end,
            end = axum::serve(admin, health.router()) => end,
        }
    });
    shutdown::requested().await?;
    tracing::info!("sfu: shutting down");
    shutdown::within(Duration::from_secs(file.drain_s), server.shutdown()).await;
    serving.abort();
    Ok(())
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
