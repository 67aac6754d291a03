//! Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01): what arrived, and when.
//!
//! [`Arrivals`] collects what a receiver saw and writes its feedback; [`TransportFeedback`] reads a peer's.

use std::collections::VecDeque;
use std::time::Duration;

use super::write::Writer;
use super::{FORMAT_TRANSPORT_CC, TYPE_TRANSPORT};

/// Packets that wait for the next feedback; older ones go first. At 100 ms this is 20 000 packets a second.
const ARRIVALS_MAX: usize = 2_048;
/// A jump of the sequence number beyond this starts a new series.
const JUMP_MAX: i64 = 8_192;
/// Packets reported by one feedback packet, so that it fits a datagram even if every delta takes two bytes.
const REPORTED_MAX: u16 = 400;
/// "delta … in multiples of 250us".
const TICK_US: i64 = 250;
/// "reference time … in multiples of 64ms".
const REFERENCE_US: i64 = 64_000;

/// Collects arrivals of packets with a transport-wide sequence number.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// Unwrapped sequence number and arrival in µs since any fixed epoch, ascending by number.
    seen: VecDeque<(i64, i64)>,
    highest: Option<i64>,
    /// The first number of the next feedback.
    next: Option<i64>,
    feedback_count: u8,
}

impl Arrivals {
    /// A packet with this number came, `at` after the epoch.
    pub fn record(&mut self, sequence: u16, at: Duration) {
        let at_us = i64::try_from(at.as_micros()).unwrap_or(i64::MAX / 2);
        let mut number = match self.highest {
            None => i64::from(sequence),
            Some(highest) => {
                let low = u16::try_from(highest & 0xFFFF).unwrap_or(0);
                highest + i64::from(sequence.wrapping_sub(low).cast_signed())
            }
        };
        if self.highest.is_some_and(|highest| (number - highest).abs() > JUMP_MAX) {
            self.seen.clear();
            self.next = None;
            number = i64::from(sequence);
            self.highest = None;
        }
        self.highest = Some(self.highest.map_or(number, |highest| highest.max(number)));
        let at_end = self.seen.back().is_none_or(|(last, _)| *last < number);
        if at_end {
            self.seen.push_back((number, at_us));
        } else if let Err(place) = self.seen.binary_search_by_key(&number, |(number, _)| *number) {
            self.seen.insert(place, (number, at_us));
        }
        if self.seen.len() > ARRIVALS_MAX {
            self.seen.pop_front();
        }
        // A late packet is reported with the next feedback: "overlapping" feedback is allowed.
        self.next = Some(self.next.map_or(number, |next| next.min(number)));
    }

    /// Nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Writes one feedback packet about the oldest arrivals and forgets them; `false` if nothing waits or fits.
    /// Call it until [`Arrivals::is_empty`].
    pub fn write(&mut self, writer: &mut Writer<'_>, sender_ssrc: u32, media_ssrc: u32) -> bool {
        let (Some(&(first, first_us)), Some(next)) = (self.seen.front(), self.next) else { return false };
        let base = if (0..i64::from(REPORTED_MAX) / 2).contains(&(first - next)) { next } else { first };
        let reference = first_us.div_euclid(REFERENCE_US);
        let mut statuses = [Status::Missing; REPORTED_MAX as usize];
        let mut deltas = arrayvec::ArrayVec::<i16, { REPORTED_MAX as usize }>::new();
        let (mut count, mut taken, mut clock) = (0, 0, reference * REFERENCE_US);
        for &(number, at_us) in &self.seen {
            let (Ok(index), ticks) = (usize::try_from(number - base), (at_us - clock).div_euclid(TICK_US)) else {
                break;
            };
            let Ok(delta) = i16::try_from(ticks) else { break };
            let Some(status) = statuses.get_mut(index) else { break };
            *status = if (0..=255).contains(&delta) { Status::Small } else { Status::Large };
            deltas.push(delta);
            clock += ticks * TICK_US;
            count = index + 1;
            taken += 1;
        }
        let feedback_count = self.feedback_count;
        let written = writer.packet(TYPE_TRANSPORT, FORMAT_TRANSPORT_CC, |body| {
            body.word(sender_ssrc)?;
            body.word(media_ssrc)?;
            body.bytes(&low_16(base).to_be_bytes())?;
            body.bytes(&u16::try_from(count).ok()?.to_be_bytes())?;
            let reference = u32::try_from(reference & 0xFF_FFFF).ok()?;
            body.word(reference << 8 | u32::from(feedback_count))?;
            for chunk in statuses[..count].chunks(7) {
                // Status vector chunk of two-bit symbols: simple, and a run is rare on a line that carries audio and video.
                let symbols = chunk.iter().enumerate().map(|(i, status)| (*status as u16) << (12 - 2 * i));
                body.bytes(&(0xC000 | symbols.sum::<u16>()).to_be_bytes())?;
            }
            for delta in &deltas {
                match u8::try_from(*delta) {
                    Ok(small) => body.bytes(&[small])?,
                    Err(_) => body.bytes(&delta.to_be_bytes())?,
                }
            }
            body.pad()
        });
        if written {
            self.seen.drain(..taken);
            self.next = self.seen.front().map_or(Some(base + i64::try_from(count).unwrap_or(0)), |_| {
                Some(base + i64::try_from(count).unwrap_or(0))
            });
            self.feedback_count = self.feedback_count.wrapping_add(1);
        }
        written
    }
}

