//! The SQL of portfolios.

use std::time::Duration;

use sqlx::PgConnection;
use uuid::Uuid;

use super::standing::{CourseStanding, NextLesson, Portfolio, Streak};
use crate::courses::CourseState;
use crate::quizzes::points::Points;

/// Courses of one portfolio. It comes whole, and nobody learns more at a time.
const COURSES_MAX: i64 = 200;

/// Somebody's portfolio, and how long it is true if nothing changes: until midnight in UTC, by Postgres' clock.
pub(super) async fn portfolio(
    connection: &mut PgConnection,
    person: Uuid,
) -> Result<(Portfolio, Duration), sqlx::Error> {
    let courses = courses(&mut *connection, person).await?;
    let row = sqlx::query!(
        r#"WITH today AS (SELECT now() AT TIME ZONE 'UTC' AS at),
                streaks AS (
                    SELECT count(*) AS days, max(day) AS last
                    FROM (SELECT day, day - row_number() OVER (ORDER BY day)::integer AS start
                          FROM learning_days WHERE person_id = $1) AS numbered
                    GROUP BY start)
           SELECT coalesce((SELECT days FROM streaks WHERE last >= at::date - 1 ORDER BY last DESC LIMIT 1), 0) AS "days!",
                  coalesce((SELECT max(days) FROM streaks), 0) AS "best!",
                  EXISTS (SELECT FROM streaks WHERE last = at::date) AS "today!",
                  (SELECT count(*) FROM lesson_progress WHERE person_id = $1 AND completed_at IS NOT NULL) AS "completed!",
                  extract(epoch FROM date_trunc('day', at) + interval '1 day' - at)::float8 AS "left_s!"
           FROM today"#,
        person
    );
    let row = row.fetch_one(connection).await?;
    let streak = Streak { days: row.days, best: row.best, today: row.today };
    let left = Duration::try_from_secs_f64(row.left_s).unwrap_or_default();
    Ok((Portfolio { courses, streak, lessons_completed: row.completed }, left))
}

async fn courses(connection: &mut PgConnection, person: Uuid) -> Result<Vec<CourseStanding>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.title, c.summary, c.state AS "state: CourseState", s.lessons AS "lessons!", s.completed AS "completed!",
                  s.percent AS "percent!", s.score, s.score_max, s.last_activity_at AS "last_activity_at!",
                  next.id AS "next_id?", next.title AS "next_title?"
           FROM course_standings s JOIN courses c ON c.id = s.course_id AND c.state <> 'draft'
               LEFT JOIN LATERAL (
                   SELECT l.id, l.title
                   FROM lessons l LEFT JOIN lesson_progress p ON p.lesson_id = l.id AND p.person_id = s.person_id
                   WHERE l.course_id = c.id AND l.published_at IS NOT NULL AND p.completed_at IS NULL
                     AND NOT EXISTS (SELECT FROM lesson_prerequisites r
                                     LEFT JOIN lesson_progress q ON q.lesson_id = r.requires_id AND q.person_id = s.person_id
                                     WHERE r.lesson_id = l.id AND q.completed_at IS NULL)
                   ORDER BY l.position LIMIT 1) AS next ON true
           WHERE s.person_id = $1 ORDER BY s.last_activity_at DESC, c.id LIMIT $2"#,
        person,
        COURSES_MAX
    );
    let standings = rows.fetch_all(connection).await?.into_iter().map(|row| CourseStanding {
        id: row.id,
        title: row.title,
        summary: row.summary,
        state: row.state,
        lessons: row.lessons,
        completed: row.completed,
        percent: row.percent,
        score: row.score.map(Points::from_sum),
        score_max: row.score_max.map(Points::from_sum),
        next_lesson: row.next_id.zip(row.next_title).map(|(id, title)| NextLesson { id, title }),
        last_activity_at: row.last_activity_at,
    });
    Ok(standings.collect())
}

/// One page of those whose portfolio shows a course, after somebody.
pub(super) async fn students_after(
    connection: &mut PgConnection,
    course: Uuid,
    after: Uuid,
    most: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT person_id FROM enrolments WHERE course_id = $1 AND left_at IS NULL AND person_id > $2
         ORDER BY person_id LIMIT $3",
        course,
        after,
        most
    )
    .fetch_all(connection)
    .await
}
