//! What was negotiated with one peer: the output of [`crate::sdp`] and [`crate::http`], the input of the workers.

use std::fmt;
use std::sync::Arc;

use lectern_wire::dtls::Fingerprint;

/// A room's name as it stands in the URL: 1 to 64 characters of `[A-Za-z0-9_-]`, checked at the HTTP edge.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(pub Arc<str>);

/// One WHIP or WHEP session, unique in this process. Never shown to clients (the resource URL carries a secret of its own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// Index of a worker thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkerId(pub u16);

/// What is published: one WHIP session each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The tutor's camera and voice.
    Camera,
    /// The tutor's screen, with the sound of the shared tab where there is one.
    Screen,
    /// A student on stage: place `n`, from 1 on.
    Stage(u8),
}

/// Audio or video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

/// One half of a publication: what a slot is fed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId {
    /// Who sends it.
    pub source: Source,
    /// Which half.
    pub kind: MediaKind,
}

/// A codec as far as forwarding must tell one from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 7587.
    Opus,
    /// RFC 2198 redundancy around Opus; passed through.
    Red,
    /// RFC 7741.
    Vp8,
    /// RFC 9628.
    Vp9 {
        /// `profile-id`, 0 when absent.
        profile: u8,
    },
    /// RFC 6184, always `packetization-mode=1`.
    H264 {
        /// The first two bytes of `profile-level-id`: profile_idc and constraint flags (the level does not matter here).
        profile: u16,
    },
    /// AV1 RTP specification 1.0.
    Av1 {
        /// `profile`, 0 when absent.
        profile: u8,
    },
}

impl Codec {
    /// Whether a recording can hold it: what HLS players take, in the variants that the recorder asks for.
    #[must_use]
    pub fn is_recordable(self) -> bool {
        match self {
            Self::Opus | Self::Red | Self::Vp9 { .. } | Self::H264 { .. } | Self::Av1 { profile: 0 } => true,
            Self::Vp8 | Self::Av1 { .. } => false,
        }
    }
}

/// One codec of a media section, with the payload types that the offer gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadType {
    /// What it carries.
    pub codec: Codec,
    /// Its payload type.
    pub pt: u8,
    /// The payload type of its retransmissions (RFC 4588), if negotiated.
    pub rtx_pt: Option<u8>,
}

/// Negotiated identifiers (1 to 14; 0 is "not negotiated") of the RTP header extensions (RFC 8285) that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtensionIds {
    /// `urn:ietf:params:rtp-hdrext:sdes:mid`
    pub mid: u8,
    /// `urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`
    pub rid: u8,
    /// `urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id`
    pub repaired_rid: u8,
    /// `http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01`
    pub transport_cc: u8,
    /// `http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time`
    pub abs_send_time: u8,
    /// `urn:ietf:params:rtp-hdrext:ssrc-audio-level` (RFC 6464)
    pub audio_level: u8,
    /// `urn:3gpp:video-orientation`
    pub video_orientation: u8,
    /// AV1's dependency descriptor, used for every codec that carries it.
    pub dependency_descriptor: u8,
}

/// `a=mid`, at most 16 bytes.
pub type Mid = arrayvec::ArrayString<16>;
/// `a=rid`, at most 16 bytes.
pub type Rid = arrayvec::ArrayString<16>;

/// A media section that a publisher sends.
#[derive(Clone, Debug)]
pub struct ReceiveSection {
    /// Its `mid`.
    pub mid: Mid,
    /// Audio or video.
    pub kind: MediaKind,
    /// The codecs accepted, in the order of the answer.
    pub payloads: Vec<PayloadType>,
    /// The extensions accepted.
    pub extensions: ExtensionIds,
    /// The simulcast layers, lowest quality first where the names tell (`q`,`h`,`f`; `l`,`m`,`h`; else the offer's order); empty when not simulcast.
    pub rids: Vec<Rid>,
    /// SSRCs declared by `a=ssrc` with the SSRC of their retransmissions (`a=ssrc-group:FID`). Senders of simulcast declare none.
    pub ssrcs: Vec<(u32, Option<u32>)>,
}

/// What a publisher will send: at most one audio and one video section.
#[derive(Clone, Debug)]
pub struct PublisherSpec {
    /// Under which name.
    pub source: Source,
    /// One or two sections.
    pub sections: Vec<ReceiveSection>,
}

