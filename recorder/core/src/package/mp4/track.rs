//! A track: its codec, its place on the movie's timeline, and its samples from the table and from fragments.

use std::collections::VecDeque;

use bytes::Bytes;

use super::super::codec::Codec;
use super::super::frame::rescale;
use super::super::refusal::Refusal;
use super::boxes::Part;
use super::entry;
use super::table::{Reference, Samples};
use crate::format::Geometry;

/// Sound from so much before the beginning is kept: what the encoder needs to get going.
const PRIMING_NS: i64 = 200_000_000;
const NS: u32 = 1_000_000_000;

#[derive(Debug)]
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) codec: Codec,
    pub(super) geometry: Geometry,
    timescale: u32,
    edit: Edit,
    samples: Samples,
    /// Of the current `moof`.
    pub(super) fragment: VecDeque<Reference>,
    /// Where the next fragment begins if it does not say so.
    pub(super) decode: u64,
    peeked: Option<Reference>,
    ended: bool,
}

/// What an edit list leaves of a track (ISO/IEC 14496-12 section 8.6.6).
#[derive(Clone, Copy, Debug, Default)]
struct Edit {
    /// Nanoseconds of nothing before it.
    empty_ns: i64,
    /// What presentation begins with, in ticks of the track.
    media_time: i64,
    /// How long it is, in nanoseconds; `None`: all there is.
    duration_ns: Option<i64>,
}

impl Track {
    /// Whether a `trak` is a picture or sound; `None` if it is neither, or not enabled.
    pub(super) fn is_picture(trak: Part<'_>) -> Result<Option<bool>, Refusal> {
        let is_picture = match &trak.only(b"mdia")?.only(b"hdlr")?.bytes.get(8..12) {
            Some(b"vide") => true,
            Some(b"soun") => false,
            _ => return Ok(None),
        };
        Ok(Some(is_picture)
            .filter(|_| trak.only(b"tkhd").is_ok_and(|header| header.u8(3).is_ok_and(|flags| flags & 1 != 0))))
    }

    /// From a `trak`.
    pub(super) fn read(moov: &Bytes, trak: Part<'_>, movie_timescale: u32, is_picture: bool) -> Result<Self, Refusal> {
        let media = trak.only(b"mdia")?;
        let header = trak.only(b"tkhd")?;
        let long = if header.u8(0)? == 1 { 1 } else { 0 };
        let media_header = media.only(b"mdhd")?;
        let timescale = media_header.u32(if media_header.u8(0)? == 1 { 20 } else { 12 })?;
        if timescale == 0 {
            return Err(Refusal::Damaged { at: media_header.at, what: "where a timescale is 0" });
        }
        let table = media.only(b"minf")?.only(b"stbl")?;
        let (codec, pixel_aspect) = entry::read(table.only(b"stsd")?, is_picture)?;
        let quarter_turns = quarter_turns(header.from(40 + 12 * long)?)?;
        Ok(Self {
            id: header.u32(12 + 8 * long)?,
            codec,
            geometry: Geometry { quarter_turns, pixel_aspect },
            timescale,
            edit: Edit::read(trak, movie_timescale)?,
            samples: Samples::new(moov, table)?,
            fragment: VecDeque::new(),
            decode: 0,
            peeked: None,
            ended: false,
        })
    }

    /// Passes over the pictures that nothing shown depends on: all before the last keyframe that is not after the beginning.
    /// Returns when the first that is left is presented, at most 0, in nanoseconds.
    pub(super) fn trim_picture(&mut self) -> Result<i64, Refusal> {
        let (mut ahead, mut start) = (self.samples.clone(), 0);
        let mut kept = ahead.clone();
        loop {
            let before = ahead.clone();
            let Some(sample) = ahead.next()? else { break };
            let at = self.presented_ns(&sample);
            if at > 0 && !sample.sync {
                // Pictures are out of order by a few.
                if at > i64::from(NS) {
                    break;
                }
                continue;
            }
            if at > 0 {
                break;
            }
            if sample.sync {
                (kept, start) = (before, at);
            }
        }
        self.samples = kept;
        Ok(start)
    }

    /// Passes over the sound before `start`, but for what the decoder needs.
    pub(super) fn trim_sound(&mut self, start: i64) -> Result<(), Refusal> {
        while let Some(sample) = self.peek()? {
            if self.presented_ns(&sample) >= start - PRIMING_NS {
                break;
            }
            self.advance();
        }
        Ok(())
    }

