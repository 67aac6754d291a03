//! The trail of one machine: JSON lines in a folder, the newest read first.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use futures_util::future::FutureExt as _;
use prometheus::Registry;
use time::OffsetDateTime;

use super::event::AuditEvent;
use super::journal::{Folder, Journal, Limits, WhenFull};
use super::metrics::Metrics;
use super::{Audit, AuditError, AuditFuture, AuditPage, AuditQuery, FOREIGN_CURSOR};

/// A segment, after which a new one begins.
const SEGMENT_BYTES_MAX: u64 = 64 << 20;
/// What one query reads at most: a tenth of a second's work. Then it answers with what it has.
const SCAN_BYTES_MAX: u64 = 64 << 20;
/// What is read at once.
const CHUNK_BYTES: u64 = 64 << 10;

/// See the [module](self) and [`Audit`]. When the folder holds as much as it may, its oldest segment goes.
#[derive(Debug)]
pub struct FileAudit {
    journal: Journal,
}

impl FileAudit {
    /// Goes on in a folder, which no other process may have.
    ///
    /// # Errors
    /// When the folder cannot be used or the registry already holds the metrics of a trail.
    pub fn start(folder: &Path, bytes_max: u64, registry: &Registry) -> Result<Self, String> {
        let segment_bytes_max = SEGMENT_BYTES_MAX.min(bytes_max / 4);
        let limits = Limits { segment_bytes_max, bytes_max, when_full: WhenFull::DropOldest };
        Ok(Self { journal: Journal::open(folder, limits, Metrics::new(registry)?)? })
    }
}

impl Audit for FileAudit {
    fn record(&self, event: AuditEvent) -> AuditFuture<'_, ()> {
        async move { self.journal.write(event.to_line()?).await }.boxed()
    }

    fn query<'a>(&'a self, query: &'a AuditQuery) -> AuditFuture<'a, AuditPage> {
        async move {
            query.validate()?;
            let start = query.after.as_deref().map(Position::read).transpose()?;
            let (folder, query) = (Arc::clone(self.journal.folder()), query.clone());
            let text = |error: String| AuditError::Unavailable(error);
            let scanned = tokio::task::spawn_blocking(move || scan(&folder, &query, start, SCAN_BYTES_MAX)).await;
            scanned.map_err(|error| text(error.to_string()))?.map_err(|error| text(error.to_string()))
        }
        .boxed()
    }
}

/// Before a byte of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Position {
    segment: u64,
    offset: u64,
}

impl Position {
    fn read(text: &str) -> Result<Self, AuditError> {
        let (segment, offset) = text.split_once('-').ok_or(FOREIGN_CURSOR)?;
        let number = |text: &str| text.parse().map_err(|_| FOREIGN_CURSOR);
        Ok(Self { segment: number(segment)?, offset: number(offset)? })
    }

    fn write(self) -> String {
        format!("{}-{}", self.segment, self.offset)
    }
}

