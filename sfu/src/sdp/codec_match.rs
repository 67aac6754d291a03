//! Which of the offered codecs Lectern forwards, and what the answer says of each.

use std::fmt::Write as _;

use crate::session::{Codec, MediaKind, PayloadType};

use super::description::Section;
use super::error::{Limited, SdpError};
use super::limits::Limits;

/// A codec of the answer.
#[derive(Debug)]
pub(super) struct MatchedCodec<'a> {
    /// For the worker.
    pub(super) payload: PayloadType,
    rtpmap: &'a str,
    fmtp: &'a str,
    feedback: Feedback,
}

/// `a=rtcp-fb` kinds that Lectern speaks. `goog-remb` is not among them: transport-wide feedback replaces it.
#[derive(Clone, Copy, Debug, Default)]
struct Feedback {
    nack: bool,
    pli: bool,
    fir: bool,
    transport_cc: bool,
}

/// A payload type as offered.
#[derive(Clone, Copy, Debug, Default)]
struct Offered<'a> {
    pt: u8,
    rtpmap: &'a str,
    fmtp: &'a str,
    feedback: Feedback,
}

/// The codecs of `section` that Lectern forwards, in the offer's order, each with its RTX if that was offered, too.
///
/// # Errors
/// [`SdpError::LimitExceeded`] for more payload types than [`Limits::payload_types_max`].
pub(super) fn match_codecs<'a>(
    section: &Section<'a>,
    kind: MediaKind,
    limits: &Limits,
) -> Result<Vec<MatchedCodec<'a>>, SdpError> {
    let offered = offered_payloads(section, limits)?;
    let mut matched: Vec<MatchedCodec<'a>> = Vec::new();
    for offer in &offered {
        if let Some(codec) = codec(kind, offer) {
            let payload = PayloadType { codec, pt: offer.pt, rtx_pt: rtx_for(offer.pt, &offered) };
            matched.push(MatchedCodec { payload, rtpmap: offer.rtpmap, fmtp: offer.fmtp, feedback: offer.feedback });
        }
    }
    // RED is of use only around an Opus that was accepted, too: its fmtp names the payload types inside.
    let opus: Vec<u8> = matched.iter().filter(|m| m.payload.codec == Codec::Opus).map(|m| m.payload.pt).collect();
    matched.retain(|m| {
        m.payload.codec != Codec::Red || m.fmtp.split('/').all(|pt| pt.parse().is_ok_and(|pt| opus.contains(&pt)))
    });
    Ok(matched)
}

impl MatchedCodec<'_> {
    /// Writes the `a=rtpmap`, `a=rtcp-fb` and `a=fmtp` lines of this codec and of its RTX. `transport_cc`: whether the
    /// header extension that the feedback needs was accepted.
    pub(super) fn write(&self, out: &mut String, transport_cc: bool) {
        let pt = self.payload.pt;
        let _ = write!(out, "a=rtpmap:{pt} {}\r\n", self.rtpmap);
        let Feedback { nack, pli, fir, .. } = self.feedback;
        let transport_cc = transport_cc && self.feedback.transport_cc;
        for (wanted, name) in [(transport_cc, "transport-cc"), (fir, "ccm fir"), (nack, "nack"), (pli, "nack pli")] {
            if wanted {
                let _ = write!(out, "a=rtcp-fb:{pt} {name}\r\n");
            }
        }
        let parameters = self.parameters();
        if !parameters.is_empty() {
            let _ = write!(out, "a=fmtp:{pt} {parameters}\r\n");
        }
        if let Some(rtx) = self.payload.rtx_pt {
            let clock = self.rtpmap.split('/').nth(1).unwrap_or("90000");
            let _ = write!(out, "a=rtpmap:{rtx} rtx/{clock}\r\na=fmtp:{rtx} apt={pt}\r\n");
        }
    }

    /// What of the offered `a=fmtp` the answer repeats: what configures the sender and cannot be wrong in both directions.
    fn parameters(&self) -> String {
        let known: &[&str] = match self.payload.codec {
            Codec::Red => return self.fmtp.to_owned(),
            Codec::Opus => &[
                "minptime",
                "useinbandfec",
                "usedtx",
                "stereo",
                "sprop-stereo",
                "maxaveragebitrate",
                "maxplaybackrate",
                "cbr",
            ],
            Codec::Vp8 => &[],
            Codec::Vp9 { .. } => &["profile-id"],
            Codec::H264 { .. } => &["level-asymmetry-allowed", "packetization-mode", "profile-level-id"],
            Codec::Av1 { .. } => &["level-idx", "profile", "tier"],
        };
        let mut text = String::new();
        for (name, value) in parameters(self.fmtp) {
            if known.iter().any(|k| k.eq_ignore_ascii_case(name)) {
                let separator = if text.is_empty() { "" } else { ";" };
                let _ = write!(text, "{separator}{name}={value}");
            }
        }
        text
    }
}

