//! Polls, and the questions of a live quiz, which are polls with a right answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::people::Person;

/// Who sees the tally of an open poll. Moderators always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PollResults {
    /// Everybody, as it changes.
    #[default]
    Live,
    /// Everybody, once it is closed.
    Closed,
    /// Moderators alone.
    Moderators,
}

/// What makes a poll a question of the quiz.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quiz {
    /// The options that are right, from 0. An answer counts when it is exactly these.
    pub correct: Vec<u8>,
}

/// A poll to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PollOpen {
    /// What is asked.
    pub question: String,
    /// The answers to choose from.
    pub options: Vec<String>,
    /// Whether more than one may be chosen.
    #[serde(default)]
    pub multiple: bool,
    /// Whether nobody, moderators included, learns who chose what.
    #[serde(default)]
    pub anonymous: bool,
    /// Who sees the tally while it is open. That of a quiz question is hidden until it is closed, whatever this says.
    #[serde(default)]
    pub results: PollResults,
    /// It closes by itself after so many seconds. A quiz question has to have this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Makes it a question of the quiz: the first answer counts, quicker ones earn more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiz: Option<Quiz>,
}

/// A poll as everybody sees it; the right answers are not in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Poll {
    /// The number of the event that opened it.
    pub id: u64,
    /// What is asked.
    pub question: String,
    /// The answers to choose from.
    pub options: Vec<String>,
    /// Whether more than one may be chosen.
    pub multiple: bool,
    /// Whether nobody learns who chose what.
    pub anonymous: bool,
    /// Who sees the tally while it is open.
    pub results: PollResults,
    /// Whether it is a question of the quiz.
    pub quiz: bool,
    /// When it was opened.
    pub opened_at_ms: u64,
    /// When it closes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at_ms: Option<u64>,
}

/// How many chose what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// By option.
    pub votes: Vec<u32>,
    /// How many people voted; with several choices fewer than the sum of `votes`.
    pub voters: u32,
}

/// The open poll for one reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PollState {
    /// The poll.
    pub poll: Poll,
    /// What the reader chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Vec<u8>>,
    /// The tally, if the reader may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
}

/// How a poll ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PollOutcome {
    /// The poll.
    pub poll: Poll,
    /// When it was closed.
    pub closed_at_ms: u64,
    /// The final tally, unless it is for moderators alone and the reader is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
    /// The right answers of a quiz question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct: Option<Vec<u8>>,
    /// The best of the quiz so far, after a quiz question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaders: Vec<Leader>,
}

/// A line of the leaderboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leader {
    /// From 1; equal points share a rank.
    pub rank: u32,
    /// Who.
    pub person: Person,
    /// All points of this room's quiz.
    pub points: u32,
}

/// Who chose what in a poll that is not anonymous.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Voter {
    /// Who.
    pub person: Person,
    /// The options, from 0.
    pub options: Vec<u8>,
    /// When the vote came.
    pub at_ms: u64,
}

/// A page of voters, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VoterPage {
    /// At most as many as asked for.
    pub voters: Vec<Voter>,
    /// What `after` has to be for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
