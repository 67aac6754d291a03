//! The answer to a publisher (WHIP, RFC 9725): everything it can send and Lectern can forward is accepted.

use std::fmt::Write as _;

use crate::session::{MediaKind, PublisherSpec, ReceiveSection, Rid, Source};

use super::answer::{Local, Negotiated, Reply, accept, bundle_transport, conclude};
use super::description::{Description, Direction, Section};
use super::error::{Limited, SdpError};
use super::extension_match::Flow;
use super::limits::Limits;

/// Negotiates a publisher of `source`: recvonly, all simulcast layers, all common codecs in the offer's order; if it is to be
/// `recorded`, of those only which a recording can hold.
///
/// # Errors
/// Any [`SdpError`] but those of [`Description::parse`]. A picture that cannot be recorded is refused, not left out: nobody would
/// notice before the recording is watched. Two audio or two video sections are refused whole, as RFC 9725
/// section 4.4.2 asks ("MUST reject the HTTP POST request"); data channels and switched-off sections alone.
pub fn answer_publisher(
    offer: &Description<'_>,
    source: Source,
    recorded: bool,
    local: &Local<'_>,
    limits: &Limits,
) -> Result<Negotiated<PublisherSpec>, SdpError> {
    let mut sections: Vec<ReceiveSection> = Vec::new();
    let mut replies = Vec::with_capacity(offer.sections.len());
    let mut sends = false;
    for section in &offer.sections {
        let sending = matches!(offer.direction(section), Direction::SendOnly | Direction::SendRecv);
        let Some(kind) = section.kind().filter(|_| sending && !section.disabled()) else {
            replies.push(Reply::Rejected(section));
            continue;
        };
        sends = true;
        let Some(mut accepted) = accept(offer, section, kind, Flow::Receive, limits)? else {
            replies.push(Reply::Rejected(section));
            continue;
        };
        if sections.iter().any(|earlier| earlier.kind == kind) {
            return Err(SdpError::TooManyTracks);
        }
        if recorded {
            accepted.codecs.retain(|codec| codec.payload.codec.is_recordable());
            if accepted.codecs.is_empty() {
                return Err(SdpError::NotRecordable);
            }
        }
        let rids = simulcast_rids(section, limits)?;
        accepted.lines = simulcast_lines(&rids);
        sections.push(ReceiveSection {
            mid: section.mid,
            kind,
            payloads: accepted.codecs.iter().map(|codec| codec.payload).collect(),
            extensions: accepted.extensions,
            rids: lowest_first(rids),
            ssrcs: declared_ssrcs(section, limits)?,
        });
        replies.push(Reply::Accepted(accepted));
    }
    if !sends {
        return Err(SdpError::NoMedia);
    }
    let remote = bundle_transport(offer, &replies)?;
    Ok(conclude(offer, &replies, Flow::Receive, remote, local, PublisherSpec { source, sections }))
}

/// The layers of `a=simulcast:send` in its order, each backed by an `a=rid:… send` (RFC 8853 section 5.3.2). Of
/// alternatives (`a,b`) the first is taken; `~` (initially paused) is as good as not paused.
fn simulcast_rids(section: &Section<'_>, limits: &Limits) -> Result<Vec<Rid>, SdpError> {
    let Some(simulcast) = section.attributes.value("simulcast") else { return Ok(Vec::new()) };
    if section.kind() != Some(MediaKind::Video) {
        return Err(SdpError::BadSimulcast);
    }
    let mut words = simulcast.split_ascii_whitespace();
    let list = loop {
        match words.next() {
            Some("send") => break words.next().ok_or(SdpError::BadSimulcast)?,
            Some(_) => {}
            // It only receives simulcast: a publisher with one stream.
            None => return Ok(Vec::new()),
        }
    };
    let mut rids = Vec::new();
    for stream in list.split(';') {
        let first = stream.split(',').next().unwrap_or_default().trim_start_matches('~');
        let rid = Rid::from(first).map_err(|_| SdpError::BadSimulcast)?;
        let declared = section.attributes.values("rid").any(|value| {
            let mut words = value.split_ascii_whitespace();
            words.next() == Some(first) && words.next() == Some("send")
        });
        let valid = !rid.is_empty() && rid.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !valid || !declared || rids.contains(&rid) {
            return Err(SdpError::BadSimulcast);
        }
        if rids.len() == limits.rids_max {
            return Err(SdpError::LimitExceeded { what: Limited::Rids, max: limits.rids_max });
        }
        rids.push(rid);
    }
    Ok(rids)
}

fn simulcast_lines(rids: &[Rid]) -> String {
    let mut lines = String::new();
    for rid in rids {
        let _ = write!(lines, "a=rid:{rid} recv\r\n");
    }
    if !rids.is_empty() {
        let _ = write!(lines, "a=simulcast:recv {}\r\n", rids.join(";"));
    }
    lines
}

