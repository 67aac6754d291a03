//! A class that is recorded: the school, the room, the store, and recorders that come and go.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_platform::blobs::{AzureAccount, BlobKey, Blobs, BlobsConfig, READ_BYTES_MAX};
use lectern_platform::health::Health;
use lectern_recorder::check::check;
use lectern_recorder::media::Media;
use lectern_recorder::{RecorderConfig, Server};
use lectern_recording::hls::{MediaPlaylist, Part, Track};
use lectern_testing::TempFolder;
use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use lectern_testing::proxy::Proxy;
use prometheus::Registry;
use serde_json::Value;

use crate::film::Film;
use crate::school::School;
pub(crate) use crate::school::files_below;

/// For a busy machine: nothing here takes as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// See the [module](self).
pub(crate) struct Scene {
    pub(crate) school: School,
    pub(crate) film: Film,
    /// As the test sees it, past what is cut off.
    pub(crate) store: Arc<dyn Blobs>,
    /// As recorders see it.
    recorders_store: Arc<dyn Blobs>,
    pub(crate) cable: Option<Proxy>,
    pub(crate) folder: TempFolder,
    _azurite: Option<Azurite>,
}

/// Azure's emulator behind a cable that can be cut: the store as the test sees it, past the cable, and as recorders do.
pub(crate) async fn azure() -> (Arc<dyn Blobs>, Arc<dyn Blobs>, Proxy, Azurite) {
    let azurite = tokio::task::spawn_blocking(Azurite::start).await.unwrap();
    let cable = Proxy::start(azurite.blobs()).await;
    let at = |address| {
        let endpoint = format!("http://{address}/{ACCOUNT}");
        let azure = AzureAccount { account: ACCOUNT.into(), endpoint, key: KEY.into(), ..AzureAccount::default() };
        let config = BlobsConfig { azure: Some(azure), answer_ms: 2_000, ..BlobsConfig::default() };
        config.start(&Registry::new()).unwrap().0
    };
    (at(azurite.blobs()), at(cable.address()), cable, azurite)
}

/// A recorder with metrics of its own.
pub(crate) struct Recorder {
    pub(crate) server: Server,
    pub(crate) health: Health,
}

impl Recorder {
    /// A counter's or gauge's value, summed over its labels, or of those with this label.
    pub(crate) fn metric(&self, name: &str, label: &str) -> f64 {
        let families = self.health.registry().gather();
        let metrics = families.iter().filter(|family| family.name() == name).flat_map(|family| family.get_metric());
        let is_meant = |metric: &&prometheus::proto::Metric| {
            label.is_empty() || metric.get_label().iter().any(|pair| pair.value() == label)
        };
        metrics.filter(is_meant).map(|metric| metric.get_gauge().get_value() + metric.get_counter().get_value()).sum()
    }
}

impl Scene {
    /// With files.
    pub(crate) async fn on_files() -> Self {
        let folder = TempFolder::new("recorder");
        let config = BlobsConfig { folder: folder.path().join("blobs"), ..BlobsConfig::default() };
        let (store, _) = config.start(&Registry::new()).unwrap();
        let (school, film) = (School::start().await, Film::new(600));
        Self { school, film, recorders_store: Arc::clone(&store), store, cable: None, folder, _azurite: None }
    }

    /// With Azure's emulator, and a cable to it that can be cut.
    pub(crate) async fn on_azure() -> Self {
        let (store, recorders_store, cable, azurite) = azure().await;
        let folder = TempFolder::new("recorder");
        let (school, film) = (School::start().await, Film::new(600));
        Self { school, film, store, recorders_store, cable: Some(cable), folder, _azurite: Some(azurite) }
    }

    /// A recorder with a spool of this name.
    pub(crate) fn recorder(&self, name: &str) -> Recorder {
        self.recorder_with(name, Arc::new(self.film.clone()), |_| {})
    }

