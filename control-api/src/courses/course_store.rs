//! The SQL of courses.

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::course::{Course, CourseChange, CourseSummary, Enrolment, NewCourse, State, TaughtCourse};
use super::viewer::Viewer;
use crate::events::{self, Event};
use crate::problem::{ApiError, not_found};

/// Where a page of the catalogue begins: after the course that was published then.
pub(super) type CatalogueKey = (i64, Uuid);

/// What a page of the catalogue ends before; the first page before nothing.
fn before(after: Option<CatalogueKey>) -> (Option<OffsetDateTime>, Uuid) {
    // Microseconds are what Postgres keeps of a time, so that the key is exact.
    let at = |(at, _)| OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000).ok();
    (after.and_then(at), after.map_or(Uuid::max(), |(_, id)| id))
}

/// Published courses, the newest first.
pub(super) async fn catalogue(
    executor: impl PgExecutor<'_>,
    after: Option<CatalogueKey>,
    rows: i64,
) -> Result<Vec<CourseSummary>, sqlx::Error> {
    let (at, id) = before(after);
    sqlx::query_as!(
        CourseSummary,
        r#"SELECT id, title, summary, state AS "state: State", enrolment AS "enrolment: Enrolment", published_at,
                  (SELECT count(*) FROM lessons WHERE course_id = courses.id AND published_at IS NOT NULL) AS "lessons!"
           FROM courses
           WHERE state = 'published' AND (published_at, id) < (coalesce($1, 'infinity'::timestamptz), $2)
           ORDER BY published_at DESC, id DESC LIMIT $3"#,
        at,
        id,
        rows
    )
    .fetch_all(executor)
    .await
}

/// Published courses with these words in their title, the newest first.
pub(super) async fn search(
    executor: impl PgExecutor<'_>,
    words: &str,
    after: Option<CatalogueKey>,
    rows: i64,
) -> Result<Vec<CourseSummary>, sqlx::Error> {
    let (at, id) = before(after);
    sqlx::query_as!(
        CourseSummary,
        r#"SELECT id, title, summary, state AS "state: State", enrolment AS "enrolment: Enrolment", published_at,
                  (SELECT count(*) FROM lessons WHERE course_id = courses.id AND published_at IS NOT NULL) AS "lessons!"
           FROM courses
           WHERE state = 'published' AND to_tsvector('simple', title) @@ to_tsquery('simple', $4)
             AND (published_at, id) < (coalesce($1, 'infinity'::timestamptz), $2)
           ORDER BY published_at DESC, id DESC LIMIT $3"#,
        at,
        id,
        rows,
        words
    )
    .fetch_all(executor)
    .await
}

