//! The SQL of progress.

use std::collections::{BTreeSet, HashMap};

use sqlx::{PgConnection, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::heartbeat::{self, Heartbeat, Interval, Key, Progress};
use crate::courses::Completion;
use crate::events::{self, Event, Moved};

/// What became of many reports.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// How far everybody is whose report was kept.
    pub(super) progress: HashMap<Key, Progress>,
    /// Whose portfolio shows something else now: a lesson begun, moved by a tenth or complete, or a day more.
    pub(super) moved: BTreeSet<Uuid>,
    /// How far everybody is in a video.
    pub(super) watched: Vec<Moved>,
}

/// A row of [`write`].
struct Row {
    person_id: Uuid,
    lesson_id: Uuid,
    course_id: Uuid,
    position_s: i32,
    watched_s: i32,
    tenths: i16,
    video_s: Option<i32>,
    completion: Completion,
    watched_percent: i16,
    completed_at: Option<OffsetDateTime>,
    completed_by: Option<Completion>,
    /// Whether the lesson was begun, or a day, by this report.
    begun: bool,
}

/// Writes the reports of many students in one statement, and a second one for those that they moved. Those who are not in the
/// course, or may not open the lesson yet, are not in the answer; nor is whatever does not exist.
pub(super) async fn write(connection: &mut PgConnection, reports: &[(Key, Heartbeat)]) -> Result<Written, sqlx::Error> {
    let rows = unite(&mut *connection, reports).await?;
    let moves: Vec<Move> = rows.iter().filter_map(Move::of).collect();
    let mut written = Written::default();
    for row in rows {
        if row.begun {
            written.moved.insert(row.person_id);
        }
        written.watched.extend(row.watched());
        let (key, progress) = row.into_progress();
        written.progress.insert(key, progress);
    }
    note_moves(connection, &moves, &mut written).await?;
    Ok(written)
}

