//! A WHIP client that sends a voice and a picture at the pace of a real one, answers what it is asked, and keeps account of
//! its own failings: packets it could not send, frames that were late.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lectern_client::VideoCodec;
use lectern_client::peer::{Peer, PeerError};
use lectern_client::sdp::{Answer, AnswerError, Credentials, Local, Section, VideoOffer, publisher_offer};
use lectern_udp::{Epoll, Events, Interest, RecvBatch, SocketOptions, UdpSocket};
use lectern_wire::demux::Kind;
use lectern_wire::dtls::Identity;
use lectern_wire::rtcp::{SenderInfo, ntp_from_unix};
use lectern_wire::rtp::Header;
use lectern_wire::srtp::{Opener, Sealer, SourceLimits};

use crate::clock::now_us;
use crate::feedback::{self, Request};
use crate::histogram::Histogram;
use crate::ivf::Movie;
use crate::outlet::{ExtensionIds, Label, Outlet};
use crate::stream::{AudioSource, Frame, Shape, VideoSource};

/// Pictures a second.
pub const FRAMES_PER_SECOND: u32 = 30;
const AUDIO_INTERVAL: Duration = Duration::from_millis(20);
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const CONSENT_INTERVAL: Duration = Duration::from_millis(2500);
/// Longest sleep, so that a stop is noticed.
const WAIT_MAX: Duration = Duration::from_millis(10);
/// Packets kept for repetition, per stream: two seconds and a few keyframes.
const HISTORY_LEN: usize = 1024;

/// What to publish.
#[derive(Clone, Debug)]
pub struct Programme {
    /// Of the picture.
    pub codec: VideoCodec,
    /// Three layers `q`, `h`, `f` instead of one stream.
    pub simulcast: bool,
    /// Play this instead of the synthetic stream.
    pub movie: Option<Movie>,
}

/// A publisher before its offer is answered.
#[derive(Debug)]
pub struct Offering {
    socket: UdpSocket,
    credentials: Credentials,
    identity: Identity,
    audio: Track<AudioSource>,
    video: Vec<Track<VideoSource>>,
    codec: VideoCodec,
    simulcast: bool,
}

/// A publisher at work on a thread of its own.
#[derive(Debug)]
pub struct Publisher {
    shared: Arc<Shared>,
    thread: JoinHandle<io::Result<Account>>,
}

/// What the publisher tells while it works.
#[derive(Debug, Default)]
pub struct Shared {
    stop: AtomicBool,
    connected: AtomicBool,
    failed: AtomicBool,
    audio_packets: AtomicU64,
    video_packets: AtomicU64,
    /// When keyframes were asked for, µs.
    keyframe_requests_us: Mutex<Vec<u64>>,
    /// How late frames were sent.
    lateness: Mutex<Histogram>,
}

/// What the publisher tells at its end.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Video frames sent, of all layers.
    pub frames: u64,
    /// How many of them were keyframes.
    pub keyframes: u64,
    /// RTP packets sent, retransmissions included.
    pub packets: u64,
    /// Packets that the kernel did not take.
    pub unsent: u64,
    /// NACKs received: packets asked for again.
    pub nacked: u64,
    /// How many of those were sent again.
    pub repeated: u64,
    /// Why the connection ended before its time.
    pub error: Option<PeerError>,
}

/// One stream that is sent.
#[derive(Debug)]
struct Track<Content> {
    content: Content,
    ssrc: u32,
    rtx_ssrc: u32,
    rid: Option<&'static str>,
    /// Extended sequence numbers of the next packets.
    index: u64,
    rtx_index: u64,
    timestamp: u32,
    packets: u32,
    bytes: u32,
    keyframe_wanted: bool,
    history: VecDeque<Kept>,
}

/// A packet that may be asked for again.
#[derive(Debug)]
struct Kept {
    number: u16,
    timestamp: u32,
    marker: bool,
    payload: Vec<u8>,
}

impl<Content> Track<Content> {
    fn new(content: Content, rid: Option<&'static str>) -> Self {
        Self {
            content,
            ssrc: rand::random::<u32>() | 1,
            rtx_ssrc: rand::random::<u32>() & !1,
            rid,
            // In the first cycle, as RFC 3711 section 3.3.1 wishes, and near its end so that it wraps in a long run.
            index: u64::from(rand::random::<u16>() >> 1),
            rtx_index: u64::from(rand::random::<u16>() >> 1),
            timestamp: rand::random(),
            packets: 0,
            bytes: 0,
            keyframe_wanted: false,
            history: VecDeque::new(),
        }
    }
}

