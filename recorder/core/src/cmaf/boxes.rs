//! Writing boxes: each is told its content by a closure, and its length is put in afterwards.

/// Appends a box (ISO/IEC 14496-12 section 4.2).
pub(super) fn put(out: &mut Vec<u8>, kind: &[u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend_from_slice(kind);
    content(out);
    // Segments are far below 4 GiB: the segmenter closes one before.
    let len = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&len.to_be_bytes());
}

/// Appends a box with a version and flags.
pub(super) fn put_full(out: &mut Vec<u8>, kind: &[u8; 4], version: u8, flags: u32, content: impl FnOnce(&mut Vec<u8>)) {
    put(out, kind, |out| {
        out.extend((u32::from(version) << 24 | flags).to_be_bytes());
        content(out);
    });
}

/// Appends numbers of 32 bits.
pub(super) fn words(out: &mut Vec<u8>, words: &[u32]) {
    out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
}

/// Appends numbers of 16 bits.
pub(super) fn halves(out: &mut Vec<u8>, halves: &[u16]) {
    out.extend(halves.iter().flat_map(|half| half.to_be_bytes()));
}
