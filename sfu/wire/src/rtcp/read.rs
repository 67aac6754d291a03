//! Reading compound packets.

use super::{
    FORMAT_AFB, FORMAT_FIR, FORMAT_NACK, FORMAT_PLI, FORMAT_TRANSPORT_CC, TYPE_BYE, TYPE_PAYLOAD, TYPE_RR, TYPE_SDES,
    TYPE_SR, TYPE_TRANSPORT, TransportFeedback,
};

/// Packets read from one compound packet; what a datagram holds beyond is ignored.
const PACKETS_MAX: usize = 64;

/// Iterator over the packets of a compound packet. Ends at the first malformed one.
#[derive(Clone, Debug)]
pub struct Compound<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Compound<'a> {
    /// Over a decrypted datagram.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, left: PACKETS_MAX }
    }

    /// Whether bytes remain that are no RTCP: what was read up to here is good, the rest is to be dropped.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        !self.rest.is_empty()
    }

    fn split(&mut self) -> Option<(u8, u8, &'a [u8])> {
        let head = self.rest.first_chunk::<4>()?;
        if head[0] >> 6 != 2 || self.left == 0 {
            return None;
        }
        let len = (usize::from(u16::from_be_bytes([head[2], head[3]])) + 1) * 4;
        let mut body = self.rest.get(4..len)?;
        if head[0] & 0x20 != 0 {
            let padding = usize::from(*body.last()?);
            if padding == 0 || padding > body.len() {
                return None;
            }
            body = &body[..body.len() - padding];
        }
        let (count, kind) = (head[0] & 0x1F, head[1]);
        self.rest = &self.rest[len..];
        self.left -= 1;
        Some((count, kind, body))
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let before = self.clone();
        let (count, kind, body) = self.split()?;
        let packet = Packet::parse(count, kind, body);
        if packet.is_none() {
            *self = Self { left: 0, ..before };
        }
        packet
    }
}

/// One packet of a compound packet.
#[derive(Clone, Debug)]
pub enum Packet<'a> {
    /// RFC 3550 section 6.4.1.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// About its own sending.
        info: SenderInfo,
        /// About what it receives.
        reports: Entries<'a, ReportBlock>,
    },
    /// RFC 3550 section 6.4.2.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// About what it receives.
        reports: Entries<'a, ReportBlock>,
    },
    /// RFC 3550 section 6.5; what it says is not read.
    SourceDescription,
    /// RFC 3550 section 6.6.
    Goodbye {
        /// Who leaves.
        ssrcs: Entries<'a, u32>,
    },
    /// RFC 4585 section 6.2.1.
    Nack {
        /// The stream that misses packets.
        media_ssrc: u32,
        /// Which.
        missing: Entries<'a, Nack>,
    },
    /// RFC 4585 section 6.3.1.
    Pli {
        /// The stream that needs a keyframe.
        media_ssrc: u32,
    },
    /// RFC 5104 section 4.3.1.
    Fir {
        /// The streams that need a keyframe.
        entries: Entries<'a, FirEntry>,
    },
    /// draft-alvestrand-rmcat-remb-03.
    Remb {
        /// The most that the sender of this wants to receive, bit/s.
        bitrate_bps: u64,
        /// Of these streams together.
        ssrcs: Entries<'a, u32>,
    },
    /// draft-holmer-rmcat-transport-wide-cc-extensions-01.
    TransportFeedback(TransportFeedback<'a>),
    /// Well-formed, of no concern here.
    Other,
}

