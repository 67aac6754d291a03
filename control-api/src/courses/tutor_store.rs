//! The SQL of who teaches a course.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::tutor_routes::Tutor;
use crate::events::{self, Event};

pub(super) async fn tutors(executor: impl PgExecutor<'_>, course: Uuid) -> Result<Vec<Tutor>, sqlx::Error> {
    sqlx::query_as!(
        Tutor,
        "SELECT p.id, p.name, p.email FROM course_tutors t JOIN people p ON p.id = t.person_id
         WHERE t.course_id = $1 ORDER BY t.added_at, p.id",
        course
    )
    .fetch_all(executor)
    .await
}

/// Adds whoever has the address and is a tutor or an admin; who that is.
pub(super) async fn insert(
    connection: &mut PgConnection,
    course: Uuid,
    email: &str,
) -> Result<Option<Uuid>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM people WHERE lower(email) = lower($1) AND role IN ('tutor', 'admin') AND suspended_at IS NULL",
        email
    );
    let Some(person) = found.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let added = sqlx::query!(
        "INSERT INTO course_tutors (course_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        course,
        person
    );
    if added.execute(&mut *connection).await?.rows_affected() == 1 {
        events::emit(connection, Event::TutorAdded { person, course }).await?;
    }
    Ok(Some(person))
}

/// Whether they were one.
pub(super) async fn delete(connection: &mut PgConnection, course: Uuid, person: Uuid) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query!("DELETE FROM course_tutors WHERE course_id = $1 AND person_id = $2", course, person);
    let gone = gone.execute(&mut *connection).await?.rows_affected() == 1;
    if gone {
        events::emit(connection, Event::TutorRemoved { person, course }).await?;
    }
    Ok(gone)
}
