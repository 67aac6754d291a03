//! A publisher at its room's home: which stream a packet belongs to, and what the publisher must hear.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrayvec::ArrayVec;
use lectern_wire::rtcp::{self, Arrivals, Compound, ReportBlock, Writer};
use lectern_wire::rtp;

use crate::drop_reason::DropReason;
use crate::media::encoding_ingest::EncodingIngest;
use crate::media::frame_reader::Arrived;
use crate::media::packet::{
    AudioLevel, Descriptor, ENCODINGS_MAX, FrameInfo, MediaPacket, PacketInfo, Publication, SenderReport,
};
use crate::media::{MediaLimits, Output, PublisherKey, RoomStats};
use crate::session::{Codec, ExtensionIds, MediaKind, PayloadType, PublisherSpec, ReceiveSection, Source, TrackId};

/// Media sections of one publisher.
const SECTIONS_MAX: usize = 2;
/// "feedback … every 50 to 100 ms" is what browsers' bandwidth estimation is tuned for.
const TRANSPORT_FEEDBACK_EVERY: Duration = Duration::from_millis(60);
/// Receiver reports; RFC 3550 section 6.2 allows a reduced minimum.
const REPORT_EVERY: Duration = Duration::from_millis(1_000);
/// So that a compound packet fits any path.
const RTCP_LEN_MAX: usize = 1_200;
/// Silence after which a whole track counts as not sent.
const TRACK_SILENT_AFTER: Duration = Duration::from_secs(10);
/// An SSRC that was silent for this long gives up its place when places are short.
const SSRC_IDLE: Duration = Duration::from_secs(10);

pub(crate) struct Publisher {
    pub(crate) key: PublisherKey,
    pub(crate) source: Source,
    /// Has its source: its packets are forwarded. `None` until its first packet.
    pub(crate) generation: Option<u32>,
    /// Its sound is dropped.
    pub(crate) muted: bool,
    sections: ArrayVec<Section, SECTIONS_MAX>,
    /// Bounded by `ssrcs_per_publisher`; filled by this publisher's declarations and packets alone.
    routes: Vec<Route>,
    arrivals: Arrivals,
    epoch: Instant,
    feedback_due: Instant,
    report_due: Instant,
    reporter_ssrc: u32,
    nack_scratch: Vec<u16>,
}

struct Section {
    spec: ReceiveSection,
    encodings: ArrayVec<EncodingIngest, ENCODINGS_MAX>,
}

#[derive(Clone, Copy, Debug)]
struct Route {
    ssrc: u32,
    section: u8,
    encoding: u8,
    repair: bool,
    last_used: Instant,
}

/// What came of a packet.
pub(crate) enum Ingested {
    /// Forward it; `shape_changed` says that [`Publisher::publication`] is to be sent first.
    Packet { packet: Arc<MediaPacket>, shape_changed: bool },
    /// It goes no further.
    Dropped(DropReason),
}

impl Publisher {
    pub(crate) fn new(
        now: Instant,
        key: PublisherKey,
        spec: &PublisherSpec,
        reporter_ssrc: u32,
        limits: &MediaLimits,
    ) -> Self {
        let sections: ArrayVec<Section, SECTIONS_MAX> = spec
            .sections
            .iter()
            .take(SECTIONS_MAX)
            .map(|section| Section {
                encodings: if section.rids.is_empty() {
                    std::iter::once(EncodingIngest::new(now, section.kind, None)).collect()
                } else {
                    let rids = section.rids.iter().take(ENCODINGS_MAX);
                    rids.map(|rid| EncodingIngest::new(now, section.kind, Some(*rid))).collect()
                },
                spec: section.clone(),
            })
            .collect();
        let mut routes = Vec::new();
        for (index, section) in (0u8..).zip(&sections) {
            if !section.spec.rids.is_empty() {
                continue;
            }
            if let Some((media, repair)) = section.spec.ssrcs.first() {
                let route = Route { ssrc: *media, section: index, encoding: 0, repair: false, last_used: now };
                routes.push(route);
                routes.extend(repair.map(|ssrc| Route { ssrc, repair: true, ..route }));
            }
        }
        routes.truncate(limits.ssrcs_per_publisher);
        Self {
            key,
            source: spec.source,
            generation: None,
            muted: false,
            sections,
            routes,
            arrivals: Arrivals::default(),
            epoch: now,
            feedback_due: now + TRANSPORT_FEEDBACK_EVERY,
            report_due: now + REPORT_EVERY,
            reporter_ssrc,
            nack_scratch: Vec::new(),
        }
    }

