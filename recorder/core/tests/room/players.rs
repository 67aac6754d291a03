//! What ffmpeg says about a recording.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder that is removed with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("lectern-recording-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Decodes all of a playlist and gives the frames of its first stream of a kind; panics if ffmpeg has anything to say.
pub(crate) fn decoded_frames(playlist: &Path, kind: char) -> u64 {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-count_frames", "-select_streams", &kind.to_string()])
        .args(["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(playlist)
        .output()
        .expect("ffprobe (apt install ffmpeg)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{}: {said}", playlist.display());
    let counts = String::from_utf8_lossy(&output.stdout).into_owned();
    counts.lines().next().and_then(|line| line.trim_end_matches(',').parse().ok()).unwrap_or_else(|| panic!("{counts}"))
}
