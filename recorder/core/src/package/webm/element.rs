//! EBML (RFC 8794): elements' heads, and elements in memory.

use super::super::refusal::Refusal;

/// The longest head: four bytes of number, eight of length.
pub(super) const HEAD_MAX: usize = 12;
/// More in one element are refused.
const CHILDREN_MAX: usize = 4096;

/// An element's number with its marker, its head's length and its content's; `None`: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: u32,
    pub(super) len: usize,
    pub(super) content_len: Option<u64>,
}

impl Head {
    /// `None` if it is cut or no head.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let id_len = bytes.first()?.leading_zeros() as usize + 1;
        let id = bytes.get(..id_len).filter(|_| id_len <= 4)?;
        let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let (content_len, len) = number(&bytes[id_len..])?;
        Some(Self { id, len: id_len + len, content_len })
    }
}

/// A number of variable length (RFC 8794 section 4) and how long it is; all ones are `None`.
pub(super) fn number(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let first = *bytes.first()?;
    let len = first.leading_zeros() as usize + 1;
    let bytes = bytes.get(..len)?;
    let value = bytes[1..].iter().fold(u64::from(first) & (0xFF >> len), |value, byte| value << 8 | u64::from(*byte));
    let ones = (1u64 << (7 * len)) - 1;
    Some(((value != ones).then_some(value), len))
}

/// The content of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// Of the file.
    pub(super) at: u64,
    pub(super) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    pub(super) fn children(self) -> Result<Vec<(u32, Part<'a>)>, Refusal> {
        let (mut found, mut offset) = (Vec::new(), 0);
        while offset < self.bytes.len() {
            let at = self.at + offset as u64;
            let damaged = Refusal::Damaged { at, what: "where an element has a wrong length" };
            let head = Head::parse(&self.bytes[offset..]).ok_or(damaged.clone())?;
            let start = offset + head.len;
            let end = head.content_len.and_then(|len| start.checked_add(usize::try_from(len).ok()?));
            let content = end.and_then(|end| self.bytes.get(start..end)).ok_or(damaged)?;
            found.push((head.id, Part { at: at + head.len as u64, bytes: content }));
            if found.len() > CHILDREN_MAX {
                return Err(Refusal::TooLarge("the file has too many elements"));
            }
            offset = start + content.len();
        }
        Ok(found)
    }

    pub(super) fn find(self, id: u32) -> Result<Option<Part<'a>>, Refusal> {
        Ok(self.children()?.into_iter().find(|(found, _)| *found == id).map(|(_, part)| part))
    }

    /// The unsigned number in it.
    pub(super) fn unsigned(self) -> u64 {
        self.bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_or_refused() {
        let head = |bytes: &[u8]| Head::parse(bytes);
        assert_eq!(head(&[0xA3, 0x81]), Some(Head { id: 0xA3, len: 2, content_len: Some(1) }));
        assert_eq!(head(&[0x1F, 0x43, 0xB6, 0x75, 0xFF]), Some(Head { id: 0x1F43_B675, len: 5, content_len: None }));
        let unknown = [0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(head(&unknown).unwrap().content_len, None);
        assert_eq!(head(&[0xA3, 0x01, 0, 0, 0, 0, 0, 0, 9]).unwrap().content_len, Some(9));
        for refused in [&[][..], &[0xA3], &[0x08, 0, 0, 0, 0, 0x81], &[0xA3, 0x40], &[0xA3, 0x00]] {
            assert_eq!(head(refused), None, "{refused:x?}");
        }
    }
}
