//! What the token of one of Lectern's own services says, by which it is known to the others.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::claims::{check_times, is_id, now_unix_s};
use super::{ClaimError, TokenError};

/// The `aud` of the tokens of services. Not that of a room's or a session's, so that none passes for another.
pub const NODE_AUDIENCE: &str = "lectern-node";

/// Which service it is, until when. Times are seconds since 1970. It gives no right in any room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeClaims {
    /// The node's name, 1 to 64 bytes.
    pub sub: String,
    /// Always [`NODE_AUDIENCE`].
    pub aud: String,
    /// Issued then.
    pub iat: u64,
    /// Good until then.
    pub exp: u64,
}

impl NodeClaims {
    /// Claims that hold from now on for `lifetime`.
    #[must_use]
    pub fn issue(node: &str, lifetime: Duration) -> Self {
        let iat = now_unix_s();
        let exp = iat.saturating_add(lifetime.as_secs());
        Self { sub: node.to_owned(), aud: NODE_AUDIENCE.to_owned(), iat, exp }
    }

    /// Times and limits of claims whose signature is good.
    pub(super) fn check(&self, now_unix_s: u64) -> Result<(), TokenError> {
        check_times(self.iat, self.exp, now_unix_s)?;
        Ok(self.check_limits()?)
    }

    /// The limits alone, which a signer keeps too.
    pub(super) fn check_limits(&self) -> Result<(), ClaimError> {
        if is_id(&self.sub) { Ok(()) } else { Err(ClaimError::Person) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, LEEWAY_S, Role, SessionClaims, TokenSigner};

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_node_s_token_passes_for_no_other_and_no_other_for_it() {
        let signer = TokenSigner::generate();
        let verifier = signer.verifier();
        let claims = NodeClaims::issue("rec-1", MINUTE);
        let token = signer.sign_node(&claims).unwrap();
        assert_eq!(verifier.verify_node(&token), Ok(claims));
        assert_eq!(verifier.verify(&token), Err(TokenError::Audience));
        assert_eq!(verifier.verify_session(&token).unwrap_err(), TokenError::Audience);
        let room = signer.sign(&Claims::issue("math", "p1", "Ada", Role::Tutor, MINUTE)).unwrap();
        let session = signer.sign_session(&SessionClaims::issue("p1", "s1", Role::Admin, 0, MINUTE)).unwrap();
        for other in [room, session] {
            assert_eq!(verifier.verify_node(&other), Err(TokenError::Audience));
        }
        let unknown = TokenSigner::generate().verifier();
        assert_eq!(unknown.verify_node(&token), Err(TokenError::KeyIdUnknown));
    }

    #[test]
    fn it_ends_when_it_says_so_and_names_somebody() {
        let signer = TokenSigner::generate();
        let issued = |ago: u64| {
            let NodeClaims { sub, aud, iat, exp } = NodeClaims::issue("rec-1", MINUTE);
            NodeClaims { sub, aud, iat: iat - ago, exp: exp - ago }
        };
        for (ago, is_good) in [(60 + LEEWAY_S - 2, true), (60 + LEEWAY_S, false)] {
            let verified = signer.verifier().verify_node(&signer.sign_node(&issued(ago)).unwrap());
            assert_eq!(verified.is_ok(), is_good, "{ago}");
        }
        assert_eq!(signer.sign_node(&NodeClaims::issue(" ", MINUTE)), Err(ClaimError::Person));
    }
}