fn low_16(number: i64) -> u16 {
    u16::try_from(number & 0xFFFF).unwrap_or(0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Missing = 0,
    Small = 1,
    Large = 2,
}

/// A peer's feedback; iterate over it with [`TransportFeedback::entries`].
#[derive(Clone, Debug)]
pub struct TransportFeedback<'a> {
    /// The SSRC that it names, of no further meaning.
    pub media_ssrc: u32,
    /// The first sequence number reported.
    pub base: u16,
    /// How many are reported.
    pub count: u16,
    /// In multiples of 64 ms, 24 bits, signed.
    pub reference: i32,
    /// Grows by one with each feedback, wraps.
    pub feedback_count: u8,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

/// What a feedback says about one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackEntry {
    /// Its transport-wide sequence number.
    pub sequence: u16,
    /// When it arrived, in µs on the clock of [`TransportFeedback::reference`]; `None` if it did not.
    pub arrival_us: Option<i64>,
}

impl<'a> TransportFeedback<'a> {
    pub(super) fn parse(media_ssrc: u32, body: &'a [u8]) -> Option<Self> {
        let head = body.first_chunk::<8>()?;
        let mut feedback = Self {
            media_ssrc,
            base: u16::from_be_bytes([head[0], head[1]]),
            count: u16::from_be_bytes([head[2], head[3]]),
            reference: i32::from_be_bytes([head[4], head[5], head[6], 0]) >> 8,
            feedback_count: head[7],
            chunks: &body[8..],
            deltas: &[],
        };
        // The deltas begin where the chunks have described all packets.
        let (mut at, mut described) = (0, 0u32);
        while described < u32::from(feedback.count) {
            let chunk = feedback.chunks.get(at..at + 2)?;
            described += chunk_len(u16::from_be_bytes([chunk[0], chunk[1]]));
            at += 2;
        }
        (feedback.chunks, feedback.deltas) = feedback.chunks.split_at(at);
        Some(feedback)
    }

    /// Packet by packet; ends early if deltas are missing.
    pub fn entries(&self) -> impl Iterator<Item = FeedbackEntry> + use<'a> {
        let symbols = self.chunks.as_chunks().0.iter().flat_map(|&chunk| {
            let chunk = u16::from_be_bytes(chunk);
            (0..chunk_len(chunk)).map(move |i| symbol(chunk, i))
        });
        let (base, mut deltas) = (self.base, self.deltas);
        let mut clock_us = i64::from(self.reference) * REFERENCE_US;
        symbols.take(usize::from(self.count)).zip(0..self.count).map_while(move |(symbol, offset)| {
            let delta = match symbol {
                1 => {
                    let (first, rest) = deltas.split_first()?;
                    deltas = rest;
                    Some(i64::from(*first))
                }
                2 => {
                    let (first, rest) = deltas.split_first_chunk::<2>()?;
                    deltas = rest;
                    Some(i64::from(i16::from_be_bytes(*first)))
                }
                _ => None,
            };
            clock_us += delta.unwrap_or(0) * TICK_US;
            Some(FeedbackEntry { sequence: base.wrapping_add(offset), arrival_us: delta.map(|_| clock_us) })
        })
    }
}

