//! Samples of one track become segments.
//!
//! Promises: every segment begins with a sync sample and lasts at most [`SEGMENT_MAX`]; a keyframe is asked for when
//! [`SEGMENT_TARGET`] is reached; a track that has begun goes on without a hole until it is ended: while nothing comes, or
//! nothing that could be decoded, the last sample lasts longer, and when the segment is full, a copy of the last keyframe
//! begins the next one ("held"). Refuses nothing: what cannot be written is told as a [`Gap`].

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::cmaf::{Sample, media_segment};
use crate::format::Format;
use crate::gap::{Cause, Gap};

/// A segment is ended by the first keyframe after this.
pub const SEGMENT_TARGET: Duration = Duration::from_secs(4);
/// A keyframe that comes this much earlier will do: of senders with one every other second, each second one ends a segment.
const TARGET_TOLERANCE: Duration = Duration::from_millis(250);
/// A segment is ended here in any case; OBS's own choice, a keyframe in 250 frames, is shorter.
pub const SEGMENT_MAX: Duration = Duration::from_secs(10);
/// Bytes in one segment: ten seconds of 12 Mbit/s.
pub const SEGMENT_LEN_MAX: usize = 15 << 20;

/// What comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A closed segment.
    Segment(Segment),
    /// Something is missing.
    Gap(Gap),
}

/// A closed segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// How its samples are encoded.
    pub format: Format,
    /// Ticks since the beginning of the recording.
    pub start: u64,
    /// Ticks; at least `start` + 1.
    pub end: u64,
    /// The picture is a copy of one that was shown before.
    pub held: bool,
    /// `styp`, `moof`, `mdat`.
    pub bytes: Bytes,
}

impl Segment {
    /// Since the beginning of the recording.
    #[must_use]
    pub fn start_time(&self) -> Duration {
        time(self.start, self.format.timescale())
    }

    /// Since the beginning of the recording.
    #[must_use]
    pub fn end_time(&self) -> Duration {
        time(self.end, self.format.timescale())
    }
}

#[derive(Debug)]
struct Open {
    format: Format,
    samples: Vec<Sample>,
    len: usize,
    held: bool,
}

impl Open {
    fn start(&self) -> u64 {
        self.samples.first().map_or(0, |sample| sample.at)
    }

    fn last(&self) -> u64 {
        self.samples.last().map_or(0, |sample| sample.at)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Segmenter {
    open: Option<Open>,
    /// What a held segment begins with.
    key: Option<Bytes>,
    /// Nothing is written until the next keyframe; since when, and why.
    frozen: Option<(u64, Cause)>,
    /// Where the last segment ended: a track that was ended and begins anew does not go back behind it.
    until: u64,
    number: u32,
    cuts: VecDeque<Cut>,
}

impl Segmenter {
    /// Whether a keyframe would end the open segment, or the frozen picture.
    #[must_use]
    pub fn wants_keyframe(&self, at: Duration) -> bool {
        let due = |open: &Open| at >= time(open.start(), open.format.timescale()) + SEGMENT_TARGET;
        self.frozen.is_some() || self.open.as_ref().is_none_or(due)
    }

    /// Take a sample; `key`: how it is encoded, if decoding can start here. Times that go back are moved behind the one
    /// before.
    pub fn push(&mut self, at: Duration, key: Option<&Format>, data: Bytes) {
        let Some(timescale) = key.or(self.open.as_ref().map(|open| &open.format)).map(Format::timescale) else {
            return;
        };
        let mut at = ticks(at, timescale).max(self.until);
        if let Some(open) = &self.open {
            at = at.max(open.last() + 1);
        }
        self.fill(at);
        // It may be held since: behind the copy then.
        if let Some(open) = &self.open {
            at = at.max(open.last() + 1);
        }
        let sample = Sample { at, composition: 0, sync: key.is_some(), data };
        match (key, &mut self.open) {
            (Some(format), _) => self.push_key(format, sample),
            (None, Some(open)) if self.frozen.is_none() => {
                open.len += sample.data.len();
                open.samples.push(sample);
            }
            (None, _) => {}
        }
        if self.open.as_ref().is_some_and(|open| open.len > SEGMENT_LEN_MAX) {
            self.freeze(at, Cause::TooLarge);
            self.hold(at + 1);
        }
    }

    /// Nothing will come any more for the time before `until`.
    pub fn advance(&mut self, until: Duration) {
        if let Some(timescale) = self.open.as_ref().map(|open| open.format.timescale()) {
            self.fill(ticks(until, timescale));
        }
    }

    /// What comes next cannot be decoded until a keyframe comes.
    pub fn lost(&mut self, cause: Cause) {
        if let Some(at) = self.open.as_ref().map(Open::last) {
            self.freeze(at, cause);
        }
    }

    /// The track ends here, for good or until it begins anew.
    pub fn end(&mut self, at: Duration) {
        let Some(open) = &self.open else { return };
        let at = ticks(at, open.format.timescale()).max(open.last() + 1);
        self.fill(at);
        self.thaw(at);
        let last = self.open.as_ref().map_or(at, Open::last);
        self.close(at.max(last + 1));
        self.key = None;
    }

    /// What is closed, in order.
    pub fn poll(&mut self) -> Option<Cut> {
        self.cuts.pop_front()
    }

    /// Bytes held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.len) + self.key.as_ref().map_or(0, Bytes::len)
    }

    /// Whether nothing is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push_key(&mut self, format: &Format, sample: Sample) {
        self.thaw(sample.at);
        self.key = Some(sample.data.clone());
        let enough = ticks(SEGMENT_TARGET - TARGET_TOLERANCE, format.timescale());
        let cuts = |open: &Open| open.held || open.format != *format || sample.at >= open.start() + enough;
        match &mut self.open {
            Some(open) if !cuts(open) => {
                open.len += sample.data.len();
                open.samples.push(sample);
            }
            _ => {
                self.close(sample.at);
                self.begin(format.clone(), sample, false);
            }
        }
    }

