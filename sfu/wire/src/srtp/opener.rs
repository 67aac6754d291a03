//! Incoming keys.

use super::cipher::{CM_TAG_LEN, Cipher, GCM_TAG_LEN};
use super::replay::ReplayWindow;
use super::sealer::roc;
use super::{
    MasterKey, Profile, RTCP_ENCRYPTED, RTCP_HEADER_LEN, RTCP_INDEX_LEN, RTP_INDEX_MAX, SrtpError, rtp_header_len,
    u32_at,
};

/// 512 packets: a second of video at 5 Mbit/s, so that a late repetition still finds its place.
type RtpWindow = ReplayWindow<8>;
/// 128 packets.
type RtcpWindow = ReplayWindow<2>;

/// How many SSRCs one peer may use. Each costs 88 bytes (RTP) or 40 bytes (RTCP), and nothing before its first packet
/// proved authentic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLimits {
    /// For RTP: each simulcast layer and its retransmissions, and audio.
    pub rtp: usize,
    /// For RTCP: each SSRC that sends reports.
    pub rtcp: usize,
}

impl Default for SourceLimits {
    /// 32 each: four times what three layers with retransmissions and a voice need.
    fn default() -> Self {
        SourceLimits { rtp: 32, rtcp: 32 }
    }
}

/// An RTP packet that proved authentic and is plain now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Length of the header with CSRCs and extension.
    pub header_len: usize,
    /// Length of header and payload: what is left of the packet.
    pub len: usize,
    /// Whose it is.
    pub ssrc: u32,
    /// Extended sequence number, ROC and SEQ: 48 bits.
    pub index: u64,
}

/// Opens what comes from one peer.
///
/// The first SSRCs up to the limit are all that a peer gets: none is ever evicted, since the packets of an evicted one
/// could be replayed.
#[derive(Debug)]
pub struct Opener {
    profile: Profile,
    pub(super) rtp: Cipher,
    pub(super) rtcp: Cipher,
    limits: SourceLimits,
    pub(super) rtp_sources: Vec<(u32, RtpWindow)>,
    pub(super) rtcp_sources: Vec<(u32, RtcpWindow)>,
}

impl Opener {
    /// Derives the session keys; nothing is derived later.
    #[must_use]
    pub fn new(master: &MasterKey, limits: SourceLimits) -> Self {
        Opener {
            profile: master.profile(),
            rtp: Cipher::rtp(master),
            rtcp: Cipher::rtcp(master),
            limits,
            rtp_sources: Vec::new(),
            rtcp_sources: Vec::new(),
        }
    }

    /// Checks and decrypts an SRTP packet in place.
    ///
    /// # Errors
    /// See [`SrtpError`]; `packet` is worthless then, and the opener unchanged.
    pub fn open_rtp(&mut self, packet: &mut [u8]) -> Result<Opened, SrtpError> {
        let plain_len = packet.len().checked_sub(self.profile.tag_len()).ok_or(SrtpError::Malformed)?;
        let header_len = rtp_header_len(&packet[..plain_len]).ok_or(SrtpError::Malformed)?;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let ssrc = u32_at(packet, 8);
        let place = self.rtp_sources.iter().position(|(known, _)| *known == ssrc);
        let index = match place {
            Some(place) => {
                let window = &self.rtp_sources[place].1;
                let index = extend(window.highest(), sequence).ok_or(SrtpError::TooOld)?;
                window.check(index)?;
                index
            }
            None if self.rtp_sources.len() >= self.limits.rtp => return Err(SrtpError::SourceLimit),
            None => u64::from(sequence),
        };

        let (plain, tag) = packet.split_at_mut(plain_len);
        match &self.rtp {
            Cipher::Gcm(gcm) => {
                let (header, text) = plain.split_at_mut(header_len);
                gcm.open(gcm.rtp_nonce(ssrc, index), header, text, tag)
            }
            Cipher::Cm(cm) => {
                cm.verify(plain, &roc(index), tag).and_then(|()| cm.apply(ssrc, index, &mut plain[header_len..]))
            }
        }
        .ok_or(SrtpError::NotAuthentic)?;

        match place {
            Some(place) => self.rtp_sources[place].1.accept(index),
            None => {
                let mut window = RtpWindow::new();
                window.accept(index);
                self.rtp_sources.push((ssrc, window));
            }
        }
        Ok(Opened { header_len, len: plain_len, ssrc, index })
    }

    /// Checks and decrypts an SRTCP packet in place; returns the length of the plain (compound) packet.
    ///
    /// # Errors
    /// See [`SrtpError`]; `packet` is worthless then, and the opener unchanged.
    pub fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let plain_len = packet.len().checked_sub(self.profile.rtcp_overhead()).ok_or(SrtpError::Malformed)?;
        if plain_len < RTCP_HEADER_LEN || packet[0] >> 6 != 2 {
            return Err(SrtpError::Malformed);
        }
        let ssrc = u32_at(packet, 4);
        let trailer_at = match &self.rtcp {
            Cipher::Gcm(_) => plain_len + GCM_TAG_LEN,
            Cipher::Cm(_) => plain_len,
        };
        let trailer = u32_at(packet, trailer_at);
        if trailer & RTCP_ENCRYPTED == 0 {
            return Err(SrtpError::Malformed);
        }
        let index = trailer & !RTCP_ENCRYPTED;
        let place = self.rtcp_sources.iter().position(|(known, _)| *known == ssrc);
        match place {
            Some(place) => self.rtcp_sources[place].1.check(u64::from(index))?,
            None if self.rtcp_sources.len() >= self.limits.rtcp => return Err(SrtpError::SourceLimit),
            None => {}
        }

        match &self.rtcp {
            Cipher::Gcm(gcm) => {
                let mut aad = [0; RTCP_HEADER_LEN + RTCP_INDEX_LEN];
                aad[..RTCP_HEADER_LEN].copy_from_slice(&packet[..RTCP_HEADER_LEN]);
                aad[RTCP_HEADER_LEN..].copy_from_slice(&trailer.to_be_bytes());
                let (plain, rest) = packet.split_at_mut(plain_len);
                gcm.open(gcm.rtcp_nonce(ssrc, index), &aad, &mut plain[RTCP_HEADER_LEN..], &rest[..GCM_TAG_LEN])
            }
            Cipher::Cm(cm) => {
                let (authenticated, tag) = packet.split_at_mut(plain_len + RTCP_INDEX_LEN);
                debug_assert_eq!(tag.len(), CM_TAG_LEN);
                cm.verify(authenticated, &[], tag)
                    .and_then(|()| cm.apply(ssrc, u64::from(index), &mut authenticated[RTCP_HEADER_LEN..plain_len]))
            }
        }
        .ok_or(SrtpError::NotAuthentic)?;

        match place {
            Some(place) => self.rtcp_sources[place].1.accept(u64::from(index)),
            None => {
                let mut window = RtcpWindow::new();
                window.accept(u64::from(index));
                self.rtcp_sources.push((ssrc, window));
            }
        }
        Ok(plain_len)
    }
}

/// The extended sequence number nearest to the highest one seen (RFC 3711 section 3.3.1); `None` when it would lie before
/// the first or beyond the last.
fn extend(highest: Option<u64>, sequence: u16) -> Option<u64> {
    let Some(highest) = highest else { return Some(u64::from(sequence)) };
    let distance = sequence.wrapping_sub(highest as u16) as i16;
    highest.checked_add_signed(i64::from(distance)).filter(|index| *index <= RTP_INDEX_MAX)
}
