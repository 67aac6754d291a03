//! A file that is read by ranges: who needs bytes that are not here says so and is asked again when they are.
//!
//! Promises: blocks of [`BLOCK`] are asked for, the last [`BLOCKS_MAX`] are kept, and one range at a time is put together
//! from more of them.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::Bytes;

use super::refusal::Refusal;

/// Bytes that are asked for at once; ranges begin at multiples of it.
pub const BLOCK: u64 = 2 << 20;
/// Pictures and sound lie some way apart; each place has a block.
const BLOCKS_MAX: usize = 4;

/// Why a reader cannot go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// It needs a block first.
    Wants(Range<u64>),
    /// It will not.
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

#[derive(Debug)]
pub(super) struct Source {
    len: u64,
    blocks: VecDeque<(u64, Bytes)>,
    /// A range that spans blocks, as far as it is here.
    gathered: (u64, Vec<u8>),
}

impl Source {
    pub(super) fn new(len: u64) -> Self {
        Self { len, blocks: VecDeque::new(), gathered: (0, Vec::new()) }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Takes the block that was wanted.
    pub(super) fn provide(&mut self, start: u64, bytes: Bytes) {
        if self.blocks.len() >= BLOCKS_MAX {
            self.blocks.pop_front();
        }
        self.blocks.push_back((start, bytes));
    }

    /// A copy of `len` bytes from `start` on; the caller has bounded `len`.
    pub(super) fn read(&mut self, start: u64, len: usize) -> Result<Vec<u8>, Stop> {
        let end = start.checked_add(len as u64).filter(|end| *end <= self.len);
        end.ok_or(Refusal::Damaged { at: self.len, what: "where it ends too early" })?;
        if self.gathered.0 != start || self.gathered.1.len() > len {
            self.gathered = (start, Vec::new());
        }
        while self.gathered.1.len() < len {
            let at = start + self.gathered.1.len() as u64;
            let first = at / BLOCK * BLOCK;
            let found = self.blocks.iter().position(|(start, _)| *start == first);
            let Some(found) = found else { return Err(Stop::Wants(first..(first + BLOCK).min(self.len))) };
            // The one that was used last goes last.
            if let Some(block) = self.blocks.remove(found) {
                let missing = len - self.gathered.1.len();
                let here = block.1.get((at - first) as usize..).unwrap_or_default();
                self.gathered.1.extend_from_slice(&here[..here.len().min(missing)]);
                self.blocks.push_back(block);
            }
        }
        Ok(std::mem::take(&mut self.gathered.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_across_blocks_is_put_together() {
        let len = 6 * BLOCK + 10;
        let mut source = Source::new(len);
        let mut asked = 0;
        let read = loop {
            match source.read(BLOCK - 3, 5 * BLOCK as usize) {
                Ok(read) => break read,
                Err(Stop::Wants(range)) => {
                    asked += 1;
                    let block = vec![(range.start / BLOCK) as u8; (range.end - range.start) as usize];
                    source.provide(range.start, block.into());
                    assert!(source.blocks.len() <= BLOCKS_MAX);
                }
                Err(Stop::Refused(refusal)) => panic!("{refusal}"),
            }
        };
        assert_eq!((asked, read.len(), read[2], read[3], read[read.len() - 1]), (6, 5 * BLOCK as usize, 0, 1, 5));
        assert!(matches!(source.read(len - 1, 2), Err(Stop::Refused(Refusal::Damaged { at, .. })) if at == len));
    }
}
