//! The tests of [`super`].

use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const NOW: u64 = 1_800_000_000;

fn claims() -> Claims {
    Claims {
        room: "math".into(),
        sub: "p-1".into(),
        name: "Ada".into(),
        role: Role::Tutor,
        publish: vec!["camera".into(), "stage/1".into()],
        recorded: true,
        exp: NOW + 3600,
        iat: NOW,
        nbf: None,
        aud: AUDIENCE.into(),
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lectern-token-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A token with any header and payload, signed properly with `signer`'s key.
fn forge(signer: &TokenSigner, header: &serde_json::Value, payload: &serde_json::Value) -> String {
    let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(payload));
    let pair = Ed25519KeyPair::from_pkcs8(signer.key.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())))
}

fn header(signer: &TokenSigner) -> serde_json::Value {
    serde_json::json!({ "alg": "EdDSA", "typ": "JWT", "kid": signer.kid() })
}

fn payload() -> serde_json::Value {
    serde_json::to_value(claims()).unwrap()
}

#[test]
fn what_was_signed_is_read() {
    let signer = TokenSigner::generate();
    let token = signer.sign(&claims()).unwrap();
    let read = signer.verifier().verify_at(&token, NOW).unwrap();
    assert_eq!(read, claims());
    assert!(read.may_publish("camera") && read.may_publish("stage/1"));
    assert!(!read.may_publish("screen") && !read.may_publish("stage/10") && !read.may_publish(""));
}

#[test]
fn only_eddsa_is_accepted_whatever_the_header_says() {
    let signer = TokenSigner::generate();
    let verifier = signer.verifier();
    for alg in ["none", "None", "NONE", "HS256", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA "] {
        let mut header = header(&signer);
        header["alg"] = alg.into();
        let token = forge(&signer, &header, &payload());
        assert_eq!(verifier.verify_at(&token, NOW), Err(TokenError::Algorithm), "{alg}");
        let unsigned = token.rsplit_once('.').unwrap().0.to_owned() + ".";
        assert_eq!(verifier.verify_at(&unsigned, NOW), Err(TokenError::Algorithm), "{alg}, unsigned");
    }
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let signer = TokenSigner::generate();
    let header = Header { kid: Some(signer.kid().into()), ..Header::new(Algorithm::HS256) };
    let secret = EncodingKey::from_secret(&signer.public);
    let token = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
    assert_eq!(signer.verifier().verify_at(&token, NOW), Err(TokenError::Algorithm));
}

#[test]
fn a_token_without_a_kid_or_with_an_unknown_one_is_refused() {
    let signer = TokenSigner::generate();
    let verifier = signer.verifier();
    for (kid, error) in [
        (serde_json::Value::Null, TokenError::KeyIdMissing),
        ("".into(), TokenError::KeyIdMissing),
        ("other".into(), TokenError::KeyIdUnknown),
        ("../../etc/passwd".into(), TokenError::KeyIdUnknown),
    ] {
        let mut header = header(&signer);
        header["kid"] = kid.clone();
        assert_eq!(verifier.verify_at(&forge(&signer, &header, &payload()), NOW), Err(error), "{kid}");
    }
}

#[test]
fn a_signature_by_another_key_or_none_is_refused() {
    let (ours, theirs) = (TokenSigner::generate(), TokenSigner::generate());
    let verifier = ours.verifier();
    let forged = forge(&theirs, &header(&ours), &payload());
    assert_eq!(verifier.verify_at(&forged, NOW), Err(TokenError::Signature));
    let good = ours.sign(&claims()).unwrap();
    let (message, signature) = good.rsplit_once('.').unwrap();
    assert_eq!(verifier.verify_at(&format!("{message}."), NOW), Err(TokenError::Signature));
    let (head, _) = message.split_once('.').unwrap();
    let mut promoted = payload();
    promoted["role"] = "admin".into();
    let promoted = format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(promoted.to_string()));
    assert_eq!(verifier.verify_at(&promoted, NOW), Err(TokenError::Signature));
}

