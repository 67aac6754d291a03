//! CMAF (ISO/IEC 23000-19) on ISO base media (ISO/IEC 14496-12): init segments and media segments of one track each.
//!
//! A media segment is one fragment. Its `tfdt` is explicit and counts from the beginning of the recording, so that the
//! tracks of a recording share one timeline, whatever came between their segments.

mod boxes;
mod init;
mod segment;

pub use init::{init_segment, init_segment_shown};
pub use segment::media_segment;

use bytes::Bytes;

/// The one track of each file.
const TRACK: u32 = 1;

/// A frame of a picture or of sound, as it lies in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Decoding starts at the beginning of the recording plus this, in ticks of the track's timescale.
    pub at: u64,
    /// Presentation follows decoding by so many ticks. 0 in what comes from a room: nothing is reordered there.
    pub composition: i32,
    /// Decoding can start here.
    pub sync: bool,
    /// One frame.
    pub data: Bytes,
}
