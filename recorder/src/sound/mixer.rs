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

    /// A voice has gone; what it said and is not mixed yet is lost.
    pub fn remove(&mut self, key: &K) {
        self.voices.remove(key);
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
        for voice in self.voices.values_mut() {
            voice.mix(self.at, &mut frame);
        }
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
