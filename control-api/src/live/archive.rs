//! What was written and asked in a class, as it is read afterwards.
//!
//! Times are also told from the class' beginning, for whoever plays its recording.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// The place of something in the archive of a class: when it was, in microseconds since 1970, and its number.
pub(super) type ArchiveKey = (i64, i64);

/// What somebody was in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = ArchivedRole)]
pub(super) enum RoomRole {
    /// Of the course.
    Student,
    /// A student whom a tutor had made a helper.
    CoTutor,
    /// Of the course.
    Tutor,
    /// Of the school.
    Admin,
}

/// For whom a message was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = ArchivedAudience)]
pub(super) enum Audience {
    /// The whole room.
    Everyone,
    /// Those who moderated: a private question.
    Moderators,
    /// One person, and those who moderated: the answer to one.
    Person,
}

/// A message that was written in a class.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArchivedMessage {
    /// Its number in the room: what `reply_to` of another means.
    number: i64,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// The same from the beginning of the class, in milliseconds; negative if clocks differed.
    offset_ms: i64,
    /// Who wrote it; `null` for somebody whom the school does not know.
    person: Option<Uuid>,
    /// Their name then.
    name: String,
    /// What they were then.
    role: RoomRole,
    /// For whom it was. Students get what was for everyone.
    to: Audience,
    /// For whom an answer to one person was.
    to_person: Option<Uuid>,
    /// Plain text, 2,000 characters at most.
    text: String,
    /// The message that it answers, which may be one that the reader does not get.
    reply_to: Option<i64>,
    /// When it was changed last.
    #[serde(with = "time::serde::rfc3339::option")]
    edited_at: Option<OffsetDateTime>,
    /// Whether it was pinned at the end.
    pinned: bool,
    /// How many people reacted, by emoji.
    reactions: BTreeMap<String, i64>,
}

/// As Postgres has it.
#[derive(Debug)]
pub(super) struct MessageRow {
    pub(super) number: i64,
    pub(super) at: OffsetDateTime,
    pub(super) person_id: Option<Uuid>,
    pub(super) name: String,
    pub(super) role: RoomRole,
    pub(super) audience: Audience,
    pub(super) recipient_id: Option<Uuid>,
    pub(super) text: String,
    pub(super) reply_to: Option<i64>,
    pub(super) edited_at: Option<OffsetDateTime>,
    pub(super) is_pinned: bool,
    pub(super) reactions: Json<BTreeMap<String, i64>>,
}

/// A poll of a class, and how it ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArchivedPoll {
    /// Its number in the room.
    number: i64,
    /// When it was opened.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// The same from the beginning of the class, in milliseconds; negative if clocks differed.
    offset_ms: i64,
    /// When it was closed, or the class ended.
    #[serde(with = "time::serde::rfc3339")]
    closed_at: OffsetDateTime,
    /// The same from the beginning of the class, in milliseconds.
    closed_offset_ms: i64,
    /// What was asked.
    question: String,
    /// What could be chosen.
    options: Vec<String>,
    /// Whether more than one could be.
    multiple: bool,
    /// Whether nobody was to learn who chose what. Of no poll it is kept.
    anonymous: bool,
    /// Whether it was a question of the live quiz.
    quiz: bool,
    /// The options that were right, from 0, of a question of the quiz.
    correct: Option<Vec<i16>>,
    /// How many chose what; `null` where that is for tutors alone and the reader is none.
    tally: Option<ArchivedTally>,
}

/// How many chose what.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArchivedTally {
    /// By option.
    votes: Vec<i32>,
    /// How many people voted; with several choices fewer than the sum of `votes`.
    voters: i32,
}

/// As Postgres has it.
#[derive(Debug)]
pub(super) struct PollRow {
    pub(super) number: i64,
    pub(super) opened_at: OffsetDateTime,
    pub(super) question: String,
    pub(super) options: Vec<String>,
    pub(super) is_multiple: bool,
    pub(super) is_anonymous: bool,
    pub(super) is_quiz: bool,
    pub(super) is_for_tutors: bool,
    pub(super) closed_at: OffsetDateTime,
    pub(super) votes: Vec<i32>,
    pub(super) voters: i32,
    pub(super) correct: Option<Vec<i16>>,
}

/// From the beginning of a class, in milliseconds.
fn offset_ms(at: OffsetDateTime, started_at: OffsetDateTime) -> i64 {
    i64::try_from((at - started_at).whole_milliseconds()).unwrap_or_default()
}

fn key(at: OffsetDateTime, number: i64) -> ArchiveKey {
    (i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or_default(), number)
}

impl MessageRow {
    pub(super) fn shown(self, started_at: OffsetDateTime) -> ArchivedMessage {
        ArchivedMessage {
            number: self.number,
            at: self.at,
            offset_ms: offset_ms(self.at, started_at),
            person: self.person_id,
            name: self.name,
            role: self.role,
            to: self.audience,
            to_person: self.recipient_id,
            text: self.text,
            reply_to: self.reply_to,
            edited_at: self.edited_at,
            pinned: self.is_pinned,
            reactions: self.reactions.0,
        }
    }
}

impl ArchivedMessage {
    /// Its place in the list.
    pub(super) fn key(&self) -> ArchiveKey {
        key(self.at, self.number)
    }
}

impl PollRow {
    pub(super) fn shown(self, started_at: OffsetDateTime, is_tutor: bool) -> ArchivedPoll {
        let tally = ArchivedTally { votes: self.votes, voters: self.voters };
        ArchivedPoll {
            number: self.number,
            at: self.opened_at,
            offset_ms: offset_ms(self.opened_at, started_at),
            closed_at: self.closed_at,
            closed_offset_ms: offset_ms(self.closed_at, started_at),
            question: self.question,
            options: self.options,
            multiple: self.is_multiple,
            anonymous: self.is_anonymous,
            quiz: self.is_quiz,
            correct: self.correct,
            tally: (is_tutor || !self.is_for_tutors).then_some(tally),
        }
    }
}

impl ArchivedPoll {
    /// Its place in the list.
    pub(super) fn key(&self) -> ArchiveKey {
        key(self.at, self.number)
    }
}
