//! How large an offer may be.

use serde::Deserialize;

/// Bounds of one offer, configured under `[sdp]`. The defaults hold the largest offer that Chromium 156 makes for
/// every slot there is (4 audio, 10 video sections: 54 kB, 1,400 lines), with some room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of an offer or of an ICE fragment. Default 65,536.
    pub bytes_max: usize,
    /// Lines. Default 2,500.
    pub lines_max: usize,
    /// Bytes of one line. Default 2,048 (H.264 parameter sets in `a=fmtp` are the longest in the wild).
    pub line_bytes_max: usize,
    /// Media sections, whether accepted or not. Default 24.
    pub sections_max: usize,
    /// Attributes in one section, or before the first. Default 400.
    pub attributes_max: usize,
    /// Payload types in one section. Default 64 (Chromium offers 45).
    pub payload_types_max: usize,
    /// `a=candidate` lines in all. Default 128.
    pub candidates_max: usize,
    /// Simulcast layers of one section. Default 4.
    pub rids_max: usize,
    /// SSRCs that a publisher declares in one section. Default 16.
    pub ssrcs_max: usize,
    /// Audio slots of one viewer; further audio sections are answered with port 0. Default 4: the tutor and three voices.
    pub audio_slots_max: usize,
    /// Video slots of one viewer; further video sections are answered with port 0. Default 10: camera, screen, eight on stage.
    pub video_slots_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: 65_536,
            lines_max: 2_500,
            line_bytes_max: 2_048,
            sections_max: 24,
            attributes_max: 400,
            payload_types_max: 64,
            candidates_max: 128,
            rids_max: 4,
            ssrcs_max: 16,
            audio_slots_max: 4,
            video_slots_max: 10,
        }
    }
}
