//! One voice: Opus packets become samples at their places on the timeline.
//!
//! The voice's clock runs a little faster or slower than the timeline. Its samples are stretched by up to half a percent,
//! which nobody hears, to stay where they belong; when they are off by more than [`OFF_MAX`], because the voice paused, the
//! next ones are put in place at once, faded in.

use std::collections::VecDeque;
use std::time::Duration;

use opus_pure::OpusDecoder;

use super::HZ;
use crate::codec::opus::PACKET_SAMPLES_MAX;
use crate::segmenter::ticks;

/// A voice that is off by more is put in place at once.
pub const OFF_MAX: Duration = Duration::from_millis(60);
/// Below this it is left alone, so that its samples stay what the decoder made.
const OFF_MIN: f64 = 48.0;
/// How much faster or slower.
const STRETCH: f64 = 0.005;
/// What lies further ahead is an error; the mixer is a second behind at most.
const AHEAD_MAX: u64 = 5 * HZ as u64;
/// A loss longer than this is silence; what a decoder invents is bearable for so long.
const CONCEALED_MAX: u32 = 4_800;
const FADE: usize = 240;

/// See the module.
pub struct Voice {
    decoder: OpusDecoder,
    decoded: Vec<f32>,
    /// Samples from `begin` on, on the timeline.
    samples: VecDeque<f32>,
    begin: u64,
    /// Where the next sample is written, with its fraction.
    end: f64,
    /// The last samples before `end`, which interpolation looks at, and where in them it stands.
    tail: [f32; 3],
    phase: f64,
    /// The timestamp that comes next, if nothing is missing.
    expected: Option<u32>,
    lost: bool,
    concealed: u64,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice").field("begin", &self.begin).field("end", &self.end).finish_non_exhaustive()
    }
}

impl Voice {
    /// A voice that has not spoken; `None` if the decoder cannot be made, which it always can.
    #[must_use]
    pub fn new() -> Option<Self> {
        Some(Self {
            decoder: OpusDecoder::new(HZ as i32, 1).ok()?,
            decoded: vec![0.0; PACKET_SAMPLES_MAX as usize],
            samples: VecDeque::new(),
            begin: 0,
            end: 0.0,
            tail: [0.0; 3],
            phase: 0.0,
            expected: None,
            lost: false,
            concealed: 0,
        })
    }

    /// Packets are missing before the next one.
    pub fn lost(&mut self) {
        self.lost = true;
    }

    /// The source jumped: what comes next does not belong to what was before.
    pub fn jumped(&mut self) {
        self.expected = None;
    }

    /// Take the next packet, whose first sample belongs at `at`. What is no Opus packet is passed over.
    pub fn push(&mut self, packet: &[u8], timestamp: u32, at: Duration) {
        // To the decoder an empty one is a lost one.
        if packet.is_empty() {
            return;
        }
        let gap = self.expected.map_or(0, |expected| timestamp.wrapping_sub(expected));
        let mut at = ticks(at, HZ);
        if std::mem::take(&mut self.lost) && (1..=CONCEALED_MAX).contains(&gap) {
            at = at.saturating_sub(u64::from(gap));
            at += u64::from(self.conceal(packet, gap, at));
        }
        match self.decoder.decode(packet, PACKET_SAMPLES_MAX as usize, &mut self.decoded) {
            Ok(count) => {
                self.place(count, at);
                self.expected = Some(timestamp.wrapping_add(count as u32));
            }
            Err(_) => self.expected = None,
        }
    }

    /// Adds the next samples to `frame`, which begins at `from` on the timeline.
    pub fn mix(&mut self, from: u64, frame: &mut [f32]) {
        let behind = from.saturating_sub(self.begin).min(self.samples.len() as u64);
        self.samples.drain(..behind as usize);
        self.begin += behind;
        let silent = self.begin.saturating_sub(from).min(frame.len() as u64) as usize;
        let count = (frame.len() - silent).min(self.samples.len());
        for (sample, sum) in self.samples.drain(..count).zip(&mut frame[silent..]) {
            *sum += sample;
        }
        self.begin += count as u64;
    }

