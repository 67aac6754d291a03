//! The keys that a provider signs with (RFC 7517), by which its ID tokens are known.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// How a token says that it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    /// The name of the key, if it has one.
    pub(super) key: Option<String>,
    pub(super) algorithm: Algorithm,
}

/// The key that a token was signed with. One that is for something else, or another algorithm, is none; and without a name it
/// must be the only one that comes into question (OpenID Connect Core section 10.1).
pub(super) fn find(keys: &JwkSet, signed: &Signed) -> Option<DecodingKey> {
    let mut fitting = keys.keys.iter().filter(|key| fits(key, signed.algorithm));
    let key = match &signed.key {
        Some(name) => fitting.find(|key| key.common.key_id.as_ref() == Some(name))?,
        None => fitting.next().filter(|_| fitting.next().is_none())?,
    };
    DecodingKey::from_jwk(key).ok()
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let is_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
        AlgorithmParameters::EllipticCurve(key) => {
            (&key.curve, algorithm) == (&EllipticCurve::P256, ES256)
                || (&key.curve, algorithm) == (&EllipticCurve::P384, ES384)
        }
        AlgorithmParameters::OctetKeyPair(key) => (&key.curve, algorithm) == (&EllipticCurve::Ed25519, EdDSA),
        // A secret that is published is none.
        _ => false,
    };
    let is_meant = key.common.key_algorithm.is_none_or(|meant| meant == KeyAlgorithm::from(algorithm));
    is_kind && is_meant && key.common.public_key_use.as_ref().is_none_or(|meant| *meant == PublicKeyUse::Signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn rsa(change: Value) -> Value {
        let mut key = json!({ "kty": "RSA", "kid": "r", "n": "u1SU1LfVLPHCozMxH2Mo", "e": "AQAB" });
        key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        key
    }

    fn is_found(keys: Value, name: Option<&str>, algorithm: Algorithm) -> bool {
        let keys: JwkSet = serde_json::from_value(json!({ "keys": keys })).unwrap();
        find(&keys, &Signed { key: name.map(str::to_owned), algorithm }).is_some()
    }

    #[test]
    fn a_key_is_found_by_its_name_for_what_it_is_meant_for() {
        let found = |change, algorithm| is_found(json!([rsa(change)]), Some("r"), algorithm);
        assert!(found(json!({}), Algorithm::RS256));
        assert!(found(json!({ "use": "sig", "alg": "RS256", "x5t": "a" }), Algorithm::RS256));
        assert!(!found(json!({ "use": "enc" }), Algorithm::RS256));
        assert!(!found(json!({ "alg": "RS512" }), Algorithm::RS256));
        assert!(!found(json!({ "kid": "other" }), Algorithm::RS256));
        assert!(!found(json!({}), Algorithm::ES256));
        assert!(!found(json!({}), Algorithm::HS256), "a public key is no secret");
        let secret = json!([{ "kty": "oct", "kid": "r", "k": "c2VjcmV0" }]);
        assert!(!is_found(secret, Some("r"), Algorithm::HS256));
    }

    #[test]
    fn without_a_name_it_is_the_only_one() {
        assert!(is_found(json!([rsa(json!({}))]), None, Algorithm::RS256));
        assert!(is_found(json!([rsa(json!({})), rsa(json!({ "use": "enc" }))]), None, Algorithm::RS256));
        assert!(!is_found(json!([rsa(json!({})), rsa(json!({ "kid": "s" }))]), None, Algorithm::RS256));
    }

    #[test]
    fn a_curve_is_that_of_its_algorithm_and_what_nobody_knows_is_passed_over() {
        let keys = json!([
            { "kty": "EC", "kid": "k", "crv": "secp256k1", "x": "AA", "y": "AA" },
            { "kty": "new", "kid": "n" },
            { "kty": "EC", "kid": "e", "crv": "P-384", "x": "AA", "y": "AA" },
        ]);
        assert!(is_found(keys.clone(), Some("e"), Algorithm::ES384));
        assert!(!is_found(keys.clone(), Some("e"), Algorithm::ES256));
        assert!(!is_found(keys, Some("k"), Algorithm::ES256));
    }
}
