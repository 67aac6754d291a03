//! One WHEP client after its offer was answered: connect, wait for the first whole keyframe, then count.
//!
//! After the keyframe a viewer only reads the clear part of RTP headers. A *sampled* one goes on decrypting everything and
//! asks for what is missing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lectern_client::VideoCodec;
use lectern_client::peer::{Peer, PeerError};
use lectern_client::sdp::{Answer, Credentials, Section};
use lectern_udp::UdpSocket;
use lectern_wire::demux::Kind;
use lectern_wire::dtls::Identity;
use lectern_wire::rtcp::{ReportBlock, Writer};
use lectern_wire::rtp::Packet;
use lectern_wire::srtp::{Opener, Sealer, SourceLimits};

use crate::clock::now_us;
use crate::histogram::Histogram;
use crate::keyframe::KeyframeWatch;
use crate::sequence::{Arrival, Sequence};
use crate::stamp::{AUDIO_STREAM, Stamp};

const CONSENT_INTERVAL: Duration = Duration::from_secs(5);
const REPORT_INTERVAL: Duration = Duration::from_millis(1500);
/// A viewer without a keyframe asks again after this.
const PLI_INTERVAL: Duration = Duration::from_secs(1);
/// A viewer that was told no SSRC looks so often whether a packet has told it.
const SSRC_INTERVAL: Duration = Duration::from_millis(50);
/// A packet asked for is asked for again after this, so often at most.
const NACK_INTERVAL: Duration = Duration::from_millis(60);
const NACKS_MAX: u8 = 5;
/// Missing packets that are asked for; of a longer gap the newest.
const MISSING_MAX: usize = 64;
/// Room for a report of every track, or a NACK of everything missing, and its tag.
const RTCP_LEN_MAX: usize = 512;

/// What a viewer is made of.
#[derive(Debug)]
pub struct Ticket {
    /// Of its offer.
    pub credentials: Credentials,
    /// The server's answer.
    pub answer: Answer,
    /// When its POST began, µs.
    pub begun_us: u64,
    /// Decrypt everything, for good.
    pub sampled: bool,
    /// Ask for missing packets (needs `sampled`).
    pub nack: bool,
    /// The publisher stamps its picture.
    pub stamped: bool,
}

/// What happened to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It has its first whole keyframe.
    Joined {
        /// Since its POST began, µs.
        after_us: u64,
        /// How much of that went by until media could flow, µs.
        connected_us: u64,
    },
    /// It lost its connection or never had one.
    Failed(PeerError),
}

/// What sampled viewers found inside the packets.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Packets decrypted.
    pub opened: u64,
    /// Packets that could not be.
    pub undecryptable: u64,
    /// Payloads that were not what had been sent.
    pub damaged: u64,
    /// Packets that the publisher sent and the viewer did not get, by the publisher's own numbers.
    pub skipped: u64,
    /// Packets fed twice, by the publisher's own numbers.
    pub repeated: u64,
    /// Pictures that began, or changed their layer, with anything but a keyframe.
    pub black_starts: u64,
    /// Missing packets that came as retransmissions.
    pub recovered: u64,
    /// Packets asked for by NACK.
    pub nacked: u64,
    /// From the publisher's send to the viewer's read.
    pub delays: Histogram,
}

impl Findings {
    /// Add another viewer's.
    pub fn merge(&mut self, other: &Self) {
        self.opened += other.opened;
        self.undecryptable += other.undecryptable;
        self.damaged += other.damaged;
        self.skipped += other.skipped;
        self.repeated += other.repeated;
        self.black_starts += other.black_starts;
        self.recovered += other.recovered;
        self.nacked += other.nacked;
        self.delays.merge(&other.delays);
    }
}

/// One viewer.
#[derive(Debug)]
pub struct Viewer {
    peer: Peer,
    begun_us: u64,
    connected_us: u64,
    /// Who speaks in its RTCP.
    ssrc: u32,
    sealer: Option<Sealer>,
    /// Until the first keyframe, or always when sampled.
    opener: Option<Opener>,
    sections: Box<[Section]>,
    tracks: Vec<Track>,
    packets: u64,
    findings: Option<Box<Findings>>,
    stamped: bool,
    nack: bool,
    joined: bool,
    failed: bool,
    next_report: Instant,
    next_request: Instant,
    outgoing: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Voice,
    Picture(VideoCodec),
    Repair,
}

