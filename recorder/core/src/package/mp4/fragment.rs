//! Movie fragments (ISO/IEC 14496-12 section 8.8): the samples that a `moof` lists.

use super::super::refusal::Refusal;
use super::boxes::Part;
use super::table::Reference;
use super::track::Track;

/// Samples in one fragment: an hour of pictures and sound.
const SAMPLES_MAX: u64 = 400_000;
const NON_SYNC: u32 = 0x1_0000;

/// What `trex` or `tfhd` say about samples that do not say it themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    pub(super) track: u32,
    duration: u32,
    size: u32,
    flags: u32,
}

impl Defaults {
    /// From a `trex`.
    pub(super) fn read(trex: Part<'_>) -> Result<Self, Refusal> {
        Ok(Self { track: trex.u32(4)?, duration: trex.u32(12)?, size: trex.u32(16)?, flags: trex.u32(20)? })
    }
}

/// Numbers one after the other.
struct Words<'a> {
    part: Part<'a>,
    offset: usize,
}

impl Words<'_> {
    fn next(&mut self) -> Result<u32, Refusal> {
        self.offset += 4;
        self.part.u32(self.offset - 4)
    }

    fn next_if(&mut self, present: bool, default: u32) -> Result<u32, Refusal> {
        if present { self.next() } else { Ok(default) }
    }
}

/// Queues the samples of the `moof` whose box begins at `moof_at`; `file_len` is what they must lie in.
pub(super) fn read(
    moof: Part<'_>,
    moof_at: u64,
    file_len: u64,
    defaults: &[Defaults],
    tracks: &mut [Track],
) -> Result<(), Refusal> {
    let mut count = 0;
    // Where the samples of the `traf` before end.
    let mut end = moof_at;
    for (_, traf) in moof.children()?.into_iter().filter(|(kind, _)| kind == b"traf") {
        let header = traf.only(b"tfhd")?;
        let flags = header.u32(0)? & 0xFF_FFFF;
        let mut words = Words { part: header, offset: 4 };
        let id = words.next()?;
        let base = if flags & 0x01 != 0 {
            u64::from(words.next()?) << 32 | u64::from(words.next()?)
        } else if flags & 0x02_0000 != 0 {
            moof_at
        } else {
            end
        };
        let description = words.next_if(flags & 0x02 != 0, 1)?;
        let own = defaults.iter().find(|defaults| defaults.track == id).copied().unwrap_or_default();
        let own = Defaults {
            track: id,
            duration: words.next_if(flags & 0x08 != 0, own.duration)?,
            size: words.next_if(flags & 0x10 != 0, own.size)?,
            flags: words.next_if(flags & 0x20 != 0, own.flags)?,
        };
        let track = tracks.iter_mut().find(|track| track.id == id);
        if track.is_some() && description != 1 {
            return Err(Refusal::FeatureUnsupported("a format that changes on the way"));
        }
        let decode = match traf.find(b"tfdt")? {
            Some(time) => time.long(4, time.u8(0)?)?,
            None => track.as_ref().map_or(0, |track| track.decode),
        };
        let mut fragment = Fragment { base, at: base, decode, own, samples: Vec::new() };
        for (_, run) in traf.children()?.into_iter().filter(|(kind, _)| kind == b"trun") {
            fragment.read_run(run, file_len, SAMPLES_MAX - count)?;
        }
        count += fragment.samples.len() as u64;
        end = fragment.at;
        if let Some(track) = track {
            track.decode = fragment.decode;
            track.fragment.extend(fragment.samples);
        }
    }
    Ok(())
}

/// The samples of a `traf`, as far as they are read.
struct Fragment {
    /// What offsets count from.
    base: u64,
    /// Where the next sample lies, and when it is decoded.
    at: u64,
    decode: u64,
    own: Defaults,
    samples: Vec<Reference>,
}

impl Fragment {
    /// One `trun`, whose samples follow those before it if it does not say where they are. `limit`: of all samples.
    fn read_run(&mut self, run: Part<'_>, file_len: u64, limit: u64) -> Result<(), Refusal> {
        let flags = run.u32(0)? & 0xFF_FFFF;
        let mut words = Words { part: run, offset: 4 };
        let count = words.next()?;
        if self.samples.len() as u64 + u64::from(count) > limit {
            return Err(Refusal::TooLarge("a fragment has too many samples"));
        }
        if flags & 0x01 != 0 {
            self.at = self.base.saturating_add_signed(i64::from(words.next()?.cast_signed()));
        }
        let first_flags = words.next_if(flags & 0x04 != 0, self.own.flags)?;
        for index in 0..count {
            let duration = words.next_if(flags & 0x100 != 0, self.own.duration)?;
            let size = words.next_if(flags & 0x200 != 0, self.own.size)?;
            let default = if index == 0 { first_flags } else { self.own.flags };
            let sample_flags = words.next_if(flags & 0x400 != 0, default)?;
            let composition = words.next_if(flags & 0x800 != 0, 0)?.cast_signed();
            let sync = sample_flags & NON_SYNC == 0;
            let (offset, decode) = (self.at, self.decode);
            self.samples.push(Reference { offset, size, decode, composition, duration, sync });
            self.at = self.at.saturating_add(u64::from(size));
            self.decode = self.decode.saturating_add(u64::from(duration));
            if self.at > file_len {
                return Err(Refusal::Damaged { at: file_len, what: "where it ends too early" });
            }
        }
        Ok(())
    }
}