impl<'a> Packet<'a> {
    fn parse(count: u8, kind: u8, body: &'a [u8]) -> Option<Self> {
        Some(match (kind, count) {
            (TYPE_SR, _) => Self::SenderReport {
                ssrc: word(body, 0)?,
                info: SenderInfo {
                    ntp: u64::from(word(body, 4)?) << 32 | u64::from(word(body, 8)?),
                    rtp: word(body, 12)?,
                    packets: word(body, 16)?,
                    octets: word(body, 20)?,
                },
                reports: Entries::counted(body.get(24..)?, count)?,
            },
            (TYPE_RR, _) => {
                Self::ReceiverReport { ssrc: word(body, 0)?, reports: Entries::counted(body.get(4..)?, count)? }
            }
            (TYPE_SDES, _) => Self::SourceDescription,
            (TYPE_BYE, _) => Self::Goodbye { ssrcs: Entries::counted(body, count)? },
            (TYPE_TRANSPORT, FORMAT_NACK) => {
                Self::Nack { media_ssrc: word(body, 4)?, missing: Entries::all(body.get(8..)?) }
            }
            (TYPE_TRANSPORT, FORMAT_TRANSPORT_CC) => {
                Self::TransportFeedback(TransportFeedback::parse(word(body, 4)?, body.get(8..)?)?)
            }
            (TYPE_PAYLOAD, FORMAT_PLI) => Self::Pli { media_ssrc: word(body, 4)? },
            (TYPE_PAYLOAD, FORMAT_FIR) => Self::Fir { entries: Entries::all(body.get(8..)?) },
            (TYPE_PAYLOAD, FORMAT_AFB) => remb(body).unwrap_or(Self::Other),
            _ => Self::Other,
        })
    }
}

fn remb(body: &[u8]) -> Option<Packet<'_>> {
    if body.get(8..12)? != b"REMB" {
        return None;
    }
    let head = word(body, 12)?;
    let count = u8::try_from(head >> 24).ok()?;
    let mantissa = u64::from(head & 0x3_FFFF);
    let bitrate_bps = mantissa.checked_shl(head >> 18 & 0x3F)?;
    Some(Packet::Remb { bitrate_bps, ssrcs: Entries::counted(body.get(16..)?, count)? })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The sender's part of a sender report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderInfo {
    /// Wall clock when the report was sent, NTP format.
    pub ntp: u64,
    /// The same instant in the stream's RTP clock.
    pub rtp: u32,
    /// Packets sent so far, wraps.
    pub packets: u32,
    /// Payload bytes sent so far, wraps.
    pub octets: u32,
}

/// A fixed-size element that RTCP packets list.
pub trait Element: Sized {
    /// Bytes on the wire.
    const LEN: usize;
    /// Reads one; the slice is [`Element::LEN`] long.
    fn read(bytes: &[u8]) -> Option<Self>;
}

/// Elements of an RTCP packet, read as they are taken.
#[derive(Clone, Debug)]
pub struct Entries<'a, T> {
    rest: &'a [u8],
    element: std::marker::PhantomData<T>,
}

impl<'a, T: Element> Entries<'a, T> {
    fn all(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, element: std::marker::PhantomData }
    }

    fn counted(bytes: &'a [u8], count: u8) -> Option<Self> {
        bytes.get(..usize::from(count) * T::LEN).map(Self::all)
    }
}

impl<T: Element> Iterator for Entries<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let (first, rest) = self.rest.split_at_checked(T::LEN)?;
        self.rest = rest;
        T::read(first)
    }
}

/// A report block (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream reported on.
    pub ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Lost in all; 24 bits, signed, clamped.
    pub cumulative_lost: i32,
    /// Highest sequence number received, with its cycles.
    pub highest_sequence: u32,
    /// In units of the stream's clock.
    pub jitter: u32,
    /// Middle bits of the last sender report received, 0 if none.
    pub last_sender_report: u32,
    /// Since then, in 1/65536 s.
    pub delay_since_last_sender_report: u32,
}

impl Element for ReportBlock {
    const LEN: usize = 24;

    fn read(bytes: &[u8]) -> Option<Self> {
        let lost = word(bytes, 4)?;
        Some(Self {
            ssrc: word(bytes, 0)?,
            fraction_lost: bytes[4],
            // Shifted up and down again so that the sign of 24 bits is kept.
            cumulative_lost: (lost << 8).cast_signed() >> 8,
            highest_sequence: word(bytes, 8)?,
            jitter: word(bytes, 12)?,
            last_sender_report: word(bytes, 16)?,
            delay_since_last_sender_report: word(bytes, 20)?,
        })
    }
}

