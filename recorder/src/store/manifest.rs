//! `manifest.json`: what a recording is made of, for those who check it, make chapters of it, or go on with it.
//!
//! It is put with the first segment of each format, with each mark, once a minute and at the end. So after a kill it lacks a
//! minute's files and gaps at most, and never a format that a playlist lists. All times are on the recording's clock.

use std::collections::BTreeMap;
use std::time::Duration;

use lectern_recording::gap::{Cause, Gap};
use lectern_recording::hls::{MediaPlaylist, Part, Rendition, Track};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::capture::{self, MarkKind};
use crate::spool::{Item, Listing};
use crate::storyboard::Index;

/// In the store.
pub(crate) const MANIFEST_NAME: &str = "manifest.json";
/// Gaps that are told one by one; a publisher whose network fails every second has no more.
const GAPS_MAX: usize = 4096;
/// Marks: a screen that is shared and not shared a thousand times.
const MARKS_MAX: usize = 2048;
/// Of both, in what the school is told.
const SUMMARY_GAPS_MAX: usize = 200;
const SUMMARY_MARKS_MAX: usize = 500;

/// See the [module](self).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    version: u32,
    /// The beginning of the recording's clock.
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    /// Until the end of what is listed.
    pub(super) duration_ms: u64,
    /// Of all files but playlists and this one.
    pub(super) bytes: u64,
    /// Nothing follows.
    pub(super) is_complete: bool,
    /// Those that wrote.
    runs: Vec<u32>,
    tracks: BTreeMap<Track, TrackSummary>,
    gaps: Vec<TrackGap>,
    /// Gaps beyond those that are told one by one.
    gaps_left_out: u64,
    /// In their order.
    marks: Vec<Mark>,
    /// What was drawn of it when it had ended.
    #[serde(default)]
    pub(super) pictures: Option<Pictures>,
    pub(super) files: BTreeMap<String, File>,
}

/// What a track is, as far as it is listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct TrackSummary {
    /// As RFC 6381 has them, each once.
    codecs: Vec<String>,
    /// The largest picture's, in pixels.
    width: Option<u16>,
    height: Option<u16>,
    segments: u64,
    from_ms: u64,
    until_ms: u64,
}

/// Where a picture stands still, or a voice is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct TrackGap {
    track: Track,
    from_ms: u64,
    until_ms: u64,
    cause: Cause,
}

/// Something that happened in the class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    at_ms: u64,
    kind: MarkKind,
}

/// A poster, and a storyboard with what is where on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pictures {
    pub(super) poster: String,
    pub(super) storyboard: String,
    #[serde(flatten)]
    pub(super) index: Index,
}

/// A file that is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) bytes: u64,
    /// In hexadecimal.
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn new(started_at: OffsetDateTime) -> Self {
        Self {
            version: 1,
            started_at,
            duration_ms: 0,
            bytes: 0,
            is_complete: false,
            runs: Vec::new(),
            tracks: BTreeMap::new(),
            gaps: Vec::new(),
            gaps_left_out: 0,
            marks: Vec::new(),
            pictures: None,
            files: BTreeMap::new(),
        }
    }

    /// A file is stored.
    pub(super) fn add_file(&mut self, name: String, file: File) {
        self.bytes += file.bytes;
        if let Some(before) = self.files.insert(name, file) {
            self.bytes -= before.bytes;
        }
    }

    /// A stored segment is to be listed. Whether its track was not yet known to have such ones.
    pub(super) fn add_segment(&mut self, item: &Item, listing: &Listing) -> bool {
        if !self.runs.contains(&item.run) {
            self.runs.push(item.run);
            self.runs.sort_unstable();
        }
        let summary = self.tracks.entry(item.track).or_default();
        let area = |(width, height): (u16, u16)| u32::from(width) * u32::from(height);
        let size = summary.width.zip(summary.height).into_iter().chain(listing.size).max_by_key(|size| area(*size));
        let is_known = summary.codecs.contains(&listing.codecs) && size == summary.width.zip(summary.height);
        (summary.width, summary.height) = size.unzip();
        if !summary.codecs.contains(&listing.codecs) {
            summary.codecs.push(listing.codecs.clone());
        }
        !is_known
    }

    /// What a run that was killed had told already is known.
    pub(super) fn add_gap(&mut self, track: Track, gap: &Gap) {
        let gap = TrackGap { track, from_ms: ms(gap.from), until_ms: ms(gap.until), cause: gap.cause };
        if self.gaps.contains(&gap) {
            return;
        }
        if self.gaps.len() >= GAPS_MAX {
            self.gaps_left_out += 1;
            return;
        }
        self.gaps.push(gap);
    }

    /// Whether it was not known, and there was room for it.
    pub(super) fn add_mark(&mut self, mark: capture::Mark) -> bool {
        let mark = Mark { at_ms: ms(mark.at), kind: mark.kind };
        if self.marks.len() >= MARKS_MAX || self.marks.contains(&mark) {
            return false;
        }
        let place = self.marks.partition_point(|earlier| earlier.at_ms <= mark.at_ms);
        self.marks.insert(place, mark);
        true
    }

    /// Takes from the playlists what they know better.
    pub(super) fn follow(&mut self, playlists: &BTreeMap<Track, MediaPlaylist>) {
        for (track, playlist) in playlists {
            let parts = playlist.parts();
            let summary = self.tracks.entry(*track).or_default();
            summary.segments = parts.iter().filter(|part| matches!(part, Part::Segment(_))).count() as u64;
            summary.from_ms = parts.first().map_or(0, |part| ms(part.start()));
            summary.until_ms = playlist.until().map_or(0, ms);
        }
        self.duration_ms = self.tracks.values().map(|summary| summary.until_ms).max().unwrap_or(0);
    }

    /// What the multivariant playlist says of a track.
    pub(super) fn rendition(&self, track: Track, playlist: &MediaPlaylist) -> Option<Rendition> {
        let summary = self.tracks.get(&track)?;
        let (mut bits, mut time, mut peak_bps) = (0, Duration::ZERO, 0);
        for part in playlist.parts() {
            let Part::Segment(entry) = part else { continue };
            let Some(file) = self.files.get(&entry.uri) else { continue };
            let lasts = entry.end.saturating_sub(entry.start).max(Duration::from_millis(1));
            (bits, time) = (bits + file.bytes * 8, time + lasts);
            peak_bps = peak_bps.max((file.bytes as f64 * 8.0 / lasts.as_secs_f64()) as u64);
        }
        let average_bps = (bits as f64 / time.as_secs_f64().max(0.001)) as u64;
        let size = summary.width.zip(summary.height);
        Some(Rendition { track, codecs: summary.codecs.clone(), size, peak_bps, average_bps })
    }

    /// Nothing follows.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// What is stored, but for playlists and this: name, bytes, and checksum in hexadecimal.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        self.files.iter().map(|(name, file)| (name.as_str(), file.bytes, file.sha256.as_str()))
    }

    /// Without the files and with fewer details: what the school keeps of it.
    pub(crate) fn summary(&self) -> Self {
        let mut summary = Self { files: BTreeMap::new(), ..self.clone() };
        summary.gaps_left_out += summary.gaps.len().saturating_sub(SUMMARY_GAPS_MAX) as u64;
        summary.gaps.truncate(SUMMARY_GAPS_MAX);
        summary.marks.truncate(SUMMARY_MARKS_MAX);
        summary
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
