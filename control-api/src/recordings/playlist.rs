//! Playlists as players get them: those that the recorder stored, with a signed address in the place of each file.

use std::time::Duration;

use lectern_platform::blobs::{BlobKey, Blobs, READ_BYTES_MAX};

use super::shelf::Text;
use crate::materials::store_failed;
use crate::problem::{ApiError, not_found};

/// How long a playlist is good that grows: so many reads of the store there are, however many watch.
const GROWING: Duration = Duration::from_secs(1);
/// The same of one that does not.
pub(super) const SETTLED: Duration = Duration::from_secs(60);

/// Which of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Playlist {
    /// Of all tracks.
    Recording,
    Camera,
    Screen,
    Sound,
}

impl Playlist {
    pub(super) const ALL: [Self; 4] = [Self::Recording, Self::Camera, Self::Screen, Self::Sound];

    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Recording => "recording.m3u8",
            Self::Camera => "camera.m3u8",
            Self::Screen => "screen.m3u8",
            Self::Sound => "sound.m3u8",
        }
    }

    pub(super) fn of(file: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|playlist| playlist.file() == file)
    }
}

/// How long addresses have to be good that are in a text which is kept: as long as a ticket, of whoever gets the text last.
pub(super) fn lifetime(ticket_s: u32) -> Duration {
    Duration::from_secs(ticket_s.into()) + SETTLED
}

/// A recording's playlist; what is over says so, even if nobody was there any more to write it.
///
/// # Errors
/// `404` if there is none, `503` while the store is away.
pub(super) async fn read(
    blobs: &dyn Blobs,
    folder: &BlobKey,
    playlist: Playlist,
    is_over: bool,
    seconds: u32,
) -> Result<Text, ApiError> {
    let key = folder.join(playlist.file()).map_err(|error| ApiError::Internal(error.to_string()))?;
    let bytes = blobs.read(&key, 0..READ_BYTES_MAX).await.map_err(store_failed)?.ok_or_else(not_found)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| ApiError::Internal(format!("{key}: {error}")))?;
    let text = match playlist {
        // Its addresses lead back to us.
        Playlist::Recording => text.to_owned(),
        Playlist::Camera | Playlist::Screen | Playlist::Sound => {
            addressed(blobs, folder, text, is_over, lifetime(seconds)).await?
        }
    };
    Ok(Text { bytes: text.into(), good_for: if is_over { SETTLED } else { GROWING } })
}

async fn addressed(
    blobs: &dyn Blobs,
    folder: &BlobKey,
    text: &str,
    is_over: bool,
    lifetime: Duration,
) -> Result<String, ApiError> {
    let mut out = String::with_capacity(text.len() * 4);
    let mut has_end = false;
    for line in text.lines() {
        has_end |= line == "#EXT-X-ENDLIST";
        match uri(line) {
            Some((before, uri, after)) => {
                let key = folder.join(uri).map_err(|error| ApiError::Internal(format!("{folder}: {uri}: {error}")))?;
                out.push_str(before);
                out.push_str(&blobs.download_url(&key, None, lifetime).await.map_err(store_failed)?);
                out.push_str(after);
            }
            None if is_over && line == "#EXT-X-PLAYLIST-TYPE:EVENT" => out.push_str("#EXT-X-PLAYLIST-TYPE:VOD"),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    if is_over && !has_end {
        out.push_str("#EXT-X-ENDLIST\n");
    }
    Ok(out)
}

/// What a line names, and what stands around it: a line of its own, or an attribute of a tag (RFC 8216, section 4.1).
fn uri(line: &str) -> Option<(&str, &str, &str)> {
    if !line.starts_with('#') {
        return (!line.is_empty()).then_some(("", line, ""));
    }
    let from = line.find("URI=\"")? + "URI=\"".len();
    let until = from + line[from..].find('"')?;
    Some((&line[..from], &line[from..until], &line[until..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_names_is_found_and_nothing_else() {
        assert_eq!(uri("camera/1-000001.m4s"), Some(("", "camera/1-000001.m4s", "")));
        let map = "#EXT-X-MAP:URI=\"camera/1-init-1.mp4\",BYTERANGE=\"1@0\"";
        assert_eq!(uri(map), Some(("#EXT-X-MAP:URI=\"", "camera/1-init-1.mp4", "\",BYTERANGE=\"1@0\"")));
        for other in ["", "#EXTM3U", "#EXTINF:4,", "#EXT-X-MAP:URI=\"open"] {
            assert_eq!(uri(other), None, "{other}");
        }
    }
}