impl Offering {
    /// Bind a socket and make up streams.
    ///
    /// # Errors
    /// No socket, or no randomness for a certificate.
    pub fn new(bind: IpAddr, programme: &Programme) -> io::Result<Self> {
        let layers: &[(Option<&'static str>, Shape)] = if programme.simulcast {
            &[(Some("q"), Shape::QUARTER), (Some("h"), Shape::HALF), (Some("f"), Shape::FULL)]
        } else {
            &[(None, Shape::FULL)]
        };
        let video = layers.iter().enumerate().map(|(index, (rid, shape))| {
            let source = match &programme.movie {
                Some(movie) => VideoSource::movie(movie.clone(), index as u8),
                None => VideoSource::synthetic(programme.codec, *shape, index as u8),
            };
            Track::new(source, *rid)
        });
        Ok(Self {
            socket: UdpSocket::bind((bind, 0).into(), &SocketOptions::default())?,
            credentials: Credentials::random(),
            identity: Identity::generate().map_err(io::Error::other)?,
            audio: Track::new(AudioSource::default(), None),
            video: video.collect(),
            codec: programme.movie.as_ref().map_or(programme.codec, Movie::codec),
            simulcast: programme.simulcast,
        })
    }

    /// What to POST.
    #[must_use]
    pub fn sdp(&self) -> String {
        let local = Local {
            credentials: self.credentials.clone(),
            fingerprint: self.identity.fingerprint(),
            address: Some(self.socket.local_addr()),
        };
        let rids = if self.simulcast { self.video.iter().filter_map(|track| track.rid).collect() } else { Vec::new() };
        let ssrcs = (self.video[0].ssrc, self.video[0].rtx_ssrc);
        publisher_offer(&local, self.audio.ssrc, &VideoOffer { codec: self.codec, rids, ssrcs })
    }

    /// Begin, with the server's answer.
    ///
    /// # Errors
    /// The answer cannot be used, or there is no thread to be had.
    pub fn begin(self, answer: &str) -> Result<Publisher, Box<dyn std::error::Error + Send + Sync>> {
        let answer = Answer::parse(answer)?.reachable_from(self.socket.local_addr())?;
        let section = |is_video: bool| {
            let found = answer.sections.iter().find(|section| section.is_video == is_video && !section.rejected);
            found.cloned().ok_or(AnswerError::Rejected)
        };
        let (audio_section, video_section) = (section(false)?, section(true)?);
        let now = Instant::now();
        let shared = Arc::<Shared>::default();
        let worker = Worker {
            peer: Peer::new(&self.identity, self.credentials, &answer, CONSENT_INTERVAL, now),
            outlet: Outlet::new(self.socket),
            opener: None,
            audio: self.audio,
            video: self.video,
            frame: Frame::default(),
            formats: Formats::new(&audio_section, &video_section)?,
            shared: Arc::clone(&shared),
            account: Account::default(),
            epoch: None,
            frames_sent: 0,
            audio_sent: 0,
            next_report: now,
        };
        let thread = thread::Builder::new().name("publisher".into()).spawn(move || worker.run())?;
        Ok(Publisher { shared, thread })
    }
}

impl Publisher {
    /// Whether media flows; an error when it never will.
    ///
    /// # Errors
    /// The connection failed.
    pub fn is_connected(&self) -> io::Result<bool> {
        if self.shared.failed.load(Ordering::Relaxed) || self.thread.is_finished() {
            return Err(io::Error::other("the publisher lost its connection"));
        }
        Ok(self.shared.connected.load(Ordering::Relaxed))
    }

    /// Packets sent so far to a viewer that gets the voice and the best layer of the picture.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.shared.audio_packets.load(Ordering::Relaxed) + self.shared.video_packets.load(Ordering::Relaxed)
    }

    /// When keyframes were asked for, µs on [`now_us`]'s clock.
    #[must_use]
    pub fn keyframe_requests_us(&self) -> Vec<u64> {
        lock(&self.shared.keyframe_requests_us).clone()
    }

    /// How late frames were sent since this was asked last.
    #[must_use]
    pub fn take_lateness(&self) -> Histogram {
        std::mem::take(&mut *lock(&self.shared.lateness))
    }

    /// End it.
    ///
    /// # Errors
    /// Its thread failed.
    pub fn stop(self) -> io::Result<Account> {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| io::Error::other("the publisher panicked"))?
    }
}

/// Payload types and header extensions as negotiated.
#[derive(Debug)]
struct Formats {
    audio_pt: u8,
    video_pt: u8,
    rtx_pt: Option<u8>,
    audio: ExtensionIds,
    video: ExtensionIds,
}

