//! A limiter that looks one frame ahead, so that the sum of voices never exceeds full scale and never steps.

use super::FRAME;

/// Just below full scale: what the encoder makes of it may ring a little higher.
const CEILING: f32 = 0.95;
/// How fast the level comes back, a frame: a second from silence to full.
const RELEASE: f32 = 0.02;

/// See the module. It is one frame behind.
#[derive(Debug)]
pub struct Limiter {
    held: Vec<f32>,
    /// What the held frame may be multiplied with.
    gain: f32,
    /// At the beginning of the held frame.
    edge: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { held: vec![0.0; FRAME], gain: 1.0, edge: 1.0 }
    }
}

impl Limiter {
    /// Take a frame and give the one before it. Within a frame the gain goes straight from one edge to the other, and at an
    /// edge it is what both frames bear.
    pub fn push(&mut self, frame: &mut Vec<f32>) {
        let peak = frame.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
        let bearable = if peak > CEILING { CEILING / peak } else { 1.0 };
        let gain = bearable.min(self.gain + RELEASE);
        let next_edge = gain.min(self.gain);
        let slope = (next_edge - self.edge) / FRAME as f32;
        for (index, sample) in self.held.iter_mut().enumerate() {
            *sample *= self.edge + slope * index as f32;
        }
        (self.gain, self.edge) = (gain, next_edge);
        std::mem::swap(&mut self.held, frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_clips_and_the_gain_never_steps() {
        let mut limiter = Limiter::default();
        let levels: Vec<f32> = (0..200).map(|frame| if (10..20).contains(&frame) { 4.0 } else { 0.5 }).collect();
        let mut gains = Vec::new();
        for (frame, level) in levels.iter().enumerate() {
            let mut samples = vec![*level; FRAME];
            limiter.push(&mut samples);
            assert!(samples.iter().all(|sample| sample.abs() <= 0.96), "{frame}");
            if frame > 0 {
                gains.extend(samples.iter().map(|sample| sample / levels[frame - 1]));
            }
        }
        assert!(gains.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.001));
        assert!(gains[..8 * FRAME].iter().chain(&gains[100 * FRAME..]).all(|gain| *gain == 1.0));
    }
}
