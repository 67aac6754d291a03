//! Offers of real clients are answered with what they need, and no offer, however broken, harms the server.

use lectern_sfu::sdp::{
    Candidate, CandidateTransport, Description, IceFragment, Limited, Limits, Local, Negotiated, SdpError,
    answer_publisher, answer_viewer,
};
use lectern_sfu::session::{Codec, IceCredentials, MediaKind, PublisherSpec, SlotRole, Source, ViewerSpec};
use lectern_wire::dtls::Fingerprint;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const CHROMIUM_SIMULCAST: &str = include_str!("fixtures/chromium_whip_simulcast.sdp");
const CHROMIUM_SENDRECV: &str = include_str!("fixtures/chromium_whip_sendrecv.sdp");
const CHROMIUM_SCREEN: &str = include_str!("fixtures/chromium_whip_screen.sdp");
const CHROMIUM_PLAIN: &str = include_str!("fixtures/chromium_whep_plain.sdp");
const CHROMIUM_SLOTS: &str = include_str!("fixtures/chromium_whep_slots.sdp");
const FIREFOX_SIMULCAST: &str = include_str!("fixtures/firefox_whip_simulcast.sdp");
const FIREFOX_SLOTS: &str = include_str!("fixtures/firefox_whep_slots.sdp");
const AIORTC_WHIP: &str = include_str!("fixtures/aiortc_whip.sdp");
const AIORTC_WHEP: &str = include_str!("fixtures/aiortc_whep.sdp");
const GSTREAMER: &str = include_str!("fixtures/gstreamer_whip.sdp");
const OBS: &str = include_str!("fixtures/obs_whip.sdp");
const ALL: [&str; 11] = [
    CHROMIUM_SIMULCAST,
    CHROMIUM_SENDRECV,
    CHROMIUM_SCREEN,
    CHROMIUM_PLAIN,
    CHROMIUM_SLOTS,
    FIREFOX_SIMULCAST,
    FIREFOX_SLOTS,
    AIORTC_WHIP,
    AIORTC_WHEP,
    GSTREAMER,
    OBS,
];

fn local() -> (IceCredentials, Fingerprint, Vec<Candidate>) {
    let credentials = IceCredentials { ufrag: "0000abcd".into(), pwd: "p".repeat(24).into() };
    let candidates = vec![
        Candidate::host(CandidateTransport::Udp, "192.0.2.1:7000".parse().unwrap(), 0),
        Candidate::host(CandidateTransport::TcpPassive, "[2001:db8::1]:7443".parse().unwrap(), 0),
    ];
    (credentials, Fingerprint([0xab; 32]), candidates)
}

fn publish(offer: &str) -> Result<Negotiated<PublisherSpec>, SdpError> {
    publish_into(false, offer)
}

/// In a room that is recorded, or not.
fn publish_into(recorded: bool, offer: &str) -> Result<Negotiated<PublisherSpec>, SdpError> {
    let (credentials, fingerprint, candidates) = local();
    let local = Local { credentials: &credentials, fingerprint: &fingerprint, candidates: &candidates, origin: 1 };
    let limits = Limits::default();
    answer_publisher(&Description::parse(offer, &limits)?, Source::Camera, recorded, &local, &limits)
}

fn watch_within(offer: &str, limits: &Limits) -> Result<Negotiated<ViewerSpec>, SdpError> {
    let (credentials, fingerprint, candidates) = local();
    let local = Local { credentials: &credentials, fingerprint: &fingerprint, candidates: &candidates, origin: 1 };
    let mut random = StdRng::seed_from_u64(1);
    answer_viewer(&Description::parse(offer, limits)?, &local, limits, &mut random)
}

fn watch(offer: &str) -> Result<Negotiated<ViewerSpec>, SdpError> {
    watch_within(offer, &Limits::default())
}

fn lines<'a>(answer: &'a str, prefix: &'a str) -> Vec<&'a str> {
    answer.lines().filter_map(|line| line.strip_prefix(prefix)).collect()
}

#[test]
fn a_room_that_is_recorded_takes_no_picture_that_cannot_be() {
    let is_vp8 = |codec: &Codec| *codec == Codec::Vp8;
    for offer in [CHROMIUM_SIMULCAST, CHROMIUM_SENDRECV, CHROMIUM_SCREEN, FIREFOX_SIMULCAST, AIORTC_WHIP, OBS] {
        let negotiated = publish_into(true, offer).unwrap();
        let codecs = |spec: &PublisherSpec| -> Vec<Codec> {
            spec.sections.iter().flat_map(|section| section.payloads.iter().map(|p| p.codec)).collect()
        };
        let mut otherwise = codecs(&publish(offer).unwrap().spec);
        otherwise.retain(|codec| !is_vp8(codec));
        assert_eq!(codecs(&negotiated.spec), otherwise, "the rest as it was, sound too");
        assert!(!negotiated.answer.contains("VP8"), "{}", negotiated.answer);
    }
    // What has nothing but VP8 is told so, and not answered with its sound alone.
    assert!(publish(GSTREAMER).is_ok());
    let refused = publish_into(true, GSTREAMER).unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("sdp_codec_not_recordable", 406));
}

