//! A school for a test: a server with a database of its own, and somebody who calls it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use lectern_control_api::config::PasswordsConfig;
use lectern_control_api::server::{Keys, Stores};
use lectern_control_api::{ControlApiConfig, Server, database};
use lectern_platform::audit::{Audit, AuditConfig, AuditError, AuditEvent, AuditQuery, Scope};
use lectern_platform::blobs::BlobsConfig;
use lectern_platform::bus::{Bus, InProcess as InProcessBus, RedisBus, RedisConfig};
use lectern_platform::cache::{Cache, InProcess as InProcessCache, RedisCache};
use lectern_platform::health::Health;
use lectern_platform::token::TokenSigner;
use lectern_testing::TempFolder;
use lectern_testing::postgres::Postgres;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;
use tower::ServiceExt as _;

/// The most that an answer may have, in bytes.
const ANSWER_MAX: usize = 1 << 20;
/// What everybody's password is.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A running server.
pub(crate) struct School {
    pub(crate) server: Server,
    pub(crate) url: String,
    router: Router,
    audit: Arc<dyn Audit>,
    health: Health,
    /// Its audit trail and blobs.
    _folder: TempFolder,
}

/// What nodes of one school share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) signer: Arc<TokenSigner>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) cache: Arc<dyn Cache>,
    /// Each node's own folder, if nothing is said.
    pub(crate) blobs: Option<BlobsConfig>,
    /// In a folder of each node's own.
    pub(crate) audit: AuditConfig,
}

impl Shared {
    /// Within this process.
    pub(crate) fn new() -> Self {
        let cache = InProcessCache::new(1 << 20, &prometheus::Registry::new()).unwrap();
        let (signer, bus) = (Arc::new(TokenSigner::generate()), Arc::new(InProcessBus::new()));
        Self { signer, bus, cache: Arc::new(cache), blobs: None, audit: AuditConfig::default() }
    }

    /// What another node of the same school shares over a Redis, with connections of its own.
    pub(crate) async fn over(&self, redis: SocketAddr) -> Self {
        let config = RedisConfig { urls: vec![format!("redis://{redis}")], ..RedisConfig::default() };
        let registry = prometheus::Registry::new();
        let bus: Arc<dyn Bus> = Arc::new(RedisBus::start(&config, &registry).await.unwrap());
        let cache = RedisCache::start(&config, Duration::from_millis(500), &registry).await.unwrap();
        Self { bus, cache: Arc::new(cache) as Arc<dyn Cache>, ..self.clone() }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// As it came.
    pub(crate) raw: String,
    /// `null` if there was no JSON.
    pub(crate) body: Value,
}

/// Somebody who is signed in, or not.
pub(crate) struct Client<'a> {
    school: &'a School,
    pub(crate) id: String,
    pub(crate) token: Option<String>,
}

/// A database with the schema, copied from one that was migrated once.
pub(crate) fn database() -> String {
    database_of(Postgres::shared())
}

/// As [`database`], of a server of the test's own.
pub(crate) fn database_of(server: &Postgres) -> String {
    server.database("school", |url| {
        let url = url.to_owned();
        // In a thread: the caller is inside a runtime.
        let migrate = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                database::MIGRATIONS.run(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            });
        };
        std::thread::spawn(migrate).join().unwrap();
    })
}

/// What tests start with: hashes that cost little.
pub(crate) fn config(url: &str) -> ControlApiConfig {
    let mut config = ControlApiConfig::default();
    config.database.url = url.to_owned();
    config.database.connections_max = 4;
    config.recordings.enabled = Some(true);
    // On a busy machine a connection takes its time.
    config.database.acquire_ms_max = 20_000;
    // Tests ask in a second what people ask in an hour; those of the rates set their own.
    (config.rates.person_burst, config.rates.person_per_s) = (1_000_000, 100_000.0);
    config.passwords = PasswordsConfig { memory_kib: 8, passes: 1, ..PasswordsConfig::default() };
    config
}

impl School {
    pub(crate) async fn start() -> Self {
        Self::with(config(&database())).await
    }

    pub(crate) async fn with(config: ControlApiConfig) -> Self {
        Self::node(config, Shared::new()).await
    }

