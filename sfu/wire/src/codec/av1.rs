//! AV1 (RTP payload format for AV1, 1.0): the aggregation header, for senders without a dependency descriptor.

/// An aggregation header (section 4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AggregationHeader {
    /// Z: continues an OBU of the packet before.
    pub continues: bool,
    /// Y: its last OBU goes on in the next packet.
    pub continued: bool,
    /// N: "the packet is the first packet of a coded video sequence" – a keyframe begins.
    pub new_sequence: bool,
}

impl AggregationHeader {
    /// Reads the first byte of an RTP payload; `None` if nothing follows it, or if it contradicts itself ("if N is 1, Z
    /// must be 0").
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let (&first, rest) = payload.split_first()?;
        let parsed =
            Self { continues: first & 0x80 != 0, continued: first & 0x40 != 0, new_sequence: first & 0x08 != 0 };
        if rest.is_empty() || parsed.continues && parsed.new_sequence { None } else { Some(parsed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_packet_of_a_sequence() {
        // W = 2, N: a sequence header OBU and the beginning of a frame OBU.
        let parsed = AggregationHeader::parse(&[0x68, 0x0A, 0x0B]).unwrap();
        assert_eq!(parsed, AggregationHeader { continues: false, continued: true, new_sequence: true });
        assert!(AggregationHeader::parse(&[0x90, 0x30]).unwrap().continues);
        for bad in [&[][..], &[0x10], &[0x88, 0x0A]] {
            assert_eq!(AggregationHeader::parse(bad), None);
        }
    }
}
