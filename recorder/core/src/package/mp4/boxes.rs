//! Boxes in memory (ISO/IEC 14496-12 section 4.2), with their places in the file, so that damage has an address.

use super::super::refusal::Refusal;

/// More in one box are refused.
const CHILDREN_MAX: usize = 4096;

/// The content of a box.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    /// Of the file.
    pub(super) at: u64,
    pub(super) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// The boxes in it. QuickTime ends some lists with four zero bytes; they are passed over.
    pub(super) fn children(self) -> Result<Vec<([u8; 4], Part<'a>)>, Refusal> {
        let mut found = Vec::new();
        let mut rest = self;
        while rest.bytes.len() >= 8 {
            let kind = [rest.bytes[4], rest.bytes[5], rest.bytes[6], rest.bytes[7]];
            let (head, len) = match rest.u32(0)? {
                0 => (8, rest.bytes.len() as u64),
                1 => (16, rest.u64(8)?),
                len => (8, u64::from(len)),
            };
            let len = usize::try_from(len).ok().filter(|len| (head..=rest.bytes.len()).contains(len));
            let len = len.ok_or(Refusal::Damaged { at: rest.at, what: "where a box has a wrong length" })?;
            found.push((kind, Part { at: rest.at + head as u64, bytes: &rest.bytes[head..len] }));
            if found.len() > CHILDREN_MAX {
                return Err(Refusal::TooLarge("the file has too many boxes"));
            }
            rest = rest.from(len)?;
        }
        Ok(found)
    }

    /// The first box of a type.
    pub(super) fn find(self, kind: &[u8; 4]) -> Result<Option<Part<'a>>, Refusal> {
        Ok(self.children()?.into_iter().find(|(found, _)| found == kind).map(|(_, part)| part))
    }

    /// The first box of a type, which must be there.
    pub(super) fn only(self, kind: &[u8; 4]) -> Result<Part<'a>, Refusal> {
        self.find(kind)?.ok_or(Refusal::Damaged { at: self.at, what: "where a box lacks another" })
    }

    /// All but the first bytes.
    pub(super) fn from(self, offset: usize) -> Result<Part<'a>, Refusal> {
        let bytes = self.bytes.get(offset..).ok_or(self.cut())?;
        Ok(Part { at: self.at + offset as u64, bytes })
    }

    pub(super) fn u8(self, offset: usize) -> Result<u8, Refusal> {
        self.bytes.get(offset).copied().ok_or(self.cut())
    }

    pub(super) fn u16(self, offset: usize) -> Result<u16, Refusal> {
        Ok(u16::from(self.u8(offset)?) << 8 | u16::from(self.u8(offset + 1)?))
    }

    pub(super) fn u32(self, offset: usize) -> Result<u32, Refusal> {
        let word = self.bytes.get(offset..).and_then(|rest| rest.first_chunk::<4>()).ok_or(self.cut())?;
        Ok(u32::from_be_bytes(*word))
    }

    pub(super) fn u64(self, offset: usize) -> Result<u64, Refusal> {
        Ok(u64::from(self.u32(offset)?) << 32 | u64::from(self.u32(offset + 4)?))
    }

    /// A number of 32 bits in version 0 of a box, of 64 in version 1.
    pub(super) fn long(self, offset: usize, version: u8) -> Result<u64, Refusal> {
        if version == 1 { self.u64(offset) } else { Ok(u64::from(self.u32(offset)?)) }
    }

    fn cut(self) -> Refusal {
        Refusal::Damaged { at: self.at, what: "where a box is too short" }
    }
}
