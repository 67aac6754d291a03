//! MP4 and QuickTime (ISO/IEC 14496-12): the picture and the sound of a movie, from its tables and from its fragments.
//!
//! The first enabled track of each kind is read. `moov` is held as it is, up to [`MOOV_MAX`]; `mdat` never is. Boxes that
//! are not needed are passed over unread. Refused: edit lists that cut within the media or change its speed, several formats
//! in one track, encryption.

mod boxes;
mod entry;
mod fragment;
mod table;
mod track;

use bytes::Bytes;

use super::frame::Frame;
use super::refusal::Refusal;
use super::source::{Source, Stop};
use crate::format::Geometry;
use boxes::Part;
pub(super) use entry::opus_format;
use fragment::Defaults;
use table::Reference;
use track::Track;

/// Bytes of `moov`: twelve hours have 30 MB.
pub(super) const MOOV_MAX: u64 = 64 << 20;
/// Bytes of `moof`.
const MOOF_MAX: u64 = 8 << 20;
/// Bytes of one frame.
pub(super) const FRAME_MAX: u64 = 16 << 20;
/// Boxes at the top: an hour of fragments of a tenth of a second has 72,000.
const BOXES_MAX: u32 = 2_000_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Mp4 {
    /// Of the next box at the top.
    at: u64,
    boxes: u32,
    /// The picture first.
    tracks: Vec<Track>,
    defaults: Vec<Defaults>,
}

impl Mp4 {
    /// Whether a file begins as one.
    pub(super) fn begins(head: &[u8]) -> bool {
        let kinds: [&[u8]; 8] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"pnot"];
        head.get(4..8).is_some_and(|kind| kinds.contains(&kind))
    }

    pub(super) fn new() -> Self {
        Self { at: 0, boxes: 0, tracks: Vec::new(), defaults: Vec::new() }
    }

    /// Reads what is known before the first frame. To be called until it does not stop.
    pub(super) fn open(&mut self, source: &mut Source) -> Result<(), Stop> {
        while self.tracks.is_empty() {
            let missing = Refusal::Damaged { at: source.len(), what: "where it ends without its index (moov)" };
            let (kind, content, end) = self.head(source)?.ok_or(missing)?;
            if &kind == b"moov" {
                let moov = read_content(source, content, end, MOOV_MAX, "the file's index is larger than 64 MiB")?;
                self.read_movie(&moov, content)?;
            }
            self.pass(end);
        }
        Ok(())
    }

    /// Whether there is a picture, and whether there is sound.
    pub(super) fn streams(&self) -> [bool; 2] {
        [true, false].map(|is_picture| self.tracks.iter().any(|track| track.codec.is_picture() == is_picture))
    }

    pub(super) fn geometry(&self) -> Geometry {
        self.tracks.iter().find(|track| track.codec.is_picture()).map(|track| track.geometry).unwrap_or_default()
    }

    /// The next frame, of the track that is behind; `None`: there are no more.
    pub(super) fn next(&mut self, source: &mut Source) -> Result<Option<Frame>, Stop> {
        loop {
            let mut first: Option<(i64, usize, Reference)> = None;
            for (index, track) in self.tracks.iter_mut().enumerate() {
                let Some(sample) = track.peek()? else { continue };
                let at = track.decoded_ns(&sample);
                if first.is_none_or(|(before, ..)| at < before) {
                    first = Some((at, index, sample));
                }
            }
            let Some((_, index, sample)) = first else {
                if self.read_fragment(source)? {
                    continue;
                }
                return Ok(None);
            };
            let track = &mut self.tracks[index];
            if u64::from(sample.size) > FRAME_MAX {
                return Err(Refusal::TooLarge("a frame is larger than 16 MiB").into());
            }
            let data = source.read(sample.offset, sample.size as usize)?;
            track.advance();
            let (at, duration) = track.presented(&sample);
            let is_picture = track.codec.is_picture();
            let unit = track.codec.take(data, sample.sync, sample.offset)?;
            if let Some(unit) = unit {
                return Ok(Some(Frame { is_picture, at, duration, unit }));
            }
        }
    }

    /// Goes on to the next `moof`; false: there is none.
    fn read_fragment(&mut self, source: &mut Source) -> Result<bool, Stop> {
        if self.defaults.is_empty() {
            return Ok(false);
        }
        while let Some((kind, content, end)) = self.head(source)? {
            let box_at = self.at;
            if &kind == b"moof" {
                let moof = read_content(source, content, end, MOOF_MAX, "a fragment's index is larger than 8 MiB")?;
                let part = Part { at: content, bytes: &moof };
                fragment::read(part, box_at, source.len(), &self.defaults, &mut self.tracks)?;
            }
            self.pass(end);
            if &kind == b"moof" {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The box at the top that comes next: its type, where its content begins and where it ends.
    fn head(&mut self, source: &mut Source) -> Result<Option<([u8; 4], u64, u64)>, Stop> {
        let left = source.len().saturating_sub(self.at);
        if left < 8 {
            return Ok(None);
        }
        if self.boxes > BOXES_MAX {
            return Err(Refusal::TooLarge("the file has too many boxes").into());
        }
        let head = source.read(self.at, left.min(16) as usize)?;
        let part = Part { at: self.at, bytes: &head };
        let kind = [head[4], head[5], head[6], head[7]];
        let (head_len, len) = match part.u32(0)? {
            0 => (8, left),
            1 => (16, part.u64(8)?),
            len => (8, u64::from(len)),
        };
        if len < head_len {
            return Err(Refusal::Damaged { at: self.at, what: "where a box has a wrong length" }.into());
        }
        if len > left {
            return Err(Refusal::Damaged { at: source.len(), what: "where it ends too early" }.into());
        }
        Ok(Some((kind, self.at + head_len, self.at + len)))
    }

    fn pass(&mut self, end: u64) {
        self.boxes += 1;
        self.at = end;
    }

    fn read_movie(&mut self, bytes: &Bytes, at: u64) -> Result<(), Refusal> {
        let moov = Part { at, bytes };
        let header = moov.only(b"mvhd")?;
        let timescale = header.u32(if header.u8(0)? == 1 { 20 } else { 12 })?;
        if let Some(extends) = moov.find(b"mvex")? {
            for (_, trex) in extends.children()?.into_iter().filter(|(kind, _)| kind == b"trex") {
                self.defaults.push(Defaults::read(trex)?);
            }
        }
        let (mut picture, mut sound) = (None, None);
        for (_, trak) in moov.children()?.into_iter().filter(|(kind, _)| kind == b"trak") {
            let Some(is_picture) = Track::is_picture(trak)? else { continue };
            let place = if is_picture { &mut picture } else { &mut sound };
            if place.is_none() {
                *place = Some(Track::read(bytes, trak, timescale, is_picture)?);
            }
        }
        let mut start = 0;
        if let Some(picture) = &mut picture {
            start = picture.trim_picture()?;
        }
        if let Some(sound) = &mut sound {
            sound.trim_sound(start)?;
        }
        self.tracks = picture.into_iter().chain(sound).collect();
        if self.tracks.is_empty() { Err(Refusal::NoMedia) } else { Ok(()) }
    }
}

fn read_content(source: &mut Source, start: u64, end: u64, max: u64, too_large: &'static str) -> Result<Bytes, Stop> {
    if end - start > max {
        return Err(Refusal::TooLarge(too_large).into());
    }
    Ok(source.read(start, (end - start) as usize)?.into())
}
