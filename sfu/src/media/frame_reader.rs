//! Reads what forwarding must know of a packet's frame, codec by codec.

use arrayvec::ArrayVec;
use lectern_wire::codec::dependency_descriptor::{Descriptor as Dependency, Structure};
use lectern_wire::codec::{av1, h264, vp8, vp9};

use crate::media::packet::{Descriptor, FrameInfo, SPATIAL_MAX};
use crate::session::Codec;

/// The state of one encoding that reading needs.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    structure: Option<Box<Structure>>,
    newest_timestamp: Option<u32>,
}

/// A packet as its stream sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived<'a> {
    pub(crate) codec: Codec,
    pub(crate) payload: &'a [u8],
    pub(crate) dependency: &'a [u8],
    pub(crate) marker: bool,
    pub(crate) timestamp: u32,
    /// The packet before it in sequence is the newest that was read.
    pub(crate) follows: bool,
}

/// What was read.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) frame: FrameInfo,
    pub(crate) descriptor: Descriptor,
    /// Of each spatial layer, lowest first, where the packet tells.
    pub(crate) resolutions: ArrayVec<(u16, u16), SPATIAL_MAX>,
}

impl Read {
    fn plain(frame: FrameInfo) -> Self {
        Self { frame, descriptor: Descriptor::Plain, resolutions: ArrayVec::new() }
    }
}

/// All bits: a keyframe lets everybody go up.
const UP_ANY: u8 = 0xFF;

impl FrameReader {
    /// `None` if the payload contradicts its format.
    pub(crate) fn read(&mut self, packet: &Arrived<'_>) -> Option<Read> {
        let dependency = self.dependency(packet.dependency);
        let begins = packet.follows && self.newest_timestamp != Some(packet.timestamp);
        let read = match packet.codec {
            Codec::Opus | Codec::Red => Read::plain(FrameInfo {
                keyframe: true,
                start: true,
                end: true,
                up_switch: UP_ANY,
                ..Default::default()
            }),
            Codec::Vp8 => read_vp8(packet)?,
            Codec::Vp9 { .. } => read_vp9(packet)?,
            Codec::H264 { .. } => read_h264(packet, dependency.as_ref(), begins)?,
            Codec::Av1 { .. } => self.read_av1(packet, dependency.as_ref(), begins)?,
        };
        if packet.follows || self.newest_timestamp.is_none_or(|newest| is_newer(packet.timestamp, newest)) {
            self.newest_timestamp = Some(packet.timestamp);
        }
        Some(read)
    }

    fn dependency(&mut self, bytes: &[u8]) -> Option<Dependency> {
        if bytes.is_empty() {
            return None;
        }
        let mut parsed = Dependency::parse(bytes, self.structure.as_deref())?;
        if let Some(structure) = parsed.structure.take() {
            self.structure = Some(structure);
            // Only its presence counts from here on: it marks the keyframe.
            parsed.structure = Some(self.structure.clone()?);
        }
        Some(parsed)
    }

    fn read_av1(&self, packet: &Arrived<'_>, dependency: Option<&Dependency>, begins: bool) -> Option<Read> {
        let header = av1::AggregationHeader::parse(packet.payload)?;
        let Some(dependency) = dependency else {
            // Without layers to tell apart; where the descriptor is merely unreadable, better forwarded than lost.
            let up_switch = if header.new_sequence { UP_ANY } else { 0 };
            return Some(Read::plain(FrameInfo {
                keyframe: header.new_sequence && packet.dependency.is_empty(),
                start: header.new_sequence || begins,
                end: packet.marker,
                up_switch,
                ..Default::default()
            }));
        };
        let structure = dependency.structure.as_deref();
        let mut read = Read::plain(FrameInfo {
            keyframe: dependency.start && structure.is_some(),
            start: dependency.start,
            end: dependency.end,
            spatial: dependency.spatial,
            temporal: dependency.temporal,
            up_switch: dependency.up_switch,
            discardable: dependency.discardable,
        });
        read.resolutions.extend(structure.into_iter().flat_map(|structure| structure.resolutions.iter().copied()));
        Some(read)
    }
}

