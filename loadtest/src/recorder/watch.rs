//! Reads the playlists of recordings again and again, as players do.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lectern_recording::conformance::check_track;
use lectern_recording::hls::{Entry, MediaPlaylist, Part, Track};
use time::OffsetDateTime;

use super::jobs::Recorded;
use super::site::Site;
use crate::histogram::Histogram;
use crate::run::RunError;

/// What was listed so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    read: HashMap<PathBuf, SystemTime>,
    seen: HashSet<(PathBuf, String)>,
    /// From the end of a segment until it was found listed.
    pub(super) delays: Histogram,
}

impl Watch {
    /// Reads what has changed. With `is_measured`, segments that are new count.
    pub(super) fn look(&mut self, site: &Site, is_measured: bool) -> Result<(), RunError> {
        for recorded in &site.rooms {
            for track in Track::ALL {
                let path = site.file(recorded, &track.playlist_name());
                let Ok(changed) = fs::metadata(&path).and_then(|about| about.modified()) else { continue };
                if self.read.insert(path.clone(), changed) == Some(changed) {
                    continue;
                }
                let now = OffsetDateTime::now_utc() - recorded.started_at;
                for Entry { uri, end, .. } in entries(&playlist(site, recorded, track)?) {
                    if self.seen.insert((path.clone(), uri.clone())) && is_measured {
                        let delay = Duration::try_from(now - *end).unwrap_or_default();
                        self.delays.record(u64::try_from(delay.as_micros())?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether every track of every room has a segment of this run or a later one.
    pub(super) fn has_all(site: &Site, run: u32) -> bool {
        let is_there = |recorded: &Recorded, track| {
            let playlist = playlist(site, recorded, track).ok();
            playlist.is_some_and(|playlist| entries(&playlist).any(|entry| run_of(entry) >= run))
        };
        site.rooms.iter().all(|recorded| Track::ALL.iter().all(|track| is_there(recorded, *track)))
    }
}

/// What the first run listed of a track last, until when.
pub(super) fn first_run_until(site: &Site, recorded: &Recorded, track: Track) -> Result<Duration, RunError> {
    let playlist = playlist(site, recorded, track)?;
    Ok(entries(&playlist).filter(|entry| run_of(entry) == 1).map(|entry| entry.end).max().unwrap_or_default())
}

/// What is wrong with a track, by the recorder's own conformance check.
pub(super) fn violations(site: &Site, recorded: &Recorded, track: Track) -> Result<Vec<String>, RunError> {
    let name = track.playlist_name();
    let text = fs::read_to_string(site.file(recorded, &name))?;
    let mut violations = Vec::new();
    let fetch = |name: &str| fs::read(site.file(recorded, name)).ok().map(Into::into);
    check_track(&name, &text, fetch, &mut violations);
    Ok(violations.iter().map(ToString::to_string).collect())
}

fn playlist(site: &Site, recorded: &Recorded, track: Track) -> Result<MediaPlaylist, RunError> {
    let text = fs::read_to_string(site.file(recorded, &track.playlist_name()))?;
    Ok(MediaPlaylist::parse(recorded.started_at, &text)?)
}

fn entries(playlist: &MediaPlaylist) -> impl Iterator<Item = &Entry> {
    playlist.parts().iter().filter_map(|part| match part {
        Part::Segment(entry) => Some(entry),
        Part::Gap { .. } => None,
    })
}

/// `camera/{run}-000001.m4s`.
fn run_of(entry: &Entry) -> u32 {
    let name = entry.uri.rsplit('/').next().unwrap_or_default();
    name.split('-').next().and_then(|run| run.parse().ok()).unwrap_or_default()
}
