//! A poster and a storyboard: pictures of what was shown, at even distances, of the keyframes that segments begin with.
//!
//! `ffmpeg` decodes them, a process for each picture: what it is given came from the network. It has one thread, no
//! protocol but pipes, and bounded memory and time; what it writes is bounded too. A picture that it cannot make is left
//! black. Without it there are no pictures.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_recording::hls::{Entry, MediaPlaylist, Part, Track};
use serde::{Deserialize, Serialize};

/// A picture for each of these, but no more than [`TILES_MAX`].
const EVERY: Duration = Duration::from_secs(10);
const TILES_MAX: u32 = 100;
/// Of a tile of the storyboard, pixels.
const TILE: (u32, u32) = (160, 90);
/// Tiles beside each other.
const COLUMNS: u32 = 10;
/// The longer side of the poster, pixels.
const POSTER_WIDTH: u32 = 1280;
/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What ffmpeg may allocate at once, bytes.
const ALLOCATION_MAX: &str = "268435456";
/// The longest picture, bytes.
const PICTURE_MAX: u64 = 4 << 20;
/// As much of ffmpeg's words as is read, bytes.
const WORDS_MAX: u64 = 4096;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    /// It is not installed, or may not be run.
    #[error("ffmpeg cannot be run: {0}")]
    Missing(std::io::Error),
    /// It gave nothing, or too much; its words.
    #[error("ffmpeg: {0}")]
    Failed(String),
    /// It did not end in time.
    #[error("ffmpeg took longer than {} s", PATIENCE.as_secs())]
    Late,
}

/// What tells which tile shows when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Index {
    tile_width: u32,
    tile_height: u32,
    columns: u32,
    /// When each tile was seen, on the recording's clock, in order; tiles fill rows from the left.
    times_ms: Vec<u64>,
}

/// Pictures, in JPEG, and what tells them apart.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) poster: Bytes,
    pub(crate) sheet: Bytes,
    pub(crate) index: Index,
}

/// A moment of a recording, and the segment whose keyframe shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: Duration,
    pub(crate) entry: Entry,
}

/// The moments that the storyboard shows: the screen where there is one, else the camera.
pub(crate) fn moments(playlists: &BTreeMap<Track, MediaPlaylist>) -> Vec<Moment> {
    let pictures = || [Track::Screen, Track::Camera].into_iter().filter_map(|track| playlists.get(&track));
    let until = pictures().filter_map(MediaPlaylist::until).max().unwrap_or_default();
    let count = u32::try_from(until.as_secs() / EVERY.as_secs()).unwrap_or(u32::MAX).clamp(1, TILES_MAX);
    let moment = |number: u32| {
        let at = until * (2 * number + 1) / (2 * count);
        let entry = pictures().find_map(|playlist| shown(playlist, at))?;
        Some(Moment { at, entry: entry.clone() })
    };
    (0..count).filter_map(moment).collect()
}

/// The segment that a track shows at a time.
fn shown(playlist: &MediaPlaylist, at: Duration) -> Option<&Entry> {
    let parts = playlist.parts();
    let next = parts.partition_point(|part| part.start() <= at);
    match &parts[next.checked_sub(1)?] {
        Part::Segment(entry) if at < entry.end => Some(entry),
        Part::Segment(_) | Part::Gap { .. } => None,
    }
}

/// Makes the pictures of one recording, one after the other.
#[derive(Debug)]
pub(crate) struct Artist {
    ffmpeg: PathBuf,
    poster: Option<(usize, Bytes)>,
    tiles: Vec<u8>,
    times_ms: Vec<u64>,
}

impl Artist {
    /// With the program that is named so, or is there.
    pub(crate) fn new(ffmpeg: &Path) -> Self {
        Self { ffmpeg: ffmpeg.to_owned(), poster: None, tiles: Vec::new(), times_ms: Vec::new() }
    }

