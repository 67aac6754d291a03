//! The SQL of what tutors see. All of it may be a moment old.

use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::overview::{
    LessonDetail, LessonOverview, Overview, QuizDetail, QuizOverview, StudentDetail, StudentStanding,
};
use crate::courses::Completion;
use crate::quizzes::points::Points;

/// How a course goes. Reads all that its students did: once, and not lesson by lesson.
pub(super) async fn overview(pool: &PgPool, course: Uuid) -> Result<Overview, sqlx::Error> {
    let students = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM enrolments WHERE course_id = $1 AND left_at IS NULL"#,
        course
    );
    let lessons = sqlx::query_as!(
        LessonOverview,
        r#"SELECT l.id, l.title, coalesce(done.started, 0) AS "started!", coalesce(done.completed, 0) AS "completed!",
                  (least(done.watched_s, done.started * l.video_s) * 100.0 / (done.started * l.video_s))::float8 AS watched_percent_mean
           FROM lessons l LEFT JOIN (
               SELECT p.lesson_id, count(*) AS started, count(p.completed_at) AS completed, sum(p.watched_s) AS watched_s
               FROM lesson_progress p
                   JOIN enrolments e ON e.course_id = p.course_id AND e.person_id = p.person_id AND e.left_at IS NULL
               WHERE p.course_id = $1 GROUP BY p.lesson_id) AS done ON done.lesson_id = l.id
           WHERE l.course_id = $1 ORDER BY l.position"#,
        course
    );
    let quizzes = sqlx::query_as!(
        QuizOverview,
        r#"SELECT q.id, q.title, count(r.person_id) AS "taken!", count(*) FILTER (WHERE r.passed) AS "passed!",
                  avg(r.score * 100.0 / nullif(r.score_max, 0))::float8 AS score_percent_mean
           FROM lessons l JOIN quizzes q ON q.lesson_id = l.id
               LEFT JOIN (
                   SELECT r.* FROM quiz_results r
                       JOIN enrolments e ON e.course_id = r.course_id AND e.person_id = r.person_id AND e.left_at IS NULL
                   WHERE r.course_id = $1) AS r ON r.quiz_id = q.id
           WHERE l.course_id = $1 GROUP BY l.position, q.id ORDER BY l.position, q.id"#,
        course
    );
    Ok(Overview {
        students: students.fetch_one(pool).await?,
        lessons: lessons.fetch_all(pool).await?,
        quizzes: quizzes.fetch_all(pool).await?,
    })
}

/// How far the students of a course are, in the order in which they signed up.
pub(super) async fn standings(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<StudentStanding>, sqlx::Error> {
    sqlx::query_as!(
        StudentStanding,
        r#"SELECT s.person_id AS "person!", p.name, s.lessons AS "lessons!", s.completed AS "completed!",
                  s.percent AS "percent!", (s.score * 100.0 / nullif(s.score_max, 0))::float8 AS score_percent,
                  s.last_activity_at AS "last_activity_at!"
           FROM course_standings s JOIN people p ON p.id = s.person_id
           WHERE s.course_id = $1 AND s.person_id > $2 ORDER BY s.person_id LIMIT $3"#,
        course,
        after.unwrap_or(Uuid::nil()),
        rows
    )
    .fetch_all(executor)
    .await
}

/// All that somebody did in a course that they are, or were, in.
pub(super) async fn student(pool: &PgPool, course: Uuid, person: Uuid) -> Result<Option<StudentDetail>, sqlx::Error> {
    let place = sqlx::query!(
        "SELECT p.name, e.enrolled_at, e.left_at FROM enrolments e JOIN people p ON p.id = e.person_id
         WHERE e.course_id = $1 AND e.person_id = $2",
        course,
        person
    );
    let Some(place) = place.fetch_optional(pool).await? else { return Ok(None) };
    let lessons = sqlx::query_as!(
        LessonDetail,
        r#"SELECT l.id, l.title, coalesce(CASE WHEN p.completed_at IS NULL THEN p.tenths * 10 ELSE 100 END, 0) AS "percent!",
                  coalesce(p.watched_s, 0) AS "watched_s!", l.video_s, coalesce(p.position_s, 0) AS "position_s!",
                  p.started_at AS "started_at?", p.completed_at, p.completed_by AS "completed_by: Completion"
           FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = $2
           WHERE l.course_id = $1 AND (l.published_at IS NOT NULL OR p.person_id IS NOT NULL) ORDER BY l.position"#,
        course,
        person
    );
    let lessons = lessons.fetch_all(pool).await?;
    let quizzes = quizzes_of(pool, course, person).await?;
    let (name, enrolled_at, left_at) = (place.name, place.enrolled_at, place.left_at);
    Ok(Some(StudentDetail { person, name, enrolled_at, left_at, lessons, quizzes }))
}

async fn quizzes_of(executor: impl PgExecutor<'_>, course: Uuid, person: Uuid) -> Result<Vec<QuizDetail>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT q.id, q.lesson_id, q.title, r.score AS "score?", r.score_max AS "score_max?",
                  coalesce(r.passed, false) AS "passed!", coalesce(r.attempts, 0) AS "attempts!",
                  r.updated_at AS "ended_at?"
           FROM lessons l JOIN quizzes q ON q.lesson_id = l.id
               LEFT JOIN quiz_results r ON r.quiz_id = q.id AND r.person_id = $2
           WHERE l.course_id = $1
             AND (r.person_id IS NOT NULL OR (l.published_at IS NOT NULL AND q.published_at IS NOT NULL))
           ORDER BY l.position, q.id"#,
        course,
        person
    );
    let details = rows.fetch_all(executor).await?.into_iter().map(|row| QuizDetail {
        id: row.id,
        lesson: row.lesson_id,
        title: row.title,
        score: row.score.map(Points::from_hundredths),
        score_max: row.score_max.map(Points::from_hundredths),
        passed: row.passed,
        attempts: row.attempts,
        ended_at: row.ended_at,
    });
    Ok(details.collect())
}