#[test]
fn chromium_publishes_simulcast_with_every_codec() {
    let Negotiated { spec, transport, answer, .. } = publish(CHROMIUM_SIMULCAST).unwrap();
    let [audio, video] = &spec.sections[..] else { panic!("{spec:?}") };
    assert_eq!((audio.kind, video.kind), (MediaKind::Audio, MediaKind::Video));
    assert_eq!(audio.payloads.iter().map(|p| p.codec).collect::<Vec<_>>(), [Codec::Opus, Codec::Red]);
    let codecs: Vec<Codec> = video.payloads.iter().map(|p| p.codec).collect();
    let h264 = |profile| Codec::H264 { profile };
    let expected = [Codec::Vp8, h264(0x42e0), h264(0x42e0), h264(0x4d00), Codec::Av1 { profile: 0 }];
    assert_eq!(codecs[..5], expected);
    assert_eq!(codecs[5..], [Codec::Vp9 { profile: 0 }, Codec::Vp9 { profile: 2 }]);
    assert!(video.payloads.iter().all(|p| p.rtx_pt.is_some()));
    assert_eq!(video.rids.iter().map(|rid| rid.as_str()).collect::<Vec<_>>(), ["q", "h", "f"]);
    let ids = video.extensions;
    assert_eq!([ids.transport_cc, ids.mid, ids.rid, ids.repaired_rid, ids.dependency_descriptor], [3, 4, 10, 11, 12]);
    assert_eq!(ids.abs_send_time, 0);
    assert_eq!(&*transport.remote.ufrag, "QReS");
    assert_eq!(transport.fingerprint.0[..2], [0x64, 0x4a]);

    for line in ["a=ice-lite", "a=group:BUNDLE 0 1", "a=extmap-allow-mixed", "a=simulcast:recv q;h;f", "a=rid:q recv"] {
        assert!(answer.lines().any(|l| l == line), "{line} in\n{answer}");
    }
    assert_eq!(lines(&answer, "a=setup:"), ["passive", "passive"]);
    assert_eq!(lines(&answer, "a=fmtp:111 "), ["minptime=10;useinbandfec=1"]);
    assert_eq!(lines(&answer, "a=rtcp-fb:96 "), ["transport-cc", "ccm fir", "nack", "nack pli"]);
    assert_eq!(answer.matches("a=recvonly").count(), 2);
    assert!(!answer.contains("goog-remb") && !answer.contains("packetization-mode=0"));
    let candidates = lines(&answer, "a=candidate:");
    assert_eq!(candidates.len(), 2, "in the first section only");
    assert!(answer.lines().all(|line| !line.is_empty()) && answer.ends_with("\r\n"));
}

#[test]
fn a_data_channel_is_refused_alone_and_sendrecv_is_taken() {
    let Negotiated { spec, answer, .. } = publish(CHROMIUM_SENDRECV).unwrap();
    assert_eq!(spec.sections.len(), 2);
    assert_eq!(lines(&answer, "a=group:"), ["BUNDLE 0 1"]);
    assert_eq!(lines(&answer, "m=application "), ["0 UDP/DTLS/SCTP webrtc-datachannel"]);
    assert_eq!(lines(&answer, "a=mid:"), ["0", "1", "2"]);
}

#[test]
fn firefox_publishes_simulcast_behind_session_level_fingerprints() {
    let Negotiated { spec, transport, answer, .. } = publish(FIREFOX_SIMULCAST).unwrap();
    let video = &spec.sections[1];
    assert_eq!(video.rids.iter().map(|rid| rid.as_str()).collect::<Vec<_>>(), ["l", "m", "h"]);
    assert_eq!(video.ssrcs.len(), 3);
    assert_eq!(video.ssrcs[0], (570_876_391, Some(1_170_556_775)));
    assert_eq!(
        video.payloads.iter().map(|p| p.codec).collect::<Vec<_>>(),
        [Codec::Vp8, Codec::Vp9 { profile: 0 }, Codec::Av1 { profile: 0 }]
    );
    assert_eq!([video.extensions.rid, video.extensions.dependency_descriptor], [9, 8]);
    assert_eq!(transport.fingerprint.0[0], 0x37);
    assert_eq!(lines(&answer, "a=fmtp:109 "), ["maxplaybackrate=48000;stereo=1;useinbandfec=1"]);
}

