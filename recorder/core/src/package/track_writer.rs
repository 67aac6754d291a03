//! Segments of one track get their names, their init segments and their places in the playlist.

use std::time::Duration;

use time::OffsetDateTime;

use super::refusal::Refusal;
use super::{Step, TrackSummary};
use crate::cmaf::{Sample, init_segment_shown, media_segment};
use crate::format::{Format, Geometry, Shape};
use crate::hls::{Entry, MediaPlaylist, Rendition, Track};
use crate::recording::Stored;
use crate::segmenter::time;

/// Formats of one track; each costs an init segment.
const FORMATS_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct TrackWriter {
    track: Track,
    run: u32,
    geometry: Geometry,
    formats: Vec<(Format, String)>,
    playlist: MediaPlaylist,
    segments: u32,
    bytes: u64,
    peak_bps: u64,
}

impl TrackWriter {
    pub(super) fn new(track: Track, run: u32, epoch: OffsetDateTime, geometry: Geometry) -> Self {
        let playlist = MediaPlaylist::new(epoch);
        Self { track, run, geometry, formats: Vec::new(), playlist, segments: 0, bytes: 0, peak_bps: 0 }
    }

    /// Writes a segment of at least one sample.
    pub(super) fn write(
        &mut self,
        format: &Format,
        samples: &[Sample],
        end: u64,
        steps: &mut impl Extend<Step>,
    ) -> Result<(), Refusal> {
        let known = self.formats.iter().find(|(known, _)| known == format);
        let init_uri = if let Some((_, name)) = known {
            name.clone()
        } else {
            if self.formats.len() >= FORMATS_MAX {
                return Err(Refusal::TooLarge("the format of the video changes too often"));
            }
            let name = self.track.init_name(self.run, self.formats.len() as u32 + 1);
            self.formats.push((format.clone(), name.clone()));
            let bytes = init_segment_shown(format, self.geometry);
            steps.extend([Step::Init { track: self.track, name: name.clone(), bytes }]);
            name
        };
        self.segments += 1;
        let bytes = media_segment(self.segments, samples, end);
        let start = samples.first().map_or(0, |sample| sample.at);
        let entry = Entry {
            uri: self.track.segment_name(self.run, self.segments),
            init_uri,
            start: time(start, format.timescale()),
            end: time(end, format.timescale()),
            discontinuity: false,
        };
        let bits = bytes.len() as f64 * 8.0;
        let seconds = (entry.end.saturating_sub(entry.start)).as_secs_f64();
        // What is shorter than a second tells nothing about a rate.
        self.peak_bps = self.peak_bps.max((bits / seconds.max(1.0)) as u64);
        self.bytes += bytes.len() as u64;
        self.playlist.push(entry.clone());
        steps.extend([Step::Segment(Stored { track: self.track, entry, format: format.clone(), held: false, bytes })]);
        Ok(())
    }

    /// Ends the playlist; `None` if there is no segment.
    pub(super) fn finish(mut self) -> Option<(MediaPlaylist, TrackSummary)> {
        let (start, end) = (self.playlist.parts().first()?.start(), self.playlist.until()?);
        self.playlist.end();
        let codecs = self.formats.iter().fold(Vec::new(), |mut codecs: Vec<String>, (format, _)| {
            if !codecs.contains(&format.codecs) {
                codecs.push(format.codecs.clone());
            }
            codecs
        });
        let turned = self.geometry.quarter_turns % 2 == 1;
        let shown = |(width, height)| if turned { (height, width) } else { (width, height) };
        let size = self
            .formats
            .iter()
            .filter_map(|(format, _)| format.size())
            .max_by_key(|(w, h)| u32::from(*w) * u32::from(*h));
        let channels = self.formats.iter().find_map(|(format, _)| match format.shape {
            Shape::Audio { channels, .. } => Some(channels),
            Shape::Video { .. } => None,
        });
        let seconds = (end.saturating_sub(start)).max(Duration::from_millis(1)).as_secs_f64();
        let rendition = Rendition {
            track: self.track,
            codecs,
            size: size.map(shown),
            peak_bps: self.peak_bps.max(1),
            average_bps: ((self.bytes as f64 * 8.0 / seconds) as u64).min(self.peak_bps).max(1),
        };
        let summary = TrackSummary { rendition, channels, segments: self.segments, bytes: self.bytes, start, end };
        Some((self.playlist, summary))
    }
}
