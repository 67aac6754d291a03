//! A proxy before any TCP server that can cut it off, make it hang, slow it down and heal.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Pieces of at most [`PIECE_BYTES`] that are under way in one direction of a connection; beyond it the sender has to wait.
const UNDER_WAY_MAX: usize = 256;
const PIECE_BYTES: usize = 16 * 1024;

/// How things pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Open,
    /// Connections stay open, nothing passes: as when a cable is pulled, or a process hangs.
    Stalled,
    /// Connections are closed, new ones too, at once.
    Cut,
}

/// The mode, how long each piece is held back, and how often everything under way was lost.
type Passing = (Mode, Duration, u64);

/// See the [module](self). Dropping it cuts everything.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Passing>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Before the server at `target`, on a free port of loopback. Must be called within a Tokio runtime, on which it then runs.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let mode = watch::Sender::new((Mode::Open, Duration::ZERO, 0));
        let modes = mode.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, target, modes.subscribe()));
            }
        });
        Self { address, mode, task }
    }

    /// Where to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, and each new one at once.
    pub fn cut(&self) {
        self.set(Mode::Cut);
    }

    /// Lets nothing pass, in either direction, and closes nothing.
    pub fn stall(&self) {
        self.set(Mode::Stalled);
    }

    /// Lets everything pass again, what was held back too.
    pub fn heal(&self) {
        self.set(Mode::Open);
    }

    /// Lets nothing pass any more on the connections that there are, and closes none: as when a machine is replaced by another.
    /// New ones pass.
    pub fn lose(&self) {
        self.mode.send_modify(|(_, _, losses)| *losses += 1);
    }

    /// Holds each piece back for so long, in each direction, from now on.
    pub fn delay(&self, delay: Duration) {
        self.mode.send_modify(|(_, now, _)| *now = delay);
    }

    fn set(&self, mode: Mode) {
        self.mode.send_modify(|(now, ..)| *now = mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

type Modes = watch::Receiver<Passing>;

async fn serve(client: TcpStream, target: SocketAddr, mut modes: Modes) {
    // The sender lives for as long as the proxy; without it all is over.
    let Ok(mode) = modes.wait_for(|(mode, ..)| *mode != Mode::Stalled).await.map(|mode| mode.0) else { return };
    if mode == Mode::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_reads, client_writes) = client.into_split();
    let (server_reads, server_writes) = server.into_split();
    // Whoever ends first ends both: half-closed connections are of no use here.
    tokio::select! {
        () = carry(client_reads, server_writes, modes.clone()) => {}
        () = carry(server_reads, client_writes, modes.clone()) => {}
        _ = modes.wait_for(|(mode, ..)| *mode == Mode::Cut) => {}
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut modes: Modes) {
    let (pieces, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY_MAX);
    let (delays, losses) = (modes.clone(), modes.borrow().2);
    let read = async move {
        let mut buffer = vec![0; PIECE_BYTES];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let due = Instant::now() + delays.borrow().1;
            if pieces.send((due, buffer[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, piece)) = arriving.recv().await {
            tokio::time::sleep_until(due).await;
            let may_pass = |(mode, _, lost): &Passing| *mode != Mode::Stalled && *lost == losses;
            let passes = modes.wait_for(may_pass).await.is_ok();
            if !passes || to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(read, write);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    /// Answers with what it gets.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reads, mut writes) = stream.split();
                    tokio::io::copy(&mut reads, &mut writes).await
                });
            }
        });
        address
    }

    async fn says(stream: &mut TcpStream, word: &[u8; 3]) -> bool {
        stream.write_all(word).await.unwrap();
        answers(stream, word).await
    }

    async fn answers(stream: &mut TcpStream, word: &[u8; 3]) -> bool {
        let mut answer = [0; 3];
        let read = timeout(Duration::from_millis(300), stream.read_exact(&mut answer)).await;
        matches!(read, Ok(Ok(_))) && answer == *word
    }

    #[tokio::test]
    async fn it_stalls_heals_and_cuts() {
        let proxy = Proxy::start(echo().await).await;
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says(&mut stream, b"one").await);
        proxy.stall();
        assert!(!says(&mut stream, b"two").await);
        let mut newcomer = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(!says(&mut newcomer, b"new").await);
        proxy.heal();
        assert!(answers(&mut stream, b"two").await, "what was held back comes");
        assert!(answers(&mut newcomer, b"new").await);
        proxy.cut();
        assert_eq!(timeout(Duration::from_secs(1), stream.read(&mut [0; 8])).await.unwrap().unwrap_or(0), 0);
        let mut refused = TcpStream::connect(proxy.address()).await.unwrap();
        assert_eq!(timeout(Duration::from_secs(1), refused.read(&mut [0; 8])).await.unwrap().unwrap_or(0), 0);
        proxy.heal();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        assert!(says(&mut stream, b"six").await);
    }

    #[tokio::test]
    async fn it_delays_without_narrowing() {
        let proxy = Proxy::start(echo().await).await;
        proxy.delay(Duration::from_millis(50));
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        let start = Instant::now();
        for _ in 0..20 {
            stream.write_all(b"abc").await.unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut answer = [0; 60];
        stream.read_exact(&mut answer).await.unwrap();
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(100), "{took:?}");
        assert!(took < Duration::from_millis(900), "{took:?}: pieces do not wait for each other");
    }
}
