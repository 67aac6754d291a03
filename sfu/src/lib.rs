//! Lectern's media server.
//!
//! WHIP (RFC 9725) brings a tutor's camera, voice and screen in, WHEP takes them to every viewer. HTTP and
//! negotiation run on tokio ([`http`], [`sdp`]); media runs on worker threads, one per core ([`worker`]), each with
//! one UDP port and its own peers. What a room does with packets is the sans-IO core in [`media`]; how one peer is
//! reached and encrypted is [`transport`].
//!
//! The two sides meet in [`session`] (what was negotiated) and [`command`] (bounded queues between the threads).

pub mod command;
pub mod drop_reason;
pub mod http;
pub mod media;
pub mod sdp;
pub mod session;
pub mod transport;
pub mod worker;
