//! ICE fragments, `application/trickle-ice-sdpfrag` (RFC 8840 section 9): what a `PATCH` carries.

use std::fmt::Write as _;

use crate::session::IceCredentials;

use super::answer::write_candidates;
use super::candidate::Candidate;
use super::description::Description;
use super::error::SdpError;
use super::limits::Limits;
use super::transport::credentials;

/// A fragment from a client.
#[derive(Debug)]
pub struct IceFragment {
    /// Its credentials; new ones ask for an ICE restart (RFC 9725 section 4.3.3).
    pub credentials: Option<IceCredentials>,
    /// How many candidates it names. A lite agent answers checks and sends none (RFC 8445 section 2.5), so their
    /// addresses are of no use here.
    pub candidates: usize,
}

impl IceFragment {
    /// Reads a fragment.
    ///
    /// # Errors
    /// As [`Description::parse`], and [`SdpError::MissingIceCredentials`] for half a pair of credentials or bad ones.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, SdpError> {
        let fragment = Description::parse_fragment(text, limits)?;
        let of = |name: &str| {
            let section = fragment.sections.iter().find_map(|section| section.attributes.value(name));
            section.or(fragment.session.value(name))
        };
        let credentials = match (of("ice-ufrag"), of("ice-pwd")) {
            (None, None) => None,
            (ufrag, pwd) => Some(credentials(ufrag, pwd).ok_or(SdpError::MissingIceCredentials)?),
        };
        Ok(Self { credentials, candidates: fragment.candidate_count() })
    }
}

/// Writes the fragment that answers an ICE restart. `head` is [`super::Negotiated::fragment_head`].
#[must_use]
pub fn write_fragment(head: &str, local: &IceCredentials, candidates: &[Candidate]) -> String {
    let mut out = format!("a=ice-lite\r\na=ice-options:trickle\r\n{head}");
    let _ = write!(out, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\n", local.ufrag, local.pwd);
    write_candidates(&mut out, candidates);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::{CandidateTransport, Limited};

    #[test]
    fn what_a_browser_trickles_is_counted() {
        let text = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n\
                    a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw\r\n\
                    a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active\r\na=end-of-candidates\r\n";
        let fragment = IceFragment::parse(text, &Limits::default()).unwrap();
        assert_eq!(fragment.candidates, 2);
        assert_eq!(&*fragment.credentials.unwrap().ufrag, "EsAw");
    }

    #[test]
    fn half_a_pair_of_credentials_and_too_many_candidates_are_refused() {
        let limits = Limits { candidates_max: 1, ..Limits::default() };
        let of = |text: &str| IceFragment::parse(text, &limits).map(|fragment| fragment.candidates);
        assert_eq!(of("a=ice-ufrag:EsAw"), Err(SdpError::MissingIceCredentials));
        assert_eq!(of("m=audio 9 RTP/AVP 0\na=candidate:1"), Ok(1));
        let two = of("a=candidate:1\na=candidate:2");
        assert_eq!(two, Err(SdpError::LimitExceeded { what: Limited::Candidates, max: 1 }));
        assert_eq!(of("{\"candidate\":1}"), Err(SdpError::Malformed { line: 1 }));
    }

    #[test]
    fn a_restart_is_answered_with_all_that_the_client_needs() {
        let local = IceCredentials { ufrag: "0abc".into(), pwd: "p".repeat(22).into() };
        let udp = Candidate::host(CandidateTransport::Udp, "192.0.2.1:7000".parse().unwrap(), 0);
        let text = write_fragment("a=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n", &local, &[udp]);
        let read = IceFragment::parse(&text, &Limits::default()).unwrap();
        assert_eq!(read.credentials, Some(local));
        assert_eq!(read.candidates, 1);
        assert!(text.starts_with("a=ice-lite\r\n") && text.ends_with("a=end-of-candidates\r\n"));
    }
}
