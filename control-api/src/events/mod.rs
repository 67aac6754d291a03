//! What happened, for those who want to see it at once.
//!
//! Whoever changes something [emits](emit) an [`Event`] in the same transaction: it is in the outbox if the change is in the
//! database, and never without it. The [`Dispatcher`] hands it on; [`Streams`] has who listens at this node.

mod dispatcher;
mod event;
mod message;
mod metrics;
mod outbox_store;
mod progress_moved;
mod queue;
mod routes;
mod stream;
mod stream_store;
mod streams;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::accounts::revocation::Revocations;
use crate::server::Api;

pub(crate) use dispatcher::Dispatcher;
pub(crate) use event::{Event, LiveClass, RecordedClass};
pub(crate) use message::Moved;
pub(crate) use metrics::{OutboxMetrics, StreamMetrics};
pub(crate) use outbox_store::{backlog, emit, emit_all};
pub(crate) use progress_moved::ProgressTeller;
pub(crate) use streams::Streams;

/// Ends the streams of those whose token becomes void, for ever: to be spawned.
pub(crate) async fn end_void(streams: Arc<Streams>, revocations: Arc<Revocations>) {
    loop {
        revocations.changed().await;
        streams.end_where(|person, session, version| revocations.is_void(session, person, version));
    }
}

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(routes::events))
}
