//! One incoming RTP stream (one encoding): its order, its losses, its reports.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use lectern_wire::rtcp::{ReportBlock, SenderInfo, ntp_from_duration, ntp_middle};

use crate::drop_reason::DropReason;
use crate::media::MediaLimits;

/// Packets back from the newest within which a late one is told from a duplicate; a power of two.
const WINDOW: u64 = 2_048;
/// RFC 3550 appendix A.1, MAX_DROPOUT: a greater jump must be confirmed by a second packet in sequence.
const JUMP_MAX: u64 = 1_000;
/// Where positions begin, so that packets older than the first one seen have room below it.
const ORIGIN: u64 = 1 << 20;
/// Reordering that is waited for before a packet counts as missing.
const REORDER_WAIT: Duration = Duration::from_millis(10);
/// First wait for an answer to a NACK; each further one is half as long again.
const RETRY_WAIT: Duration = Duration::from_millis(40);

/// Order and loss of a stream.
#[derive(Debug)]
pub(crate) struct ReceiveStream {
    clock_hz: u32,
    repairs: bool,
    epoch: Instant,
    /// Newest position; `None` before the first packet.
    highest: Option<u64>,
    /// Added to the sender's sequence numbers to get the low bits of positions; changes when the sender starts anew.
    shift: u16,
    /// One bit for each of the last [`WINDOW`] positions.
    window: Box<[u64; (WINDOW / 64) as usize]>,
    stray: Option<u16>,
    /// The next packet, whatever its number, follows the newest.
    restarting: bool,
    missing: VecDeque<Missing>,
    /// Added to the sender's timestamps.
    timestamp_shift: u32,
    newest_timestamp: u32,
    newest_arrival: Instant,
    reception: Reception,
}

#[derive(Debug)]
struct Missing {
    position: u64,
    next_at: Instant,
    tries: u8,
    since: Instant,
}

/// What receiver reports are made of (RFC 3550 appendix A.3 and A.8).
#[derive(Debug, Default)]
struct Reception {
    /// The sender's highest sequence number with its cycles.
    extended: u32,
    base: u32,
    received: u32,
    expected_prior: u32,
    received_prior: u32,
    transit: Option<u32>,
    /// In 1/16 of a clock unit.
    jitter_16: u32,
    sender_report: Option<(u64, Instant)>,
}

/// An accepted packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Its position.
    pub(crate) position: u64,
    /// Its timestamp, continuous over restarts of the sender.
    pub(crate) timestamp: u32,
    /// The sender started anew: what follows needs a keyframe.
    pub(crate) restarted: bool,
    /// It is the newest, and the one before it was received.
    pub(crate) follows: bool,
}

impl ReceiveStream {
    /// `repairs`: lost packets are to be asked for.
    pub(crate) fn new(clock_hz: u32, repairs: bool, now: Instant) -> Self {
        Self {
            clock_hz,
            repairs,
            epoch: now,
            highest: None,
            shift: 0,
            window: Box::default(),
            stray: None,
            restarting: false,
            missing: VecDeque::new(),
            timestamp_shift: 0,
            newest_timestamp: 0,
            newest_arrival: now,
            reception: Reception::default(),
        }
    }

    /// The sender changed its SSRC: its numbers mean nothing any more.
    pub(crate) fn expect_restart(&mut self) {
        self.restarting = self.highest.is_some();
        self.missing.clear();
    }

