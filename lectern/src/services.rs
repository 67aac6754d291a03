//! The services of this process, started together and ended together.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use lectern_platform::bus::Bus;
use lectern_platform::health::Health;
use lectern_platform::token::TokenVerifier;
use lectern_sfu::{Server, SfuConfig, StartError};

/// All of them, running.
pub(crate) struct Services {
    sfu: Server,
}

impl Services {
    /// Starts each. `public` is where their routers are served.
    pub(crate) async fn start(
        sfu: &SfuConfig,
        public: SocketAddr,
        verifier: Arc<TokenVerifier>,
        bus: Arc<dyn Bus>,
        health: &Health,
    ) -> Result<Self, StartError> {
        Ok(Self { sfu: Server::start(sfu, public, verifier, Some(bus), health).await? })
    }

    /// Everything below `/v1`.
    pub(crate) fn router(&self) -> Router {
        self.sfu.router()
    }

    /// Refuses newcomers, sends everybody away and waits for that.
    pub(crate) async fn shutdown(self) {
        self.sfu.shutdown().await;
    }
}
