//! Why an offer was refused.

use std::fmt;

/// Why an offer was refused. [`SdpError::code`] is stable and part of the protocol (`docs/protocol.md`);
/// [`SdpError::status`] is the HTTP status that RFC 9725 and the WHEP draft ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// More bytes than [`super::Limits::bytes_max`].
    #[error("the SDP is larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// One of the other limits.
    #[error("the SDP has more than {max} {what}")]
    LimitExceeded {
        /// Which one.
        what: Limited,
        /// The limit.
        max: usize,
    },
    /// Not SDP at all, or a line (counted from 1) that cannot be read.
    #[error("line {line} is not valid SDP")]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// No `a=group:BUNDLE`, or one that names no section.
    #[error("all media sections must be in one BUNDLE group (RFC 9143)")]
    BundleRequired,
    /// `a=rtcp-mux` is missing in a section that would be used.
    #[error("RTP and RTCP must be multiplexed: a=rtcp-mux is missing (RFC 8834)")]
    RtcpMuxRequired,
    /// No usable `a=ice-ufrag` and `a=ice-pwd`.
    #[error("a=ice-ufrag or a=ice-pwd is missing or has a length out of range (RFC 8839)")]
    MissingIceCredentials,
    /// No SHA-256 fingerprint.
    #[error("a valid a=fingerprint:sha-256 is missing (RFC 8122)")]
    MissingFingerprint,
    /// The peer wants to be the DTLS server, too.
    #[error("a=setup must be actpass or active: this end is the DTLS server (RFC 8842)")]
    SetupPassive,
    /// Two sections share a `mid`, or a section has none, or it is too long.
    #[error("each media section needs an a=mid of its own, at most 16 characters (RFC 5888)")]
    BadMid,
    /// A publisher that sends two audio or two video sections.
    #[error("a publisher sends at most one audio and one video section")]
    TooManyTracks,
    /// No section that could be used: none of audio or video, or all in the wrong direction.
    #[error("there is no audio or video section in the right direction")]
    NoMedia,
    /// There are sections, but none with a codec that Lectern forwards.
    #[error("there is no codec in common: Opus; VP8, VP9, AV1 or H.264 with packetization-mode=1")]
    NoCommonCodec,
    /// A publisher has no codec that a recording can hold, in a room that is recorded.
    #[error(
        "this class is recorded: send H.264 (packetization-mode=1), VP9 or AV1 (profile 0); VP8 cannot be recorded"
    )]
    NotRecordable,
    /// `a=rid` and `a=simulcast` contradict each other or cannot be read.
    #[error("a=simulcast and a=rid do not fit together (RFC 8853)")]
    BadSimulcast,
}

/// Which limit was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// [`super::Limits::lines_max`]
    Lines,
    /// [`super::Limits::line_bytes_max`]
    LineBytes,
    /// [`super::Limits::sections_max`]
    Sections,
    /// [`super::Limits::attributes_max`]
    Attributes,
    /// [`super::Limits::payload_types_max`]
    PayloadTypes,
    /// [`super::Limits::candidates_max`]
    Candidates,
    /// [`super::Limits::rids_max`]
    Rids,
    /// [`super::Limits::ssrcs_max`]
    Ssrcs,
}

impl SdpError {
    /// The stable name of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "sdp_too_large",
            Self::LimitExceeded { .. } => "sdp_limit_exceeded",
            Self::Malformed { .. } => "sdp_malformed",
            Self::BundleRequired => "sdp_bundle_required",
            Self::RtcpMuxRequired => "sdp_rtcp_mux_required",
            Self::MissingIceCredentials => "sdp_missing_ice_credentials",
            Self::MissingFingerprint => "sdp_missing_fingerprint",
            Self::SetupPassive => "sdp_setup_passive",
            Self::BadMid => "sdp_bad_mid",
            Self::TooManyTracks => "sdp_too_many_tracks",
            Self::NoMedia => "sdp_no_media",
            Self::NoCommonCodec => "sdp_no_common_codec",
            Self::NotRecordable => "sdp_codec_not_recordable",
            Self::BadSimulcast => "sdp_bad_simulcast",
        }
    }

    /// The HTTP status: 400 what cannot be read, 406 no common codec, 413 too much, 422 the rest.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::NoCommonCodec | Self::NotRecordable => 406,
            Self::TooLarge { .. } | Self::LimitExceeded { .. } => 413,
            Self::BundleRequired
            | Self::RtcpMuxRequired
            | Self::MissingIceCredentials
            | Self::MissingFingerprint
            | Self::SetupPassive
            | Self::BadMid
            | Self::TooManyTracks
            | Self::NoMedia
            | Self::BadSimulcast => 422,
        }
    }
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lines => "lines",
            Self::LineBytes => "bytes in a line",
            Self::Sections => "media sections",
            Self::Attributes => "attributes in a section",
            Self::PayloadTypes => "payload types in a section",
            Self::Candidates => "candidates",
            Self::Rids => "simulcast layers",
            Self::Ssrcs => "SSRCs in a section",
        })
    }
}
