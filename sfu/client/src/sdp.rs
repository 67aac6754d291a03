//! Offers as browsers write them (RFC 8866, RFC 8829, RFC 9143).

use std::fmt::Write as _;
use std::net::SocketAddr;

use lectern_wire::dtls::Fingerprint;

use crate::VideoCodec;

pub use crate::answer::{Answer, AnswerError, Section};

/// ICE credentials (RFC 8445 section 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Names the session.
    pub ufrag: String,
    /// Authenticates the checks.
    pub pwd: String,
}

impl Credentials {
    /// Fresh ones.
    #[must_use]
    pub fn random() -> Self {
        Self { ufrag: ice_chars(8), pwd: ice_chars(24) }
    }
}

fn ice_chars(len: usize) -> String {
    const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..len).map(|_| char::from(ICE_CHARS[usize::from(rand::random::<u8>() & 63)])).collect()
}

/// How this side is reached.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its credentials.
    pub credentials: Credentials,
    /// Of its certificate.
    pub fingerprint: Fingerprint,
    /// Its only host candidate. Without one the server must answer wherever checks come from (RFC 8445 section 7.3.1.3), as
    /// a lite agent does.
    pub address: Option<SocketAddr>,
}

/// Opus' payload type, as Chromium numbers it.
const OPUS_PT: u8 = 111;

