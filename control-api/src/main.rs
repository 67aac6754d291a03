//! `lectern-control-api`: the school alone.

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use clap::Parser;
use lectern_control_api::config::{
    DatabaseConfig, EventsConfig, HttpConfig, LiveConfig, MailConfig, MaterialsConfig, OidcConfig, PasswordsConfig,
    RatesConfig, RecordingsConfig, SessionsConfig, WebhooksConfig,
};
use lectern_control_api::server::{Keys, Stores};
use lectern_control_api::{ControlApiConfig, Server};
use lectern_platform::audit::AuditConfig;
use lectern_platform::blobs::BlobsConfig;
use lectern_platform::bus::BusConfig;
use lectern_platform::cache::CacheConfig;
use lectern_platform::config::{self, ConfigError};
use lectern_platform::health::Health;
use lectern_platform::log::LogConfig;
use lectern_platform::shutdown::Drained;
use lectern_platform::token::{TokenSigner, TokenVerifier};
use lectern_platform::{http, log, shutdown};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Connections at once: an event stream for each of some thousand people, and what they ask beside.
const CONNECTIONS_MAX: usize = 10_000;
/// Connections to health and metrics at once.
const ADMIN_CONNECTIONS_MAX: usize = 64;
/// How soon a key that was added to the folder, or removed, is noticed.
const KEY_REFRESH: Duration = Duration::from_secs(30);

/// Lectern's school: people, courses, lessons, quizzes and progress over REST.
#[derive(Parser)]
#[command(
    version,
    after_help = "Every key of the file can be set by the environment too: LECTERN_CONTROL_API__DATABASE__URL=postgres://….\nSee docs/configuration.md for all keys, their units, defaults and limits."
)]
struct Arguments {
    /// The configuration, a TOML file. Without it the defaults and the environment hold.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the OpenAPI document of the API and exit.
    #[arg(long)]
    openapi: bool,
}

/// The file: the school's own sections, and those that only a process of its own needs.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileConfig {
    /// Where the API is served.
    listen: SocketAddr,
    /// Where health and metrics are served; not for the public.
    admin_listen: SocketAddr,
    /// The folder of the keys that sign and verify access tokens.
    keys: PathBuf,
    /// How long a shutdown may take, seconds.
    drain_s: u64,
    log: LogConfig,
    http: HttpConfig,
    database: DatabaseConfig,
    sessions: SessionsConfig,
    passwords: PasswordsConfig,
    live: LiveConfig,
    mail: MailConfig,
    events: EventsConfig,
    materials: MaterialsConfig,
    recordings: RecordingsConfig,
    oidc: OidcConfig,
    rates: RatesConfig,
    webhooks: WebhooksConfig,
    bus: BusConfig,
    cache: CacheConfig,
    audit: AuditConfig,
    blobs: BlobsConfig,
}

impl Default for FileConfig {
    fn default() -> Self {
        let ControlApiConfig {
            http,
            database,
            sessions,
            passwords,
            live,
            mail,
            events,
            materials,
            recordings,
            oidc,
            rates,
            webhooks,
        } = ControlApiConfig::default();
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8082)),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 9092)),
            keys: PathBuf::from("/etc/lectern/keys"),
            drain_s: 20,
            log: LogConfig::default(),
            http,
            database,
            sessions,
            passwords,
            live,
            mail,
            events,
            materials,
            recordings,
            oidc,
            rates,
            webhooks,
            bus: BusConfig::default(),
            cache: CacheConfig::default(),
            audit: AuditConfig::default(),
            blobs: BlobsConfig::default(),
        }
    }
}