/// Those that the caller may change, with these words in their title and in this state if they are given; the newest first.
pub(super) async fn taught(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    words: Option<&str>,
    state: Option<State>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<TaughtCourse>, sqlx::Error> {
    sqlx::query_as!(
        TaughtCourse,
        r#"SELECT id, title, summary, state AS "state: State", enrolment AS "enrolment: Enrolment", published_at,
                  (SELECT count(*) FROM lessons WHERE course_id = courses.id AND published_at IS NOT NULL) AS "lessons!",
                  ARRAY(SELECT p.name FROM course_tutors t JOIN people p ON p.id = t.person_id
                        WHERE t.course_id = courses.id ORDER BY t.added_at, p.id) AS "tutors!",
                  (SELECT count(*) FROM enrolments WHERE course_id = courses.id AND left_at IS NULL) AS "students!"
           FROM courses
           WHERE id < $3 AND ($1 OR id IN (SELECT course_id FROM course_tutors WHERE person_id = $2))
             AND ($5::text IS NULL OR to_tsvector('simple', title) @@ to_tsquery('simple', $5))
             AND ($6::text IS NULL OR state = $6)
           ORDER BY id DESC LIMIT $4"#,
        viewer.admin,
        viewer.tutor,
        after.unwrap_or(Uuid::max()),
        rows,
        words,
        state as Option<State>
    )
    .fetch_all(executor)
    .await
}

/// A course that the caller may see.
pub(super) async fn course(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<Course>, sqlx::Error> {
    sqlx::query_as!(
        Course,
        r#"SELECT c.id, c.title, c.summary, c.description, c.state AS "state: State",
                  c.enrolment AS "enrolment: Enrolment", CASE WHEN v.may_change THEN c.code END AS code,
                  ARRAY(SELECT p.name FROM course_tutors t JOIN people p ON p.id = t.person_id
                        WHERE t.course_id = c.id ORDER BY t.added_at, p.id) AS "tutors!",
                  v.may_change AS "may_change!", v.enrolled AS "enrolled!", c.created_at, c.updated_at, c.published_at
           FROM courses c,
                LATERAL (SELECT $3 OR EXISTS (SELECT FROM course_tutors t
                                              WHERE t.course_id = c.id AND t.person_id = $4) AS may_change,
                                EXISTS (SELECT FROM enrolments e
                                        WHERE e.course_id = c.id AND e.person_id = $2 AND e.left_at IS NULL) AS enrolled) v
           WHERE c.id = $1 AND (c.state = 'published' OR v.may_change OR (c.state = 'archived' AND v.enrolled))"#,
        id,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// Makes a draft with a first tutor.
pub(super) async fn insert(
    connection: &mut PgConnection,
    tutor: Uuid,
    new: &NewCourse,
    code: &str,
) -> Result<Uuid, sqlx::Error> {
    let (id, enrolment) = (Uuid::now_v7(), new.enrolment.unwrap_or(Enrolment::Open));
    sqlx::query!(
        "INSERT INTO courses (id, title, summary, description, enrolment, code)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $5 = 'code' THEN $6 END)",
        id,
        new.title,
        new.summary,
        new.description,
        enrolment as Enrolment,
        code
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("INSERT INTO course_tutors (course_id, person_id) VALUES ($1, $2)", id, tutor)
        .execute(&mut *connection)
        .await?;
    events::emit(connection, Event::TutorAdded { person: tutor, course: id }).await?;
    Ok(id)
}

/// A course that the caller may change, held until the transaction ends: two changes of one course and its lessons come one
/// after the other.
pub(super) async fn hold(
    connection: &mut PgConnection,
    viewer: Viewer,
    id: Uuid,
) -> Result<Option<State>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT state AS "state: State" FROM courses c
           WHERE id = $1 AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3))
           FOR NO KEY UPDATE"#,
        id,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(connection)
    .await
}

pub(super) async fn update(
    connection: &mut PgConnection,
    id: Uuid,
    change: &CourseChange,
    code: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE courses SET
             title = coalesce($2, title), summary = coalesce($3, summary), description = coalesce($4, description),
             enrolment = coalesce($5, enrolment), state = coalesce($6, state),
             code = CASE WHEN coalesce($5, enrolment) = 'code' THEN coalesce(code, $7) ELSE code END,
             published_at = CASE WHEN $6 = 'published' THEN coalesce(published_at, now()) ELSE published_at END,
             updated_at = now()
         WHERE id = $1",
        id,
        change.title,
        change.summary,
        change.description,
        change.enrolment as Option<Enrolment>,
        change.state as Option<State>,
        code
    )
    .execute(&mut *connection)
    .await?;
    events::emit(connection, Event::CourseChanged { course: id }).await
}

/// Replaces a course's code; whether it was the caller's to do so.
pub(super) async fn renew_code(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    id: Uuid,
    code: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE courses c SET code = $4, updated_at = now()
         WHERE id = $1 AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3))",
        id,
        viewer.admin,
        viewer.tutor,
        code
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes a course; whether it was the caller's to do so. The schema refuses when somebody took part in it.
pub(super) async fn delete(executor: impl PgExecutor<'_>, viewer: Viewer, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM courses c
         WHERE id = $1 AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3))",
        id,
        viewer.admin,
        viewer.tutor
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Refuses with `404` whoever may not change the course.
pub(super) async fn check_may_change(executor: impl PgExecutor<'_>, viewer: Viewer, id: Uuid) -> Result<(), ApiError> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM courses c
         WHERE id = $1 AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3))",
        id,
        viewer.admin,
        viewer.tutor
    );
    found.fetch_optional(executor).await?.map(drop).ok_or_else(not_found)
}
