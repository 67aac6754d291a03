//! `lectern dev`: all services in one process.
//!
//! In this order: read everything that can be wrong, make the key on the first start, bind the sockets, start the
//! services, say where they are. A signal turns it round: refuse newcomers, end the services, finish the requests in
//! flight, all within [`DRAIN_MAX`].

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use lectern_control_api::server::Keys;
use lectern_platform::audit::Recorder;
use lectern_platform::bus::{BusConfig, RedisConfig};
use lectern_platform::config::ConfigError;
use lectern_platform::health::Health;
use lectern_platform::log::{Format, LogConfig};
use lectern_platform::private_postgres::open_way;
use lectern_platform::shutdown::Drained;
use lectern_platform::token::{KeyError, TokenSigner, TokenVerifier};
use lectern_platform::{http, log, shutdown};
use lectern_recorder::RecorderConfig;
use prometheus::Registry;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::gateway::{self, WebApps};
use crate::recorder;
use crate::school::{School, SchoolConfig};
use crate::services::{Configs, Services};
use crate::token::key_folder;
use crate::web_app::WebApp;
use crate::welcome::Welcome;

/// The whole of a shutdown; what is not done then is cut off.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// Public HTTP connections at once: an event stream for each of a few thousand viewers, and their pages.
const CONNECTIONS_MAX: usize = 10_000;
/// Connections to health and metrics at once.
const ADMIN_CONNECTIONS_MAX: usize = 64;
/// How soon a key that was added to the folder, or removed, is noticed.
const KEY_REFRESH: Duration = Duration::from_secs(30);

/// What `lectern dev` takes. Limits and timing of a service are set by its variables, as for the service alone.
#[derive(Args)]
#[command(after_help = "Every key of a service can be set by the environment, as for the service alone:\n\
    LECTERN_SFU__NETWORK__WORKERS=2, LECTERN_SIGNALLING__SOCKET__PING_MS=15000. docs/configuration.md lists them. RUST_LOG sets what is logged.")]
pub(crate) struct DevArguments {
    /// The folder that everything is kept in; made on the first start, with a signing key.
    #[arg(long, value_name = "DIR", default_value = ".lectern")]
    data: PathBuf,
    /// The one public address: pages, WHIP and WHEP. Port 0 lets the system choose.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address of health and metrics. Not for the public.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:9090")]
    metrics_listen: SocketAddr,
    /// Where the student app is served, which is then shown at /.
    #[arg(long, value_name = "URL")]
    web_student: Option<String>,
    /// Where the tutor app is served, which is then shown at /tutor.
    #[arg(long, value_name = "URL")]
    web_tutor: Option<String>,
    /// Where the admin app is served, which is then shown at /admin.
    #[arg(long, value_name = "URL")]
    web_admin: Option<String>,
    /// A Postgres database for the school: postgres://user:password@host/name. Without it the data folder holds one, which is
    /// started and stopped with this process.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// The UDP port of the first media worker, the others follow; also the TCP port for networks without UDP. 0 lets the
    /// system choose. [default: 7800]
    #[arg(long, value_name = "PORT")]
    media_port: Option<u16>,
    /// An address at which browsers reach this machine, when it is not one of its own (NAT, cloud); may be repeated.
    #[arg(long, value_name = "IP")]
    announce: Vec<IpAddr>,
    /// A Redis server, to share rooms and caches with other processes: redis://host:port. Clusters and sentinels are set by the
    /// environment: LECTERN_BUS__REDIS__MODE and so on.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// How logs look: text or json.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Format,
}

/// What is wrong with the arguments, the environment or the data folder is found before any socket is bound.
struct Plan {
    bus: BusConfig,
    configs: Configs,
    school: SchoolConfig,
    recorder: RecorderConfig,
    apps: WebApps,
    keys: Keys,
}

