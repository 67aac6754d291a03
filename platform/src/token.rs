//! Access tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (`EdDSA`, RFC 8037), told apart by `kid`.
//!
//! A token says who may do what in which room until when ([`Claims`]), who is signed in ([`SessionClaims`]), or which
//! of our own services calls ([`NodeClaims`]). Whoever holds the private key signs
//! ([`TokenSigner`]); everybody else only verifies ([`TokenVerifier`]). Both read a [folder of keys](self#the-folder).
//!
//! Promises, after RFC 8725 and the failures of others: one algorithm, chosen here and never by the token's header; no
//! `kid`, an unknown `kid`, an unsigned token and an audience that is not ours are refused; without keys nothing starts,
//! and no key is ever built in or made up, except by `lectern dev` for its own data folder ([`TokenSigner::create`]).
//!
//! # The folder
//!
//! | file | what it is |
//! |---|---|
//! | `{kid}.key` | the private key, PKCS#8 in PEM, at most one, not readable by others; tokens are signed with it |
//! | `{kid}.pub` | a public key, SubjectPublicKeyInfo in PEM, up to 32; tokens are verified with it |
//!
//! The private key's public half verifies too. To rotate: put the new `.pub` into every verifier's folder, then replace
//! the signer's `.key` (its old public half stays as `.pub`), and remove the old `.pub` when the last of its tokens has
//! expired. [`TokenVerifier::keep_fresh`] picks all this up without a restart.

mod claims;
mod folder;
mod known_sessions;
mod node_claims;
mod playback_claims;
mod session_claims;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use claims::{AUDIENCE, ClaimError, Claims, LEEWAY_S, Role};
pub use folder::KeyError;
use known_sessions::{KnownSessions, Name};
pub use node_claims::{NODE_AUDIENCE, NodeClaims};
pub use playback_claims::{PLAYBACK_AUDIENCE, PlaybackClaims};
pub use session_claims::{SESSION_AUDIENCE, SessionClaims};

/// The longest token that is looked at, in bytes. One with 16 sources and long names has about 900.
pub const TOKEN_LENGTH_MAX: usize = 4096;

/// The only algorithm there is.
const ALGORITHM: Algorithm = Algorithm::EdDSA;

/// Why a token was refused. The client learns less; see [`crate::bearer`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// More than [`TOKEN_LENGTH_MAX`] bytes.
    #[error("longer than {TOKEN_LENGTH_MAX} bytes")]
    TooLong,
    /// Not three parts of base64url with JSON in them, or with a header that we must understand and do not (`crit`).
    #[error("not a JSON Web Token")]
    Malformed,
    /// The header names another algorithm than `EdDSA`, `none` among them.
    #[error("signed with another algorithm than EdDSA")]
    Algorithm,
    /// The header names no key.
    #[error("without a kid")]
    KeyIdMissing,
    /// The header names a key that we do not have (any more).
    #[error("signed with an unknown key")]
    KeyIdUnknown,
    /// Not signed by that key, or changed since.
    #[error("bad signature")]
    Signature,
    /// Meant for somebody else.
    #[error("for another audience")]
    Audience,
    /// `exp` is over. The client needs a new one.
    #[error("expired")]
    Expired,
    /// `nbf` or `iat` is in the future. Somebody's clock is wrong.
    #[error("not valid yet")]
    NotYetValid,
    /// A claim is missing, of another type or outside its limits: the issuer's bug.
    #[error(transparent)]
    Claim(#[from] ClaimError),
}

/// The public keys, by `kid`.
type Keys = HashMap<String, DecodingKey>;

/// Keys, and what was verified with them.
struct KeySet {
    keys: Keys,
    sessions: KnownSessions,
}

impl KeySet {
    fn new(keys: Keys) -> RwLock<Arc<Self>> {
        RwLock::new(Arc::new(Self { keys, sessions: KnownSessions::default() }))
    }
}

/// Verifies tokens. Cheap to share in an [`Arc`].
pub struct TokenVerifier {
    /// Where the keys came from; `None` if they never change.
    folder: Option<PathBuf>,
    /// Replaced as a whole by [`Self::reload`].
    set: RwLock<Arc<KeySet>>,
}