#[test]
fn clients_that_are_no_browsers_publish() {
    let obs = publish(OBS).unwrap();
    assert_eq!(obs.spec.sections[1].payloads[0].codec, Codec::H264 { profile: 0x42e0 });
    assert_eq!(obs.spec.sections[1].ssrcs, [(3_388_068_601, None)]);
    assert_eq!(&*obs.transport.remote.ufrag, "nxcM");
    let gstreamer = publish(GSTREAMER).unwrap();
    assert_eq!(lines(&gstreamer.answer, "a=group:"), ["BUNDLE video0 audio1"]);
    assert_eq!(gstreamer.spec.sections.len(), 2, "bundle-only has port 0 and is used");
    let aiortc = publish(AIORTC_WHIP).unwrap();
    assert_eq!(aiortc.spec.sections[1].payloads[0].codec, Codec::Vp8);
    assert_eq!(aiortc.spec.sections[1].ssrcs, [(2_391_559_955, Some(3_896_151_343))]);
    let screen = publish(CHROMIUM_SCREEN).unwrap();
    assert_eq!(screen.spec.sections.len(), 1);
}

#[test]
fn a_viewer_gets_its_slots_in_order() {
    let Negotiated { spec, answer, media_lines, .. } = watch(CHROMIUM_SLOTS).unwrap();
    let roles: Vec<SlotRole> = spec.slots.iter().map(|slot| slot.role).collect();
    let voice = SlotRole::Voice;
    let video = SlotRole::Video;
    assert_eq!(roles, [SlotRole::Tutor, voice(0), voice(1), voice(2), video(Source::Camera), video(Source::Screen)]);
    assert_eq!(media_lines, [0, 1, 2, 3, 4, 5]);
    let mut ssrcs: Vec<u32> = spec.slots.iter().flat_map(|slot| [Some(slot.ssrc), slot.rtx_ssrc]).flatten().collect();
    assert_eq!(ssrcs.len(), 8, "RTX for video only");
    ssrcs.sort_unstable();
    ssrcs.dedup();
    assert_eq!(ssrcs.len(), 8);
    assert_eq!(answer.matches("a=sendonly").count(), 6);
    assert_eq!(lines(&answer, "a=msid:")[0], "tutor tutor-voice");
    assert_eq!(lines(&answer, "a=msid:")[4..], ["tutor camera", "screen screen"]);
    let camera = &spec.slots[4];
    let group = format!("{} {}", camera.ssrc, camera.rtx_ssrc.unwrap());
    assert!(lines(&answer, "a=ssrc-group:FID ").contains(&group.as_str()));
    assert_eq!([camera.extensions.rid, camera.extensions.mid, camera.extensions.abs_send_time], [0, 4, 2]);
}

#[test]
fn a_plain_player_gets_picture_and_sound() {
    for (offer, count) in [(CHROMIUM_PLAIN, 2), (AIORTC_WHEP, 2)] {
        let Negotiated { spec, .. } = watch(offer).unwrap();
        assert_eq!(spec.slots.len(), count);
        assert!(spec.slots.iter().any(|slot| slot.role == SlotRole::Main));
        assert!(spec.slots.iter().any(|slot| slot.role == SlotRole::Tutor));
    }
    let firefox = watch(FIREFOX_SLOTS).unwrap().spec;
    assert_eq!(firefox.slots.len(), 4);
}

#[test]
fn slots_beyond_the_limit_are_refused_alone() {
    let limits = Limits { audio_slots_max: 1, video_slots_max: 1, ..Limits::default() };
    let Negotiated { spec, answer, media_lines, .. } = watch_within(CHROMIUM_SLOTS, &limits).unwrap();
    assert_eq!(spec.slots.iter().map(|slot| slot.role).collect::<Vec<_>>(), [SlotRole::Tutor, SlotRole::Main]);
    assert_eq!(media_lines, [0, 4]);
    assert_eq!(lines(&answer, "a=group:"), ["BUNDLE 0 4"]);
    assert_eq!(lines(&answer, "m=audio 0 ").len(), 3);
    assert_eq!(lines(&answer, "m=video 0 ").len(), 1);
    assert_eq!(lines(&answer, "a=mid:"), ["0", "1", "2", "3", "4", "5"]);
}

