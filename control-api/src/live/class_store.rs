//! The SQL of live classes. Whether a class is the caller's to see or to change is part of each query.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::class::{Class, ClassChange, NewClass, State};
use crate::courses::viewer::Viewer;

/// Where a page of classes begins: after the one that is to begin then, in microseconds since 1970.
pub(super) type TimeKey = (i64, Uuid);

/// The place of a class in a list by time.
pub(super) fn key(class: &Class) -> TimeKey {
    // Microseconds are what Postgres keeps of a time, so that the key is exact.
    (i64::try_from(class.starts_at.unix_timestamp_nanos() / 1_000).unwrap_or_default(), class.id)
}

fn after(key: Option<TimeKey>) -> (Option<OffsetDateTime>, Option<Uuid>) {
    let at = |(at, _)| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000).ok();
    (key.and_then(at), key.map(|(_, id)| id))
}

/// Those of a course that are still to be, or are, or were to be and are cancelled; the next one first.
pub(super) async fn upcoming(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    may_change: bool,
    from: Option<TimeKey>,
    rows: i64,
) -> Result<Vec<Class>, sqlx::Error> {
    let (at, id) = after(from);
    sqlx::query_as!(
        Class,
        r#"SELECT s.id, s.course_id, c.title AS course_title, s.lesson_id, s.title, s.state AS "state: State", s.starts_at,
                  s.ends_at, s.started_at, s.ended_at, s.updated_at, s.revision,
                  (SELECT r.id FROM recordings r WHERE r.live_id = s.id AND ($2 OR r.is_playable)) AS "recording?",
                  $2::boolean AS "may_change!"
           FROM live_sessions s JOIN courses c ON c.id = s.course_id
           WHERE s.course_id = $1 AND (s.state IN ('scheduled', 'live') OR (s.state = 'cancelled' AND s.ends_at > now()))
             AND (s.starts_at, s.id) > (coalesce($3, '-infinity'::timestamptz), coalesce($4, '00000000-0000-0000-0000-000000000000'::uuid))
           ORDER BY s.starts_at, s.id LIMIT $5"#,
        course,
        may_change,
        at,
        id,
        rows
    )
    .fetch_all(executor)
    .await
}

