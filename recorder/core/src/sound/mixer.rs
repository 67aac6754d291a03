//! The sound track: what all voices say, frame by frame, encoded and cut into segments.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use opus_pure::{Application, OpusEncoder};

use super::limiter::Limiter;
use super::voice::Voice;
use super::{FRAME, HZ, VOICES_MAX};
use crate::cmaf::{Sample, media_segment};
use crate::codec::opus;
use crate::format::Format;
use crate::segmenter::{SEGMENT_TARGET, Segment, ticks};

/// Enough for a voice to be heard as it is, and for what a screen plays.
const BITRATE_BPS: i32 = 48_000;
/// Of 0 to 10: beyond this the time doubles, and the difference is hard to hear.
const COMPLEXITY: i32 = 5;
/// RFC 6716 section 3.2.1, of one frame.
const PACKET_LEN_MAX: usize = 1275;

/// See the module.
pub struct Mixer<K> {
    encoder: OpusEncoder,
    limiter: Limiter,
    format: Format,
    voices: BTreeMap<K, Voice>,
    /// Have gone, and are heard to their end.
    leaving: Vec<Voice>,
    /// Where the next frame begins, in samples since the beginning of the recording.
    at: u64,
    /// Where the frame that the limiter holds begins, once it holds one.
    held: Option<u64>,
    samples: Vec<Sample>,
    number: u32,
    segments: VecDeque<Segment>,
}

impl<K> std::fmt::Debug for Mixer<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mixer").field("voices", &self.voices.len()).field("at", &self.at).finish_non_exhaustive()
    }
}

/// One voice too many, or the codec refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixerError {
    /// [`VOICES_MAX`] are mixed.
    #[error("too many voices at once")]
    TooManyVoices,
    /// The codec cannot be set up; this is not the caller's doing.
    #[error("the Opus codec cannot be set up")]
    Codec,
}

impl<K: Ord> Mixer<K> {
    /// A track that begins at `begin`.
    ///
    /// # Errors
    /// [`MixerError::Codec`].
    pub fn new(begin: Duration) -> Result<Self, MixerError> {
        let mut encoder = OpusEncoder::new(HZ as i32, 1, Application::Audio).map_err(|_| MixerError::Codec)?;
        encoder.bitrate_bps = BITRATE_BPS;
        encoder.complexity = COMPLEXITY;
        let pre_skip = u16::try_from(encoder.lookahead()).unwrap_or(312);
        Ok(Self {
            encoder,
            limiter: Limiter::default(),
            format: opus::format(1, pre_skip),
            voices: BTreeMap::new(),
            leaving: Vec::new(),
            at: ticks(begin, HZ).next_multiple_of(FRAME as u64),
            held: None,
            samples: Vec::new(),
            number: 0,
            segments: VecDeque::new(),
        })
    }

    /// Add a voice, or begin one anew.
    ///
    /// # Errors
    /// [`MixerError::TooManyVoices`]; leave it out until another one is removed.
    pub fn add(&mut self, key: K) -> Result<(), MixerError> {
        if self.voices.len() >= VOICES_MAX && !self.voices.contains_key(&key) {
            return Err(MixerError::TooManyVoices);
        }
        self.voices.insert(key, Voice::new().ok_or(MixerError::Codec)?);
        Ok(())
    }

    /// A voice that was added.
    pub fn voice(&mut self, key: &K) -> Option<&mut Voice> {
        self.voices.get_mut(key)
    }

    /// A voice has gone; it is heard to its end, if not more leave at once than may speak.
    pub fn remove(&mut self, key: &K) {
        self.leaving.extend(self.voices.remove(key).filter(|_| self.leaving.len() < VOICES_MAX));
    }

    /// No voice has anything more to say about the time before `until`.
    pub fn advance(&mut self, until: Duration) {
        let until = ticks(until, HZ);
        while self.at + FRAME as u64 <= until {
            self.mix_frame();
        }
    }

    /// The track ends at `at`, or within a frame after it.
    pub fn end(&mut self, at: Duration) {
        self.advance(at);
        // The limiter gives its last frame for one of silence.
        self.mix_frame();
        self.close();
    }

    /// What is closed, in order.
    pub fn poll(&mut self) -> Option<Segment> {
        self.segments.pop_front()
    }