impl Element for u32 {
    const LEN: usize = 4;

    fn read(bytes: &[u8]) -> Option<Self> {
        word(bytes, 0)
    }
}

/// One entry of a generic NACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nack {
    /// A missing packet.
    pub packet_id: u16,
    /// Bit `i`: packet `packet_id + i + 1` is missing too.
    pub bitmask: u16,
}

impl Nack {
    /// The sequence numbers of the missing packets, at most 17.
    pub fn sequence_numbers(self) -> impl Iterator<Item = u16> {
        let following = (0..16u16).filter(move |bit| self.bitmask >> bit & 1 != 0);
        std::iter::once(self.packet_id).chain(following.map(move |bit| self.packet_id.wrapping_add(bit + 1)))
    }
}

impl Element for Nack {
    const LEN: usize = 4;

    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.first_chunk::<4>()?;
        Some(Self {
            packet_id: u16::from_be_bytes([bytes[0], bytes[1]]),
            bitmask: u16::from_be_bytes([bytes[2], bytes[3]]),
        })
    }
}

/// One entry of a full intra request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirEntry {
    /// The stream that needs a keyframe.
    pub ssrc: u32,
    /// Repetitions of a request keep this number.
    pub sequence: u8,
}

impl Element for FirEntry {
    const LEN: usize = 8;

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self { ssrc: word(bytes, 0)?, sequence: *bytes.get(4)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receiver_report_and_nack_of_a_browser() {
        let bytes = [
            0x81, 0xC9, 0x00, 0x07, 0, 0, 0, 1, 0, 0, 0, 9, 0x40, 0xFF, 0xFF, 0xFE, 0, 1, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4,
            0, 1, 0, 0, // report block
            0x81, 0xCD, 0x00, 0x03, 0, 0, 0, 1, 0, 0, 0, 9, 0xFF, 0xFF, 0x00, 0x03, // NACK
        ];
        let packets: Vec<_> = Compound::new(&bytes).collect();
        let Packet::ReceiverReport { ssrc: 1, reports } = packets[0].clone() else { panic!("{packets:?}") };
        let block = reports.last().unwrap();
        assert_eq!((block.ssrc, block.fraction_lost, block.cumulative_lost), (9, 0x40, -2));
        assert_eq!((block.last_sender_report, block.delay_since_last_sender_report), (0x0102_0304, 0x1_0000));
        let Packet::Nack { media_ssrc: 9, missing } = packets[1].clone() else { panic!("{packets:?}") };
        assert_eq!(missing.flat_map(Nack::sequence_numbers).collect::<Vec<_>>(), [65_535, 0, 1]);
    }

    #[test]
    fn remb_of_libwebrtc() {
        let bytes = [0x8F, 0xCE, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, b'R', b'E', b'M', b'B', 1, 0x0B, 0x70, 0x00, 0, 0, 0, 9];
        let Some(Packet::Remb { bitrate_bps, ssrcs }) = Compound::new(&bytes).next() else { panic!() };
        assert_eq!((bitrate_bps, ssrcs.collect::<Vec<_>>()), (0x3_7000 << 2, vec![9]));
    }

    #[test]
    fn what_is_malformed_ends_the_compound() {
        let good = [0x80, 0xCB, 0, 0];
        for bad in [&[0x80, 0xC9, 0, 0][..], &[0x80, 0xC9, 0, 9, 0, 0, 0, 1], &[0x40, 0xC9, 0, 0], &[0xA0, 0xCB, 0, 0]]
        {
            let bytes = [&good[..], bad].concat();
            let mut compound = Compound::new(&bytes);
            assert_eq!(compound.by_ref().count(), 1);
            assert!(compound.is_malformed());
        }
    }

    #[test]
    fn a_datagram_of_empty_packets_is_read_to_the_bound() {
        let bytes = [0x80, 0xCB, 0, 0].repeat(PACKETS_MAX + 1);
        assert_eq!(Compound::new(&bytes).count(), PACKETS_MAX);
        assert_eq!(Compound::new(&bytes[4..]).count(), PACKETS_MAX);
    }
}