    /// Takes a decrypted packet. The publisher must have its generation unless the packet is dropped.
    pub(crate) fn handle_rtp(
        &mut self,
        now: Instant,
        packet: &rtp::Packet<'_>,
        generation: u32,
        limits: &MediaLimits,
        stats: &mut RoomStats,
    ) -> Ingested {
        self.note_arrival(now, packet);
        let route = match self.route(now, packet, limits) {
            Ok(route) => route,
            Err(reason) => return Ingested::Dropped(reason),
        };
        let section = &mut self.sections[usize::from(route.section)];
        let original = match open_payload(&section.spec, route, packet) {
            Ok(original) => original,
            Err(reason) => return Ingested::Dropped(reason),
        };
        stats.resends_in += u64::from(route.repair);
        let encoding = &mut section.encodings[usize::from(route.encoding)];
        let received = encoding.stream.receive(now, original.sequence, packet.timestamp, route.repair, limits);
        let accepted = match received {
            Ok(accepted) => accepted,
            Err(reason) => return Ingested::Dropped(reason),
        };
        if accepted.restarted {
            encoding.limiter.want();
        }
        let ids = &section.spec.extensions;
        let arrived = Arrived {
            codec: original.codec,
            payload: original.payload,
            dependency: packet.extensions.find(ids.dependency_descriptor).unwrap_or_default(),
            marker: packet.marker,
            timestamp: accepted.timestamp,
            follows: accepted.follows,
        };
        let place = Place {
            track: TrackId { source: self.source, kind: section.spec.kind },
            generation,
            layer: route.encoding,
            seq: accepted.position,
            arrival: now,
        };
        let mut info = describe(packet, ids, &arrived, place);
        let read = if original.payload.is_empty() { None } else { encoding.frames.read(&arrived) };
        let Some(read) = read else {
            // A probe, or nothing that can be read. Its number is taken: it goes on empty, so that every rendition closes
            // the gap.
            let probe = original.payload.is_empty();
            stats.drop(if probe { DropReason::MediaProbe } else { DropReason::MediaMalformed }, 1);
            return ingested(info, &[], &[], false);
        };
        let shape_changed = encoding.note(now, original.codec, original.payload.len(), &read);
        (info.frame, info.descriptor) = (read.frame, read.descriptor);
        ingested(info, arrived.dependency, arrived.payload, shape_changed)
    }

    fn note_arrival(&mut self, now: Instant, packet: &rtp::Packet<'_>) {
        let id = self.sections.iter().map(|section| section.spec.extensions.transport_cc).find(|id| *id != 0);
        let sequence = id.and_then(|id| packet.extensions.find(id)).and_then(|data| data.first_chunk::<2>());
        if let Some(sequence) = sequence {
            self.arrivals.record(u16::from_be_bytes(*sequence), now.duration_since(self.epoch));
        }
    }

