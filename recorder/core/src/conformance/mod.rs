//! Whether playlists and files are what CMAF and HLS want them to be: read anew from their bytes, with no knowledge of how
//! they were written.
//!
//! Checked are the structure of boxes, the continuity of time from segment to segment and against the playlist, that every
//! segment can be decoded by itself, and that names, codecs and discontinuities say what is there. Not checked: what only a
//! decoder can tell.

mod boxes;
mod init;
mod playlist;
mod segment;

use std::collections::BTreeMap;

use bytes::Bytes;

use init::Init;
use playlist::{Listed, Playlist};

/// Something that a player may stumble over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {what}")]
pub struct Violation {
    /// The file, or the playlist and line.
    pub at: String,
    /// What is wrong with it.
    pub what: String,
}

/// How far apart times may be that are written with different precision, in seconds.
const PRECISION_S: f64 = 0.0015;
/// The same for two dates: each is half a millisecond off at most, and half a millisecond more if another recorder read where
/// the track begins from a date.
const DATES_PRECISION_S: f64 = 0.002;

/// Checks a track's playlist and all that it names. `fetch` gives a file by its name. Returns the codecs that are used.
pub fn check_track(
    name: &str,
    text: &str,
    fetch: impl Fn(&str) -> Option<Bytes>,
    violations: &mut Vec<Violation>,
) -> Vec<String> {
    let mut report = |at: &str, what: String| violations.push(Violation { at: at.to_owned(), what });
    let playlist = match Playlist::read(text) {
        Ok(playlist) => playlist,
        Err((line, what)) => {
            report(&format!("{name}:{line}"), what.to_owned());
            return Vec::new();
        }
    };
    for (line, what) in playlist.problems() {
        report(&format!("{name}:{line}"), what);
    }
    let mut inits: BTreeMap<String, Init> = BTreeMap::new();
    let mut place = Place::default();
    for listed in &playlist.segments {
        if listed.gap {
            place.gap(listed);
            continue;
        }
        let Some(map) = &listed.map else { continue };
        if !inits.contains_key(map) {
            match fetch(map).ok_or("is missing".to_owned()).and_then(|bytes| Init::read(&bytes)) {
                Ok(init) => {
                    inits.insert(map.clone(), init);
                }
                Err(what) => report(map, what),
            }
        }
        let Some(init) = inits.get(map) else { continue };
        match fetch(&listed.uri).ok_or("is missing".to_owned()).and_then(|bytes| segment::read(&bytes, init)) {
            Ok(span) => place.segment(listed, span, init).into_iter().for_each(|what| report(&listed.uri, what)),
            Err(what) => report(&listed.uri, what),
        }
    }
    let mut codecs: Vec<String> = inits.into_values().map(|init| init.codecs).collect();
    codecs.dedup();
    codecs
}

/// Checks a multivariant playlist against the codecs of its tracks, as [`check_track`] returned them.
pub fn check_multivariant(text: &str, tracks: &[(String, Vec<String>)], violations: &mut Vec<Violation>) {
    let mut report = |what: String| violations.push(Violation { at: "multivariant".to_owned(), what });
    if !text.starts_with("#EXTM3U\n") {
        report("does not begin with #EXTM3U".to_owned());
    }
    let variant = text.lines().find(|line| line.starts_with("#EXT-X-STREAM-INF:")).unwrap_or_default();
    let listed =
        variant.split_once("CODECS=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(codecs, _)| codecs);
    for (name, codecs) in tracks {
        if !text.lines().any(|line| line == name || line.contains(&format!("URI=\"{name}\""))) {
            report(format!("does not name {name}"));
        }
        for codec in codecs.iter().filter(|codec| !listed.split(',').any(|listed| listed == codec.as_str())) {
            report(format!("CODECS lacks {codec} of {name}"));
        }
    }
    if !variant.contains("BANDWIDTH=") {
        report("no BANDWIDTH".to_owned());
    }
}

/// Where we are in a track: in its playlist's time, and in its media's.
#[derive(Default)]
struct Place {
    /// Of the playlist, since its first segment, in seconds.
    listed: f64,
    /// The media time at the playlist's beginning, in seconds.
    origin: Option<f64>,
    /// Where the segment before ended; `None` after a gap.
    end: Option<f64>,
}

impl Place {
    fn gap(&mut self, listed: &Listed) {
        self.listed += listed.duration;
        self.end = None;
    }

    fn segment(&mut self, listed: &Listed, span: segment::Span, init: &Init) -> Vec<String> {
        let mut problems = Vec::new();
        let seconds = |ticks: u64| ticks as f64 / f64::from(init.timescale);
        let (start, end) = (seconds(span.start), seconds(span.end));
        let origin = *self.origin.get_or_insert(start);
        if (start - origin - self.listed).abs() > PRECISION_S {
            problems.push(format!("begins at {:.4} s, and is listed at {:.4} s", start - origin, self.listed));
        }
        if (end - start - listed.duration).abs() > PRECISION_S {
            problems.push(format!("lasts {:.4} s, and is listed with {:.4} s", end - start, listed.duration));
        }
        // Ticks of different init segments of one track are the same.
        if self.end.is_some_and(|before| (start - before).abs() > 1e-9) {
            problems
                .push(format!("begins at {start:.6} s, and the one before ends at {:.6} s", self.end.unwrap_or(0.0)));
        }
        self.end = Some(end);
        self.listed += listed.duration;
        problems
    }
}
