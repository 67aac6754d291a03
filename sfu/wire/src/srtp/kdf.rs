//! Session keys from master keys (RFC 3711 section 4.3, RFC 6188, RFC 7714 section 11; key derivation rate zero).

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};

use super::MasterKey;

/// What a derived key is for (RFC 3711 section 4.3.2).
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Label {
    RtpEncryption = 0x00,
    RtpAuthentication = 0x01,
    RtpSalt = 0x02,
    RtcpEncryption = 0x03,
    RtcpAuthentication = 0x04,
    RtcpSalt = 0x05,
}

/// Fills `out` with the key stream of AES-CM under the master key: the PRF of RFC 3711 section 4.3.3.
pub(super) fn derive(master: &MasterKey, label: Label, out: &mut [u8]) {
    // x = key_id XOR master_salt, key_id = label || r with r of 48 bits, zero here; IV = x * 2^16.
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(&master.salt);
    iv[7] ^= label as u8;
    out.fill(0);
    ctr_key(master.key())
        .less_safe_encrypt(out, EncryptionContext::Iv128((&iv).into()))
        .expect("counter mode takes any length and this context");
}

/// An AES key for counter mode; `key` is 16 or 32 bytes, as [`super::Profile::key_len`] says.
pub(super) fn ctr_key(key: &[u8]) -> EncryptingKey {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = UnboundCipherKey::new(algorithm, key).expect("the length belongs to the algorithm");
    EncryptingKey::ctr(key).expect("AES has a counter mode")
}
