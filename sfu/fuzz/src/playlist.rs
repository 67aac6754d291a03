//! Playlists that a recorder reads back from the store, to go on in them.

use std::time::Duration;

use lectern_recording::conformance::check_track;
use lectern_recording::hls::{Entry, MediaPlaylist};
use time::OffsetDateTime;

pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    check_track("noise", &text, |_| None, &mut Vec::new());
    let epoch = OffsetDateTime::UNIX_EPOCH;
    let Ok(mut playlist) = MediaPlaylist::parse(epoch, &text) else { return };
    let again = MediaPlaylist::parse(epoch, &playlist.text()).expect("what was written is read");
    assert_eq!((again.parts(), again.has_ended()), (playlist.parts(), playlist.has_ended()));
    // Another run goes on in it.
    let until = playlist.until().unwrap_or_default();
    playlist.resume();
    let (uri, init_uri) = ("camera/9-000001.m4s".to_owned(), "camera/9-init-1.mp4".to_owned());
    let (start, end) = (until + Duration::from_secs(30), until + Duration::from_secs(34));
    playlist.push(Entry { uri, init_uri, start, end, discontinuity: false });
    assert_eq!(playlist.until(), Some(end));
    playlist.end();
    MediaPlaylist::parse(epoch, &playlist.text()).expect("what was gone on with is read");
}