#[test]
fn a_key_in_the_header_is_not_used() {
    let (ours, theirs) = (TokenSigner::generate(), TokenSigner::generate());
    let mut header = header(&ours);
    header["jwk"] = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(&theirs.public) });
    let forged = forge(&theirs, &header, &payload());
    assert_eq!(ours.verifier().verify_at(&forged, NOW), Err(TokenError::Signature));
}

#[test]
fn a_critical_header_is_refused() {
    let signer = TokenSigner::generate();
    let mut header = header(&signer);
    header["crit"] = serde_json::json!(["b64"]);
    assert_eq!(signer.verifier().verify_at(&forge(&signer, &header, &payload()), NOW), Err(TokenError::Malformed));
}

#[test]
fn times_hold_with_a_leeway_and_not_a_second_longer() {
    let signer = TokenSigner::generate();
    let verifier = signer.verifier();
    let mut late = claims();
    late.nbf = Some(NOW + 600);
    for (claims, now, result) in [
        (claims(), NOW, Ok(())),
        (claims(), NOW + 3600 + LEEWAY_S - 1, Ok(())),
        (claims(), NOW + 3600 + LEEWAY_S, Err(TokenError::Expired)),
        (claims(), NOW - LEEWAY_S, Ok(())),
        (claims(), NOW - LEEWAY_S - 1, Err(TokenError::NotYetValid)),
        (late.clone(), NOW + 600 - LEEWAY_S, Ok(())),
        (late, NOW + 600 - LEEWAY_S - 1, Err(TokenError::NotYetValid)),
    ] {
        let token = signer.sign(&claims).unwrap();
        assert_eq!(verifier.verify_at(&token, now).map(drop), result, "{now}");
    }
}

#[test]
fn times_at_the_end_of_the_scale_are_harmless() {
    let signer = TokenSigner::generate();
    let mut payload = payload();
    for (claim, value) in [("exp", u64::MAX), ("nbf", u64::MAX), ("iat", u64::MAX)] {
        payload[claim] = value.into();
        let _ = signer.verifier().verify_at(&forge(&signer, &header(&signer), &payload), NOW);
    }
    let _ = signer.verifier().verify_at(&forge(&signer, &header(&signer), &payload), u64::MAX);
}

#[test]
fn claims_that_are_missing_or_outside_their_limits_are_refused() {
    let signer = TokenSigner::generate();
    let verifier = signer.verifier();
    let verify = |payload: &serde_json::Value| verifier.verify_at(&forge(&signer, &header(&signer), payload), NOW);
    for claim in ["room", "sub", "name", "role", "exp", "iat"] {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove(claim);
        assert_eq!(verify(&payload), Err(TokenError::Claim(ClaimError::Shape)), "without {claim}");
    }
    for (claim, value, error) in [
        ("room", "".into(), ClaimError::Room),
        ("room", "a".repeat(65).into(), ClaimError::Room),
        ("room", "../x".into(), ClaimError::Room),
        ("sub", "".into(), ClaimError::Person),
        ("sub", "s".repeat(65).into(), ClaimError::Person),
        ("name", " ".into(), ClaimError::Name),
        ("name", "n".repeat(161).into(), ClaimError::Name),
        ("name", "a\nb".into(), ClaimError::Name),
        ("role", "root".into(), ClaimError::Shape),
        ("exp", "soon".into(), ClaimError::Shape),
        ("exp", (-1).into(), ClaimError::Shape),
        ("publish", serde_json::json!(["camera2"]), ClaimError::Publish),
        ("publish", serde_json::json!(["stage/0"]), ClaimError::Publish),
        ("publish", serde_json::json!(["stage/100"]), ClaimError::Publish),
        ("publish", serde_json::json!(["stage/+1"]), ClaimError::Publish),
        ("publish", serde_json::json!(vec!["camera"; 17]), ClaimError::Publish),
    ] {
        let mut payload = payload();
        payload[claim] = value;
        assert_eq!(verify(&payload), Err(TokenError::Claim(error)), "{claim}: {}", payload[claim]);
    }
    let mut at_the_limits = payload();
    at_the_limits["room"] = "a".repeat(64).into();
    at_the_limits["name"] = "n".repeat(160).into();
    at_the_limits["publish"] = serde_json::json!(vec!["stage/99"; 16]);
    assert!(verify(&at_the_limits).is_ok());
}

