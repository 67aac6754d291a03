//! The SQL of a seed: each table in one statement.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::Person;
use super::class::Class;
use super::student::Student;
use crate::courses::Completion;

/// Whether there is nothing but perhaps an admin. Holds other seeds up until the transaction ends.
pub(super) async fn is_empty(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query!("LOCK TABLE courses IN SHARE ROW EXCLUSIVE MODE").execute(&mut *connection).await?;
    sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT FROM courses) AND NOT EXISTS (SELECT FROM people WHERE role <> 'admin') AS "is_empty!""#
    )
    .fetch_one(connection)
    .await
}

pub(super) async fn people(
    connection: &mut PgConnection,
    people: &[Person],
    role: &str,
    password_hash: &str,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
    let emails: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    let since: Vec<OffsetDateTime> = people.iter().map(|person| person.since).collect();
    sqlx::query!(
        "INSERT INTO people (id, email, name, role, password_hash, created_at)
         SELECT id, email, name, $5, $6, since
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS new (id, email, name, since)",
        &ids,
        &emails as &[&str],
        &names as &[&str],
        &since,
        role,
        password_hash
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Courses with all that is in them.
pub(super) async fn classes(connection: &mut PgConnection, classes: &[Class]) -> Result<(), sqlx::Error> {
    for class in classes {
        course(connection, class).await?;
        lessons(connection, class).await?;
        quizzes(connection, class).await?;
    }
    Ok(())
}

async fn course(connection: &mut PgConnection, class: &Class) -> Result<(), sqlx::Error> {
    let course = &class.course;
    sqlx::query!(
        "WITH course AS (
             INSERT INTO courses (id, title, summary, description, state, enrolment, code, created_at, updated_at, published_at)
             VALUES ($1, $2, $3, $4, 'published', $5, $6, $7, $7, $7) RETURNING id
         )
         INSERT INTO course_tutors (course_id, person_id, added_at) SELECT id, $8, $7 FROM course",
        class.id,
        course.title,
        course.summary,
        course.description,
        course.enrolment as _,
        class.code() as _,
        class.since,
        class.tutor
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn lessons(connection: &mut PgConnection, class: &Class) -> Result<(), sqlx::Error> {
    let plans = || class.course.lessons.iter();
    let ids: Vec<Uuid> = class.lessons.iter().map(|lesson| lesson.id).collect();
    let titles: Vec<&str> = plans().map(|plan| plan.title.as_str()).collect();
    let bodies: Vec<&str> = plans().map(|plan| plan.body.as_str()).collect();
    let videos: Vec<Option<i32>> = plans().map(|plan| plan.video_s).collect();
    let completions: Vec<&str> = plans().map(|plan| plan.completion.as_str()).collect();
    sqlx::query!(
        "INSERT INTO lessons (id, course_id, position, title, body, video_s, completion, published_at, created_at, updated_at)
         SELECT id, $1, place, title, body, video_s, completion, $7, $7, $7
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[]) WITH ORDINALITY
              AS new (id, title, body, video_s, completion, place)",
        class.id,
        &ids,
        &titles as &[&str],
        &bodies as &[&str],
        &videos as &[Option<i32>],
        &completions as &[&str],
        class.since
    )
    .execute(&mut *connection)
    .await?;
    let required = class.lessons.iter().zip(plans());
    let required = required.flat_map(|(lesson, plan)| plan.requires.iter().map(|place| (lesson.id, ids[*place])));
    let (lessons, requires): (Vec<Uuid>, Vec<Uuid>) = required.unzip();
    sqlx::query!(
        "INSERT INTO lesson_prerequisites (course_id, lesson_id, requires_id)
         SELECT $1, lesson_id, requires_id FROM unnest($2::uuid[], $3::uuid[]) AS new (lesson_id, requires_id)",
        class.id,
        &lessons,
        &requires
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn quizzes(connection: &mut PgConnection, class: &Class) -> Result<(), sqlx::Error> {
    for (lesson, plan) in class.lessons.iter().zip(&class.course.lessons) {
        let (Some(quiz), Some(rules)) = (&lesson.quiz, &plan.quiz) else { continue };
        sqlx::query!(
            "INSERT INTO quizzes (id, lesson_id, title, time_limit_s, attempts_max, score_kept, pass_percent, keys_shown,
                                  published_at, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, 'best', $6, 'after_attempts', $7, $7, $7)",
            quiz.id,
            lesson.id,
            rules.title,
            rules.time_limit_s,
            rules.attempts_max,
            rules.pass_percent,
            class.since
        )
        .execute(&mut *connection)
        .await?;
        let questions = || quiz.questions.iter();
        let ids: Vec<Uuid> = questions().map(|question| question.question.id).collect();
        let prompts: Vec<&str> = questions().map(|question| question.question.prompt.as_str()).collect();
        let points: Vec<i32> = questions().map(|question| i32::from(question.question.points)).collect();
        let tasks: Vec<Value> = questions().map(|question| json(&question.question.task)).collect();
        let keys: Vec<Value> = questions().map(|question| json(&question.key)).collect();
        sqlx::query!(
            "INSERT INTO quiz_questions (id, quiz_id, position, prompt, points, task, key)
             SELECT id, $1, place - 1, prompt, points, task, key
             FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::jsonb[], $6::jsonb[]) WITH ORDINALITY
                  AS new (id, prompt, points, task, key, place)",
            quiz.id,
            &ids,
            &prompts as &[&str],
            &points,
            &tasks,
            &keys
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// What students did.
pub(super) async fn students(connection: &mut PgConnection, students: &[Student]) -> Result<(), sqlx::Error> {
    enrolments(connection, students).await?;
    progress(connection, students).await?;
    attempts(connection, students).await?;
    results(connection, students).await?;
    let days = students.iter().flat_map(|student| student.days.iter().map(move |day| (student.person.id, *day)));
    let (people, days): (Vec<Uuid>, Vec<time::Date>) = days.unzip();
    sqlx::query!(
        "INSERT INTO learning_days (person_id, day) SELECT person_id, day FROM unnest($1::uuid[], $2::date[]) AS new (person_id, day)",
        &people,
        &days
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn enrolments(connection: &mut PgConnection, students: &[Student]) -> Result<(), sqlx::Error> {
    let all = || students.iter().flat_map(|student| student.enrolments.iter().map(move |enrolled| (student, enrolled)));
    let people: Vec<Uuid> = all().map(|(student, _)| student.person.id).collect();
    let courses: Vec<Uuid> = all().map(|(_, enrolled)| enrolled.course).collect();
    let sources: Vec<&str> = all().map(|(_, enrolled)| enrolled.source).collect();
    let at: Vec<OffsetDateTime> = all().map(|(_, enrolled)| enrolled.at).collect();
    sqlx::query!(
        "INSERT INTO enrolments (course_id, person_id, source, enrolled_at)
         SELECT course_id, person_id, source, at
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS new (course_id, person_id, source, at)",
        &courses,
        &people,
        &sources as &[&str],
        &at
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn progress(connection: &mut PgConnection, students: &[Student]) -> Result<(), sqlx::Error> {
    let all = || students.iter().flat_map(|student| student.progress.iter().map(move |progress| (student, progress)));
    let people: Vec<Uuid> = all().map(|(student, _)| student.person.id).collect();
    let lessons: Vec<Uuid> = all().map(|(_, progress)| progress.lesson).collect();
    let courses: Vec<Uuid> = all().map(|(_, progress)| progress.course).collect();
    let watched: Vec<i32> = all().map(|(_, progress)| progress.watched_s).collect();
    let tenths: Vec<i16> = all().map(|(_, progress)| progress.tenths()).collect();
    let started: Vec<OffsetDateTime> = all().map(|(_, progress)| progress.started_at).collect();
    let updated: Vec<OffsetDateTime> = all().map(|(_, progress)| progress.updated_at).collect();
    let completed: Vec<Option<&str>> =
        all().map(|(_, progress)| progress.completed_by.map(Completion::as_str)).collect();
    sqlx::query!(
        "INSERT INTO lesson_progress (person_id, lesson_id, course_id, watched, position_s, counter, tenths, started_at,
                                      updated_at, moved_at, completed_at, completed_by)
         SELECT person_id, lesson_id, course_id, int4multirange(int4range(0, watched_s)), watched_s, 1, tenths, started_at,
                updated_at, updated_at, CASE WHEN completed_by IS NOT NULL THEN updated_at END, completed_by
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::smallint[], $6::timestamptz[], $7::timestamptz[],
                     $8::text[]) AS new (person_id, lesson_id, course_id, watched_s, tenths, started_at, updated_at, completed_by)",
        &people,
        &lessons,
        &courses,
        &watched,
        &tenths,
        &started,
        &updated,
        &completed as &[Option<&str>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn attempts(connection: &mut PgConnection, students: &[Student]) -> Result<(), sqlx::Error> {
    let all = || students.iter().flat_map(|student| student.attempts.iter().map(move |attempt| (student, attempt)));
    let ids: Vec<Uuid> = all().map(|(_, attempt)| attempt.id).collect();
    let quizzes: Vec<Uuid> = all().map(|(_, attempt)| attempt.quiz).collect();
    let people: Vec<Uuid> = all().map(|(student, _)| student.person.id).collect();
    let numbers: Vec<i32> = all().map(|(_, attempt)| attempt.number).collect();
    let started: Vec<OffsetDateTime> = all().map(|(_, attempt)| attempt.started_at).collect();
    let ended: Vec<OffsetDateTime> = all().map(|(_, attempt)| attempt.ended_at).collect();
    let scores: Vec<i32> = all().map(|(_, attempt)| attempt.score.hundredths()).collect();
    let scores_max: Vec<i32> = all().map(|(_, attempt)| attempt.score_max.hundredths()).collect();
    sqlx::query!(
        "INSERT INTO quiz_attempts (id, quiz_id, person_id, number, started_at, ended_at, ended_by, score, score_max)
         SELECT id, quiz_id, person_id, number, started_at, ended_at, 'person', score, score_max
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::timestamptz[], $6::timestamptz[], $7::integer[],
                     $8::integer[]) AS new (id, quiz_id, person_id, number, started_at, ended_at, score, score_max)",
        &ids,
        &quizzes,
        &people,
        &numbers,
        &started,
        &ended,
        &scores,
        &scores_max
    )
    .execute(&mut *connection)
    .await?;
    let answers = || all().flat_map(|(_, attempt)| attempt.answers.iter().map(move |answer| (attempt, answer)));
    let attempts: Vec<Uuid> = answers().map(|(attempt, _)| attempt.id).collect();
    let questions: Vec<Uuid> = answers().map(|(_, (question, ..))| *question).collect();
    let texts: Vec<Value> = answers().map(|(_, (_, answer, _))| json(answer)).collect();
    let points: Vec<i32> = answers().map(|(_, (.., points))| points.hundredths()).collect();
    let saved: Vec<OffsetDateTime> = answers().map(|(attempt, _)| attempt.ended_at).collect();
    sqlx::query!(
        "INSERT INTO quiz_answers (attempt_id, question_id, counter, answer, points, saved_at)
         SELECT attempt_id, question_id, 1, answer, points, saved_at
         FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[], $4::integer[], $5::timestamptz[])
              AS new (attempt_id, question_id, answer, points, saved_at)",
        &attempts,
        &questions,
        &texts,
        &points,
        &saved
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn results(connection: &mut PgConnection, students: &[Student]) -> Result<(), sqlx::Error> {
    let all = || students.iter().flat_map(|student| student.results.iter().map(move |result| (student, result)));
    let quizzes: Vec<Uuid> = all().map(|(_, result)| result.quiz).collect();
    let people: Vec<Uuid> = all().map(|(student, _)| student.person.id).collect();
    let scores: Vec<i32> = all().map(|(_, result)| result.score.hundredths()).collect();
    let scores_max: Vec<i32> = all().map(|(_, result)| result.score_max.hundredths()).collect();
    let attempts: Vec<i32> = all().map(|(_, result)| result.attempts).collect();
    let passed: Vec<bool> = all().map(|(_, result)| result.passed).collect();
    let at: Vec<OffsetDateTime> = all().map(|(_, result)| result.at).collect();
    sqlx::query!(
        "INSERT INTO quiz_results (quiz_id, person_id, course_id, score, score_max, attempts, passed, updated_at)
         SELECT quiz_id, person_id, l.course_id, score, score_max, attempts, passed, at
         FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::integer[], $6::boolean[], $7::timestamptz[])
              AS new (quiz_id, person_id, score, score_max, attempts, passed, at)
              JOIN quizzes q ON q.id = new.quiz_id JOIN lessons l ON l.id = q.lesson_id",
        &quizzes,
        &people,
        &scores,
        &scores_max,
        &attempts,
        &passed,
        &at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Live classes, and who was there of those who had come into the course by then.
pub(super) async fn meetings(
    connection: &mut PgConnection,
    classes: &[Class],
    students: &[Student],
) -> Result<(), sqlx::Error> {
    for class in classes {
        let ids: Vec<Uuid> = class.meetings.iter().map(|meeting| meeting.id).collect();
        let starts: Vec<OffsetDateTime> = class.meetings.iter().map(|meeting| meeting.starts_at).collect();
        let ends: Vec<OffsetDateTime> = class.meetings.iter().map(|meeting| meeting.ends_at).collect();
        let over: Vec<bool> = class.meetings.iter().map(|meeting| meeting.is_over).collect();
        sqlx::query!(
            "INSERT INTO live_sessions (id, course_id, title, starts_at, ends_at, state, started_at, ended_at)
             SELECT id, $1, $2, starts_at, ends_at, CASE WHEN over THEN 'ended' ELSE 'scheduled' END,
                    CASE WHEN over THEN starts_at END, CASE WHEN over THEN ends_at END
             FROM unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::boolean[]) AS new (id, starts_at, ends_at, over)",
            class.id,
            format!("{}: the weekly class", class.course.title),
            &ids,
            &starts,
            &ends,
            &over
        )
        .execute(&mut *connection)
        .await?;
        let (meetings, people): (Vec<Uuid>, Vec<Uuid>) = class.attendance(students).unzip();
        sqlx::query!(
            "INSERT INTO live_attendance (live_id, person_id, joined_at, left_at)
             SELECT l.id, new.person_id, l.starts_at, l.ends_at
             FROM unnest($1::uuid[], $2::uuid[]) AS new (live_id, person_id) JOIN live_sessions l ON l.id = new.live_id",
            &meetings,
            &people
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
