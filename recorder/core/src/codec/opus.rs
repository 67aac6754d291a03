//! Opus: how long a packet is (RFC 6716 section 3.1), and the `dOps` of the ISO binding.

use crate::format::{Format, Shape};

/// The clock of RTP (RFC 7587 section 4.1), whatever was encoded.
pub const HZ: u32 = 48_000;
/// RFC 6716 section 3.2.5: a packet holds at most 120 ms.
pub const PACKET_SAMPLES_MAX: u32 = 5_760;

/// Samples at 48 kHz in a packet; `None` if it is no Opus packet.
#[must_use]
pub fn samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        config @ 12..=15 => [480, 960][usize::from(config & 1)],
        config => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(packet.get(1)? & 0x3F),
    };
    Some(frame * frames).filter(|samples| (1..=PACKET_SAMPLES_MAX).contains(samples))
}

/// The decoder configuration of a stream; `pre_skip`: samples that the encoder is behind its input.
#[must_use]
pub fn format(channels: u8, pre_skip: u16) -> Format {
    // Encapsulation of Opus in ISO base media, section 4.3.2: version, channels, pre-skip, rate, gain, mapping family 0.
    let mut record = vec![0, channels];
    record.extend(pre_skip.to_be_bytes());
    record.extend(HZ.to_be_bytes());
    record.extend([0, 0, 0]);
    Format {
        entry: *b"Opus",
        configuration: (*b"dOps", record.into()),
        codecs: "opus".to_owned(),
        shape: Shape::Audio { channels, sample_rate: HZ },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packets_length_is_in_its_first_bytes() {
        assert_eq!(samples(&[0x78]), Some(960), "hybrid, 20 ms");
        assert_eq!(samples(&[0x18]), Some(2880), "SILK, 60 ms");
        assert_eq!(samples(&[0xE0]), Some(120), "CELT, 2.5 ms");
        assert_eq!(samples(&[0xF9]), Some(1920), "two frames");
        assert_eq!(samples(&[0xFB, 0x03]), Some(2880), "three frames");
        assert_eq!(samples(&[0xFB, 0x3F]), None, "over 120 ms");
        assert_eq!((samples(&[0xFB]), samples(&[])), (None, None));
    }
}
