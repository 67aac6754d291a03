//! The media server as a whole: sockets, worker threads, ICE-TCP, and the HTTP router in front of them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use axum::Router;
use lectern_platform::audit::Recorder;
use lectern_platform::bus::Bus;
use lectern_platform::health::{Condition, Health};
use lectern_platform::open_files;
use lectern_platform::token::TokenVerifier;
use lectern_udp::EventFd;
use lectern_wire::dtls::Identity;
use tokio::sync::mpsc;

use crate::command::{Command, Event};
use crate::config::SfuConfig;
use crate::http::{self, Control, WorkerHandle};
use crate::metrics::Metrics;
use crate::sdp::{Candidate, CandidateTransport};
use crate::session::WorkerId;
use crate::tcp_listener;
use crate::worker::{BoundSockets, Inbox, Worker, WorkerParts};

/// Events that may wait for the control side; workers keep what does not fit.
const EVENTS_MAX: usize = 8_192;
/// A worker that has not come round for this long hangs.
const WORKER_SILENCE_MAX: Duration = Duration::from_secs(5);
/// Open files wanted: sockets of workers, HTTP and ICE-TCP connections.
const OPEN_FILES_WANTED: u64 = 65_536;
/// Fewer open files than this cannot carry a class.
const OPEN_FILES_MIN: u64 = 4_096;

