//! What a recorder is measured with: a media server, publishers, and jobs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lectern_platform::token::{Claims, Role, TokenSigner};
use tokio::net::TcpListener;

use super::jobs::{Jobs, Recorded};
use crate::film::{H264, VP9, film};
use crate::http;
use crate::ivf::Movie;
use crate::publisher::{Offering, Programme, Publisher};
use crate::run::RunError;
use crate::server_process::{ScratchFolder, ServerProcess, free_address};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// How long a publisher may take to be connected.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than any run.
const TOKEN_LIFETIME: Duration = Duration::from_secs(6 * 3600);
/// What the camera and the screen show: 2 and 1 Mbit/s at 30 pictures a second, a keyframe every two seconds.
const SHOWN: &str = "testsrc2=size=1280x720:rate=30:duration=8,noise=alls=10:allf=t";
const CAMERA: &str = "-b:v 2M -minrate 2M -maxrate 2M -bufsize 500k -x264-params nal-hrd=cbr:force-cfr=1";
const SCREEN: &str = "-b:v 1M -minrate 1M -maxrate 1M";

/// A media server with publishers in its rooms. The recorder's processes are started and killed by who measures.
pub(super) struct Site {
    pub(super) jobs: Jobs,
    pub(super) rooms: Vec<Recorded>,
    programs: PathBuf,
    media: SocketAddr,
    jobs_address: SocketAddr,
    publishers: Vec<Publisher>,
    _media_server: ServerProcess,
    folder: ScratchFolder,
    recorders: u32,
}

impl Site {
    /// A media server, with nobody there yet.
    pub(super) async fn start(programs: &Path) -> Result<Self, RunError> {
        let folder = ScratchFolder::new()?;
        TokenSigner::create(&folder.path("keys"))?;
        let (media, admin) = (free_address()?, free_address()?);
        let mut command = Command::new(programs.join("lectern-sfu"));
        let set = |key: &str| format!("LECTERN_SFU__{key}");
        command
            .env(set("LISTEN"), media.to_string())
            .env(set("ADMIN_LISTEN"), admin.to_string())
            .env(set("KEYS"), folder.path("keys"))
            .env(set("AUDIT__FOLDER"), folder.path("audit"))
            .env(set("NETWORK__UDP_PORT"), "0")
            .env(set("NETWORK__TCP_PORT"), "0");
        let mut media_server = ServerProcess::start(&mut command, folder.path("media.log"))?;
        media_server.until_page(&format!("http://{admin}/readyz").parse()?).await?;
        let jobs = Jobs::default();
        let listener = TcpListener::bind((LOOPBACK, 0)).await?;
        let jobs_address = listener.local_addr()?;
        let serving = lectern_platform::http::serve(listener, jobs.router(), 64, std::future::pending());
        tokio::spawn(serving);
        let (programs, publishers, rooms) = (programs.to_owned(), Vec::new(), Vec::new());
        let (_media_server, recorders) = (media_server, 0);
        Ok(Self { jobs, rooms, programs, media, jobs_address, publishers, _media_server, folder, recorders })
    }

    /// Lets a tutor with camera, voice and screen into each of so many rooms.
    pub(super) async fn publish(&mut self, rooms: usize) -> Result<(), RunError> {
        let camera = film(SHOWN, &format!("{CAMERA} {H264}"))?;
        let screen = film(SHOWN, &format!("{SCREEN} {VP9}"))?;
        let signer = TokenSigner::open(&self.folder.path("keys"))?;
        for number in 0..rooms {
            let room = format!("room-{number}");
            let token = |role| signer.sign(&Claims::issue(&room, "bench", "bench", role, TOKEN_LIFETIME));
            for (source, movie) in [("camera", &camera), ("screen", &screen)] {
                let url = format!("http://{}/v1/rooms/{room}/whip/{source}", self.media);
                self.publishers.push(publisher(&url, &token(Role::Tutor)?, movie.clone()).await?);
            }
            self.rooms.push(self.jobs.begin(room.clone(), token(Role::Student)?));
        }
        Ok(())
    }

    /// Starts a recorder, one after the other on the same spool and store.
    pub(super) async fn recorder(&mut self, rooms_max: usize) -> Result<ServerProcess, RunError> {
        let admin = free_address()?;
        let mut command = Command::new(self.programs.join("lectern-recorder"));
        let set = |key: &str| format!("LECTERN_RECORDER__{key}");
        command
            .env(set("ADMIN_LISTEN"), admin.to_string())
            .env(set("KEYS"), self.folder.path("keys"))
            .env(set("BLOBS__FOLDER"), self.store())
            .env(set("SPOOL__FOLDER"), self.folder.path("spool"))
            .env(set("JOBS__URL"), format!("http://{}", self.jobs_address))
            .env(set("JOBS__MEDIA_URL"), format!("http://{}", self.media))
            .env(set("NODE__ROOMS_MAX"), rooms_max.to_string());
        self.recorders += 1;
        let log = self.folder.path(&format!("recorder-{}.log", self.recorders));
        let mut process = ServerProcess::start(&mut command, log)?;
        process.until_page(&format!("http://{admin}/readyz").parse()?).await?;
        Ok(process)
    }

    /// A file of a recording, where the store keeps it.
    pub(super) fn file(&self, recorded: &Recorded, name: &str) -> PathBuf {
        self.store().join("data").join(&recorded.folder).join(name)
    }

    /// Everybody goes.
    pub(super) fn end(self) -> Result<(), RunError> {
        for publisher in self.publishers {
            publisher.stop()?;
        }
        Ok(())
    }

    fn store(&self) -> PathBuf {
        self.folder.path("blobs")
    }
}

async fn publisher(url: &str, token: &str, movie: Movie) -> Result<Publisher, RunError> {
    let programme = Programme { codec: movie.codec(), simulcast: false, movie: Some(movie) };
    let offering = Offering::new(LOOPBACK, &programme)?;
    let deadline = Instant::now() + PATIENCE;
    let created = http::offer(&url.parse()?, Some(token), offering.sdp(), deadline).await?;
    let publisher = offering.begin(&created.answer)?;
    while !publisher.is_connected()? {
        if Instant::now() > deadline {
            return Err("a publisher is not connected".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(publisher)
}
