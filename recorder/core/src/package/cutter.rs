//! Frames become segments: the picture is cut at keyframes, the sound at the same times.
//!
//! The first frame that is presented begins the timeline: what a file has before it is left out, what lies between its
//! picture and its sound is kept. Within a segment frames are decoded in the order of the file, at the times at which frames
//! are presented, and presentation follows by a composition offset, which may be negative: so a segment begins with its
//! keyframe at the segment's own time, whatever the encoder's delay was.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::frame::{Frame, rescale};
use super::refusal::Refusal;
use super::track_writer::TrackWriter;
use super::{DURATION_MAX, Step};
use crate::cmaf::Sample;
use crate::format::Format;
use crate::segmenter::{SEGMENT_MAX, SEGMENT_TARGET, ticks, time};

/// A keyframe that comes this much earlier will do, as in a recording.
const TARGET_TOLERANCE: Duration = Duration::from_millis(250);
/// A keyframe ends a segment that has so many bytes, however short it is.
const SEGMENT_LEN_TARGET: usize = 8 << 20;
/// Bytes between two keyframes at most.
const SEGMENT_LEN_MAX: usize = 64 << 20;
/// Between two keyframes at most. Lectures of standing pictures are encoded with one in some minutes.
pub const UPLOAD_SEGMENT_MAX: Duration = Duration::from_secs(300);
/// Sound that waits for the picture's next cut.
const PENDING_LEN_MAX: usize = 16 << 20;
/// Frames that wait for the first of another stream, and their bytes.
const WAITING_MAX: usize = 4096;
const WAITING_LEN_MAX: usize = 32 << 20;
/// Timestamps of sound that are off by no more are rounded.
const ROUNDING: Duration = Duration::from_millis(3);
/// From this on missing sound is a gap; below, the frame before it lasts longer.
const SOUND_GAP: Duration = Duration::from_secs(1);
/// Nanoseconds.
const NS: u32 = 1_000_000_000;

#[derive(Debug)]
pub(super) struct Cutter {
    /// Until the timeline's beginning is known.
    waiting: Option<Waiting>,
    base_ns: i64,
    picture: Option<Picture>,
    sound: Option<Sound>,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: Vec<Frame>,
    len: usize,
}

#[derive(Debug)]
struct Picture {
    writer: TrackWriter,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    format: Format,
    start: u64,
    frames: Vec<Shown>,
    len: usize,
}

#[derive(Debug)]
struct Shown {
    at: u64,
    duration: u32,
    sync: bool,
    data: Bytes,
}

#[derive(Debug)]
struct Sound {
    writer: TrackWriter,
    format: Option<Format>,
    pending: VecDeque<Shown>,
    len: usize,
    /// Where the picture was cut.
    cuts: VecDeque<Duration>,
    /// No more cuts come.
    alone: bool,
}

impl Cutter {
    pub(super) fn new(picture: Option<TrackWriter>, sound: Option<TrackWriter>) -> Self {
        let alone = picture.is_none();
        Self {
            waiting: Some(Waiting::default()),
            base_ns: 0,
            picture: picture.map(|writer| Picture { writer, open: None }),
            sound: sound.map(|writer| Sound {
                writer,
                format: None,
                pending: VecDeque::new(),
                len: 0,
                cuts: VecDeque::new(),
                alone,
            }),
        }
    }

    pub(super) fn push(&mut self, frame: Frame, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        let Some(waiting) = &mut self.waiting else { return self.place(frame, steps) };
        // What cannot be decoded does not begin anything.
        if waiting.frames.iter().all(|other| other.is_picture != frame.is_picture) && frame.unit.key.is_none() {
            return Ok(());
        }
        waiting.len += frame.unit.data.len();
        waiting.frames.push(frame);
        let has = |is_picture| waiting.frames.iter().any(|frame| frame.is_picture == is_picture);
        let complete = (self.picture.is_none() || has(true)) && (self.sound.is_none() || has(false));
        if complete || waiting.frames.len() >= WAITING_MAX || waiting.len >= WAITING_LEN_MAX {
            self.begin(steps)?;
        }
        Ok(())
    }

