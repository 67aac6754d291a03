//! Whether one participant was told every event once, by the numbers that the server gives them.

/// An event's place in the room's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its own number.
    pub seq: u64,
    /// The number of the last event before it that everybody gets.
    pub prev: u64,
}

/// What one participant has been told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain {
    last: u64,
    gaps: u64,
    repeats: u64,
}

impl Chain {
    /// A snapshot contains everything up to `seq`.
    pub fn start(&mut self, seq: u64) {
        self.last = seq;
    }

    /// An event came.
    pub fn take(&mut self, place: Place) {
        if place.seq <= self.last {
            self.repeats += 1;
            return;
        }
        self.gaps += u64::from(place.prev > self.last);
        self.last = place.seq;
    }

    /// The highest number, to resume with.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// How often at least one event had not come before one that did.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// How many events came again, or after a later one.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.repeats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(start: u64, places: &[(u64, u64)]) -> (u64, u64, u64) {
        let mut chain = Chain::default();
        chain.start(start);
        places.iter().for_each(|&(seq, prev)| chain.take(Place { seq, prev }));
        (chain.last(), chain.gaps(), chain.repeats())
    }

    #[test]
    fn events_of_others_between_two_are_no_gap() {
        // 12 and 13 were for moderators; 15 was for this one, and not for everybody.
        assert_eq!(told(10, &[(11, 10), (14, 11), (15, 14), (16, 14)]), (16, 0, 0));
    }

    #[test]
    fn what_is_missing_and_what_is_said_again_is_counted() {
        assert_eq!(told(10, &[(12, 11)]), (12, 1, 0));
        assert_eq!(told(10, &[(10, 9), (11, 10), (11, 10), (12, 11)]), (12, 0, 2));
        assert_eq!(told(10, &[(12, 11), (11, 10)]), (12, 1, 1));
    }
}
