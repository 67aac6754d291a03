//! VP9 by RFC 9628. A picture of several spatial layers becomes one superframe.

use bytes::Bytes;
use lectern_wire::codec::vp9::Descriptor;

use super::{Malformed, Picture};
use crate::codec::vp9::{FrameHeader, superframe};

/// RFC 9628 section 4.2: SID has three bits.
const LAYERS_MAX: usize = 8;

pub(super) fn assemble(parts: &[Bytes]) -> Result<Picture, Malformed> {
    let mut frames: Vec<Vec<u8>> = Vec::new();
    let mut key = false;
    let mut open = false;
    for part in parts {
        let descriptor = Descriptor::parse(part).ok_or(Malformed)?;
        // A frame begins where the one before has ended, and nowhere else.
        if descriptor.start == open || frames.len() == LAYERS_MAX && descriptor.start {
            return Err(Malformed);
        }
        if descriptor.start {
            // The lowest layer's frame says whether the picture refers to others.
            key |= frames.is_empty() && descriptor.keyframe();
            frames.push(Vec::new());
        }
        let frame = frames.last_mut().ok_or(Malformed)?;
        frame.extend_from_slice(&part[descriptor.len..]);
        open = !descriptor.end;
    }
    if open {
        return Err(Malformed);
    }
    let Some(first) = frames.first() else { return Ok(Picture::Nothing) };
    let header = FrameHeader::parse(first).ok_or(Malformed)?;
    let format = if key { Some(header.format().ok_or(Malformed)?) } else { None };
    Ok(Picture::Frame { key: format, data: superframe(&frames) })
}