/// What a slot is fed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotRole {
    /// Video: the screen if there is one, else the camera (a viewer with one video section).
    Main,
    /// Video of one fixed source. `Video(Source::Camera)`, `Video(Source::Screen)`, `Video(Source::Stage(n))`.
    Video(Source),
    /// Audio: the tutor's voice.
    Tutor,
    /// Audio: the `n`-th (from 0) of the loudest other voices; the screen's sound comes first.
    Voice(u8),
}

/// A media section that a viewer receives.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its `mid`; also its name towards the client.
    pub mid: Mid,
    /// What it is fed from.
    pub role: SlotRole,
    /// The codecs both sides know.
    pub payloads: Vec<PayloadType>,
    /// The extensions that this viewer takes.
    pub extensions: ExtensionIds,
    /// The SSRC that the answer announced.
    pub ssrc: u32,
    /// The SSRC of its retransmissions; present iff any payload has an `rtx_pt`.
    pub rtx_ssrc: Option<u32>,
}

impl Slot {
    /// Audio or video, as its role says.
    #[must_use]
    pub fn kind(&self) -> MediaKind {
        match self.role {
            SlotRole::Main | SlotRole::Video(_) => MediaKind::Video,
            SlotRole::Tutor | SlotRole::Voice(_) => MediaKind::Audio,
        }
    }
}

/// What a viewer receives.
#[derive(Clone, Debug)]
pub struct ViewerSpec {
    /// In the order of the offer.
    pub slots: Vec<Slot>,
}

/// The client's wish for one video slot (WHEP layer extension). The default is the best there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerSelection {
    /// Send nothing in this slot.
    pub paused: bool,
    /// Cap: index of the simulcast or spatial layer, 0 the lowest.
    pub spatial_max: Option<u8>,
    /// Cap: temporal layer.
    pub temporal_max: Option<u8>,
}

/// ICE credentials of one side (RFC 8445 section 5.3).
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// 4 to 256 characters; ours start with the worker's number so that a TCP connection finds its worker.
    pub ufrag: Box<str>,
    /// 22 to 256 characters.
    pub pwd: Box<str>,
}

/// What a worker needs to reach and encrypt to a peer.
#[derive(Clone, Debug)]
pub struct TransportSpec {
    /// Ours.
    pub local: IceCredentials,
    /// The peer's.
    pub remote: IceCredentials,
    /// SHA-256 of the peer's certificate from its SDP.
    pub fingerprint: Fingerprint,
}

/// Why a session ended. The string form is the metric's label and the WHEP client's reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The client asked (`DELETE`).
    Deleted,
    /// The peer closed DTLS.
    PeerClosed,
    /// ICE and DTLS were not done in time.
    HandshakeTimeout,
    /// DTLS failed: bad fingerprint, no `use_srtp`, limits exceeded.
    HandshakeFailed,
    /// No STUN consent for 30 s (RFC 7675).
    ConsentExpired,
    /// Somebody (most often the same person after a reload) publishes this source now.
    Replaced,
    /// The room was closed or its code panicked; the client may join again.
    RoomClosed,
    /// The server is shutting down.
    Shutdown,
    /// A limit was reached.
    Refused,
    /// A moderator sent the person away.
    Removed,
    /// The person is not on stage any more.
    OffStage,
    /// The class is over.
    RoomEnded,
}

impl CloseReason {
    /// The stable name, in metrics and towards clients.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::PeerClosed => "peer_closed",
            Self::HandshakeTimeout => "handshake_timeout",
            Self::HandshakeFailed => "handshake_failed",
            Self::ConsentExpired => "consent_expired",
            Self::Replaced => "replaced",
            Self::RoomClosed => "room_closed",
            Self::Shutdown => "shutdown",
            Self::Refused => "refused",
            Self::Removed => "removed",
            Self::OffStage => "off_stage",
            Self::RoomEnded => "room_ended",
        }
    }
}

impl std::borrow::Borrow<str> for RoomId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IceCredentials {
    /// The password stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCredentials").field("ufrag", &self.ufrag).finish_non_exhaustive()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Camera => f.write_str("camera"),
            Source::Screen => f.write_str("screen"),
            Source::Stage(n) => write!(f, "stage/{n}"),
        }
    }
}
