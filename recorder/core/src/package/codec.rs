//! A file's frames as CMAF wants them: parameter sets of H.264 out of the samples and into the format, lengths of four
//! bytes; formats of VP9 and AV1 from what keyframes say, whatever the container says.

use bytes::Bytes;

use crate::codec::av1::{Obu, SequenceHeader, obu};
use crate::codec::h264::{ParameterSets, nal, nal_type};
use crate::codec::{opus, vp9};
use crate::format::Format;

use super::refusal::Refusal;

/// How frames of a stream are to be read.
#[derive(Clone, Debug)]
pub(super) enum Codec {
    H264 {
        sets: ParameterSets,
        length_len: usize,
    },
    Vp9,
    /// With the format of the container, for keyframes without a sequence header.
    Av1(Option<Format>),
    Sound(Format),
}

/// A frame that is ready to be written.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) data: Bytes,
    /// Decoding can start here, with this.
    pub(super) key: Option<Format>,
}

impl Codec {
    /// From an `avcC` (ISO/IEC 14496-15 section 5.3.3.1), which has no sets in `avc3`. `None` if it is malformed.
    pub(super) fn h264(config: &[u8]) -> Option<Self> {
        let length_len = usize::from(config.get(4)? & 3) + 1;
        let mut sets = ParameterSets::default();
        let rest = note_sets(&mut sets, config[5] & 0x1F, config.get(6..)?)?;
        let (count, rest) = rest.split_first()?;
        note_sets(&mut sets, *count, rest)?;
        (length_len != 3).then_some(Self::H264 { sets, length_len })
    }

    /// From an `av1C`: what follows its four bytes.
    pub(super) fn av1(config: &[u8]) -> Self {
        Self::Av1(config.get(4..).and_then(sequence_format))
    }

    /// Ticks in a second of what is written; the picture's are known before its format is.
    pub(super) fn timescale(&self) -> u32 {
        match self {
            Self::Sound(format) => format.timescale(),
            _ => 90_000,
        }
    }

    pub(super) fn is_picture(&self) -> bool {
        !matches!(self, Self::Sound(_))
    }

    /// How long a frame of sound is, in ticks of what is written, if it says so itself.
    pub(super) fn sound_duration(&self, frame: &[u8]) -> Option<u32> {
        match self {
            Self::Sound(format) if &format.entry == b"Opus" => opus::samples(frame),
            Self::Sound(_) => Some(crate::codec::aac::FRAME_SAMPLES),
            _ => None,
        }
    }

    /// Takes the frame at byte `at` of the file. `None`: there is nothing in it to be shown.
    pub(super) fn take(&mut self, frame: Vec<u8>, sync: bool, at: u64) -> Result<Option<Unit>, Refusal> {
        if frame.is_empty() {
            return Ok(None);
        }
        let damaged = |what| Refusal::Damaged { at, what };
        match self {
            Self::H264 { sets, length_len } => {
                let data = plain(sets, &frame, *length_len).ok_or(damaged("in a frame of H.264"))?;
                let key = sync.then(|| sets.format()).flatten();
                if sync && key.is_none() {
                    return Err(damaged("where H.264 has no parameter sets"));
                }
                Ok((!data.is_empty()).then_some(Unit { data, key }))
            }
            Self::Vp9 => {
                let header = vp9::FrameHeader::parse(&frame).ok_or(damaged("in a frame of VP9"))?;
                Ok(Some(Unit { data: frame.into(), key: header.format() }))
            }
            Self::Av1(format) => {
                if sync && let Some(found) = sequence_format(&frame) {
                    *format = Some(found);
                }
                let key = if sync { format.clone() } else { None };
                if sync && key.is_none() {
                    return Err(damaged("where AV1 has no sequence header"));
                }
                Ok(Some(Unit { data: frame.into(), key }))
            }
            Self::Sound(format) => Ok(Some(Unit { data: frame.into(), key: Some(format.clone()) })),
        }
    }
}

/// Parameter sets, each behind its length; returns what follows them.
fn note_sets<'a>(sets: &mut ParameterSets, count: u8, mut rest: &'a [u8]) -> Option<&'a [u8]> {
    for _ in 0..count {
        let (len, after) = rest.split_first_chunk::<2>()?;
        let (set, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
        sets.note(&Bytes::copy_from_slice(set));
        rest = after;
    }
    Some(rest)
}

/// The format that the first sequence header of some units asks for.
fn sequence_format(mut units: &[u8]) -> Option<Format> {
    while !units.is_empty() {
        let (unit, rest) = Obu::parse(units)?;
        if unit.kind == obu::SEQUENCE_HEADER {
            return Some(SequenceHeader::parse(unit.payload)?.format(&unit));
        }
        units = rest;
    }
    None
}

/// The NAL units of a frame with lengths of four bytes, without parameter sets, which are noted, and without stuffing.
fn plain(sets: &mut ParameterSets, frame: &[u8], length_len: usize) -> Option<Bytes> {
    let mut out = Vec::with_capacity(frame.len() + 16);
    let mut rest = frame;
    while !rest.is_empty() {
        let (length, after) = rest.split_at_checked(length_len)?;
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let (unit, after) = after.split_at_checked(length)?;
        rest = after;
        match nal_type(unit) {
            _ if unit.is_empty() => {}
            _ if unit[0] & 0x80 != 0 => return None,
            nal::SPS | nal::PPS => {
                sets.note(&Bytes::copy_from_slice(unit));
            }
            0 | nal::AUD | nal::FILLER => {}
            _ => {
                out.extend((unit.len() as u32).to_be_bytes());
                out.extend_from_slice(unit);
            }
        }
    }
    Some(out.into())
}