/// Sorts layers by the names in use (`q`,`h`,`f`; `l`,`m`,`h`; `low`,`mid`,`high`); unknown names keep the offer's order.
fn lowest_first(mut rids: Vec<Rid>) -> Vec<Rid> {
    const NAMES: [[&str; 3]; 3] = [["q", "h", "f"], ["l", "m", "h"], ["low", "mid", "high"]];
    let position = |names: &[&str; 3], rid: &Rid| names.iter().position(|name| *name == rid.as_str());
    if let Some(names) = NAMES.iter().find(|names| rids.iter().all(|rid| position(names, rid).is_some())) {
        rids.sort_by_key(|rid| position(names, rid));
    }
    rids
}

/// SSRCs of `a=ssrc`, each with the RTX partner that an `a=ssrc-group:FID` gives it (RFC 5576).
fn declared_ssrcs(section: &Section<'_>, limits: &Limits) -> Result<Vec<(u32, Option<u32>)>, SdpError> {
    let number = |word: Option<&str>| word.and_then(|word| word.parse::<u32>().ok());
    let pairs: Vec<(u32, u32)> = section
        .attributes
        .values("ssrc-group")
        .filter_map(|group| {
            let mut words = group.split_ascii_whitespace();
            (words.next() == Some("FID")).then_some(())?;
            Some((number(words.next())?, number(words.next())?))
        })
        .take(limits.ssrcs_max)
        .collect();
    let mut ssrcs: Vec<(u32, Option<u32>)> = Vec::new();
    for value in section.attributes.values("ssrc") {
        let Some(ssrc) = number(value.split_ascii_whitespace().next()) else { continue };
        let repair = pairs.iter().any(|(_, rtx)| *rtx == ssrc);
        if repair || ssrcs.iter().any(|(known, _)| *known == ssrc) {
            continue;
        }
        if ssrcs.len() == limits.ssrcs_max {
            return Err(SdpError::LimitExceeded { what: Limited::Ssrcs, max: limits.ssrcs_max });
        }
        ssrcs.push((ssrc, pairs.iter().find(|(primary, _)| *primary == ssrc).map(|(_, rtx)| *rtx)));
    }
    Ok(ssrcs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section_of(lines: &str) -> String {
        format!("v=0\nm=video 9 UDP/TLS/RTP/SAVPF 96\n{lines}")
    }

    fn rids(lines: &str) -> Result<Vec<Rid>, SdpError> {
        let text = section_of(lines);
        let limits = Limits::default();
        simulcast_rids(&Description::parse(&text, &limits)?.sections[0], &limits)
    }

    fn names(rids: &[Rid]) -> Vec<&str> {
        rids.iter().map(Rid::as_str).collect()
    }

    #[test]
    fn layers_are_sorted_where_their_names_tell() {
        let sorted = |offered: &[&str]| {
            let rids = lowest_first(offered.iter().map(|rid| Rid::from(rid).unwrap()).collect());
            rids.iter().map(|rid| rid.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(sorted(&["f", "h", "q"]), ["q", "h", "f"]);
        assert_eq!(sorted(&["h", "l"]), ["l", "h"]);
        assert_eq!(sorted(&["hi", "lo"]), ["hi", "lo"]);
    }

    #[test]
    fn simulcast_takes_the_first_alternative_and_ignores_pauses() {
        let found = rids("a=rid:a send\na=rid:b send pt=96\na=rid:c send\na=simulcast:recv x send a,b;~c").unwrap();
        assert_eq!(names(&found), ["a", "c"]);
        assert_eq!(rids("a=simulcast:recv a").unwrap().len(), 0);
    }

    #[test]
    fn simulcast_that_contradicts_itself_is_refused() {
        for bad in [
            "a=simulcast:send a",
            "a=rid:a recv\na=simulcast:send a",
            "a=rid:a send\na=simulcast:send a;a",
            "a=rid:a send\na=simulcast:send",
            "a=rid:a send\na=simulcast:send ;a",
            "a=rid:aaaaaaaaaaaaaaaaa send\na=simulcast:send aaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(rids(bad), Err(SdpError::BadSimulcast), "{bad}");
        }
    }

    #[test]
    fn as_many_layers_as_the_limit_and_no_more() {
        let of = |n: usize| {
            let lines: String = (0..n).map(|i| format!("a=rid:{i} send\n")).collect();
            let list: Vec<String> = (0..n).map(|i| i.to_string()).collect();
            rids(&format!("{lines}a=simulcast:send {}", list.join(";"))).map(|rids| rids.len())
        };
        assert_eq!(of(4), Ok(4));
        assert_eq!(of(5), Err(SdpError::LimitExceeded { what: Limited::Rids, max: 4 }));
    }

    #[test]
    fn ssrcs_are_paired_with_their_retransmissions() {
        let text = section_of(
            "a=ssrc-group:FID 1 2\na=ssrc:1 cname:x\na=ssrc:2 cname:x\na=ssrc:1 msid:x\na=ssrc:7\na=ssrc:no",
        );
        let limits = Limits::default();
        let description = Description::parse(&text, &limits).unwrap();
        assert_eq!(declared_ssrcs(&description.sections[0], &limits).unwrap(), [(1, Some(2)), (7, None)]);
    }
}
