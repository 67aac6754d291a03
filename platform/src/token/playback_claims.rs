//! What the ticket says by which somebody plays a recording.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::claims::{check_times, is_id, now_unix_s};
use super::{ClaimError, TokenError};

/// The `aud` of tickets. Not that of any other token, so that none passes for another.
pub const PLAYBACK_AUDIENCE: &str = "lectern-playback";

/// Who may play which recording until when. It is good only together with a session of that person. Times are seconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybackClaims {
    /// The person's id, 1 to 64 bytes.
    pub sub: String,
    /// The recording's id, 1 to 64 bytes.
    pub rec: String,
    /// Whether they also see what is for tutors.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tutor: bool,
    /// Always [`PLAYBACK_AUDIENCE`].
    pub aud: String,
    /// Issued then.
    pub iat: u64,
    /// Good until then.
    pub exp: u64,
}

impl PlaybackClaims {
    /// Claims that hold from now on for `lifetime`.
    #[must_use]
    pub fn issue(person: &str, recording: &str, tutor: bool, lifetime: Duration) -> Self {
        let iat = now_unix_s();
        let exp = iat.saturating_add(lifetime.as_secs());
        let (sub, rec) = (person.to_owned(), recording.to_owned());
        Self { sub, rec, tutor, aud: PLAYBACK_AUDIENCE.to_owned(), iat, exp }
    }

    /// Times and limits of claims whose signature is good.
    pub(super) fn check(&self, now_unix_s: u64) -> Result<(), TokenError> {
        check_times(self.iat, self.exp, now_unix_s)?;
        Ok(self.check_limits()?)
    }

    /// The limits alone, which a signer keeps too.
    pub(super) fn check_limits(&self) -> Result<(), ClaimError> {
        if is_id(&self.sub) && is_id(&self.rec) { Ok(()) } else { Err(ClaimError::Person) }
    }
}

/// Without ids: claims end up in logs.
impl fmt::Debug for PlaybackClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaybackClaims").field("tutor", &self.tutor).field("exp", &self.exp).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, LEEWAY_S, NodeClaims, Role, SessionClaims, TokenSigner};

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_ticket_passes_for_no_other_token_and_no_other_for_it() {
        let signer = TokenSigner::generate();
        let verifier = signer.verifier();
        let claims = PlaybackClaims::issue("p1", "r1", true, MINUTE);
        let ticket = signer.sign_playback(&claims).unwrap();
        assert_eq!(verifier.verify_playback(&ticket), Ok(claims));
        assert_eq!(verifier.verify(&ticket), Err(TokenError::Audience));
        assert_eq!(verifier.verify_session(&ticket).unwrap_err(), TokenError::Audience);
        assert_eq!(verifier.verify_node(&ticket), Err(TokenError::Audience));
        let room = signer.sign(&Claims::issue("math", "p1", "Ada", Role::Tutor, MINUTE)).unwrap();
        let session = signer.sign_session(&SessionClaims::issue("p1", "s1", Role::Admin, 0, MINUTE)).unwrap();
        let node = signer.sign_node(&NodeClaims::issue("rec-1", MINUTE)).unwrap();
        for other in [room, session, node] {
            assert_eq!(verifier.verify_playback(&other), Err(TokenError::Audience));
        }
    }

    #[test]
    fn it_ends_when_it_says_so() {
        let signer = TokenSigner::generate();
        let mut claims = PlaybackClaims::issue("p1", "r1", false, MINUTE);
        (claims.iat, claims.exp) = (claims.iat - 60 - LEEWAY_S, claims.exp - 60 - LEEWAY_S);
        let ticket = signer.sign_playback(&claims).unwrap();
        assert_eq!(signer.verifier().verify_playback(&ticket), Err(TokenError::Expired));
    }
}
