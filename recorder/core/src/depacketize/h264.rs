//! H.264 by RFC 6184 with `packetization-mode` 0 or 1: single NAL units, STAP-A and FU-A. Interleaving, which no browser
//! sends, is refused.

use bytes::{Bytes, BytesMut};

use super::{Malformed, Picture};
use crate::codec::h264::{ParameterSets, nal, nal_type, starts_picture};
use crate::format::Format;

const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Remembers the parameter sets, which may come long before the frames that use them.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    sets: ParameterSets,
    format: Option<Format>,
    /// The sets changed, and no keyframe came since: what the old ones configured cannot decode what follows.
    changed: bool,
    /// Keyframes bring their sets, so one without has lost them.
    in_band: bool,
    /// Something was lost since the last keyframe.
    suspicious: bool,
}

impl Assembler {
    pub(super) fn lost(&mut self) {
        self.suspicious = true;
    }

    pub(super) fn assemble(&mut self, parts: &[Bytes]) -> Result<Picture, Malformed> {
        let mut sample = Sample::default();
        let mut fragments: Option<BytesMut> = None;
        for part in parts {
            let head = *part.first().ok_or(Malformed)?;
            if fragments.is_some() && head & 0x1F != FU_A {
                return Err(Malformed);
            }
            match head & 0x1F {
                1..=23 => self.take(part, &mut sample)?,
                STAP_A => self.take_all(&part.slice(1..), &mut sample)?,
                FU_A => {
                    let fragment = *part.get(1).ok_or(Malformed)?;
                    let (starts, ends) = (fragment & 0x80 != 0, fragment & 0x40 != 0);
                    if starts == fragments.is_some() {
                        return Err(Malformed);
                    }
                    // The NAL unit's header is put together of both.
                    let mut unit =
                        fragments.take().unwrap_or_else(|| BytesMut::from(&[head & 0xE0 | fragment & 0x1F][..]));
                    unit.extend_from_slice(&part[2..]);
                    if ends {
                        self.take(&unit.freeze(), &mut sample)?;
                    } else {
                        fragments = Some(unit);
                    }
                }
                _ => return Err(Malformed),
            }
        }
        if fragments.is_some() { Err(Malformed) } else { self.finish(sample) }
    }

    /// Section 5.7.1: units with lengths of two bytes.
    fn take_all(&mut self, units: &Bytes, sample: &mut Sample) -> Result<(), Malformed> {
        let mut rest = units.clone();
        while !rest.is_empty() {
            let len = rest.first_chunk::<2>().map(|len| usize::from(u16::from_be_bytes(*len))).ok_or(Malformed)?;
            if len == 0 || rest.len() < 2 + len {
                return Err(Malformed);
            }
            self.take(&rest.slice(2..2 + len), sample)?;
            rest = rest.slice(2 + len..);
        }
        Ok(())
    }

    fn take(&mut self, unit: &Bytes, sample: &mut Sample) -> Result<(), Malformed> {
        let kind = nal_type(unit);
        // The first bit is never set (section 5.3); what has no type of a unit is none.
        if unit.first().is_none_or(|head| head & 0x80 != 0) || !(1..=23).contains(&kind) {
            return Err(Malformed);
        }
        match kind {
            nal::SPS | nal::PPS => {
                sample.has_sets = true;
                self.changed |= self.sets.note(unit);
            }
            nal::AUD | nal::FILLER | 10 | 11 => {}
            nal::SLICE..=nal::IDR => {
                if !sample.has_slice && !starts_picture(unit) {
                    return Err(Malformed);
                }
                sample.has_slice = true;
                sample.is_idr |= kind == nal::IDR;
                sample.push(unit);
            }
            _ => sample.push(unit),
        }
        Ok(())
    }

    fn finish(&mut self, sample: Sample) -> Result<Picture, Malformed> {
        if !sample.has_slice {
            return Ok(Picture::Nothing);
        }
        if !sample.is_idr {
            // New sets without a keyframe would have to travel within the samples.
            let data = sample.data.into();
            return if self.changed { Err(Malformed) } else { Ok(Picture::Frame { key: None, data }) };
        }
        self.in_band |= sample.has_sets;
        if self.suspicious && self.in_band && !sample.has_sets {
            return Err(Malformed);
        }
        self.suspicious = false;
        if std::mem::take(&mut self.changed) || self.format.is_none() {
            self.format = self.sets.format();
        }
        let key = Some(self.format.clone().ok_or(Malformed)?);
        Ok(Picture::Frame { key, data: sample.data.into() })
    }
}

#[derive(Default)]
struct Sample {
    data: Vec<u8>,
    has_slice: bool,
    has_sets: bool,
    is_idr: bool,
}

impl Sample {
    fn push(&mut self, unit: &[u8]) {
        // Bounded by `FRAME_LEN_MAX`.
        self.data.extend((unit.len() as u32).to_be_bytes());
        self.data.extend_from_slice(unit);
    }
}