    /// Which encoding an SSRC belongs to: known, or told by the packet's extensions or payload type.
    fn route(&mut self, now: Instant, packet: &rtp::Packet<'_>, limits: &MediaLimits) -> Result<Route, DropReason> {
        if let Some(route) = self.routes.iter_mut().find(|route| route.ssrc == packet.ssrc) {
            route.last_used = now;
            return Ok(*route);
        }
        let (index, section) = self.claim(packet).ok_or(DropReason::MediaUnknownStream)?;
        let takes = |known: &PayloadType| known.rtx_pt == Some(packet.payload_type);
        let repair = section.spec.payloads.iter().any(takes);
        let ids = section.spec.extensions;
        let encoding = if section.spec.rids.is_empty() {
            0
        } else {
            let id = if repair { ids.repaired_rid } else { ids.rid };
            let name = packet.extensions.find(id).ok_or(DropReason::MediaUnknownStream)?;
            let named = section.spec.rids.iter().take(ENCODINGS_MAX).position(|rid| rid.as_bytes() == name);
            named.and_then(|place| u8::try_from(place).ok()).ok_or(DropReason::MediaUnknownStream)?
        };
        if self.routes.len() >= limits.ssrcs_per_publisher {
            let idle = |route: &Route| now.duration_since(route.last_used) >= SSRC_IDLE;
            let oldest = self.routes.iter().position(idle).ok_or(DropReason::MediaStreamLimit)?;
            self.routes.swap_remove(oldest);
        }
        let route = Route { ssrc: packet.ssrc, section: index, encoding, repair, last_used: now };
        if !repair {
            // The same encoding under a new SSRC: the sender started anew, and the old one is its past.
            self.routes.retain(|old| old.repair || (old.section, old.encoding) != (index, encoding));
            self.sections[usize::from(index)].encodings[usize::from(encoding)].stream.expect_restart();
        }
        self.routes.push(route);
        Ok(route)
    }

    fn claim(&self, packet: &rtp::Packet<'_>) -> Option<(u8, &Section)> {
        let mut sections = (0u8..).zip(&self.sections);
        let by_mid = sections.clone().find(|(_, section)| {
            packet.extensions.find(section.spec.extensions.mid) == Some(section.spec.mid.as_bytes())
        });
        by_mid.or_else(|| {
            sections.find(|(_, section)| {
                let takes =
                    |known: &PayloadType| known.pt == packet.payload_type || known.rtx_pt == Some(packet.payload_type);
                section.spec.payloads.iter().any(takes)
            })
        })
    }

    /// Takes a decrypted compound packet; gives the sender reports in it.
    pub(crate) fn handle_rtcp(&mut self, now: Instant, plain: &[u8], stats: &mut RoomStats) -> Vec<SenderReport> {
        let mut reports = Vec::new();
        let mut compound = Compound::new(plain);
        for packet in compound.by_ref() {
            let rtcp::Packet::SenderReport { ssrc, info, .. } = packet else { continue };
            let Some(route) = self.routes.iter().find(|route| route.ssrc == ssrc && !route.repair) else { continue };
            let section = &mut self.sections[usize::from(route.section)];
            let rtp = section.encodings[usize::from(route.encoding)].stream.sender_report(now, &info);
            let Some(generation) = self.generation else { continue };
            let track = TrackId { source: self.source, kind: section.spec.kind };
            reports.push(SenderReport { track, generation, layer: route.encoding, ntp: info.ntp, rtp, arrival: now });
        }
        if compound.is_malformed() {
            stats.drop(DropReason::RtcpMalformed, 1);
        }
        reports
    }

    /// Somebody needs a keyframe.
    pub(crate) fn want_keyframe(&mut self, kind: MediaKind, layer: u8) {
        for section in self.sections.iter_mut().filter(|section| section.spec.kind == kind) {
            if let Some(encoding) = section.encodings.get_mut(usize::from(layer)) {
                encoding.limiter.want();
            }
        }
    }

    /// The tracks that sent something.
    pub(crate) fn publications(&self) -> impl Iterator<Item = Publication> {
        self.generation.into_iter().flat_map(move |generation| {
            self.sections.iter().filter(|section| section.encodings.iter().any(EncodingIngest::has_begun)).map(
                move |section| Publication {
                    track: TrackId { source: self.source, kind: section.spec.kind },
                    generation,
                    encodings: section.encodings.iter().map(EncodingIngest::describe).collect(),
                },
            )
        })
    }

