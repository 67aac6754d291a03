//! HLS playlists (RFC 8216bis): one per track, which grows while the class runs, and the multivariant one above them.
//!
//! A track's playlist time is the recording's time less the track's beginning, always: what is missing between two
//! segments, because the screen was not shared or a recorder died, is listed as `EXT-X-GAP`. So tracks stay in step in a
//! player that adds durations as in one that reads `EXT-X-PROGRAM-DATE-TIME`.
//!
//! Names are made of the track, the run (the lease's number) and a count; nothing that a person typed is in them.

mod media_playlist;
mod multivariant;
mod parse;

pub use media_playlist::{Entry, MediaPlaylist, Part, ROUNDING};
pub use multivariant::{Rendition, multivariant, multivariant_of};
pub use parse::ParseError;

use crate::segmenter::SEGMENT_MAX;

/// No segment is longer (RFC 8216bis section 4.4.3.1), rounded as the RFC has it.
pub const TARGET_DURATION_S: u64 = SEGMENT_MAX.as_secs();

/// What a recording consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The tutor's camera.
    Camera,
    /// The tutor's screen.
    Screen,
    /// All voices.
    Sound,
}

impl Track {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Camera, Self::Screen, Self::Sound];

    /// As it stands in names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::Sound => "sound",
        }
    }

    /// The track's playlist.
    #[must_use]
    pub fn playlist_name(self) -> String {
        format!("{}.m3u8", self.name())
    }

    /// The `number`th init segment of a run.
    #[must_use]
    pub fn init_name(self, run: u32, number: u32) -> String {
        format!("{}/{run}-init-{number}.mp4", self.name())
    }

    /// The `number`th media segment of a run.
    #[must_use]
    pub fn segment_name(self, run: u32, number: u32) -> String {
        format!("{}/{run}-{number:06}.m4s", self.name())
    }
}

/// The multivariant playlist.
pub const MULTIVARIANT_NAME: &str = "recording.m3u8";
