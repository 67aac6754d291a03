//! Outgoing keys.

use super::cipher::{CM_TAG_LEN, Cipher, GCM_TAG_LEN};
use super::{
    MasterKey, Profile, RTCP_ENCRYPTED, RTCP_HEADER_LEN, RTCP_INDEX_LEN, RTCP_INDEX_MAX, RTP_HEADER_LEN, RTP_INDEX_MAX,
    u32_at,
};

/// Seals what goes to one peer.
///
/// The caller owns the numbering of RTP: the same SSRC and index must never be sealed twice with different content. (The
/// same content twice, as a plain repetition, yields the same bytes and gives nothing away.)
#[derive(Debug)]
pub struct Sealer {
    profile: Profile,
    pub(super) rtp: Cipher,
    pub(super) rtcp: Cipher,
    /// The next SRTCP index. One counter for all SSRCs: the index must be unique for each, and may have gaps.
    pub(super) rtcp_index: u32,
}

impl Sealer {
    /// Derives the session keys; nothing is derived later.
    #[must_use]
    pub fn new(master: &MasterKey) -> Self {
        Sealer {
            profile: master.profile(),
            rtp: Cipher::rtp(master),
            rtcp: Cipher::rtcp(master),
            // libsrtp starts at 1 as well: some receivers take index 0 for "nothing received yet".
            rtcp_index: 1,
        }
    }

    /// The profile, which says how much sealing adds.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Seals the RTP packet in the first `plain_len` bytes of `packet`, whose header (CSRCs and extension included) is
    /// `header_len` bytes, in place. Returns its new length, [`Profile::rtp_overhead`] more.
    ///
    /// `index` is the extended sequence number, ROC and SEQ; its low 16 bits are those of the packet. `None`, and nothing
    /// is to be sent, when `packet` has no room for the tag, the lengths contradict each other, or the index has more than
    /// 48 bits (the keys are used up).
    #[must_use]
    pub fn seal_rtp(&self, index: u64, packet: &mut [u8], header_len: usize, plain_len: usize) -> Option<usize> {
        let len = self.check_rtp(index, packet, header_len, plain_len)?;
        let ssrc = u32_at(packet, 8);
        let (header, rest) = packet[..len].split_at_mut(header_len);
        let (text, tag) = rest.split_at_mut(plain_len - header_len);
        match &self.rtp {
            Cipher::Gcm(gcm) => gcm.seal(gcm.rtp_nonce(ssrc, index), header, text, tag)?,
            Cipher::Cm(cm) => {
                cm.apply(ssrc, index, text)?;
                let (authenticated, tag) = packet[..len].split_at_mut(plain_len);
                tag.copy_from_slice(&cm.tag(authenticated, &roc(index)));
            }
        }
        Some(len)
    }

    /// As [`Sealer::seal_rtp`], with the payload taken from `payload`, where it stays as it is: `packet` holds the header
    /// only. With GCM this saves the copy.
    #[must_use]
    pub fn seal_rtp_from(&self, index: u64, packet: &mut [u8], header_len: usize, payload: &[u8]) -> Option<usize> {
        let plain_len = header_len.checked_add(payload.len())?;
        let len = self.check_rtp(index, packet, header_len, plain_len)?;
        let Cipher::Gcm(gcm) = &self.rtp else {
            packet[header_len..plain_len].copy_from_slice(payload);
            return self.seal_rtp(index, packet, header_len, plain_len);
        };
        let ssrc = u32_at(packet, 8);
        let (header, rest) = packet[..len].split_at_mut(header_len);
        let (text, tag) = rest.split_at_mut(payload.len());
        gcm.seal_from(gcm.rtp_nonce(ssrc, index), header, payload, text, tag)?;
        Some(len)
    }

    /// Seals the (compound) RTCP packet in the first `plain_len` bytes of `packet` in place. Returns its new length,
    /// [`Profile::rtcp_overhead`] more. `None` when there is no room, it is no RTCP packet, or all 2^31 indices are used up.
    #[must_use]
    pub fn seal_rtcp(&mut self, packet: &mut [u8], plain_len: usize) -> Option<usize> {
        let len = plain_len.checked_add(self.profile.rtcp_overhead())?;
        if plain_len < RTCP_HEADER_LEN || packet.len() < len || self.rtcp_index > RTCP_INDEX_MAX {
            return None;
        }
        let index = self.rtcp_index;
        self.rtcp_index += 1;
        let ssrc = u32_at(packet, 4);
        let trailer = (RTCP_ENCRYPTED | index).to_be_bytes();
        match &self.rtcp {
            Cipher::Gcm(gcm) => {
                // RFC 7714 section 9.2 and 17: header, ciphertext, tag, E and index; the last is authenticated too.
                let mut aad = [0; RTCP_HEADER_LEN + RTCP_INDEX_LEN];
                aad[..RTCP_HEADER_LEN].copy_from_slice(&packet[..RTCP_HEADER_LEN]);
                aad[RTCP_HEADER_LEN..].copy_from_slice(&trailer);
                let (text, rest) = packet[RTCP_HEADER_LEN..len].split_at_mut(plain_len - RTCP_HEADER_LEN);
                let (tag, end) = rest.split_at_mut(GCM_TAG_LEN);
                gcm.seal(gcm.rtcp_nonce(ssrc, index), &aad, text, tag)?;
                end.copy_from_slice(&trailer);
            }
            Cipher::Cm(cm) => {
                // RFC 3711 section 3.4: header, ciphertext, E and index, tag.
                cm.apply(ssrc, u64::from(index), &mut packet[RTCP_HEADER_LEN..plain_len])?;
                packet[plain_len..plain_len + RTCP_INDEX_LEN].copy_from_slice(&trailer);
                let (authenticated, tag) = packet[..len].split_at_mut(len - CM_TAG_LEN);
                tag.copy_from_slice(&cm.tag(authenticated, &[]));
            }
        }
        Some(len)
    }

    /// The sealed length, if everything fits.
    fn check_rtp(&self, index: u64, packet: &[u8], header_len: usize, plain_len: usize) -> Option<usize> {
        let len = plain_len.checked_add(self.profile.rtp_overhead())?;
        let fits = RTP_HEADER_LEN <= header_len && header_len <= plain_len && len <= packet.len();
        (fits && index <= RTP_INDEX_MAX).then_some(len)
    }
}

/// The rollover counter, which CM authenticates behind the packet (RFC 3711 section 4.2).
pub(super) fn roc(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}