/// How many packets a chunk describes: a run, 14 one-bit or 7 two-bit symbols. A run of none would never end.
fn chunk_len(chunk: u16) -> u32 {
    match chunk >> 14 {
        0 | 1 => u32::from(chunk & 0x1FFF).max(1),
        2 => 14,
        _ => 7,
    }
}

fn symbol(chunk: u16, index: u32) -> u16 {
    match chunk >> 14 {
        0 | 1 => chunk >> 13 & 3,
        2 => chunk >> (13 - index) & 1,
        _ => chunk >> (12 - 2 * index) & 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Compound, Packet};
    use super::*;

    fn round_trip(arrivals: &mut Arrivals) -> Vec<FeedbackEntry> {
        let mut out = [0; 1_400];
        let mut writer = Writer::new(&mut out);
        assert!(arrivals.write(&mut writer, 1, 2));
        let Some(Packet::TransportFeedback(feedback)) = Compound::new(writer.bytes()).next() else { panic!() };
        feedback.entries().collect()
    }

    #[test]
    fn what_was_recorded_is_read_back() {
        let mut arrivals = Arrivals::default();
        for (sequence, ms) in [(65_534, 1_000), (65_535, 1_001), (1, 1_200), (2, 1_199), (10, 1_300)] {
            arrivals.record(sequence, Duration::from_millis(ms));
        }
        let entries = round_trip(&mut arrivals);
        assert_eq!(entries.len(), 13);
        let came: Vec<_> = entries.iter().filter_map(|e| e.arrival_us.map(|us| (e.sequence, us))).collect();
        assert_eq!(came, [(65_534, 1_000_000), (65_535, 1_001_000), (1, 1_200_000), (2, 1_199_000), (10, 1_300_000)]);
        assert!(arrivals.is_empty());
        // The next feedback begins where this one ended, so that what lies between counts as lost.
        arrivals.record(13, Duration::from_millis(1_310));
        let entries = round_trip(&mut arrivals);
        assert_eq!(
            entries.iter().map(|e| (e.sequence, e.arrival_us.is_some())).collect::<Vec<_>>(),
            [(11, false), (12, false), (13, true)]
        );
    }

    #[test]
    fn late_packets_are_reported_after_all() {
        let mut arrivals = Arrivals::default();
        arrivals.record(5, Duration::from_millis(100));
        arrivals.record(7, Duration::from_millis(101));
        round_trip(&mut arrivals);
        arrivals.record(6, Duration::from_millis(140));
        arrivals.record(8, Duration::from_millis(141));
        let entries = round_trip(&mut arrivals);
        assert_eq!(entries.iter().filter(|e| e.arrival_us.is_some()).map(|e| e.sequence).collect::<Vec<_>>(), [6, 8]);
    }

    #[test]
    fn a_long_silence_is_split() {
        let mut arrivals = Arrivals::default();
        arrivals.record(1, Duration::from_secs(1));
        arrivals.record(2, Duration::from_secs(60));
        assert_eq!(round_trip(&mut arrivals).len(), 1);
        assert_eq!(round_trip(&mut arrivals).last().unwrap().arrival_us, Some(60_000_000));
    }

    #[test]
    fn runs_and_one_bit_vectors_are_read() {
        // Base 10, 9 packets: a run of 3 small deltas, then a one-bit vector 101010….
        let body = [
            0, 10, 0, 9, 0, 0, 1, 7, 0x20, 0x03, 0xAA, 0x00, 4, 4, 4, 8, 8, 8, // deltas in 250 µs
        ];
        let feedback = TransportFeedback::parse(2, &body).unwrap();
        let entries: Vec<_> = feedback.entries().map(|e| e.arrival_us).collect();
        assert_eq!(entries[..4], [Some(65_000), Some(66_000), Some(67_000), Some(69_000)]);
        assert_eq!(entries[4..], [None, Some(71_000), None, Some(73_000), None]);
        assert!(TransportFeedback::parse(2, &body[..10]).is_none());
    }
}
