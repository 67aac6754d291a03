//! What receivers ask a publisher for.

use lectern_wire::rtcp::{Compound, Packet};

/// Packets asked for by one datagram at most; what is beyond is a mistake of the other side.
const REPEATS_MAX: usize = 1024;

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// PLI or FIR: a keyframe of the stream with this SSRC.
    Keyframe(u32),
    /// NACK: these packets of the stream with this SSRC.
    Repeat(u32, Vec<u16>),
}

/// The requests in a compound packet.
#[must_use]
pub fn requests(compound: &[u8]) -> Vec<Request> {
    let mut found = Vec::new();
    for packet in Compound::new(compound) {
        match packet {
            Packet::Pli { media_ssrc } => found.push(Request::Keyframe(media_ssrc)),
            Packet::Fir { entries } => found.extend(entries.map(|entry| Request::Keyframe(entry.ssrc))),
            Packet::Nack { media_ssrc, missing } => {
                let numbers = missing.flat_map(lectern_wire::rtcp::Nack::sequence_numbers).take(REPEATS_MAX);
                found.push(Request::Repeat(media_ssrc, numbers.collect()));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use lectern_wire::rtcp::Writer;

    #[test]
    fn requests_are_found_wherever_they_stand() {
        let mut out = [0; 256];
        let mut writer = Writer::new(&mut out);
        assert!(writer.receiver_report(1, &[]) && writer.nack(1, 7, [65_535, 0, 15, 40]));
        assert!(writer.pli(1, 8) && writer.fir(1, 9, 0));
        let expected = [Request::Repeat(7, vec![65_535, 0, 15, 40]), Request::Keyframe(8), Request::Keyframe(9)];
        assert_eq!(requests(writer.bytes()), expected);
    }
}
