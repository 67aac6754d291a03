//! How Postgres finds what the school asks for, on tables that are as full as a busy school's: no query reads a large table from
//! end to end, each index of a large table leads one, and what is asked all day long reads no more rows than it needs.
//!
//! The plans are those that Postgres makes without looking at values, for every query that is checked at compile time; the rows
//! are counted by Postgres itself, over what a server really sends. Nothing here is measured in time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tower::ServiceExt as _;

use crate::progress::CROWD;
use crate::quizzes::{self, Lesson};
use crate::school::{Client, PASSWORD, School, config, database};

/// Beside the crowd: people who are seldom there, a day of events, a term of attempts and materials, a year of classes, and
/// everybody's devices.
const YEAR: &str = "
    INSERT INTO outbox (at, person_id, course_id, audience, kind, event, sent_at)
        SELECT now() - make_interval(secs => 80000 - n), e.person_id, e.course_id,
               (ARRAY['person', 'tutors', 'tutors', 'course'])[1 + n % 4], 'lesson.completed', '{}', now()
        FROM (SELECT *, row_number() OVER (ORDER BY md5(person_id::text || course_id)) AS place FROM enrolments) e
             JOIN generate_series(1, 80000) n ON e.place = 1 + n % 15000 ORDER BY n;
    INSERT INTO quizzes (id, lesson_id, title, attempts_max, score_kept, pass_percent, keys_shown, published_at)
        SELECT gen_random_uuid(), id, 'Test', 100, 'best', 50, 'never', now() FROM lessons WHERE position BETWEEN 100 AND 103;
    INSERT INTO quiz_attempts (id, quiz_id, person_id, number, started_at, due_at, ended_at, ended_by, score, score_max)
        SELECT gen_random_uuid(), q.id, p.person_id, 1, now() - interval '1 day', now() - interval '20 hours',
               now() - interval '22 hours', 'person', 1, 2
        FROM lesson_progress p JOIN quizzes q ON q.lesson_id = p.lesson_id;
    INSERT INTO quiz_results (quiz_id, person_id, course_id, score, score_max, attempts, passed, updated_at)
        SELECT a.quiz_id, a.person_id, l.course_id, 1, 2, 1, true, now()
        FROM quiz_attempts a JOIN quizzes q ON q.id = a.quiz_id JOIN lessons l ON l.id = q.lesson_id;
    INSERT INTO quiz_attempts (id, quiz_id, person_id, number, started_at, due_at)
        SELECT gen_random_uuid(), quiz_id, person_id, 2, now(), now() + interval '1 hour' FROM quiz_attempts LIMIT 20000;
    INSERT INTO sessions (id, person_id, user_agent, address, expires_at)
        SELECT gen_random_uuid(), id, 'crowd', '192.0.2.1', now() + interval '30 days'
        FROM people, generate_series(1, 10) WHERE email LIKE 'crowd%';
    INSERT INTO refresh_tokens (hash, session_id, used_at, successor_salt)
        SELECT sha256((id::text || n)::bytea), id, CASE WHEN n < 4 THEN now() END, CASE WHEN n < 4 THEN 'salt'::bytea END
        FROM sessions, generate_series(1, 4) n WHERE user_agent = 'crowd';
    INSERT INTO live_sessions (id, course_id, title, starts_at, ends_at, state)
        SELECT gen_random_uuid(), id, 'Class', now() + make_interval(hours => n), now() + make_interval(hours => n + 1), 'scheduled'
        FROM courses, generate_series(1, 100) n WHERE title LIKE 'Course %';
    INSERT INTO materials (id, course_id, lesson_id, is_video, name, content_type, bytes, blob, upload_until, confirmed_at, settled_at)
        SELECT gen_random_uuid(), course_id, id, false, 'notes', 'text/plain', 1, id || '-' || n, now(), now(), now()
        FROM lessons, generate_series(1, 5) n;
    INSERT INTO webhooks (id, url, kinds, secret) VALUES (gen_random_uuid(), 'https://hooks.example/', '{none}', sha256('a'));
    INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, body, state, ended_at)
        SELECT gen_random_uuid(), (SELECT id FROM webhooks), id, kind, '{}', 'delivered', now() FROM outbox WHERE id % 2 = 0;
    INSERT INTO people (id, email, name, role)
        SELECT gen_random_uuid(), 'idle' || n || '@school.example', 'i' || n, 'student' FROM generate_series(1, 60000) n;
    ANALYZE";

