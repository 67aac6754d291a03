//! What plays in the room: a camera and a screen that send nothing but keyframes, in a time that runs faster than ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use lectern_recorder::capture::{Captured, Connection, Mark, MarkKind, Target};
use lectern_recorder::media::{Feed, Media, Tap};
use lectern_recording::cmaf::init_segment;
use lectern_recording::codec::h264::ParameterSets;
use lectern_recording::format::Format;
use lectern_recording::hls::{Entry, Track};
use lectern_recording::recording::{Output, Stored};
use lectern_recording::segmenter::{Cut, Segment, Segmenter};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// How much faster time runs in the room.
pub(crate) const SPEED: u32 = 20;
/// How long after a recorder came in the screen is shared, as it is told, in the room.
const SHARED_AFTER: Duration = Duration::from_secs(30);
/// Between two frames, in the room.
const FRAME_EVERY: Duration = Duration::from_millis(100);
/// x264, High profile, 640×360.
const SPS: &[u8] = &[
    0x67, 0x64, 0x00, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9, 0x70, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00,
    0x03, 0x00, 0x3c, 0x0f, 0x16, 0x2d, 0x96,
];
const PPS: &[u8] = &[0x68, 0xeb, 0xe3, 0xcb, 0x22, 0xc0];

/// One room, for all recorders of a test: its time is theirs.
#[derive(Clone)]
pub(crate) struct Film {
    start: Instant,
    frame_len: usize,
    /// Milliseconds that passed at once.
    leapt_ms: Arc<AtomicU64>,
    /// How often a recorder came in.
    pub(crate) visits: Arc<AtomicUsize>,
}

impl Film {
    /// Frames of about so many bytes.
    pub(crate) fn new(frame_len: usize) -> Self {
        Self { start: Instant::now(), frame_len, leapt_ms: Arc::default(), visits: Arc::default() }
    }

    /// The room's time.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed() * SPEED + Duration::from_millis(self.leapt_ms.load(Ordering::Relaxed))
    }

    /// Lets so much time pass at once: all of its frames come.
    pub(crate) fn leap(&self, time: Duration) {
        self.leapt_ms.fetch_add(time.as_millis() as u64, Ordering::Relaxed);
    }
}

/// What one recorder makes of one picture.
struct Reel {
    track: Track,
    run: u32,
    format: Format,
    segmenter: Segmenter,
    segments: u32,
}

impl Reel {
    fn new(track: Track, run: u32) -> Self {
        let mut sets = ParameterSets::default();
        assert!(sets.note(&Bytes::from_static(SPS)) && sets.note(&Bytes::from_static(PPS)));
        Self { track, run, format: sets.format().unwrap(), segmenter: Segmenter::default(), segments: 0 }
    }

    /// One keyframe.
    fn frame(&mut self, at: Duration, len: usize) {
        let mut sample = vec![0x11; len];
        sample[..4].copy_from_slice(&(len as u32 - 4).to_be_bytes());
        sample[4] = 0x65;
        self.segmenter.push(at, Some(&self.format), sample.into());
    }

    fn outputs(&mut self) -> Vec<Output> {
        let (track, run) = (self.track, self.run);
        let mut outputs = Vec::new();
        while let Some(cut) = self.segmenter.poll() {
            let segment = match cut {
                Cut::Segment(segment) => segment,
                Cut::Gap(gap) => {
                    outputs.push(Output::Gap(track, gap));
                    continue;
                }
            };
            let init_uri = track.init_name(run, 1);
            if self.segments == 0 {
                outputs.push(Output::Init { track, name: init_uri.clone(), bytes: init_segment(&segment.format) });
            }
            self.segments += 1;
            let uri = track.segment_name(run, self.segments);
            let (start, end) = (segment.start_time(), segment.end_time());
            let entry = Entry { uri, init_uri, start, end, discontinuity: false };
            let Segment { format, held, bytes, .. } = segment;
            outputs.push(Output::Segment(Stored { track, entry, format, held, bytes }));
        }
        outputs
    }
}

impl Media for Film {
    fn open(&self, target: Target) -> Result<Feed, String> {
        self.visits.fetch_add(1, Ordering::Relaxed);
        let (send, captured) = mpsc::channel(64);
        let (finish, finished) = oneshot::channel();
        tokio::spawn(self.clone().play(target.run, send, finished));
        Ok(Feed { captured, tap: Box::new(Button(finish)) })
    }
}

impl Film {
    async fn play(self, run: u32, send: mpsc::Sender<Captured>, mut finished: oneshot::Receiver<oneshot::Sender<()>>) {
        let mut at = self.now();
        let mut reels = [Track::Camera, Track::Screen].map(|track| Reel::new(track, run));
        let mark = async |at, kind| drop(send.send(Captured::Mark(Mark { at, kind })).await);
        mark(at, MarkKind::CameraBegins).await;
        let mut shared_at = Some(at + SHARED_AFTER);
        let _ = send.send(Captured::Connection(Connection::Connected)).await;
        loop {
            let asked = tokio::time::timeout(FRAME_EVERY / SPEED, &mut finished).await;
            while at < self.now() {
                reels.iter_mut().for_each(|reel| reel.frame(at, self.frame_len));
                at += FRAME_EVERY;
            }
            if let Some(shared_at) = shared_at.take_if(|shared_at| *shared_at < at) {
                mark(shared_at, MarkKind::ScreenBegins).await;
            }
            if asked.is_ok() {
                reels.iter_mut().for_each(|reel| reel.segmenter.end(at));
            }
            for output in reels.iter_mut().flat_map(Reel::outputs) {
                if send.send(Captured::Output(output)).await.is_err() {
                    return;
                }
            }
            match asked {
                Ok(Ok(told)) => {
                    let _ = (drop(send), told.send(()));
                    return;
                }
                // Nobody wants to know how it ends.
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        }
    }
}

/// Ends the film for one of those who watch it.
struct Button(oneshot::Sender<oneshot::Sender<()>>);

impl Tap for Button {
    fn finish(self: Box<Self>) -> BoxFuture<'static, ()> {
        let (tell, told) = oneshot::channel();
        let _ = self.0.send(tell);
        async move { drop(told.await) }.boxed()
    }
}

/// Nothing plays: the room cannot be reached.
pub(crate) struct ClosedRoom;

impl Media for ClosedRoom {
    fn open(&self, _: Target) -> Result<Feed, String> {
        let (send, captured) = mpsc::channel::<Captured>(1);
        let (finish, finished) = oneshot::channel::<oneshot::Sender<()>>();
        tokio::spawn(async move {
            if let Ok(told) = finished.await {
                drop(send);
                let _ = told.send(());
            }
        });
        Ok(Feed { captured, tap: Box::new(Button(finish)) })
    }
}
