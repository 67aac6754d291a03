//! The RTCP that clients exchange with a server (RFC 3550, RFC 4585, RFC 5104), as few packet types as that takes.

/// Missing packets named in one NACK.
pub const NACK_NUMBERS_MAX: usize = 128;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const NACK: u8 = 1;
const PLI: u8 = 1;
const FIR: u8 = 4;

/// What a receiver asks a sender for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// PLI or FIR: a keyframe of the stream with this SSRC.
    Keyframe(u32),
    /// NACK: these packets of the stream with this SSRC.
    Repeat(u32, Vec<u16>),
}

/// What a receiver reports of one stream (RFC 3550 section 6.4.2).
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportBlock {
    /// Whose packets.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Lost in all.
    pub lost: u32,
    /// The highest sequence number, with its cycles.
    pub highest: u32,
}

/// A receiver report.
#[must_use]
pub fn receiver_report(sender: u32, blocks: &[ReportBlock]) -> Vec<u8> {
    let mut packet = head(blocks.len() as u8 & 0x1f, RECEIVER_REPORT, sender);
    for block in blocks.iter().take(0x1f) {
        packet.extend_from_slice(&block.ssrc.to_be_bytes());
        packet.extend_from_slice(&(u32::from(block.fraction_lost) << 24 | block.lost.min(0x7f_ffff)).to_be_bytes());
        packet.extend_from_slice(&block.highest.to_be_bytes());
        // No jitter is measured, and without an opened sender report there is no round trip to tell.
        packet.extend_from_slice(&[0; 12]);
    }
    finish(packet)
}

/// A sender report: at `ntp` (RFC 3550 section 4) the stream stood at `timestamp`.
#[must_use]
pub fn sender_report(ssrc: u32, ntp: u64, timestamp: u32, packets: u32, bytes: u32) -> Vec<u8> {
    let mut packet = head(0, SENDER_REPORT, ssrc);
    packet.extend_from_slice(&ntp.to_be_bytes());
    for word in [timestamp, packets, bytes] {
        packet.extend_from_slice(&word.to_be_bytes());
    }
    finish(packet)
}

/// A request for a keyframe.
#[must_use]
pub fn picture_loss(sender: u32, media: u32) -> Vec<u8> {
    let mut packet = head(PLI, PAYLOAD_FEEDBACK, sender);
    packet.extend_from_slice(&media.to_be_bytes());
    finish(packet)
}

/// A request for packets, [`NACK_NUMBERS_MAX`] at most; `numbers` ascend.
#[must_use]
pub fn nack(sender: u32, media: u32, numbers: &[u16]) -> Vec<u8> {
    let mut packet = head(NACK, TRANSPORT_FEEDBACK, sender);
    packet.extend_from_slice(&media.to_be_bytes());
    let mut numbers = numbers.iter().take(NACK_NUMBERS_MAX).copied().peekable();
    while let Some(first) = numbers.next() {
        let mut following = 0u16;
        while let Some(bit) =
            numbers.peek().map(|number| number.wrapping_sub(first).wrapping_sub(1)).filter(|bit| *bit < 16)
        {
            following |= 1 << bit;
            numbers.next();
        }
        packet.extend_from_slice(&first.to_be_bytes());
        packet.extend_from_slice(&following.to_be_bytes());
    }
    finish(packet)
}

/// The requests in a compound packet; what is not understood is passed over.
#[must_use]
pub fn requests(mut compound: &[u8]) -> Vec<Request> {
    let mut found = Vec::new();
    while let [first, kind, high, low, ..] = *compound {
        let len = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        let Some((packet, rest)) = compound.split_at_checked(len) else { break };
        compound = rest;
        let words: Vec<u32> =
            packet[4..].chunks_exact(4).map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]])).collect();
        match (kind, first & 0x1f, &words[..]) {
            (PAYLOAD_FEEDBACK, PLI, [_, media, ..]) => found.push(Request::Keyframe(*media)),
            (PAYLOAD_FEEDBACK, FIR, [_, _, entries @ ..]) => {
                found.extend(entries.chunks_exact(2).map(|entry| Request::Keyframe(entry[0])));
            }
            (TRANSPORT_FEEDBACK, NACK, [_, media, entries @ ..]) => {
                let numbers = entries.iter().flat_map(|entry| {
                    let first = (entry >> 16) as u16;
                    let following = (0..16u16).filter(move |bit| entry >> bit & 1 == 1);
                    std::iter::once(first).chain(following.map(move |bit| first.wrapping_add(bit + 1)))
                });
                found.push(Request::Repeat(*media, numbers.collect()));
            }
            _ => {}
        }
    }
    found
}

fn head(count: u8, kind: u8, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80 | count, kind, 0, 0];
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet
}

/// Write the length, in words less one.
fn finish(mut packet: Vec<u8>) -> Vec<u8> {
    let words = (packet.len() / 4 - 1) as u16;
    packet[2..4].copy_from_slice(&words.to_be_bytes());
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_a_round_trip_in_one_compound() {
        let numbers = [65_535, 0, 15, 40, 41];
        let compound = [
            receiver_report(1, &[ReportBlock { ssrc: 2, fraction_lost: 3, lost: 4, highest: 5 }]),
            sender_report(1, 2, 3, 4, 5),
            nack(1, 7, &numbers),
            picture_loss(1, 8),
        ]
        .concat();
        let found = requests(&compound);
        assert_eq!(found, [Request::Repeat(7, numbers.to_vec()), Request::Keyframe(8)]);
        assert!(requests(&compound[..compound.len() - 1]).len() < 2, "a truncated end is passed over");
    }

    #[test]
    fn a_full_intra_request_names_its_stream_in_the_entry() {
        let mut fir = head(FIR, PAYLOAD_FEEDBACK, 1);
        fir.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0]);
        assert_eq!(requests(&finish(fir)), [Request::Keyframe(9)]);
    }
}
