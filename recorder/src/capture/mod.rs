//! Watching a room as one more viewer: from the media server's WHEP endpoint to segments that are to be stored.
//!
//! A capture is a task of its own. It joins, receives, asks for what is missing, and feeds the recording core; it joins again
//! whenever the connection is lost, for as long as it is not told to stop, and the recording goes on on the same clock. What
//! comes out goes to the worker through a bounded channel.
//!
//! Not done: a second connection before the first one ends (when a node is drained, a second or so of picture stands still),
//! ICE over TCP, TURN, VP8 (no player takes it in MP4: nothing is negotiated that cannot be recorded).

pub mod event_lines;
mod events;
mod handover;
mod link;
mod lost;
mod metrics;
mod reception;
mod room;
mod stream;
mod task;
mod whep;

use std::time::Duration;

use lectern_recording::recording::Output;
use lectern_recording::sound::mixer::MixerError;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use handover::Handover;
use task::Task;

pub use metrics::Metrics;

/// What is to be captured.
#[derive(Clone, Debug)]
pub struct Target {
    /// The room's name, for logs.
    pub room: String,
    /// Its WHEP endpoint.
    pub whep: reqwest::Url,
    /// The newest token that lets a viewer in.
    pub token: watch::Receiver<String>,
    /// The lease's number, part of all names.
    pub run: u32,
    /// Where on the recording's time line this begins: now, less when the class began.
    pub begin: Duration,
    /// What is counted.
    pub metrics: Metrics,
}

/// What comes out of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Captured {
    /// An init segment, a segment or a gap; no requests to senders.
    Output(Output),
    /// What a chapter may be made of.
    Mark(Mark),
    /// How it stands with the media server.
    Connection(Connection),
}

/// A moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Since the beginning of the recording.
    pub at: Duration,
    /// What happened.
    pub kind: MarkKind,
}

/// What happened at a [`Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// The tutor's camera is there.
    CameraBegins,
    /// It is not any more.
    CameraEnds,
    /// The tutor shares a screen.
    ScreenBegins,
    /// Not any more.
    ScreenEnds,
    /// Somebody is on stage.
    StageBegins,
    /// Nobody is any more.
    StageEnds,
}

/// How it stands with the media server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Media may flow.
    Connected,
    /// Told once until the next [`Connection::Connected`], however often it is tried again.
    Lost {
        /// Stable: `unreachable`, `busy`, `refused`, `unusable_answer`, `socket`, `not_connected`, `consent_expired`,
        /// `dtls_failed`, `closed`, `session_gone`, `asked`.
        code: String,
        /// For operators.
        detail: String,
    },
}

/// What a capture says of itself at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Where on the recording's time line it ended.
    pub until: Duration,
    /// How often it was connected.
    pub connections: u32,
    /// Segments that nobody took in time.
    pub segments_dropped: u64,
}

/// A capture at work. Dropped, it ends at once, and what is not closed yet is lost.
#[derive(Debug)]
pub struct Capture {
    clock: Clock,
    stop: oneshot::Sender<()>,
    task: JoinSet<Summary>,
}

impl Capture {
    /// Begins. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// [`MixerError::Codec`].
    pub fn start(target: Target) -> Result<(Self, mpsc::Receiver<Captured>), MixerError> {
        // It is made when somebody comes; that it can be is to be known now.
        lectern_recording::recording::Recording::new(target.run, target.begin)?;
        let clock = Clock { begin: target.begin, begun: Instant::now() };
        let (handover, captured) = Handover::new(target.metrics.clone());
        let (stop, stopped) = oneshot::channel();
        let mut task = JoinSet::new();
        task.spawn(Task::new(target, clock, handover, stopped).run());
        Ok((Self { clock, stop, task }, captured))
    }

    /// The recording's clock.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Ends all tracks, leaves the room and waits, for less than half a minute, until everything is handed over; then the
    /// channel ends. The receiver must be emptied meanwhile.
    pub async fn finish(self) -> Summary {
        let Self { clock, stop, mut task } = self;
        let _ = stop.send(());
        match task.join_next().await {
            Some(Ok(summary)) => summary,
            failed => {
                let error = failed.and_then(Result::err);
                tracing::error!(?error, "recorder: a capture ended by a bug");
                Summary { until: clock.now(), ..Summary::default() }
            }
        }
    }
}

/// The recording's clock: monotonic from where the run began.
#[derive(Clone, Copy, Debug)]
struct Clock {
    begin: Duration,
    begun: Instant,
}

impl Clock {
    fn now(self) -> Duration {
        self.begin + self.begun.elapsed()
    }

    /// The instant of a time, which is not before [`Self::begin`].
    fn instant(self, at: Duration) -> Instant {
        self.begun + at.saturating_sub(self.begin)
    }
}
