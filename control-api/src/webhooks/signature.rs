//! How a delivery is signed: the symmetric scheme of Standard Webhooks <https://www.standardwebhooks.com>.

use aws_lc_rs::{hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// A new secret; `None` when the system has no randomness to give.
pub(super) fn new_secret() -> Option<Vec<u8>> {
    let mut secret = vec![0; SECRET_BYTES];
    rand::fill(&mut secret).ok()?;
    Some(secret)
}

/// As it is shown to who has to verify with it.
pub(super) fn show(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The header `webhook-signature`: one signature for each secret.
pub(super) fn sign<'a>(secrets: impl Iterator<Item = &'a [u8]>, id: &str, timestamp_s: u64, body: &str) -> String {
    let content = format!("{id}.{timestamp_s}.{body}");
    let one = |secret: &[u8]| {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), content.as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    };
    secrets.map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the reference implementations.
    #[test]
    fn it_is_the_one_of_standard_webhooks() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed =
            sign([&secret[..]].into_iter(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
