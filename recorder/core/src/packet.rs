//! An RTP packet as the recorder keeps it: what the payload formats need, and no more.

use bytes::Bytes;
use lectern_wire::rtp::{Packet, RtpError};

/// One packet of one stream; which stream is the caller's to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpPacket {
    /// 0 to 127: how the payload is encoded, as negotiated.
    pub payload_type: u8,
    /// Wraps.
    pub sequence_number: u16,
    /// In units of the payload type's clock, wraps.
    pub timestamp: u32,
    /// The last packet of a video frame.
    pub marker: bool,
    /// Without padding. Empty in packets that probe for bandwidth.
    pub payload: Bytes,
}

impl RtpPacket {
    /// Reads a decrypted packet; the payload is shared with it, not copied.
    ///
    /// # Errors
    /// See [`RtpError`]; drop the packet.
    pub fn parse(datagram: &Bytes) -> Result<Self, RtpError> {
        let packet = Packet::parse(datagram)?;
        Ok(Self {
            payload_type: packet.payload_type,
            sequence_number: packet.sequence_number,
            timestamp: packet.timestamp,
            marker: packet.marker,
            payload: datagram.slice_ref(packet.payload),
        })
    }
}
