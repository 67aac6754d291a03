//! Who is in the room.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody is in this room, from the fewest rights to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Watches, asks, comes on stage when called.
    Student,
    /// A student whom a tutor has made a helper, for as long as the room lives.
    CoTutor,
    /// Teaches.
    Tutor,
    /// Runs the school.
    Admin,
}

impl Role {
    /// Whether hands, private questions and the waiting room are this role's to see.
    #[must_use]
    pub fn is_moderator(self) -> bool {
        self >= Self::CoTutor
    }
}

/// Somebody, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// The id, `sub` of the token.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// What they were when this was written.
    pub role: Role,
}

/// A raised hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hand {
    /// Whose.
    pub person: Person,
    /// Since when; the queue is in this order.
    pub at_ms: u64,
}

/// Whom a page of the roster lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RosterFilter {
    /// Everybody in the room.
    #[default]
    Present,
    /// Those in the waiting room; for moderators.
    Waiting,
    /// Those who are banned; for moderators.
    Banned,
}

/// A line of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RosterEntry {
    /// Who.
    pub person: Person,
    /// Since when they have been here; 0 if they are not.
    pub since_ms: u64,
    /// Whether the hand is up; moderators alone are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hand: bool,
    /// The place on stage, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u8>,
    /// Whether a moderator has muted them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
}

/// A page of the roster: moderators first, then by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RosterPage {
    /// At most as many as asked for.
    pub entries: Vec<RosterEntry>,
    /// How many match in all.
    pub total: u32,
    /// What `after` has to be for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
