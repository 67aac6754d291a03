//! The client's side of WHIP and WHEP without sockets or clocks: the offer and what a server answered ([`sdp`]), and the
//! connection that follows ([`peer`]).
//!
//! For programs of ours: the recorder and the load test. What flows over the connection is theirs to handle, with the keys that
//! it yields. Not done: gathering more than one candidate, ICE restarts, ICE over TCP, TURN, offers that begin anew.

#![forbid(unsafe_code)]

mod answer;
mod codec;
pub mod peer;
pub mod sdp;

pub use codec::{UnknownCodec, VideoCodec};
