//! One track's playlist: `EVENT` while it grows, `VOD` when it has ended.

use std::fmt::Write;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::TARGET_DURATION_S;

/// What two runs' clocks may overlap, and what rounding of a day's durations adds up to.
pub const ROUNDING: Duration = Duration::from_millis(20);

/// A segment that is stored, to be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the playlist.
    pub uri: String,
    /// Its init segment, relative to the playlist.
    pub init_uri: String,
    /// Since the beginning of the recording.
    pub start: Duration,
    /// Since the beginning of the recording.
    pub end: Duration,
    /// The encoder's state is not that of the segment before, though the init segment may be: another recorder wrote it.
    pub discontinuity: bool,
}

impl Entry {
    /// Which run wrote it, as its name tells; see [`Track::segment_name`](super::Track::segment_name).
    #[must_use]
    pub fn run(&self) -> Option<u32> {
        self.uri.split_once('/')?.1.split_once('-')?.0.parse().ok()
    }
}

/// A line of the playlist's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A segment.
    Segment(Entry),
    /// Nothing is stored from `start` to `end`.
    Gap {
        /// Since the beginning of the recording.
        start: Duration,
        /// At most the target duration later.
        end: Duration,
    },
}

impl Part {
    /// Since the beginning of the recording.
    #[must_use]
    pub fn start(&self) -> Duration {
        match self {
            Self::Segment(entry) => entry.start,
            Self::Gap { start, .. } => *start,
        }
    }

    /// Since the beginning of the recording.
    #[must_use]
    pub fn end(&self) -> Duration {
        match self {
            Self::Segment(entry) => entry.end,
            Self::Gap { end, .. } => *end,
        }
    }
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaPlaylist {
    pub(super) epoch: OffsetDateTime,
    pub(super) parts: Vec<Part>,
    /// The lines of all parts.
    pub(super) lines: String,
    pub(super) init_uri: Option<String>,
    resumes: bool,
    pub(super) ended: bool,
}

impl MediaPlaylist {
    /// An empty one; `epoch`: when the recording began, kept to the millisecond.
    #[must_use]
    pub fn new(epoch: OffsetDateTime) -> Self {
        let milliseconds = i64::from(epoch.nanosecond() % 1_000_000);
        Self {
            epoch: epoch - time::Duration::nanoseconds(milliseconds),
            parts: Vec::new(),
            lines: String::new(),
            init_uri: None,
            resumes: false,
            ended: false,
        }
    }

    /// Lists a stored segment behind the others. Time that is missing before it is listed as gaps.
    pub fn push(&mut self, mut entry: Entry) {
        entry.discontinuity |= std::mem::take(&mut self.resumes) && !self.parts.is_empty();
        self.fill(entry.start);
        let changes = self.init_uri.as_ref() != Some(&entry.init_uri);
        if entry.discontinuity || changes && self.init_uri.is_some() {
            self.lines.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if changes {
            // Writing into a string does not fail.
            let _ = writeln!(self.lines, "#EXT-X-MAP:URI=\"{}\"", entry.init_uri);
            self.init_uri = Some(entry.init_uri.clone());
        }
        self.push_line(entry.start, entry.end, &entry.uri);
        self.parts.push(Part::Segment(entry));
    }

    /// Lists stored segments that came late, where time is missing between others, before or after them; those for which there is
    /// no room are left out. Who plays it while it grows would stumble: it is for playlists that have ended.
    pub fn insert(&mut self, late: impl IntoIterator<Item = Entry>) {
        let mut entries: Vec<Entry> = self.segments().cloned().collect();
        for entry in late {
            let place = entries.partition_point(|other| other.start <= entry.start);
            let is_free = entries[..place].last().is_none_or(|before| before.end <= entry.start + ROUNDING)
                && entries.get(place).is_none_or(|after| entry.end <= after.start + ROUNDING);
            if is_free {
                entries.insert(place, entry);
            }
        }
        let mut whole = Self { ended: self.ended, ..Self::new(self.epoch) };
        for entry in entries {
            let before = whole.segments().next_back();
            let discontinuity = entry.discontinuity || before.is_some_and(|before| before.run() != entry.run());
            whole.push(Entry { discontinuity, ..entry });
        }
        *self = whole;
    }

    /// What is listed, without gaps.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.parts.iter().filter_map(|part| match part {
            Part::Segment(entry) => Some(entry),
            Part::Gap { .. } => None,
        })
    }

    /// Nothing follows.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Another recorder goes on: its first segment is a discontinuity.
    pub fn resume(&mut self) {
        self.resumes = true;
        self.ended = false;
    }

    /// When the recording began.
    #[must_use]
    pub fn epoch(&self) -> OffsetDateTime {
        self.epoch
    }

    /// What is listed.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Where the last segment ends, since the beginning of the recording.
    #[must_use]
    pub fn until(&self) -> Option<Duration> {
        self.parts.last().map(Part::end)
    }

    /// As it is to be stored.
    #[must_use]
    pub fn text(&self) -> String {
        let durations = self.parts.iter().map(|part| part.end().saturating_sub(part.start()));
        // Rounded to the nearest. No segment of a recording is longer than the target, those of an uploaded file may be.
        let longest = durations.max().map_or(0, |longest| (longest + Duration::from_millis(500)).as_secs());
        let head = header(self.ended, longest.max(TARGET_DURATION_S));
        format!("{head}{}{}", self.lines, if self.ended { END } else { "" })
    }

    /// Gaps up to `start`, of at most the target duration each. Below a millisecond it is rounding.
    fn fill(&mut self, start: Duration) {
        let Some(mut at) = self.until() else { return };
        while start > at + Duration::from_millis(1) {
            let end = start.min(at + Duration::from_secs(TARGET_DURATION_S));
            self.lines.push_str("#EXT-X-GAP\n");
            self.push_line(at, end, "gap.m4s");
            self.parts.push(Part::Gap { start: at, end });
            at = end;
        }
    }

    fn push_line(&mut self, start: Duration, end: Duration, uri: &str) {
        // Rounded to the nearest: who reads it back knows the beginning of the track from nothing else.
        let at = self.epoch + start + Duration::from_micros(500);
        let date = at.replace_nanosecond(at.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(at);
        let date = date.format(&Rfc3339).unwrap_or_default();
        let seconds = end.saturating_sub(start).as_secs_f64();
        let _ = writeln!(self.lines, "#EXT-X-PROGRAM-DATE-TIME:{date}\n#EXTINF:{seconds:.6},\n{uri}");
    }
}

/// The last line of a playlist that has ended.
pub(super) const END: &str = "#EXT-X-ENDLIST\n";

/// The lines before the first segment.
pub(super) fn header(ended: bool, target_s: u64) -> String {
    let kind = if ended { "VOD" } else { "EVENT" };
    format!(
        "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:{target_s}\n#EXT-X-PLAYLIST-TYPE:{kind}\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MEDIA-SEQUENCE:0\n"
    )
}
