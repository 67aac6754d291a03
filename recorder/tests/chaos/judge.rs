//! Whether a recording is what was promised, whatever happened.

use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use lectern_recorder::check::check;
use lectern_recording::hls::{Part, Track};
use lectern_testing::TempFolder;
use serde_json::Value;

use crate::class::{Class, LEASE_S};
use crate::node::Node;

/// The segment that was open: four seconds, two more until a keyframe comes, and what the jitter buffer holds.
const OPEN_MAX: Duration = Duration::from_secs(8);
/// Until another recorder has the job, is in the room, and has a keyframe, on such a machine.
const TAKEOVER_MAX: Duration = Duration::from_secs(60);

/// See the [module](self).
pub(crate) async fn judge(class: &Class, ended: &Value) {
    let said = class.nodes.each_ref().map(Node::said).join("\n---\n");
    assert!(!said.contains("panicked") && !said.contains("a bug ended"), "{said}");
    assert_eq!(ended["outcome"], "ready", "{ended}");
    let report = check(Arc::clone(&class.store), class.folder()).await.unwrap();
    let mut texts = String::new();
    for track in Track::ALL {
        texts += &String::from_utf8_lossy(&class.read(&track.playlist_name()).await.unwrap_or_default());
    }
    let is_good = report.violations.is_empty() && report.tracks.len() == Track::ALL.len();
    assert!(is_good, "{report}\n{:?}\n{texts}\n{said}", class.log);
    for track in Track::ALL {
        let playlist = class.playlist(track).await.unwrap();
        assert!(playlist.has_ended(), "{track:?} is not a video");
        assert!(probe(class, playlist.parts()).await > 0, "{track:?}");
        if track != Track::Screen {
            promises(class, track, playlist.parts());
        }
    }
    let camera = class.playlist(Track::Camera).await.unwrap();
    let listed: Vec<&str> = segments(camera.parts()).map(|(_, uri)| uri).collect();
    let lost: Vec<_> = class.ever_listed.iter().filter(|uri| !listed.contains(&uri.as_str())).collect();
    assert!(lost.is_empty(), "were listed, and are not: {lost:?} of {listed:?}");
}

/// What is missing is no more than what a recorder had open when it was last heard of, until the next run had its first keyframe,
/// whoever went on.
fn promises(class: &Class, track: Track, parts: &[Part]) {
    let runs = class.school.look(|class| class.runs.clone());
    let outages: Duration = class.outages.iter().map(|Range { start, end }| *end - *start).sum();
    let mut before = 1;
    let mut gap: Option<Range<Duration>> = None;
    for part in parts {
        let run = match part {
            Part::Gap { start, end } => {
                let start = gap.map_or(*start, |gap| gap.start);
                gap = Some(start..*end);
                continue;
            }
            Part::Segment(entry) => run_of(&entry.uri),
        };
        let Some(gap) = gap.take() else {
            before = run;
            continue;
        };
        let (from, until) = (&runs[before - 1], &runs[run - 1]);
        let about = || format!("{track:?} {gap:?} between runs {before} and {run}: {runs:?}; {:?}", class.log);
        assert!(run > before, "no run lacks anything in itself: {}", about());
        let kept = from.heard_of.saturating_sub(OPEN_MAX);
        assert!(gap.start >= kept, "closed segments are lost: {}", about());
        let lease = Duration::from_secs(LEASE_S);
        assert!(gap.end <= from.heard_of + lease + outages + TAKEOVER_MAX, "a late takeover: {}", about());
        assert!(gap.end >= until.claimed, "a run has nothing from before: {}", about());
        before = run;
    }
    let end = parts.last().map(Part::end).unwrap();
    let over = class.over_at.unwrap();
    let about = || format!("{runs:?}; {:?}\n{:#?}", class.log, parts);
    assert!(end + Duration::from_secs(3) >= over, "{track:?} lacks its end: {end:?} of {over:?}; {}", about());
}

fn segments(parts: &[Part]) -> impl Iterator<Item = (&str, &str)> {
    parts.iter().filter_map(|part| match part {
        Part::Segment(entry) => Some((entry.init_uri.as_str(), entry.uri.as_str())),
        Part::Gap { .. } => None,
    })
}

/// `camera/{run}-000001.m4s`.
fn run_of(uri: &str) -> usize {
    uri.split(['/', '-']).nth(1).unwrap().parse().unwrap()
}

/// Frames that ffmpeg decodes, without a word of complaint, of what each init segment is good for.
async fn probe(class: &Class, parts: &[Part]) -> u64 {
    let mut stretches: Vec<(&str, Vec<u8>)> = Vec::new();
    for (init, uri) in segments(parts) {
        if stretches.last().is_none_or(|(of, _)| *of != init) {
            stretches.push((init, class.read(init).await.unwrap().to_vec()));
        }
        stretches.last_mut().unwrap().1.extend_from_slice(&class.read(uri).await.unwrap());
    }
    let folder = TempFolder::new("chaos-probe");
    let file = folder.path().join("track.mp4");
    let mut frames = 0;
    for (_, stretch) in stretches {
        std::fs::write(&file, stretch).unwrap();
        frames += decoded(&file);
    }
    frames
}

fn decoded(file: &Path) -> u64 {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(file)
        .output()
        .expect("ffprobe (apt install ffmpeg)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{said}");
    String::from_utf8_lossy(&output.stdout).trim().trim_end_matches(',').parse().unwrap()
}
