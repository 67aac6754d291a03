//! A media segment, read.

use super::boxes::{Numbers, at, children, name};
use super::init::Init;

/// `sample_is_non_sync_sample`.
const NON_SYNC: u32 = 0x1_0000;
/// An hour of sound has fewer packets in a segment.
const SAMPLES_MAX: u32 = 200_000;

/// Where a segment lies, in ticks.
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

struct Defaults {
    duration: Option<u32>,
    size: Option<u32>,
    flags: Option<u32>,
}

pub(super) fn read(bytes: &[u8], init: &Init) -> Result<Span, String> {
    let top = children(bytes)?;
    let kinds: Vec<_> = top.iter().map(|(kind, _)| name(*kind)).collect();
    if kinds != ["styp", "moof", "mdat"] {
        return Err(format!("a segment of {kinds:?}"));
    }
    let (moof, media) = (top[1].1, top[2].1);
    at(moof, &[b"mfhd"])?;
    let defaults = read_header(at(moof, &[b"traf", b"tfhd"])?)?;
    let mut decode_time = Numbers(at(moof, &[b"traf", b"tfdt"])?);
    let start = if decode_time.version()?.0 == 1 { decode_time.long()? } else { u64::from(decode_time.word()?) };
    let mut run = Numbers(at(moof, &[b"traf", b"trun"])?);
    let (_, flags) = run.version()?;
    let count = run.word()?;
    if count == 0 || count > SAMPLES_MAX {
        return Err(format!("{count} samples"));
    }
    if flags & 0x01 == 0 || run.word()? as usize != moof.len() + 16 {
        return Err("the samples are not where mdat begins".to_owned());
    }
    if flags & 0x04 != 0 {
        return Err("flags of the first sample apart".to_owned());
    }
    let (mut end, mut rest) = (start, media);
    for index in 0..count {
        let mut value = |flag: u32, default: Option<u32>, what: &str| match flags & flag {
            0 => default.ok_or(format!("samples without {what}")),
            _ => run.word(),
        };
        let duration = value(0x100, defaults.duration, "duration")?;
        let size = value(0x200, defaults.size, "size")? as usize;
        let sample_flags = value(0x400, defaults.flags, "flags")?;
        value(0x800, Some(0), "composition")?;
        let (sample, after) = rest.split_at_checked(size).ok_or("samples beyond mdat")?;
        if index == 0 && sample_flags & NON_SYNC != 0 {
            return Err("does not begin with a sync sample".to_owned());
        }
        if duration == 0 || size == 0 {
            return Err(format!("sample {index} is empty"));
        }
        check_sample(sample, init).map_err(|what| format!("sample {index} {what}"))?;
        end += u64::from(duration);
        rest = after;
    }
    if rest.is_empty() { Ok(Span { start, end }) } else { Err("bytes in mdat that are no sample".to_owned()) }
}

fn read_header(header: &[u8]) -> Result<Defaults, String> {
    let mut header = Numbers(header);
    let (_, flags) = header.version()?;
    header.word()?;
    if flags & 0x02_0000 == 0 || flags & 0x01 != 0 {
        return Err("offsets do not count from moof".to_owned());
    }
    let mut value = |flag: u32| if flags & flag == 0 { Ok(None) } else { header.word().map(Some) };
    value(0x02)?;
    Ok(Defaults { duration: value(0x08)?, size: value(0x10)?, flags: value(0x20)? })
}

/// That lengths of NAL units fill the sample.
fn check_sample(mut sample: &[u8], init: &Init) -> Result<(), &'static str> {
    let Some(width) = init.nal_length else { return Ok(()) };
    while !sample.is_empty() {
        let (length, rest) = sample.split_at_checked(width).ok_or("has a cut NAL unit")?;
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let (unit, rest) = rest.split_at_checked(length).ok_or("has a cut NAL unit")?;
        if unit.first().is_none_or(|head| head & 0x80 != 0 || matches!(head & 0x1F, 0 | 7 | 8)) {
            return Err("has a NAL unit that belongs elsewhere");
        }
        sample = rest;
    }
    Ok(())
}