/// One SSRC.
#[derive(Debug)]
struct Track {
    ssrc: u32,
    media: Media,
    section: usize,
    sequence: Sequence,
    watch: KeyframeWatch,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// The stream and number of the last stamp.
    stamp: Option<(u8, u32)>,
    /// Packets to ask for, how often that was done, and when it is due again.
    missing: Vec<(u16, u8, Instant)>,
}

impl Viewer {
    /// A viewer that begins to connect.
    #[must_use]
    pub fn new(identity: &Identity, ticket: Ticket, now: Instant) -> Self {
        Self {
            peer: Peer::new(identity, ticket.credentials, &ticket.answer, CONSENT_INTERVAL, now),
            begun_us: ticket.begun_us,
            connected_us: 0,
            ssrc: rand::random(),
            sealer: None,
            opener: None,
            sections: ticket.answer.sections.into(),
            tracks: Vec::new(),
            packets: 0,
            findings: ticket.sampled.then(Box::default),
            stamped: ticket.stamped,
            nack: ticket.nack,
            joined: false,
            failed: false,
            next_report: now,
            next_request: now,
            outgoing: Vec::new(),
        }
    }

    /// Take a datagram.
    pub fn handle(&mut self, source: SocketAddr, datagram: &mut [u8], now: Instant) -> Option<Notice> {
        if self.failed {
            return None;
        }
        match Kind::of(datagram) {
            Kind::Rtp => self.handle_rtp(datagram, now),
            Kind::Rtcp | Kind::Unknown => None,
            Kind::Stun | Kind::Dtls => match self.peer.handle(source, datagram, now) {
                Ok(None) => None,
                Ok(Some(keys)) => {
                    self.sealer = Some(Sealer::new(&keys.client));
                    self.opener = Some(Opener::new(&keys.server, SourceLimits::default()));
                    self.connected_us = now_us() - self.begun_us;
                    self.next_report = now + REPORT_INTERVAL.mul_f64(rand::random());
                    self.next_request = now;
                    None
                }
                Err(error) => Some(self.fail(error)),
            },
        }
    }

