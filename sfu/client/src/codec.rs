//! The video codecs that these clients offer.

use std::str::FromStr;

/// What a video stream is encoded with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoCodec {
    /// RFC 7741.
    Vp8,
    /// RFC 9628.
    Vp9,
    /// RFC 6184, packetization mode 1.
    H264,
    /// AV1 RTP specification.
    Av1,
}

/// A name that is none of [`VideoCodec::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a codec that is known here")]
pub struct UnknownCodec;

impl VideoCodec {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Vp8, Self::Vp9, Self::H264, Self::Av1];

    /// As `a=rtpmap` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "VP8",
            Self::Vp9 => "VP9",
            Self::H264 => "H264",
            Self::Av1 => "AV1",
        }
    }
}

impl FromStr for VideoCodec {
    type Err = UnknownCodec;

    /// RFC 4855 section 3: such names do not depend on case.
    fn from_str(name: &str) -> Result<Self, UnknownCodec> {
        Self::ALL.into_iter().find(|codec| name.eq_ignore_ascii_case(codec.name())).ok_or(UnknownCodec)
    }
}
