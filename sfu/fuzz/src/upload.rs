//! Uploaded files: MP4, MOV and WebM that claim to be. They are refused, or what becomes of them conforms.

use std::collections::HashMap;

use bytes::Bytes;
use lectern_recording::conformance::{check_multivariant, check_track};
use lectern_recording::hls::MULTIVARIANT_NAME;
use lectern_recording::package::{BLOCK, Packager, Step, Summary};
use time::OffsetDateTime;

/// Far more than a file of some kilobytes can need.
const STEPS_MAX: usize = 200_000;

pub(crate) fn run(file: &[u8]) {
    let mut packager = Packager::new(file.len() as u64, 1, OffsetDateTime::UNIX_EPOCH);
    let mut files: HashMap<String, Bytes> = HashMap::new();
    for _ in 0..STEPS_MAX {
        match packager.poll() {
            Step::Read(range) => {
                assert!(range.start < range.end && range.end - range.start <= BLOCK && range.end <= file.len() as u64);
                let bytes = Bytes::copy_from_slice(&file[range.start as usize..range.end as usize]);
                packager.provide(range, bytes);
            }
            Step::Init { name, bytes, .. } => assert_eq!(files.insert(name, bytes), None),
            Step::Segment(stored) => assert_eq!(files.insert(stored.entry.uri, stored.bytes), None),
            Step::Playlist { name, text } => assert_eq!(files.insert(name, text.into()), None),
            Step::Done(summary) => return check(&summary, &files),
            Step::Refused(refusal) => {
                assert!(!refusal.code().is_empty() && !refusal.to_string().is_empty());
                return;
            }
        }
    }
    panic!("the packager does not end");
}

fn check(summary: &Summary, files: &HashMap<String, Bytes>) {
    let text = |name: &str| std::str::from_utf8(&files[name]).expect("a playlist is text");
    let (mut violations, mut tracks) = (Vec::new(), Vec::new());
    for track in &summary.tracks {
        let name = track.rendition.track.playlist_name();
        let codecs = check_track(&name, text(&name), |uri| files.get(uri).cloned(), &mut violations);
        tracks.push((name, codecs));
    }
    check_multivariant(text(MULTIVARIANT_NAME), &tracks, &mut violations);
    assert!(violations.is_empty(), "{violations:#?}");
}
