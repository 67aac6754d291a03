//! An init segment, read.

use super::boxes::{Numbers, at, children, name, only};

#[derive(Clone, Debug)]
pub(super) struct Init {
    pub(super) timescale: u32,
    /// As RFC 6381 has it, made from the decoder's configuration.
    pub(super) codecs: String,
    /// Samples are NAL units with lengths of so many bytes.
    pub(super) nal_length: Option<usize>,
}

impl Init {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let top = children(bytes)?;
        let kinds: Vec<_> = top.iter().map(|(kind, _)| name(*kind)).collect();
        if kinds != ["ftyp", "moov"] {
            return Err(format!("an init segment of {kinds:?}"));
        }
        let moov = children(top[1].1)?;
        only(&moov, b"mvhd")?;
        let media = at(only(&moov, b"trak")?, &[b"mdia"])?;
        // Version 0: creation and modification, then the timescale.
        let mut header = Numbers(at(media, &[b"mdhd"])?);
        header.version()?;
        header.long()?;
        let timescale = header.word()?;
        if timescale == 0 {
            return Err("a timescale of 0".to_owned());
        }
        at(only(&moov, b"mvex")?, &[b"trex"])?;
        let table = at(media, &[b"minf", b"stbl"])?;
        for kind in [b"stts", b"stsc", b"stco"] {
            let mut counts = Numbers(at(table, &[kind])?);
            counts.version()?;
            if counts.word()? != 0 {
                return Err(format!("samples in {}", name(*kind)));
            }
        }
        let entries = at(table, &[b"stsd"])?.get(8..).ok_or("stsd is too short")?;
        let [(kind, entry)] = children(entries)?[..] else { return Err("not one sample entry".to_owned()) };
        // The fixed part: 78 bytes of a picture's, 28 of a sound's.
        let fixed = if at(media, &[b"minf", b"vmhd"]).is_ok() { 78 } else { 28 };
        let boxes = children(entry.get(fixed..).ok_or("the sample entry is too short")?)?;
        let config = |kind| only(&boxes, kind);
        let byte = |config: &[u8], index: usize| config.get(index).copied().ok_or("the configuration is too short");
        let mut nal_length = None;
        let codecs = match &kind {
            b"avc1" => {
                let config = config(b"avcC")?;
                nal_length = Some(usize::from(byte(config, 4)? & 3) + 1);
                format!("avc1.{:02x}{:02x}{:02x}", byte(config, 1)?, byte(config, 2)?, byte(config, 3)?)
            }
            b"vp09" => {
                let config = config(b"vpcC")?;
                format!("vp09.{:02}.{:02}.{:02}", byte(config, 4)?, byte(config, 5)?, byte(config, 6)? >> 4)
            }
            b"av01" => {
                let config = config(b"av1C")?;
                let (first, second) = (byte(config, 1)?, byte(config, 2)?);
                let tier = if second & 0x80 == 0 { 'M' } else { 'H' };
                let depth = if second & 0x20 != 0 { 12 } else { 8 + 2 * (second >> 6 & 1) };
                format!("av01.{}.{:02}{tier}.{depth:02}", first >> 5, first & 0x1F)
            }
            b"Opus" => {
                if byte(config(b"dOps")?, 0)? != 0 {
                    return Err("dOps has a wrong version".to_owned());
                }
                "opus".to_owned()
            }
            b"mp4a" => format!("mp4a.40.{}", aac_kind(config(b"esds")?)?),
            kind => return Err(format!("a sample entry of type {}", name(*kind))),
        };
        Ok(Self { timescale, codecs, nal_length })
    }
}

/// The audio object type, from the descriptors of an `esds` with lengths of one byte (ISO/IEC 14496-1 section 7.2.6).
fn aac_kind(esds: &[u8]) -> Result<u8, String> {
    let mut rest = esds.get(4..).ok_or("esds is too short")?;
    // The stream's descriptor, with 3 bytes of its own, the decoder's with 13, and its configuration.
    for (tag, fixed) in [(0x03, 3), (0x04, 13), (0x05, 0)] {
        let [found, len, content @ ..] = rest else { return Err("esds is too short".to_owned()) };
        let content = content.get(..usize::from(*len)).ok_or("a descriptor in esds is cut")?;
        if *found != tag || *len >= 0x80 {
            return Err(format!("descriptor {tag} is missing in esds"));
        }
        rest = content.get(fixed..).ok_or("a descriptor in esds is too short")?;
    }
    rest.first().map(|first| first >> 3).ok_or_else(|| "esds without a configuration".to_owned())
}
