//! What was recorded and is not safely stored yet, on this machine's disk.
//!
//! `{folder}/{recording}/{run}/{number}.item` is one file of a recording, with what is to be known of it before its bytes, or
//! something else that is to be known (see [`Kept`]). It is there whole or not at all, also after a power cut, and goes when
//! the blob store has it and the playlist that lists it. What a run that was killed left here, the next run on this machine
//! stores first, be it when the recording has ended ([`Spool::left`]).
//!
//! All recordings together hold `bytes_max` at most: one write more is [`SpoolError::Full`], as is a full disk.
//!
//! One process at a time has a spool ([`Spool::open`]). It has a name of its own in `{folder}/name`, by which the school knows that
//! whoever had it before is gone. A spool must not be copied: two would have one name.

mod item;

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prometheus::IntGauge;
use uuid::Uuid;

pub(crate) use item::{Item, Kept, Listing, sha256};

/// What nobody asks for in so long is deleted: its recording is gone.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);
/// What is left of so many recordings is told at once.
const LEFT_MAX: usize = 64;
/// The longest description of an item, in bytes.
const HEAD_LEN_MAX: usize = 4096;
const EXTENSION: &str = "item";
/// Locked by the process that has the spool.
const LOCK: &str = "lock";
/// Has the spool's name in it.
const NAME: &str = "name";

/// Why something could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// The quota is used up, or the disk.
    #[error("the spool is full")]
    Full,
    /// The disk failed.
    #[error("the spool's disk: {0}")]
    Disk(io::Error),
}

impl From<io::Error> for SpoolError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Disk(error),
        }
    }
}

/// See the [module](self). Clones share the quota.
#[derive(Clone, Debug)]
pub(crate) struct Spool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    name: Uuid,
    /// Held as long as anything uses the spool; a process that dies lets go of it.
    _lock: File,
    bytes_max: u64,
    bytes: AtomicU64,
    gauge: IntGauge,
    in_use: Mutex<Vec<Uuid>>,
}

impl Spool {
    /// The spool in a folder; what earlier processes left there counts. `gauge` tells how much there is. `None` while another
    /// process has it.
    pub(crate) fn open(folder: &Path, bytes_max: u64, gauge: IntGauge) -> io::Result<Option<Self>> {
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let (folder, bytes, in_use) = (folder.to_owned(), AtomicU64::new(0), Mutex::default());
        let spool =
            Self(Arc::new(Shared { name: name(&folder)?, folder, _lock: lock, bytes_max, bytes, gauge, in_use }));
        for recording in folders(&spool.0.folder)? {
            remove_unfinished(&recording)?;
            spool.add(usage(&recording)?);
        }
        Ok(Some(spool))
    }

    /// The same whatever process has it.
    pub(crate) fn name(&self) -> Uuid {
        self.0.name
    }

    /// Somebody works on this recording, until what this gives is dropped.
    pub(crate) fn mark_in_use(&self, recording: Uuid) -> InUse {
        self.in_use().push(recording);
        InUse { spool: self.clone(), recording }
    }

    /// Recordings, the newest first, of which there are files here, and on which nobody works.
    pub(crate) fn left(&self) -> io::Result<Vec<Uuid>> {
        let mut left = Vec::new();
        for folder in folders(&self.0.folder)? {
            let Some(recording) = folder.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
            if !self.in_use().contains(&recording) && usage(&folder)? > 0 {
                left.push(recording);
            }
        }
        left.sort_unstable_by(|a, b| b.cmp(a));
        left.truncate(LEFT_MAX);
        Ok(left)
    }