impl Formats {
    fn new(audio: &Section, video: &Section) -> Result<Self, AnswerError> {
        let pt = |section: &Section| section.payloads.first().map(|(pt, _)| *pt).ok_or(AnswerError::Rejected);
        let video_pt = pt(video)?;
        Ok(Self {
            audio_pt: pt(audio)?,
            video_pt,
            rtx_pt: video.retransmissions.iter().find(|(_, apt)| *apt == video_pt).map(|(rtx, _)| *rtx),
            audio: ExtensionIds::of(audio),
            video: ExtensionIds::of(video),
        })
    }
}

/// The publisher's thread.
struct Worker {
    peer: Peer,
    outlet: Outlet,
    opener: Option<Opener>,
    audio: Track<AudioSource>,
    video: Vec<Track<VideoSource>>,
    frame: Frame,
    formats: Formats,
    shared: Arc<Shared>,
    account: Account,
    /// When media began.
    epoch: Option<Instant>,
    frames_sent: u32,
    audio_sent: u32,
    next_report: Instant,
}

impl Worker {
    fn run(mut self) -> io::Result<Account> {
        let epoll = Epoll::new()?;
        epoll.add(self.outlet.socket(), 0, Interest::Readable)?;
        let mut events = Events::with_capacity(1);
        let mut received = RecvBatch::new(16, 4096);
        while !self.shared.stop.load(Ordering::Relaxed) {
            let now = Instant::now();
            if let Err(error) = self.receive(&mut received, now).and_then(|()| self.peer.handle_timeout(now)) {
                self.account.error = Some(error);
                self.shared.failed.store(true, Ordering::Relaxed);
                break;
            }
            self.send_due(now);
            self.send_control();
            let wait = self.next_due(now).saturating_duration_since(Instant::now()).min(WAIT_MAX);
            // epoll counts in milliseconds; what is left below two is slept through exactly.
            if wait >= Duration::from_millis(2) {
                epoll.wait(&mut events, Some(wait - Duration::from_millis(1)))?;
            } else {
                thread::sleep(wait);
            }
        }
        self.peer.close();
        self.send_control();
        self.account.unsent = self.outlet.unsent();
        Ok(self.account)
    }

    fn receive(&mut self, received: &mut RecvBatch, now: Instant) -> Result<(), PeerError> {
        while matches!(received.recv(self.outlet.socket()), Ok(1..)) {
            for (source, datagram) in received.datagrams() {
                self.handle(source, datagram, now)?;
            }
        }
        Ok(())
    }