/// Why the media server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No address could be bound.
    #[error("cannot bind {what} port {port}: {source}. Choose another port in [network], or stop what holds it.")]
    Bind {
        /// `UDP` or `TCP`.
        what: &'static str,
        /// Which.
        port: u16,
        /// The kernel's word.
        source: std::io::Error,
    },
    /// Threads or descriptors are used up.
    #[error("cannot start the media workers: {0}")]
    Worker(#[from] std::io::Error),
    /// No certificate could be made.
    #[error("cannot make a DTLS certificate: {0}")]
    Certificate(#[from] lectern_wire::dtls::DtlsError),
    /// A key of the configuration has a value that it cannot have.
    #[error(transparent)]
    Config(#[from] http::ConfigError),
    /// The registry has these metrics already.
    #[error("cannot register metrics: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// A running media server.
pub struct Server {
    control: Arc<Control>,
    inboxes: Arc<[Arc<Inbox>]>,
    threads: Vec<JoinHandle<()>>,
    tasks: tokio::task::JoinSet<()>,
    ready: Condition,
}

impl Server {
    /// Binds all sockets and starts the workers. `http` is where its router will be served: it decides which addresses
    /// are announced when the configuration names none. `bus` is the way to the rooms' service; without it tokens alone
    /// decide. `audit` is told who watched, and for how long.
    ///
    /// # Errors
    /// See [`StartError`]; nothing keeps running then.
    pub async fn start(
        config: &SfuConfig,
        http: SocketAddr,
        verifier: Arc<TokenVerifier>,
        bus: Option<Arc<dyn Bus>>,
        audit: Option<Recorder>,
        health: &Health,
    ) -> Result<Self, StartError> {
        check_open_files();
        let ready = health.condition("media");
        let network = &config.network;
        let announced = network.announced(http);
        let mut tasks = tokio::task::JoinSet::new();

        let mut parts = Vec::new();
        for id in 0..network.worker_count() {
            let port = if network.udp_port == 0 { 0 } else { network.udp_port.saturating_add(id) };
            let sockets = BoundSockets::bind(&network.bind, port, network.socket_buffer_bytes)
                .map_err(|source| StartError::Bind { what: "UDP", port, source })?;
            let wake = Arc::new(EventFd::new()?);
            let waker = wake.clone();
            parts.push((WorkerId(id), sockets, wake, Inbox::new(move || waker.wake())));
        }
        let inboxes: Arc<[Arc<Inbox>]> = parts.iter().map(|(.., inbox)| inbox.clone()).collect();

        let mut tcp_addresses = Vec::new();
        if let Some(port) = network.tcp_port {
            let listeners = tcp_listener::bind(&network.bind, port).await.map_err(|source| StartError::Bind {
                what: "TCP",
                port,
                source,
            })?;
            let pending = tcp_listener::pending();
            for listener in listeners {
                tcp_addresses.push(listener.local_addr()?);
                let inboxes = inboxes.clone();
                tasks.spawn(tcp_listener::serve(listener, inboxes, pending.clone(), network.tcp_first_frame()));
            }
        }

        let metrics = Metrics::new(health.registry())?;
        let identity = Arc::new(Identity::generate()?);
        let (events, incoming) = mpsc::channel::<Event>(EVENTS_MAX);
        let mut threads = Vec::new();
        let mut candidates = Vec::new();
        for (id, sockets, wake, _) in parts {
            candidates.push(host_candidates(&announced, &sockets.local_addrs(), &tcp_addresses));
            let heartbeat = health.heartbeat(format!("worker {}", id.0), WORKER_SILENCE_MAX, Instant::now());
            let worker = Worker::new(WorkerParts {
                id,
                sockets,
                tcp_connections_max: network.tcp_connections_max / usize::from(network.worker_count()),
                inboxes: inboxes.clone(),
                wake,
                events: events.clone(),
                identity: identity.clone(),
                transport_limits: config.transport.limits(),
                media_limits: config.room.clone(),
                metrics: metrics.worker(id),
                heartbeat: Box::new(move || heartbeat.beat(Instant::now())),
            })?;
            threads.push(std::thread::Builder::new().name(format!("media-{}", id.0)).spawn(move || worker.run())?);
        }

        let handle = |(inbox, candidates): (&Arc<Inbox>, _)| WorkerHandle { inbox: inbox.clone(), candidates };
        let workers = inboxes.iter().zip(candidates).map(handle).collect();
        let control = Control::new(
            config.http.clone(),
            config.sdp.clone(),
            verifier,
            identity.fingerprint(),
            workers,
            bus.is_some(),
        )?;
        control.record_on(audit);
        tasks.spawn(http::follow(control.clone(), incoming));
        if let Some(bus) = bus {
            tasks.spawn(http::link(control.clone(), bus));
        }
        ready.set(true);
        tracing::info!(workers = threads.len(), ?announced, "media: ready");
        Ok(Self { control, inboxes, threads, tasks, ready })
    }

    /// WHIP and WHEP, to be served at the root.
    pub fn router(&self) -> Router {
        http::router(self.control.clone())
    }

    /// Refuses newcomers, tells clients to go elsewhere, ends all sessions and waits for the workers' threads.
    pub async fn shutdown(mut self) {
        self.ready.set(false);
        http::drain(&self.control);
        for inbox in self.inboxes.iter() {
            while inbox.send(Command::Shutdown).is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        let threads = std::mem::take(&mut self.threads);
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().map(JoinHandle::join).all(|end| end.is_ok()));
        if !joined.await.unwrap_or(false) {
            tracing::error!("media: a worker had ended with a panic");
        }
        self.control.end_sessions();
        self.tasks.shutdown().await;
    }
}

/// The announced addresses with the ports that were bound for their families: UDP first, then TCP.
fn host_candidates(announced: &[IpAddr], udp: &[SocketAddr], tcp: &[SocketAddr]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for (transport, bound) in [(CandidateTransport::Udp, udp), (CandidateTransport::TcpPassive, tcp)] {
        for address in announced {
            if let Some(local) = bound.iter().find(|local| local.is_ipv4() == address.is_ipv4()) {
                let index = u16::try_from(candidates.len()).unwrap_or(u16::MAX);
                candidates.push(Candidate::host(transport, SocketAddr::new(*address, local.port()), index));
            }
        }
    }
    candidates
}

fn check_open_files() {
    let limit = open_files::raise(OPEN_FILES_WANTED);
    if limit < OPEN_FILES_MIN {
        tracing::warn!(
            limit,
            "media: few files may be open; raise the limit (`ulimit -n`, or LimitNOFILE= in systemd) to {OPEN_FILES_WANTED}"
        );
    }
}
