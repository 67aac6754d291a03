//! RTP packets, decrypted or not.

use lectern_wire::rtp::{Header, Packet, red_primary, write_header};
use lectern_wire::srtp::rtp_header_len;

pub(crate) fn run(bytes: &[u8]) {
    let header_len = rtp_header_len(bytes);
    let Ok(packet) = Packet::parse(bytes) else { return };
    // What SRTP authenticates as the header and what is read as the header must be the same bytes.
    let header_len = header_len.expect("a packet that is read has a header");
    assert_eq!(header_len + packet.payload.len() + usize::from(packet.padding), bytes.len());

    let extensions: Vec<_> = packet.extensions.iter().collect();
    for (id, data) in &extensions {
        assert!(*id != 0 && packet.extensions.find(*id).is_some() && data.len() <= 255);
    }
    assert_eq!(packet.extensions.find(0), None);
    if let Some((payload_type, newest)) = red_primary(packet.payload) {
        assert!(payload_type < 128 && newest.len() < packet.payload.len());
    }
    written_and_read_again(&packet, &extensions);
}

fn written_and_read_again(packet: &Packet<'_>, extensions: &[(u8, &[u8])]) {
    let header = Header {
        marker: packet.marker,
        padding: false,
        payload_type: packet.payload_type,
        sequence_number: packet.sequence_number,
        timestamp: packet.timestamp,
        ssrc: packet.ssrc,
    };
    let mut out = [0; 2_048];
    let Some(len) = write_header(&header, extensions, &mut out) else { return };
    let again = Packet::parse(&out[..len]).expect("own packets are well formed");
    assert_eq!((again.marker, again.payload_type, again.ssrc), (packet.marker, packet.payload_type, packet.ssrc));
    assert_eq!((again.sequence_number, again.timestamp), (packet.sequence_number, packet.timestamp));
    assert_eq!(again.extensions.iter().collect::<Vec<_>>(), extensions);
}
