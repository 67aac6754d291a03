//! The services of this process, started together and ended together.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use lectern_platform::audit::Recorder;
use lectern_platform::bus::Bus;
use lectern_platform::health::Health;
use lectern_platform::token::TokenVerifier;
use lectern_sfu::SfuConfig;
use lectern_signalling::SignallingConfig;

/// What each of them is configured with.
pub(crate) struct Configs {
    pub(crate) sfu: SfuConfig,
    pub(crate) signalling: SignallingConfig,
}

/// All of them, running.
pub(crate) struct Services {
    sfu: lectern_sfu::Server,
    signalling: lectern_signalling::Server,
}

impl Services {
    /// Starts each. `public` is where their routers are served; they meet on `bus`, and
    /// `audit` is told of joins, leaves, moderation and who watched.
    pub(crate) async fn start(
        configs: &Configs,
        public: SocketAddr,
        verifier: Arc<TokenVerifier>,
        bus: Arc<dyn Bus>,
        audit: Recorder,
        health: &Health,
    ) -> Result<Self, Box<dyn Error>> {
        let (rooms_bus, rooms_audit) = (Arc::clone(&bus), Some(audit.clone()));
        let sfu =
            lectern_sfu::Server::start(&configs.sfu, public, Arc::clone(&verifier), Some(bus), Some(audit), health)
                .await?;
        let signalling =
            lectern_signalling::Server::start(&configs.signalling, rooms_bus, rooms_audit, verifier, health)?;
        Ok(Self { sfu, signalling })
    }

    /// Everything below `/v1`.
    pub(crate) fn router(&self) -> Router {
        self.sfu.router().merge(self.signalling.router())
    }

    /// Refuses newcomers, sends everybody away and waits for that.
    pub(crate) async fn shutdown(self) {
        tokio::join!(self.sfu.shutdown(), self.signalling.shutdown());
    }
}
