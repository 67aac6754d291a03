//! The services of this process, started together and ended together.

use axum::Router;

/// All of them, running.
pub(crate) struct Services;

impl Services {
    /// Starts each.
    pub(crate) fn start() -> Self {
        Self
    }

    /// Everything below `/v1`.
    pub(crate) fn router(&self) -> Router {
        Router::new()
    }

    /// Refuses newcomers, sends everybody away and waits for that.
    pub(crate) async fn shutdown(self) {}
}
