//! One RTP stream's packets, put in order (RFC 3550 section 5.1), and what is missing asked for again (RFC 4585).
//!
//! Promises: packets come out in the order of their sequence numbers, each once; what did not come within
//! [`GIVE_UP_AFTER`] is told as [`Next::Lost`] at its place; memory is bounded by [`PACKETS_MAX`] and [`BYTES_MAX`]. A
//! sender that starts anew with other numbers is told as [`Next::Restart`].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::packet::RtpPacket;

/// How long a missing packet is waited for. A recording may take longer than a viewer, but must be playable in two seconds.
pub const GIVE_UP_AFTER: Duration = Duration::from_millis(700);
/// Packets that are only out of order come within this time; asking for them would be in vain.
const REORDERING: Duration = Duration::from_millis(20);
/// Before a packet is asked for again, unless the round trip is longer.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(80);
/// How often one packet is asked for.
const ASKS_MAX: u8 = 8;
/// Packets held while an earlier one is waited for: some seconds of 5 Mbit/s.
pub const PACKETS_MAX: usize = 2048;
/// Their payloads together.
pub const BYTES_MAX: usize = 4 << 20;
/// A number farther off than this is no loss or reordering.
const JUMP_MAX: u64 = 1000;
/// Numbers between the one that is waited for and the newest one.
const SPAN_MAX: u64 = 4096;
/// Numbers in one request.
const NACK_NUMBERS_MAX: usize = 256;

/// What comes next in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next packet, and when it arrived.
    Packet(RtpPacket, Duration),
    /// So many packets at this place will not come.
    Lost(u64),
    /// The numbers start anew: nothing is known of what was between.
    Restart,
}

/// How many packets went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Taken in, in order or not.
    pub received: u64,
    /// Known already.
    pub duplicate: u64,
    /// After they were given up, or from before the first one.
    pub late: u64,
    /// Came after they were asked for.
    pub recovered: u64,
    /// Given up.
    pub lost: u64,
    /// Numbers in requests, repetitions included.
    pub asked: u64,
}

#[derive(Clone, Copy, Debug)]
struct Missing {
    since: Duration,
    ask_at: Duration,
    asked: u8,
}

/// See the module.
#[derive(Debug, Default)]
pub struct JitterBuffer {
    /// By number, unwrapped.
    packets: BTreeMap<u64, (RtpPacket, Duration)>,
    bytes: usize,
    missing: BTreeMap<u64, Missing>,
    /// What [`Self::pop`] hands out next.
    next: u64,
    /// One beyond the newest packet; 0 before the first.
    end: u64,
    /// Until then the first packet that came need not be the first one that was sent; nothing is handed out.
    settles: Duration,
    /// A packet from far away; a second one after it is a restart.
    stray: Option<(RtpPacket, Duration)>,
    /// Of the numbers before a restart: handed out first.
    leftover: VecDeque<Next>,
    rtt: Duration,
    counts: Counts,
}

impl JitterBuffer {
    /// Take a packet that arrived at `now`.
    pub fn push(&mut self, packet: RtpPacket, now: Duration) {
        if self.end == 0 {
            self.start(packet, now);
            return;
        }
        let number = self.unwrap(packet.sequence_number);
        let near = |number: &u64| {
            *number + JUMP_MAX >= self.next && *number <= (self.end + JUMP_MAX).min(self.next + SPAN_MAX)
        };
        let Some(number) = number.filter(near) else {
            self.stray(packet, now);
            return;
        };
        self.stray = None;
        if number < self.next && now < self.settles {
            self.miss(number + 1..self.next, now);
            self.next = number;
        }
        if number < self.next {
            self.counts.late += 1;
            return;
        }
        if self.packets.contains_key(&number) {
            self.counts.duplicate += 1;
            return;
        }
        self.counts.received += 1;
        if let Some(missing) = self.missing.remove(&number) {
            self.counts.recovered += u64::from(missing.asked > 0);
        }
        self.miss(self.end..number, now);
        self.end = self.end.max(number + 1);
        self.bytes += packet.payload.len();
        self.packets.insert(number, (packet, now));
    }