    fn handle(&mut self, source: SocketAddr, datagram: &mut [u8], now: Instant) -> Result<(), PeerError> {
        match Kind::of(datagram) {
            Kind::Rtp => {}
            Kind::Rtcp => {
                let opened = self.opener.as_mut().and_then(|opener| opener.open_rtcp(datagram).ok());
                let requests = opened.map(|len| feedback::requests(&datagram[..len])).unwrap_or_default();
                requests.into_iter().for_each(|request| self.answer(request));
            }
            _ => {
                if let Some(keys) = self.peer.handle(source, datagram, now)? {
                    self.outlet.connect(Sealer::new(&keys.client));
                    self.opener = Some(Opener::new(&keys.server, SourceLimits::default()));
                    self.epoch = Some(now);
                    self.next_report = now;
                    self.shared.connected.store(true, Ordering::Relaxed);
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Keyframe(ssrc) => {
                if let Some(track) = self.video.iter_mut().find(|track| track.ssrc == ssrc) {
                    track.keyframe_wanted = true;
                    lock(&self.shared.keyframe_requests_us).push(now_us());
                }
            }
            Request::Repeat(ssrc, numbers) => {
                self.account.nacked += numbers.len() as u64;
                if let Some(layer) = self.video.iter().position(|track| track.ssrc == ssrc) {
                    numbers.into_iter().for_each(|number| self.repeat(layer, number));
                }
            }
        }
    }

    /// RFC 4588: the packet again, in the stream of retransmissions.
    fn repeat(&mut self, layer: usize, number: u16) {
        let track = &mut self.video[layer];
        let Some(payload_type) = self.formats.rtx_pt else { return };
        let Some(kept) = track.history.iter().find(|kept| kept.number == number) else { return };
        let header = Header {
            marker: kept.marker,
            payload_type,
            sequence_number: track.rtx_index as u16,
            timestamp: kept.timestamp,
            ssrc: track.rtx_ssrc,
            ..Header::default()
        };
        let payload = [&number.to_be_bytes()[..], &kept.payload].concat();
        let label = Label::Repair(track.rid);
        self.outlet.rtp(self.peer.remote(), track.rtx_index, &header, &self.formats.video, label, &payload);
        track.rtx_index += 1;
        self.account.packets += 1;
        self.account.repeated += 1;
    }

    fn send_due(&mut self, now: Instant) {
        let Some(epoch) = self.epoch else { return };
        while now >= epoch + AUDIO_INTERVAL * self.audio_sent {
            self.send_voice();
            self.audio_sent += 1;
        }
        loop {
            let due = epoch + frame_time(self.frames_sent);
            if now < due {
                break;
            }
            lock(&self.shared.lateness).record((now - due).as_micros() as u64);
            (0..self.video.len()).for_each(|layer| self.send_picture(layer));
            self.frames_sent += 1;
        }
        if now >= self.next_report {
            self.next_report = now + REPORT_INTERVAL;
            self.send_reports();
        }
    }

    fn send_voice(&mut self) {
        const SAMPLES: u32 = 960;
        const LOUDNESS: u8 = 30;
        let payload = self.audio.content.next_packet(now_us());
        let header = self.audio.next_header(self.formats.audio_pt, false, payload.len());
        let (index, label) = (self.audio.index, Label::Voice(LOUDNESS));
        self.outlet.rtp(self.peer.remote(), index, &header, &self.formats.audio, label, &payload);
        self.audio.index += 1;
        self.audio.timestamp = self.audio.timestamp.wrapping_add(SAMPLES);
        self.account.packets += 1;
        self.shared.audio_packets.fetch_add(1, Ordering::Relaxed);
    }

    fn send_picture(&mut self, layer: usize) {
        const CLOCK_RATE: u32 = 90_000;
        let is_best = layer + 1 == self.video.len();
        let track = &mut self.video[layer];
        let wanted = std::mem::take(&mut track.keyframe_wanted);
        track.content.next_frame(wanted, now_us(), &mut self.frame);
        let count = self.frame.payloads.len();
        for (place, payload) in self.frame.payloads.drain(..).enumerate() {
            let header = track.next_header(self.formats.video_pt, place + 1 == count, payload.len());
            let label = Label::Picture(track.rid);
            self.outlet.rtp(self.peer.remote(), track.index, &header, &self.formats.video, label, &payload);
            track.index += 1;
            if track.history.len() == HISTORY_LEN {
                track.history.pop_front();
            }
            let Header { sequence_number: number, timestamp, marker, .. } = header;
            track.history.push_back(Kept { number, timestamp, marker, payload });
        }
        track.timestamp = track.timestamp.wrapping_add(CLOCK_RATE / FRAMES_PER_SECOND);
        self.account.frames += 1;
        self.account.keyframes += u64::from(self.frame.keyframe);
        self.account.packets += count as u64;
        if is_best {
            self.shared.video_packets.fetch_add(count as u64, Ordering::Relaxed);
        }
    }

    fn send_reports(&mut self) {
        let ntp = ntp_from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
        let to = self.peer.remote();
        self.outlet.rtcp(to, |writer| writer.sender_report(self.audio.ssrc, &self.audio.sender_info(ntp), &[]));
        for track in &self.video {
            self.outlet.rtcp(to, |writer| writer.sender_report(track.ssrc, &track.sender_info(ntp), &[]));
        }
    }

    fn send_control(&mut self) {
        let to = self.peer.remote();
        while let Some(datagram) = self.peer.poll_transmit() {
            self.outlet.plain(to, &datagram);
        }
        self.outlet.flush();
    }

    fn next_due(&self, now: Instant) -> Instant {
        let media = self.epoch.map_or(now + WAIT_MAX, |epoch| {
            (epoch + AUDIO_INTERVAL * self.audio_sent).min(epoch + frame_time(self.frames_sent))
        });
        media.min(self.peer.next_timeout())
    }
}

impl<Content> Track<Content> {
    /// The header of the next packet, which is counted.
    fn next_header(&mut self, payload_type: u8, marker: bool, payload_len: usize) -> Header {
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload_len as u32);
        Header {
            marker,
            payload_type,
            sequence_number: self.index as u16,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            ..Header::default()
        }
    }

    fn sender_info(&self, ntp: u64) -> SenderInfo {
        SenderInfo { ntp, rtp: self.timestamp, packets: self.packets, octets: self.bytes }
    }
}

/// When a frame is due, counted from the first.
fn frame_time(frame: u32) -> Duration {
    Duration::from_secs(1) * frame / FRAMES_PER_SECOND
}

/// A panic of the other thread leaves counts and times as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