    /// Do what is due.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Notice> {
        if self.failed {
            return None;
        }
        if let Err(error) = self.peer.handle_timeout(now) {
            return Some(self.fail(error));
        }
        if self.sealer.is_some() {
            if now >= self.next_report {
                self.next_report = now + REPORT_INTERVAL.mul_f64(0.5 + rand::random::<f64>());
                self.report();
            }
            if !self.joined && now >= self.next_request {
                let asked = self.request_keyframe();
                self.next_request = now + if asked { PLI_INTERVAL } else { SSRC_INTERVAL };
            }
            if self.nack {
                self.request_missing(now);
            }
        }
        None
    }

    /// When [`Self::handle_timeout`] is due.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        if self.failed {
            return None;
        }
        let mut next = self.peer.next_timeout();
        if self.sealer.is_some() {
            next = next.min(self.next_report);
            if !self.joined {
                next = next.min(self.next_request);
            }
            let repeats = self.tracks.iter().flat_map(|track| &track.missing).map(|(.., at)| *at);
            next = repeats.fold(next, Instant::min);
        }
        Some(next)
    }

    /// Send what is to be sent; how many datagrams the kernel did not take.
    pub fn flush(&mut self, socket: &UdpSocket) -> u64 {
        let to = self.peer.remote();
        let handshake = std::iter::from_fn(|| self.peer.poll_transmit());
        handshake.chain(self.outgoing.drain(..)).filter(|datagram| socket.send_to(datagram, to).is_err()).count() as u64
    }

    /// Say goodbye.
    pub fn close(&mut self) {
        self.peer.close();
    }

    /// RTP packets received, of media and retransmissions.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Media packets that should have come, that came, and that came again.
    #[must_use]
    pub fn account(&self) -> (u64, u64, u64) {
        let media = self.tracks.iter().filter(|track| track.media != Media::Repair);
        media.fold((0, 0, 0), |(expected, received, duplicates), track| {
            let sequence = &track.sequence;
            (expected + sequence.expected(), received + sequence.received(), duplicates + sequence.duplicates())
        })
    }

    /// What a sampled viewer found; with `reset` the delays begin anew.
    pub fn findings(&mut self, reset: bool) -> Option<Findings> {
        let findings = self.findings.as_deref_mut()?;
        let found = findings.clone();
        if reset {
            findings.delays = Histogram::default();
        }
        Some(found)
    }

    fn fail(&mut self, error: PeerError) -> Notice {
        self.failed = true;
        Notice::Failed(error)
    }

    fn handle_rtp(&mut self, datagram: &mut [u8], now: Instant) -> Option<Notice> {
        let header = datagram.first_chunk::<12>()?;
        let payload_type = header[1] & 0x7f;
        let number = u16::from_be_bytes([header[2], header[3]]);
        let ssrc = u32::from_be_bytes([header[8], header[9], header[10], header[11]]);
        let (place, arrival) = match self.tracks.iter().position(|track| track.ssrc == ssrc) {
            Some(place) => (place, self.tracks[place].sequence.count(number)),
            None => (self.add_track(ssrc, payload_type, number)?, Arrival::Newest { missing: 0 }),
        };
        self.packets += 1;
        let opener = self.opener.as_mut()?;
        match opener.open_rtp(datagram) {
            Ok(opened) => {
                let packet = Packet::parse(&datagram[..opened.len]).ok()?;
                self.look_inside(place, arrival, &packet, now)
            }
            Err(_) if arrival == Arrival::Duplicate => None,
            Err(_) => {
                if let Some(findings) = &mut self.findings {
                    findings.undecryptable += 1;
                }
                None
            }
        }
    }

    /// A new SSRC: what it carries tells its payload type.
    fn add_track(&mut self, ssrc: u32, payload_type: u8, number: u16) -> Option<usize> {
        let declares = |section: &Section| section.ssrcs.contains(&ssrc) || section.rtx_ssrcs.contains(&ssrc);
        let knows = |section: &Section| {
            let media = section.payloads.iter().any(|(pt, _)| *pt == payload_type);
            media || section.retransmissions.iter().any(|(pt, _)| *pt == payload_type)
        };
        let declared = self.sections.iter().position(declares);
        let section =
            declared.or_else(|| self.sections.iter().position(|section| !section.rejected && knows(section)))?;
        let payload = self.sections[section].payloads.iter().find(|(pt, _)| *pt == payload_type);
        let media = match payload {
            Some((_, Some(codec))) => Media::Picture(*codec),
            Some((_, None)) => Media::Voice,
            None => Media::Repair,
        };
        self.tracks.push(Track {
            ssrc,
            media,
            section,
            sequence: Sequence::new(number),
            watch: KeyframeWatch::default(),
            reported: (0, 0),
            stamp: None,
            missing: Vec::new(),
        });
        Some(self.tracks.len() - 1)
    }

    fn look_inside(&mut self, place: usize, arrival: Arrival, packet: &Packet<'_>, now: Instant) -> Option<Notice> {
        let track = &mut self.tracks[place];
        if let Some(findings) = &mut self.findings {
            findings.opened += 1;
        }
        match track.media {
            Media::Repair => {
                self.recover(place, packet.payload, now);
                return None;
            }
            _ if self.findings.is_some() => self.inspect(place, arrival, packet.payload, now),
            _ => {}
        }
        let track = &mut self.tracks[place];
        let Media::Picture(codec) = track.media else { return None };
        if self.joined || !track.watch.push(codec, packet.sequence_number, packet.marker, packet.payload) {
            return None;
        }
        self.joined = true;
        if self.findings.is_none() {
            self.opener = None;
        }
        Some(Notice::Joined { after_us: now_us() - self.begun_us, connected_us: self.connected_us })
    }

    /// Hold the payload against what was sent.
    fn inspect(&mut self, place: usize, arrival: Arrival, payload: &[u8], now: Instant) {
        let Some(findings) = self.findings.as_deref_mut() else { return };
        let track = &mut self.tracks[place];
        let is_picture = matches!(track.media, Media::Picture(_));
        if let Arrival::Newest { missing } = arrival
            && is_picture
            && self.nack
        {
            note_missing(track, missing, now);
        }
        if is_picture && !self.stamped {
            return;
        }
        let Some(stamp) = Stamp::read(payload) else {
            findings.damaged += 1;
            return;
        };
        findings.delays.record(now_us().saturating_sub(stamp.sent_us));
        follow(track, &stamp, findings);
    }

    /// RFC 4588 section 4: the number of the packet that is repeated, then its payload.
    fn recover(&mut self, place: usize, payload: &[u8], now: Instant) {
        let Some((number, payload)) = payload.split_first_chunk::<2>() else { return };
        let number = u16::from_be_bytes(*number);
        let section = self.tracks[place].section;
        let same = |track: &Track| track.section == section && matches!(track.media, Media::Picture(_));
        let Some(original) = self.tracks.iter().position(same) else { return };
        self.tracks[original].missing.retain(|(missing, ..)| *missing != number);
        if self.tracks[original].sequence.count(number) == Arrival::Late {
            if let Some(findings) = &mut self.findings {
                findings.recovered += 1;
            }
            self.inspect(original, Arrival::Late, payload, now);
        }
    }

    fn report(&mut self) {
        let media = self.tracks.iter_mut().filter(|track| track.media != Media::Repair);
        let blocks: Vec<ReportBlock> = media.map(Track::report).collect();
        self.send_rtcp(|writer, ssrc| writer.receiver_report(ssrc, &blocks));
    }

    /// Ask for a keyframe; `false` while there is no SSRC to ask for.
    fn request_keyframe(&mut self) -> bool {
        let seen = self.tracks.iter().find(|track| matches!(track.media, Media::Picture(_))).map(|track| track.ssrc);
        let declared = || self.sections.iter().find(|section| section.is_video)?.ssrcs.first().copied();
        let Some(media) = seen.or_else(declared) else { return false };
        self.send_rtcp(|writer, ssrc| writer.pli(ssrc, media));
        true
    }

    fn request_missing(&mut self, now: Instant) {
        for place in 0..self.tracks.len() {
            let track = &mut self.tracks[place];
            let media = track.ssrc;
            track.missing.retain(|(_, asked, _)| *asked < NACKS_MAX);
            let mut due: Vec<u16> = Vec::new();
            for (number, asked, at) in track.missing.iter_mut().filter(|(.., at)| now >= *at) {
                (*asked, *at) = (*asked + 1, now + NACK_INTERVAL);
                due.push(*number);
            }
            if !due.is_empty() {
                if let Some(findings) = &mut self.findings {
                    findings.nacked += due.len() as u64;
                }
                self.send_rtcp(|writer, ssrc| writer.nack(ssrc, media, due));
            }
        }
    }

    /// Seal what `write` writes in the name of our SSRC.
    fn send_rtcp(&mut self, write: impl FnOnce(&mut Writer<'_>, u32) -> bool) {
        let Some(sealer) = &mut self.sealer else { return };
        let mut packet = vec![0; RTCP_LEN_MAX];
        let mut writer = Writer::new(&mut packet);
        let plain_len = if write(&mut writer, self.ssrc) { writer.bytes().len() } else { 0 };
        if let Some(len) = sealer.seal_rtcp(&mut packet, plain_len) {
            packet.truncate(len);
            self.outgoing.push(packet);
        }
    }
}

