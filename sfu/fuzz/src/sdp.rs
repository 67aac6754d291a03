//! Offers and ICE fragments, as they come from any client with a token.

use std::time::Instant;

use lectern_sfu::media::{MediaLimits, PublisherKey, Room, ViewerKey};
use lectern_sfu::sdp::{
    Candidate, CandidateTransport, Description, IceFragment, Limits, Local, Negotiated, SdpError, answer_publisher,
    answer_viewer, write_fragment,
};
use lectern_sfu::session::{IceCredentials, PublisherSpec, Source, ViewerSpec};
use lectern_wire::dtls::Fingerprint;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub(crate) fn run(bytes: &[u8]) {
    let limits = Limits::default();
    let text = String::from_utf8_lossy(bytes);
    let _ = IceFragment::parse(&text, &limits);
    let mut room = Room::new(&MediaLimits::default(), true, 1);
    let now = Instant::now();
    if let Ok(negotiated) = publish(&text, Source::Camera) {
        sound(&text, &negotiated, negotiated.spec.sections.iter().map(|section| section.mid.as_str()));
        assert!(negotiated.spec.sections.len() <= 2);
        room.add_publisher(now, PublisherKey(0), &negotiated.spec).expect("there is room for one");
    }
    if let Ok(negotiated) = watch(&text) {
        sound(&text, &negotiated, negotiated.spec.slots.iter().map(|slot| slot.mid.as_str()));
        let slots = &negotiated.spec.slots;
        assert!(slots.len() <= limits.audio_slots_max + limits.video_slots_max);
        let ssrcs = || slots.iter().flat_map(|slot| [Some(slot.ssrc), slot.rtx_ssrc]).flatten();
        let distinct = ssrcs().collect::<std::collections::HashSet<_>>();
        assert!(distinct.len() == ssrcs().count() && !distinct.contains(&0));
        room.add_viewer(now, ViewerKey(0), &negotiated.spec).expect("there is room for one");
        room.viewer_ready(now, ViewerKey(0));
    }
}

/// Reads an offer as a publisher's.
pub(crate) fn publish(offer: &str, source: Source) -> Result<Negotiated<PublisherSpec>, SdpError> {
    let limits = Limits::default();
    let recorded = source == Source::Screen;
    with_local(|local| answer_publisher(&Description::parse(offer, &limits)?, source, recorded, local, &limits))
}

/// Reads an offer as a viewer's.
pub(crate) fn watch(offer: &str) -> Result<Negotiated<ViewerSpec>, SdpError> {
    let limits = Limits::default();
    let mut random = StdRng::seed_from_u64(1);
    with_local(|local| answer_viewer(&Description::parse(offer, &limits)?, local, &limits, &mut random))
}

fn with_local<T>(use_it: impl FnOnce(&Local<'_>) -> T) -> T {
    let credentials = IceCredentials { ufrag: "0000abcd".into(), pwd: "p".repeat(24).into() };
    let address = std::net::SocketAddr::from(([192, 0, 2, 1], 7_000));
    let candidates = [Candidate::host(CandidateTransport::Udp, address, 0)];
    use_it(&Local {
        credentials: &credentials,
        fingerprint: &Fingerprint([0xAB; 32]),
        candidates: &candidates,
        origin: 1,
    })
}

/// What holds for every answer: its shape is the offer's, its size is bounded, and no line of it was smuggled in.
fn sound<'a, S>(offer: &str, negotiated: &Negotiated<S>, mids: impl Iterator<Item = &'a str>) {
    let answer = &negotiated.answer;
    let sections = |text: &str| text.lines().filter(|line| line.starts_with("m=")).count();
    assert_eq!(sections(answer), sections(offer));
    assert!(answer.len() <= 4 * offer.len() + 8_192);
    assert!(answer.ends_with("\r\n") && answer.split("\r\n").all(|line| !line.contains(['\r', '\n'])));
    let mids: Vec<_> = mids.collect();
    assert!(mids.iter().enumerate().all(|(i, mid)| !mids[..i].contains(mid)), "a mid names one section");
    let fragment = write_fragment(&negotiated.fragment_head, &negotiated.transport.local, &[]);
    let read = IceFragment::parse(&fragment, &Limits::default()).expect("own fragments are well formed");
    assert_eq!(read.credentials.as_ref(), Some(&negotiated.transport.local));
}