    /// Measures and looks for silence; whether the shape changed.
    pub(crate) fn measure(&mut self, now: Instant, limits: &MediaLimits) -> bool {
        let mut changed = false;
        for section in &mut self.sections {
            // A layer that falls silent beside others was turned off. A track that falls silent as a whole may be a
            // screen on which nothing moves: it is given longer.
            let patience = if section.encodings.iter().any(|e| e.silence(now) < limits.inactive_after()) {
                limits.inactive_after()
            } else {
                TRACK_SILENT_AFTER.max(limits.inactive_after())
            };
            for encoding in &mut section.encodings {
                changed |= encoding.measure(now, patience);
            }
        }
        changed
    }

    /// Does what is due: NACKs, feedback, reports, keyframe requests.
    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        limits: &MediaLimits,
        stats: &mut RoomStats,
        outputs: &mut VecDeque<Output>,
    ) {
        let mut buffer = [0; RTCP_LEN_MAX];
        let mut writer = Writer::new(&mut buffer);
        // RFC 3550 section 6.1: a compound packet begins with a report.
        let full_report = now >= self.report_due;
        let blocks = if full_report { self.report_blocks(now) } else { ArrayVec::new() };
        writer.receiver_report(self.reporter_ssrc, &blocks);
        let bare = writer.bytes().len();
        if full_report {
            self.report_due = now + REPORT_EVERY;
            self.write_remb(&mut writer, limits);
        }
        self.write_requests(now, &mut writer, limits, stats);
        if full_report || writer.bytes().len() > bare {
            outputs.push_back(Output::PublisherRtcp { publisher: self.key, bytes: writer.bytes().into() });
        }
        if now >= self.feedback_due {
            self.feedback_due = now + TRANSPORT_FEEDBACK_EVERY;
            while !self.arrivals.is_empty() {
                let mut buffer = [0; RTCP_LEN_MAX];
                let mut writer = Writer::new(&mut buffer);
                writer.receiver_report(self.reporter_ssrc, &[]);
                let media_ssrc = self.routes.first().map_or(0, |route| route.ssrc);
                if !self.arrivals.write(&mut writer, self.reporter_ssrc, media_ssrc) {
                    break;
                }
                outputs.push_back(Output::PublisherRtcp { publisher: self.key, bytes: writer.bytes().into() });
            }
        }
    }

    /// Sends the keyframe requests that may be sent now, without waiting for the next timeout.
    pub(crate) fn request_keyframes(
        &mut self,
        now: Instant,
        limits: &MediaLimits,
        stats: &mut RoomStats,
        outputs: &mut VecDeque<Output>,
    ) {
        let mut buffer = [0; RTCP_LEN_MAX];
        let mut writer = Writer::new(&mut buffer);
        writer.receiver_report(self.reporter_ssrc, &[]);
        let bare = writer.bytes().len();
        self.write_requests(now, &mut writer, limits, stats);
        if writer.bytes().len() > bare {
            outputs.push_back(Output::PublisherRtcp { publisher: self.key, bytes: writer.bytes().into() });
        }
    }

    fn report_blocks(&mut self, now: Instant) -> ArrayVec<ReportBlock, { SECTIONS_MAX * ENCODINGS_MAX }> {
        let sections = &mut self.sections;
        let media = self.routes.iter().filter(|route| !route.repair);
        media
            .filter_map(|route| {
                let section = &mut sections[usize::from(route.section)];
                section.encodings[usize::from(route.encoding)].stream.report(now, route.ssrc)
            })
            .take(SECTIONS_MAX * ENCODINGS_MAX)
            .collect()
    }

    /// A sender without transport-wide feedback learns here how much it may send.
    fn write_remb(&self, writer: &mut Writer<'_>, limits: &MediaLimits) {
        if self.sections.iter().all(|section| section.spec.extensions.transport_cc == 0) {
            let ssrcs: ArrayVec<u32, 64> = self.routes.iter().map(|route| route.ssrc).take(64).collect();
            writer.remb(self.reporter_ssrc, limits.publisher_bitrate_bps, &ssrcs);
        }
    }

    fn write_requests(&mut self, now: Instant, writer: &mut Writer<'_>, limits: &MediaLimits, stats: &mut RoomStats) {
        for route in self.routes.iter().filter(|route| !route.repair) {
            let section = &mut self.sections[usize::from(route.section)];
            if section.spec.kind != MediaKind::Video {
                continue;
            }
            let encoding = &mut section.encodings[usize::from(route.encoding)];
            self.nack_scratch.clear();
            encoding.stream.due_nacks(now, limits, &mut self.nack_scratch);
            if !self.nack_scratch.is_empty() {
                writer.nack(self.reporter_ssrc, route.ssrc, self.nack_scratch.iter().copied());
                stats.nacks_out += self.nack_scratch.len() as u64;
            }
            if encoding.active && encoding.limiter.poll(now, limits.keyframe_interval()) {
                writer.pli(self.reporter_ssrc, route.ssrc);
                stats.keyframe_requests_out += 1;
            }
        }
    }

    pub(crate) fn next_timeout(&self, limits: &MediaLimits) -> Instant {
        let mut next = self.report_due;
        if !self.arrivals.is_empty() {
            next = next.min(self.feedback_due);
        }
        // Exactly those that `write_requests` looks at: what nobody serves would be due for ever.
        for route in self.routes.iter().filter(|route| !route.repair) {
            let section = &self.sections[usize::from(route.section)];
            if section.spec.kind != MediaKind::Video {
                continue;
            }
            let encoding = &section.encodings[usize::from(route.encoding)];
            next = encoding.stream.nack_due().map_or(next, |due| next.min(due));
            if encoding.active
                && let Some(due) = encoding.limiter.due(limits.keyframe_interval())
            {
                next = due.map_or(self.epoch, |due| next.min(due));
            }
        }
        next
    }
}

