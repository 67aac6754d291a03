//! The media segment: `styp`, `moof`, `mdat` (ISO/IEC 23000-19 section 7.3.3).

use bytes::Bytes;

use super::boxes::{put, put_full, words};
use super::{Sample, TRACK};

/// `sample_flags` of a sample that depends on others and is no sync sample.
const DELTA: u32 = 0x0101_0000;
/// Of one that depends on none.
const SYNC: u32 = 0x0200_0000;

const TFHD_BASE_IS_MOOF: u32 = 0x02_0000;
const TFHD_DURATION: u32 = 0x08;
const TFHD_FLAGS: u32 = 0x20;
const TRUN_OFFSET: u32 = 0x01;
const TRUN_DURATION: u32 = 0x100;
const TRUN_SIZE: u32 = 0x200;
const TRUN_FLAGS: u32 = 0x400;
const TRUN_COMPOSITION: u32 = 0x800;

/// Writes a segment of at least one sample, which ends at `end`. `number` counts from 1. Each sample lasts until the next.
#[must_use]
pub fn media_segment(number: u32, samples: &[Sample], end: u64) -> Bytes {
    let media_len: usize = samples.iter().map(|sample| sample.data.len()).sum();
    let mut out = Vec::with_capacity(media_len + 256 + 16 * samples.len());
    put(&mut out, b"styp", |out| out.extend_from_slice(b"msdh\0\0\0\0msdhcmfs"));
    let moof_at = out.len();
    let mut offset_at = 0;
    put(&mut out, b"moof", |out| {
        put_full(out, b"mfhd", 0, 0, |out| words(out, &[number]));
        put(out, b"traf", |out| offset_at = fragment(out, samples, end));
    });
    // The first byte of media, from the beginning of `moof`: behind the header of `mdat`.
    let offset = (out.len() - moof_at + 8) as u32;
    out[offset_at..offset_at + 4].copy_from_slice(&offset.to_be_bytes());
    put(&mut out, b"mdat", |out| samples.iter().for_each(|sample| out.extend_from_slice(&sample.data)));
    out.into()
}

/// What all samples share stands once. Returns where the offset of the media is to be put.
fn fragment(out: &mut Vec<u8>, samples: &[Sample], end: u64) -> usize {
    let next = samples.iter().skip(1).map(|sample| sample.at).chain([end]);
    let durations: Vec<u32> = samples.iter().zip(next).map(|(sample, next)| ticks(sample.at, next)).collect();
    let same_duration = durations.first().copied().filter(|first| durations.iter().all(|duration| duration == first));
    let all_sync = samples.iter().all(|sample| sample.sync);
    let flags = TFHD_BASE_IS_MOOF
        | if same_duration.is_some() { TFHD_DURATION } else { 0 }
        | if all_sync { TFHD_FLAGS } else { 0 };
    put_full(out, b"tfhd", 0, flags, |out| {
        words(out, &[TRACK]);
        words(out, same_duration.as_slice());
        if all_sync {
            words(out, &[SYNC]);
        }
    });
    let start = samples.first().map_or(0, |sample| sample.at);
    put_full(out, b"tfdt", 1, 0, |out| out.extend(start.to_be_bytes()));
    let composes = samples.iter().any(|sample| sample.composition != 0);
    let flags = TRUN_OFFSET
        | TRUN_SIZE
        | if same_duration.is_none() { TRUN_DURATION } else { 0 }
        | if all_sync { 0 } else { TRUN_FLAGS }
        | if composes { TRUN_COMPOSITION } else { 0 };
    let mut offset_at = 0;
    put_full(out, b"trun", 1, flags, |out| {
        words(out, &[samples.len() as u32]);
        offset_at = out.len();
        words(out, &[0]);
        for (sample, duration) in samples.iter().zip(&durations) {
            if same_duration.is_none() {
                words(out, &[*duration]);
            }
            words(out, &[sample.data.len() as u32]);
            if !all_sync {
                words(out, &[if sample.sync { SYNC } else { DELTA }]);
            }
            if composes {
                words(out, &[sample.composition.cast_unsigned()]);
            }
        }
    });
    offset_at
}

/// Samples last far less than the thirteen hours that fit.
fn ticks(from: u64, until: u64) -> u32 {
    u32::try_from(until.saturating_sub(from)).unwrap_or(u32::MAX)
}
