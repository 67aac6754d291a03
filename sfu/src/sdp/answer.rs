//! The answer's text.

use std::fmt::Write as _;

use lectern_wire::dtls::Fingerprint;

use crate::session::{ExtensionIds, IceCredentials, MediaKind, TransportSpec};

use super::candidate::Candidate;
use super::codec_match::{MatchedCodec, match_codecs};
use super::description::{Description, Section};
use super::error::SdpError;
use super::extension_match::{Flow, match_extensions, write_extensions};
use super::limits::Limits;
use super::transport::{Remote, remote};

/// This end of the transport.
#[derive(Clone, Copy, Debug)]
pub struct Local<'a> {
    /// Fresh for each session.
    pub credentials: &'a IceCredentials,
    /// SHA-256 of the server's certificate.
    pub fingerprint: &'a Fingerprint,
    /// All candidates of the session's worker.
    pub candidates: &'a [Candidate],
    /// The number in the `o=` line: random, below 2^63 (RFC 9429 section 5.2.1).
    pub origin: u64,
}

/// The outcome of a negotiation.
#[derive(Debug)]
pub struct Negotiated<S> {
    /// What the worker must know of the media.
    pub spec: S,
    /// What the worker must know of the transport.
    pub transport: TransportSpec,
    /// The answer.
    pub answer: String,
    /// `a=group`, `m=` and `a=mid` lines that stand in an ICE fragment for this session (RFC 8840 section 9.2).
    pub fragment_head: Box<str>,
    /// Which section of the offer, from 0, each accepted one is: the WHEP extensions count so.
    pub media_lines: Vec<usize>,
}

/// What becomes of one section of the offer.
#[derive(Debug)]
pub(super) enum Reply<'o, 'a> {
    /// Answered with port 0, outside the BUNDLE group.
    Rejected(&'o Section<'a>),
    /// Used.
    Accepted(Accepted<'o, 'a>),
}

/// A section that is used.
#[derive(Debug)]
pub(super) struct Accepted<'o, 'a> {
    pub(super) section: &'o Section<'a>,
    pub(super) kind: MediaKind,
    pub(super) codecs: Vec<MatchedCodec<'a>>,
    pub(super) extensions: ExtensionIds,
    /// Lines that only a publisher's or only a viewer's section has.
    pub(super) lines: String,
}

/// Matches one section, which the caller has found to be of `kind`, wanted and in the right direction.
///
/// # Errors
/// Sections outside the BUNDLE group or without a common codec are rejected alone (`Ok(None)`); without `a=rtcp-mux`
/// the whole offer is.
pub(super) fn accept<'o, 'a>(
    offer: &Description<'a>,
    section: &'o Section<'a>,
    kind: MediaKind,
    flow: Flow,
    limits: &Limits,
) -> Result<Option<Accepted<'o, 'a>>, SdpError> {
    if section.mid.is_empty() {
        return Err(SdpError::BadMid);
    }
    if !offer.bundle().any(|mid| mid == section.mid.as_str()) {
        return Ok(None);
    }
    let codecs = match_codecs(section, kind, limits)?;
    if codecs.is_empty() {
        return Ok(None);
    }
    if !section.attributes.has("rtcp-mux") {
        return Err(SdpError::RtcpMuxRequired);
    }
    let extensions = match_extensions(section, flow);
    Ok(Some(Accepted { section, kind, codecs, extensions, lines: String::new() }))
}

/// The first accepted section carries the transport; without one the offer is refused with the reason that fits.
pub(super) fn bundle_transport(offer: &Description<'_>, replies: &[Reply<'_, '_>]) -> Result<Remote, SdpError> {
    if let Some(tagged) = accepted(replies).next() {
        return remote(offer, tagged.section);
    }
    Err(if offer.bundle().next().is_none() && !offer.sections.is_empty() {
        SdpError::BundleRequired
    } else {
        SdpError::NoCommonCodec
    })
}

