//! Serves an axum router over HTTP/1.1 with the limits that a public port needs.
//!
//! Connections are bounded in number; the head of a request is bounded in size and in the time that it may take, so that
//! neither a slow nor an idle client holds on to anything for long. A handler finds its client's address as
//! [`ConnectInfo<SocketAddr>`]. When the server closes, requests in flight are finished and nothing new is accepted.
//!
//! A handler finds its [`Connection`] too, to cut it when its client does not read what it is sent.
//!
//! A connection that is [upgraded] to another protocol belongs to who took it over: it is neither counted any longer nor
//! closed here.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// How long a client may take for the head of its next request; also how long an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of a request's head. A token has at most 4 KiB; the rest is what browsers send.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long to wait after a failed accept: most often there are no file descriptors left, and some come back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connection that a request came over, among the request's extensions.
#[derive(Clone, Debug)]
pub struct Connection(Arc<Notify>);

impl Connection {
    /// Cuts it; what was not sent is lost.
    pub fn hang_up(&self) {
        self.0.notify_one();
    }
}

/// Serves `router` on `listener` until `closing` is done and the last request in flight after it. Dropping the future
/// cuts all connections. Further clients than `connections_max` wait in the kernel's queue.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    closing: impl Future<Output = ()> + Send,
) {
    let slots = Arc::new(Semaphore::new(connections_max));
    let (close, closed) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut closing = pin!(closing);
    loop {
        let accepted = tokio::select! {
            () = &mut closing => break,
            // Collects what has ended, so that the set does not grow.
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &slots) => accepted,
        };
        match accepted {
            Ok((stream, address, slot)) => {
                let (router, closed) = (router.clone(), closed.clone());
                connections.spawn(async move {
                    serve_connection(stream, address, router, closed).await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let _ = close.send(true);
    while connections.join_next().await.is_some() {}
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    Ok((stream, address, slot))
}

async fn serve_connection(stream: TcpStream, address: SocketAddr, router: Router, mut closed: watch::Receiver<bool>) {
    // Answers and events are small and wanted at once. A connection on which this fails is gone already.
    let _ = stream.set_nodelay(true);
    let hung_up = Arc::new(Notify::new());
    let handle = Connection(Arc::clone(&hung_up));
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        request.extensions_mut().insert(handle.clone());
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {}))
        }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_header_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let closing = async move { drop(closed.wait_for(|&closed| closed).await) };
    let work = async {
        tokio::select! {
            ended = &mut connection => ended,
            () = closing => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    let ended = tokio::select! {
        ended = work => ended,
        () = hung_up.notified() => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The connection behind a request that was answered with `101`, and what its client has sent already; `None` if the
/// connection broke before that. To be awaited outside the handler: it ends after the answer was sent. `upgrade` is what
/// `hyper::upgrade::on` gives for a request that came through [`serve`].
pub async fn upgraded(upgrade: OnUpgrade) -> Option<(TcpStream, Bytes)> {
    let parts = upgrade.await.ok()?.downcast::<TokioIo<TcpStream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    struct Running {
        address: SocketAddr,
        close: oneshot::Sender<()>,
        task: tokio::task::JoinHandle<()>,
    }

    async fn start(router: Router, connections_max: usize) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (close, closing) = oneshot::channel::<()>();
        let closing = async { drop(closing.await) };
        let task = tokio::spawn(async move { serve(listener, router, connections_max, closing).await });
        Running { address, close, task }
    }

    async fn send(stream: &mut TcpStream, request: &str) {
        stream.write_all(request.as_bytes()).await.unwrap();
    }

    async fn receive(stream: &mut TcpStream) -> String {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    const REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

    #[tokio::test]
    async fn a_handler_sees_the_address_of_its_client() {
        let whoami = |ConnectInfo(address): ConnectInfo<SocketAddr>| async move { address.to_string() };
        let server = start(Router::new().route("/", get(whoami)), 8).await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        send(&mut stream, REQUEST).await;
        let local = stream.local_addr().unwrap().to_string();
        assert!(receive(&mut stream).await.ends_with(&local));
    }

    #[tokio::test]
    async fn closing_finishes_the_request_in_flight_and_ends_idle_connections() {
        let (entered, mut handling) = tokio::sync::mpsc::channel::<()>(1);
        let slow = move || async move {
            let _ = entered.send(()).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            "done"
        };
        let server = start(Router::new().route("/", get(slow)), 8).await;
        let mut idle = TcpStream::connect(server.address).await.unwrap();
        let mut busy = TcpStream::connect(server.address).await.unwrap();
        send(&mut busy, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        handling.recv().await.unwrap();
        server.close.send(()).unwrap();
        assert!(receive(&mut busy).await.ends_with("done"));
        assert_eq!(receive(&mut idle).await, "");
        server.task.await.unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    }

    #[tokio::test]
    async fn one_connection_too_many_waits_for_its_turn() {
        let server = start(Router::new().route("/", get(|| async { "hello" })), 1).await;
        let first = TcpStream::connect(server.address).await.unwrap();
        let mut second = TcpStream::connect(server.address).await.unwrap();
        send(&mut second, REQUEST).await;
        let early = tokio::time::timeout(Duration::from_millis(200), second.readable()).await;
        assert!(early.is_err(), "answered beyond the limit");
        drop(first);
        assert!(receive(&mut second).await.ends_with("hello"));
    }

    #[tokio::test]
    async fn a_handler_whose_client_left_is_dropped_wherever_it_was() {
        #[derive(Debug, PartialEq)]
        enum Told {
            Begun,
            Dropped,
        }
        /// Tells when it is made, and when it is dropped.
        struct Work(tokio::sync::mpsc::UnboundedSender<Told>);
        impl Work {
            fn begin(tell: tokio::sync::mpsc::UnboundedSender<Told>) -> Self {
                tell.send(Told::Begun).unwrap();
                Self(tell)
            }
        }
        impl Drop for Work {
            fn drop(&mut self) {
                let _ = self.0.send(Told::Dropped);
            }
        }
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let (answering, streaming) = (tell.clone(), tell);
        let answer = move || async move {
            let _work = Work::begin(answering);
            std::future::pending::<()>().await;
        };
        let stream = move || async move {
            Body::from_stream(futures_util::stream::once(async move {
                let _work = Work::begin(streaming);
                std::future::pending::<Result<Bytes, Infallible>>().await
            }))
        };
        let server = start(Router::new().route("/answer", get(answer)).route("/stream", get(stream)), 8).await;
        for path in ["/answer", "/stream"] {
            let mut client = TcpStream::connect(server.address).await.unwrap();
            send(&mut client, &format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
            assert_eq!(told.recv().await, Some(Told::Begun), "{path}");
            drop(client);
            assert_eq!(told.recv().await, Some(Told::Dropped), "{path}");
        }
    }

    #[tokio::test]
    async fn a_body_that_arrives_slowly_is_read_whole_and_pipelined_requests_are_answered() {
        let echo = |body: String| async move { body };
        let server = start(Router::new().route("/", axum::routing::post(echo)), 8).await;
        let mut client = TcpStream::connect(server.address).await.unwrap();
        send(&mut client, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n").await;
        for part in ["ab", "cd", "ef"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
            send(&mut client, part).await;
        }
        let second = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\ngh";
        send(&mut client, second).await;
        let answers = receive(&mut client).await;
        assert!(answers.contains("\r\n\r\nabcdef") && answers.ends_with("\r\n\r\ngh"), "{answers}");
    }

    #[tokio::test]
    async fn an_upgraded_connection_is_handed_over_and_counts_no_longer() {
        let (taken, mut streams) = tokio::sync::mpsc::channel(1);
        let upgrade = move |mut request: axum::extract::Request| async move {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move { taken.send(upgraded(upgrade).await.unwrap()).await });
            (axum::http::StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "echo")])
        };
        let server = start(Router::new().route("/", get(upgrade)), 1).await;
        let mut client = TcpStream::connect(server.address).await.unwrap();
        send(&mut client, "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nearly").await;
        let (mut stream, early) = streams.recv().await.unwrap();
        assert_eq!(&early[..], b"early");
        // The only slot is free again, and closing does not wait for what was handed over.
        let mut other = TcpStream::connect(server.address).await.unwrap();
        send(&mut other, "GET /other HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        assert!(receive(&mut other).await.contains("404"));
        server.close.send(()).unwrap();
        server.task.await.unwrap();
        stream.write_all(b"late").await.unwrap();
        drop(stream);
        assert!(receive(&mut client).await.ends_with("\r\n\r\nlate"));
    }

    #[tokio::test]
    async fn a_head_beyond_the_limit_is_refused() {
        let server = start(Router::new().route("/", get(|| async { "hello" })), 8).await;
        for (padding, status) in [(HEAD_BYTES_MAX - 200, "200"), (HEAD_BYTES_MAX, "431")] {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            let padding = "p".repeat(padding);
            send(&mut stream, &format!("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\npad: {padding}\r\n\r\n"))
                .await;
            let mut line = [0; 12];
            stream.read_exact(&mut line).await.unwrap();
            assert_eq!(std::str::from_utf8(&line[9..]).unwrap(), status);
        }
    }
}
