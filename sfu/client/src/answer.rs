//! What a server answered, as far as a client needs it (RFC 8866, RFC 8829, RFC 9143).

use std::net::SocketAddr;

use lectern_wire::dtls::Fingerprint;

use crate::VideoCodec;
use crate::sdp::{Credentials, EXTENSIONS, Extension};

/// Why an answer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No `a=ice-ufrag` or `a=ice-pwd`.
    #[error("the answer has no ICE credentials")]
    NoCredentials,
    /// No usable `a=fingerprint:sha-256`.
    #[error("the answer has no SHA-256 fingerprint")]
    NoFingerprint,
    /// No UDP candidate with an IP address.
    #[error("the answer has no UDP candidate")]
    NoCandidate,
    /// `a=setup:active`: the server wants to begin the DTLS handshake, which clients here always do.
    #[error("the server wants to be the DTLS client")]
    Setup,
    /// Nothing was accepted.
    #[error("the answer rejects every media section")]
    Rejected,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The server's credentials.
    pub credentials: Credentials,
    /// Of its certificate.
    pub fingerprint: Fingerprint,
    /// Its UDP candidates, best first.
    pub candidates: Vec<SocketAddr>,
    /// The media sections, in the offer's order.
    pub sections: Vec<Section>,
}

/// One media section of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// `a=mid`
    pub mid: String,
    /// A picture, not a voice.
    pub is_video: bool,
    /// Port 0.
    pub rejected: bool,
    /// Payload types of media that are known here, the preferred one first; `None` is Opus.
    pub payloads: Vec<(u8, Option<VideoCodec>)>,
    /// Payload types of retransmissions and what they repeat.
    pub retransmissions: Vec<(u8, u8)>,
    /// SSRCs of media, as declared.
    pub ssrcs: Vec<u32>,
    /// SSRCs of retransmissions, as declared.
    pub rtx_ssrcs: Vec<u32>,
    /// Identifiers and names of header extensions.
    pub extensions: Vec<(u8, String)>,
}

impl Section {
    /// The identifier of a header extension; 0 when it was not negotiated.
    #[must_use]
    pub fn extension(&self, wanted: Extension) -> u8 {
        let uri = EXTENSIONS.iter().find(|(extension, ..)| *extension == wanted).map_or("", |(_, _, uri)| uri);
        self.extensions.iter().find(|(_, name)| name == uri).map_or(0, |(id, _)| *id)
    }
}

impl Answer {
    /// Take it apart; what is not needed is passed over.
    ///
    /// # Errors
    /// Something is missing without which there is no connection.
    pub fn parse(sdp: &str) -> Result<Self, AnswerError> {
        let (mut ufrag, mut pwd, mut fingerprint) = (None, None, None);
        let mut candidates = Vec::new();
        let mut sections: Vec<Section> = Vec::new();
        for line in sdp.lines().map(str::trim_end) {
            if let Some(media) = line.strip_prefix("m=") {
                let mut words = media.split(' ');
                let is_video = words.next() == Some("video");
                let rejected = words.next() == Some("0");
                sections.push(Section { is_video, rejected, ..Section::default() });
                continue;
            }
            let Some(attribute) = line.strip_prefix("a=") else { continue };
            let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
            match name {
                "ice-ufrag" => ufrag = ufrag.or_else(|| Some(value.to_owned())),
                "ice-pwd" => pwd = pwd.or_else(|| Some(value.to_owned())),
                "fingerprint" => fingerprint = fingerprint.or_else(|| value.parse().ok()),
                "setup" if value == "active" => return Err(AnswerError::Setup),
                "candidate" => candidates.extend(candidate(value)),
                _ => {
                    if let Some(section) = sections.last_mut() {
                        section.attribute(name, value);
                    }
                }
            }
        }
        if !sections.iter().any(|section| !section.rejected) {
            return Err(AnswerError::Rejected);
        }
        candidates.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
        let mut candidates: Vec<SocketAddr> = candidates.into_iter().map(|(_, address)| address).collect();
        candidates.dedup();
        if candidates.is_empty() {
            return Err(AnswerError::NoCandidate);
        }
        let (Some(ufrag), Some(pwd)) = (ufrag, pwd) else { return Err(AnswerError::NoCredentials) };
        let fingerprint = fingerprint.ok_or(AnswerError::NoFingerprint)?;
        Ok(Self { credentials: Credentials { ufrag, pwd }, fingerprint, candidates, sections })
    }

