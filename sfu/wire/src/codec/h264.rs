//! H.264 (RFC 6184, `packetization-mode=1`): NAL unit headers, aggregation and fragmentation.

use super::sps::Sps;

const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_AUD: u8 = 9;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;

/// What a payload shows of its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Holds the beginning of an IDR slice.
    pub idr: bool,
    /// Holds a sequence parameter set: a keyframe begins, or is announced.
    pub parameter_set: bool,
    /// Holds what can only stand at the beginning of an access unit.
    pub access_unit_start: bool,
    /// `nal_ref_idc` is 0 everywhere: no other frame refers to this one.
    pub discardable: bool,
    /// From the sequence parameter set, in pixels.
    pub resolution: Option<(u16, u16)>,
}

impl Descriptor {
    /// Reads an RTP payload; `None` if it is malformed.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (&first, rest) = payload.split_first()?;
        let mut parsed = Self { discardable: first & 0x60 == 0, ..Self::default() };
        match first & 0x1F {
            1..=23 => parsed.note(payload),
            NAL_STAP_A => {
                let mut units = rest;
                while !units.is_empty() {
                    let (len, after) = units.split_first_chunk::<2>()?;
                    let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
                    parsed.note(unit);
                    units = after;
                }
            }
            NAL_FU_A => {
                let fragment = *rest.first()?;
                if fragment & 0x80 != 0 {
                    let unit_type = fragment & 0x1F;
                    parsed.idr = unit_type == NAL_IDR;
                    parsed.parameter_set = unit_type == NAL_SPS;
                }
            }
            _ => return None,
        }
        Some(parsed)
    }

    fn note(&mut self, unit: &[u8]) {
        match unit.first().map_or(0, |head| head & 0x1F) {
            NAL_IDR => self.idr = true,
            NAL_SPS => {
                self.parameter_set = true;
                self.access_unit_start = true;
                self.resolution = Sps::parse(unit).map(|sps| (sps.width, sps.height));
            }
            NAL_AUD => self.access_unit_start = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Baseline 3.2, 1280x720, as hardware encoders write it.
    const SPS: [u8; 13] = [0x67, 0x42, 0x80, 0x20, 0xDA, 0x01, 0x40, 0x16, 0xE8, 0x06, 0xD0, 0xA1, 0x35];

    #[test]
    fn parameter_sets_and_idr_in_one_aggregation() {
        let mut payload = vec![0x78, 0, 13];
        payload.extend(SPS);
        payload.extend([0, 4, 0x68, 0xCE, 0x3C, 0x80, 0, 3, 0x65, 0xB8, 0x00]);
        let parsed = Descriptor::parse(&payload).unwrap();
        assert!(parsed.idr && parsed.parameter_set && parsed.access_unit_start && !parsed.discardable);
        assert_eq!(parsed.resolution, Some((1280, 720)));
        assert_eq!(Descriptor::parse(&payload[..8]), None);
    }

    #[test]
    fn fragments() {
        let first = Descriptor::parse(&[0x7C, 0x85, 0x88]).unwrap();
        let middle = Descriptor::parse(&[0x7C, 0x05, 0x88]).unwrap();
        let discardable = Descriptor::parse(&[0x1C, 0x81, 0x88]).unwrap();
        assert!(first.idr && !middle.idr && !middle.discardable && discardable.discardable);
    }

    #[test]
    fn slices_and_what_mode_one_does_not_know() {
        assert_eq!(Descriptor::parse(&[0x41, 0x9A]), Some(Descriptor::default()));
        assert!(Descriptor::parse(&[0x09, 0xF0]).unwrap().access_unit_start);
        for bad in [&[][..], &[0x00], &[0x79, 0, 0], &[0x7C]] {
            assert_eq!(Descriptor::parse(bad), None);
        }
    }
}
