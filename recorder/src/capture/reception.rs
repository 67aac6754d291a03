//! What a receiver reports of one stream (RFC 3550 section 6.4.1 and appendix A.8).

use std::time::Duration;

use lectern_wire::rtcp::{ReportBlock, ntp_middle};

/// One SSRC's account.
#[derive(Debug)]
pub(crate) struct Reception {
    ssrc: u32,
    /// Ticks of the stream's clock in a second.
    hz: u32,
    /// The first and the highest packet by SRTP index: the sequence number and how often it wrapped.
    first: u64,
    highest: u64,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// Arrival less timestamp of the last packet, in ticks.
    transit: Option<u32>,
    jitter: f64,
    /// The middle of the last sender report's NTP time, and when it came.
    sender_report: Option<(u32, Duration)>,
}

impl Reception {
    /// Begins with a packet's SRTP index.
    pub(crate) fn new(ssrc: u32, hz: u32, index: u64) -> Self {
        Self {
            ssrc,
            hz,
            first: index,
            highest: index,
            received: 0,
            reported: (0, 0),
            transit: None,
            jitter: 0.0,
            sender_report: None,
        }
    }

    /// A packet of the stream came at `now`, which may be since anything.
    pub(crate) fn count(&mut self, index: u64, timestamp: u32, now: Duration) {
        self.received += 1;
        self.first = self.first.min(index);
        self.highest = self.highest.max(index);
        let arrival = (now.as_nanos() * u128::from(self.hz) / 1_000_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = f64::from(transit.wrapping_sub(before).cast_signed().unsigned_abs());
            self.jitter += (difference - self.jitter) / 16.0;
        }
    }

    /// A sender report about the stream came at `now`.
    pub(crate) fn note_sender_report(&mut self, ntp: u64, now: Duration) {
        self.sender_report = Some((ntp_middle(ntp), now));
    }

    /// What is to be told at `now`; what is lost since the last time counts from here on anew.
    pub(crate) fn report(&mut self, now: Duration) -> ReportBlock {
        let expected = self.highest - self.first + 1;
        let (expected_since, received_since) = (expected - self.reported.0, self.received - self.reported.1);
        self.reported = (expected, self.received);
        let lost_since = expected_since.saturating_sub(received_since);
        let fraction = (lost_since * 256).checked_div(expected_since).unwrap_or(0);
        let (last, delay) = self
            .sender_report
            .map_or((0, 0), |(last, at)| (last, (now.saturating_sub(at).as_micros() * 65_536 / 1_000_000) as u32));
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: fraction.min(255) as u8,
            cumulative_lost: i32::try_from(expected.cast_signed() - self.received.cast_signed()).unwrap_or(i32::MAX),
            highest_sequence: self.highest as u32,
            jitter: self.jitter as u32,
            last_sender_report: last,
            delay_since_last_sender_report: delay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn loss_jitter_and_the_last_sender_report_are_told() {
        let mut reception = Reception::new(9, 90_000, 65_534);
        for (place, index) in [65_534u64, 65_535, 65_537, 65_538].into_iter().enumerate() {
            // Every other packet is 2 ms late.
            let late = if place % 2 == 1 { 2 } else { 0 };
            reception.count(index, (index * 3_000) as u32, ms((index - 65_534) * 1_000 * 3_000 / 90_000 + late));
        }
        reception.note_sender_report(0x0102_0304_0506_0708, ms(200));
        let block = reception.report(ms(700));
        assert_eq!((block.ssrc, block.highest_sequence), (9, 65_538));
        assert_eq!((block.fraction_lost, block.cumulative_lost), (51, 1));
        assert_eq!((block.last_sender_report, block.delay_since_last_sender_report), (0x0304_0506, 32_768));
        assert!((10..40).contains(&block.jitter), "{}", block.jitter);
        reception.count(65_539, 0, ms(200));
        assert_eq!(reception.report(ms(800)).fraction_lost, 0, "nothing since");
    }

    #[test]
    fn a_late_packet_from_before_the_first_makes_no_loss() {
        let mut reception = Reception::new(9, 48_000, 10);
        reception.count(10, 0, ms(0));
        reception.count(9, 0, ms(1));
        assert_eq!(reception.report(ms(2)).cumulative_lost, 0);
        // A repetition of the server's, not by RTX, is one more than expected.
        reception.count(10, 0, ms(3));
        let block = reception.report(ms(4));
        assert_eq!((block.cumulative_lost, block.fraction_lost), (-1, 0));
    }
}