    fn mix_frame(&mut self) {
        let mut frame = vec![0.0; FRAME];
        for voice in self.voices.values_mut().chain(&mut self.leaving) {
            voice.mix(self.at, &mut frame);
        }
        self.leaving.retain(|voice| !voice.is_heard());
        self.limiter.push(&mut frame);
        if let Some(at) = self.held.replace(self.at) {
            let mut packet = [0; PACKET_LEN_MAX];
            // The arguments are always the same ones, so that it cannot fail now and then; a hole would be its duration.
            let len = self.encoder.encode(&frame, FRAME, &mut packet).unwrap_or(0);
            if self.samples.first().is_some_and(|first| at >= first.at + ticks(SEGMENT_TARGET, HZ)) {
                self.close();
            }
            let data = Bytes::copy_from_slice(&packet[..len]);
            self.samples.push(Sample { at, composition: 0, sync: true, data });
        }
        self.at += FRAME as u64;
    }

    fn close(&mut self) {
        let samples = std::mem::take(&mut self.samples);
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return };
        self.number += 1;
        let end = last.at + FRAME as u64;
        let bytes = media_segment(self.number, &samples, end);
        self.segments.push_back(Segment { format: self.format.clone(), start: first.at, end, held: false, bytes });
    }
}

#[cfg(test)]
mod tests {
    use opus_pure::OpusDecoder;

    use super::*;

    /// A second of a tone in packets of 20 ms, pushed into a voice from `at` on.
    fn speak(voice: &mut Voice, at: Duration) {
        let mut encoder = OpusEncoder::new(HZ as i32, 1, Application::Audio).unwrap();
        let mut packet = [0; PACKET_LEN_MAX];
        for index in 0..50u32 {
            let pcm: Vec<f32> = (0..FRAME).map(|n| ((index as usize * FRAME + n) as f32 * 0.05).sin() * 0.8).collect();
            let len = encoder.encode(&pcm, FRAME, &mut packet).unwrap();
            voice.push(&packet[..len], index * FRAME as u32, at + Duration::from_millis(20) * index);
        }
    }

    /// What a player hears of a segment: the loudest sample of each packet.
    fn peaks(segment: &Segment) -> Vec<f32> {
        let mut decoder = OpusDecoder::new(HZ as i32, 1).unwrap();
        let mut pcm = vec![0.0; FRAME];
        let bytes = &segment.bytes;
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let find = |kind: &[u8]| bytes.windows(4).position(|window| window == kind).unwrap() + 4;
        let (run, mut data) = (find(b"trun"), find(b"mdat"));
        let sizes = (0..word(run + 4)).map(|index| word(run + 12 + 4 * index));
        let peak = |size: usize| {
            decoder.decode(&bytes[data..data + size], FRAME, &mut pcm).unwrap();
            data += size;
            pcm.iter().fold(0f32, |peak, sample| peak.max(sample.abs()))
        };
        sizes.map(peak).collect()
    }

    #[test]
    fn voices_are_mixed_without_clipping_and_heard_to_their_end() {
        let mut mixer = Mixer::new(Duration::ZERO).unwrap();
        for number in 0..VOICES_MAX {
            mixer.add(number).unwrap();
            speak(mixer.voice(&number).unwrap(), Duration::from_secs(1));
        }
        assert_eq!(mixer.add(VOICES_MAX), Err(MixerError::TooManyVoices));
        mixer.advance(Duration::from_millis(1500));
        (0..VOICES_MAX).for_each(|number| mixer.remove(&number));
        mixer.end(Duration::from_secs(3));
        let segment = mixer.poll().unwrap();
        assert_eq!((segment.start, segment.end), (0, 3 * u64::from(HZ)));
        let peaks = peaks(&segment);
        assert!(peaks[..49].iter().all(|peak| *peak < 0.01), "silence before");
        assert!(peaks[52..98].iter().all(|peak| (0.5..1.05).contains(peak)), "{peaks:?}");
        assert!(peaks[103..].iter().all(|peak| *peak < 0.01), "silence after");
        assert!(mixer.leaving.is_empty() && mixer.poll().is_none());
    }

    #[test]
    fn segments_of_sound_follow_each_other_exactly() {
        let mut mixer: Mixer<u32> = Mixer::new(Duration::from_millis(1234)).unwrap();
        mixer.advance(Duration::from_secs(12));
        let segments: Vec<_> = std::iter::from_fn(|| mixer.poll()).collect();
        assert_eq!(segments[0].start, 1240 * 48);
        assert!(segments.len() == 2 && segments.iter().all(|segment| segment.end - segment.start == 4 * u64::from(HZ)));
        assert_eq!(segments[0].end, segments[1].start);
    }
}
