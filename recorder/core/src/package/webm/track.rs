//! A track of Matroska (RFC 9559 section 5.1.4) and its codec.

use super::super::codec::Codec;
use super::super::mp4::opus_format;
use super::super::refusal::Refusal;
use super::element::Part;
use crate::codec::aac;

mod id {
    pub(super) const ENTRY: u32 = 0xAE;
    pub(super) const NUMBER: u32 = 0xD7;
    pub(super) const KIND: u32 = 0x83;
    pub(super) const ENABLED: u32 = 0xB9;
    pub(super) const CODEC: u32 = 0x86;
    pub(super) const PRIVATE: u32 = 0x63A2;
    pub(super) const DELAY: u32 = 0x56AA;
    pub(super) const DEFAULT_DURATION: u32 = 0x23_E383;
    pub(super) const SOUND: u32 = 0xE1;
    pub(super) const CHANNELS: u32 = 0x9F;
    pub(super) const ENCODINGS: u32 = 0x6D80;
    pub(super) const ENCODING: u32 = 0x6240;
    pub(super) const ENCRYPTION: u32 = 0x5035;
}

#[derive(Debug)]
pub(super) struct Track {
    pub(super) number: u64,
    pub(super) codec: Codec,
    /// What the decoder is behind, in nanoseconds.
    pub(super) delay_ns: i64,
    /// Of a frame, in nanoseconds; 0: unknown.
    pub(super) default_ns: u64,
}

/// The first enabled picture and the first enabled sound of a `Tracks`.
pub(super) fn read(tracks: Part<'_>) -> Result<Vec<Track>, Refusal> {
    let (mut picture, mut sound) = (None, None);
    for (_, entry) in tracks.children()?.into_iter().filter(|(id, _)| *id == id::ENTRY) {
        let place = match entry.find(id::KIND)?.map(Part::unsigned) {
            Some(1) => &mut picture,
            Some(2) => &mut sound,
            _ => continue,
        };
        let enabled = entry.find(id::ENABLED)?.is_none_or(|flag| flag.unsigned() != 0);
        if enabled && place.is_none() {
            *place = Some(read_entry(entry)?);
        }
    }
    let tracks: Vec<_> = picture.into_iter().chain(sound).collect();
    if tracks.is_empty() { Err(Refusal::NoMedia) } else { Ok(tracks) }
}

fn read_entry(entry: Part<'_>) -> Result<Track, Refusal> {
    if let Some(encoding) = entry.find(id::ENCODINGS)?.map(|all| all.find(id::ENCODING)).transpose()?.flatten() {
        return Err(match encoding.find(id::ENCRYPTION)? {
            Some(_) => Refusal::Encrypted,
            None => Refusal::FeatureUnsupported("compressed blocks"),
        });
    }
    let number = |id: u32| Ok::<_, Refusal>(entry.find(id)?.map(Part::unsigned));
    let private = entry.find(id::PRIVATE)?.map_or(&[][..], |part| part.bytes);
    let name = entry.find(id::CODEC)?.map(|part| String::from_utf8_lossy(part.bytes)).unwrap_or_default();
    let malformed = || Refusal::Damaged { at: entry.at, what: "in the description of a codec" };
    let codec = match name.trim_end_matches('\0') {
        "V_VP9" => Codec::Vp9,
        "V_AV1" => Codec::av1(private),
        "V_MPEG4/ISO/AVC" => Codec::h264(private).ok_or_else(malformed)?,
        "A_OPUS" => read_opus(private).ok_or_else(malformed)?,
        "A_AAC" => {
            let channels = entry.find(id::SOUND)?.map(|sound| sound.find(id::CHANNELS)).transpose()?.flatten();
            let channels = channels.map_or(1, |part| u8::try_from(part.unsigned()).unwrap_or(0));
            let format = aac::format(private, channels);
            Codec::Sound(format.ok_or(Refusal::CodecUnsupported("this profile of AAC".to_owned()))?)
        }
        other => return Err(Refusal::CodecUnsupported(known(other))),
    };
    Ok(Track {
        number: number(id::NUMBER)?.ok_or_else(malformed)?,
        codec,
        // A second is more than any codec needs.
        delay_ns: number(id::DELAY)?.unwrap_or(0).min(1_000_000_000).cast_signed(),
        default_ns: number(id::DEFAULT_DURATION)?.unwrap_or(0),
    })
}

/// `OpusHead` (RFC 7845 section 5.1) is `dOps` with its numbers the other way round.
fn read_opus(head: &[u8]) -> Option<Codec> {
    let fixed = head.strip_prefix(b"OpusHead")?;
    let (fixed, mapping) = fixed.split_at_checked(11)?;
    let [version, channels, skip_low, skip_high, rate @ .., gain_low, gain_high, family] = fixed else { return None };
    if version & 0xF0 != 0 || *channels == 0 || mapping.len() > 257 {
        return None;
    }
    let mut config = vec![0, *channels, *skip_high, *skip_low];
    config.extend(rate.iter().rev());
    config.extend([*gain_high, *gain_low, *family]);
    if *family != 0 {
        config.extend_from_slice(mapping);
    }
    Some(Codec::Sound(opus_format(*channels, config.into())))
}

fn known(name: &str) -> String {
    match name {
        "V_VP8" => "VP8".to_owned(),
        "V_MPEGH/ISO/HEVC" => "H.265 (HEVC)".to_owned(),
        "A_VORBIS" => "Vorbis".to_owned(),
        "A_MPEG/L3" => "MP3".to_owned(),
        "A_FLAC" => "FLAC".to_owned(),
        other => {
            let name = other.chars().take(32).map(|char| if char.is_ascii_graphic() { char } else { '?' });
            format!("`{}`", name.collect::<String>())
        }
    }
}