    /// What comes next, if it is known at `now`. To be called until there is nothing.
    pub fn pop(&mut self, now: Duration) -> Option<Next> {
        if let Some(next) = self.leftover.pop_front() {
            return Some(next);
        }
        if now < self.settles {
            return None;
        }
        if let Some((packet, at)) = self.packets.remove(&self.next) {
            self.bytes -= packet.payload.len();
            self.next += 1;
            return Some(Next::Packet(packet, at));
        }
        let first = *self.packets.keys().next()?;
        let full = self.packets.len() > PACKETS_MAX || self.bytes > BYTES_MAX;
        let mut lost = 0;
        while self.next < first {
            let given_up = self.missing.get(&self.next).is_none_or(|missing| now >= missing.since + GIVE_UP_AFTER);
            if !full && !given_up {
                break;
            }
            self.missing.remove(&self.next);
            self.next += 1;
            lost += 1;
        }
        self.counts.lost += lost;
        (lost > 0).then_some(Next::Lost(lost))
    }

    /// The numbers to ask the sender for at `now`.
    #[must_use]
    pub fn nack(&mut self, now: Duration) -> Vec<u16> {
        let again = ASK_AGAIN_AFTER.max(self.rtt + REORDERING);
        let mut numbers = Vec::new();
        for (number, missing) in &mut self.missing {
            if now < missing.ask_at || missing.asked >= ASKS_MAX || numbers.len() >= NACK_NUMBERS_MAX {
                continue;
            }
            missing.asked += 1;
            missing.ask_at = now + again;
            numbers.push(low16(*number));
        }
        self.counts.asked += numbers.len() as u64;
        numbers
    }

    /// When [`Self::pop`] or [`Self::nack`] may have something without a packet.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        let asks = self.missing.values().filter(|missing| missing.asked < ASKS_MAX).map(|missing| missing.ask_at);
        let gives_up = self.missing.values().next().map(|missing| missing.since + GIVE_UP_AFTER);
        let settles = self.packets.contains_key(&self.next).then_some(self.settles);
        asks.min().into_iter().chain(gives_up).chain(settles).min()
    }

    /// The round trip to the sender; asking again sooner is in vain.
    pub fn set_rtt(&mut self, rtt: Duration) {
        self.rtt = rtt.min(GIVE_UP_AFTER);
    }

    /// How many packets went which way.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn start(&mut self, packet: RtpPacket, now: Duration) {
        // One turn ahead of zero, so that what is older than the first has a number too.
        let number = 0x1_0000 + u64::from(packet.sequence_number);
        self.next = number;
        self.end = number + 1;
        self.settles = now + REORDERING;
        self.bytes = packet.payload.len();
        self.packets.insert(number, (packet, now));
        self.counts.received += 1;
    }

    fn miss(&mut self, numbers: std::ops::Range<u64>, now: Duration) {
        for number in numbers {
            self.missing.insert(number, Missing { since: now, ask_at: now + REORDERING, asked: 0 });
        }
    }

    /// One packet from far away may be a late one of something else; two in a row are a sender that started anew.
    fn stray(&mut self, packet: RtpPacket, now: Duration) {
        let follows = |first: &RtpPacket| first.sequence_number.wrapping_add(1) == packet.sequence_number;
        match self.stray.take() {
            Some((first, at)) if follows(&first) => {
                let held = std::mem::take(&mut self.packets).into_values();
                // What is held comes out before the restart; it is in order, with holes.
                let mut expected = self.next;
                for (packet, at) in held {
                    let number = self.unwrap(packet.sequence_number).unwrap_or(expected);
                    if number > expected {
                        self.leftover.push_back(Next::Lost(number - expected));
                        self.counts.lost += number - expected;
                    }
                    expected = number + 1;
                    self.leftover.push_back(Next::Packet(packet, at));
                }
                self.leftover.push_back(Next::Restart);
                self.missing.clear();
                self.start(first, at);
                self.push(packet, now);
            }
            _ => {
                self.counts.late += 1;
                self.stray = Some((packet, now));
            }
        }
    }

    /// The unwrapped number nearest to the newest one; `None` if it lies before all numbers.
    fn unwrap(&self, number: u16) -> Option<u64> {
        let newest = self.end - 1;
        let ahead = number.wrapping_sub(low16(newest)).cast_signed();
        newest.checked_add_signed(i64::from(ahead))
    }
}

