//! The bare loop: `send` one frame to every socket, and nothing else. What a server costs beyond it is the server's doing.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, Events, Interest, thread_cpu_time};
use socket2::{Domain, Socket, Type};

use crate::receivers::TICK;

/// Sockets looked at in one round.
const EVENTS: usize = 1024;
/// Bytes read from a socket at once.
const SCRATCH_LEN: usize = 64 << 10;
/// Addresses that the reading ends are spread over.
const LOCAL_ADDRESSES: usize = 32;
/// How long the last bytes may take to arrive.
const PATIENCE: Duration = Duration::from_secs(5);

/// CPU seconds of the sending thread per million frames of `frame_len` bytes to `sockets` loopback connections, which another
/// thread reads as the participants are read. `per_s` rounds a second are sent for `duration`.
///
/// # Errors
/// Sockets or threads cannot be had, or not everything arrived.
pub fn measure(sockets: usize, frame_len: usize, per_s: f64, duration: Duration) -> io::Result<f64> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let (mut writers, mut readers) = (Vec::with_capacity(sockets), Vec::with_capacity(sockets));
    for index in 0..sockets {
        readers.push(connect(index, address)?);
        let (writer, _) = listener.accept()?;
        writer.set_nodelay(true)?;
        writer.set_nonblocking(true)?;
        writers.push(writer);
    }
    let reading = Reading::start(readers)?;
    let frame = vec![b'x'; frame_len];
    let rounds = ((duration.as_secs_f64() * per_s) as u32).max(1);
    let mut refused = 0;
    let start = Instant::now();
    let before = thread_cpu_time();
    for round in 0..rounds {
        for mut writer in &writers {
            refused += usize::from(writer.write(&frame).ok() != Some(frame_len));
        }
        let due = Duration::from_secs_f64(f64::from(round + 1) / per_s);
        thread::sleep(due.saturating_sub(start.elapsed()));
    }
    let cpu = thread_cpu_time().saturating_sub(before);
    let frames = u64::from(rounds) * sockets as u64;
    let arrived = reading.finish(frames * frame_len as u64)?;
    if refused > 0 || arrived < frames * frame_len as u64 {
        return Err(io::Error::other("the readers of the bare loop fell behind"));
    }
    Ok(cpu.as_secs_f64() / (frames as f64 / 1e6))
}

fn connect(index: usize, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let local = Ipv4Addr::new(127, 0, 0, (2 + index % LOCAL_ADDRESSES) as u8);
    socket.bind(&SocketAddr::from((local, 0)).into())?;
    // Reset when closed: thousands of connections in TIME_WAIT would be in the way of the next measurement.
    socket.set_linger(Some(Duration::ZERO))?;
    socket.connect(&address.into())?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The thread that reads.
struct Reading {
    done: Arc<AtomicBool>,
    arrived: Arc<AtomicU64>,
    thread: JoinHandle<io::Result<()>>,
}

impl Reading {
    fn start(readers: Vec<TcpStream>) -> io::Result<Self> {
        let (done, arrived) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let thread = thread::Builder::new().name("readers".into()).spawn({
            let (done, arrived) = (Arc::clone(&done), Arc::clone(&arrived));
            move || read_all(&readers, &done, &arrived)
        })?;
        Ok(Self { done, arrived, thread })
    }

    /// How much came, once as much as was sent has come, or patience is at its end.
    fn finish(self, sent: u64) -> io::Result<u64> {
        let deadline = Instant::now() + PATIENCE;
        while self.arrived.load(Ordering::Relaxed) < sent && Instant::now() < deadline && !self.thread.is_finished() {
            thread::sleep(TICK);
        }
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the reading thread panicked"))??;
        Ok(self.arrived.load(Ordering::Relaxed))
    }
}

fn read_all(readers: &[TcpStream], done: &AtomicBool, arrived: &AtomicU64) -> io::Result<()> {
    let (epoll, mut events) = (Epoll::new()?, Events::with_capacity(EVENTS));
    for (index, reader) in readers.iter().enumerate() {
        epoll.add(reader, index as u64, Interest::Readable)?;
    }
    let mut scratch = vec![0; SCRATCH_LEN];
    while !done.load(Ordering::Relaxed) {
        let ready = epoll.wait(&mut events, Some(Duration::ZERO))?;
        for event in events.iter() {
            let received = (&readers[event.token as usize]).read(&mut scratch)?;
            arrived.fetch_add(received as u64, Ordering::Relaxed);
        }
        if ready < EVENTS {
            thread::sleep(TICK);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_arrives_and_costs_something() {
        let cost = measure(50, 300, 100.0, Duration::from_millis(300)).unwrap();
        assert!(cost > 0.0);
    }
}
