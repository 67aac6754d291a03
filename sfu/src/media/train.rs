//! A batch of one rendition, made ready for viewers of one shape: headers and payload descriptors are written once, a
//! viewer's own numbers are put in for each.
//!
//! This is the hot path: [`Train::send`] runs for every viewer. It allocates nothing, searches nothing and touches only
//! the train's own bytes.

use lectern_wire::codec::{dependency_descriptor, vp8, vp9};
use lectern_wire::rtp;

use crate::media::output::{Egress, OutPacket};
use crate::media::packet::Descriptor;
use crate::media::rendition::{Entry, Numbers, Offsets};
use crate::session::{Codec, ExtensionIds};

/// What makes the bytes of two viewers differ beyond their numbers: the identifiers of the extensions that go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    video_orientation: u8,
    dependency_descriptor: u8,
}

impl Shape {
    pub(crate) fn new(ids: &ExtensionIds) -> Self {
        Self { video_orientation: ids.video_orientation, dependency_descriptor: ids.dependency_descriptor }
    }
}

/// Header with extensions: the fixed part, and a dependency descriptor of up to 255 bytes beside small ones.
const HEADER_LEN_MAX: usize = rtp::HEADER_LEN + 4 + 2 + 255 + 2 + 1 + 3;
/// Payload descriptor with room for an original sequence number before it.
const DESCRIPTOR_LEN_MAX: usize = 2 + vp8::DESCRIPTOR_LEN_MAX;
const ITEM_LEN_MAX: usize = HEADER_LEN_MAX + DESCRIPTOR_LEN_MAX;

/// Where a viewer's numbers go beside the fixed header.
#[derive(Clone, Copy, Debug)]
enum Rewrite {
    None,
    Vp8(vp8::Rewrite),
    Vp9(vp9::Rewrite),
}

/// One packet of a train.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// Of the batch.
    entry: u32,
    /// Where its header begins in the train's bytes; the descriptor follows it.
    at: u32,
    header_len: u16,
    descriptor_len: u8,
    marker: u8,
    padding: u8,
    /// Where the dependency descriptor stands in the header; 0 without one.
    dependency_at: u16,
    /// Bytes of the packet's payload that the descriptor replaces.
    payload_at: u16,
    rewrite: Rewrite,
    numbers: Numbers,
    position: u64,
}

/// To whom a train goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) offsets: Offsets,
}

/// Which part of a train a viewer gets; all of it, unless it switches within.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// Virtual sequence numbers from here on.
    pub(crate) sequence_from: u64,
    /// Positions in the encoding before this one.
    pub(crate) position_to: u64,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    /// Left out because the viewer began after them.
    pub(crate) before_start: u64,
}

/// A batch, written for one shape.
#[derive(Debug, Default)]
pub(crate) struct Train {
    items: Vec<Item>,
    bytes: Vec<u8>,
}

impl Train {
    /// Writes a batch anew. Its storage is kept from one batch to the next.
    pub(crate) fn prepare(&mut self, batch: &[Entry], shape: Shape, codec: Codec) {
        self.items.clear();
        self.bytes.clear();
        for (index, entry) in (0u32..).zip(batch) {
            self.push(index, entry, shape, codec, false);
        }
    }

    /// Writes one packet as a retransmission (RFC 4588): room is left for the original sequence number.
    pub(crate) fn prepare_resend(&mut self, entry: &Entry, shape: Shape, codec: Codec, rtx: bool) {
        self.items.clear();
        self.bytes.clear();
        self.push(0, entry, shape, codec, rtx);
    }

