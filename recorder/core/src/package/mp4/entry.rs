//! Sample entries: which codec a track has (ISO/IEC 14496-12 section 8.5.2, 14496-14, 14496-15, QuickTime's sound).

use bytes::Bytes;

use super::super::codec::Codec;
use super::super::refusal::Refusal;
use super::boxes::Part;
use crate::codec::aac;
use crate::format::{Format, Shape};

/// The codec of a `stsd`'s first entry, and the shape of a pixel.
pub(super) fn read(description: Part<'_>, is_picture: bool) -> Result<(Codec, (u32, u32)), Refusal> {
    let entries = description.from(8)?.children()?;
    let (kind, entry) =
        entries.first().ok_or(Refusal::Damaged { at: description.at, what: "where a codec should be" })?;
    let malformed = || Refusal::Damaged { at: entry.at, what: "in the description of a codec" };
    if matches!(kind, b"encv" | b"enca") {
        return Err(Refusal::Encrypted);
    }
    if is_picture {
        let boxes = entry.from(78)?;
        let codec = match kind {
            b"avc1" | b"avc3" => Codec::h264(boxes.only(b"avcC")?.bytes).ok_or_else(malformed)?,
            b"vp09" => Codec::Vp9,
            b"av01" => Codec::av1(boxes.only(b"av1C")?.bytes),
            kind => return Err(unsupported(*kind)),
        };
        let aspect = match boxes.find(b"pasp")? {
            Some(part) => (part.u32(0)?, part.u32(4)?),
            None => (1, 1),
        };
        return Ok((codec, if aspect.0 == 0 || aspect.1 == 0 { (1, 1) } else { aspect }));
    }
    let channels = u8::try_from(entry.u16(16)?).unwrap_or(0);
    // QuickTime's versions 1 and 2 have more fixed fields.
    let boxes = entry.from(match entry.u16(8)? {
        0 => 28,
        1 => 44,
        _ => 64,
    })?;
    let codec = match kind {
        b"mp4a" => {
            let esds = match boxes.find(b"wave")? {
                Some(wave) => wave.only(b"esds")?,
                None => boxes.only(b"esds")?,
            };
            read_esds(esds, channels)?
        }
        b"Opus" => read_opus(boxes.only(b"dOps")?)?,
        kind => return Err(unsupported(*kind)),
    };
    Ok((codec, (1, 1)))
}

/// The descriptors down to the configuration (ISO/IEC 14496-1 section 7.2.6).
fn read_esds(esds: Part<'_>, channels: u8) -> Result<Codec, Refusal> {
    let malformed = Refusal::Damaged { at: esds.at, what: "in the description of AAC" };
    let find = |esds: &[u8]| -> Option<(u8, Vec<u8>)> {
        let (0x03, stream) = descriptor(esds.get(4..)?)? else { return None };
        let flags = *stream.get(2)?;
        let mut skip = 3;
        if flags & 0x80 != 0 {
            skip += 2;
        }
        if flags & 0x40 != 0 {
            skip += 1 + usize::from(*stream.get(skip)?);
        }
        if flags & 0x20 != 0 {
            skip += 2;
        }
        let (0x04, decoder) = descriptor(stream.get(skip..)?)? else { return None };
        let kind = *decoder.first()?;
        let config = match descriptor(decoder.get(13..)?) {
            Some((0x05, config)) => config.to_vec(),
            _ => Vec::new(),
        };
        Some((kind, config))
    };
    let (kind, config) = find(esds.bytes).ok_or(malformed)?;
    match kind {
        0x40 | 0x66..=0x68 => {}
        0x69 | 0x6B => return Err(Refusal::CodecUnsupported("MP3".to_owned())),
        other => return Err(Refusal::CodecUnsupported(format!("sound of MPEG type 0x{other:02x}"))),
    }
    let format = aac::format(&config, channels);
    format.map(Codec::Sound).ok_or(Refusal::CodecUnsupported("this profile of AAC".to_owned()))
}

/// A descriptor's tag and content.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, mut rest) = bytes.split_first()?;
    let mut len = 0;
    for _ in 0..4 {
        let (byte, after) = rest.split_first()?;
        len = len << 7 | usize::from(byte & 0x7F);
        rest = after;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((*tag, rest.get(..len)?))
}

/// The configuration is kept as it is: it may have a gain, and more than two channels.
fn read_opus(config: Part<'_>) -> Result<Codec, Refusal> {
    let channels = config.u8(1)?;
    if config.u8(0)? != 0 || channels == 0 || config.bytes.len() < 11 || config.bytes.len() > 300 {
        return Err(Refusal::Damaged { at: config.at, what: "in the description of Opus" });
    }
    Ok(Codec::Sound(opus_format(channels, Bytes::copy_from_slice(config.bytes))))
}

/// From a `dOps`.
pub(in crate::package) fn opus_format(channels: u8, config: Bytes) -> Format {
    Format {
        entry: *b"Opus",
        configuration: (*b"dOps", config),
        codecs: "opus".to_owned(),
        shape: Shape::Audio { channels, sample_rate: crate::codec::opus::HZ },
    }
}

/// By the name that people know.
fn unsupported(kind: [u8; 4]) -> Refusal {
    let known = match &kind {
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "H.265 (HEVC)",
        b"vp08" => "VP8",
        b"mp4v" => "MPEG-4 part 2",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "ProRes",
        b"jpeg" | b"mjpa" | b"mjpb" => "Motion JPEG",
        b"ac-3" | b"ec-3" => "Dolby Digital",
        b".mp3" | b"mp3 " => "MP3",
        b"alac" => "Apple Lossless",
        b"fLaC" => "FLAC",
        b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"fpcm" | b"in24" | b"in32" | b"fl32" | b"raw " => {
            "uncompressed sound (PCM)"
        }
        _ => "",
    };
    if !known.is_empty() {
        return Refusal::CodecUnsupported(known.to_owned());
    }
    let name: String = kind.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '?' }).collect();
    Refusal::CodecUnsupported(format!("`{name}`"))
}
