//! Who is loud: which voices are in the voice slots, and who speaks.

use std::time::{Duration, Instant};

use crate::media::packet::AudioLevel;
use crate::session::{Source, TrackId};

/// Voice slots beside the tutor's.
pub(crate) const VOICES_MAX: usize = 3;
/// Weight of a packet's loudness; 20 ms each, so that about a quarter of a second counts.
const SMOOTHING: f32 = 0.08;
/// Loudness (127 less the level of RFC 6464) from which somebody speaks: -50 dBov.
const SPEAKS_FROM: f32 = 77.0;
/// Taken for packets without a level: somebody who sends may be speaking, but nobody is louder for it.
const LOUDNESS_UNKNOWN: f32 = 80.0;
/// How much louder another must be to take the place of one who spoke lately.
const LOUDER_BY: f32 = 12.0;
/// After so much silence a voice gives up its place to anybody who speaks.
const SILENT_AFTER: Duration = Duration::from_millis(1_500);
/// A speaker stays the speaker for at least so long.
const SPEAKER_HOLD: Duration = Duration::from_millis(700);
/// Without packets nobody speaks; DTX sends one every 400 ms.
const PACKETS_WITHIN: Duration = Duration::from_millis(1_000);

#[derive(Debug)]
struct Voice {
    source: Source,
    loudness: f32,
    last_packet: Instant,
    last_spoke: Option<Instant>,
}

/// Bounded by the audio tracks of the room.
#[derive(Debug, Default)]
pub(crate) struct Voices {
    voices: Vec<Voice>,
    slots: [Option<Source>; VOICES_MAX],
    speaker: Option<(Source, Instant)>,
}

impl Voices {
    /// A packet of this audio track came.
    pub(crate) fn note(&mut self, now: Instant, track: TrackId, level: Option<AudioLevel>) {
        let loudness = level.map_or(LOUDNESS_UNKNOWN, |level| 127.0 - f32::from(level.level));
        let index = self.voices.iter().position(|voice| voice.source == track.source).unwrap_or_else(|| {
            self.voices.push(Voice { source: track.source, loudness: 0.0, last_packet: now, last_spoke: None });
            self.voices.len() - 1
        });
        let voice = &mut self.voices[index];
        voice.loudness += (loudness - voice.loudness) * SMOOTHING;
        voice.last_packet = now;
        if voice.loudness >= SPEAKS_FROM {
            voice.last_spoke = Some(now);
        }
    }

    /// The track ended.
    pub(crate) fn remove(&mut self, source: Source) {
        self.voices.retain(|voice| voice.source != source);
        for slot in self.slots.iter_mut().filter(|slot| **slot == Some(source)) {
            *slot = None;
        }
    }

    /// Decides anew: whether the voice slots and whether the speaker changed.
    pub(crate) fn decide(&mut self, now: Instant) -> (bool, bool) {
        let (slots, speaker) = (self.slots, self.speaker.map(|(source, _)| source));
        self.assign(now);
        self.choose_speaker(now);
        (slots != self.slots, speaker != self.speaker.map(|(source, _)| source))
    }

    /// What the slots show.
    pub(crate) fn slots(&self) -> [Option<Source>; VOICES_MAX] {
        self.slots
    }

    /// Who speaks.
    pub(crate) fn speaker(&self) -> Option<Source> {
        self.speaker.map(|(source, _)| source)
    }

    fn assign(&mut self, now: Instant) {
        // The screen's sound comes first, in the first slot, and stays while it is there.
        let screen = self.voices.iter().any(|voice| voice.source == Source::Screen);
        if screen && self.slots[0] != Some(Source::Screen) {
            let displaced = self.slots[0].replace(Source::Screen);
            if let Some(free) = self.slots.iter_mut().find(|slot| slot.is_none()) {
                *free = displaced;
            }
        }
        let mut waiting: Vec<(Source, f32)> = self
            .voices
            .iter()
            .filter(|voice| matches!(voice.source, Source::Stage(_)) && !self.slots.contains(&Some(voice.source)))
            .map(|voice| (voice.source, voice.loudness))
            .collect();
        waiting.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (source, loudness) in waiting {
            if let Some(free) = self.slots.iter_mut().find(|slot| slot.is_none()) {
                *free = Some(source);
                continue;
            }
            if loudness < SPEAKS_FROM {
                break;
            }
            let Some(place) = self.weakest(now, loudness) else { break };
            self.slots[place] = Some(source);
        }
    }