impl TokenVerifier {
    /// Reads the keys of a folder.
    ///
    /// # Errors
    ///
    /// When there is no key in it, or a file that should hold one does not. The message names the file.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let keys = folder::public_keys(folder)?;
        Ok(Self { folder: Some(folder.to_owned()), set: KeySet::new(keys) })
    }

    /// Reads the folder again, so that keys come and go without a restart.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; the keys known before stay.
    pub fn reload(&self) -> Result<(), KeyError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let keys = folder::public_keys(folder)?;
        if !same(&keys, &self.set().keys) {
            let set = Arc::new(KeySet { keys, sessions: KnownSessions::default() });
            *self.set.write().unwrap_or_else(PoisonError::into_inner) = set;
        }
        Ok(())
    }

    /// Calls [`Self::reload`] every `period`, for ever: to be spawned.
    pub async fn keep_fresh(self: Arc<Self>, period: Duration) {
        loop {
            tokio::time::sleep(period).await;
            if let Err(error) = self.reload() {
                tracing::warn!(%error, "kept the token keys known before");
            }
        }
    }

    /// The claims of a token that is good now.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        self.verify_at(token, claims::now_unix_s())
    }

    /// The claims of a token that is good at `now_unix_s`, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify_at(&self, token: &str, now_unix_s: u64) -> Result<Claims, TokenError> {
        let claims: Claims = decode(&self.set().keys, token, AUDIENCE)?;
        claims.check(now_unix_s)?;
        Ok(claims)
    }

    /// The claims of a session's token that is good now. One for a room is none, nor the other way round: their audiences
    /// differ. A token's signature is verified once; that it was good is remembered as long as its keys are.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify_session(&self, token: &str) -> Result<Arc<SessionClaims>, TokenError> {
        self.verify_session_at(token, claims::now_unix_s())
    }

    /// The claims of a session's token that is good at `now_unix_s`, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify_session_at(&self, token: &str, now_unix_s: u64) -> Result<Arc<SessionClaims>, TokenError> {
        let (set, name) = (self.set(), Name::of(token));
        if let Some(claims) = set.sessions.get(name) {
            claims.check(now_unix_s)?;
            return Ok(claims);
        }
        let claims: Arc<SessionClaims> = Arc::new(decode(&set.keys, token, SESSION_AUDIENCE)?);
        claims.check(now_unix_s)?;
        set.sessions.insert(name, Arc::clone(&claims));
        Ok(claims)
    }

    /// The claims of a service's token that is good now.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify_node(&self, token: &str) -> Result<NodeClaims, TokenError> {
        let claims: NodeClaims = decode(&self.set().keys, token, NODE_AUDIENCE)?;
        claims.check(claims::now_unix_s())?;
        Ok(claims)
    }

    /// The claims of a ticket that is good now.
    ///
    /// # Errors
    ///
    /// As [`TokenError`] says.
    pub fn verify_playback(&self, token: &str) -> Result<PlaybackClaims, TokenError> {
        let claims: PlaybackClaims = decode(&self.set().keys, token, PLAYBACK_AUDIENCE)?;
        claims.check(claims::now_unix_s())?;
        Ok(claims)
    }

    fn set(&self) -> Arc<KeySet> {
        Arc::clone(&self.set.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether both have the same keys under the same names.
fn same(a: &Keys, b: &Keys) -> bool {
    let bytes = |key: &DecodingKey| key.try_get_as_bytes().map(<[u8]>::to_vec).ok();
    a.len() == b.len() && a.iter().all(|(kid, key)| b.get(kid).is_some_and(|other| bytes(other) == bytes(key)))
}

/// Everything but times and limits.
fn decode<T: DeserializeOwned + Clone>(keys: &Keys, token: &str, audience: &str) -> Result<T, TokenError> {
    if token.len() > TOKEN_LENGTH_MAX {
        return Err(TokenError::TooLong);
    }
    let header = jsonwebtoken::decode_header(token).map_err(header_error)?;
    if header.alg != ALGORITHM {
        return Err(TokenError::Algorithm);
    }
    // RFC 7515 section 4.1.11: what we do not understand and must, we refuse. We understand none.
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    let kid = header.kid.filter(|kid| !kid.is_empty()).ok_or(TokenError::KeyIdMissing)?;
    let key = keys.get(&kid).ok_or(TokenError::KeyIdUnknown)?;
    let validation = validation(audience);
    match jsonwebtoken::decode(token, key, &validation) {
        Ok(decoded) => Ok(decoded.claims),
        // The library reads what a token says before it looks whom it is for; but another's need not say what ours do.
        Err(error) if matches!(error.kind(), ErrorKind::Json(_)) => {
            Err(claims_error(jsonwebtoken::decode::<Addressed>(token, key, &validation).err().unwrap_or(error)))
        }
        Err(error) => Err(claims_error(error)),
    }
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenVerifier").field("kids", &self.set().keys.keys()).finish()
    }
}

/// Whom a token is for, whatever else it says.
#[derive(Clone, Deserialize)]
struct Addressed {
    #[serde(rename = "aud")]
    _audience: String,
}

/// Signature, algorithm and audience are checked by the library; times by the claims' own check, where now is an argument.
fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "sub", "aud"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

/// A header whose `alg` the library does not know (`none`) fails as JSON: tell it apart from noise.
fn header_error(error: jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::UnsupportedAlgorithm => {
            TokenError::Algorithm
        }
        ErrorKind::Json(json) if json.to_string().starts_with("unknown variant") => TokenError::Algorithm,
        _ => TokenError::Malformed,
    }
}