    fn in_use(&self) -> MutexGuard<'_, Vec<Uuid>> {
        self.0.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes what nobody asks for. What a run works with is touched all the time, or once in the hours in which the
    /// store is waited for.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        for recording in folders(&self.0.folder)? {
            let touched = folders(&recording)?.iter().chain([&recording]).map(|folder| modified(folder)).max();
            let age = touched.and_then(|touched| SystemTime::now().duration_since(touched).ok()).unwrap_or_default();
            if age > ABANDONED_AFTER {
                tracing::warn!(folder = %recording.display(), "spool: deleted what nobody asks for");
                self.remove(&recording)?;
            }
        }
        Ok(())
    }

    /// A place for what one run writes.
    pub(crate) fn begin(&self, recording: Uuid, run: u32) -> io::Result<RunSpool> {
        let folder = self.folder(recording).join(run.to_string());
        fs::create_dir_all(&folder)?;
        Ok(RunSpool { spool: self.clone(), folder, written: 0 })
    }

    /// What runs before this one left of a recording, in the order in which it was written. What the disk has damaged is
    /// left out: the class is to be recorded all the same.
    pub(crate) fn leftovers(&self, recording: Uuid, run: u32) -> io::Result<Vec<Spooled>> {
        let folder = self.folder(recording);
        let mut runs: Vec<u32> = match folders(&folder) {
            Ok(runs) => runs.iter().filter_map(|run| run.file_name()?.to_str()?.parse().ok()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        runs.retain(|earlier| *earlier < run);
        runs.sort_unstable();
        let mut left = Vec::new();
        for run in runs {
            let files = fs::read_dir(folder.join(run.to_string()))?.map(|entry| entry.map(|entry| entry.path()));
            let mut files = files.collect::<io::Result<Vec<_>>>()?;
            files.retain(|path| is_item(path));
            files.sort_unstable();
            for path in files {
                match Spooled::open(self, path) {
                    Ok(spooled) => left.push(spooled),
                    Err(error) => tracing::error!(%error, %recording, run, "spool: a file is lost"),
                }
            }
        }
        Ok(left)
    }

    /// Deletes all of a recording: it has ended, or nobody asks for the rest any more.
    pub(crate) fn forget(&self, recording: Uuid) -> io::Result<()> {
        match self.remove(&self.folder(recording)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn remove(&self, recording: &Path) -> io::Result<()> {
        let bytes = usage(recording)?;
        fs::remove_dir_all(recording)?;
        self.subtract(bytes);
        Ok(())
    }

    fn folder(&self, recording: Uuid) -> PathBuf {
        self.0.folder.join(recording.to_string())
    }

    fn reserve(&self, bytes: u64) -> Result<(), SpoolError> {
        let fits = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= self.0.bytes_max);
        self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).map_err(|_| SpoolError::Full)?;
        self.show();
        Ok(())
    }

    /// Also beyond the quota: it is there already.
    fn add(&self, bytes: u64) {
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.show();
    }

    fn subtract(&self, bytes: u64) {
        let less = |used: u64| Some(used.saturating_sub(bytes));
        let _ = self.0.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        self.show();
    }

    fn show(&self) {
        self.0.gauge.set(self.0.bytes.load(Ordering::Relaxed).cast_signed());
    }
}

/// Somebody works on a recording.
#[derive(Debug)]
pub(crate) struct InUse {
    spool: Spool,
    recording: Uuid,
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut in_use = self.spool.in_use();
        if let Some(place) = in_use.iter().position(|recording| *recording == self.recording) {
            in_use.swap_remove(place);
        }
    }
}

/// Where one run writes.
#[derive(Debug)]
pub(crate) struct RunSpool {
    spool: Spool,
    folder: PathBuf,
    written: u64,
}

impl RunSpool {
    /// Keeps something, a file with its bytes; it is on the disk when this returns.
    pub(crate) async fn write(&mut self, kept: Kept, bytes: Bytes) -> Result<Spooled, SpoolError> {
        self.written += 1;
        let path = self.folder.join(format!("{:08}.{EXTENSION}", self.written));
        let spool = self.spool.clone();
        // A write in progress goes on if the caller is dropped, and keeps its account.
        let write = move || {
            let head = serde_json::to_vec(&kept).map_err(io::Error::other)?;
            let len = (4 + head.len() + bytes.len()) as u64;
            spool.reserve(len)?;
            if let Err(error) = write_whole(&path, &[&(head.len() as u32).to_be_bytes(), &head, &bytes]) {
                spool.subtract(len);
                return Err(SpoolError::from(error));
            }
            Ok(Spooled { kept, path, head_len: head.len(), len, spool })
        };
        tokio::task::spawn_blocking(write).await.map_err(|error| SpoolError::Disk(io::Error::other(error)))?
    }
}

/// Something of a recording that is kept here until it is stored.
#[derive(Debug)]
pub(crate) struct Spooled {
    /// What it is.
    pub(crate) kept: Kept,
    path: PathBuf,
    head_len: usize,
    len: u64,
    spool: Spool,
}

impl Spooled {
    fn open(spool: &Spool, path: PathBuf) -> io::Result<Self> {
        let mut file = File::open(&path)?;
        let len = file.metadata()?.len();
        let mut head_len = [0; 4];
        file.read_exact(&mut head_len)?;
        let head_len = u32::from_be_bytes(head_len) as usize;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, format!("{}: damaged", path.display()));
        if head_len > HEAD_LEN_MAX {
            return Err(damaged());
        }
        let mut head = vec![0; head_len];
        file.read_exact(&mut head)?;
        let kept: Kept = serde_json::from_slice(&head).map_err(|_| damaged())?;
        if len != 4 + head_len as u64 + kept.bytes() {
            return Err(damaged());
        }
        Ok(Self { kept, path, head_len, len, spool: spool.clone() })
    }

    /// Its bytes.
    pub(crate) async fn read(&self) -> io::Result<Bytes> {
        let bytes = tokio::fs::read(&self.path).await?;
        if bytes.len() as u64 != self.len {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{}: cut", self.path.display())));
        }
        Ok(Bytes::from(bytes).split_off(4 + self.head_len))
    }

    /// Deletes it here: it is stored and listed.
    pub(crate) async fn remove(self) -> io::Result<()> {
        tokio::fs::remove_file(&self.path).await?;
        self.spool.subtract(self.len);
        Ok(())
    }
}

