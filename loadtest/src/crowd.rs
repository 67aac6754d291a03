//! The viewers of one run: how they come in, what becomes of them, how they go.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hyper::Uri;
use lectern_client::VideoCodec;
use lectern_client::sdp::{Answer, Credentials, Local, viewer_offer};
use lectern_udp::UdpSocket;
use lectern_wire::dtls::Identity;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::clock::now_us;
use crate::fleet::{Count, Fleet};
use crate::histogram::Histogram;
use crate::http;
use crate::measure;
use crate::receivers::{Pace, Receivers};
use crate::report::Progress;
use crate::target::Target;
use crate::viewer::{Notice, Ticket};

/// How often the control side looks for news.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// Connections that end sessions at once.
const FAREWELLS: usize = 32;

/// How a crowd is made up.
#[derive(Clone, Debug)]
pub struct Makeup {
    /// How many viewers.
    pub viewers: usize,
    /// How many of them decrypt everything and measure delay.
    pub sampled: usize,
    /// Pictures and voices that each offers to receive.
    pub slots: (usize, usize),
    /// POSTs in flight at once.
    pub concurrency: usize,
    /// Threads for those who are not sampled.
    pub threads: usize,
    /// Sampled viewers ask for what is missing.
    pub nack: bool,
    /// The publisher stamps its picture.
    pub stamped: bool,
    /// How long joining may take.
    pub patience: Duration,
}

/// How the joining went.
#[derive(Clone, Debug, Default)]
pub struct Joining {
    /// Viewers that have a keyframe.
    pub joined: usize,
    /// Why others have none, and how many.
    pub failures: BTreeMap<String, usize>,
    /// `503` answers before the good one.
    pub refused: u32,
    /// From POST to the first whole keyframe.
    pub joins: Histogram,
    /// From POST to a connection that media can use.
    pub connects: Histogram,
    /// From the first POST to the last viewer's keyframe; `None` when somebody has none.
    pub all_joined: Option<Duration>,
}

/// Viewers, joined or not.
#[derive(Debug)]
pub struct Crowd {
    fleets: Vec<Fleet>,
    notices: Receiver<Notice>,
    identity: Identity,
    ip: IpAddr,
    resources: Vec<Uri>,
    ports: HashSet<u16>,
    drops_before: u64,
    /// Viewers lost after the joining.
    lost: usize,
}

impl Crowd {
    /// Threads without viewers.
    ///
    /// # Errors
    /// No threads, no route to the server, no randomness.
    pub fn new(target: &Target, makeup: &Makeup) -> io::Result<Self> {
        let identity = Identity::generate().map_err(io::Error::other)?;
        let (sender, notices) = channel();
        let paces = std::iter::once(Pace::Immediate).chain(std::iter::repeat_n(Pace::Tick, makeup.threads.max(1)));
        let fleets =
            paces.map(|pace| Fleet::start(identity.clone(), pace, sender.clone())).collect::<io::Result<_>>()?;
        Ok(Self {
            fleets,
            notices,
            identity,
            ip: target.local_ip()?,
            resources: Vec::new(),
            ports: HashSet::new(),
            drops_before: 0,
            lost: 0,
        })
    }

    /// Bring everybody in, and wait until each has its first whole keyframe or will have none.
    pub async fn join(&mut self, target: &Target, makeup: &Makeup, progress: &mut Progress) -> Joining {
        let mut joining = Joining::default();
        let start = Instant::now();
        let deadline = start + makeup.patience;
        let gate = Arc::new(Semaphore::new(makeup.concurrency.max(1)));
        let target = Arc::new(target.clone());
        let mut offers = JoinSet::new();
        for index in 0..makeup.viewers {
            let newcomer = Newcomer {
                // Spread evenly over the order of arrival.
                sampled: (index + 1) * makeup.sampled / makeup.viewers > index * makeup.sampled / makeup.viewers,
                nack: makeup.nack,
                stamped: makeup.stamped,
                slots: makeup.slots,
                bind: self.ip,
                identity: self.identity.clone(),
            };
            let (gate, target) = (Arc::clone(&gate), Arc::clone(&target));
            offers.spawn(async move {
                let _turn = gate.acquire_owned().await;
                newcomer.offer(&target, deadline).await
            });
        }
        let mut settled = 0;
        let mut admitted = 0;
        while settled < makeup.viewers && Instant::now() < deadline {
            tokio::select! {
                Some(offered) = offers.join_next() => match offered.unwrap_or_else(|panic| Err(panic.to_string())) {
                    Ok(welcome) => {
                        joining.refused += welcome.refused;
                        self.admit(welcome, admitted);
                        admitted += 1;
                    }
                    Err(why) => {
                        *joining.failures.entry(why).or_default() += 1;
                        settled += 1;
                    }
                },
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
            settled += self.hear(&mut joining);
            progress.show(joining.joined, makeup.viewers);
        }
        let missing = makeup.viewers - settled;
        if missing > 0 {
            joining.failures.insert("no keyframe in time".to_owned(), missing);
        }
        joining.all_joined = (joining.joined == makeup.viewers).then(|| start.elapsed());
        joining
    }

    /// Where everybody stands; with `reset`, the delays begin anew.
    ///
    /// # Errors
    /// A thread has ended.
    pub fn count(&mut self, reset: bool) -> io::Result<Count> {
        let mut total = Count::default();
        for fleet in &self.fleets {
            total.merge(&fleet.count(reset).ok_or_else(|| io::Error::other("a thread of viewers has ended"))?);
        }
        self.lost += self.notices.try_iter().filter(|notice| matches!(notice, Notice::Failed(_))).count();
        Ok(total)
    }

    /// Viewers that lost their connection after they had joined.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.lost
    }

