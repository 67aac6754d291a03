//! AAC: the `AudioSpecificConfig` (ISO/IEC 14496-3 section 1.6.2.1) and the `esds` around it (ISO/IEC 14496-1 section 7.2.6).

use lectern_wire::codec::bits::Bits;

use crate::format::{Format, Shape};

/// Samples of a frame at the core's rate; 960 is for broadcasting and refused.
pub const FRAME_SAMPLES: u32 = 1024;
/// Longer configurations have no use.
const CONFIG_LEN_MAX: usize = 64;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// The decoder configuration for AAC-LC, HE-AAC and HE-AAC v2; `None` if it is something else. `channels`: what the
/// container says, for configurations that leave it to the stream.
#[must_use]
pub fn format(config: &[u8], channels: u8) -> Option<Format> {
    let mut bits = Bits::new(config);
    let kind = bits.read(5)?;
    let sample_rate = read_rate(&mut bits)?;
    let own_channels = match bits.read(4)? {
        0 => channels,
        // 7 is 7.1.
        7 => 8,
        count => count as u8,
    };
    let core = match kind {
        // SBR, PS: the rate of what is heard, then the core's type.
        5 | 29 => {
            read_rate(&mut bits)?;
            bits.read(5)?
        }
        kind => kind,
    };
    let short_frames = bits.flag()?;
    if core != 2 || short_frames || config.len() > CONFIG_LEN_MAX || !(1..=8).contains(&own_channels) {
        return None;
    }
    Some(Format {
        entry: *b"mp4a",
        configuration: (*b"esds", esds(config).into()),
        codecs: format!("mp4a.40.{kind}"),
        shape: Shape::Audio { channels: own_channels, sample_rate },
    })
}

fn read_rate(bits: &mut Bits<'_>) -> Option<u32> {
    let rate = match bits.read(4)? {
        15 => bits.read(24)?,
        index => *RATES.get(index as usize)?,
    };
    Some(rate).filter(|rate| (7_350..=96_000).contains(rate))
}

/// Lengths are below 128 and have one byte.
fn esds(config: &[u8]) -> Vec<u8> {
    let config_len = config.len() as u8;
    let mut out = vec![0, 0, 0, 0];
    // ES_Descriptor: number 0, no flags.
    out.extend([0x03, 3 + 2 + 13 + 2 + config_len + 3, 0, 0, 0]);
    // DecoderConfigDescriptor: MPEG-4 audio, an audio stream; buffer and bitrates unknown.
    out.extend([0x04, 13 + 2 + config_len, 0x40, 0x15]);
    out.extend([0; 11]);
    out.extend([0x05, config_len]);
    out.extend_from_slice(config);
    // SLConfigDescriptor: as MP4 wants it.
    out.extend([0x06, 1, 2]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_read_or_refused() {
        let lc = format(&[0x12, 0x10], 0).unwrap();
        assert_eq!((lc.codecs.as_str(), lc.shape), ("mp4a.40.2", Shape::Audio { channels: 2, sample_rate: 44_100 }));
        assert_eq!(lc.configuration.1[..9], [0, 0, 0, 0, 3, 25, 0, 0, 0]);
        let he = format(&[0x2b, 0x92, 0x08, 0x00], 0).unwrap();
        assert_eq!((he.codecs.as_str(), he.timescale()), ("mp4a.40.5", 22_050));
        for refused in [&[][..], &[0x12], &[0x0a, 0x10], &[0x12, 0x14], &[0x12, 0x00], &[0x16, 0x90]] {
            assert_eq!(format(refused, 0), None, "{refused:x?}");
        }
    }
}
