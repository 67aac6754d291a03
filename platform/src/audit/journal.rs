//! Lines in files, each on disk before it is acknowledged.
//!
//! One thread writes. What waits when it is ready is written together and brought to disk by one `fdatasync`. Files are
//! numbered segments; a segment is never written again once it is closed, nor after the process has ended. So a line without its
//! end can only be the last of a segment, was never acknowledged, and is nobody's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use tokio::sync::{mpsc, oneshot};

use super::AuditError;
use super::metrics::Metrics;

/// Lines that wait for the writer; who comes with more waits as well.
const QUEUE_MAX: usize = 1_024;
const LOCK: &str = "lock";

/// What to do about a line for which there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenFull {
    /// Nothing that was acknowledged is given up: [`AuditError::Full`].
    Refuse,
    /// The oldest segment goes.
    DropOldest,
}

/// How large it may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) segment_bytes_max: u64,
    pub(super) bytes_max: u64,
    pub(super) when_full: WhenFull,
}

/// See the [module](self). The writer ends when this is dropped.
#[derive(Debug)]
pub(super) struct Journal {
    commands: mpsc::Sender<Command>,
    folder: Arc<Folder>,
}

/// What is to be written, and who waits for it.
#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    written: oneshot::Sender<Result<(), AuditError>>,
}

#[derive(Debug)]
enum Command {
    Write(Line),
    Close(oneshot::Sender<io::Result<Vec<u64>>>),
}

/// A folder of segments, ours alone.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    bytes: AtomicU64,
    metrics: Metrics,
    _lock: File,
}

