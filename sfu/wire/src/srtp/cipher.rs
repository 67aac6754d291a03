//! Session keys at work on one packet. Layouts are the callers' business; here are nonces, ciphers and tags.

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext};
use aws_lc_rs::{constant_time, hmac};

use super::kdf::{Label, ctr_key, derive};
use super::{MasterKey, Profile};

/// Session keys of one direction, for RTP or for RTCP.
pub(super) enum Cipher {
    Gcm(Gcm),
    /// Boxed: twice the size of the common case, and the fallback.
    Cm(Box<Cm>),
}

/// AES-GCM (RFC 7714).
pub(super) struct Gcm {
    key: LessSafeKey,
    salt: [u8; 12],
}

/// AES in counter mode with HMAC-SHA1 (RFC 3711 section 4).
pub(super) struct Cm {
    key: EncryptingKey,
    authentication: hmac::Key,
    salt: [u8; 14],
}

/// HMAC-SHA1 cut to 80 bits.
pub(super) const CM_TAG_LEN: usize = 10;
/// AES-GCM's full tag.
pub(super) const GCM_TAG_LEN: usize = 16;

impl Cipher {
    /// The session keys for RTP.
    pub(super) fn rtp(master: &MasterKey) -> Self {
        Self::derive(master, Label::RtpEncryption, Label::RtpAuthentication, Label::RtpSalt)
    }

    /// The session keys for RTCP.
    pub(super) fn rtcp(master: &MasterKey) -> Self {
        Self::derive(master, Label::RtcpEncryption, Label::RtcpAuthentication, Label::RtcpSalt)
    }

    fn derive(master: &MasterKey, encryption: Label, authentication: Label, salt_label: Label) -> Self {
        let mut key = [0; super::KEY_LEN_MAX];
        let key = &mut key[..master.profile.key_len()];
        derive(master, encryption, key);
        match master.profile {
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => {
                let mut salt = [0; 12];
                derive(master, salt_label, &mut salt);
                Cipher::Gcm(Gcm::new(key, salt))
            }
            Profile::AesCm128HmacSha1_80 => {
                let (mut salt, mut authentication_key) = ([0; 14], [0; 20]);
                derive(master, salt_label, &mut salt);
                derive(master, authentication, &mut authentication_key);
                Cipher::Cm(Box::new(Cm::new(key, &authentication_key, salt)))
            }
        }
    }
}

impl Gcm {
    /// `key` is 16 or 32 bytes.
    pub(super) fn new(key: &[u8], salt: [u8; 12]) -> Self {
        let algorithm = if key.len() == 32 { &AES_256_GCM } else { &AES_128_GCM };
        let key = UnboundKey::new(algorithm, key).expect("the length belongs to the algorithm");
        Gcm { key: LessSafeKey::new(key), salt }
    }

    /// Encrypts `text` in place and writes the tag behind it. `None` only for lengths beyond 2^36 bytes.
    pub(super) fn seal(&self, nonce: [u8; 12], aad: &[u8], text: &mut [u8], tag: &mut [u8]) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let sealed = self.key.seal_in_place_separate_tag(nonce, Aad::from(aad), text).ok()?;
        tag.copy_from_slice(sealed.as_ref());
        Some(())
    }

    /// As [`Gcm::seal`], from one place to another of the same length.
    pub(super) fn seal_from(
        &self,
        nonce: [u8; 12],
        aad: &[u8],
        plain: &[u8],
        sealed: &mut [u8],
        tag: &mut [u8],
    ) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_out_of_place_scatter(nonce, Aad::from(aad), plain, sealed, &[], tag).ok()
    }

    /// Checks the tag and decrypts `text` in place. `None`: not authentic, and `text` is worthless.
    pub(super) fn open(&self, nonce: [u8; 12], aad: &[u8], text: &mut [u8], tag: &[u8]) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.open_in_place_separate_tag(nonce, Aad::from(aad), tag, text).ok()?;
        Some(())
    }

    /// RFC 7714 section 8.1: two zero bytes, SSRC, ROC, SEQ, XORed with the salt.
    pub(super) fn rtp_nonce(&self, ssrc: u32, index: u64) -> [u8; 12] {
        let mut nonce = self.salt;
        xor(&mut nonce[2..6], ssrc.to_be_bytes());
        xor(&mut nonce[6..12], index_bytes(index));
        nonce
    }

    /// RFC 7714 section 9.1: two zero bytes, SSRC, two zero bytes, SRTCP index, XORed with the salt.
    pub(super) fn rtcp_nonce(&self, ssrc: u32, index: u32) -> [u8; 12] {
        let mut nonce = self.salt;
        xor(&mut nonce[2..6], ssrc.to_be_bytes());
        xor(&mut nonce[8..12], index.to_be_bytes());
        nonce
    }
}

impl Cm {
    pub(super) fn new(key: &[u8], authentication: &[u8], salt: [u8; 14]) -> Self {
        let authentication = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, authentication);
        Cm { key: ctr_key(key), authentication, salt }
    }

    /// Encrypts or decrypts `text` in place (RFC 3711 section 4.1.1): IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
    /// For RTCP, `index` is the SRTCP index.
    pub(super) fn apply(&self, ssrc: u32, index: u64, text: &mut [u8]) -> Option<()> {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        xor(&mut iv[4..8], ssrc.to_be_bytes());
        xor(&mut iv[8..14], index_bytes(index));
        self.key.less_safe_encrypt(text, EncryptionContext::Iv128((&iv).into())).ok()?;
        Some(())
    }

    /// The tag over `authenticated` and `suffix` (the ROC for RTP, nothing for RTCP, whose index is part of the packet).
    pub(super) fn tag(&self, authenticated: &[u8], suffix: &[u8]) -> [u8; CM_TAG_LEN] {
        let mut context = hmac::Context::with_key(&self.authentication);
        context.update(authenticated);
        context.update(suffix);
        let full = context.sign();
        let mut tag = [0; CM_TAG_LEN];
        tag.copy_from_slice(&full.as_ref()[..CM_TAG_LEN]);
        tag
    }

    /// Compares in constant time.
    pub(super) fn verify(&self, authenticated: &[u8], suffix: &[u8], tag: &[u8]) -> Option<()> {
        constant_time::verify_slices_are_equal(&self.tag(authenticated, suffix), tag).ok()
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cipher::Gcm(_) => "Gcm",
            Cipher::Cm(_) => "Cm",
        })
    }
}

/// An index as 48 bits, big-endian.
fn index_bytes(index: u64) -> [u8; 6] {
    let [_, _, bytes @ ..] = index.to_be_bytes();
    bytes
}

fn xor<const N: usize>(target: &mut [u8], mask: [u8; N]) {
    for (byte, mask) in target.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}
