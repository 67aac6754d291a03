//! The way out of a publisher: header, extensions, seal, batch.

use std::net::SocketAddr;

use lectern_client::sdp::{Extension, Section};
use lectern_udp::{SendBatch, UdpSocket};
use lectern_wire::rtcp::Writer;
use lectern_wire::rtp::{Header, write_header};
use lectern_wire::srtp::Sealer;

/// Room for an RTP packet and its tag: an Ethernet frame's.
const PACKET_LEN_MAX: usize = 1500;
/// A keyframe.
const BATCH_BYTES: usize = 256 << 10;

/// The header extensions of a media section, as negotiated; 0 is "not negotiated".
#[derive(Clone, Debug)]
pub(crate) struct ExtensionIds {
    mid: (u8, String),
    rid: u8,
    repaired_rid: u8,
    transport_cc: u8,
    audio_level: u8,
}

impl ExtensionIds {
    pub(crate) fn of(section: &Section) -> Self {
        Self {
            mid: (section.extension(Extension::Mid), section.mid.clone()),
            rid: section.extension(Extension::Rid),
            repaired_rid: section.extension(Extension::RepairedRid),
            transport_cc: section.extension(Extension::TransportCc),
            audio_level: section.extension(Extension::AudioLevel),
        }
    }
}

/// What the header extensions of a packet say beyond those that all have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    /// A voice at this level, -dBov.
    Voice(u8),
    /// A picture of this simulcast layer.
    Picture(Option<&'static str>),
    /// A retransmission of this simulcast layer.
    Repair(Option<&'static str>),
}

/// Seals and sends.
#[derive(Debug)]
pub(crate) struct Outlet {
    socket: UdpSocket,
    batch: SendBatch,
    sealer: Option<Sealer>,
    transport_sequence: u16,
    /// Packets that could not be written or sealed.
    failed: u64,
}

impl Outlet {
    pub(crate) fn new(socket: UdpSocket) -> Self {
        let mut batch = SendBatch::new(BATCH_BYTES);
        // A browser's burst, not one message: the server has to find out for itself what belongs together.
        batch.disable_gso();
        Self { socket, batch, sealer: None, transport_sequence: 0, failed: 0 }
    }

    pub(crate) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    pub(crate) fn connect(&mut self, sealer: Sealer) {
        self.sealer = Some(sealer);
    }

    /// Packets that were to be sent and were not.
    pub(crate) fn unsent(&self) -> u64 {
        let stats = self.batch.stats();
        self.failed + stats.congested + stats.refused
    }

    /// Gather an RTP packet. `index` is its extended sequence number, of which `header` has the lower half.
    pub(crate) fn rtp(
        &mut self,
        to: SocketAddr,
        index: u64,
        header: &Header,
        ids: &ExtensionIds,
        label: Label,
        payload: &[u8],
    ) {
        let transport_sequence = self.transport_sequence.to_be_bytes();
        self.transport_sequence = self.transport_sequence.wrapping_add(1);
        let mut level = [0];
        let named = |id, rid: Option<&'static str>| rid.map_or((0, &b""[..]), |rid| (id, rid.as_bytes()));
        let extra = match label {
            Label::Voice(loudness) => {
                // RFC 6464 section 3: the first bit says that it is a voice.
                level[0] = 0x80 | loudness & 0x7f;
                (ids.audio_level, &level[..])
            }
            Label::Picture(rid) => named(ids.rid, rid),
            Label::Repair(rid) => named(ids.repaired_rid, rid),
        };
        let extensions = [(ids.mid.0, ids.mid.1.as_bytes()), (ids.transport_cc, &transport_sequence[..]), extra];
        let Some(sealer) = &self.sealer else { return };
        let Some(room) = room(&mut self.batch, &self.socket, to) else { return };
        let sealed = write_header(header, &extensions, room)
            .and_then(|header_len| sealer.seal_rtp_from(index, room, header_len, payload));
        self.batch.commit(sealed.unwrap_or(0));
        self.failed += u64::from(sealed.is_none());
    }

    /// Gather an RTCP packet.
    pub(crate) fn rtcp(&mut self, to: SocketAddr, write: impl FnOnce(&mut Writer<'_>) -> bool) {
        let Some(sealer) = &mut self.sealer else { return };
        let Some(room) = room(&mut self.batch, &self.socket, to) else { return };
        let mut writer = Writer::new(room);
        let plain_len = if write(&mut writer) { writer.bytes().len() } else { 0 };
        let sealed = sealer.seal_rtcp(room, plain_len);
        self.batch.commit(sealed.unwrap_or(0));
        self.failed += u64::from(sealed.is_none());
    }

    /// Gather anything else.
    pub(crate) fn plain(&mut self, to: SocketAddr, datagram: &[u8]) {
        if !self.batch.push(to, datagram) {
            self.batch.flush(&self.socket);
            self.failed += u64::from(!self.batch.push(to, datagram));
        }
    }

    /// Send what is gathered.
    pub(crate) fn flush(&mut self) {
        self.batch.flush(&self.socket);
    }
}

/// Room for a packet, made by a flush where need be.
fn room<'a>(batch: &'a mut SendBatch, socket: &UdpSocket, to: SocketAddr) -> Option<&'a mut [u8]> {
    if batch.reserve(to, PACKET_LEN_MAX).is_none() {
        batch.flush(socket);
    }
    batch.reserve(to, PACKET_LEN_MAX)
}