/// Unites the reports with what there is.
async fn unite(connection: &mut PgConnection, reports: &[(Key, Heartbeat)]) -> Result<Vec<Row>, sqlx::Error> {
    let people: Vec<Uuid> = reports.iter().map(|(key, _)| key.person).collect();
    let lessons: Vec<Uuid> = reports.iter().map(|(key, _)| key.lesson).collect();
    let positions: Vec<i32> = reports.iter().map(|(_, report)| report.position_s).collect();
    let counters: Vec<i64> = reports.iter().map(|(_, report)| report.counter).collect();
    let interval = |report: &Heartbeat| report.watched.unwrap_or(Interval { from_s: 0, to_s: 0 });
    let from: Vec<i32> = reports.iter().map(|(_, report)| interval(report).from_s).collect();
    let to: Vec<i32> = reports.iter().map(|(_, report)| interval(report).to_s).collect();
    sqlx::query_as!(
        Row,
        r#"WITH reported AS (
               SELECT person_id, lesson_id, range_agg(int4range(from_s, to_s)) AS watched, max(counter) AS counter,
                      (array_agg(position_s ORDER BY counter DESC, position_s DESC))[1] AS position_s
               FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[], $5::integer[], $6::integer[])
                    AS report (person_id, lesson_id, position_s, counter, from_s, to_s)
               GROUP BY person_id, lesson_id
           ), allowed AS (
               SELECT r.person_id, r.lesson_id, l.course_id, r.counter, least(r.position_s, l.video_s) AS position_s,
                      r.watched * int4multirange(int4range(0, coalesce(l.video_s, 0))) AS watched
               FROM reported r
               JOIN lessons l ON l.id = r.lesson_id AND l.published_at IS NOT NULL
               JOIN courses c ON c.id = l.course_id AND c.state <> 'draft'
               JOIN enrolments e ON e.course_id = l.course_id AND e.person_id = r.person_id AND e.left_at IS NULL
               WHERE NOT EXISTS (SELECT FROM lesson_prerequisites q
                                 LEFT JOIN lesson_progress p ON p.lesson_id = q.requires_id AND p.person_id = r.person_id
                                 WHERE q.lesson_id = l.id AND p.completed_at IS NULL)
           ), days AS (
               INSERT INTO learning_days (person_id, day)
               SELECT DISTINCT person_id, (now() AT TIME ZONE 'UTC')::date FROM allowed ORDER BY person_id
               ON CONFLICT DO NOTHING RETURNING person_id
           ), written AS (
               INSERT INTO lesson_progress AS p (person_id, lesson_id, course_id, watched, position_s, counter)
               SELECT person_id, lesson_id, course_id, watched, coalesce(position_s, 0), counter FROM allowed ORDER BY person_id, lesson_id
               ON CONFLICT (person_id, lesson_id) DO UPDATE SET
                   -- Far from the bound that the function keeps, which is nearly always, the union is all that it does.
                   watched = CASE WHEN pg_column_size(p.watched + EXCLUDED.watched) < 3000
                             THEN p.watched + EXCLUDED.watched ELSE watched_united(p.watched, EXCLUDED.watched) END,
                   position_s = CASE WHEN (EXCLUDED.counter, EXCLUDED.position_s) >= (p.counter, p.position_s)
                                THEN EXCLUDED.position_s ELSE p.position_s END,
                   counter = greatest(p.counter, EXCLUDED.counter),
                   updated_at = now()
               RETURNING person_id, lesson_id, course_id, position_s, watched_s, tenths, completed_at, completed_by, started_at
           )
           SELECT w.person_id, w.lesson_id, w.course_id, w.position_s, w.watched_s, w.tenths, l.video_s,
                  l.completion AS "completion: Completion", l.watched_percent, w.completed_at,
                  w.completed_by AS "completed_by: Completion",
                  w.started_at = now() OR d.person_id IS NOT NULL AS "begun!"
           FROM written w JOIN lessons l ON l.id = w.lesson_id LEFT JOIN days d ON d.person_id = w.person_id"#,
        &people,
        &lessons,
        &positions,
        &counters,
        &from,
        &to
    )
    .fetch_all(connection)
    .await
}

impl Row {
    fn key(&self) -> Key {
        Key { person: self.person_id, lesson: self.lesson_id }
    }

    /// Nothing in a lesson without a video.
    fn watched(&self) -> Option<Moved> {
        // None of them is negative, by checks of the tables.
        let seconds = |number: i32| u32::try_from(number).unwrap_or(0);
        Some(Moved {
            person: self.person_id,
            course: self.course_id,
            lesson: self.lesson_id,
            position_s: seconds(self.position_s),
            watched_s: seconds(self.watched_s),
            video_s: seconds(self.video_s?),
        })
    }

    fn into_progress(self) -> (Key, Progress) {
        let key = self.key();
        let Self { position_s, watched_s, video_s, completed_at, completed_by, .. } = self;
        (key, Progress { position_s, watched_s, video_s, completed_at, completed_by })
    }
}

/// What a report moved beside the seconds themselves.
struct Move {
    key: Key,
    tenths: i16,
    completes: bool,
}

impl Move {
    fn of(row: &Row) -> Option<Self> {
        let video_s = row.video_s.filter(|_| row.completed_at.is_none())?;
        let tenths = heartbeat::tenths(row.watched_s, video_s).max(row.tenths);
        let completes = row.completion == Completion::Watched
            && i64::from(row.watched_s) * 100 >= i64::from(video_s) * i64::from(row.watched_percent);
        (tenths > row.tenths || completes).then(|| Self { key: row.key(), tenths, completes })
    }
}

