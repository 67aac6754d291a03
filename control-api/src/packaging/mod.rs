//! Packaging of lessons' videos: what was uploaded becomes what players stream, and is played by the tickets of recordings.
//!
//! A video that is confirmed is to be packaged: its packaging is made by the same transaction and waits until a recorder with
//! nothing else to do takes it over HTTP ([`job_routes`]), by leases as it takes classes. Each run writes into a folder of its own,
//! so that nobody writes what another has written; those of runs that came to nothing, and of videos that are let go of, are
//! swept up with other blobs. What breaks its recorder again and again is given up ([`sweeper`]). Until a video is packaged, and
//! if it cannot be, it is played as it was uploaded.

mod job;
mod job_routes;
mod job_store;
mod playback_routes;
pub(crate) mod sweeper;
mod video_state;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::server::Api;

pub(crate) use job_store::insert as begin;
pub(crate) use video_state::{Packaging, of_video};

/// What a recorder says at the end has the manifest in it.
const END_BYTES_MAX: usize = 256 << 10;

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    let end = OpenApiRouter::new().routes(routes!(job_routes::end)).layer(DefaultBodyLimit::max(END_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(job_routes::claim))
        .routes(routes!(job_routes::renew))
        .routes(routes!(job_routes::release))
        .merge(end)
        .routes(routes!(playback_routes::begin))
}

/// Where a run puts what it makes of a video; the migration's triggers and [`job_store`] know it, too.
pub(crate) fn folder(video: Uuid, run: i32) -> String {
    format!("videos/{video}/{run}")
}
