//! A thread full of viewers.

use std::io;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use lectern_udp::UdpSocket;
use lectern_wire::dtls::Identity;

use crate::receivers::{Pace, Receivers};
use crate::viewer::{Findings, Notice, Ticket, Viewer};

/// How often timers are looked at; the shortest one is 60 ms.
const SWEEP_INTERVAL: Duration = Duration::from_millis(10);

/// The thread, from outside.
#[derive(Debug)]
pub struct Fleet {
    orders: Sender<Order>,
    thread: JoinHandle<io::Result<()>>,
}

enum Order {
    Admit(UdpSocket, Box<Ticket>),
    Count { reset: bool, reply: Sender<Count> },
    Leave,
}

/// Where a fleet's viewers stand.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// RTP packets received by each viewer, retransmissions included.
    pub packets: Vec<u64>,
    /// Media packets that should have come, by sequence numbers.
    pub expected: u64,
    /// Media packets that came.
    pub received: u64,
    /// Media packets that came again.
    pub duplicates: u64,
    /// Datagrams of ours that the kernel did not take.
    pub unsent: u64,
    /// Datagrams that did not fit a buffer.
    pub truncated: u64,
    /// What sampled viewers found.
    pub findings: Findings,
}

impl Count {
    /// Add another fleet's.
    pub fn merge(&mut self, other: &Self) {
        self.packets.extend_from_slice(&other.packets);
        self.expected += other.expected;
        self.received += other.received;
        self.duplicates += other.duplicates;
        self.unsent += other.unsent;
        self.truncated += other.truncated;
        self.findings.merge(&other.findings);
    }
}

impl Fleet {
    /// An empty one. What happens to its viewers goes to `notices`.
    ///
    /// # Errors
    /// No thread, or too many open files.
    pub fn start(identity: Identity, pace: Pace, notices: Sender<Notice>) -> io::Result<Self> {
        let (orders, inbox) = channel();
        let crew = Crew { receivers: Receivers::new(pace)?, viewers: Vec::new(), unsent: 0, identity, notices };
        let thread = thread::Builder::new().name("viewers".into()).spawn(move || crew.run(&inbox))?;
        Ok(Self { orders, thread })
    }

    /// One more viewer, on the socket that its offer named.
    pub fn admit(&self, socket: UdpSocket, ticket: Ticket) {
        // A thread that has ended says so when it is stopped.
        let _ = self.orders.send(Order::Admit(socket, Box::new(ticket)));
    }

    /// Where it stands; with `reset`, the delays begin anew. `None` when the thread has ended.
    #[must_use]
    pub fn count(&self, reset: bool) -> Option<Count> {
        let (reply, answer) = channel();
        self.orders.send(Order::Count { reset, reply }).ok()?;
        answer.recv().ok()
    }

    /// Close every viewer and end the thread.
    ///
    /// # Errors
    /// The thread failed before.
    pub fn stop(self) -> io::Result<()> {
        let _ = self.orders.send(Order::Leave);
        self.thread.join().map_err(|_| io::Error::other("a thread of viewers panicked"))?
    }
}

/// The thread, from inside.
struct Crew {
    receivers: Receivers,
    viewers: Vec<Viewer>,
    unsent: u64,
    identity: Identity,
    notices: Sender<Notice>,
}

impl Crew {
    fn run(mut self, inbox: &Receiver<Order>) -> io::Result<()> {
        let mut next_sweep = Instant::now();
        loop {
            loop {
                match inbox.try_recv() {
                    Ok(Order::Admit(socket, ticket)) => self.admit(socket, *ticket)?,
                    Ok(Order::Count { reset, reply }) => drop(reply.send(self.count(reset))),
                    Ok(Order::Leave) | Err(TryRecvError::Disconnected) => {
                        self.leave();
                        return Ok(());
                    }
                    Err(TryRecvError::Empty) => break,
                }
            }
            self.receive()?;
            let now = Instant::now();
            if now >= next_sweep {
                next_sweep = now + SWEEP_INTERVAL;
                self.sweep(now);
            }
        }
    }

    fn admit(&mut self, socket: UdpSocket, ticket: Ticket) -> io::Result<()> {
        let now = Instant::now();
        let index = self.receivers.add(socket)?;
        self.viewers.push(Viewer::new(&self.identity, ticket, now));
        self.look_after(index, now);
        Ok(())
    }

    fn receive(&mut self) -> io::Result<()> {
        let now = Instant::now();
        let Self { receivers, viewers, unsent, notices, .. } = self;
        receivers.poll(|index, socket, source, datagram| {
            let viewer = &mut viewers[index];
            if let Some(notice) = viewer.handle(source, datagram, now) {
                let _ = notices.send(notice);
            }
            *unsent += viewer.flush(socket);
        })
    }

    fn sweep(&mut self, now: Instant) {
        for index in 0..self.viewers.len() {
            if self.viewers[index].next_timeout().is_some_and(|at| now >= at) {
                self.look_after(index, now);
            }
        }
    }

    fn look_after(&mut self, index: usize, now: Instant) {
        let viewer = &mut self.viewers[index];
        if let Some(notice) = viewer.handle_timeout(now) {
            let _ = self.notices.send(notice);
        }
        self.unsent += viewer.flush(self.receivers.socket(index));
    }

    fn leave(&mut self) {
        for (index, viewer) in self.viewers.iter_mut().enumerate() {
            viewer.close();
            viewer.flush(self.receivers.socket(index));
        }
    }

    fn count(&mut self, reset: bool) -> Count {
        let mut count = Count { unsent: self.unsent, truncated: self.receivers.truncated(), ..Count::default() };
        for viewer in &mut self.viewers {
            let (expected, received, duplicates) = viewer.account();
            count.packets.push(viewer.packets());
            count.expected += expected;
            count.received += received;
            count.duplicates += duplicates;
            if let Some(findings) = viewer.findings(reset) {
                count.findings.merge(&findings);
            }
        }
        count
    }
}
