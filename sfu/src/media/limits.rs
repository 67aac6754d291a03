//! Bounds of the media core, as a section of the configuration.

use std::time::Duration;

use serde::Deserialize;

/// How much a room may hold and how fast it may ask. Every map and queue of the core is bounded by one of these.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MediaLimits {
    /// Publishers of one room, those that are being replaced included. Camera, screen and a stage of six: 16.
    pub publishers_per_room: usize,
    /// Viewers of one room on one worker. Memory is about 2 kB each in this core and 40 kB in all: 20 000.
    pub viewers_per_room: usize,
    /// SSRCs of one publisher's transport, retransmissions included; further ones are dropped. Three layers with RTX and
    /// audio need 7, a browser that changes its SSRCs needs as many again: 16.
    pub ssrcs_per_publisher: usize,
    /// Packets of one rendition that are kept to answer NACKs; a power of two. 1 024 is 1.5 s at 8 Mbit/s.
    pub history_packets: usize,
    /// Age, in ms, after which a packet is of no use to a decoder that waits for it: 1 500.
    pub history_ms: u64,
    /// Longest wait, in ms, of a queued packet for others to be sent with: 5.
    pub coalesce_ms: u64,
    /// Queued packets of a room that are sent at once, whatever else holds: 64.
    pub batch_packets: usize,
    /// Least time, in ms, between two keyframe requests for one layer at its publisher: 600, so that no second holds three.
    pub keyframe_interval_ms: u64,
    /// Packets that one viewer may have sent again in a second; more is refused until its tokens return: 300.
    pub resends_per_second: u32,
    /// Least time, in ms, between two retransmissions of one packet to one viewer: 20.
    pub resend_interval_ms: u64,
    /// Retransmissions that may wait for the next flush in one room: 1 024.
    pub resends_queued: usize,
    /// Missing packets of one incoming stream that are asked for at a time: 256.
    pub missing_packets: usize,
    /// Times that one missing packet is asked for: 8.
    pub nack_retries: u8,
    /// Silence, in ms, after which a layer counts as not sent: 1 500.
    pub inactive_ms: u64,
    /// Bit/s that a publisher without transport-wide feedback is allowed by REMB: 10 000 000.
    pub publisher_bitrate_bps: u64,
}

impl Default for MediaLimits {
    fn default() -> Self {
        Self {
            publishers_per_room: 16,
            viewers_per_room: 20_000,
            ssrcs_per_publisher: 16,
            history_packets: 1_024,
            history_ms: 1_500,
            coalesce_ms: 5,
            batch_packets: 64,
            keyframe_interval_ms: 600,
            resends_per_second: 300,
            resend_interval_ms: 20,
            resends_queued: 1_024,
            missing_packets: 256,
            nack_retries: 8,
            inactive_ms: 1_500,
            publisher_bitrate_bps: 10_000_000,
        }
    }
}

impl MediaLimits {
    /// Says what is wrong with these limits, if anything, for the configuration's error message.
    ///
    /// # Errors
    /// The key and its allowed range.
    pub fn validate(&self) -> Result<(), &'static str> {
        let checks = [
            ((1..=64).contains(&self.publishers_per_room), "publishers_per_room: 1 to 64"),
            ((1..=1_000_000).contains(&self.viewers_per_room), "viewers_per_room: 1 to 1000000"),
            ((4..=64).contains(&self.ssrcs_per_publisher), "ssrcs_per_publisher: 4 to 64"),
            (
                self.history_packets.is_power_of_two() && (64..=16_384).contains(&self.history_packets),
                "history_packets: a power of two, 64 to 16384",
            ),
            ((100..=10_000).contains(&self.history_ms), "history_ms: 100 to 10000"),
            (self.coalesce_ms <= 20, "coalesce_ms: 0 to 20"),
            ((1..=512).contains(&self.batch_packets), "batch_packets: 1 to 512"),
            ((100..=10_000).contains(&self.keyframe_interval_ms), "keyframe_interval_ms: 100 to 10000"),
            ((1..=10_000).contains(&self.resends_per_second), "resends_per_second: 1 to 10000"),
            ((1..=1_000).contains(&self.resend_interval_ms), "resend_interval_ms: 1 to 1000"),
            ((16..=65_536).contains(&self.resends_queued), "resends_queued: 16 to 65536"),
            ((16..=2_048).contains(&self.missing_packets), "missing_packets: 16 to 2048"),
            ((1..=20).contains(&self.nack_retries), "nack_retries: 1 to 20"),
            ((500..=30_000).contains(&self.inactive_ms), "inactive_ms: 500 to 30000"),
            (
                (100_000..=1_000_000_000).contains(&self.publisher_bitrate_bps),
                "publisher_bitrate_bps: 100000 to 1000000000",
            ),
        ];
        checks.iter().find(|(good, _)| !good).map_or(Ok(()), |(_, what)| Err(*what))
    }

    pub(crate) fn history_age(&self) -> Duration {
        Duration::from_millis(self.history_ms)
    }

    pub(crate) fn coalesce(&self) -> Duration {
        Duration::from_millis(self.coalesce_ms)
    }

    pub(crate) fn keyframe_interval(&self) -> Duration {
        Duration::from_millis(self.keyframe_interval_ms)
    }

    pub(crate) fn resend_interval(&self) -> Duration {
        Duration::from_millis(self.resend_interval_ms)
    }

    pub(crate) fn inactive_after(&self) -> Duration {
        Duration::from_millis(self.inactive_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_each_bound_is_checked() {
        assert_eq!(MediaLimits::default().validate(), Ok(()));
        let wrong = MediaLimits { history_packets: 1_000, ..Default::default() };
        assert!(wrong.validate().unwrap_err().starts_with("history_packets"));
        for (coalesce_ms, good) in [(0, true), (20, true), (21, false)] {
            assert_eq!(MediaLimits { coalesce_ms, ..Default::default() }.validate().is_ok(), good);
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert_eq!(serde_json::from_str::<MediaLimits>("{}").unwrap(), MediaLimits::default());
        assert!(serde_json::from_str::<MediaLimits>(r#"{"historie_ms": 1}"#).is_err());
    }
}
