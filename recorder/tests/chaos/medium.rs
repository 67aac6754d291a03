//! What lies between one recorder and the media server: HTTP and media, which can be cut off together.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use lectern_client::sdp::Answer;
use lectern_testing::proxy::Proxy;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;

/// See the [module](self).
pub(crate) struct Medium {
    http: Proxy,
    media: watch::Sender<bool>,
}

#[derive(Clone)]
struct Behind {
    server: SocketAddr,
    client: reqwest::Client,
    media: watch::Receiver<bool>,
}

impl Medium {
    /// In front of the media server at `server`.
    pub(crate) async fn start(server: SocketAddr) -> Self {
        let (media, passes) = watch::channel(true);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = Proxy::start(listener.local_addr().unwrap()).await;
        let behind = Behind { server, client: reqwest::Client::new(), media: passes };
        let app = Router::new().fallback(forward).with_state(behind);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { http, media }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.http.address()
    }

    pub(crate) fn cut(&self) {
        self.http.cut();
        self.media.send_replace(false);
    }

    pub(crate) fn stall(&self) {
        self.http.stall();
        self.media.send_replace(false);
    }

    pub(crate) fn heal(&self) {
        self.http.heal();
        self.media.send_replace(true);
    }
}

/// Passes a request on, and puts a network where the server's candidate is.
async fn forward(State(behind): State<Behind>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let url = format!("http://{}{}", behind.server, parts.uri);
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut asked = behind.client.request(parts.method, url).body(body);
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT] {
        if let Some(value) = parts.headers.get(&name) {
            asked = asked.header(name, value.clone());
        }
    }
    let Ok(answered) = asked.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, headers) = (answered.status(), answered.headers().clone());
    let is_sdp = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/sdp");
    let body = if is_sdp {
        let Ok(answer) = answered.text().await else { return StatusCode::BAD_GATEWAY.into_response() };
        let candidate = Answer::parse(&answer).unwrap().candidates[0];
        let network = relay(candidate, behind.media).await;
        Body::from(answer.replace(&format!(" {} typ", candidate.port()), &format!(" {} typ", network.port())))
    } else {
        Body::from_stream(answered.bytes_stream())
    };
    let mut response = (status, body).into_response();
    for name in [header::LOCATION, header::CONTENT_TYPE, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// A network to a server that loses everything while nothing passes.
async fn relay(server: SocketAddr, passes: watch::Receiver<bool>) -> SocketAddr {
    let (near, far) = (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap());
    far.connect(server).await.unwrap();
    let address = near.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut here, mut there) = ([0; 2048], [0; 2048]);
        let mut client = None;
        // Ends with the runtime: a server that is gone makes errors that mean nothing.
        loop {
            tokio::select! {
                Ok((len, from)) = near.recv_from(&mut here) => {
                    client = Some(from);
                    if *passes.borrow() {
                        let _ = far.send(&here[..len]).await;
                    }
                }
                received = far.recv(&mut there) => {
                    let Ok(len) = received else {
                        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                        continue;
                    };
                    if let Some(client) = client && *passes.borrow() {
                        let _ = near.send_to(&there[..len], client).await;
                    }
                }
            }
        }
    });
    address
}