    /// Whether all that it said was mixed.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.samples.is_empty()
    }

    /// Samples that the decoder invented for lost ones.
    #[must_use]
    pub fn concealed(&self) -> u64 {
        self.concealed
    }

    /// Where the next sample will be written.
    #[must_use]
    pub fn position(&self) -> f64 {
        self.end
    }

    /// Fills a loss of `gap` samples from `at` on: the last packet of it from what the next one repeats (RFC 6716 section
    /// 2.1.7), if it does, the others from what was before. Returns how many were made.
    fn conceal(&mut self, next: &[u8], gap: u32, at: u64) -> u32 {
        let mut made = 0;
        while made < gap {
            let left = gap - made;
            // Concealment comes in steps of 2.5 ms.
            let count = left.min(960) / 120 * 120;
            if count == 0 {
                break;
            }
            let out = &mut self.decoded;
            let result = if count == left {
                self.decoder.decode_fec(next, count as usize, out)
            } else {
                self.decoder.decode(&[], count as usize, out)
            };
            let Ok(count) = result else { break };
            self.place(count, at + u64::from(made));
            self.concealed += count as u64;
            made += (count as u32).max(1);
        }
        made
    }

    /// Writes the first `count` decoded samples where they belong.
    fn place(&mut self, count: usize, at: u64) {
        let mut off = at as f64 - self.end;
        let fresh = self.samples.is_empty() && self.end < self.begin as f64 + 1.0;
        if fresh || off.abs() > ticks(OFF_MAX, HZ) as f64 {
            self.jump(at);
            self.decoded[..count.min(FADE)].iter_mut().enumerate().for_each(|(index, sample)| {
                *sample *= index as f32 / FADE as f32;
            });
            off = 0.0;
        }
        let stretch = if off.abs() < OFF_MIN { 0.0 } else { (off / f64::from(HZ)).clamp(-STRETCH, STRETCH) };
        // Input samples for each sample written.
        let step = 1.0 / (1.0 + stretch);
        let room = AHEAD_MAX.saturating_sub(self.samples.len() as u64);
        let mut written = 0u64;
        for index in 0..count {
            let [a, b, c] = self.tail;
            let d = self.decoded[index];
            while self.phase < 1.0 {
                if written < room {
                    self.samples.push_back(between([a, b, c, d], self.phase as f32));
                    written += 1;
                }
                self.phase += step;
            }
            self.phase -= 1.0;
            self.tail = [b, c, d];
        }
        self.end += written as f64;
    }

    /// The next sample is written at `at`. What is there from then on goes, and what is before it fades out into silence.
    fn jump(&mut self, at: u64) {
        let end = self.begin + self.samples.len() as u64;
        if at <= self.begin || self.samples.is_empty() || at > end + AHEAD_MAX {
            self.samples.clear();
            self.begin = at;
        }
        self.samples.truncate(usize::try_from(at - self.begin).unwrap_or(usize::MAX));
        let fading = self.samples.len().min(FADE);
        for (index, sample) in self.samples.iter_mut().rev().take(fading).enumerate() {
            *sample *= index as f32 / fading as f32;
        }
        self.samples.resize(usize::try_from(at - self.begin).unwrap_or(0), 0.0);
        self.end = at as f64;
        (self.tail, self.phase) = ([0.0; 3], 0.0);
    }
}

/// Between the second and the third of four samples (Catmull and Rom's spline).
fn between([a, b, c, d]: [f32; 4], phase: f32) -> f32 {
    if phase == 0.0 {
        return b;
    }
    let (linear, square, cube) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d, 3.0 * (b - c) + d - a);
    b + 0.5 * phase * (linear + phase * (square + phase * cube))
}

#[cfg(test)]
mod tests {
    use opus_pure::{Application, OpusEncoder};

    use super::*;
    use crate::sound::FRAME;

