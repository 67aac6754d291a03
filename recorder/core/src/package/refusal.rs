//! Why an uploaded file cannot be packaged, in words for whoever uploaded it.

/// Each says what to do; [`Refusal::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither of the containers that are read.
    #[error("the file is no MP4, MOV or WebM: export it as MP4 with H.264 and AAC")]
    ContainerUnknown,
    /// By the name that the container gives it.
    #[error("{0} is not supported: export the video as MP4 with H.264 (or VP9, AV1) and AAC or Opus")]
    CodecUnsupported(String),
    /// Something of the container that is not read.
    #[error("the file has {0}: export it as plain MP4")]
    FeatureUnsupported(&'static str),
    /// There is neither picture nor sound.
    #[error("the file holds neither picture nor sound")]
    NoMedia,
    /// A decryption key would be needed.
    #[error("the file is encrypted (DRM): upload an unprotected copy")]
    Encrypted,
    /// It contradicts its format, or is cut off.
    #[error("the file is damaged at byte {at}, {what}: export or upload it again")]
    Damaged {
        /// Of the file, from 0.
        at: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// Longer than [`DURATION_MAX`](super::DURATION_MAX).
    #[error("the video is longer than 12 hours: upload it in parts")]
    TooLong,
    /// An index, a frame, a list that is larger than any honest one.
    #[error("{0}: export the video with usual settings")]
    TooLarge(&'static str),
    /// No keyframe for longer than a segment may be.
    #[error("from {at_s} s on there is no keyframe for too long: export the video with one every ten seconds or less")]
    KeyframesTooFar {
        /// Where the segment began, in seconds of the video.
        at_s: u64,
    },
}

impl Refusal {
    /// Stable, for problem documents and rows.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ContainerUnknown => "container_unknown",
            Self::CodecUnsupported(_) => "codec_unsupported",
            Self::FeatureUnsupported(_) => "feature_unsupported",
            Self::NoMedia => "no_media",
            Self::Encrypted => "encrypted",
            Self::Damaged { .. } => "damaged",
            Self::TooLong => "too_long",
            Self::TooLarge(_) => "too_large",
            Self::KeyframesTooFar { .. } => "keyframes_too_far",
        }
    }
}