    /// Ends segments that are full at `until`, and holds the picture.
    fn fill(&mut self, until: u64) {
        while let Some(open) = &self.open {
            let full = open.start() + ticks(SEGMENT_MAX, open.format.timescale());
            if until <= full {
                return;
            }
            // Without a single new sample there is nothing to be missed but the sender.
            let last = open.last();
            self.freeze(last, Cause::NoKeyframe);
            self.hold(full.max(last + 1));
        }
    }

    fn hold(&mut self, at: u64) {
        let (Some(open), Some(key)) = (&self.open, self.key.clone()) else { return };
        let format = open.format.clone();
        self.close(at);
        self.begin(format, Sample { at, composition: 0, sync: true, data: key }, true);
    }

    fn begin(&mut self, format: Format, sample: Sample, held: bool) {
        self.open = Some(Open { format, len: sample.data.len(), samples: vec![sample], held });
    }

    fn close(&mut self, end: u64) {
        let Some(open) = self.open.take() else { return };
        self.until = end;
        self.number += 1;
        let bytes = media_segment(self.number, &open.samples, end);
        self.cuts.push_back(Cut::Segment(Segment {
            start: open.start(),
            end,
            held: open.held,
            format: open.format,
            bytes,
        }));
    }

    fn freeze(&mut self, at: u64, cause: Cause) {
        self.frozen.get_or_insert((at, cause));
    }

    fn thaw(&mut self, at: u64) {
        let (Some((since, cause)), Some(open)) = (self.frozen.take(), &self.open) else { return };
        let timescale = open.format.timescale();
        self.cuts.push_back(Cut::Gap(Gap { from: time(since, timescale), until: time(at, timescale), cause }));
    }
}

