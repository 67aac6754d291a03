//! What a room sends, slot by slot, on its way into the recording.
//!
//! A slot's packets count from when the server tells who is in it. Media may overtake that by a moment, so a slot without
//! anybody keeps what comes for [`EARLY_FOR`]; the first keyframe is in it. The recording begins with whoever comes first: of a
//! room in which nobody publishes there is nothing.
//!
//! Origins: whoever publishes a source under one name has one clock for voice and picture, until the source has gone from all
//! slots or the connection is lost.

use std::collections::VecDeque;
use std::time::Duration;

use lectern_recording::format::VideoCodec;
use lectern_recording::packet::RtpPacket;
use lectern_recording::recording::{OriginId, Output, Picture, Recording, Source};
use lectern_recording::sound::mixer::MixerError;

use super::{Mark, MarkKind};

/// Media that comes before its event: on its way for no longer than this.
const EARLY_FOR: Duration = Duration::from_secs(2);
/// Of a slot: 6 Mbit/s for that long, a megabyte and a half.
const EARLY_MAX: usize = 1024;

/// What a slot is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// With the codecs by payload type.
    Picture(Picture, Vec<(u8, VideoCodec)>),
    /// With a number, and Opus' payload type.
    Voice(u32, u8),
}

/// Who is in a slot, as the server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) mid: String,
    /// `None`: nobody.
    pub(crate) source: Option<String>,
}

#[derive(Debug)]
struct Slot {
    mid: String,
    role: Role,
    source: Option<String>,
    early: VecDeque<(RtpPacket, Duration)>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Room {
    run: u32,
    /// From the first publisher on.
    recording: Option<Recording>,
    /// Of this connection, in the order of the offer.
    slots: Vec<Slot>,
    origins: Vec<(String, OriginId)>,
    origins_made: OriginId,
    /// `active` names it.
    screen_is_active: bool,
    /// `active` names somebody on it.
    stage_is_active: bool,
    /// By [`Scene`]: told as begun and not as ended.
    open: [bool; 3],
    marks: VecDeque<Mark>,
}

/// What begins and ends in a class, with marks.
#[derive(Clone, Copy, Debug)]
enum Scene {
    Camera,
    Screen,
    Stage,
}

impl Room {
    pub(crate) fn new(run: u32) -> Self {
        Self {
            run,
            recording: None,
            slots: Vec::new(),
            origins: Vec::new(),
            origins_made: 0,
            screen_is_active: false,
            stage_is_active: false,
            open: [false; 3],
            marks: VecDeque::new(),
        }
    }

    /// A connection stands, with these slots by `mid`; nobody is in them before the server says so.
    pub(crate) fn join(&mut self, slots: Vec<(String, Role)>) {
        let slot = |(mid, role)| Slot { mid, role, source: None, early: VecDeque::new() };
        self.slots = slots.into_iter().map(slot).collect();
        self.listen_anew();
    }

    /// What the server told so far may be over. Of who publishes it tells first, unless there is nobody, then of the slots.
    pub(crate) fn listen_anew(&mut self) {
        (self.screen_is_active, self.stage_is_active) = (false, false);
    }

    /// The connection is lost. Pictures stand still, voices are silent.
    pub(crate) fn leave(&mut self) {
        for slot in std::mem::take(&mut self.slots).iter().filter(|slot| slot.source.is_some()) {
            vacate(&mut self.recording, &slot.role);
        }
        self.origins.clear();
    }

    /// Who is in which slot now.
    ///
    /// # Errors
    /// The codec cannot be set up; there will be no recording.
    pub(crate) fn slots(&mut self, shown: &[Shown], now: Duration) -> Result<(), MixerError> {
        let source_of = |mid: &str| shown.iter().find(|shown| shown.mid == mid).and_then(|shown| shown.source.clone());
        for place in 0..self.slots.len() {
            let slot = &mut self.slots[place];
            if slot.source.is_some() && slot.source != source_of(&slot.mid) {
                slot.source = None;
                vacate(&mut self.recording, &slot.role);
            }
        }
        let slots = &self.slots;
        self.origins.retain(|(source, _)| slots.iter().any(|slot| slot.source.as_ref() == Some(source)));
        for place in 0..self.slots.len() {
            if self.slots[place].source.is_none()
                && let Some(source) = source_of(&self.slots[place].mid)
            {
                self.occupy(place, source, now)?;
            }
        }
        if self.slots.iter().any(|slot| slot.role_is(Picture::Camera) && slot.source.is_none()) {
            self.mark(Scene::Camera, false, now);
        }
        self.end_inactive(now);
        Ok(())
    }

