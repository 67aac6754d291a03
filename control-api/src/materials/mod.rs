//! Files of lessons: what is to be read beside them, and their videos.
//!
//! A tutor announces a file, sends it straight to the blob store, and confirms it ([`sending`]); then whoever may open the lesson
//! gets addresses of it, each for a short time. Nothing of a file passes through here. Names are for people: the store knows
//! a file by a generated name. What nothing refers to any more is swept up ([`sweeper`]).

mod config;
mod file_type;
mod material;
mod material_routes;
mod material_store;
mod sending;
mod sweep_store;
pub(crate) mod sweeper;
mod video_routes;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::server::Api;

pub use config::MaterialsConfig;
pub(crate) use material::store_failed;
pub(crate) use material_store::video_of;

pub(crate) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(material_routes::list, material_routes::announce))
        .routes(routes!(material_routes::confirm))
        .routes(routes!(material_routes::address))
        .routes(routes!(material_routes::change, material_routes::delete))
        .routes(routes!(video_routes::address, video_routes::announce, video_routes::delete))
        .routes(routes!(video_routes::confirm))
}
