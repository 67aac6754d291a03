//! What of a recording is in the store, and may be listed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_platform::blobs::{BlobError, BlobKey, BlobKind, Blobs, READ_BYTES_MAX};
use lectern_recording::hls::{Entry, MULTIVARIANT_NAME, MediaPlaylist, ROUNDING, Track, multivariant};
use time::OffsetDateTime;

use super::manifest::{File, MANIFEST_NAME, Manifest};
use super::pictures::draw;
use crate::spool::{Item, Kept, Listing, sha256};

pub(super) const PLAYLIST: &str = "application/vnd.apple.mpegurl";
/// How long what still grows is fresh, and what does not.
const FRESH_LIVE: &str = "max-age=1";
pub(super) const FRESH_ENDED: &str = "max-age=60";
/// How often the manifest is put although nothing in it is new but files and gaps.
const MANIFEST_EVERY: Duration = Duration::from_secs(60);

/// Why a recording cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The store's; try again.
    #[error(transparent)]
    Store(#[from] BlobError),
    /// A playlist or the manifest is not as a recorder left it.
    #[error("{0}")]
    Damaged(String),
}

/// How far a recording is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Until the end of what is listed.
    pub(crate) duration_ms: u64,
    /// Of what is stored.
    pub(crate) bytes: u64,
    /// Something can be played.
    pub(crate) is_playable: bool,
}

/// See the [module](super).
#[derive(Debug)]
pub(crate) struct StoredRecording {
    blobs: Arc<dyn Blobs>,
    folder: BlobKey,
    started_at: OffsetDateTime,
    manifest: Manifest,
    playlists: BTreeMap<Track, MediaPlaylist>,
    /// Playlists that are not put as they are.
    changed: BTreeSet<Track>,
    /// Segments that are stored and not listed, since later ones are, or since all [had ended](Self::had_ended).
    late: Vec<Item>,
    /// It had ended when it was read: nobody watches it live any more. It stays as it is until it is ended once more.
    had_ended: bool,
    has_news: bool,
    manifest_put: Option<Instant>,
    is_playable: bool,
}

impl StoredRecording {
    /// Reads what earlier runs stored below `folder`.
    pub(super) async fn open(
        blobs: Arc<dyn Blobs>,
        folder: BlobKey,
        started_at: OffsetDateTime,
    ) -> Result<Self, OpenError> {
        let mut playlists = BTreeMap::new();
        for track in Track::ALL {
            let name = track.playlist_name();
            let Some(text) = read_text(&*blobs, &folder, &name).await? else { continue };
            let parsed = MediaPlaylist::parse(started_at, &text);
            playlists.insert(track, parsed.map_err(|error| OpenError::Damaged(format!("{name}: {error}")))?);
        }
        let manifest = match read_text(&*blobs, &folder, MANIFEST_NAME).await? {
            Some(text) => {
                serde_json::from_str(&text).map_err(|error| OpenError::Damaged(format!("{MANIFEST_NAME}: {error}")))?
            }
            None => Manifest::new(started_at),
        };
        let is_playable = playlists.values().any(has_segments);
        let mut stored = Self {
            blobs,
            folder,
            started_at,
            manifest,
            changed: BTreeSet::new(),
            late: Vec::new(),
            had_ended: is_playable && playlists.values().all(MediaPlaylist::has_ended),
            playlists,
            has_news: is_playable,
            manifest_put: None,
            is_playable,
        };
        stored.manifest.is_complete = false;
        stored.manifest.follow(&stored.playlists);
        Ok(stored)
    }

    /// May be known, and listed by the next [`Self::put`]: a file only when it is stored and verified.
    pub(super) fn add(&mut self, kept: &Kept) {
        match kept {
            Kept::File(item) => self.add_file(item),
            Kept::Gap(track, gap) => self.manifest.add_gap(*track, gap),
            Kept::Mark(mark) => self.has_news |= self.manifest.add_mark(*mark),
        }
    }

