//! How much of everything one room holds.

use lectern_platform::config::ConfigError;
use serde::Deserialize;

/// How much of everything one room holds: the section `[room]` of the configuration. All nodes of a cluster have the same.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoomLimits {
    /// People who were ever let in. Beyond, students are refused as `room_full`. 100 to 100,000.
    pub members_max: usize,
    /// Chat messages that are kept; the oldest that is not pinned goes. 50 to 10,000.
    pub chat_kept_max: usize,
    /// Messages of the `welcome`; the rest comes by page. 10 to 100.
    pub chat_welcome: usize,
    /// Pinned messages. 0 to 50.
    pub pins_max: usize,
    /// Different emoji at one message. 1 to 100.
    pub emoji_per_message_max: usize,
    /// Messages that one person may write at once, edits included. 1 to 100.
    pub chat_person_burst: u32,
    /// After which time, in milliseconds, one of those may be written again. 100 to 60,000.
    pub chat_person_interval_ms: u64,
    /// Messages that all students together may write at once. 1 to 10,000.
    pub chat_room_burst: u32,
    /// Messages that all students together may write in a second after that. 1 to 1,000.
    pub chat_room_per_s: u32,
    /// Raised hands. 1 to 5,000.
    pub hands_max: usize,
    /// Places on stage; 0 is a room without a stage. 0 to 16.
    pub stage_places: u8,
    /// Invitations on stage that are open at once. 1 to 500.
    pub invitations_max: usize,
    /// People who are muted. 1 to 5,000.
    pub muted_max: usize,
    /// People who were removed, and people who are banned; the media servers are told them all. 1 to 5,000.
    pub removed_max: usize,
    /// Co-tutors. 0 to 500.
    pub co_tutors_max: usize,
    /// People admitted out of the waiting room who have not come in yet; the oldest goes. 10 to 10,000.
    pub admitted_max: usize,
    /// Lines of the leaderboard that everybody is told. 1 to 100.
    pub leaders_told: usize,
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self {
            members_max: 20_000,
            chat_kept_max: 1_000,
            chat_welcome: 50,
            pins_max: 10,
            emoji_per_message_max: 20,
            chat_person_burst: 8,
            chat_person_interval_ms: 1_250,
            chat_room_burst: 100,
            chat_room_per_s: 50,
            hands_max: 500,
            stage_places: 6,
            invitations_max: 50,
            muted_max: 500,
            removed_max: 500,
            co_tutors_max: 50,
            admitted_max: 1_000,
            leaders_told: 10,
        }
    }
}

impl RoomLimits {
    /// Whether every key is within its range.
    ///
    /// # Errors
    ///
    /// Names the first key that is not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let ranges: [(&'static str, u64, u64, u64); 17] = [
            ("room.members_max", self.members_max as u64, 100, 100_000),
            ("room.chat_kept_max", self.chat_kept_max as u64, 50, 10_000),
            ("room.chat_welcome", self.chat_welcome as u64, 10, 100),
            ("room.pins_max", self.pins_max as u64, 0, 50),
            ("room.emoji_per_message_max", self.emoji_per_message_max as u64, 1, 100),
            ("room.chat_person_burst", self.chat_person_burst.into(), 1, 100),
            ("room.chat_person_interval_ms", self.chat_person_interval_ms, 100, 60_000),
            ("room.chat_room_burst", self.chat_room_burst.into(), 1, 10_000),
            ("room.chat_room_per_s", self.chat_room_per_s.into(), 1, 1_000),
            ("room.hands_max", self.hands_max as u64, 1, 5_000),
            ("room.stage_places", self.stage_places.into(), 0, 16),
            ("room.invitations_max", self.invitations_max as u64, 1, 500),
            ("room.muted_max", self.muted_max as u64, 1, 5_000),
            ("room.removed_max", self.removed_max as u64, 1, 5_000),
            ("room.co_tutors_max", self.co_tutors_max as u64, 0, 500),
            ("room.admitted_max", self.admitted_max as u64, 10, 10_000),
            ("room.leaders_told", self.leaders_told as u64, 1, 100),
        ];
        match ranges.into_iter().find(|&(_, value, least, most)| value < least || value > most) {
            Some((key, _, least, most)) => Err(ConfigError::rejected(key, format!("has to be {least} to {most}"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_and_both_ends_of_a_range_are_within_it() {
        assert!(RoomLimits::default().check().is_ok());
        for (places, fits) in [(0, true), (16, true), (17, false)] {
            assert_eq!(RoomLimits { stage_places: places, ..RoomLimits::default() }.check().is_ok(), fits);
        }
        let error = RoomLimits { members_max: 99, ..RoomLimits::default() }.check().unwrap_err();
        assert_eq!(error.to_string(), "room.members_max: has to be 100 to 100000");
    }
}
