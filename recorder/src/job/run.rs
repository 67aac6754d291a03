//! One run of a job: from its claim until it has ended, or is another's.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use lectern_platform::blobs::{BlobKey, Blobs};
use lectern_recording::recording::{Output, Stored};
use reqwest::Url;
use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::client::{EndReport, Job, JobsClient, JobsError, Outcome};
use super::lease::{Doubts, LeaseState, keep, until};
use crate::backoff::Backoff;
use crate::capture::{self, Captured, Connection, Target};
use crate::media::{Feed, Media};
use crate::metrics::{Metrics, State};
use crate::spool::{Item, Kept, Listing, RunSpool, Spool, SpoolError, Spooled};
use crate::store::{Progress, StoredRecording, Uploader};

/// Between two attempts to tell the school how it ended.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));
/// How often the store is asked to take pictures.
const ILLUSTRATE_TRIES: usize = 5;

/// What all runs of a process share.
pub(crate) struct Shared {
    pub(crate) client: JobsClient,
    pub(crate) doubts: Doubts,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) spool: Spool,
    pub(crate) media: Arc<dyn Media>,
    /// What relative addresses of rooms are below.
    pub(crate) media_url: Url,
    /// How long the store may be away when a class is over.
    pub(crate) finish_max: Duration,
    /// Draws poster and storyboard; empty: nobody does.
    pub(crate) ffmpeg: PathBuf,
    pub(crate) metrics: Metrics,
    pub(crate) capture_metrics: capture::Metrics,
    /// This process ends: runs let go.
    pub(crate) leaving: watch::Receiver<bool>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ended {
    /// The recording has ended, and the school knows how.
    Told(Outcome),
    /// Another has it.
    LeaseLost,
    /// Another may have it.
    GivenUp,
}

/// Why nothing is recorded any more.
#[derive(Debug, PartialEq)]
enum Stopped {
    /// The class is over. Whether the room was ever reached.
    Over { was_there: bool },
    /// This process ends.
    Leaving,
    /// Nothing can be kept any more.
    Full,
    /// Something broke here; another run may fare better.
    Broken(String),
}

/// See the [module](self).
pub(crate) struct Run {
    job: Job,
    shared: Arc<Shared>,
    folder: BlobKey,
    lease: watch::Receiver<LeaseState>,
    token: watch::Receiver<String>,
}

impl Run {
    /// Works on a job that was asked for at `asked`, and returns when it is not this node's any more.
    pub(crate) async fn work(job: Job, asked: Instant, shared: Arc<Shared>) -> Ended {
        let Ok(folder) = job.folder.parse() else {
            tracing::error!(?job, "recorder: a folder that is no name");
            return Ended::GivenUp;
        };
        let (state, lease) = watch::channel(LeaseState::new(&job, asked));
        let (fresh_token, token) = watch::channel(job.token.clone());
        let (progress, known_progress) = watch::channel(Progress::default());
        let keeping = keep(&shared.client, &job, known_progress.clone(), state, fresh_token, &shared.doubts);
        let run = Self { job: job.clone(), shared: Arc::clone(&shared), folder, lease, token };
        // The keeper ends when the lease is lost: all that is under way is dropped then.
        match select(std::pin::pin!(run.whole(progress, known_progress)), std::pin::pin!(keeping)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(((), _)) => Ended::LeaseLost,
        }
    }

    async fn whole(&self, progress: watch::Sender<Progress>, known_progress: watch::Receiver<Progress>) -> Ended {
        let (work, queue) = mpsc::unbounded_channel();
        let uploader = Uploader {
            blobs: Arc::clone(&self.shared.blobs),
            folder: self.folder.clone(),
            started_at: self.job.started_at,
            lease: self.lease.clone(),
            progress,
            metrics: self.shared.metrics.clone(),
        };
        let recording = async { Ok(self.record(work).await) };
        let recorded = async { tokio::try_join!(recording, uploader.run(queue)) };
        let finished = async {
            match recorded.await {
                Ok((Stopped::Leaving, _)) => Err(Ended::GivenUp),
                Ok((Stopped::Broken(why), _)) => {
                    tracing::error!(why, recording = %self.job.id, "recorder: given up; another run goes on");
                    Err(Ended::GivenUp)
                }
                Ok((stopped, mut stored)) => {
                    let report = self.finish(&stopped, &mut stored).await;
                    Ok((report, stored.has_late()))
                }
                Err(damaged) => Ok((self.report(failed("internal", damaged), *known_progress.borrow(), None), false)),
            }
        };
        let (report, leaves_some) = match select(std::pin::pin!(finished), std::pin::pin!(self.out_of_patience())).await
        {
            Either::Left((Ok(finished), _)) => finished,
            Either::Left((Err(ended), _)) => {
                self.release(&ended).await;
                return ended;
            }
            Either::Right(((), _)) => {
                let detail = "what was recorded could not be stored in time; it is in the recorder's spool";
                (self.report(failed("store_unreachable", detail), *known_progress.borrow(), None), true)
            }
        };
        self.tell(&report).await;
        if !leaves_some && let Err(error) = self.shared.spool.forget(self.job.id) {
            tracing::warn!(%error, recording = %self.job.id, "spool: what is stored cannot be deleted");
        }
        Ended::Told(report.outcome)
    }