/// Gathers `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` in one pass; those of payload types that the `m=` line lacks are ignored.
fn offered_payloads<'a>(section: &Section<'a>, limits: &Limits) -> Result<Vec<Offered<'a>>, SdpError> {
    let mut offered: Vec<Offered<'a>> = Vec::new();
    let mut index = [None; 128];
    for pt in section.formats.split_ascii_whitespace().filter_map(|pt| pt.parse::<u8>().ok()) {
        let Some(slot @ None) = index.get_mut(usize::from(pt)) else { continue };
        if offered.len() == limits.payload_types_max {
            return Err(SdpError::LimitExceeded { what: Limited::PayloadTypes, max: limits.payload_types_max });
        }
        *slot = Some(offered.len());
        offered.push(Offered { pt, ..Offered::default() });
    }
    for (name, value) in section.attributes.iter() {
        let Some((pt, rest)) = value.split_once(' ') else { continue };
        let position = pt.parse::<u8>().ok().and_then(|pt| index.get(usize::from(pt)).copied().flatten());
        match (name, position) {
            ("rtpmap", Some(i)) => offered[i].rtpmap = rest.trim(),
            ("fmtp", Some(i)) => offered[i].fmtp = rest.trim(),
            ("rtcp-fb", Some(i)) => offered[i].feedback.add(rest.trim()),
            ("rtcp-fb", None) if pt == "*" => offered.iter_mut().for_each(|o| o.feedback.add(rest.trim())),
            _ => {}
        }
    }
    Ok(offered)
}

impl Feedback {
    fn add(&mut self, name: &str) {
        match name {
            "nack" => self.nack = true,
            "nack pli" => self.pli = true,
            "ccm fir" => self.fir = true,
            "transport-cc" => self.transport_cc = true,
            _ => {}
        }
    }
}

/// What `offer` is, if it is something that Lectern forwards.
fn codec(kind: MediaKind, offer: &Offered<'_>) -> Option<Codec> {
    let mut parts = offer.rtpmap.split('/');
    let (name, clock, channels) = (parts.next()?, parts.next()?, parts.next());
    let is = |codec: &str, rate: &str| name.eq_ignore_ascii_case(codec) && clock == rate;
    let number = |key: &str| parameter(offer.fmtp, key).map_or(Some(0), |value| value.parse::<u8>().ok());
    match kind {
        MediaKind::Audio if is("opus", "48000") && channels == Some("2") => Some(Codec::Opus),
        MediaKind::Audio if is("red", "48000") && channels == Some("2") => Some(Codec::Red),
        MediaKind::Video if is("VP8", "90000") => Some(Codec::Vp8),
        MediaKind::Video if is("VP9", "90000") => {
            number("profile-id").filter(|p| matches!(p, 0 | 2)).map(|profile| Codec::Vp9 { profile })
        }
        MediaKind::Video if is("AV1", "90000") => {
            number("profile").filter(|p| *p <= 2).map(|profile| Codec::Av1 { profile })
        }
        MediaKind::Video if is("H264", "90000") => {
            // "When the value of packetization-mode is equal to 0 or packetization-mode is not present, the single NAL
            // mode MUST be used" (RFC 6184 section 8.1): such a peer takes no fragments, so no picture of ours.
            (parameter(offer.fmtp, "packetization-mode") == Some("1")).then_some(())?;
            h264_profile(parameter(offer.fmtp, "profile-level-id")).map(|profile| Codec::H264 { profile })
        }
        _ => None,
    }
}

/// The profile in `profile-level-id`, in one spelling where the constraint flags allow several (RFC 6184 table 5), so
/// that equal profiles compare equal: Constrained Baseline `42e0`, Main `4d00`, High `6400`, Constrained High `640c`. `None`
/// for others. Baseline counts as Constrained Baseline: Chromium prefers the name `42001f`, Safari and Firefox know
/// only `42e01f`, and no encoder for calls uses what is between them (arbitrary slice order, redundant slices).
fn h264_profile(profile_level_id: Option<&str>) -> Option<u16> {
    // "If no profile-level-id is present, the Baseline profile, without additional constraints at Level 1, MUST be inferred."
    let text = profile_level_id.unwrap_or("42000a");
    if text.len() != 6 || !text.is_ascii() {
        return None;
    }
    let [idc, flags] = u16::from_str_radix(&text[..4], 16).ok()?.to_be_bytes();
    match (idc, flags) {
        (0x42, flags) if flags & 0x0f == 0 => Some(0x42e0),
        (0x4d, flags) if flags & 0x8f == 0x80 => Some(0x42e0),
        (0x58, flags) if flags & 0xcf == 0xc0 => Some(0x42e0),
        (0x4d, flags) if flags & 0xaf == 0x00 => Some(0x4d00),
        (0x64, 0x00) => Some(0x6400),
        (0x64, 0x0c) => Some(0x640c),
        _ => None,
    }
}