    /// Which sources are published now.
    pub(crate) fn active(&mut self, sources: &[String], now: Duration) {
        self.screen_is_active = sources.iter().any(|source| source == "screen");
        self.stage_is_active = sources.iter().any(|source| source.starts_with("stage/"));
        if self.stage_is_active {
            self.mark(Scene::Stage, true, now);
        }
        self.end_inactive(now);
    }

    /// A packet of a slot, by its place.
    pub(crate) fn rtp(&mut self, place: usize, packet: RtpPacket, now: Duration) {
        let Some(slot) = self.slots.get_mut(place) else { return };
        if let (Some(recording), true) = (&mut self.recording, slot.source.is_some()) {
            recording.rtp(slot.role.source(), packet, now);
            return;
        }
        while slot.early.front().is_some_and(|(_, at)| *at + EARLY_FOR < now) || slot.early.len() >= EARLY_MAX {
            slot.early.pop_front();
        }
        slot.early.push_back((packet, now));
    }

    /// A sender report about a slot's stream.
    pub(crate) fn sender_report(&mut self, place: usize, ntp: u64, timestamp: u32) {
        if let (Some(recording), Some(slot)) = (&mut self.recording, self.slots.get(place)) {
            recording.sender_report(slot.role.source(), ntp, timestamp);
        }
    }

    pub(crate) fn set_rtt(&mut self, rtt: Duration) {
        if let Some(recording) = &mut self.recording {
            recording.set_rtt(rtt);
        }
    }

    pub(crate) fn advance(&mut self, now: Duration) {
        if let Some(recording) = &mut self.recording {
            recording.advance(now);
        }
    }

    /// Nothing comes any more; what is open is closed at `now`.
    pub(crate) fn end(&mut self, now: Duration) {
        if let Some(recording) = &mut self.recording {
            recording.end(now);
        }
        for scene in [Scene::Camera, Scene::Screen, Scene::Stage] {
            self.mark(scene, false, now);
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.recording.as_ref().and_then(Recording::next_timeout)
    }

    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.recording.as_mut().and_then(Recording::poll)
    }

    pub(crate) fn poll_mark(&mut self) -> Option<Mark> {
        self.marks.pop_front()
    }

    /// The place of the slot that a source comes in now.
    pub(crate) fn place_of(&self, source: Source) -> Option<usize> {
        self.slots.iter().position(|slot| slot.role.source() == source)
    }

    fn occupy(&mut self, place: usize, source: String, now: Duration) -> Result<(), MixerError> {
        let origin = self.origin_of(&source);
        let slot = &mut self.slots[place];
        let early = std::mem::take(&mut slot.early);
        let begin = early.iter().map(|(_, at)| *at).find(|at| *at + EARLY_FOR >= now).unwrap_or(now);
        let recording = match &mut self.recording {
            Some(recording) => recording,
            nothing => nothing.insert(Recording::new(self.run, begin)?),
        };
        match &slot.role {
            Role::Picture(picture, codecs) => recording.begin_video(*picture, origin, codecs.clone()),
            // There are no more voices than the mixer takes: see `VOICES_MAX` in the offer.
            Role::Voice(number, payload_type) => recording.begin_voice(*number, origin, *payload_type)?,
        }
        for (packet, at) in early.into_iter().filter(|(_, at)| *at >= begin) {
            recording.rtp(slot.role.source(), packet, at);
        }
        slot.source = Some(source);
        match slot.role {
            Role::Picture(Picture::Camera, _) => self.mark(Scene::Camera, true, now),
            Role::Picture(Picture::Screen, _) => self.mark(Scene::Screen, true, now),
            Role::Voice(..) => {}
        }
        Ok(())
    }

    fn origin_of(&mut self, source: &str) -> OriginId {
        if let Some((_, origin)) = self.origins.iter().find(|(known, _)| known == source) {
            return *origin;
        }
        self.origins_made += 1;
        self.origins.push((source.to_owned(), self.origins_made));
        self.origins_made
    }

