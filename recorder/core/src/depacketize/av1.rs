//! AV1 by its RTP payload format, 1.0: elements of packets become units with sizes; delimiters, tile lists and padding are
//! left out.

use bytes::Bytes;
use lectern_wire::codec::av1::AggregationHeader;

use super::{Malformed, Picture};
use crate::codec::av1::{Obu, SequenceHeader, leb128, obu, sequence_bytes};
use crate::format::Format;

/// Remembers the sequence header, which a keyframe may leave out.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    sequence: Option<(Bytes, Format)>,
}

impl Assembler {
    pub(super) fn assemble(&mut self, parts: &[Bytes]) -> Result<Picture, Malformed> {
        let units = units(parts)?;
        let mut data = Vec::with_capacity(units.iter().map(Vec::len).sum::<usize>() + 4 * units.len());
        let (mut has_frame, mut is_key) = (false, false);
        for unit in &units {
            let (unit, _) = Obu::parse(unit).ok_or(Malformed)?;
            match unit.kind {
                obu::TEMPORAL_DELIMITER | obu::TILE_LIST | obu::PADDING => continue,
                obu::SEQUENCE_HEADER => self.note(&unit)?,
                obu::FRAME | obu::FRAME_HEADER if !has_frame => {
                    has_frame = true;
                    is_key = shows_key_frame(unit.payload);
                }
                _ => {}
            }
            unit.write(&mut data);
        }
        if !has_frame {
            return Ok(Picture::Nothing);
        }
        let mut key = None;
        if is_key {
            let (bytes, format) = self.sequence.as_ref().ok_or(Malformed)?;
            key = Some(format.clone());
            // A sample from which decoding starts holds the sequence header (ISO binding, section 2.4).
            if !data.starts_with(bytes) {
                data.splice(0..0, bytes.iter().copied());
            }
        }
        Ok(Picture::Frame { key, data: data.into() })
    }

    fn note(&mut self, unit: &Obu<'_>) -> Result<(), Malformed> {
        let bytes = sequence_bytes(unit);
        if self.sequence.as_ref().is_none_or(|(known, _)| *known != bytes) {
            let header = SequenceHeader::parse(unit.payload).ok_or(Malformed)?;
            self.sequence = Some((bytes, header.format(unit)));
        }
        Ok(())
    }
}

/// Section 4.4: W elements, all but the last with a length; Z and Y say which go on in the next packet.
fn units(parts: &[Bytes]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut units: Vec<Vec<u8>> = Vec::new();
    let mut goes_on = false;
    for part in parts {
        let header = AggregationHeader::parse(part).ok_or(Malformed)?;
        if header.continues != goes_on {
            return Err(Malformed);
        }
        let count = usize::from(part[0] >> 4 & 3);
        let mut rest = &part[1..];
        let mut index = 0;
        while !rest.is_empty() {
            index += 1;
            let (element, after) = if count != 0 && index == count {
                (rest, &rest[rest.len()..])
            } else {
                let (len, rest) = leb128(rest).ok_or(Malformed)?;
                rest.split_at_checked(len).ok_or(Malformed)?
            };
            match units.last_mut().filter(|_| goes_on && index == 1) {
                Some(unit) => unit.extend_from_slice(element),
                None if !element.is_empty() => units.push(element.to_vec()),
                None => {}
            }
            rest = after;
        }
        if count != 0 && index != count {
            return Err(Malformed);
        }
        goes_on = header.continued;
    }
    if goes_on { Err(Malformed) } else { Ok(units) }
}

/// The payload of a frame or its header (AV1 section 5.9.2) begins a picture that is shown and refers to none: not
/// `show_existing_frame`, `frame_type` KEY_FRAME, `show_frame`.
fn shows_key_frame(payload: &[u8]) -> bool {
    payload.first().is_some_and(|first| first & 0xF0 == 0x10)
}