    /// Ends both tracks, and gives what they have written.
    pub(super) fn finish(mut self, steps: &mut impl Extend<Step>) -> Result<[Option<TrackWriter>; 2], Refusal> {
        self.begin(steps)?;
        if let Some(picture) = &mut self.picture {
            let shown = |open: &Open| open.frames.iter().map(Shown::end).max();
            if let Some(end) = picture.open.as_ref().and_then(shown) {
                picture.close(end, steps)?;
            }
        }
        if let Some(sound) = &mut self.sound {
            sound.alone = true;
            sound.cut(steps)?;
            sound.write(sound.pending.len(), steps)?;
        }
        Ok([self.picture.map(|picture| picture.writer), self.sound.map(|sound| sound.writer)])
    }

    /// The earliest frame is at 0.
    fn begin(&mut self, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let ns = |frame: &Frame| {
            let timescale = frame.unit.key.as_ref().map(Format::timescale)?;
            Some(rescale(i128::from(frame.at), timescale, NS))
        };
        self.base_ns = waiting.frames.iter().filter_map(ns).min().unwrap_or(0);
        waiting.frames.into_iter().try_for_each(|frame| self.place(frame, steps))
    }

    fn place(&mut self, frame: Frame, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        let timescale = match (&frame.unit.key, frame.is_picture) {
            (Some(format), _) => format.timescale(),
            (None, true) => 90_000,
            (None, false) => return Ok(()),
        };
        let base = rescale(i128::from(self.base_ns), NS, timescale);
        let at = u64::try_from(frame.at - base).unwrap_or(0);
        if at > ticks(DURATION_MAX, timescale) || u64::from(frame.duration) > ticks(DURATION_MAX, timescale) {
            return Err(Refusal::TooLong);
        }
        let shown = Shown { at, duration: frame.duration, sync: frame.unit.key.is_some(), data: frame.unit.data };
        match (frame.is_picture, &mut self.picture, &mut self.sound) {
            (true, Some(picture), sound) => {
                if let Some(cut) = picture.push(frame.unit.key, shown, steps)?
                    && let Some(sound) = sound
                {
                    sound.cuts.push_back(cut);
                    sound.cut(steps)?;
                }
                Ok(())
            }
            (false, _, Some(sound)) => sound.push(frame.unit.key, shown, steps),
            _ => Ok(()),
        }
    }
}

impl Shown {
    fn end(&self) -> u64 {
        self.at + u64::from(self.duration.max(1))
    }
}

impl Picture {
    /// Returns where a segment was ended.
    fn push(
        &mut self,
        key: Option<Format>,
        mut shown: Shown,
        steps: &mut impl Extend<Step>,
    ) -> Result<Option<Duration>, Refusal> {
        let mut cut = None;
        let ends = |open: &Open| {
            key.as_ref().is_some_and(|format| {
                let enough = open.start + ticks(SEGMENT_TARGET - TARGET_TOLERANCE, format.timescale());
                shown.at > open.start && (shown.at >= enough || open.len >= SEGMENT_LEN_TARGET)
                    || open.format != *format
            })
        };
        if self.open.as_ref().is_some_and(ends) {
            shown.at = self.close(shown.at, steps)?;
            cut = key.as_ref().map(|format| time(shown.at, format.timescale()));
        }
        match (&mut self.open, key) {
            (Some(open), _) => {
                open.len += shown.data.len();
                if open.len > SEGMENT_LEN_MAX
                    || shown.at > open.start + ticks(UPLOAD_SEGMENT_MAX, open.format.timescale())
                {
                    return Err(open.endless());
                }
                open.frames.push(shown);
            }
            (open, Some(format)) => {
                *open = Some(Open { format, start: shown.at, len: shown.data.len(), frames: vec![shown] });
            }
            (None, None) => {}
        }
        Ok(cut)
    }