/// What a start needs, checked.
struct Plan {
    file: FileConfig,
    school: ControlApiConfig,
    keys: Keys,
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
    if arguments.openapi {
        return match lectern_control_api::server::openapi() {
            Ok(document) => {
                println!("{document}");
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        };
    }
    let plan = match read(&arguments) {
        Ok(plan) => plan,
        Err(error) => return error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

/// Everything that can be wrong with the configuration is found here, before any socket is bound.
fn read(arguments: &Arguments) -> Result<Plan, ConfigError> {
    let file: FileConfig = config::load("control_api", arguments.config.as_deref())?;
    log::init(&file.log).map_err(|message| ConfigError::rejected("log.filter", message))?;
    let school = ControlApiConfig {
        http: file.http.clone(),
        database: file.database.clone(),
        sessions: file.sessions.clone(),
        passwords: file.passwords.clone(),
        live: file.live.clone(),
        mail: file.mail.clone(),
        events: file.events.clone(),
        materials: file.materials.clone(),
        recordings: file.recordings.clone(),
        oidc: file.oidc.clone(),
        rates: file.rates.clone(),
        webhooks: file.webhooks.clone(),
    };
    school.validate()?;
    let stores = [file.bus.validate(), file.cache.validate(), file.audit.validate(), file.blobs.validate()];
    for checked in stores {
        checked.map_err(|(key, message)| ConfigError::rejected(key, message))?;
    }
    let bad_keys = |error: lectern_platform::token::KeyError| ConfigError::rejected("keys", error.to_string());
    let signer = TokenSigner::open(&file.keys).map_err(bad_keys)?;
    let verifier = Arc::new(TokenVerifier::open(&file.keys).map_err(bad_keys)?);
    Ok(Plan { file, school, keys: Keys { signer: Arc::new(signer), verifier } })
}

async fn run(plan: Plan) -> Result<(), Box<dyn std::error::Error>> {
    let Plan { file, school, keys } = plan;
    let verifier = Arc::clone(&keys.verifier);
    let health = Health::new(prometheus::Registry::new(), Instant::now());
    let listener = bind("listen", file.listen).await?;
    let admin = bind("admin_listen", file.admin_listen).await?;
    let (listen, admin_listen) = (listener.local_addr()?, admin.local_addr()?);
    // Health answers from the beginning, when the database may still be waited for, until the very end.
    let started = health.condition("start");
    tokio::spawn(http::serve(admin, health.router(), ADMIN_CONNECTIONS_MAX, std::future::pending()));
    let (stores, blob_routes) = start_stores(&file, health.registry()).await?;
    let server = tokio::select! {
        server = Server::start(school, keys, stores, &health) => server?,
        () = shutdown::requested()? => return Ok(()),
    };
    tokio::spawn(verifier.keep_fresh(KEY_REFRESH));
    started.set(true);
    tracing::info!(%listen, admin = %admin_listen, "school: serving");
    let (close, closing) = oneshot::channel::<()>();
    let public = tokio::spawn(http::serve(listener, server.router().merge(blob_routes), CONNECTIONS_MAX, async {
        drop(closing.await)
    }));
    shutdown::requested()?.await;
    tracing::info!("school: shutting down");
    server.drain();
    let drain = async {
        drop(close);
        let _ = public.await;
        server.shutdown().await;
    };
    if shutdown::within(Duration::from_secs(file.drain_s), drain).await == Drained::CutOff {
        tracing::warn!("school: cut off what was not done in time");
    }
    Ok(())
}

/// The stores, and what answers at the addresses of blobs if they are files.
async fn start_stores(file: &FileConfig, registry: &prometheus::Registry) -> Result<(Stores, Router), String> {
    let (blobs, blob_routes) = file.blobs.start(registry)?;
    let (bus, cache) = (file.bus.start(registry).await?, file.cache.start(registry).await?);
    Ok((Stores { bus, cache, audit: file.audit.start(registry)?, blobs }, blob_routes))
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, Box<dyn std::error::Error>> {
    let explain = |error| format!("cannot listen on {address}: {error}; choose another address with `{key}`");
    TcpListener::bind(address).await.map_err(|error| explain(error).into())
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("lectern-control-api: {error}");
    ExitCode::FAILURE
}
