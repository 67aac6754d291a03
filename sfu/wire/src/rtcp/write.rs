//! Writing compound packets into a given buffer.

use super::{
    FORMAT_AFB, FORMAT_FIR, FORMAT_NACK, FORMAT_PLI, Nack, ReportBlock, SenderInfo, TYPE_BYE, TYPE_PAYLOAD, TYPE_RR,
    TYPE_SDES, TYPE_SR, TYPE_TRANSPORT,
};

/// Appends packets to a buffer. A packet that does not fit is left out whole and its method says `false`.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Into an empty buffer.
    #[must_use]
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// What was written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.out[..self.len]
    }

    /// RFC 3550 section 6.4.1; at most 31 report blocks are taken.
    pub fn sender_report(&mut self, ssrc: u32, info: &SenderInfo, reports: &[ReportBlock]) -> bool {
        let reports = &reports[..reports.len().min(31)];
        self.packet(TYPE_SR, count(reports.len()), |body| {
            body.word(ssrc)?;
            body.bytes(&info.ntp.to_be_bytes())?;
            body.word(info.rtp)?;
            body.word(info.packets)?;
            body.word(info.octets)?;
            reports.iter().try_for_each(|block| body.report(block))
        })
    }

    /// RFC 3550 section 6.4.2; at most 31 report blocks are taken.
    pub fn receiver_report(&mut self, ssrc: u32, reports: &[ReportBlock]) -> bool {
        let reports = &reports[..reports.len().min(31)];
        self.packet(TYPE_RR, count(reports.len()), |body| {
            body.word(ssrc)?;
            reports.iter().try_for_each(|block| body.report(block))
        })
    }

    /// RFC 3550 section 6.5.1; a name longer than 255 bytes does not fit.
    pub fn cname(&mut self, ssrc: u32, name: &str) -> bool {
        self.packet(TYPE_SDES, 1, |body| {
            body.word(ssrc)?;
            body.bytes(&[1, u8::try_from(name.len()).ok()?])?;
            body.bytes(name.as_bytes())?;
            // "terminated by one or more null octets … until the next 32-bit boundary".
            body.bytes(&[0])?;
            body.pad()
        })
    }

    /// RFC 3550 section 6.6.
    pub fn goodbye(&mut self, ssrc: u32) -> bool {
        self.packet(TYPE_BYE, 1, |body| body.word(ssrc))
    }

    /// RFC 4585 section 6.2.1. The sequence numbers must ascend (modulo wrap).
    pub fn nack(&mut self, sender_ssrc: u32, media_ssrc: u32, missing: impl IntoIterator<Item = u16>) -> bool {
        self.packet(TYPE_TRANSPORT, FORMAT_NACK, |body| {
            body.word(sender_ssrc)?;
            body.word(media_ssrc)?;
            let mut entry: Option<Nack> = None;
            for sequence in missing {
                if let Some(open) = &mut entry {
                    let distance = sequence.wrapping_sub(open.packet_id);
                    if distance == 0 {
                        continue;
                    }
                    if distance <= 16 {
                        open.bitmask |= 1 << (distance - 1);
                        continue;
                    }
                    body.nack(*open)?;
                }
                entry = Some(Nack { packet_id: sequence, bitmask: 0 });
            }
            entry.map_or(Some(()), |open| body.nack(open))
        })
    }

    /// RFC 4585 section 6.3.1.
    pub fn pli(&mut self, sender_ssrc: u32, media_ssrc: u32) -> bool {
        self.packet(TYPE_PAYLOAD, FORMAT_PLI, |body| {
            body.word(sender_ssrc)?;
            body.word(media_ssrc)
        })
    }

    /// RFC 5104 section 4.3.1, for one stream.
    pub fn fir(&mut self, sender_ssrc: u32, media_ssrc: u32, sequence: u8) -> bool {
        self.packet(TYPE_PAYLOAD, FORMAT_FIR, |body| {
            body.word(sender_ssrc)?;
            // "The SSRC of media source in the header … is not used and SHALL be set to 0".
            body.word(0)?;
            body.word(media_ssrc)?;
            body.bytes(&[sequence, 0, 0, 0])
        })
    }

    /// draft-alvestrand-rmcat-remb-03; at most 255 streams are taken.
    pub fn remb(&mut self, sender_ssrc: u32, bitrate_bps: u64, ssrcs: &[u32]) -> bool {
        let ssrcs = &ssrcs[..ssrcs.len().min(255)];
        let exponent = (64 - bitrate_bps.leading_zeros()).saturating_sub(18);
        self.packet(TYPE_PAYLOAD, FORMAT_AFB, |body| {
            body.word(sender_ssrc)?;
            body.word(0)?;
            body.bytes(b"REMB")?;
            let mantissa = u32::try_from(bitrate_bps >> exponent).ok()?;
            body.word(u32::try_from(ssrcs.len()).ok()? << 24 | exponent << 18 | mantissa)?;
            ssrcs.iter().try_for_each(|ssrc| body.word(*ssrc))
        })
    }

    /// Writes a header and what `fill` puts behind it; nothing at all if that does not fit.
    pub(super) fn packet(&mut self, kind: u8, count: u8, fill: impl FnOnce(&mut Body<'_>) -> Option<()>) -> bool {
        let Some(room) = self.out.get_mut(self.len..).filter(|room| room.len() >= 4) else { return false };
        let (head, rest) = room.split_at_mut(4);
        let mut body = Body { out: rest, len: 0 };
        if fill(&mut body).is_none() {
            return false;
        }
        let Ok(words) = u16::try_from(body.len / 4) else { return false };
        head[0] = 0x80 | count;
        head[1] = kind;
        head[2..].copy_from_slice(&words.to_be_bytes());
        self.len += 4 + body.len;
        true
    }
}

