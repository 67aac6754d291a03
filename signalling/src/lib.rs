//! Lectern's rooms: chat, polls, hands, stage, moderation and presence, one WebSocket for each participant.
//!
//! [`core`] is the room itself: what may be done, and what it changes. It knows no socket, clock or bus. Around it each room
//! is one task that decides what its sockets ask for, appends it to the room's log on the bus, and tells everybody. The
//! protocol is `docs/signalling.md`.

#![forbid(unsafe_code)]

mod admission;
pub mod config;
pub mod core;
mod frame;
mod metrics;
mod node;
mod pace;
mod registrar;
mod room;
pub mod server;
mod session;
mod socket;
mod upgrade;

pub use crate::config::SignallingConfig;
pub use crate::server::{Server, StartError};
