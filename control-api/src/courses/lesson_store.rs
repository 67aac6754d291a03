//! The SQL of lessons.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::lesson::{Completion, Lesson, LessonChange, LessonSummary, NewLesson};
use super::viewer::Viewer;
use crate::events::{self, Event};

/// A course's lessons as the caller sees them; its tutors see those that are not published too. Whether the caller sees the
/// course at all is asked before.
pub(super) async fn outline(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    course: Uuid,
    all: bool,
) -> Result<Vec<LessonSummary>, sqlx::Error> {
    sqlx::query_as!(
        LessonSummary,
        r#"SELECT l.id, l.position, l.title, l.video_s, l.completion AS "completion: Completion", l.watched_percent,
                  l.published_at IS NOT NULL AS "published!", p.completed_at AS "completed_at?",
                  ARRAY(SELECT r.requires_id FROM lesson_prerequisites r
                        WHERE r.lesson_id = l.id ORDER BY r.requires_id) AS "requires!",
                  EXISTS (SELECT FROM lesson_prerequisites r
                          LEFT JOIN lesson_progress q ON q.lesson_id = r.requires_id AND q.person_id = $2
                          WHERE r.lesson_id = l.id AND q.completed_at IS NULL) AS "locked!",
                  (SELECT r.id FROM recordings r JOIN live_sessions s ON s.id = r.live_id
                   WHERE s.lesson_id = l.id AND r.state = 'ready' AND NOT EXISTS (
                       SELECT FROM materials m WHERE m.lesson_id = l.id AND m.is_video AND m.confirmed_at IS NOT NULL)
                   ORDER BY r.id DESC LIMIT 1) AS "recording?"
           FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = $2
           WHERE l.course_id = $1 AND ($3 OR l.published_at IS NOT NULL)
           ORDER BY l.position"#,
        course,
        viewer.person,
        all
    )
    .fetch_all(executor)
    .await
}

/// How far the caller may go into a lesson that they see.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) course: Uuid,
    pub(super) may_change: bool,
    pub(super) enrolled: bool,
    pub(super) published: bool,
    pub(super) locked: bool,
}

/// A lesson that the caller sees, be it from outside.
pub(super) async fn gate(executor: impl PgExecutor<'_>, viewer: Viewer, id: Uuid) -> Result<Option<Gate>, sqlx::Error> {
    sqlx::query_as!(
        Gate,
        r#"SELECT c.id AS course, v.may_change AS "may_change!", v.enrolled AS "enrolled!",
                  l.published_at IS NOT NULL AND c.state <> 'draft' AS "published!",
                  EXISTS (SELECT FROM lesson_prerequisites r
                          LEFT JOIN lesson_progress q ON q.lesson_id = r.requires_id AND q.person_id = $2
                          WHERE r.lesson_id = l.id AND q.completed_at IS NULL) AS "locked!"
           FROM lessons l JOIN courses c ON c.id = l.course_id,
                LATERAL (SELECT $3 OR EXISTS (SELECT FROM course_tutors t
                                              WHERE t.course_id = c.id AND t.person_id = $4) AS may_change,
                                EXISTS (SELECT FROM enrolments e
                                        WHERE e.course_id = c.id AND e.person_id = $2 AND e.left_at IS NULL) AS enrolled) v
           WHERE l.id = $1 AND (v.may_change OR (l.published_at IS NOT NULL
                 AND (c.state = 'published' OR (c.state = 'archived' AND v.enrolled))))"#,
        id,
        viewer.person,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(executor)
    .await
}

/// A lesson whoever asks; see [`gate`].
pub(super) async fn lesson(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Lesson>, sqlx::Error> {
    sqlx::query_as!(
        Lesson,
        r#"SELECT id, course_id, position, title, body, video_s, completion AS "completion: Completion", watched_percent,
                  published_at IS NOT NULL AS "published!", updated_at,
                  ARRAY(SELECT requires_id FROM lesson_prerequisites WHERE lesson_id = lessons.id ORDER BY 1) AS "requires!",
                  (SELECT r.id FROM recordings r JOIN live_sessions s ON s.id = r.live_id
                   WHERE s.lesson_id = lessons.id AND r.state = 'ready' AND NOT EXISTS (
                       SELECT FROM materials m WHERE m.lesson_id = lessons.id AND m.is_video AND m.confirmed_at IS NOT NULL)
                   ORDER BY r.id DESC LIMIT 1) AS "recording?"
           FROM lessons WHERE id = $1"#,
        id
    )
    .fetch_optional(executor)
    .await
}

/// The course of a lesson that the caller may change, held as by [`super::course_store::hold`].
pub(super) async fn hold(connection: &mut PgConnection, viewer: Viewer, id: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT c.id FROM lessons l JOIN courses c ON c.id = l.course_id
         WHERE l.id = $1 AND ($2 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3))
         FOR NO KEY UPDATE OF c",
        id,
        viewer.admin,
        viewer.tutor
    )
    .fetch_optional(connection)
    .await
}

