//! A recording in the blob store: its files, the playlists that list them, and `manifest.json`.
//!
//! The order is the promise. A file is put and looked at ([`upload`](upload::upload)); only then does the manifest know it and
//! its track's playlist list it; the multivariant playlist comes last, so that whatever a player reads is there. A playlist is
//! put as a whole each time, so a recorder that goes on in the playlists of another needs nothing but what is in the store.

mod manifest;
mod pictures;
mod recording;
mod upload;
mod uploader;
mod video;

pub(crate) use manifest::{MANIFEST_NAME, Manifest};
pub(crate) use recording::{Progress, StoredRecording, key};
pub(crate) use uploader::Uploader;
pub(crate) use video::StoredVideo;