/// Writes down what was moved. The rows are held since [`unite`]: nobody else moved them since.
async fn note_moves(connection: &mut PgConnection, moves: &[Move], written: &mut Written) -> Result<(), sqlx::Error> {
    if moves.is_empty() {
        return Ok(());
    }
    let people: Vec<Uuid> = moves.iter().map(|moved| moved.key.person).collect();
    let lessons: Vec<Uuid> = moves.iter().map(|moved| moved.key.lesson).collect();
    let tenths: Vec<i16> = moves.iter().map(|moved| moved.tenths).collect();
    let completes: Vec<bool> = moves.iter().map(|moved| moved.completes).collect();
    let rows = sqlx::query!(
        "UPDATE lesson_progress p SET tenths = moved.tenths, moved_at = now(),
                completed_at = CASE WHEN completes THEN now() END, completed_by = CASE WHEN completes THEN 'watched' END
         FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::boolean[]) AS moved (person_id, lesson_id, tenths, completes)
         WHERE p.person_id = moved.person_id AND p.lesson_id = moved.lesson_id
         RETURNING p.person_id, p.lesson_id, p.course_id, p.completed_at",
        &people,
        &lessons,
        &tenths,
        &completes
    );
    let mut events = Vec::new();
    for row in rows.fetch_all(&mut *connection).await? {
        let (person, lesson, course) = (row.person_id, row.lesson_id, row.course_id);
        written.moved.insert(person);
        let Some(at) = row.completed_at else { continue };
        events.push(Event::LessonCompleted { person, course, lesson, by: Completion::Watched, at });
        if let Some(progress) = written.progress.get_mut(&Key { person, lesson }) {
            progress.completed_at = Some(at);
            progress.completed_by = Some(Completion::Watched);
        }
    }
    events::emit_all(connection, &events).await
}

/// How far somebody is; nothing yet, if there is no row.
pub(super) async fn progress(executor: impl PgExecutor<'_>, key: Key) -> Result<Option<Progress>, sqlx::Error> {
    sqlx::query_as!(
        Progress,
        r#"SELECT p.position_s, p.watched_s, l.video_s, p.completed_at, p.completed_by AS "completed_by: Completion"
           FROM lesson_progress p JOIN lessons l ON l.id = p.lesson_id
           WHERE p.person_id = $1 AND p.lesson_id = $2"#,
        key.person,
        key.lesson
    )
    .fetch_optional(executor)
    .await
}

/// Completes a lesson for somebody who is in its course, if it is not complete; whether it was this that did.
pub(super) async fn complete(connection: &mut PgConnection, key: Key, by: Completion) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        r#"WITH day AS (
             INSERT INTO learning_days (person_id, day) VALUES ($1, (now() AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING
         )
         INSERT INTO lesson_progress AS p (person_id, lesson_id, course_id, completed_at, completed_by)
         SELECT e.person_id, l.id, l.course_id, now(), $3
         FROM lessons l JOIN enrolments e ON e.course_id = l.course_id AND e.person_id = $1
         WHERE l.id = $2
         ON CONFLICT (person_id, lesson_id) DO UPDATE
             SET completed_at = now(), completed_by = $3, moved_at = now(), updated_at = now()
         WHERE p.completed_at IS NULL
         RETURNING course_id, completed_at AS "completed_at!""#,
        key.person,
        key.lesson,
        by as Completion
    );
    let Some(done) = done.fetch_optional(&mut *connection).await? else { return Ok(false) };
    let Key { person, lesson } = key;
    let completed = Event::LessonCompleted { person, course: done.course_id, lesson, by, at: done.completed_at };
    events::emit(connection, completed).await.map(|()| true)
}

/// Whether somebody has passed every published quiz of a lesson.
pub(super) async fn all_quizzes_passed(
    executor: impl PgExecutor<'_>,
    person: Uuid,
    lesson: Uuid,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (
               SELECT FROM quizzes q LEFT JOIN quiz_results r ON r.quiz_id = q.id AND r.person_id = $1
               WHERE q.lesson_id = $2 AND q.published_at IS NOT NULL AND r.passed IS NOT TRUE) AS "all_passed!""#,
        person,
        lesson
    )
    .fetch_one(executor)
    .await
}