/// All others of a course, the last one first.
pub(super) async fn past(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    may_change: bool,
    from: Option<TimeKey>,
    rows: i64,
) -> Result<Vec<Class>, sqlx::Error> {
    let (at, id) = after(from);
    sqlx::query_as!(
        Class,
        r#"SELECT s.id, s.course_id, c.title AS course_title, s.lesson_id, s.title, s.state AS "state: State", s.starts_at,
                  s.ends_at, s.started_at, s.ended_at, s.updated_at, s.revision,
                  (SELECT r.id FROM recordings r WHERE r.live_id = s.id AND ($2 OR r.is_playable)) AS "recording?",
                  $2::boolean AS "may_change!"
           FROM live_sessions s JOIN courses c ON c.id = s.course_id
           WHERE s.course_id = $1 AND (s.state = 'ended' OR (s.state = 'cancelled' AND s.ends_at <= now()))
             AND (s.starts_at, s.id) < (coalesce($3, 'infinity'::timestamptz), coalesce($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
           ORDER BY s.starts_at DESC, s.id DESC LIMIT $5"#,
        course,
        may_change,
        at,
        id,
        rows
    )
    .fetch_all(executor)
    .await
}

/// Those of all courses that somebody is in or teaches, which take place at some time between two, or of these the live ones;
/// the first one first.
pub(super) async fn of_person(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    (from, until): (OffsetDateTime, OffsetDateTime),
    only_live: bool,
    page: Option<TimeKey>,
    rows: i64,
) -> Result<Vec<Class>, sqlx::Error> {
    let (at, id) = after(page);
    sqlx::query_as!(
        Class,
        r#"WITH mine AS (
               SELECT course_id, true AS may_change FROM course_tutors WHERE person_id = $2
               UNION ALL
               SELECT e.course_id, $8 FROM enrolments e
               WHERE e.person_id = $1 AND e.left_at IS NULL
                 AND NOT EXISTS (SELECT FROM course_tutors t WHERE t.course_id = e.course_id AND t.person_id = $2)
           )
           SELECT s.id, s.course_id, c.title AS course_title, s.lesson_id, s.title, s.state AS "state: State", s.starts_at,
                  s.ends_at, s.started_at, s.ended_at, s.updated_at, s.revision,
                  (SELECT r.id FROM recordings r WHERE r.live_id = s.id AND (m.may_change OR r.is_playable)) AS "recording?",
                  m.may_change AS "may_change!"
           FROM mine m JOIN live_sessions s ON s.course_id = m.course_id JOIN courses c ON c.id = s.course_id
           WHERE (s.ends_at > $3 OR s.state = 'live') AND s.starts_at < $4 AND (NOT $9 OR s.state = 'live')
             AND (s.starts_at, s.id) > (coalesce($5, '-infinity'::timestamptz), coalesce($6, '00000000-0000-0000-0000-000000000000'::uuid))
           ORDER BY s.starts_at, s.id LIMIT $7"#,
        viewer.person,
        viewer.tutor,
        from,
        until,
        at,
        id,
        rows,
        viewer.admin,
        only_live
    )
    .fetch_all(executor)
    .await
}

/// A class of a course that the caller takes part in.
pub(super) async fn one(executor: impl PgExecutor<'_>, viewer: Viewer, id: Uuid) -> Result<Option<Class>, sqlx::Error> {
    sqlx::query_as!(
        Class,
        r#"SELECT s.id, s.course_id, c.title AS course_title, s.lesson_id, s.title, s.state AS "state: State", s.starts_at,
                  s.ends_at, s.started_at, s.ended_at, s.updated_at, s.revision,
                  (SELECT r.id FROM recordings r WHERE r.live_id = s.id AND (v.may_change OR r.is_playable)) AS "recording?",
                  v.may_change AS "may_change!"
           FROM live_sessions s JOIN courses c ON c.id = s.course_id,
                LATERAL (SELECT $3 OR EXISTS (SELECT FROM course_tutors t
                                              WHERE t.course_id = c.id AND t.person_id = $4) AS may_change) v
           WHERE s.id = $1 AND (v.may_change OR EXISTS (SELECT FROM enrolments e
                                                        WHERE e.course_id = c.id AND e.person_id = $2 AND e.left_at IS NULL))"#,
        id,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// A class that is the caller's to change, held until the transaction ends.
pub(super) async fn hold(
    connection: &mut PgConnection,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<Class>, sqlx::Error> {
    let held = sqlx::query_scalar!("SELECT id FROM live_sessions WHERE id = $1 FOR NO KEY UPDATE", id);
    if held.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    Ok(one(connection, viewer, id).await?.filter(|class| class.may_change))
}

/// How many classes of a course are still to be.
pub(super) async fn count_upcoming(connection: &mut PgConnection, course: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM live_sessions WHERE course_id = $1 AND state IN ('scheduled', 'live')"#,
        course
    )
    .fetch_one(connection)
    .await
}

pub(super) async fn insert(connection: &mut PgConnection, course: Uuid, new: &NewClass) -> Result<Uuid, sqlx::Error> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO live_sessions (id, course_id, lesson_id, title, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        course,
        new.lesson,
        new.title,
        new.starts_at,
        new.ends_at
    )
    .execute(connection)
    .await?;
    Ok(id)
}

pub(super) async fn update(connection: &mut PgConnection, id: Uuid, change: &ClassChange) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE live_sessions SET
             title = coalesce($2, title), lesson_id = CASE WHEN $3 THEN $4 ELSE lesson_id END,
             starts_at = coalesce($5, starts_at), ends_at = coalesce($6, ends_at),
             revision = revision + 1, updated_at = now()
         WHERE id = $1",
        id,
        change.title,
        change.lesson.is_some(),
        change.lesson.flatten(),
        change.starts_at,
        change.ends_at
    )
    .execute(connection)
    .await
    .map(drop)
}

/// It begins now.
pub(super) async fn start(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE live_sessions SET state = 'live', started_at = now(), look_at = now(), looked_at = now(), updated_at = now()
         WHERE id = $1",
        id
    )
    .execute(connection)
    .await
    .map(drop)
}

/// It will not be.
pub(super) async fn cancel(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE live_sessions SET state = 'cancelled', revision = revision + 1, updated_at = now() WHERE id = $1",
        id
    )
    .execute(connection)
    .await
    .map(drop)
}

/// It ends now, and with it everybody's stay.
pub(super) async fn end(connection: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    // Who was there a moment ago was there to the end. Of a room that nobody could look into, no more is said than was seen.
    sqlx::query!(
        "UPDATE live_attendance a
         SET left_at = greatest(a.joined_at, CASE WHEN s.looked_at > now() - interval '30 s' THEN now() ELSE s.looked_at END)
         FROM live_sessions s WHERE s.id = $1 AND a.live_id = s.id AND a.left_at IS NULL",
        id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE live_sessions SET state = 'ended', ended_at = now(), look_at = NULL, updated_at = now() WHERE id = $1",
        id
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Cancels those that nobody started, so long after their end; which they were. Each passes over what another holds.
pub(super) async fn cancel_missed(
    connection: &mut PgConnection,
    after_s: f64,
    rows: i64,
) -> Result<Vec<Class>, sqlx::Error> {
    sqlx::query_as!(
        Class,
        r#"UPDATE live_sessions s SET state = 'cancelled', revision = s.revision + 1, updated_at = now()
           FROM courses c
           WHERE c.id = s.course_id AND s.id = ANY(ARRAY(
               SELECT id FROM live_sessions
               WHERE state = 'scheduled' AND ends_at < now() - make_interval(secs => $1)
               ORDER BY ends_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED))
           RETURNING s.id, s.course_id, c.title AS course_title, s.lesson_id, s.title, s.state AS "state: State", s.starts_at,
                     s.ends_at, s.started_at, s.ended_at, s.updated_at, s.revision, NULL::uuid AS "recording?", false AS "may_change!""#,
        after_s,
        rows
    )
    .fetch_all(connection)
    .await
}