/// Rounded to the nearest.
#[must_use]
pub fn ticks(time: Duration, timescale: u32) -> u64 {
    let ticks = (time.as_nanos() * u128::from(timescale) + 500_000_000) / 1_000_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// Rounded to the nearest.
#[must_use]
pub fn time(ticks: u64, timescale: u32) -> Duration {
    let nanos = (u128::from(ticks) * 1_000_000_000 + u128::from(timescale) / 2) / u128::from(timescale);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Shape;

    fn format(width: u16) -> Format {
        let shape = Shape::Video { width, height: 360 };
        Format { entry: *b"vp09", configuration: (*b"vpcC", Bytes::new()), codecs: String::new(), shape }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Frames at 25 a second; a keyframe where `is_key` says so.
    fn cut(count: u64, is_key: impl Fn(u64) -> Option<u16>) -> (Vec<(u64, u64, bool)>, Vec<Gap>) {
        let mut segmenter = Segmenter::default();
        for frame in 0..count {
            segmenter.push(ms(frame * 40), is_key(frame).map(format).as_ref(), Bytes::from_static(b"frame"));
        }
        segmenter.end(ms(count * 40));
        collect(&mut segmenter)
    }

    fn collect(segmenter: &mut Segmenter) -> (Vec<(u64, u64, bool)>, Vec<Gap>) {
        let (mut segments, mut gaps) = (Vec::new(), Vec::new());
        while let Some(cut) = segmenter.poll() {
            match cut {
                Cut::Segment(segment) => {
                    let [start, end] = [segment.start_time(), segment.end_time()].map(|at| at.as_millis() as u64);
                    segments.push((start, end, segment.held));
                }
                Cut::Gap(gap) => gaps.push(gap),
            }
        }
        (segments, gaps)
    }

    #[test]
    fn segments_are_cut_at_the_first_keyframe_after_the_target() {
        let (segments, gaps) = cut(300, |frame| (frame % 60 == 0).then_some(640));
        assert_eq!(segments, [(0, 4800, false), (4800, 9600, false), (9600, 12_000, false)]);
        assert!(gaps.is_empty());
    }

    #[test]
    fn what_begins_anew_does_not_go_back() {
        let mut segmenter = Segmenter::default();
        segmenter.push(ms(0), Some(&format(640)), Bytes::from_static(b"key"));
        segmenter.end(ms(1000));
        // On its way since before.
        segmenter.push(ms(600), Some(&format(640)), Bytes::from_static(b"key"));
        segmenter.push(ms(640), None, Bytes::from_static(b"delta"));
        segmenter.push(ms(1400), None, Bytes::from_static(b"delta"));
        segmenter.end(ms(2000));
        assert_eq!(collect(&mut segmenter).0, [(0, 1000, false), (1000, 2000, false)]);
    }

    #[test]
    fn another_format_cuts_at_once() {
        let (segments, _) = cut(75, |frame| (frame % 25 == 0).then_some(640 + frame as u16));
        assert_eq!(segments, [(0, 1000, false), (1000, 2000, false), (2000, 3000, false)]);
    }

    #[test]
    fn without_keyframes_the_picture_is_held_and_the_gap_is_told() {
        let (segments, gaps) = cut(600, |frame| (frame == 0 || frame == 550).then_some(640));
        assert_eq!(
            segments,
            [(0, 10_000, false), (10_000, 20_000, true), (20_000, 22_000, true), (22_000, 24_000, false)]
        );
        assert_eq!(gaps, [Gap { from: ms(10_000), until: ms(22_000), cause: Cause::NoKeyframe }]);
        assert_eq!(cut(600, |_| None), (vec![], vec![]));
    }

    #[test]
    fn a_loss_freezes_until_the_next_keyframe() {
        let mut segmenter = Segmenter::default();
        segmenter.push(ms(0), Some(&format(640)), Bytes::from_static(b"key"));
        segmenter.push(ms(40), None, Bytes::from_static(b"delta"));
        segmenter.lost(Cause::Loss);
        assert!(segmenter.wants_keyframe(ms(50)));
        segmenter.push(ms(80), None, Bytes::from_static(b"broken"));
        segmenter.push(ms(120), Some(&format(640)), Bytes::from_static(b"key"));
        assert!(!segmenter.wants_keyframe(ms(3999)) && segmenter.wants_keyframe(ms(4000)));
        segmenter.end(ms(160));
        let bytes = std::iter::from_fn(|| segmenter.poll()).find_map(|cut| match cut {
            Cut::Segment(segment) => Some(segment.bytes),
            Cut::Gap(gap) => {
                assert_eq!(gap, Gap { from: ms(40), until: ms(120), cause: Cause::Loss });
                None
            }
        });
        assert!(bytes.unwrap().ends_with(b"keydeltakey"));
    }

    #[test]
    fn a_sender_that_is_silent_for_a_minute_leaves_no_hole() {
        let mut segmenter = Segmenter::default();
        segmenter.push(ms(500), Some(&format(640)), Bytes::from_static(b"key"));
        segmenter.advance(ms(60_000));
        segmenter.push(ms(61_000), Some(&format(640)), Bytes::from_static(b"key"));
        segmenter.end(ms(62_000));
        let (segments, gaps) = collect(&mut segmenter);
        assert!(segments.windows(2).all(|pair| pair[0].1 == pair[1].0), "{segments:?}");
        assert_eq!((segments.len(), segments[0].0, segments.last().unwrap().1), (8, 500, 62_000));
        assert_eq!(gaps.len(), 1);
    }

    #[test]
    fn times_that_go_back_are_moved_on() {
        let mut segmenter = Segmenter::default();
        for at in [100, 50, 50, 200] {
            segmenter.push(ms(at), Some(&format(640)), Bytes::from_static(b"key"));
        }
        segmenter.end(ms(100));
        assert_eq!(collect(&mut segmenter).0, [(100, 200, false)]);
    }

    #[test]
    fn a_segment_is_not_larger_than_allowed() {
        let mut segmenter = Segmenter::default();
        let large = Bytes::from(vec![0; SEGMENT_LEN_MAX / 4]);
        segmenter.push(ms(0), Some(&format(640)), Bytes::from_static(b"key"));
        for frame in 1..20 {
            segmenter.push(ms(frame * 40), None, large.clone());
            assert!(segmenter.len() <= SEGMENT_LEN_MAX + large.len());
        }
        segmenter.end(ms(1000));
        let (segments, gaps) = collect(&mut segmenter);
        assert_eq!((segments.len(), gaps[0].cause), (2, Cause::TooLarge));
    }
}