impl Track {
    fn report(&mut self) -> ReportBlock {
        let (expected, received) = (self.sequence.expected(), self.sequence.received());
        let (new_expected, new_received) = (expected - self.reported.0, received - self.reported.1);
        self.reported = (expected, received);
        let new_lost = new_expected.saturating_sub(new_received);
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: (new_lost * 256).checked_div(new_expected).unwrap_or(0).min(255) as u8,
            cumulative_lost: expected.saturating_sub(received) as i32,
            highest_sequence: self.sequence.highest(),
            // Not measured: a viewer that is not sampled cannot read sender reports.
            jitter: 0,
            last_sender_report: 0,
            delay_since_last_sender_report: 0,
        }
    }
}

/// Packets before the newest one are missing.
fn note_missing(track: &mut Track, missing: u16, now: Instant) {
    let newest = track.sequence.highest() as u16;
    let count = usize::from(missing).min(MISSING_MAX) as u16;
    track.missing.extend((1..=count).rev().map(|age| (newest.wrapping_sub(age), 0, now)));
    let excess = track.missing.len().saturating_sub(MISSING_MAX);
    track.missing.drain(..excess);
}

/// Go on from the last stamp to this one.
fn follow(track: &mut Track, stamp: &Stamp, findings: &mut Findings) {
    match track.stamp {
        Some((stream, packet)) if stream == stamp.stream => {
            let distance = stamp.packet.wrapping_sub(packet) as i32;
            match distance {
                1.. => findings.skipped += distance as u64 - 1,
                0 => findings.repeated += 1,
                // It had been counted as skipped; a retransmission or a late packet fills the gap.
                _ => {
                    findings.skipped = findings.skipped.saturating_sub(1);
                    return;
                }
            }
        }
        _ => findings.black_starts += u64::from(stamp.stream != AUDIO_STREAM && !(stamp.keyframe && stamp.first)),
    }
    track.stamp = Some((stamp.stream, stamp.packet));
}