    /// The slot that a voice of this loudness may take.
    fn weakest(&self, now: Instant, loudness: f32) -> Option<usize> {
        let held = self.slots.iter().enumerate().filter_map(|(place, source)| {
            let voice = self.voices.iter().find(|voice| Some(voice.source) == *source)?;
            (voice.source != Source::Screen).then_some((place, voice))
        });
        let (place, voice) = held.min_by(|a, b| a.1.loudness.total_cmp(&b.1.loudness))?;
        let silent = voice.last_spoke.is_none_or(|at| now.saturating_duration_since(at) >= SILENT_AFTER);
        (silent || loudness >= voice.loudness + LOUDER_BY).then_some(place)
    }

    fn choose_speaker(&mut self, now: Instant) {
        let speaks = |voice: &&Voice| {
            voice.source != Source::Screen
                && voice.loudness >= SPEAKS_FROM
                && now.saturating_duration_since(voice.last_packet) < PACKETS_WITHIN
        };
        let loudest = self.voices.iter().filter(speaks).max_by(|a, b| a.loudness.total_cmp(&b.loudness));
        let Some((speaker, since)) = self.speaker else {
            self.speaker = loudest.map(|voice| (voice.source, now));
            return;
        };
        if now.saturating_duration_since(since) < SPEAKER_HOLD {
            return;
        }
        let still = self.voices.iter().filter(speaks).find(|voice| voice.source == speaker);
        match (still, loudest) {
            (Some(still), Some(loudest)) if loudest.loudness < still.loudness + LOUDER_BY => {}
            (_, loudest) => self.speaker = loudest.map(|voice| (voice.source, now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::MediaKind;

    fn speak(voices: &mut Voices, now: Instant, source: Source, level: u8) {
        let track = TrackId { source, kind: MediaKind::Audio };
        for _ in 0..50 {
            voices.note(now, track, Some(AudioLevel { level, voice: true }));
        }
    }

    #[test]
    fn the_loudest_take_the_slots_and_keep_them() {
        let (mut voices, now) = (Voices::default(), Instant::now());
        for n in 1..=3 {
            speak(&mut voices, now, Source::Stage(n), 40);
        }
        assert_eq!(voices.decide(now), (true, true));
        let before = voices.slots();
        // A little louder is not enough, much louder is.
        speak(&mut voices, now, Source::Stage(4), 35);
        assert!(!voices.decide(now).0);
        assert_eq!(voices.slots(), before);
        speak(&mut voices, now, Source::Stage(4), 10);
        assert!(voices.decide(now).0);
        assert!(voices.slots().contains(&Some(Source::Stage(4))));
        // The one that was replaced comes back once another has been silent.
        let later = now + SILENT_AFTER;
        speak(&mut voices, later, Source::Stage(4), 20);
        let gone = before.into_iter().flatten().find(|s| !voices.slots().contains(&Some(*s))).unwrap();
        speak(&mut voices, later, gone, 35);
        voices.decide(later);
        assert!(voices.slots().contains(&Some(gone)));
    }

    #[test]
    fn the_screens_sound_is_first() {
        let (mut voices, now) = (Voices::default(), Instant::now());
        speak(&mut voices, now, Source::Stage(1), 30);
        voices.decide(now);
        speak(&mut voices, now, Source::Screen, 90);
        voices.decide(now);
        assert_eq!(voices.slots(), [Some(Source::Screen), Some(Source::Stage(1)), None]);
        voices.remove(Source::Screen);
        assert_eq!(voices.slots(), [None, Some(Source::Stage(1)), None]);
    }

    #[test]
    fn the_speaker_holds_and_ends() {
        let (mut voices, now) = (Voices::default(), Instant::now());
        speak(&mut voices, now, Source::Camera, 30);
        voices.decide(now);
        assert_eq!(voices.speaker(), Some(Source::Camera));
        speak(&mut voices, now, Source::Stage(1), 5);
        voices.decide(now + SPEAKER_HOLD / 2);
        assert_eq!(voices.speaker(), Some(Source::Camera));
        voices.decide(now + SPEAKER_HOLD);
        assert_eq!(voices.speaker(), Some(Source::Stage(1)));
        voices.decide(now + 2 * SPEAKER_HOLD + PACKETS_WITHIN);
        assert_eq!(voices.speaker(), None);
    }
}