fn count(reports: usize) -> u8 {
    u8::try_from(reports).unwrap_or(31)
}

pub(super) struct Body<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl Body<'_> {
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        self.out.get_mut(self.len..self.len + bytes.len())?.copy_from_slice(bytes);
        self.len += bytes.len();
        Some(())
    }

    pub(super) fn word(&mut self, word: u32) -> Option<()> {
        self.bytes(&word.to_be_bytes())
    }

    /// Zeros to the next word.
    pub(super) fn pad(&mut self) -> Option<()> {
        let missing = self.len.next_multiple_of(4) - self.len;
        self.bytes(&[0; 3][..missing])
    }

    fn nack(&mut self, entry: Nack) -> Option<()> {
        self.word(u32::from(entry.packet_id) << 16 | u32::from(entry.bitmask))
    }

    fn report(&mut self, block: &ReportBlock) -> Option<()> {
        let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7F_FFFF).cast_unsigned() & 0xFF_FFFF;
        self.word(block.ssrc)?;
        self.word(u32::from(block.fraction_lost) << 24 | lost)?;
        self.word(block.highest_sequence)?;
        self.word(block.jitter)?;
        self.word(block.last_sender_report)?;
        self.word(block.delay_since_last_sender_report)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Compound, Packet};
    use super::*;

    #[test]
    fn everything_is_read_back() {
        let mut out = [0; 400];
        let mut writer = Writer::new(&mut out);
        let info = SenderInfo { ntp: 0x0102_0304_0506_0708, rtp: 5, packets: 6, octets: 7 };
        let block = ReportBlock { ssrc: 3, fraction_lost: 4, cumulative_lost: -5, jitter: 6, ..Default::default() };
        assert!(writer.sender_report(1, &info, &[block]));
        assert!(writer.cname(1, "abc") && writer.cname(1, "abcd"));
        assert!(writer.nack(1, 2, [65_534, 0, 14, 15, 100]));
        assert!(writer.pli(1, 2) && writer.fir(1, 2, 9) && writer.goodbye(1));
        assert!(writer.remb(1, 10_000_000, &[2, 3]));
        let bytes = writer.bytes().to_vec();
        assert_eq!(bytes.len() % 4, 0);
        let mut compound = Compound::new(&bytes);
        let packets: Vec<_> = compound.by_ref().collect();
        assert!(!compound.is_malformed());
        assert_eq!(packets.len(), 8);
        let Packet::SenderReport { ssrc: 1, info: read, reports } = packets[0].clone() else { panic!() };
        assert_eq!((read, reports.collect::<Vec<_>>()), (info, vec![block]));
        let Packet::Nack { missing, .. } = packets[3].clone() else { panic!() };
        let missing: Vec<_> = missing.flat_map(Nack::sequence_numbers).collect();
        assert_eq!(missing, [65_534, 0, 14, 15, 100]);
        let Packet::Fir { entries } = packets[5].clone() else { panic!() };
        assert_eq!(entries.map(|entry| (entry.ssrc, entry.sequence)).collect::<Vec<_>>(), [(2, 9)]);
        let Packet::Remb { bitrate_bps, ssrcs } = packets[7].clone() else { panic!() };
        assert!((9_990_000..=10_000_000).contains(&bitrate_bps), "{bitrate_bps}");
        assert_eq!(ssrcs.collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut out = [0; 20];
        let mut writer = Writer::new(&mut out);
        assert!(writer.pli(1, 2));
        assert!(!writer.pli(1, 2) && !writer.nack(1, 2, [1]));
        assert!(writer.goodbye(1));
        assert_eq!(writer.bytes().len(), 20);
        assert!(!writer.goodbye(1));
    }
}
