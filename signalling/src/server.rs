//! The rooms' server as a whole, and the HTTP router in front of it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use lectern_platform::audit::Recorder;
use lectern_platform::bus::Bus;
use lectern_platform::health::{Condition, Health};
use lectern_platform::open_files;
use lectern_platform::token::TokenVerifier;
use tokio::task::JoinSet;

use crate::config::SignallingConfig;
use crate::metrics::Metrics;
use crate::node::Node;
use crate::registrar;
use crate::upgrade::upgrade;

/// Open files that are no sockets of participants: connections to the bus, health, logs, and plain HTTP.
const OPEN_FILES_BESIDE: u64 = 10_000;
/// How often to look whether everybody has left.
const DRAIN_POLL: Duration = Duration::from_millis(20);
/// The longest wait for that; clients need no time to leave, but the last goodbye has to reach them.
const DRAIN_MAX: Duration = Duration::from_secs(8);

/// Why the rooms' server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The registry has these metrics already.
    #[error("cannot register metrics: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// A running server of rooms.
pub struct Server {
    node: Arc<Node>,
    ready: Condition,
    /// Ends with the server.
    registrar: JoinSet<()>,
}

impl Server {
    /// Starts one, which meets the others of its cluster on `bus`. What `audit` is told: who came and left, and what moderators
    /// did. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(
        config: &SignallingConfig,
        bus: Arc<dyn Bus>,
        audit: Option<Recorder>,
        verifier: Arc<TokenVerifier>,
        health: &Health,
    ) -> Result<Self, StartError> {
        let wanted = config.admission.sockets_max as u64 + OPEN_FILES_BESIDE;
        let limit = open_files::raise(wanted);
        if limit < wanted {
            tracing::warn!(
                limit,
                "rooms: fewer sockets than `admission.sockets_max` can be open; \
                 raise the limit (`ulimit -n`, or LimitNOFILE= in systemd) to {wanted}"
            );
        }
        let node = Node::new(config.clone(), bus, audit, verifier, Metrics::new(health.registry())?);
        let ready = health.condition("rooms");
        let mut registrar = JoinSet::new();
        registrar.spawn(registrar::run(Arc::clone(&node)));
        ready.set(true);
        tracing::info!(node = node.name, "rooms: ready");
        Ok(Self { node, ready, registrar })
    }

    /// The WebSockets' path, to be served at the root by [`lectern_platform::http::serve`].
    pub fn router(&self) -> Router {
        Router::new().route("/v1/rooms/{room}/ws", get(upgrade)).with_state(Arc::clone(&self.node))
    }

    /// Refuses newcomers, tells everybody to come back elsewhere, saves the rooms and waits for all that, a few seconds at
    /// most.
    pub async fn shutdown(mut self) {
        self.ready.set(false);
        self.registrar.shutdown().await;
        self.node.drain().await;
        let left = async {
            while !self.node.is_empty() {
                tokio::time::sleep(DRAIN_POLL).await;
            }
        };
        if tokio::time::timeout(DRAIN_MAX, left).await.is_err() {
            tracing::warn!(sockets = self.node.places.sockets(), "rooms: cut off who had not left in time");
        }
    }
}