#[test]
fn a_token_for_somebody_else_is_refused() {
    let signer = TokenSigner::generate();
    for (aud, error) in [
        ("other".into(), TokenError::Audience),
        ("".into(), TokenError::Audience),
        (serde_json::json!([AUDIENCE, "other"]), TokenError::Claim(ClaimError::Shape)),
        (serde_json::json!([]), TokenError::Claim(ClaimError::Shape)),
        (serde_json::Value::Null, TokenError::Claim(ClaimError::Shape)),
    ] {
        let mut payload = payload();
        payload["aud"] = aud;
        let verified = signer.verifier().verify_at(&forge(&signer, &header(&signer), &payload), NOW);
        assert_eq!(verified, Err(error), "{}", payload["aud"]);
    }
}

#[test]
fn noise_is_malformed_and_a_long_token_is_not_read() {
    let verifier = TokenSigner::generate().verifier();
    for noise in ["", ".", "..", "...", "a.b.c", "e30.e30.e30", "\u{fc}.\u{fc}.\u{fc}", "null.null.null"] {
        assert_eq!(verifier.verify_at(noise, NOW), Err(TokenError::Malformed), "{noise:?}");
    }
    let at_the_limit = "a".repeat(TOKEN_LENGTH_MAX);
    assert_eq!(verifier.verify_at(&at_the_limit, NOW), Err(TokenError::Malformed));
    assert_eq!(verifier.verify_at(&(at_the_limit + "a"), NOW), Err(TokenError::TooLong));
}

#[test]
fn nothing_starts_without_a_key() {
    let empty = folder("empty");
    assert!(matches!(TokenVerifier::open(&empty), Err(KeyError::Missing { .. })));
    assert!(matches!(TokenSigner::open(&empty), Err(KeyError::Missing { .. })));
    assert!(matches!(TokenVerifier::open(&empty.join("absent")), Err(KeyError::Io { .. })));
    for content in ["", "secret", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"] {
        std::fs::write(empty.join("a.pub"), content).unwrap();
        let error = TokenVerifier::open(&empty).unwrap_err();
        assert!(matches!(&error, KeyError::NotAKey(path) if path.ends_with("a.pub")), "{content:?}: {error}");
    }
    std::fs::remove_dir_all(empty).unwrap();
}

#[test]
fn a_created_key_is_for_its_owner_alone_and_signs_after_a_restart() {
    let folder = folder("create");
    let created = TokenSigner::create(&folder).unwrap();
    let path = folder.join(format!("{}.key", created.kid()));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(TokenSigner::create(&folder), Err(KeyError::Ambiguous(_))));
    let reopened = TokenSigner::open(&folder).unwrap();
    assert_eq!(reopened.kid(), created.kid());
    let verifier = TokenVerifier::open(&folder).unwrap();
    assert!(verifier.verify_at(&reopened.sign(&claims()).unwrap(), NOW).is_ok());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
    assert!(matches!(TokenSigner::open(&folder), Err(KeyError::Exposed(_))));
    assert!(matches!(TokenVerifier::open(&folder), Err(KeyError::Exposed(_))));
    std::fs::remove_dir_all(folder).unwrap();
}

