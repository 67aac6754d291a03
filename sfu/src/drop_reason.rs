//! Why a packet was not forwarded, or a datagram not taken. Every exit of the datagram path names one; the string form is
//! the label of the metric.

macro_rules! drop_reasons {
    ($($(#[$doc:meta])* $variant:ident => $label:literal,)+) => {
        /// The cause of a drop. Closed: a new exit is a new variant.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum DropReason {
            $($(#[$doc])* $variant,)+
        }

        impl DropReason {
            /// Every variant, in the order of their discriminants: `ALL[reason as usize] == reason`.
            pub const ALL: &[DropReason] = &[$(DropReason::$variant,)+];

            /// The label of the metric: stable, lower case, words joined by `_`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(DropReason::$variant => $label,)+
                }
            }
        }
    };
}

drop_reasons! {
    // Demultiplexing.
    /// The first byte belongs to no protocol of RFC 7983.
    UnknownProtocol => "unknown_protocol",
    /// No peer is known under the source address, and it is not a STUN request that could introduce one.
    UnknownPeer => "unknown_peer",

    // STUN and ICE.
    /// Not a well-formed STUN message, or one without what a check needs.
    StunMalformed => "stun_malformed",
    /// A STUN message other than a binding request or indication.
    StunUnexpected => "stun_unexpected",
    /// The ufrag belongs to nobody.
    StunUnknownUfrag => "stun_unknown_ufrag",
    /// The username is not `local:remote`, or MESSAGE-INTEGRITY or FINGERPRINT is wrong.
    StunUnauthenticated => "stun_unauthenticated",

    // DTLS.
    /// DTLS from a path without a valid STUN check.
    DtlsUnvalidatedPath => "dtls_unvalidated_path",
    /// DTLS after the handshake that does not belong to it, or after its end.
    DtlsUnexpected => "dtls_unexpected",
    /// The handshake used up its datagrams or bytes, or failed; the session ends.
    DtlsFailed => "dtls_failed",

    // SRTP.
    /// SRTP or SRTCP from a path without a valid STUN check.
    MediaUnvalidatedPath => "media_unvalidated_path",
    /// SRTP or SRTCP before the keys are there.
    MediaBeforeKeys => "media_before_keys",
    /// Too short, or a header that contradicts its length.
    SrtpMalformed => "srtp_malformed",
    /// The authentication tag is wrong.
    SrtpUnauthenticated => "srtp_unauthenticated",
    /// Seen before.
    SrtpReplayed => "srtp_replayed",
    /// Older than the replay window.
    SrtpTooOld => "srtp_too_old",
    /// The peer uses more SSRCs than it may.
    SrtpSourceLimit => "srtp_source_limit",

    // Workers.
    /// A viewer sends media; a viewer only receives.
    ViewerSendsMedia => "viewer_sends_media",
    /// A worker fell behind: the oldest packet in its queue from another worker went.
    WorkerQueueFull => "worker_queue_full",

    // ICE-TCP.
    /// A frame longer than any packet may be; the connection ends.
    TcpFrameTooLong => "tcp_frame_too_long",
    /// The peer reads more slowly than its packets come: the oldest one in its queue went.
    TcpQueueFull => "tcp_queue_full",

    // A publisher's packets in the media core.
    /// Not RTP or RTCP, or a payload that contradicts its format.
    MediaMalformed => "media_malformed",
    /// No media section claims this SSRC, payload type or layer.
    MediaUnknownStream => "media_unknown_stream",
    /// The publisher uses more SSRCs than it may.
    MediaStreamLimit => "media_stream_limit",
    /// Received before, or already recovered by a retransmission.
    MediaDuplicate => "media_duplicate",
    /// Too old for anybody to wait for it.
    MediaTooLate => "media_too_late",
    /// Far from its stream's sequence numbers, and not confirmed by its successor.
    MediaStray => "media_stray",
    /// Padding alone: a bandwidth probe.
    MediaProbe => "media_probe",
    /// Sound of somebody whom a moderator muted.
    Muted => "muted",
    /// From a publisher that was replaced.
    MediaReplaced => "media_replaced",

    // Forwarding in the media core.
    /// Nobody on this worker watches this layer.
    NotWatched => "not_watched",
    /// Above the layers of those who watch; counted once for all who watch the same.
    LayerFiltered => "layer_filtered",
    /// The viewer waits for the keyframe from which it can start.
    AwaitingKeyframe => "awaiting_keyframe",
    /// Late, and older than the packet with which the viewer began or switched.
    BeforeStart => "before_start",
    /// Nothing can be sent to the viewer at the moment.
    ViewerBlocked => "viewer_blocked",
    /// A viewer reported missing what is no longer in the history, or never came.
    ResendUnavailable => "resend_unavailable",
    /// A viewer asked for more retransmissions than it may have.
    ResendLimited => "resend_limited",
    /// RTCP that is malformed or concerns nobody.
    RtcpMalformed => "rtcp_malformed",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_unique_and_indices_are_discriminants() {
        for (index, reason) in DropReason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, index);
            assert!(reason.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert_eq!(DropReason::ALL.iter().filter(|other| other.as_str() == reason.as_str()).count(), 1);
        }
    }
}