pub(crate) fn run(arguments: DevArguments) -> ExitCode {
    let plan = match Plan::new(&arguments) {
        Ok(plan) => plan,
        Err(error) => return error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(serve(arguments, plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("lectern: {error}");
    ExitCode::FAILURE
}

impl Plan {
    fn new(arguments: &DevArguments) -> Result<Self, ConfigError> {
        let log = LogConfig { format: arguments.log, ..LogConfig::default() };
        log::init(&log).map_err(|message| ConfigError::rejected("RUST_LOG", message))?;
        let app = |key, name, origin: &Option<String>| {
            origin
                .as_deref()
                .map(|origin| WebApp::new(name, origin))
                .transpose()
                .map_err(|message| ConfigError::rejected(key, message))
        };
        let apps = WebApps {
            student: app("--web-student", "student", &arguments.web_student)?,
            tutor: app("--web-tutor", "tutor", &arguments.web_tutor)?,
            admin: app("--web-admin", "admin", &arguments.web_admin)?,
        };
        let configs = Configs { sfu: arguments.sfu_config()?, signalling: signalling_config()? };
        let bus = arguments.bus_config()?;
        let (database, redis) = (arguments.database.as_deref(), arguments.redis.as_deref());
        let school = SchoolConfig::read(&arguments.data, database, redis)?;
        let recorder = recorder::config(&arguments.data)?;
        open_way(&arguments.data).map_err(|error| ConfigError::rejected("--data", error.to_string()))?;
        let folder = key_folder(&arguments.data);
        let bad_keys = |error: KeyError| ConfigError::rejected("--data", error.to_string());
        let signer = Arc::new(open_or_create(&folder).map_err(bad_keys)?);
        let verifier = Arc::new(TokenVerifier::open(&folder).map_err(bad_keys)?);
        Ok(Self { bus, configs, school, recorder, apps, keys: Keys { signer, verifier } })
    }
}

impl DevArguments {
    /// The environment, and the arguments over it.
    fn sfu_config(&self) -> Result<lectern_sfu::SfuConfig, ConfigError> {
        let mut config: lectern_sfu::SfuConfig = lectern_platform::config::load("sfu", None)?;
        if let Some(port) = self.media_port {
            config.network.udp_port = port;
            config.network.tcp_port = config.network.tcp_port.map(|_| port);
        }
        if !self.announce.is_empty() {
            config.network.announce.clone_from(&self.announce);
        }
        config.validate().map_err(|(key, message)| ConfigError::rejected(key, message))?;
        Ok(config)
    }

    /// As above.
    fn bus_config(&self) -> Result<BusConfig, ConfigError> {
        let mut config: BusConfig = lectern_platform::config::load("bus", None)?;
        if let Some(url) = &self.redis {
            config.redis = Some(RedisConfig { urls: vec![url.clone()], ..config.redis.unwrap_or_default() });
        }
        config.validate().map_err(|(key, message)| ConfigError::rejected(key, message))?;
        Ok(config)
    }
}

fn signalling_config() -> Result<lectern_signalling::SignallingConfig, ConfigError> {
    let config: lectern_signalling::SignallingConfig = lectern_platform::config::load("signalling", None)?;
    config.validate()?;
    Ok(config)
}

/// The development mode, and it alone, makes a key when there is none.
fn open_or_create(keys: &Path) -> Result<TokenSigner, KeyError> {
    match TokenSigner::open(keys) {
        Err(KeyError::Missing { .. }) => TokenSigner::create(keys),
        Err(KeyError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => TokenSigner::create(keys),
        opened => opened,
    }
}

async fn serve(arguments: DevArguments, plan: Plan) -> Result<(), Box<dyn Error>> {
    let listener = bind("--listen", arguments.listen).await?;
    let admin = bind("--metrics-listen", arguments.metrics_listen).await?;
    let (public_address, admin_address) = (listener.local_addr()?, admin.local_addr()?);
    let health = Health::new(Registry::new(), Instant::now());

    // Health answers from the beginning, when Postgres may still recover, until the very end.
    let started = health.condition("start");
    tokio::spawn(http::serve(admin, health.router(), ADMIN_CONNECTIONS_MAX, std::future::pending()));

    let Plan { bus, configs, school, recorder, apps, keys } = plan;
    let bus = bus.start(health.registry()).await?;
    let stores = school.start_stores(Arc::clone(&bus), &health).await?;
    let blobs = Arc::clone(&stores.stores.blobs);
    let audit = Recorder::start(Arc::clone(&stores.stores.audit), health.registry())?;
    let verifier = Arc::clone(&keys.verifier);
    let services = Services::start(&configs, public_address, verifier, bus, audit.clone(), &health).await?;
    let school = School::start(school, public_address, keys.clone(), stores, &health).await?;
    let recorder = recorder::at(recorder, public_address);
    let recorder = lectern_recorder::Server::start(&recorder, Arc::clone(&keys.signer), blobs, &health)?;
    tokio::spawn(keys.verifier.keep_fresh(KEY_REFRESH));
    let has_web = apps.any();
    let router = gateway::router(services.router().merge(school.router()), apps);
    let (close, closing) = oneshot::channel::<()>();
    let public = tokio::spawn(http::serve(listener, router, CONNECTIONS_MAX, async { drop(closing.await) }));

    started.set(true);
    let welcome = Welcome::new(public_address, admin_address, &arguments.data, has_web, &keys.signer)?;
    // A signal until here ended this process at once, and Postgres with it.
    let end = shutdown::requested()?;
    print!("{}", welcome.with_admin(school.first_admin.as_ref()));
    end.await;
    tracing::info!("shutting down");
    school.drain();
    let drain = async {
        if tokio::time::timeout(recorder::DRAIN_MAX, recorder.shutdown()).await.is_err() {
            tracing::warn!("what could not be stored in time stays in the spool");
        }
        services.shutdown().await;
        audit.flush().await;
        drop(close);
        let _ = public.await;
        school.shutdown().await;
    };
    if shutdown::within(DRAIN_MAX, drain).await == Drained::CutOff {
        tracing::warn!("cut off what was not done in time");
    }
    Ok(())
}

async fn bind(argument: &str, address: SocketAddr) -> Result<TcpListener, Box<dyn Error>> {
    let explain = |error| format!("cannot listen on {address}: {error}; choose another address with {argument}");
    TcpListener::bind(address).await.map_err(|error| explain(error).into())
}