    /// Keeps what earlier runs left here, and then what comes from the room, until there is a reason to stop.
    async fn record(&self, work: mpsc::UnboundedSender<Spooled>) -> Stopped {
        match self.spool(&work).await {
            Ok(spool) => self.record_into(spool, &work).await,
            Err(SpoolError::Full) => Stopped::Full,
            Err(error) => Stopped::Broken(error.to_string()),
        }
    }

    /// This run's place in the spool; what earlier ones left in theirs is stored first.
    async fn spool(&self, work: &mpsc::UnboundedSender<Spooled>) -> Result<RunSpool, SpoolError> {
        let (spool, id, run) = (self.shared.spool.clone(), self.job.id, self.job.run);
        let open = move || Ok::<_, std::io::Error>((spool.leftovers(id, run)?, spool.begin(id, run)?));
        let (left, spool) = tokio::task::spawn_blocking(open)
            .await
            .map_err(|error| SpoolError::Disk(std::io::Error::other(error)))??;
        if !left.is_empty() {
            tracing::info!(files = left.len(), recording = %id, "recorder: an earlier run left files here");
        }
        left.into_iter().for_each(|spooled| drop(work.send(spooled)));
        Ok(spool)
    }

    async fn record_into(&self, mut spool: RunSpool, work: &mpsc::UnboundedSender<Spooled>) -> Stopped {
        if self.lease.borrow().is_over {
            return Stopped::Over { was_there: true };
        }
        let target = match self.target() {
            Ok(target) => target,
            Err(why) => return Stopped::Broken(why),
        };
        let Feed { mut captured, tap } = match self.shared.media.open(target) {
            Ok(feed) => feed,
            Err(why) => return Stopped::Broken(why),
        };
        let _recording = self.shared.metrics.enter(State::Recording);
        let mut was_there = self.job.run > 1;
        let is_leaving = loop {
            tokio::select! {
                next = captured.recv() => match next {
                    Some(next) => {
                        was_there |= matches!(next, Captured::Connection(Connection::Connected));
                        if let Err(stopped) = self.keep(next, &mut spool, work).await {
                            return stopped;
                        }
                    }
                    None => return Stopped::Broken("the capture ended by itself".to_owned()),
                },
                () = LeaseState::over(&self.lease) => break false,
                () = until(&self.shared.leaving, |leaving| *leaving) => break true,
            }
        };
        let drain = async {
            while let Some(next) = captured.recv().await {
                self.keep(next, &mut spool, work).await?;
            }
            Ok(())
        };
        let (drained, ()) = tokio::join!(drain, tap.finish());
        match drained {
            Err(stopped) => stopped,
            Ok(()) if is_leaving => Stopped::Leaving,
            Ok(()) => Stopped::Over { was_there },
        }
    }

    fn target(&self) -> Result<Target, String> {
        let whep = self.shared.media_url.join(&self.job.whep).map_err(|error| format!("{}: {error}", self.job.whep))?;
        let since = OffsetDateTime::now_utc() - self.job.started_at;
        Ok(Target {
            room: self.job.room.clone(),
            whep,
            token: self.token.clone(),
            run: self.job.run,
            begin: Duration::try_from(since).unwrap_or_default(),
            metrics: self.shared.capture_metrics.clone(),
        })
    }