    /// A packet came, directly or `recovered` from a retransmission.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        sequence: u16,
        timestamp: u32,
        recovered: bool,
        limits: &MediaLimits,
    ) -> Result<Accepted, DropReason> {
        let Some(highest) = self.highest else {
            return Ok(self.begin(now, ORIGIN, sequence, timestamp, false));
        };
        if self.restarting {
            return Ok(self.begin(now, highest + 1, sequence, timestamp, true));
        }
        let ahead = i64::from(sequence.wrapping_add(self.shift).wrapping_sub(low_16(highest)).cast_signed());
        if ahead.unsigned_abs() > JUMP_MAX {
            if recovered {
                return Err(DropReason::MediaTooLate);
            }
            if self.stray.replace(sequence.wrapping_add(1)) != Some(sequence) {
                return Err(DropReason::MediaStray);
            }
            self.missing.clear();
            return Ok(self.begin(now, highest + 1, sequence, timestamp, true));
        }
        self.stray = None;
        let position = highest.saturating_add_signed(ahead);
        if position > highest {
            if !recovered {
                self.measure_jitter(now, timestamp);
            }
            self.reception.extended = self.reception.extended.wrapping_add(ahead.unsigned_abs() as u32);
            for skipped in highest + 1..position {
                self.set(skipped, false);
            }
            self.note_missing(now, highest + 1..position, limits);
            self.highest = Some(position);
            self.newest_timestamp = timestamp.wrapping_add(self.timestamp_shift);
            self.newest_arrival = now;
        } else {
            if self.has(position) {
                return Err(DropReason::MediaDuplicate);
            }
            if let Ok(index) = self.missing.binary_search_by_key(&position, |missing| missing.position) {
                self.missing.remove(index);
            }
        }
        self.set(position, true);
        self.reception.received = self.reception.received.wrapping_add(1);
        Ok(Accepted {
            position,
            timestamp: timestamp.wrapping_add(self.timestamp_shift),
            restarted: false,
            follows: ahead == 1,
        })
    }

    /// The first packet of a series, at `position`.
    fn begin(&mut self, now: Instant, position: u64, sequence: u16, timestamp: u32, restarted: bool) -> Accepted {
        self.shift = low_16(position).wrapping_sub(sequence);
        self.stray = None;
        if restarted {
            let elapsed_ms = u64::try_from(now.duration_since(self.newest_arrival).as_millis()).unwrap_or(0).max(1);
            let elapsed = (elapsed_ms * u64::from(self.clock_hz) / 1_000) as u32;
            self.timestamp_shift = self.newest_timestamp.wrapping_add(elapsed).wrapping_sub(timestamp);
        }
        if self.highest.is_none() {
            // Nobody waits for what was sent before the first packet.
            self.window.fill(u64::MAX);
        }
        self.highest = Some(position);
        self.newest_timestamp = timestamp.wrapping_add(self.timestamp_shift);
        self.newest_arrival = now;
        self.set(position, true);
        self.restarting = false;
        self.reception =
            Reception { extended: u32::from(sequence), base: u32::from(sequence), received: 1, ..Reception::default() };
        Accepted { position, timestamp: self.newest_timestamp, restarted, follows: false }
    }

    fn note_missing(&mut self, now: Instant, positions: std::ops::Range<u64>, limits: &MediaLimits) {
        if !self.repairs {
            return;
        }
        for position in positions {
            if self.missing.len() >= limits.missing_packets {
                self.missing.pop_front();
            }
            self.missing.push_back(Missing { position, next_at: now + REORDER_WAIT, tries: 0, since: now });
        }
    }

    /// Sequence numbers, ascending, to ask the sender for again; at most `max`.
    pub(crate) fn due_nacks(&mut self, now: Instant, limits: &MediaLimits, out: &mut Vec<u16>) {
        let (shift, age, retries) = (self.shift, limits.history_age(), limits.nack_retries);
        self.missing.retain(|missing| missing.tries < retries && now.duration_since(missing.since) < age);
        for missing in self.missing.iter_mut().filter(|missing| missing.next_at <= now) {
            out.push(low_16(missing.position).wrapping_sub(shift));
            missing.next_at = now + RETRY_WAIT.mul_f32(1.5f32.powi(i32::from(missing.tries)));
            missing.tries += 1;
        }
    }

    /// When [`ReceiveStream::due_nacks`] has something.
    pub(crate) fn nack_due(&self) -> Option<Instant> {
        self.missing.iter().map(|missing| missing.next_at).min()
    }

    /// The sender reported; the answer is its RTP time on the shifted clock.
    pub(crate) fn sender_report(&mut self, now: Instant, info: &SenderInfo) -> u32 {
        self.reception.sender_report = Some((info.ntp, now));
        info.rtp.wrapping_add(self.timestamp_shift)
    }

    /// For the next receiver report; `None` before the first packet.
    pub(crate) fn report(&mut self, now: Instant, ssrc: u32) -> Option<ReportBlock> {
        self.highest?;
        let reception = &mut self.reception;
        if reception.base == u32::MAX {
            return None;
        }
        let expected = reception.extended.wrapping_sub(reception.base).wrapping_add(1);
        let expected_interval = expected.wrapping_sub(reception.expected_prior);
        let received_interval = reception.received.wrapping_sub(reception.received_prior);
        (reception.expected_prior, reception.received_prior) = (expected, reception.received);
        let lost_interval = expected_interval.saturating_sub(received_interval);
        let fraction = (u64::from(lost_interval) * 256).checked_div(u64::from(expected_interval)).unwrap_or(0);
        let (last, delay) = reception.sender_report.map_or((0, 0), |(ntp, at)| {
            (ntp_middle(ntp), ntp_middle(ntp_from_duration(now.saturating_duration_since(at))))
        });
        Some(ReportBlock {
            ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(255),
            cumulative_lost: expected.wrapping_sub(reception.received).cast_signed(),
            highest_sequence: reception.extended,
            jitter: reception.jitter_16 >> 4,
            last_sender_report: last,
            delay_since_last_sender_report: delay,
        })
    }

    fn measure_jitter(&mut self, now: Instant, timestamp: u32) {
        let arrival_us = now.saturating_duration_since(self.epoch).as_micros();
        let arrival = (arrival_us * u128::from(self.clock_hz) / 1_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(last) = self.reception.transit.replace(transit) {
            let difference = transit.wrapping_sub(last).cast_signed().unsigned_abs();
            // A sender that paused is no jitter.
            if difference < self.clock_hz {
                let jitter = &mut self.reception.jitter_16;
                *jitter = (*jitter + difference).saturating_sub((*jitter + 8) >> 4);
            }
        }
    }

    fn has(&self, position: u64) -> bool {
        let bit = position % WINDOW;
        self.window[(bit / 64) as usize] >> (bit % 64) & 1 != 0
    }

    fn set(&mut self, position: u64, received: bool) {
        let bit = position % WINDOW;
        let word = &mut self.window[(bit / 64) as usize];
        *word = *word & !(1 << (bit % 64)) | u64::from(received) << (bit % 64);
    }
}

