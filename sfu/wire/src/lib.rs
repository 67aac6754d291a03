//! WebRTC's formats without sockets or clocks: STUN, DTLS, SRTP, RTP, RTCP and codec descriptors.

pub mod codec;
pub mod demux;
pub mod dtls;
pub mod rtcp;
pub mod rtp;
pub mod srtp;
pub mod stun;
