//! What a recording consists of until it is stored: files, with what is to be known of them, and what else happened.

use std::time::Duration;

use aws_lc_rs::digest;
use bytes::Bytes;
use lectern_recording::gap::Gap;
use lectern_recording::hls::Track;
use serde::{Deserialize, Serialize};

use crate::capture::Mark;

/// What is kept in one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Kept {
    /// A track lacks something.
    Gap(Track, Gap),
    /// Something happened.
    Mark(Mark),
    /// A file, whose bytes are kept with it. Written without a tag, as when there was nothing else.
    #[serde(untagged)]
    File(Item),
}

impl Kept {
    /// The length of what is kept with it.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::File(item) => item.bytes,
            Self::Gap(..) | Self::Mark(_) => 0,
        }
    }

    /// The file that it is.
    pub(crate) fn file(&self) -> Option<&Item> {
        match self {
            Self::File(item) => Some(item),
            Self::Gap(..) | Self::Mark(_) => None,
        }
    }
}

/// A file of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Below the recording's folder.
    pub(crate) name: String,
    pub(crate) track: Track,
    /// The run that wrote it.
    pub(crate) run: u32,
    /// Its length.
    pub(crate) bytes: u64,
    /// In hexadecimal.
    pub(crate) sha256: String,
    /// How it stands in the playlist; `None` for an init segment, which stands there with the segments that need it.
    pub(crate) listing: Option<Listing>,
}

/// How a segment stands in its playlist, and what the playlist above says of its format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listing {
    pub(crate) init: String,
    /// Since the beginning of the recording.
    pub(crate) start: Duration,
    /// Since the beginning of the recording.
    pub(crate) end: Duration,
    /// As RFC 6381 has it.
    pub(crate) codecs: String,
    /// A picture's, in pixels.
    pub(crate) size: Option<(u16, u16)>,
}

impl Item {
    pub(crate) fn new(name: String, track: Track, run: u32, bytes: &Bytes, listing: Option<Listing>) -> Self {
        Self { name, track, run, bytes: bytes.len() as u64, sha256: sha256(bytes), listing }
    }
}

/// In hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    digest::digest(&digest::SHA256, bytes).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
