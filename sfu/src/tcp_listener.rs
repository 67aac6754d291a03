//! ICE-TCP (RFC 6544): accepts connections on the one TCP port and hands each to the worker of the session that its first
//! frame, a STUN binding request, names.
//!
//! Bounded: connections that wait for their first frame hold a permit and have a few seconds; what is no STUN request of a
//! known worker is closed without an answer.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use lectern_wire::stun;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::command::Command;
use crate::transport::ice::worker_of;
use crate::worker::Inbox;

/// A binding request is far shorter; a first frame that claims more is none.
const FIRST_FRAME_BYTES_MAX: usize = 1_024;
/// Connections whose first frame is awaited, over all listeners.
const PENDING_MAX: usize = 512;
/// After a failed `accept` (out of descriptors, most often) the listener waits this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Binds the port on every address, with port 0 the one that the first was given.
///
/// # Errors
/// When no address could be bound; the error of the last one.
pub(crate) async fn bind(addresses: &[IpAddr], port: u16) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    let mut port = port;
    let mut failure = io::Error::from(io::ErrorKind::InvalidInput);
    for address in addresses {
        match bind_one(SocketAddr::new(*address, port)) {
            Ok(listener) => {
                port = listener.local_addr()?.port();
                listeners.push(listener);
            }
            Err(error) => {
                tracing::warn!(%address, port, %error, "ice-tcp: this address cannot be bound; it is left out");
                failure = error;
            }
        }
    }
    if listeners.is_empty() { Err(failure) } else { Ok(listeners) }
}

/// Accepts until the process ends.
pub(crate) async fn serve(
    listener: TcpListener,
    inboxes: Arc<[Arc<Inbox>]>,
    pending: Arc<Semaphore>,
    patience: Duration,
) {
    loop {
        let Ok(permit) = pending.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let inboxes = inboxes.clone();
                tokio::spawn(async move {
                    if let Ok(Err(error)) = tokio::time::timeout(patience, introduce(stream, &inboxes)).await {
                        tracing::debug!(%error, "ice-tcp: a connection was closed");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "ice-tcp: accepting failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The permits that all listeners share.
#[must_use]
pub(crate) fn pending() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(PENDING_MAX))
}

/// Reads the first frame (RFC 4571: a 16-bit length before each) and hands the connection over.
async fn introduce(mut stream: TcpStream, inboxes: &[Arc<Inbox>]) -> io::Result<()> {
    let refused = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut first = vec![0; 2];
    stream.read_exact(&mut first).await?;
    let len = usize::from(u16::from_be_bytes([first[0], first[1]]));
    if len > FIRST_FRAME_BYTES_MAX {
        return Err(refused("the first frame is no STUN request"));
    }
    first.resize(2 + len, 0);
    stream.read_exact(&mut first[2..]).await?;
    let message = stun::Message::parse(&first[2..]).map_err(|_| refused("the first frame is no STUN request"))?;
    let inbox = message
        .ufrags()
        .and_then(|(local, _)| worker_of(local))
        .and_then(|worker| inboxes.get(usize::from(worker.0)))
        .ok_or_else(|| refused("the first frame names no session"))?;
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    inbox.send(Command::AcceptTcp { stream, first }).map_err(|_| refused("the worker is overloaded"))
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = if address.is_ipv4() { socket2::Domain::IPV4 } else { socket2::Domain::IPV6 };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(1_024)?;
    TcpListener::from_std(socket.into())
}
