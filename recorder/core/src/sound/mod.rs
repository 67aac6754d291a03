//! All voices become one Opus track: decoded, placed on the timeline, mixed, limited and encoded once.
//!
//! Promises: the track has no hole, whoever speaks or not; nothing clips; a voice is where its clock says, within
//! [`voice::OFF_MAX`]. Refuses: more than [`VOICES_MAX`] voices at once.

pub mod limiter;
pub mod mixer;
pub mod voice;

/// Samples a second on the timeline, of one channel: voices are mono.
pub const HZ: u32 = 48_000;
/// Samples of one encoded packet: 20 ms.
pub const FRAME: usize = 960;
/// A stage has the tutor's voice and the loudest of the others; more cost time and are not understood.
pub const VOICES_MAX: usize = 8;