    /// Screen and stage are over once nobody publishes there; the camera stands still until the end.
    fn end_inactive(&mut self, now: Duration) {
        if !self.stage_is_active {
            self.mark(Scene::Stage, false, now);
        }
        if self.screen_is_active || !self.open[Scene::Screen as usize] {
            return;
        }
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.role_is(Picture::Screen)) {
            slot.source = None;
        }
        if let Some(recording) = &mut self.recording {
            recording.end_video(Picture::Screen, now);
        }
        self.mark(Scene::Screen, false, now);
    }

    fn mark(&mut self, scene: Scene, begins: bool, at: Duration) {
        if std::mem::replace(&mut self.open[scene as usize], begins) == begins {
            return;
        }
        let kind = match (scene, begins) {
            (Scene::Camera, true) => MarkKind::CameraBegins,
            (Scene::Camera, false) => MarkKind::CameraEnds,
            (Scene::Screen, true) => MarkKind::ScreenBegins,
            (Scene::Screen, false) => MarkKind::ScreenEnds,
            (Scene::Stage, true) => MarkKind::StageBegins,
            (Scene::Stage, false) => MarkKind::StageEnds,
        };
        self.marks.push_back(Mark { at, kind });
    }
}

impl Slot {
    fn role_is(&self, wanted: Picture) -> bool {
        matches!(self.role, Role::Picture(picture, _) if picture == wanted)
    }
}

impl Role {
    fn source(&self) -> Source {
        match self {
            Self::Picture(picture, _) => Source::Picture(*picture),
            Self::Voice(number, _) => Source::Voice(*number),
        }
    }
}

