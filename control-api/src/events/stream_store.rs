//! The SQL of event streams.

use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use super::event::Audience;
use super::message::Sent;
use super::streams::Part;

/// What somebody is in which course; a tutor's courses only for who `teaches`.
pub(super) async fn parts(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    teaches: bool,
    most: i64,
) -> Result<Vec<(Uuid, Part)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT course_id AS "course_id!", bool_or(student) AS "student!", bool_or(NOT student) AS "tutor!" FROM (
               SELECT course_id, true AS student FROM enrolments WHERE person_id = $1 AND left_at IS NULL
               UNION ALL
               SELECT course_id, false FROM course_tutors WHERE person_id = $1 AND $2) AS part
           GROUP BY course_id ORDER BY course_id DESC LIMIT $3"#,
        person,
        teaches,
        most
    );
    let rows = rows.fetch_all(executor).await?;
    Ok(rows.into_iter().map(|row| (row.course_id, Part { student: row.student, tutor: row.tutor })).collect())
}

/// The newest event's id; 0 if there has been none.
pub(super) async fn newest(executor: impl PgExecutor<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "id!" FROM outbox"#).fetch_one(executor).await
}

/// When an event was written; `None` if it is not kept, so that nobody knows what came after it. Before the first of all
/// there is the beginning.
pub(super) async fn written_at(executor: impl PgExecutor<'_>, id: i64) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    let at = sqlx::query_scalar!(
        r#"SELECT at AS "at!" FROM outbox WHERE id = $1
           UNION ALL
           SELECT to_timestamp(0) WHERE $1 = 0 AND coalesce((SELECT min(id) FROM outbox), 1) = 1"#,
        id
    );
    at.fetch_optional(executor).await
}

/// What concerns somebody of what was written after a time: what is about them, and what is for those who are in these
/// courses or teach those. The oldest first, unless there are `rows`: then these are some.
///
/// Each part is led by an index of its own, once for each course, and reads no more than it finds: with an `OR` Postgres would
/// read the whole day of every course.
pub(super) async fn missed(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    member_of: &[Uuid],
    teaching: &[Uuid],
    after: OffsetDateTime,
    rows: i64,
) -> Result<Vec<Sent>, sqlx::Error> {
    sqlx::query_as!(
        Sent,
        r#"SELECT id AS "id!", person_id AS person, course_id AS course, audience AS "audience!: Audience", kind AS "kind!",
                  event AS "event!"
           FROM ((SELECT * FROM outbox WHERE person_id = $1 AND audience <> 'course' AND at > $4 ORDER BY at LIMIT $5)
                 UNION ALL
                 (SELECT about.* FROM unnest($2::uuid[]) AS member (of), LATERAL (
                     SELECT * FROM outbox WHERE course_id = member.of AND audience = 'course' AND at > $4
                     ORDER BY at LIMIT $5) AS about LIMIT $5)
                 UNION ALL
                 (SELECT about.* FROM unnest($3::uuid[]) AS tutor (of), LATERAL (
                     SELECT * FROM outbox WHERE course_id = tutor.of AND audience = 'tutors' AND at > $4
                        AND person_id IS DISTINCT FROM $1
                     ORDER BY at LIMIT $5) AS about LIMIT $5)) AS missed
           ORDER BY id LIMIT $5"#,
        person,
        member_of,
        teaching,
        after,
        rows
    )
    .fetch_all(executor)
    .await
}