    /// Draws the first picture of a segment, behind its init segment. The poster is the one that has most to show: the
    /// largest JPEG.
    ///
    /// # Errors
    /// [`DrawError::Missing`]. What cannot be decoded is black.
    pub(crate) async fn draw(&mut self, at: Duration, init: Bytes, segment: Bytes) -> Result<(), DrawError> {
        let (width, height) = TILE;
        let fit = format!("scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1");
        let input = [init, segment];
        let tile = match self.run(&["-f", "mp4"], &fit, input.clone()).await {
            Err(error @ DrawError::Missing(_)) => return Err(error),
            Err(error) => {
                tracing::debug!(%error, at_ms = at.as_millis(), "storyboard: a picture is left black");
                let black = format!("color=black:size={width}x{height}");
                self.run(&["-f", "lavfi", "-i", &black], "null", []).await?
            }
            Ok(tile) => {
                if self.poster.as_ref().is_none_or(|(bytes, _)| tile.len() > *bytes) {
                    let fit = format!("scale='min({POSTER_WIDTH},iw)':-2");
                    let poster = self.run(&["-f", "mp4"], &fit, input).await?;
                    self.poster = Some((tile.len(), poster));
                }
                tile
            }
        };
        self.tiles.extend_from_slice(&tile);
        self.times_ms.push(u64::try_from(at.as_millis()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Puts the tiles together; nothing, if there was nothing to be seen.
    ///
    /// # Errors
    /// See [`DrawError`].
    pub(crate) async fn finish(mut self) -> Result<Option<Drawn>, DrawError> {
        let Some((_, poster)) = self.poster.take() else { return Ok(None) };
        let rows = u32::try_from(self.times_ms.len()).unwrap_or(TILES_MAX).div_ceil(COLUMNS);
        let tiles = Bytes::from(std::mem::take(&mut self.tiles));
        let sheet =
            self.run(&["-f", "image2pipe", "-c:v", "mjpeg"], &format!("tile={COLUMNS}x{rows}"), [tiles]).await?;
        let (tile_width, tile_height) = TILE;
        let index = Index { tile_width, tile_height, columns: COLUMNS, times_ms: self.times_ms };
        Ok(Some(Drawn { poster, sheet, index }))
    }

    /// The first picture of an input, through a filter, as JPEG.
    async fn run<const N: usize>(&self, format: &[&str], filter: &str, input: [Bytes; N]) -> Result<Bytes, DrawError> {
        let mut command = Command::new(&self.ffmpeg);
        command.args(["-hide_banner", "-loglevel", "error", "-max_alloc", ALLOCATION_MAX, "-threads", "1"]);
        command.args(format);
        if N > 0 {
            command.args(["-protocol_whitelist", "pipe", "-i", "pipe:0"]);
        }
        command.args(["-an", "-vf", filter, "-frames:v", "1", "-threads", "1", "-q:v", "5", "-f", "mjpeg", "pipe:1"]);
        let work = move || run_to_its_end(command, &input);
        tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(DrawError::Failed(error.to_string())))
    }
}

fn run_to_its_end(mut command: Command, input: &[Bytes]) -> Result<Bytes, DrawError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(DrawError::Missing)?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            // It reads no further than it needs to.
            let Some(mut stdin) = stdin else { return };
            let _ = input.iter().try_for_each(|bytes| stdin.write_all(bytes));
        });
        let words = scope.spawn(move || read(stderr, WORDS_MAX));
        let picture = scope.spawn(move || read(stdout, PICTURE_MAX + 1));
        let is_late = !wait(&mut child, Instant::now() + PATIENCE);
        let (picture, words) = (picture.join().unwrap_or_default(), words.join().unwrap_or_default());
        match picture.len() as u64 {
            _ if is_late => Err(DrawError::Late),
            0 => Err(DrawError::Failed(String::from_utf8_lossy(&words).trim().to_owned())),
            1..=PICTURE_MAX => Ok(Bytes::from(picture)),
            _ => Err(DrawError::Failed(format!("a picture of more than {PICTURE_MAX} bytes"))),
        }
    })
}

