//! What the media server and the rooms tell each other over the [bus](crate::bus), as JSON. Neither knows the other.
//!
//! Both say how things are, not what changed, on every change and again every [`REPEAT_MS`]: whoever missed something, or
//! came later, is right again soon. A state that was not repeated for [`EXPIRY_MS`] holds no longer, but for a policy: media
//! goes on as it was while the bus is away.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How often an unchanged state is said again, in milliseconds.
pub const REPEAT_MS: u64 = 2_000;
/// When a report that was not repeated holds no longer, in milliseconds.
pub const EXPIRY_MS: u64 = 7_000;

/// What one media server has of a room, on [`Topic::MediaReport`](crate::bus::Topic::MediaReport).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaReport {
    /// Which server.
    pub node: String,
    /// What is published.
    pub sources: Vec<ReportedSource>,
    /// How many people watch.
    pub viewers: u32,
    /// The source whose voice is loudest.
    pub speaker: Option<String>,
}

/// Something that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedSource {
    /// `camera`, `screen` or `stage/{n}`.
    pub source: String,
    /// The id of who publishes it.
    pub person: String,
    /// Whether sound comes.
    pub audio: bool,
    /// Whether a picture comes.
    pub video: bool,
}

/// What may happen in a room, on [`Topic::MediaPolicy`](crate::bus::Topic::MediaPolicy). Where there has never been one, tokens
/// alone decide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaPolicy {
    /// Which life of the room's log `seq` belongs to.
    pub epoch: String,
    /// A policy of the same epoch with a lower number is older, and ignored.
    pub seq: u64,
    /// Who may publish `stage/{n}`, by `n`. Nobody else may, whatever their token says.
    pub stage: BTreeMap<u8, String>,
    /// The ids of those whose sound is dropped.
    pub muted: Vec<String>,
    /// Whose tokens are good no more if issued at or before this time, in seconds since 1970, by id. `u64::MAX`: never again.
    pub removed: BTreeMap<String, u64>,
    /// Whether the class is over: nobody may publish or watch.
    pub ended: bool,
}