    /// Writes the open segment; returns where it ends: at `end`, or behind its last frame.
    fn close(&mut self, end: u64, steps: &mut impl Extend<Step>) -> Result<u64, Refusal> {
        let Some(open) = self.open.take() else { return Ok(end) };
        let mut times: Vec<u64> = open.frames.iter().map(|shown| shown.at).collect();
        times.sort_unstable();
        let mut next = open.start;
        let mut samples = Vec::with_capacity(times.len());
        for (shown, at) in open.frames.iter().zip(times) {
            let at = at.max(next);
            let composition = i128::from(shown.at) - i128::from(at);
            let composition = composition.clamp(i128::from(i32::MIN), i128::from(i32::MAX)) as i32;
            samples.push(Sample { at, composition, sync: shown.sync, data: shown.data.clone() });
            next = at + 1;
        }
        let end = end.max(next);
        if end > open.start + ticks(UPLOAD_SEGMENT_MAX, open.format.timescale()) {
            return Err(open.endless());
        }
        self.writer.write(&open.format, &samples, end, steps)?;
        Ok(end)
    }
}

impl Open {
    fn endless(&self) -> Refusal {
        Refusal::KeyframesTooFar { at_s: time(self.start, self.format.timescale()).as_secs() }
    }
}

impl Sound {
    fn push(&mut self, format: Option<Format>, mut shown: Shown, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        let Some(timescale) = format.as_ref().map(Format::timescale) else { return Ok(()) };
        self.format = format;
        if let Some(last) = self.pending.back() {
            let expected = last.end();
            if shown.at.abs_diff(expected) <= ticks(ROUNDING, timescale) {
                shown.at = expected;
            }
            shown.at = shown.at.max(last.at + 1);
            if shown.at > expected + ticks(SOUND_GAP, timescale) {
                self.write(self.pending.len(), steps)?;
            }
        }
        self.len += shown.data.len();
        self.pending.push_back(shown);
        self.cut(steps)
    }

    /// Writes what is complete.
    fn cut(&mut self, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        while let (Some(first), Some(last), Some(format)) = (self.pending.front(), self.pending.back(), &self.format) {
            let ticks = |time| ticks(time, format.timescale());
            let (first, last) = (first.at, last.at);
            while self.cuts.front().is_some_and(|cut| ticks(*cut) <= first) {
                self.cuts.pop_front();
            }
            let longest = first + ticks(if self.alone { SEGMENT_TARGET } else { SEGMENT_MAX });
            let cut = self.cuts.front().map_or(longest, |cut| ticks(*cut).min(longest));
            let count = if last >= cut {
                self.pending.partition_point(|shown| shown.at < cut)
            } else if self.len > PENDING_LEN_MAX {
                self.pending.len() - 1
            } else {
                return Ok(());
            };
            self.write(count.max(1), steps)?;
        }
        Ok(())
    }

    /// Writes the first `count` frames, up to the next or to their own end.
    fn write(&mut self, count: usize, steps: &mut impl Extend<Step>) -> Result<(), Refusal> {
        let Some(format) = self.format.clone().filter(|_| count > 0) else { return Ok(()) };
        let rest = self.pending.split_off(count.min(self.pending.len()));
        let own_end = self.pending.back().map_or(0, Shown::end);
        let end = rest.front().map_or(own_end, |next| next.at);
        let samples: Vec<Sample> = std::mem::replace(&mut self.pending, rest)
            .into_iter()
            .map(|shown| Sample { at: shown.at, composition: 0, sync: true, data: shown.data })
            .collect();
        self.len = self.pending.iter().map(|shown| shown.data.len()).sum();
        self.writer.write(&format, &samples, end, steps)
    }
}