    fn add_file(&mut self, item: &Item) {
        let file = File { bytes: item.bytes, sha256: item.sha256.clone() };
        self.manifest.add_file(item.name.clone(), file);
        let Some(listing) = &item.listing else { return };
        let playlist = self.playlists.entry(item.track).or_insert_with(|| MediaPlaylist::new(self.started_at));
        if is_listed(playlist, &item.name) {
            return;
        }
        if self.had_ended || playlist.until().is_some_and(|until| listing.start + ROUNDING < until) {
            self.late.push(item.clone());
            return;
        }
        if playlist.segments().next_back().and_then(Entry::run) != Some(item.run) {
            playlist.resume();
        }
        self.has_news |= self.manifest.add_segment(item, listing);
        playlist.push(entry(item, listing));
        self.changed.insert(item.track);
    }

    /// Whether it is not in the store before the recording is [ended](Self::end) once more: what is told of one that had ended,
    /// and a segment that a later run has gone past, since to a playlist that grows is only ever added.
    pub(super) fn awaits_end(&self, kept: &Kept) -> bool {
        match kept.file() {
            Some(item) => self.late.iter().any(|late| late.name == item.name),
            None => self.had_ended,
        }
    }

    /// Whether segments wait for that.
    pub(crate) fn has_late(&self) -> bool {
        !self.late.is_empty()
    }

    /// Puts what has changed: first the manifest, without which another run could not go on, then what lists, then what lists
    /// the lists. To be called again if it fails.
    pub(super) async fn put(&mut self) -> Result<(), BlobError> {
        if self.had_ended {
            return Ok(());
        }
        let is_due = self.manifest_put.is_none_or(|at| at.elapsed() >= MANIFEST_EVERY);
        let with_manifest = self.has_news || is_due && !self.changed.is_empty();
        if with_manifest {
            self.put_manifest(FRESH_LIVE).await?;
        }
        while let Some(track) = self.changed.first().copied() {
            self.put_playlist(track, FRESH_LIVE).await?;
            self.changed.remove(&track);
        }
        if with_manifest {
            self.put_multivariant(FRESH_LIVE).await?;
            (self.has_news, self.manifest_put) = (false, Some(Instant::now()));
        }
        Ok(())
    }

    /// Ends what was listed: videos instead of events, and a manifest that lacks nothing. What is late finds its place if the
    /// recording had ended before. `false` if nothing was listed. To be called again if it fails.
    pub(crate) async fn end(&mut self) -> Result<bool, BlobError> {
        if self.had_ended {
            self.insert_late();
        }
        self.playlists.retain(|_, playlist| has_segments(playlist));
        if self.playlists.is_empty() {
            return Ok(false);
        }
        self.look_for_unknown_files().await?;
        let tracks: Vec<_> = self.playlists.keys().copied().collect();
        for track in tracks {
            self.playlists.entry(track).and_modify(MediaPlaylist::end);
            self.put_playlist(track, FRESH_ENDED).await?;
        }
        self.put_multivariant(FRESH_ENDED).await?;
        self.manifest.is_complete = true;
        self.put_manifest(FRESH_ENDED).await?;
        if self.had_ended {
            self.late.clear();
        }
        Ok(true)
    }

    fn insert_late(&mut self) {
        for (track, playlist) in &mut self.playlists {
            let late = || self.late.iter().filter(|item| item.track == *track);
            playlist.insert(late().filter_map(|item| Some(entry(item, item.listing.as_ref()?))));
            for item in late().filter(|item| is_listed(playlist, &item.name)) {
                if let Some(listing) = &item.listing {
                    self.manifest.add_segment(item, listing);
                }
            }
        }
    }

    /// Draws what has [ended](Self::end), and puts the pictures beside it. A recording that cannot be drawn has none.
    pub(crate) async fn illustrate(&mut self, ffmpeg: &Path) -> Result<(), BlobError> {
        if draw(&*self.blobs, &self.folder, &self.playlists, &mut self.manifest, ffmpeg).await? {
            self.put_manifest(FRESH_ENDED).await?;
        }
        Ok(())
    }

