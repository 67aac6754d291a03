//! Negotiation: one SDP offer in, one answer and the specification for a worker out.
//!
//! The shape is fixed (DESIGN 3.1): one BUNDLE group, RTP and RTCP multiplexed, ICE-lite, DTLS passive, and every
//! media section flows one way. So there is no JSEP state machine here (RFC 9429): [`Description::parse`] reads the
//! offer within [`Limits`], [`answer_publisher`] and [`answer_viewer`] match it against what Lectern forwards
//! (RFC 3264, RFC 9143, RFC 8853) and write the answer. Nothing here knows a socket, a clock or a random source;
//! whatever must be unpredictable is an argument. Input never panics: every refusal is an [`SdpError`].

mod answer;
mod candidate;
mod codec_match;
mod description;
mod error;
mod extension_match;
mod fragment;
mod limits;
mod publisher;
mod transport;
mod viewer;

pub use answer::{Local, Negotiated};
pub use candidate::{Candidate, CandidateTransport};
pub use description::Description;
pub use error::{Limited, SdpError};
pub use fragment::{IceFragment, write_fragment};
pub use limits::Limits;
pub use publisher::answer_publisher;
pub use viewer::{answer_viewer, media_stream};
