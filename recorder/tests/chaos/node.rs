//! A recorder in a process of its own, on a machine of its own: its spool, and its ways to the school, the store and the room.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lectern_testing::azurite::{ACCOUNT, Azurite, KEY};
use lectern_testing::proxy::Proxy;

use crate::medium::Medium;
use crate::school::files_below;
use crate::stage::Stage;

/// See the [module](self).
pub(crate) struct Node {
    pub(crate) name: &'static str,
    pub(crate) school: Proxy,
    pub(crate) store: Proxy,
    pub(crate) medium: Medium,
    folder: PathBuf,
    keys: PathBuf,
    process: Option<Child>,
}

impl Node {
    pub(crate) async fn start(
        name: &'static str,
        stage: &Stage,
        school: SocketAddr,
        azurite: &Azurite,
        folder: &Path,
    ) -> Self {
        let mut node = Self {
            name,
            school: Proxy::start(school).await,
            store: Proxy::start(azurite.blobs()).await,
            medium: Medium::start(stage.http).await,
            folder: folder.to_owned(),
            keys: stage.keys().to_owned(),
            process: None,
        };
        node.restart();
        node
    }

    /// Starts the process, if there is none.
    pub(crate) fn restart(&mut self) {
        if self.process.is_some() {
            return;
        }
        let set = |key: &str| format!("LECTERN_RECORDER__{key}");
        let log = std::fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_lectern-recorder"));
        command
            .env(set("ADMIN_LISTEN"), "127.0.0.1:0")
            .env(set("KEYS"), &self.keys)
            .env(set("BLOBS__AZURE__ACCOUNT"), ACCOUNT)
            .env(set("BLOBS__AZURE__ENDPOINT"), format!("http://{}/{ACCOUNT}", self.store.address()))
            .env(set("BLOBS__AZURE__KEY"), KEY)
            .env(set("BLOBS__ANSWER_MS"), "2000")
            .env(set("SPOOL__FOLDER"), self.folder.join(self.name))
            .env(set("JOBS__URL"), format!("http://{}", self.school.address()))
            .env(set("JOBS__MEDIA_URL"), format!("http://{}", self.medium.address()))
            .env(set("JOBS__CLAIM_MS"), "100")
            .env(set("NODE__NAME"), self.name)
            // Pictures are others' to test.
            .env(set("NODE__FFMPEG"), "");
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.process = Some(command.spawn().unwrap());
    }

    /// Without a goodbye.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = (process.kill(), process.wait());
        }
    }

    /// Stops it (`STOP`), and lets it go on (`CONT`).
    pub(crate) fn signal(&self, name: &str) {
        let Some(process) = &self.process else { return };
        let status = Command::new("kill").args(["-s", name, &process.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill -s {name}");
    }

    /// How many files are in its spool.
    pub(crate) fn files_left(&self) -> usize {
        files_below(&self.folder.join(self.name))
    }

    /// All that it said.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}
