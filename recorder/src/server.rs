//! The recorder as a whole: takes as many jobs as it has room for, and works on each in a task of its own. Uploaded videos are
//! packaged while there is no class to be recorded that nobody has, and room for the next.
//!
//! A panic in one ends that run alone: its lease runs out, and another run goes on.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use lectern_platform::blobs::Blobs;
use lectern_platform::config::ConfigError;
use lectern_platform::health::{Condition, Health, Heartbeat};
use lectern_platform::token::TokenSigner;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::capture;
use crate::config::{RecorderConfig, SpoolConfig};
use crate::job::{Doubts, Job, JobsClient, Run, Shared};
use crate::media::{Media, Room};
use crate::metrics::Metrics;
use crate::packaging::{self, Video};
use crate::spool::Spool;

/// The longest pause while the school's API is away. Those who hold jobs come sooner than those who want some.
const AWAY_MAX: Duration = Duration::from_secs(10);
/// A claim takes some seconds at most.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How often it is looked whether another process has let go of the spool.
const SPOOL_EVERY: Duration = Duration::from_millis(200);
/// How often it is looked for what was abandoned in the spool.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Why the recorder did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A key of the configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The registry has these metrics already.
    #[error("cannot register metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The spool's folder cannot be used.
    #[error("the spool: {0}")]
    Spool(#[from] std::io::Error),
    /// No HTTP client can be made.
    #[error("{0}")]
    Http(String),
}

/// A running recorder. Dropped, it stops at once, as if it were killed.
pub struct Server {
    ready: Condition,
    leaving: watch::Sender<bool>,
    claims: JoinHandle<JoinSet<()>>,
}

impl Server {
    /// Starts one. `signer` makes the tokens by which it is known to the school. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(
        config: &RecorderConfig,
        signer: Arc<TokenSigner>,
        blobs: Arc<dyn Blobs>,
        health: &Health,
    ) -> Result<Self, StartError> {
        Self::with_media(config, signer, blobs, Arc::new(Room), health)
    }

    /// As [`Self::start`], with media from elsewhere.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn with_media(
        config: &RecorderConfig,
        signer: Arc<TokenSigner>,
        blobs: Arc<dyn Blobs>,
        media: Arc<dyn Media>,
        health: &Health,
    ) -> Result<Self, StartError> {
        config.validate()?;
        let node = config.node.name();
        let metrics = Metrics::new(health.registry())?;
        std::fs::create_dir_all(&config.spool.folder)?;
        let (leaving, left) = watch::channel(false);
        let shared = {
            let client = JobsClient::new(&config.jobs.url()?, &node, signer).map_err(StartError::Http)?;
            let (media_url, ffmpeg) = (config.jobs.media_url()?, config.node.ffmpeg.clone());
            let (finish_max, metrics) = (Duration::from_secs(config.node.finish_s), metrics.clone());
            let (capture_metrics, leaving) = (capture::Metrics::register(health.registry())?, left.clone());
            move |spool| Shared {
                client,
                doubts: Doubts::default(),
                blobs,
                spool,
                media,
                media_url,
                finish_max,
                ffmpeg,
                metrics,
                capture_metrics,
                leaving,
            }
        };
        let ready = health.condition("recorder");
        let heartbeat = health.heartbeat("recorder", SILENCE_MAX, std::time::Instant::now());
        let (rooms_max, claim_every) = (config.node.rooms_max, config.jobs.claim_every());
        let desks = Arc::new(Semaphore::new(config.node.packagings_max));
        let (spool, is_ready) = (config.spool.clone(), ready.clone());
        let claims = tokio::spawn(async move {
            let taken = take_spool(spool, &metrics, left.clone(), &heartbeat).await;
            let Some(spool) = taken else { return JoinSet::new() };
            is_ready.set(!*left.borrow());
            tracing::info!(node, rooms_max, "recorder: ready");
            claim(Arc::new(shared(spool)), rooms_max, desks, claim_every, heartbeat).await
        });
        Ok(Self { ready, leaving, claims })
    }

    /// Takes no more jobs, closes and stores what is open, and lets the jobs go, so that others go on with them. As long as the
    /// store is away this takes; dropped meanwhile, what is left stays in the spool.
    pub async fn shutdown(mut self) {
        self.ready.set(false);
        self.leaving.send_replace(true);
        if let Ok(mut runs) = (&mut self.claims).await {
            while runs.join_next().await.is_some() {}
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The set of runs lives in the task, and ends with it.
        self.claims.abort();
    }
}

/// Waits until no other process has the spool: one that is being replaced stores what it has first. Nothing if this one ends
/// before.
async fn take_spool(
    config: SpoolConfig,
    metrics: &Metrics,
    mut leaving: watch::Receiver<bool>,
    heartbeat: &Heartbeat,
) -> Option<Spool> {
    let mut is_told = false;
    loop {
        heartbeat.beat(std::time::Instant::now());
        let (folder, gauge) = (config.folder.clone(), metrics.spool_bytes.clone());
        let opening = tokio::task::spawn_blocking(move || Spool::open(&folder, config.bytes_max, gauge));
        match opening.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            Ok(Some(spool)) => return Some(spool),
            Ok(None) if is_told => {}
            Ok(None) => tracing::warn!(folder = %config.folder.display(), "spool: another process has it; waiting"),
            Err(error) if is_told => tracing::debug!(%error, "spool: cannot be used"),
            Err(error) => tracing::error!(%error, folder = %config.folder.display(), "spool: cannot be used; waiting"),
        }
        is_told = true;
        tokio::select! {
            () = tokio::time::sleep(SPOOL_EVERY) => {}
            _ = leaving.wait_for(|leaving| *leaving) => return None,
        }
    }
}

