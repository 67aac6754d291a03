//! Files to be packaged, what becomes of them, and what ffprobe says about both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::hls::Track;
use lectern_recording::package::{BLOCK, Packager, Refusal, Step, Summary};

/// A folder that is removed with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("lectern-package-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Has ffmpeg write `name`; `arguments` are separated by spaces.
pub(crate) fn make(folder: &Folder, name: &str, arguments: &str) -> PathBuf {
    let path = folder.0.join(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-y", "-v", "error"]).args(arguments.split_whitespace()).arg(&path);
    let output = command.current_dir(&folder.0).output().expect("ffmpeg (apt install ffmpeg)");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    path
}

/// What a file became.
#[derive(Debug)]
pub(crate) struct Packaged {
    pub(crate) files: BTreeMap<String, Bytes>,
    pub(crate) summary: Summary,
    /// Bytes that were asked for.
    pub(crate) read: u64,
}

/// Packages `file`; panics if the packager asks for more than it promises or never ends.
pub(crate) fn package(file: &[u8]) -> Result<Packaged, Refusal> {
    let mut packager = Packager::new(file.len() as u64, 1, time::OffsetDateTime::UNIX_EPOCH);
    let (mut files, mut read, mut reads) = (BTreeMap::new(), 0, 0);
    loop {
        match packager.poll() {
            Step::Read(range) => {
                assert!(range.end - range.start <= BLOCK && range.start < range.end && range.end <= file.len() as u64);
                read += range.end - range.start;
                reads += 1;
                assert!(reads < 20_000, "reads without end");
                let bytes = Bytes::copy_from_slice(&file[range.start as usize..range.end as usize]);
                packager.provide(range, bytes);
            }
            Step::Init { name, bytes, .. } => drop(files.insert(name, bytes)),
            Step::Segment(stored) => drop(files.insert(stored.entry.uri, stored.bytes)),
            Step::Playlist { name, text } => drop(files.insert(name, text.into())),
            Step::Done(summary) => {
                assert_eq!(packager.poll(), Step::Done(summary.clone()));
                return Ok(Packaged { files, summary, read });
            }
            Step::Refused(refusal) => return Err(refusal),
        }
    }
}

impl Packaged {
    pub(crate) fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.files[name]).unwrap()
    }

    pub(crate) fn tracks(&self) -> Vec<Track> {
        self.summary.tracks.iter().map(|track| track.rendition.track).collect()
    }

    /// What the conformance check finds.
    pub(crate) fn violations(&self) -> Vec<String> {
        let (mut violations, mut tracks) = (Vec::new(), Vec::new());
        for track in self.tracks() {
            let name = track.playlist_name();
            let codecs = check_track(&name, self.text(&name), |uri| self.files.get(uri).cloned(), &mut violations);
            tracks.push((name, codecs));
        }
        check_multivariant(self.text("recording.m3u8"), &tracks, &mut violations);
        violations.iter().map(ToString::to_string).collect()
    }

    /// Writes all files, and each track as one file of fragments, `camera.mp4` and `sound.mp4`.
    pub(crate) fn write(&self, folder: &Folder) {
        for (name, bytes) in &self.files {
            let path = folder.0.join("packaged").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        for track in self.tracks() {
            let of = |ending: &str| {
                let files = self.files.iter().filter(|(name, _)| name.starts_with(&format!("{}/", track.name())));
                files
                    .filter(|(name, _)| name.ends_with(ending))
                    .map(|(_, bytes)| &bytes[..])
                    .collect::<Vec<_>>()
                    .concat()
            };
            std::fs::write(folder.0.join(format!("{}.mp4", track.name())), [of(".mp4"), of(".m4s")].concat()).unwrap();
        }
    }
}

fn ffprobe(path: &Path, arguments: &str) -> String {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "warning"]).args(arguments.split_whitespace()).args(["-of", "csv=p=0"]).arg(path);
    let output = command.output().expect("ffprobe (apt install ffmpeg)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{}: {said}", path.display());
    String::from_utf8(output.stdout).unwrap()
}

/// When the packets of a stream (`v` or `a`) are presented, in seconds, in rising order.
pub(crate) fn times(path: &Path, kind: char) -> Vec<f64> {
    let text = ffprobe(path, &format!("-select_streams {kind}:0 -show_entries packet=pts_time"));
    let mut times: Vec<f64> = text.lines().filter_map(|line| line.trim_end_matches(',').parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// When the first packet of a stream is decoded, in seconds.
pub(crate) fn decoding_begins(path: &Path, kind: char) -> f64 {
    let text = ffprobe(path, &format!("-select_streams {kind}:0 -show_entries packet=dts_time"));
    text.lines().next().and_then(|line| line.trim_end_matches(',').parse().ok()).unwrap_or(f64::NAN)
}

/// How many frames are decoded of a stream; panics if ffmpeg has anything to say.
pub(crate) fn decoded(path: &Path, kind: char) -> u64 {
    let text = ffprobe(path, &format!("-count_frames -select_streams {kind}:0 -show_entries stream=nb_read_frames"));
    let line = text.lines().next().unwrap_or_default();
    line.trim_end_matches(',').parse().unwrap_or_else(|_| panic!("{}: {text}", path.display()))
}
