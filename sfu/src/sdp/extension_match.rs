//! RTP header extensions (RFC 8285): which of the offered ones are used.

use std::fmt::Write as _;

use crate::session::ExtensionIds;

use super::description::Section;

/// Which way media flows, seen from this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// A publisher sends.
    Receive,
    /// A viewer is sent to.
    Send,
}

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const ABS_SEND_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const VIDEO_ORIENTATION: &str = "urn:3gpp:video-orientation";
const DEPENDENCY_DESCRIPTOR: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/// The largest identifier of the one-byte form; larger ones are not accepted, so that form always does.
const ONE_BYTE_ID_MAX: u8 = 14;

/// Takes of the offered extensions those that are of use for `flow`, with the offer's identifiers. The first of two
/// with the same name or the same identifier wins.
pub(super) fn match_extensions(section: &Section<'_>, flow: Flow) -> ExtensionIds {
    let mut ids = ExtensionIds::default();
    let mut taken = 0_u16;
    for value in section.attributes.values("extmap") {
        let mut words = value.split_ascii_whitespace();
        let (Some(id), Some(uri)) = (words.next(), words.next()) else { continue };
        let (id, direction) = id.split_once('/').unwrap_or((id, "sendrecv"));
        let opposite = if flow == Flow::Receive { "recvonly" } else { "sendonly" };
        let Ok(id @ 1..=ONE_BYTE_ID_MAX) = id.parse::<u8>() else { continue };
        let Some(field) = field(&mut ids, uri, flow) else { continue };
        if *field == 0 && taken & (1 << id) == 0 && direction != opposite && direction != "inactive" {
            *field = id;
            taken |= 1 << id;
        }
    }
    ids
}

/// Writes the `a=extmap` lines of what was accepted.
pub(super) fn write_extensions(out: &mut String, ids: &ExtensionIds) {
    let all = [
        (ids.mid, MID),
        (ids.rid, RID),
        (ids.repaired_rid, REPAIRED_RID),
        (ids.transport_cc, TRANSPORT_CC),
        (ids.abs_send_time, ABS_SEND_TIME),
        (ids.audio_level, AUDIO_LEVEL),
        (ids.video_orientation, VIDEO_ORIENTATION),
        (ids.dependency_descriptor, DEPENDENCY_DESCRIPTOR),
    ];
    for (id, uri) in all.into_iter().filter(|(id, _)| *id != 0) {
        let _ = write!(out, "a=extmap:{id} {uri}\r\n");
    }
}

fn field<'a>(ids: &'a mut ExtensionIds, uri: &str, flow: Flow) -> Option<&'a mut u8> {
    match (uri, flow) {
        (MID, _) => Some(&mut ids.mid),
        // Layers are told apart on the way in only; a viewer's slot is one stream.
        (RID, Flow::Receive) => Some(&mut ids.rid),
        (REPAIRED_RID, Flow::Receive) => Some(&mut ids.repaired_rid),
        (TRANSPORT_CC, _) => Some(&mut ids.transport_cc),
        // Only a viewer's own estimate uses it; publishers get transport-wide feedback.
        (ABS_SEND_TIME, Flow::Send) => Some(&mut ids.abs_send_time),
        (AUDIO_LEVEL, _) => Some(&mut ids.audio_level),
        (VIDEO_ORIENTATION, _) => Some(&mut ids.video_orientation),
        (DEPENDENCY_DESCRIPTOR, _) => Some(&mut ids.dependency_descriptor),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::{Description, Limits};

    fn ids(extmaps: &str, flow: Flow) -> ExtensionIds {
        let text = format!("v=0\nm=video 9 UDP/TLS/RTP/SAVPF 96\n{extmaps}");
        match_extensions(&Description::parse(&text, &Limits::default()).unwrap().sections[0], flow)
    }

    #[test]
    fn identifiers_outside_one_byte_are_not_taken() {
        let offer =
            format!("a=extmap:0 {MID}\na=extmap:15 {RID}\na=extmap:14 {TRANSPORT_CC}\na=extmap:x {AUDIO_LEVEL}");
        assert_eq!(ids(&offer, Flow::Receive), ExtensionIds { transport_cc: 14, ..ExtensionIds::default() });
    }

    #[test]
    fn the_first_of_two_wins_and_directions_count() {
        let offer =
            format!("a=extmap:1 {MID}\na=extmap:2 {MID}\na=extmap:1 {TRANSPORT_CC}\na=extmap:3/recvonly {AUDIO_LEVEL}");
        assert_eq!(ids(&offer, Flow::Receive), ExtensionIds { mid: 1, ..ExtensionIds::default() });
        assert_eq!(ids(&offer, Flow::Send), ExtensionIds { mid: 1, audio_level: 3, ..ExtensionIds::default() });
    }
}
