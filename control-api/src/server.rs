//! The control API as a whole: what it holds, its routes, its document.
//!
//! # How an area is added
//!
//! 1. `migrations/NNNN_name.{up,down}.sql`, its constraints named.
//! 2. A folder `src/AREA/`: `mod.rs` with `pub(crate) fn routes() -> OpenApiRouter<Arc<Api>>` and `CONSTRAINTS`, `routes.rs`
//!    with thin handlers and their `#[utoipa::path]`, `store.rs` with the SQL, and a file for each noun of the domain.
//! 3. Each route's line in `access.rs`; without it the server does not start.
//! 4. `routes()` in [`routes`] below, `CONSTRAINTS` in `problem.rs`.
//! 5. `./dev queries`, which checks the new SQL and keeps what it learnt in `.sqlx/`, to be committed.
//! 6. `tests/api/AREA.rs`, a module of the one test binary; `School::start()` gives it a server and a database of its own.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use lectern_platform::audit::Audit;
use lectern_platform::blobs::Blobs;
use lectern_platform::bus::Bus;
use lectern_platform::cache::Cache;
use lectern_platform::health::{Condition, Health};
use lectern_platform::token::{TokenSigner, TokenVerifier};
use tokio::task::JoinSet;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::access::{self, AccessTable};
use crate::accounts;
use crate::accounts::oidc::Providers;
use crate::accounts::password::Passwords;
use crate::accounts::reset::{self, Resets};
use crate::accounts::revocation::{self, Revocations};
use crate::config::ControlApiConfig;
use crate::courses;
use crate::database::{Database, DatabaseError};
use crate::document;
use crate::events::{self, Dispatcher, OutboxMetrics, StreamMetrics, Streams};
use crate::gateway;
use crate::gateway::tabs::Tabs;
use crate::live;
use crate::mail::Mailer;
use crate::materials;
use crate::oversight;
use crate::packaging;
use crate::portfolio;
use crate::problem::{FieldErrorSchema, ProblemSchema};
use crate::progress;
use crate::progress::writer::Writer;
use crate::quizzes;
use crate::readiness;
use crate::recordings;
use crate::trail::Trail;
use crate::webhooks;

/// Why the control API did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A route that `access.rs` does not list, or lists without its being there: nobody could tell who may call it.
    #[error("not in both the router and access.rs: {}", .0.join(", "))]
    Access(Vec<String>),
    /// The registry has these metrics already.
    #[error("cannot register metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Something that was validated cannot be used.
    #[error("{0}")]
    Config(String),
}

/// What the school stands on beside Postgres; whoever starts it starts these.
#[derive(Clone)]
pub struct Stores {
    /// Where nodes tell each other what happened.
    pub bus: Arc<dyn Bus>,
    /// What may be gone at any moment.
    pub cache: Arc<dyn Cache>,
    /// Who did what.
    pub audit: Arc<dyn Audit>,
    /// Materials and videos.
    pub blobs: Arc<dyn Blobs>,
}

/// Who signs access tokens, and who verifies them.
#[derive(Clone)]
pub struct Keys {
    /// With the newest key.
    pub signer: Arc<TokenSigner>,
    /// With all keys.
    pub verifier: Arc<TokenVerifier>,
}

/// What handlers work with: the state of every route.
pub struct Api {
    /// As it was read.
    pub config: ControlApiConfig,
    /// Postgres.
    pub database: Database,
    /// For access tokens.
    pub keys: Keys,
    /// Everything else that is kept.
    pub stores: Stores,
    /// Hashes passwords.
    pub passwords: Passwords,
    pub(crate) access: AccessTable,
    pub(crate) progress: Writer,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) resets: Resets,
    pub(crate) rooms: Arc<live::rooms::Rooms>,
    pub(crate) oidc: Providers,
    pub(crate) trail: Arc<Trail>,
    pub(crate) streams: Arc<Streams>,
    pub(crate) shelf: recordings::Shelf,
    pub(crate) admissions: recordings::Admissions,
    pub(crate) recording_metrics: recordings::Metrics,
    pub(crate) tabs: Tabs,
    pub(crate) mailer: Arc<Mailer>,
    pub(crate) registry: prometheus::Registry,
}

/// A running control API.
pub struct Server {
    api: Arc<Api>,
    router: Router,
    ready: Condition,
    /// What goes on without a request. Ends with the server: what it was doing is rolled back, and done by the next.
    background: JoinSet<()>,
}

/// The document's head. Its paths come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(title = "Lectern", description = "People, courses, lessons, quizzes, progress and live classes."),
    components(schemas(ProblemSchema, FieldErrorSchema))
)]
struct Document;

/// Every area's routes.
fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(accounts::routes())
        .merge(oversight::routes())
        .merge(courses::routes())
        .merge(events::routes())
        .merge(live::routes())
        .merge(materials::routes())
        .merge(packaging::routes())
        .merge(portfolio::routes())
        .merge(progress::routes())
        .merge(quizzes::routes())
        .merge(recordings::routes())
        .merge(webhooks::routes())
}

/// The OpenAPI document of all routes, as JSON.
///
/// # Errors
/// None that is known: the document is plain data.
pub fn openapi() -> Result<String, serde_json::Error> {
    let mut document = routes().split_for_parts().1;
    document::complete(&mut document);
    document.to_pretty_json()
}

