//! How the peer is reached and known: ICE credentials, certificate fingerprint, DTLS role.

use lectern_wire::dtls::Fingerprint;

use crate::session::IceCredentials;

use super::description::{Attributes, Description, Section};
use super::error::SdpError;

/// The peer's side of a transport.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) credentials: IceCredentials,
    pub(super) fingerprint: Fingerprint,
}

/// Reads the transport of the whole BUNDLE group from `tagged`, the first section that is accepted (RFC 9143 section
/// 7.3.1), from the session where it says nothing, and from the group's first section where that one is `bundle-only`.
pub(super) fn remote(offer: &Description<'_>, tagged: &Section<'_>) -> Result<Remote, SdpError> {
    let first = offer.bundle().next();
    let first = offer.sections.iter().find(|section| Some(section.mid.as_str()) == first);
    let sources = [Some(&tagged.attributes), Some(&offer.session), first.map(|section| &section.attributes)];
    let of = |name: &str| sources.into_iter().flatten().find_map(|attributes| attributes.value(name));
    match of("setup") {
        // "active" is RFC 4145's default.
        Some("actpass" | "active") | None => {}
        Some(_) => return Err(SdpError::SetupPassive),
    }
    let credentials = credentials(of("ice-ufrag"), of("ice-pwd")).ok_or(SdpError::MissingIceCredentials)?;
    let fingerprint = sources.into_iter().flatten().find_map(fingerprint).ok_or(SdpError::MissingFingerprint)?;
    Ok(Remote { credentials, fingerprint })
}

/// Checks the lengths of RFC 8839 section 5.4 and refuses what would break a STUN USERNAME. Beyond `ice-char`
/// any visible character is taken, because some senders use them.
pub(super) fn credentials(ufrag: Option<&str>, pwd: Option<&str>) -> Option<IceCredentials> {
    let valid = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    let ufrag = ufrag.filter(|text| (4..=256).contains(&text.len()) && valid(text))?;
    let pwd = pwd.filter(|text| (22..=256).contains(&text.len()) && valid(text))?;
    Some(IceCredentials { ufrag: ufrag.into(), pwd: pwd.into() })
}

/// The first valid SHA-256 fingerprint; other hashes may stand beside it (RFC 8122 section 5).
fn fingerprint(attributes: &Attributes<'_>) -> Option<Fingerprint> {
    attributes.values("fingerprint").find_map(|value| value.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_at_both_ends_of_their_range() {
        let of = |ufrag: usize, pwd: usize| credentials(Some(&"u".repeat(ufrag)), Some(&"p".repeat(pwd))).is_some();
        assert!(of(4, 22) && of(256, 256));
        assert!(!of(3, 22) && !of(4, 21) && !of(257, 22) && !of(4, 257));
        assert!(credentials(Some("a:bcd"), Some(&"p".repeat(22))).is_none());
        assert!(credentials(None, Some(&"p".repeat(22))).is_none());
    }
}