impl Folder {
    fn open(path: &Path, metrics: Metrics) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => io::Error::other("another process has it"),
            fs::TryLockError::Error(error) => error,
        })?;
        let folder = Self { path: path.to_owned(), bytes: AtomicU64::new(0), metrics, _lock: lock };
        let mut bytes = 0;
        for number in folder.segments()? {
            bytes += fs::metadata(folder.segment(number))?.len();
        }
        folder.count(bytes, 0);
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn segment(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number:012}.jsonl"))
    }

    /// The numbers of all segments, the oldest first.
    pub(super) fn segments(&self) -> io::Result<Vec<u64>> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let number =
                name.to_str().and_then(|name| name.strip_suffix(".jsonl")).and_then(|name| name.parse::<u64>().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// What all segments have together.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// When the oldest segment was begun; where the file system does not keep that, when it was written last.
    pub(super) fn oldest(&self) -> io::Result<Option<SystemTime>> {
        let Some(first) = self.segments()?.first().copied() else { return Ok(None) };
        match fs::metadata(self.segment(first)) {
            Ok(about) => about.created().or_else(|_| about.modified()).map(Some),
            // It has just been sent.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a closed segment.
    pub(super) fn remove(&self, number: u64) -> io::Result<()> {
        let path = self.segment(number);
        let bytes = fs::metadata(&path)?.len();
        fs::remove_file(&path)?;
        self.count(0, bytes);
        Ok(())
    }

    fn count(&self, more: u64, less: u64) {
        let before = self.bytes.fetch_add(more.wrapping_sub(less), Ordering::Relaxed);
        let now = before.wrapping_add(more).wrapping_sub(less);
        self.metrics.bytes.set(i64::try_from(now).unwrap_or(i64::MAX));
    }

    /// For the name of a new file to be on disk as well.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}

impl Journal {
    /// Goes on in a folder that no other process has.
    pub(super) fn open(path: &Path, limits: Limits, metrics: Metrics) -> Result<Self, String> {
        let text = |error: io::Error| format!("{}: {error}", path.display());
        let folder = Arc::new(Folder::open(path, metrics).map_err(text)?);
        let next = folder.segments().map_err(text)?.last().map_or(0, |last| last + 1);
        let (commands, queue) = mpsc::channel(QUEUE_MAX);
        let writer = Writer { folder: Arc::clone(&folder), limits, next, active: None };
        let thread = std::thread::Builder::new().name("lectern-audit".to_owned());
        thread.spawn(move || writer.run(queue)).map_err(text)?;
        Ok(Self { commands, folder })
    }

    /// Writes a line, which ends with a line feed; it is on disk when this returns.
    pub(super) async fn write(&self, line: Vec<u8>) -> Result<(), AuditError> {
        let (written, answered) = oneshot::channel();
        let ended = || AuditError::Unavailable("its writer has ended".to_owned());
        self.commands.send(Command::Write(Line { bytes: line, written })).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    /// Closes the segment that is being written, if there is one; all segments, the oldest first.
    pub(super) async fn close_segment(&self) -> io::Result<Vec<u64>> {
        let (answer, answered) = oneshot::channel();
        let ended = || io::Error::other("its writer has ended");
        self.commands.send(Command::Close(answer)).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }

    pub(super) fn folder(&self) -> &Arc<Folder> {
        &self.folder
    }
}

struct Writer {
    folder: Arc<Folder>,
    limits: Limits,
    next: u64,
    active: Option<Active>,
}

struct Active {
    file: File,
    bytes: u64,
}

impl Writer {
    fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut waiting = Vec::with_capacity(QUEUE_MAX);
        while queue.blocking_recv_many(&mut waiting, QUEUE_MAX) > 0 {
            let mut group = Vec::new();
            for command in waiting.drain(..) {
                match command {
                    Command::Write(line) => group.push(line),
                    Command::Close(answer) => {
                        self.write_group(&mut group);
                        self.active = None;
                        let _ = answer.send(self.folder.segments());
                    }
                }
            }
            self.write_group(&mut group);
        }
    }

    fn write_group(&mut self, group: &mut Vec<Line>) {
        let mut bytes = Vec::new();
        let mut answers = Vec::with_capacity(group.len());
        for line in group.drain(..) {
            if self.make_room((bytes.len() + line.bytes.len()) as u64) {
                bytes.extend_from_slice(&line.bytes);
                answers.push(line.written);
            } else {
                self.folder.metrics.events.with_label_values(&["full"]).inc();
                let _ = line.written.send(Err(AuditError::Full));
            }
        }
        if answers.is_empty() {
            return;
        }
        let result = self.write(&bytes);
        if let Err(error) = &result {
            tracing::error!(%error, "audit: cannot write");
            // What the disk has of it nobody knows; it is not to be added to.
            self.active = None;
        }
        let outcome = if result.is_ok() { "recorded" } else { "failed" };
        self.folder.metrics.events.with_label_values(&[outcome]).inc_by(answers.len() as u64);
        let result = result.map_err(|error| AuditError::Unavailable(error.to_string()));
        for answer in answers {
            let _ = answer.send(result.clone());
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        if self.active.as_ref().is_some_and(|active| active.bytes + length > self.limits.segment_bytes_max) {
            self.active = None;
        }
        let active = match &mut self.active {
            Some(active) => active,
            None => {
                let path = self.folder.segment(self.next);
                let file = OpenOptions::new().append(true).create_new(true).open(path)?;
                self.folder.sync()?;
                self.next += 1;
                self.active.insert(Active { file, bytes: 0 })
            }
        };
        active.bytes += length;
        self.folder.count(length, 0);
        active.file.write_all(bytes)?;
        active.file.sync_data()?;
        self.folder.metrics.syncs.inc();
        Ok(())
    }

    fn make_room(&mut self, bytes: u64) -> bool {
        let is_full = |folder: &Folder| folder.bytes.load(Ordering::Relaxed) + bytes > self.limits.bytes_max;
        if self.limits.when_full == WhenFull::DropOldest && is_full(&self.folder) {
            let segments = self.folder.segments().unwrap_or_default();
            let closed = segments.into_iter().filter(|number| self.active.is_none() || number + 1 < self.next);
            for number in closed {
                let before = self.folder.bytes.load(Ordering::Relaxed);
                if !is_full(&self.folder) || self.folder.remove(number).is_err() {
                    break;
                }
                let dropped = before.saturating_sub(self.folder.bytes.load(Ordering::Relaxed));
                self.folder.metrics.dropped_bytes.inc_by(dropped);
                tracing::warn!(number, dropped, "audit: the oldest segment made room");
            }
            // Not for the sake of the limit is anything refused here that the disk has room for.
            return true;
        }
        !is_full(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use lectern_testing::TempFolder;
    use prometheus::Registry;

    fn open(folder: &TempFolder, segment_bytes_max: u64, bytes_max: u64, when_full: WhenFull) -> Journal {
        let metrics = Metrics::new(&Registry::new()).unwrap();
        Journal::open(folder.path(), Limits { segment_bytes_max, bytes_max, when_full }, metrics).unwrap()
    }

    fn text(journal: &Journal) -> String {
        let folder = journal.folder();
        let segments = folder.segments().unwrap();
        segments.into_iter().map(|number| fs::read_to_string(folder.segment(number)).unwrap()).collect()
    }

    #[tokio::test]
    async fn many_share_a_sync_and_segments_are_bounded() {
        let folder = TempFolder::new("journal");
        let journal = open(&folder, 1_000, 1 << 20, WhenFull::Refuse);
        let lines = (0..500).map(|number| journal.write(format!("{number:03}\n").into_bytes()));
        for written in join_all(lines).await {
            written.unwrap();
        }
        let all = text(&journal);
        let mut lines: Vec<_> = all.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..500).map(|number| format!("{number:03}")).collect::<Vec<_>>());
        assert!(journal.folder.metrics.syncs.get() < 100, "{} syncs", journal.folder.metrics.syncs.get());
        assert_eq!(journal.folder.metrics.bytes.get(), 2_000);
        journal.write(b"one more\n".to_vec()).await.unwrap();
        let closed = journal.close_segment().await.unwrap();
        assert!(closed.len() >= 2, "{closed:?}");
        assert_eq!(journal.close_segment().await.unwrap(), closed, "nothing new");
    }

    #[tokio::test]
    async fn a_full_spool_refuses_and_takes_again_what_there_is_room_for() {
        let folder = TempFolder::new("journal");
        let journal = open(&folder, 10, 20, WhenFull::Refuse);
        for _ in 0..4 {
            journal.write(b"1234\n".to_vec()).await.unwrap();
        }
        assert_eq!(journal.write(b"5\n".to_vec()).await, Err(AuditError::Full));
        let closed = journal.close_segment().await.unwrap();
        journal.folder().remove(closed[0]).unwrap();
        journal.write(b"5\n".to_vec()).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_trail_drops_its_oldest_segment() {
        let folder = TempFolder::new("journal");
        let journal = open(&folder, 10, 30, WhenFull::DropOldest);
        for number in 0..20 {
            journal.write(format!("{number:04}\n").into_bytes()).await.unwrap();
        }
        let text = text(&journal);
        assert!(text.len() <= 30 && text.ends_with("0018\n0019\n"), "{text}");
        assert_eq!(journal.folder.metrics.dropped_bytes.get() as usize, 100 - text.len());
    }

    #[tokio::test]
    async fn it_goes_on_in_a_new_segment_and_belongs_to_one_process() {
        let folder = TempFolder::new("journal");
        let journal = open(&folder, 100, 1_000, WhenFull::Refuse);
        journal.write(b"before\n".to_vec()).await.unwrap();
        let limits = Limits { segment_bytes_max: 1, bytes_max: 1, when_full: WhenFull::Refuse };
        let other = Journal::open(folder.path(), limits, Metrics::new(&Registry::new()).unwrap());
        assert!(other.unwrap_err().contains("another process"));
        drop(journal);
        // The writer's thread ends, and with it the lock, a moment later.
        let journal = loop {
            let metrics = Metrics::new(&Registry::new()).unwrap();
            let limits = Limits { segment_bytes_max: 100, bytes_max: 1_000, when_full: WhenFull::Refuse };
            match Journal::open(folder.path(), limits, metrics) {
                Ok(journal) => break journal,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        };
        journal.write(b"after\n".to_vec()).await.unwrap();
        assert_eq!(journal.folder().segments().unwrap(), [0, 1]);
        assert_eq!(text(&journal), "before\nafter\n");
    }
}