/// The payload type whose `apt` is `pt` (RFC 4588 section 8.1).
fn rtx_for(pt: u8, offered: &[Offered<'_>]) -> Option<u8> {
    let is_rtx = |o: &&Offered<'_>| o.rtpmap.get(..4).is_some_and(|name| name.eq_ignore_ascii_case("rtx/"));
    let apt = |o: &Offered<'_>| parameter(o.fmtp, "apt").and_then(|value| value.parse::<u8>().ok());
    offered.iter().filter(is_rtx).find(|o| apt(o) == Some(pt)).map(|o| o.pt)
}

fn parameters(fmtp: &str) -> impl Iterator<Item = (&str, &str)> {
    fmtp.split(';').filter_map(|pair| pair.trim().split_once('='))
}

fn parameter<'a>(fmtp: &'a str, name: &str) -> Option<&'a str> {
    parameters(fmtp).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Description;

    fn codecs(media: &str, attributes: &str) -> Vec<(Codec, u8, Option<u8>)> {
        let text = format!("v=0\r\nm={media}\r\n{attributes}");
        let description = Description::parse(&text, &Limits::default()).unwrap();
        let section = &description.sections[0];
        let matched = match_codecs(section, section.kind().unwrap(), &Limits::default()).unwrap();
        matched.iter().map(|m| (m.payload.codec, m.payload.pt, m.payload.rtx_pt)).collect()
    }

    #[test]
    fn h264_needs_packetization_mode_1_and_a_known_profile() {
        let offer = |fmtp: &str| codecs("video 9 RTP/SAVPF 96", &format!("a=rtpmap:96 h264/90000\r\na=fmtp:96 {fmtp}"));
        assert_eq!(offer("profile-level-id=42e01f"), []);
        assert_eq!(offer("packetization-mode=0;profile-level-id=42e01f"), []);
        assert_eq!(offer("packetization-mode=1;profile-level-id=f4001f"), []);
        assert_eq!(offer("packetization-mode=1;profile-level-id=42€1"), []);
        let known =
            [("42e01f", 0x42e0), ("42c01f", 0x42e0), ("4D801F", 0x42e0), ("42001f", 0x42e0), ("640c1f", 0x640c)];
        for (id, profile) in known {
            let fmtp = format!("packetization-mode=1; profile-level-id={id}");
            assert_eq!(offer(&fmtp), [(Codec::H264 { profile }, 96, None)], "{id}");
        }
        assert_eq!(offer("packetization-mode=1"), [(Codec::H264 { profile: 0x42e0 }, 96, None)]);
    }

    #[test]
    fn red_is_taken_only_around_an_accepted_opus() {
        let red = "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
        let opus = "a=rtpmap:111 OPUS/48000/2\r\n";
        assert_eq!(codecs("audio 9 UDP/TLS/RTP/SAVPF 63 0", red), []);
        assert_eq!(
            codecs("audio 9 UDP/TLS/RTP/SAVPF 63 111", &format!("{red}{opus}")),
            [(Codec::Red, 63, None), (Codec::Opus, 111, None)]
        );
    }

    #[test]
    fn payload_types_that_are_no_codec_of_ours_are_left_out() {
        let attributes = "a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=1\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
                          a=rtpmap:96 VP8/90000\r\na=rtpmap:99 VP8/8000\r\na=rtpmap:200 VP8/90000";
        assert_eq!(codecs("video 9 UDP/TLS/RTP/SAVPF 98 99 96 97 96 200", attributes), [(Codec::Vp8, 96, Some(97))]);
    }

    #[test]
    fn as_many_payload_types_as_the_limit_and_no_more() {
        let limits = Limits { payload_types_max: 2, ..Limits::default() };
        let parse = |formats: &str| {
            let text = format!("v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF {formats}");
            let description = Description::parse(&text, &limits).unwrap();
            match_codecs(&description.sections[0], MediaKind::Video, &limits).map(|m| m.len())
        };
        assert_eq!(parse("96 97"), Ok(0));
        assert_eq!(parse("96 97 98"), Err(SdpError::LimitExceeded { what: Limited::PayloadTypes, max: 2 }));
    }
}
