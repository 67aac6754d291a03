//! What a reader gives: frames in the order of the file, and what is known of their streams before the first.

use super::codec::Unit;

/// A frame of the picture or of the sound.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) is_picture: bool,
    /// When it is presented, on the file's own timeline, in ticks of the codec's timescale.
    pub(super) at: i64,
    /// Ticks; what the container says, for the last frame.
    pub(super) duration: u32,
    pub(super) unit: Unit,
}

/// Rounded to the nearest; saturates where no honest file is.
pub(super) fn rescale(ticks: i128, from: u32, to: u32) -> i64 {
    let (from, to) = (i128::from(from.max(1)), i128::from(to));
    let scaled = ticks.saturating_mul(to).saturating_add(from / 2).div_euclid(from);
    // A quarter of the range: sums and differences of two never overflow.
    scaled.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}