/// Backwards from `start`, or the end.
fn scan(folder: &Folder, query: &AuditQuery, start: Option<Position>, bytes_max: u64) -> io::Result<AuditPage> {
    let mut page = AuditPage::default();
    let mut last = None;
    let mut scanned = 0;
    for segment in folder.segments()?.into_iter().rev() {
        if start.is_some_and(|start| segment > start.segment) {
            continue;
        }
        let file = match File::open(folder.segment(segment)) {
            Ok(file) => file,
            // It made room in the meantime, and those before it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        let about = file.metadata()?;
        // Nothing is recorded before it happens: what is in a file that was written last before `from` is older.
        if about.modified().is_ok_and(|written| OffsetDateTime::from(written) < query.from) {
            break;
        }
        let end = start.filter(|start| start.segment == segment).map_or(about.len(), |start| start.offset);
        let mut lines = LinesBackwards::new(file, end.min(about.len()));
        while let Some((offset, line)) = lines.next()? {
            if scanned > bytes_max {
                let offset = offset + line.len() as u64 + 1;
                page.next = Some(Position { segment, offset }.write());
                return Ok(page);
            }
            scanned += line.len() as u64;
            let Some(event) = AuditEvent::from_line(&line).filter(|event| query.matches(event)) else { continue };
            if page.events.len() == query.limit as usize {
                page.next = last.map(Position::write);
                return Ok(page);
            }
            page.events.push(event);
            last = Some(Position { segment, offset });
        }
    }
    Ok(page)
}

/// The lines of a file from its end to its beginning. What follows the last line feed is a line that is being written.
struct LinesBackwards {
    file: File,
    /// Where `bytes` begin in the file.
    start: u64,
    bytes: Vec<u8>,
    has_begun: bool,
}

impl LinesBackwards {
    fn new(file: File, end: u64) -> Self {
        Self { file, start: end, bytes: Vec::new(), has_begun: false }
    }

    /// Where the line begins, and the line without its end.
    fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        loop {
            if !self.has_begun
                && let Some(end) = self.bytes.iter().rposition(|byte| *byte == b'\n')
            {
                self.bytes.truncate(end + 1);
                self.has_begun = true;
            }
            if self.has_begun && !self.bytes.is_empty() {
                let body = &self.bytes[..self.bytes.len() - 1];
                let begin = body.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
                if let Some(begin) = begin.or((self.start == 0).then_some(0)) {
                    let line = body[begin..].to_vec();
                    self.bytes.truncate(begin);
                    return Ok(Some((self.start + begin as u64, line)));
                }
            }
            if self.start == 0 {
                return Ok(None);
            }
            let length = CHUNK_BYTES.min(self.start);
            self.start -= length;
            let mut chunk = vec![0; length as usize];
            self.file.seek(SeekFrom::Start(self.start))?;
            self.file.read_exact(&mut chunk)?;
            chunk.append(&mut self.bytes);
            self.bytes = chunk;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scope;
    use super::*;
    use lectern_testing::TempFolder;
    use time::Duration;

    #[test]
    fn lines_are_read_from_the_end_and_a_torn_one_is_none() {
        let folder = TempFolder::new("lines");
        let long = "x".repeat(3 * CHUNK_BYTES as usize);
        for (text, expected) in [
            (String::new(), vec![]),
            ("torn".into(), vec![]),
            ("a\n\nbc\ntorn".into(), vec![(3, "bc"), (2, ""), (0, "a")]),
            (format!("a\n{long}\nb\n{long}"), vec![(long.len() as u64 + 3, "b"), (2, long.as_str()), (0, "a")]),
        ] {
            let path = folder.path().join("file");
            std::fs::write(&path, &text).unwrap();
            let mut lines = LinesBackwards::new(File::open(&path).unwrap(), text.len() as u64);
            for (offset, line) in expected {
                assert_eq!(lines.next().unwrap(), Some((offset, line.as_bytes().to_vec())));
            }
            assert_eq!(lines.next().unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_search_is_cut_into_pages_by_what_it_reads() {
        let folder = TempFolder::new("audit");
        let audit = FileAudit::start(folder.path(), 1 << 30, &Registry::new()).unwrap();
        for number in 0..100 {
            let kind = if number == 3 { "rare" } else { "common" };
            audit.record(AuditEvent::now(kind)).await.unwrap();
        }
        let now = OffsetDateTime::now_utc();
        let (from, until) = (now - Duration::HOUR, now + Duration::HOUR);
        let mut query = AuditQuery { scope: Scope::All, kind: Some("rare".into()), from, until, limit: 5, after: None };
        let (mut pages, mut found) = (0, Vec::new());
        loop {
            let start = query.after.as_deref().map(|text| Position::read(text).unwrap());
            let page = scan(audit.journal.folder(), &query, start, 1_000).unwrap();
            found.extend(page.events);
            pages += 1;
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), 1);
        assert!(pages > 3, "{pages}");
        query.after = Some("../../etc".into());
        assert_eq!(audit.query(&query).await, Err(FOREIGN_CURSOR));
    }
}
