//! What every Lectern service needs once.
//!
//! [`config`] reads one struct from a TOML file and the environment, [`token`] signs and verifies access tokens,
//! [`bearer`] brings them into axum handlers, [`problem`] is the shape of every error that leaves over HTTP, [`health`]
//! serves liveness, readiness and metrics on a port of their own, [`http`] serves routers within limits, [`client_address`] says
//! who calls, [`open_files`] makes room for their sockets, [`log`] writes logs that give nobody away, [`shutdown`] ends a
//! process in bounded time, [`bus`] is where services meet, and [`media_bus`] and [`class_bus`] are what they say there; [`cache`] has what
//! may be gone at any moment, [`audit`] what must not be, [`blobs`] files of any size, [`breaker`] stands before what is not
//! ours, and [`answer`] reads what that says; [`metrics`] registers what all of them count. Nothing else here knows what a room or a lesson is.

#![forbid(unsafe_code)]

pub mod answer;
pub mod audit;
mod azure;
pub mod bearer;
pub mod blobs;
pub mod breaker;
pub mod bus;
pub mod cache;
pub mod class_bus;
pub mod client_address;
pub mod config;
pub mod health;
pub mod http;
pub mod log;
pub mod media_bus;
pub mod metrics;
pub mod open_files;
pub mod private_postgres;
pub mod problem;
mod redis_servers;
pub mod shutdown;
pub mod token;
