//! An open loop of HTTP/1.1 requests over connections that stay.
//!
//! One thread, one epoll. Requests are due at even distances; who finds no free connection waits for one, and that time counts
//! (no coordinated omission). An answer is read as far as it has to be: status, length, body.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use lectern_udp::{Epoll, Events, Interest};

use crate::histogram::Histogram;

/// The most that an answer may have, head included.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// After the last request, how long answers are waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections looked at in one round.
const EVENTS: usize = 512;

/// How much is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    pub(super) per_s: f64,
    pub(super) window: Duration,
}

/// Says what is asked for, and hears what is answered.
pub(super) trait Script {
    /// What an answer is known by.
    type Tag: Copy;
    /// Writes the next request.
    fn request(&mut self, out: &mut Vec<u8>) -> Self::Tag;
    /// It was answered.
    fn answered(&mut self, tag: Self::Tag, status: u16, body: &[u8]);
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// Requests that were due.
    pub(super) due: u64,
    /// Answers of success.
    pub(super) done: u64,
    /// Other answers by status.
    pub(super) refused: BTreeMap<u16, u64>,
    /// From when a request was due until its answer was read, of those that succeeded.
    pub(super) latency: Histogram,
    /// From the first to the last that was due, or until its answer.
    pub(super) elapsed: Duration,
}

impl Outcome {
    /// Successful answers a second.
    pub(super) fn per_s(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64()
    }
}

struct Pipe<T> {
    stream: TcpStream,
    asked: Option<(Instant, T)>,
    answer: Vec<u8>,
}

/// Asks until the window is over and everything is answered, or every connection is broken.
pub(super) fn drive<S: Script>(load: &Load, script: &mut S) -> io::Result<Outcome> {
    let epoll = Epoll::new()?;
    let mut pipes = Vec::with_capacity(load.connections);
    for token in 0..load.connections {
        let stream = TcpStream::connect(load.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        epoll.add(&stream, token as u64, Interest::Readable)?;
        pipes.push(Pipe { stream, asked: None, answer: Vec::with_capacity(4 << 10) });
    }
    let mut free: VecDeque<usize> = (0..pipes.len()).collect();
    let (mut events, mut request, mut scratch) = (Events::with_capacity(EVENTS), Vec::new(), vec![0; 64 << 10]);
    let (mut outcome, mut broken) = (Outcome::default(), 0);
    let total = (load.per_s * load.window.as_secs_f64()) as u64;
    let start = Instant::now();
    let due_at = |number: u64| start + Duration::from_secs_f64(number as f64 / load.per_s);
    loop {
        let now = Instant::now();
        while outcome.due < total && due_at(outcome.due) <= now {
            let Some(index) = free.pop_front() else { break };
            request.clear();
            let tag = script.request(&mut request);
            let pipe = &mut pipes[index];
            pipe.asked = Some((due_at(outcome.due), tag));
            outcome.due += 1;
            if pipe.stream.write(&request).ok() != Some(request.len()) {
                pipe.asked = None;
                broken += 1;
            }
        }
        let is_over = outcome.due == total && free.len() + broken == pipes.len();
        if is_over || broken == pipes.len() || now > start + load.window + PATIENCE {
            break;
        }
        let wait = if outcome.due < total && !free.is_empty() {
            due_at(outcome.due).saturating_duration_since(now)
        } else {
            PATIENCE
        };
        epoll.wait(&mut events, Some(wait.min(Duration::from_millis(20))))?;
        for event in events.iter() {
            let (index, pipe) = (event.token as usize, &mut pipes[event.token as usize]);
            match pipe.read(&mut scratch) {
                Ok(None) => {}
                Ok(Some((status, body))) => {
                    if let Some((due, tag)) = pipe.asked.take() {
                        outcome.count(status, due.elapsed());
                        script.answered(tag, status, &pipe.answer[body..]);
                        free.push_back(index);
                    }
                    pipe.answer.clear();
                }
                Err(_) => {
                    epoll.remove(&pipe.stream)?;
                    pipe.asked = None;
                    free.retain(|other| *other != index);
                    broken += 1;
                }
            }
        }
    }
    outcome.elapsed = start.elapsed();
    Ok(outcome)
}

impl Outcome {
    fn count(&mut self, status: u16, latency: Duration) {
        if (200..300).contains(&status) {
            self.done += 1;
            self.latency.record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
        } else {
            *self.refused.entry(status).or_default() += 1;
        }
    }
}

impl<T> Pipe<T> {
    /// The status and where the body begins, once the answer is there.
    fn read(&mut self, scratch: &mut [u8]) -> io::Result<Option<(u16, usize)>> {
        loop {
            match self.stream.read(scratch) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.answer.extend_from_slice(&scratch[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
            if let Some((status, body, length)) = head(&self.answer)?
                && self.answer.len() >= body + length
            {
                return Ok(Some((status, body)));
            }
            if self.answer.len() > ANSWER_BYTES_MAX {
                return Err(io::Error::other("an answer without end"));
            }
        }
    }
}

/// The status, where the body begins, and how long it is; nothing before the head is there.
fn head(answer: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let unreadable = || io::Error::other("not the answer of an HTTP server");
    let text = std::str::from_utf8(&answer[..end]).map_err(|_| unreadable())?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(unreadable)?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok());
    match length {
        Some(length) => Ok(Some((status, end + 4, length))),
        None if status == 204 => Ok(Some((status, end + 4, 0))),
        None => Err(io::Error::other("an answer without a length")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        assert_eq!(head(b"HTTP/1.1 200 OK\r\nContent-Len").unwrap(), None);
        assert_eq!(head(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap(), Some((200, 38, 2)));
        assert_eq!(head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), Some((204, 27, 0)));
        assert!(head(b"nonsense\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }

    struct Count(u64);

    impl Script for Count {
        type Tag = ();

        fn request(&mut self, out: &mut Vec<u8>) {
            out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        }

        fn answered(&mut self, (): (), _: u16, body: &[u8]) {
            assert_eq!(body, b"ok");
            self.0 += 1;
        }
    }

    /// The server stands still for a while: an answer that came late counts from when it was due.
    #[test]
    fn latency_counts_from_when_a_request_was_due() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            std::thread::sleep(Duration::from_millis(300));
            while stream.read(&mut request).unwrap() > 0 {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
            }
        });
        let mut script = Count(0);
        let load = Load { address, connections: 1, per_s: 100.0, window: Duration::from_millis(200) };
        let outcome = drive(&load, &mut script).unwrap();
        server.join().unwrap();
        assert_eq!((outcome.due, outcome.done, script.0), (20, 20, 20));
        assert!(outcome.latency.quantile_ms(0.1).unwrap() >= 90.0, "the last was due 110 ms before the server moved");
    }
}
