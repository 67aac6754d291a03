//! A class that is recorded: a media server with a tutor in it, the school, the store, and two recorders.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lectern_client::VideoCodec;
use lectern_loadtest::publisher::Publisher;
use lectern_platform::blobs::{AzureAccount, BlobKey, Blobs, BlobsConfig, READ_BYTES_MAX};
use lectern_platform::token::{Role, TokenSigner};
use lectern_recording::hls::{MediaPlaylist, Part, Track};
use lectern_testing::TempFolder;
use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use prometheus::Registry;
use serde_json::Value;
use time::OffsetDateTime;

use crate::node::Node;
use crate::school::School;
use crate::stage::{PATIENCE, Stage};

/// Less than what schools give, and enough for a recorder that has to wait for its turn on a busy machine; in seconds.
pub(crate) const LEASE_S: u64 = 6;
/// What goes on at the end, when all is well again: enough for another run to close a segment.
const CALM: Duration = Duration::from_secs(8);

/// See the [module](self).
pub(crate) struct Class {
    pub(crate) stage: Stage,
    pub(crate) school: School,
    pub(crate) nodes: [Node; 2],
    /// As the test sees it, past what is cut off.
    pub(crate) store: Arc<dyn Blobs>,
    /// What was done, and when.
    pub(crate) log: Vec<String>,
    /// When something was wrong.
    pub(crate) outages: Vec<Range<Duration>>,
    /// When the class was over.
    pub(crate) over_at: Option<Duration>,
    /// What was ever found listed of the camera.
    pub(crate) ever_listed: Vec<String>,
    publishers: Vec<Publisher>,
    _folder: TempFolder,
}

impl Class {
    pub(crate) async fn begin(seed: u64, azurite: &Azurite) -> Self {
        let stage = Stage::start(&format!("chaos-{seed}")).await;
        let school =
            School::of_room("class", stage.token(Role::Student), TokenSigner::open(stage.keys()).unwrap(), LEASE_S)
                .await;
        let folder = TempFolder::new("chaos");
        let address = school.proxy.address();
        let nodes = [
            Node::start("rec-1", &stage, address, azurite, folder.path()).await,
            Node::start("rec-2", &stage, address, azurite, folder.path()).await,
        ];
        let endpoint = format!("http://{}/{ACCOUNT}", azurite.blobs());
        let azure = AzureAccount { account: ACCOUNT.into(), endpoint, key: KEY.into(), ..AzureAccount::default() };
        let config = BlobsConfig { azure: Some(azure), ..BlobsConfig::default() };
        let (store, _) = config.start(&Registry::new()).unwrap();
        let mut class = Self {
            stage,
            school,
            nodes,
            store,
            log: Vec::new(),
            outages: Vec::new(),
            over_at: None,
            ever_listed: Vec::new(),
            publishers: Vec::new(),
            _folder: folder,
        };
        class.publish().await;
        class.wait_for("the camera", Duration::from_nanos(1)).await;
        class
    }

    /// The tutor comes, or comes back.
    pub(crate) async fn publish(&mut self) {
        self.leave();
        for (source, codec) in [("camera", VideoCodec::H264), ("screen", VideoCodec::Vp9)] {
            self.publishers.push(self.stage.publish(source, codec).await);
        }
    }

    /// The tutor's sessions are gone.
    pub(crate) fn leave(&mut self) {
        for publisher in self.publishers.drain(..) {
            drop(publisher.stop());
        }
    }

    /// The recording's clock.
    pub(crate) fn now(&self) -> Duration {
        Duration::try_from(OffsetDateTime::now_utc() - self.school.look(|class| class.started_at)).unwrap()
    }

    /// Which recorder has the job, as the school knows.
    pub(crate) fn holder(&self) -> usize {
        self.school.look(|class| usize::from(class.holder == "rec-2"))
    }

    pub(crate) fn folder(&self) -> BlobKey {
        format!("recordings/{}", self.school.look(|class| class.id)).parse().unwrap()
    }

    pub(crate) async fn read(&self, name: &str) -> Option<Bytes> {
        self.store.read(&self.folder().join(name).unwrap(), 0..READ_BYTES_MAX).await.unwrap()
    }

    pub(crate) async fn playlist(&self, track: Track) -> Option<MediaPlaylist> {
        let text = String::from_utf8(self.read(&track.playlist_name()).await?.to_vec()).unwrap();
        Some(MediaPlaylist::parse(self.school.look(|class| class.started_at), &text).unwrap())
    }

    /// How far the camera is listed. What is found so must stay so.
    pub(crate) async fn listed(&mut self) -> Duration {
        let Some(playlist) = self.playlist(Track::Camera).await else { return Duration::ZERO };
        for part in playlist.parts() {
            if let Part::Segment(entry) = part
                && !self.ever_listed.contains(&entry.uri)
            {
                self.ever_listed.push(entry.uri.clone());
            }
        }
        playlist.until().unwrap_or_default()
    }

    async fn wait_for(&mut self, what: &str, until: Duration) {
        let start = Instant::now();
        while self.listed().await < until {
            let said = || self.nodes.each_ref().map(Node::said).join("\n---\n");
            assert!(start.elapsed() < PATIENCE, "in vain: {what}; {:?}\n{}", self.log, said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// All is well again, and goes on for a while; then the class is over. Gives how the recording has ended.
    pub(crate) async fn end(&mut self) -> Value {
        let calm = self.now() + CALM;
        self.wait_for("it goes on", calm).await;
        self.over_at = Some(self.now());
        self.school.look(|class| class.is_over = true);
        let start = Instant::now();
        loop {
            // What is left on a machine that did not go on is put in after the end.
            let left: usize = self.nodes.iter().map(Node::files_left).sum();
            if let Some(end) = self.school.look(|class| class.end.clone())
                && left == 0
            {
                return end;
            }
            let said = || self.nodes.each_ref().map(Node::said).join("\n---\n");
            assert!(start.elapsed() < PATIENCE, "the recording does not end; {:?}\n{}", self.log, said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        self.leave();
    }
}