/// A packet out of its retransmission.
struct Original<'a> {
    codec: Codec,
    sequence: u16,
    payload: &'a [u8],
}

/// Finds the codec, and takes a retransmission apart (RFC 4588 section 4: the original sequence number stands before the
/// payload).
fn open_payload<'a>(
    section: &ReceiveSection,
    route: Route,
    packet: &rtp::Packet<'a>,
) -> Result<Original<'a>, DropReason> {
    let carried = |known: &&PayloadType| {
        if route.repair { known.rtx_pt == Some(packet.payload_type) } else { known.pt == packet.payload_type }
    };
    let codec = section.payloads.iter().find(carried).ok_or(DropReason::MediaUnknownStream)?.codec;
    if !route.repair {
        return Ok(Original { codec, sequence: packet.sequence_number, payload: packet.payload });
    }
    let (sequence, payload) = packet.payload.split_first_chunk::<2>().ok_or(DropReason::MediaProbe)?;
    Ok(Original { codec, sequence: u16::from_be_bytes(*sequence), payload })
}

/// Where a packet belongs.
struct Place {
    track: TrackId,
    generation: u32,
    layer: u8,
    seq: u64,
    arrival: Instant,
}

/// All that is known of a packet before its frame is read.
fn describe(packet: &rtp::Packet<'_>, ids: &ExtensionIds, arrived: &Arrived<'_>, place: Place) -> PacketInfo {
    let first_byte = |id| packet.extensions.find(id).and_then(|data| data.first().copied());
    PacketInfo {
        track: place.track,
        generation: place.generation,
        layer: place.layer,
        codec: arrived.codec,
        seq: place.seq,
        timestamp: arrived.timestamp,
        marker: packet.marker,
        arrival: place.arrival,
        frame: FrameInfo::default(),
        orientation: first_byte(ids.video_orientation),
        audio_level: first_byte(ids.audio_level).map(|byte| AudioLevel { level: byte & 0x7F, voice: byte & 0x80 != 0 }),
        descriptor: Descriptor::Plain,
    }
}

fn ingested(info: PacketInfo, dependency: &[u8], payload: &[u8], shape_changed: bool) -> Ingested {
    MediaPacket::new(info, dependency, payload)
        .map_or(Ingested::Dropped(DropReason::MediaMalformed), |packet| Ingested::Packet { packet, shape_changed })
}