    /// Datagrams that our own sockets had no room for since the last call.
    ///
    /// # Errors
    /// `/proc/net/udp` cannot be read.
    pub fn take_own_drops(&mut self) -> io::Result<u64> {
        let drops = measure::udp_drops(&self.ports)?;
        Ok(drops - std::mem::replace(&mut self.drops_before, drops))
    }

    /// `DELETE` every session, then end the threads; how many sessions could not be ended.
    ///
    /// # Errors
    /// A thread failed.
    pub async fn leave(self, token: Option<&str>) -> io::Result<usize> {
        let gate = Arc::new(Semaphore::new(FAREWELLS));
        let mut farewells = JoinSet::new();
        for resource in self.resources {
            let (gate, token) = (Arc::clone(&gate), token.map(str::to_owned));
            farewells.spawn(async move {
                let _turn = gate.acquire_owned().await;
                http::end(&resource, token.as_deref()).await.is_err()
            });
        }
        let failed = farewells.join_all().await.into_iter().filter(|failed| *failed).count();
        self.fleets.into_iter().try_for_each(Fleet::stop)?;
        Ok(failed)
    }

    fn admit(&mut self, welcome: Welcome, admitted: usize) {
        self.resources.extend(welcome.resource);
        self.ports.insert(welcome.socket.local_addr().port());
        let fleet = if welcome.ticket.sampled { 0 } else { 1 + admitted % (self.fleets.len() - 1) };
        self.fleets[fleet].admit(welcome.socket, welcome.ticket);
    }

    /// Take the news; how many viewers are settled by it.
    fn hear(&mut self, joining: &mut Joining) -> usize {
        let mut settled = 0;
        for notice in self.notices.try_iter() {
            settled += 1;
            match notice {
                Notice::Joined { after_us, connected_us } => {
                    joining.joined += 1;
                    joining.joins.record(after_us);
                    joining.connects.record(connected_us);
                }
                Notice::Failed(error) => *joining.failures.entry(error.to_string()).or_default() += 1,
            }
        }
        settled
    }
}

/// A viewer before its offer.
struct Newcomer {
    sampled: bool,
    nack: bool,
    stamped: bool,
    slots: (usize, usize),
    bind: IpAddr,
    identity: Identity,
}

/// A viewer that the server took.
struct Welcome {
    socket: UdpSocket,
    ticket: Ticket,
    resource: Option<Uri>,
    refused: u32,
}

impl Newcomer {
    async fn offer(self, target: &Target, deadline: Instant) -> Result<Welcome, String> {
        let socket = Receivers::open((self.bind, 0).into()).map_err(|error| error.to_string())?;
        let credentials = Credentials::random();
        let (fingerprint, address) = (self.identity.fingerprint(), socket.local_addr());
        let local = Local { credentials: credentials.clone(), fingerprint, address: Some(address) };
        let sdp = viewer_offer(&local, &VideoCodec::ALL, self.slots.0, self.slots.1);
        let begun_us = now_us();
        let created = http::offer(&target.whep, target.viewer_token.as_deref(), sdp, deadline).await;
        let created = created.map_err(|error| error.to_string())?;
        let answer = Answer::parse(&created.answer).and_then(|answer| answer.reachable_from(address));
        let answer = answer.map_err(|error| error.to_string())?;
        let Self { sampled, nack, stamped, .. } = self;
        let ticket = Ticket { credentials, answer, begun_us, sampled, nack, stamped };
        Ok(Welcome { socket, ticket, resource: created.resource, refused: created.refused })
    }
}