/// Whether it ended by itself before a time; it has ended in any case.
fn wait(child: &mut Child, until: Instant) -> bool {
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return true,
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

fn read(from: Option<impl std::io::Read>, bytes_max: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        // What was read before an error is judged by who asked.
        let _ = from.take(bytes_max).read_to_end(&mut bytes);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::OffsetDateTime;

    const SIDE: usize = 160 * 90 * 3;

    /// A keyframe in one colour, as init segment and segment.
    fn coloured(colour: &str, size: &str) -> (Bytes, Bytes) {
        let source = format!("color={colour}:size={size}:rate=10");
        let output = Command::new("ffmpeg")
            .args(["-loglevel", "error", "-f", "lavfi", "-i", &source, "-t", "1", "-c:v", "libx264"])
            .args(["-pix_fmt", "yuv420p", "-movflags", "empty_moov+frag_keyframe+default_base_moof"])
            .args(["-f", "mp4", "pipe:1"])
            .output()
            .unwrap();
        let file = Bytes::from(output.stdout);
        let moof = file.windows(4).position(|name| name == b"moof").unwrap() - 4;
        (file.slice(..moof), file.slice(moof..))
    }

    /// The pixels of a JPEG, in red, green and blue.
    fn pixels(jpeg: &Bytes) -> Vec<u8> {
        let mut command = Command::new("ffmpeg");
        command.args(["-loglevel", "error", "-f", "mjpeg", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24"]);
        command.arg("pipe:1");
        run_to_its_end(command, std::slice::from_ref(jpeg)).unwrap().to_vec()
    }

    fn playlist(segments: &[(u64, u64)]) -> MediaPlaylist {
        let mut playlist = MediaPlaylist::new(OffsetDateTime::UNIX_EPOCH);
        for (start, end) in segments {
            let (start, end) = (Duration::from_secs(*start), Duration::from_secs(*end));
            let uri = format!("{}.m4s", start.as_secs());
            playlist.push(Entry { uri, init_uri: "i.mp4".into(), start, end, discontinuity: false });
        }
        playlist
    }

    #[test]
    fn moments_are_even_and_show_the_screen_while_there_is_one() {
        let camera = playlist(&[(0, 20), (20, 30), (30, 40)]);
        let screen = playlist(&[(12, 22)]);
        let playlists = BTreeMap::from([(Track::Camera, camera.clone()), (Track::Screen, screen)]);
        let seen: Vec<_> =
            moments(&playlists).into_iter().map(|moment| (moment.at.as_secs(), moment.entry.uri)).collect();
        let expected = [(5, "0.m4s"), (15, "12.m4s"), (25, "20.m4s"), (35, "30.m4s")];
        assert_eq!(seen, expected.map(|(at, uri)| (at, uri.to_owned())));
        // Nothing was shown between 22 and the camera's return.
        let late = BTreeMap::from([(Track::Camera, playlist(&[(0, 2), (38, 40)]))]);
        assert_eq!(moments(&late).len(), 0);
        let short = BTreeMap::from([(Track::Camera, playlist(&[(0, 2)]))]);
        assert_eq!(moments(&short).len(), 1);
        let long: Vec<_> = (0..2_000).map(|number| (number * 4, number * 4 + 4)).collect();
        assert_eq!(moments(&BTreeMap::from([(Track::Screen, playlist(&long))])).len(), TILES_MAX as usize);
        assert_eq!(moments(&BTreeMap::new()), []);
    }

    #[tokio::test]
    async fn a_storyboard_shows_each_moment_in_its_place() {
        let mut artist = Artist::new(Path::new("ffmpeg"));
        for (second, (colour, size)) in
            [("red", "320x180"), ("lime", "640x480"), ("blue", "176x144")].iter().enumerate()
        {
            let (init, segment) = coloured(colour, size);
            artist.draw(Duration::from_secs(second as u64), init, segment).await.unwrap();
        }
        let damaged = Bytes::from_static(b"no segment at all");
        artist.draw(Duration::from_secs(3), damaged.clone(), damaged).await.unwrap();
        let Drawn { poster, sheet, index } = artist.finish().await.unwrap().unwrap();
        assert_eq!(index.times_ms, [0, 1000, 2000, 3000]);
        assert!(pixels(&poster).len() >= 176 * 144 * 3);
        let sheet = pixels(&sheet);
        assert_eq!(sheet.len(), 10 * SIDE, "one row of ten tiles");
        let middle = |tile: usize| {
            let at = (45 * 1600 + tile * 160 + 80) * 3;
            [sheet[at], sheet[at + 1], sheet[at + 2]].map(|part| part > 128)
        };
        assert_eq!(
            [0, 1, 2, 3].map(middle),
            [[true, false, false], [false, true, false], [false, false, true], [false, false, false]]
        );
    }

    #[tokio::test]
    async fn without_pictures_or_without_ffmpeg_there_is_no_storyboard() {
        assert!(Artist::new(Path::new("ffmpeg")).finish().await.unwrap().is_none());
        let mut artist = Artist::new(Path::new("/nonexistent/ffmpeg"));
        let drawn = artist.draw(Duration::ZERO, Bytes::new(), Bytes::new()).await;
        assert!(matches!(drawn, Err(DrawError::Missing(_))));
    }

    #[test]
    fn who_takes_too_long_is_ended() {
        let mut child = Command::new("sleep").arg("600").spawn().unwrap();
        assert!(!wait(&mut child, Instant::now() + Duration::from_millis(20)));
        assert!(child.try_wait().unwrap().is_some());
    }
}
