//! The SQL of leaderboards.

use std::collections::HashMap;

use lectern_platform::cache::BOARD_MEMBERS_MAX;
use sqlx::PgExecutor;
use uuid::Uuid;

use super::leaderboard::Board;
use crate::courses::viewer::Viewer;

/// A course's board, for those who are in it and its tutors.
pub(super) async fn board_of_course(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    course: Uuid,
) -> Result<Option<Board>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM courses c
         WHERE id = $1 AND ($4 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3)
               OR (state <> 'draft' AND EXISTS (SELECT FROM enrolments e
                                                WHERE e.course_id = c.id AND e.person_id = $2 AND e.left_at IS NULL)))",
        course,
        viewer.person,
        viewer.tutor,
        viewer.admin
    );
    Ok(found.fetch_optional(executor).await?.map(Board::Course))
}

/// A quiz' board, for those in its course once it is published, and its tutors.
pub(super) async fn board_of_quiz(
    executor: impl PgExecutor<'_>,
    viewer: Viewer,
    quiz: Uuid,
) -> Result<Option<Board>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT l.course_id FROM quizzes q JOIN lessons l ON l.id = q.lesson_id JOIN courses c ON c.id = l.course_id
         WHERE q.id = $1 AND ($4 OR EXISTS (SELECT FROM course_tutors t WHERE t.course_id = c.id AND t.person_id = $3)
               OR (q.published_at IS NOT NULL AND l.published_at IS NOT NULL AND c.state <> 'draft'
                   AND EXISTS (SELECT FROM enrolments e
                               WHERE e.course_id = c.id AND e.person_id = $2 AND e.left_at IS NULL)))",
        quiz,
        viewer.person,
        viewer.tutor,
        viewer.admin
    );
    Ok(found.fetch_optional(executor).await?.map(|course| Board::Quiz { quiz, course }))
}

/// Everybody's scores in hundredths, the best first; equal ones as the cache orders them.
pub(super) async fn scores(executor: impl PgExecutor<'_>, board: Board) -> Result<Vec<(Uuid, i64)>, sqlx::Error> {
    let (course, quiz) = match board {
        Board::Course(course) => (course, None),
        Board::Quiz { quiz, course } => (course, Some(quiz)),
    };
    let rows = sqlx::query!(
        r#"SELECT person_id AS "person!", sum(score) AS "score!" FROM board_scores
           WHERE course_id = $1 AND ($2::uuid IS NULL OR quiz_id = $2)
           GROUP BY person_id ORDER BY sum(score) DESC, person_id LIMIT $3"#,
        course,
        quiz,
        i64::try_from(BOARD_MEMBERS_MAX).unwrap_or(i64::MAX)
    );
    Ok(rows.fetch_all(executor).await?.into_iter().map(|row| (row.person, row.score)).collect())
}

/// What boards say of somebody who took a quiz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scores {
    /// The quiz' course.
    pub(super) course: Uuid,
    /// In the quiz, hundredths.
    pub(super) of_quiz: i64,
    /// In all quizzes of the course, hundredths.
    pub(super) of_course: i64,
}

/// Somebody's scores, if they are to be seen.
pub(super) async fn score(
    executor: impl PgExecutor<'_>,
    quiz: Uuid,
    person: Uuid,
) -> Result<Option<Scores>, sqlx::Error> {
    sqlx::query_as!(
        Scores,
        r#"SELECT course_id AS "course!", score::bigint AS "of_quiz!",
                  (SELECT sum(score) FROM quiz_results a
                   WHERE a.course_id = b.course_id AND a.person_id = b.person_id) AS "of_course!"
           FROM board_scores b WHERE quiz_id = $1 AND person_id = $2"#,
        quiz,
        person
    )
    .fetch_optional(executor)
    .await
}

/// The names of those of these people who are to be seen.
pub(super) async fn names(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    people: &[Uuid],
) -> Result<HashMap<Uuid, String>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT p.id, p.name FROM people p JOIN enrolments e ON e.person_id = p.id AND e.course_id = $1 AND e.left_at IS NULL
         WHERE p.id = ANY($2) AND p.suspended_at IS NULL",
        course,
        people
    );
    Ok(rows.fetch_all(executor).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The quizzes of a course that any of these people took.
pub(super) async fn quizzes_taken(
    executor: impl PgExecutor<'_>,
    course: Uuid,
    people: &[Uuid],
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT DISTINCT quiz_id FROM quiz_results WHERE course_id = $1 AND person_id = ANY($2)",
        course,
        people
    )
    .fetch_all(executor)
    .await
}
