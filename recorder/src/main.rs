//! `lectern-recorder`: the recorder alone.

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use lectern_platform::blobs::{BlobKey, BlobsConfig};
use lectern_platform::config::{self, ConfigError};
use lectern_platform::health::Health;
use lectern_platform::log::LogConfig;
use lectern_platform::shutdown::Drained;
use lectern_platform::token::TokenSigner;
use lectern_platform::{http, log, shutdown};
use lectern_recorder::config::{JobsConfig, NodeConfig, SpoolConfig};
use lectern_recorder::{RecorderConfig, Server, check};
use serde::Deserialize;
use tokio::net::TcpListener;

/// Connections to health and metrics at once.
const ADMIN_CONNECTIONS_MAX: usize = 64;

/// Lectern's recorder: every live class becomes a video, while it runs.
#[derive(Parser)]
#[command(
    version,
    after_help = "Every key of the file can be set by the environment too: LECTERN_RECORDER__JOBS__URL=http://school:8082.\nSee docs/configuration.md for all keys, their units, defaults and limits."
)]
struct Arguments {
    /// The configuration, a TOML file. Without it the defaults and the environment hold.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Look at a recording in the store: is all of it there, as it was stored, and fit for players? Ends with 1 if not.
    Check {
        /// Where it is in the store: recordings/ID.
        folder: BlobKey,
    },
}

/// The file: the recorder's own sections, and those that only a process of its own needs.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileConfig {
    /// Where health and metrics are served; not for the public.
    admin_listen: SocketAddr,
    /// The folder of the key that signs this node's tokens.
    keys: PathBuf,
    /// How long a shutdown may take, seconds.
    drain_s: u64,
    log: LogConfig,
    blobs: BlobsConfig,
    jobs: JobsConfig,
    node: NodeConfig,
    spool: SpoolConfig,
}

impl Default for FileConfig {
    fn default() -> Self {
        let RecorderConfig { jobs, node, spool } = RecorderConfig::default();
        Self {
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 9093)),
            keys: PathBuf::from("/etc/lectern/keys"),
            drain_s: 20,
            log: LogConfig::default(),
            blobs: BlobsConfig::default(),
            jobs,
            node,
            spool,
        }
    }
}

/// What a start needs, checked.
struct Plan {
    file: FileConfig,
    recorder: RecorderConfig,
    signer: Arc<TokenSigner>,
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
    let file = match read(&arguments) {
        Ok(file) => file,
        Err(error) => return error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let ended = match arguments.command {
        Some(Command::Check { folder }) => runtime.block_on(check(&file, folder)),
        None => match Plan::new(file) {
            Ok(plan) => runtime.block_on(run(plan)).map(|()| ExitCode::SUCCESS),
            Err(error) => return error.exit(),
        },
    };
    ended.unwrap_or_else(|error| failed(&*error))
}

/// The file, with what every command needs of it checked.
fn read(arguments: &Arguments) -> Result<FileConfig, ConfigError> {
    let file: FileConfig = config::load("recorder", arguments.config.as_deref())?;
    log::init(&file.log).map_err(|message| ConfigError::rejected("log.filter", message))?;
    file.blobs.validate().map_err(|(key, message)| ConfigError::rejected(key, message))?;
    Ok(file)
}

impl Plan {
    /// Everything that can be wrong with the configuration is found here, before any socket is bound.
    fn new(file: FileConfig) -> Result<Self, ConfigError> {
        let FileConfig { jobs, node, spool, .. } = &file;
        let recorder = RecorderConfig { jobs: jobs.clone(), node: node.clone(), spool: spool.clone() };
        recorder.validate()?;
        let signer = TokenSigner::open(&file.keys).map_err(|error| ConfigError::rejected("keys", error.to_string()))?;
        Ok(Self { file, recorder, signer: Arc::new(signer) })
    }
}

async fn check(file: &FileConfig, folder: BlobKey) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (blobs, _) = file.blobs.start(&prometheus::Registry::new())?;
    let report = check::check(blobs, folder).await?;
    print!("{report}");
    Ok(if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(Plan { file, recorder, signer }: Plan) -> Result<(), Box<dyn std::error::Error>> {
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let explain = |error| format!("cannot listen on {}: {error}; choose another address", file.admin_listen);
    let admin = TcpListener::bind(file.admin_listen).await.map_err(explain)?;
    // What answers at the addresses of files is the school's.
    let (blobs, _) = file.blobs.start(health.registry())?;
    let server = Server::start(&recorder, signer, blobs, &health)?;
    tracing::info!(admin = %admin.local_addr()?, "recorder: ready");
    // Health answers until the very end.
    tokio::spawn(http::serve(admin, health.router(), ADMIN_CONNECTIONS_MAX, std::future::pending()));
    shutdown::requested()?.await;
    tracing::info!("recorder: shutting down");
    if shutdown::within(Duration::from_secs(file.drain_s), server.shutdown()).await == Drained::CutOff {
        tracing::warn!("recorder: what could not be stored in time stays in the spool");
    }
    Ok(())
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("lectern-recorder: {error}");
    ExitCode::FAILURE
}
