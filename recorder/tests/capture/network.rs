//! What may lie between a recorder and its media server: a node that has no room, one that sends it elsewhere, and a network
//! that loses packets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use lectern_client::sdp::Answer;
use lectern_wire::demux::Kind;
use tokio::net::{TcpListener, UdpSocket};

/// Of so many packets of media that the server sends one is lost.
const LOSES_ONE_OF: u64 = 20;

/// The front of such a network.
pub(crate) struct Front {
    pub(crate) whep: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    refused: AtomicUsize,
    redirected: AtomicUsize,
    lost: AtomicU64,
}

#[derive(Clone)]
struct Behind {
    server: SocketAddr,
    counts: Arc<Counts>,
}

impl Front {
    /// In front of the server at `server`.
    pub(crate) async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let behind = Behind { server, counts: Arc::default() };
        let counts = Arc::clone(&behind.counts);
        let app = Router::new().route("/whep", post(full)).route("/elsewhere", post(watch)).with_state(behind);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { whep: format!("http://{address}/whep"), counts }
    }

    /// How often it had no room and how often it sent somebody elsewhere, and how many packets it lost.
    pub(crate) fn counts(&self) -> (usize, usize, u64) {
        let Counts { refused, redirected, lost } = &*self.counts;
        let relaxed = Ordering::Relaxed;
        (refused.load(relaxed), redirected.load(relaxed), lost.load(relaxed))
    }
}

/// The first time there is no room, then it is elsewhere.
async fn full(State(behind): State<Behind>) -> Response {
    if behind.counts.refused.fetch_add(1, Ordering::Relaxed) == 0 {
        let problem = r#"{"code":"node_full"}"#;
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], problem).into_response();
    }
    behind.counts.redirected.fetch_add(1, Ordering::Relaxed);
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response()
}

/// Has the server answer, and puts a lossy network where its candidate is.
async fn watch(State(behind): State<Behind>, headers: HeaderMap, offer: String) -> Response {
    let base = format!("http://{}", behind.server);
    let request = reqwest::Client::new().post(format!("{base}/v1/rooms/class/whep")).body(offer);
    let request = [header::AUTHORIZATION, header::CONTENT_TYPE].into_iter().fold(request, |request, name| {
        let value = headers[&name].clone();
        request.header(name, value)
    });
    let answered = request.send().await.unwrap();
    assert_eq!(answered.status(), StatusCode::CREATED);
    let session = format!("{base}{}", answered.headers()[header::LOCATION].to_str().unwrap());
    let answer = answered.text().await.unwrap();
    let candidate = Answer::parse(&answer).unwrap().candidates[0];
    let network = lossy(candidate, Arc::clone(&behind.counts)).await;
    let answer = answer.replace(&format!(" {} typ", candidate.port()), &format!(" {} typ", network.port()));
    (StatusCode::CREATED, [(header::LOCATION, session)], answer).into_response()
}

async fn lossy(server: SocketAddr, counts: Arc<Counts>) -> SocketAddr {
    let (near, far) = (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap());
    far.connect(server).await.unwrap();
    let address = near.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut here, mut there) = ([0; 2048], [0; 2048]);
        let (mut client, mut media) = (None, 0u64);
        loop {
            tokio::select! {
                Ok((len, from)) = near.recv_from(&mut here) => {
                    client = Some(from);
                    let _ = far.send(&here[..len]).await;
                }
                Ok(len) = far.recv(&mut there) => {
                    media += u64::from(Kind::of(&there[..len]) == Kind::Rtp);
                    if Kind::of(&there[..len]) == Kind::Rtp && media.is_multiple_of(LOSES_ONE_OF) {
                        counts.lost.fetch_add(1, Ordering::Relaxed);
                        continue;
                    }
                    if let Some(client) = client {
                        let _ = near.send_to(&there[..len], client).await;
                    }
                }
                else => return,
            }
        }
    });
    address
}