impl Server {
    /// Waits for the database and starts.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(
        config: ControlApiConfig,
        keys: Keys,
        stores: Stores,
        health: &Health,
    ) -> Result<Self, StartError> {
        let ready = health.condition("school");
        let (router, document) = routes().split_for_parts();
        check_access(&document)?;
        let database = Database::connect(&config.database).await?;
        let passwords = Passwords::new(&config.passwords);
        let access = AccessTable::new();
        let progress = Writer::start(database.clone(), &stores);
        let streams = Arc::new(Streams::new(config.events.streams_max, StreamMetrics::new(health.registry())?));
        let replica_metrics = readiness::ReplicaMetrics::new(health.registry())?;
        let outbox_metrics = OutboxMetrics::new(health.registry())?;
        let courier = webhooks::courier(&config.webhooks, database.clone(), health.registry().clone());
        let courier = courier.map_err(StartError::Config)?;
        let dispatcher = Dispatcher::new(database.clone(), &stores, Arc::clone(&streams), outbox_metrics);
        let trail = Arc::new(Trail::new(Arc::clone(&stores.audit), health.registry())?);
        let mailer = Mailer::new(&config.mail, &config.http, health.registry()).map(Arc::new);
        let mailer = mailer.map_err(StartError::Config)?;
        let oidc = Providers::new(&config.oidc, &config.http, health.registry()).map_err(StartError::Config)?;
        let revocations = Arc::new(Revocations::new(config.sessions.access_s, Arc::clone(&stores.bus)));
        // Nobody is let in before it is known whose tokens are void.
        database
            .bounded(revocations.refresh(&database))
            .await
            .map_err(|error| StartError::Config(error.to_string()))?;
        let (resets, wishes) = Resets::new();
        let rooms = Arc::new(live::rooms::Rooms::new(Arc::clone(&stores.bus)));
        let recording_metrics = recordings::Metrics::new(health.registry())?;
        let shelf = recordings::Shelf::new(config.recordings.cache_bytes_max);
        let api = Arc::new(Api {
            config,
            database,
            keys,
            stores,
            passwords,
            access,
            progress,
            revocations: Arc::clone(&revocations),
            resets,
            rooms: Arc::clone(&rooms),
            oidc,
            trail: Arc::clone(&trail),
            streams: Arc::clone(&streams),
            shelf,
            admissions: recordings::Admissions::new(),
            recording_metrics: recording_metrics.clone(),
            tabs: Tabs::new(),
            mailer: Arc::clone(&mailer),
            registry: health.registry().clone(),
        });
        let router = gateway::around(router.merge(document::routes()), &api, health.registry())?;
        let mut background = JoinSet::new();
        let database = &api.database;
        background.spawn(quizzes::sweeper::run(Arc::clone(&api)));
        background.spawn(dispatcher.run());
        background.spawn(courier.run());
        background.spawn(events::end_void(streams, Arc::clone(&revocations)));
        let blobs = Arc::clone(&api.stores.blobs);
        background.spawn(materials::sweeper::run(database.clone(), blobs));
        background.spawn(packaging::sweeper::run(database.clone()));
        let abandoned_s = api.config.recordings.abandoned_s;
        background.spawn(recordings::sweeper::run(database.clone(), abandoned_s, recording_metrics));
        background.spawn(live::watcher::run(database.clone(), Arc::clone(&rooms), api.config.live.abandoned_s));
        background.spawn(live::reports::run(database.clone(), rooms));
        background.spawn(revocation::run(revocations, database.clone()));
        background.spawn(accounts::sweeper::run(database.clone(), api.config.sessions.idle_s));
        background.spawn(reset::run(wishes, database.clone(), mailer, trail, api.config.http.public_url.clone()));
        ready.set(true);
        background.spawn(readiness::watch(api.database.clone(), ready.clone(), replica_metrics));
        tracing::info!("school: ready");
        Ok(Self { api, router, ready, background })
    }

    /// Where everything is kept.
    pub fn database(&self) -> &Database {
        &self.api.database
    }

    /// Everything that it serves, for [`lectern_platform::http::serve`].
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Says that it goes away, and ends what would not end by itself: event streams, whose clients go elsewhere. To be called
    /// when a shutdown begins.
    pub fn drain(&self) {
        self.ready.set(false);
        self.api.streams.close();
    }

    /// Says that it goes away, and closes the database when the requests in flight are done. To be called when no new ones
    /// come any more.
    pub async fn shutdown(mut self) {
        self.drain();
        self.background.shutdown().await;
        self.api.database.close().await;
    }
}

/// Whether the routes there are and those that the table lists are the same.
fn check_access(document: &utoipa::openapi::OpenApi) -> Result<(), StartError> {
    let served: Vec<(Method, &str)> = document
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| methods(item).map(move |method| (method, path.as_str())))
        .collect();
    let listed: Vec<(Method, &str)> = access::TABLE.iter().map(|(method, path, _)| (method.clone(), *path)).collect();
    let only = |a: &[(Method, &str)], b: &[(Method, &str)]| {
        a.iter().filter(|route| !b.contains(route)).map(|(method, path)| format!("{method} {path}")).collect::<Vec<_>>()
    };
    let odd = [only(&served, &listed), only(&listed, &served)].concat();
    if odd.is_empty() { Ok(()) } else { Err(StartError::Access(odd)) }
}

fn methods(item: &utoipa::openapi::PathItem) -> impl Iterator<Item = Method> {
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    operations.into_iter().filter(|(_, operation)| operation.is_some()).map(|(method, _)| method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_in_the_table_of_access_and_the_other_way_round() {
        let (_, document) = routes().split_for_parts();
        if let Err(error) = check_access(&document) {
            panic!("{error}");
        }
    }

    #[test]
    fn the_document_that_the_web_builds_upon_is_that_of_the_routes() {
        let kept = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../web/packages/client/openapi.json"));
        let document = openapi().unwrap();
        assert!(kept.trim_end() == document, "web/packages/client/openapi.json is not current: run ./dev openapi");
    }
}
