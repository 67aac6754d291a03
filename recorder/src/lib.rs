//! The recorder: takes jobs from the control API, watches the class as one more viewer of the media server, and stores what
//! was seen and heard as HLS.

#![forbid(unsafe_code)]

mod backoff;
pub mod capture;
pub mod check;
pub mod config;
mod job;
pub mod media;
mod metrics;
mod packaging;
pub mod server;
mod spool;
mod store;
mod storyboard;

pub use config::RecorderConfig;
pub use server::Server;
