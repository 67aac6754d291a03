//! Which packets of a stream arrived, told from their 16-bit sequence numbers.

/// Packets behind the newest one that are still told apart.
const WINDOW: u64 = 64;

/// One stream's account.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    /// The extended number of the newest packet.
    newest: u64,
    /// The extended number of the first one.
    first: u64,
    received: u64,
    duplicates: u64,
    /// Bit `n`: the packet `n` before the newest one arrived.
    arrived: u64,
}

/// What a packet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or a newer one: so many before it are missing.
    Newest {
        /// Packets between the newest one before and this one.
        missing: u16,
    },
    /// One that was missing.
    Late,
    /// One that had come before.
    Duplicate,
}

impl Sequence {
    /// An account that begins with this packet.
    #[must_use]
    pub fn new(number: u16) -> Self {
        // One cycle up, so that a packet from before the first one has a number too.
        let first = u64::from(number) + (1 << 16);
        Self { newest: first, first, received: 1, duplicates: 0, arrived: 1 }
    }

    /// Count a packet.
    pub fn count(&mut self, number: u16) -> Arrival {
        let distance = number.wrapping_sub(self.newest as u16);
        if distance == 0 {
            self.duplicates += 1;
            return Arrival::Duplicate;
        }
        if distance < 1 << 15 {
            self.newest += u64::from(distance);
            self.arrived = self.arrived.checked_shl(u32::from(distance)).unwrap_or(0) | 1;
            self.received += 1;
            return Arrival::Newest { missing: distance - 1 };
        }
        let age = u64::from(distance.wrapping_neg());
        if age >= WINDOW || self.newest - age < self.first {
            // Too old to tell: it was not missed, or it was given up.
            self.duplicates += 1;
            return Arrival::Duplicate;
        }
        if self.arrived >> age & 1 == 1 {
            self.duplicates += 1;
            return Arrival::Duplicate;
        }
        self.arrived |= 1 << age;
        self.received += 1;
        Arrival::Late
    }

    /// The newest packet, with its cycles (RFC 3550 section 6.4.1).
    #[must_use]
    pub fn highest(&self) -> u32 {
        (self.newest - (1 << 16)) as u32
    }

    /// Packets that should have come.
    #[must_use]
    pub fn expected(&self) -> u64 {
        self.newest - self.first + 1
    }

    /// Packets that came, each once.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Packets that came again.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_late_ones_and_repetitions_are_told_apart_across_the_wrap() {
        let mut sequence = Sequence::new(65_533);
        assert_eq!(sequence.count(65_534), Arrival::Newest { missing: 0 });
        assert_eq!(sequence.count(1), Arrival::Newest { missing: 2 });
        assert_eq!(sequence.count(0), Arrival::Late);
        assert_eq!(sequence.count(0), Arrival::Duplicate);
        assert_eq!(sequence.count(1), Arrival::Duplicate);
        assert_eq!((sequence.expected(), sequence.received(), sequence.duplicates()), (5, 4, 2));
        assert_eq!(sequence.highest(), 65_537);
    }

    #[test]
    fn a_packet_from_before_the_first_one_is_not_counted() {
        let mut sequence = Sequence::new(10);
        assert_eq!(sequence.count(9), Arrival::Duplicate);
        assert_eq!((sequence.expected(), sequence.received()), (1, 1));
    }

    #[test]
    fn the_window_ends_where_it_says() {
        for (age, arrival) in [(WINDOW - 1, Arrival::Late), (WINDOW, Arrival::Duplicate)] {
            let mut sequence = Sequence::new(0);
            sequence.count(200);
            assert_eq!(sequence.count(200 - age as u16), arrival);
        }
    }
}