fn vacate(recording: &mut Option<Recording>, role: &Role) {
    let Some(recording) = recording else { return };
    match role {
        Role::Picture(picture, _) => recording.leave_video(*picture),
        Role::Voice(number, _) => recording.leave_voice(*number),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use lectern_recording::hls::Track;

    use super::*;

    const VOICE: usize = 2;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn joined() -> Room {
        let mut room = Room::new(1);
        join(&mut room);
        room
    }

    fn join(room: &mut Room) {
        let picture = |picture| Role::Picture(picture, vec![(102, VideoCodec::H264)]);
        let roles = [picture(Picture::Camera), picture(Picture::Screen), Role::Voice(0, 111), Role::Voice(1, 111)];
        room.join(roles.into_iter().enumerate().map(|(mid, role)| (mid.to_string(), role)).collect());
    }

    /// Who is in the slots, by place.
    fn shown<const N: usize>(sources: [Option<&str>; N]) -> Vec<Shown> {
        let shown =
            |(mid, source): (usize, Option<&str>)| Shown { mid: mid.to_string(), source: source.map(str::to_owned) };
        sources.into_iter().enumerate().map(shown).collect()
    }

    /// 20 ms of silence.
    fn silence(number: u16) -> RtpPacket {
        let payload = Bytes::from_static(&[0xf8, 0xff, 0xfe]);
        let timestamp = u32::from(number) * 960;
        RtpPacket { payload_type: 111, sequence_number: number, timestamp, marker: false, payload }
    }

    fn marks(room: &mut Room) -> Vec<(MarkKind, u64)> {
        std::iter::from_fn(|| room.poll_mark()).map(|mark| (mark.kind, mark.at.as_millis() as u64)).collect()
    }

    #[test]
    fn media_that_overtakes_its_event_is_recorded_unless_it_is_old() {
        let mut room = joined();
        room.rtp(VOICE, silence(1), ms(1_000));
        for number in 0..100 {
            room.rtp(VOICE, silence(500 + number), ms(5_000 + u64::from(number) * 20));
        }
        room.advance(ms(6_990));
        assert_eq!(room.poll(), None, "nobody is there yet");
        room.slots(&shown([None, None, Some("camera"), None]), ms(7_000)).unwrap();
        room.end(ms(8_000));
        let outputs: Vec<Output> = std::iter::from_fn(|| room.poll()).collect();
        let [Output::Init { track: Track::Sound, .. }, Output::Segment(segment)] = &outputs[..] else {
            panic!("{outputs:?}")
        };
        assert_eq!((segment.track, segment.entry.start), (Track::Sound, ms(5_000)));
    }

    #[test]
    fn early_media_is_bounded() {
        let mut room = joined();
        (0..2_000).for_each(|number| room.rtp(VOICE, silence(number), ms(1_000)));
        assert_eq!(room.slots[VOICE].early.len(), EARLY_MAX);
        room.rtp(9, silence(1), ms(1_000));
    }

    #[test]
    fn the_screen_ends_with_its_publication_and_the_camera_stands_still() {
        use MarkKind::{CameraBegins, CameraEnds, ScreenBegins, ScreenEnds};
        let mut room = joined();
        room.active(&["camera".to_owned(), "screen".to_owned()], ms(100));
        room.slots(&shown([Some("camera"), Some("screen"), Some("camera"), Some("screen")]), ms(100)).unwrap();
        assert_eq!(marks(&mut room), [(CameraBegins, 100), (ScreenBegins, 100)]);
        // The picture pauses, the screen's sound goes on: it is still shared.
        room.slots(&shown([Some("camera"), None, Some("camera"), Some("screen")]), ms(200)).unwrap();
        assert_eq!(marks(&mut room), []);
        // A lost connection changes nothing, and coming back neither.
        room.leave();
        join(&mut room);
        room.active(&["camera".to_owned(), "screen".to_owned()], ms(300));
        room.slots(&shown([Some("camera"), Some("screen"), None, None]), ms(300)).unwrap();
        assert_eq!(marks(&mut room), []);
        room.active(&["camera".to_owned()], ms(400));
        room.slots(&shown([Some("camera"), None, None, None]), ms(400)).unwrap();
        assert_eq!(marks(&mut room), [(ScreenEnds, 400)]);
        // The screen comes and goes while the events are cut off: nobody is active then, which is not told.
        room.active(&["screen".to_owned()], ms(410));
        room.slots(&shown([Some("camera"), Some("screen"), None, None]), ms(410)).unwrap();
        room.listen_anew();
        assert_eq!(marks(&mut room), [(ScreenBegins, 410)]);
        room.slots(&shown([Some("camera"), None, None, None]), ms(420)).unwrap();
        assert_eq!(marks(&mut room), [(ScreenEnds, 420)]);
        // Nobody came back after the connection was lost again.
        room.leave();
        join(&mut room);
        room.slots(&shown([None; 4]), ms(500)).unwrap();
        assert_eq!(marks(&mut room), [(CameraEnds, 500)]);
        room.end(ms(600));
        assert_eq!(marks(&mut room), []);
    }

    #[test]
    fn the_stage_begins_with_the_first_on_it_and_ends_with_the_last() {
        use MarkKind::{StageBegins, StageEnds};
        let mut room = joined();
        let active = |sources: &[&str]| sources.iter().map(|source| (*source).to_owned()).collect::<Vec<_>>();
        room.active(&active(&["camera", "stage/2"]), ms(100));
        room.active(&active(&["camera", "stage/1", "stage/2"]), ms(200));
        room.active(&active(&["camera", "stage/1"]), ms(300));
        // Coming back changes nothing.
        room.leave();
        join(&mut room);
        room.active(&active(&["camera", "stage/1"]), ms(400));
        room.slots(&shown([None; 4]), ms(400)).unwrap();
        assert_eq!(marks(&mut room), [(StageBegins, 100)]);
        room.active(&active(&["camera"]), ms(500));
        room.active(&active(&["stage/1"]), ms(600));
        room.end(ms(700));
        assert_eq!(marks(&mut room), [(StageEnds, 500), (StageBegins, 600), (StageEnds, 700)]);
    }

    #[test]
    fn voice_and_picture_of_a_source_have_one_clock_until_it_has_gone() {
        let mut room = joined();
        room.slots(&shown([Some("camera"), None, Some("camera"), Some("stage/1")]), ms(0)).unwrap();
        let origins = |room: &Room| room.origins.clone();
        assert_eq!(origins(&room), [("camera".to_owned(), 1), ("stage/1".to_owned(), 2)]);
        room.slots(&shown([None, None, Some("camera"), Some("stage/2")]), ms(1)).unwrap();
        room.slots(&shown([Some("camera"), None, Some("camera"), Some("stage/2")]), ms(2)).unwrap();
        assert_eq!(origins(&room), [("camera".to_owned(), 1), ("stage/2".to_owned(), 3)]);
        room.slots(&shown([None; 4]), ms(3)).unwrap();
        room.slots(&shown([Some("camera"), None, None, None]), ms(4)).unwrap();
        assert_eq!(origins(&room), [("camera".to_owned(), 4)], "somebody else may have come");
    }
}
