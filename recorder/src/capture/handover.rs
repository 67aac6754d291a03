//! What goes from a capture to the worker: in order, through a bounded channel, and never at the cost of reading media.
//!
//! The worker puts what it takes on a disk at once, so that a full channel means that the disk hangs. Then up to [`HELD_MAX`]
//! bytes are kept here. Beyond, the oldest segments are given up, with a gap in their place: what is going on now is worth
//! more. Init segments, gaps and marks are small and stay.

use std::collections::VecDeque;
use std::time::Duration;

use lectern_recording::gap::{Cause, Gap};
use lectern_recording::recording::Output;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Captured;
use super::metrics::Metrics;

/// What the channel holds: half a minute of all tracks.
pub(crate) const CAPTURED_MAX: usize = 64;
/// Segments that are kept while the channel is full: two minutes of a class with a fast screen.
const HELD_MAX: usize = 64 << 20;
/// Whatever is kept besides; the network cannot bring about so much before [`HELD_MAX`] is reached.
const WAITING_MAX: usize = 16_384;
/// How long the last of a recording may wait for a disk.
const LAST_WAIT: Duration = Duration::from_secs(20);

/// The sending side.
#[derive(Debug)]
pub(crate) struct Handover {
    sender: mpsc::Sender<Captured>,
    waiting: VecDeque<Captured>,
    held: usize,
    held_max: usize,
    metrics: Metrics,
    segments_dropped: u64,
}

impl Handover {
    pub(crate) fn new(metrics: Metrics) -> (Self, mpsc::Receiver<Captured>) {
        let (sender, receiver) = mpsc::channel(CAPTURED_MAX);
        let waiting = VecDeque::new();
        (Self { sender, waiting, held: 0, held_max: HELD_MAX, metrics, segments_dropped: 0 }, receiver)
    }

    /// Hands over now or, when the channel is full, with one of the next calls of [`Self::pump`].
    pub(crate) fn push(&mut self, captured: Captured) {
        self.held += len(&captured);
        self.waiting.push_back(captured);
        self.pump();
        while self.held > self.held_max && self.give_up_oldest() {}
        if self.waiting.len() > WAITING_MAX {
            self.held -= self.waiting.pop_front().as_ref().map_or(0, len);
        }
    }

    /// Hands over what fits.
    pub(crate) fn pump(&mut self) {
        while !self.waiting.is_empty()
            && let Ok(place) = self.sender.try_reserve()
            && let Some(captured) = self.waiting.pop_front()
        {
            self.held -= len(&captured);
            place.send(captured);
        }
    }

    /// Nobody listens any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Waits [`LAST_WAIT`] at most until all is handed over. Gives how many segments of the whole were not.
    pub(crate) async fn finish(mut self) -> u64 {
        let all = async {
            while let Some(captured) = self.waiting.pop_front() {
                let is_segment = len(&captured) > 0;
                self.segments_dropped += u64::from(is_segment);
                if self.sender.send(captured).await.is_err() {
                    break;
                }
                self.segments_dropped -= u64::from(is_segment);
            }
        };
        let _ = timeout(LAST_WAIT, all).await;
        let left = self.waiting.iter().filter(|captured| len(captured) > 0).count() as u64;
        self.segments_dropped + left
    }

    /// Whether there was a segment to be given up.
    fn give_up_oldest(&mut self) -> bool {
        let is_segment = |captured: &&mut Captured| len(captured) > 0;
        let Some(oldest) = self.waiting.iter_mut().find(is_segment) else { return false };
        let Captured::Output(Output::Segment(segment)) = oldest else { return false };
        let gap = Gap { from: segment.entry.start, until: segment.entry.end, cause: Cause::NotStored };
        let track = segment.track;
        let oldest = std::mem::replace(oldest, Captured::Output(Output::Gap(track, gap)));
        self.held -= len(&oldest);
        self.segments_dropped += 1;
        self.metrics.segments_dropped.inc();
        true
    }
}

/// Bytes of media in it.
fn len(captured: &Captured) -> usize {
    match captured {
        Captured::Output(Output::Segment(segment)) => segment.bytes.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lectern_recording::codec::opus;
    use lectern_recording::hls::{Entry, Track};
    use lectern_recording::recording::Stored;
    use prometheus::Registry;

    use super::*;

    fn segment(number: u64) -> Captured {
        let entry = Entry {
            uri: number.to_string(),
            init_uri: "init".to_owned(),
            start: Duration::from_secs(number * 4),
            end: Duration::from_secs(number * 4 + 4),
            discontinuity: false,
        };
        let (format, bytes) = (opus::format(1, 312), Bytes::from(vec![0; 100]));
        Captured::Output(Output::Segment(Stored { track: Track::Sound, entry, format, held: false, bytes }))
    }

    /// The numbers of segments, and of gaps less one thousand.
    fn number(captured: &Captured) -> i64 {
        match captured {
            Captured::Output(Output::Segment(segment)) => segment.entry.uri.parse().unwrap(),
            Captured::Output(Output::Gap(_, gap)) => (gap.from.as_secs() / 4) as i64 - 1000,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_disk_that_hangs_costs_the_oldest_segments_and_no_order() {
        let (mut handover, mut receiver) = Handover::new(Metrics::register(&Registry::new()).unwrap());
        handover.held_max = 300;
        let full = CAPTURED_MAX as u64;
        (0..full + 3).for_each(|number| handover.push(segment(number)));
        assert_eq!(handover.segments_dropped, 0, "as much as may be kept");
        (full + 3..full + 5).for_each(|number| handover.push(segment(number)));
        assert_eq!((handover.segments_dropped, handover.metrics.segments_dropped.get()), (2, 2));
        let reader = async {
            let mut numbers = Vec::new();
            while let Some(captured) = receiver.recv().await {
                numbers.push(number(&captured));
            }
            numbers
        };
        let (dropped, numbers) = tokio::join!(handover.finish(), reader);
        let full = full as i64;
        let expected: Vec<i64> = (0..full).chain([full - 1000, full - 999]).chain(full + 2..full + 5).collect();
        assert_eq!((dropped, numbers), (2, expected));
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_does_not_wait_for_ever() {
        let (mut handover, receiver) = Handover::new(Metrics::register(&Registry::new()).unwrap());
        (0..CAPTURED_MAX as u64 + 2).for_each(|number| handover.push(segment(number)));
        assert_eq!(handover.finish().await, 2);
        assert_eq!(receiver.len(), CAPTURED_MAX);
    }
}