    /// Leave out the candidates that a socket bound to `local` cannot reach.
    ///
    /// # Errors
    /// [`AnswerError::NoCandidate`] when none is left.
    pub fn reachable_from(mut self, local: SocketAddr) -> Result<Self, AnswerError> {
        self.candidates.retain(|candidate| candidate.is_ipv4() == local.is_ipv4());
        if self.candidates.is_empty() { Err(AnswerError::NoCandidate) } else { Ok(self) }
    }
}

impl Section {
    fn attribute(&mut self, name: &str, value: &str) {
        let (first, rest) = value.split_once(' ').unwrap_or((value, ""));
        match name {
            "mid" => value.clone_into(&mut self.mid),
            "rtpmap" => {
                let name = rest.split('/').next().unwrap_or_default();
                let codec = name.parse().ok();
                if codec.is_none() && !name.eq_ignore_ascii_case("opus") {
                    return;
                }
                self.payloads.extend(first.parse().ok().map(|pt| (pt, codec)));
            }
            "fmtp" => {
                let repeats = rest.strip_prefix("apt=").and_then(|apt| apt.parse().ok());
                self.retransmissions.extend(first.parse().ok().zip(repeats));
            }
            "extmap" => {
                let id = first.split('/').next().and_then(|id| id.parse().ok());
                let uri = rest.split(' ').next().unwrap_or_default();
                self.extensions.extend(id.map(|id| (id, uri.to_owned())));
            }
            "ssrc-group" if first == "FID" => {
                if let Some(rtx_ssrc) = rest.split(' ').nth(1).and_then(|ssrc| ssrc.parse().ok()) {
                    self.rtx_ssrcs.push(rtx_ssrc);
                    self.ssrcs.retain(|ssrc| *ssrc != rtx_ssrc);
                }
            }
            "ssrc" => {
                if let Ok(ssrc) = first.parse()
                    && !self.ssrcs.contains(&ssrc)
                    && !self.rtx_ssrcs.contains(&ssrc)
                {
                    self.ssrcs.push(ssrc);
                }
            }
            _ => {}
        }
    }
}

/// Priority and address of a UDP candidate for RTP (RFC 8839 section 5.1).
fn candidate(value: &str) -> Option<(u32, SocketAddr)> {
    let mut words = value.split_ascii_whitespace();
    let component = words.nth(1)?;
    let transport = words.next()?;
    if component != "1" || !transport.eq_ignore_ascii_case("udp") {
        return None;
    }
    let priority = words.next()?.parse().ok()?;
    let ip = words.next()?.parse().ok()?;
    let port = words.next()?.parse().ok()?;
    Some((priority, SocketAddr::new(ip, port)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::tests::local;
    use crate::sdp::viewer_offer;

    #[test]
    fn an_unusable_answer_says_why() {
        let good = viewer_offer(&local(), &VideoCodec::ALL, 1, 1);
        let without = |prefix: &str| {
            let lines = good.lines().filter(|line| !line.starts_with(prefix));
            Answer::parse(&lines.collect::<Vec<_>>().join("\n")).unwrap_err()
        };
        assert_eq!(without("a=ice-ufrag"), AnswerError::NoCredentials);
        assert_eq!(without("a=ice-pwd"), AnswerError::NoCredentials);
        assert_eq!(without("a=fingerprint"), AnswerError::NoFingerprint);
        assert_eq!(without("a=candidate"), AnswerError::NoCandidate);
        assert_eq!(Answer::parse(&good.replace("actpass", "active")), Err(AnswerError::Setup));
        assert_eq!(Answer::parse(&good.replace(" 4000 UDP", " 0 UDP")), Err(AnswerError::Rejected));
    }

    #[test]
    fn candidates_are_sorted_and_tcp_is_passed_over() {
        assert_eq!(candidate("1 1 tcp 99 10.0.0.1 9 typ host tcptype passive"), None);
        assert_eq!(candidate("1 2 udp 99 10.0.0.1 9 typ host"), None);
        assert_eq!(candidate("1 1 UDP 99 ::1 7 typ host"), Some((99, "[::1]:7".parse().unwrap())));
        assert_eq!(candidate("1 1 udp 99 host.local 7 typ host"), None);
        let answer = Answer::parse(&viewer_offer(&local(), &VideoCodec::ALL, 1, 1)).unwrap();
        assert_eq!(answer.clone().reachable_from(([127, 0, 0, 1], 1).into()), Ok(answer.clone()));
        assert_eq!(answer.reachable_from("[::1]:1".parse().unwrap()), Err(AnswerError::NoCandidate));
    }
}