fn low_16(position: u64) -> u16 {
    (position & 0xFFFF) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> (ReceiveStream, Instant, MediaLimits) {
        let now = Instant::now();
        (ReceiveStream::new(90_000, true, now), now, MediaLimits::default())
    }

    fn position(stream: &mut ReceiveStream, now: Instant, sequence: u16) -> Result<u64, DropReason> {
        let limits = MediaLimits::default();
        stream.receive(now, sequence, 0, false, &limits).map(|accepted| accepted.position - ORIGIN)
    }

    #[test]
    fn order_survives_wrap_reordering_and_duplicates() {
        let (mut stream, now, _) = stream();
        assert_eq!(position(&mut stream, now, 65_534), Ok(0));
        assert_eq!(position(&mut stream, now, 1), Ok(3));
        assert_eq!(position(&mut stream, now, 65_535), Ok(1));
        assert_eq!(position(&mut stream, now, 65_535), Err(DropReason::MediaDuplicate));
        assert_eq!(position(&mut stream, now, 0), Ok(2));
        assert_eq!(position(&mut stream, now, 65_533), Err(DropReason::MediaDuplicate));
    }

    #[test]
    fn a_jump_needs_a_second_packet_and_goes_on_without_a_gap() {
        let (mut stream, now, _) = stream();
        assert_eq!(position(&mut stream, now, 100), Ok(0));
        assert_eq!(position(&mut stream, now, 1_100), Ok(1_000));
        assert_eq!(position(&mut stream, now, 2_101), Err(DropReason::MediaStray));
        assert_eq!(position(&mut stream, now, 1_101), Ok(1_001));
        assert_eq!(position(&mut stream, now, 30_000), Err(DropReason::MediaStray));
        let later = now + Duration::from_millis(10);
        let limits = MediaLimits::default();
        let accepted = stream.receive(later, 30_001, 5, false, &limits).unwrap();
        assert_eq!((accepted.position - ORIGIN, accepted.timestamp, accepted.restarted), (1_002, 900, true));
        assert_eq!(position(&mut stream, now, 30_002), Ok(1_003));
    }

    #[test]
    fn missing_packets_are_asked_for_until_they_come() {
        let (mut stream, now, limits) = stream();
        position(&mut stream, now, 10).unwrap();
        position(&mut stream, now, 13).unwrap();
        let mut due = Vec::new();
        stream.due_nacks(now, &limits, &mut due);
        assert!(due.is_empty());
        let at = stream.nack_due().unwrap();
        stream.due_nacks(at, &limits, &mut due);
        assert_eq!(due, [11, 12]);
        stream.receive(at, 11, 0, true, &limits).unwrap();
        due.clear();
        stream.due_nacks(at + RETRY_WAIT, &limits, &mut due);
        assert_eq!(due, [12]);
        let mut asked = 2;
        while let Some(at) = stream.nack_due() {
            due.clear();
            stream.due_nacks(at, &limits, &mut due);
            asked += due.len();
        }
        assert!(asked <= usize::from(limits.nack_retries));
    }

    #[test]
    fn reports_count_losses() {
        let (mut stream, now, _) = stream();
        for sequence in [0, 1, 3] {
            position(&mut stream, now, sequence).unwrap();
        }
        let report = stream.report(now, 7).unwrap();
        assert_eq!((report.fraction_lost, report.cumulative_lost, report.highest_sequence), (64, 1, 3));
        assert_eq!(stream.report(now, 7).unwrap().fraction_lost, 0);
    }

    #[test]
    fn a_new_ssrc_goes_on_without_a_gap() {
        let (mut stream, now, _) = stream();
        position(&mut stream, now, 500).unwrap();
        stream.expect_restart();
        assert_eq!(position(&mut stream, now, 9), Ok(1));
        assert_eq!(position(&mut stream, now, 10), Ok(2));
    }
}