/// What is offered of each codec: payload type, as Chromium numbers it (its retransmissions have the next one), and
/// `a=fmtp`. A publisher sends the first of its codec; a viewer, which takes what comes, offers every profile.
const FORMATS: [(VideoCodec, u8, &str); 8] = [
    (VideoCodec::Vp8, 96, ""),
    (VideoCodec::Vp9, 98, "profile-id=0"),
    (VideoCodec::Vp9, 100, "profile-id=2"),
    (VideoCodec::H264, 102, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
    (VideoCodec::H264, 112, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"),
    (VideoCodec::H264, 114, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f"),
    (VideoCodec::H264, 116, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"),
    (VideoCodec::Av1, 45, "level-idx=5;profile=0;tier=0"),
];

fn formats(codec: VideoCodec) -> impl Iterator<Item = (VideoCodec, u8, &'static str)> {
    FORMATS.into_iter().filter(move |(of, ..)| *of == codec)
}

/// Header extensions that are known here, with the identifiers that the offers give them.
pub const EXTENSIONS: [(Extension, u8, &str); 5] = [
    (Extension::Mid, 1, "urn:ietf:params:rtp-hdrext:sdes:mid"),
    (Extension::Rid, 2, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
    (Extension::RepairedRid, 3, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"),
    (Extension::TransportCc, 4, "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"),
    (Extension::AudioLevel, 5, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"),
];

/// A header extension (RFC 8285).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// RFC 9143.
    Mid,
    /// RFC 8852.
    Rid,
    /// RFC 8852.
    RepairedRid,
    /// Transport-wide congestion control.
    TransportCc,
    /// RFC 6464.
    AudioLevel,
}

/// Which video a publisher sends.
#[derive(Clone, Debug)]
pub struct VideoOffer {
    /// With what it is encoded.
    pub codec: VideoCodec,
    /// The simulcast layers, lowest first; without any, the stream and its retransmissions are declared by SSRC.
    pub rids: Vec<&'static str>,
    /// SSRC of the stream and of its retransmissions, when there are no rids.
    pub ssrcs: (u32, u32),
}

/// The offer of a WHIP client: one voice (`mid` 0) and one picture (`mid` 1).
#[must_use]
pub fn publisher_offer(local: &Local, audio_ssrc: u32, video: &VideoOffer) -> String {
    let mut sdp = session_part(local, 2);
    section_head(&mut sdp, local, "audio", &[OPUS_PT], 0, "sendonly");
    extensions(&mut sdp, &[Extension::Mid, Extension::TransportCc, Extension::AudioLevel]);
    opus(&mut sdp);
    let _ = write!(sdp, "a=msid:lectern voice\r\na=ssrc:{audio_ssrc} cname:lectern\r\n");

    let formats: Vec<_> = formats(video.codec).take(1).collect();
    section_head(&mut sdp, local, "video", &payload_types(&formats), 1, "sendonly");
    extensions(&mut sdp, &[Extension::Mid, Extension::Rid, Extension::RepairedRid, Extension::TransportCc]);
    video_formats(&mut sdp, &formats);
    sdp.push_str("a=msid:lectern picture\r\n");
    if video.rids.is_empty() {
        let (ssrc, rtx_ssrc) = video.ssrcs;
        let _ = write!(sdp, "a=ssrc-group:FID {ssrc} {rtx_ssrc}\r\n");
        let _ = write!(sdp, "a=ssrc:{ssrc} cname:lectern\r\na=ssrc:{rtx_ssrc} cname:lectern\r\n");
    } else {
        for rid in &video.rids {
            let _ = write!(sdp, "a=rid:{rid} send\r\n");
        }
        let _ = write!(sdp, "a=simulcast:send {}\r\n", video.rids.join(";"));
    }
    sdp
}

/// The offer of a WHEP client: so many pictures, then so many voices, and these codecs, the preferred one first, in each
/// picture. It offers no transport-wide feedback: who watches so takes what comes.
#[must_use]
pub fn viewer_offer(local: &Local, codecs: &[VideoCodec], video_slots: usize, audio_slots: usize) -> String {
    let mut sdp = session_part(local, video_slots + audio_slots);
    let formats: Vec<_> = codecs.iter().flat_map(|codec| formats(*codec)).collect();
    for mid in 0..video_slots {
        section_head(&mut sdp, local, "video", &payload_types(&formats), mid, "recvonly");
        extensions(&mut sdp, &[Extension::Mid]);
        video_formats(&mut sdp, &formats);
    }
    for mid in video_slots..video_slots + audio_slots {
        section_head(&mut sdp, local, "audio", &[OPUS_PT], mid, "recvonly");
        extensions(&mut sdp, &[Extension::Mid, Extension::AudioLevel]);
        opus(&mut sdp);
    }
    sdp
}

fn session_part(local: &Local, sections: usize) -> String {
    let session = rand::random::<u64>() >> 1;
    let family = if local.address.is_none_or(|address| address.is_ipv4()) { "IP4 127.0.0.1" } else { "IP6 ::1" };
    let mids: Vec<String> = (0..sections).map(|mid| mid.to_string()).collect();
    format!(
        "v=0\r\no=- {session} 2 IN {family}\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\na=extmap-allow-mixed\r\n\
         a=msid-semantic: WMS *\r\n",
        mids.join(" ")
    )
}

fn section_head(sdp: &mut String, local: &Local, kind: &str, pts: &[u8], mid: usize, direction: &str) {
    // RFC 8840 section 4.1.1: "0.0.0.0 … and the port number of 9 (Discard)" stand for no candidate.
    let address = local.address.unwrap_or(SocketAddr::from(([0; 4], 9)));
    let (ip, port) = (address.ip(), address.port());
    let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
    let pts: Vec<String> = pts.iter().map(u8::to_string).collect();
    let _ = write!(
        sdp,
        "m={kind} {port} UDP/TLS/RTP/SAVPF {}\r\nc=IN {family} {ip}\r\na=rtcp:9 IN {family} {ip}\r\n",
        pts.join(" ")
    );
    if local.address.is_some() {
        let _ = write!(sdp, "a=candidate:1 1 udp 2130706431 {ip} {port} typ host\r\na=end-of-candidates\r\n");
    }
    let Credentials { ufrag, pwd } = &local.credentials;
    let _ = write!(
        sdp,
        "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=fingerprint:{}\r\na=setup:actpass\r\na=mid:{mid}\r\n\
         a={direction}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
        local.fingerprint,
    );
}

fn extensions(sdp: &mut String, wanted: &[Extension]) {
    for (_, id, uri) in EXTENSIONS.iter().filter(|(extension, ..)| wanted.contains(extension)) {
        let _ = write!(sdp, "a=extmap:{id} {uri}\r\n");
    }
}

fn opus(sdp: &mut String) {
    let pt = OPUS_PT;
    let _ = write!(sdp, "a=rtpmap:{pt} opus/48000/2\r\na=fmtp:{pt} minptime=10;useinbandfec=1\r\n");
    let _ = write!(sdp, "a=rtcp-fb:{pt} transport-cc\r\n");
}

/// Each with its retransmissions.
fn payload_types(formats: &[(VideoCodec, u8, &str)]) -> Vec<u8> {
    formats.iter().flat_map(|(_, pt, _)| [*pt, pt + 1]).collect()
}

fn video_formats(sdp: &mut String, formats: &[(VideoCodec, u8, &str)]) {
    for (codec, pt, parameters) in formats {
        let _ = write!(sdp, "a=rtpmap:{pt} {}/90000\r\n", codec.name());
        for feedback in ["transport-cc", "ccm fir", "nack", "nack pli"] {
            let _ = write!(sdp, "a=rtcp-fb:{pt} {feedback}\r\n");
        }
        if !parameters.is_empty() {
            let _ = write!(sdp, "a=fmtp:{pt} {parameters}\r\n");
        }
        let _ = write!(sdp, "a=rtpmap:{} rtx/90000\r\na=fmtp:{} apt={pt}\r\n", pt + 1, pt + 1);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn local() -> Local {
        let credentials = Credentials::random();
        Local { credentials, fingerprint: Fingerprint([0xab; 32]), address: Some(([127, 0, 0, 1], 4000).into()) }
    }

    #[test]
    fn an_offer_reads_like_its_own_answer() {
        let local = local();
        let video = VideoOffer { codec: VideoCodec::Vp8, rids: vec![], ssrcs: (5, 6) };
        let parsed = Answer::parse(&publisher_offer(&local, 4, &video)).unwrap();
        assert_eq!(parsed.credentials, local.credentials);
        assert_eq!(parsed.fingerprint, local.fingerprint);
        assert_eq!(parsed.candidates, [local.address.unwrap()]);
        let [audio, video] = &parsed.sections[..] else { panic!("two sections") };
        assert_eq!((audio.is_video, &audio.payloads[..], &audio.ssrcs[..]), (false, &[(111, None)][..], &[4][..]));
        assert_eq!((video.is_video, &video.ssrcs[..], &video.rtx_ssrcs[..]), (true, &[5][..], &[6][..]));
        assert_eq!(video.payloads, [(96, Some(VideoCodec::Vp8))]);
        assert_eq!(video.retransmissions, [(97, 96)]);
        assert_eq!((video.mid.as_str(), video.extension(Extension::TransportCc)), ("1", 4));
        assert_eq!(audio.extension(Extension::Rid), 0);
    }

    #[test]
    fn without_a_candidate_it_is_left_to_the_server_to_see_where_checks_come_from() {
        let offer = viewer_offer(&Local { address: None, ..local() }, &[VideoCodec::H264], 1, 0);
        assert!(offer.contains("m=video 9 ") && offer.contains("c=IN IP4 0.0.0.0\r\n") && !offer.contains("candidate"));
    }

    #[test]
    fn simulcast_names_its_layers_and_no_ssrcs() {
        let video = VideoOffer { codec: VideoCodec::H264, rids: vec!["q", "h", "f"], ssrcs: (5, 6) };
        let offer = publisher_offer(&local(), 4, &video);
        assert!(offer.contains("a=simulcast:send q;h;f\r\n"));
        assert!(!offer.contains("a=ssrc:5"));
    }

    #[test]
    fn a_viewer_offers_its_slots_in_order() {
        let parsed = Answer::parse(&viewer_offer(&local(), &[VideoCodec::H264, VideoCodec::Av1], 2, 4)).unwrap();
        let kinds: Vec<bool> = parsed.sections.iter().map(|section| section.is_video).collect();
        assert_eq!(kinds, [true, true, false, false, false, false]);
        let [h264, av1] = [VideoCodec::H264, VideoCodec::Av1].map(Some);
        assert_eq!(parsed.sections[1].payloads, [(102, h264), (112, h264), (114, h264), (116, h264), (45, av1)]);
        assert_eq!(parsed.sections[1].retransmissions.last(), Some(&(46, 45)));
    }
}
