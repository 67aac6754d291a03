//! The media core of the recorder: RTP packets and sender reports of a room in, CMAF segments (ISO/IEC 23000-19) and HLS
//! playlists (RFC 8216bis) out.
//!
//! Nothing here knows a socket, a thread or a clock: packets and the time are arguments, and what is to be sent, stored or
//! told comes out of `poll_*`. All times are since the beginning of the recording unless their names say otherwise.

#![forbid(unsafe_code)]

pub mod clock;
pub mod cmaf;
pub mod codec;
pub mod conformance;
pub mod depacketize;
pub mod format;
pub mod gap;
pub mod hls;
pub mod jitter_buffer;
pub mod package;
pub mod packet;
pub mod recording;
pub mod segmenter;
pub mod sound;
mod video;