fn claims_error(error: jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Signature,
        ErrorKind::InvalidAlgorithm => TokenError::Algorithm,
        ErrorKind::InvalidAudience => TokenError::Audience,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            TokenError::Claim(ClaimError::Shape)
        }
        _ => TokenError::Malformed,
    }
}

/// Signs tokens. Held by the control API, and by `lectern dev` and `lectern token` for their folder.
pub struct TokenSigner {
    kid: String,
    key: EncodingKey,
    public: Vec<u8>,
}

impl TokenSigner {
    /// Reads the private key of a folder.
    ///
    /// # Errors
    ///
    /// When there is none, more than one, or one that others can read. The message names the file.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let (kid, key) = folder::private_key(folder)?;
        let pair = Ed25519KeyPair::from_pkcs8(key.as_bytes()).map_err(|_| KeyError::NotAKey(folder.to_owned()))?;
        Ok(Self { kid, key, public: pair.public_key().as_ref().to_vec() })
    }

    /// Makes a new private key in a folder without one, readable by its owner alone. Only the development mode does so.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be written, or there is a private key already.
    pub fn create(folder: &Path) -> Result<Self, KeyError> {
        let signer = Self::generate();
        folder::write_private_key(folder, &signer.kid, signer.key.as_bytes())?;
        Ok(signer)
    }

    /// Makes a key that lives as long as this value.
    ///
    /// # Panics
    ///
    /// When the operating system has no randomness to give.
    #[must_use]
    pub fn generate() -> Self {
        let pkcs8 = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).expect("the system gives randomness");
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key just made can be read");
        let public = pair.public_key().as_ref().to_vec();
        Self { kid: key_id(&public), key: EncodingKey::from_ed_der(pkcs8.as_ref()), public }
    }

    /// A verifier of this key alone.
    #[must_use]
    pub fn verifier(&self) -> TokenVerifier {
        let keys = HashMap::from([(self.kid.clone(), DecodingKey::from_ed_der(&self.public))]);
        TokenVerifier { folder: None, set: KeySet::new(keys) }
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A token with these claims.
    ///
    /// # Errors
    ///
    /// When a claim is outside its limits, so that no verifier would take the token.
    pub fn sign(&self, claims: &Claims) -> Result<String, ClaimError> {
        claims.check_limits()?;
        self.encode(claims)
    }

    /// A token of a session.
    ///
    /// # Errors
    ///
    /// As [`Self::sign`].
    pub fn sign_session(&self, claims: &SessionClaims) -> Result<String, ClaimError> {
        claims.check_limits()?;
        self.encode(claims)
    }

    /// A token of a service.
    ///
    /// # Errors
    ///
    /// As [`Self::sign`].
    pub fn sign_node(&self, claims: &NodeClaims) -> Result<String, ClaimError> {
        claims.check_limits()?;
        self.encode(claims)
    }

    /// A ticket to play a recording.
    ///
    /// # Errors
    ///
    /// As [`Self::sign`].
    pub fn sign_playback(&self, claims: &PlaybackClaims) -> Result<String, ClaimError> {
        claims.check_limits()?;
        self.encode(claims)
    }

    fn encode(&self, claims: &impl Serialize) -> Result<String, ClaimError> {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(ALGORITHM) };
        // The key was read when this value was made, and claims within their limits serialise.
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| ClaimError::Shape)
    }
}

impl std::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSigner").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The first eight bytes of the public key's SHA-256, in hexadecimal: the same key has the same name everywhere.
fn key_id(public: &[u8]) -> String {
    use std::fmt::Write as _;
    digest::digest(&digest::SHA256, public).as_ref()[..8].iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests;
