//! WebRTC's formats without sockets or clocks: STUN, DTLS, SRTP, RTP, RTCP and codec descriptors.
