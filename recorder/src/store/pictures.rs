//! Poster and storyboard of what is stored, beside it.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey, BlobKind, Blobs};
use lectern_recording::hls::{MediaPlaylist, Track};

use super::manifest::{File, Manifest, Pictures};
use super::recording::{key, read};
use crate::spool::sha256;
use crate::storyboard::{Artist, DrawError, Drawn, Moment, moments};

/// Drawn anew, they are the same.
const POSTER_NAME: &str = "poster.jpg";
const STORYBOARD_NAME: &str = "storyboard.jpg";
const FRESH_PICTURE: &str = "public, max-age=86400";

/// Draws what is listed, and puts the pictures beside it; whether the manifest has them now. What cannot be drawn has none.
pub(super) async fn draw(
    blobs: &dyn Blobs,
    folder: &BlobKey,
    playlists: &BTreeMap<Track, MediaPlaylist>,
    manifest: &mut Manifest,
    ffmpeg: &Path,
) -> Result<bool, BlobError> {
    let mut artist = Artist::new(ffmpeg);
    let (mut init_uri, mut init) = (String::new(), Bytes::new());
    for Moment { at, entry } in moments(playlists) {
        if init_uri != entry.init_uri {
            init = read(blobs, folder, &entry.init_uri).await?.unwrap_or_default();
            init_uri = entry.init_uri;
        }
        let segment = read(blobs, folder, &entry.uri).await?.unwrap_or_default();
        if let Err(error) = artist.draw(at, init.clone(), segment).await {
            return Ok(not_drawn(folder, &error));
        }
    }
    let Drawn { poster, sheet, index } = match artist.finish().await {
        Ok(Some(drawn)) => drawn,
        Ok(None) => return Ok(false),
        Err(error) => return Ok(not_drawn(folder, &error)),
    };
    let kind = BlobKind { content_type: "image/jpeg".to_owned(), cache_control: FRESH_PICTURE.to_owned() };
    for (name, picture) in [(POSTER_NAME, poster), (STORYBOARD_NAME, sheet)] {
        manifest.add_file(name.to_owned(), File { bytes: picture.len() as u64, sha256: sha256(&picture) });
        blobs.put(&key(folder, name)?, &kind, picture).await?;
    }
    let (poster, storyboard) = (POSTER_NAME.to_owned(), STORYBOARD_NAME.to_owned());
    manifest.pictures = Some(Pictures { poster, storyboard, index });
    Ok(true)
}

fn not_drawn(folder: &BlobKey, error: &DrawError) -> bool {
    tracing::warn!(%error, %folder, "recorder: no poster and no storyboard");
    false
}
