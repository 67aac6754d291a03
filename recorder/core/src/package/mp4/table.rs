//! The sample table (ISO/IEC 14496-12 section 8.6 to 8.7), walked sample by sample. The tables stay as they lie in the file,
//! run by run: a sample costs no memory.

use bytes::Bytes;

use super::super::refusal::Refusal;
use super::boxes::Part;

/// Samples of one track: twelve hours at 180 a second.
const SAMPLES_MAX: u32 = 8_000_000;

/// Where a sample lies and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    pub(super) offset: u64,
    pub(super) size: u32,
    /// In ticks of the track, as all here.
    pub(super) decode: u64,
    pub(super) composition: i32,
    pub(super) duration: u32,
    pub(super) sync: bool,
}

/// Rows of so many words each behind a count.
#[derive(Clone, Debug)]
struct Rows {
    bytes: Bytes,
    width: usize,
}

impl Rows {
    /// `head`: bytes before the count.
    fn new(moov: &Bytes, part: Part<'_>, head: usize, words: usize) -> Result<Self, Refusal> {
        let count = part.u32(head)? as usize;
        let rows = part.from(head + 4)?.bytes;
        let rows = count.checked_mul(words * 4).and_then(|len| rows.get(..len));
        let rows = rows.ok_or(Refusal::Damaged { at: part.at, what: "where a table is cut" })?;
        Ok(Self { bytes: moov.slice_ref(rows), width: words * 4 })
    }

    fn len(&self) -> usize {
        self.bytes.len() / self.width
    }

    fn word(&self, row: usize, column: usize) -> Option<u32> {
        let at = row.checked_mul(self.width)?.checked_add(column * 4)?;
        Some(u32::from_be_bytes(*self.bytes.get(at..)?.first_chunk::<4>()?))
    }
}

/// A table of counts and values, walked.
#[derive(Clone, Debug)]
struct Runs {
    rows: Rows,
    row: usize,
    used: u32,
}

impl Runs {
    fn next(&mut self) -> Option<u32> {
        while self.used >= self.rows.word(self.row, 0)? {
            self.row += 1;
            self.used = 0;
        }
        self.used += 1;
        self.rows.word(self.row, 1)
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    /// Of the table, in the file.
    at: u64,
    durations: Runs,
    compositions: Option<Runs>,
    fixed_size: u32,
    sizes: Option<Rows>,
    count: u32,
    chunks: Rows,
    runs: Rows,
    sync: Option<Rows>,
    index: u32,
    decode: u64,
    chunk: usize,
    run: usize,
    left_in_chunk: u32,
    offset: u64,
    sync_row: usize,
}

impl Samples {
    /// From a `stbl` within `moov`.
    pub(super) fn new(moov: &Bytes, table: Part<'_>) -> Result<Self, Refusal> {
        let runs = |rows| Runs { rows, row: 0, used: 0 };
        let size = table.only(b"stsz").map_err(|refusal| match table.find(b"stz2") {
            Ok(Some(_)) => Refusal::FeatureUnsupported("a table of small sample sizes (stz2)"),
            _ => refusal,
        })?;
        let (fixed_size, count) = (size.u32(4)?, size.u32(8)?);
        if count > SAMPLES_MAX {
            return Err(Refusal::TooLarge("a track has more than eight million frames"));
        }
        let chunks = match table.find(b"co64")? {
            Some(part) => Rows::new(moov, part, 4, 2)?,
            None => Rows::new(moov, table.only(b"stco")?, 4, 1)?,
        };
        let optional = |kind, words| table.find(kind)?.map(|part| Rows::new(moov, part, 4, words)).transpose();
        Ok(Self {
            at: table.at,
            durations: runs(Rows::new(moov, table.only(b"stts")?, 4, 2)?),
            compositions: optional(b"ctts", 2)?.map(runs),
            fixed_size,
            sizes: if fixed_size == 0 { Some(Rows::new(moov, size, 8, 1)?) } else { None },
            count,
            chunks,
            runs: Rows::new(moov, table.only(b"stsc")?, 4, 3)?,
            sync: optional(b"stss", 1)?,
            index: 0,
            decode: 0,
            chunk: 0,
            run: 0,
            left_in_chunk: 0,
            offset: 0,
            sync_row: 0,
        })
    }

    /// The next sample.
    pub(super) fn next(&mut self) -> Result<Option<Reference>, Refusal> {
        if self.index >= self.count {
            return Ok(None);
        }
        let damaged = Refusal::Damaged { at: self.at, what: "in the index of samples" };
        if self.left_in_chunk == 0 {
            self.enter_chunk(&damaged)?;
        }
        let size = match &self.sizes {
            Some(sizes) => sizes.word(self.index as usize, 0).ok_or(damaged.clone())?,
            None => self.fixed_size,
        };
        let duration = self.durations.next().ok_or(damaged.clone())?;
        // Version 0 is unsigned by the standard and signed by QuickTime; no honest file has values that tell them apart.
        let composition = self.compositions.as_mut().and_then(Runs::next).unwrap_or(0).cast_signed();
        self.index += 1;
        self.left_in_chunk -= 1;
        let sync = self.is_sync();
        let reference = Reference { offset: self.offset, size, decode: self.decode, composition, duration, sync };
        self.offset = self.offset.checked_add(u64::from(size)).ok_or(damaged)?;
        self.decode += u64::from(duration);
        Ok(Some(reference))
    }

    /// The chunk's offset, and how many samples it has by the run it belongs to.
    fn enter_chunk(&mut self, damaged: &Refusal) -> Result<(), Refusal> {
        self.offset = match self.chunks.width {
            8 => self.chunks.word(self.chunk, 0).zip(self.chunks.word(self.chunk, 1)),
            _ => Some(0).zip(self.chunks.word(self.chunk, 0)),
        }
        .map(|(high, low)| u64::from(high) << 32 | u64::from(low))
        .ok_or(damaged.clone())?;
        // Runs name their first chunk, from 1.
        let number = self.chunk as u64 + 1;
        while self.run + 1 < self.runs.len()
            && self.runs.word(self.run + 1, 0).is_some_and(|first| u64::from(first) <= number)
        {
            self.run += 1;
        }
        let per_chunk = self.runs.word(self.run, 1).filter(|count| *count > 0);
        self.left_in_chunk = per_chunk.ok_or(damaged.clone())?;
        if self.runs.word(self.run, 2) != Some(1) {
            return Err(Refusal::FeatureUnsupported("a format that changes on the way"));
        }
        self.chunk += 1;
        Ok(())
    }

    /// Of the sample that `index` has just counted; numbers stand in rising order.
    fn is_sync(&mut self) -> bool {
        let Some(sync) = &self.sync else { return true };
        while sync.word(self.sync_row, 0).is_some_and(|number| number < self.index) {
            self.sync_row += 1;
        }
        sync.word(self.sync_row, 0) == Some(self.index)
    }
}