pub(super) async fn count(connection: &mut PgConnection, course: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM lessons WHERE course_id = $1"#, course)
        .fetch_one(connection)
        .await
}

pub(super) async fn insert(connection: &mut PgConnection, course: Uuid, new: &NewLesson) -> Result<Uuid, sqlx::Error> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "INSERT INTO lessons (id, course_id, position, title, body, video_s, completion, watched_percent, published_at)
         SELECT $1, $2, 1 + coalesce(max(position), 0), $3, $4, $5, $6, coalesce($7::smallint, 90::smallint), CASE WHEN $8 THEN now() END
         FROM lessons WHERE course_id = $2",
        id,
        course,
        new.title,
        new.body,
        new.video_s,
        new.completion.unwrap_or(Completion::Marked) as Completion,
        new.watched_percent,
        new.published
    )
    .execute(&mut *connection)
    .await?;
    events::emit(connection, Event::CourseChanged { course }).await?;
    Ok(id)
}

pub(super) async fn update(
    connection: &mut PgConnection,
    course: Uuid,
    id: Uuid,
    change: &LessonChange,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE lessons SET
             title = coalesce($2, title), body = coalesce($3, body), video_s = CASE WHEN $4 THEN $5 ELSE video_s END,
             completion = coalesce($6, completion), watched_percent = coalesce($7, watched_percent),
             published_at = CASE WHEN $8::boolean THEN coalesce(published_at, now()) WHEN NOT $8 THEN NULL ELSE published_at END,
             updated_at = now()
         WHERE id = $1",
        id,
        change.title,
        change.body,
        change.video_s.is_some(),
        change.video_s.flatten(),
        change.completion as Option<Completion>,
        change.watched_percent,
        change.published
    )
    .execute(&mut *connection)
    .await?;
    events::emit(connection, Event::CourseChanged { course }).await
}

/// Every prerequisite of a course but those of one lesson, as lesson and what it requires.
pub(super) async fn prerequisites_without(
    connection: &mut PgConnection,
    course: Uuid,
    lesson: Uuid,
) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT lesson_id, requires_id FROM lesson_prerequisites WHERE course_id = $1 AND lesson_id <> $2",
        course,
        lesson
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.lesson_id, row.requires_id)).collect())
}

pub(super) async fn replace_prerequisites(
    connection: &mut PgConnection,
    course: Uuid,
    lesson: Uuid,
    requires: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM lesson_prerequisites WHERE lesson_id = $1", lesson).execute(&mut *connection).await?;
    sqlx::query!(
        "INSERT INTO lesson_prerequisites (course_id, lesson_id, requires_id)
         SELECT $1, $2, requires FROM unnest($3::uuid[]) AS requires ON CONFLICT DO NOTHING",
        course,
        lesson,
        requires
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Puts a course's lessons in an order; whether these are all of them.
pub(super) async fn reorder(
    connection: &mut PgConnection,
    course: Uuid,
    lessons: &[Uuid],
) -> Result<bool, sqlx::Error> {
    let all = count(connection, course).await?;
    let moved = sqlx::query!(
        "UPDATE lessons SET position = wanted.position
         FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, position)
         WHERE lessons.course_id = $1 AND lessons.id = wanted.id",
        course,
        lessons
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    events::emit(connection, Event::CourseChanged { course }).await?;
    Ok(moved == lessons.len() as u64 && i64::try_from(moved) == Ok(all))
}

/// Deletes a lesson and moves those behind it up. The schema refuses when a student made progress in it.
pub(super) async fn delete(connection: &mut PgConnection, course: Uuid, id: Uuid) -> Result<(), sqlx::Error> {
    let gone = sqlx::query_scalar!("DELETE FROM lessons WHERE id = $1 RETURNING position", id)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(position) = gone else { return Ok(()) };
    sqlx::query!("UPDATE lessons SET position = position - 1 WHERE course_id = $1 AND position > $2", course, position)
        .execute(&mut *connection)
        .await?;
    events::emit(connection, Event::CourseChanged { course }).await
}

/// What completes a lesson.
pub(super) async fn completion(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<Completion>, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT completion AS "completion: Completion" FROM lessons WHERE id = $1"#, id)
        .fetch_optional(executor)
        .await
}
