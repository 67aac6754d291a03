//! The sealing end of the fan-out: packets of one batch, viewer by viewer, are written and encrypted in place into the send
//! buffer. Runs of equal size to one viewer leave as one GSO train.
//!
//! Per packet: a copy, a seal, no allocation, no lock, no clock.

use std::time::Instant;

use super::net::Net;
use super::peers::Peers;
use crate::media::{Egress, OutPacket, ViewerKey};
use crate::metrics::WorkerMetrics;
use crate::transport::{Path, Via};

/// Where a room's flush puts its packets.
pub(super) struct FanOut<'a> {
    pub(super) net: &'a mut Net,
    pub(super) peers: &'a mut Peers,
    pub(super) metrics: &'a mut WorkerMetrics,
    /// When the flush began.
    pub(super) now: Instant,
    /// The viewer between `begin` and `end`.
    viewer: Option<(usize, Path)>,
    /// Length and size of the run that is being built, for the metric.
    run: (u32, usize),
}

/// Plain packets to peers on TCP are sealed here.
const FRAME_BYTES_MAX: usize = 2_048;

impl<'a> FanOut<'a> {
    pub(super) fn new(net: &'a mut Net, peers: &'a mut Peers, metrics: &'a mut WorkerMetrics, now: Instant) -> Self {
        Self { net, peers, metrics, now, viewer: None, run: (0, 0) }
    }

    fn count_run(&mut self, len: usize) {
        let (count, size) = self.run;
        if len == size {
            self.run.0 += 1;
        } else if count > 0 && len < size {
            self.metrics.gso_segments.observe(f64::from(count + 1));
            self.run = (0, 0);
        } else {
            self.close_run();
            self.run = (1, len);
        }
    }

    fn close_run(&mut self) {
        if self.run.0 > 0 {
            self.metrics.gso_segments.observe(f64::from(self.run.0));
        }
        self.run = (0, 0);
    }
}

impl Egress for FanOut<'_> {
    fn begin(&mut self, viewer: ViewerKey) -> bool {
        let key = viewer.0 as usize;
        let Some(peer) = self.peers.slab.get_mut(key) else { return false };
        let Some(path) = peer.transport.path() else { return false };
        if !peer.joined {
            peer.joined = true;
            self.metrics.join.observe((self.now - peer.opened).as_secs_f64());
        }
        self.viewer = Some((key, path));
        true
    }

    fn rtp(&mut self, packet: OutPacket<'_>) {
        let Some((key, path)) = self.viewer else { return };
        let Some(sealer) = self.peers.slab.get_mut(key).and_then(|peer| peer.transport.sealer()) else { return };
        let plain = packet.len();
        let len_max = plain + sealer.profile().rtp_overhead();
        let sealed = if let Some(udp) = self.net.udp(path.via) {
            if udp.batch.reserve(path.remote, len_max).is_none() {
                udp.batch.flush(&udp.socket);
            }
            let Some(room) = udp.batch.reserve(path.remote, len_max) else { return };
            write(room, &packet);
            let Some(sealed) = sealer.seal_rtp(packet.index, room, packet.header.len(), plain) else { return };
            udp.batch.commit(sealed);
            sealed
        } else {
            let mut frame = [0; FRAME_BYTES_MAX];
            let (Some(room), Via::Tcp(connection)) = (frame.get_mut(..len_max), path.via) else { return };
            write(room, &packet);
            let Some(sealed) = sealer.seal_rtp(packet.index, room, packet.header.len(), plain) else { return };
            self.net.tcp.send(connection, &frame[..sealed], self.metrics);
            sealed
        };
        self.metrics.packets_out.inc();
        self.metrics.bytes_out.inc_by(sealed as u64);
        self.count_run(sealed);
    }

    fn end(&mut self) {
        self.close_run();
        self.viewer = None;
    }
}

/// Puts the parts of a packet in a row: header, descriptor, payload, padding (RFC 3550 section 5.1).
fn write(room: &mut [u8], packet: &OutPacket<'_>) {
    let mut rest = room;
    for part in [packet.header, packet.descriptor, packet.payload] {
        let (place, tail) = rest.split_at_mut(part.len());
        place.copy_from_slice(part);
        rest = tail;
    }
    if packet.padding > 0 {
        let (place, _) = rest.split_at_mut(usize::from(packet.padding));
        place.fill(0);
        place[place.len() - 1] = packet.padding;
    }
}
