//! The streams of an answer: which slot is for what, and what its retransmissions repeat.

use lectern_client::VideoCodec as Codec;
use lectern_client::sdp::Section;
use lectern_recording::format::VideoCodec;
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::Picture;
use lectern_recording::sound::VOICES_MAX;

use super::reception::Reception;
use super::room::Role;

/// The sections of the offer: pictures in this order, then [`VOICES_MAX`] voices, the tutor's first.
pub(crate) const PICTURES: [Picture; 2] = [Picture::Camera, Picture::Screen];

/// One slot's stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) mid: String,
    pub(crate) role: Role,
    pub(crate) ssrc: u32,
    pub(crate) rtx_ssrc: Option<u32>,
    /// Payload types of retransmissions, and what they repeat.
    pub(crate) repeats: Vec<(u8, u8)>,
    pub(crate) reception: Option<Reception>,
}

impl Stream {
    pub(crate) fn has(&self, ssrc: u32) -> bool {
        self.ssrc == ssrc || self.rtx_ssrc == Some(ssrc)
    }
}

/// The slots that were accepted, by the order of the offer.
pub(crate) fn streams(sections: &[Section]) -> Vec<Stream> {
    let offered = PICTURES.map(Some).into_iter().chain(std::iter::repeat_n(None, VOICES_MAX));
    let mut streams = Vec::new();
    for (place, (section, picture)) in sections.iter().zip(offered).enumerate() {
        if section.rejected || section.is_video != picture.is_some() {
            continue;
        }
        let Some(ssrc) = section.ssrcs.first() else { continue };
        let role = match picture {
            Some(picture) => Role::Picture(picture, codecs(section)),
            None => {
                let Some((payload_type, _)) = section.payloads.first() else { continue };
                Role::Voice((place - PICTURES.len()) as u32, *payload_type)
            }
        };
        streams.push(Stream {
            mid: section.mid.clone(),
            role,
            ssrc: *ssrc,
            rtx_ssrc: section.rtx_ssrcs.first().copied(),
            repeats: section.retransmissions.clone(),
            reception: None,
        });
    }
    streams
}

fn codecs(section: &Section) -> Vec<(u8, VideoCodec)> {
    let known = |codec| match codec {
        Codec::H264 => Some(VideoCodec::H264),
        Codec::Vp9 => Some(VideoCodec::Vp9),
        Codec::Av1 => Some(VideoCodec::Av1),
        Codec::Vp8 => None,
    };
    section.payloads.iter().filter_map(|(payload_type, codec)| Some((*payload_type, known((*codec)?)?))).collect()
}

/// The packet that a retransmission repeats (RFC 4588 section 4): "the OSN … field", two bytes, then its payload.
pub(crate) fn repeated(packet: RtpPacket, repeats: &[(u8, u8)]) -> Option<RtpPacket> {
    let (_, payload_type) = repeats.iter().find(|(rtx, _)| *rtx == packet.payload_type)?;
    let number = packet.payload.first_chunk::<2>().map(|number| u16::from_be_bytes(*number))?;
    let payload = packet.payload.slice(2..);
    Some(RtpPacket { payload_type: *payload_type, sequence_number: number, payload, ..packet })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_retransmission_becomes_the_packet_that_it_repeats() {
        let rtx = |payload: &'static [u8], payload_type| RtpPacket {
            payload_type,
            sequence_number: 7,
            timestamp: 9,
            marker: true,
            payload: Bytes::from_static(payload),
        };
        let packet = repeated(rtx(b"\x01\x02abc", 103), &[(97, 96), (103, 102)]).unwrap();
        let expected = RtpPacket { sequence_number: 0x0102, ..rtx(b"abc", 102) };
        assert_eq!(packet, expected);
        assert_eq!(repeated(rtx(b"", 103), &[(103, 102)]), None, "a probe");
        assert_eq!(repeated(rtx(b"\x01\x02a", 99), &[(103, 102)]), None, "not negotiated");
    }

    #[test]
    fn slots_are_what_was_offered_at_their_place_and_accepted() {
        let section = |is_video: bool, ssrc: u32, payloads: &[(u8, Option<Codec>)]| Section {
            mid: ssrc.to_string(),
            is_video,
            ssrcs: vec![ssrc],
            payloads: payloads.to_vec(),
            ..Section::default()
        };
        let video = [(102, Some(Codec::H264)), (96, Some(Codec::Vp8)), (45, Some(Codec::Av1))];
        let mut sections = vec![section(true, 1, &video), section(true, 2, &video)];
        sections.extend((3..20).map(|ssrc| section(false, ssrc, &[(111, None)])));
        sections[1].rejected = true;
        sections[3].ssrcs.clear();
        let found = streams(&sections);
        let roles: Vec<_> = found.iter().map(|stream| (stream.ssrc, stream.role.clone())).collect();
        let codecs = vec![(102, VideoCodec::H264), (45, VideoCodec::Av1)];
        let voices = (0..VOICES_MAX as u32).filter(|number| *number != 1);
        let expected: Vec<_> = std::iter::once((1, Role::Picture(Picture::Camera, codecs)))
            .chain(voices.map(|number| (number + 3, Role::Voice(number, 111))))
            .collect();
        assert_eq!(roles, expected);
    }
}
