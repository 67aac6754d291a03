//! Reading boxes (ISO/IEC 14496-12 section 4.2).

/// A box: its type and its content.
pub(super) type Child<'a> = ([u8; 4], &'a [u8]);

/// More in one box are no file of a recording.
const CHILDREN_MAX: usize = 64;

/// The boxes in `bytes`, which they must fill.
pub(super) fn children(mut bytes: &[u8]) -> Result<Vec<Child<'_>>, String> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let head = bytes.first_chunk::<8>().ok_or("a box is cut")?;
        let len = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = [head[4], head[5], head[6], head[7]];
        let content = bytes.get(8..len).ok_or_else(|| format!("{} has a wrong length", name(kind)))?;
        found.push((kind, content));
        if found.len() > CHILDREN_MAX {
            return Err("too many boxes".to_owned());
        }
        bytes = &bytes[len..];
    }
    Ok(found)
}

/// The only box of a type.
pub(super) fn only<'a>(children: &[Child<'a>], kind: &[u8; 4]) -> Result<&'a [u8], String> {
    let mut found = children.iter().filter(|(found, _)| found == kind);
    match (found.next(), found.next()) {
        (Some((_, content)), None) => Ok(content),
        (None, _) => Err(format!("{} is missing", name(*kind))),
        _ => Err(format!("{} is there twice", name(*kind))),
    }
}

/// The only box at the end of a path of types.
pub(super) fn at<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Result<&'a [u8], String> {
    path.iter().try_fold(bytes, |bytes, kind| only(&children(bytes)?, kind))
}

pub(super) fn name(kind: [u8; 4]) -> String {
    String::from_utf8_lossy(&kind).into_owned()
}

/// Numbers, big endian, one after the other.
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Numbers<'_> {
    pub(super) fn word(&mut self) -> Result<u32, String> {
        let (word, rest) = self.0.split_first_chunk::<4>().ok_or("a box is too short")?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*word))
    }

    pub(super) fn long(&mut self) -> Result<u64, String> {
        Ok(u64::from(self.word()?) << 32 | u64::from(self.word()?))
    }

    /// A version, and flags.
    pub(super) fn version(&mut self) -> Result<(u8, u32), String> {
        let word = self.word()?;
        Ok(((word >> 24) as u8, word & 0xFF_FFFF))
    }
}
