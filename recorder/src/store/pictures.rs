//! Poster and storyboard of what is stored, beside it.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey, BlobKind, Blobs};
use lectern_recording::hls::{MediaPlaylist, Track};

use super::manifest::{File, Manifest, Pictures};
use super::recording::{key, read};
use super::upload::IMMUTABLE;
use crate::spool::sha256;
use crate::storyboard::{Artist, DrawError, Drawn, Moment, moments};

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
    let (poster, storyboard) = (
        put(blobs, folder, "poster", poster, manifest).await?,
        put(blobs, folder, "storyboard", sheet, manifest).await?,
    );
    manifest.pictures = Some(Pictures { poster, storyboard, index });
    Ok(true)
}

/// Under a name that tells what is in it: drawn once more of more, it is another.
async fn put(
    blobs: &dyn Blobs,
    folder: &BlobKey,
    what: &str,
    picture: Bytes,
    manifest: &mut Manifest,
) -> Result<String, BlobError> {
    let file = File { bytes: picture.len() as u64, sha256: sha256(&picture) };
    let name = format!("{what}-{}.jpg", &file.sha256[..8]);
    let kind = BlobKind { content_type: "image/jpeg".to_owned(), cache_control: IMMUTABLE.to_owned() };
    blobs.put(&key(folder, &name)?, &kind, picture).await?;
    manifest.add_file(name.clone(), file);
    Ok(name)
}

fn not_drawn(folder: &BlobKey, error: &DrawError) -> bool {
    tracing::warn!(%error, %folder, "recorder: no poster and no storyboard");
    false
}
