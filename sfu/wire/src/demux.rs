//! What a datagram on a WebRTC port is (RFC 7983 section 7, RFC 5761 section 4).

/// The protocol of a datagram, told from its first two bytes. It promises nothing about the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// First byte 0 to 3.
    Stun,
    /// First byte 20 to 63.
    Dtls,
    /// First byte 128 to 191 and no RTCP packet type in the second.
    Rtp,
    /// First byte 128 to 191 and a second byte of 192 to 223: RTP payload types 64 to 95 are not used with rtcp-mux.
    Rtcp,
    /// Nothing that belongs here, or nothing at all.
    Unknown,
}

impl Kind {
    /// The protocol of `datagram`.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Kind {
        match datagram {
            [0..=3, ..] => Kind::Stun,
            [20..=63, ..] => Kind::Dtls,
            [128..=191, 192..=223, ..] => Kind::Rtcp,
            [128..=191, _, ..] => Kind::Rtp,
            _ => Kind::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_protocol_at_both_sides_of_each_border() {
        let cases: &[(&[u8], Kind)] = &[
            (&[], Kind::Unknown),
            (&[0], Kind::Stun),
            (&[3, 1], Kind::Stun),
            (&[4, 1], Kind::Unknown),
            (&[19, 1], Kind::Unknown),
            (&[20, 1], Kind::Dtls),
            (&[63, 1], Kind::Dtls),
            (&[64, 1], Kind::Unknown),
            (&[127, 200], Kind::Unknown),
            (&[128, 191], Kind::Rtp),
            (&[128, 192], Kind::Rtcp),
            (&[191, 223], Kind::Rtcp),
            (&[191, 224], Kind::Rtp),
            (&[192, 200], Kind::Unknown),
            (&[128], Kind::Unknown),
        ];
        for (datagram, kind) in cases {
            assert_eq!(Kind::of(datagram), *kind, "{datagram:?}");
        }
    }
}
