//! Fuzz targets: everything that the network can say to the media server, from single parsers to the whole datagram entry
//! with live keys, what participants can write into a room, and what the recorder and the packager read.
//!
//! A target takes any bytes and must neither panic, nor hang, nor break what it asserts. `./dev fuzz` runs them under
//! libFuzzer with the workspace's own crates instrumented for coverage; `tests/regressions.rs` runs every file of
//! `corpus/TARGET` and `artifacts/TARGET` through the same functions, so that what was found once stays found.
//!
//! One binary for all targets (`FUZZ_TARGET` names one): linking is what fuzzing costs in a build, and coverage is not
//! affected by code that never runs. The targets that keep state read their input as a list of operations, see [`input`].

mod class;
mod codec;
mod datagram;
mod depacketizer;
mod dtls;
mod egress;
mod events;
mod input;
mod media;
mod peer;
mod playlist;
mod recording;
mod room;
mod rtcp;
mod rtp;
mod sdp;
mod srtp;
mod stun;
mod tcp;
mod upload;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Every target by the name of its corpus folder.
pub const TARGETS: [(&str, Target); 16] = [
    ("stun", stun::run),
    ("rtp", rtp::run),
    ("rtcp", rtcp::run),
    ("sdp", sdp::run),
    ("codec", codec::run),
    ("srtp", srtp::run),
    ("dtls", dtls::run),
    ("tcp", tcp::run),
    ("datagram", datagram::run),
    ("room", room::run),
    ("class", class::run),
    ("depacketizer", depacketizer::run),
    ("recording", recording::run),
    ("playlist", playlist::run),
    ("upload", upload::run),
    ("events", events::run),
];
