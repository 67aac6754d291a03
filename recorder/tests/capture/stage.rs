//! A real media server in a process of its own, which can be killed, and publishers whose pictures an encoder made.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use lectern_client::VideoCodec;
use lectern_loadtest::film::{H264, VP9, film};
use lectern_loadtest::http;
use lectern_loadtest::ivf::Movie;
use lectern_loadtest::publisher::{Offering, Programme, Publisher};
use lectern_platform::health::Health;
use lectern_platform::token::{Claims, Role, TokenSigner, TokenVerifier};
use lectern_sfu::{NetworkConfig, Server, SfuConfig};
use lectern_testing::TempFolder;
use tokio::sync::oneshot;

/// How long anything may take on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// Tells the process of a server its port and the folder of its keys.
const SERVER: &str = "LECTERN_TEST_MEDIA_SERVER";
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A media server.
pub(crate) struct Stage {
    pub(crate) http: SocketAddr,
    signer: TokenSigner,
    keys: TempFolder,
    server: Option<Child>,
}

impl Stage {
    pub(crate) async fn start(name: &str) -> Self {
        let http = std::net::TcpListener::bind((LOOPBACK, 0)).unwrap().local_addr().unwrap();
        let keys = TempFolder::new(&format!("capture-{name}"));
        let mut stage = Self { http, signer: TokenSigner::create(keys.path()).unwrap(), keys, server: None };
        stage.restart().await;
        stage
    }

    /// On the same port.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let server = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "media_server"])
            .env(SERVER, format!("{} {}", self.http, self.keys.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn();
        self.server = Some(server.unwrap());
        let end = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(self.http).await.is_err() {
            assert!(Instant::now() < end, "the media server listens");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Without a goodbye.
    pub(crate) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    /// As when a node is updated: it tells its clients and ends their sessions.
    pub(crate) fn shut_down(&mut self) {
        let mut server = self.server.take().unwrap();
        server.stdin.as_mut().unwrap().write_all(b"!").unwrap();
        assert!(server.wait().unwrap().success());
    }

    /// Stops it (`STOP`), and lets it go on (`CONT`), if it is there.
    pub(crate) fn signal(&self, name: &str) {
        let Some(server) = &self.server else { return };
        let status = Command::new("kill").args(["-s", name, &server.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill -s {name}");
    }

    /// Where its keys are.
    pub(crate) fn keys(&self) -> &Path {
        self.keys.path()
    }

    pub(crate) fn token(&self, role: Role) -> String {
        self.signer.sign(&claims(role)).unwrap()
    }

    /// Somebody who sends a picture and a voice, connected.
    pub(crate) async fn publish(&self, source: &str, codec: VideoCodec) -> Publisher {
        let url = format!("http://{}/v1/rooms/class/whip/{source}", self.http).parse().unwrap();
        let programme = Programme { codec, simulcast: false, movie: Some(movie(codec)) };
        let offering = Offering::new(LOOPBACK, &programme).unwrap();
        let token = self.signer.sign(&claims(Role::Tutor).with_publish([source])).unwrap();
        let created = http::offer(&url, Some(&token), offering.sdp(), Instant::now() + PATIENCE).await.unwrap();
        let publisher = offering.begin(&created.answer).unwrap();
        let end = Instant::now() + PATIENCE;
        while !publisher.is_connected().unwrap() {
            assert!(Instant::now() < end, "the publisher is connected");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        publisher
    }
}

fn claims(role: Role) -> Claims {
    Claims::issue("class", "p", "Ada", role, Duration::from_secs(600))
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the process of a media server does; it ends with the one that started it.
pub(crate) fn serve() {
    let Ok(told) = std::env::var(SERVER) else { return };
    let (shut_down, wanted) = oneshot::channel();
    std::thread::spawn(move || match std::io::stdin().read(&mut [0]) {
        Ok(1..) => shut_down.send(()),
        _ => std::process::exit(0),
    });
    let (http, keys) = told.split_once(' ').unwrap();
    let http: SocketAddr = http.parse().unwrap();
    let network = NetworkConfig {
        workers: 1,
        udp_port: 0,
        tcp_port: None,
        bind: vec![LOOPBACK],
        socket_buffer_bytes: 1 << 20,
        ..NetworkConfig::default()
    };
    let config = SfuConfig { network, ..SfuConfig::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let health = Health::new(prometheus::Registry::new(), Instant::now());
        let verifier = Arc::new(TokenVerifier::open(Path::new(keys)).unwrap());
        let server = Server::start(&config, http, verifier, None, None, &health).await.unwrap();
        let app = server.router().into_make_service_with_connect_info::<SocketAddr>();
        let listener = tokio::net::TcpListener::bind(http).await.unwrap();
        tokio::select! {
            ended = axum::serve(listener, app) => ended.unwrap(),
            _ = wanted => server.shutdown().await,
        }
    });
}

/// Six seconds of a moving picture at 30 pictures a second, with a keyframe every two.
fn movie(codec: VideoCodec) -> Movie {
    static MOVIES: [OnceLock<Movie>; 2] = [const { OnceLock::new() }; 2];
    let encoder = match codec {
        VideoCodec::H264 => H264.to_owned(),
        VideoCodec::Vp9 => format!("-b:v 600k {VP9}"),
        other => panic!("{other:?} is not tested"),
    };
    let made = || film("testsrc2=size=320x180:rate=30:duration=6", &encoder).unwrap();
    MOVIES[usize::from(codec == VideoCodec::Vp9)].get_or_init(made).clone()
}
