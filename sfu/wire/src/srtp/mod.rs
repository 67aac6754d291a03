//! SRTP and SRTCP (RFC 3711) with AES-GCM (RFC 7714) and AES-CM with HMAC-SHA1-80.
//!
//! A [`Sealer`] holds one side's outgoing keys: the caller numbers the packets, sealing changes nothing in it but the
//! SRTCP index. An [`Opener`] holds the other side's: it extends sequence numbers, refuses what was seen before, and changes
//! no state before a packet has proved authentic. Neither allocates per packet.
//!
//! Not done: key derivation rates other than zero, MKIs, encrypted header extensions (RFC 6904, RFC 9335), null ciphers,
//! SRTCP without encryption.

mod cipher;
mod kdf;
mod opener;
mod replay;
mod sealer;

pub use opener::{Opened, Opener, SourceLimits};
pub use sealer::Sealer;

use std::fmt;

/// Longest master key of any profile, bytes.
const KEY_LEN_MAX: usize = 32;
/// Longest master salt of any profile, bytes.
const SALT_LEN_MAX: usize = 14;

/// RTP header without CSRCs and extension (RFC 3550 section 5.1).
const RTP_HEADER_LEN: usize = 12;
/// What stays in clear at the front of SRTCP: the first packet's header and the sender's SSRC (RFC 3711 section 3.4).
const RTCP_HEADER_LEN: usize = 8;
/// E flag and SRTCP index.
const RTCP_INDEX_LEN: usize = 4;
/// "The SRTCP index is a 31-bit counter".
const RTCP_INDEX_MAX: u32 = (1 << 31) - 1;
/// The E flag: what follows the header is encrypted.
const RTCP_ENCRYPTED: u32 = 1 << 31;
/// An extended sequence number is ROC and SEQ: 48 bits.
const RTP_INDEX_MAX: u64 = (1 << 48) - 1;

/// A protection profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// `SRTP_AEAD_AES_128_GCM`
    AeadAes128Gcm,
    /// `SRTP_AEAD_AES_256_GCM`
    AeadAes256Gcm,
    /// `SRTP_AES128_CM_HMAC_SHA1_80`
    AesCm128HmacSha1_80,
}

impl Profile {
    /// Every profile, the cheapest first.
    pub const ALL: [Profile; 3] = [Profile::AeadAes128Gcm, Profile::AeadAes256Gcm, Profile::AesCm128HmacSha1_80];

    /// Master and session key, bytes.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Profile::AeadAes128Gcm | Profile::AesCm128HmacSha1_80 => 16,
            Profile::AeadAes256Gcm => 32,
        }
    }

    /// Master and session salt, bytes.
    #[must_use]
    pub const fn salt_len(self) -> usize {
        match self {
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => 12,
            Profile::AesCm128HmacSha1_80 => 14,
        }
    }

    /// Authentication tag, bytes.
    #[must_use]
    pub const fn tag_len(self) -> usize {
        match self {
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => 16,
            Profile::AesCm128HmacSha1_80 => 10,
        }
    }

    /// What sealing adds to an RTP packet, bytes.
    #[must_use]
    pub const fn rtp_overhead(self) -> usize {
        self.tag_len()
    }

    /// What sealing adds to an RTCP packet, bytes.
    #[must_use]
    pub const fn rtcp_overhead(self) -> usize {
        self.tag_len() + RTCP_INDEX_LEN
    }

    /// Stable name, for metrics and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Profile::AeadAes128Gcm => "aead_aes_128_gcm",
            Profile::AeadAes256Gcm => "aead_aes_256_gcm",
            Profile::AesCm128HmacSha1_80 => "aes_cm_128_hmac_sha1_80",
        }
    }
}

/// One direction's master key and salt. Not shown by `Debug`.
#[derive(Clone)]
pub struct MasterKey {
    profile: Profile,
    key: [u8; KEY_LEN_MAX],
    salt: [u8; SALT_LEN_MAX],
}

impl MasterKey {
    /// `None` unless both have the lengths that the profile demands.
    #[must_use]
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Self> {
        if key.len() != profile.key_len() || salt.len() != profile.salt_len() {
            return None;
        }
        let mut master = MasterKey { profile, key: [0; KEY_LEN_MAX], salt: [0; SALT_LEN_MAX] };
        master.key[..key.len()].copy_from_slice(key);
        // RFC 7714 section 11 keeps RFC 3711's derivation with its salt of 112 bits: the shorter one is padded with zeros.
        master.salt[..salt.len()].copy_from_slice(salt);
        Some(master)
    }

    /// Under which profile it is used.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    fn key(&self) -> &[u8] {
        &self.key[..self.profile.key_len()]
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// What a DTLS handshake yields (RFC 5764 section 4.2).
#[derive(Debug, Clone)]
pub struct SrtpKeys {
    /// For what the DTLS client sends.
    pub client: MasterKey,
    /// For what the DTLS server sends.
    pub server: MasterKey,
}

impl SrtpKeys {
    /// Takes the exported keying material apart: client key, server key, client salt, server salt. `None` when its length
    /// is not the profile's.
    #[must_use]
    pub fn from_exported(profile: Profile, material: &[u8]) -> Option<Self> {
        let (keys, salts) = material.split_at_checked(2 * profile.key_len())?;
        let (client_key, server_key) = keys.split_at(profile.key_len());
        let (client_salt, server_salt) = salts.split_at_checked(profile.salt_len())?;
        Some(SrtpKeys {
            client: MasterKey::new(profile, client_key, client_salt)?,
            server: MasterKey::new(profile, server_key, server_salt)?,
        })
    }

    /// The profile of both directions.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.client.profile
    }
}

/// Why a packet was not opened. Drop it; the opener is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SrtpError {
    /// Too short, not version 2, or a header longer than the packet.
    #[error("malformed packet")]
    Malformed,
    /// The tag is wrong.
    #[error("packet is not authentic")]
    NotAuthentic,
    /// Seen before.
    #[error("packet was replayed")]
    Replayed,
    /// So old that it cannot be told whether it was seen before.
    #[error("packet is older than the replay window")]
    TooOld,
    /// More SSRCs than the limit.
    #[error("too many sources")]
    SourceLimit,
}

/// The length of an RTP header with CSRCs and extension, or `None` when the packet is not RTP or shorter than it says.
#[must_use]
pub fn rtp_header_len(packet: &[u8]) -> Option<usize> {
    if packet.len() < RTP_HEADER_LEN || packet[0] >> 6 != 2 {
        return None;
    }
    let mut len = RTP_HEADER_LEN + 4 * usize::from(packet[0] & 0x0F);
    if packet[0] & 0x10 != 0 {
        let words = packet.get(len + 2..len + 4)?;
        len += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (len <= packet.len()).then_some(len)
}

/// The caller knows that the bytes are there.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests;