/// Writes the answer to `offer` and puts it together with `spec`.
pub(super) fn conclude<S>(
    offer: &Description<'_>,
    replies: &[Reply<'_, '_>],
    flow: Flow,
    remote: Remote,
    local: &Local<'_>,
    spec: S,
) -> Negotiated<S> {
    let mids: Vec<&str> = accepted(replies).map(|reply| reply.section.mid.as_str()).collect();
    let group = format!("a=group:BUNDLE {}\r\n", mids.join(" "));
    let mut out = String::with_capacity(4_096);
    let _ = write!(out, "v=0\r\no=- {} 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n{group}", local.origin);
    if offer.session.has("extmap-allow-mixed") {
        out.push_str("a=extmap-allow-mixed\r\n");
    }
    out.push_str("a=msid-semantic: WMS *\r\na=ice-lite\r\na=ice-options:trickle\r\n");
    let mut tagged = None;
    for reply in replies {
        match reply {
            Reply::Rejected(section) => write_rejected(&mut out, section),
            Reply::Accepted(accepted) => {
                // Only the tagged section carries candidates (RFC 9143 section 7.1.3).
                let candidates = if tagged.is_none() { local.candidates } else { &[] };
                tagged.get_or_insert(accepted.section);
                write_accepted(&mut out, accepted, flow, &Local { candidates, ..*local });
            }
        }
    }
    let media_lines = (0..replies.len()).filter(|&i| matches!(replies[i], Reply::Accepted(_))).collect();
    let head = tagged.map(|s| format!("{group}m={} 9 {} 0\r\na=mid:{}\r\n", s.media, s.protocol, s.mid));
    let Remote { credentials, fingerprint } = remote;
    Negotiated {
        spec,
        transport: TransportSpec { local: local.credentials.clone(), remote: credentials, fingerprint },
        answer: out,
        fragment_head: head.unwrap_or_default().into(),
        media_lines,
    }
}

fn accepted<'r, 'o, 'a>(replies: &'r [Reply<'o, 'a>]) -> impl Iterator<Item = &'r Accepted<'o, 'a>> {
    replies.iter().filter_map(|reply| match reply {
        Reply::Accepted(accepted) => Some(accepted),
        Reply::Rejected(_) => None,
    })
}

/// RFC 3264 section 6: "the port number in the answer MUST be set to zero"; the formats are repeated as they are.
fn write_rejected(out: &mut String, section: &Section<'_>) {
    let Section { media, protocol, formats, .. } = section;
    let _ = write!(out, "m={media} 0 {protocol} {formats}\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n");
    if !section.mid.is_empty() {
        let _ = write!(out, "a=mid:{}\r\n", section.mid);
    }
}

fn write_accepted(out: &mut String, accepted: &Accepted<'_, '_>, flow: Flow, local: &Local<'_>) {
    let section = accepted.section;
    let _ = write!(out, "m={} 9 {}", section.media, section.protocol);
    for codec in &accepted.codecs {
        let _ = write!(out, " {}", codec.payload.pt);
        if let Some(rtx) = codec.payload.rtx_pt {
            let _ = write!(out, " {rtx}");
        }
    }
    // Port 9 and 0.0.0.0 are RFC 8840's way to say "see the candidates".
    let IceCredentials { ufrag, pwd } = local.credentials;
    let _ = write!(out, "\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n");
    write_candidates(out, local.candidates);
    let (fingerprint, mid) = (local.fingerprint, &section.mid);
    let _ = write!(out, "a=fingerprint:{fingerprint}\r\na=setup:passive\r\na=mid:{mid}\r\n");
    write_extensions(out, &accepted.extensions);
    out.push_str(if flow == Flow::Receive { "a=recvonly\r\n" } else { "a=sendonly\r\n" });
    out.push_str("a=rtcp-mux\r\n");
    for optional in ["rtcp-mux-only", "rtcp-rsize"] {
        if section.attributes.has(optional) {
            let _ = write!(out, "a={optional}\r\n");
        }
    }
    for codec in &accepted.codecs {
        codec.write(out, accepted.extensions.transport_cc != 0);
    }
    out.push_str(&accepted.lines);
}

/// The candidates and the word that there are no more; nothing for an empty list.
pub(super) fn write_candidates(out: &mut String, candidates: &[Candidate]) {
    for candidate in candidates {
        let _ = write!(out, "a={candidate}\r\n");
    }
    if !candidates.is_empty() {
        out.push_str("a=end-of-candidates\r\n");
    }
}
