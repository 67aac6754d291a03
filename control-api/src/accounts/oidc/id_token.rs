//! What a provider asserts about who came (OpenID Connect Core section 2), and all that must be right about it before it is
//! believed (section 3.1.3.7).

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::keys::Signed;
use super::profile::Profile;

/// Signatures by a key that only the provider has. None with the client's secret: whoever verifies one could have made it.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// The longest token, in bytes.
const LENGTH_MAX: usize = 64 * 1024;
/// The longest subject, in bytes (section 2).
const SUBJECT_LENGTH_MAX: usize = 255;
/// How far the provider's clock may be from ours, seconds.
const LEEWAY_S: u64 = 60;

/// Why a token is not believed. Its text is for the log and the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Untrusted {
    /// It is no token, or an endless one.
    #[error("malformed")]
    Malformed,
    /// It is signed in a way that is not allowed, or not at all.
    #[error("algorithm")]
    Algorithm,
    /// The provider has no such key.
    #[error("key")]
    Key,
    /// It was not signed by that key.
    #[error("signature")]
    Signature,
    /// It is another provider's.
    #[error("issuer")]
    Issuer,
    /// It was made for somebody else.
    #[error("audience")]
    Audience,
    /// It is too old, or not good yet.
    #[error("time")]
    Time,
    /// It was made for another login.
    #[error("nonce")]
    Nonce,
    /// It lacks what must be in it.
    #[error("claims")]
    Claims,
    /// What else the provider tells is about somebody else.
    #[error("subject")]
    Subject,
}

/// What is in a token that is believed.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    /// Who, as the provider knows them; never given to anybody else.
    pub(super) sub: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    #[serde(flatten)]
    pub(super) profile: Profile,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has_others(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one != client_id,
            Self::Many(all) => all.iter().any(|one| one != client_id),
        }
    }
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

/// How a token says that it is signed, if that is allowed.
pub(super) fn signed(token: &str) -> Result<Signed, Untrusted> {
    if token.len() > LENGTH_MAX {
        return Err(Untrusted::Malformed);
    }
    // What the library does not know, `none` among it, is an error of its JSON.
    let header = jsonwebtoken::decode_header(token).map_err(|error| match error.kind() {
        ErrorKind::Json(json) if json.to_string().starts_with("unknown variant") => Untrusted::Algorithm,
        _ => Untrusted::Malformed,
    })?;
    // RFC 7515 section 4.1.11: what must be understood and is not, is refused. Nothing is.
    if header.crit.is_some() {
        return Err(Untrusted::Malformed);
    }
    let is_allowed = ALGORITHMS.contains(&header.alg);
    is_allowed.then_some(Signed { key: header.kid, algorithm: header.alg }).ok_or(Untrusted::Algorithm)
}

/// The claims of a token that was signed with this key, for us, now.
pub(super) fn verify(
    token: &str,
    algorithm: Algorithm,
    key: &DecodingKey,
    expected: &Expected<'_>,
) -> Result<Claims, Untrusted> {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY_S;
    let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(untrusted)?.claims;
    match &claims.azp {
        Some(party) if party != expected.client_id => return Err(Untrusted::Audience),
        // Whom else it is made for we do not know; it must say that we are the one who asked.
        None if claims.aud.has_others(expected.client_id) => return Err(Untrusted::Audience),
        _ => {}
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(Untrusted::Nonce);
    }
    if !(1..=SUBJECT_LENGTH_MAX).contains(&claims.sub.len()) || claims.sub.contains('\0') {
        return Err(Untrusted::Claims);
    }
    Ok(claims)
}

fn untrusted(error: jsonwebtoken::errors::Error) -> Untrusted {
    match error.kind() {
        ErrorKind::InvalidSignature
        | ErrorKind::InvalidKeyFormat
        | ErrorKind::InvalidEcdsaKey
        | ErrorKind::InvalidEddsaKey
        | ErrorKind::InvalidRsaKey(_) => Untrusted::Signature,
        ErrorKind::InvalidAlgorithm => Untrusted::Algorithm,
        ErrorKind::InvalidIssuer => Untrusted::Issuer,
        ErrorKind::InvalidAudience => Untrusted::Audience,
        ErrorKind::ExpiredSignature | ErrorKind::ImmatureSignature => Untrusted::Time,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => Untrusted::Claims,
        _ => Untrusted::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn header(header: Value) -> Result<Signed, Untrusted> {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        signed(&format!("{}.{}.AA", part(header), part(json!({}))))
    }

    #[test]
    fn only_what_the_provider_alone_can_sign_is_looked_at() {
        let good = Signed { key: Some("a".to_owned()), algorithm: Algorithm::ES256 };
        assert_eq!(header(json!({ "alg": "ES256", "kid": "a" })), Ok(good));
        for algorithm in ["none", "None", "HS256", "HS384", "HS512", "RSA-OAEP", "dir", ""] {
            assert_eq!(header(json!({ "alg": algorithm })), Err(Untrusted::Algorithm), "{algorithm}");
        }
        for bad in [json!({}), json!({ "alg": 1 }), json!({ "alg": "ES256", "crit": ["exp"] }), json!([])] {
            assert_eq!(header(bad.clone()), Err(Untrusted::Malformed), "{bad}");
        }
        for text in ["", "a", "a.b.c", &"a".repeat(LENGTH_MAX + 1)] {
            assert_eq!(signed(text), Err(Untrusted::Malformed));
        }
    }
}
