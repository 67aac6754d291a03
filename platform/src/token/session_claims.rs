//! What the token of a session with the school says.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::claims::{check_times, is_id, now_unix_s};
use super::{ClaimError, Role, TokenError};

/// The `aud` of the tokens of sessions. Not that of a room's tokens, so that neither passes for the other.
pub const SESSION_AUDIENCE: &str = "lectern-api";

/// Who is signed in, as what, until when. Times are seconds since 1970.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    /// The person's id, 1 to 64 bytes.
    pub sub: String,
    /// The session's id, 1 to 64 bytes.
    pub sid: String,
    /// What the person is to the school.
    pub role: Role,
    /// Counts up whenever all earlier tokens of the person become void: with another role, with a suspension.
    pub ver: i32,
    /// Good until then.
    pub exp: u64,
    /// Issued then.
    pub iat: u64,
    /// Always [`SESSION_AUDIENCE`].
    pub aud: String,
}

impl SessionClaims {
    /// Claims that hold from now on for `lifetime`.
    #[must_use]
    pub fn issue(person: &str, session: &str, role: Role, version: i32, lifetime: Duration) -> Self {
        let iat = now_unix_s();
        Self {
            sub: person.to_owned(),
            sid: session.to_owned(),
            role,
            ver: version,
            exp: iat.saturating_add(lifetime.as_secs()),
            iat,
            aud: SESSION_AUDIENCE.to_owned(),
        }
    }

    /// Times and limits of claims whose signature is good.
    pub(super) fn check(&self, now_unix_s: u64) -> Result<(), TokenError> {
        check_times(self.iat, self.exp, now_unix_s)?;
        Ok(self.check_limits()?)
    }

    /// The limits alone, which a signer keeps too.
    pub(super) fn check_limits(&self) -> Result<(), ClaimError> {
        if is_id(&self.sub) && is_id(&self.sid) { Ok(()) } else { Err(ClaimError::Person) }
    }
}

/// Without ids: claims end up in logs.
impl fmt::Debug for SessionClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionClaims").field("role", &self.role).field("exp", &self.exp).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, TokenSigner};

    #[test]
    fn a_session_s_token_and_a_room_s_never_pass_for_each_other() {
        let signer = TokenSigner::generate();
        let verifier = signer.verifier();
        let claims = SessionClaims::issue("p1", "s1", Role::Tutor, 3, Duration::from_secs(60));
        let token = signer.sign_session(&claims).unwrap();
        assert_eq!(*verifier.verify_session(&token).unwrap(), claims);
        assert_eq!(verifier.verify(&token), Err(TokenError::Audience));
        let room = signer.sign(&Claims::issue("math", "p1", "Ada", Role::Tutor, Duration::from_secs(60))).unwrap();
        assert_eq!(verifier.verify_session(&room), Err(TokenError::Audience));
    }

    #[test]
    fn it_ends_when_it_says_so() {
        let signer = TokenSigner::generate();
        let claims = SessionClaims::issue("p1", "s1", Role::Student, 0, Duration::from_secs(60));
        let token = signer.sign_session(&claims).unwrap();
        let verifier = signer.verifier();
        assert!(verifier.verify_session_at(&token, claims.exp + super::super::LEEWAY_S - 1).is_ok());
        let late = verifier.verify_session_at(&token, claims.exp + super::super::LEEWAY_S);
        assert_eq!(late, Err(TokenError::Expired));
    }
}
