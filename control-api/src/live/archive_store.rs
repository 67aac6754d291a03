//! The SQL of what was written and asked in classes. Reports come in order: each transaction holds its class.

use std::collections::BTreeMap;

use lectern_platform::class_bus::{ClassAudience, ClassMessage, ClassPoll, ClassReport, ClassRole, DeletedMessage};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::archive::{ArchiveKey, MessageRow, PollRow};
use super::class::State;
use super::rooms::Archived;

/// Messages of one class, of which the first are kept.
const MESSAGES_MAX: i64 = 50_000;
/// Polls of one class, likewise.
const POLLS_MAX: i64 = 1_000;
/// The last moment of the year 9999, in milliseconds since 1970; a clock that says more is wrong.
const AT_MS_MAX: u64 = 253_402_300_799_999;

/// A class whose archive is being written.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) state: State,
    pub(super) archived: Archived,
}

/// A message as Postgres reads it from JSON.
#[derive(Serialize)]
struct NewMessage<'a> {
    number: u64,
    at_ms: u64,
    person: Option<Uuid>,
    name: String,
    role: ClassRole,
    audience: &'static str,
    recipient: Option<Uuid>,
    text: String,
    reply_to: Option<u64>,
    edited_at_ms: Option<u64>,
    is_pinned: bool,
    reactions: &'a BTreeMap<String, u32>,
}

/// A time that Postgres can keep.
fn at_ms(ms: u64) -> u64 {
    ms.min(AT_MS_MAX)
}

/// Text that it can keep: U+0000 is not.
fn text(text: &str) -> String {
    text.replace('\0', "")
}

impl<'a> From<&'a ClassMessage> for NewMessage<'a> {
    fn from(message: &'a ClassMessage) -> Self {
        let (audience, recipient) = match &message.to {
            ClassAudience::Everyone => ("everyone", None),
            ClassAudience::Moderators => ("moderators", None),
            ClassAudience::Person(person) => ("person", person.parse().ok()),
        };
        Self {
            number: message.number,
            at_ms: at_ms(message.at_ms),
            // A token can name somebody whom we do not know.
            person: message.person.parse().ok(),
            name: text(&message.name),
            role: message.role,
            audience,
            recipient,
            text: text(&message.text),
            reply_to: message.reply_to,
            edited_at_ms: message.edited_at_ms.map(at_ms),
            is_pinned: message.pinned,
            reactions: &message.reactions,
        }
    }
}

/// Holds a class until the transaction ends.
pub(super) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<Held>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT state AS "state: State", archive_epoch, archive_seq FROM live_sessions WHERE id = $1 FOR NO KEY UPDATE"#,
        id
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Held {
        state: row.state,
        archived: Archived { room: id, epoch: row.archive_epoch, seq: row.archive_seq },
    }))
}