/// What is large then: 15,000 rows and more.
const LARGE: &[&str] = &[
    "enrolments",
    "lesson_progress",
    "live_sessions",
    "materials",
    "outbox",
    "people",
    "quiz_attempts",
    "quiz_results",
    "refresh_tokens",
    "sessions",
    "webhook_deliveries",
];
/// What may read all people: asked at a start, or when an admin's role is taken.
const SELDOM: &[&str] = &["role = 'admin' AND suspended_at IS NULL", "role <> 'admin'"];
/// Indexes of large tables that lead no query, but the deletion of what a row refers to.
const FOR_REFERENCES: &[&str] = &["refresh_tokens_session"];
/// The others: without one of them its queries would read far more than they need, by whatever other index there is.
const NEEDED: &[&str] = &[
    "enrolments_person_courses",
    "lesson_progress_course",
    "live_sessions_course_time",
    "live_sessions_lesson_id",
    "live_sessions_look_at",
    "live_sessions_scheduled",
    "materials_course_id",
    "materials_lesson_id",
    "materials_unsettled",
    "materials_video_key",
    "outbox_at",
    "outbox_everybody_at",
    "outbox_person_at",
    "outbox_tutors_at",
    "outbox_unsent",
    "people_email_key",
    "people_token_version_at",
    "quiz_attempts_due_at",
    "quiz_attempts_in_progress_key",
    "quiz_attempts_person_id",
    "quiz_results_course_person",
    "quiz_results_person_id",
    "refresh_tokens_used_at",
    "sessions_ended_at",
    "sessions_expires_at",
    "sessions_person",
    "webhook_deliveries_due",
    "webhook_deliveries_ended_at",
    "webhook_deliveries_newest",
];
/// Rows of one table that one round of requests may read by its indexes, with what goes on beside them.
const ROWS_MAX: i64 = 2_500;
/// More than the five times after which Postgres plans without looking at the values.
const ROUNDS: i64 = 8;

/// Every query of the program, and how many parameters it has.
fn queries() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let kept = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let kept = kept.map(|text| serde_json::from_str::<Value>(&text).unwrap());
    let parameters = |query: &Value| query["describe"]["parameters"]["Left"].as_array().map_or(0, Vec::len);
    kept.map(|query| (query["query"].as_str().unwrap().to_owned(), parameters(&query))).collect()
}

/// How Postgres would do it, whatever the values; `None` for what has no plan.
async fn plan(sql: &mut PgConnection, query: &str, parameters: usize) -> Option<Value> {
    if query.starts_with("LOCK") {
        return None;
    }
    let nothing = vec!["NULL"; parameters].join(", ");
    let values = if parameters == 0 { String::new() } else { format!("({nothing})") };
    let prepare = format!("PREPARE asked AS {query}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(prepare)).execute(&mut *sql).await.unwrap();
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked{values}");
    let row = sqlx::raw_sql(sqlx::AssertSqlSafe(explain)).fetch_one(&mut *sql).await.unwrap();
    sqlx::raw_sql("DEALLOCATE asked").execute(sql).await.unwrap();
    Some(sqlx::Row::get::<Value, _>(&row, 0)[0]["Plan"].take())
}

/// Calls `see` with every step of a plan.
fn each_step(step: &Value, see: &mut impl FnMut(&Value)) {
    see(step);
    for below in step["Plans"].as_array().into_iter().flatten() {
        each_step(below, see);
    }
}

#[tokio::test]
async fn no_query_reads_a_large_table_from_end_to_end_and_every_index_of_one_leads_a_query() {
    let mut sql = PgConnection::connect(&database()).await.unwrap();
    for statement in [CROWD, YEAR, "SET plan_cache_mode = force_generic_plan"] {
        sqlx::raw_sql(statement).execute(&mut sql).await.unwrap();
    }
    let (mut whole, mut leading) = (Vec::new(), BTreeSet::new());
    for (query, parameters) in queries() {
        let Some(plan) = plan(&mut sql, &query, parameters).await else { continue };
        each_step(&plan, &mut |step| {
            let is_large = step["Relation Name"].as_str().is_some_and(|table| LARGE.contains(&table));
            let is_seldom = SELDOM.iter().any(|condition| query.contains(condition));
            if step["Node Type"] == "Seq Scan" && is_large && !is_seldom {
                whole.push(format!("{}: {query}", step["Relation Name"]));
            }
            leading.extend(step["Index Name"].as_str().map(str::to_owned));
        });
    }
    assert_eq!(whole, [""; 0], "read from end to end");
    let all = "SELECT indexrelid::regclass::text FROM pg_index
               WHERE indrelid::regclass::text = ANY($1)
                   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)";
    let all: Vec<String> = sqlx::query_scalar(all).bind(LARGE).fetch_all(&mut sql).await.unwrap();
    let (leading, idle): (BTreeSet<_>, BTreeSet<_>) = all.into_iter().partition(|index| leading.contains(index));
    assert_eq!(leading, NEEDED.iter().map(|&index| index.to_owned()).collect(), "what leads a query");
    assert_eq!(idle, FOR_REFERENCES.iter().map(|&index| index.to_owned()).collect(), "what leads none");
}