    fn push(&mut self, index: u32, entry: &Entry, shape: Shape, codec: Codec, rtx: bool) {
        let mut buffer = [0; ITEM_LEN_MAX];
        let dependency = entry.packet.dependency_descriptor();
        let with_dependency = shape.dependency_descriptor != 0 && !dependency.is_empty() && !entry.blank;
        let orientation = entry.packet.info.orientation.filter(|_| !entry.blank);
        let extensions: [(u8, &[u8]); 2] = [
            (if with_dependency { shape.dependency_descriptor } else { 0 }, dependency),
            (if orientation.is_some() { shape.video_orientation } else { 0 }, &[orientation.unwrap_or(0)]),
        ];
        let header = rtp::Header { padding: entry.padding > 0, ..Default::default() };
        let Some(header_len) = rtp::write_header(&header, &extensions, &mut buffer) else { return };
        let one_byte = dependency.len() <= 16;
        let dependency_at = if with_dependency { rtp::HEADER_LEN + 4 + if one_byte { 1 } else { 2 } } else { 0 };
        let mut len = header_len + if rtx { 2 } else { 0 };
        let (rewrite, payload_at) = write_descriptor(entry, codec, &mut buffer, &mut len);
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&buffer[..len]);
        self.items.push(Item {
            entry: index,
            at: narrow(at),
            header_len: narrow(header_len),
            descriptor_len: narrow(len - header_len),
            marker: u8::from(entry.marker) << 7,
            padding: entry.padding,
            dependency_at: narrow(dependency_at),
            payload_at: narrow(payload_at),
            rewrite,
            numbers: entry.numbers,
            position: entry.packet.info.seq,
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Gives the packets of `span` to `egress` with a viewer's numbers.
    #[inline]
    pub(crate) fn send<E: Egress>(&mut self, batch: &[Entry], to: &Address, span: Span, egress: &mut E) -> Sent {
        let mut sent = Sent::default();
        for item in &self.items {
            if item.numbers.sequence < span.sequence_from {
                sent.before_start += 1;
                continue;
            }
            if item.position >= span.position_to {
                continue;
            }
            let Some(entry) = batch.get(item.entry as usize) else { continue };
            let index = item.numbers.sequence.wrapping_add(to.offsets.sequence);
            let (header, descriptor) = item.address(&mut self.bytes, to, index, 0);
            let payload = if entry.blank { &[] } else { &entry.packet.payload()[usize::from(item.payload_at)..] };
            let packet = OutPacket { index, header, descriptor, payload, padding: item.padding };
            sent.packets += 1;
            sent.bytes += packet.len() as u64;
            egress.rtp(packet);
        }
        sent
    }

    /// Gives the packet of [`Train::prepare_resend`] to `egress`: as it was (`rtx` is `None`: the bytes must equal the
    /// first transmission's, since the index does), or as number `rtx` of the retransmission stream that `to` names.
    pub(crate) fn resend<E: Egress>(&mut self, entry: &Entry, to: &Address, rtx: Option<u64>, egress: &mut E) -> Sent {
        let Some(item) = self.items.first() else { return Sent::default() };
        let original = item.numbers.sequence.wrapping_add(to.offsets.sequence);
        let index = rtx.unwrap_or(original);
        let osn = if rtx.is_some() { 2 } else { 0 };
        let (header, descriptor) = item.address(&mut self.bytes, to, index, osn);
        if osn > 0
            && let Some(place) = descriptor.first_chunk_mut()
        {
            *place = low_16(original).to_be_bytes();
        }
        let payload = if entry.blank { &[] } else { &entry.packet.payload()[usize::from(item.payload_at)..] };
        let packet = OutPacket { index, header, descriptor, payload, padding: item.padding };
        let sent = Sent { packets: 1, bytes: packet.len() as u64, before_start: 0 };
        egress.rtp(packet);
        sent
    }
}

impl Item {
    /// Puts a viewer's numbers into the item's bytes; gives header and descriptor.
    #[inline]
    fn address<'a>(&self, bytes: &'a mut [u8], to: &Address, index: u64, osn: usize) -> (&'a mut [u8], &'a mut [u8]) {
        let at = self.at as usize;
        let len = usize::from(self.header_len) + usize::from(self.descriptor_len);
        let (header, descriptor) = bytes[at..at + len].split_at_mut(usize::from(self.header_len));
        let (numbers, offsets) = (&self.numbers, &to.offsets);
        header[1] = self.marker | to.payload_type;
        header[2..4].copy_from_slice(&low_16(index).to_be_bytes());
        header[4..8].copy_from_slice(&numbers.timestamp.wrapping_add(offsets.timestamp).to_be_bytes());
        header[8..12].copy_from_slice(&to.ssrc.to_be_bytes());
        if self.dependency_at != 0 {
            let place = usize::from(self.dependency_at) + dependency_descriptor::FRAME_NUMBER_AT;
            let number = numbers.frame_number.wrapping_add(offsets.frame_number);
            header[place..place + 2].copy_from_slice(&number.to_be_bytes());
        }
        let picture_id = numbers.picture_id.wrapping_add(offsets.picture_id) & 0x7FFF;
        let tl0 = numbers.tl0.wrapping_add(offsets.tl0);
        match self.rewrite {
            Rewrite::None => {}
            Rewrite::Vp8(rewrite) => {
                let key_index = numbers.key_index.wrapping_add(offsets.key_index);
                rewrite.apply(&mut descriptor[osn..], picture_id, tl0, key_index);
            }
            Rewrite::Vp9(rewrite) => rewrite.apply(&mut descriptor[osn..], picture_id, tl0),
        }
        (header, descriptor)
    }
}

/// Appends the rewritten descriptor; says where the rest of the payload begins.
fn write_descriptor(entry: &Entry, codec: Codec, out: &mut [u8], len: &mut usize) -> (Rewrite, usize) {
    if entry.blank {
        return (Rewrite::None, 0);
    }
    let mut append = |bytes: &[u8]| {
        out[*len..*len + bytes.len()].copy_from_slice(bytes);
        *len += bytes.len();
    };
    match &entry.packet.info.descriptor {
        Descriptor::Vp8(descriptor) => {
            let (bytes, rewrite) = descriptor.write();
            append(&bytes);
            (Rewrite::Vp8(rewrite), descriptor.len)
        }
        Descriptor::Vp9(descriptor) => {
            let (bytes, rewrite) = descriptor.write();
            append(&bytes);
            (Rewrite::Vp9(rewrite), descriptor.prefix_len)
        }
        Descriptor::Plain => (Rewrite::None, redundancy_len(entry, codec)),
    }
}

/// Bytes before the newest block, for viewers that do not know redundancy.
fn redundancy_len(entry: &Entry, codec: Codec) -> usize {
    if entry.packet.info.codec != Codec::Red || codec == Codec::Red {
        return 0;
    }
    let payload = entry.packet.payload();
    rtp::red_primary(payload).map_or(0, |(_, primary)| payload.len() - primary.len())
}

fn low_16(index: u64) -> u16 {
    (index & 0xFFFF) as u16
}

/// Lengths and offsets within a train, all far below their types' bounds.
fn narrow<T: TryFrom<usize> + Default>(value: usize) -> T {
    T::try_from(value).unwrap_or_default()
}
