//! A browser that is on its way to a provider and back.
//!
//! Its cookie keeps a secret and where it wants to go; nothing is kept here, so any node may take it back. What the provider
//! and the address line get to see are fingerprints of the secret, each for one purpose: `state`, by which the way back is
//! known to be this browser's (else another site could sign somebody in as somebody else), `nonce`, by which the ID token is
//! known to be made for it, and the challenge of PKCE, by which the code is of use to it alone. They do not tell of each
//! other, and they are those of one provider.

use aws_lc_rs::{digest, hmac};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::return_path;
use crate::accounts::cookies;

/// Goes to the provider's way back alone. `Lax`, because the way back begins at another site.
const COOKIE: &str = "lectern_oidc";
/// How long somebody may take at the provider, seconds.
const LIFE_S: u64 = 600;
/// The bytes of the secret.
const SECRET_LENGTH: usize = 32;

/// See the [module](self).
pub(super) struct Attempt {
    provider: String,
    secret: [u8; SECRET_LENGTH],
    /// A path that was [checked](return_path::own_path).
    pub(super) return_to: String,
}

impl Attempt {
    /// One that begins. `return_to` was checked.
    pub(super) fn new(provider: &str, return_to: String) -> Self {
        Self { provider: provider.to_owned(), secret: rand::random(), return_to }
    }

    /// The one that this browser began with the provider.
    pub(super) fn read(headers: &HeaderMap, provider: &str) -> Option<Self> {
        let (secret, return_to) = cookies::read(headers, COOKIE)?.split_once('.')?;
        let decode = |text| URL_SAFE_NO_PAD.decode(text).ok();
        let secret = decode(secret)?.try_into().ok()?;
        // The browser's own, but not everything that is in a browser was put there by us.
        let return_to = return_path::own_path(&String::from_utf8(decode(return_to)?).ok()?)?;
        Some(Self { provider: provider.to_owned(), secret, return_to })
    }

    /// The cookie that keeps it.
    pub(super) fn cookie(&self, https: bool) -> HeaderValue {
        let (secret, return_to) = (URL_SAFE_NO_PAD.encode(self.secret), URL_SAFE_NO_PAD.encode(&self.return_to));
        cookie(&self.provider, &format!("{secret}.{return_to}"), LIFE_S, https)
    }

    pub(super) fn state(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key(), &self.message("state")))
    }

    /// Whether this is [`Self::state`].
    pub(super) fn is_state(&self, text: &str) -> bool {
        let decoded = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        hmac::verify(&self.key(), &self.message("state"), &decoded).is_ok()
    }

    pub(super) fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key(), &self.message("nonce")))
    }

    /// 43 characters, as RFC 7636 section 4.1 recommends.
    pub(super) fn code_verifier(&self) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key(), &self.message("code_verifier")))
    }

    /// Of the method `S256`.
    pub(super) fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.code_verifier().as_bytes()))
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.secret)
    }

    fn message(&self, purpose: &str) -> Vec<u8> {
        format!("{purpose} {} {}", self.provider, self.return_to).into_bytes()
    }
}

/// The cookie with which a browser forgets its attempt.
pub(super) fn over(provider: &str, https: bool) -> HeaderValue {
    cookie(provider, "", 0, https)
}

fn cookie(provider: &str, value: &str, seconds: u64, https: bool) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let path = format!("/v1/oidc/{provider}/callback");
    let text = format!("{COOKIE}={value}; Max-Age={seconds}; HttpOnly{secure}; Path={path}; SameSite=Lax");
    // Base64url, a dot, and a provider's name.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    fn kept(attempt: &Attempt) -> HeaderMap {
        let cookie = attempt.cookie(true);
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        [(header::COOKIE, HeaderValue::from_str(pair).unwrap())].into_iter().collect()
    }

    #[test]
    fn a_browser_brings_back_what_it_left_with() {
        let attempt = Attempt::new("school", "/courses/1".to_owned());
        let back = Attempt::read(&kept(&attempt), "school").unwrap();
        assert!(back.is_state(&attempt.state()));
        assert_eq!((back.nonce(), back.code_verifier()), (attempt.nonce(), attempt.code_verifier()));
        assert_eq!(back.return_to, "/courses/1");
        assert!(
            attempt
                .cookie(true)
                .to_str()
                .unwrap()
                .ends_with("; Max-Age=600; HttpOnly; Secure; Path=/v1/oidc/school/callback; SameSite=Lax")
        );
        assert!(!attempt.cookie(false).to_str().unwrap().contains("Secure"));
        assert!(Attempt::read(&HeaderMap::new(), "school").is_none());
    }

    #[test]
    fn another_browser_s_state_or_another_provider_s_is_none() {
        let attempt = Attempt::new("school", "/me".to_owned());
        assert!(!attempt.is_state(&Attempt::new("school", "/me".to_owned()).state()));
        assert!(!Attempt::read(&kept(&attempt), "other").unwrap().is_state(&attempt.state()));
        for text in ["", "x", &attempt.nonce(), &attempt.code_verifier()] {
            assert!(!attempt.is_state(text), "{text}");
        }
    }

    #[test]
    fn a_cookie_that_leads_elsewhere_is_none() {
        let evil = Attempt::new("school", "//elsewhere.example".to_owned());
        assert!(Attempt::read(&kept(&evil), "school").is_none());
        let longest = Attempt::new("school", format!("/{}", "a".repeat(return_path::LENGTH_MAX - 1)));
        assert!(longest.cookie(true).len() < 4_096, "browsers keep no more");
    }
}
