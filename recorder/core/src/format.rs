//! What a decoder must know before the first sample, as CMAF and HLS say it.

use bytes::Bytes;

/// How a track is encoded. Two equal ones share an init segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The sample entry's type: `avc1`, `vp09`, `av01`, `Opus`, `mp4a`.
    pub entry: [u8; 4],
    /// The box in it that configures the decoder, by type and payload: `avcC`, `vpcC`, `av1C`, `dOps`, `esds`.
    pub configuration: ([u8; 4], Bytes),
    /// As in `EXT-X-STREAM-INF`'s `CODECS` (RFC 6381).
    pub codecs: String,
    /// Picture or sound.
    pub shape: Shape,
}

/// The size of a picture or the shape of a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In pixels, at least 1.
    Video {
        /// Pixels across.
        width: u16,
        /// Pixels down.
        height: u16,
    },
    /// Channels and samples a second.
    Audio {
        /// 1 or more.
        channels: u8,
        /// In Hz.
        sample_rate: u32,
    },
}

impl Format {
    /// A picture's, in pixels across and down.
    #[must_use]
    pub fn size(&self) -> Option<(u16, u16)> {
        match self.shape {
            Shape::Video { width, height } => Some((width, height)),
            Shape::Audio { .. } => None,
        }
    }

    /// Ticks of a track's clock in a second: RTP's 90 kHz for pictures, the sample rate for sound.
    #[must_use]
    pub fn timescale(&self) -> u32 {
        match self.shape {
            Shape::Video { .. } => 90_000,
            Shape::Audio { sample_rate, .. } => sample_rate,
        }
    }
}

/// How a picture is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Clockwise, 0 to 3: how cameras were held.
    pub quarter_turns: u8,
    /// Width and height of a pixel.
    pub pixel_aspect: (u32, u32),
}

impl Default for Geometry {
    fn default() -> Self {
        Self { quarter_turns: 0, pixel_aspect: (1, 1) }
    }
}

/// What a room's video may be recorded in. VP8 is not among them: no player takes it in MP4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoCodec {
    /// RFC 6184.
    H264,
    /// RFC 9628.
    Vp9,
    /// RTP payload format for AV1, 1.0.
    Av1,
}
