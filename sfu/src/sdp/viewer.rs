//! The answer to a viewer (WHEP): its media sections are slots, which are filled later without renegotiation.

use std::fmt::Write as _;

use arrayvec::ArrayString;
use rand::{Rng, RngExt as _};

use crate::session::{MediaKind, Slot, SlotRole, Source, ViewerSpec};

use super::answer::{Accepted, Local, Negotiated, Reply, accept, bundle_transport, conclude};
use super::description::{Description, Direction, Section};
use super::error::SdpError;
use super::extension_match::Flow;
use super::limits::Limits;

/// Negotiates a viewer: sendonly, one SSRC and one for RTX per slot from `random`, every common codec in each slot.
///
/// # Errors
/// Any [`SdpError`] but those of [`Description::parse`]. Sections beyond the slots there are, of another kind, in another
/// direction or without a common codec are answered with port 0, as long as one remains.
pub fn answer_viewer(
    offer: &Description<'_>,
    local: &Local<'_>,
    limits: &Limits,
    random: &mut impl Rng,
) -> Result<Negotiated<ViewerSpec>, SdpError> {
    let mut replies = Vec::with_capacity(offer.sections.len());
    let mut room = (limits.audio_slots_max, limits.video_slots_max);
    let mut wanted = false;
    for section in &offer.sections {
        let reply = slot_candidate(offer, section).map(|kind| {
            wanted = true;
            let free = if kind == MediaKind::Audio { &mut room.0 } else { &mut room.1 };
            let accepted = if *free == 0 { None } else { accept(offer, section, kind, Flow::Send, limits)? };
            *free -= usize::from(accepted.is_some());
            Ok(accepted)
        });
        replies.push(reply.transpose()?.flatten().map_or(Reply::Rejected(section), Reply::Accepted));
    }
    if !wanted {
        return Err(SdpError::NoMedia);
    }
    let remote = bundle_transport(offer, &replies)?;
    let videos = limits.video_slots_max - room.1;
    let mut taken = Vec::new();
    let mut count = (0, 0);
    let mut slots = Vec::new();
    for reply in &mut replies {
        let Reply::Accepted(accepted) = reply else { continue };
        let index = if accepted.kind == MediaKind::Audio { &mut count.0 } else { &mut count.1 };
        let slot = slot(accepted, role(accepted.kind, *index, videos), random, &mut taken);
        *index += 1;
        accepted.lines = slot_lines(&slot);
        slots.push(slot);
    }
    Ok(conclude(offer, &replies, Flow::Send, remote, local, ViewerSpec { slots }))
}

/// The name of the MediaStream, and the CNAME, of a slot. Camera and the tutor's voice share one, so that a browser keeps
/// lips and sound together; everything else has its own, because it must not wait for the tutor.
#[must_use]
pub fn media_stream(role: SlotRole) -> ArrayString<16> {
    let mut name = ArrayString::new();
    // The longest is "stage-255".
    let _ = match role {
        SlotRole::Main | SlotRole::Tutor | SlotRole::Video(Source::Camera) => write!(name, "tutor"),
        SlotRole::Video(Source::Screen) => write!(name, "screen"),
        SlotRole::Video(Source::Stage(n)) => write!(name, "stage-{n}"),
        SlotRole::Voice(n) => write!(name, "voice-{n}"),
    };
    name
}

/// The kind of `section` if the client wants to receive it.
fn slot_candidate(offer: &Description<'_>, section: &Section<'_>) -> Option<MediaKind> {
    let receives = matches!(offer.direction(section), Direction::RecvOnly | Direction::SendRecv);
    section.kind().filter(|_| receives && !section.disabled())
}

/// The role of the `index`-th slot of its kind (DESIGN 3.1) where there are `videos` video slots.
fn role(kind: MediaKind, index: u8, videos: usize) -> SlotRole {
    match (kind, index) {
        (MediaKind::Audio, 0) => SlotRole::Tutor,
        (MediaKind::Audio, n) => SlotRole::Voice(n - 1),
        (MediaKind::Video, 0) if videos == 1 => SlotRole::Main,
        (MediaKind::Video, 0) => SlotRole::Video(Source::Camera),
        (MediaKind::Video, 1) => SlotRole::Video(Source::Screen),
        (MediaKind::Video, n) => SlotRole::Video(Source::Stage(n - 1)),
    }
}

fn slot(accepted: &Accepted<'_, '_>, role: SlotRole, random: &mut impl Rng, taken: &mut Vec<u32>) -> Slot {
    let payloads: Vec<_> = accepted.codecs.iter().map(|codec| codec.payload).collect();
    let ssrc = fresh_ssrc(random, taken);
    let rtx_ssrc = payloads.iter().any(|payload| payload.rtx_pt.is_some()).then(|| fresh_ssrc(random, taken));
    Slot { mid: accepted.section.mid, role, payloads, extensions: accepted.extensions, ssrc, rtx_ssrc }
}

/// Unlike all before it in the session, and not 0, which some receivers take for "unknown".
fn fresh_ssrc(random: &mut impl Rng, taken: &mut Vec<u32>) -> u32 {
    loop {
        let ssrc = random.random::<u32>();
        if ssrc != 0 && !taken.contains(&ssrc) {
            taken.push(ssrc);
            return ssrc;
        }
    }
}

fn slot_lines(slot: &Slot) -> String {
    let stream = media_stream(slot.role);
    let track = match slot.role {
        SlotRole::Main => "main".to_owned(),
        SlotRole::Tutor => "tutor-voice".to_owned(),
        SlotRole::Video(Source::Camera) => "camera".to_owned(),
        SlotRole::Video(_) | SlotRole::Voice(_) => stream.to_string(),
    };
    let mut lines = format!("a=msid:{stream} {track}\r\n");
    if let Some(rtx) = slot.rtx_ssrc {
        let _ = write!(lines, "a=ssrc-group:FID {} {rtx}\r\n", slot.ssrc);
    }
    for ssrc in [Some(slot.ssrc), slot.rtx_ssrc].into_iter().flatten() {
        let _ = write!(lines, "a=ssrc:{ssrc} cname:{stream}\r\na=ssrc:{ssrc} msid:{stream} {track}\r\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_follow_the_order_and_number_of_sections() {
        let video = |index, of| role(MediaKind::Video, index, of);
        assert_eq!(video(0, 1), SlotRole::Main);
        assert_eq!([video(0, 2), video(1, 2)], [SlotRole::Video(Source::Camera), SlotRole::Video(Source::Screen)]);
        assert_eq!(video(2, 4), SlotRole::Video(Source::Stage(1)));
        assert_eq!(role(MediaKind::Audio, 0, 1), SlotRole::Tutor);
        assert_eq!(role(MediaKind::Audio, 1, 1), SlotRole::Voice(0));
    }

    #[test]
    fn the_tutors_camera_and_voice_share_a_stream_and_nothing_else_does() {
        let tutor = media_stream(SlotRole::Tutor);
        assert_eq!(media_stream(SlotRole::Video(Source::Camera)), tutor);
        assert_ne!(media_stream(SlotRole::Video(Source::Screen)), tutor);
        assert_eq!(media_stream(SlotRole::Video(Source::Stage(255))).as_str(), "stage-255");
    }
}