/// Keeps messages as they are now.
pub(super) async fn keep_messages(
    connection: &mut PgConnection,
    class: Uuid,
    messages: &[ClassMessage],
) -> Result<(), sqlx::Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let messages: Vec<NewMessage<'_>> = messages.iter().map(NewMessage::from).collect();
    sqlx::query!(
        "INSERT INTO chat_messages AS m (live_id, at, number, person_id, name, role, audience, recipient_id, text, reply_to,
                                         edited_at, is_pinned, reactions)
         SELECT $1, timestamptz 'epoch' + t.at_ms * interval '1 ms', t.number, p.id, left(t.name, 160), t.role, t.audience, r.id,
                left(t.text, 2000), t.reply_to, timestamptz 'epoch' + t.edited_at_ms * interval '1 ms', t.is_pinned, t.reactions
         FROM jsonb_to_recordset($2) AS t (number bigint, at_ms bigint, person uuid, name text, role text, audience text,
                                           recipient uuid, text text, reply_to bigint, edited_at_ms bigint, is_pinned boolean,
                                           reactions jsonb)
              LEFT JOIN people p ON p.id = t.person LEFT JOIN people r ON r.id = t.recipient
         WHERE t.text <> '' AND t.name <> '' AND length(t.reactions::text) <= 8000
           AND (SELECT count(*) FROM chat_messages WHERE live_id = $1) < $3
         ON CONFLICT (live_id, at, number) DO UPDATE
         SET text = excluded.text, edited_at = excluded.edited_at, is_pinned = excluded.is_pinned, reactions = excluded.reactions",
        class,
        Json(&messages) as _,
        MESSAGES_MAX
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Lets go of messages that were deleted.
pub(super) async fn forget_messages(
    connection: &mut PgConnection,
    class: Uuid,
    deleted: &[DeletedMessage],
) -> Result<(), sqlx::Error> {
    if deleted.is_empty() {
        return Ok(());
    }
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (numbers, at): (Vec<i64>, Vec<i64>) =
        deleted.iter().map(|one| (number(one.number), number(at_ms(one.at_ms)))).unzip();
    sqlx::query!(
        "DELETE FROM chat_messages m USING unnest($2::bigint[], $3::bigint[]) AS t (number, at_ms)
         WHERE m.live_id = $1 AND m.number = t.number AND m.at = timestamptz 'epoch' + t.at_ms * interval '1 ms'",
        class,
        &numbers,
        &at
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Keeps polls as they ended.
pub(super) async fn keep_polls(
    connection: &mut PgConnection,
    class: Uuid,
    polls: &[ClassPoll],
) -> Result<(), sqlx::Error> {
    for poll in polls {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let at = |ms: u64| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms(ms)) * 1_000_000);
        // Two nodes' clocks may differ.
        let closed_at_ms = poll.closed_at_ms.max(poll.opened_at_ms);
        let (Ok(opened_at), Ok(closed_at)) = (at(poll.opened_at_ms), at(closed_at_ms)) else { continue };
        let options: Vec<String> = poll.options.iter().map(|option| text(option)).collect();
        let votes: Vec<i32> = poll.votes.iter().map(|votes| count(*votes)).collect();
        let correct: Option<Vec<i16>> = poll
            .correct
            .as_ref()
            .filter(|_| poll.quiz)
            .map(|correct| correct.iter().map(|one| i16::from(*one)).collect());
        sqlx::query!(
            "INSERT INTO class_polls (live_id, opened_at, number, question, options, is_multiple, is_anonymous, is_quiz,
                                      is_for_tutors, closed_at, votes, voters, correct)
             SELECT $1, $2, $3, left($4, 500), $5, $6, $7, $8, $9, $10, $11, $12, $13
             WHERE (SELECT count(*) FROM class_polls WHERE live_id = $1) < $14
             ON CONFLICT (live_id, opened_at, number) DO UPDATE
             SET closed_at = excluded.closed_at, votes = excluded.votes, voters = excluded.voters",
            class,
            opened_at,
            i64::try_from(poll.number).unwrap_or(i64::MAX),
            text(&poll.question),
            &options,
            poll.multiple,
            poll.anonymous,
            correct.is_some(),
            poll.for_moderators,
            closed_at,
            &votes,
            count(poll.voters),
            correct.as_deref(),
            POLLS_MAX
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The archive has what a report says; what it has now.
pub(super) async fn advance(
    connection: &mut PgConnection,
    class: Uuid,
    report: &ClassReport,
) -> Result<Archived, sqlx::Error> {
    let seq = i64::try_from(report.seq).unwrap_or(i64::MAX);
    sqlx::query_as!(
        Archived,
        "UPDATE live_sessions SET archive_epoch = left($2, 64), archive_seq = $3 WHERE id = $1
         RETURNING id AS room, archive_epoch AS epoch, archive_seq AS seq",
        class,
        report.epoch,
        seq
    )
    .fetch_one(connection)
    .await
}

/// What was written in a class, the oldest first.
pub(super) async fn messages(
    executor: impl PgExecutor<'_>,
    class: Uuid,
    with_private: bool,
    after: Option<ArchiveKey>,
    rows: i64,
) -> Result<Vec<MessageRow>, sqlx::Error> {
    let (at, number) = place(after);
    sqlx::query_as!(
        MessageRow,
        r#"SELECT number, at, person_id, name, role AS "role: _", audience AS "audience: _", recipient_id, text, reply_to, edited_at,
                  is_pinned, reactions AS "reactions: Json<BTreeMap<String, i64>>"
           FROM chat_messages
           WHERE live_id = $1 AND ($2 OR audience = 'everyone')
             AND (at, number) > (coalesce($3, '-infinity'::timestamptz), coalesce($4, 0::bigint))
           ORDER BY at, number LIMIT $5"#,
        class,
        with_private,
        at,
        number,
        rows
    )
    .fetch_all(executor)
    .await
}

/// What was asked in a class, the oldest first.
pub(super) async fn polls(
    executor: impl PgExecutor<'_>,
    class: Uuid,
    after: Option<ArchiveKey>,
    rows: i64,
) -> Result<Vec<PollRow>, sqlx::Error> {
    let (at, number) = place(after);
    sqlx::query_as!(
        PollRow,
        r#"SELECT number, opened_at, question, options, is_multiple, is_anonymous, is_quiz, is_for_tutors, closed_at, votes, voters,
                  correct
           FROM class_polls
           WHERE live_id = $1 AND (opened_at, number) > (coalesce($2, '-infinity'::timestamptz), coalesce($3, 0::bigint))
           ORDER BY opened_at, number LIMIT $4"#,
        class,
        at,
        number,
        rows
    )
    .fetch_all(executor)
    .await
}

fn place(after: Option<ArchiveKey>) -> (Option<OffsetDateTime>, Option<i64>) {
    let at = |(at, _)| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000).ok();
    (after.and_then(at), after.map(|(_, number)| number))
}