/// Keys from `openssl genpkey -algorithm ed25519`, and its public half.
const OPENSSL_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIKD0AzpF7aVOX/h7Nv6Iq8vUK23k2TVrCbFAZI992Wg5
-----END PRIVATE KEY-----
";
const OPENSSL_PUB: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAdF8qBn4eLZL7CsKpq7dJ7q2FzgLEGMXZ27ca5w478uk=
-----END PUBLIC KEY-----
";

fn write_key(folder: &Path, name: &str, pem: &str) {
    let path = folder.join(name);
    std::fs::write(&path, pem).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).unwrap();
}

#[test]
fn keys_rotate_without_a_restart() {
    let (issuer, service) = (folder("issuer"), folder("service"));
    write_key(&issuer, "old.key", OPENSSL_KEY);
    write_key(&service, "old.pub", OPENSSL_PUB);
    let verifier = TokenVerifier::open(&service).unwrap();
    let signer = TokenSigner::open(&issuer).unwrap();
    let old = signer.sign(&claims()).unwrap();
    assert!(verifier.verify_at(&old, NOW).is_ok());
    let session = SessionClaims::issue("p-1", "s-1", Role::Student, 0, Duration::from_secs(600));
    let session = signer.sign_session(&session).unwrap();
    assert!(verifier.verify_session(&session).is_ok());

    // The new key is not known yet, then it is, beside the old one.
    let fresh = TokenSigner::generate();
    let new = fresh.sign(&claims()).unwrap();
    assert_eq!(verifier.verify_at(&new, NOW), Err(TokenError::KeyIdUnknown));
    let spki = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00][..], &fresh.public].concat();
    let spki = base64::engine::general_purpose::STANDARD.encode(spki);
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
    write_key(&service, &format!("{}.pub", fresh.kid()), &pem);
    verifier.reload().unwrap();
    assert!(verifier.verify_at(&new, NOW).is_ok() && verifier.verify_at(&old, NOW).is_ok());

    // A folder that cannot be read changes nothing; the old key's end ends its tokens.
    write_key(&service, "broken.pub", "");
    assert!(verifier.reload().is_err());
    assert!(verifier.verify_at(&old, NOW).is_ok());
    std::fs::remove_file(service.join("broken.pub")).unwrap();
    let known = verifier.verify_session(&session).unwrap();
    verifier.reload().unwrap();
    assert!(Arc::ptr_eq(&known, &verifier.verify_session(&session).unwrap()), "verified again, with the same keys");
    std::fs::remove_file(service.join("old.pub")).unwrap();
    verifier.reload().unwrap();
    assert_eq!(verifier.verify_at(&old, NOW), Err(TokenError::KeyIdUnknown));
    assert_eq!(verifier.verify_session(&session), Err(TokenError::KeyIdUnknown));
    std::fs::remove_dir_all(issuer).unwrap();
    std::fs::remove_dir_all(service).unwrap();
}

#[test]
fn files_that_contradict_each_other_are_refused() {
    let folder = folder("contradict");
    write_key(&folder, "a.key", OPENSSL_KEY);
    write_key(&folder, "a.pub", OPENSSL_PUB);
    assert!(TokenVerifier::open(&folder).is_ok());
    let other = TokenSigner::generate();
    std::fs::remove_file(folder.join("a.key")).unwrap();
    folder::write_private_key(&folder, "a", other.key.as_bytes()).unwrap();
    assert!(matches!(TokenVerifier::open(&folder), Err(KeyError::Mismatch(_))));
    write_key(&folder, "b.key", OPENSSL_KEY);
    assert!(matches!(TokenSigner::open(&folder), Err(KeyError::Ambiguous(_))));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn neither_secrets_nor_names_are_printed() {
    let signer = TokenSigner::generate();
    let printed = format!("{signer:?} {:?} {:?}", signer.verifier(), claims());
    assert!(!printed.contains("Ada") && !printed.contains("p-1"), "{printed}");
    assert!(printed.contains("math") && printed.contains(signer.kid()), "{printed}");
}
