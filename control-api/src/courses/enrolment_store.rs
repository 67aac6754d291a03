//! The SQL of enrolments.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::course::{Enrolment, State};
use super::enrolment::{Door, Place, Student};
use super::viewer::Viewer;
use crate::database::Database;
use crate::events::{self, Event};

/// The door of a course that the caller sees, which does not change until the transaction ends.
pub(super) async fn door(
    connection: &mut PgConnection,
    viewer: Viewer,
    course: Uuid,
) -> Result<Option<Door>, sqlx::Error> {
    sqlx::query_as!(
        Door,
        r#"SELECT state AS "state: State", enrolment AS "enrolment: Enrolment", code FROM courses c
           WHERE id = $1 AND (state = 'published' OR $3
                 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $4)
                 OR (state = 'archived' AND EXISTS (SELECT FROM enrolments e WHERE e.course_id = c.id
                                                    AND e.person_id = $2 AND e.left_at IS NULL)))
           FOR SHARE"#,
        course,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(connection)
    .await
}

/// The place of somebody who is in the course.
pub(super) async fn place(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    person: Uuid,
) -> Result<Option<Place>, sqlx::Error> {
    sqlx::query_as!(
        Place,
        r#"SELECT course_id, source AS "source: Enrolment", enrolled_at FROM enrolments
           WHERE course_id = $1 AND person_id = $2 AND left_at IS NULL"#,
        course,
        person
    )
    .fetch_optional(executor)
    .await
}

/// Takes people in; those who were not in it before this. Sorted, so that two lists do not wait for each other.
pub(super) async fn enrol(
    connection: &mut PgConnection,
    course: Uuid,
    people: &[Uuid],
    source: Enrolment,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let enrolled = sqlx::query_scalar!(
        "INSERT INTO enrolments AS e (course_id, person_id, source)
         SELECT $1, person, $3 FROM unnest($2::uuid[]) AS person ORDER BY person
         ON CONFLICT (course_id, person_id) DO UPDATE SET left_at = NULL, source = EXCLUDED.source, enrolled_at = now()
         WHERE e.left_at IS NOT NULL
         RETURNING person_id",
        course,
        people,
        source as Enrolment
    );
    let enrolled = enrolled.fetch_all(&mut *connection).await?;
    let events: Vec<_> = enrolled.iter().map(|person| Event::EnrolmentStarted { person: *person, course }).collect();
    events::emit_all(connection, &events).await?;
    Ok(enrolled)
}

/// Those who signed up with these addresses: address in small letters, and who.
pub(super) async fn people_by_email(
    connection: &mut PgConnection,
    emails: &[String],
) -> Result<Vec<(String, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT lower(email) AS "email!", id FROM people
           WHERE lower(email) IN (SELECT lower(wanted) FROM unnest($1::text[]) AS wanted) AND suspended_at IS NULL"#,
        emails
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.email, row.id)).collect())
}

/// Ends somebody's part in a course; whether they had one.
pub(super) async fn leave(database: &Database, course: Uuid, person: Uuid) -> Result<bool, sqlx::Error> {
    let mut transaction = database.begin().await?;
    let left = sqlx::query!(
        "UPDATE enrolments SET left_at = now() WHERE course_id = $1 AND person_id = $2 AND left_at IS NULL",
        course,
        person
    );
    let left = left.execute(&mut *transaction).await?.rows_affected() == 1;
    if left {
        events::emit(&mut transaction, Event::EnrolmentEnded { person, course }).await?;
        transaction.commit().await?;
    }
    Ok(left)
}

/// Those in a course, by age of their account.
pub(super) async fn students(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Student>, sqlx::Error> {
    sqlx::query_as!(
        Student,
        r#"SELECT p.id, p.name, p.email, e.source AS "source: Enrolment", e.enrolled_at
           FROM enrolments e JOIN people p ON p.id = e.person_id
           WHERE e.course_id = $1 AND e.left_at IS NULL AND e.person_id > $2
           ORDER BY e.person_id LIMIT $3"#,
        course,
        after.unwrap_or(Uuid::nil()),
        rows
    )
    .fetch_all(executor)
    .await
}
