//! Open pages: an event stream for each student, read by one thread.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, Events, Interest};

use super::population::Student;

/// Streams whose head is waited for at once: pages are opened one after the other.
const AT_ONCE: usize = 16;
/// How long a head may take.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How often the thread looks whether it is to end.
const LOOK: Duration = Duration::from_millis(20);
/// What is kept of a stream to find an event in that came in two pieces.
const TAIL_BYTES: usize = 4 << 10;
/// What an event of a completed lesson has, and no other.
const COMPLETED: &[u8] = b"lesson.completed";

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Streams {
    shared: Arc<Shared>,
    thread: JoinHandle<io::Result<()>>,
}

#[derive(Debug)]
struct Shared {
    over: AtomicBool,
    /// When each student's event came.
    completed_at: Mutex<Vec<Option<Instant>>>,
}

impl Streams {
    /// Opens one for each; returns when all have their head.
    pub(super) fn open(address: SocketAddr, students: &[Student]) -> io::Result<Self> {
        let mut open = Vec::with_capacity(students.len());
        for (index, student) in students.iter().enumerate() {
            let mut stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(HEAD_PATIENCE))?;
            let request = format!(
                "GET /v1/events HTTP/1.1\r\nhost: school\r\naccept: text/event-stream\r\n{}\r\n",
                student.authorization
            );
            stream.write_all(request.as_bytes())?;
            open.push(stream);
            if index >= AT_ONCE {
                hear_head(&mut open[index - AT_ONCE])?;
            }
        }
        let heard = open.len().saturating_sub(AT_ONCE);
        open[heard..].iter_mut().try_for_each(hear_head)?;
        let shared =
            Arc::new(Shared { over: AtomicBool::new(false), completed_at: Mutex::new(vec![None; open.len()]) });
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("streams".into()).spawn(move || read_all(&open, &theirs))?;
        Ok(Self { shared, thread })
    }

    /// Closes them. When each student's event came.
    pub(super) fn close(self) -> io::Result<Vec<Option<Instant>>> {
        self.shared.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the thread of the streams panicked"))??;
        let mut completed_at = self.shared.completed_at.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut completed_at))
    }
}

fn hear_head(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = [0; 12];
    stream.read_exact(&mut head)?;
    if !head.ends_with(b" 200") {
        let mut rest = [0; 1024];
        let read = stream.read(&mut rest)?;
        let said = [&head, &rest[..read]].concat();
        return Err(io::Error::other(format!("no event stream: {}", String::from_utf8_lossy(&said))));
    }
    stream.set_nonblocking(true)
}

fn read_all(streams: &[TcpStream], shared: &Shared) -> io::Result<()> {
    let (epoll, mut events) = (Epoll::new()?, Events::with_capacity(512));
    for (token, stream) in streams.iter().enumerate() {
        epoll.add(stream, token as u64, Interest::Readable)?;
    }
    let mut tails = vec![Vec::new(); streams.len()];
    let mut scratch = vec![0; 16 << 10];
    while !shared.over.load(Ordering::Relaxed) {
        epoll.wait(&mut events, Some(LOOK))?;
        let now = Instant::now();
        for event in events.iter() {
            let index = event.token as usize;
            let read = match (&streams[index]).read(&mut scratch) {
                Ok(0) => return Err(io::Error::other("the server ended an event stream")),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                Err(error) => return Err(error),
            };
            let tail: &mut Vec<u8> = &mut tails[index];
            tail.extend_from_slice(&scratch[..read]);
            if tail.windows(COMPLETED.len()).any(|window| window == COMPLETED) {
                tail.clear();
                let mut completed_at = shared.completed_at.lock().unwrap_or_else(PoisonError::into_inner);
                completed_at[index].get_or_insert(now);
            }
            let surplus = tail.len().saturating_sub(TAIL_BYTES);
            tail.drain(..surplus);
        }
    }
    Ok(())
}