    pub(crate) fn recorder_with(
        &self,
        name: &str,
        media: Arc<dyn Media>,
        change: impl FnOnce(&mut RecorderConfig),
    ) -> Recorder {
        let mut config = RecorderConfig::default();
        config.jobs.url = format!("http://{}", self.school.proxy.address());
        config.jobs.claim_ms = 100;
        name.clone_into(&mut config.node.name);
        config.spool.folder = self.spool(name);
        change(&mut config);
        let health = Health::new(Registry::new(), Instant::now());
        let (signer, store) = (Arc::clone(&self.school.signer), Arc::clone(&self.recorders_store));
        let server = Server::with_media(&config, signer, store, media, &health).unwrap();
        Recorder { server, health }
    }

    pub(crate) fn spool(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("spool").join(name)
    }

    pub(crate) fn key(&self, name: &str) -> BlobKey {
        let id = self.school.look(|class| class.id);
        format!("recordings/{id}/{name}").parse().unwrap()
    }

    pub(crate) async fn read(&self, name: &str) -> Option<Bytes> {
        self.store.read(&self.key(name), 0..READ_BYTES_MAX).await.unwrap()
    }

    pub(crate) async fn text(&self, name: &str) -> Option<String> {
        Some(String::from_utf8(self.read(name).await?.to_vec()).unwrap())
    }

    /// All files of the recording.
    pub(crate) async fn names(&self) -> Vec<String> {
        let below = self.key("x").as_str().trim_end_matches("/x").parse().unwrap();
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let listed = self.store.list(&below, after.as_ref()).await.unwrap();
            let Some(last) = listed.last() else { return names };
            after = Some(last.key.clone());
            names.extend(listed.iter().map(|blob| blob.key.as_str()[below.as_str().len() + 1..].to_owned()));
        }
    }

    pub(crate) async fn playlist(&self, track: Track) -> Option<MediaPlaylist> {
        let text = self.text(&track.playlist_name()).await?;
        Some(MediaPlaylist::parse(self.school.look(|class| class.started_at), &text).unwrap())
    }

    /// How far the camera is listed.
    pub(crate) async fn listed(&self) -> Duration {
        self.playlist(Track::Camera).await.and_then(|playlist| playlist.until()).unwrap_or_default()
    }

    /// Waits until the camera is listed up to a time of the room.
    pub(crate) async fn wait_for_listed(&self, until: Duration) {
        self.wait("the camera is listed", async || self.listed().await >= until).await;
    }

    /// The class is over: waits until the recording has ended, and gives how.
    pub(crate) async fn end(&self) -> Value {
        self.school.look(|class| class.is_over = true);
        self.wait("the recording ends", async || self.school.look(|class| class.end.is_some())).await;
        self.school.look(|class| class.end.clone()).unwrap()
    }

    pub(crate) async fn wait(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let start = Instant::now();
        while !holds().await {
            let run = self.school.look(|class| class.run);
            assert!(start.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}, in run {run}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All that is listed is there, conforms, and is as the manifest says; gives what the camera lacks.
    pub(crate) async fn check(&self, is_ended: bool) -> Duration {
        let folder = format!("recordings/{}", self.school.look(|class| class.id)).parse().unwrap();
        let report = check(Arc::clone(&self.store), folder).await.unwrap();
        assert!(report.violations.is_empty() && !report.tracks.is_empty(), "{report}");
        for (name, _) in &report.tracks {
            let text = self.text(name).await.unwrap();
            assert_eq!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD"), is_ended, "{name}");
        }
        if is_ended {
            let manifest: Value = serde_json::from_slice(&self.read("manifest.json").await.unwrap()).unwrap();
            assert_eq!(manifest["is_complete"], true);
        }
        let camera = self.playlist(Track::Camera).await.unwrap();
        let gaps = camera.parts().iter().filter(|part| matches!(part, Part::Gap { .. }));
        gaps.map(|part| part.end() - part.start()).sum()
    }
}