    pub(crate) async fn node(config: ControlApiConfig, shared: Shared) -> Self {
        let Shared { signer, bus, cache, blobs, audit } = shared;
        let url = config.database.url.clone();
        let folder = TempFolder::new("school");
        let registry = prometheus::Registry::new();
        let audit = AuditConfig { folder: folder.path().join("audit"), ..audit };
        let in_folder = || BlobsConfig { folder: folder.path().join("blobs"), ..BlobsConfig::default() };
        let (blobs, blob_routes) = blobs.unwrap_or_else(in_folder).start(&registry).unwrap();
        let audit = audit.start(&registry).unwrap();
        let stores = Stores { bus, cache, audit: Arc::clone(&audit), blobs };
        let keys = Keys { verifier: Arc::new(signer.verifier()), signer };
        let health = Health::new(registry, Instant::now());
        let server = Server::start(config, keys, stores, &health).await.unwrap();
        let router = server.router().merge(blob_routes);
        Self { server, url, router, audit, health, _folder: folder }
    }

    /// A connection to its database, for what no route shows.
    pub(crate) async fn sql(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// What its audit trail has of a kind.
    pub(crate) async fn audited(&self, kind: &str) -> Vec<AuditEvent> {
        let (from, until) = (OffsetDateTime::UNIX_EPOCH, OffsetDateTime::now_utc() + time::Duration::MINUTE);
        let kind = Some(kind.to_owned());
        let query = AuditQuery { scope: Scope::All, kind, from, until, limit: 100, after: None };
        self.audit.query(&query).await.unwrap().events
    }

    /// Writes into its audit trail.
    pub(crate) async fn record(&self, event: AuditEvent) -> Result<(), AuditError> {
        self.audit.record(event).await
    }

    /// The value of one of its metrics: its name, with labels as they are shown. 0 if there is none yet.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = self.health.router().oneshot(request).await.unwrap().into_body();
        let text = axum::body::to_bytes(answer, ANSWER_MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    /// Whether it should get new work.
    pub(crate) async fn is_ready(&self) -> bool {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        self.health.router().oneshot(request).await.unwrap().status() == StatusCode::OK
    }

    /// What it tells those who watch over it.
    pub(crate) fn metrics(&self) -> String {
        prometheus::TextEncoder::new().encode_to_string(&self.health.registry().gather()).unwrap()
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4000))));
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        // A stream of events has no end.
        let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let body = axum::body::to_bytes(body, ANSWER_MAX).await.unwrap();
        let raw = String::from_utf8_lossy(&body).into_owned();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, raw, body }
    }

    /// What it serves.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Somebody who is not signed in.
    pub(crate) fn stranger(&self) -> Client<'_> {
        Client { school: self, id: String::new(), token: None }
    }

    /// Somebody who has just signed up, as `NAME@school.example`.
    pub(crate) async fn student(&self, name: &str) -> Client<'_> {
        let email = format!("{name}@school.example");
        let new = serde_json::json!({ "email": email, "name": name, "password": PASSWORD });
        let answer = self.stranger().post("/v1/people", new).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Client {
            school: self,
            id: answer.text("/person/id").to_owned(),
            token: Some(answer.text("/access_token").to_owned()),
        }
    }

    /// Somebody with another role.
    pub(crate) async fn person(&self, name: &str, role: &str) -> Client<'_> {
        let mut client = self.student(name).await;
        let mut sql = self.sql().await;
        let update = sqlx::query("UPDATE people SET role = $1 WHERE id = $2::uuid").bind(role).bind(&client.id);
        update.execute(&mut sql).await.unwrap();
        client.log_in(name).await;
        client
    }
}

impl Client<'_> {
    /// The same, calling another node.
    pub(crate) fn at<'b>(&self, school: &'b School) -> Client<'b> {
        Client { school, id: self.id.clone(), token: self.token.clone() }
    }

    /// Signs in anew.
    pub(crate) async fn log_in(&mut self, name: &str) {
        let login = serde_json::json!({ "email": format!("{name}@school.example"), "password": PASSWORD });
        let answer = self.school.stranger().post("/v1/session", login).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.token = Some(answer.text("/access_token").to_owned());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
            }
            None => request.body(Body::empty()).unwrap(),
        };
        self.school.send(request).await
    }
}

impl Answer {
    /// A text of the body, by its JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {self:?}"))
    }

    /// The status, and the code if it is a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    /// The fields at fault.
    pub(crate) fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str()).collect()
    }
}
