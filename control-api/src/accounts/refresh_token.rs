//! Refresh tokens: 256 bits of randomness each, of which the server keeps the SHA-256 alone. Each is good for one use, which
//! gives the next; so a thief and the owner cannot both go on, and whoever comes second with a used token ends the session.
//!
//! Two honest clients come second, too: one whose answer was lost on the way, and a second tab that refreshes at the same
//! moment. They are told apart by time: for a few seconds (`sessions.grace_s`) a used token gives *the same* next one again.
//! The same, because two different ones would be two families, and the thief could keep one of them for good. Nothing has to
//! be kept in the clear for that: the next token is computed from this one and a random salt that its row keeps, so it takes
//! both the client and the database to make it again. And only as long as the next one is unused: once it was used, this one
//! has no business any more.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The bytes of a token, of its hash and of a salt.
const LENGTH: usize = 32;

/// A secret that only the client keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken([u8; LENGTH]);

/// What the server keeps of it.
pub type TokenHash = [u8; LENGTH];
/// What the next token is made with.
pub type Salt = [u8; LENGTH];

impl RefreshToken {
    /// The first of a session.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// As [`Self::encode`] wrote it.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        // One byte more than a token would be refused by its length.
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == LENGTH).then_some(Self(bytes))
    }

    /// 43 characters of base64url.
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the server looks it up by. A plain hash will do: there is nothing to guess in 256 random bits.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        let mut hash = [0; LENGTH];
        hash.copy_from_slice(digest::digest(&digest::SHA256, &self.0).as_ref());
        hash
    }

    /// The token after this one.
    #[must_use]
    pub fn successor(&self, salt: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut next = [0; LENGTH];
        next.copy_from_slice(hmac::sign(&key, salt).as_ref());
        Self(next)
    }
}

/// It is a secret.
impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_its_text_and_nothing_else_is_one() {
        let token = RefreshToken::random();
        assert_eq!(RefreshToken::decode(&token.encode()), Some(token.clone()));
        for text in ["", "abc", &token.encode()[1..], &format!("{}A", token.encode()), &"=".repeat(43)] {
            assert_eq!(RefreshToken::decode(text), None, "{text}");
        }
    }

    #[test]
    fn the_next_token_takes_the_token_and_the_salt() {
        let (token, salt) = (RefreshToken::random(), [7; 32]);
        assert_eq!(token.successor(&salt), token.successor(&salt));
        assert_ne!(token.successor(&salt), token.successor(&[8; 32]));
        assert_ne!(token.successor(&salt), RefreshToken::random().successor(&salt));
        assert_ne!(token.successor(&salt).hash(), token.hash());
    }
}