    /// The next sample in decoding order; `None`: no more until there is another fragment.
    pub(super) fn peek(&mut self) -> Result<Option<Reference>, Refusal> {
        if self.peeked.is_none() && !self.ended {
            self.peeked = match self.samples.next()? {
                Some(sample) => {
                    self.decode = sample.decode + u64::from(sample.duration);
                    Some(sample)
                }
                None => self.fragment.pop_front(),
            };
            let past = |sample: &Reference| {
                sample.sync
                    && self.edit.duration_ns.is_some_and(|end| self.presented_ns(sample) >= self.edit.empty_ns + end)
            };
            if self.peeked.as_ref().is_some_and(past) {
                self.ended = true;
                self.peeked = None;
            }
        }
        Ok(self.peeked)
    }

    /// The sample that was peeked at is dealt with.
    pub(super) fn advance(&mut self) {
        self.peeked = None;
    }

    /// When a sample is to be decoded, in nanoseconds of the movie: by it the tracks are merged.
    pub(super) fn decoded_ns(&self, sample: &Reference) -> i64 {
        let ticks = i128::from(sample.decode) - i128::from(self.edit.media_time);
        self.edit.empty_ns + rescale(ticks, self.timescale, NS)
    }

    /// When a sample is presented and for how long, in ticks of what is written.
    pub(super) fn presented(&self, sample: &Reference) -> (i64, u32) {
        let to = self.codec.timescale();
        let at = rescale(self.media_ticks(sample), self.timescale, to);
        let empty = rescale(i128::from(self.edit.empty_ns), NS, to);
        let duration = rescale(i128::from(sample.duration), self.timescale, to);
        (at + empty, u32::try_from(duration).unwrap_or(u32::MAX))
    }

    fn presented_ns(&self, sample: &Reference) -> i64 {
        self.edit.empty_ns + rescale(self.media_ticks(sample), self.timescale, NS)
    }

    fn media_ticks(&self, sample: &Reference) -> i128 {
        i128::from(sample.decode) + i128::from(sample.composition) - i128::from(self.edit.media_time)
    }
}

impl Edit {
    fn read(trak: Part<'_>, movie_timescale: u32) -> Result<Self, Refusal> {
        let mut edit = Self::default();
        let Some(list) = trak.find(b"edts")?.map(|edits| edits.find(b"elst")).transpose()?.flatten() else {
            return Ok(edit);
        };
        let version = list.u8(0)?;
        let (count, width) = (list.u32(4)?, if version == 1 { 20 } else { 12 });
        if count > 2 {
            return Err(Refusal::FeatureUnsupported("cuts in an edit list"));
        }
        let mut has_media = false;
        for row in 0..count as usize {
            let row = list.from(8 + row * width)?;
            let duration_ns = rescale(i128::from(row.long(0, version)?), movie_timescale, NS);
            let media_time = match version {
                1 => row.u64(8)?.cast_signed(),
                _ => i64::from(row.u32(4)?.cast_signed()),
            };
            let rate = row.u32(width - 4)?;
            match media_time {
                -1 if !has_media => edit.empty_ns += duration_ns,
                0.. if !has_media && rate == 0x1_0000 => {
                    has_media = true;
                    edit.media_time = media_time;
                    // A tick of the movie: durations are rounded to it.
                    let rounding = rescale(1, movie_timescale, NS);
                    edit.duration_ns = Some(duration_ns).filter(|ns| *ns > 0).map(|ns| ns + rounding);
                }
                _ => return Err(Refusal::FeatureUnsupported("cuts or another speed in an edit list")),
            }
        }
        Ok(edit)
    }
}

/// How far a matrix turns the picture; others than quarters are shown unturned.
fn quarter_turns(matrix: Part<'_>) -> Result<u8, Refusal> {
    let value = |index: usize| matrix.u32(index * 4).map(|word| word.cast_signed().signum());
    Ok(match (value(0)?, value(1)?, value(3)?, value(4)?) {
        (0, 1, -1, 0) => 1,
        (-1, 0, 0, -1) => 2,
        (0, -1, 1, 0) => 3,
        _ => 0,
    })
}
