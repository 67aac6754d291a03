//! What a recording lacks, and why.

use std::time::Duration;

/// A part of a track in which the picture stands still, or a voice is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Gap {
    /// Since the beginning of the recording.
    pub from: Duration,
    /// Since the beginning of the recording.
    pub until: Duration,
    /// Why.
    pub cause: Cause,
}

/// Why something is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Packets did not come although they were asked for, or what came was no frame.
    Loss,
    /// The sender sent nothing, or no keyframe although it was asked for one.
    NoKeyframe,
    /// The sender's numbers started anew.
    Restart,
    /// More bytes came than a segment may hold.
    TooLarge,
    /// The segment was closed, and nobody took it in time: the recorder's disk hangs.
    NotStored,
}