    /// Packets of 20 ms of a tone.
    fn tone(count: usize) -> Vec<Vec<u8>> {
        let mut encoder = OpusEncoder::new(48_000, 1, Application::Audio).unwrap();
        encoder.complexity = 0;
        let mut packet = [0; 1275];
        let pcm: Vec<f32> = (0..FRAME * count).map(|index| (index as f32 * 0.05).sin() * 0.5).collect();
        let encode = |frame| encoder.encode(frame, FRAME, &mut packet).map(|len| packet[..len].to_vec()).unwrap();
        pcm.chunks(FRAME).map(encode).collect()
    }

    fn mixed(voice: &mut Voice, from: u64, count: usize) -> Vec<f32> {
        let mut frame = vec![0.0; count];
        voice.mix(from, &mut frame);
        frame
    }

    fn loudness(samples: &[f32]) -> f32 {
        (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn a_voice_is_where_it_belongs_and_silence_is_around_it() {
        let mut voice = Voice::new().unwrap();
        for (index, packet) in (0u32..).zip(&tone(10)) {
            voice.push(packet, index * 960, Duration::from_millis(500 + 20 * u64::from(index)));
        }
        assert_eq!(loudness(&mixed(&mut voice, 0, 24_000)), 0.0);
        assert!(loudness(&mixed(&mut voice, 24_960, 7680)) > 0.3);
        assert_eq!(loudness(&mixed(&mut voice, 33_600, 960)), 0.0);
        // After a pause it is put in place at once.
        voice.push(&tone(1)[0], 96_000, Duration::from_millis(2000));
        assert_eq!(loudness(&mixed(&mut voice, 34_560, 96_000 - 34_560)), 0.0);
        assert!(loudness(&mixed(&mut voice, 96_000, 960)) > 0.0);
    }

    #[test]
    fn a_clock_that_drifts_is_followed_without_a_jump() {
        let packets = tone(50);
        for ppm in [-400.0, 400.0] {
            let mut voice = Voice::new().unwrap();
            let mut heard = Vec::new();
            for index in 0..1000u32 {
                let at = f64::from(index) * 0.02 * (1.0 + ppm * 1e-6);
                voice.push(&packets[index as usize % 50], index * 960, Duration::from_secs_f64(at));
                let off = voice.position() - (at + 0.02) * 48_000.0;
                assert!(off.abs() < 200.0, "{off} at {index}");
                if index >= 20 {
                    heard.extend(mixed(&mut voice, u64::from(index - 20) * 960, 960));
                }
            }
            let steps = heard[4800..].windows(2).map(|pair| (pair[0] - pair[1]).abs());
            // The tone itself moves by 0.025; where its packets start over it may move more.
            assert!(steps.filter(|step| *step > 0.2).count() < 25, "{ppm}");
        }
    }

    #[test]
    fn what_is_lost_is_concealed_and_a_long_loss_is_silence() {
        let packets = tone(20);
        let mut voice = Voice::new().unwrap();
        for (index, packet) in (0u32..).zip(&packets) {
            match index {
                8 | 9 => voice.lost(),
                _ => voice.push(packet, index * 960, Duration::from_millis(20 * u64::from(index))),
            }
        }
        assert_eq!(voice.concealed(), 1920);
        assert!(loudness(&mixed(&mut voice, 0, 19_200)[7680..9600]) > 0.1);
        voice.lost();
        voice.push(&packets[0], 20 * 960 + 48_000, Duration::from_millis(1400));
        assert_eq!((voice.concealed(), loudness(&mixed(&mut voice, 19_200, 48_000))), (1920, 0.0));
    }

    #[test]
    fn what_is_no_packet_of_opus_is_passed_over() {
        let mut voice = Voice::new().unwrap();
        for packet in [&[][..], &[0xff], &[0xfb, 0x3f, 1]] {
            voice.push(packet, 0, Duration::from_secs(1));
        }
        assert_eq!(loudness(&mixed(&mut voice, 48_000, 4800)), 0.0);
    }
}
