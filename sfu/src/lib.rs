//! Lectern's media server.
//!
//! WHIP (RFC 9725) brings a tutor's camera, voice and screen in, WHEP takes them to every viewer. HTTP and
//! negotiation run on tokio ([`http`], [`sdp`]); media runs on worker threads, one per core ([`worker`]), each with
//! one UDP port and its own peers. What a room does with packets is the sans-IO core in [`media`]; how one peer is
//! reached and encrypted is [`transport`].
//!
//! The two sides meet in [`session`] (what was negotiated) and [`command`] (bounded queues between the threads).

pub mod command;
pub mod config;
pub mod drop_reason;
pub mod http;
pub mod media;
pub mod metrics;
pub mod sdp;
pub mod server;
pub mod session;
mod tcp_listener;
pub mod transport;
pub mod worker;

pub use crate::config::{NetworkConfig, SfuConfig, TransportConfig};
pub use crate::server::{Server, StartError};
