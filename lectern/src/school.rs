//! The school in this process: its database, its stores and its server.
//!
//! Without a database's URL it brings a Postgres of its own, which lives in the data folder and ends with this process. The
//! media knows nothing of it: when Postgres goes, classes go on.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use lectern_control_api::ControlApiConfig;
use lectern_control_api::config::HttpConfig;
use lectern_control_api::server::{Keys, Stores};
use lectern_platform::audit::AuditConfig;
use lectern_platform::blobs::BlobsConfig;
use lectern_platform::bus::{Bus, RedisConfig};
use lectern_platform::cache::CacheConfig;
use lectern_platform::config::{self, ConfigError};
use lectern_platform::health::Health;
use lectern_platform::private_postgres::{Durability, PrivatePostgres, PrivatePostgresError};

use crate::admin::{self, Login};

/// The database of a Postgres of our own.
pub(crate) const DATABASE: &str = "school";

/// What the school is configured with.
pub(crate) struct SchoolConfig {
    api: ControlApiConfig,
    cache: CacheConfig,
    audit: AuditConfig,
    blobs: BlobsConfig,
    /// Where a Postgres of our own is kept, if it is to be one.
    postgres: Option<PathBuf>,
}

/// The stores that services share with it, and what answers at the addresses of its files.
pub(crate) struct SchoolStores {
    pub(crate) stores: Stores,
    blob_routes: Router,
}

/// The school, running. Its Postgres stops when this is dropped.
pub(crate) struct School {
    server: lectern_control_api::Server,
    blob_routes: Router,
    /// Who can sign in to a school that is new.
    pub(crate) first_admin: Option<Login>,
    _postgres: Option<PrivatePostgres>,
}

impl SchoolConfig {
    /// The environment, and the arguments over it.
    pub(crate) fn read(data: &Path, database: Option<&str>, redis: Option<&str>) -> Result<Self, ConfigError> {
        let mut api: ControlApiConfig = config::load("control_api", None)?;
        if let Some(url) = database {
            url.clone_into(&mut api.database.url);
        }
        let postgres = api.database.url.is_empty().then(|| postgres_folder(data));
        if postgres.is_some() {
            // Of its port and password nobody knows yet.
            api.database.url = format!("postgres://localhost/{DATABASE}");
        }
        // There is a recorder beside it.
        api.recordings.enabled.get_or_insert(true);
        api.validate()?;
        let mut cache: CacheConfig = config::load("cache", None)?;
        if let Some(url) = redis {
            cache.redis = Some(RedisConfig { urls: vec![url.to_owned()], ..cache.redis.unwrap_or_default() });
        }
        let mut audit: AuditConfig = config::load("audit", None)?;
        if audit.folder == AuditConfig::default().folder {
            audit.folder = data.join("audit");
        }
        let mut blobs: BlobsConfig = config::load("blobs", None)?;
        if blobs.folder == BlobsConfig::default().folder {
            blobs.folder = data.join("blobs");
        }
        for checked in [cache.validate(), audit.validate(), blobs.validate()] {
            checked.map_err(|(key, message)| ConfigError::rejected(key, message))?;
        }
        Ok(Self { api, cache, audit, blobs, postgres })
    }

    /// Starts what the school and the other services share.
    pub(crate) async fn start_stores(
        &self,
        bus: Arc<dyn Bus>,
        health: &Health,
    ) -> Result<SchoolStores, Box<dyn Error>> {
        let (blobs, blob_routes) = self.blobs.start(health.registry())?;
        let cache = self.cache.start(health.registry()).await?;
        let audit = self.audit.start(health.registry())?;
        Ok(SchoolStores { stores: Stores { bus, cache, audit, blobs }, blob_routes })
    }
}

impl School {
    /// Starts it, with what it stands on. `public` is where its router is served.
    pub(crate) async fn start(
        mut config: SchoolConfig,
        public: SocketAddr,
        keys: Keys,
        SchoolStores { stores, blob_routes }: SchoolStores,
        health: &Health,
    ) -> Result<Self, Box<dyn Error>> {
        let postgres = match config.postgres.take() {
            Some(folder) => Some(start_postgres(folder).await?),
            None => None,
        };
        if let Some(postgres) = &postgres {
            config.api.database.url = postgres.url(DATABASE);
        }
        config.api.http = reachable_at(config.api.http, public);
        let server = lectern_control_api::Server::start(config.api, keys, stores, health).await?;
        let first_admin = admin::first(server.database()).await?;
        Ok(Self { server, blob_routes, first_admin, _postgres: postgres })
    }

    /// Everything below `/v1` that is the school's.
    pub(crate) fn router(&self) -> Router {
        self.server.router().merge(self.blob_routes.clone())
    }

    /// Ends what would not end by itself, when a shutdown begins.
    pub(crate) fn drain(&self) {
        self.server.drain();
    }

    /// Ends it, when no requests come any more; the Postgres of our own last.
    pub(crate) async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

/// Where people go to reach this process.
pub(crate) fn origin(public: SocketAddr) -> String {
    // A wildcard is no address to go to. Browsers give cameras to https and to this machine's own pages only.
    if public.ip().is_unspecified() {
        format!("http://localhost:{}", public.port())
    } else {
        format!("http://{public}")
    }
}

/// Pages of this process may call it, unless somebody said where it is seen.
fn reachable_at(mut http: HttpConfig, public: SocketAddr) -> HttpConfig {
    if http.public_url == HttpConfig::default().public_url {
        http.public_url = origin(public);
        if public.ip().is_loopback() || public.ip().is_unspecified() {
            http.origins.extend(["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{}", public.port())));
        }
    }
    http
}

/// Where a data folder keeps a Postgres of its own.
pub(crate) fn postgres_folder(data: &Path) -> PathBuf {
    data.join("postgres")
}

async fn start_postgres(folder: PathBuf) -> Result<PrivatePostgres, Box<dyn Error>> {
    tracing::info!("starting Postgres…");
    let start = move || {
        let postgres = PrivatePostgres::start(&folder, 0, Durability::Disk)?;
        postgres.create_database(DATABASE)?;
        Ok::<_, PrivatePostgresError>(postgres)
    };
    let postgres = tokio::task::spawn_blocking(start).await?;
    Ok(postgres.map_err(|error| format!("{error}; --database URL takes another one"))?)
}
