//! What the publisher writes at the end of every payload, so that a receiver can tell what it got.

/// A small random number generator (SplitMix64), so that a seed is all that a run depends on.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1_000) < permille
    }
}

/// No reference.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) publisher: u32,
    pub(crate) encoding: u8,
    pub(crate) spatial: u8,
    pub(crate) temporal: u8,
    pub(crate) keyframe: bool,
    /// The last spatial layer of its picture.
    pub(crate) packet: u8,
    pub(crate) packets: u8,
    /// Unique in the encoding; counts frames of all spatial layers.
    pub(crate) frame: u32,
    pub(crate) references: [u32; 2],
    /// Capture time, µs.
    pub(crate) captured_us: u64,
}

pub(crate) const TRUTH_LEN: usize = 4 + 6 + 4 + 8 + 8;

impl Truth {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.publisher.to_be_bytes());
        out.extend([self.encoding, self.spatial, self.temporal, u8::from(self.keyframe), self.packet, self.packets]);
        out.extend(self.frame.to_be_bytes());
        out.extend(self.references.iter().flat_map(|r| r.to_be_bytes()));
        out.extend(self.captured_us.to_be_bytes());
    }

    pub(crate) fn read(payload: &[u8]) -> Self {
        let b = &payload[payload.len() - TRUTH_LEN..];
        let word = |at: usize| u32::from_be_bytes(b[at..at + 4].try_into().unwrap());
        Self {
            publisher: word(0),
            encoding: b[4],
            spatial: b[5],
            temporal: b[6],
            keyframe: b[7] == 1,
            packet: b[8],
            packets: b[9],
            frame: word(10),
            references: [word(14), word(18)],
            captured_us: u64::from_be_bytes(b[22..30].try_into().unwrap()),
        }
    }
}
