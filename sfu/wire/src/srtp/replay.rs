//! Replay windows (RFC 3711 section 3.3.2).

use super::SrtpError;

/// The highest index that proved authentic, and which of the `64 * WORDS` indices up to it did.
#[derive(Debug, Clone)]
pub(super) struct ReplayWindow<const WORDS: usize> {
    /// One past the highest index; 0 when there is none yet.
    next: u64,
    /// A ring of bits: index `i` at bit `i % (64 * WORDS)`.
    seen: [u64; WORDS],
}

impl<const WORDS: usize> ReplayWindow<WORDS> {
    const WIDTH: u64 = 64 * WORDS as u64;

    pub(super) const fn new() -> Self {
        ReplayWindow { next: 0, seen: [0; WORDS] }
    }

    /// The highest index accepted so far.
    pub(super) fn highest(&self) -> Option<u64> {
        self.next.checked_sub(1)
    }

    /// Whether `index` may still be accepted.
    pub(super) fn check(&self, index: u64) -> Result<(), SrtpError> {
        if index >= self.next {
            Ok(())
        } else if self.next - index > Self::WIDTH {
            Err(SrtpError::TooOld)
        } else if self.seen[Self::word(index)] & Self::bit(index) != 0 {
            Err(SrtpError::Replayed)
        } else {
            Ok(())
        }
    }

    /// Remembers that `index`, which passed [`ReplayWindow::check`], proved authentic.
    pub(super) fn accept(&mut self, index: u64) {
        if index >= self.next {
            if index - self.next >= Self::WIDTH {
                self.seen = [0; WORDS];
            } else {
                for skipped in self.next..index {
                    self.seen[Self::word(skipped)] &= !Self::bit(skipped);
                }
            }
            self.next = index + 1;
        }
        self.seen[Self::word(index)] |= Self::bit(index);
    }

    fn word(index: u64) -> usize {
        (index % Self::WIDTH / 64) as usize
    }

    fn bit(index: u64) -> u64 {
        1 << (index % 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_accepted_once_and_within_the_window_only() {
        let mut window = ReplayWindow::<2>::new();
        assert_eq!(window.highest(), None);
        assert_eq!(window.check(0), Ok(()));
        window.accept(500);
        assert_eq!(window.highest(), Some(500));
        assert_eq!(window.check(500), Err(SrtpError::Replayed));
        assert_eq!(window.check(500 - 127), Ok(()));
        assert_eq!(window.check(500 - 128), Err(SrtpError::TooOld));
        window.accept(500 - 127);
        assert_eq!(window.check(500 - 127), Err(SrtpError::Replayed));
        // A step forward frees the places that it passes.
        window.accept(501);
        assert_eq!(window.check(501 - 128), Err(SrtpError::TooOld));
        window.accept(600);
        assert_eq!(window.check(599), Ok(()));
        assert_eq!(window.check(500), Err(SrtpError::Replayed));
        // A leap clears everything.
        window.accept(10_000);
        assert!((10_000 - 127..10_000).all(|index| window.check(index).is_ok()));
    }

    #[test]
    fn it_agrees_with_a_set_of_all_indices() {
        let (mut window, mut seen, mut highest) = (ReplayWindow::<2>::new(), std::collections::HashSet::new(), 0u64);
        let mut state = 1u64;
        for _ in 0..50_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let index = (highest + (state >> 33) % 40).saturating_sub((state >> 50) % 200);
            let expected = if highest >= index + 128 {
                Err(SrtpError::TooOld)
            } else if seen.contains(&index) {
                Err(SrtpError::Replayed)
            } else {
                Ok(())
            };
            assert_eq!(window.check(index), expected, "{index} after {highest}");
            if expected.is_ok() {
                window.accept(index);
                seen.insert(index);
                highest = highest.max(index);
            }
        }
    }
}