/// Of each large table: how often it was read from end to end, and the rows that were read by an index. What a connection counted
/// is there when it has ended, so no other may be open.
async fn reads(url: &str) -> BTreeMap<String, (i64, i64)> {
    let mut sql = PgConnection::connect(url).await.unwrap();
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                      AND backend_type = 'client backend'";
    while sqlx::query_scalar::<_, i64>(others).fetch_one(&mut sql).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let query =
        "SELECT relname::text, seq_scan, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = ANY($1)";
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(query).bind(LARGE).fetch_all(&mut sql).await.unwrap();
    sql.close().await.unwrap();
    rows.into_iter().map(|(table, whole, by_index)| (table, (whole, by_index))).collect()
}

/// Opens a stream where somebody left off, and leaves it when it has begun.
async fn resume(school: &School, person: &Client<'_>, last: i64) {
    let request = Request::get("/v1/events").header("last-event-id", last.to_string());
    let request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token.as_deref().unwrap()));
    let answer = school.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn what_is_asked_all_day_long_reads_no_more_rows_than_it_needs() {
    let url = database();
    let first = School::with(config(&url)).await;
    let (mona, ada) = (first.person("mona", "tutor").await, first.student("ada").await);
    let course = mona.course("Algebra").await;
    let lesson = mona.lesson(&course, "one", json!({ "video_s": 3_600 })).await;
    let place = Lesson { id: lesson.parse().unwrap(), course: course.parse().unwrap() };
    let quiz = quizzes::quiz(&mona, &place, json!({ "attempts_max": 100, "time_limit_s": 600 })).await;
    let mut sql = first.sql().await;
    for statement in [CROWD, YEAR] {
        sqlx::raw_sql(statement).execute(&mut sql).await.unwrap();
    }
    // Unless the crowd took her with it.
    ada.enrol(&course).await;
    let newest: i64 = sqlx::query_scalar("SELECT max(id) FROM outbox").fetch_one(&mut sql).await.unwrap();
    sql.close().await.unwrap();
    first.server.shutdown().await;
    let before = reads(&url).await;

    let school = School::with(config(&url)).await;
    let (mut ada, mut mona) = (school.stranger(), school.stranger());
    ada.log_in("ada").await;
    mona.log_in("mona").await;
    for round in 0..ROUNDS {
        let login = json!({ "email": "ada@school.example", "password": PASSWORD });
        let login = school.stranger().post("/v1/session", login).await;
        let refresh = json!({ "refresh_token": login.text("/refresh_token") });
        assert_eq!(school.stranger().post("/v1/session/refresh", refresh).await.status, 200);
        assert_eq!(ada.watch(&lesson, 0, 60 * (i32::try_from(round).unwrap() + 1), round).await.status, 200);
        // A moment ago, and most of a day ago.
        for back in [100, 70_000] {
            resume(&school, &ada, newest - back).await;
        }
        let attempt = quizzes::start(&ada, &quiz).await;
        assert_eq!(quizzes::write(&ada, &attempt, 1, &quizzes::right_answers()).await.status, 200);
        assert_eq!(quizzes::submit(&ada, &attempt).await.status, 200);
        for path in ["/v1/me/portfolio", "/v1/me/calendar", "/v1/me/sessions", "/v1/courses?limit=20"] {
            assert_eq!(ada.get(path).await.status, 200, "{path}");
        }
        for rest in ["leaderboard", "live?when=upcoming", "lessons"] {
            assert_eq!(ada.get(&format!("/v1/courses/{course}/{rest}")).await.status, 200, "{rest}");
        }
        for rest in ["progress?limit=20", "enrolments?limit=20"] {
            assert_eq!(mona.get(&format!("/v1/courses/{course}/{rest}")).await.status, 200, "{rest}");
        }
    }
    school.server.shutdown().await;
    for (table, (whole, by_index)) in reads(&url).await {
        let (whole_before, by_index_before) = before[&table];
        let rows = by_index - by_index_before;
        println!("{table}: {} times from end to end, {rows} rows by index", whole - whole_before);
        // A start looks for an admin.
        let whole_max = if table == "people" { 2 } else { 0 };
        assert!(whole - whole_before <= whole_max, "{table} was read from end to end");
        assert!(rows <= ROWS_MAX * ROUNDS, "{table}: {rows} rows by its indexes");
    }
}