fn read_vp8(packet: &Arrived<'_>) -> Option<Read> {
    let descriptor = vp8::Descriptor::parse(packet.payload)?;
    let (temporal, sync) = descriptor.temporal.unwrap_or_default();
    let up_switch = match (descriptor.keyframe, sync, temporal) {
        (true, ..) => UP_ANY,
        (false, true, 1..) => 1 << (temporal - 1),
        _ => 0,
    };
    Some(Read {
        frame: FrameInfo {
            keyframe: descriptor.keyframe,
            start: descriptor.start,
            end: packet.marker,
            spatial: 0,
            temporal,
            up_switch,
            discardable: descriptor.non_reference,
        },
        descriptor: Descriptor::Vp8(descriptor),
        resolutions: descriptor.resolution.into_iter().collect(),
    })
}

fn read_vp9(packet: &Arrived<'_>) -> Option<Read> {
    let descriptor = vp9::Descriptor::parse(packet.payload)?;
    let up_switch = match (descriptor.keyframe(), descriptor.switching_point) {
        (true, _) => UP_ANY,
        // RFC 9628 section 4.2: later pictures of higher layers refer to nothing of higher layers before this one.
        (false, true) => UP_ANY.checked_shl(descriptor.temporal.into()).unwrap_or(0),
        (false, false) => 0,
    };
    let known = usize::from(descriptor.spatial_layers).min(SPATIAL_MAX);
    let sizes = descriptor.resolutions[..known].iter().copied();
    Some(Read {
        frame: FrameInfo {
            keyframe: descriptor.keyframe(),
            start: descriptor.start,
            end: descriptor.end,
            spatial: descriptor.spatial,
            temporal: descriptor.temporal,
            up_switch,
            discardable: false,
        },
        descriptor: Descriptor::Vp9(descriptor),
        resolutions: sizes.filter(|size| *size != (0, 0)).collect(),
    })
}

fn read_h264(packet: &Arrived<'_>, dependency: Option<&Dependency>, begins: bool) -> Option<Read> {
    let descriptor = h264::Descriptor::parse(packet.payload)?;
    let start = begins || descriptor.access_unit_start;
    // A keyframe begins with its parameter sets. An IDR slice alone begins one if nothing of its picture came before.
    let keyframe = descriptor.parameter_set || descriptor.idr && begins;
    let (temporal, up_switch) = dependency.map_or((0, 0), |d| (d.temporal, d.up_switch));
    Some(Read {
        frame: FrameInfo {
            keyframe,
            start: start || keyframe,
            end: packet.marker,
            spatial: 0,
            temporal,
            up_switch: if keyframe { UP_ANY } else { up_switch },
            discardable: descriptor.discardable,
        },
        descriptor: Descriptor::Plain,
        resolutions: descriptor.resolution.into_iter().collect(),
    })
}

/// Whether an RTP timestamp lies after another, modulo wrap.
pub(crate) fn is_newer(timestamp: u32, than: u32) -> bool {
    timestamp.wrapping_sub(than).cast_signed() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(codec: Codec, payload: &[u8], timestamp: u32) -> Arrived<'_> {
        Arrived { codec, payload, dependency: &[], marker: false, timestamp, follows: true }
    }

    #[test]
    fn an_idr_slice_starts_a_keyframe_only_at_the_beginning_of_its_picture() {
        let mut reader = FrameReader::default();
        let codec = Codec::H264 { profile: 0x42E0 };
        let idr = [0x65, 0xB8, 0x00];
        assert!(reader.read(&arrived(codec, &idr, 10)).unwrap().frame.keyframe);
        assert!(!reader.read(&arrived(codec, &idr, 10)).unwrap().frame.keyframe);
        let lost_before = Arrived { follows: false, ..arrived(codec, &idr, 20) };
        assert!(!reader.read(&lost_before).unwrap().frame.keyframe);
    }

    #[test]
    fn av1_without_descriptors_starts_at_a_new_sequence() {
        let mut reader = FrameReader::default();
        let codec = Codec::Av1 { profile: 0 };
        assert!(reader.read(&arrived(codec, &[0x18, 0x0A], 1)).unwrap().frame.keyframe);
        assert!(!reader.read(&arrived(codec, &[0x10, 0x30], 2)).unwrap().frame.keyframe);
        assert!(reader.read(&arrived(codec, &[0x10], 3)).is_none());
    }

    #[test]
    fn a_vp8_sync_frame_lets_up_to_its_layer() {
        let mut reader = FrameReader::default();
        // TID 2, Y set.
        let sync = [0x90, 0xE0, 0x80, 0x01, 0x05, 0xA0, 0x01];
        assert_eq!(reader.read(&arrived(Codec::Vp8, &sync, 1)).unwrap().frame.up_switch, 0b10);
    }
}
