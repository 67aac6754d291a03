//! Lectern's rooms: chat, polls, hands, stage, moderation and presence, one WebSocket for each participant.
//!
//! [`core`] is the room itself: what may be done, and what it changes. It knows no socket, clock or bus.

#![forbid(unsafe_code)]

pub mod core;