#[test]
fn what_is_missing_is_named() {
    let without = |text: &str, prefix: &str| -> String {
        text.lines().filter(|line| !line.starts_with(prefix)).map(|line| format!("{line}\r\n")).collect()
    };
    let refused = |offer: &str| publish(offer).unwrap_err();
    let chromium = |prefix: &str| refused(&without(CHROMIUM_SIMULCAST, prefix));
    assert_eq!(chromium("a=group"), SdpError::BundleRequired);
    assert_eq!(chromium("a=rtcp-mux"), SdpError::RtcpMuxRequired);
    assert_eq!(chromium("a=ice-ufrag"), SdpError::MissingIceCredentials);
    assert_eq!(chromium("a=fingerprint"), SdpError::MissingFingerprint);
    assert_eq!(chromium("a=mid"), SdpError::BadMid);
    assert_eq!(chromium("a=rtpmap"), SdpError::NoCommonCodec);
    assert_eq!(chromium("a=rid:q"), SdpError::BadSimulcast);
    assert_eq!(chromium("m="), SdpError::NoMedia);
    assert_eq!(chromium("v="), SdpError::Malformed { line: 1 });
    let replaced = |from: &str, to: &str| refused(&CHROMIUM_SIMULCAST.replace(from, to));
    assert_eq!(replaced("a=setup:actpass", "a=setup:passive"), SdpError::SetupPassive);
    assert_eq!(replaced("sha-256", "sha-1"), SdpError::MissingFingerprint);
    assert_eq!(replaced("a=sendonly", "a=recvonly"), SdpError::NoMedia);
    assert_eq!(replaced("a=mid:1", "a=mid:0"), SdpError::BadMid);
    assert_eq!(replaced("s=-", "s"), SdpError::Malformed { line: 3 });
    assert_eq!(refused(&CHROMIUM_SLOTS.replace("a=recvonly", "a=sendonly")), SdpError::TooManyTracks);
    assert_eq!(watch(CHROMIUM_SIMULCAST).unwrap_err(), SdpError::NoMedia);
    for (error, status) in [(SdpError::NoCommonCodec, 406), (SdpError::MissingFingerprint, 422)] {
        assert_eq!(error.status(), status);
    }
}

#[test]
fn each_limit_holds_at_its_value_and_one_past_it() {
    let offer = "v=0\r\na=x\r\na=candidate:1\r\nm=audio 0 RTP/SAVPF\r\na=candidate:2\r\n";
    let exact = Limits {
        bytes_max: offer.len(),
        lines_max: 5,
        line_bytes_max: 19,
        sections_max: 1,
        attributes_max: 2,
        candidates_max: 2,
        ..Limits::default()
    };
    assert!(Description::parse(offer, &exact).is_ok());
    let refused = |limits: Limits| Description::parse(offer, &limits).unwrap_err();
    assert_eq!(refused(Limits { bytes_max: offer.len() - 1, ..exact.clone() }).code(), "sdp_too_large");
    let past = |limits: Limits| match refused(limits) {
        SdpError::LimitExceeded { what, .. } => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(past(Limits { lines_max: 4, ..exact.clone() }), Limited::Lines);
    assert_eq!(past(Limits { line_bytes_max: 18, ..exact.clone() }), Limited::LineBytes);
    assert_eq!(past(Limits { sections_max: 0, ..exact.clone() }), Limited::Sections);
    assert_eq!(past(Limits { attributes_max: 1, ..exact.clone() }), Limited::Attributes);
    assert_eq!(past(Limits { candidates_max: 1, ..exact }), Limited::Candidates);
}

/// Bytes, lines and words of real offers are changed at random; whatever comes out is answered or refused, and an
/// answer never has another shape than one section for each of the offer's.
#[test]
fn mutated_offers_never_panic() {
    for seed in 0..6_000_u64 {
        let mut random = StdRng::seed_from_u64(seed);
        let offer = mutate(ALL[random.random_range(0..ALL.len())], &mut random);
        let sections = offer.lines().filter(|line| line.starts_with("m=")).count();
        for answer in [publish(&offer).map(|n| n.answer), watch(&offer).map(|n| n.answer)].into_iter().flatten() {
            assert_eq!(lines(&answer, "m=").len(), sections, "seed {seed}");
            assert!(answer.len() < 4 * offer.len() + 8_192, "seed {seed}");
            assert!(answer.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "seed {seed}");
        }
        let _ = IceFragment::parse(&offer, &Limits::default());
    }
}

fn mutate(offer: &str, random: &mut StdRng) -> String {
    let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..lines.len());
        let other = random.random_range(0..lines.len());
        match random.random_range(0..8) {
            0 => drop(lines.remove(at)),
            1 => lines.swap(at, other),
            2 => lines.insert(at, lines[other].clone()),
            3 => {
                let length = lines[at].len();
                lines[at].truncate(random.random_range(0..=length));
            }
            4 => lines[at] = lines[at].replace(char::is_numeric, ["", "9", "99999999999", "-1"][other % 4]),
            5 => lines[at] = lines[at].replace([':', '=', ';', '/', ','], [" ", ":", "\t", "\u{fffd}"][other % 4]),
            6 => lines[at] = lines[at].split(' ').rev().collect::<Vec<_>>().join(" "),
            _ => {
                let mut bytes = lines[at].clone().into_bytes();
                for _ in 0..random.random_range(1..4) {
                    if !bytes.is_empty() {
                        let position = random.random_range(0..bytes.len());
                        bytes[position] = random.random();
                    }
                }
                lines[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\r\n")
}
