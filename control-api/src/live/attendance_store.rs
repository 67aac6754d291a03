//! The SQL of who was in a class, from when to when.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::attendance::Attendee;
use super::class_store::TimeKey;
use super::presence::Presence;

/// A class whose turn it is, at a time of Postgres' clock.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) at: OffsetDateTime,
    /// What the archive has of its room.
    pub(super) archive_epoch: String,
    pub(super) archive_seq: i64,
}

/// What was known of a live class before somebody looked into it.
#[derive(Debug)]
pub(super) struct Watched {
    looked_at: OffsetDateTime,
    started_at: OffsetDateTime,
    /// When it ends by itself if no tutor is there until then.
    pub(super) abandoned_at: OffsetDateTime,
}

/// Takes the turn of classes that are due, so that no other node looks at the same time; of a node that then dies another
/// takes over with the next turn.
pub(super) async fn take_turns(
    executor: impl PgExecutor<'_>,
    period_s: f64,
    rows: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    sqlx::query_as!(
        Due,
        r#"UPDATE live_sessions SET look_at = now() + make_interval(secs => $1)
           WHERE id IN (SELECT id FROM live_sessions WHERE state = 'live' AND look_at <= now()
                        ORDER BY look_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
           RETURNING id, now() AS "at!", archive_epoch, archive_seq"#,
        period_s,
        rows
    )
    .fetch_all(executor)
    .await
}

/// Holds a live class for what was seen at a time; `None` if somebody has seen it later, or it is over.
pub(super) async fn hold(
    connection: &mut PgConnection,
    due: &Due,
    abandoned_s: f64,
) -> Result<Option<Watched>, sqlx::Error> {
    sqlx::query_as!(
        Watched,
        r#"SELECT looked_at AS "looked_at!", started_at AS "started_at!",
                  greatest(ends_at, coalesce(tutor_seen_at, started_at)) + make_interval(secs => $3) AS "abandoned_at!"
           FROM live_sessions WHERE id = $1 AND state = 'live' AND looked_at < $2 FOR NO KEY UPDATE"#,
        due.id,
        due.at,
        abandoned_s
    )
    .fetch_optional(connection)
    .await
}

/// Writes down who left and who came since somebody looked last.
pub(super) async fn write(
    connection: &mut PgConnection,
    due: &Due,
    watched: &Watched,
    presence: &Presence,
) -> Result<(), sqlx::Error> {
    let (people, since): (Vec<Uuid>, Vec<OffsetDateTime>) = presence.people.iter().unzip();
    // They were there when somebody looked last, and who knows how long after.
    sqlx::query!(
        "UPDATE live_attendance SET left_at = greatest(joined_at, $2)
         WHERE live_id = $1 AND left_at IS NULL AND person_id <> ALL ($3)",
        due.id,
        watched.looked_at,
        &people
    )
    .execute(&mut *connection)
    .await?;
    // Who was away for less than a minute lost a connection, and was not away. A token can name somebody whom we do not know.
    sqlx::query!(
        "WITH came AS (
             SELECT t.person, least(t.since, $4) AS since
             FROM unnest($2::uuid[], $3::timestamptz[]) AS t (person, since) JOIN people p ON p.id = t.person
             WHERE NOT EXISTS (SELECT FROM live_attendance a
                               WHERE a.live_id = $1 AND a.person_id = t.person AND a.left_at IS NULL)
         ), back AS (
             UPDATE live_attendance a SET left_at = NULL FROM came
             WHERE a.live_id = $1 AND a.person_id = came.person AND a.left_at > came.since - interval '60 s'
               AND a.joined_at = (SELECT max(b.joined_at) FROM live_attendance b WHERE b.live_id = $1 AND b.person_id = came.person)
             RETURNING a.person_id
         )
         INSERT INTO live_attendance (live_id, person_id, joined_at)
         SELECT $1, person, greatest(since, $5) FROM came WHERE person NOT IN (SELECT person_id FROM back)",
        due.id,
        &people,
        &since,
        due.at,
        watched.started_at
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE live_sessions SET looked_at = $2, tutor_seen_at = CASE WHEN $3 THEN $2 ELSE tutor_seen_at END WHERE id = $1",
        due.id,
        due.at,
        presence.has_tutor
    )
    .execute(connection)
    .await
    .map(drop)
}

/// The students of a course who came to its class, in the order in which they came.
pub(super) async fn attendees(
    executor: impl PgExecutor<'_>,
    class: Uuid,
    after: Option<TimeKey>,
    rows: i64,
) -> Result<Vec<Attendee>, sqlx::Error> {
    let at = after.and_then(|(at, _)| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000).ok());
    sqlx::query_as!(
        Attendee,
        r#"WITH came AS (
               SELECT a.person_id, min(a.joined_at) AS joined_at,
                      CASE WHEN bool_and(a.left_at IS NOT NULL) THEN max(a.left_at) END AS left_at,
                      sum(greatest(0, extract(epoch FROM coalesce(a.left_at, s.looked_at) - a.joined_at)))::bigint AS seconds
               FROM live_attendance a JOIN live_sessions s ON s.id = a.live_id
                    JOIN enrolments e ON e.course_id = s.course_id AND e.person_id = a.person_id
               WHERE a.live_id = $1 GROUP BY a.person_id
           )
           SELECT p.id AS person, p.name, c.joined_at AS "joined_at!", c.left_at, c.seconds AS "seconds!"
           FROM came c JOIN people p ON p.id = c.person_id
           WHERE (c.joined_at, p.id) > (coalesce($2, '-infinity'::timestamptz), coalesce($3, '00000000-0000-0000-0000-000000000000'::uuid))
           ORDER BY c.joined_at, p.id LIMIT $4"#,
        class,
        at,
        after.map(|(_, person)| person),
        rows
    )
    .fetch_all(executor)
    .await
}