    async fn read(&self, name: &str) -> Result<Option<Bytes>, BlobError> {
        read(&*self.blobs, &self.folder, name).await
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Progress {
        let Manifest { duration_ms, bytes, .. } = self.manifest;
        Progress { duration_ms, bytes, is_playable: self.is_playable }
    }

    /// What it is made of.
    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Files that are listed and that the manifest does not know: a run was killed before it put one. They are read back.
    async fn look_for_unknown_files(&mut self) -> Result<(), BlobError> {
        let entries = self.playlists.values().flat_map(MediaPlaylist::segments);
        let names = entries.flat_map(|entry| [entry.init_uri.clone(), entry.uri.clone()]);
        let unknown: BTreeSet<_> = names.filter(|name| !self.manifest.files.contains_key(name)).collect();
        for name in unknown {
            let Some(bytes) = self.read(&name).await? else {
                tracing::error!(folder = %self.folder, file = name, "recorder: a file that is listed is gone");
                continue;
            };
            self.manifest.add_file(name, File { bytes: bytes.len() as u64, sha256: sha256(&bytes) });
        }
        Ok(())
    }

    async fn put_playlist(&mut self, track: Track, fresh: &str) -> Result<(), BlobError> {
        let Some(playlist) = self.playlists.get(&track) else { return Ok(()) };
        self.put_text(&track.playlist_name(), PLAYLIST, fresh, playlist.text()).await?;
        self.is_playable = true;
        self.manifest.follow(&self.playlists);
        Ok(())
    }

    async fn put_multivariant(&self, fresh: &str) -> Result<(), BlobError> {
        let renditions: Vec<_> =
            self.playlists.iter().filter_map(|(track, playlist)| self.manifest.rendition(*track, playlist)).collect();
        match multivariant(&renditions) {
            Some(text) => self.put_text(MULTIVARIANT_NAME, PLAYLIST, fresh, text).await,
            None => Ok(()),
        }
    }

    async fn put_manifest(&mut self, fresh: &str) -> Result<(), BlobError> {
        self.manifest.follow(&self.playlists);
        let text = serde_json::to_string(&self.manifest).map_err(|error| BlobError::Refused(error.to_string()))?;
        self.put_text(MANIFEST_NAME, "application/json", fresh, text).await
    }

    async fn put_text(&self, name: &str, content_type: &str, fresh: &str, text: String) -> Result<(), BlobError> {
        put_text(&*self.blobs, &self.folder, name, content_type, fresh, text).await
    }
}

/// One that may be put anew.
pub(super) async fn put_text(
    blobs: &dyn Blobs,
    folder: &BlobKey,
    name: &str,
    content_type: &str,
    fresh: &str,
    text: String,
) -> Result<(), BlobError> {
    let kind = BlobKind { content_type: content_type.to_owned(), cache_control: fresh.to_owned() };
    blobs.put(&key(folder, name)?, &kind, Bytes::from(text)).await
}

/// One that is there; of one that is longer than what is read at once, the beginning.
pub(super) async fn read(blobs: &dyn Blobs, folder: &BlobKey, name: &str) -> Result<Option<Bytes>, BlobError> {
    blobs.read(&key(folder, name)?, 0..READ_BYTES_MAX).await
}

/// Names come from [`Track`] and its runs, so all of them are keys.
pub(crate) fn key(folder: &BlobKey, name: &str) -> Result<BlobKey, BlobError> {
    folder.join(name).map_err(|error| BlobError::Refused(format!("{name}: {error}")))
}

async fn read_text(blobs: &dyn Blobs, folder: &BlobKey, name: &str) -> Result<Option<String>, OpenError> {
    let Some(bytes) = read(blobs, folder, name).await? else { return Ok(None) };
    let text = String::from_utf8(bytes.into()).map_err(|_| OpenError::Damaged(format!("{name}: not UTF-8")))?;
    Ok(Some(text))
}

fn has_segments(playlist: &MediaPlaylist) -> bool {
    playlist.segments().next().is_some()
}

fn is_listed(playlist: &MediaPlaylist, name: &str) -> bool {
    playlist.segments().rev().any(|entry| entry.uri == name)
}

fn entry(item: &Item, Listing { init, start, end, .. }: &Listing) -> Entry {
    Entry { uri: item.name.clone(), init_uri: init.clone(), start: *start, end: *end, discontinuity: false }
}