/// Claims jobs until this process ends; gives the runs that are under way then.
async fn claim(
    shared: Arc<Shared>,
    rooms_max: usize,
    desks: Arc<Semaphore>,
    every: Duration,
    heartbeat: Heartbeat,
) -> JoinSet<()> {
    let (places, mut runs) = (Arc::new(Semaphore::new(rooms_max)), JoinSet::new());
    let mut away = Backoff::new(every, AWAY_MAX.max(every));
    let (mut leaving, mut swept) = (shared.leaving.clone(), Instant::now());
    while !*leaving.borrow() {
        heartbeat.beat(std::time::Instant::now());
        while runs.try_join_next().is_some() {}
        if swept.elapsed() > SWEEP_EVERY {
            swept = Instant::now();
            let spool = shared.spool.clone();
            if let Ok(Err(error)) = tokio::task::spawn_blocking(move || spool.sweep()).await {
                tracing::warn!(%error, "spool: cannot be swept");
            }
        }
        let asked = Instant::now();
        let pause = match Arc::clone(&places).try_acquire_owned() {
            Err(_) => Pause::Short,
            Ok(_) if shared.doubts.any() => Pause::Short,
            Ok(place) => match shared.client.claim(shared.spool.name(), &left(&shared).await).await {
                Ok(Some(job)) => {
                    let shared = Arc::clone(&shared);
                    runs.spawn(async move {
                        work(job, asked, shared).await;
                        drop(place);
                    });
                    away = Backoff::new(every, AWAY_MAX.max(every));
                    continue;
                }
                Ok(None) => {
                    away = Backoff::new(every, AWAY_MAX.max(every));
                    claim_video(&shared, &desks, &mut runs).await;
                    Pause::Short
                }
                Err(error) => {
                    tracing::warn!(%error, "recorder: no jobs");
                    Pause::Long
                }
            },
        };
        let wait = async {
            match pause {
                Pause::Short => tokio::time::sleep(every.mul_f64(rand::random_range(0.5..1.0))).await,
                Pause::Long => away.wait().await,
            }
        };
        tokio::select! {
            () = wait => {}
            _ = leaving.wait_for(|leaving| *leaving) => {}
        }
    }
    runs
}

/// Of which recordings there is something in the spool that nobody works with.
async fn left(shared: &Arc<Shared>) -> Vec<Uuid> {
    let spool = shared.spool.clone();
    let left = tokio::task::spawn_blocking(move || spool.left()).await;
    left.unwrap_or_else(|error| Err(std::io::Error::other(error))).unwrap_or_else(|error| {
        tracing::warn!(%error, "spool: cannot be read");
        Vec::new()
    })
}

/// Takes a video to package, if there is one and somebody for it.
async fn claim_video(shared: &Arc<Shared>, desks: &Arc<Semaphore>, runs: &mut JoinSet<()>) {
    let Ok(desk) = Arc::clone(desks).try_acquire_owned() else { return };
    match packaging::claim(&shared.client).await {
        Ok(Some(video)) => {
            let shared = Arc::clone(shared);
            runs.spawn(async move {
                package(video, shared).await;
                drop(desk);
            });
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "recorder: no videos to package"),
    }
}

/// Before jobs are asked for again.
enum Pause {
    Short,
    Long,
}

async fn package(video: Video, shared: Arc<Shared>) {
    let (id, run) = (video.id, video.run);
    tracing::info!(video = %id, run, bytes = video.source_bytes, "packaging: a video");
    match AssertUnwindSafe(packaging::work(video, Arc::clone(&shared))).catch_unwind().await {
        Ok(ended) => {
            shared.metrics.packaged(&ended);
            tracing::info!(video = %id, run, how = ended.name(), "packaging: a run ended");
        }
        Err(_) => {
            shared.metrics.panicked();
            tracing::error!(video = %id, run, "packaging: a bug ended a run");
        }
    }
}

async fn work(job: Job, asked: Instant, shared: Arc<Shared>) {
    let (recording, run) = (job.id, job.run);
    let _in_use = shared.spool.mark_in_use(recording);
    tracing::info!(%recording, run, room = job.room, "recorder: a job");
    match AssertUnwindSafe(Run::work(job, asked, Arc::clone(&shared))).catch_unwind().await {
        Ok(ended) => {
            shared.metrics.ended(&ended);
            tracing::info!(%recording, run, ?ended, "recorder: a run ended");
        }
        Err(_) => {
            shared.metrics.panicked();
            tracing::error!(%recording, run, "recorder: a bug ended a run");
        }
    }
}