    async fn keep(
        &self,
        captured: Captured,
        spool: &mut RunSpool,
        work: &mpsc::UnboundedSender<Spooled>,
    ) -> Result<(), Stopped> {
        let run = self.job.run;
        let (kept, bytes) = match captured {
            Captured::Output(Output::Init { track, name, bytes }) => {
                (Kept::File(Item::new(name, track, run, &bytes, None)), bytes)
            }
            Captured::Output(Output::Segment(Stored { track, entry, format, bytes, .. })) => {
                let size = format.size();
                let listing =
                    Listing { init: entry.init_uri, start: entry.start, end: entry.end, codecs: format.codecs, size };
                (Kept::File(Item::new(entry.uri, track, run, &bytes, Some(listing))), bytes)
            }
            Captured::Output(Output::Gap(track, gap)) => {
                self.shared.metrics.gap(track, gap.cause);
                (Kept::Gap(track, gap), Bytes::new())
            }
            Captured::Mark(mark) => (Kept::Mark(mark), Bytes::new()),
            // Those are between the capture and the room.
            Captured::Output(Output::Nack(..) | Output::Keyframe(_)) => return Ok(()),
            Captured::Connection(connection) => {
                tracing::info!(?connection, recording = %self.job.id, "recorder: the room");
                return Ok(());
            }
        };
        match spool.write(kept, bytes).await {
            Ok(spooled) => {
                drop(work.send(spooled));
                Ok(())
            }
            Err(SpoolError::Full) => {
                tracing::error!(recording = %self.job.id, "recorder: the spool is full; the recording ends here");
                Err(Stopped::Full)
            }
            Err(error) => Err(Stopped::Broken(error.to_string())),
        }
    }

    /// Everything is stored that was recorded.
    async fn finish(&self, stopped: &Stopped, stored: &mut StoredRecording) -> EndReport {
        let _finishing = self.shared.metrics.enter(State::Finishing);
        let is_something = Uploader::end(&self.lease, stored).await;
        let outcome = match stopped {
            Stopped::Full => failed("disk_full", "the recorder's spool or disk was full; until then it is recorded"),
            Stopped::Over { was_there: false } if !is_something => {
                failed("room_unreachable", "the media server never let the recorder in")
            }
            _ if !is_something => failed("nothing_recorded", "nobody sent anything"),
            _ => Outcome::Ready,
        };
        if is_something {
            self.illustrate(stored).await;
        }
        self.report(outcome, stored.progress(), Some(stored))
    }

    /// People watch already; a store that is away is asked some times, and then there are no pictures.
    async fn illustrate(&self, stored: &mut StoredRecording) {
        if self.shared.ffmpeg.as_os_str().is_empty() {
            return;
        }
        let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
        for _ in 0..ILLUSTRATE_TRIES {
            LeaseState::surely_held(&self.lease).await;
            match stored.illustrate(&self.shared.ffmpeg).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%error, recording = %self.job.id, "recorder: the store has no pictures"),
            }
            backoff.wait().await;
        }
    }

    fn report(&self, outcome: Outcome, progress: Progress, stored: Option<&StoredRecording>) -> EndReport {
        EndReport::new(self.job.run, outcome, progress, stored.map(StoredRecording::manifest))
    }

    /// Returns when a class was over for so long that what is not stored will not be.
    async fn out_of_patience(&self) {
        LeaseState::over(&self.lease).await;
        tokio::time::sleep(self.shared.finish_max).await;
    }

    /// However long that takes.
    async fn tell(&self, report: &EndReport) {
        let mut backoff = Backoff::new(PAUSE.0, PAUSE.1);
        while let Err(error) = self.shared.client.end(self.job.id, report).await {
            if matches!(error, JobsError::LeaseLost) {
                tracing::warn!(recording = %self.job.id, "recorder: somebody else told how it ended");
                return;
            }
            tracing::warn!(%error, recording = %self.job.id, "recorder: the school was not told how it ended");
            backoff.wait().await;
        }
    }

    /// What was given up on purpose is free at once. What broke is not: who takes it may break as well, and not all the time.
    async fn release(&self, ended: &Ended) {
        if *ended == Ended::GivenUp
            && *self.shared.leaving.borrow()
            && let Err(error) = self.shared.client.release(self.job.id, self.job.run).await
        {
            tracing::info!(%error, recording = %self.job.id, "recorder: the lease ends by itself");
        }
    }
}

fn failed(reason: &'static str, detail: impl Into<String>) -> Outcome {
    let mut detail = detail.into();
    // What the school takes.
    detail.truncate(detail.floor_char_boundary(500));
    Outcome::Failed { reason, detail }
}