fn low16(number: u64) -> u16 {
    (number & 0xFFFF) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn packet(number: u16) -> RtpPacket {
        RtpPacket {
            payload_type: 96,
            sequence_number: number,
            timestamp: 0,
            marker: false,
            payload: Bytes::from_static(&[0; 100]),
        }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn numbers(buffer: &mut JitterBuffer, now: Duration) -> Vec<i64> {
        std::iter::from_fn(|| buffer.pop(now))
            .map(|next| match next {
                Next::Packet(packet, _) => i64::from(packet.sequence_number),
                Next::Lost(count) => -i64::try_from(count).unwrap(),
                Next::Restart => -1_000_000,
            })
            .collect()
    }

    #[test]
    fn order_is_restored_across_the_wrap_and_each_packet_comes_once() {
        let mut buffer = JitterBuffer::default();
        for number in [65_535, 0, 65_534, 0, 1, 65_534] {
            buffer.push(packet(number), ms(0));
        }
        assert_eq!((numbers(&mut buffer, ms(19)), buffer.next_timeout()), (vec![], Some(ms(20))));
        assert_eq!(numbers(&mut buffer, ms(20)), [65_534, 65_535, 0, 1]);
        assert_eq!((buffer.counts().duplicate, buffer.counts().late), (2, 0));
        buffer.push(packet(1), ms(21));
        assert_eq!((numbers(&mut buffer, ms(21)), buffer.counts().late), (vec![], 1));
    }

    #[test]
    fn what_is_missing_is_asked_for_again_and_again_and_then_given_up() {
        let mut buffer = JitterBuffer::default();
        buffer.push(packet(10), ms(0));
        buffer.push(packet(13), ms(0));
        assert_eq!(buffer.nack(ms(19)), [0u16; 0]);
        assert_eq!(buffer.next_timeout(), Some(ms(20)));
        assert_eq!(numbers(&mut buffer, ms(20)), [10]);
        assert_eq!(buffer.nack(ms(20)), [11, 12]);
        assert_eq!(buffer.nack(ms(99)), [0u16; 0]);
        buffer.push(packet(12), ms(60));
        assert_eq!(buffer.nack(ms(100)), [11]);
        assert_eq!(numbers(&mut buffer, ms(699)), [0i64; 0]);
        assert_eq!(numbers(&mut buffer, ms(700)), [-1, 12, 13]);
        assert_eq!(buffer.counts().recovered, 1);
        assert_eq!(buffer.next_timeout(), None);
    }

    #[test]
    fn asking_has_an_end() {
        let mut buffer = JitterBuffer::default();
        buffer.push(packet(0), ms(0));
        buffer.push(packet(2), ms(0));
        let asked: usize = (0..1000).map(|at| buffer.nack(ms(at)).len()).sum();
        assert_eq!(asked, usize::from(ASKS_MAX));
    }

    #[test]
    fn a_sender_that_starts_anew_is_told_after_what_is_held() {
        let mut buffer = JitterBuffer::default();
        for number in [100, 101, 103] {
            buffer.push(packet(number), ms(0));
        }
        buffer.push(packet(40_000), ms(20));
        assert_eq!(numbers(&mut buffer, ms(20)), [100, 101], "one may be an error");
        buffer.push(packet(40_001), ms(21));
        assert_eq!(numbers(&mut buffer, ms(40)), [-1, 103, -1_000_000, 40_000, 40_001]);
    }

    #[test]
    fn a_full_buffer_gives_up_what_it_waits_for() {
        let mut buffer = JitterBuffer::default();
        buffer.push(packet(0), ms(0));
        for number in 2..2 + u16::try_from(PACKETS_MAX).unwrap() {
            buffer.push(packet(number), ms(1));
            assert!(buffer.packets.len() <= PACKETS_MAX + 1);
        }
        assert_eq!(numbers(&mut buffer, ms(20)), [0]);
        buffer.push(packet(2 + u16::try_from(PACKETS_MAX).unwrap()), ms(1));
        assert_eq!(numbers(&mut buffer, ms(20)).first(), Some(&-1));
    }
}