/// What stands in a spool's folder as its name, or a new one.
fn name(folder: &Path) -> io::Result<Uuid> {
    let path = folder.join(NAME);
    let kept = match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if let Some(name) = kept {
        return Ok(name);
    }
    let name = Uuid::now_v7();
    write_whole(&path, &[name.to_string().as_bytes()])?;
    Ok(name)
}

/// By a temporary file that is renamed when it is on the disk.
fn write_whole(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    let write = || {
        let mut file = File::create(&unfinished)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().inspect_err(|_| {
        let _ = (fs::remove_file(&unfinished), fs::remove_file(path));
    })
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn modified(folder: &Path) -> SystemTime {
    fs::metadata(folder).and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// What the items of a recording take.
fn usage(recording: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for file in files(recording)?.iter().filter(|file| is_item(file)) {
        bytes += fs::metadata(file)?.len();
    }
    Ok(bytes)
}

/// What a process that died was writing.
fn remove_unfinished(recording: &Path) -> io::Result<()> {
    files(recording)?.iter().filter(|file| !is_item(file)).try_for_each(fs::remove_file)
}

fn is_item(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Of all runs.
fn files(recording: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for run in folders(recording)? {
        for entry in fs::read_dir(run)? {
            files.push(entry?.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Mark, MarkKind};
    use lectern_recording::gap::{Cause, Gap};
    use lectern_recording::hls::Track;
    use lectern_testing::TempFolder;

    fn open(folder: &TempFolder, bytes_max: u64) -> Spool {
        open_too(folder, bytes_max).expect("nobody else has it")
    }

    fn open_too(folder: &TempFolder, bytes_max: u64) -> Option<Spool> {
        Spool::open(folder.path(), bytes_max, IntGauge::new("spool", "Bytes").unwrap()).unwrap()
    }

    #[test]
    fn one_at_a_time_has_a_spool_which_keeps_its_name() {
        let folder = TempFolder::new("spool");
        let spool = open(&folder, 10_000);
        let name = spool.name();
        assert!(open_too(&folder, 10_000).is_none());
        let clone = spool.clone();
        drop(spool);
        assert!(open_too(&folder, 10_000).is_none(), "somebody still uses it");
        drop(clone);
        assert_eq!(open(&folder, 10_000).name(), name);
        assert_ne!(open(&TempFolder::new("spool"), 10_000).name(), name);
        fs::write(folder.path().join(NAME), "damaged").unwrap();
        let renamed = open(&folder, 10_000).name();
        assert_ne!(renamed, name);
        assert_eq!(open(&folder, 10_000).name(), renamed);
    }

    fn item(name: &str, bytes: &Bytes) -> Kept {
        Kept::File(Item::new(name.to_owned(), Track::Sound, 1, bytes, None))
    }

    fn names(left: &[Spooled]) -> Vec<&str> {
        left.iter().map(|left| left.kept.file().map_or("", |item| &*item.name)).collect()
    }

    #[tokio::test]
    async fn what_a_killed_run_left_is_found_in_order_and_what_it_did_not_finish_is_not() {
        let folder = TempFolder::new("spool");
        let recording = Uuid::now_v7();
        let bytes = Bytes::from_static(b"sound");
        let spool = open(&folder, 10_000);
        let mut run = spool.begin(recording, 1).unwrap();
        for name in ["sound/1-init-1.mp4", "sound/1-000001.m4s", "sound/1-000002.m4s"] {
            run.write(item(name, &bytes), bytes.clone()).await.unwrap();
        }
        spool.begin(recording, 3).unwrap().write(item("sound/3-init-1.mp4", &bytes), bytes.clone()).await.unwrap();
        fs::write(folder.path().join(recording.to_string()).join("1/00000004.tmp"), b"half").unwrap();
        let bytes_before = spool.0.gauge.get();
        drop((run, spool));
        let again = open(&folder, 10_000);
        assert_eq!(again.0.gauge.get(), bytes_before);
        let mut left = again.leftovers(recording, 3).unwrap();
        assert_eq!(names(&left), ["sound/1-init-1.mp4", "sound/1-000001.m4s", "sound/1-000002.m4s"]);
        assert_eq!(left[1].read().await.unwrap(), bytes);
        left.remove(0).remove().await.unwrap();
        assert_eq!(again.leftovers(recording, 3).unwrap().len(), 2);
        assert!(again.leftovers(Uuid::now_v7(), 9).unwrap().is_empty());
        again.forget(recording).unwrap();
        assert_eq!(again.0.gauge.get(), 0);
        again.forget(recording).unwrap();
    }

    #[tokio::test]
    async fn marks_and_gaps_come_back_as_they_were_and_files_of_earlier_versions_too() {
        let folder = TempFolder::new("spool");
        let (spool, recording) = (open(&folder, 10_000), Uuid::now_v7());
        let gap = Gap { from: Duration::from_secs(1), until: Duration::from_secs(2), cause: Cause::Loss };
        let mark = Mark { at: Duration::from_millis(1_500), kind: MarkKind::StageBegins };
        let written = [Kept::Gap(Track::Camera, gap), Kept::Mark(mark), item("a", &Bytes::new())];
        let mut run = spool.begin(recording, 1).unwrap();
        for kept in &written {
            run.write(kept.clone(), Bytes::new()).await.unwrap();
        }
        let left = spool.leftovers(recording, 2).unwrap();
        assert_eq!(left.into_iter().map(|spooled| spooled.kept).collect::<Vec<_>>(), written);
        let Kept::File(bare) = &written[2] else { panic!("{written:?}") };
        assert_eq!(serde_json::to_string(&written[2]).unwrap(), serde_json::to_string(bare).unwrap());
    }

    #[tokio::test]
    async fn the_quota_holds_at_its_limit_and_one_past_it_and_room_is_given_back() {
        let folder = TempFolder::new("spool");
        let bytes = Bytes::from_static(&[7; 1000]);
        let one = {
            let spool = open(&folder, u64::MAX);
            spool.begin(Uuid::now_v7(), 1).unwrap().write(item("a", &bytes), bytes.clone()).await.unwrap().len
        };
        for (bytes_max, fits) in [(2 * one, true), (2 * one - 1, false)] {
            let spool = open(&folder, bytes_max);
            let recording = Uuid::now_v7();
            let mut run = spool.begin(recording, 1).unwrap();
            let written = run.write(item("b", &bytes), bytes.clone()).await;
            assert_eq!(written.is_ok(), fits, "what an earlier process left counts");
            assert!(matches!(run.write(item("c", &bytes), bytes.clone()).await, Err(SpoolError::Full)));
            if let Ok(written) = written {
                written.remove().await.unwrap();
                run.write(item("c", &bytes), bytes.clone()).await.unwrap();
            }
            spool.forget(recording).unwrap();
        }
    }

    #[tokio::test]
    async fn a_damaged_item_is_left_out_and_what_is_old_is_swept() {
        let folder = TempFolder::new("spool");
        let spool = open(&folder, 10_000);
        let recording = Uuid::now_v7();
        let bytes = Bytes::from_static(b"sound");
        let mut run = spool.begin(recording, 1).unwrap();
        let kept = run.write(item("a", &bytes), bytes.clone()).await.unwrap();
        run.write(item("b", &bytes), bytes).await.unwrap();
        for damaged in [&b"\0\0\0\x02{}sound"[..], b"\xff\xff\xff\xff", b"\0"] {
            fs::write(&kept.path, damaged).unwrap();
            let left = spool.leftovers(recording, 2).unwrap();
            assert_eq!(names(&left), ["b"]);
        }
        let old = SystemTime::now() - ABANDONED_AFTER - Duration::from_secs(1);
        for path in [folder.path().join(recording.to_string()), kept.path.parent().unwrap().to_owned()] {
            File::open(path).unwrap().set_modified(old).unwrap();
        }
        drop((run, kept, spool));
        // Who is back after days is asked first.
        let again = open(&folder, 10_000);
        assert_eq!(again.left().unwrap(), [recording]);
        again.sweep().unwrap();
        assert_eq!((again.0.gauge.get(), again.left().unwrap()), (0, Vec::new()));
        assert!(folders(folder.path()).unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_left_is_told_but_for_what_somebody_works_on() {
        let folder = TempFolder::new("spool");
        let spool = open(&folder, 10_000);
        let bytes = Bytes::from_static(b"sound");
        let (older, newer) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let kept = spool.begin(older, 1).unwrap().write(item("a", &bytes), bytes.clone()).await.unwrap();
        spool.begin(newer, 1).unwrap().write(item("a", &bytes), bytes).await.unwrap();
        // Of one of which all is stored there is a folder.
        spool.begin(Uuid::from_u128(3), 1).unwrap();
        assert_eq!(spool.left().unwrap(), [newer, older]);
        let uses = (spool.mark_in_use(newer), spool.mark_in_use(newer));
        assert_eq!(spool.left().unwrap(), [older]);
        drop(uses.0);
        assert_eq!(spool.left().unwrap(), [older]);
        drop(uses.1);
        kept.remove().await.unwrap();
        assert_eq!(spool.left().unwrap(), [newer]);
    }
}
